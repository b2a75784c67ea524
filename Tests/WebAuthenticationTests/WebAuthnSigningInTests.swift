import Core
import Crypto
import Foundation
import Testing

@testable import WebAuthentication

private let webauthn = PasskeyFixture.webauthn
private let challenge = PasskeyFixture.challenge
private let handle = PasskeyFixture.handle

private func refusal(_ act: () throws -> some Any) -> String? { PasskeyFixture.refusal(act) }

@Suite("Signing in with a passkey")
struct SignInWithPasskeyTests {
    private func signIn(
        stored signCount: Int64 = 0, _ verification: WebAuthn.UserVerification = .required, eligible: Bool? = nil,
        key: SoftwareAuthenticator.Key = .es256(P256.Signing.PrivateKey()),
        _ change: (inout SoftwareAuthenticator) -> Void = { _ in }
    ) throws -> WebAuthn.Assertion {
        var authenticator = SoftwareAuthenticator(key: key)
        let stored = WebAuthn.Stored(
            credentialID: Base64URL.encode(authenticator.id), publicKey: Data(key.cose.encoded), signCount: signCount,
            handle: handle, isBackupEligible: eligible)
        change(&authenticator)
        return try webauthn.verifyAssertion(authenticator.get(challenge), challenge: challenge, by: stored, verification)
    }

    @Test(arguments: WebAuthnVector.all)
    func `what other implementations sign is accepted, and nothing near it`(vector: WebAuthnVector) throws {
        let assertion = try vector.assertion()
        #expect(assertion.signCount == vector.signCount)
        #expect(assertion.handle.map { Base64URL.encode($0) } == vector.userHandle)
        for part in ["signature", "authenticatorData", "clientDataJSON", "userHandle"] {
            #expect(refusal { try vector.assertion(damaging: part) } == "invalid_passkey", "\(part)")
        }
    }

    @Test func `all elliptic kinds sign in`() throws {
        for key in [
            SoftwareAuthenticator.Key.es256(P256.Signing.PrivateKey()), .es384(P384.Signing.PrivateKey()),
            .ed25519(Curve25519.Signing.PrivateKey()),
        ] {
            #expect(try signIn(key: key).isUserVerified)
            #expect(refusal { try signIn(key: key) { $0.damage = { $0[$0.count - 1] ^= 1 } } } == "invalid_passkey")
            #expect(refusal { try signIn(key: key) { $0.damage = { $0.append(0) } } } == "invalid_passkey")
            #expect(refusal { try signIn(key: key) { $0.damage = { $0 = [] } } } == "invalid_passkey")
        }
    }

    @Test func `another key does not open the door`() {
        #expect(refusal { try signIn { $0.key = .es256(P256.Signing.PrivateKey()) } } == "invalid_passkey")
        #expect(refusal { try signIn { $0.key = .ed25519(Curve25519.Signing.PrivateKey()) } } == "invalid_passkey")
    }

    @Test func `an answer to another question, from another place or of another kind is refused`() {
        #expect(refusal { try signIn { $0.type = "webauthn.create" } } == "invalid_passkey")
        #expect(refusal { try signIn { $0.more = ["challenge": .string(Base64URL.encode([1, 2]))] } } == "invalid_passkey")
        #expect(
            refusal { try signIn { $0.more = ["challenge": .string(Base64URL.encode(challenge) + "=")] } } == "invalid_passkey")
        #expect(refusal { try signIn { $0.origin = "https://evil.example" } } == "invalid_passkey")
        #expect(refusal { try signIn { $0.more = ["crossOrigin": true] } } == "invalid_passkey")
        #expect(refusal { try signIn { $0.more = ["crossOrigin": "false"] } } == "invalid_passkey")
        #expect(refusal { try signIn { $0.host = "www.quern.example" } } == "invalid_passkey")
        #expect(refusal { try signIn { $0.id = [UInt8](repeating: 3, count: 32) } } == "invalid_passkey")
    }

    @Test func `somebody has to be there, and to be checked where that is asked`() throws {
        #expect(refusal { try signIn { $0.flags = 0x04 } } == "invalid_passkey")
        #expect(refusal { try signIn { $0.flags = 0x01 } } == "invalid_passkey")
        #expect(try !signIn(.preferred) { $0.flags = 0x01 }.isUserVerified)
    }

    @Test func `whether a passkey can be backed up never changes`() throws {
        #expect(try signIn(eligible: true) { $0.flags = 0x1D }.isBackedUp)
        #expect(try !signIn(eligible: true) { $0.flags = 0x0D }.isBackedUp)
        #expect(refusal { try signIn(eligible: true) } == "invalid_passkey")
        #expect(refusal { try signIn(eligible: false) { $0.flags = 0x0D } } == "invalid_passkey")
        #expect(refusal { try signIn { $0.flags = 0x15 } } == "invalid_passkey")
    }

    @Test func `the owner's handle may be left out, another's is refused`() throws {
        #expect(try signIn().handle == handle)
        #expect(try signIn { $0.handle = nil }.handle == nil)
        #expect(try signIn { $0.handle = [] }.handle == nil)
        #expect(refusal { try signIn { $0.handle = [1, 2, 3] } } == "invalid_passkey")
        #expect(refusal { try signIn { $0.handle = [UInt8](repeating: 7, count: 65) } } == "invalid_passkey")
    }

    @Test func `a counter that does not grow gives a copy away`() throws {
        #expect(try signIn(stored: 5) { $0.signCount = 6 }.signCount == 6)
        #expect(try signIn { $0.signCount = 1 }.signCount == 1)
        #expect(try signIn(stored: 0x7FFF_FFFF) { $0.signCount = 0xFFFF_FFFF }.signCount == 0xFFFF_FFFF)
        for count: UInt32 in [0, 4, 5] { #expect(refusal { try signIn(stored: 5) { $0.signCount = count } } == "cloned_passkey") }
        // A wrong signature raises no alarm.
        #expect(
            refusal {
                try signIn(stored: 5) {
                    $0.signCount = 4
                    $0.damage = { $0[10] ^= 1 }
                }
            } == "invalid_passkey")
    }

    @Test func `no byte may be left over`() throws {
        #expect(refusal { try signIn { $0.trailing = [0] } } == "invalid_passkey")
        _ = try signIn {
            $0.flags = 0x85
            $0.trailing = [0xA0]
        }
    }

    @Test func `who answers can be read before anything is proved`() throws {
        let authenticator = SoftwareAuthenticator()
        #expect(try WebAuthn.credentialID(of: authenticator.get(challenge)) == Base64URL.encode(authenticator.id))
        #expect(refusal { try WebAuthn.credentialID(of: ["id": "AA"]) } == "invalid_passkey")
    }
}
