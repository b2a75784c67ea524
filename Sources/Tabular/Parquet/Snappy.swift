/// Compresses in the Snappy format (github.com/google/snappy, format_description.txt), the way the reference does: fragments of 64 KiB,
/// a hash table of four-byte sequences, longer steps through what does not repeat.
struct Snappy: ~Copyable {
    private static let fragmentBytes = 1 << 16
    private static let tableBits: UInt32 = 14
    /// Bytes at the end of a fragment that are not searched, so that whole words can be loaded.
    private static let margin = 15

    private let table: UnsafeMutablePointer<UInt16>

    init() { table = .allocate(capacity: 1 << Int(Snappy.tableBits)) }

    deinit { table.deallocate() }

    /// Appends the compressed form of `count` bytes to `output`. `ByteBuffer.slack` bytes behind them are readable.
    func compress(_ source: UnsafePointer<UInt8>, _ count: Int, to output: ByteBuffer) {
        output.reserve(64 + count + count / 6)
        output.append(varint: UInt64(count))
        var offset = 0
        while offset < count {
            let length = min(Snappy.fragmentBytes, count - offset)
            output.count = compressFragment(source + offset, length, output.base + output.count) - output.base
            offset += length
        }
    }

    @inline(__always)
    private static func load32(_ p: UnsafePointer<UInt8>) -> UInt32 { UnsafeRawPointer(p).loadUnaligned(as: UInt32.self) }

    @inline(__always)
    private static func load64(_ p: UnsafePointer<UInt8>) -> UInt64 { UnsafeRawPointer(p).loadUnaligned(as: UInt64.self) }

    private func compressFragment(
        _ base: UnsafePointer<UInt8>, _ count: Int, _ target: UnsafeMutablePointer<UInt8>
    ) -> UnsafeMutablePointer<UInt8> {
        var out = target
        guard count > Snappy.margin else { return Snappy.literal(base, count, out) }
        // A small fragment needs, and clears, a small table.
        var bits: UInt32 = 8
        while bits < Snappy.tableBits, 1 << Int(bits) < count { bits += 1 }
        let shift = 32 - bits
        table.update(repeating: 0, count: 1 << Int(bits))
        @inline(__always) func hash(_ value: UInt32) -> Int { Int((value &* 0x1E35_A7BD) >> shift) }

        let limit = count - Snappy.margin
        var next = 0
        var position = 1
        var pending = hash(Snappy.load32(base + position))
        search: while true {
            var skip = 32
            var nextPosition = position
            var candidate = 0
            repeat {
                position = nextPosition
                let slot = pending
                nextPosition = position + skip >> 5
                skip += 1
                if nextPosition > limit { break search }
                pending = hash(Snappy.load32(base + nextPosition))
                candidate = Int(table[slot])
                table[slot] = UInt16(truncatingIfNeeded: position)
            } while Snappy.load32(base + position) != Snappy.load32(base + candidate)
            out = Snappy.literal(base + next, position - next, out)
            while true {
                let start = position
                let matched = 4 + Snappy.matchLength(base, candidate + 4, position + 4, count)
                position += matched
                out = Snappy.copy(start - candidate, matched, out)
                next = position
                if position >= limit { break search }
                table[hash(Snappy.load32(base + position - 1))] = UInt16(truncatingIfNeeded: position - 1)
                let slot = hash(Snappy.load32(base + position))
                candidate = Int(table[slot])
                table[slot] = UInt16(truncatingIfNeeded: position)
                if Snappy.load32(base + position) != Snappy.load32(base + candidate) { break }
            }
            position += 1
            pending = hash(Snappy.load32(base + position))
        }
        return next < count ? Snappy.literal(base + next, count - next, out) : out
    }

    @inline(__always)
    private static func matchLength(_ base: UnsafePointer<UInt8>, _ a: Int, _ b: Int, _ end: Int) -> Int {
        var matched = 0
        while b + matched + 8 <= end {
            let difference = load64(base + a + matched) ^ load64(base + b + matched)
            if difference != 0 { return matched + difference.littleEndian.trailingZeroBitCount >> 3 }
            matched += 8
        }
        while b + matched < end, base[a + matched] == base[b + matched] { matched += 1 }
        return matched
    }

    @inline(__always)
    private static func literal(
        _ source: UnsafePointer<UInt8>, _ count: Int, _ target: UnsafeMutablePointer<UInt8>
    ) -> UnsafeMutablePointer<UInt8> {
        var out = target
        let n = count - 1
        if n < 16 {
            // Two words whatever the length: the output has room, and the bytes behind the input may be read.
            out[0] = UInt8(truncatingIfNeeded: n << 2)
            let raw = UnsafeMutableRawPointer(out + 1)
            raw.storeBytes(of: load64(source), as: UInt64.self)
            raw.storeBytes(of: load64(source + 8), toByteOffset: 8, as: UInt64.self)
            return out + 1 + count
        }
        if n < 60 {
            out[0] = UInt8(truncatingIfNeeded: n << 2)
            out += 1
        } else if n < 256 {
            out[0] = 60 << 2
            out[1] = UInt8(truncatingIfNeeded: n)
            out += 2
        } else {
            out[0] = 61 << 2
            out[1] = UInt8(truncatingIfNeeded: n)
            out[2] = UInt8(truncatingIfNeeded: n >> 8)
            out += 3
        }
        out.update(from: source, count: count)
        return out + count
    }

    @inline(__always)
    private static func copy(_ offset: Int, _ length: Int, _ target: UnsafeMutablePointer<UInt8>) -> UnsafeMutablePointer<UInt8> {
        var out = target
        var length = length
        func long(_ part: Int) {
            out[0] = UInt8(truncatingIfNeeded: 2 | (part - 1) << 2)
            out[1] = UInt8(truncatingIfNeeded: offset)
            out[2] = UInt8(truncatingIfNeeded: offset >> 8)
            out += 3
        }
        while length >= 68 {
            long(64)
            length -= 64
        }
        if length > 64 {
            long(60)
            length -= 60
        }
        if length >= 12 || offset >= 2048 {
            long(length)
        } else {
            out[0] = UInt8(truncatingIfNeeded: 1 | (length - 4) << 2 | (offset >> 8) << 5)
            out[1] = UInt8(truncatingIfNeeded: offset)
            out += 2
        }
        return out
    }
}
