import Core
import GRDB
import HTTPTypes
import Hummingbird
package import Jobs
import NIOCore
package import NIOPosix
package import Storage
import Web

/// How documents come in: sent in a form, or named as a path; and how they become a job.
package struct Intake: Sendable {
    package struct Settings: Sendable {
        /// Of one file, and of all files of a job.
        let fileBytes: Int64
        let jobBytes: Int64
        let files: Int

        package init(fileBytes: Int64, jobBytes: Int64, files: Int) {
            self.fileBytes = fileBytes
            self.jobBytes = jobBytes
            self.files = files
        }
    }

    let store: JobStore
    let presets: PresetStore
    let settings: Settings
    private let storage: Storage
    private let objects: any ObjectStore
    private let engine: JobEngine
    private let paths: PathInputs
    private let gate: QueueGate
    private let threads: NIOThreadPool

    private enum Limits {
        /// Text fields of a form, all together.
        static let fieldBytes = 1 << 20
        static let keyBytes = 255
    }

    /// - Parameter threads: that wait for files.
    package init(
        _ storage: Storage, store: JobStore, engine: JobEngine, objects: any ObjectStore, presets: PresetStore,
        paths: PathInputs, gate: QueueGate, settings: Settings, threads: NIOThreadPool
    ) {
        self.storage = storage
        self.store = store
        self.engine = engine
        self.objects = objects
        self.presets = presets
        self.paths = paths
        self.gate = gate
        self.settings = settings
        self.threads = threads
    }

    /// What came in, on its way to become a job.
    struct Gathered {
        var inputs: [ExtractJob.Input] = []
        var bytes: Int64 = 0
        var source: String?
        var skipped = 0
    }

    // MARK: A form

    /// Reads a form with any number of files, each written to the disk as it arrives.
    /// - Returns: the fields, which may stand before, between and behind the files.
    func gather(_ request: Request, into gathered: inout Gathered, check: (Form) async throws -> Void) async throws -> Form {
        // One more than is taken, so that it is refused in words of ours.
        var reader = try MultipartReader(request, fieldLimitBytes: Limits.fieldBytes, files: settings.files + 1)
        var form = Form()
        while true {
            let (fields, file) = try await reader.fieldsBeforeFile()
            for name in fields.names { for value in fields.all(name) { form.append(name, value) } }
            guard !form.hasTooManyMarks else { throw TextLimits.tooManyMarks }
            guard form.bytes <= Limits.fieldBytes else {
                throw Failure(.tooLarge, "body_too_large", "The fields of the form are larger than \(Limits.fieldBytes) bytes.")
            }
            // What is wrong is said before the next file is sent.
            try await check(form)
            guard let file else { return form }
            try await take(file, from: &reader, into: &gathered)
        }
    }

    private func take(
        _ file: MultipartReader.File, from reader: inout MultipartReader, into gathered: inout Gathered
    ) async throws {
        guard ["files", "file"].contains(file.field) else {
            throw Failure(.invalid, "invalid_form", "Files are sent in the field files, not in \(file.field.clipped(bytes: 80)).")
        }
        // A field in which nobody chose a file has a part without a name and without bytes.
        if file.name.isEmpty {
            while let piece = try await reader.nextPieceOfFile() {
                guard piece.readableBytes == 0 else { throw Failure(.invalid, "invalid_form", "A file has no name.") }
            }
            return
        }
        guard file.name.hasFewMarks else {
            throw Failure(.invalid, "invalid_form", "The name of a file has too many combining marks in a row; rename it first.")
        }
        try mustFit(gathered, more: 1)
        let staged = try await stage(gathered, contentType: file.contentType) { try await reader.nextPieceOfFile() }
        gathered.inputs.append(.init(file: staged, name: ExtractJob.safeName(file.name)))
        gathered.bytes += staged.sizeBytes
    }

    private func mustFit(_ gathered: Gathered, more: Int) throws {
        guard gathered.inputs.count + more <= settings.files else {
            throw Failure(
                .tooLarge, "too_many_files", "One job takes at most \(settings.files) files; make several jobs.")
        }
    }

    private func stage(
        _ gathered: Gathered, contentType: String?, next: () async throws -> ByteBuffer?
    ) async throws -> StagedFile {
        let room = settings.jobBytes - gathered.bytes
        do {
            return try await objects.stage(contentType: contentType, limitBytes: min(settings.fileBytes, room), next: next)
        } catch let failure as Failure where failure.code == "upload_too_large" && room < settings.fileBytes {
            throw allTooLarge
        }
    }

    private var allTooLarge: Failure {
        Failure(
            .tooLarge, "upload_too_large",
            "The files of one job may have \(settings.jobBytes) bytes together; make several jobs.")
    }

    // MARK: A path

    func gather(paths asked: [String], recursive: Bool, into gathered: inout Gathered) async throws {
        let paths = paths
        let found = try await threads.runIfActive { [settings] in
            var findings = PathInputs.Findings(most: settings.files)
            for path in asked { try paths.find(path, recursive: recursive, into: &findings) }
            return findings
        }
        gathered.skipped = found.skipped
        // Said before anything is copied.
        for file in found.files where file.sizeBytes > settings.fileBytes {
            throw Failure(
                .tooLarge, "upload_too_large",
                "\(file.name.clipped(bytes: 200)) is larger than the limit of \(settings.fileBytes) bytes.")
        }
        guard found.files.reduce(0, { $0 + $1.sizeBytes }) <= settings.jobBytes else { throw allTooLarge }
        for file in found.files {
            let open = try await threads.runIfActive { try paths.open(file) }
            let staged = try await stage(gathered, contentType: nil) { [threads] in
                try await threads.runIfActive { try open.next().map { ByteBuffer(bytes: $0) } }
            }
            gathered.inputs.append(.init(file: staged, name: ExtractJob.safeName(file.name, isSent: false)))
            gathered.bytes += staged.sizeBytes
        }
        gathered.source = asked.first
        guard !gathered.inputs.isEmpty else {
            throw Failure(
                .invalid, "no_documents",
                "There is no document in \(asked.joined(separator: ", ").clipped(bytes: 200))"
                    + (gathered.skipped > 0
                        ? "; \(gathered.skipped) files there are none."
                        : recursive ? "." : "; recursive looks into its folders too."))
        }
    }

    func discard(_ gathered: Gathered) async {
        for input in gathered.inputs { await objects.discard(input.file) }
    }

    // MARK: The job

    /// - Parameter key: a request with the same key, files and options gets the job of the first.
    /// - Throws: `Failure` `queue_full`.
    func create(
        _ gathered: Gathered, _ options: ExtractOptions, title: String?, key: String?, for caller: Caller
    ) async throws -> Job {
        let (job, inputs) = try ExtractJob.make(
            gathered.inputs, options, title: title, source: gathered.source, skipped: gathered.skipped, for: caller)
        guard let key else {
            return try await started(
                try await store.create(job, inputs: inputs) { [gate] db in
                    try gate.mustHaveRoom(db)
                    return nil
                })
        }
        let hash = ExtractJob.hash(gathered.inputs, options)
        let known: @Sendable (Database) throws -> ID<Job>? = { db in
            try ID<Job>.fetchOne(
                db, sql: "SELECT job FROM extractionRequest WHERE user = ? AND key = ? AND hash = ?",
                arguments: [caller.user, key, hash])
        }
        // The same request again has its answer also while the queue is full.
        if let id = try await storage.read(known) {
            await discard(gathered)
            return try await store.find(id.rawValue, for: caller)
        }
        let id = job.id
        return try await started(
            try await store.create(job, inputs: inputs) { [gate] db in
                if let id = try known(db) { return id }
                try gate.mustHaveRoom(db)
                try db.execute(
                    sql: "INSERT INTO extractionRequest VALUES (?, ?, ?, ?)", arguments: [caller.user, key, hash, id])
                return nil
            })
    }

    private func started(_ job: Job) async throws -> Job {
        engine.wake()
        return job
    }

    /// - Throws: `Failure` `invalid_idempotency_key`.
    static func idempotencyKey(_ fields: Fields, _ request: Request) throws -> String? {
        let header = request.headers[.idempotencyKey]?.trimmed
        guard let key = try fields.optionalText("idempotency_key", limit: Limits.keyBytes) ?? header, !key.isEmpty else {
            return nil
        }
        guard key.utf8.count <= Limits.keyBytes else {
            throw Failure(
                .invalid, "invalid_idempotency_key", "An idempotency key has at most \(Limits.keyBytes) bytes.")
        }
        return key
    }

    /// Said before a body is read, where nothing can change it.
    func mustHaveRoom() async throws { try await gate.mustHaveRoom() }
}
