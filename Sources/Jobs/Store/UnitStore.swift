package import Core
import GRDB
import Storage
package import Web
import Workers

extension Unit: FetchableRecord, PersistableRecord {
    package static let databaseTableName = "unit"

    static func find(_ job: ID<Job>, _ number: Int, _ db: Database) throws -> Unit? {
        try Unit.filter(Column("job") == job && Column("number") == number).fetchOne(db)
    }
}

/// All SQL of units.
extension JobStore {
    /// What a kind says a unit is.
    package struct NewUnit: Sendable, Equatable {
        package let key: String
        package let name: String

        package init(key: String, name: String) {
            self.key = key
            self.name = name
        }
    }

    /// Units in their order, perhaps of one state only, and how all stand.
    package func units(
        of job: ID<Job>, in state: Unit.State?, _ page: Page
    ) async throws -> (units: [Unit], counts: Unit.Counts) {
        try await storage.read { db in
            var query = Unit.filter(Column("job") == job)
            if let state { query = query.filter(Column("state") == state.rawValue) }
            let units = try query.order(Column("number")).limit(page.limit, offset: page.skip).fetchAll(db)
            return (units, try Self.counts(of: job, db))
        }
    }

    /// One unit of a job, and what was made of it.
    package func unit(_ number: Int, of job: ID<Job>) async throws -> (unit: Unit, artifacts: [Artifact])? {
        try await storage.read { db in
            guard let unit = try Unit.find(job, number, db) else { return nil }
            // The files of the only unit are those of the job.
            let artifacts = try Artifact.filter(Column("job") == job && (Column("unit") == number || Column("unit") == nil))
                .order(Column("role")).fetchAll(db)
            return (unit, artifacts)
        }
    }

    package func units(of job: ID<Job>) async throws -> [Unit] {
        try await storage.read { db in try Unit.filter(Column("job") == job).order(Column("number")).fetchAll(db) }
    }

    /// What belongs to a job and is more than its row.
    package struct Parts: Sendable {
        package let units: [Unit]
        package let artifacts: [Artifact]
        /// Oldest first.
        package let events: [LoggedEvent]
        package let counts: Unit.Counts
        package let lastAttempt: Attempt?

        package enum Limits {
            /// Units and events of one answer where the client says nothing, and at most.
            package static let standard = 1000
            package static let most = 5000
        }
    }

    /// Nil when the answer of the job does not tell of them.
    func parts(
        of job: Job, units: Int = Parts.Limits.standard, events: Int = Parts.Limits.standard, _ db: Database
    ) throws -> Parts? {
        guard answer.hasParts(job) else { return nil }
        let listed = try Unit.filter(Column("job") == job.id).order(Column("number")).limit(units).fetchAll(db)
        return Parts(
            units: listed,
            artifacts: try Artifact.filter(Column("job") == job.id && (Column("unit") == nil || Column("unit") <= listed.count))
                .order(Column("unit"), Column("role")).fetchAll(db),
            events: try LoggedEvent.fetchAll(
                db,
                sql: "SELECT * FROM (SELECT * FROM event WHERE job = ? ORDER BY id DESC LIMIT ?) ORDER BY id",
                arguments: [job.id.rawValue, events]
            ).map(\.bounded), counts: try Self.counts(of: job.id, db), lastAttempt: try Self.lastAttempt(of: job.id, db))
    }

    static func lastAttempt(of job: ID<Job>, _ db: Database) throws -> Attempt? {
        try Attempt.filter(Column("job") == job).order(Column("number").desc).fetchOne(db)
    }

    static func counts(of job: ID<Job>, _ db: Database) throws -> Unit.Counts {
        var counts = Unit.Counts()
        let statement = try db.cachedStatement(sql: "SELECT state, count(*) AS n FROM unit WHERE job = ? GROUP BY state")
        for row in try Row.fetchAll(statement, arguments: [job]) {
            if let state = Unit.State(rawValue: row["state"]) { counts[state] = row["n"] }
        }
        return counts
    }

    /// How many units of a job failed in a way that another try could mend. Of a job of an older version, which has no units, it is
    /// the job itself.
    static func retryable(_ job: Job, _ db: Database) throws -> Int {
        guard job.state == .failed || job.state == .partial else { return 0 }
        let row = try Row.fetchOne(
            db,
            sql: """
                SELECT count(*) AS n, count(*) FILTER (WHERE state = 'failed' AND category IS NOT 'permanent') AS again
                FROM unit WHERE job = ?
                """, arguments: [job.id])
        if row?["n"] == 0 { return job.state == .failed ? 1 : 0 }
        return row?["again"] ?? 0
    }

    /// Queues a job again for those of its units that failed, and for no others.
    /// - Returns: the job, and how many units will be tried again.
    /// - Throws: `Failure` as `find` and `Job.retry`.
    package func retryFailures(_ id: String, by caller: Caller, _ basis: IfMatch = .none) async throws -> (job: Job, units: Int) {
        let (job, units) = try await change(id, by: caller, basis, event: nil) { job, db in
            guard job.statusText == nil else {
                throw Failure(.conflict, "nothing_to_retry", "This job has no machine work that could be tried again.")
            }
            let count = try Self.retryable(job, db)
            try job.retry(at: .now)
            guard count > 0 else {
                throw Failure(
                    .conflict, "nothing_to_retry",
                    "What failed of this job would fail again; change its input or what is asked for, and make a new job.")
            }
            try db.execute(
                sql: """
                    UPDATE unit SET state = 'pending', tries = 0, retries = retries + 1, startedAt = NULL, finishedAt = NULL
                    WHERE job = ? AND state = 'failed' AND category IS NOT 'permanent'
                    """, arguments: [job.id])
            job.note(try Self.counts(of: job.id, db))
            try Self.log("job.retried", job, ["units": .int(Int64(count))], db)
            return count
        }
        return (job, units)
    }

    // MARK: What the engine does

    /// The units of a job that are left, as many as one worker gets, those first that never brought a worker down. A job that
    /// has none yet gets them.
    /// - Throws: `Failure`, as the kind.
    static func prepare(_ job: Job, _ units: (Job) throws -> [NewUnit], _ db: Database) throws -> [Unit] {
        let known = try Bool.fetchOne(
            try db.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM unit WHERE job = ?)"), arguments: [job.id])
        if known != true {
            let made: [NewUnit]
            do {
                made = try units(job)
            } catch let failure as Failure {
                throw failure
            } catch {
                throw Failure(.unavailable, "internal_error", "The server can not tell what this job consists of.")
            }
            try add(made, to: job, db)
        }
        return try Unit.filter(Column("job") == job.id && Column("state") == Unit.State.pending.rawValue)
            .order(Column("tries"), Column("number")).limit(Unit.Limits.inOrder).fetchAll(db)
    }

    static func add(_ units: [NewUnit], to job: Job, _ db: Database) throws {
        // One statement for all: others wait for the writer meanwhile.
        let insert = try db.cachedStatement(
            sql: """
                INSERT INTO unit (job, number, key, name, state, tries, retries)
                SELECT ?, key + 1, value ->> 0, value ->> 1, 'pending', 0, 0 FROM json_each(?)
                """)
        let list = JSON.array(units.map { [.string($0.key), .string($0.name)] })
        try insert.execute(arguments: [job.id, list.text])
    }

    /// Writes the end of a unit and its files, while the rest of the job goes on.
    /// - Returns: false when the attempt came too late, and nothing changed; then, and when this throws, files are still the
    ///   caller's.
    package func end(_ unit: UnitEnd, of job: ID<Job>, _ attempt: ID<Attempt>) async throws -> Bool {
        try await storage.write { db in
            guard let job = try Job.filter(Column("id") == job).fetchOne(db), job.attempt == attempt, job.state == .running
            else { return false }
            _ = try end(unit, of: job, attempt, isOnly: false, at: .now, db)
            return true
        }
    }

    /// What a worker says while it works.
    /// - Returns: nil when the attempt came too late, and nothing changed.
    func answer(
        _ question: JSON, about unit: String, of job: ID<Job>, _ attempt: ID<Attempt>,
        by answer: @escaping JobKind.Work.AnswerQuestion
    ) async throws -> JSON? {
        try await storage.write { db in
            guard let job = try Job.filter(Column("id") == job).fetchOne(db), job.attempt == attempt, job.state == .running
            else { return nil }
            return try answer(job, unit, question, db)
        }
    }

    /// - Parameter isOnly: the job has no other unit, and keeps the result itself.
    /// - Returns: the keys of the files, by their roles.
    func end(
        _ end: UnitEnd, of job: Job, _ attempt: ID<Attempt>, isOnly: Bool, at now: Moment, _ db: Database
    ) throws -> [String: String] {
        guard var unit = try Unit.find(job.id, end.number, db), unit.state == .pending else { return [:] }
        unit.end(end.ending, by: attempt, startedAt: end.startedAt, at: now)
        if isOnly { unit.result = nil }
        try unit.update(db)
        var keys: [String: String] = [:]
        for made in end.files {
            let object = try objects.commit(made.placed, db)
            try Artifact(
                job: job.id, key: object.key, name: made.name, role: made.role, sizeBytes: object.sizeBytes,
                sha256: object.sha256, createdAt: now, unit: isOnly ? nil : end.number
            ).upsert(db)
            keys[made.role] = object.key
        }
        if case .failed(_, let message, _) = end.ending, !isOnly {
            try Self.logFailure(of: unit.name, message, job, db)
        }
        return keys
    }

    /// What the end of an attempt says of the units that it left.
    static func settle(_ ending: AttemptEnding, _ job: Job, _ attempt: ID<Attempt>, at now: Moment, _ db: Database) throws {
        switch ending {
        case .failed(let code, let message, let category):
            try fail(job, attempt, code, message, category, at: now, db)
        case .lost(let code, let message, .all): try fail(job, attempt, code, message, .recoverable, at: now, db)
        case .lost(let code, let message, .unit(let number, let startedAt, let isLimit)):
            guard var unit = try Unit.find(job.id, number, db), unit.state == .pending else { return }
            if isLimit {
                let failed = Unit.Ending.failed(code: code, message: message, category: .requiresConfig)
                unit.end(failed, by: attempt, startedAt: startedAt, at: now)
            } else {
                unit.blame(code: code, message: message, by: attempt, startedAt: startedAt, at: now)
            }
            try unit.update(db)
            if unit.state == .failed, try counts(of: job.id, db).total > 1 { try logFailure(of: unit.name, message, job, db) }
        case .lost(let code, let message, .suspects(let numbers)):
            // A suspicion is no try that has failed: it counts once.
            for number in numbers {
                try db.execute(
                    sql: """
                        UPDATE unit SET tries = max(tries, 1), attempt = ?, errorCode = ?, errorMessage = ?
                        WHERE job = ? AND number = ? AND state = 'pending'
                        """, arguments: [attempt, code, message, job.id, number])
            }
        case .finished, .lost(_, _, .nobody), .interrupted, .preempted: break
        }
    }

    /// Everything that is left has failed.
    private static func fail(
        _ job: Job, _ attempt: ID<Attempt>, _ code: String, _ message: String, _ category: FailureCategory, at now: Moment,
        _ db: Database
    ) throws {
        try db.execute(
            sql: """
                UPDATE unit SET state = 'failed', attempt = ?, tries = tries + 1, errorCode = ?, errorMessage = ?, category = ?,
                    finishedAt = ?
                WHERE job = ? AND state = 'pending'
                """, arguments: [attempt, code, message, category.rawValue, now, job.id])
        let count = db.changesCount
        if count > 1 { try logFailure(of: "\(count) units", message, job, db) }
    }

    private static func logFailure(of name: String, _ message: String, _ job: Job, _ db: Database) throws {
        try log("job.unit_failed", job, ["unit": .string(name), "reason": .string(message)], db)
    }

    /// What is to become of a job whose units stand as they do.
    static func outcome(
        _ ending: AttemptEnding, _ job: Job, _ counts: Unit.Counts, result: JSON?, _ db: Database
    ) throws -> Job.Ending {
        switch ending {
        case .interrupted, .preempted:
            // A job of an older version has no units yet.
            if counts.pending > 0 || counts.total == 0 { return .again(counts: false) }
        case .finished, .failed, .lost:
            if counts.pending > 0 { return .again(counts: true) }
        }
        return .over(counts, result: result, failure: try failure(job, counts, db))
    }

    /// What a job without success says: what its first unit says, and how many failed like it.
    private static func failure(_ job: Job, _ counts: Unit.Counts, _ db: Database) throws -> Job.UnitFailure? {
        guard counts.failed > 0, counts.failed == counts.total else { return nil }
        let first = try Unit.filter(Column("job") == job.id && Column("state") == Unit.State.failed.rawValue)
            .order(Column("number")).fetchOne(db)
        guard let code = first?.errorCode, let message = first?.errorMessage else { return nil }
        return Job.UnitFailure(
            code: code, message: counts.total > 1 ? "All \(counts.total) failed. The first: \(message)" : message)
    }
}
