import Core
import Foundation

/// All that is known about a CSV file before its rows are read.
struct CSVSource {
    var input: InputFile
    var encoding: TextEncoding
    var format: CSVFormat
    var columnCount: Int
    var names: [String] = []
    /// Byte after the header, and after the last record: blank lines at the end are none.
    var dataStart: Int64
    var dataEnd: Int64
    var limits: TabularLimits
    var rows = RowRules()
    /// How the cells of each column are typed.
    var rules: [TypeRules] = []
    /// Bytes of the last record that was looked at when the file was opened.
    var usualRecordBytes = 0
    /// Whether the text was written anew before it was read, so that nobody knows the bytes of the file.
    var isRewritten = false
    /// What stood in the file where the delimiter stands now, if that was something else.
    var writtenDelimiter: [UInt8]?
    /// How the columns are read that filters look at and whose type was said.
    var readings: [Int: ColumnReading] = [:]
    /// What `readings` rest on, where that are some places of the file and not all cells.
    var sampled: [Int: Evidence] = [:]

    /// What filters have to look for, so that a reading which rests on a part of the cells does not decide for all.
    var watches: [Int: Predicate.Watch] {
        Dictionary(
            uniqueKeysWithValues: sampled.map { column, evidence in
                guard !evidence.contains(.string) else { return (column, .nothing) }
                let isPlain = readings[column]?.isPlain ?? true
                return (column, isPlain ? .unusual : .all(rules[column]))
            })
    }
}

/// What becomes of records that are not as the others.
struct RowRules {
    var ragged = RaggedRows.reject
    /// Whether a delimiter may stand at the end of a record, with nothing behind it.
    var hasTrailingDelimiters = false
    /// What a line begins with that is no record; empty for nothing.
    var comment: [UInt8] = []
    /// Whether a record that begins like a comment is one even when it has as many fields as the others.
    var isCommentSaid = false
    var nullWords: NullWords?
}

/// What becomes of a record that has too few or too many fields.
package enum RaggedRows: String, Sendable, CaseIterable, Codable {
    /// It goes to the rejects.
    case reject
    /// What it lacks is null; one with too many fields is rejected.
    case pad
    /// What it lacks is null, and what it has too much is dropped.
    case cut
}

/// What is made of rows.
enum RowTarget {
    /// CSV; rows are copied as they are where that is the same.
    case csv
    case json(isArray: Bool)
    case batch
}

/// Reads blocks of CSV.
///
/// Where a block's first record starts can not be known without reading all that comes before, so it is guessed; whoever puts the
/// blocks in order asks again with the exact start where the guess was wrong.
///
/// A broken record costs one line: reading goes on with the next, so that a quote which is never closed does not swallow the file.
/// A record that is well formed but has too few or too many fields is refused as a whole.
final class CSVBlockReader: BlockReader {
    private let source: CSVSource
    private let plan: Plan
    private let gate: RowFilter
    private let target: RowTarget
    private let readings: [ColumnReading]
    private let rules: [TypeRules]
    private let pool: BufferPool
    private let json: JSONRowWriter?
    private let copiesRows: Bool
    /// Columns whose type was said, by their number and name.
    private let forced: [(column: Int, reading: ColumnReading, name: String)]
    private var index = FieldIndex()
    private var parser: RecordParser
    private var kept = GrowableBuffer<UInt32>(capacity: 1 << 12)
    private var cells: UnsafeMutablePointer<Cell>
    private var evidence: UnsafeMutablePointer<Evidence>
    private let scratch = ByteBuffer(capacity: 4096)
    private let transcoding = ByteBuffer(capacity: 64)

    // State of the block at hand.
    private var text: BlockText
    private var result = BlockResult(start: 0, end: 0, limits: 0)
    private var wasted = 0
    private var isScan = false
    private var isLook = false

    init(source: CSVSource, plan: Plan, target: RowTarget, readings: [ColumnReading], pool: BufferPool) throws {
        self.source = source
        self.plan = plan
        self.target = target
        self.readings = readings
        rules = plan.outputs.map { $0.source == Plan.Output.nowhere ? .standard : source.rules[$0.source] }
        self.pool = pool
        gate = try RowFilter(plan, source.readings, watches: source.watches)
        forced = source.rules.enumerated().compactMap { column, rules in
            guard rules.forced != nil, rules.forced != .string else { return nil }
            let reading = source.readings[column] ?? Evidence().reading(rules)
            return (column, reading, source.names.indices.contains(column) ? source.names[column] : "")
        }
        parser = RecordParser(source.format)
        cells = .allocate(capacity: plan.outputs.count + 1)
        evidence = .allocate(capacity: plan.outputs.count + 1)
        text = BlockText(
            input: source.input, encoding: source.encoding, terminator: source.format.terminator, low: 0, end: 0,
            buffer: ByteBuffer(capacity: 64), scratch: transcoding)
        if case .json(let isArray) = target {
            json = JSONRowWriter(names: plan.outputs.map(\.name), readings: readings, rules: rules, isArray: isArray)
        } else {
            json = nil
        }
        copiesRows =
            !plan.isFormulaSafe && plan.outputs.map(\.source) == Array(0..<source.columnCount)
            && plan.writing.copiesRows && source.format.delimiter == plan.style.delimiter
            && source.format.quote == UInt8(ascii: "\"")
            && source.format.escape == 0 && !source.format.trimsSpaces && !source.rows.hasTrailingDelimiters
            && source.rows.nullWords == nil && source.columnCount > 1
    }

    deinit {
        cells.deallocate()
        evidence.deallocate()
    }

    func read(_ task: BlockTask) throws -> BlockResult {
        let buffer = pool.take()
        isScan = task.isScan
        isLook = task.isLook
        wasted = 0
        gate.begin(remaining: task.remaining)
        let unit = Int64(source.encoding.unitBytes)
        let low = task.exactStart ?? task.low - unit
        text = BlockText(
            input: source.input, encoding: source.encoding, terminator: source.format.terminator, low: low,
            end: source.dataEnd, buffer: buffer, scratch: transcoding)
        try text.load(to: task.high)
        let limit = buffer.count
        try text.load(to: task.high + Int64(source.limits.lookaheadBytes))
        result = BlockResult(start: task.exactStart ?? .max, end: task.high, limits: plan.limits.count)
        result.rejects.isFormulaSafe = plan.areRejectsFormulaSafe
        for i in 0..<plan.outputs.count { evidence[i] = [] }
        var isBufferKept = false
        if let start = task.exactStart == nil ? guessStart(limit: limit) : 0 {
            result.start = text.offset(of: start)
            prepareTarget()
            let end = try readRecords(from: start, limit: limit)
            result.end = end
            isBufferKept = finishTarget()
        }
        result.ledger.rowsWritten =
            result.ledger.rowsRead - result.ledger.rowsFiltered - result.ledger.rowsRejected
        result.limitCounts = gate.counts
        result.incomparable = gate.incomparable
        if gate.isReadingDoubtful { result.isReadingDoubtful = true }
        result.filterEvidence = gate.evidence
        result.isLimitReached = gate.isLimitReached
        if !isBufferKept { pool.give(buffer) }
        return result
    }

    /// The start of the first record after the block's first byte, if there is one before `limit`.
    private func guessStart(limit: Int) -> Int? {
        let base = text.buffer.base
        var first: Int?
        var position = 0
        for _ in 0..<CSVBlockReader.startCandidates {
            guard position < limit, let found = memchr(base + position, Int32(source.format.terminator), limit - position) else {
                break
            }
            position = UnsafePointer(found.assumingMemoryBound(to: UInt8.self)) - UnsafePointer(base) + 1
            guard position < limit else { break }
            if first == nil { first = position }
            guard source.columnCount > 1 else { break }
            // A line break inside quotes rarely leaves a record with the right number of fields behind it.
            if case .record = parser.parse(base, from: position, to: text.buffer.count, maxFields: source.columnCount + 2),
                isWhole(parser.fields.count)
            {
                return position
            }
        }
        return first
    }

    private func isWhole(_ fields: Int) -> Bool {
        fields == source.columnCount || (source.rows.hasTrailingDelimiters && fields == source.columnCount + 1)
    }

    /// Line breaks that are tried as the start of a block.
    private static let startCandidates = 64

    // MARK: Records

    private func readRecords(from start: Int, limit: Int) throws -> Int64 {
        var position = start
        while position < limit {
            let scanned = text.buffer.count
            let stop = index.scan(text.buffer.base, from: position, to: scanned, limit: limit, format: source.format)
            if index.rowCount > 0, let end = take(from: position) {
                if gate.isLimitReached { return text.offset(of: end) }
                // Behind a comment that looked as if it opened a quote.
                position = end
                continue
            }
            position = index.next
            if stop == .complete { continue }
            if stop == .incomplete { wasted += scanned - position }
            guard position < limit else { break }
            // The index is several times as fast as a closer look. Between blocks few records are that long; a look at places of a wide
            // table meets nothing else.
            if isLook, stop == .incomplete, !text.isAtEnd, scanned - position < Tuning.blockBytes {
                let have = scanned - position
                // About as much as such a record has, else twice as much as there is.
                let missing = min(source.usualRecordBytes, Tuning.lookedAtRecordBytes) - have
                let more = missing > 0 ? missing + missing / 16 : have
                try text.load(to: text.high + Int64(max(source.limits.lookaheadBytes, more)))
                continue
            }
            switch try lookClosely(at: position) {
            case .next(let next): position = next
            case .beyond(let offset): return offset
            }
            if gate.isLimitReached { break }
        }
        return text.offset(of: position)
    }

    /// Takes the indexed records. Answers where it stopped: when a limit was reached, or behind the first line of a record that is none.
    private func take(from start: Int) -> Int? {
        let base = UnsafePointer(text.buffer.base)
        let fields = FieldSource(
            base: base, format: source.format, scratch: scratch, nullWords: source.rows.nullWords,
            isEmptyNull: source.columnCount == 1)
        let ends = UnsafePointer(index.ends.base)
        let rows = UnsafePointer(index.rows.base)
        let columns = source.columnCount
        let checksText = index.sawHighBytes && !source.encoding.isText(base + start, index.next - start)
        if checksText { result.sawInvalidUTF8 = true }
        let maxField = source.limits.maxFieldBytes
        kept.reserve(index.rowCount, keeping: 0)
        let kept = self.kept.base
        var keptCount = 0
        var read: Int64 = 0
        var filtered: Int64 = 0
        var first = 0
        var stopped: Int?
        // Lines up to `counted`; rejects come in order, so each counts on from the one before.
        var counted = (to: start, lines: 0)
        let isOpen = gate.isOpen
        let comment = source.rows.comment.first ?? 0
        let hasComments = !source.rows.comment.isEmpty
        for row in 0..<index.rowCount {
            let last = Int(rows[row])
            let count = last - first
            let lineStart = Int(ends[first] &+ 1)
            let length = Int(ends[last]) - lineStart
            let isSpecial =
                count != columns || checksText || length > maxField || (hasComments && base[lineStart] == comment)
                || (index.sawHighBytes && base[lineStart] == 0xEF) || !forced.isEmpty
            if isSpecial {
                if count == 1, columns > 1, isBlank(base + lineStart, length) {
                    if length > 0, base[lineStart] == 0x20 || base[lineStart] == 0x09 { result.spaced += 1 }
                    first = last
                    continue
                }
                if isComment(lineStart, length, fields: count) {
                    result.comments += 1
                    if index.sawQuotedTerminator, let end = memchr(base + lineStart, Int32(source.format.terminator), length) {
                        stopped = UnsafePointer(end.assumingMemoryBound(to: UInt8.self)) - base + 1
                        break
                    }
                    first = last
                    continue
                }
                let isIrregular = count != columns || startsWithMark(lineStart, length)
                if let reason = defect(ends, first: first, last: last, fields: fields, checksText: checksText) {
                    read += 1
                    if index.sawQuotedTerminator {
                        counted = (lineStart, counted.lines + countLines(counted.to, lineStart))
                    } else {
                        counted.lines = row
                    }
                    reject(lineStart, Int(ends[last]), reason, linesBefore: result.lines + counted.lines)
                    first = last
                    continue
                }
                if isIrregular {
                    read += 1
                    flush(kept, &keptCount, fields)
                    takeIrregular(ends, first: first, count: count, fields: fields)
                    first = last
                    if gate.isLimitReached {
                        stopped = Int(ends[last]) + 1
                        break
                    }
                    continue
                }
            }
            read += 1
            let admitted =
                isOpen
                || gate.admits { column in
                    scratch.count = 0
                    return fields.cell(ends, first + column, isLast: column == columns - 1)
                }
            if admitted {
                kept[keptCount] = UInt32(truncatingIfNeeded: first)
                keptCount += 1
            } else {
                filtered += 1
            }
            first = last
            if gate.isLimitReached {
                stopped = Int(ends[last]) + 1
                break
            }
        }
        flush(kept, &keptCount, fields)
        result.ledger.rowsRead += read
        result.ledger.rowsFiltered += filtered
        let end = stopped ?? index.next
        result.lines += index.sawQuotedTerminator || stopped != nil ? countLines(start, end) : index.rowCount
        return stopped
    }

    /// Nothing, or nothing but spaces.
    private func isBlank(_ line: UnsafePointer<UInt8>, _ length: Int) -> Bool {
        for i in 0..<length where line[i] != 0x20 && line[i] != 0x09 && line[i] != UInt8(ascii: "\r") { return false }
        return true
    }

    private func isComment(_ start: Int, _ length: Int, fields: Int) -> Bool {
        let comment = source.rows.comment
        guard !comment.isEmpty, length >= comment.count, source.rows.isCommentSaid || !isWhole(fields) else { return false }
        return memcmp(text.buffer.base + start, comment, comment.count) == 0
    }

    /// Whether a byte order mark stands before the record, as where files were put one behind the other.
    private func startsWithMark(_ start: Int, _ length: Int) -> Bool {
        let base = text.buffer.base + start
        return length >= 3 && base[0] == 0xEF && base[1] == 0xBB && base[2] == 0xBF
    }

    private func defect(
        _ ends: UnsafePointer<UInt32>, first: Int, last: Int, fields: FieldSource, checksText: Bool
    ) -> String? {
        let count = last - first
        let isLastEmpty = {
            let (_, n) = fields.inner(ends, last - 1, isLast: true)
            return n == 0
        }
        if let reason = ragged(count, isLastEmpty: isLastEmpty) { return reason }
        for k in first..<last {
            let (p, n) = fields.inner(ends, k, isLast: k == last - 1)
            if n > source.limits.maxFieldBytes { return tooLong }
            if checksText, !UTF8Text.isValid(p, n) { return notText }
        }
        return misfit { column in
            scratch.count = 0
            return column < count
                ? fields.cell(ends, first + column, isLast: column == count - 1)
                : Cell(base: fields.base, count: 0, kind: .null)
        }
    }

    /// Why a record is refused that has a value which is not of the type that was said.
    private func misfit(_ cell: (Int) -> Cell) -> String? {
        for (column, reading, name) in forced where !BatchColumn.fits(cell(column), reading) {
            if source.sampled[column] != nil { result.isReadingDoubtful = true }
            return "\(name.clipped(bytes: 80)) is no \(reading.type.name)"
        }
        return nil
    }

    /// Why a record with so many fields is refused; nil when it is not.
    private func ragged(_ count: Int, isLastEmpty: () -> Bool) -> String? {
        let columns = source.columnCount
        if count == columns { return nil }
        if count == columns + 1, source.rows.hasTrailingDelimiters, isLastEmpty() { return nil }
        switch source.rows.ragged {
        case .reject: return told(CSVBlockReader.ragged(count, columns))
        case .pad: return count > columns ? told(CSVBlockReader.ragged(count, columns)) : nil
        case .cut: return nil
        }
    }

    /// A reason, where somebody will read it: a look at some places counts rejects, has as many as a run, and tells the first of them.
    private func told(_ reason: @autoclosure () -> String) -> String {
        isScan || (isLook && result.firstDefect != nil) ? "" : reason()
    }

    /// Takes one record that has fewer or more fields than the table has columns, or a mark before it.
    private func takeIrregular(_ ends: UnsafePointer<UInt32>, first: Int, count: Int, fields: FieldSource) {
        let base = fields.base
        let start = Int(ends[first] &+ 1)
        let mark = startsWithMark(start, Int(ends[first + count]) - start)
        note(fields: count)
        func cell(_ column: Int) -> Cell {
            guard column < count, column >= 0 else { return Cell(base: base + start, count: 0, kind: .null) }
            var raw = fields.rawCell(ends, first + column, isLast: column == count - 1)
            if column == 0, mark, raw.kind != .null {
                // A quoted field behind the mark is irregular, so the parser takes it.
                raw.base += 3
                raw.count -= 3
                if raw.count == 0 { raw.kind = .null }
            }
            return raw.hasDoubledQuotes
                ? fields.undoubled(raw.base, raw.count) : Cell(base: raw.base, count: raw.count, kind: raw.kind)
        }
        let isAdmitted = gate.admits { column in
            scratch.count = 0
            return cell(column)
        }
        guard isAdmitted else {
            result.ledger.rowsFiltered += 1
            return
        }
        scratch.count = 0
        scratch.reserve(Int(ends[first + count] &- ends[first]))
        for i in 0..<plan.outputs.count { cells[i] = cell(plan.outputs[i].source) }
        appendCells()
    }

    /// Counts a record that was made to fit.
    private func note(fields: Int) {
        if fields < source.columnCount { result.padded += 1 }
        if fields > source.columnCount, source.rows.ragged == .cut, !(source.rows.hasTrailingDelimiters && isWhole(fields)) {
            result.cut += 1
        }
    }

    private static func ragged(_ found: Int, _ expected: Int) -> String {
        found < expected ? "too few fields: \(found) of \(expected)" : "too many fields: \(found) instead of \(expected)"
    }

    private var tooLong: String { "a field is longer than \(source.limits.maxFieldBytes) bytes" }
    private var notText: String { "not valid \(source.encoding.name)" }

    private enum Continuation {
        case next(Int)
        /// The record was so long that the text at hand was given up; the next one starts at this byte of the file.
        case beyond(Int64)
    }

    /// Takes the one record at `position` that the index left.
    private func lookClosely(at given: Int) throws -> Continuation {
        var position = given
        if source.rows.isCommentSaid || !source.rows.comment.isEmpty,
            let found = memchr(text.buffer.base + position, Int32(source.format.terminator), text.buffer.count - position)
        {
            let end = UnsafePointer(found.assumingMemoryBound(to: UInt8.self)) - UnsafePointer(text.buffer.base)
            if isComment(position, end - position, fields: -1) {
                result.comments += 1
                result.lines += 1
                return .next(end + 1)
            }
        }
        if startsWithMark(position, text.buffer.count - position) { position += 3 }
        var reason: String
        parsing: while true {
            let base = UnsafePointer(text.buffer.base)
            let available = text.buffer.count - position
            let most = isLook ? min(source.limits.maxRecordBytes, Tuning.lookedAtRecordBytes) : source.limits.maxRecordBytes
            let allowed = wasted > Tuning.wastedBytesPerBlock ? Tuning.hostileLookahead : most
            switch parser.parse(
                base, from: position, to: min(text.buffer.count, position + allowed), maxFields: source.limits.maxColumns + 1)
            {
            case .record(let next):
                takeParsed(position, next)
                return .next(next)
            case .defect(let found):
                reason = "\(found)"
                wasted += (parser.fields.last?.end ?? position) - position
                if let next = try takeMended(position) { return .next(next) }
                break parsing
            case .unfinished(let inQuotes):
                wasted += min(available, allowed)
                if !text.isAtEnd, available < allowed {
                    try text.load(to: text.high + Int64(max(source.limits.lookaheadBytes, min(available, allowed))))
                    continue
                }
                reason =
                    inQuotes
                    ? "a quote is opened and not closed\(text.isAtEnd ? "" : " within \(allowed) bytes")"
                    : "the record is longer than \(allowed) bytes"
                guard isLook, available >= most, most < source.limits.maxRecordBytes else { break parsing }
                result.ledger.rowsRead += 1
                reject(position, text.buffer.count, reason, linesBefore: result.lines)
                result.isLastCut = true
                return .beyond(text.high)
            }
        }
        let base = text.buffer.base
        result.ledger.rowsRead += 1
        if let found = memchr(base + position, Int32(source.format.terminator), text.buffer.count - position) {
            let end = UnsafePointer(found.assumingMemoryBound(to: UInt8.self)) - UnsafePointer(base)
            reject(position, end, reason, linesBefore: result.lines)
            result.lines += 1
            return .next(end + 1)
        }
        reject(position, text.buffer.count, reason, linesBefore: result.lines)
        result.lines += 1
        return .beyond(isLook ? text.high : try skipLine())
    }

    /// Takes a line with a stray quote, if it has as many fields as the table has columns when that is taken for text.
    private func takeMended(_ position: Int) throws -> Int? {
        let base = UnsafePointer(text.buffer.base)
        guard source.format.quote != 0, source.format.escape == 0, source.columnCount > 1,
            let found = memchr(base + position, Int32(source.format.terminator), text.buffer.count - position)
        else { return nil }
        let end = UnsafePointer(found.assumingMemoryBound(to: UInt8.self)) - base
        guard end - position <= source.limits.maxRecordBytes else { return nil }
        parser.mend(base, from: position, to: end, maxFields: source.columnCount + 2)
        guard parser.fields.count == source.columnCount else { return nil }
        let rejected = result.ledger.rowsRejected
        takeParsed(position, end + 1, isMended: true)
        if result.ledger.rowsRejected == rejected { result.mended += 1 }
        return end + 1
    }

    /// Looks for the end of a line that does not fit in memory, and answers the byte of the file after it.
    private func skipLine() throws -> Int64 {
        let buffer = ByteBuffer(capacity: Tuning.blockBytes)
        var low = text.high
        while low < source.input.size {
            let part = BlockText(
                input: source.input, encoding: source.encoding, terminator: source.format.terminator, low: low,
                end: source.dataEnd, buffer: buffer, scratch: transcoding)
            try part.load(to: low + Int64(Tuning.blockBytes))
            if let found = memchr(buffer.base, Int32(source.format.terminator), buffer.count) {
                return part.offset(of: UnsafePointer(found.assumingMemoryBound(to: UInt8.self)) - UnsafePointer(buffer.base) + 1)
            }
            low = part.high
        }
        return source.dataEnd
    }

    private func takeParsed(_ start: Int, _ next: Int, isMended: Bool = false) {
        defer { result.lines += countLines(start, next) }
        let base = UnsafePointer(text.buffer.base)
        let columns = source.columnCount
        let fields = parser.fields
        if fields.count == 1, columns > 1, !fields[0].isQuoted, isBlank(base + fields[0].start, fields[0].end - fields[0].start) {
            if fields[0].end > fields[0].start, base[fields[0].start] != 0x0D { result.spaced += 1 }
            return
        }
        result.ledger.rowsRead += 1
        let isText = UTF8Text.isValid(base + start, next - start)
        if !isText { result.sawInvalidUTF8 = true }
        let reason: String? =
            if let reason = ragged(
                fields.count, isLastEmpty: { fields.last.map { $0.start == $0.end && !$0.isQuoted } ?? true })
            {
                reason
            } else if fields.contains(where: { $0.end - $0.start > source.limits.maxFieldBytes }) {
                tooLong
            } else {
                isText ? nil : notText
            }
        if let reason { return reject(start, next - 1, reason, linesBefore: result.lines) }
        scratch.count = 0
        scratch.reserve((next - start) * 2)
        note(fields: fields.count)
        func cell(_ column: Int) -> Cell {
            guard column < fields.count, column >= 0 else { return Cell(base: base + start, count: 0, kind: .null) }
            let field = fields[column]
            let count = field.end - field.start
            if count == 0, !field.isQuoted || columns == 1 { return Cell(base: base + field.start, count: 0, kind: .null) }
            if let words = source.rows.nullWords, words.contains(base + field.start, count) {
                return Cell(base: base + field.start, count: 0, kind: .null)
            }
            if field.hasDoubledQuotes {
                return FieldSource(base: base, format: source.format, scratch: scratch).undoubled(base + field.start, count)
            }
            return Cell(base: base + field.start, count: count, kind: .plain)
        }
        if let reason = misfit({ column in
            scratch.count = 0
            return cell(column)
        }) {
            return reject(start, next - 1, reason, linesBefore: result.lines)
        }
        let admitted = gate.admits { column in
            scratch.count = 0
            return cell(column)
        }
        guard admitted else {
            result.ledger.rowsFiltered += 1
            return
        }
        // Like its neighbours, a record that only happened to stand at the end of a block is copied as it is.
        let isRegular = fields.allSatisfy {
            $0.isQuoted || memchr(base + $0.start, Int32(source.format.quote), $0.end - $0.start) == nil
        }
        if copiesRows, isRegular, !isMended, fields.count == columns, case .csv = target, let output = result.output,
            !holdsStrayEnd(start, fields[columns - 1].end)
        {
            let last = fields[columns - 1]
            output.append(base + start, last.end + (last.isQuoted ? 1 : 0) - start)
            output.append(UInt8(ascii: "\n"))
            return
        }
        scratch.count = 0
        for i in 0..<plan.outputs.count { cells[i] = cell(plan.outputs[i].source) }
        appendCells()
    }

    // MARK: Lines and rejects

    private func countLines(_ from: Int, _ to: Int) -> Int {
        ByteCount.of(source.format.terminator, UnsafePointer(text.buffer.base) + from, to - from)
    }

    private func reject(_ start: Int, _ end: Int, _ reason: String, linesBefore: Int) {
        result.ledger.rowsRejected += 1
        result.firstDefect = result.firstDefect ?? reason
        if source.input.isCut, text.isTerminatorAdded, end >= text.buffer.count - 1 { result.isLastCut = true }
        guard !isScan, !isLook else { return }
        var length = end - start
        while length > 0, text.buffer.base[start + length - 1] == UInt8(ascii: "\r"),
            source.format.terminator == UInt8(ascii: "\n")
        { length -= 1 }
        let shown = UnsafeBufferPointer(
            start: text.buffer.base + start, count: min(length, source.limits.maxRejectedContentBytes))
        let offset = source.isRewritten ? nil : text.offset(of: start)
        guard let delimiter = source.writtenDelimiter else {
            return result.rejects.append(linesBefore: linesBefore, offset: offset, reason: reason, content: shown)
        }
        // As it stands in the file.
        let original = shown.flatMap { $0 == source.format.delimiter ? delimiter : [$0] }
        original.withUnsafeBufferPointer {
            result.rejects.append(linesBefore: linesBefore, offset: offset, reason: reason, content: $0)
        }
    }

    // MARK: Target

    private func prepareTarget() {
        // Of a scan only `evidence` is wanted.
        guard !isScan else { return }
        switch target {
        case .csv, .json: result.output = pool.take()
        case .batch: result.batch = Batch(readings, rules)
        }
    }

    /// Whether the block's buffer is still needed.
    private func finishTarget() -> Bool {
        var isBufferKept = false
        if let batch = result.batch {
            result.evidence = batch.columns.map(\.evidence)
            batch.finish(block: text.buffer)
            isBufferKept = batch.text != nil
        } else {
            result.evidence = (0..<plan.outputs.count).map { evidence[$0] }
        }
        return isBufferKept
    }

    /// Hands over indexed records that passed, and forgets them.
    private func flush(_ kept: UnsafePointer<UInt32>, _ count: inout Int, _ fields: FieldSource) {
        defer { count = 0 }
        guard count > 0 else { return }
        let ends = UnsafePointer(index.ends.base)
        let columns = source.columnCount
        if isScan { return look(kept, count, fields) }
        if let batch = result.batch {
            for (i, output) in plan.outputs.enumerated() {
                batch.columns[i].append(
                    kept, count, column: output.source, isLast: output.source == columns - 1, ends: ends, in: fields,
                    overflow: batch.overflow)
            }
            batch.rows += count
            return
        }
        if copiesRows, case .csv = target,
            !holdsStrayEnd(Int(ends[Int(kept[0])] &+ 1), Int(ends[Int(kept[count - 1]) + columns]))
        {
            return copyRows(kept, count, fields)
        }
        for i in 0..<count {
            let first = Int(kept[i])
            scratch.count = 0
            // All cells of the record stay where they are until it is written.
            scratch.reserve(Int(ends[first + columns] &- ends[first]))
            for (k, output) in plan.outputs.enumerated() {
                guard output.source != Plan.Output.nowhere else {
                    cells[k] = Cell(base: fields.base, count: 0, kind: .null)
                    continue
                }
                let raw = fields.rawCell(ends, first + output.source, isLast: output.source == columns - 1)
                cells[k] =
                    raw.hasDoubledQuotes
                    ? fields.undoubled(raw.base, raw.count) : Cell(base: raw.base, count: raw.count, kind: raw.kind)
            }
            appendCells()
        }
    }

    /// Adds what the cells are to the evidence of their columns.
    private func look(_ kept: UnsafePointer<UInt32>, _ count: Int, _ fields: FieldSource) {
        let ends = UnsafePointer(index.ends.base)
        for (i, output) in plan.outputs.enumerated() {
            guard output.source != Plan.Output.nowhere else {
                evidence[i].insert(.null)
                continue
            }
            let isLast = output.source == source.columnCount - 1
            var found = evidence[i]
            for k in 0..<count where !found.contains(.string) {
                scratch.count = 0
                found.formUnion(ScalarParser.evidence(fields.cell(ends, Int(kept[k]) + output.source, isLast: isLast), rules[i]))
            }
            evidence[i] = found
        }
    }

    /// Whether a line end of another kind stands inside a record: copied as it is, it would divide the record for other readers.
    private func holdsStrayEnd(_ start: Int, _ end: Int) -> Bool {
        let base = UnsafePointer(text.buffer.base)
        let isLineFeed = source.format.terminator == UInt8(ascii: "\n")
        var i = start
        while i < end, let found = memchr(base + i, isLineFeed ? 0x0D : 0x0A, end - i) {
            guard isLineFeed else { return true }
            i = UnsafePointer(found.assumingMemoryBound(to: UInt8.self)) - base
            while i < end, base[i] == 0x0D { i += 1 }
            if i < end, base[i] != 0x0A { return true }
        }
        return false
    }

    /// Copies records as they stand, neighbours at once.
    private func copyRows(_ kept: UnsafePointer<UInt32>, _ count: Int, _ fields: FieldSource) {
        guard let output = result.output else { return }
        let ends = UnsafePointer(index.ends.base)
        let columns = source.columnCount
        let isLineFeed = source.format.terminator == UInt8(ascii: "\n")
        var from = 0
        var to = 0
        for i in 0..<count {
            let first = Int(kept[i])
            let start = Int(ends[first] &+ 1)
            let end = Int(ends[first + columns])
            if isLineFeed, end == start || fields.base[end - 1] != UInt8(ascii: "\r") {
                if start != to {
                    output.append(fields.base + from, to - from)
                    from = start
                }
                to = end + 1
            } else {
                output.append(fields.base + from, to - from)
                var textEnd = end
                while isLineFeed, textEnd > start, fields.base[textEnd - 1] == UInt8(ascii: "\r") { textEnd -= 1 }
                output.append(fields.base + start, textEnd - start)
                output.append(UInt8(ascii: "\n"))
                from = end + 1
                to = end + 1
            }
        }
        output.append(fields.base + from, to - from)
    }

    private func appendCells() {
        if isScan {
            for i in plan.outputs.indices where !evidence[i].contains(.string) {
                evidence[i].formUnion(ScalarParser.evidence(cells[i], rules[i]))
            }
            return
        }
        if let batch = result.batch {
            for (i, column) in batch.columns.enumerated() {
                column.append(cells[i], block: text.buffer.base, overflow: batch.overflow)
            }
            batch.rows += 1
            return
        }
        guard let output = result.output else { return }
        if let json { return json.append(cells, to: output, evidence: evidence) }
        for i in 0..<plan.outputs.count {
            if i > 0 { output.append(plan.style.delimiter) }
            CSVText.append(cells[i], plan.style, to: output)
        }
        CSVText.endLine(plan.style, output)
    }
}
