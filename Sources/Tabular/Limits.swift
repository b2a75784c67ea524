/// What the engine accepts from a file that it does not trust. A row that breaks a row limit is rejected; the other limits end the run.
package struct TabularLimits: Sendable {
    /// Bytes of one value, as UTF-8. Longer ones are rejected: a value has to fit in memory many times over.
    package var maxFieldBytes = 4 << 20
    /// Bytes of one record. It bounds what is buffered while looking for the end of a record, and so the memory of the whole run.
    package var maxRecordBytes = 8 << 20
    /// Columns of a table. Parquet footers and headers grow with it.
    package var maxColumns = 32_768
    /// Bytes of a column name.
    package var maxNameBytes = 4096
    /// Levels of nesting in a JSON value; the parser recurses once for each.
    package var maxJSONDepth = 128
    /// Bytes of the output and of the rejects file, each.
    package var maxOutputBytes = Int64.max
    /// Bytes of an input that was unpacked, or came out of a pipe.
    package var maxUnpackedBytes = Int64.max
    /// Bytes of a rejected record that are repeated in the rejects file.
    package var maxRejectedContentBytes = 4096

    /// Bytes of a block and what is read beyond it at first. Tests make them small, to have many blocks in a small file.
    var blockBytes = Tuning.blockBytes
    var lookaheadBytes = Tuning.lookaheadBytes

    package init() {}

    package static let standard = TabularLimits()
}

/// Sizes of the engine's own work. They shape memory and speed; `blockBytes` and the row group sizes also shape the bytes of a
/// Parquet file, so they never depend on the machine or on the number of threads.
enum Tuning {
    /// Bytes of input that one thread parses at a time: small enough to stay in the second-level cache.
    static let blockBytes = 1 << 20
    /// Bytes read beyond a block at first, to find the end of its last record.
    static let lookaheadBytes = 16 << 10
    /// Blocks that may be parsed ahead of the one that is written next, for each thread.
    static let blocksAheadPerThread = 2
    /// Bytes of input that are looked at to find out dialect and encoding.
    static let sampleBytes = 256 << 10
    /// Bytes from which is told how a file would be read, where all of it would have to be looked at: packed, written anew, or JSON.
    static let previewBytes: Int64 = 1 << 20
    /// Bytes of a record that are looked at where only samples or the first rows are wanted.
    static let lookedAtRecordBytes = Int(previewBytes)
    /// Cells of the first rows that are shown: of a table with thousands of columns, fewer rows.
    static let previewCells = 50_000
    /// And bytes of those rows, of which there is one at least.
    static let previewRowBytes = 1 << 20
    /// Places in the file at which types are guessed before the first pass.
    static let samplePlaces = 12
    /// Cells that are enough for the guess, where a row has so many columns that each place is one row, and places even then.
    static let sampleCells = 100_000
    static let fewestPlaces = 3
    static let placeBytes = 64 << 10
    /// Rows of a Parquet row group; DuckDB and Polars read groups of this size in parallel well.
    static let rowGroupRows = 131_072
    /// Bytes held for a Parquet row group, so that wide rows do not fill the memory.
    static let rowGroupBytes = 24 << 20
    /// Values in a Parquet data page.
    static let pageRows = 16_384
    /// Bytes of plain values after which a Parquet page ends.
    static let pageBytes = 1 << 20
    /// Bytes and entries of a Parquet dictionary, after which a column is written plain.
    static let dictionaryBytes = 1 << 20
    static let dictionaryEntries = 1 << 16
    /// Bytes of output between two requests to the kernel to start writing back, so that the last fsync is short.
    static let writeBackBytes: Int64 = 64 << 20
    /// Bytes scanned in vain for the end of a quoted value, for each block, before the search is cut to `hostileLookahead`.
    static let wastedBytesPerBlock = 16 << 20
    static let hostileLookahead = 1 << 10
    /// Cells that the rows of one block of JSON may have. A row of three bytes has as many cells as the table has columns, so without
    /// a bound a small file would fill memory and disk; at this one, ten thousand columns still allow rows of 320 bytes.
    static let cellsPerBlock = 32 << 20
    /// How many times as large as it is packed an input may become, where it becomes larger than `leastExpansionBytes`. Tables become
    /// 3 to 100 times as large.
    static let mostExpansion: Int64 = 500
    static let leastExpansionBytes: Int64 = 256 << 20
    /// Seconds between two reports of progress.
    static let reportSeconds = 0.1
}
