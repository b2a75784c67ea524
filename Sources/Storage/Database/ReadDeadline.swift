import Core
import GRDB
import GRDBSQLite

/// Ends statements whose time is up, or whose caller has gone. SQLite asks every few thousand steps of its machine.
final class ReadDeadline: Sendable {
    /// Steps between two questions: far below a millisecond of work.
    private static let steps: Int32 = 2_000

    private let end: ContinuousClock.Instant
    private let patience: Patience?

    init(within limit: Duration, _ patience: Patience?) {
        end = .now + limit
        self.patience = patience
    }

    private var isOver: Bool { patience?.isGone == true || ContinuousClock.now >= end }

    /// - Throws: `Failure` `took_too_long`; `CancellationError` when nobody waits for the answer any more.
    func run<Value>(_ db: Database, _ body: (Database) throws -> Value) throws -> Value {
        // It waited for a connection until then. What is short is read even for a caller that looks gone: see `CallerWatch`.
        guard ContinuousClock.now < end else { throw reason }
        sqlite3_progress_handler(
            db.sqliteConnection, Self.steps,
            { $0.map { Unmanaged<ReadDeadline>.fromOpaque($0).takeUnretainedValue().isOver } == true ? 1 : 0 },
            Unmanaged.passUnretained(self).toOpaque())
        defer { sqlite3_progress_handler(db.sqliteConnection, 0, nil, nil) }
        do {
            return try body(db)
        } catch let error as DatabaseError where error.resultCode == .SQLITE_INTERRUPT && isOver {
            throw reason
        }
    }

    private var reason: any Error {
        patience?.isGone == true
            ? CancellationError()
            : Failure(
                .outage, "took_too_long", "This would take too long; ask for less, or try again later.",
                retryAfterSeconds: Storage.Limits.retrySeconds)
    }
}

extension Storage {
    package enum Limits {
        /// A backup tool or a second command may hold the lock for a moment.
        static let busySeconds = 5.0
        /// Connections that read.
        static let readers = 8
        /// Everything that one request reads at a time is indexed and bounded; what takes longer is not worth a reader.
        package static let read = Duration.seconds(5)
        /// Looking through texts may take this long, on one of the few readers that do it.
        package static let search = Duration.seconds(3)
        /// The other readers stay free for what is quick.
        static let searches = 2
        /// Searches that wait for one of those; more are refused at once.
        static let waitingSearches = 64
        static let retrySeconds = 5
    }
}
