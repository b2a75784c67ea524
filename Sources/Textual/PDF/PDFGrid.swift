/// Finds tables that are drawn with lines: lines across and down that meet make cells, and cells whose border is missing are one.
struct PDFGrid {
    /// Letters of a page go to the table in which they stand.
    struct Ruled {
        let box: Place.Box
        /// Borders of columns and of rows, from the left and from the top.
        let columns: [Double]
        let rows: [Double]
        /// For each place of each row the number of its cell.
        let cells: [[Int]]

        /// The cell in which a point lies.
        func cell(_ point: (x: Double, y: Double)) -> Int? {
            guard let column = columns.lastIndex(where: { $0 <= point.x }), let row = rows.lastIndex(where: { $0 <= point.y }),
                cells.indices.contains(row), cells[row].indices.contains(column)
            else { return nil }
            return cells[row][column]
        }
    }

    private struct Rule {
        /// Where it lies across its direction.
        var at: Double
        var from: Double
        var to: Double

        func covers(_ start: Double, _ end: Double) -> Double { max(0, min(to, end) - max(from, start)) }
    }

    /// What is nearer is one line, in points: double lines, and ends that do not quite meet.
    private static let nearest = 4.0
    private static let mostRules = 2000
    /// Of lines, before those that make one are put together.
    private static let mostPieces = 6000
    /// Lines of text in a column that is looked at.
    fileprivate static let mostLines = 500
    private static let mostCells = 20_000

    let tables: [Ruled]

    /// - Parameter rules: thin boxes, as people see them on the page.
    init(_ rules: [Place.Box]) {
        guard 4...Self.mostPieces ~= rules.count else {
            tables = []
            return
        }
        let across = Self.joined(
            rules.filter { $0.width >= $0.height && $0.width >= 4 }.map {
                Rule(at: ($0.top + $0.bottom) / 2, from: $0.left, to: $0.right)
            })
        let down = Self.joined(
            rules.filter { $0.height > $0.width && $0.height >= 4 }.map {
                Rule(at: ($0.left + $0.right) / 2, from: $0.top, to: $0.bottom)
            })
        guard across.count >= 2, !down.isEmpty, across.count + down.count <= Self.mostRules else {
            tables = []
            return
        }
        tables = Self.meeting(across, down).compactMap { Self.table($0.across, $0.down) }
    }

    /// Pieces of one line as one line.
    private static func joined(_ rules: [Rule]) -> [Rule] {
        var joined: [Rule] = []
        for rule in rules.sorted(by: { ($0.at, $0.from) < ($1.at, $1.from) }) {
            var isTaken = false
            for place in joined.indices.reversed() {
                guard rule.at - joined[place].at < 1.5 else { break }
                if rule.from <= joined[place].to + 2, joined[place].from <= rule.to + 2 {
                    joined[place].from = min(joined[place].from, rule.from)
                    joined[place].to = max(joined[place].to, rule.to)
                    isTaken = true
                    break
                }
            }
            if !isTaken { joined.append(rule) }
        }
        return joined
    }

    /// Lines that hang together.
    private static func meeting(_ across: [Rule], _ down: [Rule]) -> [(across: [Rule], down: [Rule])] {
        var parents = Array(0..<(across.count + down.count))
        func root(_ place: Int) -> Int {
            var place = place
            while parents[place] != place {
                parents[place] = parents[parents[place]]
                place = parents[place]
            }
            return place
        }
        for (row, a) in across.enumerated() {
            for (column, d) in down.enumerated()
            where a.from - 3 <= d.at && d.at <= a.to + 3 && d.from - 3 <= a.at && a.at <= d.to + 3 {
                parents[root(across.count + column)] = root(row)
            }
        }
        var groups: [Int: (across: [Rule], down: [Rule])] = [:]
        for (row, rule) in across.enumerated() { groups[root(row), default: ([], [])].across.append(rule) }
        for (column, rule) in down.enumerated() { groups[root(across.count + column), default: ([], [])].down.append(rule) }
        return groups.sorted { $0.key < $1.key }.map(\.value)
    }

    private static func table(_ across: [Rule], _ down: [Rule]) -> Ruled? {
        guard across.count >= 2, !down.isEmpty else { return nil }
        var (columns, rows) = (places(down), places(across))
        // Tables without a border at their sides: the lines between the rows reach further than the last ones down.
        let (left, right) = (across.map(\.from).sorted()[across.count / 2], across.map(\.to).sorted()[across.count / 2])
        if left < columns[0] - 8 { columns.insert(left, at: 0) }
        if right > columns[columns.count - 1] + 8 { columns.append(right) }
        let (top, bottom) = (down.map(\.from).sorted()[down.count / 2], down.map(\.to).sorted()[down.count / 2])
        if top < rows[0] - 8 { rows.insert(top, at: 0) }
        if bottom > rows[rows.count - 1] + 8 { rows.append(bottom) }
        guard columns.count >= 3, rows.count >= 3, (columns.count - 1) * (rows.count - 1) <= mostCells else { return nil }
        let box = Place.Box(left: columns[0], top: rows[0], right: columns[columns.count - 1], bottom: rows[rows.count - 1])
        return Ruled(box: box, columns: columns, rows: rows, cells: cells(columns, rows, across, down))
    }

    private static func places(_ rules: [Rule]) -> [Double] {
        var places: [Double] = []
        for at in rules.map(\.at).sorted() where places.last.map({ at - $0 >= nearest }) ?? true { places.append(at) }
        return places
    }

    /// Places between which no line stands are one cell.
    private static func cells(_ columns: [Double], _ rows: [Double], _ across: [Rule], _ down: [Rule]) -> [[Int]] {
        let (width, height) = (columns.count - 1, rows.count - 1)
        func isParted(_ rules: [[Rule]], at border: Int, _ start: Double, _ end: Double) -> Bool {
            rules[border].reduce(0) { $0 + $1.covers(start, end) } > (end - start) * 0.5
        }
        func byBorder(_ rules: [Rule], _ borders: [Double]) -> [[Rule]] {
            borders.map { border in rules.filter { abs($0.at - border) < nearest } }
        }
        let (downs, acrosses) = (byBorder(down, columns), byBorder(across, rows))
        var cells = [[Int]](repeating: [Int](repeating: -1, count: width), count: height)
        var next = 0
        for row in 0..<height {
            for column in 0..<width where cells[row][column] < 0 {
                // As far to the right as nothing parts it, then down for as long as a whole row goes on.
                var last = column
                while last + 1 < width, cells[row][last + 1] < 0, !isParted(downs, at: last + 1, rows[row], rows[row + 1]) {
                    last += 1
                }
                var bottom = row
                search: while bottom + 1 < height {
                    for place in column...last {
                        guard cells[bottom + 1][place] < 0,
                            !isParted(acrosses, at: bottom + 1, columns[place], columns[place + 1]),
                            place == column || !isParted(downs, at: place, rows[bottom + 1], rows[bottom + 2])
                        else { break search }
                    }
                    if column > 0, !isParted(downs, at: column, rows[bottom + 1], rows[bottom + 2]) { break }
                    if last + 1 < width, !isParted(downs, at: last + 1, rows[bottom + 1], rows[bottom + 2]) { break }
                    bottom += 1
                }
                for y in row...bottom { for x in column...last { cells[y][x] = next } }
                next += 1
            }
        }
        return cells
    }
}

extension PDFGrid.Ruled {
    /// The table with its letters; nil where they do not look like one.
    /// - Parameters:
    ///   - letters: of each cell.
    ///   - text: how the letters of one cell are read.
    func table(_ letters: [Int: [PDFGlyph]], _ text: ([PDFGlyph]) -> String) -> Table? {
        var places: [Int: (row: Int, column: Int, rows: Int, columns: Int)] = [:]
        for (row, line) in cells.enumerated() {
            for (column, cell) in line.enumerated() {
                if let first = places[cell] {
                    places[cell] = (first.row, first.column, row - first.row + 1, column - first.column + 1)
                } else {
                    places[cell] = (row, column, 1, 1)
                }
            }
        }
        let filled = letters.filter { $0.value.contains { $0.text != " " } }
        guard filled.count >= 2, filled.count * 5 >= places.count, places.count >= 3 else { return nil }
        // A frame around parts of a page is no table.
        let longest = filled.values.map(\.count).max() ?? 0
        guard places.count > 4 || longest <= 400 else { return nil }
        // Lines between rows alone tell no columns.
        let whole = cells.count { Set($0).count == 1 }
        guard whole * 2 < cells.count else { return nil }
        var rows = cells.map { [Table.Cell?](repeating: nil, count: $0.count) }
        var bold = [Bool](repeating: true, count: rows.count)
        for (cell, place) in places {
            let own = filled[cell] ?? []
            if own.contains(where: { !$0.isBold && $0.text != " " }) { bold[place.row] = false }
            rows[place.row][place.column] = Table.Cell(own.isEmpty ? "" : text(own), columns: place.columns, rows: place.rows)
        }
        guard rows.count >= 2, (rows.map(\.count).max() ?? 0) >= 2 else { return nil }
        let headers = bold.prefix { $0 }.count
        return Table(rows: rows, headerRows: headers < rows.count ? headers : 0)
    }

    /// With a row for each line of letters, where lines go down between the columns and just the head is parted from the rows.
    func split(_ glyphs: [PDFGlyph]) -> Self {
        guard rows.count <= 4 else { return self }
        var lines = [[[Double]]](repeating: [[Double]](repeating: [], count: columns.count - 1), count: rows.count - 1)
        for glyph in glyphs where glyph.text != " " {
            let middle = glyph.middle
            guard let column = columns.lastIndex(where: { $0 <= middle.x }), let row = rows.lastIndex(where: { $0 <= middle.y }),
                lines.indices.contains(row), lines[row].indices.contains(column)
            else { continue }
            let near = lines[row][column].suffix(3).contains { abs($0 - glyph.y) < glyph.size * 0.4 }
            if !near { lines[row][column].append(glyph.y) }
        }
        var (rows, cells, next) = ([self.rows[0]], [[Int]](), (self.cells.joined().max() ?? 0) + 1)
        for (row, line) in self.cells.enumerated() {
            let first = lines[row][0].sorted()
            let others = lines[row].dropFirst().filter { other in
                first.count <= PDFGrid.mostLines && other.count <= PDFGrid.mostLines && other.count * 5 >= first.count * 4
                    && other.allSatisfy { y in first.contains { abs($0 - y) < 2 } }
            }
            cells.append(line)
            if 3...PDFGrid.mostLines ~= first.count, others.count * 2 >= line.count - 1, !others.isEmpty {
                for (above, below) in zip(first, first.dropFirst()) {
                    rows.append(above + (below - above) * 0.3)
                    var numbers: [Int: Int] = [:]
                    cells.append(
                        line.map { cell in
                            if numbers[cell] == nil { (numbers[cell], next) = (next, next + 1) }
                            return numbers[cell] ?? cell
                        })
                }
            }
            rows.append(self.rows[row + 1])
        }
        return Self(box: box, columns: columns, rows: rows, cells: cells)
    }
}
