import CGlyphs

/// Character references of HTML (HTML Living Standard, sections 13.2.5.72 and 13.5).
package enum CharacterReferences {
    private static let longestName = 32

    /// What each name stands for, and those names that count without a semicolon.
    private static let names: (all: [String: [UInt8]], bare: Set<String>) = {
        let table = quern_html_entities()
        let text = String(decoding: UnsafeBufferPointer(start: table.bytes, count: table.length), as: UTF8.self)
        var (all, bare) = ([String: [UInt8]](), Set<String>())
        for line in text.split(separator: "\n") {
            let parts = line.split(separator: " ")
            var name = String(parts[0])
            if name.last == "!" {
                name.removeLast()
                bare.insert(name)
            }
            all[name] = parts.dropFirst().flatMap { part in
                UInt32(part, radix: 16).flatMap(Unicode.Scalar.init).map { Array(String(Character($0)).utf8) } ?? []
            }
        }
        return (all, bare)
    }()

    /// Windows-1252 in the place of control characters, as all browsers have it.
    private static let windows: [UInt32] = [
        0x20AC, 0x81, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0x8D, 0x017D, 0x8F,
        0x90, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x9D, 0x017E,
        0x0178,
    ]

    /// The reference that begins with the `&` at a place.
    /// - Parameter isAttribute: in an address `&copy=1` is no reference.
    /// - Returns: its letters, and the place behind it; nil when there is none.
    package static func reference(
        _ bytes: ArraySlice<UInt8>, at place: Int, isAttribute: Bool
    ) -> (letters: [UInt8], end: Int)? {
        var end = place + 1
        guard end < bytes.endIndex else { return nil }
        if bytes[end] == UInt8(ascii: "#") {
            end += 1
            let isHex = end < bytes.endIndex && bytes[end] | 0x20 == UInt8(ascii: "x")
            if isHex { end += 1 }
            let start = end
            var code: UInt32 = 0
            while end < bytes.endIndex, isDigit(bytes[end], isHex) {
                let digit = UInt32(0x30...0x39 ~= bytes[end] ? bytes[end] - 0x30 : (bytes[end] | 0x20) - 0x61 + 10)
                // What is beyond Unicode stays there.
                code = min(code * (isHex ? 16 : 10) + digit, 0x110000)
                end += 1
            }
            guard end > start else { return nil }
            if end < bytes.endIndex, bytes[end] == UInt8(ascii: ";") { end += 1 }
            let meant = 0x80...0x9F ~= code ? windows[Int(code) - 0x80] : code == 0 ? 0xFFFD : code
            return (Array(String(Character(Unicode.Scalar(meant) ?? "\u{FFFD}")).utf8), end)
        }
        let start = end
        while end < bytes.endIndex, end - start < longestName, isAlphanumeric(bytes[end]) { end += 1 }
        guard end > start else { return nil }
        let name = String(decoding: bytes[start..<end], as: UTF8.self)
        if end < bytes.endIndex, bytes[end] == UInt8(ascii: ";"), let letters = names.all[name] { return (letters, end + 1) }
        if isAttribute, end < bytes.endIndex, bytes[end] == UInt8(ascii: "=") { return nil }
        // Old names count in the middle of letters too: `&copy2026`.
        var length = name.utf8.count
        while length > 1, !isAttribute || length == name.utf8.count {
            let part = String(name.prefix(length))
            if names.bare.contains(part), let letters = names.all[part] { return (letters, start + length) }
            length -= 1
        }
        return nil
    }

    private static func isDigit(_ byte: UInt8, _ isHex: Bool) -> Bool {
        0x30...0x39 ~= byte || (isHex && 0x61...0x66 ~= byte | 0x20)
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        0x30...0x39 ~= byte || 0x41...0x5A ~= byte || 0x61...0x7A ~= byte
    }
}
