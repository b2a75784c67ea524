package import Core
import Foundation
package import GRDB
package import Storage

/// One line of who did what to whom.
package struct AuditEntry: Sendable, Codable, FetchableRecord, MutablePersistableRecord {
    package static let databaseTableName = "audit"

    package var id: Int64?
    let tenant: String
    let actor: ID<Caller>?
    package let actorName: String
    package let action: String
    let subject: String?
    package let subjectName: String?
    package let detail: JSON
    package let address: String
    let requestID: String
    package let at: Moment

    package mutating func didInsert(_ inserted: InsertionSuccess) { id = inserted.rowID }

    package var json: JSON {
        [
            "id": .optional(id), "at": .string(at.description), "actor": .optional(actor?.rawValue),
            "actor_name": .string(actorName), "action": .string(action), "subject": .optional(subject),
            "subject_name": .optional(subjectName), "detail": detail, "address": .string(address),
            "request_id": .string(requestID),
        ]
    }
}

/// Who acts, and from where.
package struct Actor: Sendable {
    package let user: ID<Caller>?
    package let name: String
    package let tenant: String
    package let clientInfo: ClientInfo

    package init(user: ID<Caller>?, name: String, tenant: String, clientInfo: ClientInfo) {
        self.user = user
        self.name = name
        self.tenant = tenant
        self.clientInfo = clientInfo
    }

    package init(_ caller: Caller, _ clientInfo: ClientInfo) {
        self.init(user: caller.user, name: caller.email, tenant: caller.tenant, clientInfo: clientInfo)
    }

    package init(_ user: User, _ clientInfo: ClientInfo) { self.init(user.caller, clientInfo) }

    /// At the command line of the server's own machine.
    package static let operatorHere = Actor(user: nil, name: "operator", tenant: "default", clientInfo: .operatorHere)
}

/// All SQL of the audit log.
package struct Audit: Sendable {
    private let storage: Storage

    package init(_ storage: Storage) {
        self.storage = storage
    }

    package enum Limits {
        package static let page = 100
        package static let keptSeconds = 400.0 * 86_400
    }

    /// Actions are past tense, such as `user.approved`. `detail` holds no secret and no address of a link.
    package static func append(
        _ action: String, by actor: Actor, to subject: User? = nil, detail: JSON = .object([:]), at now: Moment = .now,
        _ db: Database
    ) throws {
        var entry = AuditEntry(
            tenant: subject?.tenant ?? actor.tenant, actor: actor.user, actorName: actor.name, action: action,
            subject: subject?.id.rawValue, subjectName: subject?.email, detail: detail, address: actor.clientInfo.address,
            requestID: actor.clientInfo.requestID, at: now)
        try entry.insert(db)
    }

    /// What an administrator did to somebody else's job.
    package static func append(
        _ action: String, job: String, name: String, of owner: ID<Caller>, by admin: Caller, address: String,
        requestID: String, _ db: Database
    ) throws {
        try append(
            action, by: Actor(admin, ClientInfo(address: address, userAgent: "", requestID: requestID)),
            to: try User.fetchOne(db, key: owner.rawValue), detail: ["job_id": .string(job), "name": .string(name)], db)
    }

    package func append(_ action: String, by actor: Actor, to subject: User? = nil, detail: JSON = .object([:])) async throws {
        try await storage.write { db in try Self.append(action, by: actor, to: subject, detail: detail, db) }
    }

    package func list(
        tenant: String, search: String? = nil, _ page: Page
    ) async throws -> (entries: [AuditEntry], total: Int) {
        try await storage.read { db in
            var mine = AuditEntry.filter(Column("tenant") == tenant)
            if let search, !search.isEmpty {
                let pattern = UserStore.pattern(search)
                mine = mine.filter(
                    ["actorName", "subjectName", "action", "address"].map { Column($0).like(pattern, escape: "\\") }
                        .joined(operator: .or))
            }
            return (
                try mine.order(Column("id").desc).limit(page.limit, offset: page.skip).fetchAll(db), try mine.fetchCount(db)
            )
        }
    }

    package func tidy(_ now: Moment = .now) async throws {
        try await storage.write { db in
            try db.execute(sql: "DELETE FROM audit WHERE at < ?", arguments: [now.adding(seconds: -Limits.keptSeconds)])
        }
    }
}
