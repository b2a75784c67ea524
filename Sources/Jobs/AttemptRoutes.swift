import Core
import Hummingbird
package import Web
import Workers

/// Attempts at jobs, as the extraction document lists them: its processing sessions.
package struct AttemptRoutes: Sendable {
    private let store: JobStore
    private let kinds: JobKinds

    package init(store: JobStore, kinds: JobKinds) {
        self.store = store
        self.kinds = kinds
    }

    private static let standard = 100

    /// Mounted at ``, `/api` and `/api/v1` alike.
    package func routes(_ routes: Routes<AppRequestContext>) {
        routes.group("sessions", context: SignedIn.self)
            .get(
                .init("List attempts at the caller's jobs, newest first", .signedIn([.jobsRead])).paged(standard: Self.standard)
                    .asking(.init("job_id", "Only those of this job.")).giving(.list(of: JobShapes.session)), use: list
            )
            .get(
                ":id",
                .init("Show an attempt, with what became of each unit", .signedIn([.jobsRead])).giving(JobShapes.sessionDetails)
                    .refusing(.missing, "session_not_found"), use: show)
    }

    @Sendable func list(_ request: Request, _ context: SignedIn) async throws -> Response {
        let query = Form(query: request)
        let page = try Page(skip: query["skip"] ?? query["offset"], limit: query["limit"], standard: Self.standard)
        let job = query["job_id"].map { ID<Job>(rawValue: $0) }
        // A text that is no id belongs to no job.
        if case .some(.none) = job { return Answer.tagged([], for: request, headers: page.headers(request, total: 0)) }
        let (attempts, total) = try await store.attempts(of: context.caller.user, job: job ?? nil, page)
        return Answer.tagged(
            .array(attempts.map(json)), for: request, headers: page.headers(request, total: total))
    }

    @Sendable func show(_ request: Request, _ context: SignedIn) async throws -> Response {
        let (attempt, ends) = try await store.attempt(try context.parameters.require("id"), for: context.caller)
        guard case .object(var members) = json(attempt) else { return Answer.json([:]) }
        let (done, failed) = (ends.filter { $0.state != .failed }, ends.filter { $0.state == .failed })
        members["schema_version"] = "1.0"
        members["configuration"] = attempt.job.spec["options"] ?? .object([:])
        members["processed_files"] = .array(
            done.map { ["path": .string($0.name), "status": .string($0.state.rawValue), "timestamp": .optional($0.at)] })
        members["failed_files"] = .array(
            failed.map {
                [
                    "path": .string($0.name), "error_type": .optional($0.errorCode), "error_message": .optional($0.errorMessage),
                    "category": .optional($0.category?.rawValue), "timestamp": .optional($0.at),
                ]
            })
        members["statistics"] = [
            "total_files": .int(Int64(attempt.units)), "processed_count": .int(Int64(done.count)),
            "failed_count": .int(Int64(failed.count)), "skipped_count": 0,
        ]
        return Answer.tagged(.object(members), for: request)
    }

    private func json(_ listed: JobStore.ListedAttempt) -> JSON {
        let attempt = listed.attempt
        return [
            "session_id": .string(attempt.id.rawValue), "job_id": .string(attempt.job.rawValue), "kind": .string(listed.job.kind),
            "status": .string(Self.status(attempt)), "outcome": .optional(attempt.outcome),
            "source_directory": .string(kinds[listed.job]?.answer.source(listed.job) ?? listed.job.name),
            "attempt": .int(Int64(attempt.number)),
            "total_files": .int(Int64(listed.units)), "processed_count": .int(Int64(listed.done)),
            "failed_count": .int(Int64(listed.failed)), "started_at": .string(attempt.startedAt.description),
            "updated_at": .string((attempt.finishedAt ?? listed.job.updatedAt).description),
            "finished_at": .optional(attempt.finishedAt), "error_code": .optional(attempt.errorCode),
            "error_message": .optional(attempt.errorMessage),
        ]
    }

    private static func status(_ attempt: Attempt) -> String {
        switch attempt.outcome {
        case nil: "in_progress"
        case "completed", "partial": "completed"
        case "interrupted", "preempted", "cancelled": "interrupted"
        case _: "failed"
        }
    }
}
