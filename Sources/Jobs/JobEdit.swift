package import Core
package import Web

/// What people say of a job themselves. Of work that they do without the machine, that is all there is.
package struct JobEdit: Sendable, Equatable {
    package var title: String?
    /// An empty text clears it.
    package var description: String?
    package var status: String?
    package var tags: [String]?
    /// What only some kinds have, by the names of the answer; null clears.
    package var details: [String: JSON] = [:]

    package enum Limits {
        /// Letters; `TextLimits` tells how many bytes that makes.
        package static let title = 255
        package static let description = 10_000
        package static let status = 50
        package static let text = 255
        package static let url = 2048
        package static let tag = 64
        package static let tags = 50
    }

    /// Members of a body that makes or changes a job of any kind.
    package static let members = ["title", "description", "status", "tags"]

    package init() {}

    /// - Parameters:
    ///   - details: reads what only some kinds have.
    ///   - isNew: null means nothing of what is made; of what is there, it takes away.
    /// - Throws: `Failure` `missing_title`, `missing_status`, `invalid_<name>`: names the field.
    package init(_ fields: Fields, isNew: Bool, details: (Fields) throws -> [String: JSON] = { _ in [:] }) throws {
        func isSaid(_ name: String) -> Bool { isNew ? fields.has(name) : fields.value(name) != nil }
        if isSaid("title") { title = try fields.text("title", limit: Limits.title) }
        if fields.value("description") != nil {
            description = try fields.optionalText("description", limit: Limits.description) ?? ""
        }
        if isSaid("status") { status = try fields.text("status", limit: Limits.status).lowercased() }
        if let tags = fields.value("tags") { self.tags = try Self.tags(tags) }
        self.details = try details(fields)
    }

    /// From a form, where an empty field takes away. What is new, and has no title, may get one from its details.
    /// - Parameter details: of a job whose status people set.
    package init(form: Form, _ details: JobDetails?, isNew: Bool = false) throws {
        var members: [String: JSON] = [
            "title": .string(form["title"] ?? ""),
            "description": .string((form["description"] ?? "").replacing("\r\n", with: "\n")),
            "tags": .array((form["tags"] ?? "").split(separator: ",").map { .string(String($0)) }),
        ]
        for name in details.map({ ["status"] + $0.names }) ?? [] { members[name] = .string(form[name] ?? "") }
        if form["title"] == nil {
            if let title = details?.title(members.compactMapValues { $0.stringValue?.trimmed.isEmpty == false ? $0 : nil }) {
                members["title"] = .string(title.beginning(letters: Limits.title))
            } else if isNew {
                members["title"] = nil
            }
        }
        if isNew && form["status"] == nil { members["status"] = nil }
        try self.init(Fields(.object(members)), isNew: isNew, details: { try details?.read($0) ?? [:] })
    }

    /// What a form on a page is based on: these fields alone. A note, or a step of progress, is no conflict.
    package static func tag(of job: Job, _ details: JobDetails?) -> String {
        ETag.of([
            "title": .string(job.name), "description": .optional(job.description), "status": .optional(job.statusText),
            "tags": .array(job.tags.map { .string($0) }),
            "more": .object(Dictionary(uniqueKeysWithValues: (details?.names ?? []).map { ($0, job.spec[$0] ?? .null) })),
        ])
    }

    /// What a job of every kind may be given when it is made: title, description, tags.
    package static func labels(_ fields: Fields) throws -> JobEdit {
        var members: [String: JSON] = [:]
        for name in ["title", "description", "tags"] { members[name] = fields.value(name) }
        return try JobEdit(Fields(.object(members)), isNew: true)
    }

    /// Trimmed, in small letters, each once.
    /// - Throws: `Failure` `invalid_tags`.
    private static func tags(_ json: JSON) throws -> [String] {
        guard json != .null else { return [] }
        guard let values = json.arrayValue else { throw Failure(.invalid, "invalid_tags", "tags must be a list of texts.") }
        var tags: [String] = []
        for value in values {
            guard let text = value.stringValue?.trimmed else {
                throw Failure(.invalid, "invalid_tags", "tags must be a list of texts.")
            }
            // Small letters may have more bytes than large ones.
            let tag = text.fits(letters: Limits.tag) ? text.lowercased() : text
            guard tag.fits(letters: Limits.tag),
                !tag.unicodeScalars.contains(where: { $0.properties.generalCategory == .control })
            else {
                throw Failure(
                    .invalid, "invalid_tags",
                    "tags: a tag has at most \(Limits.tag) characters, none of them a control character.")
            }
            if !tag.isEmpty && !tags.contains(tag) { tags.append(tag) }
            guard tags.count <= Limits.tags else {
                throw Failure(.invalid, "invalid_tags", "tags may hold \(Limits.tags) at most.")
            }
        }
        return tags
    }

    /// - Throws: `Failure` `status_not_settable`.
    package func apply(to job: inout Job, at now: Moment) throws {
        guard status == nil || job.statusText != nil else {
            throw Failure(
                .refused, "status_not_settable", "The machine sets the status of this job; only that of a tracked job can be set."
            )
        }
        let before = job
        if let title { job.name = title }
        if let description { job.description = description.isEmpty ? nil : description }
        if let status { job.statusText = status }
        if let tags { job.tags = tags }
        if case .object(var spec) = job.spec {
            for (name, value) in details {
                if value == .null { spec.removeValue(forKey: name) } else { spec[name] = value }
            }
            job.spec = .object(spec)
        }
        if job != before { job.updatedAt = now }
    }
}
