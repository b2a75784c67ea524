import Core
import Foundation
import Testing

@testable import SMTP

@Suite("Making a mail")
struct MailMessageTests {
    private let ada: MailAddress
    private let quern: MailSender

    init() throws {
        ada = try MailAddress("ada@example.com")
        quern = MailSender(name: "Quern", address: try MailAddress("quern@mill.example"))
    }

    private func text(
        subject: String = "Hello", name: String? = "Quern", text: String = "Hello.", html: String? = nil, date: Moment = .now
    ) throws -> String {
        let sender = MailSender(name: name, address: quern.address)
        let message = try MailMessage(from: sender, to: ada, subject: subject, text: text, html: html, date: date)
        return String(decoding: message.bytes, as: UTF8.self)
    }

    /// Header lines, unfolded.
    private func headers(_ mail: String) -> [String] {
        let head = mail[..<(mail.firstRange(of: "\r\n\r\n")?.lowerBound ?? mail.endIndex)]
        return head.replacing("\r\n ", with: " ").split(separator: "\r\n").map(String.init)
    }

    @Test func `a mail has the headers of its kind and no other`() throws {
        let date = Moment(rawValue: 1_698_400_800_000)
        let id = try #require(ID<MailMessage>(rawValue: "6f1f3d3e-8a43-4c53-9d0e-7f2a41a1b5a0"))
        let message = try MailMessage(from: quern, to: ada, subject: "Hello", text: "Hi", html: "<p>Hi</p>", date: date, id: id)
        #expect(
            headers(String(decoding: message.bytes, as: UTF8.self)) == [
                "From: \"Quern\" <quern@mill.example>", "To: ada@example.com", "Subject: Hello",
                "Date: Fri, 27 Oct 2023 10:00:00 +0000", "Message-ID: <6f1f3d3e-8a43-4c53-9d0e-7f2a41a1b5a0@mill.example>",
                "Auto-Submitted: auto-generated", "MIME-Version: 1.0",
                "Content-Type: multipart/alternative; boundary=\"=_6f1f3d3e-8a43-4c53-9d0e-7f2a41a1b5a0\"",
            ])
        #expect(message.messageID == "<6f1f3d3e-8a43-4c53-9d0e-7f2a41a1b5a0@mill.example>")
    }

    @Test(arguments: [
        (0, "Thu, 01 Jan 1970 00:00:00"), (-1000, "Wed, 31 Dec 1969 23:59:59"), (1_709_164_800_000, "Thu, 29 Feb 2024 00:00:00"),
        (1_700_000_000_999, "Tue, 14 Nov 2023 22:13:20"),
    ])
    func `the date has its weekday`(milliseconds: Int64, expected: String) throws {
        #expect(try text(date: Moment(rawValue: milliseconds)).contains("\r\nDate: \(expected) +0000\r\n"))
    }

    @Test func `a mail of plain text has one part`() throws {
        let mail = try text(text: "Grüße")
        #expect(mail.hasSuffix("Content-Transfer-Encoding: quoted-printable\r\n\r\nGr=C3=BC=C3=9Fe\r\n"))
        #expect(!mail.contains("multipart"))
    }

    @Test func `both parts are there, in order, and nothing of them is a boundary`() throws {
        let mail = try text(text: "--=_x\n=_", html: "<p>ü</p>\n--=_x--")
        let boundary = try #require(mail.firstMatch(of: /boundary="([^"]+)"/)?.output.1)
        let parts = mail.components(separatedBy: "--\(boundary)")
        #expect(parts.count == 4)
        #expect(parts[1].contains("text/plain") && parts[2].contains("text/html") && parts[3] == "--\r\n")
        #expect(mail.components(separatedBy: "=_").count == 5)
    }

    // MARK: Injection

    @Test(arguments: ["\r\n", "\n", "\r", "\0", "\u{85}", "\u{2028}", "\u{2029}", "\u{B}", "\u{C}", "\u{1B}", "\u{7F}", "\t"])
    func `a subject or a name with a control character is refused`(control: String) {
        for text in ["Hello\(control)Bcc: eve@example.com", "\(control)Hello", "Hello\(control)", "Grüße\(control)x: y"] {
            #expect(#expect(throws: Failure.self) { try self.text(subject: text) }?.code == "invalid_mail")
            #expect(#expect(throws: Failure.self) { try self.text(name: text) }?.code == "invalid_mail")
        }
    }

    @Test(arguments: [
        "=?UTF-8?Q?=0D=0ABcc:_eve@example.com?=", "a\" <eve@example.com>, \"b", "a\\", "<eve@example.com>", "a, b; c: d",
    ])
    func `what looks like syntax is only text`(trick: String) throws {
        let head = headers(try text(subject: trick, name: trick))
        #expect(head.count == 9)
        #expect(head.allSatisfy { !$0.hasPrefix("Bcc") })
        let from = try #require(head.first { $0.hasPrefix("From: ") }).dropFirst("From: ".count)
        #expect(from.hasSuffix(" <quern@mill.example>"))
        let phrase = String(from.dropLast(" <quern@mill.example>".count))
        // A quoted string to its very end, or encoded words.
        #expect(
            try /"(?:[^"\\]|\\.)*"/.wholeMatch(in: phrase) != nil
                || /=\?UTF-8\?B\?[A-Za-z0-9+\/=]*\?=/.wholeMatch(in: phrase) != nil)
        #expect(!head.contains { $0.hasPrefix("Subject: =?UTF-8?Q") })
    }

    @Test func `a body can not become a header or an end`() throws {
        let mail = try text(text: "\r\n.\r\n\r\nBcc: eve@example.com\r\n")
        #expect(headers(mail).count == 9)
        #expect(try text(subject: String(repeating: "x", count: SMTPLimits.headerOctets)).contains("Subject"))
        #expect(throws: Failure.self) { try text(subject: String(repeating: "x", count: SMTPLimits.headerOctets + 1)) }
    }

    // MARK: Encoded words and folding

    /// What a reader makes of a header's value (RFC 2047).
    private func decoded(_ value: String) throws -> String {
        var out = Data()
        for word in value.split(separator: " ") {
            let match = try #require(word.wholeMatch(of: /=\?UTF-8\?B\?([A-Za-z0-9+\/=]*)\?=/), "\(word)")
            #expect(word.utf8.count <= 75)
            let bytes = try #require(Data(base64Encoded: String(match.output.1)))
            // Each word stands alone: no character is cut in two.
            #expect(String(data: bytes, encoding: .utf8) != nil)
            out += bytes
        }
        return String(decoding: out, as: UTF8.self)
    }

    @Test(arguments: [
        "Grüße", String(repeating: "ü", count: 200), String(repeating: "🌾", count: 120), " leading", "trailing ", "two  spaces",
        "=?UTF-8?B?eA==?=", String(repeating: "x", count: 300), "a \u{202E}b",
        "e\u{301}" + String(repeating: "\u{301}", count: 100),
    ])
    func `a subject that needs it is encoded and can be read again`(subject: String) throws {
        let mail = try text(subject: subject)
        let value = try #require(headers(mail).first { $0.hasPrefix("Subject: ") }).dropFirst("Subject: ".count)
        #expect(try decoded(String(value)) == subject)
    }

    @Test func `a subject in ASCII is folded between words`() throws {
        let subject = Array(repeating: "grain and flour", count: 20).joined(separator: " ")
        #expect(headers(try text(subject: subject)).contains("Subject: \(subject)"))
    }

    @Test(arguments: ["Quern", "Mühle", String(repeating: "Mühle ", count: 20) + "Korn", String(repeating: "m\"", count: 30)])
    func `no line is longer than 76`(name: String) throws {
        let mail = try text(
            subject: Array(repeating: name, count: 3).joined(separator: " "), name: name,
            text: String(repeating: "Grüße aus der Mühle. ", count: 100), html: String(repeating: "<p>ü</p>", count: 100))
        #expect(mail.utf8.allSatisfy { (0x20...0x7E).contains($0) || $0 == 0x0D || $0 == 0x0A })
        for line in mail.components(separatedBy: "\r\n") {
            #expect(line.utf8.count <= 76, "\(line)")
            #expect(!line.hasSuffix(" "))
            #expect(!line.contains("\n") && !line.contains("\r"))
        }
    }
}

@Suite("Writing quoted-printable")
struct QuotedPrintableTests {
    private func encoded(_ text: String) -> String { String(decoding: QuotedPrintable.encoded(text), as: UTF8.self) }

    @Test(arguments: [
        ("", ""), ("a", "a\r\n"), ("a\nb", "a\r\nb\r\n"), ("a\r\nb\r\n", "a\r\nb\r\n"), ("a\rb", "a\r\nb\r\n"),
        ("\n\n", "\r\n\r\n"),
        ("1+1=2", "1+1=3D2\r\n"), ("a \nb\t", "a=20\r\nb=09\r\n"), ("ü\0", "=C3=BC=00\r\n"), (".\n..", ".\r\n..\r\n"),
    ])
    func `text becomes lines`(text: String, expected: String) { #expect(encoded(text) == expected) }

    @Test(arguments: [74, 75, 76, 77, 150, 151, 1000])
    func `long lines break softly`(count: Int) {
        for unit in ["x", "=", "ü", " "] {
            let lines = encoded(String(repeating: unit, count: count)).components(separatedBy: "\r\n")
            #expect(lines.allSatisfy { $0.utf8.count <= 76 })
            #expect(lines.dropLast(2).allSatisfy { $0.hasSuffix("=") })
            let joined = lines.enumerated().map { $0.offset < lines.count - 2 ? String($0.element.dropLast()) : $0.element }
                .joined()
            let bytes = joined.replacing(/=([0-9A-F]{2})/) { String(UnicodeScalar(UInt8($0.output.1, radix: 16) ?? 0)) }
            #expect(bytes.unicodeScalars.map { UInt8($0.value) } == Array(String(repeating: unit, count: count).utf8))
        }
    }
}

@Suite("Dot-stuffing")
struct DotStuffingTests {
    @Test(arguments: [
        ("", ".\r\n"), ("a", "a\r\n.\r\n"), ("a\r\n", "a\r\n.\r\n"), (".", "..\r\n.\r\n"), (".\r\n.a\r\n", "..\r\n..a\r\n.\r\n"),
        ("a.\r\nb.c", "a.\r\nb.c\r\n.\r\n"), ("a\r\n.\r\nMAIL FROM:<>\r\n", "a\r\n..\r\nMAIL FROM:<>\r\n.\r\n"),
        // Ends of lines that are none: the tricks of SMTP smuggling.
        ("a\n.\nb", "a\r\n..\r\nb\r\n.\r\n"), ("a\r.\rb", "a\r\n..\r\nb\r\n.\r\n"), ("a\n.\r\nb", "a\r\n..\r\nb\r\n.\r\n"),
        ("a\r\n.\rb", "a\r\n..\r\nb\r\n.\r\n"), ("a\r\r\n.b", "a\r\n\r\n..b\r\n.\r\n"),
    ])
    func `only the last line is a single dot`(message: String, expected: String) {
        #expect(String(decoding: DotStuffing.stuffed(Array(message.utf8)), as: UTF8.self) == expected)
    }
}
