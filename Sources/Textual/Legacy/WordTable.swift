/// The blocks of a text of the older formats of Word, in which a mark of a cell or row comes behind what is in it, while the text is read.
struct WordFlow {
    private(set) var blocks: [Block] = []
    /// Tables inside each other, the outermost first; and the paragraphs of the cell at hand of each.
    private var tables: [(rows: WordTable, cell: [Block], hidden: [Block], links: [Block.Link])] = []
    private let part: String?

    static let deepest = 20

    /// - Parameter part: of the document; nil for its body.
    init(part: String?) { self.part = part }

    /// A paragraph, and behind it what is hidden in it.
    /// - Parameters:
    ///   - heading: its level; nil for no heading.
    ///   - marker: of an item of a list, as the file spells it.
    static func blocks(
        _ text: String, _ hidden: String, heading: Int?, marker: String?, level: Int, _ links: [Block.Link], at place: Place
    ) -> [Block] {
        var blocks: [Block] = []
        let marker = marker.map(WordLists.shown)
        if !text.isEmpty {
            var block: Block
            if let heading {
                let front = marker.map { $0 == "•" ? "" : "\($0) " } ?? ""
                block = Block(.heading, front + text, level: heading, marker: marker, at: place)
            } else if let marker {
                block = Block(.listItem, text, level: level, marker: marker, at: place)
            } else {
                block = Block(.paragraph, text, at: place)
            }
            block.links = links
            blocks.append(block)
        }
        if !hidden.isEmpty { blocks.append(Block(.paragraph, hidden, at: place, isHidden: true)) }
        return blocks
    }

    /// - Parameter depth: of the table in whose cell it stands; 0 for none.
    mutating func add(_ added: [Block], depth: Int, paragraph: Int?) {
        open(depth, paragraph)
        append(added)
    }

    private mutating func append(_ added: [Block]) {
        if tables.isEmpty { blocks += added } else { tables[tables.count - 1].cell += added }
    }

    /// Makes tables inside each other, as many as the cell at hand is deep; one that is inside ends where its cells do.
    private mutating func open(_ depth: Int, _ paragraph: Int?) {
        let depth = min(max(0, depth), Self.deepest)
        while tables.count > depth { endTable(paragraph) }
        while tables.count < depth { tables.append((WordTable(), [], [], [])) }
    }

    mutating func endCell(depth: Int, paragraph: Int?) {
        open(max(1, depth), paragraph)
        let last = tables.count - 1
        tables[last].rows.cells.append(tables[last].cell.words)
        for block in tables[last].cell { tables[last].links += block.links }
        tables[last].hidden += tables[last].cell.filter(\.isHidden)
        tables[last].cell = []
    }

    mutating func endRow(depth: Int, _ row: WordTable.RowDefinition, paragraph: Int?) {
        let depth = min(max(1, depth), Self.deepest)
        while tables.count > depth { endTable(paragraph) }
        guard tables.count == depth else { return }
        tables[depth - 1].rows.endRow(row)
        tables[depth - 1].cell = []
    }

    /// The innermost table is a block of what is around it.
    private mutating func endTable(_ paragraph: Int?) {
        guard let open = tables.popLast() else { return }
        if let table = open.rows.finished() {
            var block = Block(.table, "", table: table, at: Place(paragraph: paragraph, part: part))
            block.links = open.links
            append([block])
        }
        // Text that no cell ended.
        append(open.hidden + open.cell)
    }

    mutating func endTables(paragraph: Int?) { open(0, paragraph) }
}

/// The rows of a table while they are read. A cell is known by the place of its right edge, so that a wide cell spans the columns that
/// other rows have there.
struct WordTable {
    /// How a cell is defined before its row.
    struct Definition {
        /// In twips, from the left.
        var right = 0
        var goesOnAcross = false
        var goesOnDown = false
        var beginsDown = false
    }

    /// How a row is cut.
    struct RowDefinition {
        var cells: [Definition] = []
        /// In twips.
        var left = 0
        var isHeader = false
    }

    private struct Row {
        var cells: [String]
        var definitions: [Definition]
        var left: Int
        var isHeader: Bool

        /// Whether each of its cells has a place.
        var isPlaced: Bool {
            definitions.count >= cells.count && zip(definitions, definitions.dropFirst()).allSatisfy { $0.right <= $1.right }
        }
    }

    private var rows: [Row] = []
    /// Of the row at hand.
    var cells: [String] = []

    /// Edges nearer than this are one: 1/20 inch.
    private static let tolerance = 72
    private static let mostColumns = 500
    private static let mostPlaces = 2_000_000

    mutating func endRow(_ row: RowDefinition) {
        // Empty cells that nothing defines are what is left of marks.
        while cells.count > row.cells.count, !row.cells.isEmpty, cells.last?.isEmpty == true { cells.removeLast() }
        if !cells.isEmpty { rows.append(Row(cells: cells, definitions: row.cells, left: row.left, isHeader: row.isHeader)) }
        cells = []
    }

    /// Nil when it has no words.
    func finished() -> Table? {
        var rows = rows
        if !cells.isEmpty { rows.append(Row(cells: cells, definitions: [], left: 0, isHeader: false)) }
        guard rows.contains(where: { $0.cells.contains { !$0.isEmpty } }) else { return nil }
        let edges = Self.edges(rows.filter(\.isPlaced))
        let mayBeGrid = edges.count <= Self.mostColumns && edges.count * rows.count <= Self.mostPlaces
        var table = Table(rows: [])
        // Rows in which a cell began that may go on downward, by column.
        var open: [Int: Int] = [:]
        for row in rows {
            let isGrid = mayBeGrid && row.isPlaced
            var line: [Table.Cell?] = []
            var left = row.left
            if isGrid {
                let start = Self.index(left, edges)
                line = [Table.Cell?](repeating: nil, count: start)
            }
            for (index, text) in row.cells.enumerated() {
                let definition = row.definitions.indices.contains(index) ? row.definitions[index] : Definition()
                var columns = 1
                if isGrid {
                    columns = max(1, Self.index(definition.right, edges) - Self.index(left, edges))
                    left = definition.right
                }
                // The cell before goes over this one.
                if definition.goesOnAcross, let before = line.lastIndex(where: { $0 != nil }) {
                    line[before]?.columns += columns
                    line += [Table.Cell?](repeating: nil, count: columns)
                    continue
                }
                let column = line.count
                if definition.goesOnDown, text.isEmpty, let first = open[column] {
                    table.rows[first][column]?.rows += 1
                    line += [Table.Cell?](repeating: nil, count: columns)
                    continue
                }
                open[column] = definition.beginsDown ? table.rows.count : nil
                line.append(Table.Cell(text, columns: columns))
                line += [Table.Cell?](repeating: nil, count: columns - 1)
            }
            if row.isHeader, table.headerRows == table.rows.count { table.headerRows += 1 }
            table.rows.append(line)
        }
        if table.headerRows == table.rows.count { table.headerRows = 0 }
        return table
    }

    private static func edges(_ rows: [Row]) -> [Int] {
        let all = rows.flatMap { row in [row.left] + row.definitions.prefix(row.cells.count).map(\.right) }.sorted()
        var edges: [Int] = []
        for edge in all where edges.last.map({ edge - $0 > tolerance }) ?? true { edges.append(edge) }
        return edges
    }

    /// The edge that a place is.
    private static func index(_ place: Int, _ edges: [Int]) -> Int {
        var (low, high) = (0, edges.count)
        while low < high {
            let middle = (low + high) / 2
            if edges[middle] <= place { low = middle + 1 } else { high = middle }
        }
        return max(0, low - 1)
    }
}
