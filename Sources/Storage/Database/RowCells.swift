package import GRDB
import GRDBSQLite

/// The cells of one row, read in place: for going through very many rows without a value for each cell.
package struct RowCells {
    private let statement: OpaquePointer

    fileprivate init(_ statement: OpaquePointer) {
        self.statement = statement
    }

    /// nil for NULL.
    package func integer(_ column: Int32) -> Int64? {
        sqlite3_column_type(statement, column) == SQLITE_NULL ? nil : sqlite3_column_int64(statement, column)
    }

    /// The UTF-8 bytes of a text, empty for NULL. They are there until the next row is read.
    package func bytes(_ column: Int32) -> UnsafeBufferPointer<UInt8> {
        let start = sqlite3_column_text(statement, column)
        return UnsafeBufferPointer(start: start, count: start == nil ? 0 : Int(sqlite3_column_bytes(statement, column)))
    }

    /// nil for NULL.
    package func text(_ column: Int32) -> String? {
        sqlite3_column_type(statement, column) == SQLITE_NULL ? nil : String(decoding: bytes(column), as: UTF8.self)
    }
}

extension Database {
    /// Calls `body` with each row of a query.
    package func forEachRow(sql: String, arguments: StatementArguments, _ body: (RowCells) throws -> Void) throws {
        let statement = try cachedStatement(sql: sql)
        try statement.setArguments(arguments)
        defer { sqlite3_reset(statement.sqliteStatement) }
        while true {
            switch sqlite3_step(statement.sqliteStatement) {
            case SQLITE_ROW: try body(RowCells(statement.sqliteStatement))
            case SQLITE_DONE: return
            case let code:
                throw DatabaseError(resultCode: ResultCode(rawValue: code), message: "a row could not be read", sql: sql)
            }
        }
    }
}

/// Values of one statement, bound in their order: for statements that run for each of very many rows.
package struct CellBinder {
    private let statement: OpaquePointer
    private var column: Int32 = 0

    fileprivate init(_ statement: OpaquePointer) {
        self.statement = statement
    }

    package mutating func bind(_ text: String?) {
        column += 1
        guard var text else {
            sqlite3_bind_null(statement, column)
            return
        }
        _ = text.withUTF8 { bytes in
            // SQLite copies the bytes.
            bytes.withMemoryRebound(to: CChar.self) {
                sqlite3_bind_text(
                    statement, column, $0.baseAddress, Int32($0.count), unsafeBitCast(-1, to: sqlite3_destructor_type.self))
            }
        }
    }

    package mutating func bind(_ number: Int64?) {
        column += 1
        if let number { sqlite3_bind_int64(statement, column, number) } else { sqlite3_bind_null(statement, column) }
    }
}

extension Database {
    /// Runs a statement that gives no rows.
    package func run(sql: String, _ bind: (inout CellBinder) -> Void) throws {
        let statement = try cachedStatement(sql: sql)
        var binder = CellBinder(statement.sqliteStatement)
        bind(&binder)
        let code = sqlite3_step(statement.sqliteStatement)
        let message = lastErrorMessage
        sqlite3_reset(statement.sqliteStatement)
        guard code == SQLITE_DONE else { throw DatabaseError(resultCode: ResultCode(rawValue: code), message: message, sql: sql) }
    }
}
