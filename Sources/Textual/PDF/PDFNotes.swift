/// Notes at the foot of a page or of a column: smaller than the text, with a mark in front, and nothing but other notes below them.
enum PDFNotes {
    /// - Returns: marks of the groups of a page that are notes, by their places; empty for one that goes on with the note above.
    static func find(_ page: PDFReader.PageText, _ body: Double) -> [Int: String] {
        var notes: [Int: String] = [:]
        guard page.groups.count <= mostGroups else { return notes }
        for (place, group) in page.groups.enumerated() where isSmall(group, body) && group.box.top > page.height * 0.3 {
            if place > 0, notes[place - 1] != nil, mark(group) == nil,
                page.groups[place - 1].box.bottom <= group.box.top + 1, group.box.top - page.groups[place - 1].box.bottom < body
            {
                notes[place] = ""
                continue
            }
            guard let mark = mark(group), isBelowRule(group, page.rules) || isLast(place, page, body) else { continue }
            notes[place] = mark
        }
        return notes
    }

    private static let mostGroups = 2000

    private static func isSmall(_ group: PDFLayout.Group, _ body: Double) -> Bool {
        group.table == nil && !group.lines.isEmpty && group.lines.allSatisfy { $0.size <= body * 0.92 }
    }

    /// A number, a letter or a sign at the beginning: `1`, `12.`, `a)`, `*`, `†`.
    private static func mark(_ group: PDFLayout.Group) -> String? {
        guard let text = group.lines.first?.text else { return nil }
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        if !digits.isEmpty {
            let next = text.dropFirst(digits.count).first
            return digits.count <= 3 && next.map { " .)".contains($0) || $0.isLetter } == true ? String(digits) : nil
        }
        let signs = text.prefix { "*†‡§¶".contains($0) }
        return signs.isEmpty || signs.count > 3 ? nil : String(signs)
    }

    /// A short line stands above it, and no other text between.
    private static func isBelowRule(_ group: PDFLayout.Group, _ rules: [Place.Box]) -> Bool {
        rules.contains {
            $0.height <= 2 && $0.width > 20 && $0.width < 250 && abs($0.left - group.box.left) < 15 && $0.top <= group.box.top + 3
                && group.box.top - $0.top < 30
        }
    }

    /// In its column nothing of the text stands below it.
    private static func isLast(_ place: Int, _ page: PDFReader.PageText, _ body: Double) -> Bool {
        let group = page.groups[place]
        guard group.box.top > page.height * 0.6 else { return false }
        return !page.groups.contains {
            $0.box.top > group.box.top && $0.box.left < group.box.right && group.box.left < $0.box.right && !isSmall($0, body)
                && $0.box.top < page.height * 0.9
        }
    }
}
