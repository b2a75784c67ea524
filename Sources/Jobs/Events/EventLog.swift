package import Core
package import GRDB
package import Storage
import Synchronization

/// An event as it stands in the log; its number only grows.
package struct LoggedEvent: Sendable, Equatable, Codable, FetchableRecord {
    package let id: Int64
    package let tenant: String
    package let user: ID<Caller>?
    package let job: String?
    package let type: String
    package let detail: JSON
    package let at: Moment
    package let topic: Event.Topic
    /// Of the request that set it off.
    package let request: String?
    package let trace: String?

    /// As an event is written today: older versions of the program copied texts of any length into it.
    var bounded: LoggedEvent {
        LoggedEvent(
            id: id, tenant: tenant, user: user, job: job, type: type, detail: Event.bounded(detail), at: at, topic: topic,
            request: request, trace: trace)
    }

    package var json: JSON {
        var members: [String: JSON] = [
            "id": .int(id), "type": .string(type), "job_id": .optional(job), "at": .string(at.description),
            "user_id": .optional(user?.rawValue), "request_id": .optional(request), "trace_id": .optional(trace),
        ]
        if case .object(let detail) = detail { members.merge(detail) { own, _ in own } }
        return .object(members)
    }
}

/// The log of everything that happened, and a signal that is sent when it grows.
package final class EventLog: Sendable {
    private let storage: Storage
    package let signals = SignalHub()
    private let commits = Mutex<Int64>(0)

    package init(_ storage: Storage) {
        self.storage = storage
        storage.afterCommit { [weak self] in self?.notify() }
    }

    /// Writes a line, inside the transaction of what it tells of.
    package static func append(_ event: Event, at now: Moment, _ db: Database) throws {
        let current = Correlation.current
        let insert = try db.cachedStatement(
            sql:
                "INSERT INTO event (tenant, user, job, type, detail, at, topic, request, trace) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
        )
        try insert.execute(
            arguments: [
                event.tenant, event.user, event.job, event.type, event.detail, now, event.topic.rawValue, current?.requestID,
                current?.trace.id,
            ])
    }

    /// What somebody listens to.
    package enum Interest: Sendable {
        case job(ID<Job>)
        case topics(Set<Event.Topic>, Caller)

        package static func everything(of caller: Caller) -> Interest { .topics(Set(Event.Topic.allCases), caller) }
    }

    /// Events behind a number, oldest first.
    package func events(after id: Int64, _ interest: Interest, most: Int) async throws -> [LoggedEvent] {
        try await batch(after: id, interest, most: most, bytes: .max).events
    }

    /// What one look at the log found.
    package struct Batch: Sendable {
        package var events: [LoggedEvent] = []
        /// More may stand behind these.
        package var isCut = false
    }

    /// Events behind a number, oldest first, up to a number of them and of their bytes; one at least, however large.
    package func batch(after id: Int64, _ interest: Interest, most: Int, bytes: Int) async throws -> Batch {
        try await storage.read { db in
            switch interest {
            case .job(let job):
                return try Self.batch("job = ?", [job], after: id, most: most, bytes: bytes, db)
            case .topics(let topics, let caller):
                var parts: [Batch] = []
                // Each topic has an index of its own; the first so many of all are among the first so many of each.
                if topics.contains(.jobs) {
                    parts.append(
                        try Self.batch("user = ? AND topic = 'jobs'", [caller.user], after: id, most: most, bytes: bytes, db))
                }
                if topics.contains(.tasks) {
                    parts.append(
                        try Self.batch("tenant = ? AND topic = 'tasks'", [caller.tenant], after: id, most: most, bytes: bytes, db)
                    )
                }
                return Self.merged(parts, most: most)
            }
        }
    }

    private static func batch(
        _ condition: String, _ arguments: StatementArguments, after id: Int64, most: Int, bytes: Int, _ db: Database
    ) throws -> Batch {
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT *, length(CAST(detail AS BLOB)) AS detailBytes FROM event
                WHERE \(condition) AND id > ? ORDER BY id LIMIT ?
                """, arguments: arguments + [id, most])
        var batch = Batch()
        var room = bytes
        while let row = try rows.next() {
            let size = min(row["detailBytes"] as Int, Event.Limits.detailBytes)
            guard size <= room || batch.events.isEmpty else {
                batch.isCut = true
                return batch
            }
            batch.events.append(try LoggedEvent(row: row).bounded)
            room -= size
        }
        batch.isCut = batch.events.count >= most
        return batch
    }

    /// Nothing that stands behind the end of a topic that was cut: the rest of that topic comes first.
    private static func merged(_ parts: [Batch], most: Int) -> Batch {
        let end = parts.filter(\.isCut).compactMap { $0.events.last?.id }.min()
        let events = parts.flatMap(\.events).filter { $0.id <= end ?? .max }.sorted { $0.id < $1.id }
        return Batch(events: Array(events.prefix(most)), isCut: end != nil || events.count > most)
    }

    /// The newest events of one job, newest first.
    package func newest(of job: ID<Job>, most: Int) async throws -> [LoggedEvent] {
        try await storage.read { db in
            try LoggedEvent.fetchAll(
                db, sql: "SELECT * FROM event WHERE job = ? ORDER BY id DESC LIMIT ?", arguments: [job, most]
            ).map(\.bounded)
        }
    }

    package func lastID() async throws -> Int64 {
        try await storage.read { db in try Int64.fetchOne(db, sql: "SELECT max(id) FROM event") ?? 0 }
    }

    /// Grows with every commit: a reader that has seen this generation need not look again.
    package var generation: Int64 { commits.withLock { $0 } }

    package func notify() {
        commits.withLock { $0 += 1 }
        signals.send()
    }
}
