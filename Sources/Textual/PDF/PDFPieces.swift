import Foundation

/// Puts letters together: rows of one baseline, and in them pieces, which hold the words between two gaps that could part columns.
enum PDFPieces {
    typealias Piece = PDFLayout.Piece

    /// Letters in the order of the page: rows of one baseline, each from left to right.
    static func pieces(_ glyphs: [PDFGlyph]) -> [Piece] {
        var pieces: [Piece] = []
        let rows = rows(withoutDropCapitals(glyphs))
        for (row, cuts) in zip(rows, PDFGaps.cuts(rows)) {
            for segment in segments(row) {
                let widest = widestSpace(segment)
                var current: [PDFGlyph] = []
                func finish() {
                    pieces += parts(accented(current))
                    current = []
                }
                for glyph in segment {
                    if let last = current.last, glyph.text != " " {
                        // A blank that is drawn belongs to the gap.
                        let before = last.text == " " && current.count > 1 ? current[current.count - 2] : last
                        if glyph.x - before.endX > max(before.size, glyph.size) * widest || cuts.contains(glyph.x) { finish() }
                    }
                    current.append(glyph)
                }
                finish()
            }
        }
        return pieces
    }

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
                let isSmall = min(row.size, run.size) < 0.86 * size && row.isNear(run, size)
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

    private static func piece(_ given: [PDFGlyph]) -> Piece? {
        // Blanks at its ends are no part of it: lines of a program begin with them.
        guard let start = given.firstIndex(where: { $0.text != " " }), let end = given.lastIndex(where: { $0.text != " " }) else {
            return nil
        }
        let glyphs = given[start...end]
        let first = glyphs[start]
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
    private static func apart(_ glyphs: ArraySlice<PDFGlyph>) -> Double {
        guard glyphs.count >= 4 else { return 0 }
        var wide = 0
        for place in glyphs.indices.dropFirst()
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
}
