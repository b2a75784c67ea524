import Core
import Crypto
import Foundation

/// What the browser says about the occasion (WebAuthn section 5.8.1). The authenticator signs the hash of the very bytes.
struct ClientData {
    enum Ceremony: String {
        case registration = "webauthn.create"
        case assertion = "webauthn.get"
    }

    let hash: [UInt8]
    private let members: JSON

    init(parsing bytes: [UInt8]) throws {
        // Only UTF-8: a JSON reader that guesses at encodings could read something else than what was meant.
        guard let text = String(validating: bytes, as: UTF8.self), let json = try? JSON(parsing: text),
            case .object = json
        else { throw WebAuthn.unreadable }
        members = json
        hash = Array(SHA256.hash(data: bytes))
    }

    /// - Throws: `Failure` `invalid_passkey` unless our page asked this very question.
    func check(_ ceremony: Ceremony, challenge: Data, origins: Set<String>) throws {
        guard members["type"]?.stringValue == ceremony.rawValue else {
            throw WebAuthn.refused("This answer of a passkey is meant for another step; reload the page and try again.")
        }
        guard let answered = members["challenge"]?.stringValue.flatMap(Base64URL.decode),
            ConstantTime.areEqual(answered, Array(challenge))
        else {
            throw WebAuthn.refused("This passkey answered another question than the one asked; reload the page and try again.")
        }
        guard let origin = members["origin"]?.stringValue, origins.contains(origin) else {
            throw WebAuthn.refused(
                "The passkey was used at another address; open \(origins.sorted().joined(separator: " or ")) and try again.")
        }
        // Another site's frame around our page could dress the question up as something else.
        guard members["crossOrigin"] ?? .bool(false) == .bool(false), members["topOrigin"] == nil else {
            throw WebAuthn.refused("Passkeys do not work inside another site's page; open this one in a window of its own.")
        }
    }
}
