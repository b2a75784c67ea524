import Accounts
import Core
import GRDB
import Jobs
import Storage
import Synchronization
import TestKit
import Testing
import Tracking

@Suite("Deleting jobs as their owner's settings say")
struct RetentionTests {
    let workshop: Workshop
    let store: JobStore
    private let world = World()

    /// A clock that the test moves, who keeps what, and the mails.
    private final class World: Sendable {
        let now = Mutex(Moment.now)
        let days = Mutex<[ID<Caller>: Int]>([:])
        let mails = Mutex<[Retention.Notice]>([])

        var notices: [Retention.Notice] { mails.withLock { $0 } }

        func move(days: Double) { now.withLock { $0 = $0.adding(seconds: days * 86_400) } }
    }

    init() throws {
        workshop = try Workshop(migrations: StorageSchema.migrations + AccountSchema.migrations + JobSchema.migrations)
        store = JobStore(
            workshop.storage, objects: workshop.objects, answer: JobAnswer(kinds: [TrackJob.kind], board: ProgressBoard()))
    }

    private var retention: Retention {
        Retention(
            store: store, keepers: { [world] in world.days.withLock { $0.map { .init(user: $0.key, days: $0.value) } } },
            tell: { [world] notice, _ in world.mails.withLock { $0.append(notice) } },
            now: { [world] in world.now.withLock { $0 } }, logger: Workshop.logger)
    }

    private func make(of owner: Caller = .ada) async throws -> Job {
        try await store.create(
            Job(owner: owner, kind: "track", name: "A job", statusText: "pending", at: world.now.withLock { $0 }))
    }

    private func keep(_ days: Int) { world.days.withLock { $0[Caller.ada.user] = days == 0 ? nil : days } }

    private func isThere(_ job: Job, for caller: Caller = .ada) async throws -> Bool {
        do {
            _ = try await store.find(job.id.rawValue, for: caller)
            return true
        } catch let failure as Failure where failure.kind == .missing {
            return false
        }
    }

    @Test func `an old job is told of first, and deleted on the day that was told`() async throws {
        keep(30)
        let (job, bobs) = (try await make(), try await make(of: .bob))
        world.move(days: 26)
        try await retention.turn()
        #expect(try await store.find(job.id.rawValue, for: .ada).retiresAt == nil)
        world.move(days: 1.5)
        try await retention.turn()
        let planned = try await store.find(job.id.rawValue, for: .ada)
        let end = try #require(planned.retiresAt)
        #expect(end == max(job.updatedAt.adding(seconds: 30 * 86_400), world.now.withLock { $0 }.adding(seconds: 3 * 86_400)))
        #expect(planned.updatedAt == job.updatedAt)
        #expect(world.notices.map(\.user) == [Caller.ada.user])
        #expect(world.notices.map(\.jobs) == [1] && world.notices.map(\.from) == [end])
        #expect(try await store.planned(of: Caller.ada.user)?.jobs == 1)
        world.move(days: 2.9)
        try await retention.turn()
        #expect(try await isThere(job))
        world.move(days: 0.2)
        try await retention.turn()
        #expect(try await !isThere(job))
        #expect(try await isThere(bobs, for: .bob))
        let events = try await EventLog(workshop.storage).events(after: 0, .job(job.id), most: 9)
        #expect(events.map(\.type) == ["job.created", "job.retiring", "job.deleted"])
        #expect(events.last?.detail["reason"] == "retention")
        #expect(world.notices.count == 1)
    }

    @Test func `a change of the job, or of the setting, keeps it`() async throws {
        keep(10)
        let (changed, kept) = (try await make(), try await make())
        world.move(days: 8)
        try await retention.turn()
        #expect(try await store.planned(of: Caller.ada.user)?.jobs == 2)
        let now = world.now.withLock { $0 }
        _ = try await store.change(changed.id.rawValue, by: .ada, event: nil) { job, _ in job.updatedAt = now }
        world.move(days: 3)
        keep(0)
        try await retention.turn()
        #expect(try await store.planned(of: Caller.ada.user) == nil)
        keep(10)
        try await retention.turn()
        let next = try #require(try await store.find(kept.id.rawValue, for: .ada).retiresAt)
        #expect(next >= world.now.withLock { $0 }.adding(seconds: 3 * 86_400), "told anew, with the whole time")
        world.move(days: 3.1)
        try await retention.turn()
        #expect(try await !isThere(kept))
        #expect(try await isThere(changed))
    }

    @Test func `what the machine has in hand stays, however old`() async throws {
        keep(1)
        let job = try await store.create(Job(owner: .ada, kind: "transform", name: "a.csv", fileName: "a.csv", at: .now))
        let now = world.now.withLock { $0 }
        _ = try await store.change(job.id.rawValue, by: .ada, event: nil) { job, _ in try job.enqueue(input: "x/y", at: now) }
        for _ in 0..<5 {
            world.move(days: 5)
            try await retention.turn()
        }
        #expect(try await isThere(job))
        #expect(world.notices.isEmpty)
    }

    @Test func `one person gets one notice a day`() async throws {
        keep(5)
        _ = try await make()
        world.move(days: 1)
        _ = try await make()
        world.move(days: 1.1)
        try await retention.turn()
        world.move(days: 0.9)
        try await retention.turn()
        #expect(world.notices.count == 1)
        world.move(days: 0.2)
        try await retention.turn()
        #expect(world.notices.count == 2)
    }
}
