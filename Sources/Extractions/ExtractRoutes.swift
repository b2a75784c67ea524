import Core
import HTTPTypes
import Hummingbird
import Jobs
package import Web

/// The JSON door of extractions: `POST /jobs/process`.
package struct ExtractRoutes: Sendable {
    private let intake: Intake
    private let bodies: Bodies

    package init(intake: Intake, bodies: Bodies) {
        self.intake = intake
        self.bodies = bodies
    }

    /// Mounted at ``, `/api` and `/api/v1` alike.
    package func routes(_ routes: Routes<AppRequestContext>) {
        routes.group("jobs/process", context: SignedIn.self)
            .post(
                // It has an idempotency of its own: no answer can be kept before the files are read.
                .init(
                    "Extract documents that are sent, or that a path on the server names", .signedIn([.jobsWrite]),
                    body: .formWithFile
                )
                .taking(Self.wish).giving(Self.started, "The job is in the queue.")
                .refusing(
                    .invalid, "invalid_json", "invalid_body", "repeated_field", "unknown_field", "unsupported_option",
                    "invalid_form", "invalid_input_path",
                    "invalid_source_files", "input_unreadable", "no_documents", "missing_files", "invalid_output_format",
                    "invalid_chunk_size", "invalid_chunk_overlap", "invalid_chunk_by", "invalid_preset", "invalid_recursive",
                    "invalid_idempotency_key", "invalid_title"
                ).refusing(.missing, "preset_not_found").refusing(
                    .tooLarge, "too_many_files", "upload_too_large", "body_too_large"
                )
                .refusing(.refused, "broken_body").refusing(.outage, "queue_full"), use: process)
    }

    private static let wish = Schema.object(
        [
            "input_path": .string.described(
                "A file, a folder or a pattern on the server, inside IMPORT_ROOTS. Files can be sent instead, in a form, in the repeated field files."
            ).optional,
            "source_files": .list(of: .string).described("More such paths.").optional,
            "recursive": .boolean.described("Whether folders in folders are read too.").optional,
            "preset": .string.described("What options begin with; else the caller's own choice, else balanced.").optional,
            "output_format": .choice(["json", "md", "txt", "csv", "jsonl"]).optional,
            "chunk_size": .integer(8...100_000).described("Tokens of a chunk at most.").optional,
            "chunk_overlap": .integer(0...100_000).described("Tokens that a chunk repeats of the one before, at most.").optional,
            "chunk_by": .choice(["headings", "tokens", "sentences"]).optional, "title": .string.optional,
            "idempotency_key": .string.described("As the header Idempotency-Key: the same request again gets the first job.")
                .optional,
        ], isOpen: true
    ).named("ExtractionWish")

    private static let started = Schema.object([
        "job_id": .id, "status": .string.described("queued; of a job that the same request made before, its state now."),
        "files": .integer, "skipped": .integer.described("Files of a folder that are no documents."),
    ]).named("ExtractionStarted")

    @Sendable func process(_ request: Request, _ context: SignedIn) async throws -> Response {
        var gathered = Intake.Gathered()
        do {
            let isForm = request.headers[.contentType]?.lowercased().hasPrefix("multipart/form-data") == true
            let fields: Fields
            if isForm {
                var isFirst = true
                let form = try await intake.gather(request, into: &gathered) { form in
                    let fields = try ExtractFields.fields(of: form)
                    try ExtractFields.check(fields)
                    // Sending for a queue that is full is spared, unless the request may be known already.
                    if isFirst, try Intake.idempotencyKey(fields, request) == nil { try await intake.mustHaveRoom() }
                    isFirst = false
                }
                fields = try ExtractFields.fields(of: form)
            } else {
                let type = request.headers[.contentType]?.lowercased() ?? "application/json"
                guard type.contains("json") else {
                    throw Failure(
                        .invalid, "invalid_form",
                        "Send the files as multipart/form-data in the field files, or an input_path as application/json.")
                }
                fields = try await bodies.fields(request, known: ExtractFields.known)
            }
            try ExtractFields.check(fields)
            let paths = try ExtractFields.paths(fields)
            var options = try await intake.presets.options(
                try fields.optionalText("preset", limit: PresetStore.Limits.nameBytes), of: context.caller.user)
            try options.take(fields)
            let recursive = try ExtractFields.flag("recursive", fields)
            let key = try Intake.idempotencyKey(fields, request)
            let title = try fields.optionalText("title", limit: ExtractJob.Limits.titleLetters)
            if !paths.isEmpty {
                guard gathered.inputs.isEmpty else {
                    throw Failure(.invalid, "invalid_input_path", "Send files or name a path, not both.")
                }
                try await intake.gather(paths: paths, recursive: recursive, into: &gathered)
            }
            guard !gathered.inputs.isEmpty else {
                throw Failure(.invalid, "missing_files", "Send at least one file in the field files, or name an input_path.")
            }
            let job = try await intake.create(gathered, options, title: title, key: key, for: context.caller)
            return Answer.json(
                [
                    "job_id": .string(job.id.rawValue), "status": .string(job.state.rawValue),
                    "files": job.spec["files"] ?? .null, "skipped": job.spec["skipped"] ?? 0,
                ], headers: [.location: "/api/v1/jobs/\(job.id)"])
        } catch {
            await intake.discard(gathered)
            throw error
        }
    }
}
