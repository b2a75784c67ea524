/// Cuts a page into tokens (HTML Living Standard, section 13.2.5). The tree says where texts follow that are no HTML.
struct HTMLTokens {
    struct Tag: Equatable {
        var name: String
        var attributes: [HTMLTree.Attribute] = []
        var isSelfClosing = false
    }

    enum Token {
        case doctype(name: String?, publicID: String?, systemID: String?, isBroken: Bool)
        case start(Tag)
        case end(Tag)
        case comment([UInt8])
        case text([UInt8])
        case finished
    }

    /// What the text that follows is.
    enum Content {
        case html
        /// Character references count, tags do not, up to the end tag of this name.
        case escapable(String)
        case raw(String)
        case script
        /// To the end of the page.
        case plain
    }

    var content = Content.html
    private let bytes: [UInt8]
    private var position = 0
    /// What comes before the next token is cut.
    private var waiting: [Token] = []

    private static let replacement = Array("\u{FFFD}".utf8)

    init(_ source: [UInt8]) {
        var bytes = source
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
        // Line ends are line feeds (section 13.2.3.5).
        if bytes.contains(0x0D) {
            var normal: [UInt8] = []
            normal.reserveCapacity(bytes.count)
            for (index, byte) in bytes.enumerated() {
                if byte == 0x0A, index > 0, bytes[index - 1] == 0x0D { continue }
                normal.append(byte == 0x0D ? 0x0A : byte)
            }
            bytes = normal
        }
        self.bytes = bytes
    }

    /// - Parameter isForeign: whether the element that is open is no HTML, so that CDATA is text.
    mutating func next(isForeign: Bool) -> Token {
        if let token = waiting.popLast() { return token }
        switch content {
        case .html: return html(isForeign)
        case .plain:
            guard position < bytes.count else { return .finished }
            defer { position = bytes.count }
            return .text(Self.withFewMarks(Self.withoutNull(bytes[position...])))
        case .escapable(let name): return raw(name, decodes: true)
        case .raw(let name): return raw(name, decodes: false)
        case .script: return script()
        }
    }

    // MARK: HTML

    private mutating func html(_ isForeign: Bool) -> Token {
        var start = position
        var text: [UInt8] = []
        while position < bytes.count {
            let byte = bytes[position]
            if byte == UInt8(ascii: "&") {
                if let (letters, end) = CharacterReferences.reference(bytes[...], at: position, isAttribute: false) {
                    text += bytes[start..<position]
                    text += letters
                    (position, start) = (end, end)
                } else {
                    position += 1
                }
                continue
            }
            guard byte == UInt8(ascii: "<"), position + 1 < bytes.count else {
                position += 1
                continue
            }
            let place = position
            let following = bytes[position + 1]
            var token: Token?
            switch following {
            case UInt8(ascii: "!"): token = declaration(isForeign)
            case UInt8(ascii: "?"):
                position += 1
                token = bogusComment()
            case UInt8(ascii: "/"):
                guard position + 2 < bytes.count else {
                    position += 2
                    continue
                }
                if Self.isLetter(bytes[position + 2]) {
                    position += 2
                    token = tag(isEnd: true)
                } else if bytes[position + 2] == UInt8(ascii: ">") {
                    text += bytes[start..<place]
                    position += 3
                    start = position
                    continue
                } else {
                    position += 2
                    token = bogusComment()
                }
            case _ where Self.isLetter(following):
                position += 1
                token = tag(isEnd: false)
            default:
                position += 1
                continue
            }
            text += bytes[start..<place]
            // A tag that does not end is nothing.
            let found = token ?? .finished
            guard !text.isEmpty else { return found }
            waiting.append(found)
            return .text(Self.withFewMarks(text))
        }
        text += bytes[start..<position]
        return text.isEmpty ? .finished : .text(Self.withFewMarks(text))
    }

    /// At `<!`.
    private mutating func declaration(_ isForeign: Bool) -> Token {
        if matches("<!--", at: position) { return comment() }
        if matchesWord("<!doctype", at: position) { return doctype() }
        if isForeign, matches("<![CDATA[", at: position) {
            position += 9
            let end = find("]]>", from: position)
            defer { position = end.map { $0 + 3 } ?? bytes.count }
            return .text(Self.withFewMarks(Array(bytes[position..<(end ?? bytes.count)])))
        }
        position += 2
        return bogusComment()
    }

    private mutating func bogusComment() -> Token {
        let end = bytes[position...].firstIndex(of: UInt8(ascii: ">")) ?? bytes.count
        defer { position = min(bytes.count, end + 1) }
        return .comment(Self.withoutNull(bytes[position..<end]))
    }

    private mutating func comment() -> Token {
        position += 4
        for empty in [">", "->"] as [StaticString] where matches(empty, at: position) {
            position += empty.utf8CodeUnitCount
            return .comment([])
        }
        let start = position
        var place = start
        while place < bytes.count {
            guard let dash = bytes[place...].firstIndex(of: UInt8(ascii: "-")) else { break }
            place = dash + 1
            guard place < bytes.count, bytes[place] == UInt8(ascii: "-") else { continue }
            for (end, length) in [("-->", 3), ("--!>", 4)] as [(StaticString, Int)] where matches(end, at: dash) {
                position = dash + length
                return .comment(Self.withoutNull(bytes[start..<dash]))
            }
        }
        position = bytes.count
        var end = bytes.count
        for rest in ["--!", "--", "-"] as [StaticString]
        where end - rest.utf8CodeUnitCount >= start && matches(rest, at: end - rest.utf8CodeUnitCount) {
            end -= rest.utf8CodeUnitCount
            break
        }
        return .comment(Self.withoutNull(bytes[start..<end]))
    }

    private mutating func doctype() -> Token {
        position += 9
        skipSpace()
        guard position < bytes.count else { return .doctype(name: nil, publicID: nil, systemID: nil, isBroken: true) }
        if bytes[position] == UInt8(ascii: ">") {
            position += 1
            return .doctype(name: nil, publicID: nil, systemID: nil, isBroken: true)
        }
        let start = position
        while position < bytes.count, !Self.isSpace(bytes[position]), bytes[position] != UInt8(ascii: ">") { position += 1 }
        let name = Self.lowercased(Self.withoutNull(bytes[start..<position]))
        skipSpace()
        var (publicID, systemID): (String?, String?) = (nil, nil)
        var isBroken = position >= bytes.count
        if position < bytes.count, bytes[position] != UInt8(ascii: ">") {
            if matchesWord("public", at: position) {
                position += 6
                publicID = identifier()
                isBroken = publicID == nil
                if !isBroken {
                    skipSpace()
                    if position < bytes.count, bytes[position] != UInt8(ascii: ">") {
                        systemID = identifier()
                        isBroken = systemID == nil
                    }
                }
            } else if matchesWord("system", at: position) {
                position += 6
                systemID = identifier()
                isBroken = systemID == nil
            } else {
                isBroken = true
            }
        }
        skipSpace()
        if position >= bytes.count { isBroken = true }
        position = min(bytes.count, (bytes[min(position, bytes.count)...].firstIndex(of: UInt8(ascii: ">")) ?? bytes.count) + 1)
        return .doctype(name: name, publicID: publicID, systemID: systemID, isBroken: isBroken || unfinishedIdentifier)
    }

    private var unfinishedIdentifier = false

    private mutating func identifier() -> String? {
        skipSpace()
        guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") || bytes[position] == UInt8(ascii: "'") else {
            return nil
        }
        let quote = bytes[position]
        position += 1
        let start = position
        while position < bytes.count, bytes[position] != quote, bytes[position] != UInt8(ascii: ">") { position += 1 }
        let text = String(decoding: Self.withoutNull(bytes[start..<position]), as: UTF8.self)
        if position < bytes.count, bytes[position] == quote { position += 1 } else { unfinishedIdentifier = true }
        return text
    }

    // MARK: Tags

    /// At the first letter of the name.
    /// - Returns: nil when the page ends inside.
    private mutating func tag(isEnd: Bool) -> Token? {
        let start = position
        while position < bytes.count, !Self.isSpace(bytes[position]), bytes[position] != UInt8(ascii: "/"),
            bytes[position] != UInt8(ascii: ">")
        {
            position += 1
        }
        var tag = Tag(
            name: Self.lowercased(Self.withFewMarks(Self.withoutNull(bytes[start..<position]))))
        while true {
            skipSpace()
            guard position < bytes.count else { return nil }
            if bytes[position] == UInt8(ascii: ">") {
                position += 1
                return isEnd ? .end(tag) : .start(tag)
            }
            if bytes[position] == UInt8(ascii: "/") {
                position += 1
                if position < bytes.count, bytes[position] == UInt8(ascii: ">") { tag.isSelfClosing = true }
                continue
            }
            let attribute = self.attribute()
            if tag.attributes.count < HTMLTree.Limits.attributes, !tag.attributes.contains(where: { $0.name == attribute.name }) {
                tag.attributes.append(attribute)
            }
        }
    }

    private mutating func attribute() -> HTMLTree.Attribute {
        let start = position
        // A sign of equality at the beginning is part of the name.
        position += 1
        while position < bytes.count {
            let byte = bytes[position]
            if Self.isSpace(byte) || byte == UInt8(ascii: "/") || byte == UInt8(ascii: ">") || byte == UInt8(ascii: "=") { break }
            position += 1
        }
        let name = Self.lowercased(Self.withFewMarks(Self.withoutNull(bytes[start..<position])))
        let place = position
        skipSpace()
        guard position < bytes.count, bytes[position] == UInt8(ascii: "=") else {
            position = place
            return .init(name: name, value: "")
        }
        position += 1
        skipSpace()
        guard position < bytes.count, bytes[position] != UInt8(ascii: ">") else { return .init(name: name, value: "") }
        let quote = bytes[position]
        let value: Range<Int>
        if quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") {
            let end = bytes[(position + 1)...].firstIndex(of: quote) ?? bytes.count
            value = (position + 1)..<end
            position = min(bytes.count, end + 1)
        } else {
            let from = position
            while position < bytes.count, !Self.isSpace(bytes[position]), bytes[position] != UInt8(ascii: ">") { position += 1 }
            value = from..<position
        }
        return .init(name: name, value: String(decoding: decoded(value, isAttribute: true), as: UTF8.self))
    }

    private func decoded(_ range: Range<Int>, isAttribute: Bool) -> [UInt8] {
        Self.withFewMarks(references(range, isAttribute: isAttribute))
    }

    /// Without combining marks beyond 30 in a row (UAX 15, stream-safe text): comparing texts with more takes quadratic time.
    private static func withFewMarks(_ text: [UInt8]) -> [UInt8] {
        // Marks begin at U+0300, which is CC 80.
        guard text.contains(where: { $0 >= 0xCC }) else { return text }
        var (inRow, isOver) = (0, false)
        for scalar in String(decoding: text, as: UTF8.self).unicodeScalars {
            inRow = isMark(scalar) ? inRow + 1 : 0
            if inRow > HTMLTree.Limits.marksInRow {
                isOver = true
                break
            }
        }
        guard isOver else { return text }
        var kept = String.UnicodeScalarView()
        inRow = 0
        for scalar in String(decoding: text, as: UTF8.self).unicodeScalars {
            inRow = isMark(scalar) ? inRow + 1 : 0
            if inRow <= HTMLTree.Limits.marksInRow { kept.append(scalar) }
        }
        return Array(String(kept).utf8)
    }

    private static func isMark(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value >= 0x300 && scalar.properties.canonicalCombiningClass != .notReordered
    }

    private func references(_ range: Range<Int>, isAttribute: Bool) -> [UInt8] {
        let part = bytes[range]
        guard part.contains(where: { $0 == UInt8(ascii: "&") || $0 == 0 }) else { return Array(part) }
        var (text, start, place) = ([UInt8](), range.lowerBound, range.lowerBound)
        while place < range.upperBound {
            if part[place] == UInt8(ascii: "&"),
                let (letters, end) = CharacterReferences.reference(part, at: place, isAttribute: isAttribute)
            {
                text += Self.withoutNull(part[start..<place])
                text += letters
                (start, place) = (end, end)
            } else {
                place += 1
            }
        }
        return text + Self.withoutNull(part[start...])
    }

    // MARK: Texts that are no HTML

    private mutating func raw(_ name: String, decodes: Bool) -> Token {
        let start = position
        var place = start
        while place < bytes.count, let found = bytes[place...].firstIndex(of: UInt8(ascii: "<")) {
            if isEndTag(name, at: found) { return ended(start, found, decodes) }
            place = found + 1
        }
        return ended(start, bytes.count, decodes)
    }

    private mutating func ended(_ start: Int, _ end: Int, _ decodes: Bool) -> Token {
        content = .html
        position = end
        if end == bytes.count {
            guard end > start else { return .finished }
        } else {
            position += 2
            waiting.append(tag(isEnd: true) ?? .finished)
            guard end > start else { return waiting.popLast() ?? .finished }
        }
        return .text(
            decodes ? decoded(start..<end, isAttribute: false) : Self.withFewMarks(Self.withoutNull(bytes[start..<end])))
    }

    /// Scripts may hold end tags inside of what looks like comments (sections 13.2.5.15 to 13.2.5.31).
    private mutating func script() -> Token {
        enum Depth { case plain, escaped, twice }
        var depth = Depth.plain
        let start = position
        var place = start
        var dashes = 0
        while place < bytes.count {
            let byte = bytes[place]
            if byte == UInt8(ascii: "<") {
                dashes = 0
                switch depth {
                case .plain where matches("<!--", at: place):
                    (depth, dashes) = (.escaped, 2)
                    place += 4
                    continue
                case .plain, .escaped:
                    if isEndTag("script", at: place) { return ended(start, place, false) }
                    if depth == .escaped, matchesWord("<script", at: place), isTagEnd(place + 7) { depth = .twice }
                case .twice:
                    if isEndTag("script", at: place) { depth = .escaped }
                }
            } else if byte == UInt8(ascii: "-") {
                dashes += 1
            } else {
                if byte == UInt8(ascii: ">"), dashes >= 2 { depth = .plain }
                dashes = 0
            }
            place += 1
        }
        return ended(start, bytes.count, false)
    }

    private func isEndTag(_ name: String, at place: Int) -> Bool {
        let letters = name.utf8
        guard place + 2 + letters.count < bytes.count, bytes[place + 1] == UInt8(ascii: "/"),
            zip(bytes[(place + 2)...], letters).allSatisfy({ Self.small($0) == $1 })
        else { return false }
        return isTagEnd(place + 2 + letters.count)
    }

    private func isTagEnd(_ place: Int) -> Bool {
        place < bytes.count
            && (Self.isSpace(bytes[place]) || bytes[place] == UInt8(ascii: "/") || bytes[place] == UInt8(ascii: ">"))
    }

    // MARK: Bytes

    private mutating func skipSpace() {
        while position < bytes.count, Self.isSpace(bytes[position]) { position += 1 }
    }

    private func matches(_ text: StaticString, at place: Int) -> Bool {
        text.withUTF8Buffer { place + $0.count <= bytes.count && bytes[place..<(place + $0.count)].elementsEqual($0) }
    }

    /// Without regard to case.
    private func matchesWord(_ text: StaticString, at place: Int) -> Bool {
        text.withUTF8Buffer { wanted in
            place + wanted.count <= bytes.count
                && zip(bytes[place..<(place + wanted.count)], wanted).allSatisfy { Self.small($0) == $1 }
        }
    }

    private func find(_ text: StaticString, from start: Int) -> Int? {
        text.withUTF8Buffer { wanted in
            var place = start
            while place < bytes.count, let found = bytes[place...].firstIndex(of: wanted[0]) {
                if matches(text, at: found) { return found }
                place = found + 1
            }
            return nil
        }
    }

    private static func withoutNull(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        bytes.contains(0) ? bytes.flatMap { $0 == 0 ? replacement : [$0] } : Array(bytes)
    }

    private static func lowercased(_ bytes: [UInt8]) -> String { String(decoding: bytes.map(small), as: UTF8.self) }
    private static func small(_ byte: UInt8) -> UInt8 { 0x41...0x5A ~= byte ? byte | 0x20 : byte }
    private static func isLetter(_ byte: UInt8) -> Bool { 0x41...0x5A ~= byte || 0x61...0x7A ~= byte }
    static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0C }
}
