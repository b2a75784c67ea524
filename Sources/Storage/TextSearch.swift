import Foundation
import GRDB
import GRDBSQLite

/// The SQL function `holds(text, part)`: whether the bytes of the part stand in the text. `instr`, which counts characters, takes twice
/// as long.
enum TextSearch {
    static func add(to db: Database) {
        sqlite3_create_function_v2(
            db.sqliteConnection, "holds", 2, SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS, nil,
            { context, _, values in
                guard let values, let text = sqlite3_value_text(values[0]), let part = sqlite3_value_text(values[1]) else {
                    return sqlite3_result_null(context)
                }
                let isFound = TextSearch.holds(
                    text, Int(sqlite3_value_bytes(values[0])), part, Int(sqlite3_value_bytes(values[1])))
                sqlite3_result_int(context, isFound ? 1 : 0)
            }, nil, nil, nil)
    }

    private static func holds(_ text: UnsafePointer<UInt8>, _ count: Int, _ part: UnsafePointer<UInt8>, _ length: Int) -> Bool {
        guard length > 1 else { return length == 0 || memchr(text, Int32(part[0]), count) != nil }
        // Two bytes at once: one letter is in nearly every text.
        let first = UnsafeRawPointer(part).loadUnaligned(as: UInt16.self)
        let raw = UnsafeRawPointer(text)
        var i = 0
        while i + length <= count {
            if raw.loadUnaligned(fromByteOffset: i, as: UInt16.self) == first, memcmp(text + i, part, length) == 0 { return true }
            i += 1
        }
        return false
    }
}
