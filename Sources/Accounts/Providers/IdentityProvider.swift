package import Core

/// Who checks passwords and second steps: we ourselves, or a user pool outside. The routes are the same.
package protocol IdentityProvider: Sendable {
    /// Whether passwords and devices are kept elsewhere, so that pages do not offer to change them here.
    var isOutside: Bool { get }

    /// Somebody wants an account. Known and unknown addresses are answered alike.
    func signUp(_ wish: SignUp, from clientInfo: ClientInfo) async throws -> SignedUp
    /// - Parameter registration: whose code it must be; nil takes any of this address.
    /// - Throws: `Failure` `wrong_code`, `code_expired`.
    func confirm(email: String, code: String, registration: String?, from clientInfo: ClientInfo) async throws -> User
    /// - Throws: `Failure` `resend_too_soon`.
    /// - Returns: the registration that the new code belongs to.
    func resendCode(email: String, registration: String?) async throws -> String?

    /// - Throws: `Failure` `invalid_credentials` for an unknown address and a wrong password alike, `account_locked`, and what
    ///   `User.mustBeActive` throws.
    func logIn(email: String, password: String, from clientInfo: ClientInfo) async throws -> LoginOutcome
    /// - Throws: `Failure` `code_mismatch`, `invalid_session`.
    func answer(_ answer: ChallengeAnswer, from clientInfo: ClientInfo) async throws -> LoginOutcome
    func beginDevice(session: String, label: String?) async throws -> DeviceSetup
    func verifyDevice(
        session: String, email: String, code: String, name: String?, from clientInfo: ClientInfo
    ) async throws -> LoginOutcome
    /// Exchanges a refresh token.
    /// - Returns: nil when it is not one of this provider.
    func refresh(_ token: String) async throws -> ProviderTokens?
    func logOut(accessToken: String) async throws

    /// Mails what sets a new password. Known and unknown addresses are answered alike.
    func forgotPassword(email: String) async throws
    /// - Parameter email: nil where the token alone tells who it is.
    func resetPassword(email: String?, token: String, password: String, from clientInfo: ClientInfo) async throws
    /// - Parameter accessToken: what the caller was let in with, where the provider wants to see it.
    func changePassword(
        of user: User, current: String, new: String, accessToken: String?, keeping session: String?, from clientInfo: ClientInfo)
        async throws
    /// Whether this is the password of somebody who is signed in already.
    func isPassword(_ password: String, of user: User) async throws -> Bool

    /// Whose access token of the provider this is, and when they logged in; nil when it is none, or no longer good.
    func visit(accessToken: String, from clientInfo: ClientInfo) async throws -> (user: User, authenticatedAt: Moment?)?
}

package struct SignUp: Sendable {
    package let email: String
    package let name: String
    package let password: String

    package init(email: String, name: String, password: String) {
        self.email = email
        self.name = name
        self.password = password
    }
}

package struct SignedUp: Sendable {
    /// nil where the address is known already, and in a pool outside: only JSON answers that a document demands may tell.
    package let user: User?
    /// Names the registration, so that a browser confirms its own and no stranger's.
    package let registration: String?
}

/// What a right password leads to.
package enum LoginOutcome: Sendable {
    case admitted(Admitted)
    case challenge(LoginChallenge)
}

package struct Admitted: Sendable {
    package var user: User
    /// Of a provider that makes its own.
    package var tokens: ProviderTokens?
    /// Made at this login and shown this once.
    package var recoveryCodes: [String]?
}

package struct ProviderTokens: Sendable {
    package let accessToken: String
    package let idToken: String
    package let refreshToken: String?
    package let expiresIn: Int64
}

/// What else is needed, in Cognito's words.
package struct LoginChallenge: Sendable {
    package enum Name: Sendable, Equatable {
        case mfaSetup, softwareToken, newPassword
        /// Something else the provider asks.
        case other(String)

        package var text: String {
            switch self {
            case .mfaSetup: "MFA_SETUP"
            case .softwareToken: "SOFTWARE_TOKEN_MFA"
            case .newPassword: "NEW_PASSWORD_REQUIRED"
            case .other(let name): name
            }
        }

        package init(_ text: String) {
            self =
                switch text {
                case "MFA_SETUP": .mfaSetup
                case "SOFTWARE_TOKEN_MFA": .softwareToken
                case "NEW_PASSWORD_REQUIRED": .newPassword
                default: .other(text)
                }
        }

        package var nextStep: String {
            switch self {
            case .mfaSetup, .softwareToken, .newPassword: text
            case .other("CUSTOM_CHALLENGE"), .other("EMAIL_OTP"), .other("SMS_MFA"), .other("WEB_AUTHN"): "CUSTOM_CHALLENGE"
            case .other: "UNKNOWN"
            }
        }

        package var message: String {
            switch self {
            case .mfaSetup: "Set up an authenticator app to go on."
            case .softwareToken: "Enter the code of your authenticator app, or a recovery code."
            case .newPassword: "Choose a new password to go on."
            case .other: "One more step is needed."
            }
        }
    }

    package let name: Name
    package let session: String
}

package struct ChallengeAnswer: Sendable {
    package let email: String
    package let name: LoginChallenge.Name
    package let session: String
    package let responses: [String: String]

    package init(email: String, name: LoginChallenge.Name, session: String, responses: [String: String]) {
        self.email = email
        self.name = name
        self.session = session
        self.responses = responses
    }
}

package struct DeviceSetup: Sendable {
    package let secretCode: String
    package let uri: String
    package let session: String
}
