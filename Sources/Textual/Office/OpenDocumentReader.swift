/// Reads OpenDocument (ISO/IEC 26300, version 1.3, part 3): texts, sheets and slides.
struct OpenDocumentReader {
    private var package: Package
    private let limits: TextualLimits
    private var document: Document
    private var styles = OpenDocumentStyles()
    /// The part that is being read; nil for the body.
    private var part: String?
    private var slide: Int?
    private var sheet: String?
    private var paragraphs = 0
    private var cells = 0
    private var copied = 0
    private var copiedBytes = 0
    private var textBytes = 0
    private var tables = 0
    private var sheetTables: SheetTables
    private var linkDepth = 0
    /// Of headings, by level.
    private var headingCounts: [Int] = []
    /// How far each list has come, by its style: lists that continue go on from there.
    private var listCounts: [String: [Int]] = [:]
    private var notes: [Block] = []
    /// In a note or a comment, whose paragraphs are not counted.
    private var aside = 0
    private var noteCount = 0

    /// What one cell may span, and how often one is repeated that has something in it.
    private static let mostColumns = 16_384
    private static let deepestTable = 20
    /// Cells that are there because one stands for many.
    private static let mostCopies = 1_000_000
    private static let mostCopiedBytes = 16 << 20

    // MARK: What it is

    /// The format of an archive; nil when it is no OpenDocument that is read.
    static func format(of package: inout Package) -> DocumentFormat? {
        let type = (try? package.part("mimetype")).map { String(decoding: $0.prefix(200), as: UTF8.self) } ?? ""
        let prefix = "application/vnd.oasis.opendocument."
        guard type.hasPrefix(prefix) else { return nil }
        let kind = type.dropFirst(prefix.count)
        return kind.hasPrefix("text") ? .odt : kind.hasPrefix("spreadsheet") ? .ods : kind.hasPrefix("presentation") ? .odp : nil
    }

    /// - Throws: `TextualFailure`.
    static func read(_ package: Package, _ format: DocumentFormat, limits: TextualLimits) throws -> Document {
        var reader = OpenDocumentReader(package: package, format: format, limits: limits)
        return try reader.read()
    }

    private init(package: Package, format: DocumentFormat, limits: TextualLimits) {
        self.package = package
        self.limits = limits
        document = Document(format: format)
        sheetTables = SheetTables(limits: limits)
    }

    private mutating func read() throws -> Document {
        if let manifest = try? package.part("META-INF/manifest.xml"), Self.isLocked(manifest) {
            throw TextualFailure("locked_document", "The document is locked with a password.", .requiresConfig)
        }
        guard let content = try package.part("content.xml") else { throw TextualFailure.broken("it has no content.xml") }
        if let bytes = try? package.part("meta.xml") { document.metadata = Self.metadata(bytes) }
        let master = try? package.part("styles.xml")
        if let master { try? styles.read(master) }
        try styles.read(content)
        if let master, document.format == .odt { try furniture(master, "header", .header) }
        part = nil
        try body(content)
        document.blocks += notes
        if let master, document.format == .odt { try furniture(master, "footer", .footer) }
        return document
    }

    private static func isLocked(_ bytes: [UInt8]) -> Bool {
        var reader = XMLReader(bytes)
        while let event = try? reader.next(), event != .finished {
            if event == .start, reader.name == "encryption-data" { return true }
        }
        return false
    }

    private static func metadata(_ bytes: [UInt8]) -> [Document.Metadata] {
        let names: [(XMLName, String)] = [
            ("title", "title"), ("subject", "subject"), ("creator", "author"), ("initial-creator", "author"),
            ("keyword", "keywords"), ("description", "description"), ("creation-date", "created"), ("date", "modified"),
            ("language", "language"),
        ]
        var reader = XMLReader(bytes)
        var found: [Document.Metadata] = []
        var (field, text): (String?, [UInt8]) = (nil, [])
        while let event = try? reader.next(), event != .finished {
            switch event {
            case .start: (field, text) = (names.first { $0.0 == reader.name }?.1, [])
            case .text: if field != nil { reader.appendText(to: &text) }
            case .end:
                let value = String(decoding: text, as: UTF8.self).trimmedLines
                if let name = field, !value.isEmpty, !found.contains(where: { $0.name == name }) {
                    found.append(.init(name, value))
                }
                field = nil
            case .finished: break
            }
        }
        return found
    }

    /// Headers or footers of all kinds of pages; what several say is told once.
    private mutating func furniture(_ bytes: [UInt8], _ element: String, _ kind: Block.Kind) throws {
        let names: [XMLName] =
            kind == .header
            ? ["header", "header-left", "header-first"] : ["footer", "footer-left", "footer-first"]
        var reader = XMLReader(bytes)
        var told: Set<String> = []
        part = element
        while let event = try? reader.next(), event != .finished {
            guard event == .start, names.contains(reader.name), reader.attribute("display") != "false" else { continue }
            var blocks: [Block] = []
            try content(&reader, &blocks, List(), depth: 0, isHidden: false)
            for var block in blocks where block.table != nil || !block.text.isEmpty {
                guard told.insert(block.table.map(PlainText.text) ?? block.text).inserted else { continue }
                if block.table == nil { block.kind = kind }
                document.blocks.append(block)
            }
        }
    }

    // MARK: The body

    private mutating func body(_ bytes: [UInt8]) throws {
        var reader = XMLReader(bytes)
        var count = 0
        while true {
            let event = try reader.next()
            if event == .finished { break }
            guard event == .start else { continue }
            switch reader.name {
            case "automatic-styles", "font-face-decls", "scripts": try reader.skip()
            case "text" where document.format == .odt:
                var blocks: [Block] = []
                try content(&reader, &blocks, List(), depth: 0, isHidden: false)
                document.blocks += blocks
            case "table" where document.format == .ods:
                count += 1
                try sheet(&reader)
            case "page" where document.format == .odp:
                count += 1
                try page(&reader, count)
            default: continue
            }
        }
        if document.format != .odt { document.pageCount = count }
    }

    private var place: Place { Place(slide: slide, sheet: sheet, paragraph: paragraphPlace, part: part) }
    private var paragraphPlace: Int? { part == nil && slide == nil && sheet == nil ? paragraphs : nil }

    /// The list in which something stands.
    private struct List {
        var style: String?
        /// From 1; 0 outside of lists.
        var level = 0
        /// Of the item that comes next; empty when it has been used.
        var marker: String?
        var isInItem = false
    }

    /// Everything inside the element that has just begun.
    private mutating func content(
        _ reader: inout XMLReader, _ blocks: inout [Block], _ given: List, depth: Int, isHidden: Bool
    ) throws {
        guard depth < limits.nesting else {
            throw TextualFailure.limit("The document is nested more than \(limits.nesting) deep.")
        }
        var list = given
        let outside = reader.depth - 1
        while reader.depth > outside {
            let event = try reader.next()
            if event == .finished { return }
            guard event == .start else { continue }
            switch reader.name {
            case "p", "h": try paragraph(&reader, &blocks, &list, depth: depth, isHidden: isHidden)
            case "list": try self.list(&reader, &blocks, in: list, depth: depth + 1, isHidden: isHidden)
            case "table": try table(&reader, &blocks, depth: depth + 1, isHidden: isHidden)
            case "section":
                let isOff = reader.attribute("display") == "none"
                try content(&reader, &blocks, list, depth: depth + 1, isHidden: isHidden || isOff)
            case "tracked-changes": try deleted(&reader)
            case "frame", "custom-shape", "rect", "ellipse", "text-box", "g", "polygon", "path", "line", "connector", "caption":
                try shape(&reader, &blocks, depth: depth + 1, isHidden: isHidden)
            case "annotation": try annotation(&reader, depth: depth)
            case "sequence-decls", "variable-decls", "user-field-decls", "forms", "dde-connection-decls", "shapes", "notes",
                "database-ranges", "named-expressions", "table-source":
                try reader.skip()
            // Indexes, and what only groups.
            default: try content(&reader, &blocks, list, depth: depth + 1, isHidden: isHidden)
            }
        }
    }

    /// What was deleted with changes tracked is left out, and told.
    private mutating func deleted(_ reader: inout XMLReader) throws {
        let outside = reader.depth - 1
        while reader.depth > outside {
            let event = try reader.next()
            if event == .finished { return }
            if event == .start, reader.name == "deletion" { document.receipt.count(.deleted) }
        }
    }

    // MARK: Lists

    private mutating func list(
        _ reader: inout XMLReader, _ blocks: inout [Block], in outer: List, depth: Int, isHidden: Bool
    ) throws {
        guard depth < limits.nesting else {
            throw TextualFailure.limit("The document is nested more than \(limits.nesting) deep.")
        }
        var list = List(style: reader.attribute("style-name") ?? outer.style, level: min(10, outer.level + 1))
        let key = list.style ?? ""
        let goesOn = reader.attribute("continue-numbering") == "true" || reader.attribute("continue-list") != nil
        var counts = outer.level == 0 && !goesOn ? [] : Array((listCounts[key] ?? []).prefix(goesOn ? list.level : outer.level))
        let outside = reader.depth - 1
        while reader.depth > outside {
            let event = try reader.next()
            if event == .finished { return }
            guard event == .start else { continue }
            switch reader.name {
            case "list-item":
                let from = reader.attribute("start-value").flatMap { Int($0) }.map { min(max($0, 0), 1_000_000) }
                while counts.count < list.level {
                    counts.append(
                        (styles.level(list.style, counts.count + 1)?.start ?? 1) - (counts.count + 1 == list.level ? 1 : 0))
                }
                counts = Array(counts.prefix(list.level))
                // A list in a list, without words of its own, is no item that is counted.
                let before = counts
                counts[list.level - 1] = from ?? counts[list.level - 1] + 1
                list.marker = OpenDocumentStyles.marker(counts) { styles.level(list.style, $0) } ?? ""
                list.isInItem = true
                listCounts[key] = counts
                let start = blocks.count
                try content(&reader, &blocks, list, depth: depth, isHidden: isHidden)
                let isCounted = blocks.dropFirst(start).first.map { $0.kind != .listItem || $0.level < list.level } ?? false
                if !isCounted { counts = before }
                listCounts[key] = counts
            case "list-header":
                list.marker = nil
                list.isInItem = false
                try content(&reader, &blocks, list, depth: depth, isHidden: isHidden)
            default: try reader.skip()
            }
        }
    }

    // MARK: Paragraphs

    private struct Line {
        var text: [UInt8] = []
        var hidden: [UInt8] = []
        var links: [Block.Link] = []
        var boxes: [Block] = []
        /// White space that XML has for itself is not doubled.
        var endsInSpace = true
    }

    private mutating func paragraph(
        _ reader: inout XMLReader, _ blocks: inout [Block], _ list: inout List, depth: Int, isHidden: Bool
    ) throws {
        let isHeading = reader.name == "h"
        let style = reader.attribute("style-name")
        let level = isHeading ? min(9, max(1, reader.attribute("outline-level").flatMap { Int($0) } ?? 1)) : 0
        let isUnnumbered = reader.attribute("is-list-header") == "true"
        let from = reader.attribute("start-value").flatMap { Int($0) }
        let isOff = isHidden || styles.isHidden("paragraph", style)
        if part == nil, slide == nil, sheet == nil, aside == 0 { paragraphs += 1 }
        let place = place
        var line = Line()
        try inline(&reader, &line, depth: depth + 1, isHidden: isOff)
        textBytes += line.text.count + line.hidden.count
        guard textBytes <= limits.textBytes else {
            throw TextualFailure.limit("The document has more than \(limits.textBytes >> 20) MiB of text.")
        }
        let text = String(decoding: line.text, as: UTF8.self).trimmedLines
        let marker = list.isInItem ? list.marker : nil
        if !text.isEmpty {
            // Further paragraphs of the item have no marker.
            list.isInItem = false
            var block: Block
            if isHeading {
                let number = marker ?? (isUnnumbered ? nil : heading(level, from))
                block = Block(.heading, number.map { $0.isEmpty ? text : "\($0) \(text)" } ?? text, level: level, at: place)
            } else if let marker {
                block = Block(.listItem, text, level: list.level - 1, marker: marker, at: place)
            } else if styles.isTitle(style), document.format == .odt {
                block = Block(.heading, text, level: 1, at: place)
            } else {
                block = Block(.paragraph, text, at: place)
            }
            block.links = line.links
            blocks.append(block)
        }
        let hidden = String(decoding: line.hidden, as: UTF8.self).trimmedLines
        if !hidden.isEmpty {
            document.receipt.count(.hidden)
            blocks.append(Block(.paragraph, hidden, at: place, isHidden: true))
        }
        blocks += line.boxes
    }

    /// Counts a heading; its number, where headings have one.
    private mutating func heading(_ level: Int, _ from: Int?) -> String? {
        while headingCounts.count < level {
            let next = headingCounts.count + 1
            headingCounts.append((styles.outline[next]?.start ?? 1) - (next == level ? 1 : 0))
        }
        headingCounts = Array(headingCounts.prefix(level))
        headingCounts[level - 1] = from.map { min(max($0, 0), 1_000_000) } ?? headingCounts[level - 1] + 1
        return OpenDocumentStyles.marker(headingCounts) { styles.outline[$0] }
    }

    private static func add(_ text: String, _ line: inout Line, _ isHidden: Bool) {
        if isHidden { line.hidden += Array(text.utf8) } else { line.text += Array(text.utf8) }
        line.endsInSpace = false
    }

    /// Texts and all that may stand between them, to the end of the element that has just begun.
    private mutating func inline(_ reader: inout XMLReader, _ line: inout Line, depth: Int, isHidden: Bool) throws {
        guard depth < limits.nesting else {
            throw TextualFailure.limit("The document is nested more than \(limits.nesting) deep.")
        }
        let outside = reader.depth - 1
        while reader.depth > outside {
            switch try reader.next() {
            case .finished: return
            case .end: continue
            case .text:
                var bytes: [UInt8] = []
                reader.appendText(to: &bytes)
                Self.append(bytes, &line, isHidden)
            case .start:
                switch reader.name {
                case "s":
                    let count = min(100, max(1, reader.attribute("c").flatMap { Int($0) } ?? 1))
                    Self.add(String(repeating: " ", count: count), &line, isHidden)
                case "tab": Self.add("\t", &line, isHidden)
                case "line-break": Self.add("\n", &line, isHidden)
                case "span":
                    let isOff = styles.isHidden("text", reader.attribute("style-name"))
                    try inline(&reader, &line, depth: depth + 1, isHidden: isHidden || isOff)
                case "a":
                    let target = reader.attribute("href")
                    let start = line.text.count
                    linkDepth += 1
                    try inline(&reader, &line, depth: depth + 1, isHidden: isHidden)
                    linkDepth -= 1
                    let words = String(decoding: line.text[min(start, line.text.count)...], as: UTF8.self)
                    if let target, linkDepth == 0, !words.isEmpty { line.links.append(.init(text: words, target: target)) }
                case "hidden-text", "hidden-paragraph":
                    try inline(&reader, &line, depth: depth + 1, isHidden: isHidden || reader.attribute("is-hidden") == "true")
                case "note": try note(&reader, &line, depth: depth + 1, isHidden)
                case "annotation": try annotation(&reader, depth: depth + 1)
                case "ruby-text", "script", "annotation-end", "tracked-changes", "number": try reader.skip()
                case "frame", "custom-shape", "rect", "ellipse", "text-box", "g", "polygon", "path", "line", "connector",
                    "caption":
                    try shape(&reader, &line.boxes, depth: depth + 1, isHidden: isHidden)
                default: try inline(&reader, &line, depth: depth + 1, isHidden: isHidden)
                }
            }
        }
    }

    /// White space is one space (section 6.1.2).
    private static func append(_ bytes: [UInt8], _ line: inout Line, _ isHidden: Bool) {
        var out: [UInt8] = []
        var isSpace = line.endsInSpace
        for byte in bytes {
            if byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D {
                if !isSpace { out.append(0x20) }
                isSpace = true
            } else {
                out.append(byte)
                isSpace = false
            }
        }
        line.endsInSpace = isSpace
        if isHidden { line.hidden += out } else { line.text += out }
    }

    // MARK: Notes and comments

    private mutating func note(_ reader: inout XMLReader, _ line: inout Line, depth: Int, _ isHidden: Bool) throws {
        let kind = reader.attribute("note-class") == "endnote" ? "endnotes" : "footnotes"
        noteCount += 1
        aside += 1
        defer { aside -= 1 }
        var label = String(noteCount)
        var blocks: [Block] = []
        let outside = reader.depth - 1
        while reader.depth > outside {
            let event = try reader.next()
            if event == .finished { break }
            guard event == .start else { continue }
            switch reader.name {
            case "note-citation":
                var citation = Line()
                try inline(&reader, &citation, depth: depth + 1, isHidden: false)
                let text = String(decoding: citation.text.prefix(40), as: UTF8.self).trimmedLines
                if !text.isEmpty { label = text }
            case "note-body": try content(&reader, &blocks, List(), depth: depth + 1, isHidden: isHidden)
            default: try reader.skip()
            }
        }
        Self.add("[\(label)]", &line, isHidden)
        let text = Self.words(blocks)
        if !text.isEmpty { notes.append(Block(.note, text, marker: label, at: Place(part: kind), isHidden: isHidden)) }
    }

    private static func words(_ blocks: [Block]) -> String {
        blocks.filter { !$0.isHidden }.map { block in
            if let table = block.table { return PlainText.text(table) }
            return block.marker.map { block.kind == .listItem ? "\($0) \(block.text)" : block.text } ?? block.text
        }.filter { !$0.isEmpty }.joined(separator: "\n").trimmedLines
    }

    private mutating func annotation(_ reader: inout XMLReader, at cell: String? = nil, depth: Int) throws {
        var author = ""
        var blocks: [Block] = []
        aside += 1
        defer { aside -= 1 }
        let outside = reader.depth - 1
        while reader.depth > outside {
            let event = try reader.next()
            if event == .finished { break }
            guard event == .start else { continue }
            switch reader.name {
            case "creator":
                var line = Line()
                try inline(&reader, &line, depth: depth + 1, isHidden: false)
                author = String(decoding: line.text.prefix(200), as: UTF8.self)
            case "p", "h":
                var list = List()
                try paragraph(&reader, &blocks, &list, depth: depth + 1, isHidden: false)
            case "list": try list(&reader, &blocks, in: List(), depth: depth + 1, isHidden: false)
            default: try reader.skip()
            }
        }
        let text = Self.words(blocks)
        guard !text.isEmpty else { return }
        let marker = cell ?? (author.isEmpty ? "Comment" : "Comment by \(author)")
        notes.append(
            Block(
                .note, text, marker: marker,
                at: Place(slide: slide, sheet: sheet, cells: cell, part: sheet == nil ? "comments" : nil)))
    }

    // MARK: Tables in a text

    private mutating func table(_ reader: inout XMLReader, _ blocks: inout [Block], depth: Int, isHidden: Bool) throws {
        guard tables < Self.deepestTable else {
            throw TextualFailure.limit("Tables are nested more than \(Self.deepestTable) deep.")
        }
        tables += 1
        defer { tables -= 1 }
        let isOff = isHidden || styles.isHidden("table", reader.attribute("style-name"))
        let start = Place(slide: slide, sheet: sheet, paragraph: paragraphPlace.map { $0 + 1 }, part: part)
        var table = Table(rows: [])
        var row: [Table.Cell?] = []
        var headerDepth = 0
        var rowRepeats = 1
        let outside = reader.depth - 1
        while reader.depth > outside {
            let event = try reader.next()
            if event == .finished { break }
            if event == .end {
                if reader.name == "table-header-rows" { headerDepth -= 1 }
                if reader.name == "table-row" {
                    while case .some(.none) = row.last { row.removeLast() }
                    if headerDepth > 0, table.headerRows == table.rows.count { table.headerRows += 1 }
                    table.rows.append(row)
                    if rowRepeats > 1, row.contains(where: { $0?.text.isEmpty == false }) {
                        let bytes = row.reduce(0) { $0 + ($1?.text.utf8.count ?? 0) }
                        let times = copies(rowRepeats - 1, of: row.count, bytes: bytes)
                        table.rows += [[Table.Cell?]](repeating: row, count: times)
                    }
                }
                continue
            }
            guard event == .start else { continue }
            switch reader.name {
            case "table-header-rows": headerDepth += 1
            case "table-row":
                row = []
                rowRepeats = Self.count(reader.attribute("number-rows-repeated"), most: 1_048_576)
            case "table-cell", "covered-table-cell":
                let isCovered = reader.name == "covered-table-cell"
                let repeated = Self.count(reader.attribute("number-columns-repeated"), most: 1000)
                let columns = Self.count(reader.attribute("number-columns-spanned"), most: 1000)
                let rows = Self.count(reader.attribute("number-rows-spanned"), most: 1_048_576)
                var inner: [Block] = []
                try content(&reader, &inner, List(), depth: depth + 1, isHidden: isOff)
                cells += repeated
                guard cells <= limits.cells else { throw TextualFailure.limit("The tables have more cells than a document may.") }
                let cell = Table.Cell(Self.words(inner), columns: columns, rows: rows)
                let times = cell.text.isEmpty ? repeated : 1 + copies(repeated - 1, of: 1, bytes: cell.text.utf8.count)
                row += [Table.Cell?](repeating: isCovered ? nil : cell, count: times)
            case "shapes", "title", "desc", "table-source": try reader.skip()
            default: continue
            }
        }
        table.rows.removeAll { row in row.allSatisfy { $0 == nil } }
        if table.rows.contains(where: { $0.contains { $0?.text.isEmpty == false } }) {
            if isOff { document.receipt.count(.hidden) }
            blocks.append(Block(.table, "", table: table, at: start, isHidden: isOff))
        }
    }

    private static func count(_ text: String?, most: Int) -> Int { min(most, max(1, text.flatMap { Int($0) } ?? 1)) }

    // MARK: Shapes

    /// A frame, a shape with words, or a group of them.
    private mutating func shape(_ reader: inout XMLReader, _ blocks: inout [Block], depth: Int, isHidden: Bool) throws {
        guard depth < limits.nesting else {
            throw TextualFailure.limit("The document is nested more than \(limits.nesting) deep.")
        }
        var description = ""
        var list = List()
        var hasPicture = false
        let outside = reader.depth - 1
        while reader.depth > outside {
            let event = try reader.next()
            if event == .finished { break }
            guard event == .start else { continue }
            switch reader.name {
            case "p", "h": try paragraph(&reader, &blocks, &list, depth: depth, isHidden: isHidden)
            case "list": try self.list(&reader, &blocks, in: List(), depth: depth + 1, isHidden: isHidden)
            case "table": try table(&reader, &blocks, depth: depth + 1, isHidden: isHidden)
            case "image":
                // The picture of an object stands beside it.
                if !hasPicture { document.receipt.count(.picture) }
                hasPicture = true
                try reader.skip()
            case "object", "object-ole":
                hasPicture = true
                let name = reader.attribute("href") ?? ""
                try reader.skip()
                try object(name, &blocks, depth: depth + 1, isHidden: isHidden)
            case "title", "desc":
                var line = Line()
                try inline(&reader, &line, depth: depth + 1, isHidden: false)
                let words = String(decoding: line.text, as: UTF8.self).trimmedLines
                if !words.isEmpty { description = description.isEmpty ? words : "\(description): \(words)" }
            case "enhanced-geometry", "glue-point", "event-listeners", "image-map", "param", "plugin": try reader.skip()
            default: try shape(&reader, &blocks, depth: depth + 1, isHidden: isHidden)
            }
        }
        if !description.isEmpty { blocks.append(Block(.picture, description, at: place, isHidden: isHidden)) }
    }

    /// A chart has its numbers in a table of its own; other objects are not opened.
    private mutating func object(_ name: String, _ blocks: inout [Block], depth: Int, isHidden: Bool) throws {
        let folder = name.hasPrefix("./") ? String(name.dropFirst(2)) : name
        guard tables < Self.deepestTable, let bytes = try? package.part("\(folder)/content.xml") else {
            document.receipt.count(.embedded)
            return
        }
        var reader = XMLReader(bytes)
        var isChart = false
        while let event = try? reader.next(), event != .finished {
            guard event == .start else { continue }
            if reader.name == "chart" { isChart = true }
            if reader.name == "table", isChart {
                try table(&reader, &blocks, depth: depth + 1, isHidden: isHidden)
                return
            }
        }
        document.receipt.count(.embedded)
    }

    // MARK: Sheets

    private mutating func sheet(_ reader: inout XMLReader) throws {
        let name = reader.attribute("name") ?? "Sheet"
        let isHidden = styles.isHidden("table", reader.attribute("style-name"))
        sheet = name
        defer { sheet = nil }
        if isHidden { document.receipt.count(.hidden) }
        document.blocks.append(Block(.heading, name, level: 1, at: Place(sheet: name), isHidden: isHidden))
        var rows: [SheetTables.Row] = []
        var spans: [SheetTables.Span] = []
        var (row, column, repeats) = (0, 1, 1)
        var first = notes.count
        let outside = reader.depth - 1
        while reader.depth > outside {
            let event = try reader.next()
            if event == .finished { break }
            if event == .end, reader.name == "table-row" {
                // Rows that stand for many are as many, where something is in them.
                if repeats > 1, let last = rows.last, last.number == row, !last.cells.isEmpty {
                    let bytes = last.cells.reduce(0) { $0 + $1.cell.text.utf8.count }
                    let times = copies(repeats - 1, of: last.cells.count, bytes: bytes)
                    for number in 0..<times { rows.append(.init(number: row + 1 + number, cells: last.cells)) }
                }
                row += repeats - 1
                continue
            }
            guard event == .start else { continue }
            switch reader.name {
            case "table-row":
                row += 1
                column = 1
                repeats = Self.count(reader.attribute("number-rows-repeated"), most: 1_048_576)
                // Programs fill a sheet up, and some fill it over.
                guard row <= 1_048_576 else {
                    try reader.skip()
                    continue
                }
                rows.append(.init(number: row, cells: []))
            case "table-cell", "covered-table-cell":
                guard !rows.isEmpty else { continue }
                let repeated = Self.count(reader.attribute("number-columns-repeated"), most: Self.mostColumns)
                let span = (
                    rows: Self.count(reader.attribute("number-rows-spanned"), most: 1_048_576),
                    columns: Self.count(reader.attribute("number-columns-spanned"), most: Self.mostColumns)
                )
                let made = try cell(&reader, "\(SheetReader.name(column: min(column, Self.mostColumns)))\(row)")
                if let made, column <= Self.mostColumns {
                    cells += 1
                    guard cells <= limits.cells else {
                        throw TextualFailure.limit("The sheets have more than \(limits.cells) cells.")
                    }
                    let last =
                        column
                        + copies(
                            min(Self.mostColumns, column + repeated - 1) - column, of: 1, bytes: made.text.utf8.count)
                    for place in column...last { rows[rows.count - 1].cells.append((place, made)) }
                    if span.rows > 1 || span.columns > 1, spans.count < 100_000 {
                        spans.append(.init(row: row, column: column, rows: span.rows, columns: span.columns))
                    }
                }
                column += repeated
            case "shapes":
                var blocks: [Block] = []
                try shape(&reader, &blocks, depth: 1, isHidden: isHidden)
                notes += blocks
            case "named-expressions", "table-source", "forms": try reader.skip()
            default: continue
            }
        }
        document.blocks += try sheetTables.blocks(rows, spans, sheet: name, isHidden: isHidden)
        // Comments and shapes stand behind their sheet.
        first = min(first, notes.count)
        for var note in notes[first...] {
            note.isHidden = note.isHidden || isHidden
            document.blocks.append(note)
        }
        notes.removeSubrange(first...)
    }

    private mutating func cell(_ reader: inout XMLReader, _ name: String) throws -> Table.Cell? {
        let type = reader.attribute("value-type", prefix: "office") ?? reader.attribute("value-type")
        let stored: String? =
            switch type {
            case "float", "percentage", "currency": reader.attribute("value", prefix: "office")
            case "date": reader.attribute("date-value")
            case "time": reader.attribute("time-value")
            case "boolean": reader.attribute("boolean-value").map { $0 == "true" ? "TRUE" : "FALSE" }
            case "string": reader.attribute("string-value")
            default: nil
            }
        var lines: [String] = []
        let outside = reader.depth - 1
        while reader.depth > outside {
            let event = try reader.next()
            if event == .finished { break }
            guard event == .start else { continue }
            switch reader.name {
            case "p":
                var line = Line()
                try inline(&reader, &line, depth: 1, isHidden: false)
                lines.append(String(decoding: line.text + line.hidden, as: UTF8.self))
                notes += line.boxes
            case "annotation": try annotation(&reader, at: name, depth: 1)
            case "frame", "custom-shape", "rect", "ellipse", "text-box", "g", "polygon", "path", "line", "connector", "caption":
                try beside(&reader)
            default: try reader.skip()
            }
        }
        let shown = lines.joined(separator: "\n").trimmedLines
        let text = shown.isEmpty ? stored ?? "" : shown
        textBytes += text.utf8.count
        guard textBytes <= limits.textBytes else {
            throw TextualFailure.limit("The document has more than \(limits.textBytes >> 20) MiB of text.")
        }
        guard !text.isEmpty else { return nil }
        return Table.Cell(text, value: stored == text ? nil : stored)
    }

    /// How often something is repeated: a few bytes may ask for millions of cells. What is left out is told.
    /// - Parameter bytes: of the text of each.
    private mutating func copies(_ wanted: Int, of count: Int, bytes: Int) -> Int {
        let room = min((Self.mostCopies - copied) / max(1, count), (Self.mostCopiedBytes - copiedBytes) / max(1, bytes))
        let times = max(0, min(wanted, room))
        if times < wanted { document.receipt.count(.limit) }
        copied += times * count
        copiedBytes += times * bytes
        return times
    }

    /// A shape on a cell.
    private mutating func beside(_ reader: inout XMLReader) throws {
        var blocks: [Block] = []
        try shape(&reader, &blocks, depth: 1, isHidden: false)
        notes += blocks
    }

    // MARK: Slides

    private mutating func page(_ reader: inout XMLReader, _ number: Int) throws {
        let isHidden = styles.isHidden("drawing-page", reader.attribute("style-name", prefix: "draw"))
        slide = number
        defer { slide = nil }
        if isHidden { document.receipt.count(.hidden) }
        var shapes: [SlideReader.Shape] = []
        var spoken: [Block] = []
        let first = notes.count
        let outside = reader.depth - 1
        while reader.depth > outside {
            let event = try reader.next()
            if event == .finished { break }
            guard event == .start else { continue }
            switch reader.name {
            case "notes": try speech(&reader, &spoken)
            case "annotation": try annotation(&reader, depth: 1)
            case "forms", "animations", "par", "layer-set": try reader.skip()
            default: shapes.append(try box(&reader))
            }
        }
        for shape in SlideReader.ordered(shapes) { document.blocks += shape.blocks.map { Self.marked($0, isHidden) } }
        let text = Self.words(spoken)
        if !text.isEmpty { notes.append(Block(.note, text, marker: "Notes", at: Place(slide: number, part: "notes"))) }
        document.blocks += notes[first...].map { Self.marked($0, isHidden) }
        notes.removeSubrange(first...)
    }

    private static func marked(_ block: Block, _ isHidden: Bool) -> Block {
        var block = block
        if isHidden { block.isHidden = true }
        return block
    }

    private mutating func box(_ reader: inout XMLReader) throws -> SlideReader.Shape {
        let kind = reader.attribute("class", prefix: "presentation")
        let isEmpty = reader.attribute("placeholder") == "true"
        var shape = SlideReader.Shape()
        shape.isTitle = kind == "title"
        shape.isFurniture = ["header", "footer", "date-time", "page-number"].contains(kind)
        if let left = Self.length(reader.attribute("x")), let top = Self.length(reader.attribute("y")) {
            (shape.left, shape.top, shape.hasPlace) = (left, top, true)
            shape.width = Self.length(reader.attribute("width")) ?? 0
            shape.height = Self.length(reader.attribute("height")) ?? 0
        }
        try self.shape(&reader, &shape.blocks, depth: 1, isHidden: false)
        if isEmpty { shape.blocks = [] }
        if shape.isTitle, let first = shape.blocks.firstIndex(where: { $0.kind == .paragraph || $0.kind == .listItem }) {
            let words = shape.blocks[first]
            shape.blocks[first] = Block(.heading, words.text, level: 1, at: words.place, isHidden: words.isHidden)
        }
        if shape.isFurniture {
            for index in shape.blocks.indices where shape.blocks[index].kind == .paragraph {
                shape.blocks[index].kind = kind == "page-number" ? .pageNumber : kind == "header" ? .header : .footer
            }
        }
        return shape
    }

    /// What the speaker says; the small picture of the slide beside it is none of it.
    private mutating func speech(_ reader: inout XMLReader, _ blocks: inout [Block]) throws {
        let pictures = document.receipt
        let outside = reader.depth - 1
        while reader.depth > outside {
            let event = try reader.next()
            if event == .finished { break }
            guard event == .start else { continue }
            switch reader.name {
            case "frame", "custom-shape":
                let isNotes = reader.attribute("class", prefix: "presentation") == "notes"
                var inner: [Block] = []
                try shape(&reader, &inner, depth: 1, isHidden: false)
                if isNotes { blocks += inner }
            default: try reader.skip()
            }
        }
        document.receipt = pictures
    }

    /// Of `2.5cm`, in points.
    private static func length(_ text: String?) -> Double? {
        guard let text else { return nil }
        let digits = text.prefix { $0.isNumber || $0 == "." || $0 == "-" }
        guard let number = Double(digits), number.isFinite else { return nil }
        switch text.dropFirst(digits.count) {
        case "cm": return number * 28.3465
        case "mm": return number * 2.83465
        case "in": return number * 72
        case "pc": return number * 12
        case "px": return number * 0.75
        default: return number
        }
    }
}
