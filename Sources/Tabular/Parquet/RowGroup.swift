/// Some rows of a batch, one behind the other.
struct BatchSlice {
    let batch: Batch
    var rows: Range<Int>

    init(_ batch: Batch) {
        self.batch = batch
        rows = 0..<batch.rows
    }

    var isWhole: Bool { rows.count == batch.rows }

    /// The first of the rows, so many; they are taken off.
    mutating func takeFirst(_ count: Int) -> BatchSlice {
        var first = self
        first.rows = rows.lowerBound..<rows.lowerBound + count
        rows = first.rows.upperBound..<rows.upperBound
        return first
    }

    /// Which values of a column are those of the rows.
    func values(_ column: Int) -> Range<Int> {
        let source = batch.columns[column]
        if isWhole { return 0..<source.valueCount }
        guard source.valueCount < batch.rows else { return rows }
        func count(_ rows: Range<Int>) -> Int { rows.reduce(0) { $0 + Int(source.present.base[$1]) } }
        let start = count(0..<rows.lowerBound)
        return start..<start + count(rows)
    }
}

/// Rows that become one row group of a Parquet file.
final class RowGroup {
    let batches: [BatchSlice]
    let types: [ColumnType]
    private let codec: WriteOptions.Codec
    /// Its place in the file.
    var number = 0

    init(batches: [BatchSlice], types: [ColumnType], codec: WriteOptions.Codec) {
        self.codec = codec
        self.batches = batches
        self.types = types
    }

    /// Encodes and compresses all columns. It needs nothing but the rows, so any thread can do it.
    func encode() throws -> EncodedRowGroup {
        let output = ByteBuffer(capacity: 1 << 20)
        var encoder = ColumnEncoder(output: output, packer: try Packer(codec))
        let rows = batches.reduce(0) { $0 + $1.rows.count }
        var chunks: [EncodedChunk] = []
        for i in types.indices { chunks.append(try encoder.encode(batches, column: i, type: types[i], rows: rows)) }
        return EncodedRowGroup(bytes: output, chunks: chunks, rows: rows)
    }
}

/// A row group as it stands in the file. Offsets count from its start.
final class EncodedRowGroup {
    let bytes: ByteBuffer
    let chunks: [EncodedChunk]
    let rows: Int

    init(bytes: ByteBuffer, chunks: [EncodedChunk], rows: Int) {
        self.bytes = bytes
        self.chunks = chunks
        self.rows = rows
    }
}

/// One column of a row group.
struct EncodedChunk {
    var dictionaryOffset: Int?
    var dataOffset: Int
    var bytes: Int
    var uncompressedBytes: Int
    var nulls: Int
    /// Smallest and largest value as Parquet's PLAIN encoding without lengths; nil where there is none, or none that is short.
    var minimum: [UInt8]?
    var maximum: [UInt8]?
    var isMinimumExact = true
    var isMaximumExact = true
}
