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
