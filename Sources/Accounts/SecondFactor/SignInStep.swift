package import Core
import Foundation
import GRDB
package import Storage

/// What stands between a right password (or a registration) and a session. Its token is given to the client, its hash stored.
package struct SignInStep: Sendable, Codable, Equatable, FetchableRecord, PersistableRecord {
    package static let databaseTableName = "signInStep"

    package enum Kind: String, Sendable, Codable {
        /// The code that was mailed.
        case verify
        /// A code of a device, a recovery code, or a passkey.
        case secondFactor
        /// A device has to be set up first.
        case deviceSetup
        case newPassword
        /// A challenge that a passkey has to sign.
        case passkey
        /// A challenge of an identity provider outside; its session is in the detail.
        case outside
    }

    let tokenHash: String
    /// Nobody, where an unknown address must not be told from a known one.
    package let user: ID<Caller>?
    package let email: String
    package let kind: Kind
    package var detail: JSON
    package var tries: Int
    let createdAt: Moment
    let expiresAt: Moment

    package enum Limits {
        package static let seconds = 600.0
        /// Of a challenge that only has to be signed.
        package static let passkeySeconds = 300.0
        /// Wrong codes, then the login starts again.
        package static let tries = 5
        /// Open steps of one person; older ones make room.
        package static let most = 20
    }

    package func text(_ name: String) -> String? {
        if case .object(let members) = detail { members[name]?.stringValue } else { nil }
    }

    package static let over = Failure(
        .unauthenticated, "invalid_session", "This login has expired or was tried too often; start again with the password.")
}

/// All SQL of the steps of a login.
package struct SignInStepStore: Sendable {
    private let storage: Storage

    package init(_ storage: Storage) {
        self.storage = storage
    }

    /// - Parameter checked: whose password was checked, as read for that.
    /// - Returns: the token that stands for the step.
    /// - Throws: as `SessionStore.begin`.
    package func begin(
        _ kind: SignInStep.Kind, user: ID<Caller>?, checked: User? = nil, email: String, detail: JSON = .object([:]),
        lifeSeconds: Double = SignInStep.Limits.seconds, now: Moment = .now
    ) async throws -> String {
        let token = Token.random()
        let step = SignInStep(
            tokenHash: Token.hash(token), user: user, email: email, kind: kind, detail: detail, tries: 0, createdAt: now,
            expiresAt: now.adding(seconds: lifeSeconds))
        try await storage.write { db in
            try checked?.mustBeAsRead(db)
            try db.execute(sql: "DELETE FROM signInStep WHERE expiresAt < ?", arguments: [now])
            try step.insert(db)
            if let user {
                try db.execute(
                    sql: """
                        DELETE FROM signInStep WHERE user = ? AND tokenHash NOT IN
                            (SELECT tokenHash FROM signInStep WHERE user = ? ORDER BY createdAt DESC LIMIT ?)
                        """, arguments: [user, user, SignInStep.Limits.most])
            }
        }
        return token
    }

    /// - Throws: `Failure` `invalid_session` when it is over, or of another kind.
    package func find(_ token: String, _ kinds: SignInStep.Kind..., now: Moment = .now) async throws -> SignInStep {
        try await storage.read { db in try Self.find(token, kinds, now, db) }
    }

    static func find(_ token: String, _ kinds: [SignInStep.Kind], _ now: Moment, _ db: Database) throws -> SignInStep {
        guard let step = try SignInStep.fetchOne(db, key: Token.hash(token)), step.expiresAt > now, kinds.contains(step.kind),
            step.tries < SignInStep.Limits.tries
        else { throw SignInStep.over }
        return step
    }

    /// Counts a try before it is looked at, so that many at once are not more than the limit.
    package func counted(_ token: String, _ kinds: SignInStep.Kind..., now: Moment = .now) async throws -> SignInStep {
        try await storage.write { db in
            var step = try Self.find(token, kinds, now, db)
            step.tries += 1
            try step.update(db)
            return step
        }
    }

    /// The provider calls the login by another name now.
    func change(_ token: String, _ detail: JSON) async throws {
        try await storage.write { db in
            try db.execute(
                sql: "UPDATE signInStep SET detail = ? WHERE tokenHash = ?", arguments: [detail, Token.hash(token)])
        }
    }

    /// The step is done: the first who says so goes on, nobody else.
    /// - Throws: `Failure` `invalid_session`.
    package func finish(_ token: String) async throws {
        try await storage.write { db in
            try db.execute(sql: "DELETE FROM signInStep WHERE tokenHash = ?", arguments: [Token.hash(token)])
            guard db.changesCount > 0 else { throw SignInStep.over }
        }
    }
}
