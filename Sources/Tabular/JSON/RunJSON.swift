import Foundation

extension Run {
    func json(isDocument: Bool) throws -> Outcome {
        let opened = try looking {
            try JSONOpening(
                file, encoded: try encoded(file), limits: limits, options: transformation.reading, preparation: preparation,
                isDocument: isDocument)
        }
        let source = opened.source
        let layout = BlockLayout(
            start: source.dataStart, end: source.input.size, boundaries: source.boundaries, blockBytes: limits.blockBytes)
        let needsTypes = transformation.outputFormat == .parquet
        let sample = try looking { try sampleKeys(source, layout) }
        var keys = sample.keys
        var areKeysExact = false
        if sample.isFull {
            // Which of them come first, and become columns, shows only in order.
            keys = KeyTable(try scanKeys(source, layout))
            areKeysExact = true
        }
        var guess: [Evidence]?
        for _ in 0..<Run.maxPasses {
            let plan: Plan
            do {
                try mustHaveColumns(keys.strings)
                plan = try Plan(transformation.recipe, columns: names(keys), writing: transformation.writing)
            } catch let failure as TabularFailure where failure.code == "column_not_found" && !areKeysExact {
                keys = KeyTable(try scanKeys(source, layout))
                areKeysExact = true
                continue
            }
            if transformation.outputFormat == .parquet, plan.outputs.isEmpty, areKeysExact || layout.count == 0 {
                throw Run.noColumns
            }
            let schema = keys
            let keyNames = keys.strings
            let rules = transformation.reading.rules(
                for: plan.outputs.map { keyNames[$0.source] }, to: transformation.outputFormat)
            let guessed =
                guess
                ?? plan.outputs.map { needsTypes ? sample.evidence(of: schema.name($0.source)) : .string }
            let readings = zip(guessed, rules).map { $0.reading($1) }
            let setup = Pass.Setup(
                layout: layout, limits: plan.limits, threads: threads, firstLine: opened.firstLine,
                guess: needsTypes ? guessed : [], rules: rules,
                keys: areKeysExact ? nil : keys.names, maxKeys: limits.maxColumns, isScan: false, stopsAtInvalidUTF8: false)
            let done = try pass(setup, plan, readings, hasHeader: true) {
                try JSONBlockReader(
                    source: source, schema: schema, plan: plan, target: target, readings: readings, rules: rules, pool: pool)
            }
            if !areKeysExact {
                areKeysExact = true
                if done.standing.sawTooManyKeys {
                    keys = KeyTable(try scanKeys(source, layout))
                    continue
                }
                if done.standing.keys != keys.names {
                    let known = Dictionary(
                        zip(plan.outputs.map { keys.name($0.source) }, done.standing.evidence),
                        uniquingKeysWith: { a, _ in a })
                    keys = KeyTable(done.standing.keys)
                    if let changed = try? Plan(transformation.recipe, columns: names(keys)), needsTypes {
                        guess = changed.outputs.map { known[keys.name($0.source)] ?? .string }
                    }
                    continue
                }
            }
            let found = done.standing.evidence
            if needsTypes, done.standing.isScan || zip(found, rules).map({ $0.reading($1) }) != readings {
                guess = found
                continue
            }
            if transformation.outputFormat == .parquet, plan.outputs.isEmpty { throw Run.noColumns }
            return try finish(done, plan, readings, opened.dialect, names: keys.strings)
        }
        throw TabularFailure("input_changed", "The input changed while it was read; try again.")
    }

    /// The keys as names of columns. Only JSON can do without one.
    func names(_ keys: KeyTable) -> [String] {
        let isJSON = transformation.outputFormat == .json || transformation.outputFormat == .jsonl
        return isJSON ? keys.strings : ColumnNames.unique(keys.strings)
    }

    static let noColumns = TabularFailure("no_columns", "The input has no columns, and a Parquet file needs one.")

    /// What some places of a file of objects show.
    struct KeySample {
        var keys = KeyTable()
        /// What the values of each key were, with null where an object lacks it.
        fileprivate(set) var evidence: [Evidence] = []
        fileprivate(set) var rows = 0
        /// Whether there was no room for more keys.
        fileprivate(set) var isFull = false
        /// What the rows at the head came to, and up to which byte.
        fileprivate(set) var head: (result: BlockResult, end: Int64)?

        fileprivate func evidence(of key: [UInt8]) -> Evidence {
            keys.number(of: key).map { evidence[$0] } ?? (rows > 0 ? .null : [])
        }
    }

    func sampleKeys(_ source: JSONSource, _ layout: BlockLayout) throws -> KeySample {
        let reader = try JSONBlockReader(
            source: source, schema: KeyTable(), plan: try Plan(Recipe(steps: []), columns: []), target: .batch, readings: [],
            rules: [], pool: pool, looksAtKeys: true)
        var sample = KeySample()
        for task in sampleTasks(layout, unit: source.encoding.unitBytes) {
            let result = try reader.read(task)
            sample.rows += Int(result.ledger.rowsWritten)
            sample.isFull = sample.isFull || reader.isFull
            if task.low == layout.start { sample.head = (result, task.high) }
        }
        reader.lookedAt { key, evidence, rows in
            _ = sample.keys.add(key)
            sample.evidence.append(rows < sample.rows ? evidence.union(.null) : evidence)
        }
        return sample
    }

    /// All keys of the file, for a recipe that names one which the sample did not show.
    func scanKeys(_ source: JSONSource, _ layout: BlockLayout) throws -> [[UInt8]] {
        let setup = Pass.Setup(
            layout: layout, limits: [], threads: threads, firstLine: 0, guess: [], rules: [], keys: [],
            maxKeys: limits.maxColumns, isScan: true,
            stopsAtInvalidUTF8: false)
        let plan = try Plan(Recipe(steps: []), columns: [])
        tracker.beginPass("looking for columns")
        let pass = Pass(setup, sink: NoSink(), rejects: nil, pool: pool) {
            try JSONBlockReader(
                source: source, schema: KeyTable(), plan: plan, target: .batch, readings: [], rules: [], pool: pool)
        }
        return try pass.run { tracker.advance($0) }.keys
    }
}
