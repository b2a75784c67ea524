import Core
import HTTPTypes
package import Hummingbird
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
    private let isFormValid: @Sendable (String?, String) -> Bool

    /// Text fields of the form, all together.
    private static let fieldLimitBytes = 1 << 20

    package init(
        store: JobStore, engine: JobEngine, objects: any ObjectStore, pages: Pages, uploadLimitBytes: Int64,
        threads: NIOThreadPool,
        isFormValid: @escaping @Sendable (String?, String) -> Bool
    ) {
        self.store = store
        self.engine = engine
        self.objects = objects
        self.pages = pages
        self.uploadLimitBytes = uploadLimitBytes
        self.threads = threads
        self.isFormValid = isFormValid
    }

    package func routes(_ router: some RouterMethods<Visit>) {
        let group = router.group("dashboard/jobs", context: SignedIn.self)
        group.get("new", use: show)
        group.post(use: create)
    }

    @Sendable func show(_ request: Request, _ context: SignedIn) async throws -> Response {
        try page(context, Form(), problem: nil, status: .ok)
    }

    /// One request with steps and file. The job comes into being when the file is whole, or not at all.
    @Sendable func create(_ request: Request, _ context: SignedIn) async throws -> Response {
        guard let session = context.session, isFormValid(Form(query: request)["form_token"], session.id) else {
            throw Failure(.forbidden, "stale_form", "This form is too old; open the page again and send it once more.")
        }
        var reader = try MultipartReader(request, fieldLimitBytes: Self.fieldLimitBytes)
        let (form, file) = try await reader.fieldsBeforeFile()
        do {
            guard let file, file.field == "file", !file.name.isEmpty else {
                throw Failure(.invalid, "missing_file", "Choose a file first.")
            }
            let name = ObjectKey.part(from: file.name)
            var job = try await threads.work {
                try TransformJob.make(fileName: name, sizeBytes: nil, steps: try StepForm.steps(form), for: context.caller)
            }
            var head = TableHead()
            let staged = try await objects.stage(contentType: file.contentType, limitBytes: uploadLimitBytes) {
                let piece = try await reader.nextPieceOfFile()
                if let piece { try head.look(at: piece) }
                return piece
            }
            do {
                // What follows the file has to be the end of the form: else the file may be cut off.
                _ = try await reader.fieldsBeforeFile()
                job.originalSizeBytes = staged.sizeBytes
                guard let key = try job.uploadKey else { throw Failure(.invalid, "missing_file", "Choose a file first.") }
                let made = try await store.create(job, input: (staged, key))
                engine.wake()
                return Answer.redirect(to: "/dashboard/jobs/\(made.id)")
            } catch {
                await objects.discard(staged)
                throw error
            }
        } catch let failure as Failure where failure.kind == .invalid || failure.kind == .tooLarge || failure.kind == .noSpace {
            return try page(context, form, problem: failure.message, status: Problem.status(failure, .standard))
        }
    }

    private func page(_ context: SignedIn, _ form: Form, problem: String?, status: HTTPResponse.Status) throws -> Response {
        try pages.render(
            "transforms/new", Pages.Frame(title: "New job", signedIn: context, place: .newJob),
            StepForm.model(form, problem: problem, uploadLimitBytes: uploadLimitBytes), status: status)
    }
}
