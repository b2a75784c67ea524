import Foundation

/// The first records of a CSV file, as fields.
struct SampleRecords {
    struct Record {
        var start: Int
        var next: Int
        var fields: [RecordParser.Field]
        /// Nothing, or nothing but spaces.
        var isBlank: Bool
        /// Why it can not be read; then it is one line.
        var defect: String?
    }

    let base: UnsafePointer<UInt8>
    let format: CSVFormat
    private(set) var records: [Record] = []

    private static let mostRecords = 300
    private static let mostFields = 200_000

    init(_ sample: SampleText, from start: Int, format: CSVFormat, maxColumns: Int) {
        base = sample.base
        self.format = format
        var parser = RecordParser(format)
        var position = start
        var fields = 0
        while position < sample.count, records.count < SampleRecords.mostRecords, fields < SampleRecords.mostFields {
            var reason: String?
            switch parser.parse(base, from: position, to: sample.count, maxFields: maxColumns + 2) {
            case .record(let next):
                let first = parser.fields[0]
                let isBlank =
                    parser.fields.count == 1 && !first.isQuoted
                    && SampleRecords.isSpace(base + first.start, first.end - first.start)
                records.append(Record(start: position, next: next, fields: parser.fields, isBlank: isBlank))
                fields += parser.fields.count
                position = next
                continue
            case .defect(let found): reason = "\(found)"
            case .unfinished(let inQuotes):
                guard sample.isAtEnd || inQuotes else { return }
                reason = "a quote is opened and not closed"
            }
            guard let found = memchr(base + position, Int32(format.terminator), sample.count - position) else { return }
            let next = UnsafePointer(found.assumingMemoryBound(to: UInt8.self)) - base + 1
            records.append(Record(start: position, next: next, fields: [], isBlank: false, defect: reason))
            position = next
        }
    }

    static func isSpace(_ p: UnsafePointer<UInt8>, _ n: Int) -> Bool {
        for i in 0..<n where p[i] != 0x20 && p[i] != 0x09 && p[i] != UInt8(ascii: "\r") { return false }
        return true
    }

    /// A line that is cut at every delimiter which does not stand inside a whole pair of quotes; other quotes are text.
    func cut(_ index: Int, at delimiter: UInt8) -> [RecordParser.Field] {
        let record = records[index]
        var end = record.next
        while end > record.start, base[end - 1] == format.terminator || base[end - 1] == 0x0D { end -= 1 }
        var fields: [RecordParser.Field] = []
        var position = record.start
        // The next quote that could close, whoever asks: looked for once.
        var close = record.start
        func closing(from start: Int) -> Int? {
            close = max(close, start)
            while close < end, base[close] != format.quote || (close + 1 < end && base[close + 1] != delimiter) { close += 1 }
            return close < end ? close : nil
        }
        while true {
            var field = RecordParser.Field(start: position, end: position)
            if position < end, format.quote != 0, base[position] == format.quote,
                let close = closing(from: position + 1),
                memchr(base + position + 1, Int32(delimiter), close - position - 1) == nil
            {
                field = RecordParser.Field(start: position + 1, end: close, isQuoted: true)
                position = close + 1
            } else {
                while position < end, base[position] != delimiter { position += 1 }
                field.end = position
            }
            fields.append(field)
            guard position < end else { return fields }
            position += 1
        }
    }

    func isSame(_ one: Int, _ other: Int) -> Bool {
        records[one].fields.count == records[other].fields.count
            && zip(records[one].fields, records[other].fields).allSatisfy { bytes($0).elementsEqual(bytes($1)) }
    }

    func bytes(_ field: RecordParser.Field) -> UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(start: base + field.start, count: field.end - field.start)
    }
}

/// Where the table lies in a CSV file: what stands before it, how many columns it has, and which records name them.
struct TableShape {
    /// The record of the sample with which header and rows begin.
    var first = 0
    var headerLines = 0
    var columns = 0
    /// The header is one shorter than the rows, whose first field names the row, as R writes it.
    var hasRowNames = false
    var hasTrailingDelimiters = false
    /// Rows are shorter than the header, and are filled up with nulls.
    var isPadded = false
    var comment: [UInt8] = []
    /// 0 to 1: how sure it is that the header is one, or that there is none.
    var headerConfidence = 1.0
    var notes: [String] = []

    private enum Kind: Int, CaseIterable { case nothing, number, moment, truth, text }

    /// What lines begin with that are no records, where it was not said.
    private static let comments: [[UInt8]] = ["#", "%", "//", "--", "!"].map { Array($0.utf8) }
    private static let mostPreamble = 100

    /// The fields of a header that had to be cut in another way.
    private(set) var mended: [RecordParser.Field]?

    private let sample: SampleRecords
    private let format: CSVFormat

    /// The names of the first line of the header.
    var headerFields: [RecordParser.Field] { mended ?? sample.records[first].fields }

    /// - Parameters:
    ///   - header: lines of header that were said; nil to find them out.
    ///   - comment: what was said; nil to find it out.
    ///   - findsStart: whether lines before the header are looked for; not where somebody said how many to skip.
    init(
        _ sample: SampleRecords, format: CSVFormat, header: Int?, comment given: [UInt8]?, trailing: Bool?, findsStart: Bool
    ) {
        self.sample = sample
        self.format = format
        let records = sample.records
        if let given { comment = given } else { comment = foundComment() }
        let usable = records.indices.filter { !records[$0].isBlank && records[$0].defect == nil && !isComment($0) }
        guard let head = usable.first else {
            columns = records.first { !$0.isBlank }?.fields.count ?? 0
            return
        }
        var widths: [Int: Int] = [:]
        for index in usable { widths[records[index].fields.count, default: 0] += 1 }
        let most = widths.max { ($0.value, $0.key) < ($1.value, $1.key) }?.key ?? 1
        // Of two tables in one file the first counts.
        let usual =
            usable.lazy.map { records[$0].fields.count }.first { $0 > 1 && widths[$0, default: 0] * 2 > widths[most, default: 0] }
            ?? most
        first = head
        columns = usual
        if findsStart, usual > 1 { skipPreamble(usable, usual) }
        if header == nil, usual > 1 { mendHeader(usable) }
        let rest = usable.filter { $0 >= first }
        settleWidth(rest, trailing)
        if let header {
            headerLines = header
        } else if mended != nil {
            headerLines = 1
        } else {
            findHeader(rest)
        }
        guard headerLines > 0, !hasRowNames else { return }
        let names = headerFields.count
        if names == columns - 1, mended == nil { settleRowNames(rest) }
        let gaps = headerFields.filter(isEmpty).count
        if names > columns + (hasTrailingDelimiters ? 1 : 0), names - gaps == columns {
            mended = headerFields.filter { !isEmpty($0) }
            notes.append("The header has an empty name too many, which was dropped.")
        } else if names > columns + (hasTrailingDelimiters ? 1 : 0) {
            columns = names
            isPadded = true
            notes.append("The header has more names than the rows have fields; what rows lack is null.")
        } else if names < columns, !hasRowNames {
            notes.append("The header has fewer names than the rows have fields; the last columns got names.")
        }
    }

    private func isComment(_ index: Int) -> Bool {
        guard !comment.isEmpty else { return false }
        let record = sample.records[index]
        return record.next - record.start >= comment.count && memcmp(sample.base + record.start, comment, comment.count) == 0
    }

    /// A mark with which the file's first lines begin, where they do not look like the records behind them.
    private func foundComment() -> [UInt8] {
        let records = sample.records
        guard let head = records.first(where: { !$0.isBlank }) else { return [] }
        for mark in TableShape.comments where mark.first != format.delimiter {
            guard head.next - head.start > mark.count, memcmp(sample.base + head.start, mark, mark.count) == 0 else { continue }
            let marked = records.filter {
                $0.next - $0.start > mark.count && memcmp(sample.base + $0.start, mark, mark.count) == 0
            }
            let others = records.filter { record in
                !record.isBlank && record.defect == nil && !marked.contains { $0.start == record.start }
            }
            guard !others.isEmpty else { continue }
            var widths: [Int: Int] = [:]
            for record in others { widths[record.fields.count, default: 0] += 1 }
            let usual = widths.max { ($0.value, $0.key) < ($1.value, $1.key) }?.key ?? 1
            // A line such as `#chrom<tab>start<tab>end` is the header.
            if marked.contains(where: { $0.fields.count != usual }) || (usual == 1 && head.next - head.start > 2) { return mark }
        }
        return []
    }

    /// Titles and remarks stand before the header in lines with fewer fields than the table has.
    private mutating func skipPreamble(_ usable: [Int], _ usual: Int) {
        let records = sample.records
        func isWide(_ index: Int) -> Bool {
            let count = records[index].fields.count
            return count == usual || (count == usual + 1 && isEmpty(records[index].fields[usual]))
        }
        if format.delimiter == 0x20, skipProse(usable, usual) { return }
        guard let start = usable.first(where: isWide) else { return }
        let before = usable.filter { $0 < start }
        let behind = usable.filter { $0 >= start }
        guard before.count <= TableShape.mostPreamble, behind.count >= 2 || before.isEmpty,
            before.allSatisfy({ records[$0].fields.count < usual })
        else { return }
        let endsEmpty = behind.allSatisfy { records[$0].fields.last.map(isEmpty) ?? false }
        if let last = before.last, records[last].fields.count == usual - 1, usual > 2, isRowNamesHeader(last, behind) {
            first = last
            hasRowNames = !endsEmpty && namesRows(behind)
        } else if behind.count * 2 >= before.count, usual > 2 || before.allSatisfy({ records[$0].fields.count == 1 }) {
            first = start
        }
        // Titles that were padded to the full width: only their first field holds something.
        guard usual >= 3, !hasRowNames else { return }
        func isTitle(_ index: Int) -> Bool { records[index].fields.filter { !TableShape.isEmpty($0) }.count <= 1 }
        let wide = usable.filter { $0 >= first }
        guard let title = wide.first, isTitle(title), let header = wide.first(where: { !isTitle($0) }),
            wide.filter({ $0 >= header }).count >= 2, header - title <= 20,
            records[header].fields.filter({ !isEmpty($0) }).count * 3 >= usual * 2
        else { return }
        first = header
    }

    /// Where spaces divide fields, lines of words before the table may have any number of them. Answers whether there are some.
    private mutating func skipProse(_ usable: [Int], _ usual: Int) -> Bool {
        let widths = usable.map { sample.records[$0].fields.count }
        guard let last = widths.prefix(TableShape.mostPreamble).lastIndex(where: { $0 != usual }), last + 1 < widths.count else {
            return false
        }
        // Behind the last other line nearly all lines are alike; a header of its own width would be one of those others.
        let behind = widths.dropFirst(last + 1)
        let alike = widths.prefix(last + 1).filter { $0 == usual }.count
        guard behind.count >= max(3, last + 1), behind.count >= 20 || behind.allSatisfy({ $0 == usual }), last > 0,
            alike * 3 <= last + 1,
            widths[last] != usual - 1 || !isRowNamesHeader(usable[last], Array(usable.dropFirst(last + 1)))
        else { return false }
        first = usable[last + 1]
        return true
    }

    /// Takes a line right before the first row for the header where it has as many names when it is cut in another way: one with a quote
    /// too much, or with another delimiter.
    private mutating func mendHeader(_ usable: [Int]) {
        let before = first - 1
        guard before >= 0, usable.count >= 3, !sample.records[before].isBlank, !isComment(before),
            sample.records[before].defect != nil || sample.records[before].fields.count == 1
        else { return }
        let isBroken = sample.records[before].defect != nil
        let others: [UInt8] =
            isBroken ? [format.delimiter] : [0x20, 0x09, UInt8(ascii: ";"), UInt8(ascii: "|"), UInt8(ascii: ",")]
        for delimiter in others where isBroken || delimiter != format.delimiter {
            let fields = sample.cut(before, at: delimiter)
            guard fields.count == columns || (isBroken && fields.count == columns - 1), fields.allSatisfy({ kind($0) == .text })
            else {
                continue
            }
            first = before
            mended = fields
            notes.append(
                isBroken
                    ? "A quote in the header is not closed; it was taken as text."
                    : "The header has another delimiter than the rows.")
            return
        }
    }

    private func isEmpty(_ field: RecordParser.Field) -> Bool { TableShape.isEmpty(field) }

    private static func isEmpty(_ field: RecordParser.Field) -> Bool { field.start == field.end && !field.isQuoted }

    /// Whether the record may name all columns but the first, which holds names of rows.
    private func isRowNamesHeader(_ index: Int, _ behind: [Int]) -> Bool {
        let names = sample.records[index].fields
        guard names.allSatisfy({ kind($0) == .text }), Set(names.map { Array(sample.bytes($0)) }).count == names.count else {
            return false
        }
        return behind.allSatisfy { !sample.records[$0].fields.isEmpty }
    }

    private mutating func settleRowNames(_ rest: [Int]) {
        let behind = Array(rest.dropFirst(headerLines))
        hasRowNames = isRowNamesHeader(first, behind) && namesRows(behind)
    }

    /// Whether the first fields name their rows: all are different, and texts or counted from 1.
    private func namesRows(_ behind: [Int]) -> Bool {
        let names = behind.compactMap { sample.records[$0].fields.first.map { Array(sample.bytes($0)) } }
        let isNamed = behind.allSatisfy { index in
            sample.records[index].fields.first.map { kind($0) == .text } ?? false
        }
        let isCounted = names.enumerated().allSatisfy { Int(String(decoding: $1, as: UTF8.self)) == $0 + 1 }
        return (isNamed || isCounted) && Set(names).count == names.count
    }

    /// Looks for delimiters behind the last field.
    private mutating func settleWidth(_ rest: [Int], _ trailing: Bool?) {
        let records = sample.records
        guard columns > 1 else { return }
        let headWidth = headerFields.count
        let body = rest.dropFirst()
        let full = body.filter { records[$0].fields.count == columns }
        let lastIsEmpty = !full.isEmpty && full.allSatisfy { records[$0].fields.last.map(isEmpty) ?? false }
        let headEndsEmpty = headerFields.last.map(isEmpty) ?? false
        let isTrailing =
            lastIsEmpty
            && (headWidth == columns - 1 || (headWidth == columns && headEndsEmpty) || (body.isEmpty && headEndsEmpty))
        // Without a name for it nobody knows whether an empty last column is one: it stays.
        let names = headerFields.dropLast().drop { isEmpty($0) }
        let isNamed =
            headWidth == columns - 1
            || !body.isEmpty && names.count >= headWidth - 2 && !names.isEmpty && names.allSatisfy { kind($0) == .text }
        if trailing ?? (isTrailing && isNamed) {
            hasTrailingDelimiters = true
            if lastIsEmpty || headEndsEmpty, headWidth >= columns - 1, isTrailing { columns -= 1 }
            if trailing == nil { notes.append("Each record ends with a delimiter; the empty field behind it was dropped.") }
            return
        }
        // The header alone ends with a delimiter, or some rows do.
        if trailing == nil {
            let wider = rest.filter { records[$0].fields.count == columns + 1 }
            if !wider.isEmpty, wider.allSatisfy({ records[$0].fields.last.map(isEmpty) ?? false }) {
                hasTrailingDelimiters = true
                notes.append("Some records end with a delimiter; the empty field behind it was dropped.")
            }
        }
    }

    // MARK: Header

    private func kind(_ field: RecordParser.Field) -> Kind {
        let (start, end) = LooseSpelling.trimmed(sample.base + field.start, field.end - field.start)
        let (p, n) = (sample.base + field.start + start, end - start)
        guard n > 0 else { return .nothing }
        if LooseSpelling.isNullWord(p, n) { return .nothing }
        let found = ScalarParser.evidence(Cell(base: p, count: n, kind: .plain))
        if found.contains(.string) { return Look.isTime(p, n) ? .moment : Look.isAmount(p, n) ? .number : .text }
        if found.contains(.boolean) { return .truth }
        let moments: Evidence = [.date, .timestamp, .timestampUTC, .dayFirst, .monthFirst, .eitherFirst]
        return found.isDisjoint(with: moments) ? .number : .moment
    }

    private mutating func findHeader(_ rest: [Int]) {
        let records = sample.records
        guard let head = rest.first else { return }
        let names = headerFields
        let body = rest.dropFirst().filter { records[$0].fields.count >= names.count }
        if hasRowNames {
            headerLines = 1
            headerConfidence = 0.9
            notes.append("The header has one name fewer than the rows have fields; the first column holds names of rows.")
            return
        }
        let kinds = names.map(kind)
        guard !body.isEmpty else {
            headerLines = kinds.contains { $0 == .number || $0 == .moment } ? 0 : 1
            headerConfidence = 0.5
            return
        }
        // A header that stands again further down, where files were put one behind the other.
        let again = body.contains { sample.isSame($0, head) }
        if again, kinds.allSatisfy({ $0 == .text || $0 == .nothing }) {
            headerLines = 1
            while headerLines < 3, headerLines < rest.count, sample.isSame(rest[headerLines], head) { headerLines += 1 }
            return
        }
        var yes = 0.0
        var no = 0.0
        var numberColumns: [Int] = []
        let shift = names.count == columns - 1 && body.contains { records[$0].fields.count == columns } ? 1 : 0
        for column in names.indices {
            let below = body.compactMap { index -> RecordParser.Field? in
                let fields = records[index].fields
                return column + shift < fields.count ? fields[column + shift] : nil
            }
            let vote = self.vote(names[column], kinds[column], below)
            if vote.isNumberOverNumbers { numberColumns.append(column) }
            yes += vote.yes
            no += vote.no
        }
        if !numberColumns.isEmpty, isCounting(head, Array(body), numberColumns, kinds) {
            no -= Double(numberColumns.count)
            yes += 0.5 * Double(numberColumns.count)
        }
        let hasVotes = yes > 0 || no > 0
        let isHeader = !hasVotes ? !kinds.contains { $0 == .number || $0 == .moment } : yes >= no && yes > 0
        headerLines = isHeader ? 1 : 0
        headerConfidence = hasVotes ? min(1, 0.5 + abs(yes - no) / max(yes + no, 2) / 2) : 0.5
        if isHeader { findMoreHeaders(rest) }
    }

    private func vote(
        _ name: RecordParser.Field, _ top: Kind, _ below: [RecordParser.Field]
    ) -> (yes: Double, no: Double, isNumberOverNumbers: Bool) {
        let (usual, most, all) = usualKind(below)
        guard all > 0 else { return (0, 0, false) }
        if usual != .text, most * 5 >= all * 4 {
            switch top {
            case .nothing: return (0, 0, false)
            case .text: return (1, 0, false)
            case usual:
                // A writer that puts texts in quotes, and no numbers, puts names in them even if they are numbers.
                if usual == .number, name.isQuoted, !below.contains(where: \.isQuoted) { return (1, 0, false) }
                return (0, usual == .moment ? 3 : 1, usual == .number)
            case .number, .moment, .truth: return (0.5, 0, false)
            }
        }
        guard top == .text else { return (0, top == .number || top == .moment ? 0.5 : 0, false) }
        let text = sample.bytes(name)
        if below.contains(where: { sample.bytes($0).elementsEqual(text) }) { return (0, 1, false) }
        guard all >= 3, let one = below.first(where: { !isEmpty($0) }), shape(one).contains(UInt8(ascii: "9")),
            below.allSatisfy({ isEmpty($0) || hasSameShape($0, one) })
        else { return (0, 0, false) }
        return hasSameShape(name, one) ? (0, 1, false) : (0.5, 0, false)
    }

    /// The kind that most fields have which hold something, how many have it, and how many hold something.
    private func usualKind(_ fields: some Sequence<RecordParser.Field>) -> (kind: Kind, count: Int, all: Int) {
        var counts = SIMD8<Int>()
        for field in fields { counts[kind(field).rawValue] += 1 }
        counts[Kind.nothing.rawValue] = 0
        let usual = Kind.allCases.max { counts[$0.rawValue] < counts[$1.rawValue] } ?? .nothing
        return (usual, counts[usual.rawValue], counts.wrappedSum())
    }

    /// The beginning of the text with 9 for each digit and a for each letter.
    private func shape(_ field: RecordParser.Field) -> some Sequence<UInt8> {
        sample.bytes(field).prefix(64).lazy.map { byte in
            switch byte {
            case 0x30...0x39: UInt8(ascii: "9")
            case 0x41...0x5A, 0x61...0x7A, 0x80...0xFF: UInt8(ascii: "a")
            case _: byte
            }
        }
    }

    private func hasSameShape(_ one: RecordParser.Field, _ other: RecordParser.Field) -> Bool {
        shape(one).elementsEqual(shape(other))
    }

    /// Whether numbers that stand over numbers are names all the same: 0, 1, 2 as programs number columns, or years in their order.
    private func isCounting(_ head: Int, _ body: [Int], _ columns: [Int], _ kinds: [Kind]) -> Bool {
        func numbers(_ index: Int) -> [Int]? {
            let fields = sample.records[index].fields
            var found: [Int] = []
            for column in columns {
                guard column < fields.count, let text = String(bytes: sample.bytes(fields[column]), encoding: .utf8),
                    let number = Int(text.trimmingCharacters(in: .whitespaces))
                else { return nil }
                found.append(number)
            }
            return found
        }
        func isEven(_ numbers: [Int]) -> Bool {
            guard numbers.count >= 2 else { return false }
            let steps = zip(numbers.dropFirst(), numbers).map { $0.subtractingReportingOverflow($1) }
            return steps.allSatisfy { !$0.overflow && $0.partialValue != 0 && $0.partialValue == steps[0].partialValue }
        }
        guard let names = numbers(head), names.count >= 2 else { return false }
        let isNamed = kinds[0] == .text || kinds[0] == .nothing
        let areYears = names.allSatisfy { 1800...2200 ~= $0 }
        let ordered = zip(names, names.dropFirst())
        let isOrdered = ordered.allSatisfy { $0 < $1 } || ordered.allSatisfy { $0 > $1 }
        if areYears, isOrdered, isNamed { return true }
        guard isEven(names), !body.prefix(20).contains(where: { numbers($0).map { isEven($0) } ?? false }) else { return false }
        if isNamed { return names.count >= 3 || (kinds[0] == .nothing && (0...1).contains(names[0])) }
        // Without any other name they must number all columns.
        return columns.count == kinds.count && (0...1).contains(names[0]) && names[1] == names[0] + 1 && names.count >= 3
    }

    /// A second line of header holds units or the lower part of names: text where all rows below hold something else.
    private mutating func findMoreHeaders(_ rest: [Int]) {
        let records = sample.records
        while headerLines < 3, rest.count > headerLines + 2 {
            let candidate = rest[headerLines]
            let body = rest.dropFirst(headerLines + 1).filter { records[$0].fields.count == columns }
            guard records[candidate].fields.count == columns, body.count >= 2 else { return }
            var typed = 0
            for column in 0..<columns {
                let (usual, most, all) = usualKind(body.lazy.map { records[$0].fields[column] })
                guard all > 0, usual != .text, most * 10 >= all * 9 else { continue }
                guard kind(records[candidate].fields[column]) == .text else { return }
                typed += 1
            }
            guard typed >= 2 else { return }
            headerLines += 1
        }
    }
}
