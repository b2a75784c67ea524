import Foundation

/// All that is known about a JSON file before its rows are read.
struct JSONSource {
    var input: InputFile
    var encoding: TextEncoding
    var dataStart: Int64
    /// Where blocks start when objects may span lines, in an array; empty for JSON Lines.
    var boundaries: [Int64]
    /// Those of them that are in the middle of something too long.
    var cuts: Set<Int64> = []
    var limits: TabularLimits
    var shape = Shape.lines
    /// Whether the text was written anew before it was read, so that nobody knows the bytes of the file.
    var isRewritten = false
    /// Whether the lines are those of an array that is broken: one of them may be its closing bracket.
    var isBroken = false
    /// Whether members of nested objects become columns of their own.
    var flattens = false

    enum Shape {
        /// One object in each line.
        case lines
        /// Elements of an array, members of an object, or values one behind the other.
        case array, members, values
    }

    var isArray: Bool { !boundaries.isEmpty }
}

/// Reads blocks of JSON Lines, or of an array of objects whose blocks start at known places.
///
/// A key that is missing is null. Of a key that stands twice in an object the last value counts. Nested values are kept as JSON text.
final class JSONBlockReader: BlockReader {
    private let source: JSONSource
    private let plan: Plan
    private let gate: RowFilter
    private let target: RowTarget
    private let readings: [ColumnReading]
    private let rules: [TypeRules]
    private let pool: BufferPool
    /// Whether the types of all keys are asked for, in a scan that knows no key beforehand.
    private let looksAtKeys: Bool
    /// What the cells of each column were, and how many, where keys are looked at: in all blocks that were read.
    @exclusivity(unchecked) private var looks: [Look] = []
    /// The columns that some whole record has, in the order in which they came, where keys are looked at.
    @exclusivity(unchecked) private var keyColumns: [Int] = []
    /// For each column of the input its first place in the output, in scans; `nowhere` for one that is left out.
    private let placeOf: [Int]
    /// Rows of the block that have a cell in a column of the output, in scans.
    @exclusivity(unchecked) private var filledRows: [Int] = []
    @exclusivity(unchecked) private var scannedRows = 0
    /// Columns whose type was said.
    private let forced: [(Int, ColumnReading)]
    private let json: JSONRowWriter?
    private let transcoding = ByteBuffer(capacity: 64)

    // A reader belongs to one thread and none of its accesses overlap; checking that for every cell took a quarter of the time.

    /// Keys that are known from the start, and those that this block adds.
    private let schema: KeyTable
    @exclusivity(unchecked) private var keys: KeyTable
    /// The first of them as arrays, which the results of all blocks share.
    @exclusivity(unchecked) private var keyNames: [[UInt8]] = []
    @exclusivity(unchecked) private var isKeySeen: [Bool] = []
    @exclusivity(unchecked) private var row: [Cell] = []
    /// Columns that the record at hand has.
    @exclusivity(unchecked) private var filled: [Int] = []
    @exclusivity(unchecked) private var escaped: [Escaped] = []
    /// Columns in which the record at hand has an object or an array.
    @exclusivity(unchecked) private var nested: [Int] = []
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

    /// The record at hand, and for each column the last record that had it: a key that stands twice.
    @exclusivity(unchecked) private var recordNumber = 0
    @exclusivity(unchecked) private var setIn: [Int] = []
    @exclusivity(unchecked) private var hasDuplicates = false
    /// Whether the record at hand has a key for which there is no room.
    @exclusivity(unchecked) private var hasTooManyKeys = false
    @exclusivity(unchecked) private var memberName: JSONScanner.Text?
    /// Whether the record at hand has the name of its member in the column `key`.
    @exclusivity(unchecked) private var isNamed = false

    private struct Look {
        var evidence: Evidence = []
        var rows = 0
    }

    private struct Escaped {
        var column: Int
        var text: JSONScanner.Text
    }

    init(
        source: JSONSource, schema: KeyTable, plan: Plan, target: RowTarget, readings: [ColumnReading], rules: [TypeRules],
        pool: BufferPool, looksAtKeys: Bool = false
    ) throws {
        self.source = source
        self.schema = schema
        self.plan = plan
        self.target = target
        self.readings = readings
        self.rules = rules
        self.pool = pool
        self.looksAtKeys = looksAtKeys
        keys = schema
        forced = zip(plan.outputs, rules).compactMap { output, rules in
            rules.forced == nil || rules.forced == .string ? nil : (output.source, Evidence().reading(rules))
        }
        gate = try RowFilter(plan)
        var places = Array(repeating: Plan.Output.nowhere, count: 1 + (plan.outputs.map(\.source).max() ?? -1))
        for (place, output) in plan.outputs.enumerated().reversed() where output.source >= 0 { places[output.source] = place }
        placeOf = places
        cells = .allocate(capacity: plan.outputs.count + 1)
        evidence = .allocate(capacity: plan.outputs.count + 1)
        text = BlockText(
            input: source.input, encoding: source.encoding, terminator: 0x0A, low: 0, end: 0, buffer: nothing,
            scratch: transcoding)
        if case .json(let isArray) = target {
            json = JSONRowWriter(names: plan.outputs.map(\.name), readings: readings, rules: rules, isArray: isArray)
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
        scannedRows = 0
        filledRows = isScan ? Array(repeating: 0, count: plan.outputs.count) : []
        freshColumns.removeAll(keepingCapacity: true)
        if looksAtKeys {
            if isFull, keyColumns.count < keys.count { forgetRejectedKeys() }
        } else {
            keys = schema
            keyNames.removeLast(max(0, keyNames.count - schema.count))
            isKeySeen = Array(repeating: false, count: keys.count)
        }
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
            if !isScan {
                switch target {
                case .csv, .json: result.output = pool.take()
                case .batch: result.batch = Batch(readings, rules)
                }
            }
            result.end = source.isArray ? try readArray(limit: limit, end: task.high) : try readLines(from: start, limit: limit)
            if looksAtKeys {
                // Kept for all blocks; see `lookedAt`.
            } else if let batch = result.batch {
                result.evidence = batch.columns.map(\.evidence)
                batch.finish(block: buffer)
                isBufferKept = batch.text != nil
            } else {
                if isScan { for i in filledRows.indices where filledRows[i] < scannedRows { evidence[i].insert(.null) } }
                result.evidence = (0..<plan.outputs.count).map { evidence[$0] }
            }
        }
        result.ledger.rowsWritten = result.ledger.rowsRead - result.ledger.rowsFiltered - result.ledger.rowsRejected
        result.limitCounts = gate.counts
        result.incomparable = gate.incomparable
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
        scanner.skipSeparators()
        if scanner.position == end { return }
        if source.isBroken, scanner.peek == UInt8(ascii: "]") {
            var ahead = scanner
            ahead.position += 1
            ahead.skipSeparators()
            if ahead.position == end { return }
        }
        result.ledger.rowsRead += 1
        freshColumns.removeAll(keepingCapacity: true)
        do {
            guard UTF8Text.isValid(text.buffer.base + start, end - start) else {
                result.sawInvalidUTF8 = true
                throw JSONScanner.Defect(reason: "not valid UTF-8")
            }
            try object(&scanner)
            // Lines of an array without its brackets end with a comma.
            scanner.skipSeparators()
            guard scanner.position == end else { throw JSONScanner.Defect(reason: "more than one JSON value in a line") }
        } catch {
            return reject(start, end, "\((error as? JSONScanner.Defect)?.reason ?? "not JSON")")
        }
        try takeRow()
    }

    // MARK: Arrays

    /// Elements of an array or members of an object, with commas between them, or values with nothing but space between.
    private func readArray(limit: Int, end: Int64) throws -> Int64 {
        var scanner = JSONScanner(UnsafePointer(text.buffer.base), from: 0, to: limit, maxDepth: source.limits.maxJSONDepth)
        // A block starts behind the bracket or a comma, and may end behind a comma.
        let isOfValues = source.shape == .values
        let open = source.shape == .members ? UInt8(ascii: "{") : UInt8(ascii: "[")
        let close = source.shape == .members ? UInt8(ascii: "}") : UInt8(ascii: "]")
        if isOfValues {
            if source.cuts.contains(result.start) { passCut(&scanner) }
            scanner.skipSeparators()
        } else {
            scanner.skipSpace()
            let isFirst = result.start == source.boundaries[0] && scanner.take(open)
            scanner.skipSpace()
            if isFirst, scanner.peek == close { return end }
        }
        var counted = (to: 0, lines: 0)
        while !gate.isLimitReached, scanner.position < limit {
            let start = scanner.position
            result.ledger.rowsRead += 1
            if !isOfValues, scanner.peek == UInt8(ascii: ",") {
                // A row of commas is one thing that is missing.
                while scanner.take(UInt8(ascii: ",")) { scanner.skipSpace() }
                freshColumns.removeAll(keepingCapacity: true)
                counted = (start, counted.lines + lineFeeds(counted.to, start))
                result.lines = counted.lines
                reject(start, scanner.position, "nothing stands before a comma")
                if scanner.peek == close { break }
                continue
            }
            do {
                // Those of the record before stay, whatever becomes of this one.
                freshColumns.removeAll(keepingCapacity: true)
                if source.shape == .members { try memberKey(&scanner) }
                try object(&scanner)
                guard UTF8Text.isValid(text.buffer.base + start, scanner.position - start) else {
                    result.sawInvalidUTF8 = true
                    throw JSONScanner.Defect(reason: "not valid UTF-8")
                }
                scanner.skipSpace()
                let isDone = scanner.position == limit || scanner.peek == close || scanner.peek == UInt8(ascii: ",")
                guard isDone || isOfValues else { throw JSONScanner.Defect(reason: "a comma is missing behind it") }
                // Counted now: values are changed where they stand.
                counted = (scanner.position, counted.lines + lineFeeds(counted.to, scanner.position))
                try takeRow()
            } catch let defect as JSONScanner.Defect {
                scanner.position = start
                isOfValues ? scanner.skipBrokenValue() : scanner.skipElement()
                // What neither opens nor closes anything is passed over, so that reading goes on.
                if scanner.position == start { scanner.position += 1 }
                counted = (start, counted.lines + lineFeeds(counted.to, start))
                result.lines = counted.lines
                reject(start, scanner.position, "\(defect.reason)")
            }
            if isOfValues {
                scanner.skipSeparators()
                continue
            }
            scanner.skipSpace()
            guard scanner.peek != close else { break }
            _ = scanner.take(UInt8(ascii: ","))
            scanner.skipSpace()
            // Behind the last comma nothing may follow.
            if scanner.peek == close, scanner.position < limit {
                result.ledger.rowsRead += 1
                freshColumns.removeAll(keepingCapacity: true)
                result.lines = counted.lines + lineFeeds(counted.to, scanner.position)
                reject(scanner.position, scanner.position, "nothing stands behind a comma")
                break
            }
        }
        result.lines = counted.lines + lineFeeds(counted.to, scanner.position)
        return gate.isLimitReached ? text.offset(of: scanner.position) : end
    }

    /// The block begins in the middle of something that is longer than a record may be: that is one reject for each block.
    private func passCut(_ scanner: inout JSONScanner) {
        scanner.skipToObjectLine()
        result.ledger.rowsRead += 1
        freshColumns.removeAll(keepingCapacity: true)
        reject(0, scanner.position, "part of what is longer than \(source.limits.maxRecordBytes) bytes")
    }

    private func lineFeeds(_ from: Int, _ to: Int) -> Int {
        ByteCount.of(0x0A, UnsafePointer(text.buffer.base) + from, max(0, to - from))
    }

    /// The name of a member, which becomes the value of the column `key`.
    private func memberKey(_ scanner: inout JSONScanner) throws {
        memberName = try scanner.text()
        scanner.skipSpace()
        guard scanner.take(UInt8(ascii: ":")) else { throw JSONScanner.Defect(reason: "a colon is missing in a JSON object") }
        scanner.skipSpace()
    }

    private static let keyColumn = Array("key".utf8)
    /// Where a member of that name goes, so that the name of the record is not lost.
    private static let ownKeyColumn = Array("key_2".utf8)

    // MARK: Rows

    private func object(_ scanner: inout JSONScanner) throws {
        escaped.removeAll(keepingCapacity: true)
        nested.removeAll(keepingCapacity: true)
        freshColumns.removeAll(keepingCapacity: true)
        // Only what the record before set: a row may be far shorter than the table is wide.
        for column in filled { row[column].kind = .null }
        filled.removeAll(keepingCapacity: true)
        recordNumber += 1
        hasDuplicates = false
        isNamed = memberName != nil
        if let name = memberName {
            memberName = nil
            let base = UnsafePointer(text.buffer.base)
            let column = try number(ofName: JSONBlockReader.keyColumn, hint: 0)
            set(column, Cell(base: base + name.start, count: name.end - name.start, kind: .text), base)
            if name.isEscaped { escaped.append(Escaped(column: column, text: name)) }
        }
        try members(&scanner, prefix: [], depth: 1)
        for (column, reading) in forced where column < row.count && !BatchColumn.fits(row[column], reading) {
            throw JSONScanner.Defect(reason: "a value is not of the type that was said")
        }
        if hasDuplicates { result.duplicateKeys += 1 }
    }

    /// The members of an object; those of an object in it too, where that was asked for.
    private func members(_ scanner: inout JSONScanner, prefix: [UInt8], depth: Int) throws {
        let base = UnsafePointer(text.buffer.base)
        guard depth < source.limits.maxJSONDepth else { throw JSONScanner.Defect(reason: "JSON nested too deeply") }
        guard scanner.take(UInt8(ascii: "{")) else { throw JSONScanner.Defect(reason: "not a JSON object") }
        scanner.skipSpace()
        if scanner.take(UInt8(ascii: "}")) { return }
        // The name of a member is the first column.
        var hint = isNamed && prefix.isEmpty ? 1 : 0
        while true {
            let key = try scanner.text()
            scanner.skipSpace()
            guard scanner.take(UInt8(ascii: ":")) else { throw JSONScanner.Defect(reason: "a colon is missing in a JSON object") }
            scanner.skipSpace()
            if source.flattens, scanner.peek == UInt8(ascii: "{"), !isEmptyObject(scanner) {
                var name = prefix
                try append(key, scanner, to: &name)
                name.append(UInt8(ascii: "."))
                try members(&scanner, prefix: name, depth: depth + 1)
                scanner.skipSpace()
                if scanner.take(UInt8(ascii: "}")) { return }
                guard scanner.take(UInt8(ascii: ",")) else {
                    throw JSONScanner.Defect(reason: "a comma or bracket is missing in JSON")
                }
                scanner.skipSpace()
                continue
            }
            let column: Int
            if prefix.isEmpty, !isNamed || !isKeyColumn(key, scanner) {
                column = try number(of: key, scanner, hint: hint)
            } else if prefix.isEmpty {
                column = try number(ofName: JSONBlockReader.ownKeyColumn, hint: hint)
            } else {
                var name = prefix
                try append(key, scanner, to: &name)
                column = try number(ofName: name, hint: hint)
            }
            hint = column + 1
            let cell: Cell
            let start = scanner.position
            switch try scanner.value(depth: depth) {
            case .null: cell = Cell(base: base, count: 0, kind: .null)
            case .truth: cell = Cell(base: base + start, count: scanner.position - start, kind: .truth)
            case .number(let from, let to): cell = Cell(base: base + from, count: to - from, kind: .number)
            case .nested(let from, let to):
                cell = Cell(base: base + from, count: to - from, kind: .nested)
                nested.append(column)
            case .text(let text):
                cell = Cell(base: base + text.start, count: text.end - text.start, kind: .text)
                if text.isEscaped { escaped.append(Escaped(column: column, text: text)) }
            }
            guard cell.count <= source.limits.maxFieldBytes else { throw JSONScanner.Defect(reason: "a value is too long") }
            set(column, cell, base)
            scanner.skipSpace()
            if scanner.take(UInt8(ascii: "}")) { return }
            guard scanner.take(UInt8(ascii: ",")) else {
                throw JSONScanner.Defect(reason: "a comma or bracket is missing in JSON")
            }
            scanner.skipSpace()
        }
    }

    private func isEmptyObject(_ scanner: JSONScanner) -> Bool {
        var ahead = scanner
        ahead.position += 1
        ahead.skipSpace()
        return ahead.peek == UInt8(ascii: "}")
    }

    private func isKeyColumn(_ key: JSONScanner.Text, _ scanner: JSONScanner) -> Bool {
        UnsafeBufferPointer(start: scanner.base + key.start, count: key.end - key.start).elementsEqual(JSONBlockReader.keyColumn)
    }

    private func set(_ column: Int, _ cell: Cell, _ base: UnsafePointer<UInt8>) {
        while row.count <= column {
            row.append(Cell(base: base, count: 0, kind: .null))
            setIn.append(0)
        }
        if setIn[column] == recordNumber { hasDuplicates = true }
        setIn[column] = recordNumber
        row[column] = cell
        filled.append(column)
    }

    private func append(_ key: JSONScanner.Text, _ scanner: JSONScanner, to name: inout [UInt8]) throws {
        guard name.count + key.end - key.start < source.limits.maxNameBytes else {
            throw JSONScanner.Defect(reason: "a key is too long")
        }
        name += [UInt8](unsafeUninitializedCapacity: key.end - key.start + 4) { target, count in
            count = target.baseAddress.map { scanner.unescape(key, to: $0) } ?? 0
        }
    }

    private func number(ofName name: [UInt8], hint: Int) throws -> Int {
        let found = name.withUnsafeBufferPointer { known in
            known.baseAddress.flatMap { keys.find($0, known.count, hint: hint) }
        }
        return try settle(found, name)
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
        return try settle(found, name ?? Array(UnsafeBufferPointer(start: scanner.base + key.start, count: key.end - key.start)))
    }

    /// The number of a key that was found, or of a new one.
    private func settle(_ found: Int?, _ name: @autoclosure () -> [UInt8]) throws -> Int {
        guard found ?? keys.count < source.limits.maxColumns else {
            result.sawTooManyKeys = true
            hasTooManyKeys = true
            throw JSONScanner.Defect(reason: "the file has too many different keys")
        }
        let column = found ?? add(name())
        while isKeySeen.count <= column { isKeySeen.append(false) }
        if !isKeySeen[column] {
            isKeySeen[column] = true
            freshColumns.append(column)
            if looksAtKeys {
                keyColumns.append(column)
                while looks.count <= column { looks.append(Look()) }
            } else {
                result.keys.append(keyName(column))
            }
        }
        return column
    }

    private func add(_ name: [UInt8]) -> Int {
        let column = keys.add(name)
        if !looksAtKeys, keyNames.count == column { keyNames.append(name) }
        return column
    }

    private func keyName(_ column: Int) -> [UInt8] {
        while keyNames.count <= column { keyNames.append(keys.name(keyNames.count)) }
        return keyNames[column]
    }

    /// Whether there is no room for another key.
    var isFull: Bool { keys.count >= source.limits.maxColumns }

    /// What only rejected records have leaves its room to the next block.
    private func forgetRejectedKeys() {
        looks = keyColumns.map { looks[$0] }
        keys = KeyTable(keyColumns.map { keys.name($0) })
        keyColumns = Array(looks.indices)
        isKeySeen = Array(repeating: true, count: looks.count)
    }

    /// The keys of all blocks that were read with `looksAtKeys`: what the values of each were, and how many records have it.
    func lookedAt(_ body: (UnsafeBufferPointer<UInt8>, Evidence, _ rows: Int) -> Void) {
        for column in keyColumns { keys.withName(column) { body($0, looks[column].evidence, looks[column].rows) } }
    }

    /// - Throws: `too_many_cells`.
    private func takeRow() throws {
        let base = text.buffer.base
        for item in escaped where row[item.column].base == UnsafePointer(base + item.text.start) {
            // Where it stands: it only becomes shorter, and the record is read no more.
            let scanner = JSONScanner(UnsafePointer(base), from: 0, to: text.buffer.count, maxDepth: 0)
            row[item.column].count = scanner.unescape(item.text, to: base + item.text.start)
        }
        for column in nested where row[column].kind == .nested {
            row[column].count = JSONScanner.compact(base + (row[column].base - UnsafePointer(base)), row[column].count)
        }
        let null = Cell(base: UnsafePointer(base), count: 0, kind: .null)
        let isAdmitted = gate.admits { column in column < row.count ? row[column] : null }
        guard isAdmitted else {
            result.ledger.rowsFiltered += 1
            return
        }
        if looksAtKeys { return lookAtKeys() }
        if isScan { return look() }
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
            if i > 0 { output.append(plan.style.delimiter) }
            CSVText.append(cells[i], plan.style, to: output)
        }
        CSVText.endLine(plan.style, output)
    }

    private func lookAtKeys() {
        for column in filled where !hasDuplicates || setIn[column] == recordNumber {
            if hasDuplicates { setIn[column] = 0 }
            looks[column].rows += 1
            guard !looks[column].evidence.contains(.string) else { continue }
            looks[column].evidence.formUnion(ScalarParser.evidence(row[column], .standard))
        }
    }

    /// What the cells of the row are. The table may have far more columns than the row has: what is missing is counted at the end.
    private func look() {
        for column in filled where !hasDuplicates || setIn[column] == recordNumber {
            // A key that stands twice is looked at once.
            if hasDuplicates { setIn[column] = 0 }
            guard column < placeOf.count, placeOf[column] != Plan.Output.nowhere else { continue }
            let place = placeOf[column]
            filledRows[place] += 1
            guard !evidence[place].contains(.string) else { continue }
            evidence[place].formUnion(ScalarParser.evidence(row[column], rules[place]))
        }
        scannedRows += 1
    }

    private func reject(_ start: Int, _ end: Int, _ reason: String) {
        result.ledger.rowsRejected += 1
        // A broken record makes no columns.
        if looksAtKeys {
            keyColumns.removeLast(freshColumns.count)
        } else {
            result.keys.removeLast(freshColumns.count)
        }
        for column in freshColumns { isKeySeen[column] = false }
        freshColumns.removeAll(keepingCapacity: true)
        let whole = text.buffer.count - (text.isTerminatorAdded ? 1 : 0)
        result.firstDefect = result.firstDefect ?? reason
        if source.input.isCut, text.isAtEnd, end >= whole, !hasTooManyKeys { result.isLastCut = true }
        hasTooManyKeys = false
        guard !isScan else { return }
        let count = min(end - start, source.limits.maxRejectedContentBytes)
        let shown = UnsafeBufferPointer(start: text.buffer.base + start, count: count)
        result.rejects.append(
            linesBefore: result.lines, offset: source.isRewritten ? nil : text.offset(of: start), reason: reason, content: shown)
    }
}
