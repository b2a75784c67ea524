package import Core
import Foundation
package import GRDB
import Synchronization

/// The one database. Reads go to the pool; writes are grouped, and each is flushed to disk before it returns.
package final class Storage: Sendable {
    package let database: DatabasePool
    private let commits: GroupCommit
    /// A connection that only watches: SQLite tells each connection of the commits of all others.
    private let watcher: DatabaseQueue
    private let lastSeen = Mutex(LastSeen())
    private let watches = TableWatches()
    private let searches = SearchLane(width: Limits.searches, maxWaiting: Limits.waitingSearches)

    /// Opens (or makes) the file, and brings its schema up to date.
    /// - Throws: `Failure` `newer_database` when a newer version of Quern has written the file.
    package init(path: String, migrations: [Migration]) throws {
        var configuration = Configuration()
        configuration.busyMode = .timeout(Limits.busySeconds)
        configuration.maximumReaderCount = Limits.readers
        configuration.prepareDatabase { db in
            // An accepted change survives a power cut: WAL is flushed at every (grouped) commit.
            try db.execute(sql: "PRAGMA synchronous = FULL")
            // Searches read texts from all over the file: mapped, its pages are neither copied nor kept once for each connection.
            try db.execute(sql: "PRAGMA mmap_size = 268435456")
            TextSearch.add(to: db)
        }
        database = try DatabasePool(path: path, configuration: configuration)
        commits = GroupCommit(database)
        try Self.migrate(database, migrations)
        try database.writeWithoutTransaction { db in
            // What a savepoint needs to go back is small, and went to a new file for each commit.
            try db.execute(sql: "PRAGMA temp_store = MEMORY")
        }
        var watching = Configuration()
        watching.readonly = true
        watcher = try DatabaseQueue(path: path, configuration: watching)
        let all = try watcher.read(Self.version)
        let others = try database.writeWithoutTransaction(Self.version)
        lastSeen.withLock { $0 = LastSeen(all: all, others: others) }
        database.add(transactionObserver: watches, extent: .databaseLifetime)
    }

    /// What SQLite told of the commits of other connections than the one that was asked.
    private struct LastSeen {
        /// On the connection that only watches: commits of this process too.
        var all: Int64?
        /// On the connection that writes: commits of other processes alone.
        var others: Int64?
    }

    private static func version(_ db: Database) throws -> Int64? { try Int64.fetchOne(db, sql: "PRAGMA data_version") }

    /// Tells of commits that changed one of these tables. SQLite tells no changes of tables `WITHOUT ROWID`.
    package func watch(_ tables: Set<String>) -> TableWatch { watches.watch(tables) }

    /// Runs the reads of one operation on one snapshot. They end when their time is up, and when their caller has gone.
    /// - Throws: `Failure` `took_too_long`.
    package func read<Value: Sendable>(
        within limit: Duration = Limits.read, _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws -> Value {
        let patience = Patience.current
        return try await database.read { db in try ReadDeadline(within: limit, patience).run(db, body) }
    }

    /// Runs reads that look through many texts: few at a time, so that they never take all readers.
    /// - Throws: `Failure` `took_too_long`, `too_many_searches`.
    package func search<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value) async throws -> Value {
        try await searches.run { try await read(within: Limits.search, body) }
    }

    /// Runs one operation as one transaction. When this returns, the change is on the disk.
    package func write<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value) async throws -> Value {
        // The transaction runs in a task of its own, which knows nothing of the request.
        let (correlation, also, aftermath) = (Correlation.current, Self.alongside, Aftermath())
        do {
            let value = try await commits.write { db in
                try Correlation.$current.withValue(correlation) {
                    try Aftermath.$current.withValue(aftermath) {
                        let value = try body(db)
                        try also?.action(db)
                        return value
                    }
                }
            }
            await aftermath.settle(isCommitted: true)
            return value
        } catch let error as DatabaseError where error.resultCode == .SQLITE_IOERR {
            // Nobody knows whether the commit has reached the disk; the next start finds out, with all files still there.
            throw error
        } catch {
            await aftermath.settle(isCommitted: false)
            throw error
        }
    }

    /// What every write of this task does besides, in the same transaction: both happen or neither.
    @TaskLocal package static var alongside: Alongside?

    /// A value around the closure: with a function as the task-local's own type an optimised build of Swift 6.3.1 crashes.
    package struct Alongside: Sendable {
        let action: @Sendable (Database) throws -> Void

        package init(_ action: @escaping @Sendable (Database) throws -> Void) {
            self.action = action
        }
    }

    /// Runs once in each transaction, behind all the writes that were gathered in it: for what costs as much for many as for one.
    /// What it throws undoes them all.
    package func beforeCommit(_ action: @escaping @Sendable (Database) throws -> Void) {
        commits.beforeCommit(action)
    }

    /// Called after every commit that wrote an event.
    package func afterCommit(_ action: @escaping @Sendable () -> Void) {
        commits.afterCommit(action)
    }

    /// Whether anybody, this process or another, has committed since the last question.
    package func hasNewCommit() async throws -> Bool {
        let all = try await watcher.read(Self.version)
        guard lastSeen.withLock({ $0.all != all }) else { return false }
        let others = try await database.writeWithoutTransaction(Self.version)
        let isForeign = lastSeen.withLock { last in
            defer { last = LastSeen(all: all, others: others) }
            return last.others != others
        }
        if isForeign { watches.countAll() }
        commits.countCommit()
        return true
    }

    /// What was read at one generation still stands while the generation does. Commits of this process count before whoever asked
    /// for them is answered; those of others when `hasNewCommit` has seen them.
    package var generation: Int64 { commits.generation }

    func countCommit() { commits.countCommit() }

    private static func migrate(_ database: DatabasePool, _ migrations: [Migration]) throws {
        var migrator = DatabaseMigrator()
        for migration in migrations {
            migrator.registerMigration(migration.name) { try $0.execute(sql: migration.sql) }
        }
        try database.read { db in
            if try migrator.hasBeenSuperseded(db) {
                throw Failure(
                    .unavailable, "newer_database",
                    "The data folder was written by a newer version of Quern; start that version, or restore a backup.")
            }
        }
        try migrator.migrate(database)
    }
}

/// A step of the schema, `room-NNN-what`, never edited once it has landed.
package struct Migration: Sendable {
    package let name: String
    package let sql: String

    package init(_ name: String, _ sql: String) {
        self.name = name
        self.sql = sql
    }
}

extension ID: DatabaseValueConvertible {
    package var databaseValue: DatabaseValue { rawValue.databaseValue }
    package static func fromDatabaseValue(_ value: DatabaseValue) -> Self? { String.fromDatabaseValue(value).flatMap(Self.init) }
}

extension Moment: DatabaseValueConvertible {
    package var databaseValue: DatabaseValue { rawValue.databaseValue }
    package static func fromDatabaseValue(_ value: DatabaseValue) -> Moment? {
        Int64.fromDatabaseValue(value).map(Moment.init(rawValue:))
    }
}

extension JSON: DatabaseValueConvertible {
    package var databaseValue: DatabaseValue { text.databaseValue }
    package static func fromDatabaseValue(_ value: DatabaseValue) -> JSON? {
        String.fromDatabaseValue(value).flatMap { try? JSON(stored: $0) }
    }
}
