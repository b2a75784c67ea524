/// Parquet's RLE / bit-packing hybrid (apache/parquet-format, Encodings.md) for values of up to 32 bits.
enum RunLengthEncoder {
    /// Appends `count` values of `width` bits, 1 to 32.
    static func append(_ values: UnsafePointer<UInt32>, _ count: Int, width: Int, to output: ByteBuffer) {
        // A run takes at most 5 bytes and its value; literals take their bits and a header for each stretch.
        output.reserve(count * (width + 8) / 8 + 64)
        var i = 0
        var literals = 0
        func flush() {
            guard literals > 0 else { return }
            let start = i - literals
            let groups = (literals + 7) / 8
            output.append(varint: UInt64(groups) << 1 | 1)
            pack(values + start, min(literals, count - start), groups: groups, width: width, to: output)
            literals = 0
        }
        while i < count {
            let value = values[i]
            var run = 1
            while i + run < count, values[i + run] == value { run += 1 }
            if run >= 8 {
                flush()
                output.append(varint: UInt64(run) << 1)
                for byte in 0..<(width + 7) / 8 { output.append(UInt8(truncatingIfNeeded: value >> UInt32(8 * byte))) }
                i += run
            } else {
                let taken = min(8, count - i)
                literals += taken
                i += taken
            }
        }
        flush()
    }

    private static func pack(_ values: UnsafePointer<UInt32>, _ count: Int, groups: Int, width: Int, to output: ByteBuffer) {
        output.reserve(groups * width + 8)
        let target = output.base + output.count
        var bits: UInt64 = 0
        var held = 0
        var written = 0
        for i in 0..<count {
            bits |= UInt64(values[i]) << UInt64(held)
            held += width
            while held >= 8 {
                target[written] = UInt8(truncatingIfNeeded: bits)
                written += 1
                bits >>= 8
                held -= 8
            }
        }
        let total = groups * width
        while written < total {
            target[written] = UInt8(truncatingIfNeeded: bits)
            bits = 0
            written += 1
        }
        output.count += total
    }
}
