import Synchronization

/// Who may ask a host for a page, and when: one request at a time and a pause behind each, whoever asks. Who has waited longest is next.
///
/// Two runs may name the same domain, and several domains lead to one host: what is owed is owed to the host.
package final class HostTurns: Sendable {
    private struct Host {
        /// Who has the turn; nil between two.
        var holder: String?
        /// When the next turn may begin at the earliest.
        var next: ContinuousClock.Instant
        /// Who waits, and when they will ask again.
        var waiting: [(name: String, dueAt: ContinuousClock.Instant)] = []
    }

    private let hosts = Mutex<[String: Host]>([:])

    private enum Limits {
        /// Longer than any request takes: whoever has a turn for so long is gone.
        static let holdSeconds = 60.0
        /// Whoever does not ask again in time for so long waits no more.
        static let lateSeconds = 10.0
        static let pauseSeconds = 3600.0
        static let askAgainSeconds = 0.25...60
        static let hosts = 10_000
    }

    package init() {}

    /// Asks for a turn.
    /// - Parameters:
    ///   - host: with `www.` and without is one host.
    ///   - name: of whoever asks.
    /// - Returns: 0: the turn is theirs until `end`; else in how many seconds to ask again.
    package func begin(_ host: String, by name: String, at now: ContinuousClock.Instant = .now) -> Double {
        hosts.withLock { hosts in
            if hosts.count >= Limits.hosts {
                hosts = hosts.filter { $0.value.next > now || !$0.value.waiting.isEmpty }
            }
            var entry = hosts[host.withoutWWW] ?? Host(next: now)
            defer { hosts[host.withoutWWW] = entry }
            entry.waiting.removeAll { $0.name != name && $0.dueAt + .seconds(Limits.lateSeconds) < now }
            let place = entry.waiting.firstIndex { $0.name == name }
            if entry.next <= now, place ?? entry.waiting.count == 0 {
                if place != nil { entry.waiting.removeFirst() }
                (entry.holder, entry.next) = (name, now + .seconds(Limits.holdSeconds))
                return 0
            }
            // Whoever has the turn may give it back at any moment.
            let left = entry.holder == nil ? (entry.next - now) / .seconds(1) : 0
            let seconds = min(max(left, Limits.askAgainSeconds.lowerBound), Limits.askAgainSeconds.upperBound)
            let dueAt = now + .seconds(seconds)
            if let place { entry.waiting[place].dueAt = dueAt } else { entry.waiting.append((name, dueAt)) }
            return seconds
        }
    }

    /// Gives a turn back; one that is somebody else's by now stays theirs.
    /// - Parameter pauseSeconds: until the next turn of anybody.
    package func end(_ host: String, by name: String, pauseSeconds: Double, at now: ContinuousClock.Instant = .now) {
        hosts.withLock { hosts in
            guard hosts[host.withoutWWW]?.holder == name else { return }
            hosts[host.withoutWWW]?.holder = nil
            hosts[host.withoutWWW]?.next = now + .seconds(min(max(pauseSeconds, 0), Limits.pauseSeconds))
        }
    }

    /// The turns of one who asks in this process.
    package func turns(of name: String) -> Crawler.Turns {
        Crawler.Turns(begin: { self.begin($0, by: name) }, end: { self.end($0, by: name, pauseSeconds: $1) })
    }
}
