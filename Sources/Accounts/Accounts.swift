package import Core
package import Crypto
import Foundation
package import Hummingbird
package import Storage
import Synchronization
package import Web

/// What the doors of the room share.
package struct Accounts: Sendable {
    package let users: UserStore
    package let sessions: SessionStore
    package let keys: APIKeyStore
    package let steps: SignInStepStore
    package let factors: SecondFactorStore
    package let lockouts: LockoutStore
    package let mailedSecrets: MailedSecretStore
    package let outbox: Outbox
    package let audit: Audit
    package let mailTemplates: MailTemplates
    package let deferredMail: DeferredMail
    package let signal: Signal
    package let passwords: Passwords
    package let tokens: Tokens
    package let formTokens: FormTokens
    package let keyring: Keyring
    package let rules: AccountRules
    package let provider: any IdentityProvider
    package let setup = SetupToken()
    /// `DATA_EXTRACT_API_KEY`
    package let environmentKey: String?
    /// `INGEST_HTTP_TOKEN`
    package let ingestToken: String?

    package struct Keys: Sendable {
        let accounts: SymmetricKey
        let forms: SymmetricKey

        package init(accounts: SymmetricKey, forms: SymmetricKey) {
            self.accounts = accounts
            self.forms = forms
        }
    }

    /// - Parameter outside: an identity provider that checks passwords in our place.
    package init(
        _ storage: Storage, keys secrets: Keys, passwords: Passwords, tokens: Tokens, pages: Pages, linkBase: String,
        sessionSeconds: Double, rules: AccountRules, environmentKey: String?, ingestToken: String? = nil,
        outside: ((UserStore, AccountRules, MailTemplates) -> any IdentityProvider)? = nil
    ) {
        let keyring = Keyring(secrets.accounts)
        self.keyring = keyring
        self.passwords = passwords
        self.tokens = tokens
        self.rules = rules
        self.environmentKey = environmentKey
        self.ingestToken = ingestToken
        formTokens = FormTokens(key: secrets.forms)
        users = UserStore(storage)
        sessions = SessionStore(storage, keyring: keyring, lifeSeconds: sessionSeconds)
        keys = APIKeyStore(storage)
        steps = SignInStepStore(storage)
        factors = SecondFactorStore(storage, keyring: keyring)
        lockouts = LockoutStore(storage)
        mailedSecrets = MailedSecretStore(storage)
        outbox = Outbox(storage)
        audit = Audit(storage)
        mailTemplates = MailTemplates(pages: pages, base: linkBase)
        signal = Signal()
        deferredMail = DeferredMail(storage, keyring: keyring, mailTemplates: mailTemplates, signal: signal)
        provider =
            outside?(users, rules, mailTemplates)
            ?? EmbeddedProvider(
                storage, passwords: passwords, keyring: keyring, mailTemplates: mailTemplates, deferredMail: deferredMail,
                rules: rules)
    }

    // MARK: Registration

    /// - Parameter isLocal: the request came from this machine and through no proxy.
    /// - Returns: nil for the user where the address is known already.
    /// - Throws: `Failure` `invalid_email`, `weak_password`, `registration_closed`, `setup_required`.
    package func register(
        email: String, name: String?, password: String, isLocal: Bool, setupToken: String?, from clientInfo: ClientInfo
    ) async throws -> SignedUp {
        let email = try EmailAddress.checked(email)
        try PasswordPolicy.ordinary(password)
        let name = User.plainName(name ?? String(email.prefix { $0 != "@" }))
        if try await users.isEmpty() {
            guard isLocal || setup.matches(setupToken) else { throw Self.setupRequired }
            guard !provider.isOutside else { throw Self.outsideFirst }
            let actor = Actor(user: nil, name: email, tenant: "default", clientInfo: clientInfo)
            let user = try await users.create(
                email: email, name: name, passwordHash: try await passwords.hash(password), [.mayBeFirst]
            ) { user, db in try Audit.append("user.created", by: actor, to: user, db) }
            setup.spend()
            return SignedUp(user: user, registration: nil)
        }
        return try await provider.signUp(SignUp(email: email, name: name, password: password), from: clientInfo)
    }

    /// Nobody slips in before the first account, which has to be an admin's.
    /// - Throws: `Failure` `setup_required`.
    func mustHaveAnAdmin() async throws {
        guard !provider.isOutside, try await users.isEmpty() else { return }
        throw Self.setupRequired
    }

    private static let setupRequired = Failure(
        .forbidden, "setup_required",
        "The first account is made from the server's own machine, with the set-up link printed at start, or with quern user create --admin."
    )
    private static let outsideFirst = Failure(
        .forbidden, "setup_required",
        "People sign in with an identity provider here; name the first admin with quern user create --admin --email, and sign in."
    )

    /// Makes an account that an admin or the operator wants.
    /// - Parameter password: nil where somebody else checks it, or a link to choose one is mailed.
    @discardableResult
    package func create(
        email: String, name: String? = nil, password: String?, role: Caller.Role, tenant: String = "default", by actor: Actor
    ) async throws -> User {
        let email = try EmailAddress.checked(email)
        if let name { try TextLimits.check(name, letters: User.Limits.nameCharacters, "name") }
        if let password { try PasswordPolicy.ordinary(password) }
        let hash = if let password { try await passwords.hash(password) } else { "" }
        let isOutside = provider.isOutside
        let mailTemplates = mailTemplates
        return try await users.create(
            email: email, name: User.plainName(name ?? String(email.prefix { $0 != "@" })), passwordHash: hash,
            provider: isOutside ? .cognito : .embedded, [.granted(role, tenant: tenant)]
        ) { user, db in
            try Audit.append("user.created", by: actor, to: user, detail: ["role": .string(role.rawValue)], db)
            if password == nil && !isOutside {
                try EmailToken.mailLink(.invited, to: user, lifeSeconds: Self.invitationSeconds, mailTemplates, db)
            }
        }
    }

    private static let invitationSeconds = 3.0 * 86_400

    // MARK: Being let in

    /// Access and refresh tokens of ours.
    package func issueTokens(
        for user: User, dialect: Dialect, withRefresh: Bool, from clientInfo: ClientInfo
    ) async throws -> (access: String, refresh: String?) {
        let (session, refresh) = try await sessions.beginTokens(for: user, from: clientInfo, withRefresh: withRefresh)
        try await noteLogin(user, "token", clientInfo)
        return (try await tokens.issue(for: user, dialect: dialect, session: session.id), refresh)
    }

    /// A session of a browser, in place of the one it had.
    /// - Returns: the token for the cookie.
    package func beginBrowser(
        for user: User, isRemembered: Bool, replacing old: String?, from clientInfo: ClientInfo
    ) async throws -> (token: String, lifeSeconds: Double) {
        let life = isRemembered ? Session.Limits.rememberedSeconds : sessions.lifeSeconds
        let (_, token) = try await sessions.begin(.browser, for: user, from: clientInfo, lifeSeconds: life, replacing: old)
        try await noteLogin(user, "browser", clientInfo)
        return (token, life)
    }

    private func noteLogin(_ user: User, _ kind: String, _ clientInfo: ClientInfo) async throws {
        try await users.loggedIn(user, rehashed: nil)
        try await audit.append("login.succeeded", by: Actor(user, clientInfo), to: user, detail: ["kind": .string(kind)])
    }

    /// The account that acts for the key of the environment.
    package func service() async throws -> User {
        try await users.outsider(
            .init(provider: .service, tenant: "default", subject: "environment", email: "service@quern.invalid", role: .member))
    }

    /// For requests that come twice: throws what the route would throw to this caller now.
    package func mustBeAllowed(_ route: RouteDeclaration, _ visit: AppRequestContext) throws {
        try OwnAccount.mustBeAllowed(route, visit, self)
    }

    // MARK: Everyday care

    package func tidy() async throws {
        try await users.tidy()
        try await lockouts.tidy()
        try await mailedSecrets.tidy()
        try await audit.tidy()
    }
}

extension ClientInfo {
    package init(_ request: Request, _ context: AppRequestContext) {
        self.init(
            address: context.address, userAgent: request.headers[.userAgent] ?? "", requestID: context.requestID)
    }

    package init(_ request: Request, _ context: SignedIn) {
        self.init(
            address: context.address, userAgent: request.headers[.userAgent] ?? "", requestID: context.requestID)
    }
}

/// The one-use token of the set-up link, that makes the first account from another machine.
package final class SetupToken: Sendable {
    private let hash = Mutex<String?>(nil)

    package init() {}

    /// - Returns: a new token; the one before is void.
    package func make() -> String {
        let token = Token.random()
        hash.withLock { $0 = Token.hash(token) }
        return token
    }

    func matches(_ token: String?) -> Bool {
        guard let token else { return false }
        return hash.withLock { $0 == Token.hash(token) }
    }

    func spend() { hash.withLock { $0 = nil } }
}
