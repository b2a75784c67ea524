/// Finds what someone probably meant.
enum Spelling {
    /// The known word with the fewest edits, if they are few for its length.
    static func nearest(to word: String, in known: [String]) -> String? {
        let lowered = Array(word.lowercased().unicodeScalars.prefix(longest))
        let best = known.prefix(mostCandidates)
            .map { (word: $0, edits: edits(lowered, Array($0.lowercased().unicodeScalars.prefix(longest)))) }
            .min { $0.edits < $1.edits }
        guard let best, best.edits <= max(2, lowered.count / 3) else { return nil }
        return best.word
    }

    /// Names for a message: the first few, and how many more there are.
    static func list(_ names: [String]) -> String {
        let shown = names.prefix(12).map { $0.count > 40 ? String($0.prefix(40)) + "…" : $0 }.joined(separator: ", ")
        return names.count > 12 ? "\(shown) and \(names.count - 12) more" : shown
    }

    /// Scalars compared, and words compared with: the work is a product of both.
    private static let longest = 64
    private static let mostCandidates = 2000

    private static func edits(_ a: [Unicode.Scalar], _ b: [Unicode.Scalar]) -> Int {
        var row = Array(0...b.count)
        for (i, x) in a.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, y) in b.enumerated() {
                let substituted = diagonal + (x == y ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = min(substituted, row[j] + 1, row[j + 1] + 1)
            }
        }
        return row[b.count]
    }
}
