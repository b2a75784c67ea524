import Core
import Foundation

/// What stands at the head of a CSV file, found out before its rows are read.
struct CSVOpening {
    private(set) var source: CSVSource
    private(set) var names: [String]
    private(set) var dialect: Dialect
    /// Lines up to the end of the header.
    private(set) var lines: Int64
    /// Whether all characters of the file were looked at to tell UTF-8 from others.
    private(set) var isCensusTaken = false
    private(set) var hasHeader: Bool

    /// - Parameters:
    ///   - name: of the file; its ending is evidence of the delimiter.
    ///   - told: the encoding of the file.
    /// - Throws: `empty_file`, `header_unreadable`, `too_many_columns`, `skipped_all`.
    init(
        _ file: InputFile, encoded told: Encoded, limits: TabularLimits, options: ReadOptions = ReadOptions(), name: String = "",
        to output: Format = .parquet
    ) throws {
        isCensusTaken = told.isCensusTaken
        let encoding = told.encoding
        let loader = Loader(file: file, encoding: encoding, start: Int64(told.markBytes), limits: limits)
        let first = try loader.load(UInt8(ascii: "\n"))
        let ends = LineEnds(first.buffer.base, first.buffer.count - (first.isTerminatorAdded ? 1 : 0))
        var attempts = try ends.terminators.map { terminator in
            var loader = loader
            if let lines = options.skipLines, lines > 0 { loader.start = try loader.skipped(lines, terminator) }
            let head =
                terminator == UInt8(ascii: "\n") && loader.start == Int64(told.markBytes) ? first : try loader.load(terminator)
            return try CSVOpening.attempt(head, terminator, loader, options, name)
        }
        // The first of equals.
        let best = attempts.indices.max { (attempts[$0].score, -$0) < (attempts[$1].score, -$1) } ?? 0
        let attempt = attempts.remove(at: best)
        let (head, terminator, start, said) = (attempt.head, attempt.terminator, attempt.start, attempt.said)
        let base = UnsafePointer(head.buffer.base)
        var notes = attempt.notes
        if let mixture = ends.mixture { notes.append(mixture) }
        let text = SampleText(base: base + start, count: head.buffer.count - start, isAtEnd: head.isAtEnd)
        let choice = attempt.choice
        let format = choice.format

        let sample = SampleRecords(text, from: 0, format: format, maxColumns: limits.maxColumns)
        let header: Int? =
            switch options.header {
            case ReadOptions.Header.none?: 0
            case .lines(let count)?: count
            case nil: nil
            }
        let shape = TableShape(
            sample, format: format, header: header, comment: options.comment.map { Array($0.utf8) },
            trailing: options.hasTrailingDelimiters, findsStart: options.skipLines == nil)
        notes += shape.notes
        let records = sample.records
        guard records.contains(where: { !$0.isBlank }) || !head.isAtEnd else {
            throw TabularFailure("empty_file", "The file holds no header and no rows.")
        }
        guard shape.first < records.count else { throw CSVOpening.unreadable(head, text, format, limits) }
        if let defect = records[shape.first].defect, shape.mended == nil {
            throw TabularFailure(
                "header_unreadable", "The first record, which names the columns, can not be read: \(defect).")
        }
        guard shape.columns <= limits.maxColumns else { throw CSVOpening.tooManyColumns(limits) }

        // The header: its lines, and where the rows begin.
        let body = records.indices.filter {
            $0 >= shape.first && !records[$0].isBlank && !CSVOpening.isComment(sample, $0, shape)
        }
        let headers = body.prefix(shape.headerLines)
        if options.header != nil, headers.count < shape.headerLines, head.isAtEnd {
            throw TabularFailure(
                "header_too_long",
                "The header was said to have \(shape.headerLines) lines, and the file has \(headers.count) in all; say fewer.")
        }
        let dataBegin: Int
        if shape.headerLines == 0 {
            dataBegin = records[shape.first].start
        } else {
            dataBegin = headers.last.map { records[$0].next } ?? records[shape.first].next
        }
        names = ColumnNames.unique(try CSVOpening.names(sample, Array(headers), shape, limits))
        if headers.count > 1, options.header == nil {
            notes.append("The header has \(headers.count) lines, whose words are joined; say 1 if the others are rows.")
        }
        if let last = headers.last, encoding == .utf8,
            !UTF8Text.isValid(sample.base + records[shape.first].start, records[last].next - records[shape.first].start)
        {
            notes.append("The header has bytes that are no UTF-8; in the names they became \u{FFFD}.")
        }
        hasHeader = shape.headerLines > 0
        let end = start + dataBegin
        var lines = Int64(options.skipLines ?? 0)
        for i in 0..<end where base[i] == terminator { lines += 1 }
        self.lines = lines
        let skipped = records[..<shape.first].filter { !$0.isBlank }.count + (options.skipLines ?? 0)
        if skipped > 0, options.skipLines == nil {
            notes.append(
                "\(skipped == 1 ? "1 line" : "\(skipped) lines") before the \(shape.headerLines > 0 ? "header" : "rows") \(skipped == 1 ? "was" : "were") skipped."
            )
        }
        if !shape.comment.isEmpty, options.comment == nil {
            notes.append("Lines that begin with \(String(decoding: shape.comment, as: UTF8.self)) are comments.")
        }
        var rows = RowRules()
        rows.ragged = options.ragged ?? (shape.isPadded ? .pad : .reject)
        rows.hasTrailingDelimiters = shape.hasTrailingDelimiters
        rows.comment = shape.comment
        rows.isCommentSaid = options.comment != nil && !shape.comment.isEmpty
        rows.nullWords = options.nullWords.flatMap(NullWords.init)
        let dataStart = head.offset(of: end)
        source = CSVSource(
            input: file, encoding: encoding, format: format, columnCount: names.count, names: names, dataStart: dataStart,
            dataEnd: try loader.dataEnd(from: dataStart, terminator), limits: limits, rows: rows,
            rules: options.rules(for: names, to: output))
        if let last = records.last {
            source.usualRecordBytes = Int(head.offset(of: start + last.next) - head.offset(of: start + last.start))
        }
        dialect = Dialect(
            encoding: encoding.name, delimiter: String(UnicodeScalar(format.delimiter)),
            quote: format.quote == 0 ? "" : String(UnicodeScalar(format.quote)), header: hasHeader)
        dialect.format = Format.csv.rawValue
        dialect.escape = format.escape == 0 ? "double" : "backslash"
        dialect.headerLines = shape.headerLines
        dialect.skippedLines = skipped
        dialect.comment = String(decoding: shape.comment, as: UTF8.self)
        dialect.trailingDelimiters = shape.hasTrailingDelimiters
        dialect.trimSpaces = format.trimsSpaces
        dialect.ragged = rows.ragged.rawValue
        dialect.confidence = [
            "encoding": told.confidence,
            "delimiter": said == nil ? choice.confidence : 1,
            "header": options.header == nil ? shape.headerConfidence : 1,
        ]
        dialect.notes = notes
        dialect.notes = told.warnings + dialect.notes
    }

    /// One way to divide the text into lines, and the best dialect for it.
    private struct Attempt {
        var head: BlockText
        var terminator: UInt8
        /// Where the text begins, behind lines that do not count.
        var start: Int
        var said: UInt8?
        var choice: (format: CSVFormat, confidence: Double)
        var score: Double
        var notes: [String]
    }

    private static func attempt(
        _ head: BlockText, _ terminator: UInt8, _ loader: Loader, _ options: ReadOptions, _ name: String
    ) throws -> Attempt {
        let base = UnsafePointer(head.buffer.base)
        var notes: [String] = []
        var start = 0
        var said: UInt8? = options.delimiter.flatMap { $0.utf8.count == 1 ? $0.utf8.first : nil }
        // Excel's line that names the delimiter.
        if said == nil, let line = CSVOpening.separatorLine(base, start, head.buffer.count, terminator) {
            said = line.delimiter
            start = line.next
            notes.append("The first line names the delimiter, as Excel writes it.")
        }
        let text = SampleText(base: base + start, count: head.buffer.count - start, isAtEnd: head.isAtEnd)
        guard text.count > 0 else { throw TabularFailure("empty_file", "The file holds no header and no rows.") }
        let places = try loader.places(terminator)
        // An array may be given up once it is read for the last time, and here only pointers are read after that.
        defer { withExtendedLifetime(places) {} }
        let samples = [text] + places.map { SampleText(base: $0.base, count: $0.count, isAtEnd: false) }
        let sniffer = DialectSniffer(samples: samples, terminator: terminator, promised: CSVOpening.promise(of: name))
        let quote = options.quote.map { $0.utf8.first ?? 0 }
        let found = sniffer.candidates(
            delimiter: said, quote: quote, escape: options.isEscapedByBackslash.map { $0 ? UInt8(ascii: "\\") : 0 })
        var (format, confidence, score) = CSVOpening.choose(found, isQuoteSaid: quote != nil)
        format.trimsSpaces = options.trimsSpaces ?? (format.trimsSpaces || CSVOpening.hasSpaces(samples, format))
        return Attempt(
            head: head, terminator: terminator, start: start, said: said, choice: (format, confidence), score: score, notes: notes
        )
    }

    /// Says which delimiter the file has, where another was put in its place.
    mutating func show(delimiter: String, encoding: Encoded, isEncodingSaid: Bool) {
        dialect.delimiter = delimiter
        source.isRewritten = true
        source.writtenDelimiter = delimiter == "spaces" ? nil : Array(delimiter.utf8)
        if isEncodingSaid { dialect.encoding = encoding.encoding.name } else { encoding.tell(&dialect) }
    }

    /// The text was written anew before it was read, so that nobody knows the bytes of the file.
    mutating func markRewritten() { source.isRewritten = true }

    private static func unreadable(
        _ head: BlockText, _ text: SampleText, _ format: CSVFormat, _ limits: TabularLimits
    ) -> TabularFailure {
        var parser = RecordParser(format)
        if case .unfinished(true) = parser.parse(text.base, from: 0, to: text.count, maxFields: limits.maxColumns + 1) {
            return TabularFailure(
                "header_unreadable", "A quote in the first record is opened and not closed; the header can not be read.")
        }
        if parser.fields.count > limits.maxColumns { return tooManyColumns(limits) }
        return TabularFailure(
            "header_unreadable", "The first line is longer than \(limits.maxRecordBytes) bytes; is this a CSV file?")
    }

    private static func tooManyColumns(_ limits: TabularLimits) -> TabularFailure {
        TabularFailure("too_many_columns", "The table has more than \(limits.maxColumns) columns, which is the limit.")
    }

    private static func isComment(_ sample: SampleRecords, _ index: Int, _ shape: TableShape) -> Bool {
        let record = sample.records[index]
        guard !shape.comment.isEmpty, record.next - record.start >= shape.comment.count else { return false }
        return memcmp(sample.base + record.start, shape.comment, shape.comment.count) == 0
    }

    private static func names(
        _ sample: SampleRecords, _ headers: [Int], _ shape: TableShape, _ limits: TabularLimits
    ) throws -> [String] {
        var names = Array(repeating: "", count: shape.columns)
        let parser = RecordParser(sample.format)
        let shift = shape.hasRowNames ? 1 : 0
        for index in headers {
            let fields = index == shape.first ? shape.headerFields : sample.records[index].fields
            for (column, field) in fields.enumerated() where column + shift < names.count {
                // Doubled quotes become one.
                guard field.end - field.start <= 2 * limits.maxNameBytes else { throw longName(limits) }
                let part =
                    (field.hasDoubledQuotes
                    ? String(decoding: parser.text(field, sample.base), as: UTF8.self)
                    : String(decoding: sample.bytes(field), as: UTF8.self)).trimmingMark
                guard part.unicodeScalars.contains(where: { !$0.isSpace }) else { continue }
                names[column + shift] = names[column + shift].isEmpty ? part : names[column + shift] + " " + part
                guard names[column + shift].utf8.count <= limits.maxNameBytes else { throw longName(limits) }
            }
        }
        return names
    }

    private static func longName(_ limits: TabularLimits) -> TabularFailure {
        TabularFailure("header_unreadable", "A column name is longer than \(limits.maxNameBytes) bytes; is this a CSV file?")
    }

    // MARK: Dialect

    /// What a file name promises of the delimiter.
    static func promise(of name: String) -> UInt8? {
        guard let dot = name.lastIndex(of: ".") else { return nil }
        return switch name[dot...].lowercased() {
        case ".tsv", ".tab": UInt8(ascii: "\t")
        case ".psv": UInt8(ascii: "|")
        case _: nil
        }
    }

    /// `sep=;` and where the line behind it begins.
    private static func separatorLine(
        _ base: UnsafePointer<UInt8>, _ start: Int, _ count: Int, _ terminator: UInt8
    ) -> (delimiter: UInt8, next: Int)? {
        guard let found = memchr(base + start, Int32(terminator), min(16, count - start)) else { return nil }
        let next = UnsafePointer(found.assumingMemoryBound(to: UInt8.self)) - base + 1
        var line = Array(UnsafeBufferPointer(start: base + start, count: next - 1 - start))
        while line.last == UInt8(ascii: "\r") { line.removeLast() }
        if line.first == UInt8(ascii: "\""), line.last == UInt8(ascii: "\""), line.count > 2 {
            line = Array(line[1..<line.count - 1])
        }
        guard line.count == 5, String(decoding: line[..<4], as: UTF8.self).lowercased() == "sep=" else { return nil }
        return (line[4], next)
    }

    private static func choose(
        _ found: [DialectSniffer.Candidate], isQuoteSaid: Bool
    ) -> (format: CSVFormat, confidence: Double, score: Double) {
        var best = found[0]
        func isText(_ plain: DialectSniffer.Candidate, _ quoted: DialectSniffer.Candidate) -> Bool {
            // Quotes are text where lines are regular without them and not with them, and few fields stand in a pair of them.
            plain.width > 1 && plain.agreement == 1 && plain.records >= 3 && (quoted.defects > 0 || quoted.multiline > 0)
                && plain.opened > plain.wrapped
        }
        let sameDelimiter = found.filter { $0.format.delimiter == best.format.delimiter }
        if !isQuoteSaid, let plain = sameDelimiter.first(where: { $0.format.quote == 0 }),
            let quoted = sameDelimiter.first(where: { $0.format.quote != 0 })
        {
            best = isText(plain, quoted) ? plain : quoted
        }
        let rival = found.first { $0.format.delimiter != best.format.delimiter }
        guard best.width > 1 else { return (best.format, 0.5, best.score) }
        let confidence = best.score <= 0 ? 0.3 : max(0.3, min(1, best.agreement * (1 - 0.5 * (rival?.score ?? 0) / best.score)))
        return (best.format, confidence, best.score)
    }

    /// Whether a space stands behind every delimiter, or before a quote, so that spaces around fields are not part of them.
    private static func hasSpaces(_ samples: [SampleText], _ format: CSVFormat) -> Bool {
        guard format.delimiter != 0x20, let sample = samples.first else { return false }
        var delimiters = 0
        var spaced = 0
        var quoted = 0
        var inQuotes = false
        for i in 0..<min(sample.count, 64 << 10) {
            let byte = sample.base[i]
            if byte == format.quote, format.quote != 0 { inQuotes.toggle() }
            guard !inQuotes, byte == format.delimiter, i + 1 < sample.count else { continue }
            delimiters += 1
            let next = sample.base[i + 1]
            if next == 0x20 {
                spaced += 1
                var j = i + 1
                while j < sample.count, sample.base[j] == 0x20 { j += 1 }
                if j < sample.count, sample.base[j] == format.quote, format.quote != 0 { quoted += 1 }
            } else if next == format.delimiter || next == format.terminator || next == UInt8(ascii: "\r") {
                // An empty field says nothing.
                delimiters -= 1
            }
        }
        return delimiters > 0 && (spaced == delimiters || (quoted > 0 && quoted * 10 >= delimiters))
    }
}

extension String {
    /// Without a byte order mark in front.
    fileprivate var trimmingMark: String { unicodeScalars.first == "\u{FEFF}" ? String(unicodeScalars.dropFirst()) : self }
}

/// The encoding of a file, and how sure it is.
struct Encoded {
    var encoding: TextEncoding
    var markBytes: Int
    var confidence = 1.0
    /// Whether the bytes are no whole number of characters.
    var isUneven = false
    var isCensusTaken = false

    /// Below it, people are told.
    static let sure = 0.8

    func tell(_ dialect: inout Dialect) {
        dialect.encoding = encoding.name
        dialect.confidence["encoding"] = confidence
        dialect.notes = warnings + dialect.notes
    }

    /// What people are to be told of it.
    var warnings: [String] {
        var warnings: [String] = []
        if confidence < Encoded.sure {
            warnings.append("The encoding is not sure: \(encoding.name) was taken. Say it if letters look wrong.")
        }
        if isUneven {
            warnings.append(
                "The file ends inside a character of \(encoding.name): it was cut off, or bytes are missing or too many, and the text behind that place is wrong."
            )
        }
        return warnings
    }

    /// - Parameter looksAt: bytes that are looked at, where not UTF-8 alone is possible; nil for all.
    init(_ file: InputFile, _ given: TextEncoding?, looksAt most: Int64? = nil) throws {
        let sample = ByteBuffer(capacity: Tuning.sampleBytes)
        let count = try file.read(into: sample.base, at: 0, count: Tuning.sampleBytes)
        (encoding, markBytes) = TextEncoding.detect(sample.base, count)
        defer { isUneven = !file.isCut && (file.size - Int64(markBytes)) % Int64(encoding.unitBytes) != 0 }
        if let given {
            // A mark is no text, whatever was said.
            if encoding != given { markBytes = 0 }
            encoding = given
            return
        }
        guard encoding == .utf8, markBytes == 0 else { return }
        // A sequence that the sample cuts is no defect.
        let whole = Int64(count) == file.size ? count : max(0, count - 3)
        guard let bad = UTF8Text.firstInvalid(sample.base, whole), bad < whole - 3 || whole == count else { return }
        isCensusTaken = true
        try settle(try most.map(file.head) ?? file, sample)
    }

    /// For a file that is known not to be all UTF-8.
    init(notUTF8 file: InputFile) throws {
        encoding = .utf8
        markBytes = 0
        isCensusTaken = true
        let sample = ByteBuffer(capacity: Tuning.sampleBytes)
        sample.count = try file.read(into: sample.base, at: 0, count: Tuning.sampleBytes)
        try settle(file, sample)
    }

    /// A few bad bytes in good UTF-8 cost their rows; else the file is in another encoding.
    private mutating func settle(_ file: InputFile, _ sample: ByteBuffer) throws {
        let census = try file.census(from: 0, enough: Encoded.fewBytes)
        guard census.invalid > 0 else { return }
        // Of so few bytes a valid sequence says more than a model of letters.
        if census.valid > 0, census.valid + census.invalid <= Encoded.fewBytes, census.valid * 4 >= census.invalid { return }
        let text = try file.hardBytes(most: Encoded.detectorBytes)
        // A part of the text is enough nearly always, and costs a part of the time. But a byte that comes later may be the one which
        // tells two encodings apart.
        let part = EncodingDetector(Array(text.prefix(Encoded.firstBytes)))
        var found = part.best()
        if text.count > Encoded.firstBytes, found.contenders.count > 1, !found.isSettled || !part.hasSeenAll(of: text) {
            found = EncodingDetector(text).best(of: found.contenders)
        }
        (encoding, confidence) = (found.encoding, found.confidence)
    }

    private static let fewBytes = 12
    private static let detectorBytes = 64 << 10
    private static let firstBytes = 8 << 10
}

/// Loads text from places of a file.
private struct Loader {
    let file: InputFile
    let encoding: TextEncoding
    var start: Int64
    let limits: TabularLimits

    /// Text from the start, with one whole line at least unless that is too long.
    func load(_ terminator: UInt8) throws -> BlockText {
        let text = text(terminator, at: start, bytes: Tuning.sampleBytes)
        try text.load(to: start + Int64(Tuning.sampleBytes))
        while !text.isAtEnd, text.buffer.count < limits.maxRecordBytes,
            memchr(text.buffer.base, Int32(terminator), text.buffer.count) == nil
        {
            // Lines that end with returns have no line feed to look for.
            if terminator == UInt8(ascii: "\n"), LineEnds(text.buffer.base, text.buffer.count).areReturns { break }
            try text.load(to: text.high + Int64(text.buffer.count))
        }
        return text
    }

    /// The byte behind lines that were said not to count.
    func skipped(_ lines: Int, _ terminator: UInt8) throws -> Int64 {
        var low = start
        var left = lines
        let buffer = ByteBuffer(capacity: Tuning.sampleBytes)
        while low < file.size {
            let text = BlockText(
                input: file, encoding: encoding, terminator: terminator, low: low, end: file.size, buffer: buffer,
                scratch: ByteBuffer(capacity: 64))
            try text.load(to: low + Int64(Tuning.sampleBytes))
            let base = UnsafePointer(buffer.base)
            var position = 0
            while left > 0, let found = memchr(base + position, Int32(terminator), buffer.count - position) {
                position = UnsafePointer(found.assumingMemoryBound(to: UInt8.self)) - base + 1
                left -= 1
            }
            if left == 0, text.offset(of: position) < file.size { return text.offset(of: position) }
            low = text.high
        }
        throw TabularFailure("skipped_all", "The file has no line behind the \(lines) that were to be skipped.")
    }

    private func text(_ terminator: UInt8, at low: Int64, bytes: Int) -> BlockText {
        BlockText(
            input: file, encoding: encoding, terminator: terminator, low: low, end: file.size,
            buffer: ByteBuffer(capacity: bytes),
            scratch: ByteBuffer(capacity: 64))
    }

    struct Place {
        /// Keeps the memory.
        let text: BlockText
        let base: UnsafePointer<UInt8>
        let count: Int
    }

    /// Whole lines from further behind, so that a head that is not like the rest does not decide alone.
    func places(_ terminator: UInt8) throws -> [Place] {
        guard file.size > Int64(4 * Tuning.sampleBytes) else { return [] }
        var found: [Place] = []
        for part in [2, 4] as [Int64] {
            let unit = Int64(encoding.unitBytes)
            let low = start + (file.size - start) / 5 * part / unit * unit
            let text = text(terminator, at: low, bytes: Tuning.placeBytes)
            try text.load(to: low + Int64(Tuning.placeBytes))
            guard let line = memchr(text.buffer.base, Int32(terminator), text.buffer.count) else { continue }
            let base = UnsafePointer(line.assumingMemoryBound(to: UInt8.self)) + 1
            found.append(Place(text: text, base: base, count: text.buffer.count - (base - UnsafePointer(text.buffer.base))))
        }
        return found
    }

    /// The end of the last record: blank lines behind it, and the mark with which DOS ended files, are none.
    func dataEnd(from dataStart: Int64, _ terminator: UInt8) throws -> Int64 {
        guard encoding.unitBytes == 1 else { return file.size }
        let buffer = ByteBuffer(capacity: 4096)
        var end = file.size
        scanning: while end > dataStart {
            let low = max(dataStart, end - 4096)
            buffer.count = try file.read(into: buffer.base, at: low, count: Int(end - low))
            var i = buffer.count
            while i > 0 {
                let byte = buffer.base[i - 1]
                guard byte == 0x0A || byte == 0x0D || (byte == 0x1A && low + Int64(i) == file.size) else {
                    end = low + Int64(i)
                    break scanning
                }
                i -= 1
            }
            end = low
        }
        // The end of the last line stays.
        return min(file.size, end == dataStart ? end : end + (try lineEnd(at: end, terminator)))
    }

    private func lineEnd(at end: Int64, _ terminator: UInt8) throws -> Int64 {
        let buffer = ByteBuffer(capacity: 64)
        let count = try file.read(into: buffer.base, at: end, count: 16)
        for i in 0..<count where buffer.base[i] == terminator { return Int64(i + 1) }
        return 0
    }
}

/// The ends of lines in a text.
struct LineEnds {
    /// What may end lines, the likelier first. Carriage returns do only where no line feed outside quotes does.
    let terminators: [UInt8]
    /// What is to be told where lines end in more than one way.
    let mixture: String?
    /// Whether carriage returns end lines, as far as was seen, and nothing else does.
    let areReturns: Bool

    init(_ base: UnsafePointer<UInt8>, _ count: Int) {
        // Without a carriage return there is nothing to tell apart.
        guard memchr(base, 0x0D, count) != nil else {
            (terminators, mixture, areReturns) = ([0x0A], nil, false)
            return
        }
        var (feeds, outside, pairs, returns, outsideReturns, inQuotes) = (0, 0, 0, 0, 0, false)
        for i in 0..<count {
            switch base[i] {
            case UInt8(ascii: "\""): inQuotes.toggle()
            case 0x0A:
                feeds += 1
                if !inQuotes { outside += 1 }
                if i > 0, base[i - 1] == 0x0D, !inQuotes { pairs += 1 }
            case 0x0D where i + 1 >= count || (base[i + 1] != 0x0A && base[i + 1] != 0x0D):
                returns += 1
                if !inQuotes { outsideReturns += 1 }
            case _: continue
            }
        }
        areReturns = feeds == 0 && outsideReturns > 1
        let kinds = [("CR LF", pairs), ("LF", outside - pairs), ("CR", outsideReturns)].filter { $0.1 > 0 }
        mixture =
            kinds.count > 1
            ? "Line ends are mixed at the head of the file: \(kinds.map { "\($0.1) of \($0.0)" }.joined(separator: ", "))." : nil
        if returns == 0 {
            terminators = [0x0A]
        } else if feeds == 0 {
            terminators = [0x0D]
        } else if pairs > 0 || returns < 2 {
            terminators = [0x0A]
        } else {
            terminators = outside == 0 ? [0x0D, 0x0A] : [0x0A, 0x0D]
        }
    }
}

extension Unicode.Scalar {
    /// White space, without a look into the tables of Unicode for the letters that most names begin with.
    fileprivate var isSpace: Bool {
        switch value {
        case 0x21...0x84, 0xA1..<0x1680, 0x1681..<0x2000, 0x3001...: false
        default: properties.isWhitespace
        }
    }
}
