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
        /// The last pause, in seconds: how long others keep whoever waits waiting, about.
        var pause: Double
        /// Who waits, and when they will ask again.
        var waiting: [(name: String, dueAt: ContinuousClock.Instant)] = []
    }

    private struct State {
        var hosts: [String: Host] = [:]
        /// Where each has a turn, or waits for one: at one host at a time.
        var places: [String: String] = [:]
        /// Hosts are looked through when there are so many.
        var cleanAt = Limits.hosts
    }

    private let state = Mutex(State())
    private let leastPause: Double

    private enum Limits {
        /// Longer than any request takes: whoever has a turn for so long is gone.
        static let holdSeconds = 60.0
        /// Whoever does not ask again in time for so long waits no more.
        static let lateSeconds = 10.0
        static let pauseSeconds = 3600.0
        /// The least that somebody waits.
        static let askAgainSeconds = 0.25
        /// The longest until somebody should ask again, so that they keep their place.
        static let promptSeconds = 60.0
        /// The most that is said for those who are before somebody: they may leave.
        static let othersSeconds = 5.0
        /// Hosts that are remembered for their pause alone.
        static let hosts = 10_000
    }

    /// - Parameter leastPause: seconds that a host is left alone after a turn of somebody who is gone.
    package init(leastPause: Double = 0) {
        self.leastPause = leastPause
    }

    /// Asks for a turn; a turn or a place at another host is given up.
    /// - Parameters:
    ///   - host: with `www.` and without is one host.
    ///   - name: of whoever asks.
    /// - Returns: 0: the turn is theirs until `end`; else how many seconds it takes yet, about. Whoever does not ask again within a minute
    ///   loses their place.
    package func begin(_ host: String, by name: String, at now: ContinuousClock.Instant = .now) -> Double {
        let host = host.withoutWWW
        return state.withLock { state in
            if let place = state.places[name], place != host { Self.leave(place, name, pauseSeconds: nil, now, &state) }
            Self.clean(now, &state)
            var entry = state.hosts[host] ?? Host(next: now, pause: leastPause)
            defer {
                state.hosts[host] = entry
                state.places[name] = host
            }
            let late = entry.waiting.filter { $0.name != name && $0.dueAt + .seconds(Limits.lateSeconds) < now }
            for other in late { state.places[other.name] = nil }
            entry.waiting.removeAll { other in late.contains { $0.name == other.name } }
            let place = entry.waiting.firstIndex { $0.name == name } ?? entry.waiting.count
            if entry.next <= now, place == 0 {
                if !entry.waiting.isEmpty { entry.waiting.removeFirst() }
                if let gone = entry.holder { state.places[gone] = nil }
                (entry.holder, entry.next) = (name, now + .seconds(Limits.holdSeconds))
                return 0
            }
            // Whoever has the turn may give it back at any moment.
            let left = entry.holder == nil ? (entry.next - now) / .seconds(1) : 0
            let others = min(Double(place) * max(entry.pause, Limits.askAgainSeconds), Limits.othersSeconds)
            let seconds = max(left + others, Limits.askAgainSeconds)
            let dueAt = now + .seconds(min(seconds, Limits.promptSeconds))
            if place < entry.waiting.count { entry.waiting[place].dueAt = dueAt } else { entry.waiting.append((name, dueAt)) }
            return seconds
        }
    }

    /// Gives a turn, or a place among those who wait, back; one that is somebody else's by now stays theirs.
    /// - Parameter pauseSeconds: until the next turn of anybody.
    package func end(_ host: String, by name: String, pauseSeconds: Double, at now: ContinuousClock.Instant = .now) {
        state.withLock { state in
            guard state.places[name] == host.withoutWWW else { return }
            Self.leave(host.withoutWWW, name, pauseSeconds: pauseSeconds, now, &state)
        }
    }

    /// Gives everything back that somebody has whose name begins so. Hosts that they had a turn at are left alone as long as before.
    package func leave(namesBeginning beginning: String, at now: ContinuousClock.Instant = .now) {
        state.withLock { state in
            for (name, place) in state.places where name.hasPrefix(beginning) {
                Self.leave(place, name, pauseSeconds: nil, now, &state)
            }
        }
    }

    /// How many hosts are remembered.
    package var count: Int { state.withLock { $0.hosts.count } }

    /// - Parameter pauseSeconds: nil: as long as the last one.
    private static func leave(
        _ host: String, _ name: String, pauseSeconds: Double?, _ now: ContinuousClock.Instant, _ state: inout State
    ) {
        state.places[name] = nil
        guard var entry = state.hosts[host] else { return }
        entry.waiting.removeAll { $0.name == name }
        if entry.holder == name {
            let pause = min(max(pauseSeconds ?? entry.pause, 0), Limits.pauseSeconds)
            (entry.holder, entry.pause, entry.next) = (nil, pause, now + .seconds(pause))
        }
        state.hosts[host] = entry
    }

    /// Forgets hosts that nobody is at and whose pause is over; of too many, those whose pause ends first.
    private static func clean(_ now: ContinuousClock.Instant, _ state: inout State) {
        guard state.hosts.count >= state.cleanAt else { return }
        let used = Set(state.places.values)
        state.hosts = state.hosts.filter { $0.value.next > now || used.contains($0.key) }
        let idle = state.hosts.filter { !used.contains($0.key) }.sorted { $0.value.next < $1.value.next }
        for (host, _) in idle.dropLast(Limits.hosts / 2) { state.hosts[host] = nil }
        state.cleanAt = max(Limits.hosts, 2 * state.hosts.count)
    }

    /// The turns of one who asks in this process.
    package func turns(of name: String) -> Crawler.Turns {
        Crawler.Turns(begin: { self.begin($0, by: name) }, end: { self.end($0, by: name, pauseSeconds: $1) })
    }
}
