package import Core
import HTTPTypes
package import Hummingbird
package import Web

/// The pages that all kinds of jobs share: the list, one job, its buttons.
package struct JobPages: Sendable {
    private let store: JobStore
    private let routes: JobRoutes
    private let events: EventLog
    private let models: JobPageModels
    private let pages: Pages
    private let bodies: Bodies
    private let isFormValid: @Sendable (String?, String) -> Bool
    private let nameOf: @Sendable (ID<Caller>) async throws -> String?

    /// Jobs on one page of the list.
    private static let pageSize = 50
    /// Newest lines of the log on a job's page.
    private static let eventLines = 200

    package init(
        store: JobStore, routes: JobRoutes, events: EventLog, models: JobPageModels, pages: Pages, bodies: Bodies,
        isFormValid: @escaping @Sendable (String?, String) -> Bool,
        nameOf: @escaping @Sendable (ID<Caller>) async throws -> String?
    ) {
        self.store = store
        self.routes = routes
        self.events = events
        self.models = models
        self.pages = pages
        self.bodies = bodies
        self.isFormValid = isFormValid
        self.nameOf = nameOf
    }

    package func routes(_ router: some RouterMethods<Visit>) {
        let group = router.group("dashboard", context: SignedIn.self)
        group.get(use: dashboard)
        group.get("jobs/:id", use: show)
        group.post("jobs/:id/cancel", use: cancel)
        group.post("jobs/:id/delete", use: delete)
    }

    @Sendable func dashboard(_ request: Request, _ context: SignedIn) async throws -> Response {
        let query = Form(query: request)
        let filter = try JobFilter(query)
        let page = try Page(skip: query["skip"], limit: nil, standard: Self.pageSize)
        // Before the data: an event between the two is told to the page once more, and none is missed.
        let lastEvent = try await events.lastID()
        let listing = try await store.list(of: context.caller.user, filter, page)
        let counts = try await store.counts(of: context.caller.user)
        let status = query["status"]?.lowercased()
        return try pages.render(
            "jobs/dashboard", Pages.Frame(title: "Jobs", signedIn: context, place: .dashboard),
            models.dashboard(listing, counts: counts, status: status, page: page, lastEvent: lastEvent))
    }

    @Sendable func show(_ request: Request, _ context: SignedIn) async throws -> Response {
        let lastEvent = try await events.lastID()
        let details = try await store.details(try context.parameters.require("id"), for: context.caller)
        let newest = try await events.newest(of: details.job.id, most: Self.eventLines)
        return try pages.render(
            "jobs/job", Pages.Frame(title: details.job.name, signedIn: context, place: .dashboard),
            models.job(
                details, owner: try await nameOf(details.job.user) ?? "", events: newest,
                isMine: details.job.user == context.caller.user, lastEvent: lastEvent))
    }

    @Sendable func cancel(_ request: Request, _ context: SignedIn) async throws -> Response {
        try await mustCarryToken(request, context)
        let id = try context.parameters.require("id")
        do {
            _ = try await routes.cancel(id, by: context.caller)
        } catch let failure as Failure where failure.kind == .refused {
            // The second click, or a job that ended meanwhile: the page shows how it stands.
        }
        return Answer.redirect(to: "/dashboard/jobs/\(id)")
    }

    @Sendable func delete(_ request: Request, _ context: SignedIn) async throws -> Response {
        try await mustCarryToken(request, context)
        try await store.delete(try context.parameters.require("id"), by: context.caller)
        return Answer.redirect(to: "/dashboard")
    }

    private func mustCarryToken(_ request: Request, _ context: SignedIn) async throws {
        let token = try await bodies.form(request)["form_token"]
        guard let session = context.session, isFormValid(token, session.id) else {
            throw Failure(.forbidden, "stale_form", "This form is too old; open the page again and send it once more.")
        }
    }
}
