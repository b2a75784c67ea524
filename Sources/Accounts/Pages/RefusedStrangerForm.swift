import Core
import Foundation
import Hummingbird
import Web

/// A form that was refused to somebody who is not signed in, until its page has shown it.
///
/// The answer is a redirect, so that neither reload nor back sends the form again. There is no session that could keep what was
/// typed, and strangers must not fill the server's memory: it travels in a sealed cookie, which is good for one page and ten
/// minutes.
struct RefusedStrangerForm: Sendable {
    let code: String
    let message: String
    let retryAfterSeconds: Int?
    /// What the page shows again. Never a password or a code.
    let typed: [String: String]

    private static let seconds = 600.0
    /// A browser drops a cookie of more than 4,096 bytes; sealing and Base64 add a third.
    private static let mostBytes = 2500

    /// - Parameter key: nil for a page that keeps one; else the page keeps some, as many as windows may show it at the same time.
    private static func name(_ path: String, _ key: String?) -> String {
        let place = key?.utf8.first.map { "_\($0 % 4)" } ?? ""
        return "refused" + path.replacing("/", with: "_") + place
    }
    private static func seal(_ path: String, _ owner: String) -> String { "refused form \(path) \(owner)" }

    /// - Parameters:
    ///   - path: of the page that shows it.
    ///   - typed: left out when it is too long for a cookie.
    /// - Returns: the key by which the page is asked for it, so that other windows do not show it, and the cookie.
    static func keep(
        _ failure: Failure, typed: [String: String], path: String, owner: String = "", isOneOfSome: Bool = false,
        _ keyring: Keyring, _ address: PublicAddress
    ) throws -> (key: String, cookie: String) {
        let key = Token.random()
        var json: [String: JSON] = [
            "key": .string(key), "until": .int(Moment.now.adding(seconds: seconds).rawValue), "code": .string(failure.code),
            "message": .string(failure.message.beginning(bytes: mostBytes / 4)),
        ]
        json["retry"] = failure.retryAfterSeconds.map { .int(Int64($0)) }
        let text = JSON.object(json).bytes
        json["typed"] = .object(typed.mapValues { .string($0) })
        let whole = JSON.object(json).bytes
        let sealed = try keyring.seal(Data(whole.count <= mostBytes ? whole : text), for: seal(path, owner)).base64URL
        // A cookie for each page: what is refused on one does not wipe out what another shows.
        return (key, address.cookie(name(path, isOneOfSome ? key : nil), sealed, seconds: seconds, path: path))
    }

    /// nil when the page is not asked for one, or it was another page's, or is too old.
    init?(
        _ request: Request, owner: String = "", isOneOfSome: Bool = false, _ keyring: Keyring, _ address: PublicAddress
    ) {
        guard let key = Form(query: request)["refused"],
            let value = address.cookie(Self.name(request.uri.path, isOneOfSome ? key : nil), in: request, path: request.uri.path),
            let sealed = Base64URL.decode(value),
            let bytes = try? keyring.open(Data(sealed), for: Self.seal(request.uri.path, owner)),
            let json = try? JSON(parsing: bytes),
            json["key"]?.stringValue == key, let until = json["until"]?.intValue, Moment(rawValue: until) > .now,
            let code = json["code"]?.stringValue, let message = json["message"]?.stringValue
        else { return nil }
        self.code = code
        self.message = message
        retryAfterSeconds = json["retry"]?.intValue.map { Int($0) }
        if case .object(let members)? = json["typed"] {
            typed = members.compactMapValues(\.stringValue)
        } else {
            typed = [:]
        }
    }
}
