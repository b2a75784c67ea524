import Core
package import Crypto
import Foundation
import JWTKit
import Synchronization
package import Web

/// Makes and checks access tokens: JSON Web Tokens (RFC 7519) signed with HMAC-SHA-256.
package struct Tokens: Sendable {
    private let keys: JWTKeyCollection
    /// Identity tokens are for the client to read. Another key signs them, so that none is ever taken for an access token.
    private let identityKeys: JWTKeyCollection
    private let issuer: String
    private let audience: String
    package let lifeSeconds: Double
    private let checked = CheckedTokens()

    package init(key: SymmetricKey, issuer: String, audience: String, lifeSeconds: Double) async {
        keys = await JWTKeyCollection().add(hmac: HMACKey(key: key), digestAlgorithm: .sha256)
        let identity = HKDF<SHA256>.deriveKey(inputKeyMaterial: key, info: Data("identity tokens".utf8), outputByteCount: 32)
        identityKeys = await JWTKeyCollection().add(hmac: HMACKey(key: identity), digestAlgorithm: .sha256)
        self.issuer = issuer
        self.audience = audience
        self.lifeSeconds = lifeSeconds
    }

    private struct Claims: JWTPayload {
        let sub: SubjectClaim
        let iss: IssuerClaim
        let aud: Audience
        let exp: ExpirationClaim
        let iat: IssuedAtClaim
        /// `<session>.<random>`: unique, and it names the session with which the token ends.
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

    private struct IdentityClaims: JWTPayload {
        let sub: SubjectClaim
        let iss: IssuerClaim
        let aud: Audience
        let exp: ExpirationClaim
        let iat: IssuedAtClaim
        let email: String
        let name: String
        let isEmailVerified: Bool
        let use: String

        enum CodingKeys: String, CodingKey {
            case sub, iss, aud, exp, iat, email, name
            case isEmailVerified = "email_verified"
            case use = "token_use"
        }

        func verify(using algorithm: some JWTAlgorithm) throws {
            try exp.verifyNotExpired()
        }
    }

    /// What a valid token says; `subject` is a user id, in the enveloped dialect the user name.
    package struct Content: Sendable {
        package let subject: String
        package let dialect: Dialect
        package let session: String
    }

    /// A token that remembers the dialect of the login that made it, and ends with its session.
    package func issue(for user: User, dialect: Dialect, session: String) async throws -> String {
        let now = Self.wholeSeconds()
        return try await keys.sign(
            Claims(
                sub: .init(value: dialect == .enveloped ? user.email : user.id.rawValue), iss: .init(value: issuer),
                aud: Audience(value: [audience]), exp: .init(value: now.addingTimeInterval(lifeSeconds)), iat: .init(value: now),
                jti: .init(value: "\(session).\(UUID().uuidString.lowercased().prefix(8))"), tenant: user.tenant,
                dialect: dialect.rawValue))
    }

    /// Tells a client who signed in; opens nothing.
    package func issueIdentity(for user: User) async throws -> String {
        let now = Self.wholeSeconds()
        return try await identityKeys.sign(
            IdentityClaims(
                sub: .init(value: user.id.rawValue), iss: .init(value: issuer), aud: Audience(value: [audience]),
                exp: .init(value: now.addingTimeInterval(lifeSeconds)), iat: .init(value: now), email: user.email,
                name: user.name, isEmailVerified: user.emailVerifiedAt != nil, use: "id"))
    }

    /// RFC 7519 allows fractions in its dates; not every library does.
    private static func wholeSeconds() -> Date {
        Date(timeIntervalSince1970: Date().timeIntervalSince1970.rounded(.down))
    }

    /// - Returns: nil for anything but a token of ours that is still valid. The header decides nothing: algorithm and key are ours.
    package func check(_ token: String) async -> Content? {
        if let known = checked.content(of: token) { return known }
        guard JWTHeader.names("HS256", in: token), let claims = try? await keys.verify(token, as: Claims.self),
            claims.iss.value == issuer, claims.aud.value.contains(audience), let dialect = Dialect(rawValue: claims.dialect),
            let session = claims.jti.value.split(separator: ".").first
        else { return nil }
        let content = Content(subject: claims.sub.value, dialect: dialect, session: String(session))
        checked.add(token, content, until: claims.exp.value)
        return content
    }
}

/// Tokens whose signature was found right: it stays so, and a program sends the same token with each of its requests. Whether the
/// session of a token goes on is looked at each time, elsewhere.
private final class CheckedTokens: Sendable {
    private struct Entry {
        let content: Tokens.Content
        let until: Date
    }

    /// Tokens that are remembered; one more, and all are forgotten.
    private static let most = 4096
    /// A longer token is none that we made.
    private static let mostBytes = 2048

    private let entries = Mutex<[String: Entry]>([:])

    func content(of token: String, now: Date = Date()) -> Tokens.Content? {
        guard let entry = entries.withLock({ $0[token] }), entry.until > now else { return nil }
        return entry.content
    }

    func add(_ token: String, _ content: Tokens.Content, until: Date) {
        guard token.utf8.count <= Self.mostBytes else { return }
        entries.withLock { entries in
            if entries.count >= Self.most { entries.removeAll() }
            entries[token] = Entry(content: content, until: until)
        }
    }
}

/// The head of a token, looked at before any key is.
enum JWTHeader {
    static let mostBytes = 8192
    /// Three short names and an id; looked at before anything else reads it.
    static let mostHeaderBytes = 1024

    /// Whether a token has three parts and names exactly this algorithm, and asks for no extension (RFC 7515, section 4.1.11).
    static func names(_ algorithm: String, in token: String) -> Bool {
        let parts = token.split(separator: ".", omittingEmptySubsequences: false)
        guard token.utf8.count <= mostBytes, parts.count == 3, parts.allSatisfy({ !$0.isEmpty }),
            parts[0].utf8.count <= mostHeaderBytes,
            let bytes = Data(base64Encoded: padded(parts[0])), case .object(let header)? = try? JSON(parsing: bytes)
        else { return false }
        return header["alg"] == .string(algorithm) && header["crit"] == nil && header.values.allSatisfy { $0.stringValue != nil }
    }

    private static func padded(_ text: Substring) -> String {
        let base = text.replacing("-", with: "+").replacing("_", with: "/")
        return base + String(repeating: "=", count: (4 - base.count % 4) % 4)
    }
}

/// Whom a token is for: one name or a list of them (RFC 7519, section 4.1.3). JWTKit's own type ends the process at an empty list.
struct Audience: Codable, Sendable {
    let value: [String]

    init(value: [String]) { self.value = value }

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        value = if let one = try? container.decode(String.self) { [one] } else { try container.decode([String].self) }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        if value.count == 1 { try container.encode(value[0]) } else { try container.encode(value) }
    }
}
