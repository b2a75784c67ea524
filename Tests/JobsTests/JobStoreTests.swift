import Accounts
import Core
import Foundation
import GRDB
import Jobs
import NIOCore
import Storage
import Synchronization
import TestKit
import Testing
import Tracking
import Web
import Workers

@Suite("Storing jobs")
struct JobStoreTests {
    let workshop: Workshop
    let store: JobStore

    init() throws {
        workshop = try Workshop(migrations: StorageSchema.migrations + AccountSchema.migrations + JobSchema.migrations)
        store = JobStore(
            workshop.storage, objects: workshop.objects,
            answer: JobAnswer(kinds: [.tabular, TrackJob.kind], board: ProgressBoard()))
    }

    private func job(of owner: Caller = .ada, kind: String = "transform") -> Job {
        Job(owner: owner, kind: kind, name: "people.csv", fileName: "people.csv", at: .now)
    }

    private func queued(of owner: Caller = .ada) async throws -> Job {
        let job = try await store.create(job(of: owner))
        return try await store.change(job.id.rawValue, by: owner, event: "job.queued") { job, _ in
            try job.enqueue(input: "input/\(job.id)/people.csv", at: .now)
        }.job
    }

    private func staged(_ text: String) async throws -> StagedFile {
        var pieces = [ByteBuffer(string: text)]
        return try await workshop.objects.stage(contentType: nil, limitBytes: 1000) { pieces.popLast() }
    }

    private func placed(_ text: String, _ key: ObjectKey) async throws -> PlacedObject {
        try await workshop.objects.place(try await staged(text), as: key)
    }

    private func done(_ result: JSON, _ file: JobStore.MadeFile) -> UnitEnd {
        UnitEnd(number: 1, ending: .done(result: result, isPartial: false), startedAt: nil, files: [file])
    }

    private func events(_ job: Job) async throws -> [String] {
        try await EventLog(workshop.storage).events(after: 0, .job(job.id), most: 100).map(\.type)
    }

    @Test func `the owner and an admin of the tenant find a job`() async throws {
        let job = try await store.create(job())
        #expect(try await store.find(job.id.rawValue, for: .ada).id == job.id)
        #expect(try await store.find(job.id.rawValue, for: .admin).id == job.id)
    }

    @Test func `someone else's job is refused, another tenant's is not there`() async throws {
        let job = try await store.create(job())
        let mine = await #expect(throws: Failure.self) { try await store.find(job.id.rawValue, for: .bob) }
        #expect(mine?.kind == .forbidden)
        let theirs = await #expect(throws: Failure.self) { try await store.find(job.id.rawValue, for: .eve) }
        #expect(theirs?.kind == .missing)
        let none = await #expect(throws: Failure.self) { try await store.find("not-an-id", for: .ada) }
        #expect(none?.kind == .missing)
    }

    @Test func `a row is read back as it was written, whatever is in it`() async throws {
        var job = job()
        (job.description, job.tags, job.originalSizeBytes) = ("text", ["a", "ä\"b"], 7)
        (job.spec, job.result) = (["steps": [["n": .double(1.5)]]], ["ledger": ["rows_read": 3], "x": .null])
        (job.inputKey, job.outputKey, job.errorCode, job.errorMessage) = ("input/x", "output/x", "code", "message")
        (job.startedAt, job.finishedAt, job.retiresAt) = (Moment(rawValue: 1), Moment(rawValue: 2), Moment(rawValue: 3))
        (job.requestID, job.traceparent, job.attemptCount) = ("r", "t", 2)
        let full = try await store.create(job)
        #expect(try await store.find(full.id.rawValue, for: .ada) == full)
        #expect(full.description == "text" && full.attemptCount == 2 && full.digest == ["rows_read": 3])
        let bare = try await store.create(self.job(kind: "track"))
        #expect(try await store.find(bare.id.rawValue, for: .ada) == bare)
        let listed = try await store.list(of: Caller.ada.user, JobFilter(), Page(skip: 0, limit: 10)).jobs
        #expect(listed == [bare, full])
    }

    @Test func `an answer is that of the job as it is now, for those who may see it`() async throws {
        let job = try await queued()
        let id = job.id.rawValue
        for dialect in [Dialect.standard, .enveloped] {
            let json = JobAnswer(kinds: [TrackJob.kind], board: ProgressBoard()).json(job, dialect)
            for _ in 0..<2 {
                let answer = try await store.answer(id, for: .ada, dialect)
                #expect(Array(answer.body.readableBytesView) == json.bytes && answer.tag == ETag.of(json))
            }
            #expect(try await store.answer(id.uppercased(), for: .admin, dialect).tag == ETag.of(json))
            let mine = await #expect(throws: Failure.self) { try await store.answer(id, for: .bob, dialect) }
            #expect(mine?.kind == .forbidden)
            for (other, caller) in [(id, Caller.eve), ("not-an-id", .ada), (ID<Job>().rawValue, .ada)] {
                let none = await #expect(throws: Failure.self) { try await store.answer(other, for: caller, dialect) }
                #expect(none?.kind == .missing)
            }
        }
        let before = try await store.answer(id, for: .ada, .standard).tag
        _ = try await store.cancel(id, by: .ada)
        let cancelled = try await store.answer(id, for: .ada, .standard)
        #expect(cancelled.tag != before && String(buffer: cancelled.body).contains("CANCELLED"))
        try await store.delete(id, by: .ada)
        await #expect(throws: Failure.self) { try await store.answer(id, for: .ada, .standard) }
    }

    @Test func `the answer of a running job shows its progress`() async throws {
        let board = ProgressBoard()
        let store = JobStore(workshop.storage, objects: workshop.objects, answer: JobAnswer(kinds: [TrackJob.kind], board: board))
        let job = try await queued()
        let attempt = ID<Attempt>()
        #expect(try await store.claim(attempt: attempt, worker: 1, kinds: ["transform"])?.job.id == job.id)
        var tags: Set<String> = []
        for share in [0.1, 0.5, 0.9] {
            let progress = Progress(fraction: share, done: 1, total: 10, unit: "bytes", rate: 0, message: "m", rows: nil)
            board.post(progress, for: job.id, of: job.user)
            tags.insert(try await store.answer(job.id.rawValue, for: .ada, .standard).tag)
        }
        #expect(tags.count == 3)
    }

    @Test func `a snapshot of a running job shows its last progress when it has ended meanwhile`() async throws {
        let board = ProgressBoard()
        var job = try await queued()
        job.state = .running
        let half = Progress(fraction: 0.5, done: 5, total: 10, unit: "bytes", rate: 0, message: "m", rows: nil)
        for isOver in [true, false] {
            board.post(half, for: job.id, of: job.user)
            board.clear(job.id, isOver: isOver)
            let shown = JobAnswer(kinds: [TrackJob.kind], board: board).progress(job)["fraction"]
            // What is begun anew begins at nothing.
            #expect(shown == .double(isOver ? 0.5 : 0))
            #expect(!board.isBusy(for: job.user))
            #expect(board.changes(after: 0, of: job.user).changes.isEmpty)
            if isOver { board.post(half, for: job.id, of: job.user) }
        }
    }

    @Test func `an admin may look, but not change`() async throws {
        let job = try await queued()
        let failure = await #expect(throws: Failure.self) {
            try await store.change(job.id.rawValue, by: .admin, event: nil) { job, _ in job.name = "other" }
        }
        #expect(failure?.kind == .forbidden)
    }

    @Test func `an admin cancels and deletes every job of the tenant, and each act is witnessed`() async throws {
        let acts = Mutex<[String]>([])
        let store = JobStore(
            workshop.storage, objects: workshop.objects, answer: JobAnswer(kinds: [TrackJob.kind], board: ProgressBoard()),
            witness: { act, _ in acts.withLock { $0.append("\(act.action) \(act.admin.email) \(act.address)") } })
        let job = try await queued()
        for other in [Caller.bob, .eve] {
            let failure = await #expect(throws: Failure.self) { try await store.cancel(job.id.rawValue, by: other) }
            #expect(failure?.kind == (other == .bob ? .forbidden : .missing))
            await #expect(throws: Failure.self) { try await store.delete(job.id.rawValue, by: other) }
        }
        #expect(try await store.cancel(job.id.rawValue, by: .admin, address: "10.0.0.1").job.state == .cancelled)
        try await store.delete(job.id.rawValue, by: .admin, address: "10.0.0.1")
        let told = acts.withLock { $0 }
        #expect(told == ["job.cancelled admin@example.com 10.0.0.1", "job.deleted admin@example.com 10.0.0.1"])
        let own = try await queued()
        _ = try await store.cancel(own.id.rawValue, by: .ada)
        let count = acts.withLock { $0.count }
        #expect(count == 2, "what owners do is no intervention")
    }

    @Test func `a queued job is claimed once, however many ask`() async throws {
        let job = try await queued()
        let claims = try await withThrowingTaskGroup(of: Job?.self) { group in
            for _ in 0..<16 {
                group.addTask { [store] in try await store.claim(attempt: ID(), worker: 1, kinds: ["transform"])?.job }
            }
            return try await group.reduce(into: [Job]()) { if let job = $1 { $0.append(job) } }
        }
        #expect(claims.map(\.id) == [job.id])
    }

    @Test func `who has nothing running comes before who has`() async throws {
        _ = try await queued(of: .ada)
        let second = try await queued(of: .ada)
        let bobs = try await queued(of: .bob)
        _ = try await store.claim(attempt: ID(), worker: 1, kinds: ["transform"])
        #expect(try await store.claim(attempt: ID(), worker: 2, kinds: ["transform"])?.job.id == bobs.id)
        #expect(try await store.claim(attempt: ID(), worker: 3, kinds: ["transform"])?.job.id == second.id)
    }

    @Test func `people take turns, however many jobs one of them has queued`() async throws {
        var queue = FairQueue()
        let many = [try await queued(), try await queued(), try await queued()]
        let one = try await queued(of: .bob)
        var order: [ID<Job>] = []
        while order.count < 4 {
            let (attempt, now) = (ID<Attempt>(), queue)
            let job = try #require(
                try await store.claim(attempt: attempt, worker: 1, kinds: ["transform"], choose: { now.next($0) })?.job)
            queue.serve(job.user)
            order.append(job.id)
            // One worker: each job ends before the next begins.
            _ = try await store.finish(job.id, attempt, .failed(code: "x", message: "x", category: .permanent))
        }
        #expect(order == [many[0].id, one.id, many[1].id, many[2].id])
    }

    @Test func `the youngest job of who has the most gives way, and nobody's only one`() {
        func running(_ user: Caller, _ at: Int64) -> FairQueue.Running {
            .init(job: ID(), user: user.user, startedAt: Moment(rawValue: at))
        }
        let (first, second, third) = (running(.ada, 1), running(.ada, 3), running(.ada, 2))
        let others = [running(.bob, 9), running(.eve, 4)]
        #expect(FairQueue.victim(among: others + [first, second, third]) == second.job)
        #expect(FairQueue.victim(among: others + [first]) == nil)
        #expect(FairQueue.victim(among: []) == nil)
    }

    @Test func `a put-back job loses no attempt`() async throws {
        let job = try await queued()
        let attempt = ID<Attempt>()
        _ = try await store.claim(attempt: attempt, worker: 1, kinds: ["transform"])
        let back = try #require(try await store.finish(job.id, attempt, .preempted))
        #expect(back.state == .queued && back.attemptCount == 0)
        #expect(try await workshop.attempts(of: job).map(\.outcome) == ["preempted"])
    }

    @Test func `the jobs of a disabled account end, and nobody else's`() async throws {
        let ada = Caller.ada.user
        let strict = JobStore(
            workshop.storage, objects: workshop.objects, answer: JobAnswer(kinds: [TrackJob.kind], board: ProgressBoard()),
            isActive: { user, _ in user != ada })
        let (runs, waits, bobs) = (try await queued(), try await queued(), try await queued(of: .bob))
        let attempt = ID<Attempt>()
        _ = try await store.claim(attempt: attempt, worker: 1, kinds: ["transform"])
        #expect(try await strict.cancelJobsOfInactive() == [runs.id])
        let ended = try await store.find(waits.id.rawValue, for: .ada)
        #expect(ended.state == .cancelled && ended.errorCode == "account_disabled")
        #expect(try await store.find(runs.id.rawValue, for: .ada).state == .cancelling)
        #expect(try await store.find(bobs.id.rawValue, for: .bob).state == .queued)
        #expect(try await strict.cancelJobsOfInactive().isEmpty)
        #expect(try await store.finish(runs.id, attempt, .interrupted)?.state == .cancelled)
        // Nor does a worker take what comes in later.
        let late = try await queued()
        #expect(try await strict.claim(attempt: ID(), worker: 1, kinds: ["transform"])?.job.id == bobs.id)
        #expect(try await strict.claim(attempt: ID(), worker: 1, kinds: ["transform"]) == nil)
        #expect(try await store.find(late.id.rawValue, for: .ada).state == .queued)
    }

    @Test func `the end of an attempt names its files and tells the log`() async throws {
        let job = try await queued()
        let attempt = ID<Attempt>()
        _ = try await store.claim(attempt: attempt, worker: 1, kinds: ["transform"])
        let key = try ObjectKey("output/\(job.id)/people_processed.csv")
        let file = JobStore.MadeFile(try await placed("out", key), name: "people_processed.csv", role: "output")
        let ended = try await store.finish(job.id, attempt, .finished, only: done(["ledger": [:]], file))
        #expect(ended?.outputKey == "output/\(job.id)/people_processed.csv")
        try await store.discardUncommitted([file.placed])
        #expect(try await store.details(job.id.rawValue, for: .ada).artifacts.map(\.sizeBytes) == [3])
        #expect(workshop.objectFiles == [file.placed.object.file])
        #expect(try await events(job) == ["job.created", "job.queued", "job.started", "job.completed"])
    }

    @Test func `a late attempt leaves no file and no row`() async throws {
        let job = try await queued()
        _ = try await store.claim(attempt: ID(), worker: 1, kinds: ["transform"])
        let key = try ObjectKey("output/\(job.id)/late.csv")
        let file = JobStore.MadeFile(try await placed("late", key), name: "late.csv", role: "output")
        #expect(try await store.finish(job.id, ID(), .finished, only: done([:], file)) == nil)
        try await store.discardUncommitted([file.placed])
        #expect(workshop.objectFiles.isEmpty)
        #expect(try await store.find(job.id.rawValue, for: .ada).state == .running)
    }

    @Test func `recovery queues what ran and cancels what was being cancelled`() async throws {
        let (first, second) = (try await queued(), try await queued())
        _ = try await store.claim(attempt: ID(), worker: 1, kinds: ["transform"])
        _ = try await store.claim(attempt: ID(), worker: 2, kinds: ["transform"])
        _ = try await store.cancel(second.id.rawValue, by: .ada)
        #expect(try await store.recover() == 2)
        #expect(try await store.find(first.id.rawValue, for: .ada).state == .queued)
        #expect(try await store.find(second.id.rawValue, for: .ada).state == .cancelled)
        #expect(try await store.recover() == 0)
    }

    @Test func `servers that crash use up no attempt of a job`() async throws {
        let job = try await queued()
        for _ in 0..<5 {
            #expect(try await store.claim(attempt: ID(), worker: 1, kinds: ["transform"])?.job.attemptCount == 1)
            #expect(try await store.recover() == 1)
            let found = try await store.find(job.id.rawValue, for: .ada)
            #expect(found.state == .queued && found.attemptCount == 0)
        }
    }

    @Test func `a running job is not deleted, an ended one goes with its files`() async throws {
        let job = try await queued()
        let attempt = ID<Attempt>()
        _ = try await store.claim(attempt: attempt, worker: 1, kinds: ["transform"])
        let refused = await #expect(throws: Failure.self) { try await store.delete(job.id.rawValue, by: .ada) }
        #expect(refused?.kind == .conflict)
        let key = try ObjectKey("output/\(job.id)/x.csv")
        let file = JobStore.MadeFile(try await placed("x", key), name: "x.csv", role: "output")
        _ = try await store.finish(job.id, attempt, .finished, only: done([:], file))
        try await store.delete(job.id.rawValue, by: .ada)
        #expect(workshop.objectFiles.isEmpty)
        await #expect(throws: Failure.self) { try await store.find(job.id.rawValue, for: .ada) }
    }

    @Test func `an upload is open until the job begins, and only for its own key`() async throws {
        let job = try await store.create(job())
        let key = try #require(try job.uploadKey)
        try await workshop.storage.read { db in _ = try JobObjects.mustBeOpen(key, db) }
        for other in ["input/\(job.id)/other.csv", "output/\(job.id)/people.csv", "input/\(ID<Job>())/people.csv", "input/x"] {
            await #expect(throws: Failure.self) {
                try await workshop.storage.read { db in _ = try JobObjects.mustBeOpen(try ObjectKey(other), db) }
            }
        }
        _ = try await store.cancel(job.id.rawValue, by: .ada)
        await #expect(throws: Failure.self) { try await workshop.storage.read { db in _ = try JobObjects.mustBeOpen(key, db) } }
    }
}
