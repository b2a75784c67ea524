/// Takes RTF 1.9 apart: groups, control words, bytes of text.
struct RTFTokenizer {
    enum Token {
        case open, close
        /// `\name`, and its number, if it has one.
        case word(String, Int?)
        /// `\` and a sign that is no letter.
        case symbol(UInt8)
        /// One byte of text, in the code page of its font.
        case byte(UInt8)
        case finished
    }

    private let bytes: [UInt8]
    private(set) var place = 0

    private static let longestWord = 64

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func next() -> Token {
        while place < bytes.count {
            let byte = bytes[place]
            place += 1
            switch byte {
            case UInt8(ascii: "{"): return .open
            case UInt8(ascii: "}"): return .close
            case UInt8(ascii: "\\"): return control()
            // Line ends are for people who look at the file.
            case 0x0D, 0x0A, 0x00: continue
            case 0x09: return .word("tab", nil)
            default: return .byte(byte)
            }
        }
        return .finished
    }

    private mutating func control() -> Token {
        guard place < bytes.count else { return .finished }
        let first = bytes[place]
        guard isLetter(first) else {
            place += 1
            guard first == UInt8(ascii: "'") else { return .symbol(first) }
            guard place + 1 < bytes.count, let high = bytes[place].hexadecimal, let low = bytes[place + 1].hexadecimal else {
                return .byte(UInt8(ascii: "?"))
            }
            place += 2
            return .byte(high << 4 | low)
        }
        let start = place
        while place < bytes.count, isLetter(bytes[place]), place - start < Self.longestWord { place += 1 }
        let word = String(decoding: bytes[start..<place], as: UTF8.self)
        var number: Int?
        let isNegative = place + 1 < bytes.count && bytes[place] == UInt8(ascii: "-") && 0x30...0x39 ~= bytes[place + 1]
        if isNegative { place += 1 }
        while place < bytes.count, 0x30...0x39 ~= bytes[place] {
            number = min((number ?? 0) * 10 + Int(bytes[place] - 0x30), 1 << 40)
            place += 1
        }
        if isNegative { number = number.map { -$0 } }
        // One space behind it is a part of it.
        if place < bytes.count, bytes[place] == 0x20 { place += 1 }
        return .word(word, number)
    }

    /// Passes over bytes that are no RTF.
    mutating func skip(_ count: Int) { place = min(bytes.count, place + max(0, min(count, bytes.count))) }

    private func isLetter(_ byte: UInt8) -> Bool { 0x61...0x7A ~= byte || 0x41...0x5A ~= byte }
}
