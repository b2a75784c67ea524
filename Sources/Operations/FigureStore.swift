import Core
import GRDB
package import Storage

/// What an administrator sees, counted in the database: queues, runs, verification, companies, people. All figures of one answer are of one
/// moment, and of the administrator's tenant; those for Prometheus are of the whole server.
package struct FigureStore: Sendable {
    private let storage: Storage

    package init(_ storage: Storage) {
        self.storage = storage
    }

    private enum Limits {
        static let users = 15
        static let runs = 10
        static let mostDays = 3660
        static let mostRows = 1000
    }

    private static let statuses = ["valid", "risky_catch_all", "invalid", "unknown_timeout"]

    // MARK: Metrics

    func metrics(of tenant: String) async throws -> [String: JSON] {
        try await storage.search { db in
            [
                "queues": .array(try Self.queues(tenant, db)), "verification": try Self.verification(tenant, db),
                "costs": .object(try Self.costs(tenant, db)), "company_health": try Self.companies(tenant, db),
                "run_status": .object(try Self.runStatus(tenant, user: nil, db)),
                "user_stats": .array(try Self.users(tenant, db)),
                "recent_runs": .array(try Self.recentRuns(tenant, db)),
            ]
        }
    }

    /// A queue for each kind of work.
    private static func queues(_ tenant: String, _ db: Database) throws -> [JSON] {
        let rows = try Row.fetchAll(
            db, sql: "SELECT kind, state, count(*) AS n FROM job WHERE tenant = ? AND trackStatus IS NULL GROUP BY kind, state",
            arguments: [tenant])
        var counts: [String: [String: Int64]] = [:]
        for row in rows { counts[row["kind"], default: [:]][row["state"]] = row["n"] }
        return ["discover", "extract", "transform"].map { kind in
            let states = counts[kind] ?? [:]
            return [
                "name": .string(kind), "queued": .int(states["queued"] ?? 0),
                "started": .int((states["running"] ?? 0) + (states["cancelling"] ?? 0)), "failed": .int(states["failed"] ?? 0),
                "finished": .int((states["completed"] ?? 0) + (states["partial"] ?? 0)),
            ]
        }
    }

    private static func rate(_ valid: Int64, _ invalid: Int64, _ risky: Int64) -> JSON {
        let judged = valid + invalid + risky
        return judged == 0 ? .null : .double((Double(valid) / Double(judged) * 10_000).rounded() / 10_000)
    }

    private static func verification(_ tenant: String, _ db: Database) throws -> JSON {
        let rows = try Row.fetchAll(
            db, sql: "SELECT status, count(*) AS n FROM lead WHERE tenant = ? AND status IS NOT NULL GROUP BY status",
            arguments: [tenant])
        var byStatus = Dictionary(uniqueKeysWithValues: statuses.map { ($0, Int64(0)) })
        for row in rows { byStatus[row["status"]] = row["n"] }
        let total =
            try Int64.fetchOne(db, sql: "SELECT count(*) FROM lead WHERE tenant = ? AND email IS NOT NULL", arguments: [tenant])
            ?? 0
        return [
            "total_emails": .int(total), "by_status": .object(byStatus.mapValues { .int($0) }),
            "valid_rate": rate(byStatus["valid"] ?? 0, byStatus["invalid"] ?? 0, byStatus["risky_catch_all"] ?? 0),
        ]
    }

    /// - Parameter tenant: nil: of all.
    private static func costs(_ tenant: String?, _ db: Database) throws -> [String: JSON] {
        var costs: [String: JSON] = ["smtp_probes": 0, "catchall_checks": 0, "domains_resolved": 0, "pages_crawled": 0]
        for row in try Row.fetchAll(
            db, sql: "SELECT name, sum(count) AS n FROM tenantCost WHERE ? IS NULL OR tenant = ? GROUP BY name",
            arguments: [tenant, tenant])
        {
            costs[row["name"]] = .int(row["n"])
        }
        return costs
    }

    private static func companies(_ tenant: String, _ db: Database) throws -> JSON {
        let row = try Row.fetchOne(
            db,
            sql: """
                SELECT count(*) AS total, count(*) FILTER (WHERE pages > 0) AS pages,
                    count(*) FILTER (WHERE EXISTS (SELECT 1 FROM lead WHERE lead.company = company.id)) AS candidates,
                    (SELECT count(DISTINCT company) FROM lead WHERE lead.tenant = ? AND status = 'valid') AS valid,
                    count(*) FILTER (WHERE outcome = 'blocked') AS blocked, count(*) FILTER (WHERE outcome = 'robots_denied') AS robots,
                    count(*) FILTER (WHERE hasMail = 0) AS noMail, count(*) FILTER (WHERE catchAll = 'catch_all') AS catchAll
                FROM company WHERE tenant = ?
                """, arguments: [tenant, tenant])
        func count(_ name: String) -> JSON { .int(row?[name] ?? 0) }
        return [
            "total_companies": count("total"), "companies_with_pages": count("pages"),
            "companies_with_candidates": count("candidates"),
            "companies_with_valid_email": count("valid"), "companies_403_blocked": count("blocked"),
            "companies_robots_blocked": count("robots"), "companies_no_mx": count("noMail"),
            "companies_catch_all": count("catchAll"),
        ]
    }

    private static func runStatus(_ tenant: String, user: String?, _ db: Database) throws -> [String: JSON] {
        let rows = try Row.fetchAll(
            db,
            sql:
                "SELECT state, count(*) AS n FROM job WHERE tenant = ? AND kind = 'discover' AND (? IS NULL OR user = ?) GROUP BY state",
            arguments: [tenant, user, user])
        var counts: [String: Int64] = [:]
        for row in rows { counts[status(row["state"]), default: 0] += row["n"] as Int64 }
        var members = Dictionary(
            uniqueKeysWithValues: ["queued", "running", "succeeded", "failed", "cancelled"].map {
                ($0, JSON.int(counts[$0] ?? 0))
            })
        members["total"] = .int(counts.values.reduce(0, +))
        return members
    }

    private static func status(_ state: String) -> String {
        switch state {
        case "pending", "queued": "queued"
        case "running", "cancelling": "running"
        case "completed", "partial": "succeeded"
        default: state
        }
    }

    private static func users(_ tenant: String, _ db: Database) throws -> [JSON] {
        try Row.fetchAll(
            db,
            sql: """
                SELECT user.id, user.email, count(job.id) AS total, max(job.createdAt) AS last FROM user
                JOIN job ON job.user = user.id AND job.kind = 'discover' WHERE user.tenant = ?
                GROUP BY user.id ORDER BY total DESC, user.email LIMIT \(Limits.users)
                """, arguments: [tenant]
        ).map { row in
            let id: String = row["id"]
            let states = try runStatus(tenant, user: id, db)
            var members: [String: JSON] = [
                "user_id": .string(id), "user_email": .string(row["email"]), "runs_total": .int(row["total"]),
                "last_run_at": .optional(row["last"] as Moment?),
            ]
            for (state, count) in states where state != "total" { members["runs_\(state)"] = count }
            return .object(members)
        }
    }

    private static func recentRuns(_ tenant: String, _ db: Database) throws -> [JSON] {
        try Row.fetchAll(
            db,
            sql: """
                SELECT job.id, job.state, job.name, job.spec ->> '$.label' AS label, json_array_length(job.spec, '$.domains') AS domains, job.createdAt, job.startedAt,
                    job.finishedAt, job.errorMessage, user.email
                FROM job LEFT JOIN user ON user.id = job.user WHERE job.tenant = ? AND job.kind = 'discover'
                ORDER BY job.number DESC LIMIT \(Limits.runs)
                """, arguments: [tenant]
        ).map { row in
            [
                "id": .string(row["id"]), "status": .string(status(row["state"])), "label": .optional(row["label"] as String?),
                "name": .string(row["name"]),
                "user_email": .optional(row["email"] as String?), "domain_count": .int(row["domains"] ?? 0),
                "created_at": .optional(row["createdAt"] as Moment?), "started_at": .optional(row["startedAt"] as Moment?),
                "finished_at": .optional(row["finishedAt"] as Moment?), "error": .optional(row["errorMessage"] as String?),
            ]
        }
    }

    // MARK: Analytics

    /// - Parameters: what is not above 0 counts as unsaid.
    func analytics(of tenant: String, days: Int, domains: Int, errors: Int) async throws -> JSON {
        let days = min(days, Limits.mostDays)
        return try await storage.search { db in
            let since = Moment.now.adding(seconds: -Double(days) * 86_400)
            let series = try Row.fetchAll(
                db,
                sql: """
                    SELECT verifiedAt / 86400000 AS day, count(*) AS total, count(*) FILTER (WHERE status = 'valid') AS valid,
                        count(*) FILTER (WHERE status = 'invalid') AS invalid, count(*) FILTER (WHERE status = 'risky_catch_all') AS risky
                    FROM lead WHERE tenant = ? AND status IS NOT NULL AND verifiedAt >= ? GROUP BY day ORDER BY day
                    """, arguments: [tenant, since]
            ).map { row -> JSON in
                let date = Moment(rawValue: (row["day"] as Int64) * 86_400_000).description.prefix(10)
                return .object(Self.counts(row).merging(["date": .string(String(date))]) { $1 })
            }
            let breakdown = try Row.fetchAll(
                db,
                sql: """
                    SELECT domain, count(*) AS total, count(*) FILTER (WHERE status = 'valid') AS valid,
                        count(*) FILTER (WHERE status = 'invalid') AS invalid, count(*) FILTER (WHERE status = 'risky_catch_all') AS risky
                    FROM lead WHERE tenant = ? AND status IS NOT NULL AND verifiedAt >= ? GROUP BY domain ORDER BY total DESC, domain LIMIT ?
                    """, arguments: [tenant, since, min(domains, Limits.mostRows)]
            ).map { row -> JSON in .object(Self.counts(row).merging(["domain": .string(row["domain"])]) { $1 }) }
            let reasons = try Row.fetchAll(
                db,
                sql: """
                    SELECT reason, count(*) AS n FROM lead
                    WHERE tenant = ? AND status IS NOT NULL AND reason IS NOT NULL AND verifiedAt >= ?
                    GROUP BY reason ORDER BY n DESC, reason LIMIT ?
                    """, arguments: [tenant, since, min(errors, Limits.mostRows)])
            return [
                "window_days": .int(Int64(days)), "verification_time_series": .array(series),
                "domain_breakdown": .array(breakdown),
                "error_breakdown": .object(
                    Dictionary(
                        reasons.map { ($0["reason"] as String, JSON.int($0["n"])) }, uniquingKeysWith: { first, _ in first })),
            ]
        }
    }

    private static func counts(_ row: Row) -> [String: JSON] {
        [
            "total": .int(row["total"]), "valid": .int(row["valid"]), "invalid": .int(row["invalid"]),
            "risky_catch_all": .int(row["risky"]),
            "valid_rate": rate(row["valid"], row["invalid"], row["risky"]),
        ]
    }

    // MARK: Prometheus

    /// Counts over all tenants: those who watch the server watch all of it.
    func samples() async throws -> [Sample] {
        try await storage.search { db in
            var samples: [Sample] = []
            for row in try Row.fetchAll(
                db, sql: "SELECT kind, state, count(*) AS n FROM job WHERE trackStatus IS NULL GROUP BY kind, state")
            {
                samples.append(.init("quern_jobs", ["kind": row["kind"], "state": row["state"]], row["n"]))
            }
            var unasked = try Int64.fetchOne(db, sql: "SELECT count(*) FROM lead WHERE email IS NOT NULL") ?? 0
            for row in try Row.fetchAll(
                db, sql: "SELECT status, count(*) AS n FROM lead WHERE status IS NOT NULL GROUP BY status ORDER BY status")
            {
                unasked -= row["n"]
                samples.append(.init("quern_leads", ["verify_status": row["status"]], row["n"]))
            }
            samples.append(.init("quern_leads", ["verify_status": "none"], unasked))
            samples.append(.init("quern_companies", [:], try Int64.fetchOne(db, sql: "SELECT count(*) FROM company") ?? 0))
            samples.append(
                .init("quern_users", [:], try Int64.fetchOne(db, sql: "SELECT count(*) FROM user WHERE state = 'active'") ?? 0))
            for (name, count) in try Self.costs(nil, db).sorted(by: { $0.key < $1.key }) {
                samples.append(.init("quern_discovery_\(name)_total", [:], count.intValue ?? 0))
            }
            return samples
        }
    }

    struct Sample: Sendable {
        let name: String
        let labels: [String: String]
        let value: Int64

        init(_ name: String, _ labels: [String: String], _ value: Int64) {
            (self.name, self.labels, self.value) = (name, labels, value)
        }
    }
}
