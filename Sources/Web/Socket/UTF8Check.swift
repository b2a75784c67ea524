/// Tells with each byte whether a text can still be UTF-8 (RFC 3629, section 4), however it is cut into pieces.
struct UTF8Check {
    /// How many bytes the character under way still needs.
    private var needed = 0
    /// What the next of them may be: no surrogates, no overlong forms, nothing behind U+10FFFF.
    private var allowed: ClosedRange<UInt8> = 0x80...0xBF

    /// The text ends with a whole character.
    var isWhole: Bool { needed == 0 }

    /// - Returns: false as soon as no continuation could make it UTF-8.
    mutating func take(_ bytes: UnsafeRawBufferPointer) -> Bool {
        for byte in bytes {
            if needed == 0 {
                guard begin(byte) else { return false }
            } else {
                guard allowed.contains(byte) else { return false }
                allowed = 0x80...0xBF
                needed -= 1
            }
        }
        return true
    }

    private mutating func begin(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x00...0x7F: return true
        case 0xC2...0xDF: needed = 1
        case 0xE0: (needed, allowed) = (2, 0xA0...0xBF)
        case 0xED: (needed, allowed) = (2, 0x80...0x9F)
        case 0xE1...0xEF: needed = 2
        case 0xF0: (needed, allowed) = (3, 0x90...0xBF)
        case 0xF4: (needed, allowed) = (3, 0x80...0x8F)
        case 0xF1...0xF3: needed = 3
        default: return false
        }
        return true
    }
}
