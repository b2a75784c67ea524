import Foundation

/// Puts the glyphs of a page together again: words, lines, columns, paragraphs, tables.
struct PDFLayout {
    /// Letters side by side on one line, without a gap that could part columns.
    struct Piece {
        var text: String
        var box: Place.Box
        var baseline: Double
        var size: Double
        var isBold: Bool
        /// Whether all letters have the same weight.
        var isEven = true
        /// In letters that are as wide as each other.
        var isFixed = false
        var letters: Int
        /// Dots that lead the eye to the next piece.
        var isLeader = false
        /// A table with lines, which stands in the text like one piece.
        var table: Table?
    }

    struct Line {
        var pieces: [Piece]
        var box: Place.Box
        var size: Double
        var isBold: Bool

        var text: String { pieces.map(\.text).joined(separator: " ") }

        /// Whether all letters have the same weight.
        var isEven: Bool { pieces.allSatisfy { $0.isEven && $0.isBold == pieces[0].isBold } }
    }

    /// Lines that belong together, or a table.
    struct Group {
        var lines: [Line]
        var table: Table?
        var box: Place.Box
        var isTurned = false
        /// Lines of a program or of a terminal, which stay lines.
        var isCode = false

        init(lines: [Line], table: Table? = nil, isCode: Bool = false) {
            (self.lines, self.table, self.isCode) = (lines, table, isCode)
            box = lines.dropFirst().reduce(lines[0].box) { $0.union($1.box) }
        }

        /// A table with lines, whose letters are in it.
        init(_ table: Table, box: Place.Box) { (lines, self.table, self.box) = ([], table, box) }

        var textBytes: Int {
            let cells = lines.isEmpty ? table?.rows.joined().reduce(0) { $0 + ($1?.text.utf8.count ?? 0) } : nil
            return cells ?? lines.reduce(0) { $0 + $1.pieces.reduce(0) { $0 + $1.text.utf8.count } }
        }
    }

    /// - Parameters:
    ///   - rules: lines across and down, as thin boxes.
    ///   - titles: headings that the file names, in small letters.
    init(_ glyphs: [PDFGlyph], rules: [Place.Box] = [], titles: Set<String> = []) {
        // Turned until most of it stands upright, and back again.
        let others = glyphs.filter { PDFDirection($0).degrees != 0 }
        var counts = [PDFDirection(degrees: 0): glyphs.count - others.count]
        for glyph in others { counts[PDFDirection(glyph), default: 0] += 1 }
        let most = counts.max { ($0.value, -$0.key.degrees) < ($1.value, -$1.key.degrees) }?.key ?? PDFDirection(degrees: 0)
        let upright = most.degrees == 0 ? glyphs : glyphs.map(most.upright)
        let (rest, tables) = Self.ruled(upright, most.isQuarter ? rules.map(most.upright) : [])
        var level: [PDFGlyph] = []
        var turned: [PDFDirection: [PDFGlyph]] = [:]
        if counts[most] == glyphs.count {
            level = rest
        } else {
            for glyph in rest {
                let direction = PDFDirection(glyph)
                if direction.degrees == 0 { level.append(glyph) } else { turned[direction, default: []].append(glyph) }
            }
        }
        groups = Self.groups(level, tables, titles)
        for (direction, glyphs) in turned.sorted(by: { $0.key.degrees < $1.key.degrees }) {
            groups += Self.groups(glyphs.map(direction.upright)).map { group in
                var group = group
                group.box = direction.back(group.box)
                group.isTurned = true
                return group
            }
        }
        guard most.degrees != 0 else { return }
        for place in groups.indices { groups[place].box = most.back(groups[place].box) }
    }

    private(set) var groups: [Group]

    private static func groups(_ glyphs: [PDFGlyph], _ tables: [Piece] = [], _ titles: Set<String> = []) -> [Group] {
        // Where all is written so, as by a typewriter, nothing is a program.
        let fixed = glyphs.reduce(0) { $0 + ($1.isFixed ? 1 : 0) }
        let hasCode = fixed > 0 && fixed * 10 < glyphs.count * 6
        let pieces = PDFPieces.pieces(glyphs) + tables
        var groups: [Group] = []
        cut(pieces, depth: 0) { region in groups += blocks(lines(region), titles, hasCode) }
        return groups
    }

    // MARK: Tables with lines

    /// Takes the letters out that stand in tables with lines.
    private static func ruled(_ glyphs: [PDFGlyph], _ rules: [Place.Box]) -> (rest: [PDFGlyph], tables: [Piece]) {
        // A table in a cell of another one is text of that cell.
        let grids = PDFGrid(rules).tables.sorted { $0.box.width * $0.box.height > $1.box.width * $1.box.height }
        var (rest, tables) = (glyphs, [Piece]())
        var looks = mostLooks
        for grid in grids.prefix(mostGrids) where !tables.contains(where: { $0.box.common(grid.box) != nil }) {
            looks -= rest.count
            guard looks > 0 else { break }
            var (outside, inside) = ([PDFGlyph](), [PDFGlyph]())
            for glyph in rest { if grid.box.holds(glyph.middle) { inside.append(glyph) } else { outside.append(glyph) } }
            guard !inside.isEmpty else { continue }
            let grid = grid.split(inside)
            var letters: [Int: [PDFGlyph]] = [:]
            for glyph in inside { if let cell = grid.cell(glyph.middle) { letters[cell, default: []].append(glyph) } }
            guard let table = grid.table(letters, { PDFLayout($0).text }) else { continue }
            let size = inside[0].size
            tables.append(
                Piece(
                    text: "", box: grid.box, baseline: grid.box.top + size, size: size, isBold: false, letters: 1000, table: table
                ))
            rest = outside
        }
        return (rest, tables)
    }

    private static let mostGrids = 200
    /// At letters that may stand in a table.
    private static let mostLooks = 50_000_000

    /// All of it as one text.
    private var text: String {
        groups.map { group in
            guard let table = group.table else { return PDFBlocks.text(group.lines) }
            return table.rows.map { $0.compactMap { $0?.text }.joined(separator: " ") }.joined(separator: " ")
        }.joined(separator: " ")
    }

    // MARK: Columns

    /// Pieces of a region that is looked at for columns; what has more is no page of columns.
    private static let mostCut = 1500

    /// Cuts a region where nothing stands, across and down, until nothing is left to be cut.
    private static func cut(_ pieces: [Piece], depth: Int, _ take: ([Piece]) -> Void) {
        guard 2...mostCut ~= pieces.count, depth < 40 else { return pieces.isEmpty ? () : take(pieces) }
        if let (title, rest) = title(pieces), columns(rest) != nil {
            take([title])
            return cut(rest, depth: depth + 1, take)
        }
        if let parts = columns(pieces) {
            for part in parts { cut(part, depth: depth + 1, take) }
        } else if let parts = bands(pieces) {
            for part in parts { cut(part, depth: depth + 1, take) }
        } else {
            take(pieces)
        }
    }

    /// A large line over the middle, above all others: no column is its own, though it may stand inside of one.
    private static func title(_ pieces: [Piece]) -> (title: Piece, rest: [Piece])? {
        guard pieces.count >= 5, let first = pieces.indices.min(by: { pieces[$0].box.top < pieces[$1].box.top }) else {
            return nil
        }
        let (title, sizes) = (pieces[first], pieces.map(\.size).sorted())
        guard title.size > sizes[sizes.count / 2] * 1.3, title.table == nil else { return nil }
        var rest = pieces
        rest.remove(at: first)
        guard rest.allSatisfy({ $0.box.top >= title.box.bottom - 0.1 }) else { return nil }
        let (left, right) = rest.reduce((Double.infinity, -Double.infinity)) { (min($0.0, $1.box.left), max($0.1, $1.box.right)) }
        guard abs(title.box.left + title.box.right - left - right) < (right - left) * 0.1 else { return nil }
        return (title, rest)
    }

    /// Two parts beside each other, where each is running text.
    private static func columns(_ pieces: [Piece]) -> [[Piece]]? {
        guard pieces.count >= 4 else { return nil }
        let sorted = pieces.sorted { $0.box.left < $1.box.left }
        let size = sorted.map(\.size).sorted()[sorted.count / 2]
        // The widest gap may part a margin from the text; each gap that is wide enough is tried.
        var candidates: [Int] = []
        var right = sorted[0].box.right
        for place in 1..<sorted.count {
            if sorted[place].box.left - right > size * 0.7 { candidates.append(place) }
            right = max(right, sorted[place].box.right)
        }
        for place in candidates.prefix(20) {
            let (first, second) = (Array(sorted[..<place]), Array(sorted[place...]))
            if isText(first) && (isText(second) || areNotes(second, beside: first))
                || isText(second) && areNotes(first, beside: second) || areApart(first, second)
            {
                // What stands beside nothing is read from the top.
                func extent(_ part: [Piece]) -> (top: Double, bottom: Double) {
                    part.reduce((.infinity, -.infinity)) { (min($0.0, $1.box.top), max($0.1, $1.box.bottom)) }
                }
                let isBelow = extent(first).top >= extent(second).bottom - 1
                return isBelow ? [second, first] : [first, second]
            }
        }
        return nil
    }

    /// Whether most of it are lines of several words, as columns of a page have them and columns of a table do not.
    private static func isText(_ pieces: [Piece]) -> Bool {
        guard pieces.count >= 2 else { return false }
        let letters = pieces.map(\.letters).sorted()
        return letters[letters.count / 2] >= 20
    }

    /// Whether two parts have nothing to do with each other though they are no running text: their lines stand at heights of their own, as
    /// those of a side column do; or both are lists.
    private static func areApart(_ first: [Piece], _ second: [Piece]) -> Bool {
        guard first.count >= 3, second.count >= 3 else { return false }
        let (left, right) = (
            first.reduce(-.infinity) { max($0, $1.box.right) }, second.reduce(.infinity) { min($0, $1.box.left) }
        )
        let size = first.map(\.size).sorted()[first.count / 2]
        guard right - left > max(9, size), !(first + second).contains(where: { $0.table != nil || $0.isLeader }) else {
            return false
        }
        let sides = [heights(first), heights(second)]
        let top = max(sides[0].first ?? 0, sides[1].first ?? 0) - size
        let bottom = min(sides[0].last ?? 0, sides[1].last ?? 0) + size
        let beside = sides.map { $0.filter { top...max(top, bottom) ~= $0 } }
        guard beside.allSatisfy({ $0.count >= 3 }) else { return false }
        let isList = [first, second].map { side in side.count { ListMark.isBullet($0.text) } >= 2 }
        if isList[0], isList[1] || isText(second) { return true }
        if isList[1], isText(first) { return true }
        func shared(_ heights: [Double], _ others: [Double]) -> Int {
            heights.count { height in others.contains { abs($0 - height) < size * 0.12 } }
        }
        // Names in the middle of cells that have several lines are a table.
        func isDense(_ heights: [Double]) -> Bool {
            zip(heights, heights.dropFirst()).count { $1 - $0 < size * 1.75 } * 2 >= heights.count - 1
        }
        let common = (shared(beside[0], beside[1]), shared(beside[1], beside[0]))
        // An address beside the facts of an invoice: one block, and at its side lines that stand apart.
        if common == (0, 0), sides.contains(where: { zip($0, $0.dropFirst()).allSatisfy { $1 - $0 < size * 1.75 } }) {
            return true
        }
        return beside.allSatisfy(isDense) && common.0 * 3 < beside[0].count && common.1 * 3 < beside[1].count
    }

    /// Where the lines of a part stand, from the top.
    private static func heights(_ pieces: [Piece]) -> [Double] {
        var heights: [Double] = []
        for height in pieces.map(\.baseline).sorted() where height - (heights.last ?? -.infinity) > 1 { heights.append(height) }
        return heights
    }

    /// Whether they stand in the margin of a text: smaller than it, in short lines.
    private static func areNotes(_ pieces: [Piece], beside text: [Piece]) -> Bool {
        func middle(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }
        guard pieces.count >= 2, !text.isEmpty else { return false }
        return middle(pieces.map(\.size)) < middle(text.map(\.size)) * 0.92 && middle(pieces.map { Double($0.letters) }) >= 6
    }

    /// Parts below each other, between which nothing stands for the height of a line, where that makes columns possible.
    private static func bands(_ pieces: [Piece]) -> [[Piece]]? {
        let sorted = pieces.sorted { $0.box.top < $1.box.top }
        var parts: [[Piece]] = [[sorted[0]]]
        var bottom = sorted[0].box.bottom
        for piece in sorted.dropFirst() {
            if piece.box.top > bottom + 0.1 { parts.append([piece]) } else { parts[parts.count - 1].append(piece) }
            bottom = max(bottom, piece.box.bottom)
        }
        guard parts.count > 1 else { return nil }
        // Join again what has no columns: only a change between one column and several is a border.
        var joined: [[Piece]] = []
        var run: [Piece] = []
        for part in parts {
            // A line across the whole page ends a run of columns.
            if run.isEmpty {
                run = part
                continue
            }
            let both = run + part
            if columns(both) != nil || columns(run) == nil && columns(part) == nil && !opensColumns(part, parts) {
                run = both
            } else {
                joined.append(run)
                run = part
            }
        }
        joined.append(run)
        return joined.count > 1 ? joined : nil
    }

    private static func opensColumns(_ part: [Piece], _ parts: [[Piece]]) -> Bool {
        guard let place = parts.firstIndex(where: { $0.first?.box == part.first?.box }) else { return false }
        // A row of two pieces, followed by others of which the same holds, begins columns.
        let ahead = parts[place..<min(parts.count, place + 6)].flatMap(\.self)
        return columns(ahead) != nil
    }

    // MARK: Lines

    private static func lines(_ pieces: [Piece]) -> [Line] {
        let sorted = pieces.sorted { ($0.baseline, $0.box.left) < ($1.baseline, $1.box.left) }
        var lines: [[Piece]] = []
        for piece in sorted {
            if let last = lines.last?.last, last.table == nil, piece.table == nil,
                abs(last.baseline - piece.baseline) < 0.3 * min(last.size, piece.size)
            {
                lines[lines.count - 1].append(piece)
            } else {
                lines.append([piece])
            }
        }
        return lines.map { pieces in
            let pieces = pieces.sorted { $0.box.left < $1.box.left }
            let letters = pieces.reduce(0) { $0 + $1.letters }
            return Line(
                pieces: RightToLeft.isIn(pieces.map(\.text)) ? pieces.reversed() : pieces,
                box: pieces.dropFirst().reduce(pieces[0].box) { $0.union($1.box) },
                size: pieces.max { $0.letters < $1.letters }?.size ?? 0,
                isBold: pieces.reduce(0) { $0 + ($1.isBold ? $1.letters : 0) } * 2 > letters)
        }
    }

    // MARK: Paragraphs and tables

    private static func blocks(_ lines: [Line], _ titles: Set<String>, _ hasCode: Bool) -> [Group] {
        let titled = titles.isEmpty ? [] : lines.map { $0.pieces.count <= 3 && titles.contains(PDFOutline.folded($0.text)) }
        var groups: [Group] = []
        var place = 0
        let edges = (left: lines.map(\.box.left).min() ?? 0, right: lines.map(\.box.right).max() ?? 0)
        while place < lines.count {
            if let table = lines[place].pieces[0].table {
                groups.append(Group(table, box: lines[place].box))
                place += 1
                continue
            }
            if hasCode, isCode(lines[place]) {
                var end = place + 1
                while end < lines.count, isCode(lines[end]),
                    lines[end].box.bottom - lines[end - 1].box.bottom < lines[end].size * 2.5
                {
                    end += 1
                }
                groups.append(Group(lines: Array(lines[place..<end]), isCode: true))
                place = end
                continue
            }
            if let (parts, end) = sides(lines, from: place) {
                groups += parts.map { Group(lines: $0) }
                place = end
                continue
            }
            if let (table, end) = PDFTable.find(lines, from: place) {
                groups.append(Group(lines: Array(lines[place..<end]), table: table))
                place = end
                continue
            }
            var end = place + 1
            while end < lines.count, follows(lines[end], lines[end - 1], lines[place..<end], edges),
                titled.isEmpty || !titled[end] && !titled[end - 1],
                PDFTable.find(lines, from: end) == nil
            { end += 1 }
            groups.append(Group(lines: Array(lines[place..<end])))
            place = end
        }
        return groups
    }

    private static func isCode(_ line: Line) -> Bool { line.pieces.allSatisfy { $0.isFixed && $0.table == nil } }

    /// Two short blocks beside each other, such as the address and the facts of a letter: each is read by itself.
    private static func sides(_ lines: [Line], from start: Int) -> (parts: [[Line]], end: Int)? {
        var (end, left, right) = (start, -Double.infinity, Double.infinity)
        var edges: (first: Double, second: Double)?
        while end < lines.count, end - start <= 3, lines[end].pieces.count == 2,
            !lines[end].pieces.contains(where: { $0.isLeader || $0.table != nil })
        {
            let (line, pieces) = (lines[end], lines[end].pieces.sorted { $0.box.left < $1.box.left })
            guard end == start || line.box.top - lines[end - 1].box.bottom < line.size else { break }
            if let edges, abs(edges.first - pieces[0].box.left) > 2 || abs(edges.second - pieces[1].box.left) > 2 { break }
            edges = (pieces[0].box.left, pieces[1].box.left)
            (left, right) = (max(left, pieces[0].box.right), min(right, pieces[1].box.left))
            guard right - left > line.size * 8, ListMark.split(line.text) == nil else { break }
            end += 1
        }
        // More rows, or numbers in all of them, are a table.
        guard 2...3 ~= end - start, end == lines.count || lines[end].pieces.count < 2,
            lines[start..<end].contains(where: { !($0.pieces[1].text.first.map { "0123456789-+(€$£".contains($0) } ?? false) }),
            !lines[start].isBold || lines[start + 1].isBold
        else { return nil }
        let rows = lines[start..<end].map { $0.pieces.sorted { $0.box.left < $1.box.left } }
        let parts = (0..<2).map { side in
            rows.map { row in Line(pieces: [row[side]], box: row[side].box, size: row[side].size, isBold: row[side].isBold) }
        }
        return (parts, end)
    }

    /// Whether a line in bold letters, shorter than the column, stands over one that begins in bold and goes on otherwise.
    private static func isTitle(_ line: Line, _ next: Line, _ edges: (left: Double, right: Double)) -> Bool {
        line.isBold && line.isEven && !next.isEven && edges.right - line.box.right > (edges.right - edges.left) * 0.35
    }

    /// Whether a line goes on with the paragraph of the one above it.
    private static func follows(
        _ line: Line, _ above: Line, _ paragraph: ArraySlice<Line>, _ edges: (left: Double, right: Double)
    ) -> Bool {
        guard line.pieces[0].table == nil, abs(line.size - above.size) < 0.6,
            // Where a line is bold as a whole and the next one is not, the first is a heading; a paragraph may begin with bold words.
            line.isBold == above.isBold || (!line.isEven || !above.isEven) && !isTitle(above, line, edges)
                || abs(line.size - above.size) < 0.1 && paragraph.count > 1 && !paragraph.allSatisfy({ $0.isBold })
        else { return false }
        let step = line.box.bottom - above.box.bottom
        let size = max(line.size, above.size)
        guard step > 0, step < size * 1.75 else { return false }
        // Where the lines of this paragraph stand closer to each other than this one.
        if paragraph.count > 1, let first = paragraph.first, let second = paragraph.dropFirst().first,
            step > (second.box.bottom - first.box.bottom) * 1.25
        {
            return false
        }
        if ListMark.split(line.text) != nil { return false }
        // A line that is set in begins a paragraph, where the one above fills its line or begins none.
        let left = paragraph.count > 1 ? paragraph.dropFirst().suffix(20).map(\.box.left).min() ?? above.box.left : above.box.left
        if paragraph.count > 1, line.box.left - left > size * 0.8 { return false }
        // A line that ends early ends its paragraph.
        let (right, width) = (edges.right, edges.right - edges.left)
        if width > size * 12, right - above.box.right > width * 0.35, ".:!?".contains(above.text.last ?? " ") { return false }
        if width > size * 16, right - above.box.right > width * 0.5, let first = line.text.first,
            first.isUppercase || first.isNumber
        {
            return false
        }
        return true
    }
}
