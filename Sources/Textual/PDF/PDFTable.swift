/// Finds tables in lines: rows of short pieces that stand below each other in columns.
enum PDFTable {
    private static let fewestRows = 2

    /// - Returns: the table that begins with a line, and the line behind it.
    static func find(_ lines: [PDFLayout.Line], from start: Int) -> (Table, Int)? {
        guard start < lines.count, lines[start].pieces.count >= 2, isRow(lines[start]) else { return nil }
        // Dots that lead to the next column are in none.
        let hasLeaders =
            lines[start].pieces.contains(where: \.isLeader)
            || start + 1 < lines.count && lines[start + 1].pieces.contains(where: \.isLeader)
        guard hasLeaders else { return table(in: lines, from: start) }
        let bare = lines[start..<min(lines.count, start + longest)].map { line in
            var line = line
            line.pieces.removeAll(where: \.isLeader)
            return line
        }
        guard let end = bare.firstIndex(where: { $0.pieces.isEmpty }) ?? bare.indices.last.map({ $0 + 1 }),
            let (table, last) = table(in: Array(bare[..<end]), from: 0), isNoContents(table)
        else { return nil }
        return (table, start + last)
    }

    /// Rows that are looked at behind one with leaders.
    private static let longest = 200

    /// A table of contents is a list: what stands at its right are numbers of pages.
    private static func isNoContents(_ table: Table) -> Bool {
        (table.rows.map(\.count).max() ?? 0) > 2
            || !table.rows.allSatisfy { row in
                row.last??.text.allSatisfy { $0.isNumber || "ivxlc".contains($0) } ?? true
            }
    }

    private static func table(in lines: [PDFLayout.Line], from start: Int) -> (Table, Int)? {
        guard lines[start].pieces.count >= 2 else { return nil }
        var end = start + 1
        var columns = lines[start].pieces.map { ($0.box.left, $0.box.right) }
        while end < lines.count {
            let line = lines[end]
            let step = line.box.top - lines[end - 1].box.bottom
            guard step < max(line.size, lines[end - 1].size) * 2.2 else { break }
            guard
                line.pieces.count >= 2 || isContinued(line, columns) && end + 1 < lines.count || isLabel(lines, end, columns)
                    || isWrapped(lines, end, columns)
            else { break }
            guard isRow(line), let merged = merge(columns, line) ?? merge(joined(columns, line, lines[start..<end]), line) else {
                break
            }
            columns = merged
            end += 1
            // A list shows itself early.
            if end - start == 20, columns.count == 2, lines[start..<end].allSatisfy({ ListMark.isMark($0.pieces[0].text) }) {
                return nil
            }
        }
        // A last line of one piece may be the text behind the table.
        while end - 1 > start, lines[end - 1].pieces.count < 2, !isContinued(lines[end - 1], columns) { end -= 1 }
        let full = lines[start..<end].filter { $0.pieces.count >= 2 }
        guard full.count >= fewestRows, columns.count >= 2 else { return nil }
        // Two pieces in each of two lines alone are more often a letterhead than a table.
        guard full.count > 2 || columns.count > 2 else { return nil }
        // Numbers in front of sentences are a list.
        if columns.count == 2, full.allSatisfy({ ListMark.isMark($0.pieces[0].text) }) { return nil }
        return (table(lines[start..<end], columns), end)
    }

    /// Whether a line with one piece goes on with the first cell of the row above: it stands nearer to that than the next row to it.
    private static func isWrapped(_ lines: [PDFLayout.Line], _ place: Int, _ columns: [(Double, Double)]) -> Bool {
        let line = lines[place]
        guard place > 0, line.pieces.count == 1, line.pieces[0].letters <= 60, line.pieces[0].table == nil,
            columns.count >= 2, line.box.right < columns[1].0 + line.size * 0.2,
            abs(line.box.left - columns[0].0) < line.size * 1.5
        else { return false }
        let before = line.box.bottom - lines[place - 1].box.bottom
        guard before < line.size * 1.4 else { return false }
        // At the end of the table other rows have to tell.
        guard place + 1 < lines.count, lines[place + 1].pieces.count >= 2 else { return false }
        return lines[place + 1].box.bottom - line.box.bottom > before * 1.15
    }

    /// Whether a line with one piece is a row whose other cells are empty: it stands in the first column, and the next row is as near as it.
    private static func isLabel(_ lines: [PDFLayout.Line], _ place: Int, _ columns: [(Double, Double)]) -> Bool {
        let line = lines[place]
        guard place + 1 < lines.count, line.pieces.count == 1, line.pieces[0].letters <= 60, line.pieces[0].table == nil,
            abs(line.box.left - columns[0].0) < line.size, columns.count < 2 || line.box.right < columns[1].0,
            lines[place + 1].pieces.count >= 2, isRow(lines[place + 1]), let merged = merge(columns, lines[place + 1]),
            merged.count == columns.count
        else { return false }
        let (before, behind) = (line.box.bottom - lines[place - 1].box.bottom, lines[place + 1].box.bottom - line.box.bottom)
        return abs(before - behind) < line.size * 0.3
    }

    private static func isRow(_ line: PDFLayout.Line) -> Bool { line.pieces.allSatisfy { $0.letters <= 80 && $0.table == nil } }

    /// Whether a line with one piece goes on with a cell: it stands inside a column that is not the first.
    private static func isContinued(_ line: PDFLayout.Line, _ columns: [(Double, Double)]) -> Bool {
        guard line.pieces.count == 1, let column = place(of: line.pieces[0], columns) else { return false }
        return column > 0 && line.pieces[0].letters <= 60
    }

    /// Columns with the pieces of one more row; nil where a piece stands across two of them.
    private static func merge(_ columns: [(Double, Double)], _ line: PDFLayout.Line) -> [(Double, Double)]? {
        var merged = columns
        for piece in line.pieces {
            let touched = merged.indices.filter { merged[$0].0 < piece.box.right && piece.box.left < merged[$0].1 }
            switch touched.count {
            case 0:
                let at = merged.firstIndex { $0.0 > piece.box.left } ?? merged.count
                merged.insert((piece.box.left, piece.box.right), at: at)
            case 1:
                let at = touched[0]
                merged[at] = (min(merged[at].0, piece.box.left), max(merged[at].1, piece.box.right))
            default: return nil
            }
        }
        // Columns that have grown into each other are none.
        for place in merged.indices.dropFirst() where merged[place].0 < merged[place - 1].1 { return nil }
        return merged.count <= 40 ? merged : nil
    }

    /// Columns of which no row so far has both are one where a piece stands across them: a head at the left of numbers that stand at the right.
    private static func joined(
        _ columns: [(Double, Double)], _ line: PDFLayout.Line, _ rows: ArraySlice<PDFLayout.Line>
    ) -> [(Double, Double)] {
        var columns = columns
        for piece in line.pieces {
            let touched = columns.indices.filter { columns[$0].0 < piece.box.right && piece.box.left < columns[$0].1 }
            guard touched.count == 2, let first = touched.first, let last = touched.last, 2...50 ~= rows.count else { continue }
            let isIn = { (row: PDFLayout.Line, column: Int) in
                row.pieces.contains { columns[column].0 < $0.box.right && $0.box.left < columns[column].1 }
            }
            guard !rows.contains(where: { isIn($0, first) && isIn($0, last) }) else { continue }
            columns[first].1 = columns[last].1
            columns.remove(at: last)
        }
        return columns
    }

    private static func place(of piece: PDFLayout.Piece, _ columns: [(Double, Double)]) -> Int? {
        columns.firstIndex { $0.0 < piece.box.right && piece.box.left < $0.1 }
    }

    private static func table(_ lines: ArraySlice<PDFLayout.Line>, _ columns: [(Double, Double)]) -> Table {
        var rows: [[Table.Cell?]] = []
        let whole = Array(lines)
        let steps = Steps(whole)
        for (index, line) in whole.enumerated() {
            let isMore =
                index > 0 && (steps.isContinued(index, line.pieces.count < columns.count) || isWrapped(whole, index, columns))
            let isOne = line.pieces.count == 1 && !rows.isEmpty && (place(of: line.pieces[0], columns) ?? 0) > 0
            if isMore || isOne {
                for piece in line.pieces {
                    guard let column = place(of: piece, columns) else { continue }
                    let before = rows[rows.count - 1][column]?.text ?? ""
                    rows[rows.count - 1][column] = Table.Cell(before.isEmpty ? piece.text : before + " " + piece.text)
                }
                continue
            }
            var row = [Table.Cell?](repeating: nil, count: columns.count)
            for piece in line.pieces {
                guard let column = place(of: piece, columns) else { continue }
                let before = row[column]?.text ?? ""
                row[column] = Table.Cell(before.isEmpty ? piece.text : before + " " + piece.text)
            }
            rows.append(row)
        }
        let isHeader = lines.first?.isBold == true && lines.dropFirst().first?.isBold == false
        return Table(rows: merged(rows), headerRows: isHeader ? 1 : 0)
    }

    /// How far the lines of a table stand from each other.
    private struct Steps {
        private let steps: [Double]
        private let least: Double
        private let hasWide: Bool

        init(_ lines: [PDFLayout.Line]) {
            steps = lines.indices.dropFirst().map { lines[$0].box.bottom - lines[$0 - 1].box.bottom }
            let least = steps.min() ?? 0
            self.least = least
            let wide = steps.count { $0 > least * 1.3 }
            hasWide = least > 0 && wide >= 2 && wide * 2 >= steps.count
        }

        /// Whether a line of several pieces goes on with the row above: it stands nearer to it than rows do, and has not all columns.
        func isContinued(_ index: Int, _ isShort: Bool) -> Bool { hasWide && isShort && steps[index - 1] < least * 1.2 }
    }

    /// A name at the left of a column of numbers stands over them: two columns of which no row has both, and the first no more than a head,
    /// are one.
    private static func merged(_ rows: [[Table.Cell?]]) -> [[Table.Cell?]] {
        var rows = rows
        var column = 0
        while rows.count >= 3, let width = rows.first?.count, column + 1 < width, width > 2 {
            func filled(_ column: Int) -> [Int] { rows.indices.filter { rows[$0][column]?.text.isEmpty == false } }
            let (left, right) = (filled(column), filled(column + 1))
            let isHead = { (places: [Int]) in !places.isEmpty && places.allSatisfy { $0 < 2 } }
            guard Set(left).isDisjoint(with: right), isHead(left) || isHead(right) else {
                column += 1
                continue
            }
            for row in rows.indices {
                rows[row][column] = rows[row][column] ?? rows[row][column + 1]
                rows[row].remove(at: column + 1)
            }
        }
        return rows
    }
}
