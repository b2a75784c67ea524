import Core
import Foundation
import HTTPTypes
import Hummingbird
import Web

/// What a page shows once behind a redirect, such as a new key: the answer to a form is a redirect, so that neither reload nor
/// back sends the form again, and the server keeps no copy that could be read.
///
/// The cookie is sealed for its owner, lives for two minutes, and is taken back by the page that shows it.
enum OnceCookie {
    enum Content: Sendable, Equatable {
        case key(name: String, secret: String)
        case recoveryCodes([String], isNew: Bool, next: String)
    }

    private static let name = "once"
    private static let seconds = 120.0

    static func set(_ content: Content, for owner: ID<Caller>, _ keyring: Keyring, _ address: PublicAddress) throws -> String {
        let until = Moment.now.adding(seconds: seconds)
        let json: JSON =
            switch content {
            case .key(let name, let secret):
                ["until": .int(until.rawValue), "name": .string(name), "secret": .string(secret)]
            case .recoveryCodes(let codes, let isNew, let next):
                [
                    "until": .int(until.rawValue), "codes": .array(codes.map { .string($0) }), "is_new": .bool(isNew),
                    "next": .string(next),
                ]
            }
        let sealed = try keyring.seal(Data(json.bytes), for: "once \(owner)").base64URL
        return address.cookie(name, sealed, seconds: seconds)
    }

    static func clear(_ address: PublicAddress) -> String { address.cookie(name, "", seconds: 0) }

    /// nil when there is none, or it is somebody else's, or too old.
    static func content(_ request: Request, of owner: ID<Caller>, _ keyring: Keyring, _ address: PublicAddress) -> Content? {
        guard let value = address.cookie(name, in: request), let sealed = Base64URL.decode(value),
            let bytes = try? keyring.open(Data(sealed), for: "once \(owner)"), let json = try? JSON(parsing: bytes),
            let until = json["until"]?.intValue, Moment(rawValue: until) > .now
        else { return nil }
        if let name = json["name"]?.stringValue, let secret = json["secret"]?.stringValue {
            return .key(name: name, secret: secret)
        }
        guard let codes = json["codes"]?.arrayValue?.compactMap(\.stringValue) else { return nil }
        return .recoveryCodes(codes, isNew: json["is_new"] == true, next: AccountPages.safe(json["next"]?.stringValue))
    }
}
