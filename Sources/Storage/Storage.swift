package import Core
import Foundation
package import GRDB

/// The one database. Reads go to the pool; writes are grouped, and each is flushed to disk before it returns.
package final class Storage: Sendable {
    package let database: DatabasePool
    private let commits: GroupCommit

    /// Opens (or makes) the file, and brings its schema up to date.
    /// - Throws: `Failure` `newer_database` when a newer version of Quern has written the file.
    package init(path: String, migrations: [Migration]) throws {
        var configuration = Configuration()
        configuration.busyMode = .timeout(Self.busySeconds)
        configuration.maximumReaderCount = 8
        configuration.prepareDatabase { db in
            // An accepted change survives a power cut: WAL is flushed at every (grouped) commit.
            try db.execute(sql: "PRAGMA synchronous = FULL")
        }
        database = try DatabasePool(path: path, configuration: configuration)
        commits = GroupCommit(database)
        try Self.migrate(database, migrations)
    }

    /// A backup tool or a second command may hold the lock for a moment.
    private static let busySeconds = 5.0

    /// Runs the reads of one operation on one snapshot.
    package func read<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value) async throws -> Value {
        try await database.read(body)
    }

    /// Runs one operation as one transaction. When this returns, the change is on the disk.
    package func write<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value) async throws -> Value {
        try await commits.write(body)
    }

    /// Called after every commit that wrote an event.
    package func afterCommit(_ action: @escaping @Sendable () -> Void) {
        commits.afterCommit(action)
    }

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
        String.fromDatabaseValue(value).flatMap { try? JSON(parsing: $0) }
    }
}
