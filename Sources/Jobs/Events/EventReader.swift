package import Core
package import Workers

/// One reader's place in the log and on the board: what it has not seen yet, each once and in order.
package actor EventReader {
    private let log: EventLog
    private let board: ProgressBoard
    private let interest: EventLog.Interest
    /// Sent whenever it may be worth to look: after a commit, when a job has come further, and every few seconds.
    package nonisolated let signal = Signal()
    private let removals: [@Sendable () -> Void]
    private var position: Int64
    private var seen: Int64 = 0
    private var lastLook: Int64 = -1

    package enum Limits {
        /// Events read from the log in one look.
        static let batch = 500
        /// Bytes of their details: what a reader that catches up holds in memory, and what a socket takes in one go.
        static let batchBytes = 262_144
    }

    package struct News: Sendable {
        package let events: [LoggedEvent]
        package let progress: [(ID<Job>, Progress)]
    }

    /// - Parameter position: the last event that the reader knows; nil begins at the present.
    package init(log: EventLog, board: ProgressBoard, interest: EventLog.Interest, after position: Int64?) async throws {
        self.log = log
        self.board = board
        self.interest = interest
        // Listen first, look then: what happens in between sends the signal.
        removals = [log.signals.add(signal), board.signals.add(signal)]
        signal.send()
        // A place behind the end, of a log that was put back from a copy, means the end: else the reader would wait for ever.
        let end = try await log.lastID()
        self.position = min(position ?? end, end)
    }

    deinit {
        for action in removals { action() }
        signal.finish()
    }

    /// Reads where a client says it is.
    /// - Throws: `Failure` `invalid_last_event_id`.
    package static func start(_ text: String?) throws -> Int64? {
        guard let text else { return nil }
        guard let id = Int64(text), id >= 0 else {
            throw Failure(.invalid, "invalid_last_event_id", "Last-Event-ID must be the id of an event.")
        }
        return id
    }

    /// What is new since the last turn.
    package func next() async throws -> News {
        var events: [LoggedEvent] = []
        let generation = log.generation
        if generation != lastLook {
            let batch = try await log.batch(after: position, interest, most: Limits.batch, bytes: Limits.batchBytes)
            events = batch.events
            if batch.isCut { signal.send() } else { lastLook = generation }
            position = events.last?.id ?? position
        }
        return News(events: events, progress: progress())
    }

    private func progress() -> [(ID<Job>, Progress)] {
        let (changes, version) =
            switch interest {
            case .job(let job): board.changes(after: seen, job: job)
            case .topics(let topics, let caller):
                topics.contains(.jobs) ? board.changes(after: seen, of: caller.user) : ([], seen)
            }
        seen = version
        return changes
    }
}
