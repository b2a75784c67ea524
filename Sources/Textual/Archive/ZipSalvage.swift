import Archives

/// Files of a ZIP archive whose directory is missing, such as one that was cut off: each says before its bytes what it is called and how
/// it is packed (APPNOTE.TXT 6.3, section 4.3.7).
enum ZipSalvage {
    private static let headerBytes = 30
    private static let magic: [UInt8] = [0x50, 0x4B, 0x03, 0x04]
    private static let mostBytes = 256 << 20

    private struct TooMuch: Error {}

    /// What can be unpacked, up to where it ends; empty when there is nothing.
    static func files(_ bytes: [UInt8], limits: TextualLimits) -> [(name: String, content: [UInt8])] {
        var files: [(name: String, content: [UInt8])] = []
        var place = 0
        var left = min(mostBytes, limits.unpackedBytes)
        while let start = next(bytes, from: place), files.count < limits.members, left > 0 {
            let (flags, method) = (bytes.u16(start + 6), bytes.u16(start + 8))
            let (packed, nameBytes) = (bytes.u32(start + 18), bytes.u16(start + 26))
            let data = start + headerBytes + nameBytes + bytes.u16(start + 28)
            guard data <= bytes.count else { break }
            let name = String(decoding: bytes.part(start + headerBytes, nameBytes), as: UTF8.self)
            // The length may stand behind the bytes alone.
            let isKnown = packed > 0 || flags & 8 == 0
            var end: Int? = isKnown ? data + packed : nil
            var content: [UInt8] = []
            if flags & 1 == 0 {
                switch method {
                case 0: if isKnown { content = Array(bytes.part(data, min(packed, left))) }
                case 8:
                    let used = try? Inflater.run(.raw, bytes[data...]) { piece in
                        guard piece.count <= left - content.count else { throw TooMuch() }
                        content += piece
                    }
                    end = used.map { data + $0 } ?? end
                default: break
                }
            }
            left -= content.count
            if !content.isEmpty { files.append((name, content)) }
            // Behind what is broken, and of no known length, nothing is found with certainty.
            guard let end, end > start else { break }
            place = end
        }
        return files
    }

    private static func next(_ bytes: [UInt8], from start: Int) -> Int? {
        var place = start
        while place + headerBytes <= bytes.count {
            guard let found = bytes[place...].firstIndex(of: magic[0]) else { return nil }
            if bytes[found...].starts(with: magic) { return found + headerBytes <= bytes.count ? found : nil }
            place = found + 1
        }
        return nil
    }
}
