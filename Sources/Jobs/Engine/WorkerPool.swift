import Core
import Workers

/// Workers of one profile, and the kinds of jobs that they do. Work that waits for the network never holds the place of work that
/// computes.
struct WorkerPool: Sendable {
    let profile: WorkerProfile
    let kinds: [String]
    let workers: Int
    /// One for each worker.
    let signals: [Signal]
    /// Of workers beyond those, for people of whom nothing runs while all others are taken. They share the processors with the
    /// others, which costs those a part of their speed, and nobody work that was done.
    let spareSignals: [Signal]

    static let spare = 1

    init(profile: WorkerProfile, kinds: [String], workers: Int) {
        self.profile = profile
        self.kinds = kinds
        self.workers = workers
        signals = (0..<workers).map { _ in Signal() }
        spareSignals = (0..<Self.spare).map { _ in Signal() }
    }

    var all: [Signal] { signals + spareSignals }
}
