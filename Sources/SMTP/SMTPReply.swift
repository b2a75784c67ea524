/// A reply of a mail server (RFC 5321 section 4.2): a code and one or more lines.
package struct SMTPReply: Equatable, Sendable {
    package let code: Int
    /// The finer code of RFC 3463, when the server gives one that belongs to its code.
    package let enhanced: EnhancedCode?
    /// Without codes; characters that could steer a terminal or a log are replaced.
    package let lines: [String]

    package init(code: Int, enhanced: EnhancedCode? = nil, lines: [String]) {
        self.code = code
        self.enhanced = enhanced
        self.lines = lines
    }

    /// - Parameter lines: what stands behind the code on each line, as the server sent it.
    init(code: Int, rawLines: [[UInt8]]) {
        // Some servers write `550 #5.1.0 …`.
        let texts = rawLines.map(Self.harmless).map { text in
            let rest = String(text.dropFirst())
            return text.hasPrefix("#") && EnhancedCode(leading: rest) != nil ? rest : text
        }
        let enhanced = texts.first.flatMap { EnhancedCode(leading: $0) }.flatMap { $0.kind == code / 100 ? $0 : nil }
        self.code = code
        self.enhanced = enhanced
        lines = texts.map { text in
            guard let enhanced, EnhancedCode(leading: text) == enhanced else { return text }
            return String(text.dropFirst(enhanced.description.count).drop { $0 == " " })
        }
    }

    package var text: String { lines.filter { !$0.isEmpty }.joined(separator: " ") }

    /// The same reply without these words, for servers that repeat what they were sent.
    func withholding(_ secrets: [String]) -> SMTPReply {
        guard !secrets.isEmpty else { return self }
        let lines = lines.map { line in secrets.contains { line.contains($0) } ? "(not shown)" : line }
        return SMTPReply(code: code, enhanced: enhanced, lines: lines)
    }

    private static func harmless(_ bytes: [UInt8]) -> String {
        var text = String.UnicodeScalarView()
        for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator: text.append("\u{FFFD}")
            default: text.append(scalar)
            }
        }
        return String(text)
    }
}

/// Such as 5.1.1, no such mailbox (RFC 3463).
package struct EnhancedCode: Equatable, Sendable, CustomStringConvertible {
    /// 2 success, 4 not now, 5 never.
    package let kind: Int
    package let subject: Int
    package let detail: Int

    package init(_ kind: Int, _ subject: Int, _ detail: Int) {
        self.kind = kind
        self.subject = subject
        self.detail = detail
    }

    /// - Returns: nil unless the text begins with one, alone or before a space.
    init?(leading text: String) {
        let word = text.prefix { $0 != " " }
        let parts = word.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, parts.allSatisfy({ (1...3).contains($0.utf8.count) }),
            word.utf8.allSatisfy({ $0 == UInt8(ascii: ".") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            let kind = Int(parts[0]), let subject = Int(parts[1]), let detail = Int(parts[2]), [2, 4, 5].contains(kind)
        else { return nil }
        self.init(kind, subject, detail)
        guard description == word else { return nil }
    }

    package var description: String { "\(kind).\(subject).\(detail)" }
}
