/// Finds gaps between words that part columns of a table though they are no wider than a blank: above and below them white space runs on
/// through lines whose gaps are wide.
struct PDFGaps {
    /// Between two words of a row.
    private struct Gap {
        /// Where the word before it begins.
        let word: Double
        let left: Double
        let right: Double
        let isWide: Bool
    }

    private struct Row {
        let y: Double
        let size: Double
        let left: Double
        let right: Double
        let gaps: [Gap]
        let letters: Int
        let hasWide: Bool
        /// As a typewriter does: its blanks are wide, and stand below each other by chance.
        let isFixed: Bool

        init?(_ glyphs: [PDFGlyph]) {
            guard let first = glyphs.first else { return nil }
            (y, size, left, letters) = (first.y, first.size, first.x, glyphs.count { $0.text != " " })
            var (found, end, last, word) = (
                [(word: Double, left: Double, right: Double, size: Double)](), first.endX, first, first.x
            )
            for glyph in glyphs.dropFirst() where glyph.text != " " {
                let size = max(1, max(last.size, glyph.size))
                if glyph.x - end > size * Self.narrowest {
                    found.append((word, end, glyph.x, size))
                    word = glyph.x
                }
                end = max(end, glyph.endX)
                last = glyph
            }
            // No line of a page has so many words; each would be looked for among all others.
            guard found.count <= Self.mostGaps else { return nil }
            right = end
            // A line that is set to both edges has wide blanks, but all of them.
            let widths = found.map { ($0.right - $0.left) / $0.size }.sorted()
            isFixed = glyphs.allSatisfy { $0.isFixed || $0.text == " " }
            let usual = isFixed ? Self.fixedBlank : Self.blank
            let blank = widths.count >= 4 ? widths[(widths.count - 1) / 4] : min(widths.first ?? usual, usual)
            let widest = min(blank, Self.widestBlank) * 1.6
            gaps = found.map {
                Gap(word: $0.word, left: $0.left, right: $0.right, isWide: ($0.right - $0.left) / $0.size >= widest)
            }
            hasWide = gaps.contains(where: \.isWide)
        }

        private static let mostGaps = 500

        /// As parts of the size of letters.
        private static let (narrowest, blank, fixedBlank, widestBlank) = (0.15, 0.3, 0.62, 0.8)

        /// Whether it stands in a wide gap of another row with words that go on at both sides of that.
        func crosses(_ other: Row) -> Bool {
            other.gaps.contains { wide in
                guard wide.isWide, wide.left > left, wide.right < right else { return false }
                let index = gap(behind: wide.left)
                return index >= gaps.count
                    || min(wide.right, gaps[index].right) - max(wide.left, gaps[index].left) < narrowestWhite
            }
        }

        /// The first gap that ends behind a place.
        func gap(behind place: Double) -> Int {
            var (low, high) = (0, gaps.count)
            while low < high {
                let middle = (low + high) / 2
                if gaps[middle].right > place { high = middle } else { low = middle + 1 }
            }
            return low
        }
    }

    private let rows: [Row?]
    /// Rows that may still be looked at.
    private var work = 2_000_000

    private static let mostNeighbours = 40
    /// Rows in which nothing stands at both sides, at a stretch.
    private static let mostEmpty = 5

    private init(_ rows: [[PDFGlyph]]) { self.rows = rows.map { Row($0) } }

    /// - Parameter rows: from the top down, each from left to right.
    /// - Returns: for each row, where the words begin that stand behind such a gap.
    static func cuts(_ rows: [[PDFGlyph]]) -> [[Double]] {
        var gaps = Self(rows)
        return gaps.rows.indices.map { gaps.cuts($0) }
    }

    private mutating func cuts(_ place: Int) -> [Double] {
        guard let row = rows[place], !row.gaps.isEmpty, hasWideNear(place) else { return [] }
        // Of several that stand in the same wide gap of a neighbour, one parts the columns.
        var candidates: [(gap: Gap, neighbour: Int, of: Int)] = []
        for gap in row.gaps {
            if let (neighbour, of) = wide(around: gap, from: place) { candidates.append((gap, neighbour, of)) }
        }
        var cuts: [Double] = []
        var start = 0
        while start < candidates.count {
            var end = start + 1
            while end < candidates.count, candidates[end].neighbour == candidates[start].neighbour,
                candidates[end].of == candidates[start].of
            { end += 1 }
            if let wide = rows[candidates[start].neighbour]?.gaps[candidates[start].of] {
                let best = best(candidates[start..<end].map(\.gap), wide)
                // Where a wider one stands there, that is the one.
                let isBeaten = row.gaps.contains {
                    $0.right - $0.left > (best.right - best.left) * 1.5
                        && min($0.right, wide.right) - max($0.left, wide.left) > narrowestWhite
                }
                if !isBeaten { cuts.append(best.right) }
            }
            start = end
        }
        return cuts
    }

    private func best(_ gaps: [Gap], _ wide: Gap) -> Gap {
        let widest = gaps.max { $0.right - $0.left < $1.right - $1.left } ?? gaps[0]
        let width = widest.right - widest.left
        if gaps.count(where: { ($0.right - $0.left) * 1.1 >= width }) == 1 { return widest }
        return gaps.last { abs($0.right - wide.right) < 1 } ?? gaps.first { abs($0.left - wide.left) < 1 } ?? gaps[gaps.count - 1]
    }

    /// Whether a look is worth its time: running text has no wide gaps.
    private func hasWideNear(_ place: Int) -> Bool {
        rows[max(0, place - 3)...min(rows.count - 1, place + 3)].contains { $0?.hasWide == true }
    }

    /// The nearest wide gap above or below, where white space runs on from a gap through enough of them.
    private mutating func wide(around gap: Gap, from place: Int) -> (row: Int, gap: Int)? {
        var (left, right) = (gap.left, gap.right)
        var (wide, narrow) = (0, gap.isWide ? 0 : 1)
        // Numbers that end where words begin: no gap between them is wide, all are alike; their beginnings differ, or each line says the same.
        var (aligned, isRagged) = (0, false)
        var (nearest, beside): ((row: Int, gap: Int, distance: Int)?, (row: Int, gap: Int, distance: Int)?)
        // How far the next row stands on either side, and the one behind it from that.
        var sides: [(first: Double, second: Double, hasWide: Bool)] = []
        // Of the rows that the white space runs through, without this one; and how near the row is that ends it on either side.
        var (outer, sizes) = ((left: Double.infinity, right: -Double.infinity), (least: Double.infinity, most: 0.0))
        var ends: [Double] = []
        let size = rows[place]?.size ?? 0
        for step in [-1, 1] {
            var (at, last, empty) = (place + step, place, 0)
            var steps: [Double] = []
            let wideBefore = wide
            while rows.indices.contains(at), abs(at - place) <= Self.mostNeighbours, empty <= Self.mostEmpty, work > 0 {
                work -= 1
                guard let row = rows[at], let before = rows[last], abs(row.y - before.y) < max(row.size, before.size) * 2.4 else {
                    break
                }
                if right <= row.left || left >= row.right {
                    // Nothing stands there.
                    empty += 1
                    last = at
                } else {
                    // Lines in letters of another size are of something else.
                    guard row.size < size * 1.3, size < row.size * 1.3 else { break }
                    let index = row.gap(behind: left)
                    let other =
                        index < row.gaps.count ? row.gaps[index] : Gap(word: right, left: right, right: right, isWide: false)
                    let common = (max(left, other.left), min(right, other.right))
                    guard common.1 - common.0 >= narrowestWhite else {
                        if steps.isEmpty { ends.append(abs(row.y - before.y)) }
                        break
                    }
                    (left, right) = common
                    outer = (min(outer.left, row.left), max(outer.right, row.right))
                    sizes = (min(sizes.least, row.size), max(sizes.most, row.size))
                    empty = 0
                    steps.append(abs(row.y - before.y))
                    let distance = abs(at - place)
                    let isAligned = !row.isFixed && abs(other.left - gap.left) < 0.7 && abs(other.right - gap.right) < 0.7
                    if isAligned {
                        aligned += 1
                        if abs(other.word - gap.word) > 1.5 { isRagged = true }
                        if distance < beside?.distance ?? .max { beside = (at, index, distance) }
                    }
                    if other.isWide {
                        wide += 1
                        if distance < nearest?.distance ?? .max { nearest = (at, index, distance) }
                    } else if !isAligned {
                        narrow += 1
                    }
                    last = at
                }
                at += step
            }
            if let first = steps.first { sides.append((first, steps.count > 1 ? steps[1] : first, wide > wideBefore)) }
        }
        if aligned >= 3, isRagged, let beside { return (beside.row, beside.gap) }
        guard wide >= 2, wide >= narrow, let nearest, let row = rows[place] else { return nil }
        if !gap.isWide, sides.count(where: \.hasWide) == 1, let near = rows[nearest.row] {
            // A line of text above or below a table: it stands further away than rows do, belongs to a paragraph, or is set otherwise.
            let (first, second, _) = sides.first(where: \.hasWide) ?? (0, 0, true)
            guard first <= second * 1.35, ends.allSatisfy({ $0 > first * 1.05 }), row.size < sizes.most * 1.12,
                row.size > sizes.least * 0.88, row.left > outer.left - row.size * 8, row.right < outer.right + row.size * 8,
                row.letters * 5 <= near.letters * 11, !row.crosses(near)
            else { return nil }
        }
        return (nearest.row, nearest.gap)
    }
}

/// In points: white space that runs down through several lines.
private let narrowestWhite = 1.2
