/// Entities that an XML document declares itself (XML 1.0, section 4.4): texts by a name. Those of other files are never fetched.
enum XMLEntities {
    private static let mostEntities = 1000
    private static let longest = 65_536
    private static let deepest = 8
    /// By how many bytes a document may grow.
    private static let mostGrowth = 4 << 20

    /// The document with its own entities replaced, and without their declarations; as it is where it declares none.
    static func expanded(_ bytes: [UInt8]) -> [UInt8] {
        guard let (subset, end) = subset(of: bytes) else { return bytes }
        var raw: [String: [UInt8]] = [:]
        declarations(bytes[subset]) { name, value in
            // The first one counts.
            if raw.count < mostEntities, raw[name] == nil { raw[name] = value }
        }
        guard !raw.isEmpty else { return bytes }
        var growth = mostGrowth
        var out = Array(bytes[..<(subset.lowerBound - 1)])
        out.reserveCapacity(bytes.count)
        append(bytes[end...], raw, depth: 0, &growth, to: &out)
        return out
    }

    /// What stands in the brackets of the document type, and the place behind them.
    private static func subset(of bytes: [UInt8]) -> (Range<Int>, Int)? {
        guard let start = find("<!DOCTYPE", bytes[...].prefix(65_536)) else { return nil }
        var place = start
        while place < bytes.count, bytes[place] != UInt8(ascii: "[") {
            guard bytes[place] != UInt8(ascii: ">") else { return nil }
            place = behindQuote(bytes[...], place)
        }
        let first = place + 1
        place = first
        while place < bytes.count, bytes[place] != UInt8(ascii: "]") {
            if bytes[place] == UInt8(ascii: "<"), bytes[place...].starts(with: Array("<!--".utf8)) {
                guard let end = find("-->", bytes[place...]) else { return nil }
                place = end + 3
            } else {
                place = behindQuote(bytes[...], place)
            }
        }
        return place < bytes.count ? (first..<place, place + 1) : nil
    }

    /// The next place; behind a quoted text, where one begins.
    private static func behindQuote(_ bytes: ArraySlice<UInt8>, _ place: Int) -> Int {
        guard bytes[place] == UInt8(ascii: "\"") || bytes[place] == UInt8(ascii: "'") else { return place + 1 }
        return (bytes[(place + 1)...].firstIndex(of: bytes[place]) ?? bytes.endIndex - 1) + 1
    }

    private static func find(_ text: StaticString, _ bytes: ArraySlice<UInt8>) -> Int? {
        text.withUTF8Buffer { wanted in
            var place = bytes.startIndex
            while let found = bytes[place...].firstIndex(of: wanted[0]) {
                if bytes[found...].starts(with: wanted) { return found }
                place = found + 1
            }
            return nil
        }
    }

    private static func declarations(_ bytes: ArraySlice<UInt8>, _ take: (String, [UInt8]) -> Void) {
        var place = bytes.startIndex
        while place < bytes.endIndex, let found = find("<!", bytes[place...]) {
            place = found + 2
            if bytes[found...].starts(with: Array("<!--".utf8)) {
                guard let end = find("-->", bytes[found...]) else { return }
                place = end + 3
                continue
            }
            var parts: [[UInt8]] = []
            var quoted: [UInt8]?
            while place < bytes.endIndex, bytes[place] != UInt8(ascii: ">") {
                if bytes[place] <= 0x20 {
                    place += 1
                } else if bytes[place] == UInt8(ascii: "\"") || bytes[place] == UInt8(ascii: "'") {
                    let end = behindQuote(bytes, place)
                    quoted = quoted ?? Array(bytes[(place + 1)..<max(place + 1, end - 1)])
                    place = end
                } else {
                    let start = place
                    while place < bytes.endIndex, bytes[place] > 0x20, ![UInt8(ascii: ">"), 0x22, 0x27].contains(bytes[place]) {
                        place += 1
                    }
                    if parts.count < 3 { parts.append(Array(bytes[start..<place])) }
                }
            }
            // `<!ENTITY name "text">`; with a word more it is a file, with `%` it is for declarations.
            guard parts.count == 2, parts[0].elementsEqual("ENTITY".utf8), let quoted, quoted.count <= longest else { continue }
            take(String(decoding: parts[1], as: UTF8.self), characters(quoted))
        }
    }

    /// With the references to characters replaced, as they are when an entity is declared.
    private static func characters(_ bytes: [UInt8]) -> [UInt8] {
        guard bytes.contains(UInt8(ascii: "#")) else { return bytes }
        var out: [UInt8] = []
        var place = 0
        while place < bytes.count {
            if bytes[place] == UInt8(ascii: "&"), place + 1 < bytes.count, bytes[place + 1] == UInt8(ascii: "#"),
                let end = bytes[place...].prefix(12).firstIndex(of: UInt8(ascii: ";"))
            {
                if let scalar = XMLReader.entity(bytes[(place + 1)..<end]) {
                    out += Array(String(Character(scalar)).utf8)
                    place = end + 1
                    continue
                }
            }
            out.append(bytes[place])
            place += 1
        }
        return out
    }

    private static func append(
        _ bytes: ArraySlice<UInt8>, _ entities: [String: [UInt8]], depth: Int, _ growth: inout Int, to out: inout [UInt8]
    ) {
        var start = bytes.startIndex
        var place = start
        while let found = bytes[place...].firstIndex(of: UInt8(ascii: "&")) {
            place = found + 1
            guard let end = bytes[place...].prefix(100).firstIndex(of: UInt8(ascii: ";")),
                let text = entities[String(decoding: bytes[place..<end], as: UTF8.self)], depth < deepest,
                growth >= text.count + 1
            else { continue }
            growth -= text.count + 1
            out += bytes[start..<found]
            append(text[...], entities, depth: depth + 1, &growth, to: &out)
            (start, place) = (end + 1, end + 1)
        }
        out += bytes[start...]
    }
}
