import Foundation

/// A table that is text, such as CSV, taken as it stands: every record with all its fields, none rejected and none typed.
package struct TextTable: Sendable {
    /// Lines before the table, such as a title.
    package private(set) var before: [String] = []
    /// Lines between its rows that are none.
    package private(set) var comments: [String] = []
    package private(set) var rows: [[String]] = []
    /// Of the rows, at the top.
    package private(set) var headerRows = 0
    /// One character, or `spaces`.
    package let delimiter: String
    /// Whether spaces stand around its fields.
    package let hasSpaces: Bool
    /// How sure it is that the text is a table, from 0 to 1: nearly nothing for prose.
    package let confidence: Double
    private let format: CSVFormat
    private let comment: String

    /// - Parameters:
    ///   - text: of the whole file.
    ///   - name: of the file; its ending is evidence of the delimiter.
    ///   - most: cells.
    /// - Throws: `TabularFailure`: `empty_file`, `header_unreadable`, `too_many_columns`, `too_many_cells`.
    package init(_ text: DecodedText, name: String, most: Int) throws {
        let source = text.bytes
        let file = InputFile(source)
        let limits = TabularLimits()
        let opening = try CSVOpening(file, encoded: Encoded(file, .utf8), limits: limits, name: name)
        let format = opening.source.format
        delimiter = opening.dialect.delimiter
        hasSpaces = format.trimsSpaces
        let buffer = ByteBuffer(capacity: source.count + 1)
        source.withUnsafeBufferPointer { if let base = $0.baseAddress { buffer.append(base, $0.count) } }
        var end = source.count
        // The mark with which DOS ended files.
        if end > 0, buffer.base[end - 1] == 0x1A { end -= 1 }
        buffer.count = end
        if end == 0 || buffer.base[end - 1] != format.terminator { buffer.append(format.terminator) }
        let lines = format.joinsSpaces ? SpaceRuns.joined(buffer.base, buffer.count, format) : buffer
        let dataStart = format.joinsSpaces ? nil : Int(opening.source.dataStart)
        var reader = RecordReader(text: lines, format: format, maxColumns: limits.maxColumns)
        var widths: [Int: Int] = [:]
        var cells = 0
        var skipped = opening.dialect.skippedLines
        var headerLines = opening.hasHeader ? opening.dialect.headerLines : 0
        let comment = opening.dialect.comment
        (self.format, self.comment) = (format, comment)
        while let record = reader.next() {
            let isBlank = record.fields.allSatisfy { $0.allSatisfy(\.isWhitespace) }
            guard !isBlank else { continue }
            // A line of Excel's that names the delimiter is none of the text.
            if rows.isEmpty, before.isEmpty, record.start == 0, record.line.lowercased().hasPrefix("sep="),
                record.line.utf8.count <= 6
            {
                continue
            }
            if skipped > 0, rows.isEmpty, dataStart.map({ record.start < $0 }) ?? true {
                skipped -= 1
                before.append(record.line)
                continue
            }
            // A comment that has as many fields as a row is one.
            let isRow = opening.names.count > 1 && record.fields.count == opening.names.count
            if !comment.isEmpty, record.line.hasPrefix(comment), !isRow {
                if rows.isEmpty { before.append(record.line) } else { comments.append(record.line) }
                continue
            }
            cells += record.fields.count
            guard cells <= most else {
                throw TabularFailure("too_many_cells", "The table has more than \(most) cells.")
            }
            if headerLines > 0 {
                headerLines -= 1
                headerRows += 1
            }
            rows.append(record.fields)
            widths[record.fields.count, default: 0] += 1
        }
        let (width, count) = widths.max { ($0.value, $0.key) < ($1.value, $1.key) } ?? (1, 0)
        let agreement = rows.isEmpty ? 0 : Double(count) / Double(rows.count)
        let sure = opening.dialect.confidence["delimiter"] ?? 0
        confidence = width < 2 || rows.count < 2 ? 0 : agreement * sure
    }

    /// Rows of a further part of the same text, which begins where a record begins and has no header of its own.
    /// - Parameter most: cells.
    /// - Throws: `TabularFailure` `too_many_cells`.
    package func rows(ofPart text: DecodedText, most: Int) throws -> [[String]] {
        let buffer = ByteBuffer(capacity: text.bytes.count + 1)
        text.bytes.withUnsafeBufferPointer { if let base = $0.baseAddress { buffer.append(base, $0.count) } }
        guard buffer.count > 0 else { return [] }
        if buffer.base[buffer.count - 1] != format.terminator { buffer.append(format.terminator) }
        let lines = format.joinsSpaces ? SpaceRuns.joined(buffer.base, buffer.count, format) : buffer
        var reader = RecordReader(text: lines, format: format, maxColumns: TabularLimits().maxColumns)
        var (found, cells) = ([[String]](), 0)
        while let record = reader.next() {
            guard !record.fields.allSatisfy({ $0.allSatisfy(\.isWhitespace) }) else { continue }
            let isRow = rows.first.map { $0.count > 1 && $0.count == record.fields.count } ?? false
            if !comment.isEmpty, record.line.hasPrefix(comment), !isRow { continue }
            cells += record.fields.count
            guard cells <= most else { throw TabularFailure("too_many_cells", "The table has more than \(most) cells.") }
            found.append(record.fields)
        }
        return found
    }
}

/// Reads records one after the other; what is no whole record is cut as well as it can be, so that no text is lost.
private struct RecordReader {
    struct Record {
        let start: Int
        let fields: [String]
        /// As it stands in the file.
        let line: String
    }

    let text: ByteBuffer
    private let format: CSVFormat
    private let maxColumns: Int
    private var parser: RecordParser
    private var position = 0
    /// Quotes that were looked for to the end of the text in vain are not looked for again and again.
    private var isQuoteLost = false

    init(text: ByteBuffer, format: CSVFormat, maxColumns: Int) {
        self.text = text
        self.format = format
        self.maxColumns = maxColumns
        parser = RecordParser(format)
    }

    mutating func next() -> Record? {
        guard position < text.count else { return nil }
        let base = UnsafePointer(text.base)
        let start = position
        // A record that is long beyond reason is one whose quotes do not close.
        let reach = min(text.count, start + (isQuoteLost ? 64 << 10 : 8 << 20))
        if case .record(let next) = parser.parse(base, from: start, to: reach, maxFields: maxColumns) {
            position = next
        } else {
            if reach == text.count { isQuoteLost = true }
            let found = memchr(base + start, Int32(format.terminator), text.count - start)
            let end = found.map { UnsafePointer($0.assumingMemoryBound(to: UInt8.self)) - base } ?? text.count
            parser.mend(base, from: start, to: end, maxFields: maxColumns)
            position = end + 1
        }
        var end = min(position, text.count)
        while end > start, base[end - 1] == format.terminator || base[end - 1] == 0x0D { end -= 1 }
        return Record(
            start: start, fields: parser.fields.map { String(decoding: parser.text($0, base), as: UTF8.self) },
            line: String(decoding: UnsafeBufferPointer(start: base + start, count: end - start), as: UTF8.self))
    }
}
