import Core
import HTTPTypes
import Hummingbird
package import Web

/// The tracker document's doors, `/auth/cognito/*`; whichever provider checks the password, they answer alike.
package struct CognitoRoutes: Sendable {
    private let accounts: Accounts
    private let bodies: Bodies
    private let botCheck: BotCheck

    package init(accounts: Accounts, bodies: Bodies, botCheck: BotCheck) {
        self.accounts = accounts
        self.bodies = bodies
        self.botCheck = botCheck
    }

    /// Mounted at ``, `/api` and `/api/v1` alike.
    package func routes(_ routes: Routes<AppRequestContext>) {
        let group = routes.group("auth/cognito")
        group.post(
            "signup",
            .init("Make an account", .everyone, rates: [.signup]).taking(AccountShapes.signup).giving(AccountShapes.done)
                .registering,
            use: signUp)
        group.post(
            "confirm",
            .init("Confirm an address with the code mailed to it", .everyone, rates: [.confirm]).taking(
                AccountShapes.addressAndCode
            ).giving(AccountShapes.done).confirmingAddress, use: confirm)
        group.post(
            "verification/send",
            .init("Mail the code again", .everyone, rates: [.resend]).taking(AccountShapes.email).giving(AccountShapes.sent)
                .mailingCode,
            use: sendCode)
        group.post(
            "login",
            .init("Sign in with a password", .everyone, rates: [.login]).taking(AccountShapes.login).giving(
                AccountShapes.loginState
            ).signingIn, use: logIn)
        group.post(
            "challenge",
            .init("Answer what a login asks next", .everyone, rates: [.challenge]).taking(AccountShapes.challengeAnswer).giving(
                AccountShapes.loginState
            ).answeringChallenge, use: answerChallenge)
        group.post(
            "mfa/setup",
            .init("Get a secret for an authenticator app", .everyone, rates: [.mfaSetup]).taking(AccountShapes.setup).giving(
                AccountShapes.setupDone
            ).answeringChallenge, use: setUpDevice)
        group.post(
            "mfa/verify",
            .init("Confirm an authenticator app with a code", .everyone, rates: [.mfaVerify]).taking(AccountShapes.deviceProof)
                .giving(AccountShapes.loginState).answeringChallenge, use: verifyDevice)
        group.post(
            "refresh",
            .init("Get new tokens for a refresh token", .everyone, rates: [.refresh]).taking(AccountShapes.refresh).giving(
                AccountShapes.loginState
            ).signingIn.refusing(.unauthenticated, "invalid_refresh_token"), use: refresh)
        group.post("logout", .init("End the session of a token", .everyone).giving(AccountShapes.done), use: logOut)
    }

    @Sendable func signUp(_ request: Request, _ context: AppRequestContext) async throws -> Response {
        let fields = try await bodies.fields(request, known: ["email", "password", "name", "turnstile_token"])
        let email = try EmailAddress.checked(try fields.text("email", limit: User.Limits.emailBytes))
        let name = User.plainName(try fields.text("name", limit: User.Limits.nameCharacters))
        let password = try fields.secret("password")
        try PasswordPolicy.tracker(password, email: email, name: name)
        try await accounts.mustHaveAnAdmin()
        guard accounts.rules.isRegistrationOpen else { throw AccountRules.closed }
        try await botCheck.verify(
            token: try fields.optionalText("turnstile_token", limit: BotCheck.Limits.tokenCharacters),
            remoteAddress: context.address)
        let made = try await accounts.provider.signUp(
            SignUp(email: email, name: name, password: password), from: ClientInfo(request, context))
        let isDone = made.user?.state == .active || made.user?.state == .pending
        return Answer.json([
            "status": isDone ? "OK" : "CONFIRMATION_REQUIRED",
            "message": isDone ? "The account is made." : "Enter the code that was mailed to this address.",
        ])
    }

    @Sendable func confirm(_ request: Request, _ context: AppRequestContext) async throws -> Response {
        let fields = try await bodies.fields(request, known: ["email", "code"])
        let user = try await accounts.provider.confirm(
            email: try email(fields), code: try fields.text("code", limit: 10), registration: nil,
            from: ClientInfo(request, context))
        return Answer.json([
            "status": "OK",
            "message": user.state == .pending
                ? "The address is confirmed; an admin has to approve the account now." : "The address is confirmed; log in now.",
        ])
    }

    @Sendable func sendCode(_ request: Request, _ context: AppRequestContext) async throws -> Response {
        let fields = try await bodies.fields(request, known: ["email"])
        _ = try await accounts.provider.resendCode(email: try email(fields), registration: nil)
        return Answer.json([
            "status": "OK", "message": "If this address waits for a code, one is on its way.",
            "resend_available_in_seconds": .int(Int64(EmailToken.Limits.pauseSeconds)),
        ])
    }

    @Sendable func logIn(_ request: Request, _ context: AppRequestContext) async throws -> Response {
        let fields = try await bodies.fields(request, known: ["email", "password"])
        let outcome = try await accounts.provider.logIn(
            email: try email(fields), password: try fields.secret("password"), from: ClientInfo(request, context))
        return try await answer(outcome, request, context)
    }

    @Sendable func answerChallenge(_ request: Request, _ context: AppRequestContext) async throws -> Response {
        let fields = try await bodies.fields(request, known: ["email", "challenge_name", "session", "responses"])
        guard case .object(let members)? = fields.value("responses") else {
            throw Failure(.invalid, "missing_responses", "responses is required and must be an object of texts.")
        }
        let outcome = try await accounts.provider.answer(
            ChallengeAnswer(
                email: try email(fields), name: .init(try fields.text("challenge_name", limit: 100)),
                session: try fields.text("session", limit: Limits.sessionCharacters),
                responses: members.compactMapValues(\.stringValue)), from: ClientInfo(request, context))
        return try await answer(outcome, request, context)
    }

    @Sendable func setUpDevice(_ request: Request, _ context: AppRequestContext) async throws -> Response {
        let fields = try await bodies.fields(request, known: ["session", "label"])
        let setup = try await accounts.provider.beginDevice(
            session: try fields.text("session", limit: Limits.sessionCharacters),
            label: try fields.optionalText("label", limit: User.Limits.emailBytes))
        return Answer.json([
            "secret_code": .string(setup.secretCode), "otpauth_uri": .string(setup.uri), "session": .string(setup.session),
        ])
    }

    @Sendable func verifyDevice(_ request: Request, _ context: AppRequestContext) async throws -> Response {
        let fields = try await bodies.fields(request, known: ["email", "session", "code", "friendly_name"])
        let outcome = try await accounts.provider.verifyDevice(
            session: try fields.text("session", limit: Limits.sessionCharacters), email: try email(fields),
            code: try fields.text("code", limit: 10),
            name: try fields.optionalText("friendly_name", limit: TOTPDevice.Limits.nameCharacters),
            from: ClientInfo(request, context))
        return try await answer(outcome, request, context)
    }

    @Sendable func refresh(_ request: Request, _ context: AppRequestContext) async throws -> Response {
        let token = try await bodies.fields(request, known: ["refresh_token"]).secret("refresh_token")
        guard (10...Limits.sessionCharacters).contains(token.count) else {
            throw Failure(.invalid, "invalid_refresh_token", "refresh_token must have at least 10 characters.")
        }
        if let tokens = try await accounts.provider.refresh(token) {
            return Answer.json(Self.ok(tokens, refresh: tokens.refreshToken ?? token))
        }
        let (session, user, next) = try await accounts.sessions.rotate(token)
        return try await tokens(
            access: try await accounts.tokens.issue(for: user, dialect: .standard, session: session.id), refresh: next, user, nil)
    }

    /// Ends the session of the token that it is called with; without one there is nothing to end.
    @Sendable func logOut(_ request: Request, _ context: AppRequestContext) async throws -> Response {
        if let credential = context.credential, credential.kind == .token {
            if let session = credential.session {
                try await accounts.sessions.end(id: session)
            } else if let token = credential.accessToken {
                try await accounts.provider.logOut(accessToken: token)
            }
            if let caller = context.caller {
                try await accounts.audit.append("logout", by: Actor(caller, ClientInfo(request, context)))
            }
        }
        return Answer.json(["status": "OK", "message": "Signed out."])
    }

    private enum Limits {
        /// Sessions and tokens of a provider are long.
        static let sessionCharacters = 8192
    }

    private func email(_ fields: Fields) throws -> String {
        try fields.text("email", limit: User.Limits.emailBytes).lowercased()
    }

    // MARK: Answers

    private func answer(_ outcome: LoginOutcome, _ request: Request, _ context: AppRequestContext) async throws -> Response {
        switch outcome {
        case .challenge(let challenge):
            return Answer.json([
                "status": "CHALLENGE", "message": .string(challenge.name.message), "next_step": .string(challenge.name.nextStep),
                "challenge_name": .string(challenge.name.text), "session": .string(challenge.session), "tokens": .null,
            ])
        case .admitted(let admitted):
            if let tokens = admitted.tokens { return Answer.json(Self.ok(tokens, refresh: tokens.refreshToken)) }
            let issued = try await accounts.issueTokens(
                for: admitted.user, dialect: .standard, withRefresh: true, from: ClientInfo(request, context))
            return try await tokens(access: issued.access, refresh: issued.refresh, admitted.user, admitted.recoveryCodes)
        }
    }

    private func tokens(
        access: String, refresh: String?, _ user: User, _ recoveryCodes: [String]?
    ) async throws -> Response {
        let tokens = ProviderTokens(
            accessToken: access, idToken: try await accounts.tokens.issueIdentity(for: user), refreshToken: refresh,
            expiresIn: Int64(accounts.tokens.lifeSeconds))
        return Answer.json(Self.ok(tokens, refresh: refresh, recoveryCodes))
    }

    private static func ok(_ tokens: ProviderTokens, refresh: String?, _ recoveryCodes: [String]? = nil) -> JSON {
        var members: [String: JSON] = [
            "status": "OK", "message": "Signed in.", "next_step": .null, "challenge_name": .null, "session": .null,
            "tokens": [
                "access_token": .string(tokens.accessToken), "id_token": .string(tokens.idToken),
                "refresh_token": .optional(refresh), "expires_in": .int(tokens.expiresIn), "token_type": "Bearer",
            ],
        ]
        // A device was set up by this very login: its recovery codes are shown now and never again.
        if let recoveryCodes { members["recovery_codes"] = .array(recoveryCodes.map { .string($0) }) }
        return .object(members)
    }
}
