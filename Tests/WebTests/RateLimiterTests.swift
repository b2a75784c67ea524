import Core
import Testing
import Web

private let resendHourly = RateRule("resend_hourly", 5, windowSeconds: 3600, key: .subject)

@Suite("Counting requests")
struct RateLimiterTests {
    let limiter = RateLimiter()
    let start = ContinuousClock.now
    let rule = RateRule("test", 10)
    let ada = RateSubject.address("198.51.100.7"), bob = RateSubject.address("198.51.100.8")

    private func at(_ seconds: Double) -> ContinuousClock.Instant { start + .milliseconds(Int64(seconds * 1000)) }

    private func check(_ subject: RateSubject, _ seconds: Double, _ rule: RateRule? = nil) -> RateDecision {
        limiter.check(rule ?? self.rule, subject, now: at(seconds))
    }

    @Test func `the limit is allowed, one more is not, and what is left is told`() {
        for number in 1...10 {
            let decision = check(ada, Double(number) / 10)
            #expect(decision.isAllowed)
            #expect(decision.remaining == 10 - number)
            #expect(decision.retryAfterSeconds == nil)
            #expect((1...60).contains(decision.resetSeconds))
        }
        let refused = check(ada, 2)
        #expect(!refused.isAllowed)
        #expect(refused.remaining == 0)
        #expect(refused.limit == 10)
        #expect(refused.retryAfterSeconds == 59)
        #expect(refused.resetSeconds == 59)
        #expect(check(bob, 2).isAllowed)
    }

    @Test func `after the time that was told there is room again`() throws {
        for number in 0..<10 { _ = check(ada, Double(number)) }
        let wait = try #require(check(ada, 10).retryAfterSeconds)
        #expect(!check(ada, 10 + Double(wait) - 1.5).isAllowed)
        #expect(check(ada, 10 + Double(wait)).isAllowed)
    }

    @Test func `what is refused does not count`() {
        for _ in 0..<10 { _ = check(ada, 0) }
        for second in 1..<60 { #expect(!check(ada, Double(second)).isAllowed) }
        #expect(check(ada, 60).isAllowed)
        #expect(check(ada, 60).remaining == 8)
    }

    @Test(arguments: [1, 3, 10, 40, 1000])
    func `no window of that length, wherever it begins, holds more than the limit`(limit: Int) {
        let rule = RateRule("window", limit)
        var random = Dice(seed: UInt64(limit))
        var (time, allowed, exact): (Double, [Double], [Double]) = (0, [], [])
        for _ in 0..<20_000 {
            // Bursts, trickles and pauses.
            time += [0, 0, 0.01, 0.5, 3, 30][Int.random(in: 0..<6, using: &random)] * 60 / Double(max(10, limit))
            if check(ada, time, rule).isAllowed { allowed.append(time) }
            if exact.count < limit || time - exact[exact.count - limit] >= 60 { exact.append(time) }
        }
        var first = 0
        for (index, moment) in allowed.enumerated() {
            while moment - allowed[first] >= 59.998 { first += 1 }
            #expect(index - first + 1 <= limit)
        }
        // And it is hardly stricter than a log of every single request.
        #expect(Double(allowed.count) >= Double(exact.count) * 0.9)
    }

    @Test func `a steady stream below the limit is never refused`() {
        let rule = RateRule("steady", 600)
        for number in 0..<6000 { #expect(check(ada, Double(number) * 60 / 550, rule).isAllowed) }
    }

    @Test func `rules count apart, and so do kinds of subjects`() {
        for _ in 0..<10 { _ = check(ada, 0) }
        #expect(check(ada, 0, RateRule("other", 1)).isAllowed)
        #expect(check(.named("198.51.100.7"), 0).isAllowed)
        #expect(check(.everyone, 0).isAllowed)
        #expect(check(.account(ID()), 0).isAllowed)
    }

    @Test func `addresses of one networkPrefix count together`() {
        for number in 0..<10 { #expect(check(.address("2001:db8:1:2::\(number)"), 0).isAllowed) }
        #expect(!check(.address("2001:db8:1:2:ffff:ffff:ffff:ffff"), 0).isAllowed)
        #expect(check(.address("2001:db8:1:3::1"), 0).isAllowed)
        for _ in 0..<10 { _ = check(.address("::ffff:192.0.2.1"), 0) }
        #expect(!check(.address("192.0.2.1"), 0).isAllowed)
    }

    @Test func `what does not count any more is forgotten`() {
        for number in 0..<1000 { _ = check(.named("\(number)"), 0) }
        #expect(limiter.subjectCount == 1000)
        for number in 0..<1000 { _ = check(.named("later \(number)"), 61) }
        #expect(limiter.subjectCount <= 1002)
    }

    @Test func `memory has an end, and a flood of strangers does not wash away who used up his share`() {
        let limiter = RateLimiter(capacity: 100)
        for _ in 0..<10 { _ = limiter.check(rule, ada, now: start) }
        for number in 0..<10_000 {
            _ = limiter.check(rule, .named("\(number)"), now: at(Double(number) / 1000))
            #expect(limiter.subjectCount <= 100)
        }
        #expect(!limiter.check(rule, ada, now: at(11)).isAllowed)
        #expect(limiter.check(rule, ada, now: at(60)).isAllowed)
    }

    @Test func `a flood of one door leaves the others alone`() {
        let limiter = RateLimiter(capacity: 10)
        for _ in 0..<10 { _ = limiter.check(rule, ada, now: start) }
        for number in 0..<1000 {
            for _ in 0..<2 { _ = limiter.check(.api, .named("\(number)"), now: start) }
        }
        #expect(!limiter.check(rule, ada, now: start).isAllowed)
    }

    @Test func `threads that come at once get the limit together`() async {
        let rule = RateRule("threads", 500)
        let allowed = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<8 {
                group.addTask { (0..<200).count { _ in limiter.check(rule, ada, now: start).isAllowed } }
            }
            return await group.reduce(0, +)
        }
        #expect(allowed == 500)
    }

    @Test func `handlers get a failure that says when to come back`() throws {
        for _ in 0..<5 {
            try limiter.spend(resendHourly, .named("ada@example.com"), now: start)
        }
        let failure = try #require(
            throws: Failure.self,
            performing: {
                try limiter.spend(
                    resendHourly, .named("ada@example.com"), now: at(600))
            })
        #expect(failure.kind == .tooMany)
        #expect(failure.code == "rate_limited")
        #expect(failure.retryAfterSeconds == 3000)
        #expect(failure.details == ["policy": "resend_hourly", "retry_after_seconds": 3000])
        try limiter.spend(resendHourly, .named("bob@example.com"), now: at(600))
    }

    @Test func `who is switched off counts nothing`() throws {
        let limiter = RateLimiter(isEnabled: false)
        for _ in 0..<100 { try limiter.spend(.signup, ada) }
    }
}

@Suite("Telling what is left")
struct RateLimitFieldsTests {
    @Test func `the fields are those of the draft`() {
        let limiter = RateLimiter()
        let now = ContinuousClock.now
        let login = limiter.check(.login, .everyone, now: now)
        #expect(RateLimitFields.policy([.login]) == #""login";q=10;w=60"#)
        #expect(RateLimitFields.limit([login]) == #""login";r=9;t=60"#)
        let hourly = limiter.check(resendHourly, .everyone, now: now)
        #expect(
            RateLimitFields.policy([.resend, resendHourly])
                == #""resend";q=5;w=60, "resend_hourly";q=5;w=3600"#)
        #expect(RateLimitFields.limit([login, hourly]) == #""login";r=9;t=60, "resend_hourly";r=4;t=3600"#)
    }
}

/// A generator whose numbers are the same in every run (Steele, Lea and Flood, "SplitMix", 2014).
private struct Dice: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
