/// Reads OpenDocument (ISO/IEC 26300, version 1.3, part 3): texts, sheets and slides.
struct OpenDocumentReader {
    /// Objects inside of the document that were read, and whether one is being read.
    private var objects = 0
    private var isInObject = false
    private var package: Package
    let limits: TextualLimits
    var document: Document
    var styles = OpenDocumentStyles()
    /// The part that is being read; nil for the body.
    private var part: String?
    var slide: Int?
    var sheet: String?
    private var paragraphs = 0
    var cells = 0
    private var copied = 0
    private var copiedBytes = 0
    var textBytes = 0
    private var tables = 0
    var sheetTables: SheetTables
    private var linkDepth = 0
    /// Of headings, by level.
    private var headingCounts: [Int] = []
    /// How far each list has come, by its style: lists that continue go on from there.
    private var listCounts: [String: [Int]] = [:]
    var notes: [Block] = []
    /// In a note or a comment, whose paragraphs are not counted.
    private var aside = 0
    private var noteCount = 0

    /// What one cell may span, and how often one is repeated that has something in it.
    static let mostColumns = 16_384
    private static let mostObjects = 1000
    private static let deepestTable = 20
    /// Cells that are there because one stands for many.
    private static let mostCopies = 1_000_000
    private static let mostCopiedBytes = 16 << 20

    private static let fields: [(XMLName, String)] = [
        ("title", "title"), ("subject", "subject"), ("creator", "author"), ("initial-creator", "author"), ("keyword", "keywords"),
        ("description", "description"), ("creation-date", "created"), ("date", "modified"), ("language", "language"),
    ]

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
            throw TextualFailure.locked()
        }
        guard let content = try package.part("content.xml") else { throw TextualFailure.broken("it has no content.xml") }
        if let bytes = try? package.part("meta.xml") { document.metadata = MetadataReader.read(bytes, Self.fields) }
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
    struct List {
        var style: String?
        /// From 1; 0 outside of lists.
        var level = 0
        /// Of the item that comes next; empty when it has been used.
        var marker: String?
        var isInItem = false
        /// Whether a list that is all of its item goes on counting.
        var goesOn = false
    }

    /// Everything inside the element that has just begun.
    mutating func content(
        _ reader: inout XMLReader, _ blocks: inout [Block], _ given: List, depth: Int, isHidden: Bool
    ) throws {
        guard depth < limits.nesting else {
            throw TextualFailure.limit("The document is nested more than \(limits.nesting) deep.")
        }
        var list = given
        let outside = reader.depth - 1
        while try reader.nextStart(inside: outside) {
            switch reader.name {
            case "p", "h": try paragraph(&reader, &blocks, &list, depth: depth, isHidden: isHidden)
            case "list": try self.list(&reader, &blocks, in: list, depth: depth + 1, isHidden: isHidden)
            case "numbered-paragraph": try numbered(&reader, &blocks, depth: depth + 1, isHidden: isHidden)
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

    mutating func list(
        _ reader: inout XMLReader, _ blocks: inout [Block], in outer: List, depth: Int, isHidden: Bool
    ) throws {
        guard depth < limits.nesting else {
            throw TextualFailure.limit("The document is nested more than \(limits.nesting) deep.")
        }
        var list = List(style: reader.attribute("style-name") ?? outer.style, level: min(10, outer.level + 1))
        let key = list.style ?? ""
        let isNamed = reader.attribute("continue-numbering") == "true" || reader.attribute("continue-list") != nil
        let goesOn = isNamed || outer.goesOn
        var counts = outer.level == 0 && !goesOn ? [] : Array((listCounts[key] ?? []).prefix(goesOn ? list.level : outer.level))
        let outside = reader.depth - 1
        while try reader.nextStart(inside: outside) {
            switch reader.name {
            case "list-item":
                let from = reader.attribute("start-value").flatMap { Int($0) }.map { min(max($0, 0), 1_000_000) }
                // An item that holds a list and no words of its own only sets it in.
                var inside = reader
                if (try? inside.nextStart(inside: inside.depth - 1)) == true, inside.name == "list" {
                    while counts.count < list.level { counts.append(styles.level(list.style, counts.count + 1)?.start ?? 1) }
                    listCounts[key] = goesOn && (listCounts[key]?.count ?? 0) > list.level ? listCounts[key] : counts
                    var bare = list
                    (bare.isInItem, bare.marker, bare.goesOn) = (false, nil, goesOn)
                    try content(&reader, &blocks, bare, depth: depth, isHidden: isHidden)
                    continue
                }
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

    /// An item that stands without a list around it (OpenDocument 1.3, part 3, section 5.3.6).
    private mutating func numbered(_ reader: inout XMLReader, _ blocks: inout [Block], depth: Int, isHidden: Bool) throws {
        let level = min(10, max(1, reader.attribute("level").flatMap { Int($0) } ?? 1))
        let style = reader.attribute("style-name")
        let key = "numbered \(reader.attribute("list-id") ?? style ?? "")"
        var counts = Array((listCounts[key] ?? []).prefix(level))
        while counts.count < level {
            counts.append((styles.level(style, counts.count + 1)?.start ?? 1) - (counts.count + 1 == level ? 1 : 0))
        }
        let from = reader.attribute("start-value").flatMap { Int($0) }.map { min(max($0, 0), 1_000_000) }
        counts[level - 1] = from ?? counts[level - 1] + 1
        listCounts[key] = counts
        let marker = OpenDocumentStyles.marker(counts) { styles.level(style, $0) } ?? ""
        let list = List(style: style, level: level, marker: marker, isInItem: true)
        try content(&reader, &blocks, list, depth: depth, isHidden: isHidden)
    }

    // MARK: Paragraphs

    struct Line {
        var text: [UInt8] = []
        var hidden: [UInt8] = []
        var links: [Block.Link] = []
        var boxes: [Block] = []
        /// A field in it takes all of it out of sight.
        var isOff = false
        /// White space that XML has for itself is not doubled.
        var endsInSpace = true
    }

    mutating func paragraph(
        _ reader: inout XMLReader, _ blocks: inout [Block], _ list: inout List, depth: Int, isHidden: Bool
    ) throws {
        let isHeading = reader.name == "h"
        let style = reader.attribute("style-name")
        let level = isHeading ? min(9, max(1, reader.attribute("outline-level").flatMap { Int($0) } ?? 1)) : 0
        let isUnnumbered = reader.attribute("is-list-header") == "true" || isHeading && styles.isUnnumbered(style)
        let from = reader.attribute("start-value").flatMap { Int($0) }
        let isOff = isHidden || styles.isHidden("paragraph", style)
        if part == nil, slide == nil, sheet == nil, aside == 0 { paragraphs += 1 }
        let place = place
        var line = Line()
        try inline(&reader, &line, depth: depth + 1, isHidden: isOff)
        if line.isOff { (line.hidden, line.text) = (line.text + line.hidden, []) }
        textBytes += line.text.count + line.hidden.count
        try limits.mustHold(textBytes: textBytes)
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
    mutating func inline(_ reader: inout XMLReader, _ line: inout Line, depth: Int, isHidden: Bool) throws {
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
                case "page-number" where slide != nil:
                    // Masters have a sign in its place.
                    var own = Line()
                    try inline(&reader, &own, depth: depth + 1, isHidden: false)
                    let shown = String(decoding: own.text, as: UTF8.self)
                    Self.add(shown == "<number>" ? String(slide ?? 0) : shown, &line, isHidden)
                case "hidden-paragraph":
                    if reader.attribute("is-hidden") == "true" { line.isOff = true }
                    try inline(&reader, &line, depth: depth + 1, isHidden: isHidden)
                case "hidden-text":
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
        while try reader.nextStart(inside: outside) {
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
        let text = blocks.words
        if !text.isEmpty { notes.append(Block(.note, text, marker: label, at: Place(part: kind), isHidden: isHidden)) }
    }

    mutating func annotation(_ reader: inout XMLReader, at cell: String? = nil, depth: Int) throws {
        var author = ""
        var blocks: [Block] = []
        aside += 1
        defer { aside -= 1 }
        let outside = reader.depth - 1
        while try reader.nextStart(inside: outside) {
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
        let text = blocks.words
        guard !text.isEmpty else { return }
        let marker = cell ?? (author.isEmpty ? "Comment" : "Comment by \(author)")
        notes.append(
            Block(
                .note, text, marker: marker,
                at: Place(slide: slide, sheet: sheet, cells: cell, part: sheet == nil ? "comments" : nil)))
    }

    // MARK: Tables in a text

    mutating func table(_ reader: inout XMLReader, _ blocks: inout [Block], depth: Int, isHidden: Bool) throws {
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
                try limits.mustHold(cells: cells)
                let cell = Table.Cell(inner.words, columns: columns, rows: rows)
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

    static func count(_ text: String?, most: Int) -> Int { min(most, max(1, text.flatMap { Int($0) } ?? 1)) }

    /// How often something is repeated: a few bytes may ask for millions of cells. What is left out is told.
    /// - Parameter bytes: of the text of each.
    mutating func copies(_ wanted: Int, of count: Int, bytes: Int) -> Int {
        let room = min((Self.mostCopies - copied) / max(1, count), (Self.mostCopiedBytes - copiedBytes) / max(1, bytes))
        let times = max(0, min(wanted, room))
        if times < wanted { document.receipt.count(.limit) }
        copied += times * count
        copiedBytes += times * bytes
        return times
    }

    // MARK: Shapes

    /// A frame, a shape with words, or a group of them.
    mutating func shape(_ reader: inout XMLReader, _ blocks: inout [Block], depth: Int, isHidden: Bool) throws {
        guard depth < limits.nesting else {
            throw TextualFailure.limit("The document is nested more than \(limits.nesting) deep.")
        }
        var description = ""
        var list = List()
        var hasPicture = false
        let outside = reader.depth - 1
        while try reader.nextStart(inside: outside) {
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
        // No object is read inside of another, which may be itself.
        guard tables < Self.deepestTable, !isInObject, objects < Self.mostObjects,
            let bytes = try? package.part("\(folder)/content.xml")
        else {
            document.receipt.count(.embedded)
            return
        }
        objects += 1
        isInObject = true
        defer { isInObject = false }
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
}
