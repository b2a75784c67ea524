package import Core
import Synchronization
package import Workers

/// How far running jobs are. In memory only: a crash begins the attempt anew anyway.
package final class ProgressBoard: Sendable {
    package struct Entry: Sendable {
        package let user: ID<Caller>
        package var progress: Progress
        /// Grows with every change, so that a reader sees what is new to it.
        package var version: Int64
    }

    private struct State {
        var entries: [ID<Job>: Entry] = [:]
        /// The last progress of jobs that ended, and when.
        var ended: [ID<Job>: (progress: Progress, at: ContinuousClock.Instant)] = [:]
        var version: Int64 = 0
    }

    /// Longer than any read: an answer whose snapshot shows the job running must not say that nothing is done.
    private static let endedKept = Duration.seconds(10)

    private let state = Mutex(State())
    package let signals = SignalHub()

    package init() {}

    /// Grows with every change.
    package var version: Int64 { state.withLock { $0.version } }

    package subscript(job: ID<Job>) -> Progress? {
        state.withLock { $0.entries[job]?.progress ?? $0.ended[job]?.progress }
    }

    package func post(_ progress: Progress, for job: ID<Job>, of user: ID<Caller>) {
        state.withLock { state in
            state.version += 1
            state.entries[job] = Entry(user: user, progress: progress, version: state.version)
        }
    }

    /// Another attempt begins, with nothing done.
    package func begin(_ job: ID<Job>) {
        state.withLock { $0.ended[job] = nil }
    }

    package func isBusy(for user: ID<Caller>) -> Bool {
        state.withLock { state in state.entries.values.contains { $0.user == user } }
    }

    /// - Parameter isOver: whether the job has ended, so that no other attempt begins anew.
    package func clear(_ job: ID<Job>, isOver: Bool) {
        let now = ContinuousClock.now
        state.withLock { state in
            state.ended = state.ended.filter { now - $0.value.at < Self.endedKept }
            let last = state.entries.removeValue(forKey: job)
            state.ended[job] = isOver ? last.map { ($0.progress, now) } : nil
        }
    }

    /// What changed behind a version, and the version that the reader has then.
    package typealias Changes = (changes: [(ID<Job>, Progress)], version: Int64)

    package func changes(after version: Int64, of user: ID<Caller>) -> Changes {
        changes { $0.value.version > version && $0.value.user == user }
    }
    package func changes(after version: Int64, job: ID<Job>) -> Changes {
        changes { $0.value.version > version && $0.key == job }
    }

    private func changes(_ isNew: ((key: ID<Job>, value: Entry)) -> Bool) -> Changes {
        state.withLock { state in (state.entries.filter(isNew).map { ($0.key, $0.value.progress) }, state.version) }
    }
}
