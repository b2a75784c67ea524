package import Core
import GRDB
import Storage
import Web
package import Workers

/// All SQL of attempts that people look at.
extension JobStore {
    package struct ListedAttempt: Sendable {
        package let attempt: Attempt
        package let job: Job
        /// Units of the whole job.
        package let units: Int
        /// What this attempt made of those that it ended.
        package let done: Int
        package let failed: Int
    }

    /// What an attempt made of a unit.
    package struct UnitOutcome: Sendable {
        package let name: String
        package let state: Unit.State
        package let errorCode: String?
        package let errorMessage: String?
        package let category: FailureCategory?
        package let at: Moment?
    }

    private static let counts = """
        (SELECT count(*) FROM unit WHERE unit.job = attempt.job) AS units,
        (SELECT count(*) FROM unitEnd WHERE unitEnd.attempt = attempt.id AND state != 'failed') AS done,
        (SELECT count(*) FROM unitEnd WHERE unitEnd.attempt = attempt.id AND state = 'failed') AS failed
        """

    /// Those of one person's jobs, newest first.
    package func attempts(
        of user: ID<Caller>, job: ID<Job>?, _ page: Page
    ) async throws -> (attempts: [ListedAttempt], total: Int) {
        try await storage.read { db in
            let condition = "job.user = ?" + (job == nil ? "" : " AND job.id = ?")
            let arguments = StatementArguments([user.rawValue] + (job.map { [$0.rawValue] } ?? []))
            let from = "FROM attempt JOIN job ON job.id = attempt.job WHERE \(condition)"
            let total = try Int.fetchOne(db, sql: "SELECT count(*) \(from)", arguments: arguments) ?? 0
            let rows = try Row.fetchAll(
                db,
                sql: """
                    SELECT attempt.*, \(Self.counts) \(from)
                    ORDER BY attempt.startedAt DESC, attempt.number DESC LIMIT ? OFFSET ?
                    """, arguments: arguments + [page.limit, page.skip])
            return (try rows.map { try Self.listed($0, db) }, total)
        }
    }

    /// - Throws: `Failure` `session_not_found`, also for those of other people's jobs.
    package func attempt(_ id: String, for caller: Caller) async throws -> (attempt: ListedAttempt, ends: [UnitOutcome]) {
        try await storage.read { db in
            let missing = Failure(.missing, "session_not_found", "Session not found.")
            guard let id = ID<Attempt>(rawValue: id),
                let row = try Row.fetchOne(
                    db, sql: "SELECT attempt.*, \(Self.counts) FROM attempt WHERE id = ?", arguments: [id.rawValue])
            else { throw missing }
            let listed = try Self.listed(row, db)
            guard listed.job.tenant == caller.tenant, listed.job.user == caller.user || caller.role == .admin else {
                throw missing
            }
            let ends = try Row.fetchAll(
                db,
                sql: """
                    SELECT unitEnd.*, unit.name FROM unitEnd JOIN unit ON unit.job = ? AND unit.number = unitEnd.number
                    WHERE unitEnd.attempt = ? ORDER BY unitEnd.number
                    """, arguments: [listed.job.id, id.rawValue])
            return (
                listed,
                ends.map {
                    UnitOutcome(
                        name: $0["name"], state: Unit.State(rawValue: $0["state"]) ?? .failed, errorCode: $0["errorCode"],
                        errorMessage: $0["errorMessage"],
                        category: ($0["category"] as String?).flatMap(FailureCategory.init), at: $0["at"])
                }
            )
        }
    }

    private static func listed(_ row: Row, _ db: Database) throws -> ListedAttempt {
        let attempt = try Attempt(row: row)
        guard let job = try Job.filter(Column("id") == attempt.job).fetchOne(db) else {
            throw Failure(.unavailable, "job_unreadable", "An attempt has no job; restore a backup.")
        }
        return ListedAttempt(attempt: attempt, job: job, units: row["units"], done: row["done"], failed: row["failed"])
    }
}
