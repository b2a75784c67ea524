import Foundation

/// Writes a Parquet file (apache/parquet-format): row groups as they come, the footer at the end.
final class ParquetWriter {
    private let file: OutputFile
    private let names: [String]
    private let types: [ColumnType]
    private let codec: WriteOptions.Codec
    /// Row groups of the footer, already in Thrift.
    private let groups = ByteBuffer(capacity: 1 << 14)
    private var groupCount = 0
    private var rows: Int64 = 0

    private static let magic: StaticString = "PAR1"
    private static let dictionaryEncodings = [0, 3, 8]
    private static let plainEncodings = [0, 3]

    init(file: OutputFile, names: [String], types: [ColumnType], codec: WriteOptions.Codec) throws {
        self.codec = codec
        self.file = file
        self.names = names
        self.types = types
        try file.write(ParquetWriter.magic)
    }

    func write(_ group: EncodedRowGroup) throws {
        let start = file.count
        try file.write(group.bytes)
        var thrift = ThriftWriter(groups)
        thrift.element { row in
            row.list(1, .structure, count: group.chunks.count)
            for (i, chunk) in group.chunks.enumerated() {
                row.element { describe(chunk, column: i, rows: group.rows, start: start, &$0) }
            }
            row.int64(2, group.chunks.reduce(0) { $0 + Int64($1.uncompressedBytes) })
            row.int64(3, Int64(group.rows))
            row.int64(5, start)
            row.int64(6, Int64(group.bytes.count))
        }
        groupCount += 1
        rows += Int64(group.rows)
    }

    private func describe(_ chunk: EncodedChunk, column: Int, rows: Int, start: Int64, _ thrift: inout ThriftWriter) {
        let name = Array(names[column].utf8)
        thrift.int64(2, 0)
        thrift.structure(3) { meta in
            meta.int32(1, types[column].physical)
            let encodings = chunk.dictionaryOffset == nil ? ParquetWriter.plainEncodings : ParquetWriter.dictionaryEncodings
            meta.list(2, .int32, count: encodings.count)
            for encoding in encodings { meta.element(encoding) }
            meta.list(3, .binary, count: 1)
            meta.element(name)
            meta.int32(4, codec.number)
            meta.int64(5, Int64(rows))
            meta.int64(6, Int64(chunk.uncompressedBytes))
            meta.int64(7, Int64(chunk.bytes))
            meta.int64(9, start + Int64(chunk.dataOffset))
            if let offset = chunk.dictionaryOffset { meta.int64(11, start + Int64(offset)) }
            meta.structure(12) { statistics in
                statistics.int64(3, Int64(chunk.nulls))
                if let maximum = chunk.maximum { statistics.bytes(5, maximum) }
                if let minimum = chunk.minimum { statistics.bytes(6, minimum) }
                if chunk.maximum != nil { statistics.truth(7, chunk.isMaximumExact) }
                if chunk.minimum != nil { statistics.truth(8, chunk.isMinimumExact) }
            }
        }
    }

    /// Writes the footer.
    func finish() throws {
        let footer = ByteBuffer(capacity: groups.count + 4096)
        var thrift = ThriftWriter(footer)
        thrift.element { meta in
            meta.int32(1, 2)
            meta.list(2, .structure, count: names.count + 1)
            meta.element { root in
                root.bytes(4, Array("schema".utf8))
                root.int32(5, names.count)
            }
            for (name, type) in zip(names, types) { meta.element { type.describe(name, &$0) } }
            meta.int64(3, rows)
            meta.list(4, .structure, count: groupCount)
            meta.buffer.append(groups)
            meta.bytes(6, Array("quern".utf8))
            // Without it, readers may not trust the bounds.
            meta.list(7, .structure, count: names.count)
            for _ in names { meta.element { order in order.structure(1) { _ in } } }
        }
        let length = UInt32(truncatingIfNeeded: footer.count)
        footer.append(number: length)
        footer.append(ParquetWriter.magic)
        try file.write(footer)
    }
}

extension WriteOptions.Codec {
    /// In parquet.thrift.
    fileprivate var number: Int {
        switch self {
        case .none: 0
        case .snappy: 1
        case .gzip: 2
        case .zstd: 6
        }
    }
}

extension ColumnType {
    /// Parquet's physical type.
    fileprivate var physical: Int {
        switch self {
        case .boolean: 0
        case .date: 1
        case .integer, .timestamp, .timestampUTC, .decimal: 2
        case .double: 5
        case .string: 6
        }
    }

    /// The schema element of an optional column.
    fileprivate func describe(_ name: String, _ thrift: inout ThriftWriter) {
        thrift.int32(1, physical)
        thrift.int32(3, 1)
        thrift.bytes(4, Array(name.utf8))
        switch self {
        case .integer, .double, .boolean:
            break
        case .decimal(let precision, let scale):
            thrift.int32(6, 5)
            thrift.int32(7, scale)
            thrift.int32(8, precision)
            thrift.structure(10) { logical in
                logical.structure(5) { decimal in
                    decimal.int32(1, scale)
                    decimal.int32(2, precision)
                }
            }
        case .string:
            thrift.int32(6, 0)
            thrift.structure(10) { logical in logical.structure(1) { _ in } }
        case .date:
            thrift.int32(6, 6)
            thrift.structure(10) { logical in logical.structure(6) { _ in } }
        case .timestamp, .timestampUTC:
            let isUTC = self == .timestampUTC
            // The older annotation always means UTC, so local times have the newer one alone.
            if isUTC { thrift.int32(6, 10) }
            thrift.structure(10) { logical in
                logical.structure(8) { timestamp in
                    timestamp.truth(1, isUTC)
                    timestamp.structure(2) { unit in unit.structure(2) { _ in } }
                }
            }
        }
    }
}
