package import Core
package import Crypto
import Foundation
import Web

/// Proof that a form was served by us: bound to the session, or, before there is one, to a moment.
package struct FormTokens: Sendable {
    private let key: SymmetricKey

    /// A page that was opened longer ago than this has to be opened again before its form counts.
    private static let anonymousLifeSeconds = 7200.0

    package init(key: SymmetricKey) {
        self.key = key
    }

    package func token(session: String) -> String { FormToken.masked(code("session:\(session)")) }

    package func anonymousToken(at now: Moment = .now) -> String {
        "\(now.rawValue).\(sign("anonymous:\(now.rawValue)"))"
    }

    package func isValidAnonymous(_ token: String?, at now: Moment = .now) -> Bool {
        guard let parts = token?.split(separator: "."), parts.count == 2, let made = Int64(parts[0]) else { return false }
        let age = now.seconds - Moment(rawValue: made).seconds
        return age >= 0 && age < Self.anonymousLifeSeconds && ConstantTime.areEqual(String(parts[1]), sign("anonymous:\(made)"))
    }

    private func sign(_ text: String) -> String { Base64URL.encode(code(text)) }

    private func code(_ text: String) -> [UInt8] {
        Array(HMAC<SHA256>.authenticationCode(for: Data(text.utf8), using: key))
    }
}
