package import Core

/// Why a mail was not taken, so that an outbox can decide whether to try again. Nothing in it is a credential.
package struct SMTPFailure: Error, Equatable, Sendable {
    package enum Kind: Sendable {
        /// This mail will never be taken: a 5xx answer to the mail itself, or an address that the server can not handle.
        case permanent
        /// The same mail may be taken later: 4xx, network and TLS, and whatever is wrong between the server and this
        /// program (a wrong password, a certificate) and not with the mail, because an administrator can put it right.
        case temporary
    }

    package let kind: Kind
    /// Stable and machine-readable, such as `mail_timeout`; fit for a log.
    package let code: String
    /// One sentence for an administrator. It may repeat the server's words, and so an address: not for a log.
    package let message: String
    /// What the server said, if that is why.
    package let reply: SMTPReply?

    package init(_ kind: Kind, _ code: String, _ message: String, reply: SMTPReply? = nil) {
        self.kind = kind
        self.code = code
        self.message = message
        self.reply = reply
    }

    package var isPermanent: Bool { kind == .permanent }

    /// The same for a person at a command line or an API.
    package var failure: Failure { Failure(isPermanent ? .refused : .outage, code, message) }
}

/// What was being said when the server answered.
package enum SMTPStage: Sendable {
    case greeting, hello, startTLS, signIn, sender, recipient, content

    /// Whether a 5xx answer is about the mail. Before, it is about us, and other mails fare no better.
    fileprivate var isAboutTheMail: Bool {
        switch self {
        case .greeting, .hello, .startTLS, .signIn: false
        case .sender, .recipient, .content: true
        }
    }

    fileprivate var refusal: String {
        switch self {
        case .greeting: "The mail server does not take connections"
        case .hello: "The mail server refused the greeting"
        case .startTLS: "The mail server refused to start TLS"
        case .signIn: "The mail server refused the user name or password"
        case .sender: "The mail server refused the sender"
        case .recipient: "The mail server refused the recipient"
        case .content: "The mail server refused the message"
        }
    }
}

extension SMTPReply {
    /// - Throws: `SMTPFailure` `mail_sign_in_refused`, `mail_tls_refused`, `mail_refused` (5xx), `mail_deferred` (4xx) or
    ///   `mail_protocol` unless the code is in the range.
    package func mustBe(_ range: ClosedRange<Int>, at stage: SMTPStage) throws(SMTPFailure) {
        guard !range.contains(code) else { return }
        switch (code, stage) {
        // RFC 4954 section 6: these are about signing in, whatever they answer.
        case (530, _), (534, _), (535, _), (538, _), (500..., .signIn):
            let refusal = stage == .signIn ? stage.refusal : "The mail server wants another sign-in first"
            // A server may repeat what it was sent, so its words on signing in are not repeated here.
            let words = stage == .signIn ? codes : quote
            throw SMTPFailure(.temporary, "mail_sign_in_refused", "\(refusal): \(words)", reply: stage == .signIn ? nil : self)
        case (400..., .signIn):
            throw SMTPFailure(.temporary, "mail_deferred", "The mail server can not check the password now: \(codes)")
        case (400..., .startTLS):
            throw SMTPFailure(.temporary, "mail_tls_refused", "\(stage.refusal): \(quote)", reply: self)
        case (500..., _):
            let kind: SMTPFailure.Kind = stage.isAboutTheMail ? .permanent : .temporary
            throw SMTPFailure(kind, "mail_refused", "\(stage.refusal): \(quote)", reply: self)
        case (400..., _):
            throw SMTPFailure(.temporary, "mail_deferred", "\(stage.refusal) for now: \(quote)", reply: self)
        default:
            throw SMTPFailure(.temporary, "mail_protocol", "The mail server answered out of turn with \(code).")
        }
    }

    private var codes: String { enhanced.map { "\(code) \($0)" } ?? "\(code)" }
    private var quote: String {
        let words = text.prefix(SMTPLimits.quotedCharacters)
        return words.isEmpty ? codes : "\(codes) \(words)"
    }
}
