import Core
import Web

/// What a password has to be. The built-in list of common ones holds for every kind.
package enum PasswordPolicy {
    /// Before any work on it: to compare, to fold and to normalise a text takes time that grows with the square of the marks in
    /// a row.
    /// - Throws: `Failure` `weak_password`.
    package static func mustFit(_ password: String) throws {
        guard password.utf8.count <= TextLimits.secretBytes, password.hasFewMarks else {
            throw Failure(
                .invalid, "weak_password",
                "password may have \(TextLimits.secretBytes) bytes at most, and no more than \(TextLimits.marksInRow) combining marks in a row."
            )
        }
    }

    /// At least 8 characters, and not a common one.
    /// - Throws: `Failure` `weak_password`.
    package static func ordinary(_ password: String) throws {
        try mustFit(password)
        guard User.Limits.passwordCharacters.contains(password.count) else {
            throw Failure(
                .invalid, "weak_password",
                "password must have from \(User.Limits.passwordCharacters.lowerBound) to "
                    + "\(User.Limits.passwordCharacters.upperBound) characters.")
        }
        guard !common.contains(password.lowercased()) else {
            throw Failure(.invalid, "weak_password", "password is one of the most common ones; choose another.")
        }
    }

    /// What the tracker document asks of its sign-up and password change; every broken rule is named.
    /// - Throws: `Failure` `weak_password`, with details `{code, violations}`.
    package static func tracker(_ password: String, email: String, name: String) throws {
        try mustFit(password)
        let folded = password.lowercased()
        let local = String(email.prefix { $0 != "@" })
        var broken: [(String, String)] = []
        func ask(_ isGood: Bool, _ code: String, _ words: String) { if !isGood { broken.append((code, words)) } }
        let least = User.Limits.trackerPasswordCharacters
        ask(password.count >= least, "min_length", "at least \(least) characters")
        ask(password.contains { $0.isUppercase }, "uppercase", "an upper-case letter")
        ask(password.contains { $0.isLowercase }, "lowercase", "a lower-case letter")
        ask(password.contains { $0.isNumber }, "number", "a digit")
        ask(password.contains { !$0.isLetter && !$0.isNumber && !$0.isWhitespace }, "special_char", "a special character")
        // Very short ones would be found in half of all passwords.
        ask(local.count < 3 || (!folded.contains(local) && !folded.contains(email)), "contains_email", "nothing of your e-mail")
        ask(name.count < 3 || !folded.contains(name.lowercased()), "contains_name", "nothing of your name")
        ask(!common.contains(folded), "denylist_common", "not a common password")
        guard password.count <= User.Limits.passwordCharacters.upperBound, broken.isEmpty else {
            throw Failure(
                .refused, "weak_password", "password needs \(broken.map(\.1).joined(separator: ", ")).",
                details: ["code": "WEAK_PASSWORD", "violations": .array(broken.map { .string($0.0) })])
        }
    }

    /// The most used of the leaked passwords that have eight characters or more, as zxcvbn lists them (ASVS 5.0, 6.2.4).
    private static let common: Set<String> = Set(
        (Assets().text("passwords/common.txt") ?? "").split(separator: "\n").filter { !$0.hasPrefix("#") }.map(String.init))
}
