package import Core
package import Crypto
package import Foundation

/// The keys of the room, all derived from one secret of the data folder (HKDF, RFC 5869): a copy of the database alone opens nothing.
package struct Keyring: Sendable {
    private let sealing: SymmetricKey
    private let codes: SymmetricKey
    private let successors: SymmetricKey
    private let handles: SymmetricKey
    /// Signs the questions of the bot check.
    package let botCheck: SymmetricKey

    package init(_ secret: SymmetricKey) {
        func key(_ purpose: String) -> SymmetricKey {
            HKDF<SHA256>.deriveKey(inputKeyMaterial: secret, info: Data("quern \(purpose)".utf8), outputByteCount: 32)
        }
        sealing = key("totp secrets")
        codes = key("codes")
        successors = key("refresh tokens")
        handles = key("user handles")
        botCheck = key("bot check")
    }

    /// Encrypts what has to be read again; bound to its owner, so that it opens for nobody else.
    package func seal(_ bytes: Data, for owner: String) throws -> Data {
        let box = try AES.GCM.seal(bytes, using: sealing, authenticating: Data(owner.utf8))
        guard let combined = box.combined else { throw Self.broken }
        return combined
    }

    package func open(_ sealed: Data, for owner: String) throws -> Data {
        try AES.GCM.open(try AES.GCM.SealedBox(combined: sealed), using: sealing, authenticating: Data(owner.utf8))
    }

    /// Short codes are hashed with a key, for six digits are guessed in no time from a plain hash.
    package func hash(code: String, for owner: String) -> String {
        HMAC<SHA256>.authenticationCode(for: Data("\(owner)\u{0}\(code)".utf8), using: codes).hex
    }

    /// Somebody thought of this key, so it may be guessed from a plain hash as well.
    package func hash(environmentKey: String) -> String { hash(code: environmentKey, for: "key of the environment") }

    /// The one token that may follow another. Racing tabs that send the same token get the same answer, without our
    /// keeping any token that could be stolen.
    package func successor(of token: String) -> String {
        Data(HMAC<SHA256>.authenticationCode(for: Data(token.utf8), using: successors)).base64URL
    }

    /// A salt of one address, the same each time, and different on every server.
    package func salt(for email: String) -> Data {
        Data(HMAC<SHA256>.authenticationCode(for: Data("salt\u{0}\(email)".utf8), using: codes)).prefix(16)
    }

    /// What an authenticator stores as the name of a person (WebAuthn, section 5.4.3): opaque and without meaning elsewhere.
    package func handle(of user: ID<Caller>) -> Data {
        Data(HMAC<SHA256>.authenticationCode(for: Data(user.rawValue.utf8), using: handles))
    }

    private static let broken = Failure(.unavailable, "internal_error", "A secret could not be sealed.")
}

/// Long random tokens, which need no key to be hashed.
package enum Token {
    /// 32 random bytes, base64url.
    package static func random() -> String {
        SymmetricKey(size: .bits256).withUnsafeBytes { Data($0) }.base64URL
    }

    /// What is stored in place of a token.
    package static func hash(_ token: String) -> String {
        SHA256.hash(data: Data(token.utf8)).hex
    }
}

extension Data {
    /// RFC 4648, section 5, without padding.
    package var base64URL: String {
        Base64URL.encode(self)
    }
}
