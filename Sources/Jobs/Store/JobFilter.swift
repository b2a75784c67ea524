import Core
package import Web

/// Which of a person's jobs are listed, and in which order.
package struct JobFilter: Sendable {
    package var states: [Job.State] = []
    /// Texts of people, in small letters.
    package var statusTexts: [String] = []
    package var kind: String?
    package var tags: [String] = []
    /// Found anywhere in what people wrote, whatever the case of letters.
    package var words: String?
    /// Only jobs that the machine has not ended.
    package var isActiveOnly = false
    package var sort = Sort.standard

    package struct Sort: Sendable, Equatable {
        package enum Key: String, Sendable, CaseIterable { case created, updated, title, status }

        package let key: Key
        package let isDescending: Bool

        package static let standard = Sort(key: .created, isDescending: true)

        package var name: String { "\(key.rawValue)_\(isDescending ? "desc" : "asc")" }

        package init(key: Key, isDescending: Bool) {
            self.key = key
            self.isDescending = isDescending
        }

        /// `created`, `created_at`, `-created`, `created_desc`, `created_at_asc`: as people of other services write it.
        /// - Throws: `Failure` `invalid_sort`.
        package init(_ text: String) throws {
            var word = Substring(text.lowercased())
            var isDescending = word.hasPrefix("-")
            if isDescending { word = word.dropFirst() }
            for (ending, isDown) in [("_desc", true), ("_asc", false)] where word.hasSuffix(ending) {
                word = word.dropLast(ending.count)
                isDescending = isDown
            }
            if word.hasSuffix("_at") { word = word.dropLast("_at".count) }
            guard let key = Key(rawValue: String(word == "name" ? "title" : word)) else {
                throw Failure(
                    .invalid, "invalid_sort",
                    "sort must be \(Key.allCases.map(\.rawValue).joined(separator: ", ")), each with _asc or _desc.")
            }
            self.init(key: key, isDescending: isDescending)
        }
    }

    /// What a person sees who asks for nothing; a link says only what differs.
    package var usual = Usual()

    package struct Usual: Sendable, Equatable {
        package var sort = Sort.standard
        package var isActiveOnly = false

        package init() {}

        /// From a person's settings; a word that is none of ours counts as unsaid.
        package init(sort: String, view: String) {
            self.sort = (try? Sort(sort)) ?? .standard
            isActiveOnly = view == "active"
        }
    }

    /// Whether everything is listed, in whatever order.
    private var isBare: Bool { words == nil && statusTexts.isEmpty && tags.isEmpty && kind == nil }

    /// The word that a link to this list has to say of the view; nil where it goes without saying.
    var viewName: String? {
        if isActiveOnly { return isBare && usual.isActiveOnly ? nil : "active" }
        return isBare && usual.isActiveOnly ? "all" : nil
    }

    package enum Limits {
        /// UTF-8. Longer than any name that is searched for, and short enough to compare with long texts.
        package static let wordsBytes = 1_024
        /// Values of one repeatable parameter.
        package static let values = 50
    }

    package init() {}

    /// `q`, `status` and `tag` (repeatable), `kind`, `sort`.
    /// - Throws: `Failure` `invalid_sort`, `invalid_q`, `invalid_filter`.
    package init(_ query: Form) throws {
        for status in try Self.values("status", query) {
            let name = status == "cancellation_requested" ? "cancelling" : status
            if let state = Job.State(rawValue: name) { states.append(state) }
            statusTexts.append(status)
        }
        tags = try Self.values("tag", query)
        kind = query["kind"]
        if let text = query["q"]?.trimmed, !text.isEmpty {
            guard text.utf8.count <= Limits.wordsBytes else {
                throw Failure(.invalid, "invalid_q", "q is longer than \(Limits.wordsBytes) bytes.")
            }
            guard !text.unicodeScalars.contains("\0") else {
                throw Failure(.invalid, "invalid_q", "q must be text, without a NUL character.")
            }
            words = text
        }
        if let text = query["sort"] { sort = try Sort(text) }
    }

    /// For pages: `view` besides, and what the person set where nothing is said.
    /// - Throws: as the other, and `Failure` `invalid_view`.
    package init(_ query: Form, usual: Usual) throws {
        try self.init(query)
        self.usual = usual
        if query["sort"] == nil { sort = usual.sort }
        switch query["view"] {
        case nil: isActiveOnly = isBare && usual.isActiveOnly
        case "active": isActiveOnly = true
        case "all": isActiveOnly = false
        default: throw Failure(.invalid, "invalid_view", "view must be all or active.")
        }
    }

    private static func values(_ name: String, _ query: Form) throws -> [String] {
        let values = query.all(name).map { $0.trimmed.lowercased() }.filter { !$0.isEmpty }
        guard values.count <= Limits.values else {
            throw Failure(.invalid, "invalid_filter", "\(name) may be given \(Limits.values) times at most.")
        }
        return values
    }
}
