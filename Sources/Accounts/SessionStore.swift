import Core
import Crypto
package import Foundation
import GRDB
package import Storage

/// A browser that is signed in. The token is in its cookie; only the hash is stored.
struct Session: Sendable, Codable, FetchableRecord, PersistableRecord {
    static let databaseTableName = "session"

    let id: String
    let tokenHash: String
    let user: ID<Caller>
    let userAgent: String
    let address: String
    let createdAt: Moment
    let expiresAt: Moment
}

/// All SQL of sessions.
package struct SessionStore: Sendable {
    private let storage: Storage
    package let lifeSeconds: Double

    package init(_ storage: Storage, lifeSeconds: Double) {
        self.storage = storage
        self.lifeSeconds = lifeSeconds
    }

    /// Begins a session.
    /// - Returns: the token for the cookie: 32 random bytes, base64url.
    package func begin(for user: User, userAgent: String, address: String) async throws -> String {
        let token = SymmetricKey(size: .bits256).withUnsafeBytes { Data($0) }.base64URL
        let now = Moment.now
        let session = Session(
            id: ID<Session>().rawValue, tokenHash: Self.hash(token), user: user.id, userAgent: String(userAgent.prefix(300)),
            address: address, createdAt: now, expiresAt: now.adding(seconds: lifeSeconds))
        try await storage.write { db in
            try db.execute(sql: "DELETE FROM session WHERE expiresAt < ?", arguments: [now])
            try session.insert(db)
        }
        return token
    }

    /// The session of a cookie and its user, unless it is over or the user is no longer active.
    package func find(token: String) async throws -> (id: String, user: User)? {
        let hash = Self.hash(token)
        return try await storage.read { db in
            guard let session = try Session.filter(Column("tokenHash") == hash).fetchOne(db), session.expiresAt > .now,
                let user = try User.fetchOne(db, key: session.user.rawValue), user.state == .active
            else { return nil }
            return (session.id, user)
        }
    }

    package func end(id: String) async throws {
        try await storage.write { db in _ = try Session.deleteOne(db, key: id) }
    }

    private static func hash(_ token: String) -> String {
        SHA256.hash(data: Data(token.utf8)).hex
    }
}

extension Data {
    /// RFC 4648, section 5, without padding.
    package var base64URL: String {
        base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }
}
