import Core
import Crypto
import Foundation
import JWTKit

/// People whom we do not know ourselves: `AUTH_MODE` hs256 believes signed tokens, dev believes headers.
package struct ExternalIdentities: Sendable {
    private let keys: JWTKeyCollection?
    private let issuer: String?
    private let audience: String?
    package let isDeveloperMode: Bool

    /// `AUTH_MODE=dev`, for a server that listens to this machine alone.
    package static let developers = ExternalIdentities(keys: nil, issuer: nil, audience: nil, isDeveloperMode: true)

    /// `AUTH_MODE=hs256`. Issuer and audience are checked when they are set.
    package static func signed(secret: String, issuer: String?, audience: String?) async -> ExternalIdentities {
        let keys = await JWTKeyCollection().add(
            hmac: HMACKey(key: SymmetricKey(data: Data(secret.utf8))), digestAlgorithm: .sha256)
        return ExternalIdentities(keys: keys, issuer: issuer, audience: audience, isDeveloperMode: false)
    }

    private struct Claims: JWTPayload {
        let sub: String?
        let user: String?
        let tenant: String?
        let organisation: String?
        let organisationID: String?
        let email: String?
        let role: String?
        let roles: [String]?
        let iss: String?
        let aud: Audience?
        let exp: ExpirationClaim?
        let nbf: NotBeforeClaim?

        enum CodingKeys: String, CodingKey {
            case sub, email, role, roles, iss, aud, exp, nbf
            case user = "user_id"
            case tenant = "tenant_id"
            case organisation = "org_id"
            case organisationID = "organization_id"
        }

        func verify(using algorithm: some JWTAlgorithm) throws {
            try exp?.verifyNotExpired()
            try nbf?.verifyNotBefore()
        }
    }

    func person(token: String) async -> UserStore.Outsider? {
        guard let keys, JWTHeader.names("HS256", in: token), let claims = try? await keys.verify(token, as: Claims.self),
            issuer == nil || claims.iss == issuer, audience == nil || claims.aud?.value.contains(audience ?? "") == true,
            let tenant = Self.name(claims.tenant ?? claims.organisation ?? claims.organisationID),
            let subject = Self.name(claims.sub ?? claims.user)
        else { return nil }
        let isAdmin = claims.role == "admin" || claims.roles?.contains("admin") == true
        return UserStore.Outsider(
            provider: .outside, tenant: tenant, subject: subject, email: Self.name(claims.email) ?? subject,
            role: isAdmin ? .admin : .member)
    }

    /// Whoever the headers name, with the leads document's defaults; a developer may do everything.
    static func developer(tenant: String?, user: String?, email: String?) -> UserStore.Outsider {
        let subject = name(user) ?? "user_dev"
        return UserStore.Outsider(
            provider: .outside, tenant: name(tenant) ?? "dev", subject: subject, email: name(email) ?? subject, role: .admin)
    }

    /// Names of tenants and people from outside are stored and shown: short, and without control characters.
    private static func name(_ text: String?) -> String? {
        guard let text = text?.trimmed, !text.isEmpty, text.utf8.count <= User.Limits.emailBytes,
            text.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F })
        else { return nil }
        return text
    }
}
