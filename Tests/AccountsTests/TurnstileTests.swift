import Core
import Foundation
import Synchronization
import Testing
import Web

@testable import Accounts

/// Cloudflare's part: what it was asked, and what it says.
private final class Siteverify: Sendable {
    private let calls = Mutex<[Outbound.Call]>([])
    private let warnings = Mutex<[String]>([])
    private let reply: @Sendable () throws -> Outbound.Reply

    init(_ reply: @escaping @Sendable () throws -> Outbound.Reply) { self.reply = reply }

    convenience init(_ body: String, status: Int = 200) {
        self.init { Outbound.Reply(status: status, body: Array(body.utf8)) }
    }

    var asked: [Outbound.Call] { calls.withLock { $0 } }
    var warned: [String] { warnings.withLock { $0 } }

    func check(hostname: String? = nil) -> BotCheck {
        let outbound = Outbound { call in
            self.calls.withLock { $0.append(call) }
            return try self.reply()
        }
        return BotCheck(
            .turnstile(
                Turnstile(
                    secret: "s&cret", siteKey: "site-1", verifyURL: "https://verify.example/", hostname: hostname,
                    outbound: outbound,
                    warn: { codes in self.warnings.withLock { $0 += codes } })))
    }
}

@Suite("Asking Turnstile")
struct TurnstileTests {
    private let good = #"{"success":true,"error-codes":[],"hostname":"quern.example","challenge_ts":"2026-01-01T00:00:00Z"}"#

    private func refusal(_ siteverify: Siteverify, _ token: String? = "token", hostname: String? = nil) async -> Failure? {
        await #expect(throws: Failure.self) {
            try await siteverify.check(hostname: hostname).verify(token: token, remoteAddress: "192.0.2.1")
        }
    }

    @Test func `a good token passes, and what is sent is a form`() async throws {
        let siteverify = Siteverify(good)
        try await siteverify.check().verify(token: "to+ken=&", remoteAddress: "2001:db8::1")
        let call = try #require(siteverify.asked.first)
        #expect(call.method == "POST" && call.url == "https://verify.example/")
        #expect(call.headers == ["Content-Type": "application/x-www-form-urlencoded"])
        #expect(
            String(decoding: call.body, as: UTF8.self) == "secret=s%26cret&response=to%2Bken%3D%26&remoteip=2001%3Adb8%3A%3A1")
        #expect(siteverify.warned.isEmpty)
    }

    @Test(arguments: [nil, "", String(repeating: "x", count: 2049)])
    func `without a token, or with one that is none, nobody is asked`(token: String?) async {
        let siteverify = Siteverify(good)
        #expect(await refusal(siteverify, token)?.code == "bot_check_failed")
        #expect(siteverify.asked.isEmpty)
    }

    @Test(arguments: [
        #"{"success":false,"error-codes":["invalid-input-response"]}"#,
        #"{"success":false,"error-codes":["timeout-or-duplicate"]}"#,
        #"{"success":false}"#, #"{"success":false,"error-codes":"odd"}"#,
    ])
    func `a token that Cloudflare does not like is the clientInfo's matter`(body: String) async {
        let siteverify = Siteverify(body)
        let failure = await refusal(siteverify)
        #expect(failure?.code == "bot_check_failed" && failure?.kind == .refused)
        #expect(siteverify.warned.isEmpty)
    }

    @Test(arguments: ["missing-input-secret", "invalid-input-secret", "bad-request"])
    func `a wrong secret is the operator's matter`(code: String) async {
        let siteverify = Siteverify(#"{"success":false,"error-codes":["\#(code)"]}"#, status: 400)
        let failure = await refusal(siteverify)
        #expect(failure?.code == "bot_check_unavailable" && failure?.kind == .outage)
        #expect(siteverify.warned == [code])
    }

    @Test(arguments: [
        (200, #"{"success":false,"error-codes":["internal-error"]}"#), (200, "<html>"), (200, ""), (200, "[]"), (200, "{}"),
        (200, #"{"success":"true"}"#), (200, #"{"success":1}"#), (503, #"{"success":true}"#), (403, "denied"),
    ])
    func `an answer that is none lets nobody in`(status: Int, body: String) async {
        let failure = await refusal(Siteverify(body, status: status))
        #expect(failure?.code == "bot_check_unavailable" && failure?.kind == .outage)
    }

    @Test func `no answer lets nobody in`() async {
        let siteverify = Siteverify { throw Failure(.outage, "outside_unavailable", "No answer from verify.example.") }
        let failure = await refusal(siteverify)
        #expect(failure?.code == "bot_check_unavailable")
        #expect(failure?.message.contains("verify.example") == false)
        #expect(siteverify.warned == ["no-answer"])
    }

    @Test func `a check that was made on another site is refused`() async throws {
        #expect(await refusal(Siteverify(good), hostname: "other.example")?.code == "bot_check_failed")
        #expect(await refusal(Siteverify(#"{"success":true}"#), hostname: "quern.example")?.code == "bot_check_failed")
        try await Siteverify(good).check(hostname: "Quern.example").verify(token: "token", remoteAddress: "")
    }

    @Test func `pages and programs learn how to show it, and there is no way around`() async {
        let check = Siteverify(good).check()
        #expect(check.challenge() == ["provider": "turnstile", "site_key": "site-1"])
        #expect(check.isOutside && check.question() == nil)
        #expect(check.site?.key == "site-1")
        #expect(check.site?.script == "https://challenges.cloudflare.com/turnstile/v0/api.js")
        let failure = await #expect(throws: Failure.self) { try await check.verifyAnswer("19", to: "x", remoteAddress: "") }
        #expect(failure?.code == "bot_check_failed")
    }
}
