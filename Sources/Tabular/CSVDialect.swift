import Foundation

/// Finds out how a CSV file is written from its first bytes.
struct CSVSniffer {
    /// Records that are looked at.
    private static let maxRecords = 300
    /// Broken records that are passed over while looking for a header: each may be read up to the end of the sample.
    private static let maxBroken = 300
    private static let delimiters: [UInt8] = [UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "\t"), UInt8(ascii: "|")]
    private static let doubleQuote = UInt8(ascii: "\"")
    private static let singleQuote = UInt8(ascii: "'")

    let base: UnsafePointer<UInt8>
    let count: Int
    /// Whether the sample is the whole file, ending with a terminator.
    let isWhole: Bool

    /// Carriage returns end lines only in files that have no line feed.
    static func terminator(_ base: UnsafePointer<UInt8>, _ count: Int) -> UInt8 {
        let newline = UInt8(ascii: "\n")
        let carriageReturn = UInt8(ascii: "\r")
        guard memchr(base, Int32(newline), count) == nil else { return newline }
        return memchr(base, Int32(carriageReturn), count) != nil ? carriageReturn : newline
    }

    func format() -> CSVFormat {
        let terminator = CSVSniffer.terminator(base, count)
        let candidates = CSVSniffer.delimiters.map { delimiter in
            let format = CSVFormat(delimiter: delimiter, quote: CSVSniffer.doubleQuote, terminator: terminator)
            return (format: format, score: score(format))
        }
        let single = CSVSniffer.delimiters.map { delimiter in
            let format = CSVFormat(delimiter: delimiter, quote: CSVSniffer.singleQuote, terminator: terminator)
            return (format: format, score: usesSingleQuotes(format) ? score(format) : 0)
        }
        // The order of the delimiters decides between equals.
        var best = candidates[0]
        for candidate in candidates.dropFirst() + single where candidate.score > best.score + 1e-9 { best = candidate }
        if best.score == 0, usesSingleQuotes(single[0].format) { return single[0].format }
        return best.format
    }

    /// 0 when the delimiter makes no columns, else how well all records agree on their number.
    private func score(_ format: CSVFormat) -> Double {
        let widths = records(format) { $0 }
        guard let first = widths.first, !widths.isEmpty else { return 0 }
        let counts = Dictionary(widths.map { ($0, 1) }, uniquingKeysWith: +)
        guard let usual = counts.max(by: { ($0.value, $0.key) < ($1.value, $1.key) }), usual.key > 1 else {
            // Most rows may be broken where the header is not.
            return first > 1 ? 0.01 : 0
        }
        let agreement = Double(usual.value) / Double(widths.count)
        return agreement + (first == usual.key ? 0.5 : 0) + min(Double(usual.key), 1000) * 1e-5
    }

    /// Widths of the first records; -1 for one that is broken. Blank lines do not count.
    private func records(_ format: CSVFormat, _ map: (Int) -> Int) -> [Int] {
        var parser = RecordParser(format)
        var widths: [Int] = []
        var position = 0
        while position < count, widths.count < CSVSniffer.maxRecords {
            switch parser.parse(base, from: position, to: count, maxFields: 10_000) {
            case .record(let next):
                let isBlank =
                    parser.fields.count == 1 && parser.fields[0].start == parser.fields[0].end && !parser.fields[0].isQuoted
                if !isBlank { widths.append(parser.fields.count) }
                position = next
            case .unfinished(let inQuotes):
                if inQuotes, isWhole || position == 0 { widths.append(-1) }
                guard inQuotes, let next = lineAfter(position, format) else { return widths }
                if !isWhole { return widths }
                position = next
            case .defect:
                widths.append(-1)
                guard let next = lineAfter(position, format) else { return widths }
                position = next
            }
        }
        return widths
    }

    private func lineAfter(_ position: Int, _ format: CSVFormat) -> Int? {
        guard let found = memchr(base + position, Int32(format.terminator), count - position) else { return nil }
        return UnsafePointer(found.assumingMemoryBound(to: UInt8.self)) - base + 1
    }

    /// Whether fields are wrapped in single quotes, and none in double quotes. An apostrophe alone is no sign.
    private func usesSingleQuotes(_ format: CSVFormat) -> Bool {
        var wrapped = 0
        var lines = 1
        var start = 0
        for i in 0..<count where base[i] == format.delimiter || base[i] == format.terminator {
            if base[i] == format.terminator { lines += 1 }
            var end = i
            if end > start, base[end - 1] == UInt8(ascii: "\r") { end -= 1 }
            if end > start, base[start] == CSVSniffer.doubleQuote { return false }
            if end > start + 1, base[start] == CSVSniffer.singleQuote, base[end - 1] == CSVSniffer.singleQuote { wrapped += 1 }
            start = i + 1
        }
        return wrapped >= 2 && wrapped * 10 >= lines
    }

    /// Whether the first record names the columns. A column whose other cells all spell numbers, dates or truth values votes: against a
    /// header when the first cell does so too, for one when it does not. Without votes the first record is a header, unless a cell in
    /// it spells such a value; a row of ascending years is a header.
    func hasHeader(_ format: CSVFormat) -> Bool {
        var parser = RecordParser(format)
        var first: [Evidence] = []
        var firstTexts: [[UInt8]] = []
        var rest: [Evidence] = []
        var position = 0
        var seen = 0
        var broken = 0
        while position < count, seen < CSVSniffer.maxRecords, broken < CSVSniffer.maxBroken {
            guard case .record(let next) = parser.parse(base, from: position, to: count, maxFields: 10_000) else {
                broken += 1
                guard let next = lineAfter(position, format) else { break }
                position = next
                continue
            }
            position = next
            let cells = parser.fields.map {
                Spelled.evidence(Cell(base: base + $0.start, count: $0.end - $0.start, kind: .plain))
            }
            if first.isEmpty {
                if cells.count == 1, cells[0] == .null { continue }
                first = cells
                firstTexts = parser.fields.map { parser.text($0, base) }
                rest = Array(repeating: [], count: cells.count)
            } else if cells.count == first.count {
                for i in 0..<cells.count { rest[i].formUnion(cells[i]) }
            }
            seen += 1
        }
        let votes = zip(first, rest).map { top, below -> Int in
            let isTyped = !below.subtracting(.null).isEmpty && below.type != .string
            if !isTyped || top == .null { return 0 }
            return top == .string ? 1 : -1
        }
        if votes.contains(1) { return true }
        let years = zip(first, firstTexts).filter { $0.0 == .integer }.compactMap { Int(String(decoding: $0.1, as: UTF8.self)) }
        let areYears =
            years.count >= 2 && years.allSatisfy { 1800...2200 ~= $0 } && zip(years, years.dropFirst()).allSatisfy { $0 < $1 }
        if areYears, first.contains(.string) { return true }
        if votes.contains(-1) { return false }
        return !first.contains { $0 != .string && $0 != .null }
    }
}

/// Names of columns that are all different.
enum ColumnNames {
    /// Empty names become `column_3`, repeated ones `name_2`, `name_3`, and so on.
    static func unique(_ given: [String]) -> [String] {
        // By bytes: a set of strings would normalise each name, in time that grows with the square of its combining marks.
        var taken = Set(given.map { Array($0.utf8) })
        var used: Set<[UInt8]> = []
        // Continues where it stopped, so that ten thousand equal names do not cost their square.
        var lastNumber: [[UInt8]: Int] = [:]
        return given.enumerated().map { index, name in
            let wanted = name.isEmpty ? "column_\(index + 1)" : name
            let key = Array(wanted.utf8)
            if !name.isEmpty, used.insert(key).inserted { return name }
            if name.isEmpty, !taken.contains(key), used.insert(key).inserted { return wanted }
            var number = lastNumber[key] ?? 2
            func isFree(_ name: [UInt8]) -> Bool { !taken.contains(name) && !used.contains(name) }
            while !isFree(key + Array("_\(number)".utf8)) { number += 1 }
            lastNumber[key] = number + 1
            let fresh = "\(wanted)_\(number)"
            used.insert(Array(fresh.utf8))
            taken.insert(Array(fresh.utf8))
            return fresh
        }
    }
}
