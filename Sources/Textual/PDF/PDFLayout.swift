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
        let pieces = pieces(withoutDropCapitals(glyphs)) + tables
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

    // MARK: Words and pieces

    /// A capital that is as high as several lines belongs to the first of them.
    private static func withoutDropCapitals(_ glyphs: [PDFGlyph]) -> [PDFGlyph] {
        guard glyphs.count > 40 else { return glyphs }
        var (smallest, largest) = (Double.infinity, 0.0)
        for glyph in glyphs { (smallest, largest) = (min(smallest, glyph.size), max(largest, glyph.size)) }
        guard largest >= smallest * 2 else { return glyphs }
        let size = glyphs.map { $0.size }.sorted()[glyphs.count / 2]
        let large = glyphs.indices.filter {
            size * 2...size * 12 ~= glyphs[$0].size && glyphs[$0].text.first?.isUppercase == true
        }
        guard 1...mostDropCapitals ~= large.count else { return glyphs }
        var out = glyphs
        for place in large {
            let capital = glyphs[place]
            // The first letters of the lines at its side.
            var firsts: [PDFGlyph] = []
            for glyph in glyphs
            where glyph.size < capital.size * 0.6 && glyph.text != " " && glyph.x >= capital.endX - size * 0.3
                && glyph.x < capital.endX + size * 1.5 && glyph.y > capital.y - capital.size * 0.8
                && glyph.y < capital.y + size * 0.3
            {
                if let known = firsts.firstIndex(where: { abs($0.y - glyph.y) < size * 0.3 }) {
                    if glyph.x < firsts[known].x { firsts[known] = glyph }
                } else if firsts.count < 12 {
                    firsts.append(glyph)
                }
            }
            guard firsts.count >= 2, let first = firsts.min(by: { $0.y < $1.y }) else { continue }
            (out[place].y, out[place].endY, out[place].size) = (first.y, first.y, first.size)
            (out[place].x, out[place].endX) = (first.x - first.size * 0.7, first.x)
        }
        return out
    }

    /// On one page.
    private static let mostDropCapitals = 20

    /// Letters in the order of the page: rows of one baseline, each from left to right.
    private static func pieces(_ glyphs: [PDFGlyph]) -> [Piece] {
        let sorted = rows(glyphs)
        var pieces: [Piece] = []
        for row in sorted {
            for segment in segments(row) {
                let widest = widestSpace(segment)
                var current: [PDFGlyph] = []
                func finish() {
                    pieces += parts(Self.accented(current))
                    current = []
                }
                for glyph in segment {
                    if let last = current.last, glyph.text != " " {
                        // A blank that is drawn belongs to the gap.
                        let before = last.text == " " && current.count > 1 ? current[current.count - 2] : last
                        if glyph.x - before.endX > max(before.size, glyph.size) * widest { finish() }
                    }
                    current.append(glyph)
                }
                finish()
            }
        }
        return pieces
    }

    /// Parts of a row between which columns may stand; what is drawn twice is in them once.
    private static func segments(_ row: [PDFGlyph]) -> [[PDFGlyph]] {
        var (segments, current) = ([[PDFGlyph]](), [PDFGlyph]())
        for glyph in row {
            if let last = current.last {
                // Drawn twice for bold, a little beside itself.
                if last.text == glyph.text, abs(last.x - glyph.x) < last.size * 0.15, abs(last.y - glyph.y) < last.size * 0.15 {
                    continue
                }
                if current.count > 1, case let before = current[current.count - 2], before.text == glyph.text,
                    abs(before.x - glyph.x) < before.size * 0.1, abs(before.y - glyph.y) < before.size * 0.1
                {
                    continue
                }
                if glyph.x - last.endX > max(last.size, glyph.size) * 1.1 {
                    segments.append(current)
                    current = []
                }
            }
            current.append(glyph)
        }
        return current.isEmpty ? segments : segments + [current]
    }

    /// How wide a gap may be that parts words and not pieces, as a part of the size: lines that are set to both edges have wide blanks, but
    /// all of them; a wide one among narrow ones parts cells.
    private static func widestSpace(_ row: [PDFGlyph]) -> Double {
        var (gaps, most) = ([Double](), 0.0)
        var last: PDFGlyph?
        for glyph in row where glyph.text != " " {
            if let last {
                let gap = (glyph.x - last.endX) / max(1, max(last.size, glyph.size))
                if gap > 0.15 {
                    gaps.append(gap)
                    most = max(most, gap)
                }
            }
            last = glyph
        }
        guard most > 0.6 else { return .infinity }
        gaps.sort()
        // Of two, the narrower is a blank.
        let usual = gaps.count > 1 ? gaps[(gaps.count - 1) / 2] : 0.28
        let widest = max(0.6, usual * 2.2, most * 0.85)
        return widest < most ? widest : .infinity
    }

    /// Accents that are drawn for themselves, over or below a letter, belong to it.
    private static func accented(_ glyphs: [PDFGlyph]) -> [PDFGlyph] {
        guard glyphs.contains(where: { isAccent($0.text) }) else { return glyphs }
        var out: [PDFGlyph] = []
        var place = 0
        while place < glyphs.count {
            let glyph = glyphs[place]
            defer { place += 1 }
            guard let mark = accents[glyph.text] else {
                out.append(glyph)
                continue
            }
            let middle = (glyph.x + glyph.endX) / 2
            func isBase(_ other: PDFGlyph) -> Bool {
                other.text.count == 1 && other.text.first?.isLetter == true
                    && abs((other.x + other.endX) / 2 - middle) < glyph.size * 0.2
            }
            if place + 1 < glyphs.count, isBase(glyphs[place + 1]) {
                var base = glyphs[place + 1]
                base.text = (base.text + String(mark)).precomposedStringWithCanonicalMapping
                out.append(base)
                place += 1
            } else if let last = out.last, isBase(last) {
                out[out.count - 1].text = (last.text + String(mark)).precomposedStringWithCanonicalMapping
            } else {
                out.append(glyph)
            }
        }
        return out
    }

    private static func isAccent(_ text: String) -> Bool {
        guard let first = text.utf8.first, first == 0x5E || first == 0x60 || first == 0x7E || first == 0xC2 || first == 0xCB
        else { return false }
        return accents[text] != nil
    }

    private static let accents: [String: Unicode.Scalar] = [
        "\u{A8}": "\u{308}", "\u{B4}": "\u{301}", "`": "\u{300}", "^": "\u{302}", "\u{2C6}": "\u{302}", "~": "\u{303}",
        "\u{2DC}": "\u{303}", "\u{AF}": "\u{304}", "\u{2D8}": "\u{306}", "\u{2D9}": "\u{307}", "\u{2DA}": "\u{30A}",
        "\u{B8}": "\u{327}", "\u{2DB}": "\u{328}", "\u{2C7}": "\u{30C}", "\u{2DD}": "\u{30B}",
    ]

    /// One piece; or more, where dots lead from one to the next.
    private static func parts(_ glyphs: [PDFGlyph]) -> [Piece] {
        var (dots, parts, start, place) = (0, [Piece](), 0, 0)
        func take(_ from: Int, _ to: Int, isLeader: Bool) {
            guard from < to, var piece = piece(Array(glyphs[from..<to])) else { return }
            piece.isLeader = isLeader
            parts.append(piece)
        }
        for glyph in glyphs {
            // The first bytes of a point, and of others that lead.
            guard let first = glyph.text.utf8.first, first == 0x2E || first == 0xC2 || first == 0xE2 else { continue }
            if glyph.text == "." || glyph.text == "·" || glyph.text == "…" { dots += 1 }
        }
        guard dots >= fewestDots else { return piece(glyphs).map { [$0] } ?? [] }
        while place < glyphs.count {
            var end = place
            var count = 0
            while end < glyphs.count, [".", "·", "…", " "].contains(glyphs[end].text) {
                if glyphs[end].text != " " { count += 1 }
                end += 1
            }
            if count >= fewestDots {
                take(start, place, isLeader: false)
                take(place, end, isLeader: true)
                start = end
            }
            place = max(end, place + 1)
        }
        take(start, glyphs.count, isLeader: false)
        return parts
    }

    /// Fewer are no leader.
    private static let fewestDots = 5

    /// Letters of one baseline.
    private struct Row {
        var y: Double
        var size: Double
        var left: Double
        var right: Double
        var glyphs: [PDFGlyph]

        init(_ glyph: PDFGlyph) {
            (y, size, left, right, glyphs) = (glyph.y, glyph.size, glyph.x, glyph.endX, [glyph])
        }

        mutating func append(_ glyph: PDFGlyph) {
            glyphs.append(glyph)
            (left, right) = (min(left, glyph.x), max(right, glyph.endX))
        }

        mutating func append(_ other: Row) {
            if other.size > size * 1.1 { (y, size) = (other.y, other.size) }
            glyphs += other.glyphs
            (left, right) = (min(left, other.left), max(right, other.right))
        }

        /// Whether another one stands at its side, or in it.
        func isNear(_ other: Row, _ distance: Double) -> Bool { other.left - right < distance && left - other.right < distance }
    }

    private static func rows(_ glyphs: [PDFGlyph]) -> [[PDFGlyph]] {
        // Glyphs come in runs of one baseline; runs are sorted, not letters.
        var runs: [Row] = []
        for glyph in glyphs {
            // What begins further left is another run, which may stand on top of this one.
            if let last = runs.last, abs(last.y - glyph.y) < 0.1 * max(1, glyph.size), abs(last.size - glyph.size) < 0.5,
                glyph.x > last.right - 2 * glyph.size
            {
                runs[runs.count - 1].append(glyph)
            } else {
                runs.append(Row(glyph))
            }
        }
        runs.sort { $0.y < $1.y }
        var work = 4_000_000
        var rows: [Row] = []
        for run in runs {
            // The row nearest above, where it is near enough: small letters raised or lowered belong to the large ones at their side.
            var best: Int?
            for place in stride(from: rows.count - 1, through: max(0, rows.count - 6), by: -1) {
                let row = rows[place]
                let size = max(row.size, run.size)
                let isSmall = min(row.size, run.size) < 0.8 * size && row.isNear(run, size)
                if abs(row.y - run.y) < size * (isSmall ? 0.5 : 0.25), !overprints(run, row, &work) {
                    best = place
                    break
                }
            }
            if let best { rows[best].append(run) } else { rows.append(run) }
        }
        return rows.map { row in
            var isSorted = true
            for place in row.glyphs.indices.dropFirst() where row.glyphs[place].x < row.glyphs[place - 1].x { isSorted = false }
            return isSorted
                ? row.glyphs
                : row.glyphs.enumerated().sorted { ($0.element.x, $0.offset) < ($1.element.x, $1.offset) }.map(\.element)
        }
    }

    /// Whether a run stands on top of letters of a row, and says something else: stamps and corrections are read by themselves.
    /// - Parameter work: comparisons that are left for the page.
    private static func overprints(_ run: Row, _ row: Row, _ work: inout Int) -> Bool {
        guard run.glyphs.count >= 3, run.left < row.right, row.left < run.right else { return false }
        work -= row.glyphs.count + run.glyphs.count
        guard work > 0 else { return false }
        let others = row.glyphs.sorted { $0.x < $1.x }
        let letters = run.glyphs.filter { $0.text != " " }.sorted { $0.x < $1.x }
        var (place, covered, same) = (0, 0, 0)
        for glyph in letters {
            let middle = (glyph.x + glyph.endX) / 2
            while place + 1 < others.count, others[place + 1].x <= middle { place += 1 }
            let other = others[place]
            guard other.x <= middle, middle <= other.endX, other.text != " " else { continue }
            covered += 1
            // Drawn again for bold.
            if other.text == glyph.text, abs(other.x - glyph.x) < glyph.size * 0.2 { same += 1 }
        }
        return covered * 2 > letters.count && same * 2 < covered
    }

    private static func piece(_ glyphs: [PDFGlyph]) -> Piece? {
        guard let first = glyphs.first else { return nil }
        var (text, letters, bold) = ("", 0, 0)
        var box = Place.Box(left: first.x, top: first.y - first.size * 0.8, right: first.x, bottom: first.y + first.size * 0.2)
        var sizes: [Double: Int] = [:]
        let apart = apart(glyphs)
        var last: PDFGlyph?
        for glyph in glyphs {
            if let last {
                let gap = glyph.x - last.endX
                let width = max(last.size, glyph.size)
                if gap > width * max(apart, spaceGap(last, glyph)), text.last != " ", glyph.text != " " { text += " " }
            }
            text += RightToLeft.asDrawn(glyph.text)
            letters += 1
            // Blanks have no weight.
            if glyph.isBold || glyph.text == " " && bold == letters - 1 { bold += 1 }
            sizes[(glyph.size * 2).rounded() / 2, default: 0] += 1
            box = box.union(
                Place.Box(
                    left: glyph.x, top: glyph.y - glyph.size * 0.8, right: max(glyph.x, glyph.endX),
                    bottom: glyph.y + glyph.size * 0.2))
            last = glyph
        }
        var words = text.split(separator: " ", omittingEmptySubsequences: true).joined(separator: " ")
        if words.utf8.contains(0xAD), words.unicodeScalars.contains("\u{AD}") {
            let isCut = words.unicodeScalars.last == "\u{AD}"
            words.unicodeScalars.removeAll { $0 == "\u{AD}" }
            if isCut { words += "\u{AD}" }
        }
        guard !words.isEmpty else { return nil }
        let size = sizes.max { ($0.value, $0.key) < ($1.value, $1.key) }?.key ?? first.size
        let base = glyphs.first { abs($0.size - size) < 0.6 }?.y ?? first.y
        return Piece(
            text: RightToLeft.ordered(words), box: box, baseline: base, size: size, isBold: bold * 2 > letters,
            isEven: bold == 0 || bold == letters, isFixed: glyphs.allSatisfy { $0.isFixed || $0.text == " " }, letters: letters)
    }

    /// Of letters that are set apart, as in some titles: the gap from which on one parts words, as a part of the size; else 0.
    private static func apart(_ glyphs: [PDFGlyph]) -> Double {
        guard glyphs.count >= 4 else { return 0 }
        var wide = 0
        for place in 1..<glyphs.count
        where glyphs[place].x - glyphs[place - 1].endX > 0.17 * max(1, glyphs[place - 1].size) { wide += 1 }
        guard wide * 2 >= glyphs.count else { return 0 }
        var gaps: [Double] = []
        for (a, b) in zip(glyphs, glyphs.dropFirst()) where a.text != " " && b.text != " " {
            guard a.text.first?.isLetter == true, b.text.first?.isLetter == true else { continue }
            gaps.append((b.x - a.endX) / max(1, a.size))
        }
        guard gaps.count >= 3 else { return 0 }
        gaps.sort()
        // Most letters of a word stand as far from each other as the narrowest.
        let usual = gaps[gaps.count / 3]
        return usual > 0.17 ? usual * 1.5 : 0
    }

    /// How wide a gap is that stands for a space, as a part of the size.
    private static func spaceGap(_ a: PDFGlyph, _ b: PDFGlyph) -> Double {
        // Signs of the Far East fill a square, and stand apart by what fills their lines.
        (b.text.unicodeScalars.first?.value ?? 0) >= 0x2E80 ? 0.3 : 0.17
    }

    // MARK: Columns

    /// Pieces of a region that is looked at for columns; what has more is no page of columns.
    private static let mostCut = 1500

    /// Cuts a region where nothing stands, across and down, until nothing is left to be cut.
    private static func cut(_ pieces: [Piece], depth: Int, _ take: ([Piece]) -> Void) {
        guard 2...mostCut ~= pieces.count, depth < 40 else { return pieces.isEmpty ? () : take(pieces) }
        if let parts = columns(pieces) {
            for part in parts { cut(part, depth: depth + 1, take) }
        } else if let parts = bands(pieces) {
            for part in parts { cut(part, depth: depth + 1, take) }
        } else {
            take(pieces)
        }
    }

    /// Two parts beside each other, where each is running text.
    private static func columns(_ pieces: [Piece]) -> [[Piece]]? {
        guard pieces.count >= 4 else { return nil }
        let sorted = pieces.sorted { $0.box.left < $1.box.left }
        var (right, best) = (sorted[0].box.right, (place: 0, gap: 0.0))
        for place in 1..<sorted.count {
            let gap = sorted[place].box.left - right
            if gap > best.gap { best = (place, gap) }
            right = max(right, sorted[place].box.right)
        }
        let size = sorted.map(\.size).sorted()[sorted.count / 2]
        guard best.gap > size * 0.7 else { return nil }
        // The widest gap may part a margin from the text; each gap that is wide enough is tried.
        var candidates: [Int] = []
        right = sorted[0].box.right
        for place in 1..<sorted.count {
            if sorted[place].box.left - right > size * 0.7 { candidates.append(place) }
            right = max(right, sorted[place].box.right)
        }
        for place in candidates.prefix(20) {
            let (first, second) = (Array(sorted[..<place]), Array(sorted[place...]))
            if isText(first) && (isText(second) || areNotes(second, beside: first))
                || isText(second) && areNotes(first, beside: second)
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
        guard part.count > 1, let place = parts.firstIndex(where: { $0.first?.box == part.first?.box }) else { return false }
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
                groups.append(Group(lines: [], table: table, box: lines[place].box))
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
                let part = Array(lines[place..<end])
                groups.append(Group(lines: part, box: part.dropFirst().reduce(part[0].box) { $0.union($1.box) }, isCode: true))
                place = end
                continue
            }
            if let (parts, end) = sides(lines, from: place) {
                for part in parts {
                    groups.append(Group(lines: part, box: part.dropFirst().reduce(part[0].box) { $0.union($1.box) }))
                }
                place = end
                continue
            }
            if let (table, end) = PDFTable.find(lines, from: place) {
                let box = lines[place..<end].dropFirst().reduce(lines[place].box) { $0.union($1.box) }
                groups.append(Group(lines: Array(lines[place..<end]), table: table, box: box))
                place = end
                continue
            }
            var end = place + 1
            while end < lines.count, follows(lines[end], lines[end - 1], lines[place..<end], edges),
                titled.isEmpty || !titled[end] && !titled[end - 1],
                PDFTable.find(lines, from: end) == nil
            { end += 1 }
            let part = Array(lines[place..<end])
            groups.append(Group(lines: part, box: part.dropFirst().reduce(part[0].box) { $0.union($1.box) }))
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
