package import Core
import Foundation
package import GRDB
package import Storage

extension Session: FetchableRecord, PersistableRecord {
    package static let databaseTableName = "session"
}

/// All SQL of sessions and of the refresh tokens that renew them.
package struct SessionStore: Sendable {
    private let storage: Storage
    private let keyring: Keyring
    package let lifeSeconds: Double
    private let remembered: ReadCache<Found>

    package init(_ storage: Storage, keyring: Keyring, lifeSeconds: Double) {
        remembered = ReadCache(
            storage, of: [Session.databaseTableName, User.databaseTableName, APIKey.databaseTableName], most: 10_000)
        self.storage = storage
        self.keyring = keyring
        self.lifeSeconds = lifeSeconds
    }

    // MARK: Beginning

    /// Begins a session of a browser, or one that stands on a key.
    /// - Parameter user: as read when the login was checked.
    /// - Throws: `Failure` `invalid_credentials`, `account_disabled` when the password was changed or the account disabled since.
    /// - Returns: the session, and the token for the cookie: 32 random bytes, base64url.
    package func begin(
        _ kind: Session.Kind, for user: User, key: APIKey? = nil, environmentKey: String? = nil, from clientInfo: ClientInfo,
        lifeSeconds: Double? = nil, replacing old: String? = nil
    ) async throws -> (session: Session, token: String) {
        let token = Token.random()
        var session = Self.make(
            kind, tokenHash: Token.hash(token), user.id, key: key?.id, clientInfo, lifeSeconds ?? self.lifeSeconds, .now)
        session.environmentKeyHash = environmentKey.map(keyring.hash(environmentKey:))
        let begun = session
        try await storage.write { db in
            if key == nil && environmentKey == nil { try user.mustBeAsRead(db) }
            if let old { try Self.end(old, db) }
            try Self.insert(begun, db)
        }
        return (begun, token)
    }

    /// Begins a session of a program: its access tokens name the session, its refresh tokens renew them.
    /// - Throws: as `begin`.
    package func beginTokens(
        for user: User, from clientInfo: ClientInfo, withRefresh: Bool, now: Moment = .now
    ) async throws -> (session: Session, refreshToken: String?) {
        let session = Self.make(.token, tokenHash: nil, user.id, key: nil, clientInfo, Session.Limits.tokenSeconds, now)
        let token = withRefresh ? Token.random() : nil
        try await storage.write { db in
            try user.mustBeAsRead(db)
            try Self.insert(session, db)
            if let token {
                try db.execute(
                    sql: "INSERT INTO refreshToken (tokenHash, session, createdAt) VALUES (?, ?, ?)",
                    arguments: [Token.hash(token), session.id, now])
            }
        }
        return (session, token)
    }

    private static func make(
        _ kind: Session.Kind, tokenHash: String?, _ user: ID<Caller>, key: String?, _ clientInfo: ClientInfo,
        _ lifeSeconds: Double,
        _ authenticatedAt: Moment
    ) -> Session {
        let now = Moment.now
        return Session(
            id: ID<Session>().rawValue, kind: kind, tokenHash: tokenHash, user: user, apiKey: key,
            userAgent: clientInfo.userAgent.beginning(bytes: Session.Limits.userAgentBytes), address: clientInfo.address,
            createdAt: now, authenticatedAt: authenticatedAt, lastUsedAt: now, expiresAt: now.adding(seconds: lifeSeconds))
    }

    private static func insert(_ session: Session, _ db: Database) throws {
        try db.execute(sql: "DELETE FROM session WHERE expiresAt < ?", arguments: [session.createdAt])
        try session.insert(db)
        try db.execute(
            sql: """
                DELETE FROM session WHERE user = ? AND id NOT IN
                    (SELECT id FROM session WHERE user = ? ORDER BY lastUsedAt DESC, createdAt DESC LIMIT ?)
                """, arguments: [session.user, session.user, Session.Limits.most])
    }

    // MARK: Finding

    /// A session with whom it belongs to; nil when it is over or its user is not active.
    package struct Found: Sendable {
        package let session: Session
        package let user: User
        /// The key that the session stands on.
        package let key: APIKey?
    }

    package func find(token: String, now: Moment = .now) async throws -> Found? {
        let hash = Token.hash(token)
        return try await find("token \(hash)", now) { db in try Session.filter(Column("tokenHash") == hash).fetchOne(db) }
    }

    package func find(id: String, now: Moment = .now) async throws -> Found? {
        try await find("id \(id)", now) { db in try Session.fetchOne(db, key: id) }
    }

    /// Whatever ends a session, its user or its key is a commit; time ends them too.
    private func find(
        _ name: String, _ now: Moment, read: @escaping @Sendable (Database) throws -> Session?
    ) async throws -> Found? {
        try await remembered.value(name, while: { $0.session.expiresAt > now && $0.key?.isExpired(now) != true }) {
            try await storage.read { db in try Self.living(try read(db), now, db) }
        }
    }

    private static func living(_ session: Session?, _ now: Moment, _ db: Database) throws -> Found? {
        guard let session, session.expiresAt > now, let user = try User.fetchOne(db, key: session.user.rawValue),
            user.state == .active
        else { return nil }
        guard let id = session.apiKey else { return Found(session: session, user: user, key: nil) }
        guard let key = try APIKey.fetchOne(db, key: id), !key.isExpired(now) else { return nil }
        return Found(session: session, user: user, key: key)
    }

    /// Whether a session still counts; asked by streams that stay open.
    package func isAlive(_ id: String) async -> Bool {
        if (try? await find(id: id)) != nil { return true }
        // A stream never ends while a request with the same cookie, remembered a moment ago, still comes through.
        remembered.forget()
        return false
    }

    package func list(of user: ID<Caller>) async throws -> [Session] {
        try await storage.read { db in
            try Session.filter(Column("user") == user.rawValue && Column("expiresAt") > Moment.now)
                .order(Column("lastUsedAt").desc, Column("id")).fetchAll(db)
        }
    }

    /// Notes that a session was used, once a minute at most.
    package func used(_ session: Session, now: Moment = .now) async throws {
        guard now.seconds - session.lastUsedAt.seconds > Session.Limits.noteSeconds else { return }
        try await storage.write { db in
            try db.execute(sql: "UPDATE session SET lastUsedAt = ? WHERE id = ?", arguments: [now, session.id])
        }
    }

    // MARK: Renewing

    /// The login was proved again: the session is fresh, and a browser's gets a new token.
    package func renew(_ session: Session, now: Moment = .now) async throws -> String? {
        let token = session.kind == .browser ? Token.random() : nil
        try await storage.write { db in
            try db.execute(
                sql: "UPDATE session SET authenticatedAt = ?, tokenHash = coalesce(?, tokenHash) WHERE id = ?",
                arguments: [now, token.map(Token.hash), session.id])
        }
        return token
    }

    /// Exchanges a refresh token for its one successor.
    ///
    /// The first use marks the token. Within the grace another use answers the very same successor, so that two tabs that
    /// race end up with one token. A use after the grace is theft by one of two: the session ends (RFC 9700, section 4.14.2).
    /// - Throws: `Failure` `invalid_refresh_token`.
    package func rotate(_ token: String, now: Moment = .now) async throws -> (session: Session, user: User, refreshToken: String)
    {
        let (hash, first, keyring) = (Token.hash(token), keyring.successor(of: token), keyring)
        let found = try await storage.write { db -> (Found, String)? in
            guard
                let row = try Row.fetchOne(
                    db, sql: "SELECT session, usedAt FROM refreshToken WHERE tokenHash = ?", arguments: [hash]),
                let living = try Self.living(try Session.fetchOne(db, key: row["session"] as String), now, db)
            else { return nil }
            let usedAt = (row["usedAt"] as Int64?).map(Moment.init(rawValue:))
            if let usedAt, now.seconds - usedAt.seconds > Session.Limits.graceSeconds {
                try Self.end(living.session.id, db)
                return nil
            }
            guard usedAt == nil else { return (living, try Self.tip(from: first, keyring, db)) }
            try db.execute(sql: "UPDATE refreshToken SET usedAt = ? WHERE tokenHash = ?", arguments: [now, hash])
            try db.execute(
                sql: "INSERT INTO refreshToken (tokenHash, session, createdAt) VALUES (?, ?, ?)",
                arguments: [Token.hash(first), living.session.id, now])
            try db.execute(sql: "UPDATE session SET lastUsedAt = ? WHERE id = ?", arguments: [now, living.session.id])
            return (living, first)
        }
        guard let (found, next) = found else {
            throw Failure(
                .unauthenticated, "invalid_refresh_token", "The refresh token is unknown, used up or expired; log in again.")
        }
        return (found.session, found.user, next)
    }

    /// The one token of a chain that nobody has used yet: a slow tab is not handed one that a quick tab has used up.
    private static func tip(from token: String, _ keyring: Keyring, _ db: Database) throws -> String {
        var token = token
        while try Bool.fetchOne(
            db, sql: "SELECT usedAt IS NOT NULL FROM refreshToken WHERE tokenHash = ?", arguments: [Token.hash(token)]) == true
        {
            token = keyring.successor(of: token)
        }
        return token
    }

    // MARK: Ending

    package func end(id: String) async throws {
        try await storage.write { db in try Self.end(id, db) }
    }

    /// - Throws: `Failure` `session_not_found`, also for somebody else's.
    package func end(id: String, of user: ID<Caller>) async throws {
        try await storage.write { db in
            try db.execute(sql: "DELETE FROM session WHERE id = ? AND user = ?", arguments: [id, user])
            guard db.changesCount > 0 else { throw Failure(.missing, "session_not_found", "There is no such session.") }
        }
    }

    /// - Returns: how many were ended.
    @discardableResult
    package func endAll(of user: ID<Caller>, but kept: String? = nil) async throws -> Int {
        try await storage.write { db in try Self.endAll(of: user, but: kept, db) }
    }

    /// For a change that has to end sessions in its own transaction.
    @discardableResult
    package static func endAll(of user: ID<Caller>, but kept: String?, _ db: Database) throws -> Int {
        try db.execute(
            sql: "UPDATE user SET tokensFrom = ? WHERE id = ? AND provider = 'cognito'", arguments: [Moment.now, user])
        // Nor does a login go on that began with the old password.
        try db.execute(sql: "DELETE FROM signInStep WHERE user = ?", arguments: [user])
        try db.execute(sql: "DELETE FROM session WHERE user = ? AND id IS NOT ?", arguments: [user, kept])
        return db.changesCount
    }

    /// A session that goes on, but not beyond the access token it has.
    static func forgetRefreshTokens(of session: String, _ db: Database) throws {
        try db.execute(sql: "DELETE FROM refreshToken WHERE session = ?", arguments: [session])
    }

    private static func end(_ id: String, _ db: Database) throws {
        try db.execute(sql: "DELETE FROM session WHERE id = ?", arguments: [id])
    }
}
