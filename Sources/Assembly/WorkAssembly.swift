import Accounts
import Collaboration
import Core
import Foundation
import Jobs
import Logging
import Storage
import Transforms
import Web
import Workers

/// Jobs of every kind, who runs them, and what people attach to them.
struct WorkAssembly: Sendable {
    let kinds: [JobKind]
    let events: EventLog
    let board: ProgressBoard
    let answer: JobAnswer
    let jobs: JobStore
    let sniff: SniffRoutes
    let engine: JobEngine
    let notes: NoteStore
    let documents: DocumentStore
    let scanner: DocumentScanner

    /// - Throws: `Failure` `invalid_setting`.
    init(_ settings: Settings, _ ground: Ground, worker: Server.Worker, cores: Int, logger: Logger) async throws {
        let (storage, objects, files) = (ground.storage, ground.objects, ground.files)
        kinds = [TransformJob.kind, JobKind.track]
        events = EventLog(storage)
        board = ProgressBoard()
        answer = JobAnswer(kinds: kinds, board: board)
        jobs = JobStore(
            storage, objects: objects, answer: answer, isActive: UserStore.isActive,
            witness: { act, db in
                try Audit.append(
                    act.action, job: act.job.id.rawValue, name: act.job.name, of: act.job.user, by: act.admin,
                    address: act.address, requestID: Correlation.current?.requestID ?? "", db)
            })
        try await jobs.fillLists()
        let recovered = try await jobs.recover()
        if recovered > 0 { logger.notice("jobs_recovered", metadata: ["count": "\(recovered)"]) }
        var limits = WorkerLimits.standard
        limits.addressSpaceBytes = try settings.number("QUERN_WORKER_MEMORY_BYTES", as: UInt64.self)
        let seconds = try settings.number("QUERN_JOB_SECONDS")
        limits.wallSeconds = seconds == 0 ? nil : Double(seconds)
        let workers = try settings.number("QUERN_WORKERS")
        engine = JobEngine(
            store: jobs, board: board, kinds: kinds,
            settings: .init(
                executable: worker.executable, arguments: worker.arguments, workers: workers == 0 ? cores : workers,
                threadsPerOrder: cores, limits: limits, staging: ground.folder.staging,
                requiresConfinement: settings.text("QUERN_SANDBOX") == "required"), threads: files, logger: logger)

        sniff = SniffRoutes(
            executable: worker.executable, arguments: worker.arguments, objects: objects, staging: ground.folder.staging,
            threads: files)
        notes = NoteStore(storage, jobs: jobs, threads: ground.rendering)
        let documentLimit = try settings.number("MAX_DOCUMENT_BYTES", as: Int64.self)
        let scanSignals = (0..<DocumentScanner.places).map { _ in Signal() }
        documents = DocumentStore(storage, objects: objects, limitBytes: documentLimit, scanSignals: scanSignals)
        scanner = DocumentScanner(
            store: documents, objects: objects,
            content: ContentCheck(
                executable: worker.executable, arguments: worker.arguments,
                limits: ContentCheck.limits(documentBytes: documentLimit), threads: files, logger: logger),
            clamd: try settings.optional("CLAMD_SOCKET").map { ClamdClient(try ClamdClient.Address($0)) }, signals: scanSignals,
            logger: logger)
    }
}
