import GRDB
import Jobs
import Storage
import TestKit

extension Workshop {
    /// All attempts of a job, in the order in which they began.
    func attempts(of job: Job) async throws -> [Attempt] {
        try await storage.read { db in try Attempt.filter(Column("job") == job.id).order(Column("startedAt")).fetchAll(db) }
    }
}
