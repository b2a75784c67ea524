import Foundation

/// Tables whose columns are divided by any number of spaces, as programs print them.
enum SpaceRuns {
    /// The text with one space between fields, and none at the ends of lines. Spaces inside quotes stay.
    static func joined(_ base: UnsafePointer<UInt8>, _ count: Int, _ format: CSVFormat) -> ByteBuffer {
        let target = ByteBuffer(capacity: count)
        let rewriter = DelimiterRewriter(.spaces, quote: format.quote, maxRecordBytes: count)
        rewriter.append(base, count, to: target, isLast: true)
        return target
    }
}

/// Puts one byte in the place of a delimiter of several, or of a run of spaces, outside quotes. The text comes in pieces.
///
/// A quote that is never closed is text of its line, as it is for the reader: the lines behind it keep their fields.
final class DelimiterRewriter {
    enum Delimiter {
        /// What it is, and the byte that takes its place.
        case text([UInt8], by: UInt8)
        /// Any number of spaces and tabs, in whose place one space comes.
        case spaces
    }

    private let delimiter: Delimiter
    private let quote: UInt8
    private let maxRecordBytes: Int
    /// Text whose record has not ended yet.
    private let pending = ByteBuffer(capacity: 0)
    /// Bytes that were looked at in vain for the ends of quotes. Much of it, and less is looked at.
    private var wasted = 0

    init(_ delimiter: Delimiter, quote: UInt8, maxRecordBytes: Int) {
        self.delimiter = delimiter
        self.quote = quote
        self.maxRecordBytes = maxRecordBytes
    }

    func append(_ base: UnsafePointer<UInt8>, _ count: Int, to target: ByteBuffer, isLast: Bool) {
        pending.append(base, count)
        target.reserve(pending.count + 1)
        let text = UnsafePointer(pending.base)
        let end = pending.count
        var position = 0
        while position < end {
            let start = target.count
            let most = wasted > Tuning.wastedBytesPerBlock ? Tuning.hostileLookahead : maxRecordBytes
            let stop = min(end, position + most)
            if let next = rewrite(text, position, stop, hasQuotes: quote != 0, target) {
                position = next
                continue
            }
            target.count = start
            // The record may go on in the next piece.
            guard isLast || stop < end else { break }
            if stop == end, isLast, rewrite(text, position, end, hasQuotes: quote != 0, mayEnd: true, target) != nil { break }
            target.count = start
            wasted += stop - position
            // Nothing closes the quote.
            position = rewrite(text, position, end, hasQuotes: false, mayEnd: true, target) ?? end
        }
        if isLast { position = end }
        let left = end - position
        memmove(pending.base, pending.base + position, left)
        pending.count = left
    }

    /// Writes the record at `position`, and answers where the next one starts; nil where it does not end before `end`.
    ///
    /// - Parameter mayEnd: whether it ends there without a line end, unless that is inside quotes.
    private func rewrite(
        _ text: UnsafePointer<UInt8>, _ position: Int, _ end: Int, hasQuotes: Bool, mayEnd: Bool = false, _ target: ByteBuffer
    ) -> Int? {
        target.reserve(end - position + 1)
        var i = position
        var isFieldStart = true
        var isLineStart = true
        while i < end {
            let byte = text[i]
            if byte == 0x0A || byte == 0x0D {
                target.append(byte)
                return i + 1
            }
            switch delimiter {
            case .text(let marks, let replacement):
                if byte == marks[0], end - i >= marks.count, memcmp(text + i, marks, marks.count) == 0 {
                    target.append(replacement)
                    i += marks.count
                    isFieldStart = true
                    continue
                }
                // A delimiter that is cut here may go on in the next piece.
                if byte == marks[0], !mayEnd, end - i < marks.count, memcmp(text + i, marks, end - i) == 0 { return nil }
            case .spaces:
                if byte == 0x20 || byte == 0x09 {
                    while i < end, text[i] == 0x20 || text[i] == 0x09 { i += 1 }
                    // What follows decides whether the line ends here.
                    guard i < end else { return mayEnd ? end : nil }
                    if !isLineStart, text[i] != 0x0A, text[i] != 0x0D { target.append(0x20) }
                    isFieldStart = true
                    continue
                }
            }
            if hasQuotes, byte == quote, isFieldStart {
                switch closing(text, i, end, isEnd: mayEnd) {
                case .at(let close):
                    target.append(text + i, close + 1 - i)
                    i = close + 1
                case .stray:
                    target.append(byte)
                    i += 1
                case .beyond: return nil
                }
            } else {
                target.append(byte)
                i += 1
            }
            isFieldStart = false
            isLineStart = false
        }
        return mayEnd ? end : nil
    }

    private enum Closing {
        case at(Int)
        /// What looks like it stands in the middle of a field, so that the quote which opened is text.
        case stray
        /// The text may go on behind the end.
        case beyond
    }

    /// The quote that closes the one at `start`: it is not doubled, and the field ends behind it.
    private func closing(_ text: UnsafePointer<UInt8>, _ start: Int, _ end: Int, isEnd: Bool) -> Closing {
        var i = start + 1
        while i < end, let found = memchr(text + i, Int32(quote), end - i) {
            i = UnsafePointer(found.assumingMemoryBound(to: UInt8.self)) - text
            guard i + 1 < end else { return isEnd ? .at(i) : .beyond }
            guard text[i + 1] == quote else { return endsField(text, i + 1, end) ? .at(i) : .stray }
            i += 2
        }
        return .beyond
    }

    private func endsField(_ text: UnsafePointer<UInt8>, _ position: Int, _ end: Int) -> Bool {
        var i = position
        while i < end, text[i] == 0x20 || text[i] == 0x09 { i += 1 }
        guard i < end, text[i] != 0x0A, text[i] != 0x0D else { return true }
        switch delimiter {
        case .text(let marks, _): return memcmp(text + i, marks, min(marks.count, end - i)) == 0
        case .spaces: return i > position
        }
    }
}
