import Core
import Foundation

/// One run of a transformation.
struct Run {
    let transformation: Transformation
    let file: InputFile
    let tracker: ProgressTracker
    let preparation: Preparation
    let pool: BufferPool
    /// Whether the text was written anew before it is read.
    var isRewritten = false

    var limits: TabularLimits { transformation.limits }
    var threads: Int { max(1, min(transformation.threads, Run.maxThreads)) }

    /// More threads than this only cost memory.
    static let maxThreads = 64
    /// A wrong guess of types and one of keys cost a pass each; no more than that can go wrong.
    static let maxPasses = 5

    init(transformation: Transformation, file: InputFile, tracker: ProgressTracker, preparation: Preparation) {
        self.transformation = transformation
        self.preparation = preparation
        self.file = file
        self.tracker = tracker
        pool = BufferPool(most: 4 * max(1, min(transformation.threads, Run.maxThreads)))
    }

    var target: RowTarget {
        switch transformation.outputFormat {
        case .csv: .csv
        case .jsonl: .json(isArray: false)
        case .json: .json(isArray: true)
        case .parquet: .batch
        }
    }

    /// A look at the file is short, unless a line is endless or all characters have to be seen: it must not be silent.
    func looking<Result>(_ work: @escaping () throws -> Result) throws -> Result {
        try LongWork.run(report: { tracker.say("looking at the file") }, work)
    }

    struct Done {
        var standing: Pass.State
        var output: OutputFile
        var rejects: RejectsFile
        var finish: () throws -> Void
    }

    func pass(
        _ setup: Pass.Setup, _ plan: Plan, _ readings: [ColumnReading], hasHeader: Bool,
        _ makeReader: @escaping () throws -> any BlockReader
    ) throws -> Done {
        let output = try OutputFile(path: transformation.output, limit: limits.maxOutputBytes)
        let rejects = RejectsFile(
            path: transformation.rejects, limit: limits.maxOutputBytes, label: transformation.rejectsLabel,
            keepsEarlier: transformation.keepsRejects)
        let names = plan.outputs.map(\.name)
        tracker.beginPass("transforming")
        if transformation.outputFormat == .parquet {
            let sink = try ParquetSink(
                file: output, names: names, types: readings.map(\.type), writing: transformation.writing)
            let standing = try Pass(setup, sink: sink, rejects: rejects, pool: pool, makeReader: makeReader).run {
                tracker.advance($0)
            }
            return Done(standing: standing, output: output, rejects: rejects, finish: sink.finish)
        }
        let sink = try TextSink(
            file: try TextOutput(output, transformation.writing), names: names, format: transformation.outputFormat,
            style: plan.style, hasHeader: transformation.writing.header ?? (hasHeader || transformation.recipe.renames))
        let standing = try Pass(setup, sink: sink, rejects: rejects, pool: pool, makeReader: makeReader).run {
            tracker.advance($0)
        }
        return Done(standing: standing, output: output, rejects: rejects, finish: sink.finish)
    }

    func finish(
        _ done: Done, _ plan: Plan, _ readings: [ColumnReading], _ dialect: Dialect, names: [String]
    ) throws -> Outcome {
        let rejectsBytes = try LongWork.run(report: { tracker.say("writing to disk") }) {
            try done.finish()
            return try done.rejects.finish()
        }
        let isTyped = transformation.outputFormat != .csv
        let columns = plan.outputs.enumerated().map { index, output in
            let evidence = isTyped && index < done.standing.evidence.count ? done.standing.evidence[index] : .null
            return Column(
                name: output.name, type: isTyped ? readings[index].type.name : ColumnType.string.name,
                nullable: !evidence.isDisjoint(with: readings[index].hasNullWords ? [.null, .nullWord] : .null))
        }
        var outcome = Outcome(
            ledger: done.standing.ledger, columns: columns, dialect: dialect, outputBytes: done.output.count,
            rejectsBytes: rejectsBytes, isOutputFormulaSafe: plan.isFormulaSafe,
            areRejectsFormulaSafe: plan.areRejectsFormulaSafe)
        outcome.remarks.comments = done.standing.comments
        outcome.remarks.padded = done.standing.padded
        outcome.remarks.cut = done.standing.cut
        for (column, count) in done.standing.incomparable {
            let name = names.indices.contains(column) ? names[column] : "column \(column + 1)"
            outcome.remarks.incomparable[name, default: 0] += count
        }
        outcome.remarks.mended = done.standing.mended
        outcome.remarks.spaced = done.standing.spaced
        outcome.remarks.roundedColumns = plan.outputs.indices.filter { index in
            isTyped && readings[index].isForced && readings[index].type == .double && index < done.standing.evidence.count
                && !done.standing.evidence[index].isDisjoint(with: [.longDecimal, .bigInteger])
        }.map { plan.outputs[$0].name }
        outcome.remarks.duplicateKeys = done.standing.duplicateKeys
        outcome.remarks.nullWordColumns = plan.outputs.indices.filter { index in
            isTyped && readings[index].hasNullWords && index < done.standing.evidence.count
                && done.standing.evidence[index].contains(.nullWord)
        }.map { plan.outputs[$0].name }
        return outcome
    }

    // MARK: Samples

    /// Guesses types from some places of the file, whatever the steps let through.
    func sampleTypes(_ source: CSVSource, _ plan: Plan, _ layout: BlockLayout) throws -> [Evidence] {
        let reader = try CSVBlockReader(
            source: source, plan: plan.open, target: .batch, readings: plan.outputs.map { _ in .text }, pool: pool)
        return try evidence(reader, layout, unit: source.encoding.unitBytes, columns: plan.outputs.count)
    }

    /// What a reader that lets everything through finds at some places of the file.
    func evidence(_ reader: any BlockReader, _ layout: BlockLayout, unit: Int, columns: Int) throws -> [Evidence] {
        var evidence: [Evidence] = Array(repeating: [], count: columns)
        for task in sampleTasks(layout, unit: unit, columns: columns) {
            let result = try reader.read(task)
            guard !result.evidence.isEmpty else { continue }
            for i in evidence.indices { evidence[i].formUnion(result.evidence[i]) }
        }
        return evidence
    }

    /// - Parameter columns: of a table with very many, which has rows as long as whole files, fewer places are looked at.
    func sampleTasks(_ layout: BlockLayout, unit: Int, columns: Int = 1) -> [BlockTask] {
        if !layout.boundaries.isEmpty {
            return (0..<min(1, layout.count)).map { block in
                let (low, high) = layout.range(block)
                return BlockTask(low: low, high: high, exactStart: low, remaining: nil, isScan: true, isLook: true)
            }
        }
        let size = layout.end - layout.start
        let bytes = Int64(Tuning.placeBytes)
        let places = Int64(max(Tuning.fewestPlaces, min(Tuning.samplePlaces, Tuning.sampleCells / max(1, columns))))
        guard size > bytes * Int64(Tuning.samplePlaces) else {
            return size > 0
                ? [
                    BlockTask(
                        low: layout.start, high: layout.end, exactStart: layout.start, remaining: nil, isScan: true, isLook: true)
                ] : []
        }
        return (0..<places).map { place in
            let low = layout.start + (size - bytes) * place / (places - 1) / Int64(unit) * Int64(unit)
            return BlockTask(
                low: low, high: low + bytes, exactStart: place == 0 ? low : nil, remaining: nil, isScan: true, isLook: true)
        }
    }
}

/// Takes nothing: for passes that only look.
final class NoSink: RowSink {
    func take(_ result: BlockResult) throws -> [RowGroup] { [] }
    func lastGroup() throws -> RowGroup? { nil }
    func write(_ group: EncodedRowGroup) throws {}
}
