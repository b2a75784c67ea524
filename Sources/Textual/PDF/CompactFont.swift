/// The names of the glyphs of a font in the Compact Font Format, and the encoding inside of it (Adobe Technical Note 5176).
struct CompactFont {
    private let bytes: [UInt8]
    /// Whether glyphs are known by numbers of a collection, and have no names.
    private(set) var hasNumbers = false
    /// By glyph; of a collection their numbers instead.
    private var glyphs: [Int] = []
    private var strings: [Range<Int>] = []
    private var codes: [Int: Int] = [:]
    private var standard = false

    private static let mostGlyphs = 65_536

    init?(_ bytes: [UInt8]) {
        self.bytes = bytes
        guard bytes.count > 4, let names = index(at: Int(bytes[2])), let tops = index(at: names.end),
            let first = tops.items.first,
            let strings = index(at: tops.end)
        else { return nil }
        self.strings = strings.items
        let top = dictionary(first)
        hasNumbers = top[1230] != nil
        guard let outlines = top[17]?.first, let charStrings = index(at: outlines) else { return nil }
        readGlyphs(top[15]?.first ?? 0, count: min(charStrings.items.count, Self.mostGlyphs))
        readCodes(top[16]?.first ?? 0)
    }

    /// 256 names; nil where the font says nothing.
    var encoding: [String?]? {
        if standard { return GlyphNames.encoding(.standard) }
        guard !codes.isEmpty else { return nil }
        return (0..<256).map { code in codes[code].flatMap { glyphs.indices.contains($0) ? name(glyphs[$0]) : nil } }
    }

    /// The name of a glyph; nil in a font of numbers.
    func name(glyph: Int) -> String? { hasNumbers || !glyphs.indices.contains(glyph) ? nil : name(glyphs[glyph]) }

    private func name(_ number: Int) -> String? {
        let known = GlyphNames.standardStrings
        if number < known.count { return known[number] }
        let own = number - known.count
        return strings.indices.contains(own) ? String(decoding: bytes[strings[own]], as: UTF8.self) : nil
    }

    /// The table of an OpenType font that holds the glyphs; any other font is that table.
    static func table(of bytes: [UInt8]) -> [UInt8] {
        guard bytes.starts(with: Array("OTTO".utf8)), bytes.count > 12 else { return bytes }
        let count = Int(bytes[4]) << 8 | Int(bytes[5])
        for table in 0..<count {
            let place = 12 + 16 * table
            guard place + 16 <= bytes.count else { break }
            guard bytes[place..<(place + 4)].elementsEqual("CFF ".utf8) else { continue }
            func number(_ at: Int) -> Int { bytes[at..<(at + 4)].reduce(0) { $0 << 8 | Int($1) } }
            let (start, length) = (number(place + 8), number(place + 12))
            guard start < bytes.count else { return [] }
            return Array(bytes[start..<min(bytes.count, start + length)])
        }
        return []
    }

    // MARK: Structure

    private func number(_ place: Int, _ size: Int) -> Int? {
        guard place >= 0, size > 0, place + size <= bytes.count else { return nil }
        return bytes[place..<(place + size)].reduce(0) { $0 << 8 | Int($1) }
    }

    /// Items behind a list of where they begin (section 5).
    private func index(at place: Int) -> (items: [Range<Int>], end: Int)? {
        guard let count = number(place, 2) else { return nil }
        guard count > 0 else { return ([], place + 2) }
        guard let size = number(place + 2, 1), 1...4 ~= size else { return nil }
        let base = place + 3 + (count + 1) * size - 1
        guard base < bytes.count else { return nil }
        var items: [Range<Int>] = []
        items.reserveCapacity(count)
        guard var start = number(place + 3, size) else { return nil }
        for item in 1...count {
            guard let end = number(place + 3 + item * size, size), end >= start, base + end <= bytes.count else { return nil }
            items.append((base + start)..<(base + end))
            start = end
        }
        return (items, base + start)
    }

    /// Whole numbers by their operator; one of two bytes has 1200 added (section 4).
    private func dictionary(_ range: Range<Int>) -> [Int: [Int]] {
        var values: [Int: [Int]] = [:]
        var operands: [Int] = []
        var place = range.lowerBound
        while place < range.upperBound {
            let byte = Int(bytes[place])
            place += 1
            switch byte {
            case 0...21:
                var key = byte
                if byte == 12, place < range.upperBound {
                    key = 1200 + Int(bytes[place])
                    place += 1
                }
                values[key] = operands
                operands = []
            case 28:
                operands.append(Int(Int16(truncatingIfNeeded: number(place, 2) ?? 0)))
                place += 2
            case 29:
                operands.append(Int(Int32(truncatingIfNeeded: number(place, 4) ?? 0)))
                place += 4
            case 30:
                // Digits of a fraction, which nothing here needs.
                while place < range.upperBound, bytes[place] & 0xF != 0xF, bytes[place] >> 4 != 0xF { place += 1 }
                place += 1
                operands.append(0)
            case 32...246: operands.append(byte - 139)
            case 247...250:
                operands.append((byte - 247) * 256 + (number(place, 1) ?? 0) + 108)
                place += 1
            case 251...254:
                operands.append(-(byte - 251) * 256 - (number(place, 1) ?? 0) - 108)
                place += 1
            default: break
            }
        }
        return values
    }

    /// Section 13. The first glyph is always `.notdef`.
    private mutating func readGlyphs(_ place: Int, count: Int) {
        glyphs = [0]
        // Three sets that the format knows; only the first is used by fonts of text.
        guard place > 2 else {
            glyphs = Array(0..<max(1, place == 0 ? min(count, 229) : count))
            return
        }
        guard let format = number(place, 1) else { return }
        var at = place + 1
        while glyphs.count < count {
            guard let first = number(at, 2) else { return }
            switch format {
            case 0:
                glyphs.append(first)
                at += 2
            case 1, 2:
                guard let more = number(at + 2, format) else { return }
                for step in 0...more where glyphs.count < count { glyphs.append(first + step) }
                at += 2 + format
            default: return
            }
        }
    }

    /// Section 12.
    private mutating func readCodes(_ place: Int) {
        guard place > 1 else {
            standard = place == 0
            return
        }
        guard let format = number(place, 1), let count = number(place + 1, 1) else { return }
        var at = place + 2
        var glyph = 1
        for _ in 0..<count {
            guard let code = number(at, 1) else { return }
            if format & 0x7F == 0 {
                codes[code] = glyph
                glyph += 1
                at += 1
            } else {
                for step in 0...(number(at + 1, 1) ?? 0) {
                    codes[code + step] = glyph
                    glyph += 1
                }
                at += 2
            }
        }
        guard format & 0x80 != 0, let more = number(at, 1) else { return }
        // Glyphs with several codes.
        for item in 0..<more {
            guard let code = number(at + 1 + 3 * item, 1), let wanted = number(at + 2 + 3 * item, 2) else { return }
            if let glyph = glyphs.firstIndex(of: wanted) { codes[code] = glyph }
        }
    }
}
