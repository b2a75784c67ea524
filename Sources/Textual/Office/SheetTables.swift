/// The cells of a sheet as tables of a document: without the empty rows and columns around them. A gap of many rows begins a new
/// table, so that a far cell makes no million empty rows.
struct SheetTables {
    struct Row {
        /// From 1.
        let number: Int
        /// Columns from 1.
        var cells: [(column: Int, cell: Table.Cell)]
    }

    /// A cell that goes over others.
    struct Span {
        let row: Int
        let column: Int
        let rows: Int
        let columns: Int
    }

    private let limits: TextualLimits
    private var places = 0

    private static let widestGap = 100

    init(limits: TextualLimits) { self.limits = limits }

    /// - Throws: `TextualFailure` `limit_exceeded`.
    mutating func blocks(_ rows: [Row], _ merged: [Span], sheet: String, isHidden: Bool) throws -> [Block] {
        let filled = rows.filter { !$0.cells.isEmpty }.sorted { $0.number < $1.number }
        guard !filled.isEmpty else { return [] }
        var blocks: [Block] = []
        var spans: [Int: [Int: (rows: Int, columns: Int)]] = [:]
        for span in merged { spans[span.row, default: [:]][span.column] = (span.rows, span.columns) }
        var start = 0
        while start < filled.count {
            var end = start + 1
            while end < filled.count, filled[end].number - filled[end - 1].number <= Self.widestGap { end += 1 }
            let part = filled[start..<end]
            let first = part.lazy.flatMap(\.cells).map(\.column).min() ?? 1
            let last = part.lazy.flatMap(\.cells).map(\.column).max() ?? 1
            var table = Table(rows: [])
            var number = part[start].number
            for row in part {
                while number < row.number {
                    table.rows.append([])
                    number += 1
                }
                let reach = (row.cells.map(\.column).max() ?? first) - first + 1
                places += reach
                guard places <= limits.cells else {
                    throw TextualFailure.limit("The sheets have more than \(limits.cells) places.")
                }
                var line = [Table.Cell?](repeating: nil, count: reach)
                for (column, cell) in row.cells {
                    var cell = cell
                    if let span = spans[row.number]?[column] {
                        (cell.rows, cell.columns) = (span.rows, span.columns)
                    }
                    line[column - first] = cell
                }
                table.rows.append(line)
                number += 1
            }
            let cells =
                "\(SheetReader.name(column: first))\(part[start].number):\(SheetReader.name(column: last))\(part[end - 1].number)"
            blocks.append(Block(.table, "", table: table, at: Place(sheet: sheet, cells: cells), isHidden: isHidden))
            start = end
        }
        return blocks
    }
}
