import Core
import Synchronization

/// Who looks at a secret right now, and who waits for one of them to be done.
///
/// A try is counted before the secret is looked at. While the last tries that are left are being looked at, nobody knows yet
/// whether the account is locked: a right password takes them all back. So whoever comes meanwhile waits for the outcome.
final class TryQueue: Sendable {
    private struct Entry {
        var looking: Set<Int> = []
        /// Looks that have ended since the entry was made.
        var ends = 0
        var waiting: [CheckedContinuation<Void, Never>] = []
        /// The entry stays for as long as anybody is here.
        var visitors = 0
    }

    private struct State {
        var entries: [String: Entry] = [:]
        var lastNumber = 0
        var waiting = 0
    }

    enum Limits {
        /// People who wait, of all subjects; more are sent away.
        static let waiting = 500
    }

    private let state = Mutex(State())

    /// - Returns: the number of this visit.
    func enter(_ key: String) -> Int {
        state.withLock { state in
            state.entries[key, default: Entry()].visitors += 1
            state.lastNumber += 1
            return state.lastNumber
        }
    }

    func leave(_ key: String, _ number: Int) {
        let next = state.withLock { state -> [CheckedContinuation<Void, Never>] in
            guard var entry = state.entries[key] else { return [] }
            let wasLooking = entry.looking.remove(number) != nil
            if wasLooking { entry.ends += 1 }
            // After the last one nobody else would wake them.
            let count = entry.looking.isEmpty ? entry.waiting.count : wasLooking ? 1 : 0
            let next = Array(entry.waiting.prefix(count))
            entry.waiting.removeFirst(next.count)
            state.waiting -= next.count
            entry.visitors -= 1
            state.entries[key] = entry.visitors > 0 ? entry : nil
            return next
        }
        for waiting in next { waiting.resume() }
    }

    /// Inside the transaction that counts the try, so that whoever comes later sees it. Saying it twice changes nothing.
    func looks(_ key: String, _ number: Int) {
        state.withLock { _ = $0.entries[key]?.looking.insert(number) }
    }

    /// The transaction came to nothing.
    func looksNoMore(_ key: String, _ number: Int) {
        state.withLock { _ = $0.entries[key]?.looking.remove(number) }
    }

    /// How many others look, and how many looks have ended.
    func situation(_ key: String, but number: Int) -> (others: Int, ends: Int) {
        state.withLock { state in
            let entry = state.entries[key]
            return ((entry?.looking.subtracting([number]).count ?? 0), entry?.ends ?? 0)
        }
    }

    /// Waits until a look has ended since `ends`.
    /// - Throws: `Failure` `too_many_logins`.
    func wait(_ key: String, since ends: Int) async throws {
        let isFull = state.withLock { $0.waiting >= Limits.waiting }
        guard !isFull else { throw Passwords.tooMany }
        await withCheckedContinuation { waiting in
            let isOver = state.withLock { state in
                guard var entry = state.entries[key], entry.ends == ends, !entry.looking.isEmpty else { return true }
                entry.waiting.append(waiting)
                state.entries[key] = entry
                state.waiting += 1
                return false
            }
            if isOver { waiting.resume() }
        }
    }
}
