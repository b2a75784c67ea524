extension SIMD16<UInt8> {
    /// 0x80 in each byte of `v` that equals `byte`, and 0 in the others; `.==` is not always done many bytes at once.
    @inline(__always)
    static func matches(_ v: SIMD16<UInt8>, _ byte: SIMD16<UInt8>) -> SIMD16<UInt8> {
        let low7 = SIMD16(repeating: 0x7F)
        let x = v ^ byte
        return ~(((x & low7) &+ low7) | x | low7)
    }
}

/// Counts bytes of a kind, many at once.
enum ByteCount {
    /// - Parameter count: bytes behind `base`.
    static func of(_ byte: UInt8, _ base: UnsafePointer<UInt8>, _ count: Int) -> Int {
        let wanted = SIMD16(repeating: byte)
        let raw = UnsafeRawPointer(base)
        var (found, position) = (0, 0)
        while position + 16 <= count {
            // A lane counts up to 255 before it is added up.
            var lanes = SIMD16<UInt8>(repeating: 0)
            let end = min(count - 15, position + 16 * 255)
            while position < end {
                let bytes = raw.loadUnaligned(fromByteOffset: position, as: SIMD16<UInt8>.self)
                lanes &+= SIMD16.matches(bytes, wanted) &>> SIMD16(repeating: 7)
                position += 16
            }
            for lane in 0..<16 { found += Int(lanes[lane]) }
        }
        while position < count {
            found += base[position] == byte ? 1 : 0
            position += 1
        }
        return found
    }
}
