import Foundation
import Tabular

/// The text of a page in UTF-8, whatever it is written in.
enum PageDecoding {
    private enum Limits {
        /// Browsers look as far for a declaration (HTML Living Standard, section 13.2.3.2).
        static let declaration = 1024
    }

    /// The mark of the byte order first, then what the server says, then the page itself, then the bytes.
    static func utf8(_ bytes: [UInt8], contentType: String) -> [UInt8] {
        let declared = name(in: Array(contentType.utf8)) ?? name(in: Array(bytes.prefix(Limits.declaration)))
        return DecodedText(bytes, said: declared).bytes
    }

    /// The word behind `charset=`.
    private static func name(in bytes: [UInt8]) -> String? {
        let text = String(decoding: bytes, as: UTF8.self).lowercased()
        guard let found = text.range(of: "charset") else { return nil }
        let rest = text[found.upperBound...].drop { $0 == " " }
        guard rest.first == "=" else { return nil }
        let name = rest.dropFirst().drop { $0 == " " || $0 == "\"" || $0 == "'" }
            .prefix { $0.isLetter || $0.isNumber || $0 == "-" || $0 == "_" || $0 == ":" || $0 == "." }
        return name.isEmpty ? nil : String(name)
    }
}
