package import Accounts
import Core
import NIOSSL
import SMTP

/// Hands mails of the outbox to the mail server.
package struct MailDelivery: Sendable {
    private let server: MailServer
    private let from: MailSender

    /// - Returns: nil when no server is set; then mails wait in the outbox.
    package init?(_ settings: Settings) throws {
        guard let url = settings.optional("SMTP_URL") else { return nil }
        guard let from = settings.optional("MAIL_FROM") else {
            throw Failure(.invalid, "invalid_setting", "SMTP_URL is set, but MAIL_FROM is not; set it to the sender's address.")
        }
        let trust = try TrustRoots(file: settings.optional("QUERN_CA_FILE"))
        server = MailServer(
            try MailURL(url), tls: try MailTLS(trustRoots: trust.roots, additional: trust.additional))
        self.from = try MailSender(setting: from)
    }

    /// `Quern <quern@example.org> through smtp://smtp.example.org:587`
    var words: String { "\(from.name.map { "\($0) <\(from.address)>" } ?? "\(from.address)") through \(server)" }

    @Sendable func deliver(_ mail: Mail) async -> Outbox.Outcome {
        do {
            try await send(mail)
            return .sent
        } catch let failure as SMTPFailure {
            return failure.isPermanent ? .refused(failure.message) : .tryLater(failure.message)
        } catch {
            return .refused((error as? Failure)?.message ?? "The message could not be written.")
        }
    }

    /// - Throws: `SMTPFailure`, or `Failure` when the message can not be written.
    package func send(_ mail: Mail) async throws {
        let message = try MailMessage(
            from: from, to: try MailAddress(mail.recipient), subject: mail.subject, text: mail.text ?? "", html: mail.html,
            date: mail.createdAt, id: ID(rawValue: mail.id) ?? ID())
        try await server.send(message)
    }
}
