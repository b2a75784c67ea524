package import Core
package import GRDB

/// What is listed together; a number in the database grows with each change of it.
package enum Revision: Sendable {
    case jobs(of: ID<Caller>)
    /// What hangs on one job.
    case attachments(of: ID<Job>)
    case events(of: ID<Job>)
    case tasks(tenant: String)

    package func number(_ db: Database) throws -> Int64 {
        switch self {
        case .jobs(let user): try Self.stored("jobs \(user)", db)
        case .attachments(let job): try Self.stored("job \(job)", db)
        case .tasks(let tenant): try Self.stored("tasks \(tenant)", db)
        case .events(let job):
            try Int64.fetchOne(db, sql: "SELECT max(id) FROM event WHERE job = ?", arguments: [job.rawValue]) ?? 0
        }
    }

    private static func stored(_ scope: String, _ db: Database) throws -> Int64 {
        try Int64.fetchOne(db, sql: "SELECT number FROM revision WHERE scope = ?", arguments: [scope]) ?? 0
    }
}
