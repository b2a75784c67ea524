import Foundation

/// Takes fields out of indexed CSV.
struct FieldSource {
    let base: UnsafePointer<UInt8>
    let format: CSVFormat
    /// Holds text whose doubled quotes were undone, until the next record.
    let scratch: ByteBuffer
    /// Words that were said to mean null.
    var nullWords: NullWords?
    /// In a table of one column a null is written as two quotes, because a blank line is none.
    var isEmptyNull = false

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
        if isLast, format.terminator == UInt8(ascii: "\n") {
            while end > start, base[end - 1] == UInt8(ascii: "\r") { end -= 1 }
        }
        return format.trimsSpaces ? trimmed(start, end) : (start, end)
    }

    @inline(never)
    private func trimmed(_ start: Int, _ end: Int) -> (start: Int, end: Int) {
        var (start, end) = (start, end)
        while start < end, format.isSpace(base[start]) { start += 1 }
        while end > start, format.isSpace(base[end - 1]) { end -= 1 }
        return (start, end)
    }

    /// The bytes of field `k` without the quotes around it; doubled quotes inside stay.
    @inline(__always)
    func inner(_ ends: UnsafePointer<UInt32>, _ k: Int, isLast: Bool) -> (UnsafePointer<UInt8>, Int) {
        let (start, end) = bounds(ends, k, isLast: isLast)
        let isQuoted = end - start >= 2 && format.quote != 0 && base[start] == format.quote
        let (p, n) = isQuoted ? (base + start + 1, end - start - 2) : (base + start, end - start)
        if let nullWords, nullWords.contains(p, n) { return (p, 0) }
        return (p, n)
    }

    @inline(__always)
    func rawCell(_ ends: UnsafePointer<UInt32>, _ k: Int, isLast: Bool) -> RawCell {
        let (start, end) = bounds(ends, k, isLast: isLast)
        let count = end - start
        guard count > 0 else { return RawCell(base: base + start, count: 0, kind: .null) }
        guard count >= 2, base[start] == format.quote, format.quote != 0 else {
            if let nullWords, nullWords.contains(base + start, count) {
                return RawCell(base: base + start, count: 0, kind: .null)
            }
            let isEscaped = format.escape != 0 && memchr(base + start, Int32(format.escape), count) != nil
            return RawCell(base: base + start, count: count, kind: .plain, hasDoubledQuotes: isEscaped)
        }
        let inside = base + start + 1
        if count == 2, isEmptyNull { return RawCell(base: inside, count: 0, kind: .null) }
        if let nullWords, nullWords.contains(inside, count - 2) { return RawCell(base: inside, count: 0, kind: .null) }
        let doubled =
            memchr(inside, Int32(format.quote), count - 2) != nil
            || (format.escape != 0 && memchr(inside, Int32(format.escape), count - 2) != nil)
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
        scratch.append(start, count, undoubling: format)
        return Cell(base: UnsafePointer(scratch.base + offset), count: scratch.count - offset, kind: .plain, isInBlock: false)
    }
}

/// Words that somebody said mean null.
final class NullWords: Sendable {
    private let words: Set<[UInt8]>
    private let longest: Int

    /// Nil for none.
    init?(_ words: [String]) {
        guard !words.isEmpty else { return nil }
        self.words = Set(words.map { Array($0.utf8) })
        longest = words.map(\.utf8.count).max() ?? 0
    }

    @inline(never)
    func contains(_ p: UnsafePointer<UInt8>, _ n: Int) -> Bool {
        n <= longest && words.contains(Array(UnsafeBufferPointer(start: p, count: n)))
    }
}
