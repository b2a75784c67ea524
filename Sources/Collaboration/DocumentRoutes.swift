package import Core
package import Hummingbird
package import Jobs
import Storage
package import Web

/// The JSON doors of documents. Their bytes go through signed addresses, never through here.
package struct DocumentRoutes: Sendable {
    private let store: DocumentStore
    private let jobs: JobStore
    private let bodies: Bodies
    private let signer: ObjectSigner
    private let tags: ListCache

    package init(store: DocumentStore, jobs: JobStore, bodies: Bodies, signer: ObjectSigner, tags: ListCache) {
        self.store = store
        self.jobs = jobs
        self.bodies = bodies
        self.signer = signer
        self.tags = tags
    }

    /// Mounted at ``, `/api` and `/api/v1` alike.
    package func routes(_ routes: Routes<AppRequestContext>) {
        routes.group("jobs/:id/documents", context: SignedIn.self)
            .get(
                .init("List the documents of a job", .signedIn([.jobsRead])).paged(standard: 100).giving(
                    CollaborationShapes.documents
                ).ofJob, use: list
            )
            .post(
                "presign-upload",
                .init(
                    "Get an address to upload a document to", .signedIn([.jobsWrite]), rates: [.presignUpload], isCreating: true
                ).taking(CollaborationShapes.announced).giving(
                    .object(["document": CollaborationShapes.document, "upload_url": .string]), status: 201
                ).ofJob.refusing(.tooLarge, "document_too_large").refusing(.tooMany, "too_many_pending_uploads"),
                use: presignUpload
            )
            .post(
                "confirm-upload",
                .init("Attach a document that was uploaded", .signedIn([.jobsWrite]), rates: [.confirmUpload]).taking(
                    CollaborationShapes.confirmed
                ).giving(CollaborationShapes.document).ofJob.ofDocument
                    .refusing(.conflict, "already_confirmed", "not_uploaded", "empty_document", "size_mismatch")
                    .refusing(.tooLarge, "document_too_large"),
                use: confirmUpload
            )
            .get(
                ":document/presign-download",
                .init("Get an address to download a document from", .signedIn([.jobsRead]))
                    .giving(.object(["download_url": .string])).ofJob.ofDocument.refusing(.conflict, "not_clean").confidential,
                use: presignDownload
            )
            .delete(
                ":document",
                .init("Delete a document", .signedIn([.jobsWrite]), rates: [.deleteDocument]).giving(CollaborationShapes.deleted)
                    .ofJob.ofDocument,
                use: delete)
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
                let documents = JSON.array(listing.documents.map(\.json))
                return dialect == .standard ? documents : ["documents": documents]
            }
            return (render, page.headers(request, total: listing.total))
        }
    }

    @Sendable func presignUpload(_ request: Request, _ context: SignedIn) async throws -> Response {
        let fields = try await bodies.fields(request, known: ["doc_type", "filename", "content_type", "size_bytes"])
        let sizeBytes = try fields.optionalCount("size_bytes", in: 1...Int64.max)
        guard let sizeBytes else { throw Failure(.invalid, "missing_size_bytes", "size_bytes is required.") }
        let upload = try Document.Announced(
            // A word of a list is taken as it is: trimmed, another one would be accepted than was sent.
            kind: try Document.Kind(named: fields.value("doc_type")?.stringValue ?? fields.text("doc_type", limit: 64)),
            fileName: try fields.text("filename", limit: Document.Limits.fileName),
            contentType: try fields.optionalText("content_type", limit: Document.Limits.contentType), sizeBytes: sizeBytes)
        let (document, url) = try await announce(
            upload, for: try context.parameters.require("id"), by: context.caller, request)
        return Answer.tagged(["document": document.json, "upload_url": .string(url)], for: request, status: .created)
    }

    /// For the page's form too.
    package func announce(
        _ upload: Document.Announced, for job: String, by caller: Caller, _ request: Request
    ) async throws -> (document: Document, url: String) {
        let document = try await store.announce(upload, for: job, by: caller)
        let url = signer.url(
            "PUT", document.key, request, lifeSeconds: Document.Limits.addressSeconds,
            contentType: document.contentType)
        return (document, url)
    }

    @Sendable func confirmUpload(_ request: Request, _ context: SignedIn) async throws -> Response {
        let fields = try await bodies.fields(request, known: ["document_id", "size_bytes"])
        let document = try await store.confirm(
            try fields.text("document_id", limit: 64), of: try context.parameters.require("id"),
            claimedBytes: try fields.optionalCount("size_bytes", in: 1...Int64.max), by: context.caller)
        return Answer.tagged(document.json, for: request)
    }

    @Sendable func presignDownload(_ request: Request, _ context: SignedIn) async throws -> Response {
        let url = try await download(
            try context.parameters.require("document"), of: try context.parameters.require("id"), by: context.caller, request)
        return Answer.json(["download_url": .string(url)])
    }

    /// An address that saves the document under its own name; for the page's link too.
    package func download(_ id: String, of job: String, by caller: Caller, _ request: Request) async throws -> String {
        let document = try await store.findClean(id, of: job, for: caller)
        return signer.url(
            "GET", document.key, request, lifeSeconds: Document.Limits.addressSeconds, saveAs: document.fileName)
    }

    @Sendable func delete(_ request: Request, _ context: SignedIn) async throws -> Response {
        try await store.delete(
            try context.parameters.require("document"), of: try context.parameters.require("id"), by: context.caller)
        return Answer.json(["deleted": true])
    }
}

extension Document {
    package var json: JSON {
        [
            "id": .string(id.rawValue), "job_id": .string(job.rawValue), "application_id": .string(job.rawValue),
            "doc_type": .string(kind.rawValue), "original_filename": .string(fileName), "content_type": .optional(contentType),
            "size_bytes": .int(sizeBytes), "status": .string(state.rawValue), "scan_status": .string(state.scanStatus),
            "scan_checked_at": .optional(scanCheckedAt), "scan_message": .optional(scanMessage),
            // Infected bytes are deleted at once; there is no place where they are kept.
            "quarantined_s3_key": .null,
            "uploaded_at": .optional(uploadedAt), "created_at": .string(createdAt.description),
            "uploaded_by": .string(uploadedBy),
        ]
    }
}

extension RouteDeclaration {
    fileprivate var ofDocument: RouteDeclaration { refusing(.missing, "document_not_found") }
}
