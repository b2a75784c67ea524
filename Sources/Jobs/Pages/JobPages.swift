import Core
import HTTPTypes
package import Hummingbird
import NIOPosix
package import Web

/// The pages that all kinds of jobs share: the list, one job, its buttons.
package struct JobPages: Sendable {
    private let store: JobStore
    private let routes: JobRoutes
    private let events: EventLog
    private let models: JobPageModels
    private let pages: Pages
    private let bodies: Bodies
    private let threads: NIOThreadPool
    private let people: JobsRoom.People
    private let attachments: [JobPageAttachment]
    private let refusedForms: RefusedJobForms

    /// Jobs on one page of the list.
    private static let pageSize = 50
    /// Labels that the list offers as filters.
    private static let tagsShown = 20
    /// Newest lines of the log on a job's page.
    private static let eventLines = 200

    /// What a person set for lists.
    package struct ListSettings: Sendable {
        package let usual: JobFilter.Usual
        /// Where no live update arrives, a list is loaded again after this; 0 never.
        package let refreshSeconds: Int

        package init(usual: JobFilter.Usual = JobFilter.Usual(), refreshSeconds: Int = 0) {
            self.usual = usual
            self.refreshSeconds = refreshSeconds
        }
    }

    init(
        _ machine: JobMachine, routes: JobRoutes, people: JobsRoom.People, attachments: [JobPageAttachment], pages: Pages,
        bodies: Bodies, threads: NIOThreadPool
    ) {
        store = machine.store
        events = machine.events
        refusedForms = machine.refusedForms
        models = JobPageModels(
            kinds: machine.kinds, board: machine.board,
            events: attachments.reduce(into: [:]) { $0.merge($1.events) { $1 } })
        self.routes = routes
        self.people = people
        self.attachments = attachments
        self.pages = pages
        self.bodies = bodies
        self.threads = threads
    }

    package func routes(_ routes: Routes<AppRequestContext>) {
        let group = routes.group("dashboard", context: SignedIn.self)
        group.get(.page("Show the caller's jobs"), use: dashboard)
        group.get("jobs/:id", .page("Show a job"), use: show)
        group.post("jobs/:id/edit", .page("Change a job"), use: edit)
        group.post("jobs/:id/cancel", .page("Cancel a job"), use: cancel)
        group.post("jobs/:id/retry-failures", .page("Try again what failed of a job"), use: retryFailures)
        group.post("jobs/:id/delete", .page("Delete a job"), use: delete)
        // Somebody who opens the address of a form, from a history or a bookmark, gets the page it belongs to.
        for form in ["edit", "cancel", "retry-failures", "delete"] {
            group.get("jobs/:id/\(form)", .formAddress) { try Self.toPage($1) }
        }
    }

    /// To the page of the job that the address names.
    /// - Parameter part: an anchor, such as `#notes`.
    package static func toPage(_ context: SignedIn, _ part: String = "") throws -> Response {
        Answer.redirect(to: "/dashboard/jobs/\(try context.parameters.require("id").queryEscaped)\(part)")
    }

    @Sendable func dashboard(_ request: Request, _ context: SignedIn) async throws -> Response {
        let query = Form(query: request)
        let settings = try await people.listSettings(context.caller.user)
        let filter = try JobFilter(query, usual: settings.usual)
        let page = try Page(skip: query["skip"], limit: nil, standard: Self.pageSize)
        // Before the data: an event between the two is told to the page once more, and none is missed.
        let lastEvent = try await events.lastID()
        let user = context.caller.user
        async let found = store.list(of: user, filter, page)
        async let counted = store.counts(of: user)
        async let tagged = store.tags(of: user, most: Self.tagsShown)
        async let retiring = store.planned(of: user)
        let (listing, counts, tags, planned) = try await (found, counted, tagged, retiring)
        return try await threads.work { [models, pages] in
            var frame = Pages.Frame(title: "Jobs", signedIn: context, place: .dashboard)
            frame.refreshSeconds = settings.refreshSeconds
            return try pages.render(
                "jobs/dashboard", frame,
                models.dashboard(
                    listing, counts: counts, filter, tags: tags, page: page, lastEvent: lastEvent, planned: planned))
        }
    }

    @Sendable func show(_ request: Request, _ context: SignedIn) async throws -> Response {
        let state = refusedForms.state(request, context) ?? JobPageState()
        let lastEvent = try await events.lastID()
        let details = try await store.details(try context.parameters.require("id"), for: context.caller)
        let isMine = details.job.user == context.caller.user
        let newest = try await events.newest(of: details.job.id, most: Self.eventLines)
        var model = models.job(
            details, owner: try await people.nameOf(details.job.user) ?? "", events: newest,
            isMine: isMine, mayEnd: isMine || context.caller.role == .admin, lastEvent: lastEvent)
        let said = models.details(of: details.job)
        if isMine {
            let statuses = try await store.statusTexts(of: context.caller.user, most: JobPageModels.statusesProposed)
            model.merge(JobFormModel.editing(details.job, said, state, statuses: statuses)) { $1 }
        }
        let frame = Pages.Frame(title: details.job.name, signedIn: context, place: .dashboard)
        model["canChange"] = isMine
        model["formToken"] = frame.formToken
        var parts = models.sections(details.job).map { (place: "sections", section: $0) }
        if isMine { parts.append(("formFields", JobPageSection(said?.template ?? "jobs/edit-fields", [:]))) }
        for attachment in attachments {
            guard let section = try await attachment.section(details.job, context, state, Form(query: request)) else { continue }
            parts.append((attachment.place.rawValue, section()))
        }
        let html = try parts.map { place, section in
            (place, ["html": try pages.part(section.template, model.merging(section.members) { $1 })])
        }
        for (place, parts) in Dictionary(grouping: html, by: \.0) { model[place] = parts.map(\.1) }
        return try pages.render("jobs/job", frame, model)
    }

    // MARK: What people say of a job

    @Sendable func edit(_ request: Request, _ context: SignedIn) async throws -> Response {
        let form = try await context.form(request, bodies)
        let id = try context.parameters.require("id")
        do {
            let job = try await store.find(id, for: context.caller, toChange: true)
            let details = models.details(of: job)
            let said = try JobEdit(form: form, details)
            _ = try await store.change(id, by: context.caller, event: "job.changed") { job, _ in
                try IfMatch(tag: form["etag"]).mustMatch([JobEdit.tag(of: job, details)])
                try said.apply(to: &job, at: .now)
            }
            return Answer.redirect(to: "/dashboard/jobs/\(id)")
        } catch let failure as Failure where failure.kind == .stale {
            return try refusedForms.giveBack(id, context, JobPageState(typed: form, isStale: true), failure)
        } catch let failure as Failure where failure.kind == .invalid {
            return try refusedForms.giveBack(id, context, JobPageState(typed: form, problem: failure), failure)
        }
    }

    // MARK: Buttons

    @Sendable func cancel(_ request: Request, _ context: SignedIn) async throws -> Response {
        _ = try await context.form(request, bodies)
        let id = try context.parameters.require("id")
        do {
            _ = try await routes.cancel(id, by: context.caller, address: context.address)
        } catch let failure as Failure where failure.kind == .refused {
            // The second click, or a job that ended meanwhile: the page shows how it stands.
        }
        return Answer.redirect(to: "/dashboard/jobs/\(id)")
    }

    @Sendable func retryFailures(_ request: Request, _ context: SignedIn) async throws -> Response {
        _ = try await context.form(request, bodies)
        let id = try context.parameters.require("id")
        do {
            _ = try await routes.retryFailures(id, by: context.caller)
        } catch let failure as Failure where failure.kind == .conflict || failure.kind == .refused {
            // The second click: the page shows that the job is queued already.
        }
        return Answer.redirect(to: "/dashboard/jobs/\(id)")
    }

    @Sendable func delete(_ request: Request, _ context: SignedIn) async throws -> Response {
        _ = try await context.form(request, bodies)
        try await store.delete(try context.parameters.require("id"), by: context.caller, address: context.address)
        return Answer.redirect(to: "/dashboard")
    }
}
