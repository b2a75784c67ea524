/// The local name of an element or an attribute, without its prefix: comparing two is comparing two words.
struct XMLName: Equatable, ExpressibleByStringLiteral {
    /// The first 15 bytes, and the length.
    private let first: UInt64
    private let second: UInt64

    init(stringLiteral text: StaticString) {
        var (first, second): (UInt64, UInt64) = (0, 0)
        text.withUTF8Buffer { bytes in (first, second) = Self.packed(bytes) }
        self.first = first
        self.second = second
    }

    init(_ bytes: some RandomAccessCollection<UInt8>) {
        (first, second) = Self.packed(bytes)
    }

    private static func packed(_ bytes: some RandomAccessCollection<UInt8>) -> (UInt64, UInt64) {
        var (first, second): (UInt64, UInt64) = (0, 0)
        var place = 0
        for byte in bytes {
            if place < 8 {
                first |= UInt64(byte) << (8 * UInt64(place))
            } else {
                second |= UInt64(byte) << (8 * UInt64(place - 8))
            }
            place += 1
            if place == 15 { break }
        }
        return (first, second | UInt64(UInt8(clamping: bytes.count)) << 56)
    }
}

/// Reads XML 1.0 one event after the other, forgiving what can be forgiven. No entity but the five of XML is known and nothing is ever
/// fetched, so that neither bombs nor files of the machine get in.
struct XMLReader {
    enum Event { case start, end, text, finished }

    private let bytes: [UInt8]
    private var position = 0
    private(set) var name = XMLName(stringLiteral: "")
    /// The bytes of the last tag behind its name.
    private var attributeRange = 0..<0
    private var nameRange = 0..<0
    /// Of the last text; entities not yet replaced.
    private var textRange = 0..<0
    private var isLiteral = false
    private var mustEnd = false
    /// Elements around the present place.
    private(set) var depth = 0

    /// - Parameter bytes: UTF-8, or UTF-16 with a byte order mark.
    init(_ bytes: [UInt8]) {
        self.bytes = bytes.asUTF8
    }

    /// - Parameter text: UTF-8, whatever its first line says.
    init(text: [UInt8]) { bytes = text }

    /// - Throws: `TextualFailure` `broken_document` where a tag has no end.
    mutating func next() throws -> Event {
        if mustEnd {
            mustEnd = false
            depth -= 1
            return .end
        }
        while position < bytes.count {
            if bytes[position] != UInt8(ascii: "<") {
                let start = position
                while position < bytes.count, bytes[position] != UInt8(ascii: "<") { position += 1 }
                textRange = start..<position
                isLiteral = false
                return .text
            }
            guard position + 1 < bytes.count else { break }
            switch bytes[position + 1] {
            case UInt8(ascii: "/"):
                let start = position + 2
                position = try end(of: start)
                name = XMLName(localName(from: start, to: position - 1))
                depth -= 1
                return .end
            case UInt8(ascii: "?"):
                position = find("?>", from: position + 2) ?? bytes.count
            case UInt8(ascii: "!"):
                if matches("<!--") {
                    position = find("-->", from: position + 4) ?? bytes.count
                } else if matches("<![CDATA[") {
                    let start = position + 9
                    let end = find("]]>", from: start)
                    textRange = start..<(end.map { $0 - 3 } ?? bytes.count)
                    position = end ?? bytes.count
                    isLiteral = true
                    return .text
                } else {
                    skipDeclaration()
                }
            default:
                let start = position + 1
                position = try end(of: start)
                var last = position - 1
                if last > start, bytes[last - 1] == UInt8(ascii: "/") {
                    last -= 1
                    mustEnd = true
                }
                let local = localName(from: start, to: last)
                name = XMLName(local)
                attributeRange = local.endIndex..<last
                nameRange = local.startIndex..<local.endIndex
                depth += 1
                return .start
            }
        }
        return .finished
    }

    /// Goes on to the next element that begins inside of another.
    /// - Parameter outside: the depth around that other one.
    /// - Returns: false when the other one has ended.
    mutating func nextStart(inside outside: Int) throws -> Bool {
        while depth > outside {
            switch try next() {
            case .finished: return false
            case .start: return true
            case .end, .text: continue
            }
        }
        return false
    }

    /// Goes on behind the end of the element that has just begun.
    mutating func skip() throws {
        let outside = depth - 1
        while depth > outside { if try next() == .finished { return } }
    }

    // MARK: Values

    /// The value of an attribute of the element that has just begun.
    /// - Parameter prefix: told where an element has two of one local name, such as `id` and `r:id`.
    func attribute(_ wanted: XMLName, prefix: String? = nil) -> String? {
        guard let range = range(of: wanted, prefix: prefix) else { return nil }
        var value: [UInt8] = []
        append(range, to: &value)
        return String(decoding: value, as: UTF8.self)
    }

    /// The bytes of a value, entities as they are written: for numbers and names.
    func bytes(of wanted: XMLName) -> ArraySlice<UInt8>? { range(of: wanted, prefix: nil).map { bytes[$0] } }

    private func range(of wanted: XMLName, prefix: String?) -> Range<Int>? {
        var place = attributeRange.lowerBound
        while let found = attribute(from: &place) {
            if XMLName(bytes[found.local..<found.name.upperBound]) == wanted,
                prefix.map({ bytes[found.name.lowerBound..<max(found.name.lowerBound, found.local - 1)].elementsEqual($0.utf8) })
                    ?? true
            {
                return found.value
            }
        }
        return nil
    }

    /// The next attribute of the tag, and behind it.
    /// - Returns: its name, where that begins behind its prefix, and its value; nil where there is none, or no whole one.
    @inline(__always)
    private func attribute(from place: inout Int) -> (name: Range<Int>, local: Int, value: Range<Int>)? {
        let end = attributeRange.upperBound
        while place < end, bytes[place] <= 0x20 || bytes[place] == UInt8(ascii: "/") { place += 1 }
        let start = place
        var local = place
        while place < end, bytes[place] != UInt8(ascii: "="), bytes[place] > 0x20 {
            if bytes[place] == UInt8(ascii: ":") { local = place + 1 }
            place += 1
        }
        let nameEnd = place
        while place < end, bytes[place] <= 0x20 || bytes[place] == UInt8(ascii: "=") { place += 1 }
        guard place < end, nameEnd > start else { return nil }
        let quote = bytes[place]
        guard quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") else { return nil }
        let valueStart = place + 1
        place = valueStart
        while place < end, bytes[place] != quote { place += 1 }
        defer { place += 1 }
        return (start..<nameEnd, local, valueStart..<place)
    }

    /// All attributes of the element that has just begun, with their prefixes.
    var attributes: [(name: String, value: String)] {
        var all: [(name: String, value: String)] = []
        var place = attributeRange.lowerBound
        while let found = attribute(from: &place) {
            var value: [UInt8] = []
            append(found.value, to: &value)
            all.append((String(decoding: bytes[found.name], as: UTF8.self), String(decoding: value, as: UTF8.self)))
        }
        return all
    }

    /// The whole name of the element that has just begun, without its prefix.
    var nameText: String { String(decoding: bytes[nameRange], as: UTF8.self) }

    /// Adds the text of the last event, with its entities replaced.
    func appendText(to text: inout [UInt8]) {
        if isLiteral { text += bytes[textRange] } else { append(textRange, to: &text) }
    }

    private func append(_ range: Range<Int>, to text: inout [UInt8]) {
        var start = range.lowerBound
        var place = start
        while place < range.upperBound {
            guard bytes[place] == UInt8(ascii: "&") else {
                place += 1
                continue
            }
            text += bytes[start..<place]
            var end = place + 1
            while end < range.upperBound, end - place < 12, bytes[end] != UInt8(ascii: ";") { end += 1 }
            if end < range.upperBound, bytes[end] == UInt8(ascii: ";"), let scalar = Self.entity(bytes[(place + 1)..<end]) {
                text += Array(String(Character(scalar)).utf8)
                place = end + 1
            } else {
                // An entity of the document's own stays as it is written.
                text.append(UInt8(ascii: "&"))
                place += 1
            }
            start = place
        }
        text += bytes[start..<range.upperBound]
    }

    /// What an entity of XML itself stands for, or a number of a character.
    static func entity(_ name: ArraySlice<UInt8>) -> Unicode.Scalar? {
        switch String(decoding: name, as: UTF8.self) {
        case "amp": return "&"
        case "lt": return "<"
        case "gt": return ">"
        case "quot": return "\""
        case "apos": return "'"
        case let text where text.hasPrefix("#x") || text.hasPrefix("#X"):
            return UInt32(text.dropFirst(2), radix: 16).flatMap(Unicode.Scalar.init)
        case let text where text.hasPrefix("#"): return UInt32(text.dropFirst()).flatMap(Unicode.Scalar.init)
        default: return nil
        }
    }

    // MARK: Tags

    private func localName(from start: Int, to end: Int) -> ArraySlice<UInt8> {
        var from = start
        var place = start
        while place < end, bytes[place] > 0x20, bytes[place] != UInt8(ascii: "/") {
            if bytes[place] == UInt8(ascii: ":") { from = place + 1 }
            place += 1
        }
        return bytes[min(from, place)..<place]
    }

    /// Behind the `>` that ends a tag; one inside quotes does not.
    private func end(of start: Int) throws -> Int {
        var place = start
        while place < bytes.count {
            switch bytes[place] {
            case UInt8(ascii: ">"): return place + 1
            case UInt8(ascii: "\""), UInt8(ascii: "'"):
                let quote = bytes[place]
                place += 1
                while place < bytes.count, bytes[place] != quote { place += 1 }
            default: break
            }
            place += 1
        }
        throw TextualFailure.broken("a tag of its XML has no end")
    }

    private func matches(_ text: StaticString) -> Bool {
        text.withUTF8Buffer { bytes.count - position >= $0.count && bytes[position..<(position + $0.count)].elementsEqual($0) }
    }

    /// Behind the next occurrence.
    private func find(_ text: StaticString, from start: Int) -> Int? {
        text.withUTF8Buffer { wanted in
            var place = start
            while place + wanted.count <= bytes.count {
                if bytes[place] == wanted[0], bytes[place..<(place + wanted.count)].elementsEqual(wanted) {
                    return place + wanted.count
                }
                place += 1
            }
            return nil
        }
    }

    /// A document type, with all that it declares.
    private mutating func skipDeclaration() {
        var brackets = 0
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "["): brackets += 1
            case UInt8(ascii: "]"): brackets -= 1
            case UInt8(ascii: ">") where brackets <= 0:
                position += 1
                return
            default: break
            }
            position += 1
        }
    }
}
