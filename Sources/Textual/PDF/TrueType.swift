/// The tables of a TrueType font that tell what its glyphs mean: cmap and post (OpenType 1.9).
struct TrueType {
    private let bytes: [UInt8]
    /// Code points by glyph.
    private(set) var unicode: [UInt32: UInt32] = [:]
    /// Glyphs by code, of fonts with codes of their own.
    private var symbols: [UInt32: UInt32] = [:]
    /// Whether there are codes of Microsoft's table for symbols.
    private var isSymbolic = false
    private var names: [UInt32: String] = [:]
    /// Tables that were read, and codes that may still be: several tables may point to the same place.
    private var seen: Set<Int> = []
    private var left = 1_000_000

    init?(_ bytes: [UInt8]) {
        self.bytes = bytes
        guard let count = number(4, 2), count <= 4096 else { return nil }
        for table in 0..<count {
            let place = 12 + table * 16
            guard let tag = number(place, 4), let offset = number(place + 8, 4) else { return nil }
            // "cmap" and "post".
            if tag == 0x636D_6170, seen.insert(offset).inserted { readMaps(offset) }
            if tag == 0x706F_7374, names.isEmpty { readNames(offset) }
        }
    }

    private func number(_ place: Int, _ size: Int) -> Int? {
        guard place >= 0, place + size <= bytes.count else { return nil }
        var value = 0
        for byte in bytes[place..<(place + size)] { value = value << 8 | Int(byte) }
        return value
    }

    private mutating func readMaps(_ start: Int) {
        guard let count = number(start + 2, 2), count <= 100 else { return }
        for map in 0..<count {
            let place = start + 4 + map * 8
            guard let platform = number(place, 2), let encoding = number(place + 2, 2), let offset = number(place + 4, 4) else {
                return
            }
            guard seen.insert(start + offset).inserted else { continue }
            if platform == 3, encoding == 0 { isSymbolic = true }
            let isUnicode = platform == 0 || platform == 3 && (encoding == 1 || encoding == 10)
            for (code, glyph) in codes(start + offset) {
                if isUnicode {
                    if unicode[glyph] == nil { unicode[glyph] = code }
                } else {
                    symbols[platform == 3 ? code & 0xFF : code] = glyph
                }
            }
        }
    }

    private mutating func codes(_ start: Int) -> [(code: UInt32, glyph: UInt32)] {
        var found: [(code: UInt32, glyph: UInt32)] = []
        guard let format = number(start, 2) else { return found }
        func body(_ code: UInt32, _ glyph: UInt32) { if found.count < left { found.append((code, glyph)) } }
        switch format {
        case 0:
            for code in 0..<256 { if let glyph = number(start + 6 + code, 1), glyph > 0 { body(UInt32(code), UInt32(glyph)) } }
        case 4:
            guard let double = number(start + 6, 2) else { return found }
            let ends = start + 14
            var looked = 0
            for segment in 0..<(double / 2) {
                guard let end = number(ends + segment * 2, 2), let first = number(ends + double + 2 + segment * 2, 2),
                    let delta = number(ends + 2 * double + 2 + segment * 2, 2),
                    case let place = ends + 3 * double + 2 + segment * 2, let range = number(place, 2), first <= end
                else { continue }
                // Also codes that lead nowhere cost time.
                looked += end - first
                guard found.count < left, looked < 1_000_000 else { break }
                for code in first...end where code < 0xFFFF {
                    if range == 0 {
                        body(UInt32(code), UInt32((code + delta) & 0xFFFF))
                    } else if let glyph = number(place + range + 2 * (code - first), 2), glyph > 0 {
                        body(UInt32(code), UInt32((glyph + delta) & 0xFFFF))
                    }
                }
            }
        case 6:
            guard let first = number(start + 6, 2), let count = number(start + 8, 2) else { return found }
            for place in 0..<count {
                if let glyph = number(start + 10 + 2 * place, 2), glyph > 0 { body(UInt32(first + place), UInt32(glyph)) }
            }
        case 12:
            guard let count = number(start + 12, 4), count <= 100_000 else { return found }
            var total = 0
            for group in 0..<count {
                let place = start + 16 + group * 12
                guard let first = number(place, 4), let end = number(place + 4, 4), let glyph = number(place + 8, 4),
                    first <= end,
                    end <= 0x10FFFF, glyph <= 0xFFFF
                else { break }
                total += end - first
                guard total <= 1_000_000, found.count < left else { break }
                for code in first...end { body(UInt32(code), UInt32(glyph + code - first)) }
            }
        default: break
        }
        left -= found.count
        return found
    }

    private mutating func readNames(_ start: Int) {
        // Without a list, glyphs have the standard names in their order.
        guard number(start, 4) == 0x0002_0000, let count = number(start + 32, 2) else { return }
        var texts: [String] = []
        var place = start + 34 + 2 * count
        while let length = number(place, 1), place + 1 + length <= bytes.count, texts.count < 65_536 {
            texts.append(String(decoding: bytes[(place + 1)..<(place + 1 + length)], as: UTF8.self))
            place += 1 + length
        }
        for glyph in 0..<count {
            guard let index = number(start + 34 + 2 * glyph, 2) else { continue }
            names[UInt32(glyph)] =
                index < 258
                ? Self.standardNames[index] : texts.indices.contains(index - 258) ? texts[index - 258] : nil
        }
    }

    func text(glyph: UInt32) -> String? {
        if let code = unicode[glyph], code >= 32, !(0xE000...0xF8FF ~= code) {
            return Unicode.Scalar(code).map { String(Character($0)) }
        }
        return names[glyph].flatMap(GlyphNames.text)
    }

    /// What a code of a font with codes of its own means; where the font has no names, the letter of that code is meant.
    func text(code: UInt32) -> String? {
        guard let glyph = symbols[code] else { return nil }
        if let text = text(glyph: glyph) { return text }
        guard isSymbolic, code < 256 else { return nil }
        return GlyphNames.encoding(.winansi)[Int(code)].flatMap(GlyphNames.text)
    }

    /// The 258 names that fonts for the Macintosh had: those of its encoding, and some more.
    private static let standardNames: [String?] = {
        let encoding = GlyphNames.encoding(.macroman)
        let more =
            "Lslash lslash Scaron scaron Zcaron zcaron brokenbar Eth eth Yacute yacute Thorn thorn minus multiply onesuperior twosuperior "
            + "threesuperior onehalf onequarter threequarters franc Gbreve gbreve Idotaccent Scedilla scedilla Cacute cacute Ccaron ccaron dcroat"
        return [nil, nil, nil] + encoding[32...126] + encoding[128...255] + more.split(separator: " ").map(String.init)
    }()
}
