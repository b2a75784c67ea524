/// A value of a PDF file (ISO 32000-2, section 7.3).
indirect enum PDFObject: Sendable {
    case null
    case bool(Bool)
    case number(Double)
    case string([UInt8])
    case name(String)
    case array([PDFObject])
    case dictionary([String: PDFObject])
    case stream(PDFStream)
    case reference(Int)
    /// An operator of a content stream, or a keyword that belongs to none of the others.
    case keyword(String)
}

/// A stream as it stands in the file, still packed.
struct PDFStream: Sendable {
    let dictionary: [String: PDFObject]
    /// In the file; or the bytes themselves, of a stream that stands nowhere.
    let range: Range<Int>
    /// The object that it is, for its key; nil inside an object stream.
    let number: Int
    let generation: Int
}

extension PDFObject {
    var number: Double? { if case .number(let value) = self { value } else { nil } }
    /// Nil beyond 32 bits: no count and no place in a file is so large, and none of what is reckoned with it overflows.
    var int: Int? { number.flatMap { Int32(exactly: $0.rounded(.towardZero)) }.map(Int.init) }
    var name: String? { if case .name(let value) = self { value } else { nil } }
    var string: [UInt8]? { if case .string(let value) = self { value } else { nil } }
    var array: [PDFObject]? { if case .array(let value) = self { value } else { nil } }
    var bool: Bool? { if case .bool(let value) = self { value } else { nil } }

    /// Also of a stream.
    var dictionary: [String: PDFObject]? {
        switch self {
        case .dictionary(let value): value
        case .stream(let stream): stream.dictionary
        default: nil
        }
    }

    var isNull: Bool { if case .null = self { true } else { false } }
}

/// Splits the bytes of a PDF file or of a content stream into values.
struct PDFLexer {
    let bytes: [UInt8]
    var place: Int
    let end: Int

    init(_ bytes: [UInt8], at place: Int = 0, end: Int? = nil) {
        self.bytes = bytes
        self.place = max(0, place)
        self.end = min(bytes.count, end ?? bytes.count)
    }

    private static let deepest = 100

    enum ByteKind: UInt8 { case regular, space, delimiter }

    /// What each byte is (section 7.2.3).
    private static let kinds: [ByteKind] = (0..<256).map { byte in
        switch UInt8(byte) {
        case 0, 9, 10, 12, 13, 32: .space
        case UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "["), UInt8(ascii: "]"),
            UInt8(ascii: "{"), UInt8(ascii: "}"), UInt8(ascii: "/"), UInt8(ascii: "%"):
            .delimiter
        default: .regular
        }
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte <= 32 && kinds[Int(byte)] == .space }
    private static func isRegular(_ byte: UInt8) -> Bool { kinds[Int(byte)] == .regular }

    mutating func skipSpace() {
        while place < end {
            let byte = bytes[place]
            if Self.isSpace(byte) {
                place += 1
            } else if byte == UInt8(ascii: "%") {
                while place < end, bytes[place] != 10, bytes[place] != 13 { place += 1 }
            } else {
                return
            }
        }
    }

    /// The next value; nil at the end. What is broken is a keyword or null, never an error.
    /// - Parameter references: whether `12 0 R` is one value, as it is in files, but not in content streams.
    mutating func next(references: Bool, depth: Int = 0) -> PDFObject? {
        skipSpace()
        guard place < end else { return nil }
        switch bytes[place] {
        case UInt8(ascii: "/"):
            place += 1
            return .name(name())
        case UInt8(ascii: "("): return .string(literal())
        case UInt8(ascii: "<"):
            if place + 1 < end, bytes[place + 1] == UInt8(ascii: "<") {
                place += 2
                return dictionary(references, depth + 1)
            }
            return .string(hexadecimal())
        case UInt8(ascii: "["):
            place += 1
            return array(references, depth + 1)
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."):
            return number(references)
        case UInt8(ascii: "]"), UInt8(ascii: "}"), UInt8(ascii: "{"), UInt8(ascii: ")"):
            place += 1
            return .keyword(String(Character(Unicode.Scalar(bytes[place - 1]))))
        case UInt8(ascii: ">"):
            place += place + 1 < end && bytes[place + 1] == UInt8(ascii: ">") ? 2 : 1
            return .keyword(">>")
        default:
            let start = place
            while place < end, Self.isRegular(bytes[place]) { place += 1 }
            if place == start { place += 1 }
            switch String(decoding: bytes[start..<place], as: UTF8.self) {
            case "true": return .bool(true)
            case "false": return .bool(false)
            case "null": return .null
            case let word: return .keyword(word)
            }
        }
    }

    private mutating func name() -> String {
        let start = place
        var hasCodes = false
        while place < end, Self.isRegular(bytes[place]) {
            if bytes[place] == UInt8(ascii: "#") { hasCodes = true }
            place += 1
        }
        guard hasCodes else { return String(decoding: bytes[start..<place], as: UTF8.self) }
        var out: [UInt8] = []
        var at = start
        while at < place {
            if bytes[at] == UInt8(ascii: "#"), at + 2 < place, let high = Self.digit(bytes[at + 1]),
                let low = Self.digit(bytes[at + 2])
            {
                out.append(high << 4 | low)
                at += 3
            } else {
                out.append(bytes[at])
                at += 1
            }
        }
        return String(decoding: out, as: UTF8.self)
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - 0x30
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - 0x37
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - 0x57
        default: nil
        }
    }

    private mutating func literal() -> [UInt8] {
        place += 1
        var (out, depth) = ([UInt8](), 1)
        while place < end {
            let byte = bytes[place]
            place += 1
            switch byte {
            case UInt8(ascii: "("):
                depth += 1
                out.append(byte)
            case UInt8(ascii: ")"):
                depth -= 1
                if depth == 0 { return out }
                out.append(byte)
            case UInt8(ascii: "\\"): escape(&out)
            case 13:
                if place < end, bytes[place] == 10 { place += 1 }
                out.append(10)
            default: out.append(byte)
            }
        }
        return out
    }

    private mutating func escape(_ out: inout [UInt8]) {
        guard place < end else { return }
        let byte = bytes[place]
        place += 1
        switch byte {
        case UInt8(ascii: "n"): out.append(10)
        case UInt8(ascii: "r"): out.append(13)
        case UInt8(ascii: "t"): out.append(9)
        case UInt8(ascii: "b"): out.append(8)
        case UInt8(ascii: "f"): out.append(12)
        case 13: if place < end, bytes[place] == 10 { place += 1 }
        case 10: break
        case UInt8(ascii: "0")...UInt8(ascii: "7"):
            var value = Int(byte - 0x30)
            for _ in 0..<2 {
                guard place < end, UInt8(ascii: "0")...UInt8(ascii: "7") ~= bytes[place] else { break }
                value = value * 8 + Int(bytes[place] - 0x30)
                place += 1
            }
            out.append(UInt8(truncatingIfNeeded: value))
        default: out.append(byte)
        }
    }

    private mutating func hexadecimal() -> [UInt8] {
        place += 1
        var (out, half) = ([UInt8](), UInt8?.none)
        while place < end {
            let byte = bytes[place]
            place += 1
            if byte == UInt8(ascii: ">") { break }
            guard let digit = Self.digit(byte) else { continue }
            if let high = half {
                out.append(high << 4 | digit)
                half = nil
            } else {
                half = digit
            }
        }
        if let high = half { out.append(high << 4) }
        return out
    }

    private mutating func array(_ references: Bool, _ depth: Int) -> PDFObject {
        var values: [PDFObject] = []
        guard depth < Self.deepest else { return .null }
        while let value = next(references: references, depth: depth) {
            if case .keyword(let word) = value {
                if word == "]" { break }
                // A file that forgets to close an array goes on behind it.
                if word == "endobj" || word == ">>" { break }
                continue
            }
            values.append(value)
        }
        return .array(values)
    }

    private mutating func dictionary(_ references: Bool, _ depth: Int) -> PDFObject {
        var members: [String: PDFObject] = [:]
        guard depth < Self.deepest else { return .null }
        while let key = next(references: references, depth: depth) {
            if case .keyword(let word) = key {
                if word == ">>" || word == "endobj" { break }
                if word == "stream" {
                    place -= 6
                    break
                }
                continue
            }
            guard case .name(let name) = key else { continue }
            guard let value = next(references: references, depth: depth) else { break }
            if case .keyword(let word) = value {
                if word == ">>" { break }
                continue
            }
            members[name] = value
        }
        return .dictionary(members)
    }

    private mutating func number(_ references: Bool) -> PDFObject {
        let start = place
        guard let value = plainNumber() else {
            // A word that begins like a number.
            place = start
            while place < end, Self.isRegular(bytes[place]) { place += 1 }
            if place == start { place += 1 }
            return .keyword(String(decoding: bytes[start..<place], as: UTF8.self))
        }
        guard references, value >= 0, value == value.rounded(), value < 10_000_000 else { return .number(value) }
        // `12 0 R`
        let behind = place
        skipSpace()
        let second = place
        while place < end, 0x30...0x39 ~= bytes[place], place - second < 6 { place += 1 }
        if place > second {
            skipSpace()
            if place < end, bytes[place] == UInt8(ascii: "R"), place + 1 >= end || !Self.isRegular(bytes[place + 1]) {
                place += 1
                return .reference(Int(value))
            }
        }
        place = behind
        return .number(value)
    }

    /// Signs may be doubled and stand inside, as some programs write them.
    private mutating func plainNumber() -> Double? {
        var (isNegative, digits, value, scale) = (false, 0, 0.0, 0.0)
        while place < end {
            let byte = bytes[place]
            switch byte {
            case 0x30...0x39:
                digits += 1
                if scale > 0 {
                    value += Double(byte - 0x30) * scale
                    scale *= 0.1
                } else {
                    value = value * 10 + Double(byte - 0x30)
                }
            case UInt8(ascii: "-"):
                if digits == 0 {
                    isNegative = true
                } else {
                    // `12-34`: what follows is left out.
                    while place < end, Self.isRegular(bytes[place]) { place += 1 }
                    return isNegative ? -value : value
                }
            case UInt8(ascii: "+"): break
            case UInt8(ascii: "."):
                if scale > 0 { return digits > 0 ? (isNegative ? -value : value) : nil }
                scale = 0.1
            default:
                guard !Self.isRegular(byte) || digits > 0 && scale > 0 else { return nil }
                if digits == 0 { return scale > 0 ? 0 : nil }
                return isNegative ? -value : value
            }
            place += 1
        }
        return digits > 0 ? (isNegative ? -value : value) : nil
    }

    /// A word without looking at what it means.
    mutating func word() -> String {
        skipSpace()
        let start = place
        while place < end, Self.isRegular(bytes[place]) { place += 1 }
        return String(decoding: bytes[start..<place], as: UTF8.self)
    }
}
