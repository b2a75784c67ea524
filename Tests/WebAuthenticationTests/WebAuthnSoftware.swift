import Core
import Crypto
import Foundation
import Testing

@testable import WebAuthentication

/// What the suites about passkeys share.
enum PasskeyFixture {
    static let webauthn = WebAuthn(host: "quern.example", origins: ["https://quern.example"])
    static let challenge = Data(repeating: 0x5A, count: 32)
    static let handle = Data(repeating: 7, count: 32)

    /// The code of the failure that has to come.
    static func refusal(_ act: () throws -> some Any) -> String? {
        let failure = #expect(throws: Failure.self) { _ = try act() }
        #expect(failure?.kind == .refused)
        return failure?.code
    }
}

/// An authenticator and its browser in one. Every part of an answer can be told to be wrong.
struct SoftwareAuthenticator {
    enum Key {
        case es256(P256.Signing.PrivateKey)
        case es384(P384.Signing.PrivateKey)
        case ed25519(Curve25519.Signing.PrivateKey)

        var algorithm: Int64 {
            switch self {
            case .es256: -7
            case .es384: -35
            case .ed25519: -8
            }
        }

        var cose: CBOR {
            switch self {
            case .es256(let key): Self.point(key.publicKey.rawRepresentation, keyType: 2, -7, curve: 1)
            case .es384(let key): Self.point(key.publicKey.rawRepresentation, keyType: 2, -35, curve: 2)
            case .ed25519(let key):
                .map([
                    .int(1): .int(1), .int(3): .int(-8), .int(-1): .int(6),
                    .int(-2): .bytes(Array(key.publicKey.rawRepresentation)),
                ])
            }
        }

        private static func point(_ raw: Data, keyType: Int64, _ algorithm: Int64, curve: Int64) -> CBOR {
            let half = raw.count / 2
            return .map([
                .int(1): .int(keyType), .int(3): .int(algorithm), .int(-1): .int(curve),
                .int(-2): .bytes(Array(raw.prefix(half))), .int(-3): .bytes(Array(raw.suffix(half))),
            ])
        }

        func sign(_ message: [UInt8]) throws -> [UInt8] {
            switch self {
            case .es256(let key): Array(try key.signature(for: message).derRepresentation)
            case .es384(let key): Array(try key.signature(for: message).derRepresentation)
            case .ed25519(let key): Array(try key.signature(for: message))
            }
        }
    }

    var key = Key.es256(P256.Signing.PrivateKey())
    var id = Array(SymmetricKey(size: .bits256).withUnsafeBytes { Data($0) })
    var host = "quern.example"
    var origin = "https://quern.example"
    /// Instead of the one that the step has.
    var type: String?
    /// More members of the client data, such as `crossOrigin`.
    var more: [String: JSON] = [:]
    /// User present and verified.
    var flags: UInt8 = 0x05
    var signCount: UInt32 = 0
    var handle: [UInt8]? = Array(repeating: 7, count: 32)
    var cose: CBOR?
    var aaguid = [UInt8](0..<16)
    var format = "none"
    var statement: CBOR?
    /// After the authenticator data, before it is signed.
    var trailing: [UInt8] = []
    /// After the attestation object.
    var objectTrailing: [UInt8] = []
    var damage: (inout [UInt8]) -> Void = { _ in }

    func clientData(_ type: String, _ challenge: Data) -> [UInt8] {
        var members: [String: JSON] = [
            "type": .string(self.type ?? type), "challenge": .string(Base64URL.encode(challenge)), "origin": .string(origin),
        ]
        members.merge(more) { _, new in new }
        return JSON.object(members).bytes
    }

    private func head(_ flags: UInt8) -> [UInt8] {
        Array(SHA256.hash(data: Array(host.utf8))) + [flags]
            + (0..<4).reversed().map { UInt8(truncatingIfNeeded: signCount >> UInt32($0 * 8)) }
    }

    /// What `navigator.credentials.create()` answers, as JSON.
    func create(_ challenge: Data) throws -> JSON {
        let clientData = clientData("webauthn.create", challenge)
        let length = [UInt8(id.count >> 8), UInt8(id.count & 0xFF)]
        let data = head(flags | 0x40) + aaguid + length + id + (cose ?? key.cose).encoded + trailing
        let signature = try key.sign(data + Array(SHA256.hash(data: clientData)))
        let packed = CBOR.map([.text("alg"): .int(key.algorithm), .text("sig"): .bytes(signature)])
        let object = CBOR.map([
            .text("fmt"): .text(format), .text("attStmt"): statement ?? (format == "packed" ? packed : .map([:])),
            .text("authData"): .bytes(data),
        ])
        var bytes = object.encoded + objectTrailing
        damage(&bytes)
        return credential([
            "clientDataJSON": .string(Base64URL.encode(clientData)), "attestationObject": .string(Base64URL.encode(bytes)),
            "transports": ["internal", "hybrid", "<b>", 7],
        ])
    }

    /// What `navigator.credentials.get()` answers, as JSON.
    func get(_ challenge: Data) throws -> JSON {
        let clientData = clientData("webauthn.get", challenge)
        let data = head(flags) + trailing
        var signature = try key.sign(data + Array(SHA256.hash(data: clientData)))
        damage(&signature)
        return credential([
            "clientDataJSON": .string(Base64URL.encode(clientData)), "authenticatorData": .string(Base64URL.encode(data)),
            "signature": .string(Base64URL.encode(signature)), "userHandle": .optional(handle.map { Base64URL.encode($0) }),
        ])
    }

    private func credential(_ response: JSON) -> JSON {
        [
            "id": .string(Base64URL.encode(id)), "rawId": .string(Base64URL.encode(id)), "type": "public-key",
            "response": response, "clientExtensionResults": [:],
        ]
    }
}

extension CBOR {
    /// Written apart from the reader that is under test.
    var encoded: [UInt8] {
        switch self {
        case .int(let value): value >= 0 ? Self.head(0, UInt64(value)) : Self.head(1, UInt64(-1 - value))
        case .bytes(let bytes): Self.head(2, UInt64(bytes.count)) + bytes
        case .text(let text): Self.head(3, UInt64(text.utf8.count)) + Array(text.utf8)
        case .array(let items): Self.head(4, UInt64(items.count)) + items.flatMap(\.encoded)
        case .map(let members):
            Self.head(5, UInt64(members.count))
                + members.map { (Self.encoded($0.key), $0.value.encoded) }
                .sorted { $0.0.lexicographicallyPrecedes($1.0) }.flatMap { $0.0 + $0.1 }
        case .bool(let value): [value ? 0xF5 : 0xF4]
        case .null: [0xF6]
        }
    }

    private static func encoded(_ key: Key) -> [UInt8] {
        switch key {
        case .int(let label): CBOR.int(label).encoded
        case .text(let name): CBOR.text(name).encoded
        }
    }

    static func head(_ major: UInt8, _ argument: UInt64) -> [UInt8] {
        let width =
            switch argument {
            case ..<24: 0
            case ..<0x100: 1
            case ..<0x1_0000: 2
            case ..<0x1_0000_0000: 4
            default: 8
            }
        guard width > 0 else { return [major << 5 | UInt8(argument)] }
        return [major << 5 | UInt8(24 + width.trailingZeroBitCount)]
            + (0..<width).reversed().map { UInt8(truncatingIfNeeded: argument >> UInt64($0 * 8)) }
    }
}
