package import NIOCore
import NIOPosix

/// The mail server that this installation hands its mails to. Each mail is a connection of its own.
package struct MailServer: Sendable, CustomStringConvertible {
    private let url: MailURL
    private let tls: MailTLS
    private let helloName: HelloName?
    private let patience: SMTPPatience
    private let group: any EventLoopGroup

    /// - Parameter helloName: how to introduce this program; nil: with the domain of the sender.
    package init(
        _ url: MailURL, tls: MailTLS, helloName: HelloName? = nil, patience: SMTPPatience = .standard,
        group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton
    ) {
        self.url = url
        self.tls = tls
        self.helloName = helloName
        self.patience = patience
        self.group = group
    }

    package var description: String { url.description }

    /// Returns when the server has taken the mail. A failure after the last byte may hide that it did: the same message
    /// sent again has the same Message-ID.
    package func send(_ message: MailMessage) async throws(SMTPFailure) {
        let connection = try await SMTPConnection.open(
            to: url.host, tls: url.security == .tls ? tls : nil, patience: patience, group: group)
        do {
            try await prepare(connection, for: message)
            try await deliver(message, over: connection)
        } catch {
            await connection.quit()
            throw error
        }
        await connection.quit()
    }

    private func prepare(_ connection: SMTPConnection, for message: MailMessage) async throws(SMTPFailure) {
        let name = helloName ?? HelloName(domainOf: message.from)
        try await connection.hello(as: name)
        switch (url.security, await connection.offers.startTLS) {
        case (.tls, _), (.clear, _), (.startTLSWhenOffered, false): break
        case (.startTLSRequired, false):
            throw SMTPFailure(
                .temporary, "mail_tls_missing", "The mail server offers no STARTTLS, and SMTP_URL asks for TLS or has a password."
            )
        case (.startTLSRequired, true), (.startTLSWhenOffered, true):
            try await connection.startTLS(tls)
            try await connection.hello(as: name)
        }
        if let credentials = url.credentials { try await connection.signIn(credentials) }
    }

    private func deliver(_ message: MailMessage, over connection: SMTPConnection) async throws(SMTPFailure) {
        try await connection.from(message.from, sizeOctets: message.bytes.count, utf8: !message.to.isASCII)
            .mustBe(250...250, at: .sender)
        try await connection.to(message.to).mustBe(250...252, at: .recipient)
        try await connection.send(message.bytes)
    }
}
