package import Core
import Discovery
import Foundation
import GRDB
import Storage

/// A lead as lists show it.
package struct Lead: Sendable {
    let id: Int64
    let email: String?
    let firstName: String?
    let lastName: String?
    let fullName: String
    let title: String?
    let roleFamily: String?
    let seniority: String?
    let company: Int64
    let companyName: String?
    let domain: String
    let industry: String?
    let size: String?
    let source: String
    let sourceURL: String?
    let score: Int64?
    let reasons: JSON
    let status: String?
    let reason: String?
    let verifiedAt: Moment?
    let isPrimary: Bool
    let evidence: JSON
    let notes: String?
    let createdAt: Moment

    init(row: Row) {
        (id, email, firstName, lastName) = (row["id"], row["email"], row["firstName"], row["lastName"])
        (fullName, title, roleFamily, seniority) = (row["fullName"], row["title"], row["roleFamily"], row["seniority"])
        (company, companyName, domain) = (row["company"], row["companyName"], row["domain"])
        (industry, size, source, sourceURL) = (row["industry"], row["size"], row["source"], row["sourceURL"])
        (score, status, reason, verifiedAt) = (row["score"], row["status"], row["reason"], row["verifiedAt"])
        reasons = (try? JSON(stored: row["reasons"])) ?? []
        (isPrimary, notes, createdAt) = (row["isPrimary"], row["notes"], row["createdAt"])
        evidence = (try? JSON(stored: row["evidence"])) ?? []
    }

    /// What is said of the address: how it was tested, and whether it is the person's first.
    var verifyLabel: String {
        let place = isPrimary ? "_primary" : "_alternate"
        return switch status {
        case "valid": "valid_native\(place)"
        case "risky_catch_all": "risky_catch_all"
        case "invalid": "invalid"
        case "unknown_timeout": "unknown_timeout"
        default: "unknown"
        }
    }

    /// A moment in whole seconds, as the leads document writes it.
    static func time(_ moment: Moment?) -> JSON {
        guard let moment else { return .null }
        let text = moment.description
        return .string(String(text.prefix(19)) + "Z")
    }

    package var json: JSON {
        [
            "id": .int(id), "email": .optional(email), "first_name": .optional(firstName), "last_name": .optional(lastName),
            "full_name": .string(fullName), "title": .optional(title), "role_family": .optional(roleFamily),
            "seniority": .optional(seniority),
            "company": .string(companyName ?? domain), "company_name": .string(companyName ?? domain),
            "company_id": .int(company),
            "company_domain": .string(domain), "industry": .optional(industry), "company_size": .optional(size), "tech": [],
            "icp_score": .optional(score), "icp_reasons": reasons, "verify_status": .optional(status),
            "verify_reason": .optional(reason),
            "verified_at": Self.time(verifiedAt), "source": .string(source), "source_url": .optional(sourceURL),
            "verify_label": .string(verifyLabel), "is_primary_for_person": .bool(isPrimary),
        ]
    }
}

/// Search over the leads of a tenant.
extension LeadStore {
    package struct Found: Sendable {
        let leads: [Lead]
        /// nil on the last page.
        let next: String?
        /// Counts by value, most first; nil where none were asked for, or on later pages.
        let facets: [(LeadFilter.Facet, [(value: String, count: Int64)])]
    }

    package func search(_ filter: LeadFilter, in tenant: String) async throws -> Found {
        guard !filter.isHopeless else { return Found(leads: [], next: nil, facets: filter.facets.map { ($0, []) }) }
        return try await storage.search { db in
            var condition = Self.condition(filter, tenant, without: nil)
            let (column, isDown) = (filter.sort.column, filter.sort.isDescending)
            if let cursor = filter.cursor {
                condition = condition.and(
                    "(\(column) \(isDown ? "<" : ">") ? OR (\(column) = ? AND lead.id > ?))", [cursor.key, cursor.key, cursor.id])
            }
            let rows = try Row.fetchAll(
                db,
                sql: """
                    SELECT lead.*, \(column) AS sortKey FROM lead WHERE \(condition.sql)
                    ORDER BY \(column) \(isDown ? "DESC" : "ASC"), lead.id LIMIT \(filter.limit + 1)
                    """, arguments: condition.arguments)
            let shown = rows.prefix(filter.limit)
            let last = rows.count > filter.limit ? shown.last : nil
            let next = last.map { LeadFilter.Cursor.text(filter.sort, key: $0["sortKey"], id: $0["id"]) }
            // A page that goes on says nothing new of the whole.
            let facets = try filter.cursor == nil ? filter.facets.map { ($0, try Self.counts($0, filter, tenant, db)) } : []
            return Found(leads: shown.map(Lead.init(row:)), next: next, facets: facets)
        }
    }

    /// How many would be found with each value of a facet, whatever is chosen of that facet itself.
    private static func counts(
        _ facet: LeadFilter.Facet, _ filter: LeadFilter, _ tenant: String, _ db: Database
    ) throws -> [(value: String, count: Int64)] {
        let condition = condition(filter, tenant, without: facet)
        return try Row.fetchAll(
            db,
            sql: """
                SELECT \(facet.sql) AS value, count(*) AS count FROM lead WHERE \(condition.sql)
                GROUP BY 1 HAVING value IS NOT NULL ORDER BY count DESC, value LIMIT 200
                """, arguments: condition.arguments
        ).map { ($0["value"], $0["count"]) }
    }

    private struct Condition {
        var sql: String
        var arguments: StatementArguments

        func and(_ more: String, _ values: [any DatabaseValueConvertible]) -> Condition {
            Condition(sql: "\(sql) AND \(more)", arguments: arguments + StatementArguments(values))
        }
    }

    private static func condition(_ filter: LeadFilter, _ tenant: String, without facet: LeadFilter.Facet?) -> Condition {
        var condition = Condition(sql: "lead.tenant = ?", arguments: [tenant])
        if let match = filter.match {
            condition = condition.and("lead.id IN (SELECT rowid FROM leadSearch WHERE leadSearch MATCH ?)", [match])
        }
        for (other, values) in filter.values.sorted(by: { $0.key.rawValue < $1.key.rawValue }) where other != facet {
            condition = condition.and(
                "\(other.sql) IN (SELECT value FROM json_each(?))", [JSON.array(values.map { .string($0) }).text])
        }
        if let least = filter.scoreAtLeast { condition = condition.and("lead.score >= ?", [least]) }
        for word in filter.tech { condition = condition.and("instr(lower(lead.tech), lower(?)) > 0", [word]) }
        if let days = filter.recencyDays {
            condition = condition.and("lead.verifiedAt >= ?", [Moment.now.adding(seconds: -Double(days) * 86_400)])
        }
        if let run = filter.run { condition = condition.and("lead.id IN (SELECT lead FROM runLead WHERE job = ?)", [run]) }
        return condition
    }

    /// - Throws: `Failure` `lead_not_found`.
    package func find(_ id: String, in tenant: String) async throws -> Lead {
        let found = try await storage.read { db in
            try Int64(id).flatMap {
                try Row.fetchOne(db, sql: "SELECT * FROM lead WHERE id = ? AND tenant = ?", arguments: [$0, tenant])
            }
            .map(Lead.init(row:))
        }
        guard let found else { throw Failure(.missing, "lead_not_found", "There is no such lead.") }
        return found
    }

    // MARK: What grows old

    /// A check says nothing any more after 90 days. A little at a time: others wait for the writer meanwhile.
    /// - Returns: how many there were.
    func forgetOldVerdicts(most: Int) async throws -> Int {
        let before = Moment.now.adding(seconds: -Double(Verification.Limits.lifeDays) * 86_400)
        let old = try await storage.read { db in
            try Int64.fetchAll(
                db, sql: "SELECT id FROM lead WHERE verifiedAt < ? AND reason IS NOT ? LIMIT ?",
                arguments: [before, Self.stale.reason, most])
        }
        guard !old.isEmpty else { return 0 }
        try await storage.write { db in
            try db.execute(
                sql: "UPDATE lead SET status = ?, reason = ? WHERE id IN (SELECT value FROM json_each(?))",
                arguments: [Self.stale.status.rawValue, Self.stale.reason, JSON.array(old.map { .int($0) }).text])
        }
        return old.count
    }

    private static let stale = Verification.verdict(.none, catchAll: nil, ageDays: .infinity)

    // MARK: Of a run

    /// All that a run found, in the order of `results`: an export reads the rows a little at a time.
    func ids(of run: String, most: Int, in tenant: String) async throws -> [Int64] {
        try await storage.search { db in
            try Int64.fetchAll(
                db,
                sql: """
                    SELECT lead.id FROM lead JOIN runLead ON runLead.lead = lead.id WHERE runLead.job = ? AND lead.tenant = ?
                    ORDER BY lead.score DESC NULLS LAST, lead.verifiedAt DESC NULLS LAST, lead.id LIMIT ?
                    """, arguments: [run, tenant, most])
        }
    }

    func leads(_ ids: [Int64], in tenant: String) async throws -> [Lead] {
        let rows = try await storage.read { db in
            try Row.fetchAll(
                db, sql: "SELECT * FROM lead WHERE tenant = ? AND id IN (SELECT value FROM json_each(?))",
                arguments: [tenant, JSON.array(ids.map { .int($0) }).text]
            ).map(Lead.init(row:))
        }
        let byID = Dictionary(rows.map { ($0.id, $0) }, uniquingKeysWith: { $1 })
        return ids.compactMap { byID[$0] }
    }

    /// In the order of their fit, those that were verified last first.
    package func results(of run: String, _ page: Page, in tenant: String) async throws -> [Lead] {
        try await storage.search { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT lead.* FROM lead WHERE lead.tenant = ? AND lead.id IN (SELECT lead FROM runLead WHERE job = ?)
                    ORDER BY lead.score DESC NULLS LAST, lead.verifiedAt DESC NULLS LAST, lead.id LIMIT ? OFFSET ?
                    """, arguments: [tenant, run, page.limit, page.skip]
            ).map(Lead.init(row:))
        }
    }
}
