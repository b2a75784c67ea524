package import Core
package import Foundation

/// The relying party of WebAuthn (Level 2, with Level 3's backup flags): asks passkeys and judges their answers.
///
/// Pure rules: challenges are made, kept and used up by the caller, who also looks up the passkey that answers.
package struct WebAuthn: Sendable {
    /// The relying party id: the host name of the public address, without scheme and port.
    package let host: String
    /// As browsers write them, such as `https://quern.example` or `http://localhost:8080`.
    package let origins: Set<String>

    package static let name = "Quern"

    package init(host: String, origins: Set<String>) {
        self.host = host
        self.origins = origins
    }

    /// Whether the authenticator has to check who is there, by PIN, fingerprint or face.
    package enum UserVerification: String, Sendable {
        case required, preferred
    }

    package enum Limits {
        /// How long a browser asks the person; the caller's challenges live as long.
        package static let timeoutSeconds = 300
        /// WebAuthn section 5.4.3; ours have 32 random or keyed bytes.
        package static let handleBytes = 1...64
        static let clientDataBytes = 8 * 1024
        static let authenticatorDataBytes = 8 * 1024
        static let signatureBytes = 1024
        static let credentialIDBytes = 1023
        static let transports = 8
    }

    // MARK: Questions

    /// A passkey that is known already, for the lists in both kinds of question.
    package struct Known: Sendable, Equatable {
        /// Base64url, as in `Registration.credentialID`.
        package let credentialID: String
        package let transports: [String]

        package init(credentialID: String, transports: [String]) {
            self.credentialID = credentialID
            self.transports = transports
        }

        fileprivate var json: JSON {
            .object(
                [
                    "type": "public-key", "id": .string(credentialID),
                    "transports": transports.isEmpty ? nil : .array(transports.map { .string($0) }),
                ].compactMapValues { $0 })
        }
    }

    /// Who adds a passkey.
    package struct Person: Sendable, Equatable {
        /// The user handle: opaque, the same for all passkeys of one person, and without meaning elsewhere.
        package let handle: Data
        /// What the browser shows, usually the e-mail address.
        package let name: String
        package let displayName: String

        package init(handle: Data, name: String, displayName: String) {
            self.handle = handle
            self.name = name
            self.displayName = displayName
        }
    }

    /// `PublicKeyCredentialCreationOptionsJSON`.
    package func creationOptions(
        challenge: Data, for person: Person, exclude: [Known], _ verification: UserVerification
    ) -> JSON {
        [
            "rp": ["id": .string(host), "name": .string(Self.name)],
            "user": [
                "id": .string(Base64URL.encode(person.handle)), "name": .string(person.name),
                "displayName": .string(person.displayName),
            ],
            "challenge": .string(Base64URL.encode(challenge)),
            "pubKeyCredParams": .array(COSEKey.Algorithm.allCases.map { ["type": "public-key", "alg": .int($0.rawValue)] }),
            "timeout": .int(Int64(Limits.timeoutSeconds) * 1000),
            "excludeCredentials": .array(exclude.map(\.json)),
            "authenticatorSelection": [
                "residentKey": "preferred", "requireResidentKey": false, "userVerification": .string(verification.rawValue),
            ],
            "attestation": "none",
        ]
    }

    /// `PublicKeyCredentialRequestOptionsJSON`; with no passkey named, the browser offers those that it can discover.
    package func requestOptions(challenge: Data, allow: [Known], _ verification: UserVerification) -> JSON {
        [
            "challenge": .string(Base64URL.encode(challenge)),
            "rpId": .string(host),
            "timeout": .int(Int64(Limits.timeoutSeconds) * 1000),
            "allowCredentials": .array(allow.map(\.json)),
            "userVerification": .string(verification.rawValue),
        ]
    }

    // MARK: Refusals

    static func refused(_ message: String) -> Failure { Failure(.refused, "invalid_passkey", message) }

    static let unreadable = refused("The answer of the passkey is damaged or incomplete; reload the page and try again.")
    static let unsupported = refused(
        "This kind of passkey is not supported; use one that offers ES256, ES384, Ed25519 or RS256 with 2048 bits or more.")
}
