import CEncodings

/// Encodings in which a character takes several bytes, after the WHATWG Encoding Standard. What is no character comes out as a byte that
/// is no UTF-8, so that its row is refused.
enum MultiByteEncoding: String, CaseIterable {
    case shiftJIS = "shift_jis"
    case eucJP = "euc-jp"
    case eucKR = "euc-kr"
    case gb18030
    case big5

    /// Appends text as UTF-8 and returns the bytes that were taken: a character that is cut at the end is left, unless `isLast`.
    func append(_ source: UnsafePointer<UInt8>, _ count: Int, to target: ByteBuffer, isLast: Bool) -> Int {
        target.reserve(count * 3 + 8)
        var written = target.base + target.count
        var i = 0
        while i < count {
            let byte = source[i]
            if byte < 0x80 {
                written[0] = byte
                written += 1
                i += 1
                continue
            }
            // The longest character has four bytes.
            if !isLast, count - i < 4 { break }
            let (scalars, length) = next(source + i, count - i)
            guard scalars.0 != 0 else {
                written[0] = 0xFF
                written += 1
                i += length
                continue
            }
            written += UTF8Text.encode(scalars.0, to: written)
            if scalars.1 != 0 { written += UTF8Text.encode(scalars.1, to: written) }
            i += length
        }
        target.count = written - target.base
        return i
    }

    /// One character of one scalar or two, and its bytes; zero for what is none.
    private func next(_ p: UnsafePointer<UInt8>, _ n: Int) -> (scalars: (UInt32, UInt32), length: Int) {
        let lead = Int(p[0])
        let trail = n > 1 ? Int(p[1]) : 0
        switch self {
        case .shiftJIS:
            if lead == 0x80 { return ((0x80, 0), 1) }
            if 0xA1...0xDF ~= lead { return ((UInt32(0xFF61 - 0xA1 + lead), 0), 1) }
            guard 0x81...0x9F ~= lead || 0xE0...0xFC ~= lead, 0x40...0x7E ~= trail || 0x80...0xFC ~= trail else { break }
            let pointer = (lead - (lead < 0xA0 ? 0x81 : 0xC1)) * 188 + trail - (trail < 0x7F ? 0x40 : 0x41)
            if 8836...10715 ~= pointer { return ((UInt32(0xE000 - 8836 + pointer), 0), 2) }
            return found(quern_index_jis0208(), pointer, trail)
        case .eucJP:
            if lead == 0x8E, 0xA1...0xDF ~= trail { return ((UInt32(0xFF61 - 0xA1 + trail), 0), 2) }
            if lead == 0x8F, 0xA1...0xFE ~= trail, n > 2, 0xA1...0xFE ~= Int(p[2]) {
                let scalar = MultiByteEncoding.two(quern_index_jis0212(), (trail - 0xA1) * 94 + Int(p[2]) - 0xA1)
                return ((scalar, 0), scalar == 0 ? 1 : 3)
            }
            guard 0xA1...0xFE ~= lead, 0xA1...0xFE ~= trail else { break }
            return found(quern_index_jis0208(), (lead - 0xA1) * 94 + trail - 0xA1, trail)
        case .eucKR:
            guard 0x81...0xFE ~= lead, 0x41...0xFE ~= trail else { break }
            return found(quern_index_euc_kr(), (lead - 0x81) * 190 + trail - 0x41, trail)
        case .gb18030:
            if lead == 0x80 { return ((0x20AC, 0), 1) }
            guard 0x81...0xFE ~= lead else { break }
            if 0x30...0x39 ~= trail {
                guard n > 3, 0x81...0xFE ~= Int(p[2]), 0x30...0x39 ~= Int(p[3]) else { break }
                let pointer = (((lead - 0x81) * 10 + trail - 0x30) * 126 + Int(p[2]) - 0x81) * 10 + Int(p[3]) - 0x30
                let scalar = MultiByteEncoding.fourBytes(pointer)
                return ((scalar, 0), scalar == 0 ? 1 : 4)
            }
            guard 0x40...0x7E ~= trail || 0x80...0xFE ~= trail else { break }
            return found(quern_index_gb18030(), (lead - 0x81) * 190 + trail - (trail < 0x7F ? 0x40 : 0x41), trail)
        case .big5:
            guard 0x81...0xFE ~= lead, 0x40...0x7E ~= trail || 0xA1...0xFE ~= trail else { break }
            let pointer = (lead - 0x81) * 157 + trail - (trail < 0x7F ? 0x40 : 0x62)
            switch pointer {
            case 1133: return ((0xCA, 0x304), 2)
            case 1135: return ((0xCA, 0x30C), 2)
            case 1164: return ((0xEA, 0x304), 2)
            case 1166: return ((0xEA, 0x30C), 2)
            case _: break
            }
            let scalar = MultiByteEncoding.four(quern_index_big5(), pointer)
            return ((scalar, 0), scalar == 0 && trail < 0x80 ? 1 : 2)
        }
        // Half a character: what follows may be one.
        return ((0, 0), 1)
    }

    private func found(_ table: quern_table, _ pointer: Int, _ trail: Int) -> (scalars: (UInt32, UInt32), length: Int) {
        let scalar = MultiByteEncoding.two(table, pointer)
        return ((scalar, 0), scalar == 0 && trail < 0x80 ? 1 : 2)
    }

    private static func two(_ table: quern_table, _ index: Int) -> UInt32 {
        guard index >= 0, index * 2 + 1 < table.length, let bytes = table.bytes else { return 0 }
        return UInt32(bytes[index * 2]) | UInt32(bytes[index * 2 + 1]) << 8
    }

    private static func four(_ table: quern_table, _ index: Int) -> UInt32 {
        guard index >= 0, index * 4 + 3 < table.length, let bytes = table.bytes else { return 0 }
        return (0..<4).reduce(0) { $0 | UInt32(bytes[index * 4 + $1]) << UInt32($1 * 8) }
    }

    private static func fourBytes(_ pointer: Int) -> UInt32 {
        guard pointer <= 39_419 || 189_000...1_237_575 ~= pointer else { return 0 }
        if pointer >= 189_000 { return UInt32(0x10000 + pointer - 189_000) }
        if pointer == 7457 { return 0xE7C7 }
        let ranges = quern_index_gb18030_ranges()
        var (low, high) = (0, ranges.length / 8)
        while high - low > 1 {
            let middle = (low + high) / 2
            if Int(four(ranges, middle * 2)) <= pointer { low = middle } else { high = middle }
        }
        return four(ranges, low * 2 + 1) + UInt32(pointer) - four(ranges, low * 2)
    }
}
