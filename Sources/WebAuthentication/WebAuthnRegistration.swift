package import Core
package import Foundation

extension WebAuthn {
    /// A passkey worth keeping.
    package struct Registration: Sendable, Equatable {
        /// Base64url; refuse it when anybody has a passkey of that id already (section 7.1, step 22).
        package let credentialID: String
        /// The COSE key, byte for byte, as `Stored` wants it back.
        package let publicKey: Data
        package let algorithm: COSEKey.Algorithm
        package let signCount: Int64
        /// Hints for the browser, such as `internal` or `usb`.
        package let transports: [String]
        package let isUserVerified: Bool
        /// It may be copied to other devices of its owner, and whether it has been.
        package let isBackupEligible: Bool
        package let isBackedUp: Bool
        /// The model of the authenticator, a lower-case UUID; all zeros where it does not say.
        package let aaguid: String
    }

    /// Section 7.1. We ask for no attestation: what model made a passkey decides nothing here. Format `none` has to be empty,
    /// the signature of `packed` self attestation has to be right; of all other statements only the frame is read, not the claim.
    /// - Throws: `Failure` `invalid_passkey`.
    package func verifyRegistration(
        _ credential: JSON, challenge: Data, _ verification: UserVerification
    ) throws -> Registration {
        let answer = try PasskeyAnswer(credential)
        let clientData = try ClientData(parsing: answer.bytes("clientDataJSON", limit: Limits.clientDataBytes))
        try clientData.check(.registration, challenge: challenge, origins: origins)

        let object = try CBOR(parsing: answer.bytes("attestationObject", limit: CBOR.Limits.sizeBytes))
        guard object.count == 3, let format = object["fmt"]?.textValue, let statement = object["attStmt"],
            case .map = statement, let signed = object["authData"]?.bytesValue
        else { throw Self.unreadable }
        let data = try AuthenticatorData(parsing: signed)
        try data.check(host: host, verification)
        guard let made = data.credential, Base64URL.encode(made.id) == answer.credentialID else { throw Self.unreadable }
        try Self.check(format, statement, by: made.key, for: signed + clientData.hash)

        return Registration(
            credentialID: answer.credentialID, publicKey: Data(made.publicKey), algorithm: made.key.algorithm,
            signCount: Int64(data.signCount), transports: answer.transports,
            isUserVerified: data.flags.contains(.userVerified), isBackupEligible: data.flags.contains(.backupEligible),
            isBackedUp: data.flags.contains(.backedUp), aaguid: Self.uuid(made.aaguid))
    }

    /// Sections 8.2 and 8.7.
    private static func check(_ format: String, _ statement: CBOR, by key: COSEKey, for message: [UInt8]) throws {
        switch format {
        case "none": guard statement.count == 0 else { throw unreadable }
        case "packed" where statement["x5c"] == nil:
            guard statement["alg"]?.intValue == key.algorithm.rawValue, let signature = statement["sig"]?.bytesValue,
                signature.count <= Limits.signatureBytes, key.isValid(signature, for: message)
            else { throw wrongSignature }
        default: break
        }
    }

    private static func uuid(_ bytes: [UInt8]) -> String {
        let hex = bytes.hex
        return [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { hex.dropFirst($0.lowerBound).prefix($0.count) }
            .joined(separator: "-")
    }

    static let wrongSignature = refused("The signature of the passkey is not right; reload the page and try again.")
}
