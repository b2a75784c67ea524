package import Core

/// One mail to one person, as bytes that go on the wire (RFC 5322, MIME). Made once and kept, every try sends the same
/// mail with the same Message-ID, so that a mailbox that got it twice can tell.
package struct MailMessage: Sendable {
    package let from: MailAddress
    package let to: MailAddress
    /// In angle brackets.
    package let messageID: String
    package let bytes: [UInt8]

    /// - Parameters:
    ///   - html: nil for a mail of plain text alone.
    ///   - id: becomes the Message-ID; give the same for the same mail.
    /// - Throws: `Failure` `invalid_mail` when the subject or the sender's name holds a control character.
    package init(
        from: MailSender, to: MailAddress, subject: String, text: String, html: String? = nil, date: Moment = .now,
        id: ID<MailMessage> = ID()
    ) throws {
        guard from.address.isASCII else {
            throw Failure(.invalid, "invalid_mail", "The sender's address holds letters beyond ASCII.")
        }
        self.from = from.address
        self.to = to
        messageID = "<\(id)@\(from.address.domain)>"
        let head = [
            "From: " + (try Self.mailbox(from, from: "From: ".count)),
            // RFC 6532: an address beyond ASCII stands as it is; the server was asked for SMTPUTF8 then.
            "To: \(to)",
            "Subject: " + (try HeaderText(subject).unstructured(from: "Subject: ".count)),
            "Date: \(Self.date(date))",
            "Message-ID: \(messageID)",
            // RFC 3834 section 5: no answering machine answers this.
            "Auto-Submitted: auto-generated",
            "MIME-Version: 1.0",
        ]
        bytes = Array((head.joined(separator: "\r\n") + "\r\n").utf8) + Self.body(text: text, html: html, id: id)
    }

    private static func mailbox(_ sender: MailSender, from column: Int) throws -> String {
        guard let name = sender.name, !name.isEmpty else { return sender.address.description }
        let phrase = try HeaderText(name).phrase(from: column)
        let address = "<\(sender.address)>"
        let width = phrase.contains("\r\n") || phrase.utf8.count + column + address.utf8.count >= SMTPLimits.lineOctets
        return phrase + (width ? "\r\n " : " ") + address
    }

    private static func body(text: String, html: String?, id: ID<MailMessage>) -> [UInt8] {
        guard let html else { return part("text/plain", text) }
        // In quoted-printable text no "_" follows a "=", so no line of a part can be taken for the boundary.
        let boundary = "=_\(id)"
        var out = Array("Content-Type: multipart/alternative;\r\n boundary=\"\(boundary)\"\r\n\r\n".utf8)
        for (type, content) in [("text/plain", text), ("text/html", html)] {
            out += "--\(boundary)\r\n".utf8
            out += part(type, content)
        }
        return out + "--\(boundary)--\r\n".utf8
    }

    private static func part(_ type: String, _ content: String) -> [UInt8] {
        Array("Content-Type: \(type); charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n".utf8)
            + QuotedPrintable.encoded(content)
    }

    /// RFC 5322 section 3.3, such as `Fri, 27 Oct 2023 10:00:00 +0000`, from the digits of RFC 3339.
    private static func date(_ moment: Moment) -> String {
        let digits = moment.description.prefix(19).split { "-T:".contains($0) }.map(String.init)
        return "\(moment.day.weekdayName), \(digits[2]) \(moment.day.monthName) \(digits[0]) "
            + "\(digits[3]):\(digits[4]):\(digits[5]) +0000"
    }
}
