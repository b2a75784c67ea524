import Core
import NIOCore
import NIOSSL
import Testing

@testable import SMTP

@Suite("Sending a mail", .timeLimit(.minutes(1)))
struct MailServerTests {
    private let message: MailMessage
    private let tls: MailTLS
    /// Long enough for a busy machine, short enough for a test that waits for its end.
    private let patience = SMTPPatience(connect: .seconds(10), reply: .seconds(10), total: .seconds(20))
    private let hasty = SMTPPatience(connect: .seconds(10), reply: .milliseconds(200), total: .seconds(20))

    init() throws {
        message = try MailMessage(
            from: MailSender(address: MailAddress("quern@mill.example")), to: MailAddress("ada@example.com"), subject: "Hello",
            text: ".\nHello.")
        tls = try MailTLS(trustRoots: .certificates([]))
    }

    private func server(
        _ scripted: ScriptedServer, _ credentials: String = "", _ query: String = "", hasty isHasty: Bool = false
    ) throws
        -> MailServer
    {
        MailServer(
            try MailURL("smtp://\(credentials)127.0.0.1:\(scripted.port)\(query)"), tls: tls, patience: isHasty ? hasty : patience
        )
    }

    private func failure(_ server: MailServer, _ message: MailMessage? = nil) async -> SMTPFailure? {
        do throws(SMTPFailure) {
            try await server.send(message ?? self.message)
            return nil
        } catch {
            return error
        }
    }

    private let hello = "250-mill\r\n250-SIZE 100000\r\n250 AUTH PLAIN LOGIN\r\n"

    @Test func `the conversation is the one of RFC 5321`() async throws {
        let scripted = try await ScriptedServer(
            "220 mill\r\n", hello, "250 2.1.0 ok\r\n", "251 2.1.5 forwarded\r\n", "354 go\r\n", "250 2.0.0 taken\r\n",
            "221 bye\r\n")
        try await server(scripted).send(message)
        let heard = scripted.heard
        #expect(
            heard.prefix(4) == [
                "EHLO mill.example", "MAIL FROM:<quern@mill.example> SIZE=\(message.bytes.count)", "RCPT TO:<ada@example.com>",
                "DATA",
            ])
        #expect(heard.suffix(4) == ["..", "Hello.", ".", "QUIT"])
    }

    @Test func `a server that knows no EHLO gets HELO`() async throws {
        let scripted = try await ScriptedServer(
            "220 mill\r\n", "502 what\r\n", "250 mill\r\n", "250 ok\r\n", "250 ok\r\n", "354 go\r\n", "250 taken\r\n",
            "221 bye\r\n")
        try await server(scripted).send(message)
        #expect(scripted.heard.prefix(3) == ["EHLO mill.example", "HELO mill.example", "MAIL FROM:<quern@mill.example>"])
    }

    @Test func `what a server says after it took the mail changes nothing`() async throws {
        let scripted = try await ScriptedServer(
            "220 mill\r\n", hello, "250 ok\r\n", "250 ok\r\n", "354 go\r\n", "250 taken\r\n250 and more\r\n\0")
        try await server(scripted).send(message)
    }

    @Test(arguments: [
        ("554 closed", [], false, "mail_refused"), ("421 busy", [], false, "mail_deferred"),
        ("220 mill", ["550 you?"], false, "mail_refused"),
        ("220 mill", ["250 mill", "550 5.7.1 no"], true, "mail_refused"),
        ("220 mill", ["250 mill", "451 4.3.0 later"], false, "mail_deferred"),
        ("220 mill", ["250 mill", "530 5.7.0 sign in"], false, "mail_sign_in_refused"),
        ("220 mill", ["250 mill", "250 ok", "550 5.1.1 who"], true, "mail_refused"),
        ("220 mill", ["250 mill", "250 ok", "450 4.2.1 later"], false, "mail_deferred"),
        ("220 mill", ["250 mill", "250 ok", "250 ok", "554 5.6.0 no"], true, "mail_refused"),
        ("220 mill", ["250 mill", "250 ok", "250 ok", "250 odd"], false, "mail_protocol"),
        ("220 mill", ["250 mill", "250 ok", "250 ok", "354 go", "552 5.3.4 too much"], true, "mail_refused"),
        ("220 mill", ["250 mill", "250 ok", "250 ok", "354 go", "452 4.3.1 full"], false, "mail_deferred"),
        ("220 mill", ["250 mill", "354 odd"], false, "mail_protocol"),
    ])
    func `a refusal is for ever only when it is about the mail`(
        greeting: String, answers: [String], isPermanent: Bool, code: String
    ) async throws {
        let sayings = ([greeting] + answers + ["221 bye"]).map { $0 + "\r\n" }
        let scripted = try await ScriptedServer(sayings: sayings)
        let failure = await failure(try server(scripted))
        #expect(failure?.code == code)
        #expect(failure?.isPermanent == isPermanent)
        #expect(failure?.failure.kind == (isPermanent ? .refused : .outage))
    }

    // MARK: Passwords

    @Test(arguments: ["smtp", "required"]) func `a password waits for TLS, and so does who asked for it`(
        kind: String
    ) async throws {
        let scripted = try await ScriptedServer("220 mill\r\n", hello, "221 bye\r\n")
        let failure = await failure(
            try kind == "smtp" ? server(scripted, "quern:hunter2@") : server(scripted, "", "?tls=required"))
        #expect(failure?.code == "mail_tls_missing")
        #expect(scripted.heard == ["EHLO mill.example", "QUIT"])
    }

    @Test func `PLAIN is preferred, and LOGIN answers two questions`() async throws {
        let rest = ["250 ok\r\n", "250 ok\r\n", "354 go\r\n", "250 taken\r\n", "221 bye\r\n"]
        let plain = try await ScriptedServer(sayings: ["220 mill\r\n", hello, "235 welcome\r\n"] + rest)
        try await server(plain, "quern:hunter2@", "?tls=never").send(message)
        #expect(plain.heard[1] == "AUTH PLAIN AHF1ZXJuAGh1bnRlcjI=")
        let login = try await ScriptedServer(
            sayings: [
                "220 mill\r\n", "250-mill\r\n250 AUTH LOGIN\r\n", "334 VXNlcg==\r\n", "334 UGFzcw==\r\n", "235 welcome\r\n",
            ] + rest)
        try await server(login, "quern:hunter2@", "?tls=never").send(message)
        #expect(login.heard[1...3] == ["AUTH LOGIN", "cXVlcm4=", "aHVudGVyMg=="])
    }

    @Test func `a server without a way to sign in is told`() async throws {
        let scripted = try await ScriptedServer("220 mill\r\n", "250-mill\r\n250 AUTH CRAM-MD5 XOAUTH2\r\n", "221 bye\r\n")
        #expect(await failure(try server(scripted, "quern:hunter2@", "?tls=never"))?.code == "mail_sign_in_unavailable")
    }

    @Test(arguments: [
        "535 5.7.8 hunter2 AHF1ZXJuAGh1bnRlcjI= is wrong", "334 ", "454 4.7.0 hunter2 later", "235-hunter2\r\n535 hunter2",
    ])
    func `no error repeats a password that the server repeats`(answer: String) async throws {
        let scripted = try await ScriptedServer("220 mill\r\n", hello, "\(answer)\r\n", "221 bye\r\n")
        let failure = try #require(await failure(try server(scripted, "quern:hunter2@", "?tls=never")))
        #expect(!failure.isPermanent)
        #expect(!"\(failure)".contains("hunter2") && !"\(failure)".contains("AHF1ZXJuAGh1bnRlcjI="))
    }

    @Test func `nor later`() async throws {
        let scripted = try await ScriptedServer(
            "220 mill\r\n", hello, "235 ok\r\n", "550 no mail from hunter2\r\n", "221 bye\r\n")
        let failure = try #require(await failure(try server(scripted, "quern:hunter2@", "?tls=never")))
        #expect(failure.isPermanent)
        #expect(!"\(failure)".contains("hunter2"))
    }

    // MARK: STARTTLS

    @Test(arguments: ["220 go\r\n250 slipped in\r\n", "220 go\r\n2", "220 go\r\n\u{16}\u{3}\u{1}", "220-go\r\n220 go\r\nx"])
    func `what comes in the clear behind the agreement ends it`(answer: String) async throws {
        let scripted = try await ScriptedServer("220 mill\r\n", "250-mill\r\n250 STARTTLS\r\n", answer)
        let failure = await failure(try server(scripted, "quern:hunter2@"))
        #expect(failure?.code == "mail_protocol")
        #expect(failure?.message.contains("in the clear") == true)
        #expect(scripted.heard == ["EHLO mill.example", "STARTTLS"])
    }

    @Test func `an answer before its question ends it`() async throws {
        let scripted = try await ScriptedServer("220 mill\r\n", "250-mill\r\n250 STARTTLS\r\n220 go\r\n")
        #expect(await failure(try server(scripted, "quern:hunter2@"))?.code == "mail_protocol")
        #expect(!scripted.heard.contains { $0.hasPrefix("AUTH") })
    }

    @Test func `what is not TLS behind the agreement is not read as answers`() async throws {
        let scripted = try await ScriptedServer("220 mill\r\n", "250-mill\r\n250 STARTTLS\r\n", "220 go\r\n", "250 mill\r\n")
        let failure = await failure(try server(scripted, "quern:hunter2@", hasty: true))
        #expect(["mail_timeout", "mail_tls_failed"].contains(failure?.code))
        #expect(!scripted.heard.contains { $0.contains("EHLO") && $0 != "EHLO mill.example" })
    }

    // MARK: Time and limits

    @Test func `a silent server is left`() async throws {
        for sayings in [[], ["220 mill\r\n"], ["220-mill\r\n"], ["220 mill\r\n", "250-mill\r\n"]] {
            let scripted = try await ScriptedServer(sayings: sayings)
            let quick = SMTPPatience(connect: .milliseconds(200), reply: .milliseconds(200), total: .seconds(20))
            let server = MailServer(try MailURL("smtp://127.0.0.1:\(scripted.port)"), tls: tls, patience: quick)
            let failure = await failure(server)
            #expect(failure?.code == "mail_timeout")
            #expect(failure?.isPermanent == false)
        }
    }

    @Test func `the whole has an end, however quick each answer is`() async throws {
        let scripted = try await ScriptedServer("220 mill\r\n", hello)
        let total = SMTPPatience(connect: .seconds(10), reply: .seconds(10), total: .milliseconds(300))
        let server = MailServer(try MailURL("smtp://127.0.0.1:\(scripted.port)"), tls: tls, patience: total)
        #expect(await failure(server)?.code == "mail_timeout")
    }

    @Test func `a server that hangs up is told`() async throws {
        for sayings in [[""], ["220 mill\r\n", ""], ["220 mill\r\n", hello, "250 ok\r\n", "250 ok\r\n", "354 go\r\n", ""]] {
            let scripted = try await ScriptedServer(sayings: sayings)
            #expect(await failure(try server(scripted))?.code == "mail_closed")
        }
    }

    @Test func `nobody there is told`() async throws {
        // Port 1 is tcpmux, which nobody serves.
        let server = MailServer(try MailURL("smtp://127.0.0.1:1"), tls: tls, patience: patience)
        #expect(await failure(server)?.code == "mail_unreachable")
    }

    @Test func `a task that is cancelled does not wait`() async throws {
        let scripted = try await ScriptedServer("220 mill\r\n")
        let server = try server(scripted)
        let sending = Task { await failure(server) }
        while scripted.heard.isEmpty { await Task.yield() }
        sending.cancel()
        #expect(await sending.value?.code == "mail_cancelled")
    }

    @Test func `a message over the server's limit is not begun`() async throws {
        let scripted = try await ScriptedServer("220 mill\r\n", "250-mill\r\n250 SIZE 10\r\n", "221 bye\r\n")
        let failure = await failure(try server(scripted))
        #expect(failure?.code == "mail_too_large")
        #expect(failure?.isPermanent == true)
        #expect(scripted.heard == ["EHLO mill.example", "QUIT"])
    }

    @Test func `an address beyond ASCII needs SMTPUTF8`() async throws {
        let message = try MailMessage(
            from: MailSender(address: MailAddress("quern@mill.example")), to: MailAddress("jürgen@example.com"), subject: "Hello",
            text: "Hi")
        let old = try await ScriptedServer("220 mill\r\n", hello, "221 bye\r\n")
        let failure = await failure(try server(old), message)
        #expect(failure?.code == "mail_address_unsupported")
        #expect(failure?.isPermanent == true)
        let new = try await ScriptedServer(
            "220 mill\r\n", "250-mill\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n", "250 ok\r\n", "250 ok\r\n", "354 go\r\n",
            "250 taken\r\n", "221\r\n")
        try await server(new).send(message)
        #expect(new.heard[1...2] == ["MAIL FROM:<quern@mill.example> BODY=8BITMIME SMTPUTF8", "RCPT TO:<jürgen@example.com>"])
    }
}

@Suite("Asking about an address", .timeLimit(.minutes(1)))
struct ProbeTests {
    @Test func `a recipient is asked about without a mail`() async throws {
        let scripted = try await ScriptedServer(
            "220 mill\r\n", "250 mill\r\n", "250 ok\r\n", "550 5.1.1 who\r\n", "250 reset\r\n", "250 ok\r\n", "250 2.1.5 yes\r\n",
            "221 bye\r\n")
        let host = try #require(MailHost("127.0.0.1", port: scripted.port))
        let connection = try await SMTPConnection.open(to: host)
        #expect(connection.greeting.text == "mill")
        try await connection.hello(as: try #require(HelloName("mill.example")))
        #expect(try await connection.from(nil).code == 250)
        let nobody = try await connection.to(MailAddress("nobody@example.com"))
        #expect(nobody.code == 550)
        #expect(nobody.enhanced == EnhancedCode(5, 1, 1))
        try await connection.reset()
        #expect(try await connection.from(nil).code == 250)
        #expect(try await connection.to(MailAddress("ada@example.com")).code == 250)
        await connection.quit()
        #expect(
            scripted.heard == [
                "EHLO mill.example", "MAIL FROM:<>", "RCPT TO:<nobody@example.com>", "RSET", "MAIL FROM:<>",
                "RCPT TO:<ada@example.com>", "QUIT",
            ])
    }

    @Test func `after its end a connection only fails`() async throws {
        let scripted = try await ScriptedServer("220 mill\r\n", "")
        let host = try #require(MailHost("127.0.0.1", port: scripted.port))
        let connection = try await SMTPConnection.open(to: host)
        let name = try #require(HelloName("mill.example"))
        for _ in 0..<2 {
            #expect(await #expect(throws: SMTPFailure.self) { try await connection.hello(as: name) }?.code == "mail_closed")
        }
        await connection.quit()
    }
}
