import Core
import Testing

@testable import SMTP

@Suite("Addresses on the wire")
struct MailAddressTests {
    @Test(arguments: [
        "ada@example.com", "a.b+c@sub.example.com", "o'hara@example.com", "ada@localhost", "a!#$%&'*+-/=?^_`{|}~b@x-y.example",
        "jürgen@example.com", "ada@mühle.example", "用户@例子.广告",
    ])
    func `what is an address stays as it is`(text: String) throws {
        #expect(try MailAddress(text).description == text)
        #expect(try MailAddress(text).isASCII == text.utf8.allSatisfy { $0 < 0x80 })
    }

    @Test(arguments: [
        "", "ada", "@", "@example.com", "ada@", "a@b@c", ".ada@example.com", "ada.@example.com", "a..b@example.com", "ada@-x.com",
        "ada@x-.com", "ada@.com", "ada@example..com", "ada@example.com.", "a b@example.com", " ada@example.com",
        "ada@example.com ",
        "<ada@example.com>", "ada@example.com>", "ada@example.com> SIZE=1", "\"a b\"@example.com", "ada@[127.0.0.1]",
        "a,b@example.com",
        "a:b@example.com", "a;b@example.com", "a\\b@example.com", "a(b)@example.com",
        "ada@example.com\r\nRCPT TO:<eve@example.com>",
        "ada\r\n@example.com", "ada@exa\nmple.com", "ada@exa\rmple.com", "ada\0@example.com", "ada@example.com\0",
        "ada\t@example.com",
        "ada\u{7F}@example.com", "ada\u{85}@example.com", "ada\u{2028}@example.com", "ada\u{A0}b@example.com",
        "ada\u{3000}@example.com",
        "ada\u{202E}@example.com", "ada\u{200B}@example.com", "ada@example\u{3002}com", "ada@ex_ample.com", "ada＠example.com",
    ])
    func `what is none, or more than one, is refused`(text: String) {
        #expect(#expect(throws: Failure.self) { try MailAddress(text) }?.code == "invalid_email")
    }

    @Test func `an address has an end`() throws {
        let label = String(repeating: "x", count: 60)
        #expect(throws: Never.self) { try MailAddress("\(String(repeating: "a", count: 64))@example.com") }
        #expect(throws: Failure.self) { try MailAddress("\(String(repeating: "a", count: 65))@example.com") }
        #expect(throws: Failure.self) { try MailAddress("a@\(String(repeating: "x", count: 64)).com") }
        #expect(throws: Failure.self) { try MailAddress("a@\(label).\(label).\(label).\(label).\(label)") }
    }
}

@Suite("The sender")
struct MailSenderTests {
    @Test(arguments: [
        ("quern@example.com", nil), ("<quern@example.com>", nil), (" Quern <quern@example.com> ", "Quern"),
        ("\"Quern, \\\"the\\\" mill\" <quern@example.com>", "Quern, \"the\" mill"), ("Mühle <quern@example.com>", "Mühle"),
    ])
    func `a sender has an address and perhaps a name`(setting: String, name: String?) throws {
        let sender = try MailSender(setting: setting)
        #expect(sender.name == name)
        #expect(sender.address.description == "quern@example.com")
    }

    @Test(arguments: [
        "", "Quern", "Quern <>", "Quern <quern@example.com> x", "Quern\r\nBcc: eve@example.com <quern@example.com>",
        "mühle@example.com", "a <b <quern@example.com", "Quern\0 <quern@example.com>",
    ])
    func `anything else is told as a wrong setting`(setting: String) {
        let failure = #expect(throws: Failure.self) { try MailSender(setting: setting) }
        #expect(failure?.code == "invalid_setting")
        #expect(failure?.message.hasPrefix("MAIL_FROM ") == true)
    }
}

@Suite("The name in EHLO")
struct HelloNameTests {
    @Test(arguments: [("mill.example", "mill.example"), ("[192.0.2.1]", "[192.0.2.1]"), ("[2001:db8::1]", "[IPv6:2001:db8::1]")])
    func `a domain or an address in brackets`(text: String, expected: String) {
        #expect(HelloName(text)?.description == expected)
    }

    @Test(arguments: [
        "", "192.0.2.1", "[mill.example]", "mill example", "mill\r\nMAIL FROM:<>", "-mill", "mill..example", "müh.le",
    ])
    func `anything else is refused`(text: String) { #expect(HelloName(text) == nil) }
}
