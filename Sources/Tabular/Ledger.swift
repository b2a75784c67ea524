package import Foundation

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

/// How the input was written: what was said of it, and what was found out from its bytes.
package struct Dialect: Sendable, Codable, Equatable {
    /// As the WHATWG Encoding Standard spells it, such as `utf-8` or `windows-1252`.
    package var encoding: String
    /// Empty for JSON; `spaces` for any number of them.
    package var delimiter: String
    /// One character; empty for JSON, and where nothing is quoted.
    package var quote: String
    /// Whether the first record names the columns.
    package var header: Bool
    /// `csv`, `jsonl` or `json`.
    package var format = Format.csv.rawValue
    package var compression = Compression.none.rawValue
    /// How a quote inside quotes is written: `double` or `backslash`.
    package var escape = "double"
    /// Lines that name the columns, and lines before them that were not read.
    package var headerLines = 0
    package var skippedLines = 0
    /// What lines begin with that are no records; empty for nothing.
    package var comment = ""
    package var trailingDelimiters = false
    package var trimSpaces = false
    package var ragged = RaggedRows.reject.rawValue
    /// Where in a JSON document the rows are, as a JSON pointer.
    package var path = ""
    /// For each guess how sure it is, from 0 to 1; 1 for what was said.
    package var confidence: [String: Double] = [:]
    /// What a reader should know of the guesses, a sentence each.
    package var notes: [String] = []

    package init(encoding: String, delimiter: String, quote: String, header: Bool) {
        self.encoding = encoding
        self.delimiter = delimiter
        self.quote = quote
        self.header = header
    }
}

/// Records and cells that were read in a way that somebody may want to know of.
package struct Remarks: Sendable, Codable, Equatable {
    /// Lines that were comments.
    package var comments: Int64 = 0
    /// Records that lacked fields, which are null, and records whose last fields were dropped.
    package var padded: Int64 = 0
    package var cut: Int64 = 0
    /// Records with a stray quote, which was read as text.
    package var mended: Int64 = 0
    /// Lines of nothing but spaces, which are no records.
    package var spaced: Int64 = 0
    /// Cells that a filter could not compare, by the name of their column.
    package var incomparable: [String: Int64] = [:]
    /// Columns in which words such as `NA` became null.
    package var nullWordColumns: [String] = []
    /// Columns whose type was said to be `double`, and some of whose digits a double does not keep.
    package var roundedColumns: [String] = []
    /// JSON objects in which a key stood twice; the last counted.
    package var duplicateKeys: Int64 = 0

    package init() {}
}

/// How an input would be read.
package struct Preview: Sendable {
    package var dialect: Dialect
    /// By the rows at some places of the file.
    package var columns: [Column]
    /// The first rows as JSON Lines.
    package var rows: Data
    /// Records among them that would be rejected.
    package var rejectedAtHead: Int64
    package var nullWordColumns: [String] = []
    /// Columns of numbers with a decimal comma, and those with a point.
    var commaColumns: [String] = []
    var pointColumns: [String] = []
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
    package var remarks = Remarks()

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
