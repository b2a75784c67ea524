package import Core
import HTTPTypes
package import Hummingbird
package import Web

/// The JSON doors that all kinds of jobs share.
package struct JobRoutes: Sendable {
    private let store: JobStore
    private let kinds: [JobKind]
    private let answer: JobAnswer
    private let bodies: Bodies
    private let engine: JobEngine

    package init(store: JobStore, kinds: [JobKind], answer: JobAnswer, bodies: Bodies, engine: JobEngine) {
        self.store = store
        self.kinds = kinds
        self.answer = answer
        self.bodies = bodies
        self.engine = engine
    }

    /// Mounted at ``, `/api` and `/api/v1` alike.
    package func routes(_ group: RouterGroup<Visit>) {
        group.group("jobs", context: SignedIn.self)
            .get(use: list)
            .post(use: create)
            .get(":id", use: show)
            .delete(":id", use: delete)
            .post(":id/cancel", use: cancel)
    }

    @Sendable func list(_ request: Request, _ context: SignedIn) async throws -> Response {
        let query = Form(query: request)
        let page = try Page(skip: query["skip"], limit: query["limit"], standard: 100)
        let listing = try await store.list(of: context.caller.user, try Self.filter(query), page)
        let jobs = JSON.array(listing.jobs.map { answer.json($0, context.dialect) })
        var headers: HTTPFields = [.xTotalCount: "\(listing.total)"]
        headers[.link] = Self.links(request, page, listing.total)
        return Answer.tagged(context.dialect == .standard ? jobs : ["jobs": jobs], for: request, headers: headers)
    }

    @Sendable func create(_ request: Request, _ context: SignedIn) async throws -> Response {
        let fields = try await bodies.fields(request)
        let made = try await store.create(try job(from: fields, context))
        return Answer.tagged(
            answer.json(made, context.dialect), for: request, status: .created, headers: [.location: "/api/v1/jobs/\(made.id)"])
    }

    /// The first kind that knows the body makes the job.
    private func job(from fields: Fields, _ context: SignedIn) throws -> Job {
        for kind in kinds {
            if let job = try kind.create(fields, context.caller) { return job }
        }
        throw switch context.dialect {
        case .standard: Failure(.invalid, "missing_file_name", "file_name is required (or title, for a job without a file).")
        case .enveloped: Failure(.invalid, "missing_title", "title is required (or file_name, for a job with a file).")
        }
    }

    @Sendable func show(_ request: Request, _ context: SignedIn) async throws -> Response {
        let job = try await store.find(try context.parameters.require("id"), for: context.caller)
        return Answer.tagged(answer.json(job, context.dialect), for: request)
    }

    @Sendable func delete(_ request: Request, _ context: SignedIn) async throws -> Response {
        try await store.delete(try context.parameters.require("id"), by: context.caller)
        return Response(status: .noContent)
    }

    @Sendable func cancel(_ request: Request, _ context: SignedIn) async throws -> Response {
        let job = try await cancel(try context.parameters.require("id"), by: context.caller)
        return Answer.tagged(answer.json(job, context.dialect), for: request)
    }

    /// For the page's button too.
    package func cancel(_ id: String, by caller: Caller) async throws -> Job {
        let (job, cancellation) = try await store.cancel(id, by: caller)
        if cancellation == .workerMustStop { await engine.stop(job.id) }
        return job
    }

    /// `status` (repeatable, any case) and `kind`.
    /// - Throws: `Failure` `invalid_status`.
    package static func filter(_ query: Form) throws -> JobStore.Filter {
        let states = try query.all("status").filter { !$0.isEmpty }.map { text in
            let name = text.lowercased() == "cancellation_requested" ? "cancelling" : text.lowercased()
            guard let state = Job.State(rawValue: name) else {
                throw Failure(
                    .invalid, "invalid_status",
                    "status must be one of \(Job.State.allCases.map(\.rawValue).joined(separator: ", ")).")
            }
            return state
        }
        return JobStore.Filter(states: states, kind: query["kind"])
    }

    /// RFC 8288.
    private static func links(_ request: Request, _ page: Page, _ total: Int) -> String? {
        func link(_ skip: Int, _ relation: String) -> String {
            var pairs = request.uri.queryParameters.filter { $0.key != "skip" && $0.key != "limit" }.map {
                "\(String($0.key).queryEscaped)=\(String($0.value).queryEscaped)"
            }
            pairs += ["skip=\(skip)", "limit=\(page.limit)"]
            return "<\(request.uri.path)?\(pairs.joined(separator: "&"))>; rel=\"\(relation)\""
        }
        guard page.limit > 0 else { return nil }
        var links = [link(0, "first"), link(max(0, (total - 1) / page.limit * page.limit), "last")]
        if page.skip > 0 { links.append(link(max(0, page.skip - page.limit), "prev")) }
        if page.skip + page.limit < total { links.append(link(page.skip + page.limit, "next")) }
        return links.joined(separator: ", ")
    }
}
