package import Core
import Foundation
package import Web

/// What people say of a job themselves. Of work that they do without the machine, that is all there is.
package struct JobEdit: Sendable, Equatable {
    package var title: String?
    /// An empty text clears it.
    package var description: String?
    package var status: String?
    package var tags: [String]?
    /// By the names of the answer; null clears.
    package var more: [String: JSON] = [:]

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

    /// Members of the answer that are there when they were given.
    package static let names = ["company_name", "job_title", "location", "job_url", "applied_date"]
    /// Members of a body that makes or changes a job of any kind.
    package static let members = ["title", "description", "status", "tags"] + names
    /// Those in which `q` looks.
    static let searched = ["company_name", "job_title", "location"]

    package init() {}

    /// - Parameter isNew: null means nothing of what is made; of what is there, it takes away.
    /// - Throws: `Failure` `missing_title`, `missing_status`, `invalid_<name>`: names the field.
    package init(_ fields: Fields, isNew: Bool) throws {
        func isSaid(_ name: String) -> Bool { isNew ? fields.has(name) : fields.value(name) != nil }
        if isSaid("title") { title = try fields.text("title", limit: Limits.title) }
        if fields.value("description") != nil {
            description = try fields.optionalText("description", limit: Limits.description) ?? ""
        }
        if isSaid("status") { status = try fields.text("status", limit: Limits.status).lowercased() }
        if let tags = fields.value("tags") { self.tags = try Self.tags(tags) }
        for name in Self.names where fields.value(name) != nil {
            let limit = name == "job_url" ? Limits.url : Limits.text
            more[name] = .optional(try fields.optionalText(name, limit: limit))
        }
        try Self.mustBeWeb(more["job_url"]?.stringValue)
        try Self.mustBeDate(more["applied_date"]?.stringValue)
    }

    /// From a form, where an empty field takes away; of what is new, role and company make up for a title.
    package init(form: Form, isTrack: Bool, isNew: Bool = false) throws {
        var members: [String: JSON] = [
            "title": .string(form["title"] ?? ""),
            "description": .string((form["description"] ?? "").replacing("\r\n", with: "\n")),
            "tags": .array((form["tags"] ?? "").split(separator: ",").map { .string(String($0)) }),
        ]
        if isTrack {
            for name in ["status"] + Self.names { members[name] = .string(form[name] ?? "") }
        }
        if form["title"] == nil {
            let parts = isTrack ? ["job_title", "company_name"].compactMap { form[$0]?.trimmed }.filter { !$0.isEmpty } : []
            if !parts.isEmpty {
                members["title"] = .string(parts.joined(separator: ", ").beginning(letters: Limits.title))
            } else if isNew {
                members["title"] = nil
            }
        }
        if isNew && form["status"] == nil { members["status"] = nil }
        try self.init(Fields(.object(members)), isNew: isNew)
    }

    /// A job of people's own.
    /// - Throws: `Failure` `missing_title`.
    package func job(for caller: Caller, at now: Moment) throws -> Job {
        guard let name else { throw Failure(.invalid, "missing_title", "title is required.") }
        var job = Job(owner: caller, kind: "track", name: name, trackStatus: "pending", at: now)
        try apply(to: &job, at: now)
        return job
    }

    /// What a form on a page is based on: these fields alone. A note, or a step of progress, is no conflict.
    package static func tag(of job: Job) -> String {
        ETag.of([
            "title": .string(job.name), "description": .optional(job.description), "status": .optional(job.trackStatus),
            "tags": .array(job.tags.map { .string($0) }),
            "more": .object(Dictionary(uniqueKeysWithValues: names.map { ($0, job.spec[$0] ?? .null) })),
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

    private static func mustBeWeb(_ text: String?) throws {
        guard let text else { return }
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F }), let parts = URLComponents(string: text),
            ["http", "https"].contains(parts.scheme?.lowercased()),
            parts.host?.isEmpty == false
        else {
            throw Failure(.invalid, "invalid_job_url", "job_url must be an address that begins with http:// or https://.")
        }
    }

    private static func mustBeDate(_ text: String?) throws {
        guard let text else { return }
        let day = text.prefix(10)
        let time = /[T ]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.,][0-9]{1,9})?)?(Z|[+\-]([01][0-9]|2[0-3]):?[0-5][0-9])?/
        guard day.wholeMatch(of: /[0-9]{4}-[0-9]{2}-[0-9]{2}/) != nil, CalendarDay(day) != nil,
            text.utf8.count == 10
                || text.dropFirst(10).wholeMatch(of: time) != nil
        else {
            throw Failure(.invalid, "invalid_applied_date", "applied_date must be a date such as 2026-11-21.")
        }
    }

    /// What a job of people's own is called when nobody gave it a title.
    package var name: String? {
        if let title { return title }
        let parts = [more["job_title"], more["company_name"]].compactMap { $0?.stringValue }
        return parts.isEmpty ? nil : parts.joined(separator: ", ").beginning(letters: Limits.title)
    }

    /// - Throws: `Failure` `status_not_settable`.
    package func apply(to job: inout Job, at now: Moment) throws {
        guard status == nil || job.trackStatus != nil else {
            throw Failure(
                .refused, "status_not_settable", "The machine sets the status of this job; only that of a tracked job can be set."
            )
        }
        let before = job
        if let title { job.name = title }
        if let description { job.description = description.isEmpty ? nil : description }
        if let status { job.trackStatus = status }
        if let tags { job.tags = tags }
        if case .object(var spec) = job.spec {
            for (name, value) in more {
                if value == .null { spec.removeValue(forKey: name) } else { spec[name] = value }
            }
            job.spec = .object(spec)
        }
        if job != before { job.updatedAt = now }
    }
}

/// A day of the Gregorian calendar that exists.
private struct CalendarDay {
    init?(_ text: Substring) {
        let numbers = text.split(separator: "-").compactMap { Int($0) }
        guard numbers.count == 3, (1...12).contains(numbers[1]), numbers[2] >= 1 else { return nil }
        let isLeap = numbers[0] % 4 == 0 && (numbers[0] % 100 != 0 || numbers[0] % 400 == 0)
        let days = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        guard numbers[2] <= days[numbers[1] - 1] else { return nil }
    }
}
