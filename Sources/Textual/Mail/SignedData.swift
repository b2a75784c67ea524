/// A message inside of its signature (CMS: RFC 5652, section 5), in BER.
enum SignedData {
    private struct Item {
        let tag: UInt8
        /// Of the content; of one without a length to the end of what is around it.
        let range: Range<Int>
        /// Behind it.
        let end: Int
    }

    private static let deepest = 16

    /// The signed content; nil where there is none, or the bytes are no signed message.
    static func content(_ bytes: [UInt8]) -> [UInt8]? {
        // ContentInfo: its type, and in brackets SignedData: a version, algorithms, and what was signed: its type, and in brackets a text.
        guard let info = item(bytes, bytes.indices), info.tag == 0x30 else { return nil }
        let outer = items(bytes, info.range)
        guard outer.count >= 2, outer[1].tag == 0xA0, let signed = items(bytes, outer[1].range).first else { return nil }
        let parts = items(bytes, signed.range)
        guard parts.count >= 3, parts[2].tag == 0x30 else { return nil }
        let inner = items(bytes, parts[2].range)
        guard inner.count >= 2, inner[1].tag == 0xA0, let text = items(bytes, inner[1].range).first else { return nil }
        var content: [UInt8] = []
        append(text, bytes, to: &content, depth: 0)
        return content.isEmpty ? nil : content
    }

    /// A text, which may come in pieces.
    private static func append(_ item: Item, _ bytes: [UInt8], to content: inout [UInt8], depth: Int) {
        if item.tag == 0x04 { content += bytes[item.range] }
        guard item.tag == 0x24, depth < deepest else { return }
        for piece in items(bytes, item.range) { append(piece, bytes, to: &content, depth: depth + 1) }
    }

    /// What stands side by side in a range.
    private static func items(_ bytes: [UInt8], _ range: Range<Int>) -> [Item] {
        var items: [Item] = []
        var place = range.lowerBound
        while place < range.upperBound, items.count < 100_000, let item = item(bytes, place..<range.upperBound), item.tag != 0 {
            items.append(item)
            place = item.end
        }
        return items
    }

    private static func item(_ bytes: [UInt8], _ range: Range<Int>, depth: Int = 0) -> Item? {
        guard range.count >= 2, depth < deepest, bytes[range.lowerBound] & 0x1F != 0x1F else { return nil }
        let (tag, first) = (bytes[range.lowerBound], Int(bytes[range.lowerBound + 1]))
        var start = range.lowerBound + 2
        if first == 0x80 {
            // Without a length: up to two zeros.
            var place = start
            while place + 1 < range.upperBound, bytes[place] != 0 || bytes[place + 1] != 0 {
                guard let inner = item(bytes, place..<range.upperBound, depth: depth + 1) else { return nil }
                place = inner.end
            }
            return Item(tag: tag, range: start..<place, end: min(place + 2, range.upperBound))
        }
        var length = first
        if first > 0x80 {
            let count = first - 0x80
            guard count <= 4, start + count <= range.upperBound else { return nil }
            length = bytes[start..<(start + count)].reduce(0) { $0 << 8 | Int($1) }
            start += count
        }
        guard length <= range.upperBound - start else { return nil }
        return Item(tag: tag, range: start..<(start + length), end: start + length)
    }
}
