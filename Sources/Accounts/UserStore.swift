package import Core
import GRDB
package import Storage

extension User: FetchableRecord, PersistableRecord {
    package static let databaseTableName = "user"
}

/// All SQL of users.
package struct UserStore: Sendable {
    private let storage: Storage

    package init(_ storage: Storage) {
        self.storage = storage
    }

    package func isEmpty() async throws -> Bool {
        try await storage.read { db in try User.fetchCount(db) == 0 }
    }

    package func find(id: ID<Caller>) async throws -> User? {
        try await storage.read { db in try User.fetchOne(db, key: id.rawValue) }
    }

    package func find(email: String) async throws -> User? {
        try await storage.read { db in try User.filter(Column("email") == email).fetchOne(db) }
    }

    package func all() async throws -> [User] {
        try await storage.read { db in try User.order(Column("createdAt"), Column("email")).fetchAll(db) }
    }

    package enum Admission: Sendable {
        /// The caller comes from this machine or holds the set-up token: the first account is an active admin.
        case mayBeFirst
        /// Registration is open; the state that the new account begins with.
        case open(User.State)
        case closed
        /// An admin or the command line makes it.
        case granted(Caller.Role)
    }

    /// Makes an account. The check for the first account and the making are one transaction: two can not both be first.
    /// - Throws: `Failure` `registration_closed`, `email_taken`.
    package func create(email: String, name: String, passwordHash: String, _ admissions: [Admission]) async throws -> User {
        try await storage.write { db in
            guard try User.filter(Column("email") == email).isEmpty(db) else { throw Self.taken }
            let isFirst = try User.fetchCount(db) == 0
            var grant: (role: Caller.Role, state: User.State)?
            for admission in admissions where grant == nil {
                switch admission {
                case .mayBeFirst: grant = isFirst ? (.admin, .active) : nil
                case .open(let state): grant = isFirst ? nil : (.member, state)
                case .granted(let role): grant = (role, .active)
                case .closed: break
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
                id: ID(), tenant: "default", email: email, name: name, role: grant.role, state: grant.state,
                passwordHash: passwordHash, createdAt: .now)
            try user.insert(db)
            return user
        }
    }

    package static let taken = Failure(.refused, "email_taken", "This email is already registered.")

    /// - Throws: `Failure` `user_not_found`.
    package func approve(email: String) async throws -> User {
        try await storage.write { db in
            guard var user = try User.filter(Column("email") == email).fetchOne(db) else {
                throw Failure(.missing, "user_not_found", "There is no user \(email).")
            }
            user.state = .active
            try user.update(db)
            return user
        }
    }

    package func loggedIn(_ user: User, rehashed: String?) async throws {
        try await storage.write { db in
            try db.execute(
                sql: "UPDATE user SET lastLoginAt = ?, passwordHash = coalesce(?, passwordHash) WHERE id = ?",
                arguments: [Moment.now, rehashed, user.id])
        }
    }
}
