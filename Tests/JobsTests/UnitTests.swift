import Accounts
import Core
import Foundation
import GRDB
import Jobs
import Logging
import Storage
import TestKit
import Testing
import Tracking
import Workers

/// Jobs of many units, with workers that loop, crash, flood, sleep and fail.
@Suite("Units of a job", .serialized)
struct UnitTests {
    let workshop: Workshop
    let store: JobStore
    let board = ProgressBoard()

    init() throws {
        workshop = try Workshop(migrations: StorageSchema.migrations + AccountSchema.migrations + JobSchema.migrations)
        store = JobStore(
            workshop.storage, objects: workshop.objects,
            answer: JobAnswer(kinds: [Self.kind, TrackJob.kind], board: ProgressBoard()))
    }

    /// A unit for each word of the job's name, which says what its worker does with it.
    private static let kind = JobKind(
        name: "trial", create: { _, _ in nil },
        work: .init(
            units: { job in job.name.split(separator: " ").map { .init(key: String($0), name: "the unit \($0)") } },
            unitsName: "words",
            checkResult: { result in try WorkReport.check(result["length"]?.intValue, in: 0...100, "length") },
            order: { _ in [:] }), answer: .init { _ in [:] }, page: .init { _ in "" })

    private static let worker = """
        import json, os, signal, sys, time
        order = json.loads(sys.stdin.readline())
        log = open(LOG, "a")
        def say(report):
            sys.stdout.write(json.dumps({"report": report}) + "\\n"); sys.stdout.flush()
        for unit in order["units"]:
            key, number = unit["key"], unit["number"]
            word = key.split("-")[0]
            if word != "mute" or len(order["units"]) > 1: say({"unit": {"number": number}})
            log.write(f"{key}\\n"); log.flush()
            if word == "crash": os.kill(os.getpid(), signal.SIGSEGV)
            if word == "once" and not os.path.exists(LOG + key):
                open(LOG + key, "w"); os._exit(3)
            if word == "loop":
                while True: pass
            if word == "burn":
                start = time.process_time()
                while time.process_time() < start + 0.7: pass
            if word == "flood":
                while True: sys.stdout.write("x" * 1_000_000)
            if word == "sleep": time.sleep(600)
            if word == "lie": say({"finished": {"result": {"length": 101}, "isPartial": False}})
            if word == "twice": say({"unit": {"number": number}})
            if word == "other": say({"unit": {"number": 999}})
            if word == "stop": os._exit(0)
            if word == "bad":
                say({"failed": {"code": "bad_word", "message": "The word is bad.", "category": "permanent"}}); continue
            if word in ("weak", "mute") and not os.path.exists(LOG + "mended"):
                say({"failed": {"code": "weak_word", "message": "The word is weak."}}); continue
            path = order["staging"] + f"/made-{number}"
            open(path, "w").write(key)
            say({"artifact": {"_0": {"file": f"made-{number}", "name": "made.txt", "role": "output", "sizeBytes": len(key),
                "sha256": "0" * 64, "contentType": "text/plain"}}})
            say({"finished": {"result": {"length": len(key)}, "isPartial": word == "part"}})
            if word == "between": say({"unit": {"number": 999}})
        say({"progress": {"_0": {"fraction": 1, "done": 1, "unit": "words", "rate": 1, "message": "done"}}})
        """

    private func engine(limits change: (inout WorkerLimits) -> Void = { _ in }) throws -> JobEngine {
        let path = workshop.folder.path + "/script.py"
        try Data(("LOG = \"\(workshop.folder.path)/begun\"\n" + Self.worker).utf8).write(to: URL(fileURLWithPath: path))
        var limits = WorkerLimits.standard
        change(&limits)
        return JobEngine(
            store: store, board: board, kinds: [Self.kind],
            settings: .init(
                executable: "/usr/bin/env", arguments: ["PATH=/usr/local/bin:/usr/bin:/bin", "python3", path], workers: 1,
                threadsPerOrder: 1, limits: limits, staging: workshop.folder.staging),
            threads: workshop.threads, logger: Workshop.logger)
    }

    private func queue(_ words: String) async throws -> Job {
        let job = Job(owner: .ada, kind: "trial", name: words, at: .now)
        _ = try await store.create(job)
        return try await store.change(job.id.rawValue, by: .ada, event: "job.queued") { job, _ in
            try job.enqueue(input: "input/\(job.id)/words", at: .now)
        }.job
    }

    private func run(_ job: Job, limits change: (inout WorkerLimits) -> Void = { _ in }) async throws -> Job {
        let engine = try engine(limits: change)
        return try await withThrowingTaskGroup(of: Job?.self) { group in
            group.addTask {
                try await engine.run()
                return nil
            }
            group.addTask { [store] in
                while true {
                    let now = try await store.find(job.id.rawValue, for: .ada)
                    if now.state.isOver {
                        await engine.shutDown()
                        return now
                    }
                    try await Task.sleep(for: .milliseconds(10))
                }
            }
            return try #require(try await group.reduce(nil) { $0 ?? $1 })
        }
    }

    private func units(_ job: Job) async throws -> [Jobs.Unit] { try await store.units(of: job.id) }

    /// How often each unit was begun.
    private func begun() throws -> [String: Int] {
        let text = try String(contentsOfFile: workshop.folder.path + "/begun", encoding: .utf8)
        return Dictionary(text.split(separator: "\n").map { (String($0), 1) }, uniquingKeysWith: +)
    }

    @Test(.timeLimit(.minutes(1))) func `each unit ends alone, with a result and files of its own`() async throws {
        let job = try await run(try await queue("one part-two bad-three four"))
        #expect(job.state == .partial && job.errorCode == nil)
        #expect(job.result["units"] == ["total": 4, "pending": 0, "completed": 2, "partial": 1, "failed": 1])
        let units = try await units(job)
        #expect(units.map(\.state) == [.completed, .partial, .failed, .completed])
        #expect(units.map { $0.result?["length"] } == [3, 8, nil, 4])
        #expect(units[2].errorCode == "bad_word" && units[2].category == .permanent)
        #expect(units.allSatisfy { $0.startedAt != nil && $0.finishedAt != nil && $0.tries == 1 })
        let made = try await store.artifacts(of: job.id.rawValue, for: .ada).artifacts
        #expect(made.map(\.path).sorted() == ["1/made.txt", "2/made.txt", "4/made.txt"])
        #expect(try await workshop.attempts(of: job).map(\.outcome) == ["partial"])
        #expect(workshop.objectFiles.count == 3)
        #expect(try FileManager.default.contentsOfDirectory(atPath: workshop.folder.staging).isEmpty)
        let progress = JobAnswer(kinds: [Self.kind], board: ProgressBoard()).progress(job)
        #expect(progress["done"] == 4 && progress["total"] == 4 && progress["unit"] == "words")
    }

    @Test(.timeLimit(.minutes(1))) func `a unit that brings workers down is given up, and costs the others nothing`() async throws
    {
        let job = try await run(try await queue("one crash-two once-three four five"))
        #expect(job.state == .partial)
        let units = try await units(job)
        #expect(units.map(\.state) == [.completed, .failed, .completed, .completed, .completed])
        #expect(units[1].errorCode == "worker_crashed" && units[1].tries == 3)
        #expect(units[1].errorMessage?.contains("the unit crash-two") == true)
        #expect(try begun() == ["one": 1, "crash-two": 3, "once-three": 2, "four": 1, "five": 1])
        // What brought a worker down comes last in the next one, so that the fourth loss leaves nothing to do.
        let outcomes = try await workshop.attempts(of: job).map(\.outcome)
        #expect(outcomes == ["lost", "lost", "lost", "lost"])
    }

    @Test(.timeLimit(.minutes(1))) func `a unit that uses up a limit fails at once, and not for what others used`() async throws {
        // Each burn takes 0.7 of the second, so that the second one of a worker meets a limit which the first has used.
        let job = try await run(try await queue("burn-one burn-two loop-three four")) {
            ($0.cpuSeconds, $0.heartbeatSeconds) = (1, 60)
        }
        let units = try await units(job)
        #expect(units.map(\.state) == [.completed, .completed, .failed, .completed])
        #expect(units[2].errorCode == "cpu_limit" && units[2].category == .requiresConfig && units[2].tries == 1)
    }

    @Test(.timeLimit(.minutes(1)), arguments: ["flood-two", "lie-two", "twice-two", "other-two", "stop-two"])
    func `a worker that misbehaves loses the unit that it has in hand`(word: String) async throws {
        let job = try await run(try await queue("one \(word) three"))
        let units = try await units(job)
        #expect(units.map(\.state) == [.completed, .failed, .completed])
        let code = word == "flood-two" ? "worker_flooded" : word == "stop-two" ? "worker_crashed" : "worker_invalid"
        #expect(units[1].errorCode == code)
        #expect(try begun()["one"] == 1)
    }

    @Test(.timeLimit(.minutes(1))) func `workers that die before they begin anything are tried three times`() async throws {
        let job = try await run(try await queue("one two")) { $0.openFiles = 0 }
        #expect(job.state == .failed && job.errorCode == "worker_crashed" && job.attemptCount == 3)
        #expect(try await units(job).map(\.state) == [.failed, .failed])
    }

    @Test(.timeLimit(.minutes(1))) func `a lie between two units costs neither`() async throws {
        let job = try await run(try await queue("one between-two three"))
        #expect(job.state == .completed)
        // The third may have been begun before the server could end the worker.
        let begun = try begun()
        #expect(begun["one"] == 1 && begun["between-two"] == 1)
        // Who lies each time is given up all the same, and each unit that was done stays done.
        let liars = try await run(try await queue("between-a between-b between-c four"))
        #expect(try await units(liars).prefix(3).allSatisfy { $0.state == .completed })
        #expect(liars.state.isOver)
    }

    @Test(.timeLimit(.minutes(1))) func `the last unit that is left need not be named by its worker`() async throws {
        let job = try await run(try await queue("one mute-two"))
        #expect(try await units(job).map(\.state) == [.completed, .failed])
        try Data().write(to: URL(fileURLWithPath: workshop.folder.path + "/begunmended"))
        let done = try await run(try await store.retryFailures(job.id.rawValue, by: .ada).job)
        #expect(done.state == .completed)
    }

    @Test(.timeLimit(.minutes(1))) func `a file that has no place fails its unit and keeps nobody waiting`() async throws {
        let folder = workshop.folder.objects + "/quern"
        try Data().write(to: URL(fileURLWithPath: folder + "/output"))
        let job = try await run(try await queue("one two"))
        #expect(job.state == .failed && job.errorCode == "storage_failed")
        try FileManager.default.removeItem(atPath: folder + "/output")
        #expect(try await run(try await store.retryFailures(job.id.rawValue, by: .ada).job).state == .completed)
    }

    @Test func `a kind that can not say its units fails the job, and holds up no other`() async throws {
        struct Unclear: Error {}
        let (first, second) = (try await queue("one"), try await queue("two"))
        let claim = try await store.claim(attempt: ID(), worker: 1, kinds: ["trial"]) { job in
            if job.name == "one" { throw Unclear() }
            return [.init(key: "k", name: "n")]
        }
        #expect(claim?.job.id == second.id)
        #expect(try await store.find(first.id.rawValue, for: .ada).errorCode == "internal_error")
    }

    @Test(.timeLimit(.minutes(1))) func `when all fail, the job says how many and why the first did`() async throws {
        let job = try await run(try await queue("bad-one bad-two"))
        #expect(job.state == .failed && job.errorCode == "bad_word")
        #expect(job.errorMessage == "All 2 failed. The first: The word is bad.")
    }

    @Test(.timeLimit(.minutes(1))) func `a job without units has done what it had to`() async throws {
        let job = try await run(try await queue(" "))
        #expect(job.state == .completed)
        // What comes behind it is served.
        #expect(try await run(try await queue("one two")).state == .completed)
    }

    @Test(.timeLimit(.minutes(1))) func `only what failed and can be mended is tried again`() async throws {
        let job = try await run(try await queue("one weak-two bad-three weak-four"))
        #expect(job.state == .partial)
        #expect(try await store.details(job.id.rawValue, for: .ada).retryable == 2)
        let before = try await units(job)
        try Data().write(to: URL(fileURLWithPath: workshop.folder.path + "/begunmended"))
        let (queued, count) = try await store.retryFailures(job.id.rawValue, by: .ada)
        #expect(queued.state == .queued && count == 2)
        #expect(queued.result["units"] == ["total": 4, "pending": 2, "completed": 1, "partial": 0, "failed": 1])
        let again = await #expect(throws: Failure.self) { try await store.retryFailures(job.id.rawValue, by: .ada) }
        #expect(again?.code == "job_not_over" && again?.kind == .conflict)
        let done = try await run(queued)
        #expect(done.state == .partial)
        let units = try await units(job)
        #expect(units.map(\.state) == [.completed, .completed, .failed, .completed])
        #expect(units[0] == before[0] && units[2] == before[2])
        #expect(units.map(\.retries) == [0, 1, 0, 1])
        #expect(try begun() == ["one": 1, "weak-two": 2, "bad-three": 1, "weak-four": 2])
        #expect(try await workshop.attempts(of: job).count == 2)
        let none = await #expect(throws: Failure.self) { try await store.retryFailures(job.id.rawValue, by: .ada) }
        #expect(none?.code == "nothing_to_retry")
        for other in [Caller.bob, .admin] {
            let failure = await #expect(throws: Failure.self) { try await store.retryFailures(job.id.rawValue, by: other) }
            #expect(failure?.kind == .forbidden)
        }
    }

    @Test(.timeLimit(.minutes(1))) func `a cancelled job keeps what it did, and is tried no more`() async throws {
        let job = try await queue("one sleep-two three")
        let engine = try engine()
        let (store, board) = (store, board)
        await withTaskGroup { group in
            group.addTask { try? await engine.run() }
            group.addTask {
                while board[job.id]?.done != 1, !Task.isCancelled { await Task.yield() }
                _ = try? await store.cancel(job.id.rawValue, by: .ada)
                await engine.stop(job.id)
                while (try? await store.find(job.id.rawValue, for: .ada).state.isOver) != true, !Task.isCancelled {
                    await Task.yield()
                }
                await engine.shutDown()
            }
        }
        #expect(try await units(job).map(\.state) == [.completed, .pending, .pending])
        let cancelled = try await store.find(job.id.rawValue, for: .ada)
        #expect(cancelled.result["units"] == ["total": 3, "pending": 2, "completed": 1, "partial": 0, "failed": 0])
        let failure = await #expect(throws: Failure.self) { try await store.retryFailures(job.id.rawValue, by: .ada) }
        #expect(failure?.code == "nothing_to_retry")
        try await store.delete(job.id.rawValue, by: .ada)
        #expect(workshop.objectFiles.isEmpty)
    }

    @Test func `a failed job of an older version is tried again as a whole`() async throws {
        let job = try await queue("one two")
        try await workshop.storage.write { db in
            try db.execute(sql: "UPDATE job SET state = 'failed', errorCode = 'worker_lost' WHERE id = ?", arguments: [job.id])
        }
        let (queued, count) = try await store.retryFailures(job.id.rawValue, by: .ada)
        #expect(queued.state == .queued && count == 1)
        let kind = Self.kind
        let claim = try await store.claim(attempt: ID(), worker: 1, kinds: ["trial"], units: try #require(kind.work).units)
        #expect(claim?.units.map(\.key) == ["one", "two"])
    }
}
