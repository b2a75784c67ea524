package import NIOCore
import NIOPosix

/// One conversation with one mail server, step by step. `MailServer` sends mails with it; checking an address is the
/// same without `send`. Every step ends in time, with a reply or an `SMTPFailure`; after a failure there is no next step.
package actor SMTPConnection {
    package nonisolated let host: MailHost
    package nonisolated let greeting: SMTPReply
    /// What the server offered last; nothing before `hello`, and nothing again after `startTLS`.
    package private(set) var offers = SMTPOffers()
    package private(set) var isEncrypted: Bool

    private let channel: any Channel
    private let inbox: NIOLoopBound<ReplyInbox>
    private let patience: SMTPPatience
    private let deadline: NIODeadline
    private var secrets: [String] = []

    /// Connects and waits for the greeting.
    /// - Parameter tls: speak TLS from the start (port 465); nil: begin in the clear.
    package static func open(
        to host: MailHost, tls: MailTLS? = nil, patience: SMTPPatience = .standard,
        group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton
    ) async throws(SMTPFailure) -> SMTPConnection {
        let deadline = NIODeadline.now() + patience.total
        let line = try await Line.open(to: host, tls: tls, patience: patience, group: group)
        do {
            let greeting = try await line.greeting.whenDone(closing: line.channel)
            try greeting.mustBe(220...220, at: .greeting)
            return SMTPConnection(host, line, greeting, isEncrypted: tls != nil, patience, deadline)
        } catch {
            line.channel.close(promise: nil)
            throw error
        }
    }

    private init(
        _ host: MailHost, _ line: Line, _ greeting: SMTPReply, isEncrypted: Bool, _ patience: SMTPPatience,
        _ deadline: NIODeadline
    ) {
        (self.host, self.greeting, self.isEncrypted) = (host, greeting, isEncrypted)
        (channel, inbox, self.patience, self.deadline) = (line.channel, line.inbox, patience, deadline)
    }

    // MARK: Getting acquainted

    /// EHLO, or HELO for a server that does not know it.
    package func hello(as name: HelloName) async throws(SMTPFailure) {
        offers = SMTPOffers()
        let reply = try await ask("EHLO \(name)")
        if [500, 501, 502, 504].contains(reply.code) {
            return try await ask("HELO \(name)").mustBe(250...250, at: .hello)
        }
        try reply.mustBe(250...250, at: .hello)
        offers = SMTPOffers(reply)
    }

    /// From here on everything is encrypted, and the server is who its certificate says. What it said before counts no
    /// more (RFC 3207 section 4.2): say `hello` again.
    package func startTLS(_ tls: MailTLS) async throws(SMTPFailure) {
        try await ask("STARTTLS", upgrade: tls).mustBe(220...220, at: .startTLS)
        isEncrypted = true
        offers = SMTPOffers()
    }

    /// AUTH PLAIN (RFC 4616) or LOGIN, whichever the server offers. Never in the clear, but to this very machine.
    package func signIn(_ credentials: MailCredentials) async throws(SMTPFailure) {
        guard isEncrypted || channel.remoteAddress?.isLoopback == true else {
            throw SMTPFailure(.temporary, "mail_tls_missing", "The password is not sent without TLS.")
        }
        secrets = credentials.secrets
        if offers.mechanisms.contains("PLAIN") {
            let whole = "AUTH PLAIN \(credentials.plain)"
            // RFC 4954 section 4: what makes the command too long is sent as an answer.
            try await whole.utf8.count <= SMTPLimits.commandOctets - 2
                ? ask(whole).mustBe(235...235, at: .signIn) : signIn("AUTH PLAIN", [credentials.plain])
        } else if offers.mechanisms.contains("LOGIN") {
            try await signIn("AUTH LOGIN", [credentials.loginUser, credentials.loginPassword])
        } else {
            throw SMTPFailure(
                .temporary, "mail_sign_in_unavailable", "The mail server offers no sign-in with a password (AUTH PLAIN or LOGIN)."
            )
        }
    }

    private func signIn(_ command: String, _ answers: [String]) async throws(SMTPFailure) {
        var reply = try await ask(command)
        for answer in answers {
            try reply.mustBe(334...334, at: .signIn)
            reply = try await ask(answer)
        }
        try reply.mustBe(235...235, at: .signIn)
    }

    // MARK: A mail

    /// MAIL FROM. The reply may be a refusal: `mustBe` tells.
    /// - Parameter sender: nil for the empty sender `<>`, of mails that nobody shall answer, and of probes.
    package func from(_ sender: MailAddress?, sizeOctets: Int? = nil, utf8: Bool = false) async throws(SMTPFailure) -> SMTPReply {
        if utf8 || sender?.isASCII == false { try mustKnowUTF8() }
        var command = "MAIL FROM:<\(sender?.description ?? "")>"
        if let sizeOctets, offers.namesSize {
            if let limit = offers.sizeLimit, sizeOctets > limit {
                throw SMTPFailure(.permanent, "mail_too_large", "The mail server takes messages up to \(limit) bytes.")
            }
            command += " SIZE=\(sizeOctets)"
        }
        if utf8 { command += (offers.eightBit ? " BODY=8BITMIME" : "") + " SMTPUTF8" }
        return try await ask(command)
    }

    /// RCPT TO. The reply may be a refusal: `mustBe` tells, and a probe wants to know which.
    package func to(_ recipient: MailAddress) async throws(SMTPFailure) -> SMTPReply {
        if !recipient.isASCII { try mustKnowUTF8() }
        return try await ask("RCPT TO:<\(recipient)>")
    }

    /// DATA and the message, dot-stuffed here.
    package func send(_ message: [UInt8]) async throws(SMTPFailure) {
        try await ask("DATA").mustBe(354...354, at: .content)
        try await ask(ByteBuffer(bytes: DotStuffing.stuffed(message))).mustBe(250...250, at: .content)
    }

    /// RSET: forgets sender and recipients, for a next mail or probe.
    package func reset() async throws(SMTPFailure) {
        try await ask("RSET").mustBe(250...250, at: .content)
    }

    /// QUIT as a courtesy, then closes. Nothing depends on the answer, so nothing waits long for it.
    package func quit() async {
        let patience = min(SMTPLimits.farewell, patience.reply)
        _ = try? await ask(ByteBuffer(string: "QUIT\r\n"), within: patience)
        close()
    }

    package nonisolated func close() { channel.close(promise: nil) }

    /// - Throws: `SMTPFailure` `mail_address_unsupported`, for ever: the server does not know RFC 6531.
    private func mustKnowUTF8() throws(SMTPFailure) {
        guard offers.utf8 else {
            throw SMTPFailure(
                .permanent, "mail_address_unsupported", "The mail server can not handle addresses with letters beyond ASCII.")
        }
    }

    // MARK: One question, one answer

    private func ask(_ command: String, upgrade: MailTLS? = nil) async throws(SMTPFailure) -> SMTPReply {
        // The types above hold no such character; this is the last door before the wire.
        guard !command.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) else {
            throw SMTPFailure(.permanent, "mail_protocol", "A mail command can not hold control characters.")
        }
        return try await ask(ByteBuffer(string: command + "\r\n"), upgrade: upgrade)
    }

    private func ask(
        _ bytes: ByteBuffer, within patience: TimeAmount? = nil, upgrade: MailTLS? = nil
    ) async throws(SMTPFailure) -> SMTPReply {
        let patience = min(patience ?? self.patience.reply, deadline - .now())
        let (promise, inbox) = (channel.eventLoop.makePromise(of: SMTPReply.self), inbox)
        channel.eventLoop.execute { inbox.value.ask(bytes, within: patience, upgrade: upgrade, promise) }
        return try await promise.futureResult.whenDone(closing: channel).withholding(secrets)
    }
}
