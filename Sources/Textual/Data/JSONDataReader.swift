/// Reads JSON (RFC 8259), one value or many behind each other, keeping what other readers lose: the order of names, names that come
/// twice, and all digits of numbers.
struct JSONDataReader {
    private let bytes: [UInt8]
    private let deepest: Int
    private var place = 0

    private struct Malformed: Error {}

    /// - Parameter bytes: UTF-8.
    /// - Returns: nil when the text is no JSON.
    static func read(_ bytes: [UInt8], limits: TextualLimits) -> DataValue? {
        var reader = JSONDataReader(bytes: bytes, deepest: limits.nesting)
        return try? reader.all()
    }

    private init(bytes: [UInt8], deepest: Int) {
        self.bytes = bytes
        self.deepest = deepest
    }

    private mutating func all() throws -> DataValue {
        var values: [DataValue] = []
        skipSpace()
        while place < bytes.count {
            // The separator of RFC 7464.
            if bytes[place] == 0x1E { place += 1 }
            values.append(try value(depth: 0))
            skipSpace()
        }
        guard !values.isEmpty else { throw Malformed() }
        return values.count == 1 ? values[0] : .list(values)
    }

    private mutating func skipSpace() {
        while place < bytes.count, [0x20, 0x0A, 0x0D, 0x09].contains(bytes[place]) { place += 1 }
    }

    private var next: UInt8 { place < bytes.count ? bytes[place] : 0 }

    private mutating func value(depth: Int) throws -> DataValue {
        guard depth < deepest else { throw Malformed() }
        skipSpace()
        switch next {
        case UInt8(ascii: "{"): return try object(depth)
        case UInt8(ascii: "["): return try list(depth)
        case UInt8(ascii: "\""): return .text(try string())
        default: return .text(try bare())
        }
    }

    private mutating func object(_ depth: Int) throws -> DataValue {
        place += 1
        var members: [(name: String, value: DataValue)] = []
        skipSpace()
        while next != UInt8(ascii: "}") {
            skipSpace()
            guard next == UInt8(ascii: "\"") else { throw Malformed() }
            let name = try string()
            skipSpace()
            guard next == UInt8(ascii: ":") else { throw Malformed() }
            place += 1
            members.append((name, try value(depth: depth + 1)))
            try separator(UInt8(ascii: "}"))
        }
        place += 1
        return .object(members)
    }

    private mutating func list(_ depth: Int) throws -> DataValue {
        place += 1
        var items: [DataValue] = []
        skipSpace()
        while next != UInt8(ascii: "]") {
            items.append(try value(depth: depth + 1))
            try separator(UInt8(ascii: "]"))
        }
        place += 1
        return .list(items)
    }

    /// A comma, or the end before which it stands.
    private mutating func separator(_ end: UInt8) throws {
        skipSpace()
        if next == UInt8(ascii: ",") {
            place += 1
            skipSpace()
        } else if next != end {
            throw Malformed()
        }
    }

    /// A number or a word.
    private mutating func bare() throws -> String {
        let start = place
        while place < bytes.count, ![0x20, 0x0A, 0x0D, 0x09, 0x2C, 0x5D, 0x7D, 0x3A, 0x22, 0x5B, 0x7B].contains(bytes[place]) {
            place += 1
        }
        let text = bytes[start..<place]
        switch text.first ?? 0 {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "+"):
            guard text.count <= 4000, text.allSatisfy({ 0x30...0x39 ~= $0 || "+-.eEInfity".utf8.contains($0) }) else {
                throw Malformed()
            }
        default:
            guard ["true", "false", "null", "NaN", "Infinity"].contains(where: { text.elementsEqual($0.utf8) }) else {
                throw Malformed()
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    private mutating func string() throws -> String {
        place += 1
        let start = place
        while place < bytes.count, bytes[place] != UInt8(ascii: "\""), bytes[place] != UInt8(ascii: "\\") { place += 1 }
        if next == UInt8(ascii: "\"") {
            defer { place += 1 }
            return String(decoding: bytes[start..<place], as: UTF8.self)
        }
        var text = Array(bytes[start..<place])
        while place < bytes.count {
            let byte = bytes[place]
            place += 1
            if byte == UInt8(ascii: "\"") { return String(decoding: text, as: UTF8.self) }
            guard byte == UInt8(ascii: "\\") else {
                text.append(byte)
                continue
            }
            let escape = next
            place += 1
            switch escape {
            case UInt8(ascii: "n"): text.append(0x0A)
            case UInt8(ascii: "t"): text.append(0x09)
            case UInt8(ascii: "r"): if !(next == UInt8(ascii: "\\")) { text.append(0x0A) }
            case UInt8(ascii: "b"), UInt8(ascii: "f"): text.append(0x20)
            case UInt8(ascii: "u"): text += Array(String(Character(scalar(try unit()))).utf8)
            case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(escape)
            default: throw Malformed()
            }
        }
        throw Malformed()
    }

    private mutating func unit() throws -> UInt32 {
        guard place + 4 <= bytes.count else { throw Malformed() }
        let digits = String(decoding: bytes[place..<(place + 4)], as: UTF8.self)
        guard digits.utf8.count == 4, let unit = UInt32(digits, radix: 16) else { throw Malformed() }
        place += 4
        return unit
    }

    /// Of a unit of UTF-16, and the second one that belongs to it.
    private mutating func scalar(_ unit: UInt32) -> Unicode.Scalar {
        if 0xD800...0xDBFF ~= unit, place + 6 <= bytes.count, bytes[place] == UInt8(ascii: "\\"),
            bytes[place + 1] == UInt8(ascii: "u")
        {
            let before = place
            place += 2
            if let second = try? self.unit(), 0xDC00...0xDFFF ~= second {
                return Unicode.Scalar(0x10000 + (unit - 0xD800) << 10 + (second - 0xDC00)) ?? "\u{FFFD}"
            }
            place = before
        }
        return Unicode.Scalar(unit) ?? "\u{FFFD}"
    }
}
