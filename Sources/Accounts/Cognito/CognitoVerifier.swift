import Core

/// Tells the tokens of a pool from all others.
struct CognitoVerifier: Sendable {
    private let pool: Cognito.Pool
    private let keys: CognitoKeys
    private let now: @Sendable () -> Moment

    init(pool: Cognito.Pool, keys: CognitoKeys, now: @escaping @Sendable () -> Moment) {
        self.pool = pool
        self.keys = keys
        self.now = now
    }

    func check(accessToken: String) async throws -> Cognito.AccessClaims? {
        guard let token = SignedToken(accessToken), token.claims["client_id"] == .string(pool.clientID),
            let (subject, expiresAt) = try await believed(token, use: "access")
        else { return nil }
        let claims = token.claims
        return Cognito.AccessClaims(
            subject: subject, username: claims["username"]?.stringValue, expiresAt: expiresAt,
            authenticatedAt: claims["auth_time"]?.moment, tokenID: claims["jti"]?.stringValue,
            loginID: claims["origin_jti"]?.stringValue)
    }

    func check(idToken: String) async throws -> Cognito.Identity? {
        guard let token = SignedToken(idToken), token.claims["aud"] == .string(pool.clientID),
            let (subject, _) = try await believed(token, use: "id")
        else { return nil }
        let claims = token.claims
        // Pools that federate write the flag as text.
        let isVerified = claims["email_verified"] == true || claims["email_verified"] == "true"
        return Cognito.Identity(
            subject: subject, email: claims["email"]?.stringValue, emailVerified: isVerified, name: claims["name"]?.stringValue)
    }

    /// The signature comes last: a token that could not be good anyway costs no look at the pool's keys.
    private func believed(_ token: SignedToken, use: String) async throws -> (subject: String, expiresAt: Moment)? {
        let claims = token.claims
        guard claims["iss"] == .string(pool.issuer), claims["token_use"] == .string(use),
            let subject = claims["sub"]?.stringValue, !subject.isEmpty, subject.utf8.count <= Limits.subjectBytes,
            let expiresAt = claims["exp"]?.moment, now() < expiresAt,
            let key = try await keys.key(token.keyID), token.isSigned(with: key)
        else { return nil }
        return (subject, expiresAt)
    }

    private enum Limits {
        /// Cognito's are UUIDs.
        static let subjectBytes = 128
    }
}

extension JSON {
    /// A NumericDate (RFC 7519, section 2): seconds since 1970, with or without a fraction.
    fileprivate var moment: Moment? {
        switch self {
        case .int(let seconds) where seconds.magnitude < 1 << 40: Moment(rawValue: seconds * 1000)
        case .double(let seconds) where abs(seconds) < 1e12: Moment(rawValue: Int64(seconds * 1000))
        default: nil
        }
    }
}
