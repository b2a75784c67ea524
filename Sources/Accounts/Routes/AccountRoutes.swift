import Core
import HTTPTypes
import Hummingbird
package import Web

/// The JSON doors to an account: register, log in, prove an address, set a forgotten password, and the session of a key.
package struct AccountRoutes: Sendable {
    private let accounts: Accounts
    private let bodies: Bodies
    private let botCheck: BotCheck
    private let address: PublicAddress
    private let passkeys: Passkeys

    package init(accounts: Accounts, bodies: Bodies, botCheck: BotCheck, address: PublicAddress) {
        self.accounts = accounts
        self.bodies = bodies
        self.botCheck = botCheck
        self.address = address
        passkeys = Passkeys(accounts: accounts, address: address)
    }

    /// Mounted at ``, `/api` and `/api/v1` alike.
    package func routes(_ routes: Routes<AppRequestContext>) {
        routes.get(
            "auth/bot-check",
            .init("Get a question that programs do not answer", .everyone, rates: [.botCheck]).giving(AccountShapes.botQuestion)
        ) {
            [botCheck] _, _ in Answer.json(botCheck.challenge())
        }
        routes.post(
            "auth/passkey/options",
            .init("Begin to sign in with a passkey", .everyone, rates: [.passkey]).taking(AccountShapes.passkeyRequest).giving(
                AccountShapes.passkeyQuestion), use: passkeyOptions)
        routes.post(
            "auth/passkey",
            .init("Sign in with a passkey", .everyone, rates: [.passkey]).taking(AccountShapes.passkeyLogin).giving(
                AccountShapes.passkeyDone
            ).signingIn.refusing(.refused, "invalid_passkey").refusing(.unauthenticated, "invalid_session").refusing(
                .invalid, "missing_credential"), use: logInWithPasskey)
        routes.get(
            "auth/session", .init("Show the session that stands on a key", .everyone).giving(AccountShapes.keySession),
            use: showSession)
        routes.post(
            "auth/session",
            .init("Begin a session with an API key", .everyone, rates: [.session]).taking(AccountShapes.apiKey).giving(
                AccountShapes.keySession
            ).signingIn.refusing(.unauthenticated, "invalid_api_key"), use: beginSession)
        routes.delete(
            "auth/session", .init("End the session that stands on a key", .everyone).giving(AccountShapes.keySession),
            use: endSession)
    }

    /// Below `/api` and `/api/v1`; at the root the pages decide between form and JSON.
    package func apiRoutes(_ routes: Routes<AppRequestContext>) {
        routes.post(
            "auth/register",
            .init("Make an account", .everyone, rates: [.signup]).taking(AccountShapes.registration).giving(
                AccountShapes.user, status: 201
            ).registering, use: register)
        routes.post(
            "auth/login",
            .init("Sign in with a password", .everyone, rates: [.login]).taking(AccountShapes.credentials).giving(
                AccountShapes.token
            ).signingIn.refusing(.invalid, "missing_username").refusing(.refused, "mfa_required").refusing(
                .unauthenticated, "mfa_required"), use: logInStandard)
        routes.post(
            "auth/verify-email",
            .init("Confirm an address with the code mailed to it", .everyone, rates: [.confirm]).taking(
                AccountShapes.addressAndCode
            ).giving(AccountShapes.verified).confirmingAddress,
            use: verifyEmail)
        routes.post(
            "auth/verify-email/resend",
            .init("Mail the code again", .everyone, rates: [.resend]).taking(AccountShapes.email).giving(AccountShapes.sent)
                .mailingCode,
            use: resendCode)
        routes.post(
            "auth/forgot-password",
            .init("Mail a link to choose a new password", .everyone, rates: [.forgotPassword]).taking(AccountShapes.email).giving(
                AccountShapes.sent
            ).mailingCode.refusing(.conflict, "managed_by_provider"),
            use: forgotPassword)
        routes.post(
            "auth/reset-password",
            .init("Choose a new password with a mailed link", .everyone, rates: [.resetPassword]).taking(AccountShapes.reset)
                .giving(AccountShapes.status).choosingPassword.refusing(
                    .refused, "invalid_reset_token", "wrong_code", "code_expired"),
            use: resetPassword)
    }

    // MARK: Registration

    @Sendable func register(_ request: Request, _ context: AppRequestContext) async throws -> Response {
        try mustNotBeForeign(request)
        let fields = try await bodies.fields(request, known: ["email", "password", "name", "turnstile_token", "setup"])
        let email = try fields.text("email", limit: User.Limits.emailBytes)
        let name = try fields.optionalText("name", limit: User.Limits.nameCharacters).map(User.plainName)
        let password = try fields.secret("password")
        // The document's body has no room for a proof; it is asked for only where an outside check is set up.
        if botCheck.isOutside, accounts.rules.isRegistrationOpen, try await !accounts.users.isEmpty() {
            try await botCheck.verify(
                token: try fields.optionalText("turnstile_token", limit: BotCheck.Limits.tokenCharacters),
                remoteAddress: context.address)
        }
        if !accounts.rules.isRegistrationOpen, try await accounts.users.find(email: EmailAddress.typed(email)) != nil {
            throw UserStore.taken
        }
        let made = try await accounts.register(
            email: email, name: name, password: password, isLocal: Self.isLocal(request, context),
            setupToken: try fields.optionalText("setup", limit: 100), from: ClientInfo(request, context))
        guard let user = made.user else { throw UserStore.taken }
        return Answer.json(user.json, status: .created)
    }

    @Sendable func verifyEmail(_ request: Request, _ context: AppRequestContext) async throws -> Response {
        try mustNotBeForeign(request)
        let fields = try await bodies.fields(request, known: ["email", "code"])
        let user = try await accounts.provider.confirm(
            email: try email(fields), code: try fields.text("code", limit: 10), registration: nil,
            from: ClientInfo(request, context))
        return Answer.json(["status": "verified", "state": .string(user.state.rawValue)])
    }

    @Sendable func resendCode(_ request: Request, _ context: AppRequestContext) async throws -> Response {
        try mustNotBeForeign(request)
        _ = try await accounts.provider.resendCode(
            email: try email(try await bodies.fields(request, known: ["email"])), registration: nil)
        return Answer.json([
            "status": "sent", "resend_available_in_seconds": .int(Int64(EmailToken.Limits.pauseSeconds)),
        ])
    }

    // MARK: Login

    /// Form (OAuth 2 password flow, field `username`) or JSON (`username` or `email`); bad credentials are 400 here.
    @Sendable func logInStandard(_ request: Request, _ context: AppRequestContext) async throws -> Response {
        do {
            return try await token(try await credentials(request), .standard, request, context)
        } catch let failure as Failure where failure.kind == .unauthenticated || failure.kind == .forbidden {
            throw Failure(.refused, failure.code, failure.message)
        }
    }

    /// JSON at the root: pins the enveloped dialect; bad credentials are 401.
    @Sendable func logInEnveloped(_ request: Request, _ context: AppRequestContext) async throws -> Response {
        do {
            return try await token(try await credentials(request), .enveloped, request, context)
        } catch let failure as Failure {
            throw ContextualError(failure, .enveloped)
        }
    }

    private func credentials(_ request: Request) async throws -> (String, String) {
        if Bodies.isForm(request) {
            let form = try await bodies.form(request)
            guard let name = form["username"] ?? form["email"], let password = form["password"] else {
                throw Failure(.invalid, "missing_username", "username and password are required.")
            }
            return (name, password)
        }
        let fields = try await bodies.fields(request, known: ["username", "email", "password"])
        let name = try fields.optionalText("username", limit: User.Limits.emailBytes)
        return (
            try name ?? fields.text(fields.has("email") ? "email" : "username", limit: User.Limits.emailBytes),
            try fields.secret("password")
        )
    }

    /// These documents know no second step, so whoever has one goes through the login that does.
    private func token(
        _ credentials: (name: String, password: String), _ dialect: Dialect, _ request: Request, _ context: AppRequestContext
    ) async throws -> Response {
        let clientInfo = ClientInfo(request, context)
        let outcome = try await accounts.provider.logIn(
            email: EmailAddress.typed(credentials.name), password: credentials.password, from: clientInfo)
        guard case .admitted(let admitted) = outcome else {
            throw Failure(
                .unauthenticated, "mfa_required",
                "This account needs one more step to sign in; use POST /auth/cognito/login, which has it, or the login page.")
        }
        let tokens = try await accounts.issueTokens(
            for: admitted.user, dialect: dialect, withRefresh: false, from: clientInfo)
        return Answer.json([
            "access_token": .string(tokens.access), "token_type": "bearer",
            "expires_in": .int(Int64(accounts.tokens.lifeSeconds)),
        ])
    }

    // MARK: A forgotten password

    @Sendable func forgotPassword(_ request: Request, _ context: AppRequestContext) async throws -> Response {
        try mustNotBeForeign(request)
        try await accounts.provider.forgotPassword(email: try email(try await bodies.fields(request, known: ["email"])))
        return Answer.json(["status": "sent", "message": "If this address has an account, a link is on its way."])
    }

    @Sendable func resetPassword(_ request: Request, _ context: AppRequestContext) async throws -> Response {
        try mustNotBeForeign(request)
        let fields = try await bodies.fields(request, known: ["email", "token", "password"])
        try await accounts.provider.resetPassword(
            email: try fields.optionalText("email", limit: User.Limits.emailBytes)?.lowercased(),
            token: try fields.text("token", limit: 200), password: try fields.secret("password"),
            from: ClientInfo(request, context))
        return Answer.json(["status": "changed"])
    }

    private func email(_ fields: Fields) throws -> String {
        try EmailAddress.checked(try fields.text("email", limit: User.Limits.emailBytes))
    }

    // MARK: Passkeys

    @Sendable func passkeyOptions(_ request: Request, _ context: AppRequestContext) async throws -> Response {
        try mustNotBeForeign(request)
        let fields = try await bodies.fields(request, known: ["session"])
        return Answer.json(try await passkeys.requestOptions(request, session: try session(fields, request)))
    }

    /// `session` is the one of a login that waits for its second step; `cookie` says that the browser's cookie holds it. A cookie
    /// that was left behind by a login nobody finished does not count by itself.
    private func session(_ fields: Fields, _ request: Request) throws -> String? {
        let session = try fields.optionalText("session", limit: 100)
        return session == "cookie" ? StepCookie.token(in: request, address: address) : session
    }

    @Sendable func logInWithPasskey(_ request: Request, _ context: AppRequestContext) async throws -> Response {
        try mustNotBeForeign(request)
        let fields = try await bodies.fields(request, known: ["challenge_id", "credential", "session", "next"])
        let clientInfo = ClientInfo(request, context)
        let session = try session(fields, request)
        let isRemembered: Bool =
            if let session { try await accounts.steps.find(session, .secondFactor).text("remember") != nil } else { false }
        let user = try await passkeys.logIn(fields, request, session: session, from: clientInfo)
        let next = AccountPages.safe(try fields.optionalText("next", limit: 2000))
        let (token, life) = try await accounts.beginBrowser(
            for: user, isRemembered: isRemembered, replacing: context.session?.id, from: clientInfo)
        var answer = Answer.json(["status": "OK", "redirect": .string(next)])
        answer.headers.append(.init(name: .setCookie, value: SessionCookie.set(token, lifeSeconds: life, address)))
        answer.headers.append(.init(name: .setCookie, value: StepCookie.clear(address)))
        return answer
    }

    // MARK: The session of a key

    @Sendable func beginSession(_ request: Request, _ context: AppRequestContext) async throws -> Response {
        try mustNotBeForeign(request)
        let secret = try await bodies.fields(request, known: ["api_key"]).secret("api_key")
        let clientInfo = ClientInfo(request, context)
        let owner: (User, APIKey?)
        if let ours = accounts.environmentKey, ConstantTime.areEqual(Token.hash(ours), Token.hash(secret)) {
            owner = (try await accounts.service(), nil)
        } else if let (key, user) = try await accounts.keys.find(secret) {
            owner = (user, key)
        } else {
            throw Failure(.unauthenticated, "invalid_api_key", "This API key is not known, or has expired.")
        }
        let (session, token) = try await accounts.sessions.begin(
            .key, for: owner.0, key: owner.1, environmentKey: owner.1 == nil ? accounts.environmentKey : nil, from: clientInfo,
            replacing: context.session?.id)
        try await accounts.audit.append("login.succeeded", by: Actor(owner.0, clientInfo), detail: ["kind": "key"])
        return Answer.json(
            state(session),
            headers: [
                .setCookie: SessionCookie.set(token, lifeSeconds: accounts.sessions.lifeSeconds, isStrict: true, address)
            ])
    }

    @Sendable func showSession(_ request: Request, _ context: AppRequestContext) async throws -> Response {
        let found: SessionStore.Found? =
            if let id = context.credential?.session { try await accounts.sessions.find(id: id) } else { nil }
        return Answer.json(state(found?.session, isKnown: context.caller != nil))
    }

    @Sendable func endSession(_ request: Request, _ context: AppRequestContext) async throws -> Response {
        if let id = context.credential?.session { try await accounts.sessions.end(id: id) }
        return Answer.json(state(nil), headers: [.setCookie: SessionCookie.clear(address)])
    }

    private func state(_ session: Session?, isKnown: Bool = false) -> JSON {
        [
            "authenticated": .bool(session != nil || isKnown),
            "api_key_configured": .bool(accounts.environmentKey != nil),
            "expires_at": .optional(session?.expiresAt),
        ]
    }

    // MARK: Where a request comes from

    /// Doors that need no cookie need this: a page that somebody has open must not register or log in for them.
    private func mustNotBeForeign(_ request: Request) throws {
        guard Origin(request, address: address) != .foreign else {
            throw Failure(.forbidden, "foreign_origin", "This request came from another site and was refused.")
        }
    }

    /// A proxy on this machine makes every stranger look local, so a request that was forwarded never counts as local.
    static func isLocal(_ request: Request, _ context: AppRequestContext) -> Bool {
        context.peer.isLoopback && !isForwarded(request) && isLocalName(PublicAddress.host(request))
    }

    /// Another site may point its name at this machine; then the name is its own.
    static func isLocalName(_ host: String) -> Bool {
        Authority(host)?.isLocal ?? false
    }

    static func isForwarded(_ request: Request) -> Bool {
        request.headers[.forwarded] != nil || request.headers[.xForwardedFor] != nil
    }
}
