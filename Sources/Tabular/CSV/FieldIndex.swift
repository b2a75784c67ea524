/// Where the fields and records of a stretch of CSV end, found 64 bytes at a time after Langdale and Lemire (simdjson).
///
/// A field that opens with a quote must close with one that a delimiter or the end of the record follows, and no other field may hold
/// a quote (RFC 4180). Where that does not hold, counting quotes would go wrong, so the index stops before that record, and
/// `RecordParser` decides.
struct FieldIndex: ~Copyable {
    enum Stop {
        /// All records that start before the limit are indexed.
        case complete
        /// The record at `next` uses quotes in a way that needs a closer look.
        case irregular
        /// The record at `next` does not end in the bytes given.
        case incomplete
    }

    /// `ends[0]` is the byte before the first record; then the delimiter or terminator after each field. Field `k` of the whole
    /// index lies between `ends[k] + 1` and `ends[k + 1]`.
    private(set) var ends = GrowableBuffer<UInt32>(capacity: 1 << 15)
    /// For each record the number of fields up to its end.
    private(set) var rows = GrowableBuffer<UInt32>(capacity: 1 << 12)
    private(set) var rowCount = 0
    /// Where the first record stands that is not indexed.
    private(set) var next = 0
    private(set) var sawHighBytes = false
    /// Whether a record spans lines; else records and lines are the same.
    private(set) var sawQuotedTerminator = false

    /// One bit for each of 64 bytes that have no bits but perhaps the highest.
    ///
    /// Without a move-mask instruction: the words are folded so that byte i of the result holds bit i of every word's mask, and the
    /// 8 by 8 bits are transposed (Warren, Hacker's Delight, 7-3).
    @inline(__always)
    private static func bits(_ a: SIMD16<UInt8>, _ b: SIMD16<UInt8>, _ c: SIMD16<UInt8>, _ d: SIMD16<UInt8>) -> UInt64 {
        var folded = shifted(a, 7)
        folded |= shifted(b, 5)
        folded |= shifted(c, 3)
        folded |= shifted(d, 1)
        var x: UInt64 = folded.x | (folded.y &<< 1)
        var t: UInt64 = (x ^ (x &>> 7)) & 0x00AA_00AA_00AA_00AA
        x = x ^ t ^ (t &<< 7)
        t = (x ^ (x &>> 14)) & 0x0000_CCCC_0000_CCCC
        x = x ^ t ^ (t &<< 14)
        t = (x ^ (x &>> 28)) & 0x0000_0000_F0F0_F0F0
        return x ^ t ^ (t &<< 28)
    }

    @inline(__always)
    private static func shifted(_ v: SIMD16<UInt8>, _ bits: UInt64) -> SIMD2<UInt64> {
        unsafeBitCast(v, to: SIMD2<UInt64>.self) &>> SIMD2<UInt64>(repeating: bits)
    }

    @inline(__always)
    private static func isZero(_ v: SIMD16<UInt8>) -> Bool {
        let words = unsafeBitCast(v, to: SIMD2<UInt64>.self)
        return words.x | words.y == 0
    }

    /// Bit i is set when an odd number of bits up to i is.
    @inline(__always)
    private static func prefixXor(_ mask: UInt64) -> UInt64 {
        var m = mask
        m ^= m << 1
        m ^= m << 2
        m ^= m << 4
        m ^= m << 8
        m ^= m << 16
        m ^= m << 32
        return m
    }

    /// Indexes the records that start at `start` (a record's start) or later, but before `limit`. `ByteBuffer.slack` bytes beyond
    /// `end` must be readable.
    mutating func scan(
        _ base: UnsafePointer<UInt8>, from start: Int, to end: Int, limit: Int, format: CSVFormat
    ) -> Stop {
        rowCount = 0
        next = start
        sawHighBytes = false
        sawQuotedTerminator = false
        let delimiter = SIMD16<UInt8>(repeating: format.delimiter)
        let terminator = SIMD16<UInt8>(repeating: format.terminator)
        // Without a quote character nothing is quoted; the delimiter is never found where quotes are looked for then.
        let hasQuote = format.quote != 0
        let quote = SIMD16<UInt8>(repeating: format.quote)
        let raw = UnsafeRawPointer(base)
        var high = SIMD16<UInt8>(repeating: 0)
        ends.base[0] = UInt32(truncatingIfNeeded: start &- 1)
        var fields = 0
        var indexedFields = 0
        var position = start
        var inQuotes: UInt64 = 0
        var previousOpens: UInt64 = 1
        let escape = SIMD16<UInt8>(repeating: format.escape)
        var previousEscapes: UInt64 = 0
        var stop = Stop.incomplete

        scanning: while position < end {
            // Each chunk adds at most 64 fields and 64 records; eight more may be written in advance.
            ends.reserve(fields + 80, keeping: fields + 1)
            rows.reserve(rowCount + 72, keeping: rowCount)
            let a = raw.loadUnaligned(fromByteOffset: position, as: SIMD16<UInt8>.self)
            let b = raw.loadUnaligned(fromByteOffset: position + 16, as: SIMD16<UInt8>.self)
            let c = raw.loadUnaligned(fromByteOffset: position + 32, as: SIMD16<UInt8>.self)
            let d = raw.loadUnaligned(fromByteOffset: position + 48, as: SIMD16<UInt8>.self)
            high |= a | b | c | d
            let ta = SIMD16.matches(a, terminator)
            let tb = SIMD16.matches(b, terminator)
            let tc = SIMD16.matches(c, terminator)
            let td = SIMD16.matches(d, terminator)
            var terminators = FieldIndex.bits(ta, tb, tc, td)
            var structure = FieldIndex.bits(
                SIMD16.matches(a, delimiter) | ta, SIMD16.matches(b, delimiter) | tb,
                SIMD16.matches(c, delimiter) | tc, SIMD16.matches(d, delimiter) | td)
            let valid: UInt64 = end - position >= 64 ? ~0 : (1 << UInt64(end - position)) - 1
            structure &= valid
            terminators &= valid
            var isIrregular = false
            var escaped: UInt64 = 0
            if format.escape != 0 {
                // What stands behind an escape may mean something else: rare enough to be looked at one by one.
                let escapes = FieldIndex.bits(
                    SIMD16.matches(a, escape), SIMD16.matches(b, escape), SIMD16.matches(c, escape),
                    SIMD16.matches(d, escape))
                escaped = escapes << 1 | previousEscapes
                previousEscapes = escapes >> 63
            }
            if hasQuote {
                let qa = SIMD16.matches(a, quote)
                let qb = SIMD16.matches(b, quote)
                let qc = SIMD16.matches(c, quote)
                let qd = SIMD16.matches(d, quote)
                if inQuotes != 0 || !FieldIndex.isZero(qa | qb | qc | qd) {
                    let quotes = FieldIndex.bits(qa, qb, qc, qd) & valid
                    let inside = FieldIndex.prefixXor(quotes) ^ inQuotes
                    let edges = structure | quotes
                    var after = edges >> 1 | FieldIndex.follows(base, position + 64, end, format) << 63
                    let closing = quotes & ~inside
                    var bad = (quotes & inside) & ~(edges << 1 | previousOpens)
                    var open = closing & ~after
                    if open != 0 {
                        // Rare: a carriage return before the line feed, or the end of what is loaded.
                        while open != 0 {
                            let bit = open & (0 &- open)
                            if FieldIndex.follows(base, position + bit.trailingZeroBitCount + 1, end, format) != 0 {
                                after |= bit
                            }
                            open &= open - 1
                        }
                        bad |= closing & ~after
                    }
                    bad |= quotes & escaped
                    if terminators & inside != 0 { sawQuotedTerminator = true }
                    structure &= ~inside
                    terminators &= ~inside
                    if bad != 0 {
                        let below = (bad & (0 &- bad)) - 1
                        structure &= below
                        terminators &= below
                        isIrregular = true
                    }
                    inQuotes = 0 &- (inside >> 63)
                    previousOpens = edges >> 63
                } else {
                    previousOpens = structure >> 63
                }
            }
            if structure & escaped != 0 {
                let bad = structure & escaped
                let below = (bad & (0 &- bad)) - 1
                structure &= below
                terminators &= below
                isIrregular = true
            }

            let ends = self.ends.base
            let before = fields
            var pending = structure
            // Eight at a time, needed or not: a loop for each bit would be mispredicted in every chunk.
            let target = ends + (before + 1)
            let found = structure.nonzeroBitCount
            var written = 0
            repeat {
                for i in 0..<8 {
                    target[written &+ i] = UInt32(truncatingIfNeeded: position &+ pending.trailingZeroBitCount)
                    pending &= pending &- 1
                }
                written &+= 8
            } while written < found
            fields = before &+ found
            while terminators != 0 {
                let bit = terminators & (0 &- terminators)
                indexedFields = before + (structure & (bit | (bit - 1))).nonzeroBitCount
                rows.base[rowCount] = UInt32(truncatingIfNeeded: indexedFields)
                rowCount += 1
                next = position + bit.trailingZeroBitCount + 1
                if next >= limit {
                    stop = .complete
                    break scanning
                }
                terminators &= terminators - 1
            }
            if isIrregular {
                stop = .irregular
                break
            }
            position += 64
        }
        if stop == .incomplete, next >= limit || next >= end { stop = .complete }
        sawHighBytes = !FieldIndex.isZero(high & SIMD16(repeating: 0x80))
        return stop
    }

    /// 1 when a quoted field may end before this byte: at a delimiter, a terminator or another quote, and where nothing is loaded yet.
    @inline(__always)
    private static func follows(_ base: UnsafePointer<UInt8>, _ offset: Int, _ end: Int, _ format: CSVFormat) -> UInt64 {
        guard offset < end else { return 1 }
        let byte = base[offset]
        if byte == format.delimiter || byte == format.terminator || byte == format.quote { return 1 }
        guard byte == UInt8(ascii: "\r"), format.terminator == UInt8(ascii: "\n") else { return 0 }
        var next = offset + 1
        while next < end, base[next] == UInt8(ascii: "\r") { next += 1 }
        return next >= end || base[next] == format.terminator ? 1 : 0
    }
}
