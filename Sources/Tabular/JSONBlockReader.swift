import Foundation

/// All that is known about a JSON file before its rows are read.
struct JSONSource {
    var input: InputFile
    var encoding: TextEncoding
    var dataStart: Int64
    /// Where blocks start when objects may span lines, in an array; empty for JSON Lines.
    var boundaries: [Int64]
    var limits: TabularLimits

    var isArray: Bool { !boundaries.isEmpty }
}

/// Keys of JSON objects and their numbers.
struct KeyTable {
    private(set) var names: [[UInt8]] = []
    private var numbers: [[UInt8]: Int] = [:]

    init(_ names: [[UInt8]] = []) {
        for name in names { _ = add(name) }
    }

    /// The number of a key, a new one for a new key.
    mutating func add(_ name: [UInt8]) -> Int {
        if let number = numbers[name] { return number }
        numbers[name] = names.count
        names.append(name)
        return names.count - 1
    }

    /// The number of a key; `hint` is tried first, because objects of one file mostly have their keys in the same order.
    @inline(__always)
    func find(_ key: UnsafePointer<UInt8>, _ count: Int, hint: Int) -> Int? {
        if hint < names.count {
            let isSame = names[hint].withUnsafeBufferPointer { known in
                known.count == count && (count == 0 || known.baseAddress.map { memcmp($0, key, count) == 0 } == true)
            }
            if isSame { return hint }
        }
        return numbers[Array(UnsafeBufferPointer(start: key, count: count))]
    }

    var strings: [String] { names.map { String(decoding: $0, as: UTF8.self) } }
}

/// Reads blocks of JSON Lines, or of an array of objects whose blocks start at known places.
///
/// A key that is missing is null. Of a key that stands twice in an object the last value counts. Nested values are kept as JSON text.
final class JSONBlockReader: BlockReader {
    private let source: JSONSource
    private let plan: Plan
    private let gate: RowGate
    private let target: RowTarget
    private let types: [ColumnType]
    private let pool: BufferPool
    private let json: JSONRowWriter?
    private let transcoding = ByteBuffer(capacity: 64)

    // A reader belongs to one thread and none of its accesses overlap; checking that for every cell took a quarter of the time.

    /// Keys that are known from the start, and those that this block adds.
    private let schema: KeyTable
    @exclusivity(unchecked) private var keys: KeyTable
    @exclusivity(unchecked) private var isKeySeen: [Bool] = []
    @exclusivity(unchecked) private var row: [Cell] = []
    /// Columns that the record at hand has.
    @exclusivity(unchecked) private var filled: [Int] = []
    @exclusivity(unchecked) private var escaped: [Escaped] = []
    /// Columns that the record at hand is the first of its block to have.
    @exclusivity(unchecked) private var freshColumns: [Int] = []
    private var cells: UnsafeMutablePointer<Cell>
    private var evidence: UnsafeMutablePointer<Evidence>
    private let nothing = ByteBuffer(capacity: 16)

    private var text: BlockText
    private var result = BlockResult(start: 0, end: 0, limits: 0)
    private var isScan = false
    /// Cells written from the block, nulls included.
    private var cellCount = 0

    private struct Escaped {
        var column: Int
        var text: JSONScanner.Text
    }

    init(source: JSONSource, schema: KeyTable, plan: Plan, target: RowTarget, types: [ColumnType], pool: BufferPool) throws {
        self.source = source
        self.schema = schema
        self.plan = plan
        self.target = target
        self.types = types
        self.pool = pool
        keys = schema
        gate = try RowGate(plan)
        cells = .allocate(capacity: plan.outputs.count + 1)
        evidence = .allocate(capacity: plan.outputs.count + 1)
        text = BlockText(
            input: source.input, encoding: source.encoding, terminator: 0x0A, low: 0, end: 0, buffer: nothing,
            scratch: transcoding)
        if case .json(let isArray) = target {
            json = JSONRowWriter(names: plan.outputs.map(\.name), types: types, isArray: isArray)
        } else {
            json = nil
        }
    }

    deinit {
        cells.deallocate()
        evidence.deallocate()
    }

    func read(_ task: BlockTask) throws -> BlockResult {
        let buffer = pool.take()
        isScan = task.isScan
        cellCount = 0
        keys = schema
        isKeySeen = Array(repeating: false, count: keys.names.count)
        gate.begin(remaining: task.remaining)
        let isExact = task.exactStart != nil || source.isArray
        let low = task.exactStart ?? (source.isArray ? task.low : task.low - Int64(source.encoding.unitBytes))
        text = BlockText(
            input: source.input, encoding: source.encoding, terminator: 0x0A, low: low, end: source.input.size, buffer: buffer,
            scratch: transcoding)
        try text.load(to: task.high)
        let limit = buffer.count
        if !source.isArray { try text.load(to: task.high + Int64(source.limits.lookaheadBytes)) }
        result = BlockResult(start: isExact ? low : .max, end: task.high, limits: plan.limits.count)
        result.rejects.isFormulaSafe = plan.areRejectsFormulaSafe
        for i in 0..<plan.outputs.count { evidence[i] = [] }
        var isBufferKept = false
        if let start = isExact ? 0 : lineAfter(0).flatMap({ $0 < limit ? $0 : nil }) {
            result.start = text.offset(of: start)
            if isScan || { if case .batch = target { true } else { false } }() {
                result.batch = Batch(types: types, isScan: isScan)
            } else {
                result.output = pool.take()
            }
            result.end = source.isArray ? try readArray(limit: limit, end: task.high) : try readLines(from: start, limit: limit)
            if let batch = result.batch {
                result.evidence = batch.columns.map(\.evidence)
                batch.finish(block: buffer)
                isBufferKept = batch.text != nil
                if isScan {
                    result.batch = nil
                    isBufferKept = false
                }
            } else {
                result.evidence = (0..<plan.outputs.count).map { evidence[$0] }
            }
        }
        result.ledger.rowsWritten = result.ledger.rowsRead - result.ledger.rowsFiltered - result.ledger.rowsRejected
        result.limitCounts = gate.counts
        result.isLimitReached = gate.isLimitReached
        if !isBufferKept { pool.give(buffer) }
        return result
    }

    private func lineAfter(_ position: Int) -> Int? {
        let base = text.buffer.base
        guard let found = memchr(base + position, 0x0A, text.buffer.count - position) else { return nil }
        return UnsafePointer(found.assumingMemoryBound(to: UInt8.self)) - UnsafePointer(base) + 1
    }

    // MARK: JSON Lines

    private func readLines(from start: Int, limit: Int) throws -> Int64 {
        var position = start
        while position < limit, !gate.isLimitReached {
            if let next = lineAfter(position) {
                try take(position, next - 1)
                result.lines += 1
                position = next
                continue
            }
            let available = text.buffer.count - position
            if available < source.limits.maxRecordBytes, !text.isAtEnd {
                try text.load(to: text.high + Int64(max(source.limits.lookaheadBytes, available)))
                continue
            }
            guard available > 0 else { break }
            freshColumns.removeAll(keepingCapacity: true)
            result.ledger.rowsRead += 1
            reject(position, text.buffer.count, "the record is longer than \(source.limits.maxRecordBytes) bytes")
            result.lines += 1
            return try skipLine()
        }
        return text.offset(of: position)
    }

    private func skipLine() throws -> Int64 {
        let buffer = ByteBuffer(capacity: Tuning.blockBytes)
        var low = text.high
        while low < source.input.size {
            let part = BlockText(
                input: source.input, encoding: source.encoding, terminator: 0x0A, low: low, end: source.input.size,
                buffer: buffer,
                scratch: transcoding)
            try part.load(to: low + Int64(Tuning.blockBytes))
            if let found = memchr(buffer.base, 0x0A, buffer.count) {
                return part.offset(of: UnsafePointer(found.assumingMemoryBound(to: UInt8.self)) - UnsafePointer(buffer.base) + 1)
            }
            low = part.high
        }
        return source.input.size
    }

    /// Takes the line from `start` to `end`.
    private func take(_ start: Int, _ end: Int) throws {
        var scanner = JSONScanner(UnsafePointer(text.buffer.base), from: start, to: end, maxDepth: source.limits.maxJSONDepth)
        scanner.skipSpace()
        if scanner.position == end { return }
        result.ledger.rowsRead += 1
        freshColumns.removeAll(keepingCapacity: true)
        do {
            guard UTF8Text.isValid(text.buffer.base + start, end - start) else {
                result.sawInvalidUTF8 = true
                throw JSONScanner.Defect(reason: "not valid UTF-8")
            }
            try object(&scanner)
            scanner.skipSpace()
            guard scanner.position == end else { throw JSONScanner.Defect(reason: "more than one JSON value in a line") }
        } catch {
            return reject(start, end, "\((error as? JSONScanner.Defect)?.reason ?? "not JSON")")
        }
        try takeRow()
    }

    // MARK: Arrays

    /// Elements of an array, with commas between them.
    private func readArray(limit: Int, end: Int64) throws -> Int64 {
        var scanner = JSONScanner(UnsafePointer(text.buffer.base), from: 0, to: limit, maxDepth: source.limits.maxJSONDepth)
        // A block starts behind the bracket or a comma, and may end behind a comma.
        scanner.skipSpace()
        let isFirst = scanner.take(UInt8(ascii: "["))
        scanner.skipSpace()
        if isFirst, scanner.peek == UInt8(ascii: "]") { return end }
        while !gate.isLimitReached, scanner.position < limit {
            let start = scanner.position
            do {
                try object(&scanner)
                guard UTF8Text.isValid(text.buffer.base + start, scanner.position - start) else {
                    result.sawInvalidUTF8 = true
                    throw JSONScanner.Defect(reason: "not valid UTF-8")
                }
            } catch {
                let reason = (error as? JSONScanner.Defect)?.reason ?? "not JSON"
                throw TabularFailure(
                    "invalid_json", "The JSON array can not be read at byte \(text.offset(of: start)): \(reason).")
            }
            result.ledger.rowsRead += 1
            try takeRow()
            scanner.skipSpace()
            guard scanner.peek != UInt8(ascii: "]") else { break }
            guard scanner.take(UInt8(ascii: ",")) || scanner.position == limit else {
                throw TabularFailure(
                    "invalid_json", "The JSON array lacks a comma at byte \(text.offset(of: scanner.position)).")
            }
            scanner.skipSpace()
        }
        return gate.isLimitReached ? text.offset(of: scanner.position) : end
    }

    // MARK: Rows

    private func object(_ scanner: inout JSONScanner) throws {
        let base = UnsafePointer(text.buffer.base)
        escaped.removeAll(keepingCapacity: true)
        freshColumns.removeAll(keepingCapacity: true)
        // Only what the record before set: a row may be far shorter than the table is wide.
        for column in filled { row[column].kind = .null }
        filled.removeAll(keepingCapacity: true)
        guard scanner.take(UInt8(ascii: "{")) else { throw JSONScanner.Defect(reason: "not a JSON object") }
        scanner.skipSpace()
        if scanner.take(UInt8(ascii: "}")) { return }
        var hint = 0
        while true {
            let key = try scanner.text()
            let column = try number(of: key, scanner, hint: hint)
            hint = column + 1
            scanner.skipSpace()
            guard scanner.take(UInt8(ascii: ":")) else { throw JSONScanner.Defect(reason: "a colon is missing in a JSON object") }
            scanner.skipSpace()
            let cell: Cell
            let start = scanner.position
            switch try scanner.value(depth: 1) {
            case .null: cell = Cell(base: base, count: 0, kind: .null)
            case .truth: cell = Cell(base: base + start, count: scanner.position - start, kind: .truth)
            case .number(let from, let to): cell = Cell(base: base + from, count: to - from, kind: .number)
            case .nested(let from, let to): cell = Cell(base: base + from, count: to - from, kind: .nested)
            case .text(let text):
                cell = Cell(base: base + text.start, count: text.end - text.start, kind: .text)
                if text.isEscaped { escaped.append(Escaped(column: column, text: text)) }
            }
            guard cell.count <= source.limits.maxFieldBytes else { throw JSONScanner.Defect(reason: "a value is too long") }
            while row.count <= column { row.append(Cell(base: base, count: 0, kind: .null)) }
            row[column] = cell
            filled.append(column)
            scanner.skipSpace()
            if scanner.take(UInt8(ascii: "}")) { return }
            guard scanner.take(UInt8(ascii: ",")) else {
                throw JSONScanner.Defect(reason: "a comma or bracket is missing in JSON")
            }
            scanner.skipSpace()
        }
    }

    private func number(of key: JSONScanner.Text, _ scanner: JSONScanner, hint: Int) throws -> Int {
        guard key.end - key.start <= source.limits.maxNameBytes else { throw JSONScanner.Defect(reason: "a key is too long") }
        var name: [UInt8]?
        let found: Int?
        if key.isEscaped {
            let bytes = [UInt8](unsafeUninitializedCapacity: key.end - key.start + 4) { target, count in
                count = target.baseAddress.map { scanner.unescape(key, to: $0) } ?? 0
            }
            name = bytes
            found =
                bytes.isEmpty
                ? nil
                : bytes.withUnsafeBufferPointer { known in
                    known.baseAddress.flatMap { keys.find($0, known.count, hint: hint) }
                }
        } else {
            found = keys.find(scanner.base + key.start, key.end - key.start, hint: hint)
        }
        guard found ?? keys.names.count < source.limits.maxColumns else {
            result.sawTooManyKeys = true
            throw JSONScanner.Defect(reason: "the file has too many different keys")
        }
        let column =
            found ?? keys.add(name ?? Array(UnsafeBufferPointer(start: scanner.base + key.start, count: key.end - key.start)))
        while isKeySeen.count <= column { isKeySeen.append(false) }
        if !isKeySeen[column] {
            isKeySeen[column] = true
            freshColumns.append(column)
            result.keys.append(keys.names[column])
        }
        return column
    }

    /// - Throws: `too_many_cells`.
    private func takeRow() throws {
        let base = text.buffer.base
        for item in escaped where row[item.column].base == UnsafePointer(base + item.text.start) {
            // Where it stands: it only becomes shorter, and the record is read no more.
            let scanner = JSONScanner(UnsafePointer(base), from: 0, to: text.buffer.count, maxDepth: 0)
            row[item.column].count = scanner.unescape(item.text, to: base + item.text.start)
        }
        let null = Cell(base: UnsafePointer(base), count: 0, kind: .null)
        let isAdmitted = gate.admits { column in column < row.count ? row[column] : null }
        guard isAdmitted else {
            result.ledger.rowsFiltered += 1
            return
        }
        cellCount += plan.outputs.count
        guard cellCount <= Tuning.cellsPerBlock else {
            throw TabularFailure(
                "too_many_cells",
                "The objects have few of the file's \(plan.outputs.count) columns each, and the table would be far larger than the file; select the columns that are needed."
            )
        }
        for i in 0..<plan.outputs.count {
            let column = plan.outputs[i].source
            cells[i] = column < row.count ? row[column] : null
        }
        if let batch = result.batch {
            for (i, column) in batch.columns.enumerated() {
                column.append(cells[i], block: UnsafePointer(base), overflow: batch.overflow)
            }
            batch.rows += 1
            return
        }
        guard let output = result.output else { return }
        if let json { return json.append(cells, to: output, evidence: evidence) }
        for i in 0..<plan.outputs.count {
            if i > 0 { output.append(UInt8(ascii: ",")) }
            CSVText.append(cells[i], isFormulaSafe: plan.isFormulaSafe, to: output)
        }
        output.append(UInt8(ascii: "\n"))
    }

    private func reject(_ start: Int, _ end: Int, _ reason: String) {
        result.ledger.rowsRejected += 1
        // A broken record makes no columns.
        result.keys.removeLast(freshColumns.count)
        for column in freshColumns { isKeySeen[column] = false }
        freshColumns.removeAll(keepingCapacity: true)
        guard !isScan else { return }
        let count = min(end - start, source.limits.maxRejectedContentBytes)
        let shown = UnsafeBufferPointer(start: text.buffer.base + start, count: count)
        result.rejects.append(linesBefore: result.lines, offset: text.offset(of: start), reason: reason, content: shown)
    }
}
