package import Core
import Foundation
import GRDB
package import Storage

/// A user pool of Amazon Cognito checks passwords and second steps; who may do what is still decided here.
package struct CognitoProvider: IdentityProvider {
    package let isOutside = true

    private let client: CognitoClient
    private let users: UserStore
    private let lockouts: LockoutStore
    private let storage: Storage
    private let rules: AccountRules
    private let mailTemplates: MailTemplates

    package init(_ storage: Storage, client: CognitoClient, rules: AccountRules, mailTemplates: MailTemplates) {
        self.client = client
        self.rules = rules
        self.mailTemplates = mailTemplates
        self.storage = storage
        users = UserStore(storage)
        lockouts = LockoutStore(storage)
    }

    // MARK: Registration

    /// The pool says who is known already; our answer does not.
    package func signUp(_ wish: SignUp, from clientInfo: ClientInfo) async throws -> SignedUp {
        guard rules.isRegistrationOpen else { throw AccountRules.closed }
        try PasswordPolicy.mustFit(wish.password)
        do {
            let made = try await client.signUp(email: wish.email, password: wish.password, name: wish.name)
            // A pool may confirm by itself; that proves nothing about the address. The first login looks.
            let person = Cognito.Identity(subject: made.subject, email: wish.email, emailVerified: false, name: wish.name)
            guard try await users.find(email: wish.email) == nil else { return SignedUp(user: nil, registration: nil) }
            return SignedUp(user: try await local(person, state: .unverified, clientInfo), registration: nil)
        } catch let failure as Failure where failure.code == "email_taken" {
            return SignedUp(user: nil, registration: nil)
        }
    }

    package func confirm(email: String, code: String, registration: String?, from clientInfo: ClientInfo) async throws -> User {
        try await client.confirmSignUp(email: email, code: code)
        guard let known = try await users.find(email: email) else {
            throw Failure(.refused, "wrong_code", "The address is confirmed; sign in now.")
        }
        guard known.state == .unverified else { return known }
        return try await users.change(known.id) { [rules, mailTemplates] user, db in
            user.state = rules.needsApproval ? .pending : .active
            user.emailVerifiedAt = .now
            try Audit.append("user.verified", by: Actor(user, clientInfo), to: user, db)
            if user.state == .pending { try rules.tellAdmins(user, mailTemplates, db) }
        }
    }

    package func resendCode(email: String, registration: String?) async throws -> String? {
        let end = Moment.now.adding(seconds: EmailToken.Limits.pauseSeconds)
        if let left = try await lockouts.claim("resend:\(email)", until: end) {
            throw Failure(
                .tooMany, "resend_too_soon", "A mail was asked for a moment ago; try again in \(left) seconds.",
                retryAfterSeconds: left)
        }
        try await client.resendCode(email: email)
        return nil
    }

    // MARK: Login

    package func logIn(email: String, password: String, from clientInfo: ClientInfo) async throws -> LoginOutcome {
        switch try await attempt(email, password) {
        case .right(let outcome): return try await admitted(outcome, clientInfo)
        case .wrong: throw EmbeddedProvider.wrongCredentials
        case .locked(let left): throw EmbeddedProvider.locked(left)
        }
    }

    /// The pool looks at a password when a try is left.
    private func attempt(_ email: String, _ password: String) async throws -> LockoutStore.Attempt<Cognito.Outcome> {
        try PasswordPolicy.mustFit(password)
        return try await lockouts.attempt(.login(email)) {
            do {
                return try await client.logIn(email: email, password: password)
            } catch let failure as Failure where failure.code == "invalid_credentials" {
                return nil
            }
        }
    }

    package func answer(_ answer: ChallengeAnswer, from clientInfo: ClientInfo) async throws -> LoginOutcome {
        try await admitted(
            try await client.answer(
                challenge: answer.name.text, session: answer.session, email: answer.email, responses: answer.responses),
            clientInfo)
    }

    package func beginDevice(session: String, label: String?) async throws -> DeviceSetup {
        let device = try await client.beginDevice(session: session)
        return DeviceSetup(
            secretCode: device.secretCode, uri: TOTP.uri(secret: device.secretCode, label: label ?? "account", issuer: "Quern"),
            session: device.session)
    }

    package func verifyDevice(
        session: String, email: String, code: String, name: String?, from clientInfo: ClientInfo
    ) async throws -> LoginOutcome {
        try await admitted(
            try await client.finishDevice(session: session, email: email, code: code, name: name), clientInfo)
    }

    private func admitted(_ outcome: Cognito.Outcome, _ clientInfo: ClientInfo) async throws -> LoginOutcome {
        switch outcome {
        case .challenge(let name, let session, _): return .challenge(LoginChallenge(name: .init(name), session: session))
        case .tokens(let tokens):
            guard var person = try await client.check(idToken: tokens.idToken) else {
                throw Failure(.outage, "identity_provider_unavailable", "The identity provider's answer could not be verified.")
            }
            // A token need not say it; the pool knows.
            if !person.emailVerified { person = try await client.profile(accessToken: tokens.accessToken) }
            let user = try await local(person, state: nil, clientInfo)
            try user.mustBeActive()
            return .admitted(Admitted(user: user, tokens: Self.ours(tokens)))
        }
    }

    private static func ours(_ tokens: Cognito.Tokens) -> ProviderTokens {
        ProviderTokens(
            accessToken: tokens.accessToken, idToken: tokens.idToken, refreshToken: tokens.refreshToken,
            expiresIn: tokens.expiresIn)
    }

    // MARK: Who it is here

    /// The row of somebody in the pool, made at the first sight of them. One that an admin made beforehand is theirs when the
    /// pool has proved the address.
    private func local(_ person: Cognito.Identity, state: User.State?, _ clientInfo: ClientInfo) async throws -> User {
        if let user = try await users.find(provider: .cognito, subject: person.subject), user.state != .unverified || state != nil
        {
            return user
        }
        guard let email = person.email.map(EmailAddress.typed) else {
            throw Failure(.forbidden, "email_missing", "The identity provider tells no e-mail address for this account.")
        }
        let (rules, mailTemplates) = (rules, mailTemplates)
        return try await storage.write { db in
            let now = Moment.now
            if var user = try UserStore.find(email: email, db) {
                guard user.provider == .cognito, user.subject == nil || user.subject == person.subject else {
                    throw Failure(.conflict, "email_taken", "This e-mail address belongs to another account.")
                }
                guard person.emailVerified else {
                    throw Failure(.forbidden, "email_not_verified", "The identity provider has not verified this address.")
                }
                user.subject = person.subject
                if user.state == .unverified, state == nil {
                    user.state = rules.needsApproval ? .pending : .active
                    user.emailVerifiedAt = now
                    if user.state == .pending { try rules.tellAdmins(user, mailTemplates, db) }
                }
                try user.update(db)
                return user
            }
            // An address that nobody proved would keep its owner out later.
            guard state == .unverified || person.emailVerified else {
                throw Failure(.forbidden, "email_not_verified", "The identity provider has not verified this address.")
            }
            var user = User(
                id: ID(), tenant: "default", email: email,
                name: User.plainName(person.name ?? String(email.prefix { $0 != "@" })),
                role: .member,
                state: state ?? (rules.needsApproval ? .pending : .active), passwordHash: "", createdAt: now, provider: .cognito,
                subject: person.subject)
            if state == nil && person.emailVerified { user.emailVerifiedAt = now }
            try user.insert(db)
            try Audit.append("user.registered", by: Actor(user, clientInfo), to: user, db)
            if user.state == .pending { try rules.tellAdmins(user, mailTemplates, db) }
            return user
        }
    }

    // MARK: Tokens

    package func refresh(_ token: String) async throws -> ProviderTokens? {
        let tokens = try await client.refresh(token)
        // The pool knows nothing of a login that ended here.
        if let claims = try await client.check(accessToken: tokens.accessToken), let name = Self.login(claims),
            try await lockouts.isClaimed(name)
        {
            throw Failure(
                .unauthenticated, "invalid_refresh_token", "The refresh token is unknown, used up or expired; log in again.")
        }
        return Self.ours(tokens)
    }

    /// The pool takes a token until it expires, whatever we say; here the login ends now.
    package func logOut(accessToken: String) async throws {
        guard let claims = try await client.check(accessToken: accessToken), let name = Self.login(claims) else { return }
        _ = try await lockouts.claim(name, until: Moment.now.adding(seconds: Session.Limits.tokenSeconds))
    }

    private static func login(_ claims: Cognito.AccessClaims) -> String? {
        (claims.loginID ?? claims.tokenID).map { "cognito:\($0)" }
    }

    package func visit(
        accessToken: String, from clientInfo: ClientInfo
    ) async throws -> (user: User, authenticatedAt: Moment?)? {
        guard let claims = try await client.check(accessToken: accessToken) else { return nil }
        if let name = Self.login(claims), try await lockouts.isClaimed(name) { return nil }
        if let user = try await users.find(provider: .cognito, subject: claims.subject) {
            // Whole seconds in the token: a login of the same second counts as the later one.
            guard let from = user.tokensFrom, let login = claims.authenticatedAt else { return (user, claims.authenticatedAt) }
            return login.seconds >= from.seconds.rounded(.down) ? (user, login) : nil
        }
        let user = try await local(try await client.profile(accessToken: accessToken), state: nil, clientInfo)
        return (user, claims.authenticatedAt)
    }

    // MARK: Passwords

    package func forgotPassword(email: String) async throws {
        try await client.forgotPassword(email: email)
    }

    /// The pool mails a code, not a link.
    package func resetPassword(email: String?, token: String, password: String, from clientInfo: ClientInfo) async throws {
        guard let email else {
            throw Failure(.invalid, "missing_email", "email is required beside the code that was mailed.")
        }
        try PasswordPolicy.mustFit(password)
        try await client.confirmForgotPassword(email: email, code: token, password: password)
        if let user = try await users.find(email: email) { try await ended(user, "password.reset", keeping: nil, clientInfo) }
    }

    package func changePassword(
        of user: User, current: String, new: String, accessToken: String?, keeping session: String?, from clientInfo: ClientInfo
    ) async throws {
        try PasswordPolicy.mustFit(current)
        try PasswordPolicy.mustFit(new)
        guard current != new else {
            throw Failure(.refused, "same_password", "The new password must differ from the current one.")
        }
        let token: String
        if let accessToken, try await client.check(accessToken: accessToken) != nil {
            token = accessToken
        } else {
            // A browser's session here holds no token of the pool.
            switch try await attempt(user.email, current) {
            case .right(.tokens(let tokens)): token = tokens.accessToken
            case .right(.challenge):
                throw Failure(
                    .conflict, "managed_by_provider",
                    "The identity provider asks for a second step; change the password there.")
            case .wrong: throw Failure(.refused, "wrong_password", "The current password is not right.")
            case .locked(let left): throw EmbeddedProvider.locked(left)
            }
        }
        let attempt = try await lockouts.attempt(.login(user.email)) { () -> Bool? in
            do {
                try await client.changePassword(accessToken: token, current: current, new: new)
                return true
            } catch let failure as Failure where failure.code == "wrong_password" {
                return nil
            }
        }
        switch attempt {
        case .right: break
        case .wrong: throw Failure(.refused, "wrong_password", "The current password is not right.")
        case .locked(let left): throw EmbeddedProvider.locked(left)
        }
        try await ended(user, "password.changed", keeping: session, clientInfo)
    }

    private func ended(_ user: User, _ action: String, keeping session: String?, _ clientInfo: ClientInfo) async throws {
        try await users.change(user.id) { user, db in
            try SessionStore.endAll(of: user.id, but: session, db)
            try Audit.append(action, by: Actor(user, clientInfo), to: user, db)
        }
    }

    package func isPassword(_ password: String, of user: User) async throws -> Bool {
        switch try await attempt(user.email, password) {
        case .right: return true
        case .wrong: return false
        case .locked(let left): throw EmbeddedProvider.locked(left)
        }
    }
}
