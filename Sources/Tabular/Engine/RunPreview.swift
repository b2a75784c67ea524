import Foundation

extension Run {
    /// - Parameter shown: columns of the first rows; types are told of all.
    func preview(_ format: Format, rows: Int, shown: Int) throws -> Preview {
        let recipe = Recipe(steps: [.limit(Int64(rows))])
        let told = try encoded(file)
        if told.encoding.isMultiByte {
            var preview = try inUTF8(told).preview(format, rows: rows, shown: shown)
            told.tell(&preview.dialect)
            return preview
        }
        if format == .csv {
            let (opened, _) = try openCSV(told)
            let source = opened.source
            try mustHaveColumns(opened.names)
            let plan = try Plan(recipe, columns: opened.names)
            let layout = BlockLayout(start: source.dataStart, end: source.dataEnd, blockBytes: limits.blockBytes)
            let evidence = try sampleTypes(source, plan, layout)
            let rules = plan.outputs.map { source.rules[$0.source] }
            let readings = Evidence.readings(evidence, rules)
            let reader = try CSVBlockReader(
                source: source, plan: plan.first(shown), target: .json(isArray: false), readings: Array(readings.prefix(shown)),
                pool: pool)
            return try preview(
                reader, layout, plan, readings, evidence, rows, shown, opened.dialect, rowBytes: source.usualRecordBytes)
        }
        guard format != .parquet else {
            throw TabularFailure("format_not_readable", "Parquet files can not be read yet; CSV and JSON can.")
        }
        let opened = try JSONOpening(
            file, encoded: told, limits: limits, options: transformation.reading, preparation: preparation,
            isDocument: format == .json)
        let source = opened.source
        let layout = BlockLayout(
            start: source.dataStart, end: source.input.size, boundaries: source.boundaries, blockBytes: limits.blockBytes)
        let sample = try sampleKeys(source, layout)
        let keys = sample.keys
        let names = keys.strings
        let plan = try Plan(recipe, columns: names)
        let evidence = sample.evidence
        let rules = transformation.reading.rules(for: names, to: transformation.outputFormat)
        let readings = zip(evidence, rules).map { $0.reading($1) }
        let reader = try JSONBlockReader(
            source: source, schema: keys, plan: plan.first(shown), target: .json(isArray: false),
            readings: Array(readings.prefix(shown)), rules: Array(rules.prefix(shown)), pool: pool)
        // Where no row of the head is good, all is known already.
        let head =
            sample.rows == 0 && layout.count > 0 ? sample.head.flatMap { $0.end >= layout.range(0).high ? $0.result : nil } : nil
        return try preview(reader, layout, plan, readings, evidence, rows, shown, opened.dialect, head: head)
    }

    /// - Parameters:
    ///   - rowBytes: of a usual row; 0 where that is not known.
    ///   - head: what the first block came to, where it was read already and has no row.
    private func preview(
        _ reader: any BlockReader, _ layout: BlockLayout, _ plan: Plan, _ readings: [ColumnReading], _ evidence: [Evidence],
        _ rows: Int, _ shown: Int, _ dialect: Dialect, rowBytes: Int = 0, head: BlockResult? = nil
    ) throws -> Preview {
        let columns = plan.outputs.enumerated().map { index, output in
            Column(
                name: output.name, type: readings[index].type.name,
                nullable: !evidence[index].isDisjoint(with: readings[index].hasNullWords ? [.null, .nullWord] : .null))
        }
        var preview = Preview(dialect: dialect, columns: columns, rows: Data(), rejectedAtHead: 0)
        preview.nullWordColumns = plan.outputs.indices.filter {
            readings[$0].hasNullWords && evidence[$0].contains(.nullWord)
        }.map { plan.outputs[$0].name }
        for (index, output) in plan.outputs.enumerated() where readings[index].type == .double {
            if readings[index].numbers.decimal == UInt8(ascii: ",") {
                preview.commaColumns.append(output.name)
            } else {
                preview.pointColumns.append(output.name)
            }
        }
        guard layout.count > 0 else { return preview }
        let (low, high) = layout.range(0)
        let rows = min(
            rows, max(1, Tuning.previewCells / max(1, min(shown, plan.outputs.count))),
            max(1, Tuning.previewRowBytes / max(1, rowBytes)))
        func read(to high: Int64) throws -> BlockResult {
            try reader.read(
                BlockTask(low: low, high: high, exactStart: low, remaining: [Int64(rows)], isScan: false, isLook: true))
        }
        // Mostly a part of the block holds so many rows.
        let likely = rowBytes == 0 ? high : min(high, low + Int64(max(Tuning.placeBytes, 2 * rows * rowBytes)))
        var result = try head ?? read(to: likely)
        let isEnough = result.isLimitReached || result.end - low > Int64(Tuning.previewRowBytes / 2)
        if head == nil, likely < high, !isEnough { result = try read(to: high) }
        if let output = result.output { preview.rows = Data(output.bytes) }
        preview.rejectedAtHead = result.ledger.rowsRejected - (result.isLastCut ? 1 : 0)
        if preview.rejectedAtHead > 0, let defect = result.firstDefect {
            preview.dialect.notes.append("The first row that would be rejected: \(defect).")
        }
        if result.isLastCut, result.ledger.rowsRead == 1 {
            preview.dialect.notes.append(
                "The first row goes on behind the part of the file that is looked at here, so nothing can be told of it; a transformation reads all of it."
            )
        }
        return preview
    }
}
