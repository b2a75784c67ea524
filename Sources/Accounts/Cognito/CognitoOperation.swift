import Core

extension Cognito {
    /// The calls that an app client may make on behalf of a person, by their names in Amazon's API.
    enum Operation: String, Sendable {
        case signUp = "SignUp"
        case confirmSignUp = "ConfirmSignUp"
        case resendCode = "ResendConfirmationCode"
        case logIn = "InitiateAuth"
        /// The same call, with the flow `REFRESH_TOKEN_AUTH`.
        case refresh = "InitiateAuth REFRESH_TOKEN_AUTH"
        case answer = "RespondToAuthChallenge"
        case associateDevice = "AssociateSoftwareToken"
        case verifyDevice = "VerifySoftwareToken"
        case forgotPassword = "ForgotPassword"
        case confirmForgotPassword = "ConfirmForgotPassword"
        case changePassword = "ChangePassword"
        case profile = "GetUser"
        case revoke = "RevokeToken"
        case signOutEverywhere = "GlobalSignOut"

        /// The value of `X-Amz-Target`.
        var target: String { "AWSCognitoIdentityProviderService." + (rawValue.split(separator: " ").first ?? "") }

        /// What it means here that the pool knows no such person, token, session or code. Which of them it was is for nobody
        /// outside to know.
        var notAuthorized: Failure {
            switch self {
            case .logIn:
                Failure(.unauthenticated, "invalid_credentials", "Incorrect username or password.")
            case .refresh:
                Failure(.unauthenticated, "invalid_refresh_token", "This refresh token has expired or was revoked; log in again.")
            case .answer, .associateDevice, .verifyDevice:
                Failure(
                    .unauthenticated, "invalid_session",
                    "This login has expired or was tried too often; start again with the password.")
            case .confirmSignUp, .resendCode, .forgotPassword, .confirmForgotPassword: Self.wrongCode
            case .signUp:
                Failure(.forbidden, "registration_closed", "The user pool lets nobody sign up; ask an admin for an account.")
            case .changePassword, .profile, .revoke, .signOutEverywhere: Self.signInFirst
            }
        }

        /// Codes that came by mail are told from those of an authenticator app.
        var wrongCode: Failure {
            switch self {
            case .confirmSignUp, .resendCode, .forgotPassword, .confirmForgotPassword: Self.wrongCode
            default: Failure(.refused, "code_mismatch", "The code is not right; wait for the next one and try again.")
            }
        }

        var expiredCode: Failure {
            switch self {
            case .confirmSignUp, .resendCode, .forgotPassword, .confirmForgotPassword:
                Failure(.refused, "code_expired", "This code is too old or was tried too often; ask for a new one.")
            default:
                Failure(
                    .refused, "code_expired", "This code was used already or is too old; wait for the next one and try again.")
            }
        }

        /// Calls with a session or a token name the app client by it; but for three that want both.
        var namesClient: Bool {
            switch self {
            case .associateDevice, .verifyDevice, .changePassword, .profile, .signOutEverywhere: false
            case .signUp, .confirmSignUp, .resendCode, .logIn, .refresh, .answer, .forgotPassword, .confirmForgotPassword,
                .revoke:
                true
            }
        }

        var takesSession: Bool {
            switch self {
            case .answer, .associateDevice, .verifyDevice: true
            default: false
            }
        }

        static let signInFirst = Failure(
            .unauthenticated, "sign_in_required", "Sign in again; the access token is no longer good.")
        private static let wrongCode = Failure(.refused, "wrong_code", "The code is not right; check it, or ask for a new one.")
    }
}
