package import Core
package import HTTPTypes
package import Hummingbird
package import NIOPosix
package import Web

/// The JSON doors that all kinds of jobs share.
package struct JobRoutes: Sendable {
    private let store: JobStore
    private let kinds: JobKinds
    private let answer: JobAnswer
    private let bodies: Bodies
    private let engine: JobEngine
    private let tags: ListCache
    private let threads: NIOThreadPool

    package init(
        store: JobStore, kinds: JobKinds, answer: JobAnswer, bodies: Bodies, engine: JobEngine, tags: ListCache,
        threads: NIOThreadPool
    ) {
        self.store = store
        self.kinds = kinds
        self.answer = answer
        self.bodies = bodies
        self.engine = engine
        self.tags = tags
        self.threads = threads
    }

    /// Mounted at ``, `/api` and `/api/v1` alike.
    package func routes(_ routes: Routes<AppRequestContext>) {
        routes.group("jobs", context: SignedIn.self)
            .get(
                .init("List the caller's jobs", .signedIn([.jobsRead]))
                    .paged(standard: 100).asking(
                        .init("status", "Only jobs in these states; may be repeated."),
                        .init("tag", "Only jobs with all of these tags; may be repeated."),
                        .init("kind", "Only jobs of this kind."),
                        .init("q", "Only jobs with these words."), .init("sort", "In which order.")
                    ).giving(JobShapes.jobs).refusing(.invalid, "invalid_filter"), use: list
            )
            .post(
                .init("Make a job", .signedIn([.jobsWrite]), isCreating: true).taking(JobShapes.draft(kinds)).giving(
                    JobShapes.job, status: 201
                ).refusing(.invalid, kinds.all.flatMap(\.fields).flatMap { ["invalid_\($0)", "missing_\($0)"] }), use: create
            )
            .get(
                ":id",
                .init("Show a job", .signedIn([.jobsRead])).asking(
                    .init(
                        "file_limit", .integer(1...Int64(JobStore.Parts.Limits.most)),
                        "So many files of an extraction at most; \(JobStore.Parts.Limits.standard) without it."),
                    .init(
                        "event_limit", .integer(1...Int64(JobStore.Parts.Limits.most)),
                        "So many events of an extraction at most, the newest; \(JobStore.Parts.Limits.standard) without it.")
                ).giving(JobShapes.job).ofJob.refusing(.invalid, "invalid_file_limit", "invalid_event_limit"), use: show
            )
            .patch(
                ":id",
                .init("Change a job", .signedIn([.jobsWrite])).taking(JobShapes.change(kinds)).giving(JobShapes.job).ofJob
                    .conditional.refusing(.refused, "status_not_settable"),
                use: change
            )
            .delete(
                ":id",
                .init("Delete a job", .signedIn([.jobsWrite])).giving(nil, status: 204).ofJob.conditional.refusing(
                    .conflict, "job_running"), use: delete
            )
            .post(
                ":id/cancel",
                .init("Cancel a job", .signedIn([.jobsWrite]), body: .nothing).giving(JobShapes.job).ofJob.conditional
                    .refusing(.refused, "job_over", "already_cancelling"), use: cancel
            )
            .post(
                ":id/retry-failures",
                .init("Try again what failed of a job", .signedIn([.jobsWrite]), body: .nothing).giving(JobShapes.retried).ofJob
                    .conditional.refusing(.conflict, "job_not_over", "nothing_to_retry").refusing(.refused, "job_not_started"),
                use: retryFailures)
    }

    @Sendable func list(_ request: Request, _ context: SignedIn) async throws -> Response {
        let query = Form(query: request)
        let page = try Page(skip: query["skip"], limit: query["limit"], standard: 100)
        let filter = try JobFilter(query)
        let user = context.caller.user
        // Progress changes the answer without a change in the database.
        let revision = answer.isSteady(of: user) ? try await store.revision(.jobs(of: user)) : nil
        return try await tags.answer(request, context.dialect, scope: "jobs \(user)", revision: revision) {
            let listing = try await store.list(of: user, filter, page)
            return ({ [answer] in answer.list(listing, context.dialect) }, page.headers(request, total: listing.total))
        }
    }

    @Sendable func create(_ request: Request, _ context: SignedIn) async throws -> Response {
        let body = try await bodies.bytes(request)
        let fields = try await Bodies.fields(body, known: kinds.newMembers)
        let isShort = body.readableBytes <= Self.shortBytes
        // Steps may hold many patterns, and each is compiled to see whether it is one.
        let job = isShort ? try make(from: fields, context) : try await threads.work { try make(from: fields, context) }
        return try await respond(
            try await store.create(job), request, context, status: .created, headers: [.location: "/api/v1/jobs/\(job.id)"],
            isShort: isShort)
    }

    /// What is made from so many bytes is made, rendered and hashed in less time than it takes to hand it to another thread.
    private static let shortBytes = 1024

    /// The first kind that knows the body makes the job.
    private func make(from fields: Fields, _ context: SignedIn) throws -> Job {
        for kind in kinds.all {
            guard var job = try kind.create(fields, context.caller) else { continue }
            if job.statusText == nil { try JobEdit.labels(fields).apply(to: &job, at: job.createdAt) }
            return job
        }
        throw switch context.dialect {
        case .standard: Failure(.invalid, "missing_file_name", "file_name is required (or title, for a job without a file).")
        case .enveloped: Failure(.invalid, "missing_title", "title is required (or file_name, for a job with a file).")
        }
    }

    @Sendable func show(_ request: Request, _ context: SignedIn) async throws -> Response {
        let id = try context.parameters.require("id")
        let query = request.uri.query == nil ? Form() : Form(query: request)
        if query["file_limit"] != nil || query["event_limit"] != nil {
            let (units, events) = (try Self.limit("file_limit", query), try Self.limit("event_limit", query))
            let answer = try await store.answer(id, for: context.caller, context.dialect, units: units, events: events)
            let most = JobStore.Parts.Limits.standard
            // Who follows a job asks often, and the whole of it may be long.
            guard answer.isOver, units <= most, events <= most else { return Answer.tagged(answer.json, for: request) }
            // A part of the whole answer changes with it only; so its tag is good for changes too.
            let whole = try await store.answer(id, for: context.caller, context.dialect)
            return Answer.tagged(RenderedJSON(answer.json, tag: whole.tag), for: request)
        }
        return Answer.tagged(try await store.answer(id, for: context.caller, context.dialect), for: request)
    }

    /// - Throws: `Failure` `invalid_<name>`.
    private static func limit(_ name: String, _ query: Form) throws -> Int {
        guard let text = query[name] else { return JobStore.Parts.Limits.standard }
        guard let number = Int(text), 1...JobStore.Parts.Limits.most ~= number else {
            throw Failure(
                .invalid, "invalid_\(name)", "\(name) must be a whole number from 1 to \(JobStore.Parts.Limits.most).")
        }
        return number
    }

    /// For the routes of kinds too.
    package func respond(
        _ job: Job, _ request: Request, _ context: SignedIn, status: HTTPResponse.Status = .ok, headers: HTTPFields = [:],
        isShort: Bool = false
    ) async throws -> Response {
        let dialect = context.dialect
        if answer.hasParts(job) {
            let json = try await store.answer(job.id.rawValue, for: context.caller, dialect)
            return Answer.tagged(json, for: request, status: status, headers: headers)
        }
        let respond: @Sendable () -> Response = { [answer] in
            Answer.tagged(answer.json(job, dialect), for: request, status: status, headers: headers)
        }
        return isShort ? respond() : try await threads.work(respond)
    }

    @Sendable func change(_ request: Request, _ context: SignedIn) async throws -> Response {
        let fields = try await bodies.fields(request, known: kinds.changeMembers)
        let said = try JobEdit(fields, isNew: false, details: kinds.details)
        let job = try await store.change(
            try context.parameters.require("id"), by: context.caller, IfMatch(request), event: "job.changed"
        ) { job, _ in try said.apply(to: &job, at: .now) }.job
        return try await respond(job, request, context)
    }

    @Sendable func delete(_ request: Request, _ context: SignedIn) async throws -> Response {
        try await store.delete(
            try context.parameters.require("id"), by: context.caller, IfMatch(request), address: context.address)
        return Response(status: .noContent)
    }

    @Sendable func cancel(_ request: Request, _ context: SignedIn) async throws -> Response {
        let job = try await cancel(
            try context.parameters.require("id"), by: context.caller, IfMatch(request), address: context.address)
        return try await respond(job, request, context)
    }

    /// For the page's button too.
    package func cancel(_ id: String, by caller: Caller, _ basis: IfMatch = .none, address: String) async throws -> Job {
        let job = try await store.cancel(id, by: caller, basis, address: address).job
        await engine.stop(job.id)
        return job
    }

    @Sendable func retryFailures(_ request: Request, _ context: SignedIn) async throws -> Response {
        let (job, units) = try await retryFailures(
            try context.parameters.require("id"), by: context.caller, IfMatch(request))
        return Answer.json(["job_id": .string(job.id.rawValue), "status": "queued", "units": .int(Int64(units))])
    }

    /// For the page's button too.
    package func retryFailures(
        _ id: String, by caller: Caller, _ basis: IfMatch = .none
    ) async throws -> (job: Job, units: Int) {
        let retried = try await store.retryFailures(id, by: caller, basis)
        engine.wake()
        return retried
    }
}
