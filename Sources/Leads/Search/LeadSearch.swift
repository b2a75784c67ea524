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
    /// Names in small letters.
    let tech: [String]
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
        tech = (row["tech"] as String).split(separator: " ").map(String.init)
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
            "company_domain": .string(domain), "industry": .optional(industry), "company_size": .optional(size),
            "tech": .array(tech.map { .string($0) }),
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
        /// Whether no lead has the words, and these have others that are nearly the same.
        var isApproximate = false
    }

    package func search(_ filter: LeadFilter, in tenant: String) async throws -> Found {
        guard !filter.isHopeless else { return Found(leads: [], next: nil, facets: filter.facets.map { ($0, []) }) }
        var index = try await indexes.index(for: tenant)
        for _ in 0..<Limits.tries {
            let current = index
            let found = try await storage.search { db in
                // The index and the rows belong to one snapshot.
                guard let index = try current.index(at: db) else { return nil as Found? }
                let only = try filter.run.map {
                    try Int64.fetchAll(db, sql: "SELECT lead FROM runLead WHERE job = ? ORDER BY lead", arguments: [$0])
                }
                return try Self.found(index.search(filter.query(only: only)), filter, tenant, db)
            }
            if let found { return found }
            index = try await indexes.bringForward(tenant)
        }
        throw Failure(
            .outage, "took_too_long",
            "The search could not keep up with the leads that change at the moment; try again in a few seconds.",
            retryAfterSeconds: Limits.retrySeconds)
    }

    private enum Limits {
        /// Searches that find the index behind or ahead of their snapshot.
        static let tries = 20
        static let facetValues = 200
        static let retrySeconds = 5
    }

    private static func found(
        _ result: LeadIndex.Result, _ filter: LeadFilter, _ tenant: String, _ db: Database
    ) throws -> Found {
        let shown = result.leads.prefix(filter.limit)
        let rows = try Row.fetchAll(
            // The plus keeps SQLite from walking through an index of all leads of the tenant.
            try db.cachedStatement(sql: "SELECT * FROM lead WHERE +tenant = ? AND id IN (SELECT value FROM json_each(?))"),
            arguments: [tenant, JSON.array(shown.map { .int($0.id) }).text]
        ).map(Lead.init(row:))
        let byID = Dictionary(rows.map { ($0.id, $0) }, uniquingKeysWith: { $1 })
        let last = result.leads.count > filter.limit ? shown.last : nil
        let facets = zip(filter.facets, result.counts).map { facet, counts in
            let sorted = counts.map { (value: $0.key, count: $0.value) }.sorted { ($1.count, $0.value) < ($0.count, $1.value) }
            return (facet, Array(sorted.prefix(Limits.facetValues)))
        }
        return Found(
            leads: shown.compactMap { byID[$0.id] },
            next: last.map { LeadFilter.Cursor.text(filter.sort, key: $0.key, id: $0.id) }, facets: facets,
            isApproximate: result.isApproximate)
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
                db, sql: "SELECT * FROM lead WHERE +tenant = ? AND id IN (SELECT value FROM json_each(?))",
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
                    SELECT lead.* FROM lead WHERE +lead.tenant = ? AND lead.id IN (SELECT lead FROM runLead WHERE job = ?)
                    ORDER BY lead.score DESC NULLS LAST, lead.verifiedAt DESC NULLS LAST, lead.id LIMIT ? OFFSET ?
                    """, arguments: [tenant, run, page.limit, page.skip]
            ).map(Lead.init(row:))
        }
    }
}
