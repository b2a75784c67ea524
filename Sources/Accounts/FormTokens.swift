package import Core
package import Crypto
import Foundation

/// Proof that a form was served by us: bound to the session, or, before there is one, to a moment.
package struct FormTokens: Sendable {
    private let key: SymmetricKey

    /// A page that was opened longer ago than this has to be opened again before its form counts.
    private static let anonymousLifeSeconds = 7200.0

    package init(key: SymmetricKey) {
        self.key = key
    }

    /// Another text each time: pages are sent compressed, and a token that is the same in all of them could be guessed from their
    /// lengths (BREACH).
    package func token(session: String) -> String {
        let pad = SymmetricKey(size: .bits256).withUnsafeBytes { Array($0) }
        return Base64URL.encode(pad + zip(pad, code("session:\(session)")).map { $0 ^ $1 })
    }

    package func anonymousToken(at now: Moment = .now) -> String {
        "\(now.rawValue).\(sign("anonymous:\(now.rawValue)"))"
    }

    package func isValid(_ token: String?, session: String) -> Bool {
        let code = code("session:\(session)")
        guard let bytes = token.flatMap(Base64URL.decode), bytes.count == 2 * code.count else { return false }
        let shown = zip(bytes, bytes.dropFirst(code.count)).map { $0 ^ $1 }
        return Token.areEqual(Base64URL.encode(shown), Base64URL.encode(code))
    }

    package func isValidAnonymous(_ token: String?, at now: Moment = .now) -> Bool {
        guard let parts = token?.split(separator: "."), parts.count == 2, let made = Int64(parts[0]) else { return false }
        let age = now.seconds - Moment(rawValue: made).seconds
        return age >= 0 && age < Self.anonymousLifeSeconds && Token.areEqual(String(parts[1]), sign("anonymous:\(made)"))
    }

    private func sign(_ text: String) -> String { Base64URL.encode(code(text)) }

    private func code(_ text: String) -> [UInt8] {
        Array(HMAC<SHA256>.authenticationCode(for: Data(text.utf8), using: key))
    }
}
