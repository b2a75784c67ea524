/// Finds the name that somebody probably meant.
package enum Nearest {
    /// - Returns: the candidate with the smallest edit distance, if it is at most a third of the word's length (and at least 2).
    package static func name(to word: String, in candidates: some Sequence<String>) -> String? {
        let best =
            candidates
            .map { (name: $0, distance: distance(word.lowercased(), $0.lowercased())) }
            .min { ($0.distance, $0.name) < ($1.distance, $1.name) }
        guard let best, best.distance <= max(2, word.count / 3) else { return nil }
        return best.name
    }

    /// Levenshtein distance over characters.
    package static func distance(_ one: String, _ other: String) -> Int {
        let (from, to) = (Array(one), Array(other))
        var row = Array(0...to.count)
        for (i, left) in from.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, right) in to.enumerated() {
                let substituted = diagonal + (left == right ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = min(substituted, row[j] + 1, row[j + 1] + 1)
            }
        }
        return row[to.count]
    }
}
