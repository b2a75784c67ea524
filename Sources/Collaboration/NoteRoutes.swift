package import Core
import Hummingbird
package import Jobs
package import Web

/// The JSON doors of notes.
package struct NoteRoutes: Sendable {
    private let store: NoteStore
    private let jobs: JobStore
    private let bodies: Bodies
    private let tags: ListCache

    package init(store: NoteStore, jobs: JobStore, bodies: Bodies, tags: ListCache) {
        self.store = store
        self.jobs = jobs
        self.bodies = bodies
        self.tags = tags
    }

    /// Mounted at ``, `/api` and `/api/v1` alike.
    package func routes(_ routes: Routes<AppRequestContext>) {
        routes.group("jobs/:id/notes", context: SignedIn.self)
            .get(
                .init("List the notes of a job", .signedIn([.jobsRead])).paged(standard: 100).giving(CollaborationShapes.notes)
                    .ofJob,
                use: list
            )
            .post(
                .init("Add a note to a job", .signedIn([.jobsWrite]), isCreating: true).taking(CollaborationShapes.noteDraft)
                    .giving(CollaborationShapes.note, status: 201).ofJob.refusing(.invalid, "invalid_body_text"), use: add
            )
            .delete(
                ":note",
                .init("Delete a note", .signedIn([.jobsWrite])).giving(CollaborationShapes.deleted).ofJob.refusing(
                    .missing, "note_not_found"), use: delete)
    }

    @Sendable func list(_ request: Request, _ context: SignedIn) async throws -> Response {
        let query = Form(query: request)
        let page = try Page(skip: query["skip"], limit: query["limit"], standard: 100)
        let job = try await jobs.find(try context.parameters.require("id"), for: context.caller).id
        let revision = try await jobs.revision(.attachments(of: job))
        return try await tags.answer(request, context.dialect, scope: "job \(job)", revision: revision) {
            let listing = try await store.list(of: job.rawValue, for: context.caller, page)
            let dialect = context.dialect
            let render: @Sendable () -> JSON = {
                let notes = JSON.array(listing.notes.map(\.json))
                return dialect == .standard ? notes : ["notes": notes]
            }
            return (render, listing.page.headers(request, total: listing.total))
        }
    }

    @Sendable func add(_ request: Request, _ context: SignedIn) async throws -> Response {
        let text = try Note.body(try await bodies.fields(request, known: ["body"]).value("body"))
        let note = try await store.add(text, to: try context.parameters.require("id"), by: context.caller)
        return Answer.tagged(note.json, for: request, status: .created)
    }

    @Sendable func delete(_ request: Request, _ context: SignedIn) async throws -> Response {
        try await store.delete(
            try context.parameters.require("note"), of: try context.parameters.require("id"), by: context.caller)
        return Answer.json(["deleted": true])
    }
}

extension Note {
    package var json: JSON {
        [
            "id": .string(id.rawValue), "job_id": .string(job.rawValue), "application_id": .string(job.rawValue),
            "body": .string(body), "html": .string(html), "author": .string(author), "created_at": .string(createdAt.description),
        ]
    }
}
