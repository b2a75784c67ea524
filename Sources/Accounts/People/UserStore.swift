package import Core
package import GRDB
package import Storage
import Web

extension User: FetchableRecord, PersistableRecord {
    package static let databaseTableName = "user"
}

/// All SQL of users.
package struct UserStore: Sendable {
    private let storage: Storage
    private let remembered: ReadCache<User>
    private let answers: ReadCache<RenderedJSON>

    package init(_ storage: Storage) {
        self.storage = storage
        remembered = ReadCache(storage, of: [User.databaseTableName], most: 1000)
        answers = ReadCache(storage, of: [User.databaseTableName], most: 1000)
    }

    /// The answer of `GET /users/me`; nil when there is no such user.
    func answer(_ id: ID<Caller>) async throws -> RenderedJSON? {
        try await answers.value(id.rawValue) { try await find(id: id).map { RenderedJSON($0.json) } }
    }

    /// Whether nobody has an account yet; people whom others vouch for do not count.
    package func isEmpty() async throws -> Bool {
        try await storage.read { db in try Self.isEmpty(db) }
    }

    private static func isEmpty(_ db: Database) throws -> Bool {
        try User.filter(ownAccounts).isEmpty(db)
    }

    private static var ownAccounts: SQLExpression {
        [User.Provider.embedded.rawValue, User.Provider.cognito.rawValue].contains(Column("provider"))
    }

    package func find(id: ID<Caller>) async throws -> User? {
        try await remembered.value(id.rawValue) {
            try await storage.read { db in try User.fetchOne(db, key: id.rawValue) }
        }
    }

    package func find(email: String) async throws -> User? {
        try await storage.read { db in try Self.find(email: email, db) }
    }

    package static func find(email: String, _ db: Database) throws -> User? {
        try User.filter(ownAccounts && Column("email") == email).fetchOne(db)
    }

    /// Whether an address belongs to somebody of a tenant who may work.
    package func isActive(email: String, tenant: String) async throws -> Bool {
        guard let user = try await find(email: email) else { return false }
        return user.tenant == tenant && user.state == .active
    }

    /// Whether somebody may work.
    package static func isActive(_ id: ID<Caller>, _ db: Database) throws -> Bool {
        try String.fetchOne(db, sql: "SELECT state FROM user WHERE id = ?", arguments: [id]) == User.State.active.rawValue
    }

    package func all() async throws -> [User] {
        try await storage.read { db in try User.order(Column("createdAt"), Column("email")).fetchAll(db) }
    }

    /// People of one tenant, those who wait first.
    package func list(tenant: String, search: String?, states: [User.State]) async throws -> [User] {
        try await storage.read { db in
            var request = User.filter(Column("tenant") == tenant && Column("provider") != User.Provider.service.rawValue)
            if !states.isEmpty { request = request.filter(states.map(\.rawValue).contains(Column("state"))) }
            if let search {
                let pattern = Self.pattern(search)
                request = request.filter(
                    Column("email").like(pattern, escape: "\\") || Column("name").like(pattern, escape: "\\"))
            }
            return try request.order(sql: "state != 'pending', createdAt, email").fetchAll(db)
        }
    }

    /// A LIKE pattern (escape `\`) that finds the text anywhere, taking its signs for themselves.
    static func pattern(_ text: String) -> String {
        "%\(text.escapedForLike)%"
    }

    /// People who want old jobs deleted, and after how many days.
    package func retentionDays() async throws -> [(user: ID<Caller>, days: Int)] {
        try await storage.read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT id, settings ->> '$.data_retention_days' AS days FROM user
                    WHERE settings ->> '$.data_retention_days' > 0
                    """
            ).map { ($0["id"], $0["days"]) }
        }
    }

    package func admins(tenant: String) async throws -> [User] {
        try await storage.read { db in try Self.admins(tenant: tenant, db) }
    }

    package static func admins(tenant: String, _ db: Database) throws -> [User] {
        try User.filter(
            ownAccounts && Column("tenant") == tenant && Column("role") == Caller.Role.admin.rawValue
                && Column("state") == User.State.active.rawValue
        ).fetchAll(db)
    }

    // MARK: Making

    package enum Admission: Sendable {
        /// The caller comes from this machine or holds the set-up token: the first account is an active admin.
        case mayBeFirst
        /// An admin or the command line makes it.
        case granted(Caller.Role, tenant: String)
    }

    /// Makes an account. The check for the first account and the making are one transaction: two can not both be first.
    /// - Throws: `Failure` `registration_closed`, `email_taken`.
    package func create(
        email: String, name: String, passwordHash: String, provider: User.Provider = .embedded, subject: String? = nil,
        _ admissions: [Admission], also: @escaping @Sendable (User, Database) throws -> Void = { _, _ in }
    ) async throws -> User {
        try await storage.write { db in
            let isFirst = try Self.isEmpty(db)
            let known = try Self.find(email: email, db)
            guard known == nil else { throw Self.taken }
            var grant: (role: Caller.Role, state: User.State, tenant: String)?
            for admission in admissions where grant == nil {
                switch admission {
                case .mayBeFirst: grant = isFirst ? (.admin, .active, "default") : nil
                case .granted(let role, let tenant): grant = (role, .active, tenant)
                }
            }
            guard let grant else {
                throw isFirst
                    ? Failure(
                        .forbidden, "setup_required",
                        "The first account is made from the server's own machine, with the set-up link printed at start, or with quern user create --admin."
                    )
                    : Failure(.forbidden, "registration_closed", "Registration is closed here; ask an admin for an account.")
            }
            let user = User(
                id: ID(), tenant: grant.tenant, email: email, name: name, role: grant.role, state: grant.state,
                passwordHash: passwordHash, createdAt: .now, provider: provider, subject: subject)
            try user.insert(db)
            try also(user, db)
            return user
        }
    }

    package static let taken = Failure(.refused, "email_taken", "This email is already registered.")

    /// Somebody whom an outside provider vouches for; made at the first visit, and kept as the provider tells them.
    package func outsider(_ person: Outsider) async throws -> User {
        let known = try await storage.read { db in try Self.outsider(person, db) }
        if let known, known.email == person.email, known.role == person.role { return known }
        return try await storage.write { db in
            if var user = try Self.outsider(person, db) {
                user.email = person.email
                user.role = person.role
                try user.update(db)
                return user
            }
            let user = User(
                id: ID(), tenant: person.tenant, email: person.email, name: person.email, role: person.role, state: .active,
                passwordHash: "", createdAt: .now, provider: person.provider, subject: person.subject)
            try user.insert(db)
            return user
        }
    }

    package struct Outsider: Sendable {
        package let provider: User.Provider
        package let tenant: String
        package let subject: String
        package let email: String
        package let role: Caller.Role
    }

    private static func outsider(_ person: Outsider, _ db: Database) throws -> User? {
        try User.filter(
            Column("provider") == person.provider.rawValue && Column("tenant") == person.tenant
                && Column("subject") == person.subject
        ).fetchOne(db)
    }

    package func find(provider: User.Provider, subject: String) async throws -> User? {
        try await storage.read { db in
            try User.filter(Column("provider") == provider.rawValue && Column("subject") == subject).fetchOne(db)
        }
    }

    // MARK: Changing

    /// Changes one person, with whatever has to happen in the same transaction.
    /// - Parameter tenant: nil for the operator, who may touch everybody.
    /// - Throws: `Failure` `user_not_found`, also for people of another tenant.
    @discardableResult
    package func change(
        _ id: ID<Caller>, tenant: String? = nil, _ body: @escaping @Sendable (inout User, Database) throws -> Void
    ) async throws -> User {
        try await storage.write { db in
            guard var user = try User.fetchOne(db, key: id.rawValue), tenant == nil || user.tenant == tenant,
                user.provider != .service
            else { throw Self.unknown }
            let before = user
            try body(&user, db)
            if user != before {
                // Only what was changed, so that what the body wrote by itself stays.
                try user.updateChanges(db, from: before)
                try Self.mustKeepAnAdmin(before, user, db)
            }
            return user
        }
    }

    package static let unknown = Failure(.missing, "user_not_found", "There is no such user.")

    /// A server without an admin could not be mended from its pages. Checked in the transaction of the change, so that two
    /// admins who demote each other at once do not both succeed.
    private static func mustKeepAnAdmin(_ before: User, _ after: User, _ db: Database) throws {
        guard before.role == .admin, before.state == .active, after.role != .admin || after.state != .active,
            before.provider == .embedded || before.provider == .cognito, try admins(tenant: before.tenant, db).isEmpty
        else { return }
        throw Failure(.conflict, "last_admin", "\(before.email) is the last admin; make somebody else an admin first.")
    }

    /// - Throws: `Failure` `user_not_found`, `not_pending`.
    package func remove(
        _ id: ID<Caller>, tenant: String? = nil, also: @escaping @Sendable (User, Database) throws -> Void
    ) async throws -> User {
        try await storage.write { db in
            guard let user = try User.fetchOne(db, key: id.rawValue), tenant == nil || user.tenant == tenant else {
                throw Self.unknown
            }
            guard user.state == .pending || user.state == .unverified else {
                throw Failure(
                    .refused, "not_pending", "\(user.email) is no newcomer any more; disable the account instead.")
            }
            try also(user, db)
            try user.delete(db)
            return user
        }
    }

    package func loggedIn(_ user: User, rehashed: String?) async throws {
        try await storage.write { db in
            try db.execute(
                sql: "UPDATE user SET lastLoginAt = ? WHERE id = ?", arguments: [Moment.now, user.id])
            // Only the hash that was checked: the password may have been changed meanwhile.
            if let rehashed {
                try db.execute(
                    sql: "UPDATE user SET passwordHash = ? WHERE id = ? AND passwordHash = ?",
                    arguments: [rehashed, user.id, user.passwordHash])
            }
        }
    }

    package func tidy(_ now: Moment = .now) async throws {
        try await storage.write { db in
            try db.execute(
                sql: "DELETE FROM user WHERE state = 'unverified' AND createdAt < ?",
                arguments: [now.adding(seconds: -User.Limits.unverifiedSeconds)])
        }
    }
}

extension User {
    /// A change of the password, or of who may sign in, ends all sessions; none may begin on what was checked before it.
    /// - Throws: `Failure` `invalid_credentials`, or as `mustBeActive`.
    func mustBeAsRead(_ db: Database) throws {
        guard let now = try User.fetchOne(db, key: id.rawValue), now.passwordHash == passwordHash else {
            throw EmbeddedProvider.wrongCredentials
        }
        try now.mustBeActive()
    }
}
