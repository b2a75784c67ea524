package import Core
package import Web
import Workers

/// The one object that every job answers with, whatever its kind and whoever asks.
package struct JobAnswer: Sendable {
    private let kinds: JobKinds
    private let board: ProgressBoard

    package init(kinds: JobKinds, board: ProgressBoard) {
        self.kinds = kinds
        self.board = board
    }

    /// One line for lists, such as `CSV to Parquet, 3 steps`.
    package func about(_ job: Job) -> String { kinds[job]?.page.about(job) ?? job.kind }

    /// What lists need of the result.
    func digest(_ job: Job) -> JSON? { kinds[job]?.answer.digest(job.result) }

    /// Whether the answer of this one job tells of its units.
    func hasParts(_ job: Job) -> Bool { kinds[job]?.answer.parts != nil }

    /// - Parameters:
    ///   - omitted: parts that the job at hand lacks, because a list has no room for them.
    ///   - parts: what the answer of one job shows beside it.
    package func json(
        _ job: Job, _ dialect: Dialect, omitting omitted: Set<Job.Part> = [], parts: JobStore.Parts? = nil
    ) -> JSON {
        let path = "/api/v1/jobs/\(job.id)"
        var members: [String: JSON] = [
            "id": .string(job.id.rawValue), "kind": .string(job.kind), "user_id": .string(job.user.rawValue),
            "name": .string(job.name),
            "title": .string(job.name), "description": .optional(job.description), "tags": .array(job.tags.map { .string($0) }),
            "file_name": .optional(job.fileName), "original_file_size_bytes": .optional(job.originalSizeBytes),
            "status": .string(Self.status(job, dialect)), "processing_steps": [], "progress": progress(job),
            "created_at": .string(job.createdAt.description), "updated_at": .string(job.updatedAt.description),
            "started_at": .optional(job.startedAt), "finished_at": .optional(job.finishedAt),
            "input_object_key": .optional(job.inputKey), "output_object_key": .optional(job.outputKey),
            "error_code": .optional(job.errorCode), "error_message": .optional(job.errorMessage),
            "attempts": .int(Int64(job.attemptCount)),
            "links": ["self": .string(path), "events": .string("/api/v1/events?job_id=\(job.id)")],
        ]
        if let units = job.result["units"] { members["units"] = units }
        if let retiresAt = job.retiresAt { members["delete_at"] = .string(retiresAt.description) }
        let kind = kinds[job]
        members.merge(kind?.answer.members(job) ?? [:]) { $1 }
        if let parts { members.merge(kind?.answer.parts?(job, parts) ?? [:]) { $1 } }
        if !omitted.isEmpty {
            let names = (omitted.contains(.description) ? ["description"] : []) + omitted.flatMap { kind?.answer.long[$0] ?? [] }
            for name in names { members[name] = .null }
            members["omitted"] = .array(names.sorted().map { .string($0) })
        }
        return .object(members)
    }

    package func list(_ listing: JobStore.Listing, _ dialect: Dialect) -> JSON {
        let jobs = JSON.array(listing.jobs.map { json($0, dialect, omitting: listing.omitted[$0.id] ?? []) })
        return dialect == .standard ? jobs : ["jobs": jobs]
    }

    func tag(_ job: Job, _ dialect: Dialect, _ parts: JobStore.Parts? = nil) -> String {
        ETag.of(json(job, dialect, parts: parts))
    }

    /// Whether nothing of a person's jobs is running, so that answers change with the database alone.
    package func isSteady(of user: ID<Caller>) -> Bool { !board.isBusy(for: user) }

    /// The tags of the present answer in each dialect.
    func tags(_ job: Job, _ parts: JobStore.Parts?) -> [String] { [tag(job, .standard, parts), tag(job, .enveloped, parts)] }

    package static func status(_ job: Job, _ dialect: Dialect) -> String {
        if let text = job.statusText { return text }
        return switch dialect {
        case .enveloped: job.state.rawValue
        case .standard: job.state == .cancelling ? "CANCELLATION_REQUESTED" : job.state.rawValue.uppercased()
        }
    }

    /// Null for jobs that people do: they have no machine work to measure.
    package func progress(_ job: Job) -> JSON {
        if job.statusText != nil { return .null }
        if let progress = board[job.id], job.state == .running || job.state == .cancelling { return progress.json }
        let isDone = job.state == .completed || job.state == .partial
        if let units = job.result["units"], let total = units["total"]?.intValue, let pending = units["pending"]?.intValue {
            return Progress(
                fraction: Double(total - pending) / Double(max(1, total)), done: total - pending, total: total,
                unit: kinds[job]?.work?.unitsName ?? "units", rate: 0, message: Self.message(job.state)
            ).json
        }
        let size = job.originalSizeBytes
        return Progress(
            fraction: isDone ? 1 : 0, done: isDone ? size ?? 0 : 0, total: size, unit: "bytes", rate: 0,
            message: Self.message(job.state),
            rows: job.digest.flatMap { kinds[job]?.answer.rows($0) }
        ).json
    }

    private static func message(_ state: Job.State) -> String {
        switch state {
        case .pending: "waiting for the file"
        case .queued: "waiting for a worker"
        case .running: "starting"
        case .cancelling: "stopping"
        case .completed: "done"
        case .partial: "done, with something left out"
        case .failed: "failed"
        case .cancelled: "cancelled"
        }
    }
}
