import Core
import CryptoExtras

/// A JSON Web Token in its compact form (RFC 7515, section 3.1), taken apart and not believed yet.
struct SignedToken: Sendable {
    /// The key with which it claims to be signed. Keys and their addresses in the header itself (`jwk`, `jku`, `x5c`, `x5u`) are
    /// not even read: whoever forges a token writes them.
    let keyID: String
    let claims: JSON
    private let signed: [UInt8]
    private let signature: [UInt8]

    enum Limits {
        /// Pools put the names of groups into tokens, and own claims.
        static let tokenBytes = 16_384
        static let keyIDBytes = 200
    }

    /// - Returns: nil for anything but three parts, a header that names exactly RS256 and a key and asks for no extension
    ///   (`crit`, section 4.1.11), and claims that are an object.
    init?(_ text: String) {
        guard text.utf8.count <= Limits.tokenBytes else { return nil }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 3, let head = Base64URL.decode(parts[0]), let body = Base64URL.decode(parts[1]),
            let signature = Base64URL.decode(parts[2]), !signature.isEmpty,
            let header = try? JSON(parsing: head), header["alg"] == "RS256", header["crit"] == nil,
            let keyID = header["kid"]?.stringValue, !keyID.isEmpty, keyID.utf8.count <= Limits.keyIDBytes,
            let claims = try? JSON(parsing: body), case .object = claims
        else { return nil }
        self.keyID = keyID
        self.claims = claims
        self.signature = signature
        signed = Array("\(parts[0]).\(parts[1])".utf8)
    }

    /// RSASSA-PKCS1-v1_5 with SHA-256 (RFC 7518, section 3.3), whatever else the header says.
    func isSigned(with key: _RSA.Signing.PublicKey) -> Bool {
        key.isValidSignature(.init(rawRepresentation: signature), for: signed, padding: .insecurePKCS1v1_5)
    }
}
