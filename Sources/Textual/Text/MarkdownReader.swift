import CMarkdown
import Foundation

/// Reads Markdown (CommonMark 0.31, with the tables, footnotes and struck words of GitHub's dialect). cmark takes the text apart; tables
/// and footnotes, which it does not know, are found in the lines that it took for paragraphs.
struct MarkdownReader {
    private let limits: TextualLimits
    private let lines: [ArraySlice<UInt8>]
    private let firstLine: Int
    /// Lines of the file, where lines were added.
    private var numbers: [Int]?
    /// Where in the line code stands, whose marks are letters.
    private var code: [Range<Int>] = []
    private var document = Document(format: .md)
    private var lists: [List] = []
    private var line: [UInt8] = []
    private var links: [Block.Link] = []
    private var openLinks: [Int] = []
    private var openPictures: [Int] = []
    private var pictures: [Block] = []
    private var marker: String?

    private struct List {
        let isOrdered: Bool
        let end: String
        var number: Int
    }

    /// Of a table; those of a line beyond it are cut.
    private static let mostColumns = 2000

    /// - Parameter text: UTF-8.
    static func read(_ text: [UInt8], limits: TextualLimits) throws -> Document {
        try limits.mustHold(textBytes: text.count)
        let plain = TextReader.plain(text)
        let front = FrontMatter(plain)
        let (body, numbers) = footnotes(Array(plain[front.end...]))
        var reader = MarkdownReader(limits, body, firstLine: front.lines)
        reader.numbers = numbers
        reader.document.metadata = front.metadata
        try reader.read(body)
        return reader.document
    }

    /// Whether a text whose name says nothing is Markdown: it has headings, and lists, code or links.
    static func isMarkdown(_ bytes: [UInt8]) -> Bool {
        var (headings, others) = (0, 0)
        for line in bytes.prefix(32 << 10).split(separator: 0x0A) {
            let marks = line.prefix { $0 == UInt8(ascii: "#") }.count
            if 1...6 ~= marks, line.dropFirst(marks).first == 0x20 { headings += 1 }
            let text = String(decoding: line.prefix(500), as: UTF8.self)
            if ["- ", "* ", "1. ", "```"].contains(where: text.hasPrefix) || text.contains("](") { others += 1 }
        }
        return headings >= 1 && others >= 1 || headings >= 3
    }

    private init(_ limits: TextualLimits, _ body: [UInt8], firstLine: Int) {
        self.limits = limits
        self.firstLine = firstLine
        lines = body.split(separator: 0x0A, omittingEmptySubsequences: false)
    }

    /// `[^1]: words` would be the definition of a link; its bracket is made a letter, and it begins a paragraph of its own, as do the
    /// paragraphs that go on with it.
    /// - Returns: and the line of the file that each line was.
    private static func footnotes(_ text: [UInt8]) -> (text: [UInt8], lines: [Int]?) {
        let mark = Array("[^".utf8)
        guard text.contains(mark[1]) else { return (text, nil) }
        var out: [UInt8] = []
        out.reserveCapacity(text.count + 64)
        var numbers: [Int] = []
        var fence: ArraySlice<UInt8>?
        var (isBlank, isNote) = (true, false)
        for (number, line) in text.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() {
            let bare = line.drop { $0 == 0x20 }
            let indent = line.count - bare.count
            let marks = bare.prefix { $0 == bare.first }
            if indent < 4, marks.first == UInt8(ascii: "`") || marks.first == UInt8(ascii: "~"), marks.count >= 3 {
                if let open = fence {
                    if marks.first == open.first, marks.count >= open.count { fence = nil }
                } else {
                    fence = marks
                }
            }
            let isDefinition = fence == nil && indent < 4 && bare.starts(with: mark) && bare.contains(UInt8(ascii: "]"))
            if isDefinition {
                if !isBlank {
                    out.append(0x0A)
                    numbers.append(number)
                }
                isNote = true
                out.append(UInt8(ascii: "\\"))
                out += bare
            } else if isNote, fence == nil, indent >= 4 {
                out += line.dropFirst(4)
            } else {
                if !bare.isEmpty, indent == 0, isBlank { isNote = false }
                out += line
            }
            out.append(0x0A)
            numbers.append(number)
            isBlank = bare.isEmpty
        }
        return (out, numbers)
    }

    // MARK: Blocks

    private mutating func read(_ body: [UInt8]) throws {
        let root = body.withUnsafeBytes { bytes in
            bytes.withMemoryRebound(to: CChar.self) { cmark_parse_document($0.baseAddress, $0.count, CMARK_OPT_VALIDATE_UTF8) }
        }
        guard let root else { return }
        defer { cmark_node_free(root) }
        guard let walk = cmark_iter_new(root) else { return }
        defer { cmark_iter_free(walk) }
        while true {
            let event = cmark_iter_next(walk)
            guard event != CMARK_EVENT_DONE, let node = cmark_iter_get_node(walk) else { return }
            if event == CMARK_EVENT_ENTER {
                // What is in a table is read by itself.
                if try enter(node) { cmark_iter_reset(walk, node, CMARK_EVENT_EXIT) }
            } else {
                exit(node)
            }
        }
    }

    private func place(_ node: OpaquePointer) -> Place {
        place(line: Int(cmark_node_get_start_line(node)))
    }

    private func place(line: Int) -> Place {
        let known = numbers.flatMap { $0.indices.contains(line - 1) ? $0[line - 1] + 1 : nil }
        return Place(line: firstLine + (known ?? line))
    }

    /// - Returns: whether the node is done with.
    private mutating func enter(_ node: OpaquePointer) throws -> Bool {
        switch cmark_node_get_type(node) {
        case CMARK_NODE_LIST:
            let isOrdered = cmark_node_get_list_type(node) == CMARK_ORDERED_LIST
            lists.append(
                List(
                    isOrdered: isOrdered, end: cmark_node_get_list_delim(node) == CMARK_PAREN_DELIM ? ")" : ".",
                    number: Int(cmark_node_get_list_start(node)) - 1))
        case CMARK_NODE_ITEM:
            guard !lists.isEmpty else { return false }
            lists[lists.count - 1].number += 1
            let list = lists[lists.count - 1]
            marker = list.isOrdered ? "\(list.number)\(list.end)" : "•"
        case CMARK_NODE_PARAGRAPH:
            if let found = tableStart(node) {
                try table(node, from: found)
                return true
            }
        case CMARK_NODE_CODE_BLOCK:
            var text = literal(node)
            if text.hasSuffix("\n") { text.removeLast() }
            if !text.isEmpty { document.blocks.append(Block(.code, text, at: place(node))) }
        case CMARK_NODE_HTML_BLOCK:
            let read = try HTMLReader.read(Array(literal(node).utf8), at: place(node), limits: limits)
            document.blocks += read.blocks
            document.receipt.add(read.receipt)
        case CMARK_NODE_TEXT: line += Array(literal(node).utf8)
        case CMARK_NODE_CODE:
            let start = line.count
            line += Array(literal(node).utf8)
            code.append(start..<line.count)
        case CMARK_NODE_SOFTBREAK: line.append(0x20)
        case CMARK_NODE_LINEBREAK: line.append(0x0A)
        case CMARK_NODE_HTML_INLINE: if literal(node).lowercased().hasPrefix("<br") { line.append(0x0A) }
        case CMARK_NODE_LINK: openLinks.append(line.count)
        case CMARK_NODE_IMAGE: openPictures.append(line.count)
        default: break
        }
        return false
    }

    private mutating func exit(_ node: OpaquePointer) {
        switch cmark_node_get_type(node) {
        case CMARK_NODE_LIST: if !lists.isEmpty { lists.removeLast() }
        case CMARK_NODE_ITEM: marker = nil
        case CMARK_NODE_PARAGRAPH: flush(at: place(node), heading: nil)
        case CMARK_NODE_HEADING: flush(at: place(node), heading: Int(cmark_node_get_heading_level(node)))
        case CMARK_NODE_LINK:
            guard let start = openLinks.popLast(), start <= line.count else { return }
            let words = String(decoding: line[start...], as: UTF8.self)
            let target = cmark_node_get_url(node).map { String(cString: $0) } ?? ""
            if !words.isEmpty, !target.isEmpty { links.append(.init(text: words, target: target)) }
        case CMARK_NODE_IMAGE:
            guard let start = openPictures.popLast(), start <= line.count else { return }
            let words = String(decoding: line[start...], as: UTF8.self).trimmedLines
            line.removeSubrange(start...)
            document.receipt.count(.picture)
            if !words.isEmpty { pictures.append(Block(.picture, words, at: place(node))) }
        default: break
        }
    }

    private mutating func flush(at place: Place, heading: Int?) {
        defer { (line, links, pictures, openLinks, openPictures, code) = ([], [], [], [], [], []) }
        var text = words().trimmedLines
        if !text.isEmpty {
            var block: Block
            if let heading {
                block = Block(.heading, text, level: heading, at: place)
            } else if let marker {
                block = Block(.listItem, text, level: max(0, lists.count - 1), marker: marker, at: place)
                self.marker = nil
            } else if let note = Self.footnote(&text) {
                block = Block(.note, text, marker: note, at: place)
            } else {
                block = Block(.paragraph, text, at: place)
            }
            block.links = links
            document.blocks.append(block)
        }
        document.blocks += pictures
    }

    private func literal(_ node: OpaquePointer) -> String {
        cmark_node_get_literal(node).map { String(cString: $0) } ?? ""
    }

    /// The words of the line without the marks of GitHub's dialect: `~~struck~~`, and `[^1]` for a footnote, which becomes `[1]`.
    private func words() -> String {
        let (tilde, caret) = (UInt8(ascii: "~"), UInt8(ascii: "^"))
        guard line.contains(tilde) || line.contains(caret) else { return String(decoding: line, as: UTF8.self) }
        var isCode = [Bool](repeating: false, count: line.count + 1)
        for range in code { for place in range where place < line.count { isCode[place] = true } }
        func isStrike(_ place: Int) -> Bool {
            place + 1 < line.count && line[place] == tilde && line[place + 1] == tilde && !isCode[place]
        }
        let strikes = line.indices.count(where: isStrike)
        var out: [UInt8] = []
        var place = 0
        while place < line.count {
            if strikes > 1, isStrike(place) {
                place += 2
            } else if line[place] == UInt8(ascii: "["), place + 2 < line.count, line[place + 1] == caret, !isCode[place],
                isReference(place)
            {
                out.append(line[place])
                place += 2
            } else {
                out.append(line[place])
                place += 1
            }
        }
        return String(decoding: out, as: UTF8.self)
    }

    /// Whether `[^` begins the name of a footnote, such as `[^1]` or `[^note]`, and no set of letters of a pattern.
    private func isReference(_ place: Int) -> Bool {
        let name = line[(place + 2)...].prefix(60).prefix { $0 != UInt8(ascii: "]") }
        return !name.isEmpty && place + 2 + name.count < line.count && line[place + 2 + name.count] == UInt8(ascii: "]")
            && name.allSatisfy {
                $0 >= 0x80 || 0x30...0x39 ~= $0 || 0x41...0x5A ~= $0 || 0x61...0x7A ~= $0 || $0 == 0x5F || $0 == 0x2D
                    || $0 == 0x2E
            }
            && !(name.contains(0x2D) && name.count == 3)
    }

    /// The number of a note that begins with `[1]:`, which is taken off.
    private static func footnote(_ text: inout String) -> String? {
        guard text.hasPrefix("["), let end = text.utf8.prefix(200).firstIndex(of: UInt8(ascii: "]")) else { return nil }
        let behind = text.utf8.index(after: end)
        guard behind < text.endIndex, text.utf8[behind] == UInt8(ascii: ":") else { return nil }
        let number = String(text[text.utf8.index(after: text.startIndex)..<end])
        guard !number.isEmpty, !number.contains(" ") else { return nil }
        text = String(text[text.utf8.index(after: behind)...]).trimmedLines
        return number
    }

    // MARK: Tables

    /// The line, counted from the first of the paragraph, that parts the head of a table from its rows.
    private func tableStart(_ node: OpaquePointer) -> Int? {
        let (first, last) = span(node)
        guard first < last, last < lines.count else { return nil }
        for index in (first + 1)...last {
            guard let columns = Self.delimiters(Self.bare(lines[index])) else { continue }
            return Self.cells(Self.bare(lines[index - 1])).count == columns ? index - first : nil
        }
        return nil
    }

    private func span(_ node: OpaquePointer) -> (first: Int, last: Int) {
        (max(0, Int(cmark_node_get_start_line(node)) - 1), Int(cmark_node_get_end_line(node)) - 1)
    }

    private mutating func table(_ node: OpaquePointer, from delimiter: Int) throws {
        let (first, last) = span(node)
        // Words before the head.
        if delimiter > 1 {
            let before = lines[first..<(first + delimiter - 1)].map { Self.bare($0) }.joined(separator: [0x20])
            line = Array(Self.inline(Array(before)).utf8)
            flush(at: place(node), heading: nil)
        }
        let head = Self.cells(Self.bare(lines[first + delimiter - 1])).prefix(Self.mostColumns)
        var table = Table(rows: [head.map { Table.Cell(Self.inline($0)) }], headerRows: 1)
        if first + delimiter < last {
            for index in (first + delimiter + 1)...last {
                // A row may have more cells than the head; browsers leave them out, and text is not lost here.
                table.rows.append(
                    Self.cells(Self.bare(lines[index])).prefix(Self.mostColumns).map { Table.Cell(Self.inline($0)) })
            }
        }
        marker = nil
        document.blocks.append(Block(.table, "", table: table, at: place(line: first + delimiter)))
    }

    /// Without the marks of a quotation.
    private static func bare(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var rest = line.drop { $0 == 0x20 || $0 == 0x09 || $0 == UInt8(ascii: ">") }
        while let last = rest.last, last == 0x20 || last == 0x09 || last == 0x0D { rest.removeLast() }
        return rest
    }

    /// How many columns a line of hyphens and bars parts; nil for any other line.
    private static func delimiters(_ line: ArraySlice<UInt8>) -> Int? {
        guard line.contains(UInt8(ascii: "|")),
            line.allSatisfy({
                $0 == UInt8(ascii: "|") || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ":") || $0 == 0x20 || $0 == 0x09
            })
        else { return nil }
        let cells = cells(line)
        let isDelimiter = cells.allSatisfy { cell in
            let middle = cell.drop { $0 == UInt8(ascii: ":") }
            let hyphens = middle.prefix { $0 == UInt8(ascii: "-") }.count
            return hyphens > 0 && middle.dropFirst(hyphens).count <= 1
                && middle.dropFirst(hyphens).allSatisfy { $0 == UInt8(ascii: ":") }
        }
        return isDelimiter && !cells.isEmpty ? cells.count : nil
    }

    /// What bars part; one with a backslash is a letter.
    private static func cells(_ line: ArraySlice<UInt8>) -> [[UInt8]] {
        var cells: [[UInt8]] = []
        var cell: [UInt8] = []
        var isEscaped = false
        var rest = line
        if rest.first == UInt8(ascii: "|") { rest.removeFirst() }
        func trimmed(_ cell: [UInt8]) -> [UInt8] {
            var part = cell[...]
            while let first = part.first, first == 0x20 || first == 0x09 { part.removeFirst() }
            while let last = part.last, last == 0x20 || last == 0x09 { part.removeLast() }
            return Array(part)
        }
        for byte in rest {
            if byte == UInt8(ascii: "|"), !isEscaped {
                cells.append(trimmed(cell))
                cell = []
            } else if byte == UInt8(ascii: "|") {
                cell[cell.count - 1] = byte
            } else {
                cell.append(byte)
            }
            isEscaped = byte == UInt8(ascii: "\\") && !isEscaped
        }
        // A bar at the end begins no cell.
        if !trimmed(cell).isEmpty || rest.last != UInt8(ascii: "|") { cells.append(trimmed(cell)) }
        return cells
    }

    private static let marks = Set("*_`[]<&\\!~".utf8)

    /// The words of a piece of Markdown inside a line.
    private static func inline(_ source: [UInt8]) -> String {
        guard source.contains(where: { marks.contains($0) }) else { return String(decoding: source, as: UTF8.self) }
        // A word in front keeps a mark from beginning a block.
        let front = Array("a ".utf8)
        var reader = MarkdownReader(TextualLimits(), [], firstLine: 0)
        guard (try? reader.read(front + source)) != nil else { return String(decoding: source, as: UTF8.self) }
        return String(reader.document.blocks.words.dropFirst(front.count))
    }
}

/// What stands between lines of three hyphens at the top of a file (YAML, as far as it is `name: value`).
private struct FrontMatter {
    private(set) var metadata: [Document.Metadata] = []
    /// Where the text behind it begins.
    private(set) var end = 0
    private(set) var lines = 0

    private static let known = [
        "title": "title", "author": "author", "date": "created", "description": "description", "subtitle": "subject",
        "lang": "language", "keywords": "keywords",
    ]
    private static let mostBytes = 64 << 10
    private static let most = 100

    init(_ text: [UInt8]) {
        guard text.starts(with: Array("---\n".utf8)) else { return }
        var (place, count) = (4, 1)
        var found: [Document.Metadata] = []
        while place < min(text.count, Self.mostBytes) {
            let stop = text[place...].firstIndex(of: 0x0A) ?? text.count
            let line = String(decoding: text[place..<stop], as: UTF8.self)
            place = min(text.count, stop + 1)
            count += 1
            if line == "---" || line == "..." {
                (metadata, end, lines) = (found, place, count)
                return
            }
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2, line.first?.isWhitespace == false, found.count < Self.most else { continue }
            let name = Self.known[parts[0].lowercased()] ?? String(parts[0])
            var value = parts[1].trimmedLines
            if value.count >= 2, let quote = value.first, quote == "\"" || quote == "'", value.last == quote {
                value = String(value.dropFirst().dropLast())
            }
            if !value.isEmpty { found.append(.init(name, value)) }
        }
    }
}
