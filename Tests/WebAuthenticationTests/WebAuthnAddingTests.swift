import Core
import Crypto
import Foundation
import Testing

@testable import WebAuthentication

private let webauthn = PasskeyFixture.webauthn
private let challenge = PasskeyFixture.challenge
private let handle = PasskeyFixture.handle

private func refusal(_ act: () throws -> some Any) -> String? { PasskeyFixture.refusal(act) }

@Suite("Adding a passkey")
struct AddPasskeyTests {
    private func add(
        _ change: (inout SoftwareAuthenticator) -> Void = { _ in }, _ verification: WebAuthn.UserVerification = .required
    ) throws -> WebAuthn.Registration {
        var authenticator = SoftwareAuthenticator()
        change(&authenticator)
        return try webauthn.verifyRegistration(authenticator.create(challenge), challenge: challenge, verification)
    }

    @Test(arguments: WebAuthnVector.all)
    func `what other implementations make is accepted`(vector: WebAuthnVector) throws {
        let made = try vector.registration
        #expect(made.algorithm.rawValue == vector.algorithm)
        #expect(made.credentialID == vector.credentialID)
    }

    @Test func `everything worth keeping is told`() throws {
        let made = try add {
            $0.flags = 0x1D
            $0.signCount = 0x0102_0304
        }
        #expect(made.algorithm == .es256)
        #expect(made.signCount == 0x0102_0304)
        #expect(made.transports == ["hybrid", "internal"])
        #expect(made.isUserVerified && made.isBackupEligible && made.isBackedUp)
        #expect(made.aaguid == "00010203-0405-0607-0809-0a0b0c0d0e0f")
        #expect(Base64URL.decode(made.credentialID)?.count == 32)
        #expect(try COSEKey(parsing: Array(made.publicKey)).algorithm == .es256)
    }

    @Test func `all elliptic kinds are accepted`() throws {
        #expect(try add { $0.key = .es384(P384.Signing.PrivateKey()) }.algorithm == .es384)
        #expect(try add { $0.key = .ed25519(Curve25519.Signing.PrivateKey()) }.algorithm == .ed25519)
    }

    @Test func `a signature of its own is checked, a statement of somebody else is not`() throws {
        _ = try add { $0.format = "packed" }
        #expect(
            refusal {
                try add {
                    $0.format = "packed"
                    $0.statement = .map([.text("alg"): .int(-7), .text("sig"): .bytes([0x30, 0x00])])
                }
            } == "invalid_passkey")
        let signed = SoftwareAuthenticator.Key.es256(P256.Signing.PrivateKey())
        let foreign = try signed.sign([1, 2, 3])
        #expect(
            refusal {
                try add {
                    $0.format = "packed"
                    $0.statement = .map([.text("alg"): .int(-7), .text("sig"): .bytes(foreign)])
                }
            } == "invalid_passkey")
        #expect(
            refusal {
                try add {
                    $0.format = "packed"
                    $0.statement = .map([.text("alg"): .int(-8), .text("sig"): .bytes(foreign)])
                }
            } == "invalid_passkey")
        _ = try add {
            $0.format = "packed"
            $0.statement = .map([
                .text("alg"): .int(-7), .text("sig"): .bytes([1]), .text("x5c"): .array([.bytes([2])]),
            ])
        }
        _ = try add {
            $0.format = "tpm"
            $0.statement = .map([.text("ver"): .text("2.0")])
        }
        #expect(refusal { try add { $0.statement = .map([.text("sig"): .bytes([1])]) } } == "invalid_passkey")
    }

    @Test func `an answer to another question, from another place or of another kind is refused`() {
        #expect(refusal { try add { $0.type = "webauthn.get" } } == "invalid_passkey")
        #expect(refusal { try add { $0.more = ["challenge": "AAAA"] } } == "invalid_passkey")
        #expect(refusal { try add { $0.more = ["challenge": .null] } } == "invalid_passkey")
        #expect(refusal { try add { $0.origin = "https://quern.example.evil" } } == "invalid_passkey")
        #expect(refusal { try add { $0.origin = "https://quern.example:444" } } == "invalid_passkey")
        #expect(refusal { try add { $0.origin = "http://quern.example" } } == "invalid_passkey")
        #expect(refusal { try add { $0.more = ["crossOrigin": true] } } == "invalid_passkey")
        #expect(refusal { try add { $0.more = ["topOrigin": "https://evil.example"] } } == "invalid_passkey")
        #expect(refusal { try add { $0.host = "evil.example" } } == "invalid_passkey")
    }

    @Test func `members that a later browser adds to the client data do no harm`() throws {
        _ = try add { $0.more = ["crossOrigin": false, "other_keys_can_be_added_here": "x"] }
    }

    @Test func `somebody has to be there, and to be checked where that is asked`() throws {
        #expect(refusal { try add { $0.flags = 0x04 } } == "invalid_passkey")
        #expect(refusal { try add { $0.flags = 0x01 } } == "invalid_passkey")
        #expect(try !add({ $0.flags = 0x01 }, .preferred).isUserVerified)
        // Backed up, but not fit for it.
        #expect(refusal { try add { $0.flags = 0x15 } } == "invalid_passkey")
    }

    @Test func `extensions are read over, anything behind them is refused`() throws {
        _ = try add {
            $0.flags = 0x85
            $0.trailing = CBOR.map([.text("credProtect"): .int(2)]).encoded
        }
        #expect(
            refusal {
                try add {
                    $0.flags = 0x85
                    $0.trailing = CBOR.map([:]).encoded + [0]
                }
            } == "invalid_passkey")
        // Promised, but missing; and no map.
        #expect(refusal { try add { $0.flags = 0x85 } } == "invalid_passkey")
        #expect(
            refusal {
                try add {
                    $0.flags = 0x85
                    $0.trailing = [0x01]
                }
            } == "invalid_passkey")
        #expect(refusal { try add { $0.trailing = [0] } } == "invalid_passkey")
        #expect(refusal { try add { $0.objectTrailing = [0xF6] } } == "invalid_passkey")
    }

    @Test func `no key is accepted but a sound one of a kind we asked for`() throws {
        let good = SoftwareAuthenticator.Key.es256(P256.Signing.PrivateKey()).cose
        guard case .map(let members) = good else { return }
        func with(_ label: Int64, _ value: CBOR?) -> CBOR {
            var changed = members
            changed[.int(label)] = value
            return .map(changed)
        }
        let unsound: [CBOR] = [
            with(1, .int(3)), with(3, .int(-36)), with(3, nil), with(3, .text("-7")), with(-1, .int(2)),
            with(-2, .bytes([UInt8](repeating: 1, count: 32))), with(-3, .bytes([UInt8](repeating: 0, count: 31))),
            // The compressed form, and a parameter that has no place in a public key.
            with(-3, .bool(true)), with(-4, .bytes([1])), .int(0), .map([:]),
        ]
        for cose in unsound { #expect(refusal { try add { $0.cose = cose } } == "invalid_passkey", "\(cose)") }
    }

    @Test func `RSA keys that are weak or odd are refused`() {
        func rsa(_ modulus: [UInt8], _ exponent: [UInt8] = [1, 0, 1]) -> CBOR {
            .map([.int(1): .int(3), .int(3): .int(-257), .int(-1): .bytes(modulus), .int(-2): .bytes(exponent)])
        }
        let modulus = [0xC1] + [UInt8](repeating: 0x5B, count: 255)
        #expect(throws: Never.self) { try COSEKey(rsa(modulus)) }
        let unsound = [
            rsa(Array(modulus.suffix(255))), rsa([0xC1] + [UInt8](repeating: 0x5B, count: 127)),
            rsa([0x41] + modulus.dropFirst()),
            rsa([0] + modulus), rsa(modulus.dropLast() + [0x5A]), rsa([0xC1] + [UInt8](repeating: 0x5B, count: 512)),
            rsa(modulus, [3]), rsa(modulus, []), rsa(modulus, [1, 0, 0]), rsa(modulus, [0, 1, 0, 1]),
            rsa(modulus, [1, 0, 0, 0, 1]),
        ]
        for cose in unsound { #expect(refusal { try COSEKey(cose) } == "invalid_passkey") }
    }

    @Test func `an id that is not the signed one, too short or too long is refused`() throws {
        var json = try SoftwareAuthenticator().create(challenge)
        if case .object(var members) = json {
            members["id"] = .string(Base64URL.encode([UInt8](repeating: 1, count: 32)))
            members["rawId"] = members["id"]
            json = .object(members)
        }
        #expect(
            refusal { try webauthn.verifyRegistration(json, challenge: challenge, .required) } == "invalid_passkey")
        #expect(refusal { try add { $0.id = [UInt8](repeating: 1, count: 15) } } == "invalid_passkey")
        #expect(refusal { try add { $0.id = [UInt8](repeating: 1, count: 1024) } } == "invalid_passkey")
        _ = try add { $0.id = [UInt8](repeating: 1, count: 1023) }
    }

    @Test func `an answer cut off anywhere is refused`() throws {
        let whole = try SoftwareAuthenticator().create(challenge)["response"]?["attestationObject"]?.stringValue
        let length = try #require(whole.flatMap(Base64URL.decode)).count
        for cut in 0..<length {
            #expect(refusal { try add { $0.damage = { $0 = Array($0.prefix(cut)) } } } == "invalid_passkey")
        }
    }

    @Test func `no damage ends in anything but a refusal`() throws {
        // Which bit is flipped follows from the round, so that a failure can be repeated.
        for round in 0..<400 {
            do {
                _ = try add { authenticator in
                    authenticator.format = "packed"
                    authenticator.damage = { bytes in bytes[round * 7919 % bytes.count] ^= 1 << UInt8(round % 8) }
                }
            } catch let failure as Failure {
                #expect(failure.code == "invalid_passkey")
            }
        }
    }

    @Test(arguments: [
        "null", "[]", "{}", "7", #"{"id":"AA","type":"public-key"}"#, #"{"id":"","type":"public-key","response":{}}"#,
        #"{"id":"AA==","rawId":"AA==","type":"public-key","response":{}}"#,
        #"{"id":"AA","rawId":"AB","type":"public-key","response":{}}"#,
        #"{"id":"AA","type":"public-key","response":{"clientDataJSON":7,"attestationObject":null}}"#,
        #"{"id":"AA","type":"public-key","response":{"clientDataJSON":"e30","attestationObject":"oA"}}"#,
        #"{"id":"AA","type":"public-key","response":{"clientDataJSON":"gA","attestationObject":"oA"}}"#,
    ])
    func `what is no credential is refused`(text: String) throws {
        let json = try JSON(parsing: text)
        #expect(refusal { try webauthn.verifyRegistration(json, challenge: challenge, .required) } == "invalid_passkey")
        let stored = WebAuthn.Stored(credentialID: "AA", publicKey: Data(), signCount: 0, handle: handle)
        #expect(refusal { try webauthn.verifyAssertion(json, challenge: challenge, by: stored, .required) } == "invalid_passkey")
    }
}
