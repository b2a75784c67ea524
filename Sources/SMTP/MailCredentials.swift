import Foundation

/// A user name and password for a mail server. It prints as nothing, so that no log and no error can hold it.
package struct MailCredentials: Sendable, Equatable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    private let user: String
    private let password: String

    /// - Returns: nil when either is empty or holds NUL, which AUTH PLAIN can not send (RFC 4616 section 2).
    package init?(user: String, password: String) {
        guard !user.isEmpty, !password.isEmpty, !user.utf8.contains(0), !password.utf8.contains(0) else { return nil }
        self.user = user
        self.password = password
    }

    package var description: String { "MailCredentials" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }

    /// What AUTH PLAIN sends (RFC 4616), and the two answers of AUTH LOGIN.
    var plain: String { Data("\0\(user)\0\(password)".utf8).base64EncodedString() }
    var loginUser: String { Data(user.utf8).base64EncodedString() }
    var loginPassword: String { Data(password.utf8).base64EncodedString() }

    /// Every form in which a server could repeat them.
    var secrets: [String] { [password, plain, loginPassword] }
}
