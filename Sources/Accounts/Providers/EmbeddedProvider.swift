package import Core
import Foundation
import GRDB
package import Storage
import Web

/// We check passwords and codes ourselves.
package struct EmbeddedProvider: IdentityProvider {
    package let isOutside = false

    private let storage: Storage
    private let users: UserStore
    private let steps: SignInStepStore
    private let factors: SecondFactorStore
    private let lockouts: LockoutStore
    private let passwords: Passwords
    private let keyring: Keyring
    private let mailTemplates: MailTemplates
    private let deferredMail: DeferredMail
    private let rules: AccountRules

    package init(
        _ storage: Storage, passwords: Passwords, keyring: Keyring, mailTemplates: MailTemplates, deferredMail: DeferredMail,
        rules: AccountRules
    ) {
        self.storage = storage
        self.passwords = passwords
        self.keyring = keyring
        self.mailTemplates = mailTemplates
        self.deferredMail = deferredMail
        self.rules = rules
        users = UserStore(storage)
        steps = SignInStepStore(storage)
        factors = SecondFactorStore(storage, keyring: keyring)
        lockouts = LockoutStore(storage)
    }

    // MARK: Registration

    package func signUp(_ wish: SignUp, from clientInfo: ClientInfo) async throws -> SignedUp {
        guard rules.isRegistrationOpen else { throw AccountRules.closed }
        // The same salt each time: one password that is sent twice is one wish, two passwords are two.
        let hash = try await passwords.hash(wish.password, salt: keyring.salt(for: wish.email))
        let registration = ID<EmailToken>().rawValue
        let user = try await storage.write { [keyring, mailTemplates] db -> User? in
            if let known = try UserStore.find(email: wish.email, db) {
                guard known.state == .unverified, known.provider == .embedded else { return nil }
                var user = known
                user.name = wish.name
                // Once two people have chosen differently, it stays known that they did.
                if user.passwordHash != hash { user.firstPasswordHash = user.firstPasswordHash ?? user.passwordHash }
                user.passwordHash = hash
                try user.update(db)
                try EmailToken.mailCode(to: user, id: registration, passwordHash: hash, keyring, mailTemplates, db)
                return user
            }
            let user = User(
                id: ID(), tenant: "default", email: wish.email, name: wish.name, role: .member, state: .unverified,
                passwordHash: hash, createdAt: .now)
            try user.insert(db)
            try EmailToken.mailCode(to: user, id: registration, passwordHash: hash, keyring, mailTemplates, db)
            try Audit.append("user.registered", by: Actor(user, clientInfo), to: user, db)
            return user
        }
        if user == nil { try await deferredMail.promise(.knownAddress, email: wish.email) }
        try await lockouts.clear(.code(wish.email))
        return SignedUp(user: user, registration: user == nil ? nil : registration)
    }

    package func confirm(email: String, code: String, registration: String?, from clientInfo: ClientInfo) async throws -> User {
        let digits = code.beginning(bytes: EmailToken.Limits.typedBytes).filter { !$0.isWhitespace }
        let rules = rules
        // Whether a try is left, the look at the code and the count are one transaction: of any number of codes at once no more
        // are looked at than the limit allows.
        let found = try await storage.write { [keyring, mailTemplates] db -> Confirmation in
            let now = Moment.now
            guard try LockoutStore.locked(.code(email), now, db) == nil else { return .late }
            func refused() throws -> Confirmation {
                try LockoutStore.failed(.code(email), now, db) == .counted ? .wrong : .late
            }
            guard var user = try UserStore.find(email: email, db), user.state == .unverified else { return try refused() }
            let secrets = try EmailToken.codes(of: user.id, db)
            for var secret in secrets where registration == nil || secret.id == registration {
                let isRight = ConstantTime.areEqual(keyring.hash(code: digits, for: secret.id), secret.secretHash)
                // Whoever knows the code may know that it came too late.
                if secret.isOver(now) { if isRight { return .late } else { continue } }
                guard isRight else {
                    secret.tries += 1
                    try secret.update(db)
                    continue
                }
                user.state = rules.needsApproval ? .pending : .active
                user.emailVerifiedAt = now
                // Whose code it is can not be told when several people chose passwords for this address and none is named:
                // then none of the passwords counts, and whoever reads the mail chooses one. The account keeps the password
                // of the last registration, so that one whose rows are gone, or that was too many to be mailed, is seen too.
                let wishes = Set(
                    secrets.compactMap(\.passwordHash) + [user.passwordHash, user.firstPasswordHash ?? user.passwordHash])
                let isNamed = registration != nil && secret.passwordHash != nil
                let isUnsure = !isNamed && wishes.count > 1
                user.passwordHash = isUnsure ? "" : secret.passwordHash ?? user.passwordHash
                user.firstPasswordHash = nil
                try user.update(db)
                try EmailToken.forget(.verify, of: user.id, db)
                if isUnsure { try EmailToken.mailLink(.resetPassword, to: user, mailTemplates, db) }
                try Audit.append("user.verified", by: Actor(user, clientInfo), to: user, db)
                if user.state == .pending { try rules.tellAdmins(user, mailTemplates, db) }
                try LockoutStore.clear(.code(email), db)
                return .done(user)
            }
            return try refused()
        }
        switch found {
        case .done(let user): return user
        case .late: throw Self.expired
        case .wrong: throw Self.wrong
        }
    }

    private enum Confirmation: Sendable {
        case done(User)
        case late, wrong
    }

    private static let wrong = Failure(
        .refused, "wrong_code", "The code is not right, or older than 15 minutes; check it, or ask for a new one.")
    private static let expired = Failure(
        .refused, "code_expired", "This code is older than 15 minutes, or was tried too often; ask for a new one.")

    package func resendCode(email: String, registration: String?) async throws -> String? {
        try await pause("resend", email)
        let next = ID<EmailToken>().rawValue
        var detail: [String: JSON] = ["id": .string(next)]
        if let registration { detail["from"] = .string(registration) }
        try await deferredMail.promise(.resendCode, email: email, detail: .object(detail))
        try await lockouts.clear(.code(email))
        return next
    }

    private func pause(_ what: String, _ email: String) async throws {
        let end = Moment.now.adding(seconds: EmailToken.Limits.pauseSeconds)
        if let left = try await lockouts.claim("\(what):\(email)", until: end) {
            throw Failure(
                .tooMany, "resend_too_soon", "A mail was asked for a moment ago; try again in \(left) seconds.",
                retryAfterSeconds: left)
        }
    }

    // MARK: Login

    package func logIn(email: String, password: String, from clientInfo: ClientInfo) async throws -> LoginOutcome {
        try PasswordPolicy.mustFit(password)
        let known = try await users.find(email: email)
        let mine = known?.provider == .embedded ? known : nil
        let attempt = try await lockouts.attempt(.login(email)) { () -> Passwords.Check? in
            let check = try await passwords.check(password, against: mine?.passwordHash)
            return mine != nil && check.matches ? check : nil
        }
        switch attempt {
        case .right(let check):
            guard var user = mine else { throw Self.wrongCredentials }
            try user.mustBeActive()
            if check.isOutdated {
                let hash = try await passwords.hash(password)
                try await users.loggedIn(user, rehashed: hash)
                user.passwordHash = hash
            }
            return try await next(for: user)
        case .wrong(let locks):
            if locks { try await deferredMail.promise(.locked, email: email) }
            // A line for unknown addresses too: it costs what it costs for known ones.
            let actor =
                known.map { Actor($0, clientInfo) } ?? Actor(user: nil, name: "", tenant: "default", clientInfo: clientInfo)
            try await Audit(storage).append("login.refused", by: actor, to: known)
            throw Self.wrongCredentials
        case .locked(let left): throw Self.locked(left)
        }
    }

    package static let wrongCredentials = Failure(.unauthenticated, "invalid_credentials", "Incorrect username or password.")

    static func locked(_ seconds: Int) -> Failure {
        Failure(
            .tooMany, "account_locked",
            "Too many wrong tries; this account takes no password for another \((seconds + 59) / 60) minutes.",
            retryAfterSeconds: seconds)
    }

    /// What is asked after the password, one thing after another.
    private func next(for user: User) async throws -> LoginOutcome {
        if user.mustChangePassword { return try await challenge(.newPassword, .newPassword, user) }
        let factors = try await factors.factors(of: user.id)
        guard user.mfaEnabled || rules.isMFARequired else { return .admitted(Admitted(user: user)) }
        return factors.isEmpty
            ? try await challenge(.mfaSetup, .deviceSetup, user) : try await challenge(.softwareToken, .secondFactor, user)
    }

    private func challenge(_ name: LoginChallenge.Name, _ kind: SignInStep.Kind, _ user: User) async throws -> LoginOutcome {
        .challenge(
            LoginChallenge(name: name, session: try await steps.begin(kind, user: user.id, checked: user, email: user.email)))
    }

    package func answer(_ answer: ChallengeAnswer, from clientInfo: ClientInfo) async throws -> LoginOutcome {
        switch answer.name {
        case .softwareToken:
            let step = try await steps.counted(answer.session, .secondFactor)
            let user = try await self.user(of: step, answer.email)
            guard let code = answer.responses["SOFTWARE_TOKEN_MFA_CODE"] else {
                throw Failure(.invalid, "missing_code", "responses.SOFTWARE_TOKEN_MFA_CODE is required.")
            }
            try await mustMatch(code, of: user, clientInfo)
            try await steps.finish(answer.session)
            return .admitted(Admitted(user: user))
        case .newPassword:
            let step = try await steps.find(answer.session, .newPassword)
            let user = try await self.user(of: step, answer.email)
            guard let password = answer.responses["NEW_PASSWORD"] else {
                throw Failure(.invalid, "missing_password", "responses.NEW_PASSWORD is required.")
            }
            try PasswordPolicy.ordinary(password)
            guard try await !passwords.check(password, against: user.passwordHash).matches else {
                throw Failure(.refused, "same_password", "The new password must differ from the old one.")
            }
            let hash = try await passwords.hash(password)
            try await steps.finish(answer.session)
            return try await next(for: try await set(hash, of: user.id, keeping: nil, "password.changed", clientInfo))
        case .mfaSetup:
            // Verified already by `verifyDevice`, which ends the step.
            throw SignInStep.over
        case .other(let name):
            throw Failure(.invalid, "unknown_challenge", "There is no challenge \(name.beginning(letters: 40)) here.")
        }
    }

    private func mustMatch(_ code: String, of user: User, _ clientInfo: ClientInfo) async throws {
        switch try await factors.spend(code, of: user.id) {
        case .right: return
        case .wrong:
            try await Audit(storage).append("second_factor.refused", by: Actor(user, clientInfo), to: user)
            throw SecondFactorStore.mismatch
        case .locked(let left): throw Self.locked(left)
        }
    }

    private func user(of step: SignInStep, _ email: String?) async throws -> User {
        guard let id = step.user, let user = try await users.find(id: id),
            email.map(EmailAddress.typed) ?? user.email == user.email
        else { throw SignInStep.over }
        try user.mustBeActive()
        return user
    }

    // MARK: Set-up at login

    package func beginDevice(session: String, label: String?) async throws -> DeviceSetup {
        let step = try await steps.find(session, .deviceSetup)
        let user = try await user(of: step, nil)
        let (_, secret) = try await factors.beginDevice(for: user.id, name: nil)
        let code = TOTP.base32(secret)
        return DeviceSetup(
            secretCode: code, uri: TOTP.uri(secret: code, label: label ?? user.email, issuer: "Quern"), session: session)
    }

    package func verifyDevice(
        session: String, email: String, code: String, name: String?, from clientInfo: ClientInfo
    ) async throws -> LoginOutcome {
        let step = try await steps.counted(session, .deviceSetup)
        let user = try await user(of: step, email)
        let codes = try await factors.verifyDevice(nil, of: user.id, code: code, name: name)
        try await steps.finish(session)
        try await Audit(storage).append("device.added", by: Actor(user, clientInfo), to: user)
        guard let fresh = try await users.find(id: user.id) else { throw SignInStep.over }
        return .admitted(Admitted(user: fresh, recoveryCodes: codes))
    }

    // MARK: Tokens are made by us, not by the provider

    package func refresh(_ token: String) async throws -> ProviderTokens? { nil }
    package func logOut(accessToken: String) async throws {}
    package func visit(accessToken: String, from clientInfo: ClientInfo) async throws -> (user: User, authenticatedAt: Moment?)? {
        nil
    }

    // MARK: Passwords

    package func forgotPassword(email: String) async throws {
        try await deferredMail.promise(.resetPassword, email: email)
    }

    /// The link works once, and ends every session: whoever had the old password is out.
    package func resetPassword(email: String?, token: String, password: String, from clientInfo: ClientInfo) async throws {
        let invalid = Failure(
            .refused, "invalid_reset_token", "This link has been used or is older than an hour; ask for a new one.")
        guard let secret = try await storage.read({ db in try EmailToken.link(token, now: .now, db) }) else { throw invalid }
        try PasswordPolicy.ordinary(password)
        let hash = try await passwords.hash(password)
        let user = try await set(hash, of: secret.user, keeping: nil, "password.reset", clientInfo) { user, db in
            guard try EmailToken.link(token, now: .now, db) != nil, user.state != .disabled else { throw invalid }
            // Whoever reads the mail has proved the address.
            user.emailVerifiedAt = user.emailVerifiedAt ?? .now
        }
        try await lockouts.clear(.login(user.email))
    }

    package func changePassword(
        of user: User, current: String, new: String, accessToken: String?, keeping session: String?, from clientInfo: ClientInfo
    ) async throws {
        // Before anything is looked at, and before the two are compared.
        try PasswordPolicy.mustFit(new)
        guard try await isPassword(current, of: user) else {
            throw Failure(.refused, "wrong_password", "The current password is not right.")
        }
        guard current != new else {
            throw Failure(.refused, "same_password", "The new password must differ from the current one.")
        }
        _ = try await set(
            try await passwords.hash(new), of: user.id, keeping: session, "password.changed", clientInfo)
    }

    package func isPassword(_ password: String, of user: User) async throws -> Bool {
        try PasswordPolicy.mustFit(password)
        let attempt = try await lockouts.attempt(.login(user.email)) { () -> Bool? in
            try await passwords.check(password, against: user.passwordHash).matches ? true : nil
        }
        switch attempt {
        case .right: return true
        case .wrong: return false
        case .locked(let left): throw Self.locked(left)
        }
    }

    private func set(
        _ hash: String, of id: ID<Caller>, keeping session: String?, _ action: String, _ clientInfo: ClientInfo,
        first: @escaping @Sendable (inout User, Database) throws -> Void = { _, _ in }
    ) async throws -> User {
        try await users.change(id) { [mailTemplates] user, db in
            try first(&user, db)
            user.passwordHash = hash
            user.mustChangePassword = false
            try SessionStore.endAll(of: id, but: session, db)
            if let session { try SessionStore.forgetRefreshTokens(of: session, db) }
            try EmailToken.forget(.reset, of: id, db)
            try Audit.append(action, by: Actor(user, clientInfo), to: user, db)
            try Outbox.append(
                try mailTemplates.letter(
                    .passwordChanged, to: user.email, tenant: user.tenant, path: "/auth/forgot-password",
                    ["when": HumanFormat.time(.now), "device": Session.device(clientInfo.userAgent)]), db)
        }
    }
}
