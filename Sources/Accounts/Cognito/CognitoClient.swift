package import Core
package import Logging

/// The calls of Amazon Cognito's API that need no secret: JSON 1.1 over POST, for an app client without a secret of its own.
package struct CognitoClient: Sendable {
    private let pool: Cognito.Pool
    private let outbound: Outbound
    private let verifier: CognitoVerifier
    private let logger: Logger

    package init(
        pool: Cognito.Pool, outbound: Outbound, logger: Logger, now: @escaping @Sendable () -> Moment = { .now }
    ) {
        self.pool = pool
        self.outbound = outbound
        self.logger = logger
        verifier = CognitoVerifier(
            pool: pool, keys: CognitoKeys(address: pool.keySet, outbound: outbound, logger: logger, now: now), now: now)
    }

    // MARK: Tokens

    /// For calls of our API.
    /// - Returns: nil for anything but an access token of this pool and this app client that is still good.
    /// - Throws: `Failure` `identity_provider_unavailable` when the token might be good, but no key of the pool was ever seen.
    package func check(accessToken: String) async throws -> Cognito.AccessClaims? {
        try await verifier.check(accessToken: accessToken)
    }

    /// For the profile; an identity token opens nothing.
    /// - Throws: as `check(accessToken:)` does.
    package func check(idToken: String) async throws -> Cognito.Identity? {
        try await verifier.check(idToken: idToken)
    }

    // MARK: Signing up

    /// - Throws: `Failure` `email_taken`, `weak_password`, `registration_closed`, `refused_by_pool`. Every call may throw
    ///   `rate_limited`, `identity_provider_unavailable` and `identity_provider_misconfigured` besides.
    package func signUp(email: String, password: String, name: String) async throws -> Cognito.SignedUp {
        let answer = try await call(
            .signUp,
            [
                "Username": .string(email), "Password": .string(password),
                "UserAttributes": [
                    ["Name": "email", "Value": .string(email)], ["Name": "name", "Value": .string(name)],
                ],
            ])
        guard let subject = answer["UserSub"]?.stringValue else { throw unexpected(.signUp) }
        return Cognito.SignedUp(subject: subject, isConfirmed: answer["UserConfirmed"] == true)
    }

    /// - Throws: `Failure` `wrong_code`, also where nobody of this address waits for one, `code_expired`, `email_taken`.
    package func confirmSignUp(email: String, code: String) async throws {
        _ = try await call(.confirmSignUp, ["Username": .string(email), "ConfirmationCode": .string(code)])
    }

    /// Mails another code. Unknown and confirmed addresses are answered alike.
    package func resendCode(email: String) async throws {
        try await silently { try await call(.resendCode, ["Username": .string(email)]) }
    }

    // MARK: Logging in

    /// - Throws: `Failure` `invalid_credentials`, `email_not_verified`, `password_reset_required`, `account_locked`.
    package func logIn(email: String, password: String) async throws -> Cognito.Outcome {
        try outcome(
            try await call(
                .logIn,
                [
                    "AuthFlow": "USER_PASSWORD_AUTH",
                    "AuthParameters": ["USERNAME": .string(email), "PASSWORD": .string(password)],
                ]), .logIn)
    }

    /// - Throws: `Failure` `invalid_refresh_token`.
    package func refresh(_ refreshToken: String) async throws -> Cognito.Tokens {
        let answer = try await call(
            .refresh, ["AuthFlow": "REFRESH_TOKEN_AUTH", "AuthParameters": ["REFRESH_TOKEN": .string(refreshToken)]])
        guard case .tokens(let tokens) = try outcome(answer, .refresh) else { throw unexpected(.refresh) }
        return tokens
    }

    /// - Parameter responses: by the provider's own keys, such as `SOFTWARE_TOKEN_MFA_CODE` and `NEW_PASSWORD`; `USERNAME` is
    ///   filled in.
    /// - Throws: `Failure` `code_mismatch`, `code_expired`, `invalid_session`, `weak_password`.
    package func answer(
        challenge name: String, session: String, email: String, responses: [String: String]
    ) async throws -> Cognito.Outcome {
        let responses = responses.merging(["USERNAME": email]) { given, _ in given }
        return try outcome(
            try await call(
                .answer,
                [
                    "ChallengeName": .string(name), "Session": .string(session),
                    "ChallengeResponses": .object(responses.mapValues { .string($0) }),
                ]), .answer)
    }

    // MARK: An authenticator app, at login

    /// - Parameter session: of the challenge `MFA_SETUP`.
    /// - Throws: `Failure` `invalid_session`.
    package func beginDevice(session: String) async throws -> Cognito.Device {
        let answer = try await call(.associateDevice, ["Session": .string(session)])
        guard let secret = answer["SecretCode"]?.stringValue, let next = answer["Session"]?.stringValue else {
            throw unexpected(.associateDevice)
        }
        return Cognito.Device(secretCode: secret, session: next)
    }

    /// Checks the first code, and ends the challenge `MFA_SETUP` with it.
    /// - Throws: `Failure` `code_mismatch`, `code_expired`, `invalid_session`.
    package func finishDevice(session: String, email: String, code: String, name: String?) async throws -> Cognito.Outcome {
        var body: [String: JSON] = ["Session": .string(session), "UserCode": .string(code)]
        if let name { body["FriendlyDeviceName"] = .string(name) }
        let verified = try await call(.verifyDevice, .object(body))
        guard verified["Status"] == "SUCCESS" else { throw Cognito.Operation.verifyDevice.wrongCode }
        guard let next = verified["Session"]?.stringValue else { throw unexpected(.verifyDevice) }
        return try await answer(challenge: "MFA_SETUP", session: next, email: email, responses: [:])
    }

    // MARK: Passwords

    /// Mails a code. Unknown addresses are answered alike.
    package func forgotPassword(email: String) async throws {
        try await silently { try await call(.forgotPassword, ["Username": .string(email)]) }
    }

    /// - Throws: `Failure` `wrong_code`, `code_expired`, `weak_password`.
    package func confirmForgotPassword(email: String, code: String, password: String) async throws {
        _ = try await call(
            .confirmForgotPassword,
            ["Username": .string(email), "ConfirmationCode": .string(code), "Password": .string(password)])
    }

    /// - Throws: `Failure` `wrong_password`, `weak_password`, `sign_in_required`.
    package func changePassword(accessToken: String, current: String, new: String) async throws {
        _ = try await call(
            .changePassword,
            ["AccessToken": .string(accessToken), "PreviousPassword": .string(current), "ProposedPassword": .string(new)])
    }

    // MARK: Who is signed in

    /// As the pool has it at this moment, so that a token that was revoked fails here.
    /// - Throws: `Failure` `sign_in_required`.
    package func profile(accessToken: String) async throws -> Cognito.Identity {
        let answer = try await call(.profile, ["AccessToken": .string(accessToken)])
        var attributes: [String: String] = [:]
        for attribute in answer["UserAttributes"]?.arrayValue ?? [] {
            if let name = attribute["Name"]?.stringValue { attributes[name] = attribute["Value"]?.stringValue }
        }
        guard let subject = attributes["sub"] else { throw unexpected(.profile) }
        return Cognito.Identity(
            subject: subject, email: attributes["email"], emailVerified: attributes["email_verified"]?.lowercased() == "true",
            name: attributes["name"])
    }

    /// Ends one login: its refresh token, and in the pool the access tokens that came from it. What checks signatures alone, as
    /// `check(accessToken:)` does, takes those until they expire.
    package func revoke(refreshToken: String) async throws {
        _ = try await call(.revoke, ["Token": .string(refreshToken)])
    }

    /// Ends every login of the person.
    /// - Throws: `Failure` `sign_in_required`.
    package func signOutEverywhere(accessToken: String) async throws {
        _ = try await call(.signOutEverywhere, ["AccessToken": .string(accessToken)])
    }

    // MARK: The call

    private func call(_ operation: Cognito.Operation, _ members: JSON) async throws -> JSON {
        let body = operation.namesClient ? members.adding("ClientId", .string(pool.clientID)) : members
        let reply: Outbound.Reply
        do {
            reply = try await outbound.send(
                Outbound.Call(
                    "POST", pool.calls,
                    headers: ["Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": operation.target], body: body.bytes))
        } catch let failure as Failure {
            logger.warning("cognito_unavailable", metadata: ["operation": "\(operation.rawValue)", "error": "\(failure.code)"])
            throw Cognito.unavailable
        }
        if reply.status == 200 {
            if reply.body.isEmpty { return [:] }
            guard let answer = try? JSON(parsing: reply.body), case .object = answer else { throw unexpected(operation) }
            return answer
        }
        guard reply.status < 500, let refusal = Cognito.Refusal(reply) else {
            logger.warning("cognito_unavailable", metadata: ["operation": "\(operation.rawValue)", "status": "\(reply.status)"])
            throw Cognito.unavailable
        }
        let failure = refusal.failure(of: operation, sent: body)
        if failure.kind == .outage {
            logger.error(
                "\(failure.code)",
                metadata: ["operation": "\(operation.rawValue)", "error": "\(refusal.type.filter(\.isLetter))"])
        }
        throw failure
    }

    private func outcome(_ answer: JSON, _ operation: Cognito.Operation) throws -> Cognito.Outcome {
        if let name = answer["ChallengeName"]?.stringValue, let session = answer["Session"]?.stringValue {
            return .challenge(name: name, session: session, parameters: answer["ChallengeParameters"]?.parameters ?? [:])
        }
        guard let result = answer["AuthenticationResult"], let access = result["AccessToken"]?.stringValue,
            let identity = result["IdToken"]?.stringValue
        else { throw unexpected(operation) }
        return .tokens(
            Cognito.Tokens(
                accessToken: access, idToken: identity, refreshToken: result["RefreshToken"]?.stringValue,
                expiresIn: result["ExpiresIn"]?.intValue ?? 0, tokenType: result["TokenType"]?.stringValue ?? "Bearer"))
    }

    /// A mail is sent or it is not; which of them, only its reader learns.
    private func silently(_ work: () async throws -> JSON) async throws {
        do {
            _ = try await work()
        } catch let failure as Failure where [.refused, .forbidden, .unauthenticated].contains(failure.kind) {
            logger.info("cognito_no_mail", metadata: ["error": "\(failure.code)"])
        }
    }

    private func unexpected(_ operation: Cognito.Operation) -> Failure {
        logger.error("cognito_unexpected_answer", metadata: ["operation": "\(operation.rawValue)"])
        return Cognito.unavailable
    }
}

extension JSON {
    fileprivate func adding(_ name: String, _ value: JSON) -> JSON {
        guard case .object(var members) = self else { return self }
        members[name] = value
        return .object(members)
    }

    /// Texts as they are, anything else as JSON.
    fileprivate var parameters: [String: String] {
        guard case .object(let members) = self else { return [:] }
        return members.mapValues { $0.stringValue ?? $0.text }
    }
}
