package import Core

/// Somebody with an account.
package struct User: Sendable, Equatable, Codable {
    package enum State: String, Sendable, Codable {
        /// Waits for an admin.
        case pending
        case active
        case disabled
    }

    package let id: ID<Caller>
    package let tenant: String
    package let email: String
    package var name: String
    package var role: Caller.Role
    package var state: State
    package var passwordHash: String
    package let createdAt: Moment
    package var lastLoginAt: Moment?

    package var caller: Caller { Caller(user: id, tenant: tenant, email: email, role: role) }

    package var json: JSON {
        [
            "id": .string(id.rawValue), "email": .string(email), "name": .string(name), "role": .string(role.rawValue),
            "state": .string(state.rawValue), "tenant_id": .string(tenant), "created_at": .string(createdAt.description),
        ]
    }

    /// - Throws: `Failure` `account_pending` or `account_disabled`: who may not sign in, and why.
    package func mustBeActive() throws {
        switch state {
        case .active: return
        case .pending: throw Failure(.forbidden, "account_pending", "This account waits for an admin to approve it.")
        case .disabled: throw Failure(.forbidden, "account_disabled", "This account has been disabled; ask an admin.")
        }
    }

    package enum Limits {
        /// RFC 5321, section 4.5.3.1.3, less the angle brackets.
        package static let emailCharacters = 254
        package static let nameCharacters = 100
        package static let passwordCharacters = 8...1024
    }
}

/// An e-mail address, trimmed and lower-case, so that one mailbox has one account.
package enum EmailAddress {
    /// - Throws: `Failure` `invalid_email`.
    package static func checked(_ text: String) throws -> String {
        let address = text.trimmed.lowercased()
        let parts = address.split(separator: "@", omittingEmptySubsequences: false)
        let isSound =
            parts.count == 2 && !parts[0].isEmpty && parts[0].utf8.count <= 64
            && address.count <= User.Limits.emailCharacters
            && address.unicodeScalars.allSatisfy {
                $0.value > 0x20 && $0.value != 0x7F && !",;:<>()[]\\\"".unicodeScalars.contains($0)
            }
            && isDomain(parts[1])
        guard isSound else {
            throw Failure(.invalid, "invalid_email", "email is not a valid address, such as name@example.com.")
        }
        return address
    }

    private static func isDomain(_ text: Substring) -> Bool {
        let labels = text.split(separator: ".", omittingEmptySubsequences: false)
        return labels.count >= 2
            && labels.allSatisfy { label in
                !label.isEmpty && label.utf8.count <= 63 && !label.hasPrefix("-") && !label.hasSuffix("-")
            }
    }
}
