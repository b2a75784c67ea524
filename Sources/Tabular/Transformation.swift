import Core
import Foundation

/// A recipe carried out on a file.
///
/// The input is read in blocks by several threads and once, if the types of its columns (and the keys of its objects) are what a look
/// at some places of the file suggested; else the rest is read for types, and then all of it again. The output depends on input and
/// recipe alone.
package struct Transformation: Sendable {
    package var input: String
    /// Nil: by the name of the file, else by its content.
    package var inputFormat: Format?
    package var output: String
    package var outputFormat: Format
    package var rejects: String
    package var recipe: Recipe
    package var threads: Int
    package var limits: TabularLimits

    package init(
        input: String, inputFormat: Format?, output: String, outputFormat: Format, rejects: String, recipe: Recipe, threads: Int,
        limits: TabularLimits = .standard
    ) {
        self.input = input
        self.inputFormat = inputFormat
        self.output = output
        self.outputFormat = outputFormat
        self.rejects = rejects
        self.recipe = recipe
        self.threads = threads
        self.limits = limits
    }

    /// Reads, transforms and writes. It blocks; `progress` is called on the calling thread, about ten times a second. After a failure
    /// there is neither output nor rejects file.
    ///
    /// - Throws: `TabularFailure`.
    package func run(progress: @Sendable (Progress) -> Void) throws -> Outcome {
        let file = try InputFile(path: input)
        for path in [output, rejects] where file.isSame(as: path) {
            throw TabularFailure("output_is_input", "The output would overwrite the input; choose another place for it.")
        }
        do {
            return try withoutActuallyEscaping(progress) { progress in
                let tracker = ProgressTracker(bytesTotal: file.size, report: progress)
                defer { tracker.detach() }
                let outcome = try perform(file, tracker)
                tracker.end(outcome.ledger)
                return outcome
            }
        } catch {
            OutputFile.remove(output)
            OutputFile.remove(rejects)
            if let invalid = error as? InvalidStep { throw TabularFailure("invalid_step", invalid.message) }
            throw error
        }
    }

    private func perform(_ file: InputFile, _ tracker: ProgressTracker) throws -> Outcome {
        tracker.say("looking at the file")
        try file.mustBeText()
        let format = try inputFormat ?? Format.of(fileName: input) ?? file.guessFormat()
        let run = Run(transformation: self, file: file, tracker: tracker)
        let outcome: Outcome
        switch format {
        case .csv: outcome = try run.csv()
        case .json, .jsonl: outcome = try run.json()
        case .parquet: throw TabularFailure("format_not_readable", "Parquet files can not be read yet; CSV and JSON can.")
        }
        guard outcome.ledger.isBalanced else {
            throw TabularFailure("ledger_unbalanced", "Rows were lost or counted twice; the output is not to be trusted.")
        }
        return outcome
    }
}

extension InputFile {
    /// - Throws: `not_a_table`: the content decides, whatever the name says.
    fileprivate func mustBeText() throws {
        let buffer = ByteBuffer(capacity: TableContent.lookBytes)
        buffer.count = try read(into: buffer.base, at: 0, count: TableContent.lookBytes)
        if let problem = TableContent.problem(buffer.bytes) ?? TableContent.binaryProblem(buffer.bytes) {
            throw TabularFailure("not_a_table", problem)
        }
    }

    /// JSON when the first character that is no space opens an object or an array.
    fileprivate func guessFormat() throws -> Format {
        let buffer = ByteBuffer(capacity: 4096)
        let count = try read(into: buffer.base, at: 0, count: 4096)
        let (encoding, mark) = TextEncoding.detect(buffer.base, count)
        var i = mark
        while i < count, buffer.base[i] <= 0x20 { i += 1 }
        guard encoding == .utf8, i < count else { return .csv }
        return buffer.base[i] == UInt8(ascii: "{") || buffer.base[i] == UInt8(ascii: "[") ? .jsonl : .csv
    }
}

/// One run of a transformation.
private struct Run {
    let transformation: Transformation
    let file: InputFile
    let tracker: ProgressTracker
    let pool: BufferPool

    private var limits: TabularLimits { transformation.limits }
    private var threads: Int { max(1, min(transformation.threads, Run.maxThreads)) }

    /// More threads than this only cost memory.
    private static let maxThreads = 64
    /// A wrong guess of types and one of keys cost a pass each; no more than that can go wrong.
    private static let maxPasses = 5

    init(transformation: Transformation, file: InputFile, tracker: ProgressTracker) {
        self.transformation = transformation
        self.file = file
        self.tracker = tracker
        pool = BufferPool(most: 4 * max(1, min(transformation.threads, Run.maxThreads)))
    }

    private var target: RowTarget {
        switch transformation.outputFormat {
        case .csv: .csv
        case .jsonl: .json(isArray: false)
        case .json: .json(isArray: true)
        case .parquet: .batch
        }
    }

    /// A look at the file is short, unless a line is endless or all characters have to be seen: it must not be silent.
    private func looking<Result>(_ work: @escaping () throws -> Result) throws -> Result {
        try LongWork.run(report: { tracker.say("looking at the file") }, work)
    }

    // MARK: CSV

    func csv() throws -> Outcome {
        var opened = try looking { try CSVOpening(file, limits: limits, encoding: nil) }
        var stopsAtInvalidUTF8 = opened.source.encoding == .utf8 && !opened.isCensusTaken
        var types: [ColumnType]?
        let needsTypes = transformation.outputFormat != .csv
        for _ in 0..<Run.maxPasses {
            let source = opened.source
            let plan = try Plan(transformation.recipe, columns: opened.names)
            let layout = BlockLayout(start: source.dataStart, end: file.size, blockBytes: limits.blockBytes)
            let guessed =
                try types
                ?? (needsTypes ? looking { try sampleTypes(source, plan, layout) } : plan.outputs.map { _ in .string })
            let setup = Pass.Setup(
                layout: layout, limits: plan.limits, threads: threads, firstLine: opened.lines, types: needsTypes ? guessed : [],
                keys: nil, isScan: false, stopsAtInvalidUTF8: stopsAtInvalidUTF8)
            let done = try pass(setup, plan, guessed) {
                try CSVBlockReader(source: source, plan: plan, target: target, types: guessed, pool: pool)
            }
            if done.standing.sawInvalidUTF8, stopsAtInvalidUTF8 {
                stopsAtInvalidUTF8 = false
                if try isWindows1252(from: 0) {
                    opened = try looking { try CSVOpening(file, limits: limits, encoding: .windows1252) }
                    types = nil
                }
                continue
            }
            let found = done.standing.evidence.map(\.type)
            if needsTypes, done.standing.isScan || found != guessed {
                types = found
                continue
            }
            return try finish(done, plan, guessed, opened.dialect)
        }
        throw TabularFailure("input_changed", "The input changed while it was read; try again.")
    }

    private func isWindows1252(from offset: Int64) throws -> Bool {
        try looking {
            let census = try file.census(from: offset)
            return census.invalid > census.valid
        }
    }

    /// Guesses types from some places of the file, whatever the steps let through.
    private func sampleTypes(_ source: CSVSource, _ plan: Plan, _ layout: BlockLayout) throws -> [ColumnType] {
        var open = plan
        open.operations = []
        open.limits = []
        let reader = try CSVBlockReader(
            source: source, plan: open, target: .batch, types: plan.outputs.map { _ in .string }, pool: pool)
        var evidence: [Evidence] = Array(repeating: [], count: plan.outputs.count)
        for task in sampleTasks(layout, unit: source.encoding.unitBytes) {
            let result = try reader.read(task)
            guard !result.evidence.isEmpty else { continue }
            for i in evidence.indices { evidence[i].formUnion(result.evidence[i]) }
        }
        return evidence.map(\.type)
    }

    private func sampleTasks(_ layout: BlockLayout, unit: Int) -> [BlockTask] {
        if !layout.boundaries.isEmpty {
            return (0..<min(1, layout.count)).map { block in
                let (low, high) = layout.range(block)
                return BlockTask(low: low, high: high, exactStart: low, remaining: nil, isScan: true)
            }
        }
        let size = layout.end - layout.start
        let bytes = Int64(Tuning.placeBytes)
        guard size > bytes * Int64(Tuning.samplePlaces) else {
            return size > 0
                ? [BlockTask(low: layout.start, high: layout.end, exactStart: layout.start, remaining: nil, isScan: true)] : []
        }
        return (0..<Int64(Tuning.samplePlaces)).map { place in
            let low = layout.start + (size - bytes) * place / Int64(Tuning.samplePlaces - 1) / Int64(unit) * Int64(unit)
            return BlockTask(low: low, high: low + bytes, exactStart: place == 0 ? low : nil, remaining: nil, isScan: true)
        }
    }

    // MARK: JSON

    func json() throws -> Outcome {
        let source = try looking { try JSONOpening.open(file, limits: limits) }
        let layout = BlockLayout(
            start: source.dataStart, end: file.size, boundaries: source.boundaries, blockBytes: limits.blockBytes)
        let needsTypes = transformation.outputFormat == .parquet
        var keys = KeyTable(try looking { try sampleKeys(source, layout) })
        var areKeysExact = false
        if keys.names.count >= limits.maxColumns {
            // Which of them come first, and become columns, shows only in order.
            keys = KeyTable(try scanKeys(source, layout))
            areKeysExact = true
        }
        var types: [ColumnType]?
        for _ in 0..<Run.maxPasses {
            let plan: Plan
            do {
                plan = try Plan(transformation.recipe, columns: keys.strings)
            } catch let failure as TabularFailure where failure.code == "column_not_found" && !areKeysExact {
                keys = KeyTable(try scanKeys(source, layout))
                areKeysExact = true
                continue
            }
            if transformation.outputFormat == .parquet, plan.outputs.isEmpty, areKeysExact || layout.count == 0 {
                throw TabularFailure("no_columns", "The input has no columns, and a Parquet file needs one.")
            }
            let schema = keys
            let guessed =
                try types
                ?? (needsTypes ? looking { try sampleTypes(source, schema, plan, layout) } : plan.outputs.map { _ in .string })
            let setup = Pass.Setup(
                layout: layout, limits: plan.limits, threads: threads, firstLine: 0, types: needsTypes ? guessed : [],
                keys: areKeysExact ? nil : keys.names, maxKeys: limits.maxColumns, isScan: false, stopsAtInvalidUTF8: false)
            let done = try pass(setup, plan, guessed) {
                try JSONBlockReader(source: source, schema: schema, plan: plan, target: target, types: guessed, pool: pool)
            }
            if !areKeysExact {
                areKeysExact = true
                if done.standing.sawTooManyKeys {
                    keys = KeyTable(try scanKeys(source, layout))
                    continue
                }
                if done.standing.keys != keys.names {
                    let known = Dictionary(
                        zip(plan.outputs.map { keys.names[$0.source] }, done.standing.evidence.map(\.type)),
                        uniquingKeysWith: { a, _ in a })
                    keys = KeyTable(done.standing.keys)
                    if let changed = try? Plan(transformation.recipe, columns: keys.strings), needsTypes {
                        types = changed.outputs.map { known[keys.names[$0.source]] ?? .string }
                    }
                    continue
                }
            }
            let found = done.standing.evidence.map(\.type)
            if needsTypes, done.standing.isScan || found != guessed {
                types = found
                continue
            }
            let dialect = Dialect(encoding: source.encoding.rawValue, delimiter: "", quote: "", header: false)
            return try finish(done, plan, guessed, dialect)
        }
        throw TabularFailure("input_changed", "The input changed while it was read; try again.")
    }

    private func sampleKeys(_ source: JSONSource, _ layout: BlockLayout) throws -> [[UInt8]] {
        let reader = try JSONBlockReader(
            source: source, schema: KeyTable(), plan: try Plan(Recipe(steps: []), columns: []), target: .batch, types: [],
            pool: pool)
        var keys = KeyTable()
        for task in sampleTasks(layout, unit: source.encoding.unitBytes) {
            for key in try reader.read(task).keys where keys.names.count < limits.maxColumns { _ = keys.add(key) }
        }
        return keys.names
    }

    private func sampleTypes(_ source: JSONSource, _ schema: KeyTable, _ plan: Plan, _ layout: BlockLayout) throws -> [ColumnType]
    {
        var open = plan
        open.operations = []
        open.limits = []
        let reader = try JSONBlockReader(
            source: source, schema: schema, plan: open, target: .batch, types: plan.outputs.map { _ in .string }, pool: pool)
        var evidence: [Evidence] = Array(repeating: [], count: plan.outputs.count)
        for task in sampleTasks(layout, unit: source.encoding.unitBytes) {
            let result = try reader.read(task)
            guard !result.evidence.isEmpty else { continue }
            for i in evidence.indices { evidence[i].formUnion(result.evidence[i]) }
        }
        return evidence.map(\.type)
    }

    /// All keys of the file, for a recipe that names one which the sample did not show.
    private func scanKeys(_ source: JSONSource, _ layout: BlockLayout) throws -> [[UInt8]] {
        let setup = Pass.Setup(
            layout: layout, limits: [], threads: threads, firstLine: 0, types: [], keys: [],
            maxKeys: limits.maxColumns, isScan: true,
            stopsAtInvalidUTF8: false)
        let plan = try Plan(Recipe(steps: []), columns: [])
        tracker.beginPass("looking for columns")
        let pass = Pass(setup, sink: NoSink(), rejects: nil, pool: pool) {
            try JSONBlockReader(source: source, schema: KeyTable(), plan: plan, target: .batch, types: [], pool: pool)
        }
        return try pass.run { tracker.advance($0) }.keys
    }

    // MARK: Passes

    private struct Done {
        var standing: Pass.Standing
        var output: OutputFile
        var rejects: RejectsFile
        var finish: () throws -> Void
    }

    private func pass(
        _ setup: Pass.Setup, _ plan: Plan, _ types: [ColumnType], _ makeReader: @escaping () throws -> any BlockReader
    ) throws -> Done {
        let output = try OutputFile(path: transformation.output, limit: limits.maxOutputBytes)
        let rejects = RejectsFile(path: transformation.rejects, limit: limits.maxOutputBytes)
        let names = plan.outputs.map(\.name)
        tracker.beginPass("transforming")
        if transformation.outputFormat == .parquet {
            let sink = try ParquetSink(file: output, names: names, types: types)
            let standing = try Pass(setup, sink: sink, rejects: rejects, pool: pool, makeReader: makeReader).run {
                tracker.advance($0)
            }
            return Done(standing: standing, output: output, rejects: rejects, finish: sink.finish)
        }
        let sink = try TextSink(
            file: output, names: names, format: transformation.outputFormat, isFormulaSafe: plan.isFormulaSafe)
        let standing = try Pass(setup, sink: sink, rejects: rejects, pool: pool, makeReader: makeReader).run {
            tracker.advance($0)
        }
        return Done(standing: standing, output: output, rejects: rejects, finish: sink.finish)
    }

    private func finish(_ done: Done, _ plan: Plan, _ types: [ColumnType], _ dialect: Dialect) throws -> Outcome {
        let rejectsBytes = try LongWork.run(report: { tracker.say("writing to disk") }) {
            try done.finish()
            return try done.rejects.finish()
        }
        let isTyped = transformation.outputFormat != .csv
        let columns = plan.outputs.enumerated().map { index, output in
            let evidence = isTyped && index < done.standing.evidence.count ? done.standing.evidence[index] : .null
            return Column(
                name: output.name, type: isTyped ? types[index].name : ColumnType.string.name, nullable: evidence.contains(.null))
        }
        return Outcome(
            ledger: done.standing.ledger, columns: columns, dialect: dialect, outputBytes: done.output.count,
            rejectsBytes: rejectsBytes, isOutputFormulaSafe: plan.isFormulaSafe,
            areRejectsFormulaSafe: plan.areRejectsFormulaSafe)
    }
}

/// Takes nothing: for passes that only look.
private final class NoSink: RowSink {
    func take(_ result: BlockResult) throws -> RowGroup? { nil }
    func lastGroup() throws -> RowGroup? { nil }
    func write(_ group: EncodedRowGroup) throws {}
}
