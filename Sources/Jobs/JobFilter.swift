import Core
import GRDB
import Storage
package import Web

/// Which of a person's jobs are listed, and in which order.
package struct JobFilter: Sendable {
    package var states: [Job.State] = []
    /// Texts of people, in small letters.
    package var trackStatuses: [String] = []
    package var kind: String?
    package var tags: [String] = []
    /// Found anywhere in what people wrote, whatever the case of letters.
    package var words: String?
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

    package enum Limits {
        package static let wordsCharacters = 10_000
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
            trackStatuses.append(status)
        }
        tags = try Self.values("tag", query)
        kind = query["kind"]
        if let text = query["q"]?.trimmed, !text.isEmpty {
            guard text.fits(letters: Limits.wordsCharacters) else {
                throw Failure(.invalid, "invalid_q", "q is longer than \(Limits.wordsCharacters) characters.")
            }
            // SQL's LIKE would stop at it, and find everything.
            guard !text.unicodeScalars.contains("\0") else {
                throw Failure(.invalid, "invalid_q", "q must be text, without a NUL character.")
            }
            words = text
        }
        if let text = query["sort"] { sort = try Sort(text) }
    }

    private static func values(_ name: String, _ query: Form) throws -> [String] {
        let values = query.all(name).map { $0.trimmed.lowercased() }.filter { !$0.isEmpty }
        guard values.count <= Limits.values else {
            throw Failure(.invalid, "invalid_filter", "\(name) may be given \(Limits.values) times at most.")
        }
        return values
    }

    func applied(to request: QueryInterfaceRequest<Job>) -> QueryInterfaceRequest<Job> {
        var request = request
        if !trackStatuses.isEmpty {
            request = request.filter(
                (Column("trackStatus") == nil && states.map(\.rawValue).contains(Column("state")))
                    || trackStatuses.contains(Column("trackStatus")))
        }
        if let kind { request = request.filter(Column("kind") == kind) }
        if !tags.isEmpty {
            let marks = tags.map { _ in "?" }.joined(separator: ",")
            request = request.filter(
                sql: "EXISTS (SELECT 1 FROM json_each(job.tags) WHERE value IN (\(marks)))", arguments: StatementArguments(tags))
        }
        if let words {
            let pattern = LikePattern.containing(words)
            let texts = ["job.name", "job.description", "job.fileName"] + TrackFields.searched.map { "job.spec ->> '$.\($0)'" }
            request = request.filter(
                sql: "("
                    + texts.map { "\(DatabaseFunction.lowercase.name)(\($0)) LIKE ? ESCAPE '\\'" }.joined(separator: " OR ")
                    + ")",
                arguments: StatementArguments(texts.map { _ in pattern }))
        }
        return request
    }

    /// Equal ones stand in the order in which they were made.
    func ordered(_ request: QueryInterfaceRequest<Job>) -> QueryInterfaceRequest<Job> {
        let number = sort.isDescending ? Column("number").desc : Column("number").asc
        func by(_ expression: some SQLSpecificExpressible) -> QueryInterfaceRequest<Job> {
            request.order(sort.isDescending ? expression.desc : expression.asc, number)
        }
        return switch sort.key {
        case .created: request.order(number)
        case .updated: by(Column("updatedAt"))
        case .title: by(Column("name").collating(.unicodeCompare))
        case .status: by(SQL("coalesce(trackStatus, state)").sqlExpression)
        }
    }
}
