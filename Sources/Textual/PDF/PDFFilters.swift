import Archives

/// Unpacks streams (ISO 32000-2, section 7.4). What is damaged gives what comes before the damage.
enum PDFFilters {
    /// - Parameter most: bytes that may come out.
    /// - Returns: nil where a filter is for pictures alone.
    /// - Throws: `TextualFailure` `limit_exceeded`.
    static func unpack(
        _ bytes: ArraySlice<UInt8>, _ filters: [(name: String, parameters: [String: PDFObject])], most: Int
    ) throws -> [UInt8]? {
        var data = bytes
        guard filters.count <= 16 else { return nil }
        for (name, parameters) in filters {
            switch name {
            case "FlateDecode", "Fl": data = predicted(try flate(data, most: most), parameters)[...]
            case "LZWDecode", "LZW":
                data = predicted(try lzw(data, early: parameters["EarlyChange"]?.int != 0, most: most), parameters)[...]
            case "ASCII85Decode", "A85": data = ascii85(data)[...]
            case "ASCIIHexDecode", "AHx": data = asciiHex(data)[...]
            case "RunLengthDecode", "RL": data = try runLength(data, most: most)[...]
            case "Crypt": continue
            default: return nil
            }
        }
        return Array(data)
    }

    private static func mustFit(_ count: Int, _ most: Int) throws {
        guard count <= max(0, most) else {
            throw TextualFailure.limit("The parts of the file grow beyond what a document may have.")
        }
    }

    private static func flate(_ bytes: ArraySlice<UInt8>, most: Int) throws -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(min(most, bytes.count * 4))
        func run(_ wrapper: Inflater.Wrapper, _ input: ArraySlice<UInt8>) throws {
            do {
                _ = try Inflater.run(wrapper, input) { piece in
                    out += piece
                    try mustFit(out.count, most)
                }
            } catch let failure as TextualFailure {
                throw failure
            } catch {
                // What was unpacked before the damage counts.
            }
        }
        var input = bytes
        while let first = input.first, first == 10 || first == 13 { input.removeFirst() }
        try run(.zlib, input)
        // A broken header in front of a whole stream.
        if out.isEmpty, input.count > 2 { try run(.raw, input.dropFirst(2)) }
        return out
    }

    private static func lzw(_ bytes: ArraySlice<UInt8>, early: Bool, most: Int) throws -> [UInt8] {
        var out: [UInt8] = []
        // Each entry is a place in the output and a length.
        var starts = [Int](repeating: 0, count: 4097)
        var lengths = [Int](repeating: 0, count: 4097)
        var (next, width, buffer, bits) = (258, 9, UInt32(0), 0)
        var last = -1
        for byte in bytes {
            buffer = buffer << 8 | UInt32(byte)
            bits += 8
            guard bits >= width else { continue }
            let code = Int(buffer >> UInt32(bits - width)) & ((1 << width) - 1)
            bits -= width
            if code == 257 { break }
            if code == 256 {
                (next, width, last) = (258, 9, -1)
                continue
            }
            let start = out.count
            if code < 256 {
                out.append(UInt8(code))
            } else if code < next {
                for place in starts[code]..<(starts[code] + lengths[code]) { out.append(out[place]) }
            } else if code == next, last >= 0, next < 4096 {
                let (from, length) = last < 256 ? (start - 1, 1) : (starts[last], lengths[last])
                for place in from..<(from + length) { out.append(out[place]) }
                out.append(out[start])
            } else {
                break
            }
            if last >= 0, next < 4096 {
                // The last text and the first letter of this one stand side by side in the output.
                let length = last < 256 ? 1 : lengths[last]
                (starts[next], lengths[next]) = (start - length, length + 1)
                next += 1
            }
            last = code
            let limit = next + (early ? 1 : 0)
            width = limit >= 2048 ? 12 : limit >= 1024 ? 11 : limit >= 512 ? 10 : 9
            try mustFit(out.count, most)
        }
        return out
    }

    private static func ascii85(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        var (out, group, count) = ([UInt8](), UInt64(0), 0)
        loop: for byte in bytes {
            switch byte {
            case UInt8(ascii: "z") where count == 0: out += [0, 0, 0, 0]
            case UInt8(ascii: "!")...UInt8(ascii: "u"):
                group = group * 85 + UInt64(byte - 33)
                count += 1
                if count == 5 {
                    for shift in [24, 16, 8, 0] { out.append(UInt8(truncatingIfNeeded: group >> UInt64(shift))) }
                    (group, count) = (0, 0)
                }
            case UInt8(ascii: "~"): break loop
            default: continue
            }
        }
        if count > 1 {
            for _ in count..<5 { group = group * 85 + 84 }
            for shift in [24, 16, 8, 0].prefix(count - 1) { out.append(UInt8(truncatingIfNeeded: group >> UInt64(shift))) }
        }
        return out
    }

    private static func asciiHex(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        var lexer = PDFLexer([UInt8(ascii: "<")] + bytes + [UInt8(ascii: ">")])
        return lexer.next(references: false)?.string ?? []
    }

    private static func runLength(_ bytes: ArraySlice<UInt8>, most: Int) throws -> [UInt8] {
        var out: [UInt8] = []
        var rest = bytes
        while let length = rest.popFirst(), length != 128 {
            if length < 128 {
                out += rest.prefix(Int(length) + 1)
                rest = rest.dropFirst(Int(length) + 1)
            } else if let byte = rest.popFirst() {
                out += [UInt8](repeating: byte, count: 257 - Int(length))
            }
            try mustFit(out.count, most)
        }
        return out
    }

    // MARK: Predictors

    private static func predicted(_ bytes: [UInt8], _ parameters: [String: PDFObject]) -> [UInt8] {
        let predictor = parameters["Predictor"]?.int ?? 1
        guard predictor > 1 else { return bytes }
        let colors = min(32, max(1, parameters["Colors"]?.int ?? 1))
        let depth = min(16, max(1, parameters["BitsPerComponent"]?.int ?? 8))
        let columns = min(1 << 24, max(1, parameters["Columns"]?.int ?? 1))
        let pixel = max(1, colors * depth / 8)
        // A row that is longer than all there is, is one row.
        let row = min((colors * depth * columns + 7) / 8, max(1, bytes.count))
        return predictor == 2 ? tiff(bytes, row, pixel, depth) : png(bytes, row, pixel)
    }

    private static func tiff(_ bytes: [UInt8], _ row: Int, _ pixel: Int, _ depth: Int) -> [UInt8] {
        guard depth == 8 else { return bytes }
        var out = bytes
        for start in stride(from: 0, to: out.count, by: row) {
            var place = start + pixel
            while place < min(start + row, out.count) {
                out[place] &+= out[place - pixel]
                place += 1
            }
        }
        return out
    }

    /// Each row has a byte in front that tells its filter (PNG, section 9).
    private static func png(_ bytes: [UInt8], _ row: Int, _ pixel: Int) -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(bytes.count)
        var above = [UInt8](repeating: 0, count: row)
        var place = 0
        while place < bytes.count {
            let filter = bytes[place]
            var line = Array(bytes[(place + 1)..<min(bytes.count, place + 1 + row)])
            guard !line.isEmpty else { break }
            let had = line.count
            if had < row { line += [UInt8](repeating: 0, count: row - had) }
            switch filter {
            case 1: for i in pixel..<max(pixel, row) { line[i] &+= line[i - pixel] }
            case 2: for i in 0..<row { line[i] &+= above[i] }
            case 3:
                for i in 0..<row { line[i] &+= UInt8((Int(i >= pixel ? line[i - pixel] : 0) + Int(above[i])) / 2) }
            case 4:
                for i in 0..<row {
                    let (left, up, corner) = (
                        Int(i >= pixel ? line[i - pixel] : 0), Int(above[i]), Int(i >= pixel ? above[i - pixel] : 0)
                    )
                    let guess = left + up - corner
                    let (a, b, c) = (abs(guess - left), abs(guess - up), abs(guess - corner))
                    line[i] &+= UInt8(a <= b && a <= c ? left : b <= c ? up : corner)
                }
            default: break
            }
            out += line.prefix(had)
            above = line
            place += 1 + row
        }
        return out
    }
}
