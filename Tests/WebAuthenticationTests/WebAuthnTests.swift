import Core
import Foundation
import Testing

@testable import WebAuthentication

private let webauthn = PasskeyFixture.webauthn
private let challenge = PasskeyFixture.challenge
private let handle = PasskeyFixture.handle

@Suite("Asking for a passkey")
struct AskForPasskeyTests {
    private let known = WebAuthn.Known(credentialID: "AAECAwQFBgcICQoLDA0ODw", transports: ["usb"])

    @Test func `a new passkey is asked for with our name, our kinds and no attestation`() {
        let person = WebAuthn.Person(handle: handle, name: "ada@example.com", displayName: "Ada")
        let options = webauthn.creationOptions(challenge: challenge, for: person, exclude: [known], .required)
        #expect(options["rp"] == ["id": "quern.example", "name": "Quern"])
        #expect(options["user"]?["id"]?.stringValue.flatMap(Base64URL.decode) == Array(handle))
        #expect(options["challenge"]?.stringValue.flatMap(Base64URL.decode) == Array(challenge))
        #expect(options["pubKeyCredParams"]?.arrayValue?.compactMap { $0["alg"]?.intValue } == [-7, -8, -35, -257])
        #expect(options["authenticatorSelection"]?["userVerification"] == "required")
        #expect(options["authenticatorSelection"]?["residentKey"] == "preferred")
        #expect(options["attestation"] == "none")
        #expect(
            options["excludeCredentials"]
                == [["type": "public-key", "id": "AAECAwQFBgcICQoLDA0ODw", "transports": ["usb"]]])
    }

    @Test func `a login asks whoever is there unless passkeys are named`() {
        let anyone = webauthn.requestOptions(challenge: challenge, allow: [], .preferred)
        #expect(anyone["allowCredentials"] == [])
        #expect(anyone["rpId"] == "quern.example")
        #expect(anyone["userVerification"] == "preferred")
        #expect(anyone["timeout"] == 300_000)
        let named = webauthn.requestOptions(
            challenge: challenge, allow: [.init(credentialID: "AAEC", transports: [])], .required)
        #expect(named["allowCredentials"] == [["type": "public-key", "id": "AAEC"]])
    }
}
