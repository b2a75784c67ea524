import Core
import Foundation

/// The name of an object, such as `input/<job>/<file>`: folders divided by `/`, safe as a path below the store.
package struct ObjectKey: Sendable, Hashable, CustomStringConvertible {
    package let text: String

    package var description: String { text }
    package var firstPart: String { text.split(separator: "/").first.map(String.init) ?? text }
    package var lastPart: String { text.split(separator: "/").last.map(String.init) ?? text }

    /// - Throws: `Failure` `invalid_key` for empty, `.` or `..` parts, NUL, control characters or over-long names.
    package init(_ text: String) throws {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        let isSafe =
            text.utf8.count <= Limits.keyBytes
            && parts.allSatisfy { part in
                !part.isEmpty && part != "." && part != ".." && part.utf8.count <= Limits.partBytes
                    && part.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }
            }
        guard isSafe else { throw Failure(.invalid, "invalid_key", "The object key is not valid.") }
        self.text = text
    }

    /// A file name as somebody sent it, made fit to be the last part of a key: no folders, no control characters, not too long.
    package static func part(from fileName: String) -> String {
        let last = fileName.split(whereSeparator: { $0 == "/" || $0 == "\\" }).last.map(String.init) ?? ""
        var scalars = String.UnicodeScalarView()
        for scalar in last.unicodeScalars { scalars.append(scalar.value < 0x20 || scalar.value == 0x7F ? "_" : scalar) }
        var name = String(scalars).trimmed
        while name.utf8.count > Limits.fileNameBytes { name.removeFirst() }
        return name.isEmpty || name.allSatisfy({ $0 == "." }) ? "file" : name
    }

    package enum Limits {
        /// As S3: a key has at most 1024 bytes.
        package static let keyBytes = 1024
        /// What a file name may have on the file systems that Linux knows.
        package static let partBytes = 255
        /// Leaves room for `_processed.parquet` and the like.
        package static let fileNameBytes = 200
    }
}
