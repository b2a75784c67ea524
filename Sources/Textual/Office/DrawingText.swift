/// Text of shapes (DrawingML: ECMA-376, part 1, section 21.1.2), as slides, sheets and diagrams have it.
enum DrawingText {
    /// How the items of a list are numbered.
    struct Numbering: Equatable {
        let form: String
        let start: Int
    }

    /// What stands in front of a paragraph.
    enum Bullet: Equatable {
        case none
        case mark(String)
        case number(Numbering)

        /// - Parameter font: whose signs stand where letters are in others.
        init?(_ reader: XMLReader, font: String?) {
            switch reader.name {
            case "buNone": self = .none
            case "buBlip": self = .mark("•")
            case "buChar":
                let mark = reader.attribute("char") ?? "•"
                self = .mark(font.map(Self.isOfSymbols) == true ? "•" : mark)
            case "buAutoNum":
                let start = reader.attribute("startAt").flatMap { Int($0) }.flatMap { 1...32_767 ~= $0 ? $0 : nil } ?? 1
                self = .number(Numbering(form: reader.attribute("type") ?? "arabicPeriod", start: start))
            default: return nil
            }
        }

        private static func isOfSymbols(_ font: String) -> Bool {
            ["wingdings", "webdings", "symbol"].contains { font.lowercased().hasPrefix($0) }
        }
    }

    /// What stands in front of the paragraphs of each level, as far as it is said (`lstStyle`, section 21.1.2.4.12).
    struct ListStyle {
        var bullets: [Int: Bullet] = [:]

        private static let names: [XMLName] = [
            "lvl1pPr", "lvl2pPr", "lvl3pPr", "lvl4pPr", "lvl5pPr", "lvl6pPr", "lvl7pPr", "lvl8pPr", "lvl9pPr",
        ]

        /// What another one says goes before.
        mutating func merge(_ other: ListStyle) { bullets.merge(other.bullets) { $1 } }

        /// Of the element that has just begun.
        /// - Throws: `TextualFailure`.
        static func read(_ reader: inout XMLReader) throws -> ListStyle {
            let outside = reader.depth - 1
            var style = ListStyle()
            var (level, font) = (0, String?.none)
            while try reader.nextStart(inside: outside) {
                if let number = Self.names.firstIndex(of: reader.name) {
                    (level, font) = (number, nil)
                } else if reader.name == "buFont" {
                    font = reader.attribute("typeface")
                } else if let bullet = Bullet(reader, font: font) {
                    style.bullets[level] = bullet
                }
            }
            return style
        }
    }

    /// All paragraphs of a part, such as the data of a diagram.
    /// - Throws: `TextualFailure`.
    static func all(_ bytes: [UInt8], at place: Place, limits: TextualLimits) throws -> [Block] {
        var reader = XMLReader(bytes)
        var (blocks, textBytes) = ([Block](), 0)
        while let event = try? reader.next(), event != .finished {
            guard event == .start, ["t", "txBody", "rich"].contains(reader.name) else { continue }
            let more = try paragraphs(&reader, Package.Relations(), at: place, limits: limits)
            textBytes += more.reduce(0) { $0 + $1.text.utf8.count }
            try limits.mustHold(textBytes: textBytes)
            blocks += more
        }
        return blocks
    }

    /// The paragraphs of the element that has just begun.
    /// - Parameter style: of the lists, where the shape says nothing else.
    /// - Throws: `TextualFailure`.
    static func paragraphs(
        _ reader: inout XMLReader, _ relations: Package.Relations, style: ListStyle = ListStyle(), at place: Place,
        limits: TextualLimits
    ) throws -> [Block] {
        let outside = reader.depth - 1
        var style = style
        var (blocks, textBytes) = ([Block](), 0)
        // How far each level has counted, and in which way.
        var counts: [Int: (numbering: Numbering, count: Int)] = [:]
        while try reader.nextStart(inside: outside) {
            if reader.name == "p" {
                guard let (read, numbering) = try paragraph(&reader, relations, style, at: place) else { continue }
                var block = read
                textBytes += block.text.utf8.count
                try limits.mustHold(textBytes: textBytes)
                for level in counts.keys where level > block.level { counts[level] = nil }
                if let numbering {
                    let before = counts[block.level].flatMap { $0.numbering == numbering ? $0.count : nil }
                    let count = before.map { $0 + 1 } ?? numbering.start
                    counts[block.level] = (numbering, count)
                    block.marker = marker(count, numbering.form)
                } else {
                    counts[block.level] = nil
                }
                blocks.append(block)
            } else if reader.name == "lstStyle" {
                style.merge(try ListStyle.read(&reader))
            } else if reader.name == "bodyPr" {
                try reader.skip()
            }
        }
        return blocks
    }

    /// Such as `4.` or `(a)` (section 20.1.10.61).
    static func marker(_ count: Int, _ form: String) -> String {
        let number =
            if form.hasPrefix("alphaLc") {
                LetterNumeral.text(count).lowercased()
            } else if form.hasPrefix("alphaUc") {
                LetterNumeral.text(count)
            } else if form.hasPrefix("romanLc") {
                RomanNumeral.text(count).lowercased()
            } else if form.hasPrefix("romanUc") {
                RomanNumeral.text(count)
            } else {
                String(count)
            }
        if form.hasSuffix("ParenBoth") { return "(\(number))" }
        if form.hasSuffix("ParenR") { return "\(number))" }
        if form.hasSuffix("Plain") { return number }
        return "\(number)."
    }

    private static func paragraph(
        _ reader: inout XMLReader, _ relations: Package.Relations, _ style: ListStyle, at place: Place
    ) throws -> (Block, Numbering?)? {
        let outside = reader.depth - 1
        var text: [UInt8] = []
        var (level, bullet, font, isText, isSlideNumber) = (0, Bullet?.none, String?.none, false, false)
        var links: [Block.Link] = []
        var (run, target) = ([UInt8](), String?.none)
        while reader.depth > outside {
            let event = try reader.next()
            switch event {
            case .finished: return nil
            case .start:
                switch reader.name {
                case "pPr": level = min(8, max(0, reader.attribute("lvl").flatMap { Int($0) } ?? 0))
                case "buFont": font = reader.attribute("typeface")
                case "buChar", "buAutoNum", "buNone", "buBlip": bullet = Bullet(reader, font: font)
                case "r": (run, target) = ([], nil)
                case "fld": (run, target, isSlideNumber) = ([], nil, reader.attribute("type") == "slidenum")
                case "hlinkClick": target = reader.attribute("id", prefix: "r").flatMap { relations[$0]?.target }
                case "t": isText = true
                case "br": text.append(UInt8(ascii: "\n"))
                case "oMath", "oMathPara": text += Array(try Equation.read(&reader).utf8)
                case "Fallback": try reader.skip()
                default: break
                }
            case .text: if isText { reader.appendText(to: &run) }
            case .end:
                if reader.name == "t" { isText = false }
                if reader.name == "r" || reader.name == "fld" {
                    // What stands there is the number of no slide where the field was not made anew.
                    if isSlideNumber, let slide = place.slide { run = Array(String(slide).utf8) }
                    isSlideNumber = false
                    text += run
                    if let target { links.append(.init(text: String(decoding: run, as: UTF8.self), target: target)) }
                    run = []
                }
            }
        }
        let words = String(decoding: text.map { $0 == 0x0B ? 0x0A : $0 }, as: UTF8.self).trimmedLines
        guard !words.isEmpty else { return nil }
        let found = bullet ?? style.bullets[level]
        var (marker, numbering) = (String?.none, Numbering?.none)
        switch found {
        case .mark(let mark): marker = mark
        case .number(let number): numbering = number
        case .some(.none), nil: break
        }
        let isItem = marker != nil || numbering != nil || level > 0 && bullet != Bullet.none
        var block = Block(
            isItem ? .listItem : .paragraph, words, level: level, marker: isItem ? marker ?? "•" : nil, at: place)
        block.links = links
        return (block, numbering)
    }
}
