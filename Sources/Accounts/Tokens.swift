import Core
package import Crypto
import Foundation
import JWTKit
package import Web

/// Makes and checks access tokens: JSON Web Tokens (RFC 7519) signed with HMAC-SHA-256.
package struct Tokens: Sendable {
    private let keys: JWTKeyCollection
    private let issuer: String
    private let audience: String
    package let lifeSeconds: Double

    package init(key: SymmetricKey, issuer: String, audience: String, lifeSeconds: Double) async {
        keys = await JWTKeyCollection().add(hmac: HMACKey(key: key), digestAlgorithm: .sha256)
        self.issuer = issuer
        self.audience = audience
        self.lifeSeconds = lifeSeconds
    }

    private struct Claims: JWTPayload {
        let sub: SubjectClaim
        let iss: IssuerClaim
        let aud: AudienceClaim
        let exp: ExpirationClaim
        let iat: IssuedAtClaim
        let jti: IDClaim
        let tenant: String
        let dialect: String

        enum CodingKeys: String, CodingKey {
            case sub, iss, aud, exp, iat, jti, dialect
            case tenant = "tenant_id"
        }

        func verify(using algorithm: some JWTAlgorithm) throws {
            try exp.verifyNotExpired()
        }
    }

    /// What a valid token says; `subject` is a user id, in the enveloped dialect the user name.
    package struct Content: Sendable {
        package let subject: String
        package let dialect: Dialect
    }

    /// A token that remembers the dialect of the login that made it.
    package func issue(for user: User, dialect: Dialect) async throws -> String {
        let now = Date()
        return try await keys.sign(
            Claims(
                sub: .init(value: dialect == .enveloped ? user.email : user.id.rawValue), iss: .init(value: issuer),
                aud: .init(value: audience), exp: .init(value: now.addingTimeInterval(lifeSeconds)), iat: .init(value: now),
                jti: .init(value: UUID().uuidString.lowercased()), tenant: user.tenant, dialect: dialect.rawValue))
    }

    /// - Returns: nil for anything but a token of ours that is still valid: the algorithm is ours, whatever the header says.
    package func check(_ token: String) async -> Content? {
        guard token.utf8.count <= 4096, let claims = try? await keys.verify(token, as: Claims.self),
            claims.iss.value == issuer, claims.aud.value.contains(audience), let dialect = Dialect(rawValue: claims.dialect)
        else { return nil }
        return Content(subject: claims.sub.value, dialect: dialect)
    }
}
