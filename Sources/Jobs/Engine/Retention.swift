package import Core
package import GRDB
package import Logging
import ServiceLifecycle
import Storage

/// Deletes the jobs of people who asked for that, so many days after a job's last change; and tells them before.
///
/// A job is planned first: its page, its answer and the log name the day, and its owner gets a mail. It is deleted on that day, if
/// nothing was changed until then: neither the job nor the setting.
package struct Retention: Service {
    /// Somebody who wants old jobs deleted.
    package struct Keeper: Sendable {
        package let user: ID<Caller>
        package let days: Int

        package init(user: ID<Caller>, days: Int) {
            self.user = user
            self.days = days
        }
    }

    /// What is planned now, for the mail.
    package struct Notice: Sendable, Equatable {
        package let user: ID<Caller>
        package let jobs: Int
        /// The first of them goes then, the others later.
        package let from: Moment
    }

    package typealias Tell = @Sendable (Notice, Database) throws -> Void

    package enum Limits {
        /// From the notice to the deletion; fewer for those who keep their jobs for fewer days.
        package static let noticeDays = 3
        /// At least this long between two notices to the same person.
        package static let betweenNoticesSeconds = 86_400.0
        /// Jobs in one transaction.
        static let atOnce = 200
        /// Jobs that one notice tells of; the next day's tells of more.
        static let planned = 200
        /// Between two looks.
        static let pause = Duration.seconds(600)
        static let daySeconds = 86_400.0
    }

    private let store: JobStore
    private let keepers: @Sendable () async throws -> [Keeper]
    /// Writes the mail, in the transaction that plans.
    private let tell: Tell
    private let now: @Sendable () -> Moment
    private let logger: Logger

    package init(
        store: JobStore, keepers: @escaping @Sendable () async throws -> [Keeper],
        tell: @escaping Tell, now: @escaping @Sendable () -> Moment = { .now },
        logger: Logger
    ) {
        self.store = store
        self.keepers = keepers
        self.tell = tell
        self.now = now
        self.logger = logger
    }

    package func run() async throws {
        while !Task.isShuttingDownGracefully {
            do {
                try await turn()
            } catch {
                logger.error("retention", metadata: ["error": "\(error)"])
            }
            // A shutdown ends the sleep, and with it the loop.
            try? await cancelWhenGracefulShutdown { try await Task.sleep(for: Limits.pause) }
            if Task.isCancelled { return }
        }
    }

    /// Takes plans back that do not hold any more, deletes what was planned and is due, and plans what is due next.
    package func turn() async throws {
        let keepers = try await keepers()
        try await store.unplan(but: keepers.map(\.user))
        for keeper in keepers {
            let count = try await store.retire(keeper, at: now())
            if count > 0 { logger.info("jobs_retired", metadata: ["user_id": "\(keeper.user)", "count": "\(count)"]) }
            try await store.plan(keeper, at: now(), tell)
        }
    }
}

extension Retention.Keeper {
    private var noticeDays: Int { min(days, Retention.Limits.noticeDays) }

    /// A job whose last change is older goes now.
    func last(at now: Moment) -> Moment { now.adding(seconds: -Double(days) * Retention.Limits.daySeconds) }

    /// A job whose last change is older is planned now.
    func lastToPlan(at now: Moment) -> Moment {
        now.adding(seconds: -Double(days - noticeDays) * Retention.Limits.daySeconds)
    }

    /// Nothing goes before its owner had time to hear of it.
    func end(of job: Job, at now: Moment) -> Moment {
        max(
            job.updatedAt.adding(seconds: Double(days) * Retention.Limits.daySeconds),
            now.adding(seconds: Double(noticeDays) * Retention.Limits.daySeconds))
    }
}

extension JobStore {
    /// What the machine has in hand is never planned.
    private static let busy = [Job.State.queued, .running, .cancelling].map(\.rawValue)

    /// Nobody asks for the deletion of these any more.
    func unplan(but users: [ID<Caller>]) async throws {
        try await changePlans { db in
            try Job.filter(Column("retiresAt") != nil && !users.contains(Column("user"))).limit(Retention.Limits.atOnce)
                .fetchAll(db)
        }
    }

    private func changePlans(_ stale: @escaping @Sendable (Database) throws -> [Job]) async throws {
        // Looked at often and rarely there: a read leaves the disk alone.
        while try await !storage.read({ db in try stale(db) }).isEmpty {
            try await storage.write { [self] db in
                for var job in try stale(db) {
                    job.retiresAt = nil
                    try store(&job, db)
                    try Self.log("job.kept", job, [:], db)
                }
            }
        }
    }

    /// - Returns: how many jobs were deleted.
    func retire(_ keeper: Retention.Keeper, at now: Moment) async throws -> Int {
        let last = keeper.last(at: now)
        // Changed, or the setting was, since it was planned.
        try await changePlans { db in
            try Job.filter(Column("user") == keeper.user && Column("retiresAt") != nil)
                .filter(Column("updatedAt") > keeper.lastToPlan(at: now) || Self.busy.contains(Column("state")))
                .limit(Retention.Limits.atOnce).fetchAll(db)
        }
        let due: @Sendable (Database) throws -> [Job] = { db in
            try Job.filter(Column("user") == keeper.user && Column("retiresAt") <= now && Column("updatedAt") <= last)
                .limit(Retention.Limits.atOnce).fetchAll(db)
        }
        var count = 0
        while try await !storage.read({ db in try due(db) }).isEmpty {
            count += try await storage.write { [self] db in
                let jobs = try due(db)
                for job in jobs { try remove(job, because: ["reason": "retention"], db) }
                return jobs.count
            }
        }
        return count
    }

    func plan(
        _ keeper: Retention.Keeper, at now: Moment, _ tell: @escaping @Sendable (Retention.Notice, Database) throws -> Void
    ) async throws {
        let due: @Sendable (Database) throws -> [Job] = { db in
            let told = try Int64.fetchOne(db, sql: "SELECT toldAt FROM retention WHERE user = ?", arguments: [keeper.user])
            if let told, Moment(rawValue: told).adding(seconds: Retention.Limits.betweenNoticesSeconds) > now { return [] }
            return try Job.filter(Column("user") == keeper.user && Column("retiresAt") == nil)
                .filter(Column("updatedAt") <= keeper.lastToPlan(at: now) && !Self.busy.contains(Column("state")))
                .order(Column("updatedAt")).limit(Retention.Limits.planned).fetchAll(db)
        }
        guard try await !storage.read({ db in try due(db) }).isEmpty else { return }
        try await storage.write { [self] db in
            var from: Moment?
            let jobs = try due(db)
            for var job in jobs {
                let end = keeper.end(of: job, at: now)
                job.retiresAt = end
                try store(&job, db)
                try Self.log("job.retiring", job, ["delete_at": .string(end.description)], db)
                from = min(from ?? end, end)
            }
            guard let from else { return }
            try db.execute(sql: "INSERT OR REPLACE INTO retention VALUES (?, ?)", arguments: [keeper.user, now])
            try tell(Retention.Notice(user: keeper.user, jobs: jobs.count, from: from), db)
        }
    }

    /// What is planned of a person's jobs.
    package func planned(of user: ID<Caller>) async throws -> (jobs: Int, from: Moment)? {
        try await storage.read { db in
            let row = try Row.fetchOne(
                db, sql: "SELECT count(*) AS n, min(retiresAt) AS first FROM job WHERE user = ? AND retiresAt IS NOT NULL",
                arguments: [user])
            guard let row, let first = row["first"] as Int64? else { return nil }
            return (row["n"], Moment(rawValue: first))
        }
    }
}
