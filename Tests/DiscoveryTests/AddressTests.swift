import NIOPosix
import SMTP
import Testing

@testable import Discovery

@Suite("Addresses made out of names")
struct EmailPatternTests {
    @Test func `the likeliest come first, six at most`() {
        #expect(
            EmailPattern.candidates(for: "Jane van der Berg", at: "acme.test", known: nil) == [
                "jane.vanderberg@acme.test", "jane_vanderberg@acme.test", "janevanderberg@acme.test", "jane@acme.test",
                "jvanderberg@acme.test",
                "janev@acme.test",
            ])
        #expect(EmailPattern.candidates(for: "Jürgen Größl", at: "a.test", known: .flast).first == "jgroessl@a.test")
    }

    @Test func `two examples that agree tell a pattern, one does not`() {
        #expect(EmailPattern.inferred([("Jane Doe", "jdoe@a.test")]) == nil)
        #expect(EmailPattern.inferred([("Jane Doe", "jdoe@a.test"), ("John Smith", "jsmith@a.test")]) == .flast)
        #expect(EmailPattern.inferred([("Jane Doe", "jdoe@a.test"), ("John Smith", "john@a.test")]) == nil)
        // Addresses of roles say nothing.
        #expect(EmailPattern.inferred([("Jane Doe", "info@a.test"), ("John Smith", "sales@a.test")]) == nil)
    }
}

@Suite("Verdicts about addresses")
struct VerificationTests {
    @Test(arguments: [
        (Verification.Category.hardFail, nil, nil, "invalid rcpt_5xx_user_unknown"),
        (.hardFail, nil, Verification.Fallback.deliverable, "valid fallback_valid_overrides_rcpt_5xx"),
        (.accept, Verification.CatchAll.notCatchAll, .deliverable, "valid rcpt_2xx_non_catchall_fallback_valid"),
        (.accept, .notCatchAll, nil, "valid rcpt_2xx_non_catchall"),
        (.accept, .catchAll, .undeliverable, "invalid rcpt_2xx_catchall_fallback_invalid"),
        (.accept, .catchAll, nil, "risky_catch_all rcpt_2xx_catchall"),
        (.accept, .tempfail, .deliverable, "valid rcpt_2xx_catchall_unknown_fallback_deliverable"),
        (.accept, nil, .undeliverable, "risky_catch_all rcpt_2xx_catchall_unknown_fallback_invalid"),
        (.accept, .error, nil, "valid rcpt_2xx_catchall_unconfirmed"),
        (.tempFail, .catchAll, .deliverable, "valid fallback_valid_after_tempfail"),
        (.tempFail, nil, .undeliverable, "invalid fallback_invalid_after_tempfail"),
        (.tempFail, .catchAll, nil, "risky_catch_all catchall_softfail_no_fallback"),
        (.tempFail, .notCatchAll, nil, "unknown_timeout tempfail_or_timeout"),
        (.none, nil, .deliverable, "valid fallback_valid_no_smtp"),
        (.none, nil, .undeliverable, "invalid fallback_invalid_no_smtp"),
        (.none, nil, nil, "unknown_timeout no_verification_attempt"),
    ])
    func `each has its reason`(
        category: Verification.Category, catchAll: Verification.CatchAll?, fallback: Verification.Fallback?, expected: String
    ) {
        let verdict = Verification.verdict(category, catchAll: catchAll, fallback: fallback)
        #expect("\(verdict.status.rawValue) \(verdict.reason)" == expected)
    }

    @Test func `an old check says nothing`() {
        #expect(Verification.verdict(.accept, catchAll: .notCatchAll, ageDays: 91).reason == "stale_result_ttl_exceeded")
    }
}

@Suite("Answers of name servers")
struct DNSMessageTests {
    private let question = DNSMessage.question("a.test", .a, id: 7)

    /// An answer to the question with one record.
    private func answer(_ record: [UInt8], id: UInt8 = 7, count: UInt8 = 1) -> [UInt8] {
        [0, id, 0x81, 0x80, 0, 1, 0, count, 0, 0, 0, 0] + [1, 97, 4, 116, 101, 115, 116, 0, 0, 1, 0, 1] + record
    }

    @Test func `an address is read`() throws {
        let message = try DNSMessage(
            answer([0xC0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 127, 0, 0, 9]), answering: "a.test", .a, id: 7)
        #expect(message.records.map(\.content) == [.address(try #require(IPAddress("127.0.0.9")))])
    }

    @Test func `an answer to another question is none`() {
        let bytes = answer([0xC0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 127, 0, 0, 9], id: 8)
        #expect(throws: DNSMessage.Trouble.notOurs) { try DNSMessage(bytes, answering: "a.test", .a, id: 7) }
        #expect(throws: DNSMessage.Trouble.notOurs) { try DNSMessage(answer([]), answering: "b.test", .a, id: 7) }
    }

    @Test func `names that lead in a circle end`() {
        // The name of the record points at itself.
        #expect(throws: DNSMessage.Trouble.malformed) {
            try DNSMessage(answer([0xC0, 24, 0, 1, 0, 1, 0, 0, 0, 60, 0, 0]), answering: "a.test", .a, id: 7)
        }
    }

    @Test func `no bytes bring it down`() {
        var seed: UInt64 = 42
        let whole = answer([0xC0, 12, 0, 15, 0, 1, 0, 0, 0, 60, 0, 9, 0, 10, 2, 109, 120, 0xC0, 12, 0, 0], count: 3)
        for _ in 0..<20_000 {
            var bytes = whole
            for _ in 0..<3 {
                seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                bytes[Int(seed >> 33) % bytes.count] = UInt8(truncatingIfNeeded: seed >> 20)
            }
            _ = try? DNSMessage(Array(bytes.prefix(Int(seed >> 40) % (bytes.count + 1))), answering: "a.test", .a, id: 7)
        }
    }

    @Test func `name servers have addresses, perhaps with a port`() {
        for text in ["127.0.0.1", "127.0.0.1:5353", "::1", "[::1]:53"] {
            #expect(DNSResolver(server: text, threads: .singleton) != nil)
        }
        for text in ["", "localhost", "127.0.0.1:0", "127.0.0.1:x", "[::1", "[::1]x"] {
            #expect(DNSResolver(server: text, threads: .singleton) == nil)
        }
    }
}
