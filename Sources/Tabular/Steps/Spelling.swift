import Core

/// Finds what someone probably meant.
enum Spelling {
    /// The known word with the fewest edits, if they are few for its length.
    static func nearest(to word: String, in known: [String]) -> String? { Nearest.name(to: word, in: known) }

    /// Names for a message: the first few, and how many more there are.
    static func list(_ names: [String]) -> String {
        let shown = names.prefix(12).map { $0.count > 40 ? String($0.prefix(40)) + "…" : $0 }.joined(separator: ", ")
        return names.count > 12 ? "\(shown) and \(names.count - 12) more" : shown
    }
}
