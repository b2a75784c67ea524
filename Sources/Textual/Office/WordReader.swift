/// Reads WordprocessingML (ECMA-376, part 1, section 17) as people see it: changes accepted, fields with their results, lists with
/// their numbers.
struct WordReader {
    private var package: Package
    private let limits: TextualLimits
    private var document = Document(format: .docx)
    private var styles = WordStyles()
    private var numbering = WordNumbering()
    private var relations = Package.Relations()
    private var sides = PageSides()
    private var paragraphs = 0
    private var textBytes = 0
    private var cells = 0
    private var tables = 0
    /// Relations to headers and footers that no page has.
    private var unused: Set<String> = []
    /// What sections name, and whether one has a first page of its own.
    private var edges: [(id: String, type: String)] = []
    private var hasFirstPages = false
    /// Documents inside of this one.
    private var chunks = 0
    /// Those that were read; each is once.
    private var chunkNames: Set<String> = []
    private var drawnParts = DrawnParts()
    /// Links inside each other; the outermost counts.
    private var linkDepth = 0
    /// Fields that are open, and whether what stands there is their instruction, which nobody sees.
    private var fields: [Field] = []

    private struct Field {
        var isInstruction = true
        var instruction: [UInt8] = []
        /// Where in the line its result begins.
        var start = 0
    }
    /// A paragraph whose end was deleted: the next one goes on with it.
    private var carried: Line?
    /// By kind and id, in the order in which the text names them.
    private var noteNumbers: [String: Int] = [:]
    private var noteCounts: [String: Int] = [:]

    /// What one cell may span; Word has at most 63 columns.
    private static let mostColumns = 100
    /// Tables inside each other.
    private static let deepestTable = 20
    /// The part that is being read; nil for the body.
    private var part: String?

    /// - Throws: `TextualFailure`.
    static func read(_ package: Package, main: String, limits: TextualLimits) throws -> Document {
        var reader = WordReader(package: package, limits: limits)
        return try reader.read(main)
    }

    private init(package: Package, limits: TextualLimits) {
        self.package = package
        self.limits = limits
    }

    private mutating func read(_ main: String) throws -> Document {
        guard let body = try package.part(main) else { throw TextualFailure.broken("it has no \(main)") }
        let related = package.relations(of: main)
        func target(_ type: String) -> String? { related.values.first { $0.type == type && !$0.isExternal }?.target }
        document.metadata = MetadataReader.office(&package)
        if let name = target("styles"), let bytes = try? package.part(name) { styles = (try? WordStyles(bytes)) ?? styles }
        if let name = target("numbering"), let bytes = try? package.part(name) {
            numbering = (try? WordNumbering(bytes)) ?? numbering
        }
        relations = related
        var blocks: [Block] = []
        try walk(body, &blocks)
        // Only its end tells which headers a document has.
        unused = unusedSides(target("settings").flatMap { try? package.part($0) } ?? [])
        try sides(related, "header", .header)
        document.blocks = sides.headers + blocks
        for (type, element) in [("footnotes", "footnote" as XMLName), ("endnotes", "endnote")] {
            if let name = target(type) { try notes(name, type, element) }
        }
        if let name = target("comments") { try notes(name, "comments", "comment") }
        try sides(related, "footer", .footer)
        document.blocks += sides.footers
        return document
    }

    // MARK: Parts beside the body

    private mutating func sides(_ related: Package.Relations, _ type: String, _ kind: Block.Kind) throws {
        for name in Set(related.values.filter { $0.type == type && !$0.isExternal }.map(\.target)).sorted() {
            guard !unused.contains(where: { related[$0]?.target == name }) else { continue }
            guard let bytes = try part(name) else { continue }
            relations = package.relations(of: name)
            part = Self.stem(name)
            var blocks: [Block] = []
            try walk(bytes, &blocks)
            sides.add(blocks, as: kind)
        }
    }

    /// What a section says of the edges of its pages (section 17.10).
    private mutating func section(_ reader: inout XMLReader) throws {
        let outside = reader.depth - 1
        while try reader.nextStart(inside: outside) {
            switch reader.name {
            case "titlePg": if WordValue.isOn(reader.attribute("val") ?? "1") == true { hasFirstPages = true }
            case "headerReference", "footerReference":
                guard let id = reader.attribute("id", prefix: "r"), edges.count < 10_000 else { continue }
                edges.append((id, reader.attribute("type") ?? "default"))
            default: continue
            }
        }
    }

    /// Headers and footers of first and of even pages that the document does not tell apart, by their relations.
    private func unusedSides(_ settings: [UInt8]) -> Set<String> {
        var (reader, hasEven) = (XMLReader(settings), false)
        while let event = try? reader.next(), event != .finished {
            guard event == .start, reader.name == "evenAndOddHeaders" else { continue }
            hasEven = WordValue.isOn(reader.attribute("val") ?? "1") == true
        }
        let isUnused = { (type: String) in type == "first" && !hasFirstPages || type == "even" && !hasEven }
        return Set(edges.filter { isUnused($0.type) }.map(\.id)).subtracting(edges.filter { !isUnused($0.type) }.map(\.id))
    }

    /// Notes and comments, each with the number by which the body refers to it.
    private mutating func notes(_ name: String, _ type: String, _ element: XMLName) throws {
        guard let bytes = try part(name) else { return }
        relations = package.relations(of: name)
        part = type
        var reader = XMLReader(bytes)
        var found: [(number: Int, block: Block)] = []
        reading: while true {
            switch try next(&reader) {
            case .finished: break reading
            case .start where reader.name == element:
                let id = reader.attribute("id") ?? ""
                let number = noteNumbers["\(type) \(id)"]
                // Lines that part the notes from the text are notes too.
                if let kind = reader.attribute("type"), kind != "normal" {
                    try reader.skip()
                    continue
                }
                let author = reader.attribute("author")
                var blocks: [Block] = []
                try content(&reader, &blocks, depth: 0)
                flush(&blocks)
                // What the text does not name any more was deleted with the place that named it.
                guard number != nil || type == "comments" else {
                    document.receipt.count(.deleted)
                    continue
                }
                let text = blocks.filter { !$0.isHidden }.map { $0.table.map(PlainText.text) ?? $0.text }.filter { !$0.isEmpty }
                    .joined(separator: "\n")
                guard !text.isEmpty else { continue }
                let marker =
                    number.map { Self.noteMarker($0, type) } ?? author.map { "Comment by \($0)" } ?? "Comment"
                found.append((number ?? 0, Block(.note, text, marker: marker, at: Place(part: type))))
            default: continue
            }
        }
        // In the order in which the text names them; comments keep that of the file.
        document.blocks += found.enumerated().sorted { ($0.element.0, $0.offset) < ($1.element.0, $1.offset) }.map(\.element.1)
    }

    /// As Word numbers them, unless it is told otherwise: 1, 2, … and i, ii, ….
    private static func noteMarker(_ number: Int, _ type: String) -> String {
        type == "endnotes" ? RomanNumeral.text(number).lowercased() : String(number)
    }

    /// The mark in the text that names a note.
    private mutating func reference(_ id: String, _ type: String) -> String {
        let known = noteNumbers["\(type) \(id)"]
        let number = known ?? (noteCounts[type] ?? 0) + 1
        if known == nil {
            noteNumbers["\(type) \(id)"] = number
            noteCounts[type] = number
        }
        return "[\(Self.noteMarker(number, type))]"
    }

    /// A part beside the body that can not be read is told, and costs nothing else.
    private mutating func part(_ name: String) throws -> [UInt8]? {
        do {
            return try package.part(name)
        } catch let failure as TextualFailure where failure.code == "broken_document" {
            document.receipt.count(.broken)
            return nil
        }
    }

    private static func stem(_ name: String) -> String {
        let file = name.split(separator: "/").last ?? ""
        return String(file.prefix { $0 != "." })
    }

    // MARK: Blocks

    /// Of what the paragraph that comes next holds.
    private var nextPlace: Place { Place(paragraph: part == nil ? paragraphs + 1 : nil, part: part) }

    private mutating func walk(_ bytes: [UInt8], _ blocks: inout [Block]) throws {
        var reader = XMLReader(bytes)
        // The root and, of the main part, the body.
        while true {
            switch try next(&reader) {
            case .finished: return flush(&blocks)
            case .start:
                if reader.name == "document" || reader.name == "body" { continue }
                if ["hdr", "ftr"].contains(reader.name) {
                    try content(&reader, &blocks, depth: 0)
                } else {
                    try block(&reader, &blocks, depth: 0)
                }
            default: continue
            }
        }
    }

    /// Everything inside the element that has just begun.
    private mutating func content(_ reader: inout XMLReader, _ blocks: inout [Block], depth: Int) throws {
        let outside = reader.depth - 1
        while reader.depth > outside {
            switch try next(&reader) {
            case .finished: return
            case .start: try block(&reader, &blocks, depth: depth)
            default: continue
            }
        }
    }

    private mutating func block(_ reader: inout XMLReader, _ blocks: inout [Block], depth: Int) throws {
        guard depth < limits.nesting, tables < Self.deepestTable else {
            throw TextualFailure.limit(
                "The document is nested more than \(limits.nesting) deep, or its tables \(Self.deepestTable).")
        }
        switch reader.name {
        case "p": try paragraph(&reader, &blocks, depth: depth + 1)
        case "tbl": try table(&reader, &blocks, depth: depth + 1)
        case "sdt", "sdtContent", "ins", "moveTo", "smartTag", "customXml", "Choice", "AlternateContent":
            try content(&reader, &blocks, depth: depth + 1)
        case "oMathPara", "oMath": try paragraph(&reader, &blocks, depth: depth + 1)
        case "sectPr": try section(&reader)
        case "altChunk":
            try chunk(reader.attribute("id", prefix: "r"), &blocks)
            try reader.skip()
        default: try reader.skip()
        }
    }

    /// Another document that stands in this one (section 17.17.2); it is in no other, and has none itself.
    private mutating func chunk(_ id: String?, _ blocks: inout [Block]) throws {
        flush(&blocks)
        guard let id, let relation = relations[id], !relation.isExternal, chunks < Self.mostChunks,
            limits.containers > 0, chunkNames.insert(relation.target).inserted, let bytes = try part(relation.target)
        else { return document.receipt.count(.embedded) }
        chunks += 1
        do {
            var inner = limits
            inner.containers = 0
            inner.textBytes = max(0, limits.textBytes - textBytes)
            let other = try Extractor.read(bytes, name: relation.target, limits: inner)
            let place = nextPlace
            document.receipt.add(other.receipt)
            try count(other.blocks.textBytes)
            blocks += other.blocks.map { block in
                var block = block
                block.place = place
                return block
            }
        } catch let failure as TextualFailure where failure.code != "limit_exceeded" {
            document.receipt.count(.embedded)
        }
    }

    private static let mostChunks = 20

    private mutating func table(_ reader: inout XMLReader, _ blocks: inout [Block], depth: Int) throws {
        let outside = reader.depth - 1
        flush(&blocks)
        tables += 1
        defer { tables -= 1 }
        var table = Table(rows: [])
        var links: [Block.Link] = []
        // The row in which a cell that goes on downward began, by column; and those that the row at hand begins and ends.
        var open: [Int: Int] = [:]
        var changes: [Int: Bool] = [:]
        var isHeader = false
        var isDeleted = false
        var row: [Table.Cell?] = []
        let place = nextPlace
        while reader.depth > outside {
            let event = try next(&reader)
            if event == .finished { break }
            if event == .end, reader.name == "tr" {
                if isDeleted {
                    document.receipt.count(.deleted)
                } else {
                    for (column, begins) in changes { open[column] = begins ? table.rows.count : nil }
                    if isHeader, table.headerRows == table.rows.count { table.headerRows += 1 }
                    table.rows.append(row)
                }
                continue
            }
            guard event == .start else { continue }
            switch reader.name {
            case "tr": (row, changes, isHeader, isDeleted) = ([], [:], false, false)
            case "tblHeader": isHeader = WordValue.isOn(reader.attribute("val") ?? "1") == true
            case "del": isDeleted = true
            case "gridBefore":
                let count = reader.attribute("val").flatMap { Int($0) } ?? 0
                if 0...Self.mostColumns ~= count { row += [Table.Cell?](repeating: nil, count: count) }
            case "tc":
                let cell = try cell(&reader, depth: depth)
                if cell.isDeleted {
                    document.receipt.count(.deleted)
                    continue
                }
                let column = row.count
                links += cell.links
                cells += cell.columns
                guard cells <= limits.cells, column + cell.columns <= 10 * Self.mostColumns else {
                    throw TextualFailure.limit("A table has more cells than a document may.")
                }
                if cell.goesOn, let first = open[column], first < table.rows.count, table.rows[first].indices.contains(column) {
                    if !isDeleted { table.rows[first][column]?.rows += 1 }
                    row.append(nil)
                } else {
                    // Where the beginning was deleted, the next cell is it.
                    changes[column] = cell.begins || cell.goesOn
                    row.append(Table.Cell(cell.text, columns: cell.columns))
                }
                row += [Table.Cell?](repeating: nil, count: cell.columns - 1)
            case "tblPr", "tblGrid", "tcPr": try reader.skip()
            default: continue
            }
        }
        table.rows.removeAll { $0.isEmpty }
        guard !table.rows.isEmpty else { return }
        var block = Block(.table, "", table: table, at: place)
        block.links = links
        blocks.append(block)
    }

    private struct CellContent {
        var text = ""
        var links: [Block.Link] = []
        var columns = 1
        var begins = false
        var goesOn = false
        var isDeleted = false
    }

    private mutating func cell(_ reader: inout XMLReader, depth: Int) throws -> CellContent {
        let outside = reader.depth - 1
        var cell = CellContent()
        var blocks: [Block] = []
        while try reader.nextStart(inside: outside) {
            switch reader.name {
            case "tcPr": continue
            case "cellDel": cell.isDeleted = true
            case "gridSpan": cell.columns = min(Self.mostColumns, max(1, reader.attribute("val").flatMap { Int($0) } ?? 1))
            case "vMerge":
                let isStart = reader.attribute("val") == "restart"
                (cell.begins, cell.goesOn) = (isStart, !isStart)
            case "tcW", "tcBorders", "shd", "tcMar", "vAlign", "noWrap", "textDirection", "cnfStyle", "hideMark":
                try reader.skip()
            default: try block(&reader, &blocks, depth: depth)
            }
        }
        flush(&blocks)
        cell.text = blocks.words
        cell.links = blocks.flatMap(\.links)
        return cell
    }

    // MARK: Paragraphs

    private struct Line {
        var text: [UInt8] = []
        var hidden: [UInt8] = []
        var style: String?
        var item: WordNumbering.Item?
        var outline: Int?
        var links: [Block.Link] = []
        var boxes: [Block] = []
        var pictures: [Block] = []
        var isEndDeleted = false
        /// As its style says.
        var isHidden = false
    }

    private mutating func paragraph(_ reader: inout XMLReader, _ blocks: inout [Block], depth: Int) throws {
        var line = Line()
        if reader.name == "p" {
            // What is inside, in a text box, is no part of it.
            let before = carried
            carried = nil
            line.isHidden = styles.isHidden(nil)
            try runs(&reader, &line, depth: depth, isHidden: nil)
            carried = before
            // A field whose instruction goes on past its paragraph hides no more than that.
            for index in fields.indices { (fields[index].isInstruction, fields[index].start) = (false, 0) }
        } else {
            line.text += Array(try Equation.read(&reader).utf8)
        }
        if part == nil { paragraphs += 1 }
        if var before = carried {
            // Nobody else holds it, so that it grows in its place.
            carried = nil
            before.text += line.text
            before.hidden += line.hidden
            before.links += line.links
            before.boxes += line.boxes
            before.pictures += line.pictures
            (line.text, line.hidden, line.links) = (before.text, before.hidden, before.links)
            (line.boxes, line.pictures) = (before.boxes, before.pictures)
        }
        if line.isEndDeleted {
            document.receipt.count(.deleted)
            carried = line
            return
        }
        try append(line, &blocks)
    }

    /// A paragraph whose end was deleted, and that nothing follows, stands for itself.
    private mutating func flush(_ blocks: inout [Block]) {
        guard let line = carried else { return }
        carried = nil
        // It was counted when it was read.
        try? append(line, &blocks)
    }

    private mutating func append(_ line: Line, _ blocks: inout [Block]) throws {
        let place = Place(paragraph: part == nil ? paragraphs : nil, part: part)
        let text = String(decoding: line.text, as: UTF8.self).trimmedLines
        try count(line.text.count + line.hidden.count)
        let heading = line.outline.map { 0...8 ~= $0 ? $0 + 1 : 0 } ?? styles.headingLevel(line.style)
        let item = line.item ?? styles.list(line.style)
        // An empty item of a list has a number too.
        let marker = item.flatMap { numbering.next($0) }
        if !text.isEmpty {
            var block: Block
            if let heading, heading > 0 {
                block = Block(.heading, text, level: heading, marker: marker, at: place)
                if let marker, !marker.isEmpty { block.text = "\(marker) \(text)" }
            } else if let marker, let item {
                block = Block(.listItem, text, level: item.level, marker: marker, at: place)
            } else {
                block = Block(.paragraph, text, at: place)
            }
            block.links = line.links
            blocks.append(block)
        } else if let marker, marker.contains(where: { $0.isNumber || $0.isLetter }) {
            // Cells that hold nothing but their number.
            blocks.append(Block(.paragraph, marker, at: place))
        }
        let hidden = String(decoding: line.hidden, as: UTF8.self).trimmedLines
        if !hidden.isEmpty {
            document.receipt.count(.hidden)
            blocks.append(Block(.paragraph, hidden, at: place, isHidden: true))
        }
        blocks += line.pictures + line.boxes
    }

    /// Runs and all that may stand around them, to the end of the element that has just begun.
    private mutating func runs(_ reader: inout XMLReader, _ line: inout Line, depth: Int, isHidden said: Bool?) throws {
        guard depth < limits.nesting else {
            throw TextualFailure.limit("The document is nested more than \(limits.nesting) deep.")
        }
        let outside = reader.depth - 1
        // What a run says of itself counts more than what the style of its paragraph says.
        var said = said
        var symbols: String?
        while try reader.nextStart(inside: outside) {
            let isHidden = said ?? line.isHidden
            switch reader.name {
            case "pPr": try properties(&reader, &line)
            case "fldChar": try field(&reader, &line, isHidden)
            case "rPr": try runProperties(&reader, &said, &symbols)
            case "t":
                if let symbols {
                    var own = Line()
                    try text(&reader, &own, false)
                    Self.add(SymbolFont.text(of: String(decoding: own.text, as: UTF8.self), font: symbols), &line, isHidden)
                } else {
                    try text(&reader, &line, isHidden)
                }
            case "tab", "ptab": Self.add("\t", &line, isHidden)
            case "br", "cr":
                Self.add("\n", &line, isHidden)
            case "noBreakHyphen": Self.add("-", &line, isHidden)
            case "sym": Self.add(Self.symbol(reader), &line, isHidden)
            case "footnoteReference", "endnoteReference":
                let type = reader.name == "footnoteReference" ? "footnotes" : "endnotes"
                if let id = reader.attribute("id") { Self.add(reference(id, type), &line, isHidden) }
            case "del", "moveFrom":
                document.receipt.count(.deleted)
                try reader.skip()
            case "oMath", "oMathPara": Self.add(try Equation.read(&reader), &line, isHidden)
            case "hyperlink":
                let target =
                    [
                        reader.attribute("id", prefix: "r").flatMap { relations[$0]?.target },
                        reader.attribute("anchor").map { "#\($0)" },
                    ].compactMap(\.self).joined()
                try link(&reader, &line, target, depth: depth, isHidden: said)
            case "fldSimple":
                let target = reader.attribute("instr").flatMap { FieldInstruction($0).target }
                try link(&reader, &line, target ?? "", depth: depth, isHidden: said)
            case "instrText":
                if let field = fields.indices.last, fields[field].isInstruction {
                    let outside = reader.depth - 1
                    while reader.depth > outside {
                        let event = try next(&reader)
                        if event == .finished { break }
                        if event == .text, fields[field].instruction.count < 10_000 {
                            reader.appendText(to: &fields[field].instruction)
                        }
                    }
                } else {
                    try reader.skip()
                }
            case "docPr":
                let words = reader.attribute("descr") ?? reader.attribute("title") ?? ""
                if !words.isEmpty {
                    line.pictures.append(
                        Block(.picture, words, at: nextPlace))
                }
            case "AlternateContent": try alternatives(&reader, &line, depth: depth + 1, isHidden: said)
            case "chart", "relIds":
                let blocks = try drawnParts.blocks(
                    reader, relations, in: &package, at: nextPlace, limits: limits, &document.receipt)
                try count(blocks.textBytes)
                line.boxes += blocks
            case "blip", "imagedata": document.receipt.count(.picture)
            case "OLEObject": document.receipt.count(.embedded)
            case "txbxContent":
                try content(&reader, &line.boxes, depth: depth + 1)
            // The same again, for programs that are older.
            case "Fallback", "rt", "delText", "delInstrText", "fldData", "sdtPr", "sdtEndPr", "rubyPr", "ctrlPr":
                try reader.skip()
            default: try runs(&reader, &line, depth: depth + 1, isHidden: said)
            }
        }
    }

    private mutating func text(_ reader: inout XMLReader, _ line: inout Line, _ isHidden: Bool) throws {
        let outside = reader.depth - 1
        while reader.depth > outside {
            switch try next(&reader) {
            case .finished: return
            case .text where isInInstruction: continue
            case .text: if isHidden { reader.appendText(to: &line.hidden) } else { reader.appendText(to: &line.text) }
            default: continue
            }
        }
    }

    /// What leads to another place, without links inside of it.
    /// - Parameter target: empty where it leads nowhere.
    private mutating func link(
        _ reader: inout XMLReader, _ line: inout Line, _ target: String, depth: Int, isHidden: Bool?
    ) throws {
        let start = line.text.count
        if !target.isEmpty { linkDepth += 1 }
        try runs(&reader, &line, depth: depth + 1, isHidden: isHidden)
        guard !target.isEmpty else { return }
        linkDepth -= 1
        let words = String(decoding: line.text[min(start, line.text.count)...], as: UTF8.self)
        if linkDepth == 0, !words.isEmpty { line.links.append(.init(text: words, target: target)) }
    }

    private var isInInstruction: Bool { fields.contains(where: \.isInstruction) }

    /// A field has an instruction up to a mark, and behind it what people see (section 17.16.18).
    private mutating func mark(_ type: String?, _ line: inout Line) {
        switch type {
        case "begin": if fields.count < limits.nesting { fields.append(Field()) }
        case "separate":
            if let last = fields.indices.last { (fields[last].isInstruction, fields[last].start) = (false, line.text.count) }
        case "end":
            guard let field = fields.popLast(), linkDepth == 0, !isInInstruction,
                let target = FieldInstruction(String(decoding: field.instruction, as: UTF8.self)).target
            else { return }
            let words = String(decoding: line.text[min(field.start, line.text.count)...], as: UTF8.self)
            if !field.isInstruction, !words.isEmpty { line.links.append(.init(text: words, target: target)) }
        default: break
        }
    }

    private static func add(_ text: String, _ line: inout Line, _ isHidden: Bool) {
        if isHidden { line.hidden += Array(text.utf8) } else { line.text += Array(text.utf8) }
    }

    /// A letter of a font whose letters are pictures: the few that stand for letters of Unicode, else a bullet.
    private static func symbol(_ reader: XMLReader) -> String {
        guard let code = reader.attribute("char").flatMap({ UInt32($0, radix: 16) }), let scalar = Unicode.Scalar(code) else {
            return ""
        }
        guard 0xF000...0xF0FF ~= code else { return String(Character(scalar)) }
        return SymbolFont.text(code & 0xFF, font: reader.attribute("font") ?? "")
    }

    private mutating func properties(_ reader: inout XMLReader, _ line: inout Line) throws {
        let outside = reader.depth - 1
        var (list, level): (String?, Int?) = (nil, nil)
        while try reader.nextStart(inside: outside) {
            switch reader.name {
            case "pStyle":
                line.style = reader.attribute("val")
                line.isHidden = styles.isHidden(line.style)
            case "numId": list = reader.attribute("val")
            case "ilvl": level = reader.attribute("val").flatMap { Int($0) }
            case "outlineLvl": line.outline = reader.attribute("val").flatMap { Int($0) }
            case "rPr": line.isEndDeleted = try isDeleted(&reader)
            case "sectPr": try section(&reader)
            case "pPrChange": try reader.skip()
            default: continue
            }
        }
        if list != nil || level != nil {
            line.item = .init(
                list: list ?? styles.list(line.style)?.list ?? "0", level: level ?? styles.list(line.style)?.level ?? 0)
        }
    }

    /// Whether the mark at the end of the paragraph was deleted.
    private func isDeleted(_ reader: inout XMLReader) throws -> Bool {
        let outside = reader.depth - 1
        var isDeleted = false
        while try reader.nextStart(inside: outside) {
            switch reader.name {
            case "del", "moveFrom": isDeleted = true
            case "rPrChange": try reader.skip()
            default: continue
            }
        }
        return isDeleted
    }

    /// - Parameters:
    ///   - isHidden: what the run says of it; untouched where it says nothing.
    ///   - symbols: its font, where the letters of that are pictures.
    private func runProperties(_ reader: inout XMLReader, _ isHidden: inout Bool?, _ symbols: inout String?) throws {
        let outside = reader.depth - 1
        var (own, ofStyle): (Bool?, Bool?) = (nil, nil)
        while try reader.nextStart(inside: outside) {
            switch reader.name {
            case "vanish": own = WordValue.isOn(reader.attribute("val") ?? "1")
            case "rStyle": ofStyle = styles.isHidden(reader.attribute("val")) ? true : nil
            case "rFonts":
                let font = reader.attribute("ascii") ?? reader.attribute("hAnsi") ?? ""
                symbols = SymbolFont.isKnown(font) ? font : nil
            case "rPrChange": try reader.skip()
            default: continue
            }
        }
        isHidden = own ?? ofStyle ?? isHidden
    }

    /// What programs may choose from (part 3, section 7.2): the first that is understood, else what is there for older ones.
    private mutating func alternatives(_ reader: inout XMLReader, _ line: inout Line, depth: Int, isHidden: Bool?) throws {
        let outside = reader.depth - 1
        var isTaken = false
        while try reader.nextStart(inside: outside) {
            let isUnderstood = (reader.attribute("Requires") ?? "").split(separator: " ").allSatisfy {
                Self.understood.contains(String($0))
            }
            if !isTaken, reader.name == "Fallback" || reader.name == "Choice" && isUnderstood {
                isTaken = true
                try runs(&reader, &line, depth: depth, isHidden: isHidden)
            } else {
                try reader.skip()
            }
        }
    }

    /// Prefixes that all programs use for their additions.
    private static let understood: Set<String> = [
        "w", "wps", "wpg", "wpc", "wp14", "w14", "w15", "w16", "w16se", "a14", "a15", "c14", "m", "o", "v", "pic", "wp", "r", "a",
        "c",
    ]

    /// A mark of a field; the first one may hold what an old form shows.
    private mutating func field(_ reader: inout XMLReader, _ line: inout Line, _ isHidden: Bool) throws {
        let outside = reader.depth - 1
        mark(reader.attribute("fldCharType"), &line)
        var (entries, chosen, isBox, isOn) = ([String](), 0, false, false)
        while try reader.nextStart(inside: outside) {
            switch reader.name {
            case "listEntry": if entries.count < 1000 { entries.append(reader.attribute("val") ?? "") }
            case "result": chosen = reader.attribute("val").flatMap { Int($0) } ?? 0
            case "checkBox": isBox = true
            case "checked", "default": if isBox { isOn = WordValue.isOn(reader.attribute("val") ?? "1") == true }
            default: continue
            }
        }
        if entries.indices.contains(chosen) { Self.add(entries[chosen], &line, isHidden) }
        if isBox { Self.add(isOn ? "☒" : "☐", &line, isHidden) }
    }

    private func next(_ reader: inout XMLReader) throws -> XMLReader.Event { try reader.next() }

    private mutating func count(_ bytes: Int) throws {
        textBytes += bytes
        try limits.mustHold(textBytes: textBytes)
    }
}
