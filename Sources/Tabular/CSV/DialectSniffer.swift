import Foundation

/// Text of a CSV file from one place: whole lines, as far as they are known.
struct SampleText {
    let base: UnsafePointer<UInt8>
    let count: Int
    /// Whether the text ends where the file does.
    let isAtEnd: Bool
}

/// Finds out delimiter, quote and escape of a CSV file.
///
/// All dialects that the bytes allow are tried, and the one wins that makes the most regular and best typed table: the consistency
/// measure of van den Burg, Nazábal and Sutton (Wrangling messy CSV files by detecting row and type patterns, 2019), with what García
/// (Table uniformity method, 2024) adds to it.
struct DialectSniffer {
    struct Candidate {
        var format: CSVFormat
        var score: Double
        /// Fields of most records, and the share of records that have so many.
        var width: Int
        var agreement: Double
        var defects: Int
        var multiline: Int
        var records: Int
        /// Fields that begin and end with a double quote, and those that only begin with one, where quotes were taken for text.
        var wrapped = 0
        var opened = 0
    }

    let samples: [SampleText]
    let terminator: UInt8
    /// What the name of the file promises, such as a tab for `.tsv`.
    var promised: UInt8?

    /// In the order of preference between equals.
    private static let delimiters: [UInt8] = Array(",;\t|: ^~&#*%@!/=+_".utf8) + [0x1F, 0x01, 0x02, 0x1E]
    private static let common: [UInt8] = Array(",;\t|".utf8)
    private static let doubleQuote = UInt8(ascii: "\"")
    private static let singleQuote = UInt8(ascii: "'")
    /// What is looked at for each candidate.
    private static let mostRecords = 400
    private static let mostCells = 12_000
    private static let mostBytes = 128 << 10

    /// All that are possible, the best first.
    func candidates(
        delimiter given: UInt8? = nil, quote givenQuote: UInt8? = nil, escape givenEscape: UInt8? = nil
    ) -> [Candidate] {
        var seen = Array(repeating: false, count: 256)
        var hasEscapedQuote = false
        for sample in samples {
            for i in 0..<min(sample.count, DialectSniffer.mostBytes) {
                seen[Int(sample.base[i])] = true
                if sample.base[i] == UInt8(ascii: "\\"), i + 1 < sample.count, sample.base[i + 1] == DialectSniffer.doubleQuote {
                    hasEscapedQuote = true
                }
            }
        }
        let delimiters =
            given.map { [$0] }
            ?? DialectSniffer.delimiters.filter { (seen[Int($0)] || $0 == UInt8(ascii: ",")) && $0 != givenQuote }
        var found: [Candidate] = []
        for delimiter in delimiters {
            let quotes: [UInt8]
            if let givenQuote {
                quotes = [givenQuote]
            } else {
                quotes =
                    [DialectSniffer.doubleQuote]
                    + (seen[Int(DialectSniffer.singleQuote)] && wraps(DialectSniffer.singleQuote, delimiter)
                        ? [DialectSniffer.singleQuote] : [])
                    + (seen[Int(DialectSniffer.doubleQuote)] ? [0] : [])
            }
            for quote in quotes {
                let escapes: [UInt8] =
                    givenEscape.map { [$0] }
                    ?? (hasEscapedQuote && quote == DialectSniffer.doubleQuote ? [0, UInt8(ascii: "\\")] : [0])
                for escape in escapes {
                    let format = CSVFormat(delimiter: delimiter, quote: quote, terminator: terminator, escape: escape)
                    found.append(measure(format))
                }
            }
        }
        let order = found.enumerated().sorted { a, b in
            abs(a.element.score - b.element.score) > 1e-9 ? a.element.score > b.element.score : a.offset < b.offset
        }
        return order.map(\.element)
    }

    /// Whether fields stand in these quotes, and none in double ones. An apostrophe alone is no sign.
    private func wraps(_ quote: UInt8, _ delimiter: UInt8) -> Bool {
        var wrapped = 0
        var opened = 0
        for sample in samples {
            var start = 0
            for i in 0..<min(sample.count, DialectSniffer.mostBytes)
            where sample.base[i] == delimiter || sample.base[i] == terminator {
                var end = i
                while end > start, [0x0D, 0x20].contains(sample.base[end - 1]) { end -= 1 }
                while start < end, sample.base[start] == 0x20 { start += 1 }
                if end > start, sample.base[start] == DialectSniffer.doubleQuote { return false }
                if end > start + 1, sample.base[start] == quote {
                    opened += 1
                    if sample.base[end - 1] == quote { wrapped += 1 }
                }
                start = i + 1
            }
        }
        return wrapped >= 1 && wrapped * 4 >= opened
    }

    // MARK: Measure

    /// Bytes of a sample that are looked at: one line at least.
    private func length(_ sample: SampleText) -> Int {
        guard sample.count > DialectSniffer.mostBytes else { return sample.count }
        guard let found = memchr(sample.base, Int32(terminator), sample.count) else { return sample.count }
        let line = UnsafePointer(found.assumingMemoryBound(to: UInt8.self)) - sample.base + 1
        return max(DialectSniffer.mostBytes, line)
    }

    private func measure(_ given: CSVFormat) -> Candidate {
        var format = given
        var samples = self.samples
        var kept: [ByteBuffer] = []
        if given.delimiter == 0x20 {
            for (index, sample) in samples.enumerated() {
                let joined = SpaceRuns.joined(sample.base, length(sample), format)
                guard joined.count < length(sample) else { continue }
                format.joinsSpaces = true
                samples[index] = SampleText(
                    base: UnsafePointer(joined.base), count: joined.count,
                    isAtEnd: sample.isAtEnd && sample.count <= DialectSniffer.mostBytes)
                kept.append(joined)
            }
        }
        defer { withExtendedLifetime(kept) {} }
        if given.quote == DialectSniffer.singleQuote { format.trimsSpaces = true }
        var parser = RecordParser(format)
        var widths: [Int: Int] = [:]
        var records = 0
        var cells = 0
        var known = 0.0
        var defects = 0
        var multiline = 0
        var wrapped = 0
        var opened = 0
        var firstWidth = 0
        var hasRival = false
        var marked = 0
        var comments = 0
        var singles = 0
        for sample in samples {
            var position = 0
            let end = length(sample)
            let isWhole = end == sample.count && sample.isAtEnd
            reading: while position < end, records < DialectSniffer.mostRecords, cells < DialectSniffer.mostCells {
                switch parser.parse(sample.base, from: position, to: end, maxFields: 40_000) {
                case .record(let next):
                    let fields = parser.fields
                    let first = fields[0]
                    // Comments look like nothing else in the file.
                    let isComment =
                        format.delimiter != UInt8(ascii: "#") && sample.base[position] == UInt8(ascii: "#")
                    if isComment {
                        comments += 1
                    } else if fields.count > 1 || first.isQuoted || !isBlank(sample.base + first.start, first.end - first.start) {
                        widths[fields.count, default: 0] += 1
                        records += 1
                        if firstWidth == 0 {
                            firstWidth = fields.count
                            hasRival = DialectSniffer.common.contains {
                                $0 != format.delimiter && memchr(sample.base + position, Int32($0), next - position) != nil
                            }
                        }
                        if sample.base[position] == format.delimiter { marked += 1 }
                        for field in fields.prefix(400) {
                            cells += 1
                            known += DialectSniffer.knownness(sample.base + field.start, field.end - field.start, field, format)
                            if field.end > field.start, !field.isQuoted, sample.base[field.start] == DialectSniffer.doubleQuote {
                                let ends = sample.base[field.end - 1] == DialectSniffer.doubleQuote && field.end > field.start + 1
                                if ends { wrapped += 1 } else { opened += 1 }
                            }
                            if field.isQuoted { singles += 1 }
                            if field.isQuoted,
                                memchr(sample.base + field.start, Int32(format.terminator), field.end - field.start) != nil
                            {
                                multiline += 1
                            }
                        }
                    }
                    position = next
                case .unfinished(let inQuotes):
                    // A record that the sample cuts is no defect.
                    guard inQuotes, isWhole || position == 0 || end - position > DialectSniffer.mostBytes / 2 else {
                        break reading
                    }
                    fallthrough
                case .defect:
                    defects += 1
                    records += 1
                    guard defects < 100,
                        let found = memchr(sample.base + position, Int32(format.terminator), end - position)
                    else { break reading }
                    position = UnsafePointer(found.assumingMemoryBound(to: UInt8.self)) - sample.base + 1
                }
            }
        }
        let (width, most) = widths.max { ($0.value, $0.key) < ($1.value, $1.key) } ?? (1, 0)
        let agreement = records == 0 ? 0 : Double(most) / Double(records)
        let patterns = Double(widths.count + (defects > 0 ? 1 : 0))
        var pattern = 0.0
        for (width, count) in widths { pattern += Double(count) * max(1e-3, Double(width - 1)) / Double(width) }
        pattern /= max(1, patterns)
        let type = cells == 0 ? 0 : known / Double(cells)
        if width == 1, most == records { pattern = DialectSniffer.oneColumn * Double(records) }
        var score = records == 0 ? 0 : pattern / Double(records) * type * DialectSniffer.prior(format.delimiter)
        score *= agreement.squareRoot()
        let prior = DialectSniffer.prior(format.delimiter)
        // A header with another delimiter than all rows is rare, and so is a rare delimiter in one line or before each line.
        if firstWidth == 1, width > 1, hasRival { score *= 0.6 }
        if prior < 0.5, records < 2 || marked * 2 > records { score = 0 }
        if records == 1, format.delimiter == UInt8(ascii: "|") { score *= 0.5 }
        if format.quote == DialectSniffer.singleQuote, singles > 1 { score *= 1.01 }
        if let promised, promised == format.delimiter, width > 1 { score *= 1.5 }
        return Candidate(
            format: format, score: score, width: width, agreement: agreement, defects: defects,
            multiline: multiline, records: records, wrapped: wrapped, opened: opened)
    }

    /// What a regular table of one column is worth beside one that a delimiter divides.
    private static let oneColumn = 0.24

    /// Delimiters that are rarer than others have to make the better table.
    private static func prior(_ delimiter: UInt8) -> Double {
        switch delimiter {
        case UInt8(ascii: ","), UInt8(ascii: ";"), 0x09, 0x1F, 0x1E, 0x01, 0x02: 1
        case UInt8(ascii: "|"): 0.95
        case UInt8(ascii: "^"), UInt8(ascii: "~"): 0.6
        case 0x20: 0.5
        case UInt8(ascii: "#"): 0.4
        case UInt8(ascii: ":"): 0.15
        case _: 0.1
        }
    }

    private func isBlank(_ p: UnsafePointer<UInt8>, _ n: Int) -> Bool {
        for i in 0..<n where p[i] != 0x20 && p[i] != 0x09 && p[i] != UInt8(ascii: "\r") { return false }
        return true
    }

    /// How much a cell looks like one value: 1 for a number, a date, a name or what is quoted, 0 for what seems to hold several.
    private static func knownness(
        _ p: UnsafePointer<UInt8>, _ n: Int, _ field: RecordParser.Field, _ format: CSVFormat
    ) -> Double {
        if n == 0 { return field.isQuoted ? 1 : 0.9 }
        let (start, end) = LooseSpelling.trimmed(p, min(n, 1 << 16))
        guard start < end else { return 0.5 }
        let (q, m) = (p + start, end - start)
        if ScalarParser.evidence(Cell(base: q, count: m, kind: .plain)) != .string { return 1 }
        if field.isQuoted { return 1 }
        return Look.isPlain(q, m) ? 1 : 0
    }
}

/// What a text looks like, without saying what it is.
enum Look {
    /// Whether it looks like a name, a word, a sentence, an address of mail or web, a time, an amount: one value and not several.
    static func isPlain(_ p: UnsafePointer<UInt8>, _ n: Int) -> Bool {
        if isTime(p, n) || isAddress(p, n) || isAmount(p, n) { return true }
        var letters = 0
        var digits = 0
        for i in 0..<n {
            switch p[i] {
            case 0x30...0x39: digits += 1
            case 0x41...0x5A, 0x61...0x7A, 0x80...0xFF: letters += 1
            case 0x20, UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "'"), UInt8(ascii: "("),
                UInt8(ascii: ")"),
                UInt8(ascii: "/"), UInt8(ascii: "&"), UInt8(ascii: "!"), UInt8(ascii: "?"), UInt8(ascii: "+"), UInt8(ascii: "%"):
                continue
            case _: return false
            }
        }
        return letters > 0 || (digits > 0 && memchr(p, 0x20, n) == nil)
    }

    /// `12:30`, `1:02:03.5`
    static func isTime(_ p: UnsafePointer<UInt8>, _ n: Int) -> Bool {
        guard n >= 4, n <= 15, p[0] &- 0x30 < 10 else { return false }
        var colons = 0
        var digits = 0
        for i in 0..<n {
            if p[i] == UInt8(ascii: ":") {
                guard digits >= 1, digits <= 2 else { return false }
                colons += 1
                digits = 0
            } else if p[i] &- 0x30 < 10 {
                digits += 1
            } else if p[i] != UInt8(ascii: ".") || colons < 2 {
                return false
            }
        }
        return (1...2).contains(colons) && digits >= 2
    }

    /// Of mail or of the web.
    static func isAddress(_ p: UnsafePointer<UInt8>, _ n: Int) -> Bool {
        guard n >= 6, n <= 2000 else { return false }
        var hasSpace = false
        var at = 0
        var dotAfter = false
        var scheme = false
        for i in 0..<n {
            switch p[i] {
            case 0x20, UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "|"), 0x09: hasSpace = true
            case UInt8(ascii: "@"): at += 1
            case UInt8(ascii: "."): dotAfter = true
            case UInt8(ascii: ":"):
                if i + 2 < n, p[i + 1] == UInt8(ascii: "/"), p[i + 2] == UInt8(ascii: "/"), i >= 3, i <= 6 { scheme = true }
            case _: continue
            }
        }
        if hasSpace { return false }
        return scheme || (at == 1 && dotAfter && p[0] != UInt8(ascii: "@"))
    }

    /// `$1,200.50`, `12 €`, `5%`
    static func isAmount(_ p: UnsafePointer<UInt8>, _ n: Int) -> Bool {
        guard n <= 32 else { return false }
        var digits = 0
        var marks = 0
        for i in 0..<n {
            switch p[i] {
            case 0x30...0x39: digits += 1
            case UInt8(ascii: "$"), UInt8(ascii: "%"), 0xC2, 0xA3, 0xA5, 0xE2, 0x82, 0xAC: marks += 1
            case UInt8(ascii: "."), UInt8(ascii: ","), 0x20, UInt8(ascii: "-"), UInt8(ascii: "+"): continue
            case _: return false
            }
        }
        return digits > 0 && marks > 0
    }
}
