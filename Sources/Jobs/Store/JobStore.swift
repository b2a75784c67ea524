package import Core
package import GRDB
import NIOCore
package import Storage
package import Web

extension Attempt: FetchableRecord, PersistableRecord {
    package static let databaseTableName = "attempt"
}

extension Artifact: FetchableRecord, PersistableRecord {
    package static let databaseTableName = "artifact"
}

/// All SQL of jobs, attempts and artifacts.
package struct JobStore: Sendable {
    let storage: Storage
    let objects: any ObjectStore
    let answer: JobAnswer
    private let answers: ReadCache<Answered>
    private let revisions: ReadCache<Int64>
    private let isActive: IsActive
    let totals = JobTotals()
    private let witness: Witness
    private let folders: [String]

    /// Whether the account of somebody may work.
    package typealias IsActive = @Sendable (ID<Caller>, Database) throws -> Bool

    /// Writes down, in the same transaction, what an administrator does to somebody else's job.
    package typealias Witness = @Sendable (Intervention, Database) throws -> Void

    package struct Intervention: Sendable {
        /// `job.cancelled`, `job.cleaned` or `job.deleted`.
        package let action: String
        package let job: Job
        package let admin: Caller
        /// Where the request came from.
        package let address: String
    }

    /// - Parameter otherFolders: of the store, in which other rooms keep objects of jobs; they go with their job.
    package init(
        _ storage: Storage, objects: any ObjectStore, answer: JobAnswer, otherFolders: [String] = [],
        isActive: @escaping IsActive = { _, _ in true }, witness: @escaping Witness = { _, _ in }
    ) {
        folders = Job.folders + otherFolders
        self.witness = witness
        self.storage = storage
        answers = ReadCache(storage, most: Answered.most)
        revisions = ReadCache(storage, most: 10_000)
        self.objects = objects
        self.answer = answer
        self.isActive = isActive
        storage.beforeCommit(Self.indexWords)
    }

    /// Takes what people wrote in new and changed jobs into the index of words.
    private static func indexWords(_ db: Database) throws {
        let waiting = try db.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM jobUnindexed)")
        guard try Bool.fetchOne(waiting) == true else { return }
        let next = "SELECT number FROM jobUnindexed ORDER BY number LIMIT \(indexedAtOnce)"
        try db.cachedStatement(
            sql: "INSERT INTO jobSearch (rowid, text) SELECT number, text FROM jobText WHERE number IN (\(next))"
        ).execute()
        try db.cachedStatement(sql: "DELETE FROM jobUnindexed WHERE number IN (\(next))").execute()
    }

    /// Far more than one transaction adds; another program may have left many.
    private static let indexedAtOnce = 10_000

    // MARK: Reading

    /// - Throws: `Failure` `job_not_found` (unknown, or of another tenant), `job_not_yours`.
    package func find(_ id: String, for caller: Caller, toChange: Bool = false) async throws -> Job {
        try await storage.read { db in try Self.find(id, for: caller, toChange: toChange, db) }
    }

    package struct Details: Sendable {
        package let job: Job
        /// Of the job as a whole; those of its units are many, and stand with them.
        package let artifacts: [Artifact]
        /// Of the results of all units together; nil when they have none.
        package let unitOutputBytes: Int64?
        package let lastAttempt: Attempt?
        /// How many units failed in a way that another try could mend.
        package let retryable: Int
    }

    /// A job with what belongs to it, of one moment.
    package func details(_ id: String, for caller: Caller) async throws -> Details {
        try await storage.read { db in
            let job = try Self.find(id, for: caller, toChange: false, db)
            return Details(
                job: job,
                artifacts: try Artifact.filter(Column("job") == job.id && Column("unit") == nil).order(Column("role")).fetchAll(
                    db),
                unitOutputBytes: try Int64.fetchOne(
                    db, sql: "SELECT sum(sizeBytes) FROM artifact WHERE job = ? AND unit IS NOT NULL AND role = 'output'",
                    arguments: [job.id]),
                lastAttempt: try Self.lastAttempt(of: job.id, db), retryable: try Self.retryable(job, db))
        }
    }

    /// Grows with every change of anything that is listed there.
    package func revision(_ scope: Revision) async throws -> Int64 {
        try await revisions.value("\(scope)") { try await storage.read { db in try scope.number(db) } } ?? 0
    }

    /// The answer of a job, and what decides who may see it.
    private struct Answered: Sendable {
        let tenant: String
        let user: ID<Caller>
        /// Whether it changes with the database alone.
        let isSteady: Bool
        let json: RenderedJSON

        /// Answers that are remembered, and the bytes of the longest: 16 MB at most.
        static let most = 1024
        static let mostBytes = 16_384
    }

    /// - Throws: as `find`.
    package func answer(_ id: String, for caller: Caller, _ dialect: Dialect) async throws -> RenderedJSON {
        let found = try await answers.value(
            "\(dialect.rawValue) \(id)", keeping: { $0.isSteady && $0.json.body.readableBytes <= Answered.mostBytes }
        ) {
            try await storage.read { [answer] db in
                guard let job = try Self.find(id, db) else { return nil }
                return Answered(
                    tenant: job.tenant, user: job.user, isSteady: job.state != .running && job.state != .cancelling,
                    json: RenderedJSON(answer.json(job, dialect, parts: try parts(of: job, db))))
            }
        }
        guard let found else { throw Self.notFound }
        try Self.mustBeFor(caller, user: found.user, tenant: found.tenant, toChange: false)
        return found.json
    }

    /// The same with so many of its units and events.
    package func answer(
        _ id: String, for caller: Caller, _ dialect: Dialect, units: Int, events: Int
    ) async throws -> (json: JSON, isOver: Bool) {
        try await storage.read { [self] db in
            let job = try Self.find(id, for: caller, toChange: false, db)
            return (
                answer.json(job, dialect, parts: try parts(of: job, units: units, events: events, db)), job.state.isOver
            )
        }
    }

    private func tags(_ job: Job, _ db: Database) throws -> [String] { answer.tags(job, try parts(of: job, db)) }

    // MARK: What people do

    /// Stores a new job; with a file, the file gets its name and the job is queued in the same transaction.
    package func create(_ job: Job, input: (file: StagedFile, key: ObjectKey)? = nil) async throws -> Job {
        let create: @Sendable (PlacedObject?, Database) throws -> Job = { [self] placed, db in
            var job = job
            let next = try db.cachedStatement(sql: "SELECT coalesce(max(number), 0) + 1 FROM job")
            job.number = try Int64.fetchOne(next) ?? 1
            finish(&job)
            try job.add(db)
            try Self.log("job.created", job, [:], db)
            if let placed {
                try objects.commit(placed, db)
                try job.enqueue(input: placed.object.key, at: job.createdAt)
                try store(&job, db)
                try Self.log("job.queued", job, [:], db)
            }
            return job
        }
        guard let input else { return try await storage.write { db in try create(nil, db) } }
        return try await objects.store(input.file, as: input.key, in: storage, create)
    }

    /// How many jobs of a kind wait for a worker.
    package func queued(kind: String) async throws -> Int {
        try await storage.read { db in try Self.queued(kind: kind, db) }
    }

    package static func queued(kind: String, _ db: Database) throws -> Int {
        try Int.fetchOne(db, sql: "SELECT count(*) FROM job WHERE state = 'queued' AND kind = ?", arguments: [kind]) ?? 0
    }

    /// Reads, decides and stores in one transaction; what the decision returns, is returned.
    package func change<Value: Sendable>(
        _ id: String, by caller: Caller, _ basis: IfMatch = .none, event: String?,
        _ body: @escaping @Sendable (inout Job, Database) throws -> Value
    ) async throws -> (job: Job, value: Value) {
        try await storage.write { db in
            var job = try Self.find(id, for: caller, toChange: true, db)
            try basis.mustMatch(try tags(job, db))
            let before = job
            let value = try body(&job, db)
            if job != before {
                try store(&job, db)
                if let event { try Self.log(event, job, [:], db) }
            }
            return (job, value)
        }
    }

    /// Touches the job when something changes that people attached to it.
    package func touch(_ job: Job, at now: Moment, _ db: Database) throws {
        var job = job
        job.updatedAt = now
        try store(&job, db)
    }

    /// - Parameter address: of the request, for the log of what administrators do.
    package func cancel(
        _ id: String, by caller: Caller, _ basis: IfMatch = .none, address: String = ""
    ) async throws -> (job: Job, value: Job.Cancellation) {
        try await storage.write { db in
            var job = try Self.find(id, toEndBy: caller, db)
            try basis.mustMatch(try tags(job, db))
            let cancellation = try job.cancel(at: .now)
            try store(&job, db)
            try witnessed("job.cancelled", job, caller, address, db)
            try Self.log(cancellation == .done ? "job.cancelled" : "job.cancelling", job, [:], db)
            return (job, cancellation)
        }
    }

    /// Takes away a job and everything it made.
    /// - Throws: `Failure` `job_running`.
    package func delete(_ id: String, by caller: Caller, _ basis: IfMatch = .none, address: String = "") async throws {
        try await storage.write { db in
            let job = try Self.find(id, toEndBy: caller, db)
            try basis.mustMatch(try tags(job, db))
            try witnessed("job.deleted", job, caller, address, db)
            guard job.state != .running, job.state != .cancelling else {
                throw Failure(.conflict, "job_running", "This job is running; cancel it before you delete it.")
            }
            try remove(job, db)
        }
    }

    func witnessed(_ action: String, _ job: Job, _ caller: Caller, _ address: String, _ db: Database) throws {
        guard job.user != caller.user else { return }
        try witness(Intervention(action: action, job: job, admin: caller, address: address), db)
    }

    /// Takes away a job with its files; they go after the commit.
    func remove(_ job: Job, because detail: JSON = [:], _ db: Database) throws {
        let keys = try folders.flatMap { try objects.keys(below: ObjectKey("\($0)/\(job.id)"), db) }
        for key in keys { try objects.forget(key, db) }
        try db.execute(sql: "DELETE FROM job WHERE id = ?", arguments: [job.id])
        try Self.log("job.deleted", job, detail, db)
    }

    // MARK: What the engine does

    /// People with queued jobs of these kinds, and how many of these kinds run for each.
    package func waiting(kinds: [String]) async throws -> [FairQueue.Waiting] {
        try await storage.read { db in try Self.waiting(kinds: kinds, db) }
    }

    private static func waiting(kinds: [String], _ db: Database) throws -> [FairQueue.Waiting] {
        let marks = kinds.map { _ in "?" }.joined(separator: ",")
        return try Row.fetchAll(
            db,
            sql: """
                SELECT user, min(number) AS number, (
                    SELECT count(*) FROM job AS busy
                    WHERE busy.state IN ('running', 'cancelling') AND busy.user = job.user AND busy.kind IN (\(marks))
                ) AS running
                FROM job WHERE state = 'queued' AND kind IN (\(marks)) GROUP BY user
                """, arguments: StatementArguments(kinds + kinds)
        ).map { FairQueue.Waiting(user: $0["user"], number: $0["number"], running: $0["running"]) }
    }

    /// A job that was given to an attempt, and what is left of it to be done.
    package struct Claim: Sendable {
        package let job: Job
        /// Those first that never brought a worker down.
        package let units: [Unit]
        package let counts: Unit.Counts
    }

    /// Gives the next queued job to a new attempt.
    /// - Parameters:
    ///   - units: what a job that has no units yet consists of.
    ///   - choose: whose job is next; nil: nobody's.
    package func claim(
        attempt: ID<Attempt>, worker: Int32, kinds: [String],
        units: @escaping @Sendable (Job) throws -> [NewUnit] = JobKind.single,
        choose: @escaping @Sendable ([FairQueue.Waiting]) -> ID<Caller>? = { FairQueue().next($0) }
    ) async throws -> Claim? {
        try await storage.write { [isActive] db in
            while true {
                let waiting = try Self.waiting(kinds: kinds, db).filter { try isActive($0.user, db) }
                guard let user = choose(waiting), let number = waiting.first(where: { $0.user == user })?.number,
                    var job = try Job.filter(Column("number") == number).fetchOne(db)
                else { return nil }
                let now = Moment.now
                job.claim(by: attempt, at: now)
                let left: [Unit]
                do {
                    left = try Self.prepare(job, units, db)
                } catch let failure as Failure {
                    let counts = Unit.Counts(failed: 1)
                    _ = job.finish(
                        attempt, .over(counts, result: nil, failure: .init(code: failure.code, message: failure.message)), at: now
                    )
                    try store(&job, db)
                    try Self.log("job.failed", job, ["reason": .string(failure.message)], db)
                    continue
                }
                let counts = try Self.counts(of: job.id, db)
                guard !left.isEmpty else {
                    // There is nothing to do.
                    _ = job.finish(attempt, try Self.outcome(.finished, job, counts, result: nil, db), at: now)
                    try store(&job, db)
                    try Self.log("job.\(job.state.rawValue)", job, [:], db)
                    continue
                }
                try store(&job, db)
                try Attempt(id: attempt, job: job.id, number: job.attemptCount, worker: worker, startedAt: now).insert(db)
                try Self.log("job.started", job, ["attempt": .int(Int64(job.attemptCount))], db)
                return Claim(job: job, units: left, counts: counts)
            }
        }
    }

    /// Grows with every commit, also of other processes.
    package var generation: Int64 { storage.generation }

    /// Jobs that one transaction ends; the next look ends the rest.
    private static let endedAtOnce = 1000

    /// Cancels the queued jobs of people who may not work any more.
    /// - Returns: their running jobs, whose workers must stop.
    package func cancelJobsOfInactive() async throws -> [ID<Job>] {
        let states = [Job.State.queued, .running].map(\.rawValue)
        let alive = Job.filter(states.contains(Column("state")))
        // Looked at often and rarely there: a read leaves the disk alone.
        let gone = try await storage.read { [isActive] db in
            try alive.select(Column("user"), as: ID<Caller>.self).distinct().fetchAll(db).filter { try !isActive($0, db) }
        }
        guard !gone.isEmpty else { return [] }
        return try await storage.write { [isActive] db in
            var running: [ID<Job>] = []
            for user in gone where try !isActive(user, db) {
                for var job in try alive.filter(Column("user") == user).limit(Self.endedAtOnce).fetchAll(db) {
                    let now = Moment.now
                    let cancellation = try job.cancel(
                        at: now, because: "The account of the job's owner was disabled.", code: "account_disabled")
                    if cancellation == .workerMustStop { running.append(job.id) }
                    try store(&job, db)
                    try Self.log(
                        cancellation == .done ? "job.cancelled" : "job.cancelling", job,
                        ["reason": .optional(job.errorMessage)], db)
                }
            }
            return running
        }
    }

    /// False once somebody has asked the job to stop.
    package func isRunning(_ id: ID<Job>) async throws -> Bool {
        try await storage.read { db in
            try String.fetchOne(db, sql: "SELECT state FROM job WHERE id = ?", arguments: [id]) == Job.State.running.rawValue
        }
    }

    /// Ends an attempt. What it left is settled, and job, attempt, units, artifacts and event are written, all in one transaction.
    /// - Parameter only: the end of the only unit of the job.
    /// - Returns: the job, or nil when the attempt came too late and nothing changed; then, and when this throws, files are still
    ///   the caller's.
    package func finish(
        _ id: ID<Job>, _ attempt: ID<Attempt>, _ ending: AttemptEnding, only: UnitEnd? = nil,
        cpuSeconds: Double? = nil, peakMemoryBytes: Int64? = nil
    ) async throws -> Job? {
        try await storage.write { db in
            guard var job = try Job.filter(Column("id") == id).fetchOne(db), job.attempt == attempt else { return nil }
            let now = Moment.now
            var result: JSON?
            if job.state == .running {
                if let only {
                    let keys = try end(only, of: job, attempt, isOnly: true, at: now, db)
                    if let key = keys["output"] { job.outputKey = key }
                    if case .done(let made, _) = only.ending { result = made }
                }
                try Self.settle(ending, job, attempt, at: now, db)
            }
            let counts = try Self.counts(of: job.id, db)
            guard job.finish(attempt, try Self.outcome(ending, job, counts, result: result, db), at: now) else { return nil }
            job.note(counts)
            try store(&job, db)
            try Self.end(attempt, ending, job, cpuSeconds, peakMemoryBytes, at: now, db)
            return job
        }
    }

    /// Queues again what a crash of the server left running: that is no fault of a job, and does not count as an attempt. What was
    /// being cancelled is cancelled, and of what has several units only those are left that had not ended.
    package func recover() async throws -> Int {
        try await storage.write { db in
            let left = try Job.filter(["running", "cancelling"].contains(Column("state"))).fetchAll(db)
            for var job in left {
                guard let attempt = job.attempt else { continue }
                let now = Moment.now
                let counts = try Self.counts(of: job.id, db)
                guard job.finish(attempt, try Self.outcome(.interrupted, job, counts, result: nil, db), at: now) else { continue }
                job.note(counts)
                try store(&job, db)
                try Self.end(attempt, .interrupted, job, nil, nil, at: now, db)
            }
            return left.count
        }
    }

    private static func end(
        _ attempt: ID<Attempt>, _ ending: AttemptEnding, _ job: Job, _ cpuSeconds: Double?, _ peakMemoryBytes: Int64?,
        at now: Moment,
        _ db: Database
    ) throws {
        let (outcome, code, message) = words(ending, job)
        try db.execute(
            sql: """
                UPDATE attempt SET finishedAt = ?, outcome = ?, errorCode = ?, errorMessage = ?, cpuSeconds = ?, peakMemoryBytes = ?
                WHERE id = ?
                """, arguments: [now, outcome, code, message, cpuSeconds, peakMemoryBytes, attempt])
        switch job.state {
        case .queued: try log("job.requeued", job, ["reason": .optional(message)], db)
        case .completed, .partial, .failed, .cancelled:
            try log("job.\(job.state.rawValue)", job, job.errorMessage.map { ["reason": .string($0)] } ?? [:], db)
        case .pending, .running, .cancelling: break
        }
    }

    private static func words(_ ending: AttemptEnding, _ job: Job) -> (outcome: String, code: String?, message: String?) {
        if job.state == .cancelled { return ("cancelled", nil, nil) }
        return switch ending {
        case .finished:
            switch job.state {
            case .failed: ("failed", job.errorCode, job.errorMessage)
            case .partial: ("partial", nil, nil)
            case .queued: ("completed", nil, "What is left of the job goes on in another worker.")
            case .pending, .running, .cancelling, .completed, .cancelled: ("completed", nil, nil)
            }
        case .failed(let code, let message, _): ("failed", code, message)
        case .lost(let code, let message, _): ("lost", code, message)
        case .interrupted: ("interrupted", nil, "The server was stopped; the job goes on at the next start.")
        case .preempted:
            ("preempted", nil, "Somebody else's job was waiting and every worker was taken; this one goes on later.")
        }
    }

    // MARK: Inside a transaction

    /// - Throws: `Failure` `job_not_found` (unknown, or of another tenant), `job_not_yours`.
    package static func find(_ id: String, for caller: Caller, toChange: Bool, _ db: Database) throws -> Job {
        guard let job = try find(id, db) else { throw notFound }
        try mustBeFor(caller, user: job.user, tenant: job.tenant, toChange: toChange)
        return job
    }

    static func find(_ id: String, _ db: Database) throws -> Job? {
        guard let id = ID<Job>(rawValue: id) else { return nil }
        return try Job.fetchOne(try db.cachedStatement(sql: Job.selectByID), arguments: [id])
    }

    /// Owners and administrators of the tenant may cancel and delete.
    /// - Throws: as `find`.
    static func find(_ id: String, toEndBy caller: Caller, _ db: Database) throws -> Job {
        try find(id, for: caller, toChange: caller.role != .admin, db)
    }

    static func mustBeFor(_ caller: Caller, user: ID<Caller>, tenant: String, toChange: Bool) throws {
        guard tenant == caller.tenant else { throw notFound }
        guard user == caller.user || (caller.role == .admin && !toChange) else {
            throw Failure(.forbidden, "job_not_yours", "This job belongs to someone else.")
        }
    }

    private static var notFound: Failure { Failure(.missing, "job_not_found", "Job not found.") }

    /// The one way a job changes: what lists show of it comes along in the same transaction.
    func store(_ job: inout Job, _ db: Database) throws {
        finish(&job)
        try job.save(db)
    }

    func finish(_ job: inout Job) {
        job.about = answer.about(job)
        job.digest = answer.digest(job)
    }

    /// Words for lists, of jobs that an older version of the program made.
    package func fillLists() async throws {
        var isMore = true
        while isMore {
            isMore = try await storage.write { [self] db in
                let jobs = try Job.filter(Column("about") == nil).limit(Self.filledAtOnce).fetchAll(db)
                for job in jobs {
                    try db.execute(
                        sql: "UPDATE job SET about = ?, ledger = ? WHERE number = ?",
                        arguments: [answer.about(job), answer.digest(job), job.number])
                }
                return !jobs.isEmpty
            }
        }
    }

    /// Jobs in one transaction.
    private static let filledAtOnce = 200

    package static func log(_ type: String, _ job: Job, _ detail: JSON, _ db: Database) throws {
        var members: [String: JSON] = [
            "status": .string(job.state.rawValue.uppercased()), "kind": .string(job.kind), "name": .string(job.name),
        ]
        if case .object(let more) = detail { members.merge(more) { $1 } }
        // What the machine does on its own belongs to the request that asked for the job.
        try Correlation.$current.withValue(Correlation.current ?? job.correlation) {
            try EventLog.append(
                Event(tenant: job.tenant, user: job.user, job: job.id.rawValue, type: type, detail: .object(members)), at: .now,
                db)
        }
    }

}
