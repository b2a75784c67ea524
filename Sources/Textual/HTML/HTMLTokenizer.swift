import HTML

/// Cuts HTML into tags and texts as browsers do (HTML Living Standard, section 13.2.5), each byte looked at once. What is broken is taken
/// for text, and nothing is fetched.
struct HTMLTokenizer {
    enum Token { case start, end, text, finished }

    private let bytes: [UInt8]
    private var position = 0
    /// Of the last tag, in small letters.
    private(set) var name = ""
    private(set) var isSelfClosing = false
    private var attributeRange = 0..<0
    private var textRange = 0..<0
    /// The element whose content is no HTML; the text runs to its end.
    private var rawElement: String?
    private var isRaw = false

    /// Elements of which no tag begins inside, and whether character references count there.
    private static let raw: [String: Bool] = [
        "script": false, "style": false, "xmp": false, "iframe": false, "noembed": false, "noframes": false, "textarea": true,
        "title": true,
    ]
    private static let prefixes = ["html:", "xhtml:", "h:"].map { Array($0.utf8) }
    private static let longestName = 100
    private static let mostAttributes = 100
    /// Pictures stand in attributes, too.
    private static let longestAttribute = 64 << 20

    /// - Parameter bytes: UTF-8.
    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
    }

    mutating func next() -> Token {
        guard position < bytes.count else { return .finished }
        if let element = rawElement { return rawText(element) }
        isRaw = false
        let start = position
        while position < bytes.count {
            guard bytes[position] == UInt8(ascii: "<"), position + 1 < bytes.count else {
                position += 1
                continue
            }
            let next = bytes[position + 1]
            let isTag =
                Self.isLetter(next)
                || (next == UInt8(ascii: "/") && position + 2 < bytes.count && Self.isLetter(bytes[position + 2]))
            let isOther = next == UInt8(ascii: "!") || next == UInt8(ascii: "?") || next == UInt8(ascii: "/")
            guard isTag || isOther else {
                position += 1
                continue
            }
            if position > start {
                textRange = start..<position
                return .text
            }
            if isTag { return tag() }
            if let text = declaration() {
                textRange = text
                isRaw = true
                return .text
            }
            return self.next(after: position)
        }
        textRange = start..<position
        return textRange.isEmpty ? .finished : .text
    }

    /// Goes on behind a comment, without a stack that grows with their number.
    private mutating func next(after place: Int) -> Token {
        while position < bytes.count, bytes[position] == UInt8(ascii: "<"), position + 1 < bytes.count,
            [UInt8(ascii: "!"), UInt8(ascii: "?")].contains(bytes[position + 1])
        {
            if let text = declaration() {
                textRange = text
                isRaw = true
                return .text
            }
        }
        return next()
    }

    /// A comment, a document type or a processing instruction. Of CDATA, which XHTML has, the text is told.
    private mutating func declaration() -> Range<Int>? {
        if matches("<!--", at: position) {
            // `<!-->` is a whole comment.
            let from = position + 2
            position = find("-->", from: from).map { $0 + 3 } ?? bytes.count
            return nil
        }
        if matches("<![CDATA[", at: position) {
            let start = position + 9
            let end = find("]]>", from: start) ?? bytes.count
            position = min(bytes.count, end + 3)
            return start..<end
        }
        position = find(">", from: position).map { $0 + 1 } ?? bytes.count
        return nil
    }

    private mutating func tag() -> Token {
        position += 1
        let isEnd = bytes[position] == UInt8(ascii: "/")
        if isEnd { position += 1 }
        let start = position
        while position < bytes.count, !Self.isSpace(bytes[position]), bytes[position] != UInt8(ascii: ">"),
            bytes[position] != UInt8(ascii: "/")
        {
            position += 1
        }
        var letters = Array(bytes[start..<min(position, start + Self.longestName)])
        // A prefix of XHTML says nothing; others name elements of somebody else, such as `o:p`.
        for prefix in Self.prefixes where letters.starts(with: prefix) { letters.removeFirst(prefix.count) }
        name = String(decoding: letters.map { 0x41...0x5A ~= $0 ? $0 | 0x20 : $0 }, as: UTF8.self)
        let attributes = position
        // A `>` in quotes ends no tag.
        var quote: UInt8?
        var isValue = false
        // In a value without quotes, whose `/` at the end is its own.
        var isBare = false
        while position < bytes.count {
            let byte = bytes[position]
            if let open = quote {
                if byte == open { quote = nil }
            } else if byte == UInt8(ascii: ">") {
                break
            } else if byte == UInt8(ascii: "=") {
                if !isBare { isValue = true }
                position += 1
                continue
            } else if isValue, byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
                quote = byte
            } else if Self.isSpace(byte) {
                isBare = false
            } else if isValue {
                isBare = true
            }
            if !Self.isSpace(byte) { isValue = false }
            position += 1
        }
        attributeRange = attributes..<position
        isSelfClosing = !isBare && position > attributes && bytes[position - 1] == UInt8(ascii: "/")
        position = min(bytes.count, position + 1)
        if !isEnd, !isSelfClosing, Self.raw[name] != nil { rawElement = name }
        return isEnd ? .end : .start
    }

    private mutating func rawText(_ element: String) -> Token {
        let start = position
        var place = start
        let end = Array("</\(element)".utf8)
        while let found = find(UInt8(ascii: "<"), from: place) {
            place = found + 1
            guard found + end.count <= bytes.count,
                zip(bytes[found..<(found + end.count)], end).allSatisfy({ ($0 | (0x41...0x5A ~= $0 ? 0x20 : 0)) == $1 })
            else { continue }
            rawElement = nil
            isRaw = Self.raw[element] == false
            guard found > start else { return next() }
            (textRange, position) = (start..<found, found)
            return .text
        }
        rawElement = nil
        isRaw = Self.raw[element] == false
        (textRange, position) = (start..<bytes.count, bytes.count)
        return textRange.isEmpty ? .finished : .text
    }

    // MARK: Values

    /// Adds the last text, with its character references replaced.
    func appendText(to text: inout [UInt8]) {
        if isRaw { text += bytes[textRange] } else { Self.append(bytes[textRange], to: &text) }
    }

    /// The value of an attribute of the last tag; empty when it has none.
    func attribute(_ wanted: StaticString) -> String? {
        let range = attributeRange
        guard range.count <= Self.longestAttribute else { return nil }
        var place = range.lowerBound
        for _ in 0..<Self.mostAttributes {
            while place < range.upperBound, Self.isSpace(bytes[place]) || bytes[place] == UInt8(ascii: "/") { place += 1 }
            let start = place
            while place < range.upperBound, !Self.isSpace(bytes[place]), bytes[place] != UInt8(ascii: "=") || place == start {
                place += 1
            }
            guard place > start else { return nil }
            let name = start..<place
            while place < range.upperBound, Self.isSpace(bytes[place]) { place += 1 }
            var value = place..<place
            if place < range.upperBound, bytes[place] == UInt8(ascii: "=") {
                place += 1
                while place < range.upperBound, Self.isSpace(bytes[place]) { place += 1 }
                if place < range.upperBound, bytes[place] == UInt8(ascii: "\"") || bytes[place] == UInt8(ascii: "'") {
                    let quote = bytes[place]
                    let from = place + 1
                    place = from
                    while place < range.upperBound, bytes[place] != quote { place += 1 }
                    value = from..<place
                    place = min(range.upperBound, place + 1)
                } else {
                    let from = place
                    while place < range.upperBound, !Self.isSpace(bytes[place]) { place += 1 }
                    value = from..<place
                }
            }
            if Self.isSame(bytes[name], wanted) {
                var text: [UInt8] = []
                Self.append(bytes[value], to: &text, isAttribute: true)
                return String(decoding: text, as: UTF8.self)
            }
        }
        return nil
    }

    private static func isSame(_ name: ArraySlice<UInt8>, _ wanted: StaticString) -> Bool {
        wanted.withUTF8Buffer { wanted in
            name.count == wanted.count && zip(name, wanted).allSatisfy { ($0 | (0x41...0x5A ~= $0 ? 0x20 : 0)) == $1 }
        }
    }

    private static func append(_ source: ArraySlice<UInt8>, to text: inout [UInt8], isAttribute: Bool = false) {
        var start = source.startIndex
        var place = start
        while place < source.endIndex {
            guard source[place] == UInt8(ascii: "&"),
                let (letters, end) = CharacterReferences.reference(source, at: place, isAttribute: isAttribute)
            else {
                place += 1
                continue
            }
            text += source[start..<place]
            text += letters
            (start, place) = (end, end)
        }
        text += source[start...]
    }

    private static func isLetter(_ byte: UInt8) -> Bool { 0x41...0x5A ~= byte || 0x61...0x7A ~= byte }
    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || 0x09...0x0D ~= byte }

    private func find(_ byte: UInt8, from start: Int) -> Int? {
        start < bytes.count ? bytes[start...].firstIndex(of: byte) : nil
    }

    private func find(_ text: StaticString, from start: Int) -> Int? {
        text.withUTF8Buffer { wanted in
            var place = start
            while let found = find(wanted[0], from: place) {
                if found + wanted.count <= bytes.count, bytes[found..<(found + wanted.count)].elementsEqual(wanted) {
                    return found
                }
                place = found + 1
            }
            return nil
        }
    }

    private func matches(_ text: StaticString, at place: Int) -> Bool {
        text.withUTF8Buffer { wanted in
            place + wanted.count <= bytes.count && bytes[place..<(place + wanted.count)].elementsEqual(wanted)
        }
    }
}
