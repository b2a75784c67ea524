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

    /// Rows and columns that are not shown are a table of their own, marked.
    /// - Throws: `TextualFailure` `limit_exceeded`.
    mutating func blocks(
        _ all: [Row], _ merged: [Span], hidden: Hidden = Hidden(), sheet: String, isHidden: Bool
    ) throws -> [Block] {
        var (rows, unseen) = (all, [Row]())
        // What a merged cell lies over is not seen either.
        let covered = Self.covered(merged)
        if !hidden.isEmpty || !covered.isEmpty {
            rows = []
            for row in all {
                let isClosed = hidden.rows.contains(row.number)
                let isOut = { (column: Int) in
                    isClosed || hidden.has(column: column) || !covered.isEmpty && covered.contains(row.number << 16 | column)
                }
                guard row.cells.contains(where: { isOut($0.column) }) else {
                    rows.append(row)
                    continue
                }
                let (out, seen) = (row.cells.filter { isOut($0.column) }, row.cells.filter { !isOut($0.column) })
                if !out.isEmpty { unseen.append(Row(number: row.number, cells: out)) }
                rows.append(Row(number: row.number, cells: seen))
            }
        }
        var blocks = try shown(rows, merged, hidden, sheet: sheet, isHidden: isHidden)
        if !unseen.isEmpty { blocks += try shown(unseen, [], Hidden(), sheet: sheet, isHidden: true) }
        return blocks
    }

    private static let mostCovered = 1_000_000

    /// Places under merged cells, each as one number; those of very many are not looked at.
    private static func covered(_ merged: [Span]) -> Set<Int> {
        var (places, left): (Set<Int>, Int) = ([], mostCovered)
        for span in merged {
            guard span.columns > 1 || span.rows > 1, span.rows <= mostCovered, span.columns <= 16_384,
                span.rows * span.columns <= left
            else { continue }
            left -= span.rows * span.columns
            for row in span.row..<(span.row + span.rows) {
                for column in span.column..<(span.column + span.columns) { places.insert(row << 16 | column) }
            }
            places.remove(span.row << 16 | span.column)
        }
        return places
    }

    /// Rows and columns that are closed up.
    struct Hidden {
        var rows: Set<Int> = []
        /// From 1.
        private(set) var columns: [ClosedRange<Int>] = []

        var isEmpty: Bool { rows.isEmpty && columns.isEmpty }

        /// Of ranges that overlap the first counts; sheets have few.
        mutating func add(columns range: ClosedRange<Int>) {
            if columns.count < 100, !columns.contains(where: { $0.overlaps(range) }) { columns.append(range) }
        }

        func has(column: Int) -> Bool { columns.contains { $0.contains(column) } }

        /// Columns that are shown between two, the second one not counted.
        fileprivate func shown(_ first: Int, _ last: Int) -> Int {
            last - first - columns.reduce(0) { $0 + max(0, min($1.upperBound + 1, last) - max($1.lowerBound, first)) }
        }

        fileprivate func shownRows(_ first: Int, _ count: Int) -> Int {
            rows.isEmpty ? count : count - rows.reduce(0) { $0 + (first..<(first + count) ~= $1 ? 1 : 0) }
        }
    }

    /// - Throws: `TextualFailure` `limit_exceeded`.
    private mutating func shown(
        _ rows: [Row], _ merged: [Span], _ hidden: Hidden, sheet: String, isHidden: Bool
    ) throws -> [Block] {
        let filled = rows.filter { !$0.cells.isEmpty }.sorted { $0.number < $1.number }
        guard !filled.isEmpty else { return [] }
        var blocks: [Block] = []
        var spans: [Int: [Int: (rows: Int, columns: Int)]] = [:]
        var left = 1000
        for span in merged {
            // Many spans in a sheet with hidden rows are looked at as if none were.
            let isExact = hidden.isEmpty || left > 0
            left -= 1
            spans[span.row, default: [:]][span.column] = (
                isExact ? hidden.shownRows(span.row, span.rows) : span.rows,
                isExact ? hidden.shown(span.column, span.column + span.columns) : span.columns
            )
        }
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
                    if !hidden.rows.contains(number) { table.rows.append([]) }
                    number += 1
                }
                let reach = hidden.shown(first, row.cells.map(\.column).max() ?? first) + 1
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
                    line[hidden.shown(first, column)] = cell
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
