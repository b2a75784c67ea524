/// What the styles of an OpenDocument say (ISO/IEC 26300, part 3, section 16): what is hidden, what is a heading, how lists are marked.
struct OpenDocumentStyles {
    private struct Style {
        var parent: String?
        var isHidden: Bool?
        var listStyle: String?
        var name = ""
    }

    /// How the items of one level of a list, or headings of one level, are marked.
    struct Level {
        var isBullet = false
        var bullet = ""
        /// `1`, `a`, `A`, `i`, `I`; empty for no number.
        var format = ""
        var prefix = ""
        var suffix = ""
        var start = 1
        /// How many levels the marker shows.
        var shown = 1
    }

    private var styles: [String: Style] = [:]
    private var lists: [String: [Int: Level]] = [:]
    private(set) var outline: [Int: Level] = [:]

    /// Parents of parents.
    private static let deepest = 20
    private static let longestMarker = 100

    /// Adds what a part says; later parts win.
    mutating func read(_ bytes: [UInt8]) throws {
        var reader = XMLReader(bytes)
        var (style, list): (String?, String?) = (nil, nil)
        var isOutline = false
        while true {
            switch try reader.next() {
            case .finished: return
            case .text: continue
            case .end:
                switch reader.name {
                case "style": style = nil
                case "list-style": list = nil
                case "outline-style": isOutline = false
                default: continue
                }
            case .start:
                switch reader.name {
                case "body": try reader.skip()
                case "style", "page-layout":
                    style = "\(reader.attribute("family") ?? "") \(reader.attribute("name", prefix: "style") ?? "")"
                    if let style {
                        styles[style] = Style(
                            parent: reader.attribute("parent-style-name").map { "\(reader.attribute("family") ?? "") \($0)" },
                            isHidden: nil, listStyle: reader.attribute("list-style-name"),
                            name: (reader.attribute("display-name") ?? reader.attribute("name", prefix: "style") ?? "")
                                .lowercased())
                    }
                case "text-properties": if let style, reader.attribute("display") == "none" { styles[style]?.isHidden = true }
                case "table-properties": if let style, reader.attribute("display") == "false" { styles[style]?.isHidden = true }
                case "drawing-page-properties":
                    if let style, reader.attribute("visibility") == "hidden" { styles[style]?.isHidden = true }
                case "list-style": list = reader.attribute("name", prefix: "style")
                case "outline-style": isOutline = true
                case "list-level-style-number", "outline-level-style":
                    guard let number = reader.attribute("level").flatMap({ Int($0) }), 1...10 ~= number else { continue }
                    var level = Level()
                    // Both names have one length and one beginning, which is all that is compared of them.
                    let bullet = reader.attribute("bullet-char")
                    level.isBullet = bullet != nil
                    level.bullet = Self.short(bullet)
                    level.format = Self.short(reader.attribute("num-format"))
                    level.prefix = Self.short(reader.attribute("num-prefix"))
                    level.suffix = Self.short(reader.attribute("num-suffix"))
                    level.start = reader.attribute("start-value").flatMap { Int($0) }.map { min(max($0, 0), 1_000_000) } ?? 1
                    level.shown = reader.attribute("display-levels").flatMap { Int($0) }.map { min(max($0, 1), 10) } ?? 1
                    if isOutline {
                        outline[number] = level
                    } else if let list {
                        lists[list, default: [:]][number] = level
                    }
                default: continue
                }
            }
        }
    }

    private static func short(_ text: String?) -> String { String((text ?? "").unicodeScalars.prefix(longestMarker)) }

    func isHidden(_ family: String, _ name: String?) -> Bool {
        search(family, name) { $0.isHidden } ?? false
    }

    /// Whether a paragraph is the title of its document.
    func isTitle(_ name: String?) -> Bool {
        search("paragraph", name) { $0.name == "title" ? true : nil } ?? false
    }

    /// Whether a style takes the number of its headings away: it names a list, and that none.
    func isUnnumbered(_ name: String?) -> Bool {
        search("paragraph", name) { $0.listStyle }.map(\.isEmpty) ?? false
    }

    private func search<Value>(_ family: String, _ name: String?, _ find: (Style) -> Value?) -> Value? {
        var next = name.map { "\(family) \($0)" }
        for _ in 0..<Self.deepest {
            guard let key = next, let style = styles[key] else { return nil }
            if let value = find(style) { return value }
            next = style.parent
        }
        return nil
    }

    /// - Parameter level: from 1.
    func level(_ list: String?, _ level: Int) -> Level? { list.flatMap { lists[$0]?[level] } }

    /// Such as `2.1.`; nil where there is no number.
    /// - Parameters:
    ///   - counts: of all levels down to this one.
    ///   - find: the level of a number, from 1.
    static func marker(_ counts: [Int], _ find: (Int) -> Level?) -> String? {
        guard let own = find(counts.count) else { return nil }
        if own.isBullet {
            return own.bullet.unicodeScalars.first.map { 0xE000...0xF8FF ~= $0.value } == true ? "•" : own.bullet
        }
        guard !own.format.isEmpty else { return nil }
        var numbers: [String] = []
        for place in max(0, counts.count - own.shown)..<counts.count {
            guard let format = find(place + 1)?.format, !format.isEmpty else { continue }
            numbers.append(text(counts[place], format))
        }
        return own.prefix + numbers.joined(separator: ".") + own.suffix
    }

    private static func text(_ number: Int, _ format: String) -> String {
        switch format {
        case "i": RomanNumeral.text(number).lowercased()
        case "I": RomanNumeral.text(number)
        case "a": LetterNumeral.text(number).lowercased()
        case "A": LetterNumeral.text(number)
        default: String(number)
        }
    }
}
