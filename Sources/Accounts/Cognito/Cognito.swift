package import Core
import Foundation

/// What a user pool of Amazon Cognito says, in our words.
package enum Cognito {
    /// Which pool, and where it is.
    package struct Pool: Sendable, Equatable {
        package let id: String
        package let clientID: String
        /// What tokens of this pool name as their issuer. The one place to change for a stand-in that names another.
        package let issuer: String
        /// Where the calls go; ends with a slash.
        let calls: String
        /// Where the keys are with which the pool signs.
        let keySet: String

        /// - Parameters:
        ///   - endpoint: `COGNITO_ENDPOINT_URL`; nil for Amazon's own. It moves the calls and the key set, never the issuer.
        ///   - issuer: nil for the one that Amazon's pools have.
        /// - Throws: `Failure` `invalid_setting`.
        package init(region: String, id: String, clientID: String, endpoint: String? = nil, issuer: String? = nil) throws {
            try Self.check(
                "COGNITO_REGION", region, region.wholeMatch(of: /[a-z]{2,3}(-[a-z]+)+-[0-9]{1,2}/) != nil, "like eu-central-1")
            try Self.check(
                "COGNITO_USER_POOL_ID", id,
                id.wholeMatch(of: /[a-z0-9\-]{1,20}_[A-Za-z0-9]{1,40}/) != nil && id.hasPrefix(region + "_"),
                "like \(region)_AbCdEfGhI, in the region of COGNITO_REGION")
            try Self.check(
                "COGNITO_CLIENT_ID", clientID, clientID.wholeMatch(of: /[A-Za-z0-9_+]{1,128}/) != nil, "of letters and digits")
            let amazon = "https://cognito-idp.\(region).amazonaws.com"
            let base = Self.withoutSlash(endpoint ?? amazon)
            let url = URL(string: base)
            try Self.check(
                "COGNITO_ENDPOINT_URL", base,
                ["http", "https"].contains(url?.scheme ?? "") && url?.host?.isEmpty == false && url?.query == nil
                    && url?.fragment == nil,
                "a URL like http://127.0.0.1:5000")
            self.id = id
            self.clientID = clientID
            self.issuer = issuer ?? "\(amazon)/\(id)"
            calls = base + "/"
            keySet = "\(base)/\(id)/.well-known/jwks.json"
        }

        private static func check(_ name: String, _ text: String, _ isGood: Bool, _ words: String) throws {
            guard isGood else {
                throw Failure(
                    .invalid, "invalid_setting",
                    text.isEmpty ? "\(name) is not set; it must be \(words)." : "\(name) must be \(words), not \(text).")
            }
        }

        private static func withoutSlash(_ url: String) -> String {
            String(url.reversed().drop { $0 == "/" }.reversed())
        }
    }

    package struct Tokens: Sendable, Equatable {
        package let accessToken: String
        package let idToken: String
        /// nil after a refresh, unless the pool rotates them: the old one goes on.
        package let refreshToken: String?
        package let expiresIn: Int64
        package let tokenType: String
    }

    /// What a right password, or a right answer, leads to.
    package enum Outcome: Sendable, Equatable {
        case tokens(Tokens)
        /// One more thing is asked. The session is good for one answer, and for a few minutes.
        case challenge(name: String, session: String, parameters: [String: String])
    }

    package struct SignedUp: Sendable, Equatable {
        /// The name of the new person in the pool.
        package let subject: String
        /// False while a mailed code has to be entered first.
        package let isConfirmed: Bool
    }

    /// An authenticator app on its way.
    package struct Device: Sendable, Equatable {
        /// Base32, to be shown as it is.
        package let secretCode: String
        /// Takes the place of the session with which it was asked for.
        package let session: String
    }

    /// Who somebody is.
    package struct Identity: Sendable, Equatable {
        package let subject: String
        package let email: String?
        /// Whether the pool has seen proof that the address is theirs.
        package let emailVerified: Bool
        package let name: String?
    }

    /// What an access token says that was found to be good.
    package struct AccessClaims: Sendable, Equatable {
        package let subject: String
        package let username: String?
        package let expiresAt: Moment
        /// When the password was entered.
        package let authenticatedAt: Moment?
        /// `jti`, of this token alone.
        package let tokenID: String?
        /// `origin_jti`, of all tokens that come from the same login.
        package let loginID: String?
    }
}
