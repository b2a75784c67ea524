package import Core
import Foundation
package import Logging
package import NIOPosix
import ServiceLifecycle
import Storage
package import Workers

/// Runs queued jobs in worker processes: a slot for each worker, an attempt for each claim, an end for each attempt.
///
/// A worker serves one order and ends; the next one is started ahead, so that a job does not wait for a start.
package actor JobEngine: Service {
    package struct Settings: Sendable {
        package let executable: String
        package let arguments: [String]
        package let workers: Int
        package let threadsPerOrder: Int
        package let limits: WorkerLimits
        package let staging: String
        /// Whether a worker that is not held by every layer is sent away.
        package let requiresConfinement: Bool
        /// How long somebody may wait for a worker while somebody else has several.
        package let turn: Duration

        package init(
            executable: String, arguments: [String], workers: Int, threadsPerOrder: Int, limits: WorkerLimits, staging: String,
            requiresConfinement: Bool = false, turn: Duration = Settings.turn
        ) {
            self.executable = executable
            self.arguments = arguments
            self.workers = workers
            self.threadsPerOrder = threadsPerOrder
            self.limits = limits
            self.staging = staging
            self.requiresConfinement = requiresConfinement
            self.turn = turn
        }

        /// Long enough that most jobs end by themselves, and that a job which begins again has not lost much.
        package static let turn = Duration.seconds(30)
    }

    /// Workers yield to the server, which has to stay quick.
    private static let niceness: Int32 = 10
    /// A worker that was told to stop is killed after this.
    private static let stopGrace = Duration.milliseconds(200)
    /// After a failure of the machine itself (no process, no disk) the engine waits so long before it tries again.
    private static let recoveryPause = Duration.seconds(1)
    /// The queue is looked at so often even when nobody rang.
    private static let idleLook = Duration.seconds(5)
    /// How often it is checked that nobody holds all workers, and that nobody works for a disabled account.
    private static let balanceLook = Duration.milliseconds(500)
    /// Workers beyond `Settings.workers`, for people of whom nothing runs while all others are taken. They share the processors
    /// with the others, which costs those a part of their speed, and nobody work that was done.
    private static let spareWorkers = 1

    private let store: JobStore
    private let board: ProgressBoard
    private let kinds: [String: JobKind]
    private let settings: Settings
    private let threads: NIOThreadPool
    private let logger: Logger
    /// One for each slot, the spare ones last.
    private let signals: [Signal]

    private var running: [ID<Job>: Busy] = [:]
    private var queue = FairQueue()
    /// Since when people have waited with nothing running while others have several.
    private var deprived: [ID<Caller>: ContinuousClock.Instant] = [:]

    private struct Busy {
        let worker: WorkerProcess
        let user: ID<Caller>
        let startedAt: Moment
        /// It was told to give its worker up.
        var isPreempted = false
    }
    private var isStopping = false

    package init(
        store: JobStore, board: ProgressBoard, kinds: [JobKind], settings: Settings,
        threads: NIOThreadPool,
        logger: Logger
    ) {
        self.store = store
        self.board = board
        self.kinds = Dictionary(kinds.filter { $0.order != nil }.map { ($0.name, $0) }, uniquingKeysWith: { $1 })
        self.settings = settings
        self.threads = threads
        self.logger = logger
        signals = (0..<settings.workers + Self.spareWorkers).map { _ in Signal() }
    }

    package func run() async throws {
        await withGracefulShutdownHandler {
            await withTaskGroup { group in
                for slot in 0..<settings.workers { group.addTask { await self.serve(slot) } }
                for spare in 0..<Self.spareWorkers { group.addTask { await self.serveSpare(self.settings.workers + spare) } }
                group.addTask {
                    while await !self.isStopping {
                        await self.balance()
                        try? await Task.sleep(for: Self.balanceLook)
                        if Task.isCancelled { return }
                    }
                }
                group.addTask {
                    while await !self.isStopping {
                        self.wake()
                        try? await Task.sleep(for: Self.idleLook)
                        if Task.isCancelled { return }
                    }
                }
                // The slots end by themselves; the looks do not.
                for _ in 0..<settings.workers + Self.spareWorkers { await group.next() }
                group.cancelAll()
            }
        } onGracefulShutdown: {
            // Hand-over from the synchronous signal to the actor.
            Task { await self.shutDown() }
        }
    }

    /// Tells the slots that a job may be waiting.
    package nonisolated func wake() {
        for signal in signals { signal.send() }
    }

    /// Ends the worker of a job that is being cancelled: told first, killed after the grace.
    package func stop(_ job: ID<Job>) {
        guard let busy = running[job] else { return }
        halt(busy.worker)
    }

    /// Ends all workers; their jobs are queued again, and `run` returns when that is written.
    package func shutDown() {
        isStopping = true
        for busy in running.values { busy.worker.kill() }
        for signal in signals { signal.finish() }
    }

    private func halt(_ worker: WorkerProcess) {
        try? worker.send(Data(#"{"cancel":true}"#.utf8))
        // The grace runs beside the worker's own end; killing a worker that is gone does nothing.
        Task {
            try? await Task.sleep(for: Self.stopGrace)
            worker.kill()
        }
    }

    // MARK: A slot

    private func serve(_ slot: Int) async {
        var idle: WorkerProcess?
        defer { idle?.kill() }
        var turns = signals[slot].notifications.makeAsyncIterator()
        while !isStopping {
            do {
                let worker = try idle.flatMap { $0.isRunning ? $0 : nil } ?? start()
                idle = worker
                let attempt = ID<Attempt>()
                let queue = queue
                guard
                    let job = try await store.claim(
                        attempt: attempt, worker: worker.id, kinds: Array(kinds.keys), choose: { queue.next($0) })
                else {
                    if await turns.next() == nil { return }
                    continue
                }
                idle = nil
                self.queue.serve(job.user)
                await Correlation.$current.withValue(job.correlation) { await run(job, attempt, worker) }
                wake()
            } catch {
                logger.error("slot_failed", metadata: ["error": "\(error)"])
                try? await Task.sleep(for: Self.recoveryPause)
                if Task.isCancelled { return }
            }
        }
    }

    /// Works only while every other slot is taken, and only for people of whom nothing runs.
    private func serveSpare(_ slot: Int) async {
        var turns = signals[slot].notifications.makeAsyncIterator()
        while !isStopping {
            do {
                if running.count >= settings.workers,
                    try await store.waiting(kinds: Array(kinds.keys)).contains(where: { $0.running == 0 })
                {
                    let (worker, attempt, queue) = (try start(), ID<Attempt>(), queue)
                    let job = try await store.claim(
                        attempt: attempt, worker: worker.id, kinds: Array(kinds.keys),
                        choose: { waiting in queue.next(waiting.filter { $0.running == 0 }) })
                    if let job {
                        self.queue.serve(job.user)
                        await Correlation.$current.withValue(job.correlation) { await run(job, attempt, worker) }
                        wake()
                        continue
                    }
                    worker.kill()
                }
                if await turns.next() == nil { return }
            } catch {
                logger.error("slot_failed", metadata: ["error": "\(error)"])
                try? await Task.sleep(for: Self.recoveryPause)
                if Task.isCancelled { return }
            }
        }
    }

    // MARK: Fairness

    private var lastGeneration: Int64 = -1

    private func balance() async {
        do {
            let generation = store.generation
            if generation != lastGeneration {
                for job in try await store.cancelJobsOfInactive() { stop(job) }
                lastGeneration = generation
            }
            try await takeTurns()
        } catch {
            logger.error("balance_failed", metadata: ["error": "\(error)"])
        }
    }

    /// Puts a job back to the queue when somebody has waited for a turn with nothing running while somebody else has several.
    private func takeTurns() async throws {
        guard running.count >= settings.workers + Self.spareWorkers else {
            deprived = [:]
            // A slot may have come too early to see that all others are taken.
            if running.count >= settings.workers { signals.last?.send() }
            return
        }
        let waiting = try await store.waiting(kinds: Array(kinds.keys)).filter { $0.running == 0 }.map(\.user)
        let now = ContinuousClock.now
        deprived = Dictionary(waiting.map { ($0, deprived[$0] ?? now) }, uniquingKeysWith: { $1 })
        guard deprived.values.contains(where: { now - $0 >= settings.turn }), !running.values.contains(where: \.isPreempted),
            let victim = FairQueue.victim(
                among: running.map { .init(job: $0.key, user: $0.value.user, startedAt: $0.value.startedAt) })
        else { return }
        logger.notice("job_preempted", metadata: ["job_id": "\(victim)"])
        running[victim]?.isPreempted = true
        running[victim]?.worker.kill()
    }

    private func start() throws -> WorkerProcess {
        // A worker gets no secrets: its environment is empty but for what the runtime itself needs.
        try WorkerProcess.start(
            executable: settings.executable, arguments: settings.arguments, environment: ["LANG": "C.UTF-8"],
            niceness: Self.niceness)
    }

    // MARK: An attempt

    /// What was heard of a worker until it ended.
    private struct WorkerTranscript {
        var report: WorkReport?
        var artifacts: [WorkReport.MadeArtifact] = []
        var exit: WorkerExit?
        /// What the worker itself measured.
        var peakMemoryBytes: Int64?
        var confinement: Confinement?
        /// Why nothing more of it is believed.
        var refusal: Failure?
    }

    private func run(_ job: Job, _ attempt: ID<Attempt>, _ worker: WorkerProcess) async {
        let staging = "\(settings.staging)/\(attempt)"
        running[job.id] = Busy(worker: worker, user: job.user, startedAt: job.startedAt ?? .now)
        logger.info(
            "attempt_started", metadata: ["job_id": "\(job.id)", "attempt": "\(job.attemptCount)", "worker": "\(worker.id)"])
        var refusal: Job.Ending?
        var heard = WorkerTranscript()
        do {
            let line = try await order(job, staging: staging)
            try await threads.runIfActive {
                try FileManager.default.createDirectory(
                    atPath: staging, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            }
            // A cancel that came between the claim and the line above found no worker to stop.
            if try await store.isRunning(job.id) && !isStopping {
                try worker.limit(settings.limits)
                try worker.send(line)
            } else {
                worker.kill()
            }
        } catch let failure as Failure {
            refusal = .failed(code: failure.code, message: failure.message)
            worker.kill()
        } catch {
            refusal = .lost(code: "worker_lost", message: "The worker did not take the job.")
            worker.kill()
        }
        for await message in worker.messages { hear(message, of: job, worker, &heard) }
        let ending = refusal ?? self.ending(of: job, heard)
        let isOver = await finish(job, attempt, ending, heard, staging: staging)
        running[job.id] = nil
        board.clear(job.id, isOver: isOver)
    }

    private func order(_ job: Job, staging: String) async throws -> Data {
        guard let kind = kinds[job.kind], let spec = try kind.order?(job) else {
            throw Failure(.unavailable, "unknown_kind", "This server can not run jobs of the kind \(job.kind).")
        }
        let order = WorkOrder(
            kind: job.kind, input: try await store.inputPath(job), staging: staging, threads: settings.threadsPerOrder,
            spec: spec,
            correlation: job.correlation)
        return try JSONEncoder().encode(order)
    }

    private func hear(_ message: WorkerMessage, of job: Job, _ worker: WorkerProcess, _ heard: inout WorkerTranscript) {
        switch message {
        case .line(let line):
            // Who has lied once is not listened to any more.
            guard heard.refusal == nil else { return }
            do {
                try hear(try WorkMessage(line: line), of: job, &heard)
            } catch let failure as Failure {
                logger.warning("worker_refused", metadata: ["job_id": "\(job.id)", "text": "\(failure.message)"])
                heard.refusal = failure
                worker.kill()
            } catch {
                logger.error("worker_unclear", metadata: ["job_id": "\(job.id)", "error": "\(error)"])
                worker.kill()
            }
        case .flooded: logger.warning("worker_flooded", metadata: ["job_id": "\(job.id)"])
        case .exited(let exit): heard.exit = exit
        }
    }

    private func hear(_ message: WorkMessage, of job: Job, _ heard: inout WorkerTranscript) throws {
        heard.peakMemoryBytes = message.peakMemoryBytes ?? heard.peakMemoryBytes
        if settings.requiresConfinement, heard.confinement == nil {
            guard case .confined(let held) = message.report, held.isWhole else { throw Self.unconfined }
        }
        switch message.report {
        case .confined(let held): heard.confinement = held
        case .progress(let progress): board.post(progress, for: job.id, of: job.user)
        case .artifact(let artifact):
            guard heard.artifacts.count < WorkReport.Limits.artifacts else { throw WorkReport.invalid("artifacts") }
            heard.artifacts.append(artifact)
        case .finished(let result, _):
            try kinds[job.kind]?.checkResult(result)
            heard.report = message.report
        case .failed: heard.report = message.report
        }
    }

    private static var unconfined: Failure {
        Failure(
            .unavailable, "sandbox_missing",
            "The worker is not confined as this server requires (QUERN_SANDBOX); ask whoever runs it.")
    }

    /// The larger of what was seen from outside, now and then, and what the worker says, which can not be more than it was given.
    private func peakMemory(_ heard: WorkerTranscript) -> Int64? {
        let most = Int64(clamping: settings.limits.addressSpaceBytes)
        let peak = max(heard.exit?.peakMemoryBytes ?? 0, heard.peakMemoryBytes.map { $0 <= most ? $0 : 0 } ?? 0)
        return peak > 0 ? peak : nil
    }

    private func ending(of job: Job, _ heard: WorkerTranscript) -> Job.Ending {
        if let refusal = heard.refusal { return .failed(code: refusal.code, message: refusal.message) }
        switch heard.report {
        case .finished(let result, let isPartial) where heard.exit?.reason == .code(0):
            return .done(result: result, isPartial: isPartial)
        case .failed(let code, let message):
            return .failed(code: code, message: message.clipped(bytes: WorkReport.Limits.messageBytes))
        case .finished, .confined, .progress, .artifact, nil: break
        }
        if isStopping { return .interrupted }
        if running[job.id]?.isPreempted == true { return .preempted }
        let file = job.fileName.map { " while it worked on \($0)" } ?? ""
        guard let exit = heard.exit else { return .lost(code: "worker_lost", message: "The worker was lost\(file).") }
        if !exit.lastWords.isEmpty {
            logger.warning("worker_last_words", metadata: ["job_id": "\(job.id)", "text": "\(exit.lastWords.suffix(400))"])
        }
        let (code, message) = exit.explanation
        let explained = "\(message.hasSuffix(".") ? String(message.dropLast()) : message)\(file)."
        // What ran into a limit would run into it again; what died may do better in another process.
        return Self.limitCodes.contains(code) ? .failed(code: code, message: explained) : .lost(code: code, message: explained)
    }

    private static let limitCodes: Set<String> = ["memory_limit", "cpu_limit", "output_limit", "time_limit", "worker_flooded"]

    /// - Returns: whether the job has ended; else another attempt follows.
    private func finish(
        _ job: Job, _ attempt: ID<Attempt>, _ ending: Job.Ending, _ heard: WorkerTranscript, staging: String
    ) async -> Bool {
        var ending = ending
        var isOver = false
        var files: [JobStore.MadeFile] = []
        if case .done = ending {
            do {
                files = try heard.artifacts.map { try made($0, job, staging: staging) }
            } catch {
                ending = .failed(code: "artifact_invalid", message: "The worker handed over a file that is not as it said.")
            }
        } else {
            await clear(staging)
        }
        while true {
            do {
                let ended = try await store.finish(
                    job.id, attempt, ending, files: files, cpuSeconds: heard.exit?.cpuSeconds,
                    peakMemoryBytes: peakMemory(heard))
                isOver = ended?.state.isOver ?? false
                logger.info(
                    "attempt_ended", metadata: ["job_id": "\(job.id)", "state": "\(ended?.state.rawValue ?? "late")"])
                break
            } catch let failure as Failure where !files.isEmpty {
                // The work is done, but can not be kept: the job says so instead of running for ever.
                ending = .failed(code: failure.code, message: failure.message)
                files = []
            } catch {
                logger.error("attempt_not_stored", metadata: ["job_id": "\(job.id)", "error": "\(error)"])
                // The next start recovers the job if this one can not.
                if isStopping || Task.isCancelled { break }
                try? await Task.sleep(for: Self.recoveryPause)
            }
        }
        await clear(staging)
        return isOver
    }

    private func made(_ artifact: WorkReport.MadeArtifact, _ job: Job, staging: String) throws -> JobStore.MadeFile {
        let name = ObjectKey.part(from: artifact.name)
        guard !artifact.file.contains("/"), artifact.file != "..", !artifact.file.isEmpty else {
            throw Failure(.invalid, "artifact_invalid", "An artifact lies outside its folder.")
        }
        let path = "\(staging)/\(artifact.file)"
        guard FolderStore.plainFileBytes(path) == artifact.sizeBytes else {
            throw Failure(.invalid, "artifact_invalid", "An artifact is missing or has another size.")
        }
        return JobStore.MadeFile(
            file: StagedFile(
                path: path, sizeBytes: artifact.sizeBytes, sha256: artifact.sha256, contentType: artifact.contentType),
            key: try ObjectKey("output/\(job.id)/\(name)"), name: name, role: artifact.role)
    }

    private func clear(_ staging: String) async {
        await threads.runRegardless { [logger] in
            do {
                if access(staging, F_OK) == 0 { try FileManager.default.removeItem(atPath: staging) }
            } catch {
                // The next start empties the folder.
                logger.warning("staging_not_cleared", metadata: ["error": "\(error)"])
            }
        }
    }
}
