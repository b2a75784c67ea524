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
        var letters: Int
    }

    struct Line {
        var pieces: [Piece]
        var box: Place.Box
        var size: Double
        var isBold: Bool

        var text: String { pieces.map(\.text).joined(separator: " ") }
    }

    /// Lines that belong together, or a table.
    struct Group {
        var lines: [Line]
        var table: Table?
        var box: Place.Box
        var isTurned = false
    }

    init(_ glyphs: [PDFGlyph]) {
        groups = []
        var level: [PDFGlyph] = []
        var turned: [Int: [PDFGlyph]] = [:]
        for glyph in glyphs {
            let (dx, dy) = (glyph.endX - glyph.x, glyph.endY - glyph.y)
            if abs(dy) <= abs(dx) * 0.2 + 0.001, dx >= 0 {
                level.append(glyph)
            } else {
                let quarter = abs(dy) > abs(dx) ? (dy > 0 ? 1 : 3) : 2
                turned[quarter, default: []].append(glyph)
            }
        }
        groups = Self.groups(level)
        for (quarter, glyphs) in turned.sorted(by: { $0.key < $1.key }) {
            // Turned until they stand upright, and back again.
            let upright = glyphs.map { Self.turned($0, by: quarter) }
            groups += Self.groups(upright).map { group in
                var group = group
                group.box = Self.turned(group.box, by: (4 - quarter) % 4)
                group.isTurned = true
                return group
            }
        }
    }

    private(set) var groups: [Group]

    private static func turned(_ glyph: PDFGlyph, by quarter: Int) -> PDFGlyph {
        var glyph = glyph
        (glyph.x, glyph.y) = turned(glyph.x, glyph.y, quarter)
        (glyph.endX, glyph.endY) = turned(glyph.endX, glyph.endY, quarter)
        return glyph
    }

    private static func turned(_ x: Double, _ y: Double, _ quarter: Int) -> (Double, Double) {
        switch quarter {
        case 1: (y, -x)
        case 2: (-x, -y)
        case 3: (-y, x)
        default: (x, y)
        }
    }

    private static func turned(_ box: Place.Box, by quarter: Int) -> Place.Box {
        let (first, second) = (turned(box.left, box.top, quarter), turned(box.right, box.bottom, quarter))
        return Place.Box(
            left: min(first.0, second.0), top: min(first.1, second.1), right: max(first.0, second.0),
            bottom: max(first.1, second.1))
    }

    private static func groups(_ glyphs: [PDFGlyph]) -> [Group] {
        let pieces = pieces(glyphs)
        var groups: [Group] = []
        cut(pieces, depth: 0) { region in groups += blocks(lines(region)) }
        return groups
    }

    // MARK: Words and pieces

    /// Letters in the order of the page: rows of one baseline, each from left to right.
    private static func pieces(_ glyphs: [PDFGlyph]) -> [Piece] {
        let sorted = rows(glyphs)
        var pieces: [Piece] = []
        for row in sorted {
            var current: [PDFGlyph] = []
            func finish() {
                if let piece = piece(current) { pieces.append(piece) }
                current = []
            }
            for glyph in row {
                if let last = current.last {
                    // Drawn twice for bold, a little beside itself.
                    if last.text == glyph.text, abs(last.x - glyph.x) < last.size * 0.15, abs(last.y - glyph.y) < last.size * 0.15
                    {
                        continue
                    }
                    if current.count > 1, case let before = current[current.count - 2], before.text == glyph.text,
                        abs(before.x - glyph.x) < before.size * 0.1, abs(before.y - glyph.y) < before.size * 0.1
                    {
                        continue
                    }
                    if glyph.x - last.endX > max(last.size, glyph.size) * 1.1 { finish() }
                }
                current.append(glyph)
            }
            finish()
        }
        return pieces
    }

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
        var last: PDFGlyph?
        for glyph in glyphs {
            if let last {
                let gap = glyph.x - last.endX
                let width = max(last.size, glyph.size)
                if gap > width * spaceGap(last, glyph), text.last != " ", glyph.text != " " { text += " " }
            }
            text += glyph.text
            letters += 1
            if glyph.isBold { bold += 1 }
            sizes[(glyph.size * 2).rounded() / 2, default: 0] += 1
            box = box.union(
                Place.Box(
                    left: glyph.x, top: glyph.y - glyph.size * 0.8, right: max(glyph.x, glyph.endX),
                    bottom: glyph.y + glyph.size * 0.2))
            last = glyph
        }
        let words = text.split(separator: " ", omittingEmptySubsequences: true).joined(separator: " ")
        guard !words.isEmpty else { return nil }
        let size = sizes.max { ($0.value, $0.key) < ($1.value, $1.key) }?.key ?? first.size
        let base = glyphs.first { abs($0.size - size) < 0.6 }?.y ?? first.y
        return Piece(
            text: RightToLeft.ordered(words), box: box, baseline: base, size: size, isBold: bold * 2 > letters, letters: letters)
    }

    /// How wide a gap is that stands for a space, as a part of the size.
    private static func spaceGap(_ a: PDFGlyph, _ b: PDFGlyph) -> Double {
        let width = (b.endX - b.x) / max(1, b.size)
        // Letters that are set far apart, as in titles, leave gaps between each other; narrow letters leave small ones.
        return width > 0.9 ? 0.3 : 0.17
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
            if isText(first), isText(second) { return [first, second] }
        }
        return nil
    }

    /// Whether most of it are lines of several words, as columns of a page have them and columns of a table do not.
    private static func isText(_ pieces: [Piece]) -> Bool {
        guard pieces.count >= 2 else { return false }
        let letters = pieces.map(\.letters).sorted()
        return letters[letters.count / 2] >= 20
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
            if let last = lines.last?.last, abs(last.baseline - piece.baseline) < 0.3 * min(last.size, piece.size) {
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

    private static func blocks(_ lines: [Line]) -> [Group] {
        var groups: [Group] = []
        var place = 0
        let edges = (left: lines.map(\.box.left).min() ?? 0, right: lines.map(\.box.right).max() ?? 0)
        while place < lines.count {
            if let (table, end) = PDFTable.find(lines, from: place) {
                let box = lines[place..<end].dropFirst().reduce(lines[place].box) { $0.union($1.box) }
                groups.append(Group(lines: Array(lines[place..<end]), table: table, box: box))
                place = end
                continue
            }
            var end = place + 1
            while end < lines.count, follows(lines[end], lines[end - 1], lines[place..<end], edges),
                PDFTable.find(lines, from: end) == nil
            { end += 1 }
            let part = Array(lines[place..<end])
            groups.append(Group(lines: part, box: part.dropFirst().reduce(part[0].box) { $0.union($1.box) }))
            place = end
        }
        return groups
    }

    /// Whether a line goes on with the paragraph of the one above it.
    private static func follows(
        _ line: Line, _ above: Line, _ paragraph: ArraySlice<Line>, _ edges: (left: Double, right: Double)
    ) -> Bool {
        guard abs(line.size - above.size) < 0.6,
            line.isBold == above.isBold || abs(line.size - above.size) < 0.1 && paragraph.count > 1
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
        return true
    }
}

/// The mark of a list item at the beginning of a line.
enum ListMark {
    static func split(_ text: String) -> (mark: String, rest: String)? {
        guard let space = text.firstIndex(of: " ") else { return nil }
        let mark = text[..<space]
        let rest = text[text.index(after: space)...]
        guard !rest.isEmpty, mark.utf8.count <= 8 else { return nil }
        if mark.count == 1, let only = mark.unicodeScalars.first, "•◦▪‣·●○■□–—*-➢✓❖▸►".unicodeScalars.contains(only) {
            return (String(mark), String(rest))
        }
        guard let last = mark.last, last == "." || last == ")" else { return nil }
        let inner = mark.dropLast().drop { $0 == "(" }
        let isNumber = !inner.isEmpty && inner.count <= 3 && inner.allSatisfy { $0.isASCII && $0.isNumber }
        let isLetter = inner.count == 1 && inner.allSatisfy { $0.isASCII && $0.isLowercase }
        return isNumber || isLetter ? (String(mark), String(rest)) : nil
    }
}

/// Text that is written from right to left: pages hold its letters in the order in which they stand, from left to right.
enum RightToLeft {
    static func isRight(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        // Digits of Arabic and Persian stand from left to right, as all digits do.
        case 0x0660...0x0669, 0x066B, 0x066C, 0x06F0...0x06F9: false
        case 0x0590...0x08FF, 0xFB1D...0xFDFF, 0xFE70...0xFEFC, 0x10800...0x10FFF, 0x1E800...0x1EFFF: true
        default: false
        }
    }

    /// Whether a text may have letters of these scripts: their UTF-8 begins with larger bytes than that of Latin, Greek and Cyrillic.
    private static func isPossible(_ text: String) -> Bool { text.utf8.contains { $0 >= 0xD6 } }

    static func isIn(_ texts: [String]) -> Bool {
        guard texts.contains(where: isPossible) else { return false }
        var (right, left) = (0, 0)
        for text in texts {
            for scalar in text.unicodeScalars {
                if isRight(scalar) { right += 1 } else if scalar.properties.isAlphabetic { left += 1 }
            }
        }
        return right > left
    }

    /// A line as it is read; numbers and words of other scripts keep their order.
    static func ordered(_ text: String) -> String {
        guard isPossible(text), text.unicodeScalars.contains(where: isRight) else { return text }
        let isBase = isIn([text])
        var runs: [(isRight: Bool, scalars: [Unicode.Scalar])] = []
        var neutral: [Unicode.Scalar] = []
        for scalar in text.unicodeScalars {
            let isStrong = isRight(scalar) || scalar.properties.isAlphabetic || scalar.properties.numericType != nil
            guard isStrong || scalar.properties.generalCategory == .nonspacingMark else {
                neutral.append(scalar)
                continue
            }
            let side = isRight(scalar)
            if let last = runs.last, last.isRight == side || scalar.properties.generalCategory == .nonspacingMark {
                runs[runs.count - 1].scalars += neutral + [scalar]
            } else {
                if !neutral.isEmpty { runs.append((isBase, neutral)) }
                runs.append((side, [scalar]))
            }
            neutral = []
        }
        if !neutral.isEmpty { runs.append((isBase, neutral)) }
        let ordered = isBase ? runs.reversed() : runs
        var out = String.UnicodeScalarView()
        for run in ordered { out += run.isRight ? reversed(run.scalars) : run.scalars }
        // The forms of Arabic letters that only pages have become the letters themselves.
        return String(out).decomposedForms
    }

    /// Backwards, with marks kept behind their letters, and brackets turned.
    private static func reversed(_ scalars: [Unicode.Scalar]) -> [Unicode.Scalar] {
        var out: [Unicode.Scalar] = []
        var marks: [Unicode.Scalar] = []
        for scalar in scalars.reversed() {
            if scalar.properties.generalCategory == .nonspacingMark {
                marks.append(scalar)
                continue
            }
            out.append(mirrored[scalar] ?? scalar)
            out += marks.reversed()
            marks = []
        }
        return out + marks
    }

    private static let mirrored: [Unicode.Scalar: Unicode.Scalar] = [
        "(": ")", ")": "(", "[": "]", "]": "[", "<": ">", ">": "<", "«": "»", "»": "«",
    ]
}

extension String {
    /// With presentation forms of Arabic and Hebrew as plain letters.
    fileprivate var decomposedForms: String {
        guard unicodeScalars.contains(where: { 0xFB1D...0xFDFF ~= $0.value || 0xFE70...0xFEFC ~= $0.value }) else { return self }
        var out = ""
        for scalar in unicodeScalars {
            if 0xFB1D...0xFDFF ~= scalar.value || 0xFE70...0xFEFC ~= scalar.value {
                out += String(scalar).precomposedStringWithCompatibilityMapping
            } else {
                out.unicodeScalars.append(scalar)
            }
        }
        return out
    }
}
