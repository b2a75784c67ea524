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
        /// Workers for kinds that wait for the network; they are started where there is such a kind.
        package let networkWorkers: Int
        package let threadsPerOrder: Int
        package let limits: WorkerLimits
        package let staging: String
        /// Whether a worker that is not held by every layer is sent away.
        package let requiresConfinement: Bool
        /// How long somebody may wait for a worker while somebody else has several.
        package let turn: Duration

        package init(
            executable: String, arguments: [String], workers: Int, networkWorkers: Int = Settings.networkWorkers,
            threadsPerOrder: Int, limits: WorkerLimits, staging: String, requiresConfinement: Bool = false,
            turn: Duration = Settings.turn
        ) {
            self.executable = executable
            self.arguments = arguments
            self.workers = workers
            self.networkWorkers = networkWorkers
            self.threadsPerOrder = threadsPerOrder
            self.limits = limits
            self.staging = staging
            self.requiresConfinement = requiresConfinement
            self.turn = turn
        }

        /// Long enough that most jobs end by themselves, and that a job which begins again has not lost much.
        package static let turn = Duration.seconds(30)
        /// They wait most of the time, whatever the machine has.
        /// One, so that what sites and mail servers put up with is kept by one process; many domains wait in it at once.
        package static let networkWorkers = 1
    }

    /// Workers yield to the server, which has to stay quick.
    private static let niceness: Int32 = 10
    /// A worker that was told to stop is killed after this.
    private static let stopGrace = Duration.milliseconds(200)
    /// After a failure of the machine itself (no process, no disk) the engine waits so long before it tries again.
    static let recoveryPause = Duration.seconds(1)
    /// The queue is looked at so often even when nobody rang.
    private static let idleLook = Duration.seconds(5)
    /// How often it is checked that nobody holds all workers, and that nobody works for a disabled account.
    private static let balanceLook = Duration.milliseconds(500)
    let store: JobStore
    let board: ProgressBoard
    /// What workers do, by the kind of job.
    let works: [String: JobKind.Work]
    let settings: Settings
    let threads: NIOThreadPool
    let logger: Logger
    private let pools: [WorkerPool]

    var running: [ID<Job>: Busy] = [:]
    private var queue = FairQueue()
    /// Since when people have waited with nothing running while others have several.
    private var deprived: [WorkerProfile: [ID<Caller>: ContinuousClock.Instant]] = [:]

    struct Busy {
        let worker: WorkerProcess
        let profile: WorkerProfile
        let user: ID<Caller>
        let startedAt: Moment
        var heardAt = Moment.now
        /// It was told to give its worker up.
        var isPreempted = false
        /// Questions that wait for an answer from elsewhere.
        var asides = 0
    }
    var isStopping = false
    /// How many workers in a row died before they had begun anything of a job.
    var vain: [ID<Job>: Int] = [:]

    package init(
        store: JobStore, board: ProgressBoard, kinds: JobKinds, settings: Settings,
        threads: NIOThreadPool,
        logger: Logger
    ) {
        self.store = store
        self.board = board
        works = Dictionary(kinds.all.compactMap { kind in kind.work.map { (kind.name, $0) } }, uniquingKeysWith: { $1 })
        self.settings = settings
        self.threads = threads
        self.logger = logger
        let works = works
        pools = [(WorkerProfile.offline, settings.workers), (.network, settings.networkWorkers)].compactMap { profile, workers in
            let kinds = works.filter { $0.value.profile == profile }.map(\.key)
            return kinds.isEmpty ? nil : WorkerPool(profile: profile, kinds: kinds, workers: workers)
        }
    }

    package func run() async throws {
        await withGracefulShutdownHandler {
            await withTaskGroup { group in
                for pool in self.pools {
                    for signal in pool.signals { group.addTask { await self.serve(pool, signal) } }
                    for signal in pool.spareSignals { group.addTask { await self.serveSpare(pool, signal) } }
                }
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
                for _ in self.pools.flatMap(\.all) { await group.next() }
                group.cancelAll()
            }
        } onGracefulShutdown: {
            // Hand-over from the synchronous signal to the actor.
            Task { await self.shutDown() }
        }
    }

    /// The processes that work, and the slots that wait for work: name, queues, state and when the process was last heard.
    package func workers() -> [JSON] {
        pools.flatMap { pool -> [JSON] in
            let busy = running.values.filter { $0.profile == pool.profile }.sorted { $0.startedAt < $1.startedAt }
            return (0..<max(pool.workers, busy.count)).map { index in
                let working = busy.indices.contains(index) ? busy[index] : nil
                return [
                    "name": .string("\(pool.profile.rawValue)-\(index + 1)"), "queues": .array(pool.kinds.map { .string($0) }),
                    "state": working == nil ? "idle" : "busy", "last_heartbeat": .optional(working?.heardAt),
                ]
            }
        }
    }

    /// Tells the slots that a job may be waiting.
    package nonisolated func wake() {
        for signal in pools.flatMap(\.all) { signal.send() }
    }

    /// Ends the worker of a job that is being cancelled: told first, killed after the grace.
    package func stop(_ job: ID<Job>) {
        vain[job] = nil
        guard let busy = running[job] else { return }
        halt(busy.worker)
    }

    /// Ends all workers; their jobs are queued again, and `run` returns when that is written.
    package func shutDown() {
        isStopping = true
        for busy in running.values { busy.worker.kill() }
        for signal in pools.flatMap(\.all) { signal.finish() }
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

    private func serve(_ pool: WorkerPool, _ signal: Signal) async {
        var idle: WorkerProcess?
        defer { idle?.kill() }
        var turns = signal.notifications.makeAsyncIterator()
        while !isStopping {
            do {
                let worker = try idle.flatMap { $0.isRunning ? $0 : nil } ?? start()
                idle = worker
                let attempt = ID<Attempt>()
                let queue = queue
                guard
                    let claim = try await store.claim(
                        attempt: attempt, worker: worker.id, kinds: pool.kinds, units: units, choose: { queue.next($0) })
                else {
                    if await turns.next() == nil { return }
                    continue
                }
                idle = nil
                self.queue.serve(claim.job.user)
                await Correlation.$current.withValue(claim.job.correlation) { await run(claim, attempt, worker) }
                wake()
            } catch {
                logger.error("slot_failed", metadata: ["error": "\(error)"])
                try? await Task.sleep(for: Self.recoveryPause)
                if Task.isCancelled { return }
            }
        }
    }

    /// Works only while every other slot is taken, and only for people of whom nothing runs.
    private func serveSpare(_ pool: WorkerPool, _ signal: Signal) async {
        var turns = signal.notifications.makeAsyncIterator()
        while !isStopping {
            do {
                if busy(pool) >= pool.workers,
                    try await store.waiting(kinds: pool.kinds).contains(where: { $0.running == 0 })
                {
                    let (worker, attempt, queue) = (try start(), ID<Attempt>(), queue)
                    let claim = try await store.claim(
                        attempt: attempt, worker: worker.id, kinds: pool.kinds, units: units,
                        choose: { waiting in queue.next(waiting.filter { $0.running == 0 }) })
                    if let claim {
                        self.queue.serve(claim.job.user)
                        await Correlation.$current.withValue(claim.job.correlation) { await run(claim, attempt, worker) }
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
            for pool in pools { try await takeTurns(pool) }
        } catch {
            logger.error("balance_failed", metadata: ["error": "\(error)"])
        }
    }

    private func busy(_ pool: WorkerPool) -> Int { running.values.count { $0.profile == pool.profile } }

    /// Puts a job back to the queue when somebody has waited for a turn with nothing running while somebody else has several.
    private func takeTurns(_ pool: WorkerPool) async throws {
        guard busy(pool) >= pool.workers + WorkerPool.spare else {
            deprived[pool.profile] = nil
            // A slot may have come too early to see that all others are taken.
            if busy(pool) >= pool.workers { for signal in pool.spareSignals { signal.send() } }
            return
        }
        let waiting = try await store.waiting(kinds: pool.kinds).filter { $0.running == 0 }.map(\.user)
        let now = ContinuousClock.now
        let before = deprived[pool.profile] ?? [:]
        let since = Dictionary(waiting.map { ($0, before[$0] ?? now) }, uniquingKeysWith: { $1 })
        deprived[pool.profile] = since
        let ours = running.filter { $0.value.profile == pool.profile }
        guard since.values.contains(where: { now - $0 >= settings.turn }), !ours.values.contains(where: \.isPreempted),
            let victim = FairQueue.victim(
                among: ours.map { .init(job: $0.key, user: $0.value.user, startedAt: $0.value.startedAt) })
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
}
