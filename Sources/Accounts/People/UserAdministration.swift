package import Core
import GRDB
import Web

/// What admins, and the operator at the command line, do with other people's accounts. Each act is in the audit log.
package struct UserAdministration: Sendable {
    private let accounts: Accounts

    package init(accounts: Accounts) {
        self.accounts = accounts
    }

    /// - Parameter tenant: nil for the operator.
    package struct Who: Sendable {
        let id: ID<Caller>
        let tenant: String?
        let actor: Actor

        package init(id: ID<Caller>, tenant: String?, actor: Actor) {
            self.id = id
            self.tenant = tenant
            self.actor = actor
        }
    }

    /// - Returns: the person, and whether there was nothing left to approve.
    package func approve(_ who: Who) async throws -> (user: User, wasApproved: Bool) {
        let mailTemplates = accounts.mailTemplates
        let before = try await find(who)
        guard before.state != .active else { return (before, true) }
        let user = try await accounts.users.change(who.id, tenant: who.tenant) { user, db in
            switch user.state {
            case .active: return
            case .disabled:
                throw Failure(.conflict, "account_disabled", "\(user.email) is disabled; enable the account instead.")
            case .unverified where who.tenant != nil:
                throw Failure(
                    .conflict, "email_not_verified",
                    "Nobody has proved yet that \(user.email) is theirs; wait until they enter the code.")
            case .pending, .unverified: break
            }
            user.state = .active
            try Audit.append("user.approved", by: who.actor, to: user, db)
            try Outbox.append(
                try mailTemplates.letter(.approved, to: user.email, tenant: user.tenant, path: "/auth/login"), db)
        }
        return (user, false)
    }

    package func reject(_ who: Who) async throws -> User {
        let mailTemplates = accounts.mailTemplates
        return try await accounts.users.remove(who.id, tenant: who.tenant) { user, db in
            try Audit.append("user.rejected", by: who.actor, to: user, db)
            try Outbox.append(try mailTemplates.letter(.rejected, to: user.email, tenant: user.tenant), db)
        }
    }

    /// What somebody may do changes, so every session begins anew.
    package func setRole(_ role: Caller.Role, _ who: Who) async throws -> User {
        try await accounts.users.change(who.id, tenant: who.tenant) { user, db in
            guard user.role != role else { return }
            user.role = role
            try SessionStore.endAll(of: user.id, but: nil, db)
            // A key must not keep what its owner has lost.
            if role != .admin {
                try db.execute(
                    sql: "DELETE FROM apiKey WHERE user = ? AND ' ' || scopes || ' ' LIKE '% admin %'", arguments: [user.id])
            }
            try Audit.append("user.role_changed", by: who.actor, to: user, detail: ["role": .string(role.rawValue)], db)
        }
    }

    package func disable(_ who: Who) async throws -> User {
        try await accounts.users.change(who.id, tenant: who.tenant) { user, db in
            guard user.state != .disabled else { return }
            guard user.state == .active else {
                throw Failure(.conflict, "not_active", "\(user.email) is not in yet; reject the account instead.")
            }
            user.state = .disabled
            try SessionStore.endAll(of: user.id, but: nil, db)
            try EmailToken.forget(.reset, of: user.id, db)
            try Audit.append("user.disabled", by: who.actor, to: user, db)
        }
    }

    package func enable(_ who: Who) async throws -> User {
        try await accounts.users.change(who.id, tenant: who.tenant) { user, db in
            guard user.state == .disabled else { return }
            user.state = .active
            try Audit.append("user.enabled", by: who.actor, to: user, db)
        }
    }

    package func endSessions(_ who: Who) async throws -> (user: User, count: Int) {
        let user = try await find(who)
        let count = try await accounts.sessions.endAll(of: user.id)
        try await accounts.audit.append("user.sessions_ended", by: who.actor, to: user, detail: ["count": .int(Int64(count))])
        return (user, count)
    }

    /// For somebody who lost telephone and recovery codes; every session ends with it.
    package func resetMFA(_ who: Who) async throws -> User {
        guard !accounts.provider.isOutside else { throw SelfRoutes.managedOutside }
        let mailTemplates = accounts.mailTemplates
        try await accounts.users.change(who.id, tenant: who.tenant) { user, db in
            try SecondFactorStore.reset(user.id, db)
            try SessionStore.endAll(of: user.id, but: nil, db)
            try Audit.append("user.mfa_reset", by: who.actor, to: user, db)
            try Outbox.append(
                try mailTemplates.letter(
                    .mfaChanged, to: user.email, tenant: user.tenant, path: "/auth/login",
                    ["what": "An admin turned your two-step sign-in off.", "when": HumanFormat.time(.now)]), db)
        }
        return try await find(who)
    }

    /// Mails a link that sets a new password; the old one goes on until then.
    package func mailPasswordLink(_ who: Who) async throws -> User {
        let mailTemplates = accounts.mailTemplates
        let isOutside = accounts.provider.isOutside
        let user = try await accounts.users.change(who.id, tenant: who.tenant) { user, db in
            guard user.state == .active || user.state == .pending else {
                throw Failure(.conflict, "not_active", "\(user.email) may not sign in; enable the account first.")
            }
            try Audit.append("user.password_link_sent", by: who.actor, to: user, db)
            if !isOutside { try EmailToken.mailLink(.resetPassword, to: user, mailTemplates, db) }
        }
        if isOutside { try await accounts.provider.forgotPassword(email: user.email) }
        return user
    }

    /// A password that the operator tells its owner, who has to choose another at the next login.
    package func setPassword(_ password: String, _ who: Who) async throws -> User {
        guard !accounts.provider.isOutside else { throw SelfRoutes.managedOutside }
        try PasswordPolicy.ordinary(password)
        let hash = try await accounts.passwords.hash(password)
        return try await accounts.users.change(who.id, tenant: who.tenant) { user, db in
            user.passwordHash = hash
            user.mustChangePassword = true
            try SessionStore.endAll(of: user.id, but: nil, db)
            try LockoutStore.clear(.login(user.email), db)
            try Audit.append("user.password_set", by: who.actor, to: user, db)
        }
    }

    private func find(_ who: Who) async throws -> User {
        guard let user = try await accounts.users.find(id: who.id), who.tenant == nil || user.tenant == who.tenant else {
            throw UserStore.unknown
        }
        return user
    }
}
