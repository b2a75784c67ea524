import Tabular

extension StringProtocol {
    /// Without white space around it and at the ends of its lines.
    var trimmedLines: String {
        var lines = split(separator: "\n", omittingEmptySubsequences: false).map { line -> Substring in
            var rest = Substring(line)
            while let last = rest.unicodeScalars.last, last.properties.isWhitespace { rest.unicodeScalars.removeLast() }
            return rest
        }
        while lines.last?.isEmpty == true { lines.removeLast() }
        guard let start = lines.firstIndex(where: { !$0.isEmpty }) else { return "" }
        lines.removeFirst(start)
        var first = lines[0]
        while let scalar = first.unicodeScalars.first, scalar.properties.isWhitespace { first.unicodeScalars.removeFirst() }
        lines[0] = first
        return lines.joined(separator: "\n")
    }
}

extension String {
    /// The last part of a path, whichever slashes it has: a name that a file gives to another is no path.
    var lastPathPart: String? { split(whereSeparator: { $0 == "/" || $0 == "\\" }).last.map(String.init) }
}

extension UInt8 {
    /// Of a digit in hexadecimal.
    var hexadecimal: UInt8? {
        switch self {
        case 0x30...0x39: self - 0x30
        case 0x41...0x46: self - 0x41 + 10
        case 0x61...0x66: self - 0x61 + 10
        default: nil
        }
    }
}

extension [UInt8] {
    /// UTF-8 of an XML document: it is UTF-8, or has the byte order mark of UTF-16, or names its encoding in its first line (XML 1.0,
    /// section 4.3.3 and appendix F).
    var asUTF8: [UInt8] {
        if starts(with: [0xEF, 0xBB, 0xBF]) { return Array(dropFirst(3)) }
        let isWide = starts(with: [0xFF, 0xFE]) || starts(with: [0xFE, 0xFF]) || prefix(4).contains(0)
        guard isWide || starts(with: Array("<?xml".utf8)) else { return self }
        if isWide { return DecodedText(self).bytes }
        let line = String(decoding: prefix(200).prefix { $0 != UInt8(ascii: ">") }, as: UTF8.self)
        guard let name = line.firstMatch(of: /encoding\s*=\s*["']([^"']+)/)?.1, name.lowercased() != "utf-8" else { return self }
        return DecodedText(self, said: String(name)).bytes
    }
}

/// Letters of fonts that have pictures in the places of letters, as far as Unicode has them.
enum SymbolFont {
    static func text(_ code: UInt32, font: String) -> String {
        let font = font.lowercased()
        if font.hasPrefix("symbol") { return symbol[code].map(String.init) ?? plain(code) }
        if font.hasPrefix("wingdings") { return wingdings[code].map(String.init) ?? "•" }
        return plain(code)
    }

    static func isKnown(_ font: String) -> Bool {
        let font = font.lowercased()
        return font.hasPrefix("symbol") || font.hasPrefix("wingdings")
    }

    /// A text of such a font: its letters stand at U+F000 and behind.
    static func text(of text: String, font: String) -> String {
        guard text.unicodeScalars.contains(where: { 0xF000...0xF0FF ~= $0.value }) else { return text }
        return text.unicodeScalars.map { 0xF000...0xF0FF ~= $0.value ? Self.text($0.value & 0xFF, font: font) : String($0) }
            .joined()
    }

    private static func plain(_ code: UInt32) -> String {
        0x20...0x7E ~= code ? Unicode.Scalar(code).map { String(Character($0)) } ?? "" : "•"
    }

    /// Adobe's Symbol encoding, where it differs from ASCII (PDF 32000-1, annex D.5).
    private static let symbol: [UInt32: Character] = {
        let greek: [(UInt32, String)] = [
            (0x41, "ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ"), (0x61, "αβχδεφγηιϕκλμνοπθρστυϖωξψζ"),
            (0xA1, "ϒ′≤⁄∞ƒ♣♦♥♠↔←↑→↓°±″≥×∝∂•÷≠≡≈…"), (0xC0, "ℵℑℜ℘⊗⊕∅∩∪⊃⊇⊄⊂⊆∈∉∠∇®©™∏√⋅¬∧∨⇔⇐⇑⇒⇓◊〈®©™∑"),
        ]
        var table: [UInt32: Character] = [
            0x22: "∀", 0x24: "∃", 0x27: "∋", 0x2A: "∗", 0x2D: "−", 0x40: "≅", 0x5C: "∴", 0x5E: "⊥", 0x7E: "∼",
        ]
        for (start, letters) in greek { for (place, letter) in letters.enumerated() { table[start + UInt32(place)] = letter } }
        return table
    }()

    private static let wingdings: [UInt32: Character] = [
        0x4A: "☺", 0x4C: "☹", 0x6C: "●", 0x6E: "■", 0x6F: "□", 0x71: "❑", 0x76: "❖", 0xA7: "▪", 0xA8: "◻", 0xD8: "➢", 0xE0: "→",
        0xDF: "←", 0xFB: "✗", 0xFC: "✓", 0xFD: "☒", 0xFE: "☑",
    ]
}
