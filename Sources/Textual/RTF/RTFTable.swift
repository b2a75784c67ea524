/// The rows of a table while they are read. A cell is known by the place of its right edge, so that a wide cell spans the columns that
/// other rows have there.
struct RTFTable {
    /// How a cell is defined before its row.
    struct Definition {
        /// In twips, from the left.
        var right = 0
        var goesOnAcross = false
        var goesOnDown = false
        var beginsDown = false
    }

    private struct Row {
        var cells: [String]
        var definitions: [Definition]
        var left: Int
        var isHeader: Bool
    }

    private var rows: [Row] = []
    /// Of the row at hand.
    var cells: [String] = []

    /// Edges nearer than this are one: 1/20 inch.
    private static let tolerance = 72
    private static let mostColumns = 500

    var isEmpty: Bool { rows.isEmpty && cells.isEmpty }

    mutating func endRow(_ definitions: [Definition], left: Int, isHeader: Bool) {
        if !cells.isEmpty { rows.append(Row(cells: cells, definitions: definitions, left: left, isHeader: isHeader)) }
        cells = []
    }

    /// Nil when it has no words.
    func finished() -> Table? {
        var rows = rows
        if !cells.isEmpty { rows.append(Row(cells: cells, definitions: [], left: 0, isHeader: false)) }
        guard rows.contains(where: { $0.cells.contains { !$0.isEmpty } }) else { return nil }
        let isPlaced = rows.allSatisfy { row in
            row.definitions.count >= row.cells.count
                && zip(row.definitions, row.definitions.dropFirst()).allSatisfy { $0.right <= $1.right }
        }
        let edges = isPlaced ? Self.edges(rows) : []
        let isGrid = isPlaced && edges.count <= Self.mostColumns
        var table = Table(rows: [])
        // Rows in which a cell began that may go on downward, by column.
        var open: [Int: Int] = [:]
        for row in rows {
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
