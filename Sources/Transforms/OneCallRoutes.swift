import Core
import Foundation
import HTTPTypes
import Hummingbird
package import Jobs
import NIOCore
package import NIOPosix
package import Storage
package import Web

/// `POST /transform`: a file in, its transformation out, in one request. It is a job like any other, which the request waits for.
package struct OneCallRoutes: Sendable {
    private let store: JobStore
    private let jobs: JobRoutes
    private let engine: JobEngine
    private let objects: any ObjectStore
    private let uploadLimitBytes: Int64
    private let threads: NIOThreadPool

    private enum Limits {
        /// Text fields of a form, all together.
        static let fieldBytes = 1 << 20
        /// Seconds that the request waits for its job, where the client does not say how many, and at most.
        static let patience = 25
        static let mostPatience = 60
        /// Between two looks at the job: short at first, since most tables are small.
        static let firstPause = Duration.milliseconds(5)
        static let longestPause = Duration.milliseconds(200)
    }

    package init(
        store: JobStore, jobs: JobRoutes, engine: JobEngine, objects: any ObjectStore, uploadLimitBytes: Int64,
        threads: NIOThreadPool
    ) {
        self.store = store
        self.jobs = jobs
        self.engine = engine
        self.objects = objects
        self.uploadLimitBytes = uploadLimitBytes
        self.threads = threads
    }

    /// Mounted at ``, `/api` and `/api/v1` alike.
    package func routes(_ routes: Routes<AppRequestContext>) {
        routes.group("transform", context: SignedIn.self)
            .post(
                .init("Transform a table in one call", .signedIn([.jobsWrite]), answers: .bytes, body: .file).asking(
                    .init("file_name", "Of the file in the body; its ending tells the format."),
                    .init("steps", "A list of steps in JSON."), .init("to", "The format of the result."),
                    .init("input_options", "How the file is to be read, in JSON."),
                    .init("output_options", "How the result is to be written, in JSON.")
                ).giving(.file, "The result.", type: "*/*").giving(JobShapes.job, "The job, which goes on.", status: 202)
                    .refusing(
                        .invalid, "unknown_field", "invalid_form", "invalid_prefer", "missing_file_name", "missing_file",
                        "not_a_table"
                    )
                    .refusing(.tooLarge, "upload_too_large", "body_too_large").refusing(.refused, "broken_body").refusing(
                        .missing, "object_not_found"
                    )
                    .refusing(.unprocessable, TransformJob.failures + ["job_failed", "job_cancelled"]), use: transform)
    }

    /// The body is a form with the fields `steps`, `input_options`, `output_options` (JSON, each) and `to`, and then the file; or it is the
    /// file, and the same stands in the query with `file_name`. `Prefer: wait=10` says for how many seconds to wait, `respond-async`
    /// not to wait at all (RFC 7240).
    ///
    /// Answers 200 with the result, or 202 with the job where that is not over in time; 422 when it failed.
    @Sendable func transform(_ request: Request, _ context: SignedIn) async throws -> Response {
        let patience = try Self.patience(request.headers[values: Self.prefer])
        let job = try await job(request, context)
        engine.wake()
        let end = ContinuousClock.now + .seconds(patience)
        var pause = Limits.firstPause
        var current = job
        while !current.state.isOver, ContinuousClock.now < end {
            try await Task.sleep(for: min(pause, max(.zero, end - .now)))
            pause = min(pause * 2, Limits.longestPause)
            current = try await store.find(job.id.rawValue, for: context.caller)
        }
        let headers: HTTPFields = [.location: "/api/v1/jobs/\(job.id)", Self.jobHeader: job.id.rawValue]
        switch current.state {
        case .completed, .partial: return try await result(of: current, headers)
        case .failed, .cancelled:
            throw Failure(
                .unprocessable, current.errorCode ?? "job_\(current.state.rawValue)",
                current.errorMessage ?? "The job was \(current.state.rawValue).", details: ["job_id": .string(job.id.rawValue)])
        case _: return try await jobs.respond(current, request, context, status: .accepted, headers: headers)
        }
    }

    private static let prefer = HTTPField.Name.named("Prefer")
    private static let jobHeader = HTTPField.Name.named("Quern-Job")
    private static let ledgerHeader = HTTPField.Name.named("Quern-Ledger")

    /// - Throws: `Failure` `invalid_prefer`.
    static func patience(_ values: [String]) throws -> Int {
        for part in values.joined(separator: ",").split(separator: ",").map({
            $0.prefix { $0 != ";" }.filter { $0 != "\"" }.trimmed.lowercased()
        }) {
            if part == "respond-async" { return 0 }
            guard part.hasPrefix("wait=") else { continue }
            guard let seconds = Int(part.dropFirst("wait=".count)), seconds >= 0 else {
                throw Failure(.invalid, "invalid_prefer", "Prefer: wait takes a whole number of seconds.")
            }
            return min(seconds, Limits.mostPatience)
        }
        return Limits.patience
    }

    // MARK: The job

    /// What is asked for beside the file.
    private struct Wishes {
        let fileName: String
        let steps: JSON
        let options: TransformJob.Options

        /// - Throws: `Failure` `invalid_steps`, `unknown_field`, …
        init(_ form: Form, fileName: String?) throws {
            guard let name = form["file_name"] ?? fileName, !name.isEmpty else {
                throw Failure(
                    .invalid, "missing_file_name",
                    "file_name is required: its ending tells what the file is, as in ?file_name=people.csv.")
            }
            self.fileName = ObjectKey.part(from: name)
            func json(_ name: String) throws -> JSON? {
                guard let text = form[name], !text.trimmed.isEmpty else { return nil }
                guard text.utf8.count <= Job.Limits.specBytes, let value = try? JSON(parsing: text) else {
                    throw Failure(.invalid, "invalid_\(name)", "\(name) is not valid JSON.")
                }
                return value
            }
            var steps = try json("steps") ?? []
            if let format = form["to"], !format.isEmpty {
                guard case .array(let list) = steps else {
                    throw Failure(.invalid, "invalid_steps", "steps is a list of steps in JSON.")
                }
                steps = .array(list + [["type": "convert_format", "params": ["to_format": .string(format)]]])
            }
            self.steps = steps
            options = TransformJob.Options(reading: try json("input_options"), writing: try json("output_options"))
        }
    }

    private static let known = ["file_name", "steps", "to", "input_options", "output_options"]

    private static func mustBeKnown(_ form: Form) throws {
        if let unknown = form.names.first(where: { !known.contains($0) }) {
            throw Failure(
                .invalid, "unknown_field",
                "There is no field \"\(unknown.clipped(bytes: 80))\"; known are \(known.joined(separator: ", ")) and the file.")
        }
    }

    private func job(_ request: Request, _ context: SignedIn) async throws -> Job {
        let query = Form(query: request)
        try Self.mustBeKnown(query)
        var head = FileHead(check: TransformJob.mustBeTable)
        guard request.headers[.contentType]?.lowercased().hasPrefix("multipart/form-data") == true else {
            let job = try await job(try Wishes(query, fileName: nil), context)
            var body = request.body.makeAsyncIterator()
            let staged = try await objects.stage(
                contentType: request.headers[.contentType], limitBytes: uploadLimitBytes
            ) {
                let piece = try await body.next()
                if let piece { try head.look(at: piece) }
                return piece
            }
            return try await create(job, staged)
        }
        var reader = try MultipartReader(request, fieldLimitBytes: Limits.fieldBytes)
        let (fields, file) = try await reader.fieldsBeforeFile()
        try Self.mustBeKnown(fields)
        guard let file else {
            throw Failure(.invalid, "missing_file", "The form has no file; it comes last, behind the other fields.")
        }
        var form = fields
        for name in Self.known where form[name] == nil { if let value = query[name] { form.append(name, value) } }
        let job = try await job(try Wishes(form, fileName: file.name), context)
        let staged = try await objects.stage(contentType: file.contentType, limitBytes: uploadLimitBytes) {
            let piece = try await reader.nextPieceOfFile()
            if let piece { try head.look(at: piece) }
            return piece
        }
        do {
            // What follows the file has to be the end of the form: else the file may be cut off, or steps are missing.
            let (rest, another) = try await reader.fieldsBeforeFile()
            guard rest.names.isEmpty, another == nil else {
                throw Failure(.invalid, "invalid_form", "One file is expected, and the fields have to come before it.")
            }
        } catch {
            await objects.discard(staged)
            throw error
        }
        return try await create(job, staged)
    }

    /// Made before the file is read: what is wrong is said before hours of sending.
    private func job(_ wishes: Wishes, _ context: SignedIn) async throws -> Job {
        try await threads.work {
            do {
                return try TransformJob.make(
                    fileName: wishes.fileName, sizeBytes: nil, steps: wishes.steps, options: wishes.options, for: context.caller)
            } catch let failure as Failure where failure.code == "invalid_processing_steps" {
                throw Failure(.invalid, "invalid_steps", failure.message.replacing("processing_steps", with: "steps"))
            }
        }
    }

    private func create(_ given: Job, _ staged: StagedFile) async throws -> Job {
        var job = given
        do {
            job.originalSizeBytes = staged.sizeBytes
            guard let key = try job.uploadKey else { throw Failure(.refused, "not_a_transform", "This job takes no upload.") }
            return try await store.create(job, input: (staged, key))
        } catch {
            await objects.discard(staged)
            throw error
        }
    }

    // MARK: The result

    private func result(of job: Job, _ given: HTTPFields) async throws -> Response {
        guard let opened = try await store.output(of: job) else {
            throw Failure(.missing, "object_not_found", "The result of the job is gone.")
        }
        let object = opened.object
        var headers = given
        headers[.contentType] = object.contentType ?? "application/octet-stream"
        headers[.contentDisposition] = "attachment"
        // What people upload is never a page of ours.
        headers[.contentSecurityPolicy] = "sandbox; default-src 'none'; base-uri 'none'; frame-ancestors 'none'"
        headers[Self.ledgerHeader] = job.result["ledger"]?.text
        return Response(
            status: .ok, headers: headers,
            body: ResponseBody(contentLength: Int(object.sizeBytes)) { [objects] writer in
                var writer = writer
                try await objects.read(opened, from: 0, count: object.sizeBytes) { try await writer.write($0) }
                try await writer.finish(nil)
            })
    }
}
