import Core
import HTTPTypes
import Hummingbird
package import Jobs
package import Storage
package import Web

/// Notes and documents on a job's page, with their forms.
package struct AttachmentPages: Sendable {
    private let notes: NoteStore
    private let documents: DocumentStore
    private let documentRoutes: DocumentRoutes
    private let objects: any ObjectStore
    private let refusedForms: RefusedJobForms
    private let bodies: Bodies
    private let jobs: JobStore

    /// All fields of the form together, without the file.
    private static let fieldLimitBytes = 4096

    package init(
        notes: NoteStore, documents: DocumentStore, documentRoutes: DocumentRoutes, objects: any ObjectStore, jobs: JobStore,
        bodies: Bodies, refusedForms: RefusedJobForms
    ) {
        self.bodies = bodies
        self.jobs = jobs
        self.notes = notes
        self.documents = documents
        self.documentRoutes = documentRoutes
        self.objects = objects
        self.refusedForms = refusedForms
    }

    package func routes(_ routes: Routes<AppRequestContext>) {
        let group = routes.group("dashboard/jobs/:id", context: SignedIn.self)
        group.post("notes", .page("Add a note to a job"), use: addNote)
        group.post("notes/:note/delete", .page("Delete a note"), use: deleteNote)
        group.post("documents", .page("Attach a document to a job", body: .formWithFile), use: addDocument)
        group.get("documents/:document", .page("Download a document"), use: download)
        group.post("documents/:document/delete", .page("Delete a document"), use: deleteDocument)
        for form in ["notes", "notes/:note/delete"] {
            group.get(form, .formAddress) { try JobPages.toPage($1, "#notes") }
        }
        for form in ["documents", "documents/:document/delete"] {
            group.get(form, .formAddress) { try JobPages.toPage($1, "#documents") }
        }
    }

    // MARK: Notes

    @Sendable func addNote(_ request: Request, _ context: SignedIn) async throws -> Response {
        let form = try await context.form(request, bodies)
        let id = try context.parameters.require("id")
        let text = (form["body"] ?? "").replacing("\r\n", with: "\n")
        do {
            _ = try await notes.add(try Note.body(text), to: id, by: context.caller)
            return Answer.redirect(to: "/dashboard/jobs/\(id)#notes")
        } catch let failure as Failure where failure.kind == .invalid {
            let state = JobPageState(others: [Typed.noteProblem: failure.message, Typed.noteBody: text])
            return try refusedForms.giveBack(id, context, state, failure)
        }
    }

    @Sendable func deleteNote(_ request: Request, _ context: SignedIn) async throws -> Response {
        _ = try await context.form(request, bodies)
        let id = try context.parameters.require("id")
        do {
            try await notes.delete(try context.parameters.require("note"), of: id, by: context.caller)
        } catch let failure as Failure where failure.code == "note_not_found" {
            // The second click: it is gone, as was wished.
        }
        return Answer.redirect(to: "/dashboard/jobs/\(id)#notes")
    }

    // MARK: Documents

    @Sendable func addDocument(_ request: Request, _ context: SignedIn) async throws -> Response {
        let id = try context.parameters.require("id")
        // What is no form with a file has no token in it, and is not of a page of ours.
        if !(request.headers[.contentType] ?? "").lowercased().hasPrefix("multipart/form-data") {
            try context.mustBeOurs(Form(query: request)["form_token"])
        }
        // Nobody sends bytes to a job of somebody else.
        _ = try await jobs.find(id, for: context.caller, toChange: true)
        do {
            var reader = try MultipartReader(request, fieldLimitBytes: Self.fieldLimitBytes)
            let (form, file) = try await reader.fieldsBeforeFile()
            try context.mustBeOurs(form["form_token"])
            let kind = try Document.Kind(named: form["doc_type"] ?? "")
            guard let file, file.field == "file", !file.name.isEmpty else {
                throw Failure(.invalid, "missing_file", "Choose a file first.")
            }
            let staged = try await objects.stage(contentType: file.contentType, limitBytes: documents.limitBytes) {
                try await reader.nextPieceOfFile()
            }
            do {
                // What follows the file has to be the end of the form: else the file may be cut off.
                _ = try await reader.fieldsBeforeFile()
                _ = try await documents.add(staged, kind, fileName: file.name, to: id, by: context.caller)
            } catch {
                await objects.discard(staged)
                throw error
            }
            return Answer.redirect(to: "/dashboard/jobs/\(id)#documents")
        } catch let failure as Failure where [.invalid, .tooLarge, .conflict, .tooMany, .noSpace].contains(failure.kind) {
            return try refusedForms.giveBack(id, context, JobPageState(others: [Typed.documentProblem: failure.message]), failure)
        }
    }

    @Sendable func download(_ request: Request, _ context: SignedIn) async throws -> Response {
        let url = try await documentRoutes.download(
            try context.parameters.require("document"), of: try context.parameters.require("id"), by: context.caller, request)
        return Answer.redirect(to: url)
    }

    @Sendable func deleteDocument(_ request: Request, _ context: SignedIn) async throws -> Response {
        _ = try await context.form(request, bodies)
        let id = try context.parameters.require("id")
        do {
            try await documents.delete(try context.parameters.require("document"), of: id, by: context.caller)
        } catch let failure as Failure where failure.code == "document_not_found" {
            // The second click: it is gone, as was wished.
        }
        return Answer.redirect(to: "/dashboard/jobs/\(id)#documents")
    }
}

/// What is kept of forms that were refused.
private enum Typed {
    static let noteProblem = "note_problem"
    static let noteBody = "note_body"
    static let documentProblem = "document_problem"
}

/// What a job's page shows of its notes and documents.
package struct AttachmentModels: Sendable {
    private let notes: NoteStore
    private let documents: DocumentStore

    /// On one page; the API has the rest.
    private static let shown = 200

    package init(notes: NoteStore, documents: DocumentStore) {
        self.notes = notes
        self.documents = documents
    }

    package var attachment: JobPageAttachment {
        JobPageAttachment(
            .attachments,
            events: [
                "note.added": .init(.plain, "Note added"), "note.deleted": .init(.plain, "Note deleted"),
                "document.added": .init(.plain, "Document upload started"),
                "document.uploaded": .init(.good, "Document is ready"), "document.refused": .init(.bad, "Document refused"),
                "document.deleted": .init(.plain, "Document deleted"),
            ], section: section)
    }

    @Sendable private func section(
        _ job: Job, _ context: SignedIn, _ state: JobPageState, _ query: Form
    ) async throws -> JobPageAttachment.Section? {
        let page = Page(skip: 0, limit: Self.shown)
        let notes = try await notes.list(of: job.id.rawValue, for: context.caller, page)
        let documents = try await documents.list(of: job.id.rawValue, for: context.caller, page)
        let limit = self.documents.limitBytes
        return {
            JobPageSection(
                "collaboration/attachments",
                ["notes": Self.model(notes, job, state), "documents": Self.model(documents, job, state, limitBytes: limit)])
        }
    }

    private static func model(_ listing: NoteStore.Listing, _ job: Job, _ state: JobPageState) -> [String: Any] {
        let href = "/dashboard/jobs/\(job.id)/notes"
        var model: [String: Any] = [
            "href": href, "body": state.others[Typed.noteBody] ?? "", "hasAny": !listing.notes.isEmpty,
            "countText": listing.total == 0 ? "" : HumanFormat.counted(Int64(listing.total), "note"),
            "list": listing.notes.map { note in
                [
                    "noteId": note.id.rawValue, "html": note.html, "author": note.author, "noteAt": note.createdAt.description,
                    "noteText": HumanFormat.time(note.createdAt), "noteDeleteHref": "\(href)/\(note.id)/delete",
                ]
            },
        ]
        model["problem"] = state.others[Typed.noteProblem]
        return model
    }

    private static func model(
        _ listing: DocumentStore.Listing, _ job: Job, _ state: JobPageState, limitBytes: Int64
    ) -> [String: Any] {
        let href = "/dashboard/jobs/\(job.id)/documents"
        // What most jobs get first.
        let chosen = job.statusText == nil ? Document.Kind.other : .resume
        var model: [String: Any] = [
            "href": href, "sizeLimitBytes": limitBytes, "sizeLimitText": HumanFormat.size(limitBytes),
            "types": Document.Kind.allCases.map { kind in
                ["value": kind.rawValue, "label": label(kind), "isChosen": kind == chosen] as [String: Any]
            },
            "hasAny": !listing.documents.isEmpty,
            "countText": listing.total == 0 ? "" : HumanFormat.counted(Int64(listing.total), "document"),
            "list": listing.documents.map { self.model($0, href) },
        ]
        model["problem"] = state.others[Typed.documentProblem]
        return model
    }

    private static func model(_ document: Document, _ href: String) -> [String: Any] {
        var model: [String: Any] = [
            "docId": document.id.rawValue, "docName": document.fileName, "docType": label(document.kind),
            "docSize": HumanFormat.size(document.sizeBytes), "docState": document.state.rawValue,
            "docLabel": label(document.state),
            "docBy": document.uploadedBy, "docAt": document.createdAt.description,
            "docAtText": HumanFormat.time(document.createdAt), "docDeleteHref": "\(href)/\(document.id)/delete",
        ]
        model["docMessage"] = document.scanMessage
        if document.state == .uploaded { model["docHref"] = "\(href)/\(document.id)" }
        return model
    }

    private static func label(_ kind: Document.Kind) -> String {
        switch kind {
        case .resume: "Résumé"
        case .jobDescription: "Job description"
        case .coverLetter: "Cover letter"
        case .thankYou: "Thank-you letter"
        case .other: "Other"
        }
    }

    private static func label(_ state: Document.State) -> String {
        switch state {
        case .pending: "Waiting for its file"
        case .scanning: "Being checked"
        case .uploaded: "Ready"
        case .infected: "Infected"
        case .failed: "Refused"
        }
    }
}
