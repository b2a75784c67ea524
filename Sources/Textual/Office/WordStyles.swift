/// What the styles of a Word document say of its paragraphs (ECMA-376, part 1, section 17.7).
struct WordStyles {
    private struct Style {
        var name = ""
        var basedOn: String?
        var outline: Int?
        var list: WordNumbering.Item?
        var isHidden: Bool?
    }

    private var styles: [String: Style] = [:]
    private var standard: String?

    init() {}

    init(_ bytes: [UInt8]) throws {
        var reader = XMLReader(bytes)
        var id: String?
        var style = Style()
        loop: while true {
            switch try reader.next() {
            case .finished: break loop
            case .text: break
            case .end:
                if reader.name == "style", let known = id {
                    styles[known] = style
                    id = nil
                }
            case .start:
                switch reader.name {
                case "style":
                    id = reader.attribute("styleId")
                    style = Style()
                    if reader.attribute("type") == "paragraph", WordValue.isOn(reader.attribute("default")) == true {
                        standard = id
                    }
                case "name": style.name = reader.attribute("val")?.lowercased() ?? ""
                case "basedOn": style.basedOn = reader.attribute("val")
                case "outlineLvl": style.outline = reader.attribute("val").flatMap { Int($0) }
                case "vanish": style.isHidden = WordValue.isOn(reader.attribute("val") ?? "1")
                case "numId": style.list = .init(list: reader.attribute("val") ?? "0", level: style.list?.level ?? 0)
                case "ilvl":
                    style.list = .init(list: style.list?.list ?? "", level: reader.attribute("val").flatMap { Int($0) } ?? 0)
                default: break
                }
            }
        }
    }

    /// From 1; nil for a style that makes no heading.
    func headingLevel(_ id: String?) -> Int? {
        search(id) { style in
            if style.name == "title" { return 1 }
            if style.name.hasPrefix("heading "), let level = Int(style.name.dropFirst(8)), 1...9 ~= level { return level }
            if let outline = style.outline { return 0...8 ~= outline ? outline + 1 : 0 }
            return nil
        }.flatMap { $0 > 0 ? $0 : nil }
    }

    func list(_ id: String?) -> WordNumbering.Item? { search(id) { $0.list } }

    func isHidden(_ id: String?) -> Bool { search(id) { $0.isHidden } ?? false }

    /// The first answer on the way to the style on which all others are based.
    private func search<Value>(_ id: String?, _ answer: (Style) -> Value?) -> Value? {
        var next = id ?? standard
        for _ in 0..<20 {
            guard let id = next, let style = styles[id] else { return nil }
            if let found = answer(style) { return found }
            next = style.basedOn
        }
        return nil
    }
}

/// Values of attributes.
enum WordValue {
    /// A switch (section 22.9.2.7); nil for none.
    static func isOn(_ text: String?) -> Bool? {
        switch text {
        case nil: nil
        case "0", "false", "off": false
        default: true
        }
    }
}

/// The numbers of lists as people see them (section 17.9).
struct WordNumbering {
    struct Item: Equatable {
        let list: String
        let level: Int
    }

    private struct Level {
        var format = "decimal"
        var text = ""
        var start = 1
        /// All numbers of the marker are decimal, whatever their levels say.
        var isLegal = false
        /// The level whose items begin it anew; nil: every one above; 0: none.
        var restart: Int?
    }

    /// Levels by abstract list, and the abstract list of each list with what it says otherwise.
    private var levels: [String: [Int: Level]] = [:]
    private var abstract: [String: String] = [:]
    /// Abstract lists that are what a style of lists says, and those that say it.
    private var styleLinks: [String: String] = [:]
    private var styleLevels: [String: String] = [:]
    private var overrides: [String: [Int: Level]] = [:]
    private var starts: [String: [Int: Int]] = [:]
    /// How far each list has come, by level. Lists of one abstract list count on.
    private var counts: [String: [Int: Int]] = [:]
    private var seen: Set<String> = []

    init() {}

    init(_ bytes: [UInt8]) throws {
        var reader = XMLReader(bytes)
        var (abstractID, listID, level): (String?, String?, Int?) = (nil, nil, nil)
        var current = Level()
        loop: while true {
            switch try reader.next() {
            case .finished: break loop
            case .text: break
            case .end:
                switch reader.name {
                case "lvl":
                    guard let number = level else { break }
                    if let id = listID { overrides[id, default: [:]][number] = current }
                    if let id = abstractID, listID == nil { levels[id, default: [:]][number] = current }
                    if listID == nil { level = nil }
                case "abstractNum": abstractID = nil
                case "num": listID = nil
                default: break
                }
            case .start:
                switch reader.name {
                case "abstractNum": abstractID = reader.attribute("abstractNumId")
                case "num": listID = reader.attribute("numId")
                case "abstractNumId": if let id = listID { abstract[id] = reader.attribute("val") }
                case "lvlOverride": level = Self.level(reader.attribute("ilvl"))
                case "startOverride":
                    if let id = listID, let level {
                        starts[id, default: [:]][level] = Self.start(reader.attribute("val"))
                    }
                case "lvl":
                    level = Self.level(reader.attribute("ilvl"))
                    current = Level()
                case "isLgl": current.isLegal = WordValue.isOn(reader.attribute("val") ?? "1") == true
                case "lvlRestart": current.restart = reader.attribute("val").flatMap { Int($0) }
                case "numStyleLink": if let id = abstractID { styleLinks[id] = reader.attribute("val") }
                case "styleLink": if let id = abstractID, let name = reader.attribute("val") { styleLevels[name] = id }
                case "start": current.start = Self.start(reader.attribute("val")) ?? 1
                case "numFmt": current.format = reader.attribute("val") ?? "decimal"
                case "lvlText": current.text = String((reader.attribute("val") ?? "").unicodeScalars.prefix(Self.longestMarker))
                default: break
                }
            }
        }
    }

    private static let longestMarker = 100

    private static func start(_ text: String?) -> Int? {
        text.flatMap { Int($0) }.flatMap { -1_000_000_000...1_000_000_000 ~= $0 ? $0 : nil }
    }

    private static func level(_ text: String?) -> Int? { text.flatMap { Int($0) }.flatMap { 0...8 ~= $0 ? $0 : nil } }

    /// Counts one more item.
    /// - Returns: its marker, such as `2.1.` or `•`; nil where the paragraph is in no list.
    mutating func next(_ item: Item) -> String? {
        guard item.list != "0", 0...8 ~= item.level, let named = abstract[item.list] else { return nil }
        let family = styleLinks[named].flatMap { styleLevels[$0] } ?? named
        func level(_ number: Int) -> Level? { overrides[item.list]?[number] ?? levels[family]?[number] }
        guard let own = level(item.level) else { return nil }
        if seen.insert(item.list).inserted {
            for (number, start) in starts[item.list] ?? [:] { counts[family, default: [:]][number] = start - 1 }
        }
        var counted = counts[family] ?? [:]
        counted[item.level] = (counted[item.level] ?? own.start - 1) + 1
        for deeper in counted.keys where deeper > item.level {
            // It says from 1 on which level has to come to begin it anew (section 17.9.10).
            if let restart = level(deeper)?.restart, restart == 0 || item.level >= restart { continue }
            counted[deeper] = nil
        }
        for higher in 0..<item.level where counted[higher] == nil { counted[higher] = level(higher)?.start ?? 1 }
        counts[family] = counted
        if own.format == "none" { return "" }
        if own.format == "bullet" {
            // A letter of a font whose letters are pictures; the o of a typewriter is drawn for a ring.
            if own.text == "o" { return "◦" }
            return own.text.unicodeScalars.first.map { 0xE000...0xF8FF ~= $0.value } == true ? "•" : own.text
        }
        var marker = ""
        var isPlace = false
        for character in own.text {
            if isPlace, let place = character.wholeNumberValue, 1...9 ~= place {
                let said = level(place - 1)?.format ?? "decimal"
                let format = own.isLegal && said != "decimalZero" ? "decimal" : said
                marker += Self.text(counted[place - 1] ?? 1, format)
                isPlace = false
            } else if character == "%" {
                isPlace = true
            } else {
                marker.append(character)
            }
        }
        return marker
    }

    private static func text(_ number: Int, _ format: String) -> String {
        switch format {
        case "lowerLetter": LetterNumeral.text(number).lowercased()
        case "upperLetter": LetterNumeral.text(number)
        case "lowerRoman": RomanNumeral.text(number).lowercased()
        case "upperRoman": RomanNumeral.text(number)
        case "decimalZero": number < 10 ? "0\(number)" : String(number)
        case "ordinal": "\(number)\(ordinalEnding(number))"
        case "russianLower": russian(number).lowercased()
        case "russianUpper": russian(number)
        case "none", "bullet": ""
        default: String(number)
        }
    }

    private static func ordinalEnding(_ number: Int) -> String {
        switch (number % 10, number % 100) {
        case (_, 11...13): "th"
        case (1, _): "st"
        case (2, _): "nd"
        case (3, _): "rd"
        default: "th"
        }
    }

    private static let russianLetters = Array("АБВГДЕЖЗИКЛМНОПРСТУФХЦЧШЩЫЭЮЯ")

    private static func russian(_ number: Int) -> String {
        guard 1...(20 * russianLetters.count) ~= number else { return String(number) }
        let letter = russianLetters[(number - 1) % russianLetters.count]
        return String(repeating: letter, count: (number - 1) / russianLetters.count + 1)
    }
}

/// a … z, aa, bb, … (ECMA-376, part 1, section 17.18.59).
enum LetterNumeral {
    static func text(_ number: Int) -> String {
        guard 1...780 ~= number else { return String(number) }
        let letter = Character(Unicode.Scalar(UInt8(0x41 + (number - 1) % 26)))
        return String(repeating: letter, count: (number - 1) / 26 + 1)
    }
}

enum RomanNumeral {
    private static let parts: [(Int, String)] = [
        (1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"), (9, "IX"),
        (5, "V"), (4, "IV"), (1, "I"),
    ]

    static func text(_ number: Int) -> String {
        guard 1...3999 ~= number else { return String(number) }
        var (rest, text) = (number, "")
        for (value, letters) in parts {
            while rest >= value {
                text += letters
                rest -= value
            }
        }
        return text
    }
}
