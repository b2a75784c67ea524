package import Core
import Foundation
import GRDB
package import Storage

/// Work deferred until after the response. A request for a known and for an unknown address writes the same row, so
/// that neither the answer nor its time tells them apart.
package struct DeferredMail: Sendable {
    private let storage: Storage
    private let keyring: Keyring
    private let mailTemplates: MailTemplates
    private let signal: Signal

    package init(_ storage: Storage, keyring: Keyring, mailTemplates: MailTemplates, signal: Signal) {
        self.storage = storage
        self.keyring = keyring
        self.mailTemplates = mailTemplates
        self.signal = signal
    }

    enum Kind: String, Sendable, Codable {
        /// Another code; the detail names the row that it becomes, and whose password it carries on.
        case resendCode
        case resetPassword
        /// Somebody tried to register an address that has an account.
        case knownAddress
        case locked
    }

    private struct DeferredMessage: Sendable, Codable, FetchableRecord, PersistableRecord {
        static let databaseTableName = "errand"
        let id: String
        let kind: Kind
        let email: String
        let detail: JSON
        let createdAt: Moment
    }

    func promise(_ kind: Kind, email: String, detail: JSON = .object([:])) async throws {
        let errand = DeferredMessage(id: ID<DeferredMail>().rawValue, kind: kind, email: email, detail: detail, createdAt: .now)
        try await storage.write { db in try errand.insert(db) }
        signal.send()
    }

    package func run() async throws {
        while let errand = try await storage.read({ db in try DeferredMessage.order(Column("createdAt")).fetchOne(db) }) {
            try await storage.write { [self] db in
                try errand.delete(db)
                guard let user = try UserStore.find(email: errand.email, db), user.provider == .embedded else { return }
                try run(errand, for: user, db)
            }
        }
    }

    private func run(_ errand: DeferredMessage, for user: User, _ db: Database) throws {
        switch errand.kind {
        case .resendCode:
            guard user.state == .unverified else { return }
            let (id, from) = (Self.text("id", errand), Self.text("from", errand))
            let old = try from.flatMap { try EmailToken.fetchOne(db, key: $0) }
            try EmailToken.void(old?.id, of: user.id, db)
            // Without the registration it is not known whose password this code would make valid: then it makes none.
            try EmailToken.mailCode(
                to: user, id: id ?? ID<EmailToken>().rawValue, passwordHash: old?.passwordHash, keyring, mailTemplates, db)
        case .resetPassword:
            guard user.state == .active || user.state == .pending else { return }
            try EmailToken.mailLink(.resetPassword, to: user, mailTemplates, db)
        case .knownAddress:
            guard try Outbox.count(.knownAddress, to: user.email, since: errand.createdAt.adding(seconds: -3600), db) < 1 else {
                return
            }
            try Outbox.append(
                try mailTemplates.letter(.knownAddress, to: user.email, tenant: user.tenant, path: "/auth/forgot-password"), db)
        case .locked:
            try Outbox.append(
                try mailTemplates.letter(
                    .locked, to: user.email, tenant: user.tenant, path: "/auth/forgot-password",
                    ["minutes": Int(LockoutStore.Limits.lockSeconds / 60)]), db)
        }
    }

    private static func text(_ name: String, _ errand: DeferredMessage) -> String? {
        if case .object(let members) = errand.detail { members[name]?.stringValue } else { nil }
    }
}
