/// How the characters of a file are written.
enum TextEncoding: String {
    case utf8 = "utf-8"
    case utf16LittleEndian = "utf-16le"
    case utf16BigEndian = "utf-16be"
    case windows1252 = "windows-1252"

    /// Bytes of the smallest unit; blocks are cut at multiples of it.
    var unitBytes: Int { self == .utf16LittleEndian || self == .utf16BigEndian ? 2 : 1 }

    /// Finds the encoding from the first bytes of a file: a byte order mark, or the zero bytes that UTF-16 puts into ASCII.
    /// Whether it is UTF-8 or Windows-1252 shows only in the census of non-ASCII bytes, which the caller takes.
    static func detect(_ base: UnsafePointer<UInt8>, _ count: Int) -> (encoding: TextEncoding, markBytes: Int) {
        if count >= 3, base[0] == 0xEF, base[1] == 0xBB, base[2] == 0xBF { return (.utf8, 3) }
        if count >= 2, base[0] == 0xFF, base[1] == 0xFE { return (.utf16LittleEndian, 2) }
        if count >= 2, base[0] == 0xFE, base[1] == 0xFF { return (.utf16BigEndian, 2) }
        var zeros = (even: 0, odd: 0)
        for i in 0..<min(count, 4096) where base[i] == 0 {
            if i & 1 == 0 { zeros.even += 1 } else { zeros.odd += 1 }
        }
        let looked = min(count, 4096) / 2
        // Text in Latin letters has a zero in nearly every unit; a binary file has them on both sides.
        if looked > 0, zeros.odd * 10 >= looked * 4, zeros.even * 10 < zeros.odd { return (.utf16LittleEndian, 0) }
        if looked > 0, zeros.even * 10 >= looked * 4, zeros.odd * 10 < zeros.even { return (.utf16BigEndian, 0) }
        return (.utf8, 0)
    }

    /// Appends `count` bytes as UTF-8 and returns how many were taken: half a surrogate pair or half a unit at the end is left, unless
    /// `isLast`. What is no character comes out as bytes that are not valid UTF-8, so that the row is refused.
    func append(_ source: UnsafePointer<UInt8>, _ count: Int, to target: ByteBuffer, isLast: Bool) -> Int {
        switch self {
        case .utf8:
            target.append(source, count)
            return count
        case .windows1252:
            target.reserve(count * 3)
            var written = target.base + target.count
            for i in 0..<count {
                let byte = source[i]
                if byte < 0x80 {
                    written[0] = byte
                    written += 1
                } else {
                    written += UTF8Text.encode(byte < 0xA0 ? TextEncoding.windows(byte) : UInt32(byte), to: written)
                }
            }
            target.count = written - target.base
            return count
        case .utf16LittleEndian, .utf16BigEndian:
            return append16(source, count, to: target, isLast: isLast)
        }
    }

    private func append16(_ source: UnsafePointer<UInt8>, _ count: Int, to target: ByteBuffer, isLast: Bool) -> Int {
        let low = self == .utf16LittleEndian ? 0 : 1
        func unit(_ i: Int) -> UInt32 { UInt32(source[i + low]) | UInt32(source[i + 1 - low]) << 8 }
        target.reserve(count / 2 * 3 + 4)
        var written = target.base + target.count
        var i = 0
        while i + 2 <= count {
            let first = unit(i)
            if first & 0xFC00 == 0xD800 {
                if i + 4 > count, !isLast { break }
                if i + 4 <= count, unit(i + 2) & 0xFC00 == 0xDC00 {
                    written += UTF8Text.encode(0x10000 + (first & 0x3FF) << 10 + (unit(i + 2) & 0x3FF), to: written)
                    i += 4
                    continue
                }
            }
            written += UTF8Text.encode(first, to: written)
            i += 2
        }
        if isLast, i < count {
            written[0] = 0xFF
            written += 1
            i = count
        }
        target.count = written - target.base
        return i
    }

    /// Bytes of the file that the text stands for.
    func sourceBytes(_ text: UnsafePointer<UInt8>, _ count: Int) -> Int {
        if self == .utf8 { return count }
        var units = 0
        for i in 0..<count {
            if text[i] & 0xC0 != 0x80 { units += 1 }
            if unitBytes == 2, text[i] >= 0xF0, text[i] < 0xF8 { units += 1 }
        }
        return units * unitBytes
    }

    /// Characters of Windows-1252 from 0x80 to 0x9F; the five that it leaves open are control characters, as in the WHATWG table.
    private static func windows(_ byte: UInt8) -> UInt32 { windowsTable[Int(byte) - 0x80] }

    private static let windowsTable: [UInt32] = [
        0x20AC, 0x81, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0x8D, 0x017D, 0x8F,
        0x90, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x9D, 0x017E,
        0x0178,
    ]
}
