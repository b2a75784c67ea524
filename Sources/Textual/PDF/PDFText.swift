enum PDFText {
    /// A text string (section 7.9.2.2): UTF-16 or UTF-8 with a mark, else PDFDocEncoding, which is Latin 1 for almost all that is written.
    static func text(_ bytes: [UInt8]) -> String {
        if bytes.starts(with: [0xFE, 0xFF]) || bytes.starts(with: [0xFF, 0xFE]) {
            let isBig = bytes[0] == 0xFE
            var units: [UInt16] = []
            for place in stride(from: 2, to: bytes.count - 1, by: 2) {
                let (high, low) = isBig ? (bytes[place], bytes[place + 1]) : (bytes[place + 1], bytes[place])
                units.append(UInt16(high) << 8 | UInt16(low))
            }
            return String(decoding: units, as: UTF16.self)
        }
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { return String(decoding: bytes.dropFirst(3), as: UTF8.self) }
        if bytes.allSatisfy({ $0 < 0x80 }) { return String(decoding: bytes, as: UTF8.self) }
        var out = ""
        for byte in bytes { out.unicodeScalars.append(special[byte] ?? Unicode.Scalar(byte)) }
        return out
    }

    private static let special: [UInt8: Unicode.Scalar] = [
        0x80: "•", 0x81: "†", 0x82: "‡", 0x83: "…", 0x84: "—", 0x85: "–", 0x86: "ƒ", 0x87: "⁄", 0x88: "‹", 0x89: "›", 0x8A: "−",
        0x8B: "‰",
        0x8C: "„", 0x8D: "“", 0x8E: "”", 0x8F: "‘", 0x90: "’", 0x91: "‚", 0x92: "™", 0x93: "ﬁ", 0x94: "ﬂ", 0x95: "Ł", 0x96: "Œ",
        0x97: "Š",
        0x98: "Ÿ", 0x99: "Ž", 0x9A: "ı", 0x9B: "ł", 0x9C: "œ", 0x9D: "š", 0x9E: "ž", 0xA0: "€",
    ]
}
