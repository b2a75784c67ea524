/// Reads HTML as people see it: headings, paragraphs, lists with their numbers, tables, links; what a style hides is marked.
struct HTMLReader {
    private var tokenizer: HTMLTokenizer
    /// XHTML, whose tags may end themselves.
    private let isXML: Bool
    private let limits: TextualLimits
    private let place: Place
    private(set) var blocks: [Block] = []
    private(set) var receipt = Receipt()
    private(set) var metadata: [Document.Metadata] = []
    private(set) var language: String?

    // MARK: What is open

    private struct Element {
        let name: String
        /// Gone for good, or out of sight until something in it shows itself.
        var isGone = false
        var isInvisible = false
        var isSizeless = false
        var isPre = false
        var isHidden: Bool { isGone || isInvisible || isSizeless }
        /// What style sheets may ask for.
        var id: String?
        var classes: [String] = []
        /// How many lists, tables and links were open before it.
        var lists = 0
        var tables = 0
        var links = 0
    }

    private struct List {
        let isOrdered: Bool
        let form: String
        var count: Int
        /// Where its blocks begin, in a list that counts backwards, and the number of its first item where that is said.
        var start: Int?
        var first: Int?
    }

    /// A table while it is read.
    private struct Grid {
        var rows: [[Table.Cell?]] = []
        /// The blocks of each cell, for tables that only arrange a page.
        var inner: [[Block]] = []
        var row: [Table.Cell?] = []
        var isInRow = false
        var headerRows = 0
        var isHead = false
        /// Whether a row belongs to the foot, which is shown last wherever it stands.
        var isFoot = false
        var foot: [Int] = []
        var isHeadRow = true
        /// Rows that a cell above still covers, by column.
        var covered: [Int: Int] = [:]
        var cell: (columns: Int, rows: Int)?
        /// Whether a role says that it only arranges; and how many tables and cells stand in it.
        var isLayout = false
        var inside = 0
        var cells = 0
        /// Whether something names its columns, or itself.
        var hasHeader = false
        var links: [Block.Link] = []
        var isHidden = false
        /// What stood in the hands of the reader before the cell began.
        var outside: [Block] = []
    }

    private var stack: [Element] = []
    private var lists: [List] = []
    private var grids: [Grid] = []
    private var links: [(target: String, start: Int)] = []
    private var line: [UInt8] = []
    private var hidden: [UInt8] = []
    private var lineLinks: [Block.Link] = []
    private var pictures: [Block] = []
    private var endsInSpace = true
    private var marker: String?
    private var textBytes = 0
    private var cells = 0
    private var sheet = StyleSheet()
    private var linked: ((String) -> [UInt8]?)?
    /// Style sheets that were read.
    private var sheets: Set<String> = []
    private var styleText: [UInt8]?
    private var titleText: [UInt8]?

    /// Open elements; deeper ones are read, but open nothing.
    private static let deepest = 150
    private static let deepestTable = 20
    private static let mostSpan = 1000
    /// In columns, of a row whose cells span others.
    private static let widest = 2000

    /// - Parameters:
    ///   - bytes: UTF-8.
    ///   - linked: the style sheet at a reference; nothing is fetched.
    /// - Throws: `TextualFailure` `limit_exceeded`.
    static func read(
        _ bytes: [UInt8], at place: Place, limits: TextualLimits, linked: ((String) -> [UInt8]?)? = nil
    ) throws -> HTMLReader {
        var reader = HTMLReader(bytes, place, limits)
        reader.linked = linked
        try reader.read()
        return reader
    }

    /// What a document says of its own encoding, in a `meta` element or as XML does.
    static func encoding(_ bytes: [UInt8]) -> String? {
        let head = String(decoding: bytes.prefix(4096), as: UTF8.self)
        let found =
            head.firstMatch(of: /(?i)<meta[^>]*?charset\s*=\s*["']?\s*([a-z0-9_:.\-]+)/)?.1
            ?? head.firstMatch(of: /(?i)^\s*<\?xml[^>]*?encoding\s*=\s*["']([a-z0-9_:.\-]+)/)?.1
        return found.map(String.init)
    }

    private init(_ bytes: [UInt8], _ place: Place, _ limits: TextualLimits) {
        isXML = bytes.starts(with: Array("<?xml".utf8))
        tokenizer = HTMLTokenizer(isXML ? XMLEntities.expanded(bytes) : bytes)
        self.place = place
        self.limits = limits
    }

    private mutating func read() throws {
        loop: while true {
            switch tokenizer.next() {
            case .finished: break loop
            case .start: try start(tokenizer.name)
            case .end: try end(tokenizer.name)
            case .text: try text()
            }
        }
        try flush()
        while !grids.isEmpty { try closeTable() }
        try flush()
    }

    private var isHidden: Bool { stack.last?.isHidden ?? false }
    private var isPre: Bool { stack.last?.isPre ?? false }

    // MARK: Tags

    private static let void: Set<String> = [
        "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr", "frame",
    ]
    /// Elements that begin and end a line of their own.
    private static let block: Set<String> = [
        "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "dialog", "dir", "div", "dl",
        "dt",
        "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hgroup", "html",
        "legend",
        "li", "listing", "main", "menu", "nav", "ol", "optgroup", "p", "pre", "section", "summary", "table", "tbody", "td",
        "tfoot",
        "th", "thead", "tr", "ul", "xmp", "plaintext", "search",
    ]
    /// Elements of which nothing is shown.
    private static let unseen: Set<String> = [
        "script", "template", "noscript", "iframe", "noembed", "noframes", "object", "audio", "video", "canvas", "select",
        "datalist",
        "svg", "rp", "rt", "map", "applet", "annotation", "annotation-xml",
    ]

    private static let headings: Set<String> = ["h1", "h2", "h3", "h4", "h5", "h6"]

    private mutating func start(_ name: String) throws {
        if Self.block.contains(name) { try flush() }
        switch name {
        case "br":
            add("\n")
            return
        case "hr": return try flush()
        case "wbr": return
        case "img", "image":
            receipt.count(.picture)
            let words = (tokenizer.attribute("alt") ?? "").trimmedLines
            if !words.isEmpty { pictures.append(Block(.picture, words, at: place, isHidden: isHidden)) }
            return
        case "meta": return meta()
        case "input":
            // Its words are in its value.
            let type = (tokenizer.attribute("type") ?? "text").lowercased()
            if ["submit", "button", "reset"].contains(type), let words = tokenizer.attribute("value") { add(words) }
            return
        case "link":
            let kind = tokenizer.attribute("rel")?.lowercased().split(separator: " ") ?? []
            if let linked, kind.contains("stylesheet"), !kind.contains("alternate"), let target = tokenizer.attribute("href"),
                sheets.count < 20, sheets.insert(target).inserted, let text = linked(target)
            {
                sheet.read(text)
            }
            return
        case "html": language = tokenizer.attribute("lang")
        case _ where Self.void.contains(name): return
        default: break
        }
        closeBefore(name)
        if isXML, tokenizer.isSelfClosing, name == "style" || name == "title" { return }
        if Self.unseen.contains(name) {
            if !tokenizer.isSelfClosing { skip(name) }
            return
        }
        if name == "style" {
            // One for printers says nothing of screens.
            let media = tokenizer.attribute("media")?.lowercased() ?? ""
            if media.isEmpty || media.contains("all") || media.contains("screen") { styleText = [] }
        }
        if name == "title", stack.allSatisfy({ $0.name != "body" }) { titleText = [] }
        // XHTML closes what is empty in one tag.
        if tokenizer.isSelfClosing, !Self.block.contains(name) { return }
        // What style sheets ask of it, where there are any.
        let node =
            sheet.isEmpty
            ? nil : StyleSheet.Node(name: name, id: tokenizer.attribute("id"), text: tokenizer.attribute("class"))
        let (outer, effect) = (stack.last, look(name, node))
        var element = Element(
            name: name, isGone: outer?.isGone == true || effect.isGone == true,
            isInvisible: effect.isInvisible ?? outer?.isInvisible ?? false,
            isSizeless: effect.isSizeless ?? outer?.isSizeless ?? false, isPre: isPre, lists: lists.count, tables: grids.count,
            links: links.count)
        if let node, sheet.hasAncestors { (element.id, element.classes) = (node.id, node.classes) }
        switch name {
        case "pre", "listing", "xmp", "textarea": element.isPre = true
        case "ul", "menu", "dir": lists.append(List(isOrdered: false, form: "", count: 0))
        case "ol":
            let said = tokenizer.attribute("start").flatMap { Int($0) }.map(Self.bounded)
            var list = List(isOrdered: true, form: Self.form(tokenizer), count: (said ?? 1) - 1)
            if tokenizer.attribute("reversed") != nil { (list.start, list.first) = (blocks.count, said) }
            lists.append(list)
        case "li": item()
        case "a":
            // A link in a link is none: it ends the other.
            if stack.contains(where: { $0.name == "a" }) { try end("a") }
            element.links = links.count
            if let target = tokenizer.attribute("href"), links.count < Self.deepest {
                links.append((target, line.count))
            }
        case "table": openTable(element.isHidden)
        case "caption": if !grids.isEmpty { grids[grids.count - 1].hasHeader = true }
        case "thead":
            if !grids.isEmpty { (grids[grids.count - 1].isHead, grids[grids.count - 1].hasHeader) = (true, true) }
        case "tbody", "tfoot":
            if !grids.isEmpty { (grids[grids.count - 1].isHead, grids[grids.count - 1].isFoot) = (false, name == "tfoot") }
        case "tr": try openRow()
        case "td", "th": try openCell(isHeader: name == "th")
        case "q": add("\u{201C}")
        default: break
        }
        if stack.count < Self.deepest { stack.append(element) }
        if tokenizer.isSelfClosing { try end(name) }
    }

    /// What a tag closes that has no end of its own.
    private mutating func closeBefore(_ name: String) {
        switch name {
        case "li": closeOpen(["li"], within: ["ul", "ol", "menu", "dir", "table"])
        case "dt", "dd": closeOpen(["dt", "dd"], within: ["dl", "table"])
        case "p", "div", "ul", "ol", "dl", "table", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "blockquote", "section", "article",
            "address", "form", "hr", "fieldset":
            closeOpen(["p"], within: ["td", "th", "table", "li", "div", "body"])
        case "td", "th": closeOpen(["td", "th"], within: ["tr", "table"])
        case "tr": closeOpen(["tr"], within: ["table"])
        case "thead", "tbody", "tfoot": closeOpen(["thead", "tbody", "tfoot"], within: ["table"])
        default: break
        }
    }

    private mutating func closeOpen(_ names: Set<String>, within: Set<String>) {
        guard let index = stack.lastIndex(where: { names.contains($0.name) || within.contains($0.name) }),
            names.contains(stack[index].name)
        else { return }
        let name = stack[index].name
        try? end(name)
    }

    private mutating func end(_ name: String) throws {
        if Self.block.contains(name) { try flush() }
        if name == "p", !stack.contains(where: { $0.name == "p" }) { return }
        // The end of any heading ends the one that is open.
        if Self.headings.contains(name), !stack.contains(where: { $0.name == name }),
            let other = stack.last(where: { Self.headings.contains($0.name) })
        {
            return try end(other.name)
        }
        if name == "br" { return add("\n") }
        if name == "style", let text = styleText {
            sheet.read(text)
            styleText = nil
        }
        if name == "title", let text = titleText {
            let words = String(decoding: text.prefix(2000), as: UTF8.self).split(whereSeparator: \.isWhitespace).joined(
                separator: " ")
            if !words.isEmpty, !metadata.contains(where: { $0.name == "title" }) { metadata.append(.init("title", words)) }
            titleText = nil
        }
        if name == "q" { add("\u{201D}") }
        if name == "a", let opened = stack.last(where: { $0.name == "a" })?.links, links.count > opened {
            takeLinks(from: opened)
            links.removeLast(links.count - opened)
        }
        guard let index = stack.lastIndex(where: { $0.name == name }) else { return }
        // A cell or a table ends with all that is open in it; no end of something else ends a cell.
        let isOfTable = ["td", "th", "tr", "thead", "tbody", "tfoot", "table"].contains(name)
        if !isOfTable, stack[index...].contains(where: { ["td", "th", "table"].contains($0.name) }) { return }
        for element in stack[index...].reversed() {
            switch element.name {
            case "td", "th": try closeCell()
            case "tr": try closeRow()
            case "table": try closeTable()
            case "ul", "ol", "menu", "dir":
                if lists.count == element.lists + 1 { reverse(lists[lists.count - 1], level: lists.count - 1) }
                if lists.count > element.lists { lists.removeLast(lists.count - element.lists) }
                marker = nil
            case "thead": if !grids.isEmpty { grids[grids.count - 1].isHead = false }
            case "tfoot": if !grids.isEmpty { grids[grids.count - 1].isFoot = false }
            // What is around it ends the link.
            case "a": if links.count > element.links { links.removeLast(links.count - element.links) }
            default: break
            }
        }
        stack.removeSubrange(index...)
    }

    /// The words of open links, as far as they stand in the line.
    private mutating func takeLinks(from first: Int) {
        for link in links[first...] where link.start <= line.count {
            let words = String(decoding: line[link.start...], as: UTF8.self).trimmedLines
            if !words.isEmpty { lineLinks.append(.init(text: words, target: link.target)) }
        }
    }

    /// To the end of an element of which nothing is shown.
    private mutating func skip(_ name: String) {
        var depth = 1
        while depth > 0 {
            switch tokenizer.next() {
            case .finished: return
            // The end of these may be left out.
            case .end where (name == "rt" || name == "rp") && tokenizer.name == "ruby": return
            case .start where name == "rt" || name == "rp": continue
            case .start: if tokenizer.name == name, !tokenizer.isSelfClosing { depth += 1 }
            case .end: if tokenizer.name == name { depth -= 1 }
            case .text: continue
            }
        }
    }

    private mutating func meta() {
        let names = ["author": "author", "description": "description", "keywords": "keywords", "date": "created"]
        guard let name = tokenizer.attribute("name")?.lowercased(), let field = names[name],
            let value = tokenizer.attribute("content")?.trimmedLines, !value.isEmpty,
            !metadata.contains(where: { $0.name == field })
        else { return }
        metadata.append(.init(field, value))
    }

    /// What the tag and its styles say of whether it is seen.
    private mutating func look(_ name: String, _ node: StyleSheet.Node?) -> StyleSheet.Effect {
        var effect = StyleSheet.Effect()
        if tokenizer.attribute("hidden") != nil || name == "dialog" && tokenizer.attribute("open") == nil { effect.isGone = true }
        if let node {
            let around = sheet.hasAncestors ? stack.map { StyleSheet.Node(name: $0.name, id: $0.id, classes: $0.classes) } : []
            effect.take(sheet.effect(node, around))
        }
        if let style = tokenizer.attribute("style") { effect.take(StyleSheet.effect(Array(style.utf8))) }
        return effect
    }

    // MARK: Text

    private mutating func text() throws {
        // Taken out while it grows, so that it is not copied.
        if var text = styleText {
            styleText = nil
            tokenizer.appendText(to: &text)
            styleText = text
            return
        }
        if var text = titleText {
            titleText = nil
            tokenizer.appendText(to: &text)
            titleText = text
            return
        }
        if stack.last?.name == "head" || stack.last?.name == "style" { return }
        var bytes: [UInt8] = []
        tokenizer.appendText(to: &bytes)
        textBytes += bytes.count
        try limits.mustHold(textBytes: textBytes)
        append(bytes)
    }

    private mutating func append(_ bytes: [UInt8]) {
        if isPre {
            // A line that the tag itself begins is none.
            let isFirst = line.isEmpty && hidden.isEmpty
            let out = bytes.filter { $0 != 0x0D }
            let rest = isFirst && out.first == 0x0A ? Array(out.dropFirst()) : out
            if isHidden { hidden += rest } else { line += rest }
            endsInSpace = false
            return
        }
        var out: [UInt8] = []
        out.reserveCapacity(bytes.count)
        var isSpace = endsInSpace
        for byte in bytes {
            if byte == 0x20 || 0x09...0x0D ~= byte {
                if !isSpace { out.append(0x20) }
                isSpace = true
            } else {
                out.append(byte)
                isSpace = false
            }
        }
        endsInSpace = isSpace
        if isHidden { hidden += out } else { line += out }
    }

    private mutating func add(_ text: String) {
        if isHidden { hidden += Array(text.utf8) } else { line += Array(text.utf8) }
        endsInSpace = text == "\n"
    }

    // MARK: Blocks

    private var headingLevel: Int? {
        guard let element = stack.last(where: { $0.name.utf8.count == 2 && $0.name.utf8.first == UInt8(ascii: "h") }),
            let level = Int(element.name.dropFirst()), 1...6 ~= level
        else { return nil }
        return level
    }

    /// What stands in the line is a block.
    private mutating func flush() throws {
        takeLinks(from: 0)
        let isCode = isPre && stack.contains { $0.name == "pre" || $0.name == "listing" || $0.name == "xmp" }
        var text = String(decoding: line, as: UTF8.self).trimmedLines
        if isCode { text = Self.code(line) }
        if !text.isEmpty {
            var block: Block
            if let level = headingLevel {
                let number = marker.map { $0 == "•" ? "" : "\($0) " } ?? ""
                block = Block(.heading, number + text, level: level, at: place)
            } else if let marker, !isCode {
                block = Block(.listItem, text, level: max(0, lists.count - 1), marker: marker, at: place)
            } else {
                block = Block(isCode ? .code : .paragraph, text, at: place)
            }
            marker = nil
            // A link that is still open goes on in the next block.
            block.links = lineLinks
            blocks.append(block)
        }
        let unseen = String(decoding: hidden, as: UTF8.self).trimmedLines
        if !unseen.isEmpty {
            receipt.count(.hidden)
            blocks.append(Block(.paragraph, unseen, at: place, isHidden: true))
        }
        blocks += pictures
        (line, hidden, lineLinks, pictures, endsInSpace) = ([], [], [], [], true)
        for index in links.indices { links[index].start = 0 }
    }

    /// Without the empty lines around it; its own spaces stay.
    private static func code(_ bytes: [UInt8]) -> String {
        var lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
        while lines.first?.allSatisfy(\.isWhitespace) == true { lines.removeFirst() }
        while lines.last?.allSatisfy(\.isWhitespace) == true { lines.removeLast() }
        return lines.joined(separator: "\n")
    }

    /// The numbers of a list that counts backwards are known when its items are.
    private mutating func reverse(_ list: List, level: Int) {
        guard let start = list.start, start <= blocks.count else { return }
        let items = blocks.indices[start...].filter { blocks[$0].kind == .listItem && blocks[$0].level == level }
        let first = list.first ?? items.count
        for (step, index) in items.enumerated() { blocks[index].marker = Self.number(first - step, list.form) + "." }
    }

    /// How the numbers of a list are written: in its type, or in its style.
    private static func form(_ tokenizer: HTMLTokenizer) -> String {
        let style = tokenizer.attribute("style")?.lowercased() ?? ""
        let forms = [
            ("lower-alpha", "a"), ("lower-latin", "a"), ("upper-alpha", "A"), ("upper-latin", "A"), ("lower-roman", "i"),
            ("upper-roman", "I"),
        ]
        if style.contains("list-style"), let form = forms.first(where: { style.contains($0.0) }) { return form.1 }
        return tokenizer.attribute("type") ?? "1"
    }

    private static func bounded(_ number: Int) -> Int { min(max(number, -1_000_000), 1_000_000) }

    private mutating func item() {
        guard !lists.isEmpty else {
            marker = "•"
            return
        }
        let index = lists.count - 1
        guard lists[index].isOrdered else {
            marker = "•"
            return
        }
        lists[index].count = tokenizer.attribute("value").flatMap { Int($0) }.map(Self.bounded) ?? lists[index].count + 1
        marker = Self.number(lists[index].count, lists[index].form) + "."
    }

    private static func number(_ number: Int, _ form: String) -> String {
        switch form {
        case "a" where 1...26 ~= number: LetterNumeral.text(number).lowercased()
        case "A" where 1...26 ~= number: LetterNumeral.text(number)
        case "i": RomanNumeral.text(number).lowercased()
        case "I": RomanNumeral.text(number)
        default: String(number)
        }
    }

    // MARK: Tables

    private mutating func openTable(_ isHidden: Bool) {
        guard grids.count < Self.deepestTable else { return }
        if !grids.isEmpty { grids[grids.count - 1].inside += 1 }
        var grid = Grid()
        grid.isHidden = isHidden
        let role = tokenizer.attribute("role")
        grid.isLayout = role == "presentation" || role == "none"
        grids.append(grid)
    }

    private mutating func openRow() throws {
        guard !grids.isEmpty else { return }
        if grids[grids.count - 1].isInRow { try closeRow() }
        grids[grids.count - 1].isInRow = true
        grids[grids.count - 1].isHeadRow = true
        grids[grids.count - 1].row = []
    }

    private mutating func openCell(isHeader: Bool) throws {
        guard !grids.isEmpty else { return }
        if !grids[grids.count - 1].isInRow { try openRow() }
        if grids[grids.count - 1].cell != nil { try closeCell() }
        func span(_ text: String?) -> Int { min(Self.mostSpan, max(1, text.flatMap { Int($0) } ?? 1)) }
        var (columns, rows) = (span(tokenizer.attribute("colspan")), span(tokenizer.attribute("rowspan")))
        // To the end of the table.
        if tokenizer.attribute("rowspan") == "0" { rows = Self.mostSpan }
        // Rows that grow by what they cover would grow without end.
        if grids[grids.count - 1].row.count + columns > Self.widest { (columns, rows) = (1, 1) }
        cells += columns
        try limits.mustHold(cells: cells)
        let index = grids.count - 1
        grids[index].cells += 1
        if isHeader { grids[index].hasHeader = true } else { grids[index].isHeadRow = false }
        grids[index].cell = (columns, rows)
        grids[index].outside = blocks
        blocks = []
    }

    private mutating func closeCell() throws {
        guard !grids.isEmpty, var cell = grids[grids.count - 1].cell else { return }
        try flush()
        let index = grids.count - 1
        let inner = blocks
        blocks = grids[index].outside
        grids[index].outside = []
        grids[index].cell = nil
        grids[index].inner.append(inner)
        for block in inner { grids[index].links += block.links }
        let start = grids[index].row.count
        var column = start
        while let left = grids[index].covered[column], left > 0 {
            grids[index].covered[column] = left - 1
            grids[index].row.append(nil)
            column += 1
        }
        // What is covered counts, too: each of many rows may be wide for nothing.
        cells += grids[index].row.count - start
        try limits.mustHold(cells: cells)
        if column + cell.columns > Self.widest { cell = (1, 1) }
        grids[index].row.append(Table.Cell(inner.words, columns: cell.columns, rows: cell.rows))
        grids[index].row += [Table.Cell?](repeating: nil, count: cell.columns - 1)
        if cell.rows > 1 {
            for place in column..<(column + cell.columns) { grids[index].covered[place] = cell.rows - 1 }
        }
    }

    private mutating func closeRow() throws {
        guard !grids.isEmpty, grids[grids.count - 1].isInRow else { return }
        try closeCell()
        let index = grids.count - 1
        // What cells above cover behind the last cell takes no room in the row.
        let end = grids[index].row.count
        let isCovered = grids[index].covered.contains { $0.value > 0 && $0.key >= end }
        for (column, left) in grids[index].covered where column >= end && left > 0 { grids[index].covered[column] = left - 1 }
        grids[index].isInRow = false
        guard !grids[index].row.isEmpty || isCovered else { return }
        let isHeader = grids[index].isHead || grids[index].isHeadRow
        if isHeader, grids[index].headerRows == grids[index].rows.count { grids[index].headerRows += 1 }
        if grids[index].isFoot { grids[index].foot.append(grids[index].rows.count) }
        grids[index].rows.append(grids[index].row)
        grids[index].row = []
    }

    private mutating func closeTable() throws {
        guard !grids.isEmpty else { return }
        try closeRow()
        try flush()
        let grid = grids.removeLast()
        // One column arranges; so does a table of headings, or of other tables, where nothing names its columns.
        let widest = grid.rows.lazy.map(\.count).max() ?? 0
        let holdsOthers = grid.inside * 2 >= grid.cells && grid.inside > 0
        let holdsHeadings = grid.inner.contains { $0.contains { $0.kind == .heading } }
        let isLayout = grid.isLayout || widest < 2 || !grid.hasHeader && (holdsOthers || holdsHeadings)
        if isLayout {
            for inner in grid.inner { blocks += inner }
            return
        }
        let foot = Set(grid.foot)
        let rows =
            foot.isEmpty
            ? grid.rows : grid.rows.indices.filter { !foot.contains($0) }.map { grid.rows[$0] } + grid.foot.map { grid.rows[$0] }
        var table = Table(rows: rows, headerRows: min(grid.headerRows, grid.rows.count))
        // No cell goes on behind the last row.
        let count = table.rows.count
        for row in 0..<count {
            for column in table.rows[row].indices where (table.rows[row][column]?.rows ?? 1) > count - row {
                table.rows[row][column]?.rows = count - row
            }
        }
        if table.headerRows == table.rows.count { table.headerRows = grid.rows.count > 1 ? 1 : 0 }
        if table.rows.contains(where: { $0.contains { $0?.text.isEmpty == false } }) {
            var block = Block(.table, "", table: table, at: place, isHidden: grid.isHidden)
            block.links = grid.links
            blocks.append(block)
        }
        blocks += grid.inner.joined().filter(\.isHidden)
    }
}
