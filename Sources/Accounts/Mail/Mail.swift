package import Core
import Foundation
package import GRDB
package import Storage
package import Web

/// A message on its way to somebody. It is written in the transaction of what it tells of, and sent afterwards.
package struct Mail: Sendable, Codable, FetchableRecord, PersistableRecord {
    package static let databaseTableName = "mail"

    package enum State: String, Sendable, Codable { case waiting, sent, failed }

    package enum Kind: String, Sendable, Codable {
        case verifyCode = "verify-code"
        case resetPassword = "reset-password"
        case knownAddress = "known-address"
        case somebodyWaits = "somebody-waits"
        case approved, rejected, invited, locked
        case passwordChanged = "password-changed"
        case mfaChanged = "mfa-changed"
        case newKey = "new-key"
        case retention
        case test
    }

    package let id: String
    package let tenant: String
    package let recipient: String
    package let kind: Kind
    package let subject: String
    /// Gone once it was sent, or has no use any more: it may hold a code or a link.
    package var text: String?
    package var html: String?
    package var state: State = .waiting
    package var tries = 0
    package var lastError: String?
    package let createdAt: Moment
    package var nextTryAt: Moment
    /// What it says holds until then.
    package let expiresAt: Moment?
    package var doneAt: Moment?

    package enum Limits {
        /// Waits before each further try: 30 s, doubled each time, at most an hour.
        package static let firstWaitSeconds = 30.0
        package static let longestWaitSeconds = 3600.0
        /// About a day of tries.
        package static let tries = 30
        /// Sent and failed ones are listed for so long.
        package static let keptSeconds = 30.0 * 86_400
        /// Of those without a server to send them, kept for admins.
        package static let listed = 200
    }

    package var json: JSON { json(showsWords: true) }

    func json(showsWords: Bool) -> JSON {
        [
            "id": .string(id), "to": .string(recipient), "kind": .string(kind.rawValue), "subject": .string(subject),
            "state": .string(state.rawValue), "tries": .int(Int64(tries)), "last_error": .optional(lastError),
            "created_at": .string(createdAt.description),
            "next_try_at": state == .waiting ? .string(nextTryAt.description) : .null,
            "sent_at": state == .sent ? .optional(doneAt) : .null, "text": showsWords ? .optional(text) : .null,
        ]
    }
}

/// Writes the messages, from templates.
package struct MailTemplates: Sendable {
    private let pages: Pages
    /// `QUERN_PUBLIC_URL`, or where the server listens. Never the host that a request names: whoever asks for a link to be
    /// mailed must not choose where it leads.
    package let base: String

    package init(pages: Pages, base: String) {
        self.pages = pages
        self.base = base
    }

    private var host: String { String(base.split(separator: "/").dropFirst().first ?? "Quern") }

    package func letter(
        _ kind: Mail.Kind, to recipient: String, tenant: String, path: String = "", _ members: [String: any Sendable] = [:],
        expiresAt: Moment? = nil, now: Moment = .now
    ) throws -> Mail {
        var model: [String: any Sendable] = ["link": base + path, "host": host]
        model.merge(members) { _, own in own }
        let text = try pages.text("mail/\(kind.rawValue).txt", model)
        let html = try pages.text("mail/\(kind.rawValue).html", model)
        let lines = text.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false)
        return Mail(
            id: ID<Mail>().rawValue, tenant: tenant, recipient: recipient, kind: kind,
            subject: String(lines[0].dropFirst("Subject:".count)).trimmed,
            text: lines.count > 1 ? lines[1].trimmed + "\n" : "", html: html, createdAt: now, nextTryAt: now,
            expiresAt: expiresAt)
    }
}

extension MailTemplates {
    /// Tells somebody that jobs of theirs will be deleted, in the transaction that plans it.
    package func tellRetention(of user: ID<Caller>, jobs: Int, from: Moment, _ db: Database) throws {
        guard let user = try User.fetchOne(db, key: user.rawValue), user.state == .active else { return }
        try Outbox.append(
            try letter(
                .retention, to: user.email, tenant: user.tenant, path: "/dashboard",
                [
                    "jobs": HumanFormat.counted(Int64(jobs), "job"), "from": HumanFormat.time(from),
                    "days": HumanFormat.counted(Int64(user.preferences.dataRetentionDays), "day"),
                ]), db)
    }
}

/// All SQL of the outbox.
package struct Outbox: Sendable {
    private let storage: Storage

    package init(_ storage: Storage) {
        self.storage = storage
    }

    /// Inside the transaction of what the message tells of.
    package static func append(_ mail: Mail, _ db: Database) throws {
        try mail.insert(db)
    }

    package func append(_ mail: Mail) async throws {
        try await storage.write { db in try Self.append(mail, db) }
    }

    /// How many of one kind went to an address since a moment.
    static func count(_ kind: Mail.Kind, to recipient: String, since: Moment, _ db: Database) throws -> Int {
        try Int.fetchOne(
            db, sql: "SELECT count(*) FROM mail WHERE recipient = ? AND kind = ? AND createdAt > ?",
            arguments: [recipient, kind.rawValue, since]) ?? 0
    }

    package func list(tenant: String?) async throws -> [Mail] {
        try await storage.read { db in
            let all = tenant.map { Mail.filter(Column("tenant") == $0) } ?? Mail.all()
            return try all.order(Column("createdAt").desc, Column("id")).limit(Mail.Limits.listed).fetchAll(db)
        }
    }

    package func failedCount(tenant: String) async throws -> Int {
        try await storage.read { db in
            try Mail.filter(Column("tenant") == tenant && Column("state") == Mail.State.failed.rawValue).fetchCount(db)
        }
    }

    /// - Throws: `Failure` `mail_not_found`.
    package func find(_ id: String) async throws -> Mail {
        guard let mail = try await storage.read({ db in try Mail.fetchOne(db, key: id) }) else {
            throw Failure(.missing, "mail_not_found", "There is no such mail.")
        }
        return mail
    }

    /// The next one to try, in the order in which they are due.
    package func due(_ now: Moment = .now) async throws -> Mail? {
        try await storage.read { db in
            try Mail.filter(Column("state") == Mail.State.waiting.rawValue && Column("nextTryAt") <= now)
                .order(Column("nextTryAt")).fetchOne(db)
        }
    }

    package enum Outcome: Sendable {
        case sent
        /// Why, in words without secrets.
        case refused(String)
        case tryLater(String)
    }

    package func note(_ outcome: Outcome, for mail: Mail, now: Moment = .now) async throws {
        var mail = mail
        mail.tries += 1
        switch outcome {
        case .sent: mail.finish(.sent, now)
        case .refused(let reason):
            mail.lastError = reason
            mail.finish(.failed, now)
        case .tryLater(let reason):
            mail.lastError = reason
            let wait = min(
                Mail.Limits.firstWaitSeconds * Double(1 << min(mail.tries - 1, 16)), Mail.Limits.longestWaitSeconds)
            mail.nextTryAt = now.adding(seconds: wait)
            let isUseless = mail.expiresAt.map { $0 < mail.nextTryAt } ?? false
            if mail.tries >= Mail.Limits.tries || isUseless { mail.finish(.failed, now) }
        }
        let noted = mail
        try await storage.write { db in try noted.update(db) }
    }

    /// Forgets what holds no more: the words of expired messages, and old lines of the list.
    package func tidy(_ now: Moment = .now) async throws {
        try await storage.write { db in
            try db.execute(
                sql: """
                    UPDATE mail SET text = NULL, html = NULL, state = CASE state WHEN 'waiting' THEN 'failed' ELSE state END,
                        lastError = CASE state WHEN 'waiting' THEN coalesce(lastError, 'not sent before it expired') ELSE lastError END
                    WHERE expiresAt < ? AND (text IS NOT NULL OR state = 'waiting')
                    """, arguments: [now])
            try db.execute(
                sql: "DELETE FROM mail WHERE createdAt < ?", arguments: [now.adding(seconds: -Mail.Limits.keptSeconds)])
        }
    }
}

extension Mail {
    fileprivate mutating func finish(_ end: State, _ now: Moment) {
        state = end
        doneAt = now
        text = nil
        html = nil
    }
}
