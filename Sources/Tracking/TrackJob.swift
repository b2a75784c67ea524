package import Core
import Foundation
package import Jobs
import Web

/// Work that people do themselves: a job with a title, a status, tags, and what is known of a role at a company.
package enum TrackJob {
    package static let kind = JobKind(
        name: "track",
        create: { fields, caller in
            guard ["title", "company_name", "job_title"].contains(where: fields.has) else { return nil }
            return try job(try JobEdit(fields, isNew: true, details: read), for: caller, at: .now)
        },
        details: details,
        answer: .init { job in
            let id = job.id.rawValue
            var members: [String: JSON] = [
                "links": [
                    "self": .string("/api/v1/jobs/\(id)"), "events": .string("/api/v1/events?job_id=\(id)"),
                    "notes": .string("/api/v1/jobs/\(id)/notes"), "documents": .string("/api/v1/jobs/\(id)/documents"),
                ]
            ]
            for name in details.names { members[name] = job.spec[name] }
            return members
        },
        page: .init(
            about: { job in
                let role = ["job_title", "company_name"].compactMap { job.spec[$0]?.stringValue }.joined(separator: ", ")
                return role.isEmpty ? "Tracked" : role
            },
            background: { job in
                background.compactMap { label, name in
                    guard let value = job.spec[name]?.stringValue else { return nil }
                    return .init(label: label, text: value, href: name == "job_url" ? value : nil)
                }
            }))

    package static let details = JobDetails(
        names: ["company_name", "job_title", "location", "job_url", "applied_date"],
        shapes: [
            "company_name": label, "job_title": label, "location": label, "job_url": .string.orNull.optional,
            "applied_date": label,
        ],
        labels: [
            ("company_name", "Company"), ("job_title", "Role"), ("location", "Place"), ("job_url", "Posting"),
            ("applied_date", "Applied"),
        ], spoken: ["job_url": "Link to the posting", "applied_date": "The date"],
        statuses: ["pending", "applied", "interviewing", "offer", "rejected", "done"], template: "tracking/fields", title: title,
        read: read)

    private static let label = Schema.string(most: JobEdit.Limits.text).orNull.optional

    private static let background = [
        ("Role", "job_title"), ("Company", "company_name"), ("Place", "location"), ("Posting", "job_url"),
        ("Applied", "applied_date"),
    ]

    /// - Throws: `Failure` `missing_title`.
    package static func job(_ said: JobEdit, for caller: Caller, at now: Moment) throws -> Job {
        guard let name = said.title ?? title(said.details) else {
            throw Failure(.invalid, "missing_title", "title is required.")
        }
        var job = Job(owner: caller, kind: kind.name, name: name, statusText: "pending", at: now)
        try said.apply(to: &job, at: now)
        return job
    }

    /// Role and company make up for a title.
    @Sendable private static func title(_ said: [String: JSON]) -> String? {
        let parts = ["job_title", "company_name"].compactMap { said[$0]?.stringValue?.trimmed }.filter { !$0.isEmpty }
        return parts.isEmpty ? nil : parts.joined(separator: ", ").beginning(letters: JobEdit.Limits.title)
    }

    /// - Throws: `Failure` `invalid_<name>`.
    @Sendable private static func read(_ fields: Fields) throws -> [String: JSON] {
        var said: [String: JSON] = [:]
        for name in details.names where fields.value(name) != nil {
            let limit = name == "job_url" ? JobEdit.Limits.url : JobEdit.Limits.text
            said[name] = .optional(try fields.optionalText(name, limit: limit))
        }
        try mustBeWeb(said["job_url"]?.stringValue)
        try mustBeDate(said["applied_date"]?.stringValue)
        return said
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
        let time = /[T ]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.,][0-9]{1,9})?)?(Z|[+\-]([01][0-9]|2[0-3]):?[0-5][0-9])?/
        guard isDay(text.prefix(10)), text.utf8.count == 10 || text.dropFirst(10).wholeMatch(of: time) != nil else {
            throw Failure(.invalid, "invalid_applied_date", "applied_date must be a date such as 2026-11-21.")
        }
    }

    /// A day of the calendar that exists, as ISO 8601 writes it.
    private static func isDay(_ text: Substring) -> Bool {
        guard let day = text.wholeMatch(of: /([0-9]{4})-([0-9]{2})-([0-9]{2})/)?.output, let year = Int(day.1),
            let month = Int(day.2), let number = Int(day.3)
        else { return false }
        return CalendarDay.days(year: year, month: month, day: number) != nil
    }
}
