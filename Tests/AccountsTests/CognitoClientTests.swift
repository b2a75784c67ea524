import Core
import Foundation
import Testing

@testable import Accounts

@Suite("Calling a user pool")
struct CognitoClientTests {
    let pool: CognitoFakePool
    let client: CognitoClient

    init() throws {
        pool = try CognitoFakePool()
        client = pool.client
    }

    private func refuse(_ type: String, _ message: String = "", status: Int = 400) {
        pool.answer(status, JSON.object(["__type": .string(type), "message": .string(message)]).text)
    }

    /// The code of the failure that ends the work.
    private func code(_ work: () async throws -> Void) async -> String? {
        do {
            try await work()
            return nil
        } catch {
            return (error as? Failure)?.code ?? "\(error)"
        }
    }

    private func sent() throws -> JSON { try JSON(parsing: try #require(pool.calls.last).body) }

    // MARK: What is sent and what comes back

    @Test func `a login is a POST in Amazon's words`() async throws {
        pool.answer(
            200,
            #"{"AuthenticationResult":{"AccessToken":"a","IdToken":"i","RefreshToken":"r","ExpiresIn":3600,"TokenType":"Bearer"},"ChallengeParameters":{}}"#
        )
        let outcome = try await client.logIn(email: "ada@example.com", password: "grain")
        #expect(
            outcome
                == .tokens(
                    Cognito.Tokens(accessToken: "a", idToken: "i", refreshToken: "r", expiresIn: 3600, tokenType: "Bearer")))
        let call = try #require(pool.calls.first)
        #expect(call.method == "POST" && call.url == "https://cognito-idp.eu-central-1.amazonaws.com/")
        #expect(
            call.headers == [
                "Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": "AWSCognitoIdentityProviderService.InitiateAuth",
            ])
        #expect(
            try sent() == [
                "AuthFlow": "USER_PASSWORD_AUTH", "ClientId": "client123",
                "AuthParameters": ["USERNAME": "ada@example.com", "PASSWORD": "grain"],
            ])
    }

    @Test func `a challenge is handed on`() async throws {
        pool.answer(
            200,
            #"{"ChallengeName":"NEW_PASSWORD_REQUIRED","Session":"s","ChallengeParameters":{"USER_ID_FOR_SRP":"ada","requiredAttributes":["x"]}}"#
        )
        #expect(
            try await client.logIn(email: "ada@example.com", password: "grain")
                == .challenge(
                    name: "NEW_PASSWORD_REQUIRED", session: "s",
                    parameters: ["USER_ID_FOR_SRP": "ada", "requiredAttributes": #"["x"]"#]))
    }

    @Test func `an answer names the person where nobody did`() async throws {
        pool.answer(200, #"{"ChallengeName":"MFA_SETUP","Session":"s2"}"#)
        _ = try await client.answer(challenge: "X", session: "s", email: "ada@example.com", responses: ["CODE": "1"])
        #expect(
            try sent() == [
                "ChallengeName": "X", "Session": "s", "ClientId": "client123",
                "ChallengeResponses": ["CODE": "1", "USERNAME": "ada@example.com"],
            ])
        _ = try await client.answer(challenge: "X", session: "s", email: "ada@example.com", responses: ["USERNAME": "sub-1"])
        #expect(try sent()["ChallengeResponses"] == ["USERNAME": "sub-1"])
    }

    @Test func `calls with a session or an access token name no client`() async throws {
        pool.answer(200, #"{"SecretCode":"ABC","Session":"next"}"#)
        #expect(try await client.beginDevice(session: "s") == Cognito.Device(secretCode: "ABC", session: "next"))
        #expect(try sent() == ["Session": "s"])
        pool.answer(200, "{}")
        try await client.changePassword(accessToken: "t", current: "old", new: "new")
        #expect(try sent() == ["AccessToken": "t", "PreviousPassword": "old", "ProposedPassword": "new"])
        try await client.signOutEverywhere(accessToken: "t")
        #expect(try sent() == ["AccessToken": "t"])
        try await client.revoke(refreshToken: "r")
        #expect(try sent() == ["Token": "r", "ClientId": "client123"])
    }

    @Test func `a refresh may come without a new refresh token`() async throws {
        pool.answer(200, #"{"AuthenticationResult":{"AccessToken":"a","IdToken":"i","ExpiresIn":3600,"TokenType":"Bearer"}}"#)
        #expect(try await client.refresh("old").refreshToken == nil)
        #expect(try sent()["AuthFlow"] == "REFRESH_TOKEN_AUTH")
        #expect(pool.calls.last?.headers["X-Amz-Target"] == "AWSCognitoIdentityProviderService.InitiateAuth")
    }

    @Test func `a profile is read from its attributes`() async throws {
        pool.answer(
            200,
            #"{"Username":"ada","UserAttributes":[{"Name":"sub","Value":"1"},{"Name":"email","Value":"ada@example.com"},{"Name":"email_verified","Value":"true"}]}"#
        )
        #expect(
            try await client.profile(accessToken: "t")
                == Cognito.Identity(subject: "1", email: "ada@example.com", emailVerified: true, name: nil))
    }

    @Test func `an empty answer is a good one where nothing is to be said`() async throws {
        pool.answer(200, "")
        try await client.confirmSignUp(email: "ada@example.com", code: "123456")
    }

    // MARK: Refusals

    @Test(arguments: [
        ("NotAuthorizedException", Failure.Kind.unauthenticated, "invalid_credentials"),
        ("com.amazonaws.cognito#NotAuthorizedException", .unauthenticated, "invalid_credentials"),
        ("NotAuthorizedException:http://internal.amazon.com/", .unauthenticated, "invalid_credentials"),
        ("UserNotFoundException", .unauthenticated, "invalid_credentials"),
        ("UserNotConfirmedException", .forbidden, "email_not_verified"),
        ("PasswordResetRequiredException", .forbidden, "password_reset_required"),
        ("TooManyRequestsException", .tooMany, "rate_limited"), ("LimitExceededException", .tooMany, "rate_limited"),
        ("TooManyFailedAttemptsException", .tooMany, "rate_limited"),
        ("UsernameExistsException", .conflict, "email_taken"), ("AliasExistsException", .conflict, "email_taken"),
        ("CodeMismatchException", .refused, "code_mismatch"), ("EnableSoftwareTokenMFAException", .refused, "code_mismatch"),
        ("ExpiredCodeException", .refused, "code_expired"), ("InvalidPasswordException", .refused, "weak_password"),
        ("InvalidParameterException", .refused, "invalid_parameter"),
        ("UserLambdaValidationException", .refused, "refused_by_pool"), ("SomethingNewException", .refused, "refused_by_pool"),
        ("ResourceNotFoundException", .outage, "identity_provider_misconfigured"),
        ("InternalErrorException", .outage, "identity_provider_unavailable"),
    ])
    func `each exception has its failure`(type: String, kind: Failure.Kind, code: String) async {
        refuse(type, "words of the pool")
        let failure = await #expect(throws: Failure.self) {
            try await client.logIn(email: "ada@example.com", password: "grain")
        }
        #expect(failure?.kind == kind && failure?.code == code)
    }

    @Test func `the exception may be named in a header`() async {
        pool.answer(400, "{}", headers: ["x-amzn-errortype": "UserNotConfirmedException:"])
        let failure = await #expect(throws: Failure.self) { try await client.logIn(email: "a@b.c", password: "grain") }
        #expect(failure?.code == "email_not_verified")
    }

    @Test(arguments: ["NotAuthorizedException", "UserNotFoundException"])
    func `a refusal means what was asked`(type: String) async throws {
        refuse(type, "Invalid Access Token")
        #expect(await code { _ = try await client.refresh("r") } == "invalid_refresh_token")
        let answer = await code { _ = try await client.answer(challenge: "X", session: "s", email: "e", responses: [:]) }
        #expect(answer == "invalid_session")
        #expect(await code { _ = try await client.beginDevice(session: "s") } == "invalid_session")
        let device = await code { _ = try await client.finishDevice(session: "s", email: "e", code: "1", name: nil) }
        #expect(device == "invalid_session")
        #expect(await code { try await client.confirmSignUp(email: "e", code: "123456") } == "wrong_code")
        let reset = await code { try await client.confirmForgotPassword(email: "e", code: "123456", password: "p") }
        #expect(reset == "wrong_code")
        let change = await code { try await client.changePassword(accessToken: "t", current: "p", new: "q") }
        #expect(change == "sign_in_required")
        #expect(await code { _ = try await client.profile(accessToken: "t") } == "sign_in_required")
        #expect(await code { try await client.signOutEverywhere(accessToken: "t") } == "sign_in_required")
        let signUp = await code { _ = try await client.signUp(email: "e", password: "p", name: "n") }
        #expect(signUp == "registration_closed")
    }

    @Test func `a wrong current password is told from a spent token`() async {
        func change() async -> String? {
            await code { try await client.changePassword(accessToken: "token-of-ada", current: "grain", new: "flour") }
        }
        refuse("NotAuthorizedException", "Incorrect username or password.")
        #expect(await change() == "wrong_password")
        refuse("NotAuthorizedException", "Access Token has been revoked")
        #expect(await change() == "sign_in_required")
        refuse("NotAuthorizedException", "token-of-ada")
        #expect(await change() == "sign_in_required")
    }

    @Test func `mailed codes and those of an app are told apart`() async {
        refuse("CodeMismatchException")
        #expect(await code { try await client.confirmSignUp(email: "e", code: "1") } == "wrong_code")
        let device = await code { _ = try await client.finishDevice(session: "s", email: "e", code: "1", name: nil) }
        #expect(device == "code_mismatch")
    }

    @Test func `a login that was tried too often is locked for a while`() async {
        refuse("NotAuthorizedException", "Password attempts exceeded")
        let failure = await #expect(throws: Failure.self) { try await client.logIn(email: "e", password: "p") }
        #expect(failure?.kind == .tooMany && failure?.code == "account_locked" && failure?.retryAfterSeconds != nil)
    }

    @Test func `a session that is no session is an invalid one`() async {
        refuse("InvalidParameterException", "1 validation error detected: Value at 'session' failed to satisfy constraint")
        let failure = await #expect(throws: Failure.self) { try await client.beginDevice(session: "s") }
        #expect(failure?.code == "invalid_session")
    }

    @Test(arguments: [
        ("NotAuthorizedException", "Client client123 is configured with secret but SECRET_HASH was not received"),
        ("InvalidParameterException", "USER_PASSWORD_AUTH flow not enabled for this client"),
        ("ResourceNotFoundException", "User pool client client123 does not exist."),
    ])
    func `a pool that can not work so is not the clientInfo's mistake`(type: String, message: String) async {
        refuse(type, message)
        let failure = await #expect(throws: Failure.self) { try await client.logIn(email: "e", password: "p") }
        #expect(failure?.kind == .outage && failure?.code == "identity_provider_misconfigured")
    }

    // MARK: Secrets

    @Test func `the pool's own words are passed on`() async {
        refuse("InvalidPasswordException", "Password did not conform with policy: Password not long enough")
        let failure = await #expect(throws: Failure.self) {
            try await client.signUp(email: "e@x.y", password: "pw-1", name: "Ada")
        }
        #expect(failure?.message == "Password did not conform with policy: Password not long enough")
    }

    @Test func `words that repeat what was sent are not`() async {
        for type in [
            "InvalidParameterException", "InvalidPasswordException", "UserLambdaValidationException", "NotAuthorizedException",
        ] {
            refuse(type, "Value 'tops3cret' at 'password' failed to satisfy constraint")
            let failure = await #expect(throws: Failure.self) {
                try await client.signUp(email: "e@x.y", password: "tops3cret", name: "Ada")
            }
            #expect(failure?.message.contains("tops3cret") == false)
        }
        refuse("InvalidParameterException", "a\nb" + String(repeating: "c", count: 400))
        let failure = await #expect(throws: Failure.self) {
            try await client.signUp(email: "e@x.y", password: "pw-1", name: "Ada")
        }
        #expect(failure?.message == "The sign-in service did not accept what was sent.")
    }

    // MARK: Mail

    @Test(arguments: [
        "UserNotFoundException", "InvalidParameterException", "NotAuthorizedException", "UserNotConfirmedException",
    ])
    func `who has an account is not told by asking for mail`(type: String) async throws {
        refuse(type, "User is already confirmed.")
        try await client.resendCode(email: "ada@example.com")
        try await client.forgotPassword(email: "ada@example.com")
    }

    @Test func `asking for mail too often is`() async {
        refuse("LimitExceededException", "Attempt limit exceeded, please try after some time.")
        let failure = await #expect(throws: Failure.self) { try await client.forgotPassword(email: "ada@example.com") }
        #expect(failure?.kind == .tooMany)
    }

    // MARK: Outages

    @Test(arguments: [
        (500, #"{"__type":"InternalErrorException","message":"x"}"#), (503, ""), (502, "<html>"), (400, "<html>"), (400, "{}"),
        (200, "<html>"), (200, "[]"), (200, "{}"), (200, #"{"AuthenticationResult":{"AccessToken":"a"}}"#), (302, ""),
        (404, "Not Found"),
    ])
    func `an answer that makes no sense is an outage`(status: Int, body: String) async {
        pool.answer(status, body)
        let failure = await #expect(throws: Failure.self) { try await client.logIn(email: "e", password: "p") }
        #expect(failure?.kind == .outage && failure?.code == "identity_provider_unavailable")
    }

    @Test func `no answer is an outage`() async {
        pool.set(isDown: true)
        let failure = await #expect(throws: Failure.self) { try await client.logIn(email: "e", password: "p") }
        #expect(failure?.kind == .outage && failure?.code == "identity_provider_unavailable" && failure?.retryAfterSeconds != nil)
    }

    @Test func `a test that forgot the outside fails loudly`() async {
        let failure = await #expect(throws: Failure.self) {
            try await Outbound.unavailable.send(Outbound.Call("GET", "http://x.y"))
        }
        #expect(failure?.code == "no_outbound")
    }

    // MARK: Settings

    @Test func `an endpoint moves the calls and the keys but not the issuer`() throws {
        for endpoint in ["http://127.0.0.1:5000", "http://127.0.0.1:5000/"] {
            let pool = try Cognito.Pool(region: "us-east-1", id: "us-east-1_abc123", clientID: "x1", endpoint: endpoint)
            #expect(pool.calls == "http://127.0.0.1:5000/")
            #expect(pool.keySet == "http://127.0.0.1:5000/us-east-1_abc123/.well-known/jwks.json")
            #expect(pool.issuer == "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_abc123")
        }
    }

    @Test(
        arguments: [
            ("", "us-east-1_abc123", "x1", nil, "COGNITO_REGION"),
            ("evil.example/", "us-east-1_abc123", "x1", nil, "COGNITO_REGION"),
            ("us-east-1", "", "x1", nil, "COGNITO_USER_POOL_ID"),
            ("us-east-1", "eu-west-1_abc123", "x1", nil, "COGNITO_USER_POOL_ID"),
            ("us-east-1", "us-east-1_abc/../123", "x1", nil, "COGNITO_USER_POOL_ID"),
            ("us-east-1", "us-east-1_abc123", "", nil, "COGNITO_CLIENT_ID"),
            ("us-east-1", "us-east-1_abc123", "x1", "127.0.0.1:5000", "COGNITO_ENDPOINT_URL"),
            ("us-east-1", "us-east-1_abc123", "x1", "ftp://127.0.0.1", "COGNITO_ENDPOINT_URL"),
            ("us-east-1", "us-east-1_abc123", "x1", "http://127.0.0.1/?x", "COGNITO_ENDPOINT_URL"),
        ] as [(String, String, String, String?, String)])
    func `a wrong setting is named`(region: String, id: String, client: String, endpoint: String?, setting: String) {
        let failure = #expect(throws: Failure.self) {
            try Cognito.Pool(region: region, id: id, clientID: client, endpoint: endpoint)
        }
        #expect(failure?.code == "invalid_setting" && failure?.message.hasPrefix(setting) == true)
    }
}
