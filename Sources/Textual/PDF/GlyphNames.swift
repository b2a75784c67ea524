import CGlyphs

/// What glyphs are called and what they mean, and how wide those of the standard fonts are.
enum GlyphNames {
    /// Code points by glyph name.
    private static let names: [String: [UInt32]] = {
        var names: [String: [UInt32]] = [:]
        names.reserveCapacity(4600)
        for line in lines(quern_glyph_names()) {
            let parts = line.split(separator: " ")
            guard let name = parts.first else { continue }
            names[String(name)] = parts.dropFirst().compactMap { UInt32($0, radix: 16) }
        }
        return names
    }()

    /// 256 names by encoding; nil for none.
    private static let encodings: [String: [String?]] = {
        var found: [String: [String?]] = [:]
        for line in lines(quern_glyph_encodings()) {
            let parts = line.split(separator: " ")
            guard parts.count == 257 else { continue }
            found[String(parts[0])] = parts.dropFirst().map { $0 == "-" ? nil : String($0) }
        }
        return found
    }()

    private static let standardWidths: [String: [String: Double]] = {
        var found: [String: [String: Double]] = [:]
        for line in lines(quern_glyph_widths()) {
            let parts = line.split(separator: " ")
            guard let name = parts.first else { continue }
            var widths: [String: Double] = [:]
            for place in stride(from: 1, to: parts.count - 1, by: 2) { widths[String(parts[place])] = Double(parts[place + 1]) }
            found[String(name)] = widths
        }
        return found
    }()

    /// Names that fonts of the Compact Font Format know by number.
    static let standardStrings: [String] = lines(quern_glyph_strings()).map(String.init)

    private static func lines(_ table: quern_glyph_table) -> [Substring] {
        String(decoding: UnsafeBufferPointer(start: table.bytes, count: table.length), as: UTF8.self).split(separator: "\n")
    }

    enum Encoding: String { case standard, winansi, macroman, symbol, zapfdingbats }

    static func encoding(_ encoding: Encoding) -> [String?] {
        encodings[encoding.rawValue] ?? [String?](repeating: nil, count: 256)
    }

    /// The text of a glyph by its name (Adobe Glyph List Specification, section 2); nil for a name that says nothing.
    static func text(_ name: String) -> String? {
        if let known = names[name] { return text(known) }
        let stem = name.prefix { $0 != "." }
        guard !stem.isEmpty else { return nil }
        let parts = stem.split(separator: "_")
        var out = ""
        for part in parts {
            if let known = names[String(part)].flatMap(text) {
                out += known
            } else if part.hasPrefix("uni"), part.count >= 7, (part.count - 3) % 4 == 0 {
                var rest = part.dropFirst(3)
                while !rest.isEmpty {
                    guard let code = UInt32(rest.prefix(4), radix: 16), let scalar = Unicode.Scalar(code) else { return nil }
                    out.unicodeScalars.append(scalar)
                    rest = rest.dropFirst(4)
                }
            } else if part.hasPrefix("u"), 5...7 ~= part.count, let code = UInt32(part.dropFirst(), radix: 16),
                let scalar = Unicode.Scalar(code)
            {
                out.unicodeScalars.append(scalar)
            } else {
                return nil
            }
        }
        return out.isEmpty ? nil : out
    }

    private static func text(_ codes: [UInt32]) -> String {
        var out = ""
        for code in codes { if let scalar = Unicode.Scalar(code) { out.unicodeScalars.append(scalar) } }
        return out
    }

    /// Widths in thousandths by glyph name, of one of the fourteen fonts that every reader has, or the one most like it.
    static func widths(ofFont name: String) -> [String: Double] {
        let lower = name.split(separator: "+").last.map { $0.lowercased() } ?? ""
        let isBold = lower.contains("bold") || lower.contains("black")
        let isSlanted = lower.contains("italic") || lower.contains("oblique")
        let key =
            if lower.contains("courier") || lower.contains("mono") {
                "Courier"
            } else if lower.contains("symbol") {
                "Symbol"
            } else if lower.contains("dingbats") {
                "ZapfDingbats"
            } else if lower.contains("times") || lower.contains("serif") && !lower.contains("sans") || lower.contains("roman") {
                isBold ? (isSlanted ? "Times-BoldItalic" : "Times-Bold") : isSlanted ? "Times-Italic" : "Times-Roman"
            } else {
                isBold ? "Helvetica-Bold" : "Helvetica"
            }
        return standardWidths[key] ?? [:]
    }
}
