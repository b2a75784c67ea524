package import Core
import GRDB
package import Jobs
import Synchronization

/// Refuses new extractions while too many wait.
package final class QueueGate: Sendable {
    private let store: JobStore
    /// Jobs that may wait.
    private let most: Int
    private let workers: Int
    private let refusals = Mutex(Refusals())

    private struct Refusals {
        var count: Int64 = 0
        var lastAt: Moment?
        var lastSeconds: Int?
    }

    private enum Limits {
        /// Between so many seconds and so many lies the hint when to come again.
        static let hint = 2...60
    }

    package init(store: JobStore, most: Int, workers: Int) {
        self.store = store
        self.most = most
        self.workers = workers
    }

    /// Before a body is read.
    func mustHaveRoom() async throws { try mustHaveRoom(waiting: try await store.queued(kind: ExtractJob.kind.name)) }

    /// In the transaction that makes the job: of many that come at once no more are taken.
    func mustHaveRoom(_ db: Database) throws {
        try mustHaveRoom(waiting: try JobStore.queued(kind: ExtractJob.kind.name, db))
    }

    private func mustHaveRoom(waiting: Int) throws {
        guard waiting >= most else { return }
        let seconds = min(max(waiting / max(1, workers) + 1, Limits.hint.lowerBound), Limits.hint.upperBound)
        refusals.withLock { refusals in
            refusals.count += 1
            refusals.lastAt = .now
            refusals.lastSeconds = seconds
        }
        throw Failure(
            .outage, "queue_full", "\(waiting) extractions wait for a worker already; try again in \(seconds) seconds.",
            retryAfterSeconds: seconds)
    }

    /// For those who watch the server.
    package func counters() async throws -> [String: JSON] {
        let waiting = try await store.queued(kind: ExtractJob.kind.name)
        let refused = refusals.withLock { $0 }
        let share = (Double(waiting) / Double(max(1, most)) * 1000).rounded() / 1000
        return [
            "queue_backlog": .int(Int64(waiting)), "queue_capacity": .int(Int64(most)), "queue_utilization": .double(share),
            "queue_overload": [
                "queue_full_rejections": .int(refused.count), "last_rejected_at": .optional(refused.lastAt),
                "last_retry_after_seconds": refused.lastSeconds.map { .int(Int64($0)) } ?? .null,
                "backlog": .int(Int64(waiting)), "capacity": .int(Int64(most)), "utilization": .double(share),
                "throttled": .bool(waiting >= most),
            ],
        ]
    }
}
