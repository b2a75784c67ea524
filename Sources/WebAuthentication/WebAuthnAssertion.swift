package import Core
package import Foundation

extension WebAuthn {
    /// What is kept of a passkey, found by the id that `credentialID(of:)` reads.
    package struct Stored: Sendable {
        package let credentialID: String
        package let publicKey: Data
        package let signCount: Int64
        /// The user handle of the passkey's owner.
        package let handle: Data
        /// Nil where it was not kept; it can not change in a passkey's life.
        package let isBackupEligible: Bool?

        package init(
            credentialID: String, publicKey: Data, signCount: Int64, handle: Data, isBackupEligible: Bool? = nil
        ) {
            self.credentialID = credentialID
            self.publicKey = publicKey
            self.signCount = signCount
            self.handle = handle
            self.isBackupEligible = isBackupEligible
        }
    }

    /// A login that the passkey vouches for.
    package struct Assertion: Sendable, Equatable {
        /// To be kept in place of the old one.
        package let signCount: Int64
        package let isUserVerified: Bool
        package let isBackedUp: Bool
        /// Present where the browser discovered the passkey by itself; it has been compared with the owner's.
        package let handle: Data?
    }

    /// Which passkey says it answers; nothing about it is proved yet.
    /// - Throws: `Failure` `invalid_passkey`.
    package static func credentialID(of credential: JSON) throws -> String { try PasskeyAnswer(credential).credentialID }

    /// Section 7.2.
    /// - Throws: `Failure` `invalid_passkey`, or `cloned_passkey` when the counter did not grow: then another copy is in use.
    package func verifyAssertion(
        _ credential: JSON, challenge: Data, by stored: Stored, _ verification: UserVerification
    ) throws -> Assertion {
        let answer = try PasskeyAnswer(credential)
        let handle = try answer.optionalBytes("userHandle", limit: Limits.handleBytes.upperBound).map { Data($0) }
        guard answer.credentialID == stored.credentialID, handle == nil || handle == stored.handle else {
            throw Self.refused("This passkey belongs to another account; use one of your own.")
        }
        let clientData = try ClientData(parsing: answer.bytes("clientDataJSON", limit: Limits.clientDataBytes))
        try clientData.check(.assertion, challenge: challenge, origins: origins)

        let signed = try answer.bytes("authenticatorData", limit: Limits.authenticatorDataBytes)
        let data = try AuthenticatorData(parsing: signed)
        try data.check(host: host, verification)
        let isEligible = data.flags.contains(.backupEligible)
        guard stored.isBackupEligible ?? isEligible == isEligible else { throw Self.unreadable }

        let key = try COSEKey(parsing: Array(stored.publicKey))
        let signature = try answer.bytes("signature", limit: Limits.signatureBytes)
        guard key.isValid(signature, for: signed + clientData.hash) else { throw Self.wrongSignature }

        // Only after the signature: a stranger must not be able to raise the alarm.
        let count = Int64(data.signCount)
        guard count > stored.signCount || (count == 0 && stored.signCount == 0) else { throw Self.cloned }
        return Assertion(
            signCount: count, isUserVerified: data.flags.contains(.userVerified),
            isBackedUp: data.flags.contains(.backedUp), handle: handle)
    }

    private static let cloned = Failure(
        .refused, "cloned_passkey",
        "The counter of this passkey went back, as it does when somebody copied it. Sign in another way and remove this passkey.")
}
