package import Core

/// Somebody with an account.
package struct User: Sendable, Equatable, Codable {
    package enum State: String, Sendable, Codable, CaseIterable {
        /// Has not proved yet that the address is theirs.
        case unverified
        /// Waits for an admin.
        case pending
        case active
        case disabled
    }

    /// Who vouches for this person.
    package enum Provider: String, Sendable, Codable {
        /// We do: the password hash is here.
        case embedded
        /// A user pool of Amazon Cognito.
        case cognito
        /// Whoever signs the tokens of `AUTH_MODE=hs256`, or the headers of `AUTH_MODE=dev`.
        case outside
        /// Nobody: it acts for the key of the environment.
        case service
    }

    package let id: ID<Caller>
    package let tenant: String
    package var email: String
    package var name: String
    package var role: Caller.Role
    package var state: State
    /// Empty where somebody else checks the password.
    package var passwordHash: String
    package let createdAt: Moment
    package var lastLoginAt: Moment?
    package var provider: Provider = .embedded
    /// The name of this person with the provider.
    package var subject: String?
    package var emailVerifiedAt: Moment?
    /// The next login asks for a new password.
    package var mustChangePassword = false
    /// A second step is asked at login. `QUERN_MFA_REQUIRED` asks it of everyone.
    package var mfaEnabled = false
    package var settings: JSON = .object([:])
    /// Tokens of a provider outside count only when their login is younger: that is how all of them end here at once.
    package var tokensFrom: Moment?
    /// Of an address that nobody has proved yet: the password of the first registration, when a later one chose another.
    var firstPasswordHash: String?

    package var caller: Caller { Caller(user: id, tenant: tenant, email: email, role: role) }

    package var json: JSON {
        [
            "id": .string(id.rawValue), "email": .string(email), "name": .string(name), "role": .string(role.rawValue),
            "state": .string(state.rawValue), "tenant_id": .string(tenant), "created_at": .string(createdAt.description),
            "is_email_verified": .bool(emailVerifiedAt != nil), "email_verified_at": .optional(emailVerifiedAt?.description),
            "must_change_password": .bool(mustChangePassword), "mfa_enabled": .bool(mfaEnabled),
            "auto_refresh_seconds": .int(Int64(preferences.autoRefreshSeconds)),
        ]
    }

    /// What an admin sees of a person.
    package var adminJSON: JSON {
        [
            "id": .string(id.rawValue), "email": .string(email), "tenant_id": .string(tenant), "display_name": .string(name),
            "role": .string(role.rawValue), "state": .string(state.rawValue), "is_active": .bool(state != .disabled),
            "is_superuser": .bool(role == .admin), "is_approved": .bool(state == .active || state == .disabled),
            "is_verified": .bool(state != .unverified), "mfa_enabled": .bool(mfaEnabled),
            "provider": .string(provider.rawValue), "created_at": .string(createdAt.description),
            "last_login_at": .optional(lastLoginAt?.description),
        ]
    }

    /// - Throws: `Failure` `email_not_verified`, `account_pending` or `account_disabled`: who may not sign in, and why.
    package func mustBeActive() throws {
        switch state {
        case .active: return
        case .unverified:
            throw Failure(.forbidden, "email_not_verified", "Enter the code that was mailed to this address first.")
        case .pending: throw Failure(.forbidden, "account_pending", "This account waits for an admin to approve it.")
        case .disabled: throw Failure(.forbidden, "account_disabled", "This account has been disabled; ask an admin.")
        }
    }

    package var preferences: Preferences { Preferences(stored: settings) }

    /// What pages look like, once their owner has set it; `auto`, and nothing set, leaves it to the device.
    var theme: String? {
        guard case .object(let members) = settings, let theme = members["theme"]?.stringValue, ["light", "dark"].contains(theme)
        else { return nil }
        return theme
    }

    /// A name in mails and on terminals: without control characters.
    static func plainName(_ name: String) -> String {
        String(
            String.UnicodeScalarView(
                name.beginning(letters: Limits.nameCharacters).unicodeScalars.filter {
                    ![.control, .format].contains($0.properties.generalCategory)
                })
        ).trimmed
    }

    package enum Limits {
        /// RFC 5321, section 4.5.3.1.3, less the angle brackets.
        package static let emailBytes = 254
        package static let nameCharacters = 100
        package static let passwordCharacters = 8...1024
        /// What the tracker document asks of its sign-up.
        package static let trackerPasswordCharacters = 14
        /// An account whose address nobody proved is forgotten after so long.
        package static let unverifiedSeconds = 7.0 * 86_400
    }
}

/// What people set for themselves, with the tracker document's names and defaults.
package struct Preferences: Sendable, Equatable {
    package var autoRefreshSeconds = 0
    package var theme = "dark"
    package var jobsSort = "updated_desc"
    package var jobsView = "all"
    package var dataRetentionDays = 0

    package static let sorts = ["created", "updated", "title", "status"].flatMap { ["\($0)_asc", "\($0)_desc"] }
    package static let views = ["all", "active"]
    package static let refreshChoices: [Int64] = [0, 10, 30, 60]
    package static let themes = ["dark", "light", "auto"]

    package static let members = [
        "auto_refresh_seconds", "theme", "default_jobs_sort", "default_jobs_view", "data_retention_days",
    ]

    package init() {}

    /// What was checked when it was stored.
    init(stored: JSON) {
        guard case .object(let members) = stored else { return }
        autoRefreshSeconds = members["auto_refresh_seconds"]?.intValue.map(Int.init) ?? 0
        theme = members["theme"]?.stringValue ?? theme
        jobsSort = members["default_jobs_sort"]?.stringValue ?? jobsSort
        jobsView = members["default_jobs_view"]?.stringValue ?? jobsView
        dataRetentionDays = members["data_retention_days"]?.intValue.map(Int.init) ?? 0
    }

    /// What is missing goes back to its default: PUT replaces the whole.
    /// - Throws: `Failure` `invalid_<name>`.
    package init(_ fields: Fields) throws {
        if let seconds = try fields.optionalCount("auto_refresh_seconds", in: 0...60) {
            guard Self.refreshChoices.contains(seconds) else {
                throw Failure(.invalid, "invalid_auto_refresh_seconds", "auto_refresh_seconds must be 0, 10, 30 or 60.")
            }
            autoRefreshSeconds = Int(seconds)
        }
        theme = try fields.optionalText("theme", limit: 20) ?? theme
        guard Self.themes.contains(theme) else {
            throw Failure(.invalid, "invalid_theme", "theme must be \(Self.themes.joined(separator: ", ")).")
        }
        jobsSort = try Self.choice("default_jobs_sort", of: Self.sorts, fields) ?? jobsSort
        jobsView = try Self.choice("default_jobs_view", of: Self.views, fields) ?? jobsView
        dataRetentionDays = Int(try fields.optionalCount("data_retention_days", in: 0...3650) ?? 0)
    }

    private static func choice(_ name: String, of choices: [String], _ fields: Fields) throws -> String? {
        guard let word = try fields.optionalText(name, limit: 30) else { return nil }
        guard choices.contains(word) else {
            throw Failure(.invalid, "invalid_\(name)", "\(name) must be one of \(choices.joined(separator: ", ")).")
        }
        return word
    }

    package var json: JSON {
        [
            "auto_refresh_seconds": .int(Int64(autoRefreshSeconds)), "theme": .string(theme),
            "default_jobs_sort": .string(jobsSort), "default_jobs_view": .string(jobsView),
            "data_retention_days": .int(Int64(dataRetentionDays)),
        ]
    }
}

/// An e-mail address, trimmed and lower-case, so that one mailbox has one account.
package enum EmailAddress {
    /// - Throws: `Failure` `invalid_email`.
    package static func checked(_ text: String) throws -> String {
        let address = typed(text)
        let parts = address.split(separator: "@", omittingEmptySubsequences: false)
        let isSound =
            parts.count == 2 && !parts[0].isEmpty && parts[0].utf8.count <= 64
            && address.utf8.count <= User.Limits.emailBytes
            && address.unicodeScalars.allSatisfy {
                $0.value > 0x20 && $0.value != 0x7F && !",;:<>()[]\\\"".unicodeScalars.contains($0)
                    && !$0.properties.isWhitespace && $0.properties.generalCategory != .control
            }
            && isDomain(parts[1])
        guard isSound else {
            throw Failure(.invalid, "invalid_email", "email is not a valid address, such as name@example.com.")
        }
        return address
    }

    /// What somebody typed where an address belongs, written as addresses are stored. One that is too long is cut, and is then
    /// nobody's.
    package static func typed(_ text: String?) -> String {
        (text ?? "").beginning(bytes: User.Limits.emailBytes * 2).trimmed.lowercased()
    }

    private static func isDomain(_ text: Substring) -> Bool {
        let labels = text.split(separator: ".", omittingEmptySubsequences: false)
        return labels.count >= 2
            && labels.allSatisfy { label in
                !label.isEmpty && label.utf8.count <= 63 && !label.hasPrefix("-") && !label.hasSuffix("-")
            }
    }
}
