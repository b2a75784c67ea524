import Core
import Foundation

/// Text on its way into a header. It holds no control character, so no text can begin a header of its own, and it is
/// folded and encoded (RFC 2047) where it must be.
struct HeaderText: Sendable {
    private let text: String

    /// - Throws: `Failure` `invalid_mail` for CR, LF, NUL, every other control, and text that has no end.
    init(_ text: String) throws {
        let isShort = text.utf8.count <= SMTPLimits.headerOctets
        let isSound =
            isShort
            && text.unicodeScalars.allSatisfy { scalar in
                switch scalar.properties.generalCategory {
                case .control, .lineSeparator, .paragraphSeparator: false
                default: true
                }
            }
        guard isSound else {
            throw Failure(.invalid, "invalid_mail", "The subject or a name of a mail holds control characters or is too long.")
        }
        self.text = text
    }

    /// For a subject, which begins at this column of its line.
    func unstructured(from column: Int) -> String { isPlain ? folded(from: column) : encodedWords(from: column) }

    /// For a name before an address: as a quoted string, or encoded.
    func phrase(from column: Int) -> String {
        guard isPlain, column + text.utf8.count * 2 <= SMTPLimits.lineOctets else { return encodedWords(from: column) }
        let escaped = text.flatMap { $0 == "\"" || $0 == "\\" ? ["\\", $0] : [$0] }
        return "\"\(String(escaped))\""
    }

    /// Printable ASCII that needs no encoding to survive folding and unfolding, and is not taken for an encoded word.
    private var isPlain: Bool {
        text.utf8.allSatisfy { (0x20...0x7E).contains($0) } && !text.contains("=?") && !text.contains("  ")
            && text.trimmed == text
            && text.split(separator: " ").allSatisfy { $0.utf8.count <= SMTPLimits.lineOctets / 2 }
    }

    private func folded(from column: Int) -> String {
        var out = ""
        var width = column
        for word in text.split(separator: " ") {
            if out.isEmpty {
                width += word.utf8.count
                out += word
            } else if width + 1 + word.utf8.count <= SMTPLimits.lineOctets {
                width += 1 + word.utf8.count
                out += " " + word
            } else {
                width = 1 + word.utf8.count
                out += "\r\n " + word
            }
        }
        return out
    }

    /// Base64, each word a whole number of characters and of base64 groups; a reader joins neighbours without a gap.
    private func encodedWords(from column: Int) -> String {
        let (begin, end) = ("=?UTF-8?B?", "?=")
        let room = { (column: Int) in
            (min(SMTPLimits.lineOctets - column, SMTPLimits.encodedWordOctets) - begin.utf8.count - end.utf8.count) / 4 * 3
        }
        var words: [[UInt8]] = [[]]
        for scalar in text.unicodeScalars {
            let bytes = Array(String(scalar).utf8)
            if words[words.count - 1].count + bytes.count > room(words.count == 1 ? column : 1) { words.append([]) }
            words[words.count - 1] += bytes
        }
        return words.map { begin + Data($0).base64EncodedString() + end }.joined(separator: "\r\n ")
    }
}
