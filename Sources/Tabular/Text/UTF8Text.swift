/// UTF-8 by hand (RFC 3629), for bytes that are not trusted.
enum UTF8Text {
    /// Writes a scalar and returns the number of bytes. Surrogates come out in three bytes, which `isValid` then refuses.
    @inline(__always)
    static func encode(_ scalar: UInt32, to target: UnsafeMutablePointer<UInt8>) -> Int {
        if scalar < 0x80 {
            target[0] = UInt8(truncatingIfNeeded: scalar)
            return 1
        }
        if scalar < 0x800 {
            target[0] = 0xC0 | UInt8(truncatingIfNeeded: scalar >> 6)
            target[1] = 0x80 | UInt8(truncatingIfNeeded: scalar & 0x3F)
            return 2
        }
        if scalar < 0x10000 {
            target[0] = 0xE0 | UInt8(truncatingIfNeeded: scalar >> 12)
            target[1] = 0x80 | UInt8(truncatingIfNeeded: (scalar >> 6) & 0x3F)
            target[2] = 0x80 | UInt8(truncatingIfNeeded: scalar & 0x3F)
            return 3
        }
        target[0] = 0xF0 | UInt8(truncatingIfNeeded: scalar >> 18)
        target[1] = 0x80 | UInt8(truncatingIfNeeded: (scalar >> 12) & 0x3F)
        target[2] = 0x80 | UInt8(truncatingIfNeeded: (scalar >> 6) & 0x3F)
        target[3] = 0x80 | UInt8(truncatingIfNeeded: scalar & 0x3F)
        return 4
    }

    /// What a stretch of bytes is as UTF-8.
    struct Census {
        /// Sequences of two bytes or more that are valid.
        var valid = 0
        /// Bytes that are part of no valid sequence.
        var invalid = 0

        func isEnough(_ enough: Int) -> Bool { invalid > 0 && valid + invalid > enough }
    }

    /// Counts the bytes that are of a kind, eight at once: blocks of several megabytes are counted between two looks at a file.
    ///
    /// - Parameter marks: sets the highest bit of each byte of that kind in a word; other bits count for nothing.
    @inline(__always)
    private static func countBytes(_ base: UnsafePointer<UInt8>, _ count: Int, _ marks: (UInt64) -> UInt64) -> Int {
        let raw = UnsafeRawPointer(base)
        let ones: UInt64 = 0x0101_0101_0101_0101
        var total = 0
        var i = 0
        while count - i >= 8 {
            // A byte of the sums holds at most 255.
            let end = i + min((count - i) / 8, 255) * 8
            var sums: UInt64 = 0
            while i < end {
                sums &+= marks(raw.loadUnaligned(fromByteOffset: i, as: UInt64.self)) &>> 7 & ones
                i += 8
            }
            let pairs = (sums & 0x00FF_00FF_00FF_00FF) &+ (sums &>> 8 & 0x00FF_00FF_00FF_00FF)
            total += Int((pairs &* 0x0001_0001_0001_0001) &>> 48)
        }
        while i < count {
            total += Int(marks(UInt64(base[i])) &>> 7 & 1)
            i += 1
        }
        return total
    }

    /// Sequences in text that is valid: bytes other than 10xxxxxx.
    static func countScalars(_ base: UnsafePointer<UInt8>, _ count: Int) -> Int {
        count - countBytes(base, count) { $0 & ~($0 &<< 1) }
    }

    /// Sequences of four bytes in text that is valid: bytes 1111xxxx.
    static func countLongScalars(_ base: UnsafePointer<UInt8>, _ count: Int) -> Int {
        countBytes(base, count) { $0 & ($0 &<< 1) & ($0 &<< 2) & ($0 &<< 3) }
    }

    static func isValid(_ base: UnsafePointer<UInt8>, _ count: Int) -> Bool {
        firstInvalid(base, count) == nil
    }

    /// Offset of the first byte that is part of no valid sequence.
    static func firstInvalid(_ base: UnsafePointer<UInt8>, _ count: Int) -> Int? {
        var i = 0
        while true {
            i = skipASCII(base, i, count)
            i = skipIdeographs(base, i, count)
            guard i < count else { return nil }
            guard base[i] >= 0x80 else { continue }
            let length = sequenceLength(base + i, count - i)
            guard length > 0 else { return i }
            i += length
        }
    }

    /// Sequences of three bytes whose first byte allows every second one: most of Chinese, Japanese and Korean text.
    @inline(__always)
    private static func skipIdeographs(_ base: UnsafePointer<UInt8>, _ start: Int, _ count: Int) -> Int {
        var i = start
        while i + 4 <= count {
            let word = UnsafeRawPointer(base + i).loadUnaligned(as: UInt32.self).littleEndian
            let low = word & 0x0F
            guard word & 0x00C0_C0F0 == 0x0080_80E0, low != 0x00, low != 0x0D else { break }
            i += 3
        }
        return i
    }

    /// - Parameter enough: sequences and bytes beyond ASCII after which nothing more is counted, once one was invalid.
    static func census(_ base: UnsafePointer<UInt8>, _ count: Int, enough: Int) -> Census {
        var census = Census()
        var i = 0
        while !census.isEnough(enough) {
            i = skipASCII(base, i, count)
            if census.valid > enough { i = skipIdeographs(base, i, count) }
            guard i < count else { return census }
            guard base[i] >= 0x80 else { continue }
            let length = sequenceLength(base + i, count - i)
            if length > 0 {
                census.valid += 1
                i += length
            } else {
                census.invalid += 1
                i += 1
            }
        }
        return census
    }

    @inline(__always)
    static func skipASCII(_ base: UnsafePointer<UInt8>, _ start: Int, _ count: Int) -> Int {
        var i = start
        while i + 32 <= count {
            let raw = UnsafeRawPointer(base + i)
            let either = raw.loadUnaligned(as: UInt64.self) | raw.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
            let other =
                raw.loadUnaligned(fromByteOffset: 16, as: UInt64.self) | raw.loadUnaligned(fromByteOffset: 24, as: UInt64.self)
            if (either | other) & 0x8080_8080_8080_8080 != 0 { break }
            i += 32
        }
        while i + 8 <= count {
            let word = UnsafeRawPointer(base + i).loadUnaligned(as: UInt64.self) & 0x8080_8080_8080_8080
            if word != 0 { return i + word.littleEndian.trailingZeroBitCount >> 3 }
            i += 8
        }
        while i < count, base[i] < 0x80 { i += 1 }
        return i
    }

    /// Bytes of the valid sequence that starts here (2 to 4), 0 if there is none. The first byte is not ASCII.
    @inline(__always)
    static func sequenceLength(_ p: UnsafePointer<UInt8>, _ room: Int) -> Int {
        let lead = p[0]
        if lead >= 0xC2, lead <= 0xDF { return room > 1 && p[1] & 0xC0 == 0x80 ? 2 : 0 }
        if lead & 0xF0 == 0xE0 {
            guard room > 2, p[1] & 0xC0 == 0x80, p[2] & 0xC0 == 0x80 else { return 0 }
            if lead == 0xE0, p[1] < 0xA0 { return 0 }
            if lead == 0xED, p[1] > 0x9F { return 0 }
            return 3
        }
        if lead >= 0xF0, lead <= 0xF4 {
            guard room > 3, p[1] & 0xC0 == 0x80, p[2] & 0xC0 == 0x80, p[3] & 0xC0 == 0x80 else { return 0 }
            if lead == 0xF0, p[1] < 0x90 { return 0 }
            if lead == 0xF4, p[1] > 0x8F { return 0 }
            return 4
        }
        return 0
    }
}
