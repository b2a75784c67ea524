import Core
import Foundation
import GRDB
package import Storage

/// A code or a link that was mailed; only its hash is here.
struct EmailToken: Sendable, Codable, FetchableRecord, PersistableRecord {
    static let databaseTableName = "mailedSecret"

    enum Purpose: String, Sendable, Codable { case verify, reset }

    let id: String
    let user: ID<Caller>
    let purpose: Purpose
    let secretHash: String
    /// The password that was chosen in the registration of this code: whoever proves the address gets the password that they
    /// chose, not one that a stranger chose for them.
    let passwordHash: String?
    var tries: Int
    let createdAt: Moment
    let expiresAt: Moment

    enum Limits {
        static let codeSeconds = 900.0
        static let codeTries = 5
        /// What is looked at of what somebody typed as a code: six digits, with blanks.
        static let typedBytes = 64
        static let resetSeconds = 3600.0
        /// Rows of what has expired stay for so long.
        static let keptSeconds = 86_400.0
        /// Mails of one kind to one address in an hour.
        static let hourly = 5
        /// Between two codes that are asked for.
        static let pauseSeconds = 60.0
    }

    /// Makes a code and puts it into the outbox; beyond the hourly number nothing is sent, and the answer is the same.
    static func mailCode(
        to user: User, id: String = ID<EmailToken>().rawValue, passwordHash: String?, _ keyring: Keyring,
        _ mailTemplates: MailTemplates,
        now: Moment = .now, _ db: Database
    ) throws {
        guard
            try Outbox.count(.verifyCode, to: user.email, since: now.adding(seconds: -3600), db) < Limits.hourly
        else { return }
        let number = String(UInt32.random(in: 0..<1_000_000))
        let code = String(repeating: "0", count: 6 - number.count) + number
        let expiresAt = now.adding(seconds: Limits.codeSeconds)
        try EmailToken(
            id: id, user: user.id, purpose: .verify, secretHash: keyring.hash(code: code, for: id), passwordHash: passwordHash,
            tries: 0, createdAt: now, expiresAt: expiresAt
        ).insert(db)
        try Outbox.append(
            try mailTemplates.letter(
                .verifyCode, to: user.email, tenant: user.tenant,
                ["code": code, "minutes": Int(Limits.codeSeconds / 60)], expiresAt: expiresAt, now: now), db)
    }

    /// Makes a link that sets a password, and puts it into the outbox.
    static func mailLink(
        _ kind: Mail.Kind, to user: User, lifeSeconds: Double = Limits.resetSeconds, _ mailTemplates: MailTemplates,
        now: Moment = .now,
        _ db: Database
    ) throws {
        guard try Outbox.count(kind, to: user.email, since: now.adding(seconds: -3600), db) < Limits.hourly else { return }
        let token = Token.random()
        let expiresAt = now.adding(seconds: lifeSeconds)
        try EmailToken(
            id: ID<EmailToken>().rawValue, user: user.id, purpose: .reset, secretHash: Token.hash(token), passwordHash: nil,
            tries: 0, createdAt: now, expiresAt: expiresAt
        ).insert(db)
        try Outbox.append(
            try mailTemplates.letter(
                kind, to: user.email, tenant: user.tenant, path: "/auth/reset-password?token=\(token)",
                ["minutes": Int(lifeSeconds / 60)], expiresAt: expiresAt, now: now), db)
    }

    /// The codes that were mailed to a person, newest first; also those that are over, whose owner is told so.
    static func codes(of user: ID<Caller>, _ db: Database) throws -> [EmailToken] {
        try EmailToken.filter(Column("user") == user.rawValue && Column("purpose") == Purpose.verify.rawValue)
            .order(Column("createdAt").desc).fetchAll(db)
    }

    func isOver(_ now: Moment) -> Bool { expiresAt <= now || tries >= Limits.codeTries }

    /// A new code makes older ones void: that of the same registration, or all where it is not known whose was meant. Their rows
    /// stay, for the passwords that were chosen with them.
    static func void(_ id: String?, of user: ID<Caller>, _ db: Database) throws {
        try db.execute(
            sql: "UPDATE mailedSecret SET tries = ? WHERE user = ? AND purpose = 'verify' AND (? IS NULL OR id = ?)",
            arguments: [Limits.codeTries, user, id, id])
    }

    static func link(_ token: String, now: Moment, _ db: Database) throws -> EmailToken? {
        try EmailToken.filter(
            Column("secretHash") == Token.hash(token) && Column("purpose") == Purpose.reset.rawValue && Column("expiresAt") > now
        ).fetchOne(db)
    }

    static func forget(_ purpose: Purpose, of user: ID<Caller>, _ db: Database) throws {
        try db.execute(sql: "DELETE FROM mailedSecret WHERE user = ? AND purpose = ?", arguments: [user, purpose.rawValue])
    }
}

/// What pages ask about links that were mailed.
package struct MailedSecretStore: Sendable {
    private let storage: Storage

    package init(_ storage: Storage) {
        self.storage = storage
    }

    func owner(ofLink token: String) async throws -> ID<Caller>? {
        try await storage.read { db in try EmailToken.link(token, now: .now, db)?.user }
    }

    func tidy(_ now: Moment = .now) async throws {
        try await storage.write { db in
            try db.execute(
                sql: "DELETE FROM mailedSecret WHERE expiresAt < ?",
                arguments: [now.adding(seconds: -EmailToken.Limits.keptSeconds)])
        }
    }
}
