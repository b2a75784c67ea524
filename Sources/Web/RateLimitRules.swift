package import Core

/// How often something may be done.
package struct RateRule: Sendable, Hashable {
    /// Whom a rule counts.
    package enum Key: Sendable, Hashable {
        /// The address of the client.
        case address
        /// The account that is signed in, else the address.
        case account
        /// What the handler names, such as the mailbox that gets a code.
        case subject
        /// Everybody together.
        case everyone
    }

    /// Shown in the header fields and in the answer of a refusal; small letters and underscores.
    package let name: String
    package let limit: Int
    package let windowSeconds: Int
    package let key: Key

    package init(_ name: String, _ limit: Int, windowSeconds: Int = 60, key: Key = .address) {
        self.name = name
        self.limit = limit
        self.windowSeconds = windowSeconds
        self.key = key
    }
}

/// Whom a request is counted for.
package enum RateSubject: Sendable, Hashable {
    case address(String)
    case account(ID<Caller>)
    case named(String)
    case everyone
}

/// The numbers of the tracker document where it has one.
extension RateRule {
    package static let signup = RateRule("signup", 5)
    package static let confirm = RateRule("confirm", 8)
    /// All doors at which a password is tried share it.
    package static let login = RateRule("login", 10)
    package static let challenge = RateRule("challenge", 10)
    package static let mfaSetup = RateRule("mfa_setup", 5)
    package static let mfaVerify = RateRule("mfa_verify", 10)
    package static let refresh = RateRule("refresh", 12)
    package static let resend = RateRule("resend", 5)
    package static let forgotPassword = RateRule("forgot_password", 5)
    package static let resetPassword = RateRule("reset_password", 5)
    package static let passkey = RateRule("passkey", 20)
    package static let session = RateRule("session", 10)
    package static let reauthenticate = RateRule("reauthenticate", 10)
    /// Each challenge that is asked for makes those of everybody else harder for a minute.
    package static let botCheck = RateRule("bot_check", 30)

    package static let presignUpload = RateRule("presign_upload", 10, key: .account)
    package static let confirmUpload = RateRule("confirm_upload", 20, key: .account)
    package static let deleteDocument = RateRule("delete_document", 30, key: .account)

    package static let socketTicket = RateRule("socket_ticket", 60, key: .account)

    /// Everything else: far above what a person or an honest program needs, far below what the server can do.
    package static let api = RateRule("api", 12_000, key: .account)

    // Counted by the handlers, which alone know whom for.

    /// Sign-ups whose only proof is the answer to a question in words.
    package static let registerWithoutScript = RateRule("register_without_script", 3, windowSeconds: 600)
    package static let registerWithoutScriptOverall = RateRule(
        "register_without_script_overall", 30, windowSeconds: 600, key: .everyone)
}

/// Which rules count a request, by method and route.
package struct RateTable: Sendable {
    private let routes: [String: [RateRule]]
    private let general: RateRule?
    private let exempt: Set<String>

    /// - Parameters:
    ///   - routes: `POST auth/login`: the method and the route's template as Hummingbird writes it (`users/{id}`), without
    ///     the mounts `/api` and `/api/v1`.
    ///   - general: counts every request that no other rule counts.
    ///   - exempt: first parts of paths that nothing counts.
    package init(routes: [String: [RateRule]], general: RateRule?, exempt: Set<String> = []) {
        self.routes = routes
        self.general = general
        self.exempt = exempt
    }

    /// - Parameter endpoint: the template of the route, such as `/api/v1/auth/login`; nil where no route was found.
    package func rules(method: String, endpoint: String?) -> [RateRule] {
        guard endpoint != nil else { return general.map { [$0] } ?? [] }
        let template = Self.template(endpoint)
        if let own = routes["\(method) \(template)"] { return own }
        guard let general, !exempt.contains(String(template.prefix { $0 != "/" })) else { return [] }
        return [general]
    }

    /// The template of a route without its mount, such as `jobs/{id}`.
    package static func template(_ endpoint: String?) -> String {
        var template = Substring(endpoint ?? "")
        for mount in ["/", "api/", "v1/"] {
            // Only `api/v1` is a mount; a route of our own that begins with v1 is not.
            guard template.hasPrefix(mount) else { break }
            template = template.dropFirst(mount.count)
        }
        return String(template)
    }

    /// What the server counts.
    /// - Parameter bucket: the first part of the object store's addresses, whose signed URLs are their own limit.
    package static func standard(bucket: String) -> RateTable {
        RateTable(routes: standardRoutes, general: .api, exempt: ["health", "healthz", "assets", "favicon.ico", bucket])
    }

    private static let standardRoutes: [String: [RateRule]] = [
        "POST auth/register": [.signup],
        "POST auth/cognito/signup": [.signup],
        "GET auth/bot-check": [.botCheck],
        "POST auth/verify-email": [.confirm],
        "POST auth/cognito/confirm": [.confirm],
        "POST auth/verify-email/resend": [.resend],
        "POST auth/cognito/verification/send": [.resend],
        "POST auth/login": [.login],
        "POST auth/cognito/login": [.login],
        "POST auth/cognito/challenge": [.challenge],
        "POST auth/mfa": [.challenge],
        "POST auth/new-password": [.challenge],
        "POST auth/cognito/mfa/setup": [.mfaSetup],
        "POST auth/cognito/mfa/verify": [.mfaVerify],
        "POST auth/mfa/setup": [.mfaVerify],
        "POST auth/cognito/refresh": [.refresh],
        "POST auth/forgot-password": [.forgotPassword],
        "POST auth/reset-password": [.resetPassword],
        "POST auth/passkey/options": [.passkey],
        "POST auth/passkey": [.passkey],
        "POST auth/session": [.session],
        "POST ws/ticket": [.socketTicket],
        "POST auth/reauthenticate": [.reauthenticate],
        "POST auth/confirm": [.reauthenticate],
        // Behind the login, but a password or a code is tried all the same.
        "POST users/me/change-password": [.reauthenticate],
        "POST dashboard/settings/password": [.reauthenticate],
        "POST users/me/mfa/devices/{id}/verify": [.mfaVerify],
        "POST dashboard/settings/mfa/devices/verify": [.mfaVerify],
        "POST jobs/{id}/documents/presign-upload": [.presignUpload],
        "POST jobs/{id}/documents/confirm-upload": [.confirmUpload],
        "DELETE jobs/{id}/documents/{document}": [.deleteDocument],
    ]
}
