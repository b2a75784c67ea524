import Foundation

/// How the characters of a file are written.
struct TextEncoding: Equatable, Sendable {
    enum Kind: Equatable, Sendable {
        case utf8
        case utf16(isLittleEndian: Bool)
        case utf32(isLittleEndian: Bool)
        /// The number of the table.
        case singleByte(Int)
        /// Not to be read in blocks: where a character begins shows from the start only.
        case multiByte(MultiByteEncoding)
    }

    /// As the WHATWG Encoding Standard spells it, in lower case.
    let name: String
    let kind: Kind

    static let utf8 = TextEncoding(name: "utf-8", kind: .utf8)
    static let utf16LittleEndian = TextEncoding(name: "utf-16le", kind: .utf16(isLittleEndian: true))
    static let utf16BigEndian = TextEncoding(name: "utf-16be", kind: .utf16(isLittleEndian: false))
    static let utf32LittleEndian = TextEncoding(name: "utf-32le", kind: .utf32(isLittleEndian: true))
    static let utf32BigEndian = TextEncoding(name: "utf-32be", kind: .utf32(isLittleEndian: false))

    static let singleByte: [TextEncoding] = SingleByteTables.all.enumerated().map {
        TextEncoding(name: $0.element.name, kind: .singleByte($0.offset))
    }

    static let multiByte: [TextEncoding] = MultiByteEncoding.allCases.map {
        TextEncoding(name: $0.rawValue, kind: .multiByte($0))
    }

    var isMultiByte: Bool {
        if case .multiByte = kind { true } else { false }
    }

    static let windows1252 = named("windows-1252") ?? utf8

    private static let all =
        [utf8, utf16LittleEndian, utf16BigEndian, utf32LittleEndian, utf32BigEndian] + singleByte + multiByte

    static let names = all.map(\.name)

    /// Other names in use, without hyphens and underscores.
    private static let otherNames: [String: String] = [
        "utf8": "utf-8", "utf16": "utf-16le", "utf16le": "utf-16le", "utf16be": "utf-16be", "utf32": "utf-32le",
        "utf32le": "utf-32le",
        "utf32be": "utf-32be", "ascii": "utf-8", "usascii": "utf-8", "latin1": "windows-1252", "iso88591": "windows-1252",
        "l1": "windows-1252", "ansi": "windows-1252", "iso88599": "windows-1254", "latin5": "windows-1254",
        "iso885911": "windows-874",
        "tis620": "windows-874", "latin2": "iso-8859-2", "latin9": "iso-8859-15", "macroman": "macintosh", "mac": "macintosh",
        "maccyrillic": "x-mac-cyrillic", "macce": "x-mac-ce",
        "sjis": "shift_jis", "cp932": "shift_jis", "windows31j": "shift_jis", "gbk": "gb18030", "gb2312": "gb18030",
        "cp936": "gb18030", "cp949": "euc-kr", "uhc": "euc-kr", "cp950": "big5", "big5hkscs": "big5", "ujis": "euc-jp",
    ]

    /// Nil for a name that is not known. Hyphens, underscores and case do not count; `cp1252` is `windows-1252`.
    static func named(_ name: String) -> TextEncoding? {
        func key(_ name: String) -> String { name.lowercased().filter { $0 != "-" && $0 != "_" && $0 != " " } }
        let wanted = key(name)
        if let other = otherNames[wanted] { return all.first { $0.name == other } }
        if let found = all.first(where: { key($0.name) == wanted }) { return found }
        guard wanted.hasPrefix("cp") else { return nil }
        let number = wanted.dropFirst(2)
        return all.first { key($0.name) == "windows\(number)" || key($0.name) == "ibm\(number)" }
    }

    /// Bytes of the smallest unit; blocks are cut at multiples of it.
    var unitBytes: Int {
        switch kind {
        case .utf8, .singleByte, .multiByte: 1
        case .utf16: 2
        case .utf32: 4
        }
    }

    /// Finds the encoding from the first bytes of a file: a byte order mark, or the zero bytes that UTF-16 and UTF-32 put into ASCII.
    /// UTF-8 stands for all others here: those are told apart by their bytes beyond ASCII, by `EncodingDetector`.
    static func detect(_ base: UnsafePointer<UInt8>, _ count: Int) -> (encoding: TextEncoding, markBytes: Int) {
        if count >= 3, base[0] == 0xEF, base[1] == 0xBB, base[2] == 0xBF { return (.utf8, 3) }
        if count >= 4, base[0] == 0xFF, base[1] == 0xFE, base[2] == 0, base[3] == 0 { return (.utf32LittleEndian, 4) }
        if count >= 4, base[0] == 0, base[1] == 0, base[2] == 0xFE, base[3] == 0xFF { return (.utf32BigEndian, 4) }
        if count >= 2, base[0] == 0xFF, base[1] == 0xFE { return (.utf16LittleEndian, 2) }
        if count >= 2, base[0] == 0xFE, base[1] == 0xFF { return (.utf16BigEndian, 2) }
        return (wide(base, min(count, 1 << 16)) ?? .utf8, 0)
    }

    /// UTF-16 or UTF-32 without a mark: nearly all units are characters, and some of them ASCII, so that there are zero bytes.
    private static func wide(_ base: UnsafePointer<UInt8>, _ count: Int) -> TextEncoding? {
        guard memchr(base, 0, count) != nil, !isNarrow(base, count) else { return nil }
        var best: (encoding: TextEncoding, rank: Int)?
        for encoding in [utf32LittleEndian, utf32BigEndian, utf16LittleEndian, utf16BigEndian] {
            let size = encoding.unitBytes
            let isLittle = encoding == utf32LittleEndian || encoding == utf16LittleEndian
            var (common, good, bad, isSecond) = (0, 0, 0, false)
            for i in stride(from: 0, to: count / size * size, by: size) {
                var unit: UInt32 = 0
                for k in 0..<size { unit = unit << 8 | UInt32(base[i + (isLittle ? size - 1 - k : k)]) }
                switch unit {
                case 0xDC00...0xDFFF where size == 2 && isSecond: good += 1
                case 0x09, 0x0A, 0x0D, 0x20..<0x7F: common += 1
                case 0xD800...0xDBFF where size == 2: break
                case _: if isCharacter(unit) { good += 1 } else { bad += 1 }
                }
                isSecond = size == 2 && 0xD800...0xDBFF ~= unit
            }
            // The other order of bytes makes rare ideographs of ASCII.
            let units = common + good + bad
            // In a short text of ASCII one or two others may be controls.
            guard common * 20 >= units, bad * 50 <= units || (bad <= 2 && common * 2 >= units) else { continue }
            let rank = common * size + good
            if rank > best?.rank ?? -1 { best = (encoding, rank) }
        }
        return best?.encoding
    }

    /// Whether the bytes are UTF-8 with a few zeros in it. As UTF-8, UTF-16 is full of zeros or of other control characters.
    private static func isNarrow(_ base: UnsafePointer<UInt8>, _ count: Int) -> Bool {
        var (zeros, controls) = (0, 0)
        for i in 0..<count where base[i] < 0x20 {
            if base[i] == 0 { zeros += 1 } else if base[i] != 0x09, base[i] != 0x0A, base[i] != 0x0D { controls += 1 }
        }
        return zeros * 4 < count && controls * 4 < count
    }

    private static func isCharacter(_ point: UInt32) -> Bool {
        guard point >= 0xA0, let scalar = Unicode.Scalar(point) else { return false }
        switch scalar.properties.generalCategory {
        case .unassigned, .privateUse, .control: return false
        case _: return true
        }
    }

    /// Appends `count` bytes as UTF-8 and returns how many were taken: half a surrogate pair or half a unit at the end is left, unless
    /// `isLast`. What is no character comes out as bytes that are not valid UTF-8, so that the row is refused.
    func append(_ source: UnsafePointer<UInt8>, _ count: Int, to target: ByteBuffer, isLast: Bool) -> Int {
        switch kind {
        case .utf8:
            target.append(source, count)
            return count
        case .singleByte(let table):
            appendSingle(source, count, SingleByte.packed[table], to: target)
            return count
        case .multiByte(let encoding):
            return encoding.append(source, count, to: target, isLast: isLast)
        case .utf16(let isLittleEndian):
            return append16(source, count, isLittleEndian, to: target, isLast: isLast)
        case .utf32(let isLittleEndian):
            return append32(source, count, isLittleEndian, to: target, isLast: isLast)
        }
    }

    /// Whether what `append` wrote is text. Of a table of single bytes it is, but for the byte that no UTF-8 has.
    func isText(_ base: UnsafePointer<UInt8>, _ count: Int) -> Bool {
        if case .singleByte = kind { return memchr(base, 0xFF, count) == nil }
        return UTF8Text.isValid(base, count)
    }

    private func appendSingle(_ source: UnsafePointer<UInt8>, _ count: Int, _ table: [UInt32], to target: ByteBuffer) {
        // Four bytes are written for each, of which the character may have fewer.
        target.reserve(count * 3 + 4)
        var written = target.base + target.count
        table.withUnsafeBufferPointer { table in
            for i in 0..<count {
                let packed = table[Int(source[i])]
                UnsafeMutableRawPointer(written).storeBytes(of: packed.littleEndian, as: UInt32.self)
                written += Int(packed >> 24)
            }
        }
        target.count = written - target.base
    }

    private func append16(
        _ source: UnsafePointer<UInt8>, _ count: Int, _ isLittleEndian: Bool, to target: ByteBuffer, isLast: Bool
    ) -> Int {
        let low = isLittleEndian ? 0 : 1
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

    private func append32(
        _ source: UnsafePointer<UInt8>, _ count: Int, _ isLittleEndian: Bool, to target: ByteBuffer, isLast: Bool
    ) -> Int {
        target.reserve(count + 4)
        var written = target.base + target.count
        var i = 0
        while i + 4 <= count {
            let bytes = (UInt32(source[i]), UInt32(source[i + 1]), UInt32(source[i + 2]), UInt32(source[i + 3]))
            let scalar =
                isLittleEndian
                ? bytes.0 | bytes.1 << 8 | bytes.2 << 16 | bytes.3 << 24 : bytes.3 | bytes.2 << 8 | bytes.1 << 16 | bytes.0 << 24
            if scalar < 0x11_0000 {
                // A surrogate comes out as bytes that are no UTF-8.
                written += UTF8Text.encode(scalar, to: written)
            } else {
                written[0] = 0xFF
                written += 1
            }
            i += 4
        }
        if isLast, i < count {
            written[0] = 0xFF
            written += 1
            i = count
        }
        target.count = written - target.base
        return i
    }

    /// Whether text can be written in it.
    var canEncode: Bool { !isMultiByte }

    static let writableNames = all.filter(\.canEncode).map(\.name)

    /// Appends UTF-8 in this encoding.
    ///
    /// - Throws: `not_encodable` for a character that it does not have.
    func encode(_ source: UnsafePointer<UInt8>, _ count: Int, to target: ByteBuffer) throws {
        let reverse: [UInt32: UInt8]
        if case .singleByte(let table) = kind { reverse = SingleByte.reverse[table] } else { reverse = [:] }
        target.reserve(count * 4)
        var i = 0
        while i < count {
            let byte = source[i]
            var scalar = UInt32(byte)
            if byte >= 0x80 {
                let length = UTF8Text.sequenceLength(source + i, count - i)
                guard length > 0 else { throw notEncodable(0xFFFD) }
                scalar = UInt32(byte) & (0x7F >> UInt32(length))
                for k in 1..<length { scalar = scalar << 6 | UInt32(source[i + k] & 0x3F) }
                i += length
            } else {
                i += 1
            }
            switch kind {
            case .utf8, .multiByte: target.append(source + i - 1, 1)
            case .singleByte:
                guard let byte = scalar < 0x80 ? UInt8(scalar) : reverse[scalar] else { throw notEncodable(scalar) }
                target.append(byte)
            case .utf16(let isLittle):
                if scalar >= 0x10000 {
                    target.append(unit: (scalar - 0x10000) >> 10 + 0xD800, bytes: 2, isLittle)
                    target.append(unit: (scalar - 0x10000) & 0x3FF + 0xDC00, bytes: 2, isLittle)
                } else {
                    target.append(unit: scalar, bytes: 2, isLittle)
                }
            case .utf32(let isLittle): target.append(unit: scalar, bytes: 4, isLittle)
            }
        }
    }

    private func notEncodable(_ scalar: UInt32) -> TabularFailure {
        let shown = Unicode.Scalar(scalar).map { "\"\(Character($0))\"" } ?? "a character"
        return TabularFailure(
            "not_encodable",
            "\(shown) (U+\(String(scalar, radix: 16, uppercase: true))) can not be written in \(name); take utf-8.")
    }

    /// Bytes of the file that the text stands for.
    func sourceBytes(_ text: UnsafePointer<UInt8>, _ count: Int) -> Int {
        if kind == .utf8 { return count }
        var units = UTF8Text.countScalars(text, count)
        // Two units for what stands in four bytes of UTF-8.
        if unitBytes == 2 { units += UTF8Text.countLongScalars(text, count) }
        return units * unitBytes
    }
}

extension TextEncoding {
    /// What the bytes from 0x80 on mean; U+FFFD for those that mean nothing.
    static func characters(of table: Int) -> [UInt32] { SingleByte.tables[table] }
}

/// The tables as numbers.
private enum SingleByte {
    /// The byte of each character.
    static let reverse: [[UInt32: UInt8]] = tables.map { table in
        Dictionary(
            table.enumerated().filter { $0.element != 0xFFFD }.map { ($0.element, UInt8($0.offset + 0x80)) },
            uniquingKeysWith: { first, _ in first })
    }
    /// The UTF-8 of each byte, its first byte lowest, and how many bytes it has in the highest. A byte that means nothing becomes one
    /// that is no UTF-8.
    static let packed: [[UInt32]] = tables.map { table in
        (0..<256).map { byte in
            let scalar = byte < 0x80 ? UInt32(byte) : table[byte - 0x80]
            guard scalar != 0xFFFD else { return 1 << 24 | 0xFF }
            return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 4) { bytes in
                guard let base = bytes.baseAddress else { return 1 << 24 | 0xFF }
                let count = UTF8Text.encode(scalar, to: base)
                return (0..<count).reduce(UInt32(count) << 24) { $0 | UInt32(base[$1]) << UInt32(8 * $1) }
            }
        }
    }
    static let tables: [[UInt32]] = SingleByteTables.all.map { $0.characters.unicodeScalars.map(\.value) }
}

extension ByteBuffer {
    fileprivate func append(unit: UInt32, bytes: Int, _ isLittle: Bool) {
        for k in 0..<bytes { append(UInt8(truncatingIfNeeded: unit >> UInt32(8 * (isLittle ? k : bytes - 1 - k)))) }
    }
}
