import Core
import Crypto
import Foundation
import Synchronization
import Testing
import Web

@testable import Accounts

/// What was used, kept as long as the test.
private final class Used: Sendable {
    private let hashes = Mutex<[String: Moment]>([:])

    var spend: Spend {
        { hash, expires in self.hashes.withLock { $0.updateValue(expires, forKey: hash) == nil } }
    }

    var all: [String: Moment] { hashes.withLock { $0 } }
}

private func solved(_ challenge: String, bits: Range<Int>) -> String {
    var number = 0
    while true {
        let text = "\(challenge).\(number)"
        if bits.contains(ProofOfWork.leadingZeroBits(SHA256.hash(data: Data(text.utf8)))) { return text }
        number += 1
    }
}

@Suite("Working for a sign-up")
struct ProofOfWorkTests {
    private let used = Used()
    private let key = SymmetricKey(size: .bits256)
    private let now = Moment(rawValue: 1_700_000_000_123)
    private var work: ProofOfWork { ProofOfWork(key: key, spend: used.spend) }

    private func isRefused(_ solution: String?, at moment: Moment? = nil, by work: ProofOfWork? = nil) async throws {
        let failure = await #expect(throws: Failure.self) {
            try await (work ?? self.work).verify(solution, now: moment ?? now)
        }
        #expect(failure?.code == "bot_check_failed")
        #expect(failure?.kind == .refused)
    }

    @Test func `a solution is good once, also for another process with the same memory`() async throws {
        let challenge = work.challenge(now: now)
        #expect(challenge.difficulty == 16)
        #expect(challenge.expires == now.adding(seconds: 600))
        let solution = solved(challenge.text, bits: 16..<257)
        try await work.verify(solution, now: now.adding(seconds: 599))
        #expect(Array(used.all.values) == [challenge.expires])
        try await isRefused(solution)
        // Another number behind the same challenge is the same proof.
        let other = solved(challenge.text + ".0", bits: 16..<257)
        try await isRefused(other)
    }

    @Test func `another solution of a used challenge is refused`() async throws {
        let challenge = work.challenge(now: now).text
        let first = solved(challenge, bits: 16..<257)
        try await work.verify(first, now: now)
        let from = try #require(Int(first.split(separator: ".")[2])) + 1
        let second = try #require(
            (from...).lazy.map { "\(challenge).\($0)" }
                .first { ProofOfWork.leadingZeroBits(SHA256.hash(data: Data($0.utf8))) >= 16 })
        try await isRefused(second)
    }

    @Test func `too little work is refused and can be done after all`() async throws {
        let challenge = work.challenge(now: now).text
        try await isRefused(solved(challenge, bits: 8..<16))
        #expect(used.all.isEmpty)
        try await work.verify(solved(challenge, bits: 16..<257), now: now)
    }

    @Test func `what has expired or comes from the future is refused`() async throws {
        let solution = solved(work.challenge(now: now).text, bits: 16..<257)
        try await isRefused(solution, at: now.adding(seconds: 600))
        try await isRefused(solution, at: now.adding(seconds: -61))
        try await work.verify(solution, now: now.adding(seconds: -59))
    }

    @Test func `a challenge with less work, a longer life or of somebody else is refused`() async throws {
        let challenge = work.challenge(now: now).text
        let parts = challenge.split(separator: ".").map(String.init)
        var bytes = try #require(Base64URL.decode(parts[0]))
        bytes[bytes.count - 1] = 1
        try await isRefused(solved("\(Base64URL.encode(bytes)).\(parts[1])", bits: 1..<257))
        let foreign = ProofOfWork(key: SymmetricKey(size: .bits256), spend: used.spend)
        try await isRefused(solved(foreign.challenge(now: now).text, bits: 16..<257))
        // A question of ours is signed with the same key, but for another purpose.
        let question = Questions(key: key, limiter: RateLimiter(), spend: used.spend).ask(now: now).token
        try await isRefused(solved(question, bits: 16..<257))
        #expect(used.all.isEmpty)
    }

    @Test func `every changed letter is noticed`() async throws {
        let solution = solved(work.challenge(now: now).text, bits: 16..<257)
        for index in solution.indices where solution[index] != "." {
            var changed = solution
            changed.replaceSubrange(index...index, with: solution[index] == "1" ? "2" : "1")
            try await isRefused(changed)
        }
    }

    @Test(arguments: [
        nil, "", ".", "..", "...", "x", "a.b.c", ":", "é.é.1", "\u{0}", String(repeating: "a", count: 100_000),
        String(repeating: ".", count: 100_000),
    ])
    func `rubbish is refused`(text: String?) async throws {
        try await isRefused(text)
    }

    @Test func `numbers are plain digits`() async throws {
        let challenge = work.challenge(now: now).text
        for counter in ["", "-1", "+1", "1e5", " 1", "1 ", "0x1", "١", String(repeating: "1", count: 21)] {
            try await isRefused("\(challenge).\(counter)")
        }
    }

    @Test func `many at once with one proof are one`() async throws {
        let solution = solved(work.challenge(now: now).text, bits: 16..<257)
        let work = work
        let passed = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<50 { group.addTask { (try? await work.verify(solution, now: now)) != nil } }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(passed == 1)
    }

    @Test func `each doubling above a quiet minute makes it harder, up to an end`() {
        let expected = [0: 16, 20: 16, 39: 16, 40: 17, 79: 17, 80: 18, 320: 20, 2560: 23, 5119: 23, 5120: 24, 1_000_000: 24]
        for (count, difficulty) in expected { #expect(ProofOfWork.difficulty(perMinute: count) == difficulty) }
    }

    @Test func `a crowd makes new challenges harder and a quiet minute makes them easy again`() async throws {
        let work = work
        let early = work.challenge(now: now)
        for second in 0..<50 { _ = work.challenge(now: now.adding(seconds: Double(second))) }
        #expect(work.challenge(now: now.adding(seconds: 50)).difficulty == 17)
        // What was promised holds.
        try await work.verify(solved(early.text, bits: 16..<257), now: now.adding(seconds: 50))
        #expect(work.challenge(now: now.adding(seconds: 120)).difficulty == 16)
        // A clock that is set back does no harm.
        #expect(work.challenge(now: now.adding(seconds: -3600)).difficulty == 16)
    }

    @Test func `the answer says all that a client needs`() throws {
        let challenge = work.challenge(now: now)
        #expect(
            challenge.json == [
                "provider": "proof_of_work", "challenge": .string(challenge.text), "difficulty": 16, "algorithm": "SHA-256",
                "expires_at": .string(now.adding(seconds: 600).description),
            ])
        #expect(work.challenge(now: now).text != challenge.text)
    }
}

@Suite("Answering a question instead")
struct ProofOfWorkQuestionTests {
    private let used = Used()
    private let key = SymmetricKey(size: .bits256)
    private let now = Moment(rawValue: 1_700_000_000_000)
    private var later: Moment { now.adding(seconds: 3) }
    private let limiter = RateLimiter(isEnabled: false)
    private var questions: Questions { Questions(key: key, limiter: limiter, spend: used.spend) }

    private func isRefused(_ answer: String, _ token: String, at moment: Moment? = nil) async {
        let failure = await #expect(throws: Failure.self) {
            try await questions.verify(answer, to: token, remoteAddress: "", now: moment ?? later)
        }
        #expect(failure?.code == "bot_check_failed")
    }

    /// What a person reads out of the text.
    private func answer(_ text: String) throws -> Int {
        let words = text.lowercased().filter { $0.isLetter || $0 == "-" || $0 == " " }.split(separator: " ").map(String.init)
        let numbers = words.compactMap { word in (0...99).first { Sum.words($0) == word } }
        let one = try #require(numbers.first)
        let other = numbers.dropFirst().first
        return switch words {
        case _ where text.contains("plus") || text.contains("together"): try one + #require(other)
        case _ where text.contains("minus"): try one - #require(other)
        case _ where text.contains("away"): try #require(other) - one
        case _ where text.contains("times"): try one * #require(other)
        case _ where text.contains("weeks"): one * 7
        case _ where text.contains("half"): one / 2
        case _ where text.contains("twice"): one * 2
        case _ where text.contains("after"): one + 1
        case _ where text.contains("before"): one - 1
        case _ where text.contains("larger"): try max(one, #require(other))
        case _ where text.contains("smaller"): try min(one, #require(other))
        default: one * 4
        }
    }

    @Test func `every question can be answered, in digits and in words`() async throws {
        var openings: Set<String> = []
        for number in 0..<500 {
            let question = questions.ask(now: now)
            openings.insert(String(question.text.prefix(12)))
            #expect(question.text.hasSuffix("?") && !question.text.contains(where: \.isNumber))
            let answer = try answer(question.text)
            try await questions.verify(
                number % 2 == 0 ? " \(answer) " : Sum.words(answer).capitalized + ".", to: question.token, remoteAddress: "",
                now: later)
        }
        #expect(openings.count >= 8)
    }

    @Test func `a right answer works once`() async throws {
        let question = questions.ask(now: now)
        let right = try String(answer(question.text))
        try await questions.verify(right, to: question.token, remoteAddress: "", now: later)
        await isRefused(right, question.token)
    }

    @Test func `a wrong answer uses the question up`() async throws {
        let question = questions.ask(now: now)
        let right = try answer(question.text)
        await isRefused(String(right + 1), question.token)
        await isRefused(String(right), question.token)
        #expect(Array(used.all.values) == [now.adding(seconds: 600)])
    }

    @Test func `too quick and too late are refused, and an empty answer is no try`() async throws {
        let question = questions.ask(now: now)
        let right = try String(answer(question.text))
        await isRefused(right, question.token, at: now.adding(seconds: 2.9))
        await isRefused(right, question.token, at: now.adding(seconds: 600))
        await isRefused(" ", question.token)
        #expect(used.all.isEmpty)
        try await questions.verify(right, to: question.token, remoteAddress: "", now: now.adding(seconds: 599))
    }

    @Test func `a question that is not ours is refused`() async throws {
        let question = questions.ask(now: now)
        let right = try String(answer(question.text))
        let foreign = Questions(key: SymmetricKey(size: .bits256), limiter: limiter, spend: used.spend).ask(now: now)
        await isRefused(right, foreign.token)
        await isRefused(right, ProofOfWork(key: key, spend: used.spend).challenge(now: now).text)
        for token in [
            "", ".", "a.b", question.token + "A", String(question.token.dropLast()), String(repeating: "a", count: 10_000),
        ] {
            await isRefused(right, token)
        }
        #expect(used.all.isEmpty)
    }

    @Test(arguments: ["nineteenx", "１９", "one nine", "", "-", String(repeating: "9", count: 50), "999999999999999999999"])
    func `an answer that is no number is none`(text: String) {
        #expect(Questions.number(text) != 19)
    }

    @Test func `few may come this way, each and all together`() async throws {
        let questions = Questions(key: key, limiter: RateLimiter(), spend: used.spend)
        func attempt(_ address: String) async throws {
            let question = questions.ask(now: now)
            try await questions.verify(String(answer(question.text)), to: question.token, remoteAddress: address, now: later)
        }
        for _ in 0..<3 { try await attempt("192.0.2.1") }
        let failure = await #expect(throws: Failure.self) { try await attempt("192.0.2.1") }
        #expect(failure?.code == "rate_limited")
        for number in 0..<27 { try await attempt("198.51.100.\(number)") }
        let overall = await #expect(throws: Failure.self) { try await attempt("203.0.113.1") }
        #expect(overall?.details?["policy"] == "register_without_script_overall")
    }
}
