import Core
import Hummingbird
import Jobs
import Web

/// The page that makes a job without machine work. Its own page is that of every job.
struct TrackPages: Sendable {
    private let store: JobStore
    private let pages: Pages
    private let bodies: Bodies
    private let refusedForms = RefusedForms<Refused>()

    private struct Refused: Sendable {
        let form: Form
        let problem: Failure
    }

    init(store: JobStore, pages: Pages, bodies: Bodies) {
        self.store = store
        self.pages = pages
        self.bodies = bodies
    }

    func routes(_ routes: Routes<AppRequestContext>) {
        let group = routes.group("dashboard/jobs/new-track", context: SignedIn.self)
        group.get(.page("Show the form for a job without a file"), use: show)
        group.post(.page("Make a job without a file"), use: create)
    }

    @Sendable func show(_ request: Request, _ context: SignedIn) async throws -> Response {
        let refused = refusedForms.value(Form(query: request)["refused"], session: context.session?.id)
        let statuses = try await store.statusTexts(of: context.caller.user, most: JobPageModels.statusesProposed)
        var form = Form()
        form.append("status", "pending")
        return try pages.render(
            "tracking/new", Pages.Frame(title: "Track something", signedIn: context, place: .newJob),
            ["form": JobFormModel.form(refused?.form ?? form, refused?.problem, TrackJob.details, statuses: statuses)])
    }

    @Sendable func create(_ request: Request, _ context: SignedIn) async throws -> Response {
        let form = try await context.form(request, bodies)
        do {
            let said = try JobEdit(form: form, TrackJob.details, isNew: true)
            let job = try await store.create(try TrackJob.job(said, for: context.caller, at: .now))
            return Answer.redirect(to: "/dashboard/jobs/\(job.id)")
        } catch let failure as Failure where failure.kind == .invalid {
            let key = try refusedForms.keep(
                Refused(form: form, problem: failure), bytes: form.bytes, session: context.session?.id, or: failure)
            return Answer.redirect(to: "/dashboard/jobs/new-track?refused=\(key)")
        }
    }
}
