import Core
import HTTPTypes
import Hummingbird
package import Jobs
import NIOCore
package import NIOPosix
package import Storage
package import Web

/// The page that makes a transform job, and the door for browsers without scripts.
package struct TransformPages: Sendable {
    private let store: JobStore
    private let engine: JobEngine
    private let objects: any ObjectStore
    private let pages: Pages
    private let uploadLimitBytes: Int64
    private let threads: NIOThreadPool

    private let refusedForms = RefusedForms<Returned>()

    /// A form that was not taken, as its page shows it.
    private struct Returned: Sendable {
        let form: Form
        let problem: Failure
    }

    /// Text fields of the form, all together.
    private static let fieldLimitBytes = 1 << 20

    package init(
        store: JobStore, engine: JobEngine, objects: any ObjectStore, pages: Pages, uploadLimitBytes: Int64,
        threads: NIOThreadPool
    ) {
        self.store = store
        self.engine = engine
        self.objects = objects
        self.pages = pages
        self.uploadLimitBytes = uploadLimitBytes
        self.threads = threads
    }

    package func routes(_ routes: Routes<AppRequestContext>) {
        let group = routes.group("dashboard/jobs", context: SignedIn.self)
        group.get(.formAddress) { _, _ in Answer.redirect(to: "/dashboard") }
        group.get("new", .page("Show the form for a new job"), use: show)
        group.post(.page("Make a job of a file", body: .formWithFile), use: create)
    }

    /// Empty, or with the steps of the job that `from` names.
    @Sendable func show(_ request: Request, _ context: SignedIn) async throws -> Response {
        let query = Form(query: request)
        if let returned = refusedForms.value(query["refused"], session: context.session?.id) {
            return try await page(context, returned)
        }
        guard let id = query["from"] else { return try page(context, Form()) }
        let job = try await source(id, context)
        let form = try await threads.work {
            var form = StepForm.form(of: job.spec["steps"] ?? [])
            for options in [OptionForm.reading, .writing] { options.fill(&form, job.spec[options.member]) }
            return form
        }
        return try page(context, form, origin: try await origin(job))
    }

    /// One request with steps and file. The job comes into being when the file is whole, or not at all.
    @Sendable func create(_ request: Request, _ context: SignedIn) async throws -> Response {
        try context.mustBeOurs(Form(query: request)["form_token"])
        var reader = try MultipartReader(request, fieldLimitBytes: Self.fieldLimitBytes)
        let (form, file) = try await reader.fieldsBeforeFile()
        let from = if let id = form["from"] { try await source(id, context) } else { Job?.none }
        do {
            let chosen = file.flatMap { $0.field == "file" && !$0.name.isEmpty ? $0 : nil }
            guard chosen?.name.hasFewMarks ?? true else {
                throw StepForm.refusal("The name of the file has too many combining marks in a row; rename it first.", at: "file")
            }
            guard let name = chosen.map({ ObjectKey.part(from: $0.name) }) ?? from?.fileName else {
                throw StepForm.refusal("Choose a file first.", at: "file")
            }
            var job = try await threads.work { try make(name, form, context) }
            let staged: StagedFile
            if let chosen {
                var head = FileHead(check: TransformJob.mustBeTable)
                staged = try await objects.stage(contentType: chosen.contentType, limitBytes: uploadLimitBytes) {
                    let piece = try await reader.nextPieceOfFile()
                    if let piece { try head.look(at: piece) }
                    return piece
                }
            } else {
                // A part without a name has nothing in it.
                while let piece = try await reader.nextPieceOfFile() {
                    guard piece.readableBytes == 0 else { throw StepForm.refusal("The file has no name.", at: "file") }
                }
                guard let from, let again = try await input(of: from) else {
                    throw StepForm.refusal("The file of that job is gone: choose it again.", at: "file")
                }
                staged = again
            }
            do {
                // What follows the file has to be the end of the form: else the file may be cut off, or steps are missing.
                guard try await reader.fieldsBeforeFile().form.bytes == 0 else {
                    throw Failure(.invalid, "invalid_form", "The steps have to come before the file.")
                }
                job.originalSizeBytes = staged.sizeBytes
                guard let key = try job.uploadKey else { throw StepForm.refusal("Choose a file first.", at: "file") }
                let made = try await store.create(job, input: (staged, key))
                engine.wake()
                return Answer.redirect(to: "/dashboard/jobs/\(made.id)")
            } catch {
                await objects.discard(staged)
                throw error
            }
        } catch let failure as Failure where failure.kind == .invalid || failure.kind == .tooLarge || failure.kind == .noSpace {
            let isOfFile = ["not_a_table", "upload_too_large"].contains(failure.code)
            let returned = Returned(
                form: form, problem: isOfFile ? StepForm.refusal(failure.message, at: "file") : failure)
            let key = try refusedForms.keep(returned, bytes: form.bytes, session: context.session?.id, or: failure)
            return Answer.redirect(to: "/dashboard/jobs/new?refused=\(key)")
        }
    }

    /// A refusal in the words of the form, at the field that the step came from.
    private func make(_ name: String, _ form: Form, _ context: SignedIn) throws -> Job {
        let reading = try StepForm.read(form)
        do {
            return try TransformJob.make(
                fileName: name, sizeBytes: nil, steps: .array(reading.steps),
                options: TransformJob.Options(
                    reading: OptionForm.reading.options(form), writing: OptionForm.writing.options(form)),
                for: context.caller)
        } catch let failure as Failure where failure.code.hasSuffix("put_options") {
            throw OptionForm.reading.refusal(failure) ?? OptionForm.writing.refusal(failure) ?? failure
        } catch let failure as Failure where failure.code == "invalid_processing_steps" {
            // `processing_steps[1].params.value: Two values are expected.`
            guard let match = failure.message.firstMatch(of: #/^processing_steps\[(\d+)\][^:]*: /#), let index = Int(match.1),
                reading.fields.indices.contains(index)
            else { throw failure }
            let field = reading.fields[index]
            let words = failure.message[match.range.upperBound...]
            throw StepForm.refusal(field == "steps" ? "Step \(index + 1): \(words)" : String(words), at: field)
        } catch let failure as Failure where failure.code == "invalid_file_name" {
            throw StepForm.refusal(failure.message, at: "file")
        }
    }

    // MARK: A job that is run again

    /// - Throws: as `JobStore.find`: nobody works on with the file of somebody else.
    private func source(_ id: String, _ context: SignedIn) async throws -> Job {
        let job = try await store.find(id, for: context.caller, toChange: true)
        guard job.kind == TransformJob.kind.name else {
            throw Failure(.missing, "not_a_transform", "This job has no steps that could be run again.")
        }
        return job
    }

    private func origin(_ job: Job) async throws -> StepForm.Origin {
        let object = try await store.input(of: job)
        return StepForm.Origin(
            job: job.id.rawValue, name: job.name, file: object.map { (job.fileName ?? job.name, $0.sizeBytes) })
    }

    /// The file of a job under a second name, for another job.
    private func input(of job: Job) async throws -> StagedFile? {
        guard let object = try await store.input(of: job) else { return nil }
        return try await objects.restage(object)
    }

    private func page(_ context: SignedIn, _ returned: Returned) async throws -> Response {
        let from = if let id = returned.form["from"] { try await source(id, context) } else { Job?.none }
        let origin = if let from { try await origin(from) } else { StepForm.Origin?.none }
        return try page(context, returned.form, origin: origin, problem: returned.problem)
    }

    private func page(
        _ context: SignedIn, _ form: Form, origin: StepForm.Origin? = nil, problem: Failure? = nil
    ) throws -> Response {
        try pages.render(
            "transforms/new", Pages.Frame(title: "New job", signedIn: context, place: .newJob),
            StepForm.model(form, origin: origin, problem: problem, uploadLimitBytes: uploadLimitBytes))
    }
}
