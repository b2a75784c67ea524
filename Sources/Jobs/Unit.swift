package import Core
package import Workers

/// What a job counts, and what succeeds, fails and is tried again alone: a file, a domain, the one table of a transformation.
package struct Unit: Sendable, Equatable, Codable {
    package enum State: String, Sendable, Codable, CaseIterable {
        /// Not done yet, or to be done again.
        case pending
        case completed
        /// Done, but something of it was left out.
        case partial
        case failed
    }

    package let job: ID<Job>
    /// From 1, in the order of the job.
    package let number: Int
    /// What it is in the words of the kind, as its worker gets it.
    package let key: String
    /// What people call it.
    package let name: String
    package var state: State
    /// The attempt that ended it, or lost it.
    package var attempt: ID<Attempt>?
    /// How often it was begun and ended, or brought its worker down, since somebody asked for it.
    package var tries: Int
    /// How often somebody asked for it again.
    package var retries: Int
    package var errorCode: String?
    package var errorMessage: String?
    package var category: FailureCategory?
    /// What came of it, where the job has more than one unit; else the job has it.
    package var result: JSON?
    package var startedAt: Moment?
    package var finishedAt: Moment?

    package enum Limits {
        /// A unit that brought its worker down so often is given up.
        package static let tries = 3
        /// Units that one worker gets; others follow in the next one.
        package static let inOrder = 10_000
        /// Of their keys in bytes, so that an order is no longer than a worker takes.
        package static let orderBytes = 4 << 20
    }

    package init(job: ID<Job>, number: Int, key: String, name: String) {
        self.job = job
        self.number = number
        self.key = key
        self.name = name
        state = .pending
        tries = 0
        retries = 0
    }

    /// How a unit ended.
    package enum Ending: Sendable, Equatable {
        case done(result: JSON, isPartial: Bool)
        case failed(code: String, message: String, category: FailureCategory)
    }

    package mutating func end(_ ending: Ending, by attempt: ID<Attempt>, startedAt: Moment?, at now: Moment) {
        self.attempt = attempt
        self.startedAt = startedAt
        finishedAt = now
        tries += 1
        switch ending {
        case .done(let result, let isPartial):
            state = isPartial ? .partial : .completed
            self.result = result
            (errorCode, errorMessage, category) = (nil, nil, nil)
        case .failed(let code, let message, let category):
            state = .failed
            (errorCode, errorMessage, self.category) = (code, message, category)
        }
    }

    /// It brought its worker down. After the last try it has failed.
    package mutating func blame(code: String, message: String, by attempt: ID<Attempt>, startedAt: Moment?, at now: Moment) {
        guard tries + 1 < Limits.tries else {
            let given = "\(message) It was tried \(Limits.tries) times and is given up."
            return end(
                .failed(code: code, message: given, category: .recoverable), by: attempt, startedAt: startedAt, at: now)
        }
        tries += 1
        self.attempt = attempt
        (errorCode, errorMessage) = (code, message)
    }

    /// How many units of a job are in which state.
    package struct Counts: Sendable, Equatable {
        package var pending: Int
        package var completed: Int
        package var partial: Int
        package var failed: Int

        package init(pending: Int = 0, completed: Int = 0, partial: Int = 0, failed: Int = 0) {
            self.pending = pending
            self.completed = completed
            self.partial = partial
            self.failed = failed
        }

        package var total: Int { pending + completed + partial + failed }
        package var ended: Int { total - pending }

        package subscript(state: State) -> Int {
            get {
                switch state {
                case .pending: pending
                case .completed: completed
                case .partial: partial
                case .failed: failed
                }
            }
            set {
                switch state {
                case .pending: pending = newValue
                case .completed: completed = newValue
                case .partial: partial = newValue
                case .failed: failed = newValue
                }
            }
        }

        package var json: JSON {
            [
                "total": .int(Int64(total)), "pending": .int(Int64(pending)), "completed": .int(Int64(completed)),
                "partial": .int(Int64(partial)), "failed": .int(Int64(failed)),
            ]
        }
    }
}
