import Foundation

extension Run {
    /// The columns that filters look at, and those whose type was said, as outputs of a plan that lets everything through.
    func openPlan(_ source: CSVSource, _ plan: Plan) -> Plan {
        let filtered = plan.operations.compactMap { operation -> Int? in
            if case .filter(let column, _) = operation { column } else { nil }
        }
        var open = plan.open
        open.outputs = Set(filtered + source.rules.indices.filter { source.rules[$0].forced != nil }).sorted().map {
            Plan.Output(source: $0, name: "")
        }
        return open
    }

    func readings(_ open: Plan, _ evidence: [Evidence], _ source: CSVSource) -> [Int: ColumnReading] {
        Dictionary(
            zip(open.outputs, evidence).map { ($0.source, $1.reading(source.rules[$0.source])) },
            uniquingKeysWith: { first, _ in first })
    }

    /// How the columns that filters look at are read: numbers with marks, dates in other orders, words for null. Some places of the
    /// file show it, and the pass tells when they did not show all.
    func source(_ given: CSVSource, sampledFor plan: Plan) throws -> CSVSource {
        var source = given
        let open = openPlan(source, plan)
        let layout = BlockLayout(start: source.dataStart, end: source.dataEnd, blockBytes: limits.blockBytes)
        guard !open.outputs.isEmpty else { return source }
        let evidence = try sampleTypes(unforced(source), open, layout)
        source.readings = readings(open, evidence, source)
        // A look at some places does not see all of a large file.
        if layout.end - layout.start > Int64(Tuning.placeBytes) * Int64(Tuning.samplePlaces) {
            for (output, found) in zip(open.outputs, evidence) { source.sampled[output.source] = found }
        }
        return source
    }

    /// Whether the cells that were met could show that columns of filters are to be read in another way.
    func isDoubtful(_ source: CSVSource, _ standing: Pass.State) -> Bool {
        guard !source.sampled.isEmpty else { return false }
        return standing.isReadingDoubtful
            || standing.filterEvidence.contains { column, found in
                let all = source.sampled[column, default: []].union(found).reading(source.rules[column])
                return !all.isReadLike(source.readings[column] ?? .text)
            }
    }

    /// Types that were said must not reject what is only looked at.
    func unforced(_ source: CSVSource) -> CSVSource {
        var source = source
        for column in source.rules.indices { source.rules[column].forced = nil }
        return source
    }

    /// The same by all cells.
    func scanReadings(_ source: CSVSource, _ plan: Plan) throws -> [Int: ColumnReading] {
        let open = openPlan(source, plan)
        let layout = BlockLayout(start: source.dataStart, end: source.dataEnd, blockBytes: limits.blockBytes)
        let setup = Pass.Setup(
            layout: layout, limits: [], threads: threads, firstLine: 0, guess: open.outputs.map { _ in .string },
            rules: open.outputs.map { source.rules[$0.source] }, keys: nil, isScan: true, stopsAtInvalidUTF8: false)
        tracker.beginPass("looking at all cells")
        let bare = unforced(source)
        let pass = Pass(setup, sink: NoSink(), rejects: nil, pool: pool) {
            try CSVBlockReader(
                source: bare, plan: open, target: .batch, readings: open.outputs.map { _ in .text }, pool: pool)
        }
        return readings(open, try pass.run { tracker.advance($0) }.evidence, source)
    }
}
