import Core
import NIOSSL
import Testing

@testable import SMTP

@Suite("SMTP_URL")
struct MailURLTests {
    @Test(arguments: [
        ("smtp://mail.example.com", "mail.example.com", 587, MailURL.Security.startTLSWhenOffered),
        (" SMTP://mail.example.com:25/ ", "mail.example.com", 25, .startTLSWhenOffered),
        ("smtp://mail.example.com.", "mail.example.com", 587, .startTLSWhenOffered),
        ("smtps://mail.example.com", "mail.example.com", 465, .tls),
        ("smtps://mail.example.com:8465?tls=required", "mail.example.com", 8465, .tls),
        ("smtp://[::1]", "::1", 587, .startTLSWhenOffered), ("smtps://[2001:db8::1]:2465", "2001:db8::1", 2465, .tls),
        ("smtp://192.0.2.1:2525?tls=never", "192.0.2.1", 2525, .clear),
        ("smtp://mail?tls=required", "mail", 587, .startTLSRequired),
        ("smtp://u:p@mail", "mail", 587, .startTLSRequired), ("smtps://u:p@mail", "mail", 465, .tls),
        ("smtp://u:p@localhost?tls=never", "localhost", 587, .clear),
        ("smtp://u:p@127.0.0.9/?tls=never", "127.0.0.9", 587, .clear),
        ("smtp://u:p@[::1]:25?tls=never", "::1", 25, .clear),
    ])
    func `a URL names a host, a port and how safe it shall be`(
        text: String, host: String, port: Int, security: MailURL.Security
    ) throws {
        let url = try MailURL(text)
        #expect(url.host.name == host)
        #expect(url.host.port == port)
        #expect(url.security == security)
    }

    @Test(arguments: [
        ("smtp://quern:secret@mail", "quern", "secret"),
        ("smtp://a%40b.example:p%3A%2F%3F%23%5B%5D%40%25@mail", "a@b.example", "p:/?#[]@%"),
        ("smtp://u:a:b@mail", "u", "a:b"), ("smtps://u:%C3%BC@mail", "u", "ü"), ("smtp://u:+%20@mail", "u", "+ "),
    ])
    func `credentials are decoded`(text: String, user: String, password: String) throws {
        #expect(try MailURL(text).credentials == MailCredentials(user: user, password: password))
    }

    @Test(arguments: [
        "", "mail.example.com", "mail.example.com:587", "http://mail", "smtp:mail", "smtp:/mail", "smtp://", "smtp://:25",
        "smtp:///mail",
        "smtp://quern:hunter2", "smtp://quern:hunter2@", "smtp://quern:hunter2@:25", "smtp://hunter2@mail",
        "smtp://:hunter2@mail",
        "smtp://quern:@mail", "smtp://@mail", "smtp://quern:hunter2@mail:", "smtp://quern:hunter2@mail:x",
        "smtp://quern:hunter2@mail:0",
        "smtp://quern:hunter2@mail:65536", "smtp://quern:hunter2@mail:-1", "smtp://quern:hunter2@mail:٢٥",
        "smtp://quern:hunter2@mail:+25",
        "smtp://quern:hunter2@mail:99999999999999999999", "smtp://quern:hun/ter2@mail", "smtp://quern:hun?ter2@mail",
        "smtp://quern:hun#ter2@mail",
        "smtp://quern:hun@ter2@mail", "smtp://quern:hunter2%@mail", "smtp://quern:hunter2%zz@mail",
        "smtp://quern:hunter2%FF@mail",
        "smtp://quern:hunter2%00@mail", "smtp://quern:hunter2@mail/path", "smtp://quern:hunter2@mail?tls=maybe",
        "smtp://quern:hunter2@mail?x=y",
        "smtp://quern:hunter2@mail#x", "smtp://quern:hunter2@mail?tls=never", "smtp://quern:hunter2@192.0.2.1?tls=never",
        "smtps://mail?tls=never",
        "smtp://::1", "smtp://[::1", "smtp://::1]", "smtp://[mail]", "smtp://[::1]x", "smtp://[::1]x:25", "smtp://[::g]",
        "smtp://ma il",
        "smtp://ma\r\nil", "smtp://mühle.example", "smtp://-mail", "smtp://mail..example", "smtp://quern:hunter2@ma\0il",
        "smtp://quern:hunter2@localhost.example?tls=never", "smtp://quern:hunter2@127.example?tls=never",
    ])
    func `a wrong one is told, and none of it repeated`(text: String) throws {
        let failure = try #require(throws: Failure.self) { try MailURL(text) }
        #expect(failure.code == "invalid_setting")
        #expect(failure.message.hasPrefix("SMTP_URL "))
        for part in ["hun", "ter2", "quern", "mail."] where text.contains(part) && part != "mail." {
            #expect(!failure.message.contains(part))
        }
    }

    @Test func `nothing prints a password`() throws {
        let url = try MailURL("smtp://quern:hunter2@mail.example.com:2525")
        let server = MailServer(url, tls: try MailTLS(trustRoots: .certificates([])))
        var dumped = ""
        dump(url, to: &dumped)
        dump(server, to: &dumped)
        for text in ["\(url)", "\(server)", String(reflecting: url), "\(String(describing: url.credentials))", dumped] {
            #expect(!text.contains("hunter2") && !text.contains("quern"))
        }
        #expect("\(url)" == "smtp://mail.example.com:2525")
        #expect("\(try MailURL("smtps://[::1]"))" == "smtps://[::1]:465")
    }
}
