import Foundation
import Tabular

/// Reads documents of Word 97 to 2003 (MS-DOC) as people see them: changes accepted, fields with their results, lists with their numbers;
/// of Word 6 and 95 the text.
struct DOCReader {
    private let bytes: [UInt8]
    private let table: [UInt8]
    private let limits: TextualLimits
    private var document = Document(format: .doc)
    private var formatting: DOCFormatting
    private var pieces: [Piece] = []
    private var styles: [Style] = []
    private var lists = WordLists()
    private var fonts: [String] = []
    private var cells = 0

    /// A stretch of the text, and where in the file it is.
    private struct Piece {
        let start: Int
        let end: Int
        let place: Int
        let isWide: Bool
    }

    private struct Style {
        var id = 0
        var base = 0xFFF
        var paragraph = DOCFormatting.Paragraph()
        var letters = DOCFormatting.Letters()
        var sprms: (place: Int, length: Int)?
        var letterSprms: (place: Int, length: Int)?
    }

    /// - Returns: nil when the file holds no document.
    /// - Throws: `TextualFailure`.
    static func read(_ file: CompoundFile, limits: TextualLimits) throws -> Document? {
        guard let bytes = file.stream("WordDocument") else { return nil }
        guard bytes.u16(0) == 0xA5EC || bytes.u16(0) == 0xA5DC else { throw TextualFailure.broken("it has no text") }
        guard bytes.u16(10) & 0x100 == 0 else {
            throw TextualFailure.locked()
        }
        let metadata = SummaryReader.read(file)
        guard bytes.u16(2) >= 0xC1 else {
            var document = try DOC6Reader.read(bytes, limits: limits)
            document.metadata = metadata
            return document
        }
        let name = bytes.u16(10) & 0x200 != 0 ? "1Table" : "0Table"
        guard let table = file.stream(name) ?? file.stream("1Table") ?? file.stream("0Table") else {
            throw TextualFailure.broken("its table stream is missing")
        }
        var reader = DOCReader(bytes, table, file.stream("Data") ?? [], limits)
        reader.document.metadata = metadata
        return try reader.read()
    }

    private init(_ bytes: [UInt8], _ table: [UInt8], _ data: [UInt8], _ limits: TextualLimits) {
        self.bytes = bytes
        self.table = table
        self.limits = limits
        formatting = DOCFormatting(
            bytes, table: table, data: data, letters: Self.place(bytes, 12), paragraphs: Self.place(bytes, 13))
    }

    /// Where a table is: its number in the list of the header.
    private static func place(_ bytes: [UInt8], _ index: Int) -> (start: Int, length: Int) {
        (bytes.u32(0x9A + 8 * index), bytes.u32(0x9E + 8 * index))
    }

    private func place(_ index: Int) -> (start: Int, length: Int) { Self.place(bytes, index) }

    /// The lengths of the stories, in the order in which they follow each other.
    private enum Story: Int, CaseIterable { case body, footnotes, headers, macros, comments, endnotes, boxes, headerBoxes }

    private func range(_ story: Story) -> Range<Int> {
        var start = 0
        for other in Story.allCases {
            let length = max(0, min(bytes.i32(0x4C + 4 * other.rawValue), 1 << 30))
            if other == story { return start..<(start + length) }
            start += length
        }
        return 0..<0
    }

    private mutating func read() throws -> Document {
        readPieces()
        guard !pieces.isEmpty else { throw TextualFailure.broken("it has no text") }
        readStyles()
        readLists()
        readFonts()
        var notes: [Block] = []
        let footnotes = marks(2)
        let endnotes = marks(46)
        let comments = marks(4)
        let boxes = try boxes(.boxes, texts: 56, shapes: 40, of: .body)
        var names: [Int: String] = [:]
        for (index, place) in footnotes.enumerated() { names[place] = "[\(index + 1)]" }
        for (index, place) in endnotes.enumerated() { names[place] = "[\(RomanNumeral.text(index + 1).lowercased())]" }
        let body = try read(range(.body), part: nil, names: names, boxes: boxes)
        let sides = try sides()
        notes += try self.notes(.footnotes, 3, part: "footnotes", count: footnotes.count) { String($0 + 1) }
        notes += try self.notes(.endnotes, 47, part: "endnotes", count: endnotes.count) { RomanNumeral.text($0 + 1).lowercased() }
        let authors = authors(count: comments.count)
        notes += try self.notes(.comments, 5, part: "comments", count: comments.count) { index in
            authors.indices.contains(index) && !authors[index].isEmpty ? "Comment by \(authors[index])" : "Comment"
        }
        document.blocks = sides.headers + body + notes + sides.footers
        return document
    }

    // MARK: Tables of the file

    /// The table of pieces (section 2.4.1).
    private mutating func readPieces() {
        let (start, length) = place(33)
        var at = start
        let end = min(table.count, start + length)
        // Lists of changes that the pieces name stand before them.
        while at < end, table[at] == 1 { at += 3 + table.u16(at + 1) }
        guard at < end, table[at] == 2 else { return }
        let size = table.u32(at + 1)
        at += 5
        let count = max(0, min(size, end - at) - 4) / 12
        var left = bytes.count
        for index in 0..<count {
            let (from, to) = (table.u32(at + 4 * index), table.u32(at + 4 * index + 4))
            let address = table.u32(at + 4 * (count + 1) + 8 * index + 2)
            let isWide = address & 0x4000_0000 == 0
            let place = isWide ? address & 0x3FFF_FFFF : (address & 0x3FFF_FFFF) / 2
            // Each letter has a byte of its own.
            guard to > from, place < bytes.count, from >= pieces.last?.end ?? 0, to - from <= bytes.count, left >= to - from
            else {
                document.receipt.count(.broken)
                continue
            }
            left -= to - from
            pieces.append(Piece(start: from, end: to, place: place, isWide: isWide))
        }
    }

    /// Places in the text that the table names, without the last one, which is its end.
    private func places(_ index: Int, width: Int) -> [Int] {
        let (start, length) = place(index)
        let count = max(0, (min(length, table.count) - 4) / (4 + width))
        return (0...count).map { table.u32(start + 4 * $0) }
    }

    private func marks(_ index: Int) -> [Int] {
        guard place(index).length > 4 else { return [] }
        return Array(places(index, width: index == 4 ? 30 : 2).dropLast())
    }

    private mutating func readStyles() {
        let (start, length) = place(1)
        let end = min(table.count, start + length)
        let base = table.u16(start + 4)
        var at = start + 2 + table.u16(start)
        while at + 2 <= end, styles.count < 5000 {
            let size = table.u16(at)
            var style = Style()
            if size >= 10 {
                let std = at + 2
                style.id = table.u16(std) & 0xFFF
                style.base = table.u16(std + 2) >> 4
                let kind = table.u16(std + 2) & 0xF
                var place = std + base
                let nameUnits = table.u16(place)
                place += 2 + 2 * nameUnits + 2
                // Of letters alone.
                if kind == 2, place + 2 <= at + 2 + size { style.letterSprms = (place + 2, table.u16(place)) }
                if kind == 1, place + 2 <= at + 2 + size {
                    let bytes = table.u16(place)
                    style.sprms = (place + 4, max(0, bytes - 2))
                    place += 2 + bytes + bytes % 2
                    if place + 2 <= at + 2 + size { style.letterSprms = (place + 2, table.u16(place)) }
                }
            }
            styles.append(style)
            at += 2 + size + size % 2
        }
        // What a style is based on comes first, wherever it stands.
        var done: Set<Int> = []
        func settle(_ index: Int, _ depth: Int) {
            guard styles.indices.contains(index), done.insert(index).inserted, depth < 50 else { return }
            let base = styles[index].base
            if base != 0xFFF, base != index {
                settle(base, depth + 1)
                if styles.indices.contains(base) {
                    styles[index].paragraph = styles[base].paragraph
                    styles[index].letters = styles[base].letters
                }
            }
            if let (place, length) = styles[index].sprms {
                DOCFormatting.each(table, place, length) { code, operand, length in
                    DOCFormatting.apply(code, table, operand, length, &styles[index].paragraph)
                }
            }
            if let (place, length) = styles[index].letterSprms {
                let base = styles[index].letters
                DOCFormatting.each(table, place, length) { code, operand, _ in
                    DOCFormatting.apply(code, table, operand, &styles[index].letters, base)
                }
            }
        }
        for index in styles.indices { settle(index, 0) }
        formatting.hiddenStyles = Set(styles.indices.filter { styles[$0].letters.isHidden })
    }

    /// Lists and what paragraphs call them (sections 2.9.131 and 2.9.132).
    private mutating func readLists() {
        let (start, length) = place(73)
        guard length > 2 else { return }
        let count = min(table.u16(start), 5000)
        var at = start + 2 + 28 * count
        for index in 0..<count {
            let list = start + 2 + 28 * index
            let isSimple = list + 26 < table.count && table[list + 26] & 1 != 0
            var levels: [WordLists.Level] = []
            for _ in 0..<(isSimple ? 1 : 9) {
                guard let level = level(&at) else { return }
                levels.append(level)
            }
            lists.add(levels, id: table.i32(list))
        }
        let (overrides, size) = place(74)
        guard size > 4 else { return }
        let most = min(table.u32(overrides), 10_000)
        var details = overrides + 4 + 16 * most
        for index in 0..<most {
            let override = overrides + 4 + 16 * index
            var (starts, own): ([Int: Int], [Int: WordLists.Level]) = ([:], [:])
            details += 4
            for _ in 0..<(override + 12 < table.count ? min(Int(table[override + 12]), 9) : 0) {
                guard details + 8 <= table.count else { break }
                let (start, flags) = (table.i32(details), table.u32(details + 4))
                details += 8
                if flags & 0x10 != 0 { starts[flags & 0xF] = min(max(start, 0), 1_000_000) }
                if flags & 0x20 != 0 {
                    guard let level = level(&details) else { break }
                    own[flags & 0xF] = level
                    if flags & 0x10 != 0 { starts[flags & 0xF] = level.start }
                }
            }
            lists.add(override: index + 1, list: table.i32(override), starts: starts, own: own)
        }
    }

    /// A level of a list (section 2.9.150), and behind it.
    private func level(_ at: inout Int) -> WordLists.Level? {
        guard at + 28 <= table.count else { return nil }
        var level = WordLists.Level()
        level.start = min(max(table.i32(at), 0), 1_000_000)
        level.form = Int(table[at + 4])
        at += 28 + Int(table[at + 24]) + Int(table[at + 25])
        let units = min(table.u16(at), 100)
        level.text = (0..<units).map { UInt32(table.u16(at + 2 + 2 * $0)) }
        at += 2 + 2 * table.u16(at)
        return level
    }

    private mutating func readFonts() {
        let (start, length) = place(15)
        guard length > 4 else { return }
        var at = start + 4
        let end = min(table.count, start + length)
        while at < end, fonts.count < 2000 {
            let size = Int(table[at])
            fonts.append(String(table.utf16(at + 40, units: max(0, (size - 39) / 2)).prefix { $0 != "\0" }))
            at += 1 + size
        }
    }

    /// Of comments, by the place that each has in the list of people.
    private func authors(count: Int) -> [String] {
        let (start, length) = place(36)
        var people: [String] = []
        var at = start
        while at + 2 <= min(table.count, start + length), people.count < 1000 {
            people.append(table.utf16(at + 2, units: table.u16(at)))
            at += 2 + 2 * table.u16(at)
        }
        let first = place(4).start + 4 * (count + 1)
        return (0..<count).map { index in
            let person = table.u16(first + 30 * index + 20)
            return people.indices.contains(person) ? people[person] : ""
        }
    }

    // MARK: Stories

    /// Headers and footers, each told once: six for each section, behind six that part notes from the text (section 2.8.22).
    private mutating func sides() throws -> PageSides {
        let story = range(.headers)
        guard !story.isEmpty, place(11).length > 8 else { return PageSides() }
        let places = places(11, width: 0)
        let boxes = try boxes(.headerBoxes, texts: 58, shapes: 41, of: .headers)
        var sides = PageSides()
        let hung = boxes.filter { $0.key != Int.max }
        var end = 0
        for index in 6..<max(6, places.count - 1) {
            guard places[index + 1] > places[index], places[index] >= end else { continue }
            end = places[index + 1]
            let isHeader = [0, 1, 4].contains(index % 6)
            let text = story.clamped(places[index], places[index + 1])
            sides.add(
                try read(text, part: isHeader ? "header" : "footer", names: [:], boxes: hung), as: isHeader ? .header : .footer)
        }
        // Boxes that hang nowhere.
        sides.add(boxes[Int.max] ?? [], as: .header)
        return sides
    }

    private mutating func notes(_ story: Story, _ index: Int, part: String, count: Int, marker: (Int) -> String) throws -> [Block]
    {
        guard count > 0, place(index).length > 4 else { return [] }
        let places = places(index, width: 0)
        let story = range(story)
        var blocks: [Block] = []
        var end = 0
        for note in 0..<min(count, places.count - 1) {
            // They follow each other.
            guard places[note] >= end, places[note + 1] >= places[note] else { continue }
            end = places[note + 1]
            let text = try read(story.clamped(places[note], places[note + 1]), part: part, names: [:], boxes: [:]).words
            if !text.isEmpty { blocks.append(Block(.note, text, marker: marker(note), at: Place(part: part))) }
        }
        return blocks
    }

    /// The text of boxes, by the place in the body where their shape hangs.
    /// - Parameters:
    ///   - texts, shapes: the numbers of their tables.
    ///   - owner: the story in which the shapes hang.
    private mutating func boxes(
        _ story: Story, texts textTable: Int, shapes shapeTable: Int, of owner: Story
    ) throws -> [Int: [Block]] {
        let story = range(story)
        guard !story.isEmpty, place(textTable).length > 4 else { return [:] }
        let texts = places(textTable, width: 22)
        let shapes = places(shapeTable, width: 26)
        let base = range(owner).lowerBound
        var hooks: [Int: Int] = [:]
        for index in 0..<max(0, shapes.count - 1) {
            hooks[table.u32(place(shapeTable).start + 4 * shapes.count + 26 * index)] = base + shapes[index]
        }
        var boxes: [Int: [Block]] = [:]
        var end = 0
        for index in 0..<max(0, texts.count - 1) {
            guard texts[index] >= end, texts[index + 1] >= texts[index] else { continue }
            end = texts[index + 1]
            let shape = table.u32(place(textTable).start + 4 * texts.count + 22 * index + 14)
            let blocks = try read(story.clamped(texts[index], texts[index + 1]), part: nil, names: [:], boxes: [:])
            // What hangs nowhere comes at the end.
            boxes[hooks[shape] ?? Int.max, default: []] += blocks
        }
        return boxes
    }

    // MARK: Text

    /// A paragraph while it is read.
    private struct Line {
        var text: [UInt16] = []
        var hidden: [UInt16] = []
        var links: [Block.Link] = []
        var boxes: [Block] = []
    }

    private struct Field {
        var instruction: [UInt16] = []
        var isResult = false
        var start = 0
    }

    /// - Parameters:
    ///   - names: of notes, by their places.
    ///   - boxes: by the places where they hang.
    private mutating func read(_ range: Range<Int>, part: String?, names: [Int: String], boxes: [Int: [Block]]) throws -> [Block]
    {
        var flow = WordFlow(part: part)
        var line = Line()
        var fields: [Field] = []
        var number = 0
        var wasDeleted = false
        for piece in pieces[firstPiece(range.lowerBound)...] {
            guard piece.start < range.upperBound else { break }
            var position = max(piece.start, range.lowerBound)
            let end = min(piece.end, range.upperBound)
            let width = piece.isWide ? 2 : 1
            var letters = DOCFormatting.Letters()
            var until = Int.min
            var style = DOCFormatting.Letters()
            // Whether a paragraph begins, whose style says how its letters are.
            var isNew = true
            while position < end {
                let place = piece.place + (position - piece.start) * width
                guard place + width <= bytes.count else { break }
                if isNew {
                    let paragraph = formatting.paragraph(at: place) { styleParagraph($0) }
                    style = styles.indices.contains(paragraph.style) ? styles[paragraph.style].letters : .init()
                    isNew = false
                    until = Int.min
                }
                if place >= until { (letters, until) = formatting.letters(at: place, style: style) }
                var unit = piece.isWide ? UInt16(truncatingIfNeeded: bytes.u16(place)) : Self.narrow[Int(bytes[place])]
                let isField = letters.isSpecial && 0x13...0x15 ~= unit
                if letters.isDeleted {
                    if !wasDeleted { document.receipt.count(.deleted) }
                    wasDeleted = true
                    // The end of a deleted paragraph joins two.
                    if unit == 0x0D { isNew = true }
                    position += 1
                    continue
                }
                wasDeleted = false
                if isField {
                    mark(unit, &fields, &line)
                } else if let field = fields.last, !field.isResult {
                    if field.instruction.count < 10_000 { fields[fields.count - 1].instruction.append(unit) }
                    if unit == 0x0D || unit == 0x07 { fields[fields.count - 1].isResult = true }
                } else if letters.isSpecial, unit < 0x20 || letters.symbol != nil, unit != 0x0D, unit != 0x0C, unit != 0x07 {
                    let shown = special(unit, letters, position, names, boxes, &line)
                    if letters.isHidden { line.hidden += shown } else { line.text += shown }
                } else if unit == 0x0D || unit == 0x07 || unit == 0x0C {
                    let paragraph = formatting.paragraph(at: place) { styleParagraph($0) }
                    if part == nil { number += 1 }
                    try finish(&line, paragraph, isCell: unit == 0x07, part == nil ? number : nil, part, &flow)
                    for index in fields.indices { fields[index].start = 0 }
                    isNew = true
                } else {
                    switch unit {
                    case 0x0B: unit = 0x0A
                    case 0x1E: unit = 0x2D
                    case 0xF000...0xF0FF:
                        let font = letters.font.flatMap { fonts.indices.contains($0) ? fonts[$0] : nil } ?? ""
                        let shown = Array(SymbolFont.text(UInt32(unit & 0xFF), font: font).utf16)
                        if letters.isHidden { line.hidden += shown } else { line.text += shown }
                        position += 1
                        continue
                    default: break
                    }
                    if unit >= 0x20 || unit == 0x09 || unit == 0x0A {
                        if letters.isHidden { line.hidden.append(unit) } else { line.text.append(unit) }
                    }
                }
                position += 1
            }
        }
        let last = DOCFormatting.Paragraph()
        if !line.text.isEmpty || !line.hidden.isEmpty {
            try finish(&line, last, isCell: false, part == nil ? number + 1 : nil, part, &flow)
        }
        flow.endTables(paragraph: part == nil ? number : nil)
        return flow.blocks + (boxes[Int.max] ?? [])
    }

    /// The first piece that ends behind a place.
    private func firstPiece(_ place: Int) -> Int {
        var (low, high) = (0, pieces.count)
        while low < high {
            let middle = (low + high) / 2
            if pieces[middle].end <= place { low = middle + 1 } else { high = middle }
        }
        return low
    }

    private func styleParagraph(_ style: Int) -> DOCFormatting.Paragraph {
        var paragraph = styles.indices.contains(style) ? styles[style].paragraph : .init()
        paragraph.style = style
        return paragraph
    }

    /// Windows-1252, in which one byte is a letter (section 2.4.1).
    private static let narrow: [UInt16] = (0..<256).map { byte in
        guard 0x80...0x9F ~= byte, let text = DecodedText.utf8([UInt8(byte)], in: "windows-1252") else { return UInt16(byte) }
        return String(decoding: text, as: UTF8.self).utf16.first ?? UInt16(byte)
    }

    private func mark(_ unit: UInt16, _ fields: inout [Field], _ line: inout Line) {
        switch unit {
        case 0x13: if fields.count < 100 { fields.append(Field()) }
        case 0x14:
            guard !fields.isEmpty else { return }
            fields[fields.count - 1].isResult = true
            fields[fields.count - 1].start = line.text.count
        default:
            guard let field = fields.popLast() else { return }
            let words = FieldInstruction(String(decoding: field.instruction, as: UTF16.self))
            // What has no result may say what is shown.
            if !field.isResult || field.start >= line.text.count, let shown = words.shown { line.text += Array(shown.utf16) }
            guard field.isResult, field.start <= line.text.count else { return }
            let text = String(decoding: line.text[field.start...], as: UTF16.self)
            if let target = words.target, !text.isEmpty { line.links.append(.init(text: text, target: target)) }
        }
    }

    /// What a letter stands for that is none.
    private mutating func special(
        _ unit: UInt16, _ letters: DOCFormatting.Letters, _ position: Int, _ names: [Int: String], _ boxes: [Int: [Block]],
        _ line: inout Line
    ) -> [UInt16] {
        if let symbol = letters.symbol {
            let font = fonts.indices.contains(symbol.font) ? fonts[symbol.font] : ""
            let isPicture = 0xF000...0xF0FF ~= symbol.code
            return Array(
                (isPicture
                    ? SymbolFont.text(UInt32(symbol.code & 0xFF), font: font)
                    : String(decoding: [UInt16(truncatingIfNeeded: symbol.code)], as: UTF16.self)).utf16)
        }
        switch unit {
        case 0x02: return names[position].map { Array($0.utf16) } ?? []
        case 0x01: document.receipt.count(letters.isObject ? .embedded : .picture)
        case 0x08: if let hung = boxes[position] { line.boxes += hung }
        case 0x0B: return [0x0A]
        case 0x09: return [0x09]
        case 0x1E: return [0x2D]
        default: break
        }
        return []
    }

    private mutating func finish(
        _ line: inout Line, _ paragraph: DOCFormatting.Paragraph, isCell: Bool, _ number: Int?, _ part: String?,
        _ flow: inout WordFlow
    ) throws {
        let text = String(decoding: line.text, as: UTF16.self).trimmedLines
        let hidden = String(decoding: line.hidden, as: UTF16.self).trimmedLines
        let depth = paragraph.nesting ?? (paragraph.isInTable ? 1 : 0)
        let isRowEnd = paragraph.isRowEnd || paragraph.isInnerRow
        let list = paragraph.list ?? 0
        let marker = list > 0 ? lists.next(list, level: paragraph.level ?? 0) : nil
        if !hidden.isEmpty { document.receipt.count(.hidden) }
        var blocks = WordFlow.blocks(
            text, hidden, heading: heading(paragraph), marker: marker, level: paragraph.level ?? 0, line.links,
            at: Place(paragraph: number, part: part))
        blocks += line.boxes
        line = Line()
        // An empty paragraph parts two tables, too.
        if !blocks.isEmpty || depth == 0 { flow.add(blocks, depth: depth, paragraph: number) }
        if isRowEnd {
            flow.endRow(depth: max(1, depth), paragraph.row ?? .init(), paragraph: number)
        } else if isCell || paragraph.isInnerCell {
            cells += 1
            try limits.mustHold(cells: cells)
            flow.endCell(depth: max(1, depth), paragraph: number)
        }
    }

    private func heading(_ paragraph: DOCFormatting.Paragraph) -> Int? {
        if let outline = paragraph.outline { return outline < 9 ? outline + 1 : nil }
        guard styles.indices.contains(paragraph.style) else { return nil }
        switch styles[paragraph.style].id {
        case let id where 1...9 ~= id: return id
        case 62: return 1
        default: return nil
        }
    }
}

extension Range<Int> {
    /// A part of a story, by places that count from its beginning.
    fileprivate func clamped(_ from: Int, _ to: Int) -> Range<Int> {
        let start = Swift.min(upperBound, lowerBound + Swift.max(0, from))
        return start..<Swift.max(start, Swift.min(upperBound, lowerBound + to))
    }
}
