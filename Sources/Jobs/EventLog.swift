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

    package var json: JSON {
        var members: [String: JSON] = [
            "id": .int(id), "type": .string(type), "job_id": .optional(job), "at": .string(at.description),
        ]
        if case .object(let detail) = detail { members.merge(detail) { own, _ in own } }
        return .object(members)
    }
}

/// The log of everything that happened, and the bell that rings when it grows.
package final class EventLog: Sendable {
    private let storage: Storage
    private let bells = Mutex<[Int: AsyncStream<Void>.Continuation]>([:])
    private let nextBell = Mutex(0)
    private let commits = Mutex<Int64>(0)

    package init(_ storage: Storage) {
        self.storage = storage
        storage.afterCommit { [weak self] in self?.ring() }
    }

    /// Writes a line, inside the transaction of what it tells of.
    package static func append(_ event: Event, at now: Moment, _ db: Database) throws {
        try db.execute(
            sql: "INSERT INTO event (tenant, user, job, type, detail, at) VALUES (?, ?, ?, ?, ?, ?)",
            arguments: [event.tenant, event.user, event.job, event.type, event.detail, now])
    }

    /// Events of one person (or of one job) behind a number, oldest first.
    package func events(after id: Int64, of user: ID<Caller>, job: String?, most: Int) async throws -> [LoggedEvent] {
        try await storage.read { db in
            if let job {
                try LoggedEvent.fetchAll(
                    db, sql: "SELECT * FROM event WHERE job = ? AND id > ? ORDER BY id LIMIT ?", arguments: [job, id, most])
            } else {
                try LoggedEvent.fetchAll(
                    db, sql: "SELECT * FROM event WHERE user = ? AND id > ? ORDER BY id LIMIT ?", arguments: [user, id, most])
            }
        }
    }

    package func lastID() async throws -> Int64 {
        try await storage.read { db in try Int64.fetchOne(db, sql: "SELECT max(id) FROM event") ?? 0 }
    }

    /// A stream that has an element whenever the log may have grown since the last look. It rings once for many.
    package func bell() -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        let number = nextBell.withLock { number in
            number += 1
            return number
        }
        bells.withLock { $0[number] = continuation }
        continuation.onTermination = { [weak self] _ in _ = self?.bells.withLock { $0.removeValue(forKey: number) } }
        return stream
    }

    /// Grows with every commit: a reader that has seen this generation need not look again.
    package var generation: Int64 { commits.withLock { $0 } }

    package func ring() {
        commits.withLock { $0 += 1 }
        for bell in bells.withLock({ Array($0.values) }) { bell.yield() }
    }
}
