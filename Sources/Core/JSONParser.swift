/// Reads one JSON value (RFC 8259) in one pass, in time and memory that grow with the length of the text and with nothing else.
///
/// Strict: no comments, no trailing commas, no control characters in strings, no half surrogates, valid UTF-8. Of two members of
/// one name the last counts.
struct JSONParser {
    enum Limits {
        /// What people and programs send is a handful deep.
        static let depth = 64
    }

    enum Mistake: Error {
        case invalid
        /// A text with more combining marks in a row than `TextLimits.marksInRow`: hashing it as a name takes quadratic time.
        case marks
    }

    private let bytes: UnsafeBufferPointer<UInt8>
    private let takesAnyMarks: Bool
    private var position = 0
    private var depth = 0

    private init(_ bytes: UnsafeBufferPointer<UInt8>, takesAnyMarks: Bool) {
        self.bytes = bytes
        self.takesAnyMarks = takesAnyMarks
    }

    /// - Throws: `Mistake` when the bytes are not one JSON value, or one that is nested too deeply.
    static func parse(_ bytes: UnsafeBufferPointer<UInt8>, takesAnyMarks: Bool = false) throws(Mistake) -> JSON {
        var parser = JSONParser(bytes, takesAnyMarks: takesAnyMarks)
        parser.skipSpace()
        let value = try parser.value()
        parser.skipSpace()
        guard parser.position == bytes.count else { throw .invalid }
        return value
    }

    private var byte: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skipSpace() {
        while let byte, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }

    private mutating func take(_ wanted: Character) throws(Mistake) {
        guard byte == wanted.asciiValue else { throw .invalid }
        position += 1
    }

    private mutating func value() throws(Mistake) -> JSON {
        switch byte {
        case UInt8(ascii: "{"): return try object()
        case UInt8(ascii: "["): return try array()
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: return try number()
        }
    }

    private mutating func word(_ word: StaticString, _ value: JSON) throws(Mistake) -> JSON {
        let end = position + word.utf8CodeUnitCount
        guard end <= bytes.count,
            bytes[position..<end].elementsEqual(UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount))
        else { throw .invalid }
        position = end
        return value
    }

    // MARK: Containers

    private mutating func enter() throws(Mistake) {
        position += 1
        depth += 1
        guard depth <= Limits.depth else { throw .invalid }
        skipSpace()
    }

    private mutating func leave() {
        position += 1
        depth -= 1
    }

    private mutating func array() throws(Mistake) -> JSON {
        try enter()
        var values: [JSON] = []
        if byte == UInt8(ascii: "]") {
            leave()
            return .array(values)
        }
        while true {
            values.append(try value())
            skipSpace()
            if byte == UInt8(ascii: "]") {
                leave()
                return .array(values)
            }
            try take(",")
            skipSpace()
        }
    }

    private mutating func object() throws(Mistake) -> JSON {
        try enter()
        var members: [String: JSON] = [:]
        if byte == UInt8(ascii: "}") {
            leave()
            return .object(members)
        }
        while true {
            guard byte == UInt8(ascii: "\"") else { throw .invalid }
            let name = try string()
            skipSpace()
            try take(":")
            skipSpace()
            members[name] = try value()
            skipSpace()
            if byte == UInt8(ascii: "}") {
                leave()
                return .object(members)
            }
            try take(",")
            skipSpace()
        }
    }

    // MARK: Strings

    private mutating func string() throws(Mistake) -> String {
        position += 1
        let start = position
        while let byte, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte >= 0x20 { position += 1 }
        guard let byte, byte >= 0x20 else { throw .invalid }
        if byte == UInt8(ascii: "\"") {
            let text = try text(bytes[start..<position])
            position += 1
            return text
        }
        return try escaped(from: start)
    }

    private mutating func escaped(from start: Int) throws(Mistake) -> String {
        var out = Array(bytes[start..<position])
        while let byte {
            switch byte {
            case UInt8(ascii: "\""):
                position += 1
                return try text(out[...])
            case UInt8(ascii: "\\"):
                position += 1
                try escape(into: &out)
            case 0..<0x20: throw .invalid
            default:
                out.append(byte)
                position += 1
            }
        }
        throw .invalid
    }

    private mutating func escape(into out: inout [UInt8]) throws(Mistake) {
        guard let byte else { throw .invalid }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): out.append(byte)
        case UInt8(ascii: "b"): out.append(0x08)
        case UInt8(ascii: "f"): out.append(0x0C)
        case UInt8(ascii: "n"): out.append(0x0A)
        case UInt8(ascii: "r"): out.append(0x0D)
        case UInt8(ascii: "t"): out.append(0x09)
        case UInt8(ascii: "u"):
            var code = UInt32(try hex())
            if 0xD800...0xDBFF ~= code {
                try take("\\")
                try take("u")
                let low = UInt32(try hex())
                guard 0xDC00...0xDFFF ~= low else { throw .invalid }
                code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
            }
            guard let scalar = Unicode.Scalar(code) else { throw .invalid }
            out.append(contentsOf: UTF8.encode(scalar) ?? .init())
        default: throw .invalid
        }
    }

    private mutating func hex() throws(Mistake) -> UInt16 {
        guard position + 4 <= bytes.count else { throw .invalid }
        var code: UInt16 = 0
        for byte in bytes[position..<position + 4] {
            let digit: UInt8
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte - UInt8(ascii: "a") + 10
            case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = byte - UInt8(ascii: "A") + 10
            default: throw .invalid
            }
            code = code << 4 | UInt16(digit)
        }
        position += 4
        return code
    }

    private func text(_ bytes: some Sequence<UInt8> & Collection<UInt8>) throws(Mistake) -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else { throw .invalid }
        guard takesAnyMarks || text.hasFewMarks else { throw .marks }
        return text
    }

    // MARK: Numbers

    private mutating func number() throws(Mistake) -> JSON {
        let start = position
        if byte == UInt8(ascii: "-") { position += 1 }
        if byte == UInt8(ascii: "0") { position += 1 } else { try digits() }
        var isWhole = true
        if byte == UInt8(ascii: ".") {
            isWhole = false
            position += 1
            try digits()
        }
        if byte == UInt8(ascii: "e") || byte == UInt8(ascii: "E") {
            isWhole = false
            position += 1
            if byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-") { position += 1 }
            try digits()
        }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        if isWhole, let number = Int64(text) { return .int(number) }
        guard let number = Double(text), number.isFinite else { throw .invalid }
        // A whole number that was written with a fraction or an exponent is one all the same, as the decoder before had it.
        if let whole = Int64(exactly: number), number.magnitude < 1e15 { return .int(whole) }
        return .double(number)
    }

    private mutating func digits() throws(Mistake) {
        let start = position
        while let byte, UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte { position += 1 }
        guard position > start else { throw .invalid }
    }
}
