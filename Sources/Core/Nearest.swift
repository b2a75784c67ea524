/// Finds the name that somebody probably meant.
package enum Nearest {
    /// Candidates looked at, and characters compared: the work is a product of both, and both may come from a stranger.
    private static let mostCandidates = 2000
    private static let longest = 64
    /// Shorter words are parts of too much.
    private static let shortestPart = 3

    /// - Returns: the first candidate with the smallest edit distance, if that is at most a third of the word's length (or 2);
    ///   else the shortest candidate that has the word as one of its parts.
    package static func name(to word: String, in candidates: some Sequence<String>) -> String? {
        let wanted = word.lowercased()
        let best = candidates.prefix(mostCandidates)
            .map { (name: $0, distance: distance(wanted, $0.lowercased())) }
            .min { $0.distance < $1.distance }
        guard let best, best.distance <= max(2, min(word.unicodeScalars.count, longest) / 3) else {
            return whole(of: wanted, in: candidates)
        }
        return best.name
    }

    /// The shortest candidate of which the word is a part, as `steps` is of `processing_steps`.
    private static func whole(of part: String, in candidates: some Sequence<String>) -> String? {
        guard (shortestPart...longest).contains(part.utf8.count) else { return nil }
        return candidates.prefix(mostCandidates)
            .filter { $0.lowercased().split { !$0.isLetter && !$0.isNumber }.contains { $0 == part } }
            .min { $0.utf8.count < $1.utf8.count }
    }

    /// Levenshtein distance over Unicode scalars, of the first 64.
    package static func distance(_ one: String, _ other: String) -> Int {
        let (from, to) = (Array(one.unicodeScalars.prefix(longest)), Array(other.unicodeScalars.prefix(longest)))
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
