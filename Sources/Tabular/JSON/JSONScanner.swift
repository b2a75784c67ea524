import Foundation

/// Reads JSON (RFC 8259) from memory without copying. Positions are offsets from `base`; nothing at or beyond `end` is read.
struct JSONScanner {
    let base: UnsafePointer<UInt8>
    let end: Int
    var position: Int
    let maxDepth: Int

    init(_ base: UnsafePointer<UInt8>, from start: Int, to end: Int, maxDepth: Int) {
        self.base = base
        self.position = start
        self.end = end
        self.maxDepth = maxDepth
    }

    /// Where and why the text is not JSON.
    struct Defect: Error { var reason: StaticString }

    /// A string without its quotes, still escaped.
    struct Text {
        var start: Int
        var end: Int
        var isEscaped: Bool
    }

    enum Value {
        case null
        case truth(Bool)
        case number(start: Int, end: Int)
        case text(Text)
        /// An object or an array, checked and skipped.
        case nested(start: Int, end: Int)
    }

    var peek: UInt8? { position < end ? base[position] : nil }

    mutating func skipSpace() {
        while position < end {
            let byte = base[position]
            guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return }
            position += 1
        }
    }

    /// Space, record separators (RFC 7464) and commas between values.
    mutating func skipSeparators() {
        while position < end, base[position] <= 0x20 || base[position] == UInt8(ascii: ",") { position += 1 }
    }

    /// Moves behind the element at the current position, be it JSON or not: to the comma or bracket that follows it.
    mutating func skipElement() {
        var depth = 0
        while position < end {
            switch base[position] {
            case UInt8(ascii: "\""):
                position += 1
                while position < end, base[position] != UInt8(ascii: "\"") {
                    position += base[position] == UInt8(ascii: "\\") ? 2 : 1
                }
                position = min(position, end)
                if position == end { return }
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                if depth == 0 { return }
                depth -= 1
            case UInt8(ascii: ",") where depth == 0: return
            case _: break
            }
            position += 1
        }
    }

    /// Moves behind a broken value where values stand one behind the other: behind the bracket that closes it, but never over an
    /// object that begins a line, which is another value.
    mutating func skipBrokenValue() {
        var (depth, lines) = (0, ObjectLines(behind: 0))
        let start = position
        if JSONScanner.isLeftOver(base[start]) {
            // Brackets that close nothing are one thing that is too much, however many there are.
            while position < end, base[position] <= 0x20 || JSONScanner.isLeftOver(base[position]) { position += 1 }
            return
        }
        while position < end {
            let byte = base[position]
            let isObjectLine = lines.see(byte)
            switch byte {
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                // Words that are no JSON end here.
                if position > start, depth == 0 || isObjectLine { return }
                depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                if depth == 0 { return }
                depth -= 1
                if depth == 0 {
                    position += 1
                    return
                }
            case UInt8(ascii: "\""):
                // No string holds the end of a line; one that does is not closed.
                position += 1
                while position < end, base[position] != byte, !ObjectLines.beginsLine(base[position]) {
                    let isEscape =
                        base[position] == UInt8(ascii: "\\") && position + 1 < end && !ObjectLines.beginsLine(base[position + 1])
                    position += isEscape ? 2 : 1
                }
                guard position < end, base[position] == byte else { continue }
            case _: break
            }
            position += 1
        }
    }

    private static func isLeftOver(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "}") || byte == UInt8(ascii: "]") || byte == UInt8(ascii: ",")
    }

    /// Moves to the next object that begins a line and is no part of another, or to the end. What is before the position may be part
    /// of a longer value.
    mutating func skipToObjectLine() {
        var lines = ObjectLines(behind: UInt8(ascii: ","))
        while position < end, !lines.see(base[position]) { position += 1 }
    }

    /// Takes one byte if it is next.
    mutating func take(_ byte: UInt8) -> Bool {
        guard position < end, base[position] == byte else { return false }
        position += 1
        return true
    }

    mutating func value(depth: Int = 0) throws(Defect) -> Value {
        guard position < end else { throw Defect(reason: "the JSON ends too early") }
        switch base[position] {
        case UInt8(ascii: "\""):
            return .text(try text())
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            let start = position
            try skipNested(depth: depth)
            return .nested(start: start, end: position)
        case UInt8(ascii: "t"):
            try literal("true")
            return .truth(true)
        case UInt8(ascii: "f"):
            try literal("false")
            return .truth(false)
        case UInt8(ascii: "n"):
            try literal("null")
            return .null
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            let start = position
            try number()
            return .number(start: start, end: position)
        case UInt8(ascii: "N"), UInt8(ascii: "I"):
            throw Defect(reason: "NaN and Infinity are not JSON")
        case _:
            throw Defect(reason: "not a JSON value")
        }
    }

    /// The string at the current position, its escapes checked.
    mutating func text() throws(Defect) -> Text {
        guard take(UInt8(ascii: "\"")) else { throw Defect(reason: "a JSON string was expected") }
        let start = position
        var isEscaped = false
        while position < end {
            let byte = base[position]
            if byte == UInt8(ascii: "\"") {
                position += 1
                return Text(start: start, end: position - 1, isEscaped: isEscaped)
            }
            if byte == UInt8(ascii: "\\") {
                isEscaped = true
                try escape()
                continue
            }
            guard byte >= 0x20 else { throw Defect(reason: "a control character in a JSON string") }
            position += 1
        }
        throw Defect(reason: "a JSON string does not end")
    }

    private mutating func escape() throws(Defect) {
        guard position + 1 < end else { throw Defect(reason: "a JSON string does not end") }
        switch base[position + 1] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            position += 2
        case UInt8(ascii: "u"):
            guard let unit = hex(at: position + 2) else { throw Defect(reason: "a bad escape in a JSON string") }
            position += 6
            switch unit {
            case 0xD800...0xDBFF:
                guard position + 1 < end, base[position] == UInt8(ascii: "\\"),
                    base[position + 1] == UInt8(ascii: "u"), let low = hex(at: position + 2), 0xDC00...0xDFFF ~= low
                else { throw Defect(reason: "half a surrogate pair in a JSON string") }
                position += 6
            case 0xDC00...0xDFFF:
                throw Defect(reason: "half a surrogate pair in a JSON string")
            case _:
                break
            }
        case _:
            throw Defect(reason: "a bad escape in a JSON string")
        }
    }

    private func hex(at offset: Int) -> UInt32? {
        guard offset + 4 <= end else { return nil }
        var unit: UInt32 = 0
        for i in 0..<4 {
            let digit: UInt32
            switch base[offset + i] {
            case let byte where byte >= 0x30 && byte <= 0x39: digit = UInt32(byte) - 0x30
            case let byte where byte | 0x20 >= 0x61 && byte | 0x20 <= 0x66: digit = UInt32(byte | 0x20) - 0x57
            case _: return nil
            }
            unit = unit << 4 | digit
        }
        return unit
    }

    private mutating func number() throws(Defect) {
        if take(UInt8(ascii: "-")), peek == UInt8(ascii: "I") { throw Defect(reason: "NaN and Infinity are not JSON") }
        if !take(UInt8(ascii: "0")) { try digits() }
        if take(UInt8(ascii: ".")) { try digits() }
        if position < end, base[position] | 0x20 == UInt8(ascii: "e") {
            position += 1
            if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
            try digits()
        }
    }

    private mutating func digits() throws(Defect) {
        let start = position
        while position < end, base[position] &- 0x30 < 10 { position += 1 }
        guard position > start else { throw Defect(reason: "a bad JSON number") }
    }

    private mutating func literal(_ word: StaticString) throws(Defect) {
        guard position + word.utf8CodeUnitCount <= end else { throw Defect(reason: "not a JSON value") }
        for i in 0..<word.utf8CodeUnitCount where base[position + i] != word.utf8Start[i] {
            throw Defect(reason: "not a JSON value")
        }
        position += word.utf8CodeUnitCount
    }

    private mutating func skipNested(depth: Int) throws(Defect) {
        guard depth < maxDepth else { throw Defect(reason: "JSON nested too deeply") }
        let isObject = base[position] == UInt8(ascii: "{")
        let close: UInt8 = isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")
        position += 1
        skipSpace()
        if take(close) { return }
        while true {
            if isObject {
                _ = try text()
                skipSpace()
                guard take(UInt8(ascii: ":")) else { throw Defect(reason: "a colon is missing in a JSON object") }
                skipSpace()
            }
            _ = try value(depth: depth + 1)
            skipSpace()
            if take(close) { return }
            guard take(UInt8(ascii: ",")) else { throw Defect(reason: "a comma or bracket is missing in JSON") }
            skipSpace()
        }
    }

    /// Takes line breaks, and then all space between values, out of an object or array that has some: a line of JSON Lines holds one
    /// value. The text must be JSON; the new length is answered.
    static func compact(_ text: UnsafeMutablePointer<UInt8>, _ count: Int) -> Int {
        guard memchr(text, 0x0A, count) != nil || memchr(text, 0x0D, count) != nil else { return count }
        var written = 0
        var inString = false
        var i = 0
        while i < count {
            let byte = text[i]
            if inString, byte == UInt8(ascii: "\\"), i + 1 < count {
                text[written] = byte
                text[written + 1] = text[i + 1]
                written += 2
                i += 2
                continue
            }
            if byte == UInt8(ascii: "\"") { inString.toggle() }
            if inString || byte > 0x20 {
                text[written] = byte
                written += 1
            }
            i += 1
        }
        return written
    }

    /// Writes the string without escapes to `target` (which may be where it stands: it never grows) and returns its length.
    /// The string must have passed `text()`.
    func unescape(_ text: Text, to target: UnsafeMutablePointer<UInt8>) -> Int {
        var read = text.start
        var written = 0
        while read < text.end {
            let byte = base[read]
            guard byte == UInt8(ascii: "\\") else {
                target[written] = byte
                written += 1
                read += 1
                continue
            }
            let kind = base[read + 1]
            read += 2
            switch kind {
            case UInt8(ascii: "b"): target[written] = 0x08
            case UInt8(ascii: "f"): target[written] = 0x0C
            case UInt8(ascii: "n"): target[written] = 0x0A
            case UInt8(ascii: "r"): target[written] = 0x0D
            case UInt8(ascii: "t"): target[written] = 0x09
            case UInt8(ascii: "u"):
                var scalar = hex(at: read) ?? 0xFFFD
                read += 4
                if 0xD800...0xDBFF ~= scalar, let low = hex(at: read + 2) {
                    scalar = 0x10000 + (scalar - 0xD800) << 10 + (low & 0x3FF)
                    read += 6
                }
                written += UTF8Text.encode(scalar, to: target + written)
                continue
            case _: target[written] = kind
            }
            written += 1
        }
        return written
    }
}

/// Finds objects that begin a line and are values of their own, byte by byte.
///
/// In a value an object follows a comma, a bracket or a colon, and no string holds the end of a line.
struct ObjectLines {
    /// Stands before each text of a sequence (RFC 7464), and divides whatever is before it.
    private static let recordSeparator: UInt8 = 0x1E

    private var isLineStart = false
    /// The last byte that is no space.
    private var solid: UInt8

    init(behind solid: UInt8) {
        self.solid = solid
    }

    static func beginsLine(_ byte: UInt8) -> Bool { byte == 0x0A || byte == 0x0D || byte == recordSeparator }

    /// Whether this byte, the next one, begins such an object.
    @inline(__always)
    mutating func see(_ byte: UInt8) -> Bool {
        guard byte > 0x20 else {
            if ObjectLines.beginsLine(byte) { isLineStart = true }
            if byte == ObjectLines.recordSeparator { solid = 0 }
            return false
        }
        defer { (isLineStart, solid) = (false, byte) }
        guard isLineStart, byte == UInt8(ascii: "{") else { return false }
        return solid != UInt8(ascii: ",") && solid != UInt8(ascii: "[") && solid != UInt8(ascii: ":")
    }
}
