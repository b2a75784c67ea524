package import Core

/// One execution of a job by one worker.
package struct Attempt: Sendable, Equatable, Codable {
    package let id: ID<Attempt>
    package let job: ID<Job>
    package let number: Int
    package let worker: Int32
    package let startedAt: Moment
    package var finishedAt: Moment?
    /// `completed`, `partial`, `failed`, `lost`, `interrupted`, `preempted`, `cancelled`; nil while it runs.
    package var outcome: String?
    package var errorCode: String?
    package var errorMessage: String?
    package var cpuSeconds: Double?
    package var peakMemoryBytes: Int64?
}

/// An object that a job made.
package struct Artifact: Sendable, Equatable, Codable {
    package let job: ID<Job>
    package let key: String
    package let name: String
    /// `output` or `rejects`.
    package let role: String
    package let sizeBytes: Int64
    package let sha256: String
    package let createdAt: Moment
    /// The unit that it was made from, where the job has more than one.
    package var unit: Int?

    /// Where it stands below its job.
    package var path: String { unit.map { "\($0)/\(name)" } ?? name }
}
