package import Core
import Synchronization

/// Counts who did what how often, in memory.
///
/// A sliding-window counter (N. Mahdi, "An alternative approach to rate limiting", 2017): the requests of a fifteenth of the
/// window share one number. Each counts for at least the whole window, so that no window of that length, wherever it begins,
/// ever holds more than the limit; up to fifteen requests that are spread out each have a number of their own and are exact.
///
/// Memory has an end: each rule remembers so many subjects. Beyond that the ones that did least are forgotten first, so that
/// whoever has used up his share can not wash it away with requests from other addresses that do a little each; and rules do
/// not share their places, so that it takes the door itself to flood the memory of that door.
package final class RateLimiter: Sendable {
    package enum Limits {
        /// Subjects that one rule remembers: at about 150 bytes each that is 8 MB.
        package static let subjects = 50_000
        /// Numbers that a window has.
        static let groups: Int64 = 15
        /// Subjects that are looked at for each new one: what is over goes, faster than new ones come.
        static let sweep = 2
        /// Of so many subjects the one that did least makes room.
        static let candidates = 8
    }

    /// `RATE_LIMIT_ENABLED`
    package let isEnabled: Bool
    private let capacity: Int
    private let start = ContinuousClock.now
    private let ledgers = Mutex<[String: Ledger]>([:])

    package init(isEnabled: Bool = true, capacity: Int = Limits.subjects) {
        self.isEnabled = isEnabled
        self.capacity = max(1, capacity)
    }

    /// Counts one request, unless it is one too many: what is refused does not count.
    package func check(_ rule: RateRule, _ subject: RateSubject, now: ContinuousClock.Instant = .now) -> RateDecision {
        // Only a hash is kept, with a seed of this process: no addresses in memory, and nobody can aim at another's place.
        let place = Self.networkPrefix(subject).hashValue
        let time = Int64(((now - start) / .milliseconds(1)).rounded(.down))
        return ledgers.withLock { ledgers in
            ledgers[rule.name, default: Ledger()].count(place, rule, time, capacity: capacity)
        }
    }

    /// For handlers, which know more about the subject than the address of a request tells.
    /// - Throws: `Failure` `rate_limited`.
    package func spend(_ rule: RateRule, _ subject: RateSubject, now: ContinuousClock.Instant = .now) throws {
        guard isEnabled else { return }
        let decision = check(rule, subject, now: now)
        if let failure = decision.failure { throw failure }
    }

    /// How many subjects are remembered.
    package var subjectCount: Int { ledgers.withLock { $0.values.reduce(0) { $0 + $1.count } } }

    private static func networkPrefix(_ subject: RateSubject) -> RateSubject {
        switch subject {
        case .address(let text): .address(IPAddress(text)?.networkPrefix.description ?? text)
        case .account, .named, .everyone: subject
        }
    }
}

/// What the limiter says to one request.
package struct RateDecision: Sendable, Equatable {
    package let rule: RateRule
    package let isAllowed: Bool
    package let remaining: Int
    /// For so long no more than what remains can be done; then there is more again.
    package let resetSeconds: Int

    package var limit: Int { rule.limit }
    /// nil when the request is allowed.
    package var retryAfterSeconds: Int? { isAllowed ? nil : resetSeconds }

    package var failure: Failure? {
        guard let retryAfterSeconds else { return nil }
        return Failure(
            .tooMany, "rate_limited",
            "Too many requests; try again in \(retryAfterSeconds) \(retryAfterSeconds == 1 ? "second" : "seconds").",
            retryAfterSeconds: retryAfterSeconds,
            details: ["policy": .string(rule.name), "retry_after_seconds": .int(Int64(retryAfterSeconds))])
    }
}

/// The subjects of one rule.
private struct Ledger {
    private var places: [Int: Int] = [:]
    private var accounts: [(place: Int, usage: Usage)] = []
    /// Where the sweep goes on; it walks around for ever.
    private var hand = 0

    var count: Int { accounts.count }

    mutating func count(_ place: Int, _ rule: RateRule, _ now: Int64, capacity: Int) -> RateDecision {
        let window = Int64(rule.windowSeconds) * 1000
        if let index = places[place] { return accounts[index].usage.count(rule, now, window) }
        for _ in 0..<RateLimiter.Limits.sweep { sweep(now, window) }
        if accounts.count >= capacity { makeRoom(now, window) }
        var usage = Usage()
        let decision = usage.count(rule, now, window)
        places[place] = accounts.count
        accounts.append((place, usage))
        return decision
    }

    private mutating func sweep(_ now: Int64, _ window: Int64) {
        guard !accounts.isEmpty else { return }
        hand = hand < accounts.count ? hand : 0
        if accounts[hand].usage.isOver(now, window) { forget(hand) } else { hand += 1 }
    }

    private mutating func makeRoom(_ now: Int64, _ window: Int64) {
        let candidates = (0..<RateLimiter.Limits.candidates).map { (hand + $0) % accounts.count }
        hand = (hand + RateLimiter.Limits.candidates) % accounts.count
        let least = candidates.min { accounts[$0].usage.used(now, window) < accounts[$1].usage.used(now, window) }
        if let least { forget(least) }
    }

    private mutating func forget(_ index: Int) {
        places[accounts[index].place] = nil
        let last = accounts.removeLast()
        guard index < accounts.count else { return }
        accounts[index] = last
        places[last.place] = index
    }
}

/// What one subject did in the last window.
private struct Usage {
    /// Requests that came within a fifteenth of the window.
    private struct Group {
        let first: Int64
        /// The group ends a window after its last request, so that none of them is forgotten early.
        var last: Int64
        var count: Int
    }

    private var groups: [Group] = []

    mutating func count(_ rule: RateRule, _ now: Int64, _ window: Int64) -> RateDecision {
        groups.removeAll { $0.last + window <= now }
        let used = groups.reduce(0) { $0 + $1.count }
        let isAllowed = used < rule.limit
        if isAllowed {
            if let group = groups.last, now - group.first < window / RateLimiter.Limits.groups {
                groups[groups.count - 1].last = max(now, group.last)
                groups[groups.count - 1].count += 1
            } else {
                groups.append(Group(first: now, last: now, count: 1))
            }
        }
        let reset = groups.first.map { $0.last + window - now } ?? window
        return RateDecision(
            rule: rule, isAllowed: isAllowed, remaining: max(0, rule.limit - used - (isAllowed ? 1 : 0)),
            resetSeconds: Int((max(1, reset) + 999) / 1000))
    }

    func used(_ now: Int64, _ window: Int64) -> Int {
        groups.reduce(0) { $0 + ($1.last + window > now ? $1.count : 0) }
    }

    func isOver(_ now: Int64, _ window: Int64) -> Bool { used(now, window) == 0 }
}
