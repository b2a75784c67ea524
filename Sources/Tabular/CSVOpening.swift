import Foundation

/// What stands at the head of a CSV file, found out before its rows are read.
struct CSVOpening {
    private(set) var source: CSVSource
    private(set) var names: [String]
    private(set) var dialect: Dialect
    /// Lines up to the end of the header.
    private(set) var lines: Int64
    /// Whether all characters of the file were looked at to tell UTF-8 from Windows-1252.
    private(set) var isCensusTaken = false

    /// - Parameter encoding: nil to find it out.
    /// - Throws: `empty_file`, `header_unreadable`, `too_many_columns`.
    init(_ file: InputFile, limits: TabularLimits, encoding given: TextEncoding?) throws {
        let sample = ByteBuffer(capacity: Tuning.sampleBytes)
        let count = try file.read(into: sample.base, at: 0, count: Tuning.sampleBytes)
        var (encoding, mark) = TextEncoding.detect(sample.base, count)
        if let given {
            encoding = given
            mark = 0
        } else if encoding == .utf8 {
            // A sequence that the sample cuts is no defect.
            let whole = Int64(count) == file.size ? count : max(0, count - 3)
            if let bad = UTF8Text.firstInvalid(sample.base, whole), bad < whole - 3 || whole == count {
                let census = try file.census(from: 0)
                isCensusTaken = true
                if census.invalid > census.valid, mark == 0 { encoding = .windows1252 }
            }
        }
        let scratch = ByteBuffer(capacity: 64)
        // Read with line feeds first; the sniffer sees which terminator there is.
        func load(_ terminator: UInt8, _ bytes: Int) throws -> BlockText {
            let text = BlockText(
                input: file, encoding: encoding, terminator: terminator, low: Int64(mark), end: file.size,
                buffer: ByteBuffer(capacity: bytes), scratch: scratch)
            try text.load(to: Int64(mark) + Int64(bytes))
            return text
        }
        var text = try load(UInt8(ascii: "\n"), Tuning.sampleBytes)
        let terminator = CSVSniffer.terminator(text.buffer.base, text.buffer.count - (text.isTerminatorAdded ? 1 : 0))
        if terminator != UInt8(ascii: "\n") { text = try load(terminator, Tuning.sampleBytes) }
        let sniffer = CSVSniffer(base: text.buffer.base, count: text.buffer.count, isWhole: text.isAtEnd)
        let format = sniffer.format()
        let hasHeader = sniffer.hasHeader(format)

        var parser = RecordParser(format)
        var position = 0
        var next = 0
        searching: while true {
            switch parser.parse(text.buffer.base, from: position, to: text.buffer.count, maxFields: limits.maxColumns + 1) {
            case .record(let end):
                let field = parser.fields[0]
                let isBlank = parser.fields.count == 1 && field.start == field.end && !field.isQuoted
                next = end
                if !isBlank { break searching }
                position = end
            case .unfinished(let inQuotes):
                if !text.isAtEnd, text.buffer.count - position < limits.maxRecordBytes {
                    try text.load(to: text.high + Int64(text.buffer.count))
                    continue
                }
                if position >= text.buffer.count {
                    throw TabularFailure("empty_file", "The file holds no header and no rows.")
                }
                throw TabularFailure(
                    "header_unreadable",
                    inQuotes
                        ? "A quote in the first record is opened and not closed; the header can not be read."
                        : "The first line is longer than \(limits.maxRecordBytes) bytes; is this a CSV file?")
            case .defect(let reason):
                if parser.fields.count > limits.maxColumns { throw CSVOpening.tooManyColumns(limits) }
                throw TabularFailure(
                    "header_unreadable", "The first record, which names the columns, can not be read: \(reason).")
            }
        }
        guard parser.fields.count <= limits.maxColumns else { throw CSVOpening.tooManyColumns(limits) }
        let base = UnsafePointer(text.buffer.base)
        guard parser.fields.allSatisfy({ $0.end - $0.start <= limits.maxNameBytes }) || !hasHeader else {
            throw TabularFailure(
                "header_unreadable", "A column name is longer than \(limits.maxNameBytes) bytes; is this a CSV file?")
        }
        let cells = parser.fields.map { hasHeader ? String(decoding: parser.text($0, base), as: UTF8.self) : "" }
        names = ColumnNames.unique(cells)
        let end = hasHeader ? next : position
        var lines: Int64 = 0
        for i in 0..<end where base[i] == terminator { lines += 1 }
        self.lines = lines
        source = CSVSource(
            input: file, encoding: encoding, format: format, columnCount: names.count, dataStart: text.offset(of: end),
            limits: limits)
        dialect = Dialect(
            encoding: encoding.rawValue, delimiter: String(UnicodeScalar(format.delimiter)),
            quote: String(UnicodeScalar(format.quote)), header: hasHeader)
    }

    private static func tooManyColumns(_ limits: TabularLimits) -> TabularFailure {
        TabularFailure("too_many_columns", "The table has more than \(limits.maxColumns) columns, which is the limit.")
    }
}
