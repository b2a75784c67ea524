import Foundation

/// One value of a record, somewhere in memory that outlives it only until the next record is read.
struct Cell {
    enum Kind: UInt8 {
        case null
        /// Text whose type shows in its spelling, as in CSV.
        case plain
        /// Text that is text, as a JSON string is.
        case text
        case number, truth
        /// An object or array, as JSON.
        case nested
    }

    var base: UnsafePointer<UInt8>
    var count: Int
    var kind: Kind
    /// Whether the bytes stand in the block's own buffer, so that a column may refer to them there.
    var isInBlock = true

    @inline(__always)
    func equals(_ other: UnsafePointer<UInt8>, _ length: Int) -> Bool {
        count == length && memcmp(base, other, length) == 0
    }

    var string: String { String(decoding: UnsafeBufferPointer(start: base, count: count), as: UTF8.self) }
}
