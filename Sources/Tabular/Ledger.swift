/// What became of every row that was read.
package struct Ledger: Sendable, Codable, Equatable {
    /// Records of the input, header and blank lines not counted.
    package var rowsRead: Int64 = 0
    package var rowsWritten: Int64 = 0
    /// Rows that a filter did not let through, or that came after a limit.
    package var rowsFiltered: Int64 = 0
    /// Records that could not be read; each is in the rejects file.
    package var rowsRejected: Int64 = 0

    package init(rowsRead: Int64 = 0, rowsWritten: Int64 = 0, rowsFiltered: Int64 = 0, rowsRejected: Int64 = 0) {
        self.rowsRead = rowsRead
        self.rowsWritten = rowsWritten
        self.rowsFiltered = rowsFiltered
        self.rowsRejected = rowsRejected
    }

    /// Whether no row was lost or counted twice.
    package var isBalanced: Bool { rowsRead == rowsWritten + rowsFiltered + rowsRejected }

    mutating func add(_ other: Ledger) {
        rowsRead += other.rowsRead
        rowsWritten += other.rowsWritten
        rowsFiltered += other.rowsFiltered
        rowsRejected += other.rowsRejected
    }
}

/// How far a transformation has come.
package struct Progress: Sendable {
    package var bytesRead: Int64
    package var bytesTotal: Int64
    package var rowsRead: Int64
    package var rowsWritten: Int64
    package var message: String
    /// 0 to 1 over all passes. It never goes back.
    package var fraction: Double

    package init(
        bytesRead: Int64, bytesTotal: Int64, rowsRead: Int64, rowsWritten: Int64, message: String, fraction: Double
    ) {
        self.bytesRead = bytesRead
        self.bytesTotal = bytesTotal
        self.rowsRead = rowsRead
        self.rowsWritten = rowsWritten
        self.message = message
        self.fraction = fraction
    }
}

/// A column of the output.
package struct Column: Sendable, Codable, Equatable {
    package var name: String
    /// `integer`, `double`, `boolean`, `date`, `timestamp`, `timestamp_utc` or `string`. CSV output has strings only.
    package var type: String
    /// Whether a null was written.
    package var nullable: Bool

    package init(name: String, type: String, nullable: Bool) {
        self.name = name
        self.type = type
        self.nullable = nullable
    }
}

/// How the input was written, as found out from its bytes.
package struct Dialect: Sendable, Codable, Equatable {
    /// `utf-8`, `utf-16le`, `utf-16be` or `windows-1252`.
    package var encoding: String
    /// One character; empty for JSON.
    package var delimiter: String
    /// One character; empty for JSON.
    package var quote: String
    /// Whether the first record names the columns.
    package var header: Bool

    package init(encoding: String, delimiter: String, quote: String, header: Bool) {
        self.encoding = encoding
        self.delimiter = delimiter
        self.quote = quote
        self.header = header
    }
}

/// A transformation that ended well; rows may have been rejected.
package struct Outcome: Sendable, Codable, Equatable {
    package var ledger: Ledger
    package var columns: [Column]
    package var dialect: Dialect
    package var outputBytes: Int64
    /// 0 when nothing was rejected; then there is no rejects file.
    package var rejectsBytes: Int64
    /// Whether what a spreadsheet would take for a formula was made text, with an apostrophe in front.
    package var isOutputFormulaSafe: Bool
    package var areRejectsFormulaSafe: Bool

    package init(
        ledger: Ledger, columns: [Column], dialect: Dialect, outputBytes: Int64, rejectsBytes: Int64, isOutputFormulaSafe: Bool,
        areRejectsFormulaSafe: Bool
    ) {
        self.ledger = ledger
        self.columns = columns
        self.dialect = dialect
        self.outputBytes = outputBytes
        self.rejectsBytes = rejectsBytes
        self.isOutputFormulaSafe = isOutputFormulaSafe
        self.areRejectsFormulaSafe = areRejectsFormulaSafe
    }
}
