import Accounts
import Core
import Foundation
import Jobs
import Logging
import NIOCore
import Storage
import Synchronization
import TestKit
import Testing
import Tracking
import Workers

/// The engine on the real store, with workers that do what the test wants: small programs that speak the protocol well or badly.
@Suite("Running jobs in workers", .serialized)
struct JobEngineTests {
    let workshop: Workshop
    let store: JobStore
    let board = ProgressBoard()

    init() throws {
        workshop = try Workshop(migrations: StorageSchema.migrations + AccountSchema.migrations + JobSchema.migrations)
        store = JobStore(
            workshop.storage, objects: workshop.objects, answer: JobAnswer(kinds: [TrackJob.kind], board: ProgressBoard()))
    }

    private static let kind = JobKind(
        name: "transform", create: { _, _ in nil },
        work: .init(
            checkResult: { result in
                // As kinds do: a member that is there has to be a count.
                guard let ledger = result["ledger"] else { return }
                guard let count = ledger.intValue else { throw WorkReport.invalid("ledger") }
                try WorkReport.check(count, "ledger")
            }, order: { ["name": .string($0.name)] }), answer: .init { _ in [:] }, page: .init { _ in "" })

    /// As the first, but for the network.
    private static let networkKind = JobKind(
        name: "look-up", create: { _, _ in nil },
        work: .init(profile: .network, order: { ["name": .string($0.name)] }), answer: .init { _ in [:] }, page: .init { _ in "" }
    )

    /// A worker in Python: reads its order as `order`, then does what the body says. `say(…)` reports.
    private func engine(
        _ body: String, requiresConfinement: Bool = false, workers: Int = 2, turn: Duration = .seconds(60),
        store: JobStore? = nil,
        limits change: (inout WorkerLimits) -> Void = { _ in }
    ) throws -> JobEngine {
        let script = """
            import json, os, sys, time, signal
            order = json.loads(sys.stdin.readline())
            def say(report):
                sys.stdout.write(json.dumps({"report": report}) + "\\n"); sys.stdout.flush()
            def make(text):
                path = order["staging"] + "/output"
                open(path, "w").write(text)
                say({"artifact": {"_0": {"file": "output", "name": "out.csv", "role": "output", "sizeBytes": len(text),
                    "sha256": "0" * 64, "contentType": "text/csv"}}})
            def finish():
                say({"finished": {"result": {}, "isPartial": False}})
            \(body)
            """
        let path = workshop.folder.path + "/script.py"
        try Data(script.utf8).write(to: URL(fileURLWithPath: path))
        var limits = WorkerLimits.standard
        change(&limits)
        return JobEngine(
            store: store ?? self.store, board: board, kinds: [Self.kind, Self.networkKind],
            settings: .init(
                executable: "/usr/bin/env", arguments: ["PATH=/usr/local/bin:/usr/bin:/bin", "python3", path], workers: workers,
                networkWorkers: workers, threadsPerOrder: 1, limits: limits, staging: workshop.folder.staging,
                requiresConfinement: requiresConfinement, turn: turn),
            threads: workshop.threads, logger: Workshop.logger)
    }

    private func queue(
        of owner: Caller = .ada, name: String = "people.csv", kind: String = "transform"
    ) async throws -> Job {
        let job = Job(owner: owner, kind: kind, name: name, fileName: name, at: .now)
        _ = try await store.create(job)
        return try await store.change(job.id.rawValue, by: owner, event: "job.queued") { job, _ in
            try job.enqueue(input: "input/\(job.id)/people.csv", at: .now)
        }.job
    }

    /// Runs the engine until the job has ended, or until `until` holds.
    private func run(
        _ engine: JobEngine, _ job: Job, until: @escaping @Sendable (Job) -> Bool = { $0.state.isOver }
    ) async throws -> Job {
        try await withThrowingTaskGroup(of: Job?.self) { group in
            group.addTask {
                try await engine.run()
                return nil
            }
            let (store, log) = (store, EventLog(workshop.storage))
            group.addTask {
                let signal = Signal()
                let remove = log.signals.add(signal)
                defer { remove() }
                signal.send()
                for await _ in signal.notifications {
                    let now = try await store.find(job.id.rawValue, for: .admin)
                    if until(now) { return now }
                }
                return nil
            }
            var ended: Job?
            while let result = try await group.next() {
                // The engine ends by itself then, and has cleared up when it does.
                if let job = result {
                    ended = job
                    await engine.shutDown()
                }
            }
            return try #require(ended)
        }
    }

    private var staged: [String] { (try? FileManager.default.contentsOfDirectory(atPath: workshop.folder.staging)) ?? ["?"] }

    @Test(.timeLimit(.minutes(1))) func `a worker's file becomes the job's output`() async throws {
        let job = try await run(try engine("make('a\\n1\\n'); finish()"), try await queue())
        #expect(job.state == .completed)
        #expect(job.outputKey == "output/\(job.id)/out.csv")
        #expect(staged.isEmpty)
    }

    @Test(.timeLimit(.minutes(1))) func `a worker that traps is replaced twice, then the job fails and names the file`()
        async throws
    {
        let job = try await run(try engine("os.kill(os.getpid(), signal.SIGILL)"), try await queue())
        #expect(job.state == .failed)
        #expect(job.errorCode == "worker_crashed")
        #expect(job.errorMessage?.contains("people.csv") == true)
        #expect(job.attemptCount == 3)
        #expect(staged.isEmpty)
    }

    @Test(.timeLimit(.minutes(1))) func `a worker that dies once does the job at the second attempt`() async throws {
        let flag = workshop.folder.path + "/died"
        let job = try await run(
            try engine("if not os.path.exists('\(flag)'):\n    open('\(flag)', 'w'); os._exit(3)\nmake('x'); finish()"),
            try await queue())
        #expect(job.state == .completed)
        #expect(job.attemptCount == 2)
    }

    @Test(.timeLimit(.minutes(1))) func `a worker that falls silent is taken for dead`() async throws {
        let job = try await run(try engine("time.sleep(600)") { $0.heartbeatSeconds = 0.3 }, try await queue())
        #expect(job.state == .failed)
        #expect(job.errorCode == "worker_silent")
    }

    @Test(.timeLimit(.minutes(1))) func `an endless loop ends at the processor limit`() async throws {
        let job = try await run(
            try engine("while True: pass") {
                // A loop says nothing; on a busy machine the second of processor time can take long.
                ($0.cpuSeconds, $0.heartbeatSeconds) = (1, 60)
            }, try await queue())
        #expect(job.errorCode == "cpu_limit")
        #expect(job.attemptCount == 1)
    }

    @Test(.timeLimit(.minutes(1))) func `a leak ends at the memory limit`() async throws {
        let job = try await run(
            try engine("x = []\nwhile True: x.append(bytearray(10_000_000))") { $0.addressSpaceBytes = 512 << 20 },
            try await queue())
        #expect(job.errorCode == "memory_limit")
        #expect(job.attemptCount == 1)
    }

    @Test(.timeLimit(.minutes(1))) func `a file that grows for ever ends at the output limit`() async throws {
        // Python ignores the signal by default, a worker of ours does not.
        let body = """
            signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
            f = open(order['staging'] + '/output', 'wb')
            while True: f.write(b'x' * 1_000_000); f.flush()
            """
        let job = try await run(try engine(body) { $0.outputBytes = 5_000_000 }, try await queue())
        #expect(job.errorCode == "output_limit")
        #expect(staged.isEmpty)
    }

    @Test(.timeLimit(.minutes(1))) func `a flood of words ends the worker, not the server`() async throws {
        let job = try await run(try engine("while True: sys.stdout.write('x' * 1_000_000)"), try await queue())
        #expect(job.errorCode == "worker_flooded")
    }

    @Test(.timeLimit(.minutes(1))) func `a worker that lies about its file fails the job`() async throws {
        let lie =
            "say({'artifact': {'_0': {'file': '../quern.db', 'name': 'x', 'role': 'output', 'sizeBytes': 1, 'sha256': '0' * 64, 'contentType': ''}}})"
        let job = try await run(try engine("\(lie); finish()"), try await queue())
        #expect(job.state == .failed)
        #expect(job.errorCode == "artifact_invalid")
        #expect(FileManager.default.fileExists(atPath: workshop.folder.database))
    }

    @Test(
        .timeLimit(.minutes(1)),
        arguments: [
            "'progress': {'_0': {'fraction': 1e300, 'done': 1, 'unit': 'bytes', 'rate': 1, 'message': ''}}",
            "'progress': {'_0': {'fraction': -0.1, 'done': 1, 'unit': 'bytes', 'rate': 1, 'message': ''}}",
            "'progress': {'_0': {'fraction': 0.5, 'done': -2**63, 'unit': 'bytes', 'rate': 1, 'message': ''}}",
            "'progress': {'_0': {'fraction': 0.5, 'done': 1, 'total': 2**63 - 1, 'unit': 'bytes', 'rate': 1, 'message': ''}}",
            "'progress': {'_0': {'fraction': 0.5, 'done': 1, 'unit': 'bytes', 'rate': 1e300, 'message': ''}}",
            "'progress': {'_0': {'fraction': 0.5, 'done': 1e300, 'unit': 'bytes', 'rate': 1, 'message': ''}}",
            "'progress': {'_0': {'fraction': 0.5, 'done': 1, 'unit': 'bytes', 'rate': 1, 'rows': 2**60, 'message': ''}}",
            "'progress': {'_0': {'fraction': 0.5, 'done': 1, 'unit': 'bytes', 'rate': 1, 'message': 'x' * 5000}}",
            "'artifact': {'_0': {'file': 'output', 'name': 'x', 'role': 'output', 'sizeBytes': -1, 'sha256': '0' * 64, 'contentType': ''}}",
            "'artifact': {'_0': {'file': 'output', 'name': 'x', 'role': 'output', 'sizeBytes': 1, 'sha256': '00', 'contentType': ''}}",
            "'artifact': {'_0': {'file': 'output', 'name': 'x', 'role': 'output', 'sizeBytes': 1, 'sha256': '0' * 64, 'contentType': 'a\\r\\nb'}}",
            "'failed': {'code': 'A code', 'message': 'No.'}", "'finished': {'result': {'ledger': 9e18}, 'isPartial': False}",
            "'nonsense': {}",
        ])
    func `what can not be true is refused and ends the attempt`(report: String) async throws {
        let job = try await run(try engine("say({\(report)}); make('x'); finish(); time.sleep(600)"), try await queue())
        #expect(job.state == .failed)
        #expect(job.errorCode == "worker_invalid")
        #expect(job.attemptCount == 1)
        #expect(board[job.id] == nil)
    }

    @Test(.timeLimit(.minutes(1))) func `a lie behind the end takes the end back`() async throws {
        let job = try await run(try engine("make('x'); finish(); finish(); time.sleep(600)"), try await queue())
        #expect(job.state == .failed && job.errorCode == "worker_invalid")
        #expect(workshop.objectFiles.isEmpty)
    }

    @Test(.timeLimit(.minutes(1))) func `the worker's own memory is kept, not that of its server`() async throws {
        let told =
            "sys.stdout.write(json.dumps({'report': {'finished': {'result': {}, 'isPartial': False}}, 'peakMemoryBytes': 24_000_000}))"
        let job = try await run(try engine(told + "; print()"), try await queue())
        let attempts = try await workshop.attempts(of: job)
        let peak = try #require(attempts.first?.peakMemoryBytes)
        // This process, which started it, is larger.
        #expect((24_000_000..<60_000_000).contains(peak))
    }

    @Test(.timeLimit(.minutes(1))) func `where confinement is required, a worker without it gets no work done`() async throws {
        let bare = "say({'confined': {'_0': {'landlock': 0, 'seccomp': True, 'noNewPrivileges': True}}}); make('x'); finish()"
        for body in [bare, "make('x'); finish()"] {
            let job = try await run(try engine(body, requiresConfinement: true), try await queue())
            #expect(job.state == .failed)
            #expect(job.errorCode == "sandbox_missing")
        }
        let held = "say({'confined': {'_0': {'landlock': 2, 'seccomp': True, 'noNewPrivileges': True}}}); make('x'); finish()"
        let job = try await run(try engine(held, requiresConfinement: true), try await queue())
        #expect(job.state == .completed)
    }

    @Test(.timeLimit(.minutes(1))) func `a worker's own failure is the job's`() async throws {
        let job = try await run(try engine("say({'failed': {'code': 'column_not_found', 'message': 'No.'}})"), try await queue())
        #expect(job.errorCode == "column_not_found")
        #expect(job.errorMessage == "No.")
    }

    @Test(.timeLimit(.minutes(1))) func `a worker that ignores a cancel is killed`() async throws {
        let job = try await queue()
        // Reads its order and never looks at the pipe again.
        let engine = try engine(
            "open(order['staging'] + '/output', 'w').write('half'); say({'progress': {'_0': {'fraction': 0.5, 'done': 1, 'unit': 'bytes', 'rate': 1, 'message': 'busy'}}})\nwhile True: pass"
        )
        let (store, board) = (store, board)
        let ended = try await withThrowingTaskGroup(of: Job?.self) { group in
            group.addTask { try await self.run(engine, job) }
            group.addTask {
                while board[job.id] == nil, !Task.isCancelled { await Task.yield() }
                if try await store.cancel(job.id.rawValue, by: .ada).value == .workerMustStop { await engine.stop(job.id) }
                return nil
            }
            return try await group.reduce(nil) { $0 ?? $1 }
        }
        #expect(ended?.state == .cancelled)
        #expect(staged.isEmpty)
    }

    /// Jobs of this name run for ever and say so; all others end at once.
    private static let endless = """
        if order['spec']['name'] == 'endless':
            say({'progress': {'_0': {'fraction': 0.5, 'done': 1, 'unit': 'bytes', 'rate': 1, 'message': 'busy'}}})
            time.sleep(600)
        make('x'); finish()
        """

    /// Runs the engine for as long as the body takes.
    private func serving(_ engine: JobEngine, _ body: @escaping @Sendable () async throws -> Job) async throws -> Job {
        try await withThrowingTaskGroup(of: Job?.self) { group in
            group.addTask {
                try await engine.run()
                return nil
            }
            group.addTask {
                let job = try await body()
                await engine.shutDown()
                return job
            }
            return try #require(try await group.reduce(nil) { $0 ?? $1 })
        }
    }

    private func isRunning(_ job: Job) async {
        while board[job.id] == nil, !Task.isCancelled { await Task.yield() }
    }

    private func ended(_ job: Job, _ engine: JobEngine) async throws -> Job {
        engine.wake()
        while true {
            let now = try await store.find(job.id.rawValue, for: .admin)
            if now.state.isOver { return now }
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    @Test(.timeLimit(.minutes(1))) func `who has nothing running gets a worker, though somebody else holds them all`()
        async throws
    {
        let held = [try await queue(name: "endless"), try await queue(name: "endless")]
        // A turn that is longer than the test: the spare worker does it, and nobody loses work.
        let engine = try engine(Self.endless)
        let job = try await serving(engine) {
            for job in held { await isRunning(job) }
            return try await ended(try await queue(of: .bob), engine)
        }
        #expect(job.state == .completed)
        for job in held { #expect(try await workshop.attempts(of: job).count == 1) }
    }

    @Test(.timeLimit(.minutes(1)), arguments: [("look-up", "transform"), ("transform", "look-up")])
    func `work of one profile never waits for that of the other`(held: String, kind: String) async throws {
        let endless = [
            try await queue(name: "endless", kind: held), try await queue(name: "endless", kind: held),
            try await queue(name: "endless", kind: held),
        ]
        let engine = try engine(Self.endless, workers: 1)
        let job = try await serving(engine) {
            await isRunning(endless[0])
            return try await ended(try await queue(kind: kind), engine)
        }
        #expect(job.state == .completed)
        // The others of the same person wait for the one worker of their own.
        #expect(board[endless[1].id] == nil && board[endless[2].id] == nil)
    }

    @Test(.timeLimit(.minutes(1))) func `the only worker is held, and somebody else is served all the same`() async throws {
        let held = try await queue(name: "endless")
        let engine = try engine(Self.endless, workers: 1)
        let job = try await serving(engine) {
            await isRunning(held)
            return try await ended(try await queue(of: .bob), engine)
        }
        #expect(job.state == .completed)
    }

    @Test(.timeLimit(.minutes(1))) func `who holds several gives one back when the spare worker is taken too`() async throws {
        let held = [try await queue(name: "endless"), try await queue(name: "endless")]
        let engine = try engine(Self.endless, turn: .milliseconds(200))
        let job = try await serving(engine) {
            for job in held { await isRunning(job) }
            let bobs = try await queue(of: .bob, name: "endless")
            engine.wake()
            await isRunning(bobs)
            return try await ended(try await queue(of: .admin), engine)
        }
        #expect(job.state == .completed)
        var outcomes: [String?] = []
        for job in held { outcomes += try await workshop.attempts(of: job).map(\.outcome) }
        #expect(outcomes.contains("preempted"))
    }

    @Test(.timeLimit(.minutes(1))) func `the running job of an account that is disabled ends`() async throws {
        let disabled = Disabled()
        let store = JobStore(
            workshop.storage, objects: workshop.objects, answer: JobAnswer(kinds: [TrackJob.kind], board: ProgressBoard()),
            isActive: { _, _ in !disabled.isSet })
        let job = try await queue(name: "endless")
        let engine = try engine(
            "say({'progress': {'_0': {'fraction': 0.5, 'done': 1, 'unit': 'bytes', 'rate': 1, 'message': 'busy'}}})\ntime.sleep(600)",
            store: store)
        let board = board
        let ended = try await withThrowingTaskGroup(of: Job?.self) { group in
            group.addTask { try await self.run(engine, job) }
            group.addTask {
                while board[job.id] == nil, !Task.isCancelled { await Task.yield() }
                disabled.isSet = true
                // What disabled the account was a commit.
                _ = try await self.queue(of: .bob)
                return nil
            }
            return try await group.reduce(nil) { $0 ?? $1 }
        }
        #expect(ended?.state == .cancelled)
        #expect(ended?.errorCode == "account_disabled")
    }

    private final class Disabled: Sendable {
        private let value = Mutex(false)
        var isSet: Bool {
            get { value.withLock { $0 } }
            set { value.withLock { $0 = newValue } }
        }
    }

    @Test(.timeLimit(.minutes(1))) func `an orderly stop queues the job again at no cost`() async throws {
        let job = try await queue()
        let engine = try engine(
            "say({'progress': {'_0': {'fraction': 0.5, 'done': 1, 'unit': 'bytes', 'rate': 1, 'message': 'busy'}}})\ntime.sleep(600)"
        )
        let board = board
        await withTaskGroup { group in
            group.addTask { try? await engine.run() }
            group.addTask {
                while board[job.id] == nil, !Task.isCancelled { await Task.yield() }
                await engine.shutDown()
            }
        }
        let now = try await store.find(job.id.rawValue, for: .ada)
        #expect(now.state == .queued)
        #expect(now.attemptCount == 0)
        #expect(staged.isEmpty)
    }
}
