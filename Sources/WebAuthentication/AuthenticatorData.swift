import Core
import Crypto

/// What the authenticator signs (WebAuthn section 6.1).
struct AuthenticatorData {
    struct Flags: OptionSet {
        let rawValue: UInt8
        static let userPresent = Flags(rawValue: 0x01)
        static let userVerified = Flags(rawValue: 0x04)
        static let backupEligible = Flags(rawValue: 0x08)
        static let backedUp = Flags(rawValue: 0x10)
        static let attestedCredential = Flags(rawValue: 0x40)
        static let extensions = Flags(rawValue: 0x80)
    }

    /// The new credential, in the answer to a registration alone.
    struct Credential {
        let aaguid: [UInt8]
        let id: [UInt8]
        /// The COSE key, byte for byte.
        let publicKey: [UInt8]
        let key: COSEKey
    }

    let relyingPartyHash: [UInt8]
    let flags: Flags
    let signCount: UInt32
    let credential: Credential?

    /// - Throws: `Failure` `invalid_passkey` unless every byte has its place.
    init(parsing bytes: [UInt8]) throws {
        guard bytes.count >= Sizes.head else { throw WebAuthn.unreadable }
        relyingPartyHash = Array(bytes[..<Sizes.hash])
        flags = Flags(rawValue: bytes[Sizes.hash])
        signCount = bytes[(Sizes.hash + 1)..<Sizes.head].reduce(0) { $0 << 8 | UInt32($1) }

        var rest = bytes[Sizes.head...]
        credential = flags.contains(.attestedCredential) ? try Self.credential(&rest) : nil
        if flags.contains(.extensions) {
            var reader = try CBORReader(rest)
            guard case .map = try reader.item() else { throw WebAuthn.unreadable }
            rest = reader.rest
        }
        guard rest.isEmpty else { throw WebAuthn.unreadable }
    }

    private enum Sizes {
        static let hash = 32
        static let head = 37
        static let aaguid = 16
        static let credentialHead = 18
        /// WebAuthn section 4 asks for 16 and more, section 7.1 for at most 1023.
        static let credentialID = 16...1023
    }

    private static func credential(_ rest: inout ArraySlice<UInt8>) throws -> Credential {
        guard rest.count >= Sizes.credentialHead else { throw WebAuthn.unreadable }
        let aaguid = Array(rest.prefix(Sizes.aaguid))
        let length = rest.dropFirst(Sizes.aaguid).prefix(2).reduce(0) { $0 << 8 | Int($1) }
        rest = rest.dropFirst(Sizes.credentialHead)
        guard Sizes.credentialID.contains(length), length <= rest.count else { throw WebAuthn.unreadable }
        let id = Array(rest.prefix(length))
        rest = rest.dropFirst(length)

        var reader = try CBORReader(rest)
        let map = try reader.item()
        let publicKey = Array(rest.dropLast(reader.rest.count))
        rest = reader.rest
        return Credential(aaguid: aaguid, id: id, publicKey: publicKey, key: try COSEKey(map))
    }

    /// The steps that sections 7.1 and 7.2 share: for this host, by a person who was there, with flags that can be true together.
    func check(host: String, _ verification: WebAuthn.UserVerification) throws {
        guard relyingPartyHash.elementsEqual(SHA256.hash(data: Array(host.utf8))) else {
            throw WebAuthn.refused("This passkey belongs to another address; open the address where it was added and try again.")
        }
        guard flags.contains(.userPresent) else {
            throw WebAuthn.refused("The passkey did not notice anybody; touch it when asked and try again.")
        }
        guard verification != .required || flags.contains(.userVerified) else {
            throw WebAuthn.refused(
                "The passkey has to check that it is you, by PIN, fingerprint or face; set that up on the device and try again.")
        }
        // What is backed up must have been fit for it.
        guard !flags.contains(.backedUp) || flags.contains(.backupEligible) else { throw WebAuthn.unreadable }
    }
}
