/// A CMap (ISO 32000-2, section 9.7.5; Adobe Technical Note 5014): codes of one to four bytes, and what they stand for.
struct CharacterMap {
    /// How many bytes the codes of a range have.
    private struct CodeSpace {
        let length: Int
        let first: UInt32
        let last: UInt32
    }

    private struct Interval {
        let first: UInt32
        let last: UInt32
        let start: UInt32
    }

    private var spaces: [CodeSpace] = []
    private var texts: [UInt32: String] = [:]
    private var textRanges: [Interval] = []
    private var numbers: [Interval] = []
    private(set) var isVertical = false

    static let identity: CharacterMap = {
        var map = CharacterMap()
        map.spaces = [CodeSpace(length: 2, first: 0, last: 0xFFFF)]
        map.numbers = [Interval(first: 0, last: 0xFFFF, start: 0)]
        map.isIdentity = true
        return map
    }()

    private init() {}

    private static let mostEntries = 1_000_000

    init(_ bytes: [UInt8]) {
        var lexer = PDFLexer(bytes)
        var operands: [PDFObject] = []
        while let value = lexer.next(references: false) {
            guard case .keyword(let word) = value else {
                if operands.count < 100_000 { operands.append(value) }
                continue
            }
            switch word {
            case "endcodespacerange":
                for pair in stride(from: 0, to: operands.count - 1, by: 2) {
                    guard let low = operands[pair].string, let high = operands[pair + 1].string, 1...4 ~= low.count,
                        spaces.count < 100
                    else {
                        continue
                    }
                    spaces.append(CodeSpace(length: low.count, first: Self.number(low), last: Self.number(high)))
                }
            case "endbfchar":
                for pair in stride(from: 0, to: operands.count - 1, by: 2) {
                    guard let code = operands[pair].string, texts.count < Self.mostEntries else { continue }
                    if let text = operands[pair + 1].string { texts[Self.number(code)] = Self.text(text) }
                    if let name = operands[pair + 1].name { texts[Self.number(code)] = GlyphNames.text(name) }
                }
            case "endbfrange": ranges(operands)
            case "endcidchar":
                for pair in stride(from: 0, to: operands.count - 1, by: 2) {
                    guard let code = operands[pair].string, let number = operands[pair + 1].int, number >= 0 else { continue }
                    numbers.append(Interval(first: Self.number(code), last: Self.number(code), start: UInt32(clamping: number)))
                }
            case "endcidrange":
                for triple in stride(from: 0, to: operands.count - 2, by: 3) {
                    guard let low = operands[triple].string, let high = operands[triple + 1].string,
                        let number = operands[triple + 2].int, number >= 0
                    else { continue }
                    numbers.append(Interval(first: Self.number(low), last: Self.number(high), start: UInt32(clamping: number)))
                }
            case "def":
                if operands.count >= 2, operands[operands.count - 2].name == "WMode" { isVertical = operands.last?.int == 1 }
            default: break
            }
            operands.removeAll(keepingCapacity: true)
        }
        numbers.sort { $0.first < $1.first }
        textRanges.sort { $0.first < $1.first }
    }

    private mutating func ranges(_ operands: [PDFObject]) {
        for triple in stride(from: 0, to: operands.count - 2, by: 3) {
            guard let low = operands[triple].string.map(Self.number), let high = operands[triple + 1].string.map(Self.number),
                low <= high
            else { continue }
            if let list = operands[triple + 2].array {
                for (place, value) in list.prefix(Int(high - low) + 1).enumerated() where texts.count < Self.mostEntries {
                    if let text = value.string { texts[low + UInt32(place)] = Self.text(text) }
                }
            } else if let bytes = operands[triple + 2].string {
                let units = bytes.count
                if units == 2 {
                    textRanges.append(Interval(first: low, last: high, start: Self.number(bytes)))
                } else {
                    // The last byte counts on.
                    for step in 0...min(high - low, 255) where texts.count < Self.mostEntries {
                        var own = bytes
                        guard let last = own.popLast() else { break }
                        own.append(UInt8(truncatingIfNeeded: UInt32(last) + step))
                        texts[low + step] = Self.text(own)
                    }
                }
            }
        }
    }

    private static func number(_ bytes: [UInt8]) -> UInt32 { bytes.suffix(4).reduce(0) { $0 << 8 | UInt32($1) } }

    private static func text(_ bytes: [UInt8]) -> String {
        if bytes.count == 1 { return Unicode.Scalar(UInt32(bytes[0])).map { String(Character($0)) } ?? "" }
        var units: [UInt16] = []
        for place in stride(from: 0, to: bytes.count - 1, by: 2) {
            units.append(UInt16(bytes[place]) << 8 | UInt16(bytes[place + 1]))
        }
        return String(decoding: units, as: UTF16.self)
    }

    // MARK: Looking up

    private(set) var isIdentity = false

    var hasTexts: Bool { !texts.isEmpty || !textRanges.isEmpty }

    func text(_ code: UInt32) -> String? {
        if let text = texts[code] { return text }
        guard let range = Self.find(code, in: textRanges) else { return nil }
        return Unicode.Scalar(range.start &+ (code - range.first)).map { String(Character($0)) }
    }

    func number(_ code: UInt32) -> UInt32? {
        Self.find(code, in: numbers).map { $0.start &+ (code - $0.first) }
    }

    private static func find(_ code: UInt32, in ranges: [Interval]) -> Interval? {
        var (low, high) = (0, ranges.count)
        while low < high {
            let middle = (low + high) / 2
            if ranges[middle].first <= code { low = middle + 1 } else { high = middle }
        }
        // Ranges may lie in each other; the nearest ones before are looked at.
        for place in stride(from: low - 1, through: max(0, low - 4), by: -1) where ranges[place].last >= code {
            return ranges[place]
        }
        return nil
    }

    /// The next code of a text, and how many bytes it has.
    func code(_ bytes: [UInt8], at place: Int, standard: Int) -> (code: UInt32, length: Int) {
        var code: UInt32 = 0
        if !spaces.isEmpty {
            for length in 1...4 where place + length <= bytes.count {
                code = code << 8 | UInt32(bytes[place + length - 1])
                if spaces.contains(where: { $0.length == length && Self.isInside(code, $0) }) { return (code, length) }
            }
        }
        let length = min(spaces.map(\.length).min() ?? standard, bytes.count - place)
        return (bytes[place..<(place + length)].reduce(0) { $0 << 8 | UInt32($1) }, max(1, length))
    }

    /// Each byte within its own bounds.
    private static func isInside(_ code: UInt32, _ space: CodeSpace) -> Bool {
        for shift in 0..<UInt32(space.length) {
            let (byte, low, high) = (code >> (8 * shift) & 255, space.first >> (8 * shift) & 255, space.last >> (8 * shift) & 255)
            if byte < low || byte > high { return false }
        }
        return true
    }
}
