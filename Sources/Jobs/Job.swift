package import Core

/// One piece of work, owned by a user. A value with rules: it reads no clock and touches no disk.
package struct Job: Sendable, Equatable {
    package enum State: String, Sendable, Codable, CaseIterable {
        case pending, queued, running, cancelling
        case completed
        /// Done, but something of the input was left out: a rejected row, a failed file.
        case partial
        case failed, cancelled

        package var isOver: Bool {
            switch self {
            case .pending, .queued, .running, .cancelling: false
            case .completed, .partial, .failed, .cancelled: true
            }
        }
    }

    package let id: ID<Job>
    /// Grows with every job made; the order of lists and of the queue. 0 until the job is stored.
    package var number: Int64
    package let tenant: String
    package let user: ID<Caller>
    package let kind: String
    package var name: String
    package var description: String?
    package var tags: [String]
    package var state: State
    /// The status that people set, for jobs without machine work; else nil.
    package var trackStatus: String?
    package var fileName: String?
    package var originalSizeBytes: Int64?
    /// What to do, in the words of the kind.
    package var spec: JSON
    /// What came of it, in the words of the kind.
    package var result: JSON
    package var inputKey: String?
    package var outputKey: String?
    /// The attempt that may speak for this job. Any other is late.
    package var attempt: ID<Attempt>?
    package var attemptCount: Int
    package var errorCode: String?
    package var errorMessage: String?
    package let createdAt: Moment
    package var updatedAt: Moment
    package var startedAt: Moment?
    package var finishedAt: Moment?
    /// Of the request that asked for the work; what the machine does for the job carries them.
    package var requestID: String?
    package var traceparent: String?
    /// What lists show of `spec` and `result`, so that they need not read them.
    package var about: String?
    package var ledger: JSON?
    /// When the job is to be deleted, as its owner's retention says and as the owner was told; nil while nothing is planned.
    package var retiresAt: Moment?

    package init(
        id: ID<Job> = ID(), owner: Caller, kind: String, name: String, description: String? = nil, tags: [String] = [],
        trackStatus: String? = nil, fileName: String? = nil, originalSizeBytes: Int64? = nil, spec: JSON = .object([:]),
        at now: Moment
    ) {
        self.id = id
        number = 0
        tenant = owner.tenant
        user = owner.user
        self.kind = kind
        self.name = name
        self.description = description
        self.tags = tags
        state = .pending
        self.trackStatus = trackStatus
        self.fileName = fileName
        self.originalSizeBytes = originalSizeBytes
        self.spec = spec
        result = .object([:])
        attemptCount = 0
        createdAt = now
        updatedAt = now
        correlate()
    }

    /// Work that is asked for by a request belongs to it from now on.
    private mutating func correlate() {
        guard let current = Correlation.current else { return }
        requestID = current.requestID
        traceparent = current.trace.traceparent
    }

    /// What everything that is done for this job goes by.
    package var correlation: Correlation? { Correlation(requestID: requestID, traceparent: traceparent) }

    /// Members that may be long.
    package enum Part: Sendable, CaseIterable { case description, spec, result }

    package enum Limits {
        /// A job that was lost so often is given up.
        package static let attempts = 3
        /// What a job is made from, in bytes of JSON: room for thousands of column names or values.
        package static let specBytes = 262_144
    }
}

extension Job {
    /// - Throws: `Failure` `job_not_pending`.
    package mutating func enqueue(input key: String, at now: Moment) throws {
        guard state == .pending else {
            throw Failure(
                .refused, "job_not_pending",
                "This job is not in the PENDING state any more; it is \(state.rawValue.uppercased()).")
        }
        state = .queued
        inputKey = key
        updatedAt = now
        correlate()
    }

    /// Gives the job to an attempt.
    package mutating func claim(by attempt: ID<Attempt>, at now: Moment) {
        state = .running
        self.attempt = attempt
        attemptCount += 1
        startedAt = now
        updatedAt = now
        errorCode = nil
        errorMessage = nil
    }

    package enum Cancellation: Sendable, Equatable { case done, workerMustStop }

    /// Ends a job that waits at once; a running one is asked to stop.
    /// - Throws: `Failure` `job_over`, `already_cancelling`.
    package mutating func cancel(at now: Moment, because reason: String? = nil, code: String? = nil) throws -> Cancellation {
        let cancellation = try cancel(at: now)
        if let reason { (errorCode, errorMessage) = (code, reason) }
        return cancellation
    }

    private mutating func cancel(at now: Moment) throws -> Cancellation {
        switch state {
        case .pending, .queued:
            end(.cancelled, at: now)
            return .done
        case .running:
            state = .cancelling
            updatedAt = now
            return .workerMustStop
        case .cancelling:
            throw Failure(.refused, "already_cancelling", "This job is being cancelled already.")
        case .completed, .partial, .failed, .cancelled:
            throw Failure(.refused, "job_over", "This job has already ended; it is \(state.rawValue.uppercased()).")
        }
    }

    /// What an attempt reports at its end.
    package enum Ending: Sendable {
        case done(result: JSON, isPartial: Bool)
        case failed(code: String, message: String)
        /// The worker died; another attempt may do better.
        case lost(code: String, message: String)
        /// The server stops, or was killed; this attempt does not count.
        case interrupted
        /// The worker is needed for somebody who has none; this attempt does not count.
        case preempted
        case stopped
    }

    /// Compare and set: only the attempt that holds the job may end it.
    /// - Returns: false when the attempt came too late, and nothing changed.
    package mutating func finish(_ attempt: ID<Attempt>, _ ending: Ending, at now: Moment) -> Bool {
        guard self.attempt == attempt, state == .running || state == .cancelling else { return false }
        if state == .cancelling {
            end(.cancelled, at: now)
            return true
        }
        switch ending {
        case .done(let result, let isPartial):
            self.result = result
            end(isPartial ? .partial : .completed, at: now)
        case .failed(let code, let message): fail(code, message, at: now)
        case .lost(let code, let message):
            if attemptCount >= Limits.attempts {
                fail(code, "\(message) The job was tried \(attemptCount) times and is given up.", at: now)
            } else {
                requeue(at: now)
            }
        case .interrupted, .preempted:
            attemptCount -= 1
            requeue(at: now)
        case .stopped: end(.cancelled, at: now)
        }
        return true
    }

    private mutating func requeue(at now: Moment) {
        state = .queued
        attempt = nil
        startedAt = nil
        updatedAt = now
    }

    private mutating func fail(_ code: String, _ message: String, at now: Moment) {
        errorCode = code
        errorMessage = message
        end(.failed, at: now)
    }

    private mutating func end(_ state: State, at now: Moment) {
        self.state = state
        attempt = nil
        finishedAt = now
        updatedAt = now
    }
}
