package import Core
import GRDB
package import Jobs
package import Storage

/// Runs as the leads document shows them: those of the whole tenant.
package struct RunStore: Sendable {
    private let storage: Storage

    package init(_ storage: Storage) {
        self.storage = storage
    }

    /// A run with how far it is.
    package struct Run: Sendable {
        package let job: Job
        let total: Int64
        let ended: Int64
        let failed: Int64
        let emails: Int64
        let verified: Int64
        let valid: Int64

        var summary: JSON {
            [
                "id": .string(job.id.rawValue), "run_id": .string(job.id.rawValue), "tenant_id": .string(job.tenant),
                "user_id": .string(job.user.rawValue), "status": .string(RunJob.status(job.state)),
                "label": job.spec["label"] ?? .null,
                "domains_json": .string((job.spec["domains"] ?? []).text), "error": .optional(job.errorMessage),
                "created_at": Lead.time(job.createdAt), "updated_at": Lead.time(job.updatedAt),
                "started_at": Lead.time(job.startedAt),
                "finished_at": Lead.time(job.finishedAt),
            ]
        }

        var json: JSON {
            [
                "run_id": .string(job.id.rawValue), "tenant_id": .string(job.tenant), "user_id": .string(job.user.rawValue),
                "label": job.spec["label"] ?? .null, "status": .string(RunJob.status(job.state)),
                "domains": job.spec["domains"] ?? [],
                "options": job.spec["options"] ?? [:],
                "progress": [
                    "domains_total": .int(total), "domains_completed": .int(ended), "domains_failed": .int(failed),
                    "emails_found": .int(emails), "emails_verified": .int(verified), "emails_valid": .int(valid),
                ],
                "error": .optional(job.errorMessage), "created_at": Lead.time(job.createdAt),
                "updated_at": Lead.time(job.updatedAt),
                "started_at": Lead.time(job.startedAt), "finished_at": Lead.time(job.finishedAt),
            ]
        }
    }

    package func list(_ page: Page, in tenant: String) async throws -> [Run] {
        try await storage.read { db in
            try Job.fetchAll(
                db, sql: "SELECT * FROM job WHERE kind = ? AND tenant = ? ORDER BY number DESC LIMIT ? OFFSET ?",
                arguments: [RunJob.name, tenant, page.limit, page.skip]
            ).map { try Self.run($0, db) }
        }
    }

    /// - Throws: `Failure` `run_not_found`.
    package func find(_ id: String, in tenant: String) async throws -> Run {
        let run = try await storage.read { db in
            try Job.fetchOne(
                db, sql: "SELECT * FROM job WHERE id = ? AND kind = ? AND tenant = ?",
                arguments: [id.lowercased(), RunJob.name, tenant]
            ).map { try Self.run($0, db) }
        }
        guard let run else { throw Failure(.missing, "run_not_found", "There is no such run.") }
        return run
    }

    private static func run(_ job: Job, _ db: Database) throws -> Run {
        let units = try Row.fetchOne(
            try db.cachedStatement(
                sql: """
                    SELECT count(*) AS total, count(*) FILTER (WHERE state <> 'pending') AS ended,
                        count(*) FILTER (WHERE state = 'failed') AS failed
                    FROM unit WHERE job = ?
                    """), arguments: [job.id])
        let leads = try Row.fetchOne(
            try db.cachedStatement(
                sql: """
                    SELECT count(lead.email) AS emails, count(lead.status) AS verified, count(*) FILTER (WHERE lead.status = 'valid') AS valid
                    FROM runLead JOIN lead ON lead.id = runLead.lead WHERE runLead.job = ?
                    """), arguments: [job.id])
        let total: Int64 = units?["total"] ?? 0
        return Run(
            job: job, total: total > 0 ? total : Int64(RunJob.domains(of: job).count), ended: units?["ended"] ?? 0,
            failed: units?["failed"] ?? 0, emails: leads?["emails"] ?? 0, verified: leads?["verified"] ?? 0,
            valid: leads?["valid"] ?? 0)
    }
}
