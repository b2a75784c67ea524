import Foundation

/// Cells of one column as typed values. Only cells that are there have a value; `present` has one byte for each row.
///
/// Values take eight bytes: an integer, the bits of a double, 0 or 1, days or microseconds since 1970, or for text where it stands:
/// offset in the upper half, length in the lower. An offset with its highest bit set counts in `Batch.overflow`, else in `Batch.text`.
final class BatchColumn {
    let reading: ColumnReading
    private var type: ColumnType { reading.type }
    private let rules: TypeRules
    // Written cell by cell by one thread, without overlapping accesses: not checked, because that would cost more than the work.
    @exclusivity(unchecked) private(set) var values = GrowableBuffer<UInt64>(capacity: 0)
    @exclusivity(unchecked) private(set) var present = GrowableBuffer<UInt8>(capacity: 0)
    @exclusivity(unchecked) private(set) var valueCount = 0
    @exclusivity(unchecked) private(set) var rows = 0
    @exclusivity(unchecked) private(set) var textBytes = 0
    /// What the cells were. Complete also when a cell did not fit the type; the values are not.
    @exclusivity(unchecked) private(set) var evidence: Evidence = []

    static let overflowBit: UInt64 = 1 << 63

    init(_ reading: ColumnReading, _ rules: TypeRules) {
        self.reading = reading
        self.rules = rules
    }

    private var isProvenText: Bool { evidence.contains(.string) }

    /// Appends one cell; text that is not in the block is copied to `overflow`.
    func append(_ cell: Cell, block: UnsafePointer<UInt8>, overflow: ByteBuffer) {
        reserve(1)
        guard cell.kind != .null, let value = value(cell, block: block, overflow: overflow) else {
            evidence.insert(.null)
            present.base[rows] = 0
            rows += 1
            return
        }
        present.base[rows] = 1
        rows += 1
        values.base[valueCount] = value
        valueCount += 1
    }

    private func reserve(_ more: Int) {
        present.reserve(rows + more, keeping: rows)
        values.reserve(valueCount + more, keeping: valueCount)
    }

    /// Nil for a cell that is null in a column of this type, and for one that does not fit.
    private func value(_ cell: Cell, block: UnsafePointer<UInt8>, overflow: ByteBuffer) -> UInt64? {
        if type == .string {
            if !isProvenText { evidence.formUnion(ScalarParser.evidence(cell, rules)) }
            textBytes += cell.count
            if cell.isInBlock { return UInt64(cell.base - block) << 32 | UInt64(cell.count) }
            let offset = UInt64(overflow.count)
            overflow.append(cell.base, cell.count)
            return BatchColumn.overflowBit | offset << 32 | UInt64(cell.count)
        }
        let found = ScalarParser.evidence(cell, rules)
        evidence.formUnion(found)
        guard found.isDisjoint(with: [.null, .nullWord]) else { return nil }
        let isPlain = !type.hasFraction || reading.numbers.decimal == UInt8(ascii: ".")
        if isPlain, let value = BatchColumn.typed(cell.base, cell.count, type) { return value }
        if let value = BatchColumn.loose(cell.base, cell.count, reading) { return value }
        // What has no value in this type is no null: the column is to be read again as text.
        evidence.insert(.string)
        return nil
    }

    /// Whether a cell has a value of the type.
    static func fits(_ cell: Cell, _ reading: ColumnReading) -> Bool {
        if cell.kind == .null || cell.count == 0 || reading.type == .string { return true }
        guard cell.kind != .nested else { return false }
        if reading.hasNullWords, LooseSpelling.isNullWord(cell.base, cell.count) { return true }
        if reading.type == .timestamp || reading.type == .timestampUTC, let found = ScalarParser.timestamp(cell.base, cell.count)
        {
            return found.isUTC == (reading.type == .timestampUTC)
        }
        let isPlain = !reading.type.hasFraction || reading.numbers.decimal == UInt8(ascii: ".")
        if isPlain, typed(cell.base, cell.count, reading.type) != nil { return reading.type != .timestampUTC || cell.count != 10 }
        return loose(cell.base, cell.count, reading) != nil
    }

    private static func typed(_ p: UnsafePointer<UInt8>, _ n: Int, _ type: ColumnType) -> UInt64? {
        switch type {
        case .integer: ScalarParser.integer(p, n).map { UInt64(bitPattern: $0) }
        case .double: ScalarParser.double(p, n).map(\.bitPattern)
        case .boolean: ScalarParser.boolean(p, n).map { $0 ? 1 : 0 }
        case .date: ScalarParser.date(p, n).map { UInt64(bitPattern: Int64($0)) }
        case .timestamp, .timestampUTC:
            if n == 10 {
                ScalarParser.date(p, n).map { UInt64(bitPattern: Int64($0) * 86_400_000_000) }
            } else {
                ScalarParser.timestamp(p, n).map { UInt64(bitPattern: $0.micros) }
            }
        case .string: nil
        case .decimal(let precision, let scale):
            ScalarParser.scaled(p, n, precision: precision, scale: scale).map { UInt64(bitPattern: $0) }
        }
    }

    /// Appends a column of indexed CSV records: the field `firsts[i] + column` of each record.
    func append(
        _ firsts: UnsafePointer<UInt32>, _ count: Int, column: Int, isLast: Bool, ends: UnsafePointer<UInt32>,
        in block: FieldSource,
        overflow: ByteBuffer
    ) {
        reserve(count)
        switch type {
        case .string:
            appendTexts(firsts, count, column: column, isLast: isLast, ends: ends, in: block, overflow: overflow)
        case .integer:
            appendValues(firsts, count, column: column, isLast: isLast, ends: ends, in: block) { p, n, found in
                guard let value = ScalarParser.integer(p, n) else { return nil }
                found.formUnion(ScalarParser.integerEvidence(value))
                return UInt64(bitPattern: value)
            }
        case .double:
            // With a decimal comma, a point divides groups.
            let isPlain = reading.numbers.decimal == UInt8(ascii: ".")
            appendValues(firsts, count, column: column, isLast: isLast, ends: ends, in: block) { p, n, found in
                guard let number = ScalarParser.decimal(p, n) else { return nil }
                if number.isWhole {
                    let whole = ScalarParser.evidence(Cell(base: p, count: n, kind: .plain), rules)
                    guard whole.contains(.integer) else { return nil }
                    found.formUnion(whole)
                } else {
                    guard isPlain else { return nil }
                    found.formUnion(ScalarParser.doubleEvidence(number, p, n))
                }
                return number.value.bitPattern
            }
        case .boolean:
            appendValues(firsts, count, column: column, isLast: isLast, ends: ends, in: block) { p, n, found in
                guard let value = ScalarParser.boolean(p, n) else { return nil }
                found.insert(.boolean)
                return value ? 1 : 0
            }
        case .date:
            appendValues(firsts, count, column: column, isLast: isLast, ends: ends, in: block) { p, n, found in
                guard let value = ScalarParser.date(p, n) else { return nil }
                found.insert(.date)
                return UInt64(bitPattern: Int64(value))
            }
        case .timestamp, .timestampUTC:
            let wantsUTC = type == .timestampUTC
            appendValues(firsts, count, column: column, isLast: isLast, ends: ends, in: block) { p, n, found in
                guard let value = ScalarParser.timestamp(p, n), value.isUTC == wantsUTC else { return nil }
                found.insert(wantsUTC ? .timestampUTC : .timestamp)
                return UInt64(bitPattern: value.micros)
            }
        case .decimal:
            for i in 0..<count {
                append(block.cell(ends, Int(firsts[i]) + column, isLast: isLast), block: block.base, overflow: overflow)
            }
        }
    }

    @inline(__always)
    private func appendValues(
        _ firsts: UnsafePointer<UInt32>, _ count: Int, column: Int, isLast: Bool, ends: UnsafePointer<UInt32>,
        in block: FieldSource,
        _ parse: (UnsafePointer<UInt8>, Int, inout Evidence) -> UInt64?
    ) {
        let present = self.present.base + rows
        let values = self.values.base + valueCount
        var written = 0
        var found: Evidence = []
        for i in 0..<count {
            let (p, n) = block.inner(ends, Int(firsts[i]) + column, isLast: isLast)
            if n > 0, let value = parse(p, n, &found) {
                present[i] = 1
                values[written] = value
                written += 1
            } else {
                present[i] = 0
                // A doubled quote is in no typed value, so the raw bytes tell enough.
                let evidence = ScalarParser.evidence(Cell(base: p, count: n, kind: .plain), rules)
                found.formUnion(evidence)
                guard n > 0, !evidence.contains(.nullWord) else {
                    found.insert(.null)
                    continue
                }
                // What has no value in this type is no null: the column is to be read again as text.
                guard let value = fitting(p, n) else {
                    found.insert(.string)
                    continue
                }
                present[i] = 1
                values[written] = value
                written += 1
            }
        }
        evidence.formUnion(found)
        rows += count
        valueCount += written
    }

    /// What the quick way does not take: a date in a column of timestamps, numbers and dates as people write them.
    @inline(never)
    private func fitting(_ p: UnsafePointer<UInt8>, _ n: Int) -> UInt64? {
        if type == .timestamp, n == 10, let value = BatchColumn.typed(p, n, type) { return value }
        return BatchColumn.loose(p, n, reading)
    }

    private static func loose(_ p: UnsafePointer<UInt8>, _ n: Int, _ reading: ColumnReading) -> UInt64? {
        switch reading.type {
        case .integer, .double, .decimal:
            guard var text = LooseSpelling.normalised(p, n, reading.numbers, allowsZeros: reading.isForced) else { return nil }
            text.append(0)
            return text.withUnsafeBufferPointer { $0.baseAddress.flatMap { typed($0, text.count - 1, reading.type) } }
        case .boolean:
            return LooseSpelling.truth(p, n, isForced: reading.isForced).map { $0 ? 1 : 0 }
        case .timestampUTC, .date, .timestamp:
            let (start, end) = LooseSpelling.trimmed(p, n)
            if end - start < n, end > start, let value = typed(p + start, end - start, reading.type) { return value }
            guard let moment = LooseSpelling.moment(p, n, reading) else { return nil }
            switch reading.type {
            case .date: return moment.isTimed ? nil : UInt64(bitPattern: Int64(moment.days))
            case .timestamp: return UInt64(bitPattern: moment.microseconds)
            case .integer, .double, .boolean, .timestampUTC, .string, .decimal: return nil
            }
        case .string:
            return nil
        }
    }

    private func appendTexts(
        _ firsts: UnsafePointer<UInt32>, _ count: Int, column: Int, isLast: Bool, ends: UnsafePointer<UInt32>,
        in block: FieldSource,
        overflow: ByteBuffer
    ) {
        let present = self.present.base + rows
        let values = self.values.base + valueCount
        var written = 0
        var bytes = 0
        var found = evidence
        for i in 0..<count {
            let cell = block.rawCell(ends, Int(firsts[i]) + column, isLast: isLast)
            if !found.contains(.string) {
                found.formUnion(ScalarParser.evidence(Cell(base: cell.base, count: cell.count, kind: cell.kind), rules))
            }
            if cell.kind == .null {
                found.insert(.null)
                present[i] = 0
                continue
            }
            present[i] = 1
            if cell.hasDoubledQuotes {
                let offset = UInt64(overflow.count)
                overflow.append(cell.base, cell.count, undoubling: block.format)
                let length = UInt64(overflow.count) - offset
                values[written] = BatchColumn.overflowBit | offset << 32 | length
                bytes += Int(length)
            } else {
                values[written] = UInt64(cell.base - block.base) << 32 | UInt64(cell.count)
                bytes += cell.count
            }
            written += 1
        }
        evidence = found
        rows += count
        valueCount += written
        textBytes += bytes
    }

    /// Copies text that stands in the block to `overflow`, so that the block is not needed any more.
    func detach(from block: UnsafePointer<UInt8>, to overflow: ByteBuffer) {
        guard type == .string else { return }
        for i in 0..<valueCount where values.base[i] & BatchColumn.overflowBit == 0 {
            let length = Int(values.base[i] & 0xFFFF_FFFF)
            let offset = UInt64(overflow.count)
            overflow.append(block + Int(values.base[i] >> 32), length)
            values.base[i] = BatchColumn.overflowBit | offset << 32 | UInt64(length)
        }
    }

    var retainedBytes: Int { valueCount * 8 + rows }
}

/// Rows of one block as typed columns.
final class Batch {
    let columns: [BatchColumn]
    var rows = 0
    /// The block that text stands in; nil when none does.
    var text: ByteBuffer?
    let overflow = ByteBuffer(capacity: 0)

    init(_ readings: [ColumnReading], _ rules: [TypeRules]) {
        columns = zip(readings, rules).map { BatchColumn($0, $1) }
    }

    /// Bytes of memory that the batch holds.
    var retainedBytes: Int {
        columns.reduce((text?.count ?? 0) + overflow.count) { $0 + $1.retainedBytes }
    }

    /// Keeps the block when most of it is needed, else copies what is.
    func finish(block: ByteBuffer) {
        let needed = columns.reduce(0) { $0 + $1.textBytes }
        if needed * 4 >= block.count {
            text = block
        } else {
            for column in columns { column.detach(from: block.base, to: overflow) }
        }
    }
}
