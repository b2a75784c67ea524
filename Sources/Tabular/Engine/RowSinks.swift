/// Writes CSV, JSON Lines or a JSON array, as the blocks encoded it.
final class TextSink: RowSink {
    private let file: TextOutput
    private let isArray: Bool
    private var isEmpty = true

    init(file: TextOutput, names: [String], format: Format, style: CSVText.Style, hasHeader: Bool) throws {
        self.file = file
        isArray = format == .json
        if format == .csv, hasHeader {
            let header = ByteBuffer(capacity: 4096)
            CSVText.header(names, style, to: header)
            try file.write(header.base, header.count)
        }
        if isArray { try file.write(JSONRowWriter.arrayStart) }
    }

    func take(_ result: BlockResult) throws -> [RowGroup] {
        guard let output = result.output, output.count > 0 else { return [] }
        let skipped = isArray && isEmpty ? JSONRowWriter.separatorBytes : 0
        isEmpty = false
        try file.write(output.base + skipped, output.count - skipped)
        return []
    }

    func lastGroup() throws -> RowGroup? { nil }

    func write(_ group: EncodedRowGroup) throws {}

    func finish() throws {
        if isArray { try file.write(isEmpty ? JSONRowWriter.emptyArrayEnd : JSONRowWriter.arrayEnd) }
        try file.finish()
    }
}

/// Collects typed rows into row groups of a Parquet file. Where a group ends depends on the rows alone: where it was said how many it
/// has, behind so many; else with a block of the input.
final class ParquetSink: RowSink {
    private let file: OutputFile
    private let writer: ParquetWriter
    private let types: [ColumnType]
    private let codec: WriteOptions.Codec
    private let exactRows: Int?
    private var batches: [BatchSlice] = []
    private var rows = 0
    private var bytes = 0

    init(file: OutputFile, names: [String], types: [ColumnType], writing: WriteOptions) throws {
        self.file = file
        self.types = types
        codec = writing.codec
        exactRows = writing.rowGroupRows
        writer = try ParquetWriter(file: file, names: names, types: types, codec: codec)
    }

    func take(_ result: BlockResult) throws -> [RowGroup] {
        guard let batch = result.batch, batch.rows > 0 else { return [] }
        var rest = BatchSlice(batch)
        var groups: [RowGroup] = []
        if let exactRows {
            while rows + rest.rows.count >= exactRows {
                batches.append(rest.takeFirst(exactRows - rows))
                groups.append(cut())
            }
            guard !rest.rows.isEmpty else { return groups }
        }
        batches.append(rest)
        rows += rest.rows.count
        bytes += batch.retainedBytes
        if rows >= exactRows ?? Tuning.rowGroupRows || bytes >= Tuning.rowGroupBytes { groups.append(cut()) }
        return groups
    }

    func lastGroup() throws -> RowGroup? { rows > 0 ? cut() : nil }

    private func cut() -> RowGroup {
        defer {
            batches = []
            rows = 0
            bytes = 0
        }
        return RowGroup(batches: batches, types: types, codec: codec)
    }

    func write(_ group: EncodedRowGroup) throws { try writer.write(group) }

    func finish() throws {
        try writer.finish()
        try file.finish()
    }
}
