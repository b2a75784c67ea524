import Foundation

/// Takes fields out of indexed CSV.
struct FieldSource {
    let base: UnsafePointer<UInt8>
    let format: CSVFormat
    /// Holds text whose doubled quotes were undone, until the next record.
    let scratch: ByteBuffer

    struct RawCell {
        var base: UnsafePointer<UInt8>
        var count: Int
        var kind: Cell.Kind
        var hasDoubledQuotes = false
    }

    /// Start and end of field `k` as it stands in the file.
    @inline(__always)
    func bounds(_ ends: UnsafePointer<UInt32>, _ k: Int, isLast: Bool) -> (start: Int, end: Int) {
        // The first record may start at 0, where the byte before is -1.
        let start = Int(ends[k] &+ 1)
        var end = Int(ends[k + 1])
        if isLast, end > start, base[end - 1] == UInt8(ascii: "\r"), format.terminator == UInt8(ascii: "\n") { end -= 1 }
        return (start, end)
    }

    /// The bytes of field `k` without the quotes around it; doubled quotes inside stay.
    @inline(__always)
    func inner(_ ends: UnsafePointer<UInt32>, _ k: Int, isLast: Bool) -> (UnsafePointer<UInt8>, Int) {
        let (start, end) = bounds(ends, k, isLast: isLast)
        if end - start >= 2, format.quote != 0, base[start] == format.quote { return (base + start + 1, end - start - 2) }
        return (base + start, end - start)
    }

    @inline(__always)
    func rawCell(_ ends: UnsafePointer<UInt32>, _ k: Int, isLast: Bool) -> RawCell {
        let (start, end) = bounds(ends, k, isLast: isLast)
        let count = end - start
        guard count > 0 else { return RawCell(base: base + start, count: 0, kind: .null) }
        guard count >= 2, base[start] == format.quote, format.quote != 0 else {
            return RawCell(base: base + start, count: count, kind: .plain)
        }
        let inside = base + start + 1
        let doubled = memchr(inside, Int32(format.quote), count - 2) != nil
        return RawCell(base: inside, count: count - 2, kind: .plain, hasDoubledQuotes: doubled)
    }

    /// The value of field `k`.
    @inline(__always)
    func cell(_ ends: UnsafePointer<UInt32>, _ k: Int, isLast: Bool) -> Cell {
        let raw = rawCell(ends, k, isLast: isLast)
        guard raw.hasDoubledQuotes else { return Cell(base: raw.base, count: raw.count, kind: raw.kind) }
        return undoubled(raw.base, raw.count)
    }

    @inline(never)
    func undoubled(_ start: UnsafePointer<UInt8>, _ count: Int) -> Cell {
        // Cells of one record share the scratch; it must not move while they are in use.
        let offset = scratch.count
        scratch.append(start, count, undoubling: format.quote)
        return Cell(base: UnsafePointer(scratch.base + offset), count: scratch.count - offset, kind: .plain, isInBlock: false)
    }
}
