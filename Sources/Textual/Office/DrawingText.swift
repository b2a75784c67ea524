/// Text of shapes (DrawingML: ECMA-376, part 1, section 21.1.2), as slides, sheets and diagrams have it.
enum DrawingText {
    /// How the items of a list are numbered.
    private struct Numbering: Equatable {
        let form: String
        let start: Int
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
    /// - Throws: `TextualFailure`.
    static func paragraphs(
        _ reader: inout XMLReader, _ relations: Package.Relations, at place: Place, limits: TextualLimits
    ) throws -> [Block] {
        let outside = reader.depth - 1
        var (blocks, textBytes) = ([Block](), 0)
        // How far each level has counted, and in which way.
        var counts: [Int: (numbering: Numbering, count: Int)] = [:]
        while try reader.nextStart(inside: outside) {
            if reader.name == "p" {
                guard let (read, numbering) = try paragraph(&reader, relations, at: place) else { continue }
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
            } else if reader.name == "lstStyle" || reader.name == "bodyPr" {
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
        _ reader: inout XMLReader, _ relations: Package.Relations, at place: Place
    ) throws -> (Block, Numbering?)? {
        let outside = reader.depth - 1
        var text: [UInt8] = []
        var (level, marker, numbering, isText) = (0, String?.none, Numbering?.none, false)
        var links: [Block.Link] = []
        var (run, target) = ([UInt8](), String?.none)
        while reader.depth > outside {
            let event = try reader.next()
            switch event {
            case .finished: return nil
            case .start:
                switch reader.name {
                case "pPr": level = min(8, max(0, reader.attribute("lvl").flatMap { Int($0) } ?? 0))
                case "buChar": (marker, numbering) = (reader.attribute("char"), nil)
                case "buAutoNum":
                    let start = reader.attribute("startAt").flatMap { Int($0) }.flatMap { 1...32_767 ~= $0 ? $0 : nil } ?? 1
                    numbering = Numbering(form: reader.attribute("type") ?? "arabicPeriod", start: start)
                case "buNone": (marker, numbering) = (nil, nil)
                case "r", "fld": (run, target) = ([], nil)
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
                    text += run
                    if let target { links.append(.init(text: String(decoding: run, as: UTF8.self), target: target)) }
                    run = []
                }
            }
        }
        let words = String(decoding: text.map { $0 == 0x0B ? 0x0A : $0 }, as: UTF8.self).trimmedLines
        guard !words.isEmpty else { return nil }
        let isItem = marker != nil || numbering != nil || level > 0
        var block = Block(
            isItem ? .listItem : .paragraph, words, level: level, marker: isItem ? marker ?? "•" : nil, at: place)
        block.links = links
        return (block, numbering)
    }
}
