import Core
import HTTPTypes
import Hummingbird
package import Jobs
import NIOCore
package import Web

/// The JSON doors of runs. Lists keep the wrappers of the leads document in every dialect.
package struct RunRoutes: Sendable {
    private let jobs: JobStore
    private let engine: JobEngine
    private let runs: RunStore
    private let leads: LeadStore
    private let bodies: Bodies

    package enum Limits {
        static let runs = 50
        static let mostRuns = 200
        static let results = 100
        static let mostResults = 500
        static let exported = 10_000
        /// Rows of one file.
        static let mostExported = 100_000
    }

    package init(jobs: JobStore, engine: JobEngine, runs: RunStore, leads: LeadStore, bodies: Bodies) {
        (self.jobs, self.engine, self.runs, self.leads, self.bodies) = (jobs, engine, runs, leads, bodies)
    }

    /// Mounted at ``, `/api` and `/api/v1` alike.
    package func routes(_ routes: Routes<AppRequestContext>) {
        routes.group("runs", context: SignedIn.self)
            .post(
                .init("Look for people at the companies of domains", .signedIn([.leadsWrite]), isCreating: true).taking(
                    Self.draft
                )
                .giving(Self.started).refusing(
                    .invalid, "missing_domains", "invalid_domains", "invalid_label", "invalid_options"),
                use: create
            )
            .get(
                .init("List the runs of the tenant, newest first", .signedIn([.leadsRead])).asking(
                    .init("limit", .integer, "How many, from 1 to \(Limits.mostRuns); \(Limits.runs) without it."),
                    .init("offset", .integer, "How many to pass over.")
                ).giving(.object(["results": .list(of: Self.listed), "limit": .integer])).refusing(
                    .invalid, "invalid_limit", "invalid_offset"),
                use: list
            )
            .get(
                ":id",
                .init("Show a run and how far it is", .signedIn([.leadsRead])).giving(Self.run).refusing(
                    .missing, "run_not_found"),
                use: show
            )
            .post(
                ":id/cancel",
                .init("Cancel a run", .signedIn([.leadsWrite]), body: .nothing).giving(Self.run).refusing(
                    .missing, "run_not_found", "job_not_found"
                ).refusing(.forbidden, "job_not_yours").refusing(.refused, "job_over", "already_cancelling"), use: cancel
            )
            .get(
                ":id/domains",
                .init("List the domains of a run and how each ended", .signedIn([.leadsRead])).asking(
                    .init("limit", .integer, "How many, from 1 to \(Limits.mostResults); \(Limits.results) without it."),
                    .init("offset", .integer, "How many to pass over.")
                ).giving(
                    .object(["results": .list(of: Self.domain), "total": .integer, "limit": .integer, "offset": .integer])
                ).refusing(.missing, "run_not_found").refusing(.invalid, "invalid_limit", "invalid_offset"), use: domains
            )
            .get(
                ":id/results",
                .init("List what a run found, the best first", .signedIn([.leadsRead])).asking(
                    .init("limit", .integer, "How many, from 1 to \(Limits.mostResults); \(Limits.results) without it."),
                    .init("offset", .integer, "How many to pass over.")
                ).giving(.object(["results": .list(of: LeadRoutes.lead), "limit": .integer, "offset": .integer])).refusing(
                    .missing, "run_not_found"
                ).refusing(.invalid, "invalid_limit", "invalid_offset"), use: results
            )
            .get(
                ":id/export",
                .init("Export what a run found", .signedIn([.leadsRead])).asking(
                    .init("format", .string, "csv, which is usual, or json."),
                    .init("limit", .integer, "How many rows, up to \(Limits.mostExported); \(Limits.exported) without it.")
                ).giving(.file, type: "text/csv").refusing(.missing, "run_not_found").refusing(
                    .invalid, "invalid_format", "invalid_limit"),
                use: export)
    }

    private static let draft = Schema.object([
        "domains": .list(of: .string).described("Domains, hosts or addresses of pages; each domain counts once."),
        "label": .string(most: RunJob.Limits.labelLetters).orNull.optional,
        "options": .map.described(
            "mode: full, autodiscovery, generate or verify; skip_crawl; skip_verify; company_limit; skip_verified; skip_catch_all; timeout_per_company_s."
        ).orNull
            .optional,
    ]).named("RunDraft")
    private static let started = Schema.object(
        ["run_id": .id, "status": .string, "tenant_id": .string, "created_at": .string, "domains": .list(of: .string)]
    ).named("RunStarted")
    private static let listed = Schema.object(
        [
            "id": .id, "status": .string, "label": .string.orNull, "domains_json": .string, "created_at": .string,
            "finished_at": .string.orNull,
        ], isOpen: true
    ).named("ListedRun")
    private static let run = Schema.object(
        [
            "run_id": .id, "tenant_id": .string, "user_id": .string, "label": .string.orNull, "status": .string,
            "domains": .list(of: .string),
            "options": .map, "progress": .map, "error": .string.orNull, "created_at": .string, "updated_at": .string,
            "started_at": .string.orNull, "finished_at": .string.orNull,
        ]
    ).named("Run")

    private static let domain = Schema.object(
        [
            "domain": .string, "state": .string, "outcome": .string.orNull, "message": .string.orNull, "pages": .integer.orNull,
            "people": .integer.orNull, "emails": .integer.orNull, "checked": .integer.orNull, "valid": .integer.orNull,
            "catch_all": .string.orNull, "mail": .string.orNull, "service": .string.orNull,
        ]
    ).named("RunDomain")

    @Sendable func create(_ request: Request, _ context: SignedIn) async throws -> Response {
        let fields = try await bodies.fields(request, known: ["domains", "label", "options"])
        guard fields.has("domains") else { throw Failure(.invalid, "missing_domains", "domains is required: a list of domains.") }
        guard case .array(let values) = fields.value("domains") ?? .null else {
            throw Failure(.invalid, "invalid_domains", "domains must be a list of texts, such as [\"example.com\"].")
        }
        let domains = try values.map { value in
            guard let text = value.stringValue, text.utf8.count <= RunJob.Limits.domainBytes else {
                throw Failure(
                    .invalid, "invalid_domains", "domains must hold texts of at most \(RunJob.Limits.domainBytes) bytes.")
            }
            return text
        }
        let job = try await start(
            domains, label: try fields.optionalText("label", limit: RunJob.Limits.labelLetters),
            options: try RunOptions(fields.value("options") ?? .null), for: context.caller)
        return Answer.json(
            [
                "run_id": .string(job.id.rawValue), "status": .string(RunJob.status(job.state)), "tenant_id": .string(job.tenant),
                "created_at": Lead.time(job.createdAt), "domains": job.spec["domains"] ?? [],
            ], headers: [.location: "/api/v1/runs/\(job.id)"])
    }

    /// For the form too.
    func start(_ domains: [String], label: String?, options: RunOptions, for caller: Caller) async throws -> Job {
        let job = try await jobs.create(try RunJob.make(domains, label: label, options: options, for: caller), inputs: [])
        engine.wake()
        return job
    }

    @Sendable func list(_ request: Request, _ context: SignedIn) async throws -> Response {
        let page = try Self.page(request, standard: Limits.runs, most: Limits.mostRuns)
        let runs = try await runs.list(page, in: context.caller.tenant)
        return Answer.tagged(["results": .array(runs.map(\.summary)), "limit": .int(Int64(page.limit))], for: request)
    }

    @Sendable func show(_ request: Request, _ context: SignedIn) async throws -> Response {
        Answer.tagged(try await runs.find(try context.parameters.require("id"), in: context.caller.tenant).json, for: request)
    }

    @Sendable func cancel(_ request: Request, _ context: SignedIn) async throws -> Response {
        let run = try await runs.find(try context.parameters.require("id"), in: context.caller.tenant)
        let job = try await jobs.cancel(run.job.id.rawValue, by: context.caller, .none, address: context.address).job
        await engine.stop(job.id)
        return Answer.tagged(try await runs.find(job.id.rawValue, in: context.caller.tenant).json, for: request)
    }

    @Sendable func domains(_ request: Request, _ context: SignedIn) async throws -> Response {
        let page = try Self.page(request, standard: Limits.results, most: Limits.mostResults)
        let job = try await runs.find(try context.parameters.require("id"), in: context.caller.tenant).job
        let (units, counts) = try await jobs.units(of: job.id, in: nil, page)
        var (rows, total) = (units.map { Self.json($0, isOnly: counts.total == 1, job) }, counts.total)
        if total == 0 {
            // A run that was not begun yet has no units.
            let domains = RunJob.domains(of: job)
            total = domains.count
            rows = domains.dropFirst(page.skip).prefix(page.limit).map {
                Self.json($0, "pending", outcome: nil, message: nil, [:])
            }
        }
        return Answer.json([
            "results": .array(rows), "total": .int(Int64(total)),
            "limit": .int(Int64(page.limit)), "offset": .int(Int64(page.skip)),
        ])
    }

    /// - Parameter isOnly: of the only domain, the job has the result.
    private static func json(_ unit: Unit, isOnly: Bool, _ job: Job) -> JSON {
        let result = unit.state == .pending ? [:] : unit.result ?? (isOnly ? job.result : [:])
        let failure = unit.state == .failed ? (unit.errorCode, unit.errorMessage) : (nil, nil)
        return json(
            unit.name, unit.state.rawValue, outcome: result["outcome"]?.stringValue ?? failure.0, message: failure.1, result)
    }

    private static func json(_ domain: String, _ state: String, outcome: String?, message: String?, _ result: JSON) -> JSON {
        var members: [String: JSON] = [
            "domain": .string(domain), "state": .string(state), "outcome": .optional(outcome), "message": .optional(message),
        ]
        for name in ["pages", "people", "emails", "checked", "valid", "catch_all", "mail", "service"] {
            members[name] = result[name] ?? .null
        }
        return .object(members)
    }

    @Sendable func results(_ request: Request, _ context: SignedIn) async throws -> Response {
        let page = try Self.page(request, standard: Limits.results, most: Limits.mostResults)
        let run = try await runs.find(try context.parameters.require("id"), in: context.caller.tenant)
        let leads = try await leads.results(of: run.job.id.rawValue, page, in: context.caller.tenant)
        return Answer.json([
            "results": .array(leads.map(\.json)), "limit": .int(Int64(page.limit)), "offset": .int(Int64(page.skip)),
        ])
    }

    @Sendable func export(_ request: Request, _ context: SignedIn) async throws -> Response {
        let query = Form(query: request)
        let format = try LeadExport.Format(query)
        let limit = try Self.count("limit", query, standard: Limits.exported, most: Limits.mostExported)
        let run = try await runs.find(try context.parameters.require("id"), in: context.caller.tenant)
        let id = run.job.id.rawValue
        return try await LeadExport(of: id, leads, most: limit, in: context.caller.tenant).file(format, named: "run_\(id)")
    }

    /// A larger wish gets as many as there may be.
    static func count(_ name: String, _ query: Form, standard: Int, most: Int) throws -> Int {
        guard let text = query[name] else { return standard }
        guard let number = Int(text), number >= (name == "offset" ? 0 : 1) else {
            throw Failure(.invalid, "invalid_\(name)", "\(name) must be a whole number from \(name == "offset" ? 0 : 1) up.")
        }
        return min(number, most)
    }

    private static func page(_ request: Request, standard: Int, most: Int) throws -> Page {
        let query = Form(query: request)
        return Page(
            skip: try count("offset", query, standard: 0, most: 1 << 53),
            limit: try count("limit", query, standard: standard, most: most))
    }
}
