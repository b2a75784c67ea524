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
        let last = count - length
        let raw = UnsafeRawPointer(text)
        let (first, second) = (eight(part[0]), eight(part[1]))
        var i = 0
        // Eight places at once: the first two bytes of the part leave a zero byte where both stand.
        while i + 9 <= count {
            let places =
                (UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: i, as: UInt64.self)) ^ first)
                | (UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: i + 1, as: UInt64.self)) ^ second)
            let zeros = (places &- eight(0x01)) & ~places & eight(0x80)
            guard zeros != 0 else {
                i += 8
                continue
            }
            i += zeros.trailingZeroBitCount / 8
            guard i <= last else { return false }
            if memcmp(text + i, part, length) == 0 { return true }
            i += 1
        }
        while i <= last {
            if memcmp(text + i, part, length) == 0 { return true }
            i += 1
        }
        return false
    }

    private static func eight(_ byte: UInt8) -> UInt64 { UInt64(byte) &* 0x0101_0101_0101_0101 }
}
