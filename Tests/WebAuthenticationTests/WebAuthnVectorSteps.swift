import Core
import Foundation
import Testing

@testable import WebAuthentication

/// One of them does not check who is there, so that is preferred and not required.
extension WebAuthnVector {
    private var party: WebAuthn { WebAuthn(host: host, origins: [origin]) }

    private func bytes(_ text: String) throws -> Data { Data(try #require(Base64URL.decode(text))) }

    var registration: WebAuthn.Registration {
        get throws {
            try party.verifyRegistration(
                [
                    "id": .string(credentialID), "rawId": .string(credentialID), "type": "public-key",
                    "response": [
                        "clientDataJSON": .string(creationClientData), "attestationObject": .string(attestationObject),
                    ],
                ], challenge: bytes(creationChallenge), .preferred)
        }
    }

    func assertion(damaging part: String? = nil) throws -> WebAuthn.Assertion {
        var response = [
            "clientDataJSON": requestClientData, "authenticatorData": authenticatorData, "signature": signature,
            "userHandle": userHandle,
        ]
        if let part {
            var damaged = try bytes(response[part] ?? "")
            damaged[damaged.count / 2] ^= 1
            response[part] = Base64URL.encode(damaged)
        }
        let made = try registration
        return try party.verifyAssertion(
            [
                "id": .string(credentialID), "type": "public-key", "response": .object(response.mapValues { .string($0) }),
            ], challenge: bytes(requestChallenge),
            by: .init(
                credentialID: credentialID, publicKey: made.publicKey, signCount: made.signCount,
                handle: bytes(userHandle), isBackupEligible: made.isBackupEligible), .preferred)
    }
}
