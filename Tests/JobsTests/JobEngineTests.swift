import Accounts
import Core
import Foundation
import Jobs
import Logging
import NIOCore
import Storage
import TestKit
import Testing

/// The engine on the real store, with workers that do what the test wants: small programs that speak the protocol well or badly.
@Suite("Running jobs in workers", .serialized)
struct JobEngineTests {
    let workshop: Workshop
    let store: JobStore
    let board = ProgressBoard()

    init() throws {
        workshop = try Workshop(migrations: StorageSchema.migrations + AccountSchema.migrations + JobSchema.migrations)
        store = JobStore(
            workshop.storage, objects: workshop.objects, answer: JobAnswer(kinds: [.track], board: ProgressBoard()))
    }

    private static let kind = JobKind(
        name: "transform", fields: [], create: { _, _ in nil }, order: { _ in [:] }, members: { _ in [:] },
        words: { _ in .init(about: "", steps: []) })

    /// A worker in Python: reads its order as `order`, then does what the body says. `say(…)` reports.
    private func engine(_ body: String, limits change: (inout WorkerLimits) -> Void = { _ in }) throws -> JobEngine {
        let script = """
            import json, os, sys, time, signal
            order = json.loads(sys.stdin.readline())
            def say(report):
                sys.stdout.write(json.dumps({"report": report}) + "\\n"); sys.stdout.flush()
            def make(text):
                path = order["staging"] + "/output"
                open(path, "w").write(text)
                say({"artifact": {"_0": {"file": "output", "name": "out.csv", "role": "output", "sizeBytes": len(text),
                    "sha256": "00", "contentType": "text/csv"}}})
            def finish():
                say({"finished": {"result": {}, "isPartial": False}})
            \(body)
            """
        let path = workshop.folder.path + "/script.py"
        try Data(script.utf8).write(to: URL(fileURLWithPath: path))
        var limits = WorkerLimits.standard
        change(&limits)
        return JobEngine(
            store: store, objects: workshop.objects, board: board, kinds: [Self.kind],
            settings: .init(
                executable: "/usr/bin/env", arguments: ["PATH=/usr/local/bin:/usr/bin:/bin", "python3", path], workers: 2,
                threadsPerOrder: 1, limits: limits, staging: workshop.folder.staging),
            threads: workshop.threads, logger: Workshop.logger)
    }

    private func queue() async throws -> Job {
        let job = Job(owner: .ada, kind: "transform", name: "people.csv", fileName: "people.csv", at: .now)
        _ = try await store.create(job)
        return try await store.change(job.id.rawValue, by: .ada, event: "job.queued") { job, _ in
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
                let bell = Bells.Bell()
                let unhang = log.bells.hang(bell)
                defer { unhang() }
                bell.ring()
                for await _ in bell.rings {
                    let now = try await store.find(job.id.rawValue, for: .ada)
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
        let job = try await run(try engine("while True: pass") { $0.cpuSeconds = 1 }, try await queue())
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
            "say({'artifact': {'_0': {'file': '../quern.db', 'name': 'x', 'role': 'output', 'sizeBytes': 1, 'sha256': '', 'contentType': ''}}})"
        let job = try await run(try engine("\(lie); finish()"), try await queue())
        #expect(job.state == .failed)
        #expect(job.errorCode == "artifact_invalid")
        #expect(FileManager.default.fileExists(atPath: workshop.folder.database))
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
                while board[job.id] == nil { await Task.yield() }
                if try await store.cancel(job.id.rawValue, by: .ada).value == .workerMustStop { await engine.stop(job.id) }
                return nil
            }
            return try await group.reduce(nil) { $0 ?? $1 }
        }
        #expect(ended?.state == .cancelled)
        #expect(staged.isEmpty)
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
                while board[job.id] == nil { await Task.yield() }
                await engine.shutDown()
            }
        }
        let now = try await store.find(job.id.rawValue, for: .ada)
        #expect(now.state == .queued)
        #expect(now.attemptCount == 0)
        #expect(staged.isEmpty)
    }
}
