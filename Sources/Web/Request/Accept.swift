import Core

/// The media ranges of `Accept` and the codings of `Accept-Encoding`, with their weights (RFC 9110, section 12.4.2).
package struct Weights: Sendable {
    private let entries: [(name: String, weight: Double)]

    package enum Limits {
        /// No client has more; what follows is not read.
        static let entries = 64
    }

    /// Entries whose weight is not well formed are left out.
    package init(_ field: String) {
        entries = field.split(separator: ",").prefix(Limits.entries).compactMap { entry in
            let parts = entry.split(separator: ";").map { $0.trimmed.lowercased() }
            guard let name = parts.first, !name.isEmpty else { return nil }
            guard let text = parts.dropFirst().first(where: { $0.hasPrefix("q=") })?.dropFirst(2) else { return (name, 1) }
            guard let weight = Double(text), (0...1).contains(weight) else { return nil }
            return (name, weight)
        }
    }

    /// The weight of the first of these names that is there, the most specific one first.
    package func weight(_ names: String...) -> Double? {
        for name in names {
            if let entry = entries.first(where: { $0.name == name }) { return entry.weight }
        }
        return nil
    }
}

/// Whether a caller wants a page or JSON, where an address has both.
package struct Accept: Sendable {
    /// HTML is named, and weighs no less than JSON.
    package let namesPage: Bool
    /// JSON weighs more than HTML, or as much where HTML is covered by a wildcard only.
    package let prefersJSON: Bool

    package init(_ field: String?) {
        let weights = Weights(field ?? "*/*")
        let named = weights.weight("text/html", "application/xhtml+xml", "text/*")
        let json = weights.weight("application/json", "application/*")
        let any = weights.weight("*/*") ?? 0
        let (page, other) = (named ?? any, json ?? any)
        namesPage = (named ?? 0) > 0 && page >= other
        prefersJSON = other > page || json != nil && other == page && other > 0 && named == nil
    }
}
