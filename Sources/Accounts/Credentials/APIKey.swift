package import Core
import Foundation
import GRDB
package import Storage

/// What a program shows instead of a password: shown once, stored hashed, good for some things only.
package struct APIKey: Sendable, Codable, Equatable {
    package let id: String
    package let user: ID<Caller>
    package let name: String
    /// The beginning of the key, to tell one from another.
    package let prefix: String
    let keyHash: String
    /// Words of `Scope`, separated by blanks.
    let scopes: String
    package let createdAt: Moment
    package let expiresAt: Moment?
    package var lastUsedAt: Moment?

    package var scopeSet: Set<Scope> { Set(scopes.split(separator: " ").compactMap { Scope(rawValue: String($0)) }) }

    package func isExpired(_ now: Moment) -> Bool { expiresAt.map { $0 <= now } ?? false }

    package var json: JSON {
        [
            "id": .string(id), "name": .string(name), "prefix": .string(prefix),
            "scopes": .array(scopeSet.map(\.rawValue).sorted().map { .string($0) }), "created_at": .string(createdAt.description),
            "expires_at": .optional(expiresAt), "last_used_at": .optional(lastUsedAt),
        ]
    }

    package enum Limits {
        package static let nameCharacters = 100
        package static let days: ClosedRange<Int64> = 1...3650
        package static let standardDays: Int64 = 365
        /// Of one person.
        package static let most = 50
    }

    /// All keys begin so, that a leaked one is found by those who scan for such things.
    static let mark = "quern_"
}

extension APIKey: FetchableRecord, PersistableRecord {
    package static let databaseTableName = "apiKey"
}

/// All SQL of keys.
package struct APIKeyStore: Sendable {
    private let storage: Storage
    private let remembered: ReadCache<(key: APIKey, user: User)>

    package init(_ storage: Storage) {
        self.storage = storage
        remembered = ReadCache(storage, of: [APIKey.databaseTableName, User.databaseTableName], most: 1000)
    }

    /// - Returns: the key as it is stored, and the text that is shown this once.
    /// - Throws: `Failure` `too_many_keys`.
    package func create(
        for user: ID<Caller>, name: String, scopes: Set<Scope>, days: Int64?, now: Moment = .now
    ) async throws -> (key: APIKey, secret: String) {
        let secret = APIKey.mark + Token.random()
        let key = APIKey(
            id: ID<APIKey>().rawValue, user: user, name: name, prefix: String(secret.prefix(APIKey.mark.count + 6)),
            keyHash: Token.hash(secret), scopes: scopes.map(\.rawValue).sorted().joined(separator: " "), createdAt: now,
            expiresAt: days.map { now.adding(seconds: Double($0) * 86_400) })
        try await storage.write { db in
            guard try APIKey.filter(Column("user") == user.rawValue).fetchCount(db) < APIKey.Limits.most else {
                throw Failure(.conflict, "too_many_keys", "There are \(APIKey.Limits.most) keys already; revoke one first.")
            }
            try key.insert(db)
        }
        return (key, secret)
    }

    /// The key and its user, unless it has expired or the user is not active.
    package func find(_ secret: String, now: Moment = .now) async throws -> (key: APIKey, user: User)? {
        guard secret.hasPrefix(APIKey.mark), secret.utf8.count < 100 else { return nil }
        let hash = Token.hash(secret)
        return try await remembered.value(hash, while: { !$0.key.isExpired(now) }) {
            try await storage.read { db in
                guard let key = try APIKey.filter(Column("keyHash") == hash).fetchOne(db) else { return nil }
                return try Self.living(key, now, db)
            }
        }
    }

    /// Whether a key still counts; asked by streams that stay open.
    package func isAlive(_ id: String) async -> Bool {
        let isAlive = try? await storage.read { db in
            try APIKey.fetchOne(db, key: id).flatMap { try Self.living($0, .now, db) } != nil
        }
        if isAlive == true { return true }
        // A stream never ends while a request with the same key, remembered a moment ago, still comes through.
        remembered.forget()
        return false
    }

    private static func living(_ key: APIKey, _ now: Moment, _ db: Database) throws -> (key: APIKey, user: User)? {
        guard !key.isExpired(now), let user = try User.fetchOne(db, key: key.user.rawValue), user.state == .active else {
            return nil
        }
        return (key, user)
    }

    package func list(of user: ID<Caller>) async throws -> [APIKey] {
        try await storage.read { db in
            try APIKey.filter(Column("user") == user.rawValue).order(Column("createdAt").desc, Column("id")).fetchAll(db)
        }
    }

    /// Notes that a key was used, once a minute at most.
    package func used(_ key: APIKey, now: Moment = .now) async throws {
        guard key.lastUsedAt.map({ now.seconds - $0.seconds > Session.Limits.noteSeconds }) ?? true else { return }
        try await storage.write { db in
            try db.execute(sql: "UPDATE apiKey SET lastUsedAt = ? WHERE id = ?", arguments: [now, key.id])
        }
    }

    /// The key ends, and every session that stands on it.
    /// - Throws: `Failure` `key_not_found`, also for somebody else's.
    package func revoke(_ id: String, of user: ID<Caller>?) async throws -> APIKey {
        try await storage.write { db in
            guard let key = try APIKey.fetchOne(db, key: id), user == nil || key.user == user else {
                throw Failure(.missing, "key_not_found", "There is no such key.")
            }
            try key.delete(db)
            return key
        }
    }
}
