/// What an RTF document says of itself before its text: fonts, styles, lists, title and author.
struct RTFDefinitions {
    struct Style {
        var name = ""
        var outline: Int?
        var base: Int?
        var list = 0
        var level = 0
    }

    var fonts = RTFFonts()
    var lists = WordLists()
    private(set) var styles: [Int: Style] = [:]
    private(set) var metadata: [Document.Metadata] = []

    // What is being defined.
    private var font = 0
    private var style = Style()
    private var styleNumber = 0
    private var levels: [WordLists.Level] = []
    private var listID = 0
    private var created: [String: Int] = [:]

    /// The level of a heading, from 1; nil for another paragraph.
    /// - Parameter outline: as the paragraph says itself.
    func heading(_ style: Int, outline: Int?) -> Int? {
        if let outline { return 0...8 ~= outline ? outline + 1 : nil }
        var number: Int? = style
        for _ in 0..<10 {
            guard let known = number, let style = styles[known] else { return nil }
            let name = style.name.lowercased()
            if name == "title" { return 1 }
            if name.hasPrefix("heading "), let level = Int(name.dropFirst(8)), 1...9 ~= level { return level }
            if let outline = style.outline { return 0...8 ~= outline ? outline + 1 : nil }
            number = style.base == known ? nil : style.base
        }
        return nil
    }

    mutating func font(_ name: String, _ number: Int?) {
        switch name {
        case "f": font = number ?? 0
        case "fcharset": fonts.set(font, charset: number ?? 0)
        case "cpg": fonts.set(font, codePage: number ?? 0)
        default: break
        }
    }

    /// - Parameter word: what stood in its group: its name, and a semicolon.
    mutating func endFont(_ word: String) {
        let name = word.prefix { $0 != ";" }
        if !name.isEmpty { fonts.set(font, name: String(name)) }
    }

    mutating func beginStyle() { (style, styleNumber) = (Style(), 0) }

    mutating func style(_ name: String, _ number: Int?) {
        switch name {
        case "s": styleNumber = number ?? 0
        case "outlinelevel": style.outline = number
        case "sbasedon": style.base = number
        case "ls": style.list = number ?? 0
        case "ilvl": style.level = min(max(number ?? 0, 0), 8)
        // Of letters, of tables.
        case "cs", "ds", "ts": styleNumber = -1
        default: break
        }
    }

    mutating func endStyle(_ word: String) {
        style.name = String(word.prefix { $0 != ";" }).trimmedLines
        if styleNumber >= 0, styles.count < 10_000 { styles[styleNumber] = style }
    }

    mutating func beginList() { levels = [] }

    mutating func beginLevel() { levels.append(.init()) }

    mutating func list(_ name: String, _ number: Int?) {
        switch name {
        case "levelnfc", "levelnfcn": if !levels.isEmpty { levels[levels.count - 1].form = number ?? 0 }
        case "levelstartat": if !levels.isEmpty { levels[levels.count - 1].start = min(max(number ?? 1, 0), 1_000_000) }
        case "listid":
            listID = number ?? 0
            lists.add(levels, id: listID)
        default: break
        }
    }

    mutating func override(_ name: String, _ number: Int?) {
        if name == "listid" { listID = number ?? 0 }
        if name == "ls", let number { lists.add(override: number, list: listID) }
    }

    /// Its first letter is a length; a semicolon ends it.
    mutating func endLevelText(_ word: String) {
        var units = word.unicodeScalars.map(\.value)
        guard !levels.isEmpty, !units.isEmpty else { return }
        let length = Int(units.removeFirst())
        levels[levels.count - 1].text = Array(units.prefix(min(length, 50)))
    }

    /// A part of the moment at which the document was made.
    mutating func moment(_ name: String, _ number: Int?) { created[name] = number }

    static func isInfo(_ name: String) -> Bool { infoFields[name] != nil || name == "creatim" }

    private static let infoFields = [
        "title": "title", "subject": "subject", "author": "author", "keywords": "keywords", "doccomm": "description",
        "operator": "last_modified_by", "company": "company",
    ]

    mutating func endInfo(_ name: String, _ word: String) {
        if name == "creatim" {
            if let year = created["yr"], let month = created["mo"], let day = created["dy"], 1...9999 ~= year, 1...12 ~= month,
                1...31 ~= day
            {
                func two(_ number: Int) -> String { number < 10 ? "0\(number)" : String(number) }
                metadata.append(.init("created", "\(year)-\(two(month))-\(two(day))"))
            }
            return
        }
        let value = word.trimmedLines
        if let field = Self.infoFields[name], !value.isEmpty { metadata.append(.init(field, value)) }
    }
}
