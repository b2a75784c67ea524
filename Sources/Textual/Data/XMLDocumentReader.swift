/// Reads XML of any kind: prose as paragraphs under its headings, records as tables, other data as lines of `name: value`.
struct XMLDocumentReader {
    private let limits: TextualLimits
    private var blocks: [Block] = []
    private var cells = 0
    private var lists = 0

    /// - Throws: `TextualFailure` `limit_exceeded`.
    static func read(_ root: XMLElement, limits: TextualLimits) throws -> Document {
        var document = Document(format: .xml)
        guard isProse(root) else {
            document.blocks = try DataBlocks.blocks(.object([(root.name, value(root))]).unwrapped, limits: limits)
            return document
        }
        var reader = XMLDocumentReader(limits: limits)
        try reader.prose(root, level: 1)
        document.blocks = reader.blocks
        return document
    }

    private init(limits: TextualLimits) { self.limits = limits }

    /// Whether somewhere words and elements stand beside each other. In one of many records that is a slip.
    private static func isProse(_ root: XMLElement) -> Bool {
        var (mixed, plain) = (0, 0)
        var open = [root]
        while let element = open.popLast() {
            if element.isMixed || prose.contains(element.name.lowercased()) && element.hasSentence {
                mixed += 1
            } else if element.elements.isEmpty {
                plain += 1
            }
            open += element.elements
        }
        return mixed * 20 > plain
    }

    /// Elements of DocBook, TEI, JATS and DITA that hold prose.
    private static let prose: Set<String> = ["para", "p", "simpara"]
    private static let titles: Set<String> = ["title", "head", "heading", "caption", "subtitle", "article-title"]
    private static let sections: Set<String> = [
        "section", "sect1", "sect2", "sect3", "sect4", "chapter", "part", "appendix", "sec", "div", "div1", "div2", "div3",
        "topic",
        "preface",
    ]
    private static let items: Set<String> = ["listitem", "item", "li", "list-item"]
    private static let code: Set<String> = ["programlisting", "screen", "code", "pre", "literallayout", "codeblock"]
    private static let lists: Set<String> = ["itemizedlist", "orderedlist", "list", "ul", "ol", "variablelist"]
    private static let rows: Set<String> = ["row", "tr"]

    // MARK: Prose

    private mutating func prose(_ element: XMLElement, level: Int) throws {
        let name = element.name.lowercased()
        if name == "table" || name == "informaltable", let table = try table(element) {
            if let title = element.elements.first(where: { Self.titles.contains($0.name.lowercased()) }) {
                add(.paragraph, Self.words(title))
            }
            blocks.append(Block(.table, "", table: table, at: Place()))
            return
        }
        if name == "style" || name == "script" { return }
        if Self.titles.contains(name) { return add(.heading, Self.words(element), level: min(9, level)) }
        if Self.code.contains(name), element.elements.isEmpty || element.isMixed {
            return add(.code, Self.raw(element).trimmedLines)
        }
        if element.isMixed || element.elements.isEmpty {
            // Blocks inside of prose, such as a list in a paragraph, end it.
            var line = ""
            for child in element.children {
                switch child {
                case .text(let text): line += text
                case .element(let inner):
                    let inside = inner.name.lowercased()
                    if Self.lists.contains(inside) || inside == "table"
                        || Self.code.contains(inside) && Self.raw(inner).contains("\n")
                    {
                        add(.paragraph, Self.joined(line))
                        line = ""
                        try prose(inner, level: level)
                    } else {
                        line += Self.raw(inner)
                    }
                }
            }
            return add(.paragraph, Self.joined(line))
        }
        let isList = Self.lists.contains(name)
        if isList { lists += 1 }
        defer { if isList { lists -= 1 } }
        let isOrdered = name == "orderedlist" || name == "ol"
        var number = 0
        for inner in element.elements {
            let isSection = Self.sections.contains(inner.name.lowercased())
            let start = blocks.count
            try prose(inner, level: isSection ? level + 1 : level)
            guard isList, Self.items.contains(inner.name.lowercased()), start < blocks.count, blocks[start].kind == .paragraph
            else {
                continue
            }
            number += 1
            blocks[start].kind = .listItem
            blocks[start].level = max(0, lists - 1)
            blocks[start].marker = isOrdered ? "\(number)." : "•"
        }
    }

    private mutating func add(_ kind: Block.Kind, _ text: String, level: Int = 0) {
        guard !text.isEmpty else { return }
        blocks.append(Block(kind, text, level: level, at: Place()))
    }

    private mutating func table(_ element: XMLElement) throws -> Table? {
        var table = Table(rows: [])
        func collect(_ element: XMLElement, isHead: Bool) {
            for inner in element.elements {
                let name = inner.name.lowercased()
                if Self.rows.contains(name) {
                    let cells = inner.elements.map { Table.Cell(Self.words($0)) }
                    if cells.isEmpty { continue }
                    let isHeader = isHead || inner.elements.allSatisfy { $0.name.lowercased() == "th" }
                    if isHeader, table.headerRows == table.rows.count { table.headerRows += 1 }
                    table.rows.append(cells)
                } else {
                    collect(inner, isHead: isHead || name == "thead")
                }
            }
        }
        collect(element, isHead: false)
        cells += table.rows.reduce(0) { $0 + $1.count }
        try limits.mustHold(cells: cells)
        return table.rows.isEmpty ? nil : table
    }

    /// All text in an element, as it stands there. Blocks inside are parted by a space.
    private static func raw(_ element: XMLElement) -> String {
        var text = ""
        for child in element.children {
            switch child {
            case .text(let part): text += part
            case .element(let inner):
                let isBlock = prose.contains(inner.name.lowercased()) || items.contains(inner.name.lowercased())
                text += isBlock ? " \(raw(inner)) " : raw(inner)
            }
        }
        return text
    }

    private static func joined(_ text: String) -> String { text.split(whereSeparator: \.isWhitespace).joined(separator: " ") }

    private static func words(_ element: XMLElement) -> String { joined(raw(element)) }

    // MARK: Data

    private static func value(_ element: XMLElement) -> DataValue {
        let elements = element.elements
        let attributes = element.attributes.filter { !$0.name.hasPrefix("xmlns") && !$0.name.hasPrefix("xsi:") }
        if elements.isEmpty || element.isMixed {
            let text = plain(element.isMixed ? joined(raw(element)) : raw(element).trimmedLines)
            guard !attributes.isEmpty else { return .text(text) }
            var members = attributes.map { ($0.name, DataValue.text($0.value)) }
            if !text.isEmpty { members.append(("text", .text(text))) }
            return .object(members.map { (name: $0.0, value: $0.1) })
        }
        var members: [(name: String, value: DataValue)] = attributes.map { ($0.name, .text($0.value)) }
        // A list of properties (Apple's plist): keys and their values follow each other.
        let isPaired = elements.indices.allSatisfy { ($0 % 2 == 0) == (elements[$0].name == "key") }
        if element.name == "dict", elements.count.isMultiple(of: 2), isPaired {
            for index in stride(from: 0, to: elements.count, by: 2) {
                members.append((raw(elements[index]), value(elements[index + 1])))
            }
            return .object(members)
        }
        if element.name == "array", attributes.isEmpty { return .list(elements.map(value)) }
        // Elements of one name that follow each other are a list.
        var groups: [(name: String, items: [DataValue])] = []
        for inner in elements {
            if groups.last?.name == inner.name {
                groups[groups.count - 1].items.append(value(inner))
            } else {
                groups.append((inner.name, [value(inner)]))
            }
        }
        members += groups.map { (name: $0.name, value: $0.items.count == 1 ? $0.items[0] : .list($0.items)) }
        return .object(members)
    }

    /// A feed has HTML in the text of its elements.
    private static func plain(_ text: String) -> String {
        guard text.utf8.contains(UInt8(ascii: "<")),
            text.contains("</") || text.contains("/>") || text.contains("<br") || text.contains("<p>"),
            let read = try? HTMLReader.read(Array(text.utf8), at: Place(), limits: TextualLimits())
        else { return text }
        return read.blocks.words
    }
}

extension DataValue {
    /// Without names around it that hold nothing but one other name.
    fileprivate var unwrapped: DataValue {
        if case .object(let members) = self, members.count == 1 {
            switch members[0].value {
            case .object: return members[0].value.unwrapped
            case .list(let items) where items.count >= 2: return members[0].value
            default: return self
            }
        }
        return self
    }
}
