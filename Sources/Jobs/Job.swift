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
    package var statusText: String?
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
    package var digest: JSON?
    /// When the job is to be deleted, as its owner's retention says and as the owner was told; nil while nothing is planned.
    package var retiresAt: Moment?

    package init(
        id: ID<Job> = ID(), owner: Caller, kind: String, name: String, description: String? = nil, tags: [String] = [],
        statusText: String? = nil, fileName: String? = nil, originalSizeBytes: Int64? = nil, spec: JSON = .object([:]),
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
        self.statusText = statusText
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
        /// What a job is made from, in bytes of JSON: room for thousands of column names or values.
        package static let specBytes = 262_144
    }
}

extension Job {
    /// - Parameter key: of the file that it reads; nil when its units have files of their own.
    /// - Throws: `Failure` `job_not_pending`.
    package mutating func enqueue(input key: String?, at now: Moment) throws {
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

    /// What the end of an attempt means for its job.
    package enum Ending: Sendable {
        /// Every unit has ended; how many of them did decides the state.
        /// - Parameter failure: of the first unit that failed.
        case over(Unit.Counts, result: JSON?, failure: UnitFailure?)
        /// Something is left to be done, by another attempt.
        /// - Parameter counts: whether this one counts. It does not where a server that stops, or somebody else's job, ended it.
        case again(counts: Bool)
    }

    package struct UnitFailure: Sendable, Equatable {
        package let code: String
        package let message: String

        package init(code: String, message: String) {
            self.code = code
            self.message = message
        }
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
        case .over(let counts, let result, let failure):
            if let result { self.result = result }
            end(Self.state(counts), at: now)
            if state == .failed { (errorCode, errorMessage) = (failure?.code, failure?.message) }
        case .again(let counts):
            if !counts { attemptCount -= 1 }
            requeue(at: now)
        }
        return true
    }

    /// A job without units has nothing to do, and has done it.
    private static func state(_ counts: Unit.Counts) -> State {
        if counts.failed == 0, counts.partial == 0 { return .completed }
        return counts.failed == counts.total ? .failed : .partial
    }

    /// Queues a job that is over once more, for those of its units that failed.
    /// - Throws: `Failure` `job_not_started`, `job_not_over`, `nothing_to_retry`.
    package mutating func retry(at now: Moment) throws {
        switch state {
        case .pending:
            throw Failure(
                .refused, "job_not_started", "This job has not begun, so nothing of it has failed; it waits for its file.")
        case .queued, .running, .cancelling:
            throw Failure(
                .conflict, "job_not_over",
                "This job is \(state.rawValue.uppercased()); what fails of it can be tried again when it is over.")
        case .completed:
            throw Failure(.conflict, "nothing_to_retry", "Nothing of this job has failed; it is COMPLETED.")
        case .cancelled:
            throw Failure(.conflict, "nothing_to_retry", "This job was cancelled; make a new one for what it left out.")
        case .partial, .failed:
            requeue(at: now)
            finishedAt = nil
            retiresAt = nil
            (errorCode, errorMessage) = (nil, nil)
            correlate()
        }
    }

    /// Keeps how its units stand, where it has several.
    package mutating func note(_ counts: Unit.Counts) {
        guard counts.total > 1 else { return }
        var members: [String: JSON] = if case .object(let members) = result { members } else { [:] }
        members["units"] = counts.json
        result = .object(members)
    }

    private mutating func requeue(at now: Moment) {
        state = .queued
        attempt = nil
        startedAt = nil
        updatedAt = now
    }

    private mutating func end(_ state: State, at now: Moment) {
        self.state = state
        attempt = nil
        finishedAt = now
        updatedAt = now
    }
}
