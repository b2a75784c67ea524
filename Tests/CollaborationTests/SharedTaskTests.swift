import Collaboration
import Core
import Jobs
import Storage
import TestKit
import Testing
import Web

@Suite("Sharing tasks")
struct SharedTaskTests {
    let workshop: Workshop
    let store: SharedTaskStore

    init() throws {
        workshop = try Workshop(
            migrations: StorageSchema.migrations + JobSchema.migrations + SharedTaskSchema.migrations)
        store = SharedTaskStore(workshop.storage) { email, tenant in tenant == "default" && email == Caller.bob.email }
    }

    private func edit(_ json: JSON, isNew: Bool = false) throws -> TaskEdit { try TaskEdit(Fields(json), mayMove: !isNew) }

    private func make(_ title: String, by caller: Caller = .ada) async throws -> SharedTask {
        try await store.create(try edit(["title": .string(title)], isNew: true), by: caller)
    }

    @Test func `its tag is that of its answer`() async throws {
        let task = try await make("a")
        #expect(task.entityTag == ETag.of(task.json))
        let changed = try await store.change(task.id.rawValue, try edit(["done": true]), by: .bob, IfMatch(tag: task.entityTag))
        #expect(changed.entityTag == ETag.of(changed.json))
        #expect(changed.version == 2)
    }

    @Test func `a title that is one letter with marks without end is refused`() throws {
        let title = "a" + String(repeating: "\u{301}", count: 600_000)
        for name in ["title", "description", "assignee"] {
            var members: [String: JSON] = ["title": "x"]
            members[name] = .string(title)
            let failure = #expect(throws: Failure.self) { try edit(.object(members)) }
            #expect(failure?.code == "invalid_\(name)")
        }
    }

    @Test func `the versions of a task with long texts do not pile up`() async throws {
        var task = try await make("0")
        let id = task.id.rawValue
        let description = String(repeating: "語", count: 10_000)
        for number in 1...120 {
            task = try await store.change(
                id, try edit(["description": .string(description), "title": .string(String(number))]),
                by: .ada, IfMatch(tag: task.entityTag))
        }
        let versions = try await store.history(id, for: .ada).versions
        #expect(versions.reduce(0) { $0 + ($1.description?.utf8.count ?? 0) } <= SharedTask.Limits.versionBytes)
        #expect(versions.count >= 50)
        #expect(versions.first?.version == 121)
        // An undo still works, as far as the versions go.
        let undone = try await store.undo(id, by: .ada, IfMatch(tag: task.entityTag))
        #expect(undone.title == "119")
    }

    @Test func `a change that is based on nothing, or on the past, is refused`() async throws {
        let task = try await make("a")
        let id = task.id.rawValue
        await #expect(throws: Failure.self) { try await store.change(id, try edit(["done": true]), by: .ada, .none) }
        _ = try await store.change(id, try edit(["title": "b"]), by: .bob, IfMatch(tag: task.entityTag))
        let failure = await #expect(throws: Failure.self) {
            try await store.change(id, try edit(["title": "c"]), by: .ada, IfMatch(tag: task.entityTag))
        }
        #expect(failure?.code == "stale_version")
        #expect(try await store.find(id, for: .ada).title == "b")
    }

    @Test func `somebody else's tenant sees nothing`() async throws {
        let id = try await make("a").id.rawValue
        let failure = await #expect(throws: Failure.self) { try await store.find(id, for: .eve) }
        #expect(failure?.code == "task_not_found")
        #expect(try await store.list(for: .eve).isEmpty)
    }

    @Test func `undo walks back, and a new change begins where it stands`() async throws {
        var task = try await make("1")
        let id = task.id.rawValue
        for title in ["2", "3"] {
            task = try await store.change(id, try edit(["title": .string(title)]), by: .ada, IfMatch(tag: "*"))
        }
        task = try await store.undo(id, by: .ada, IfMatch(tag: "*"))
        #expect((task.title, task.version) == ("2", 4))
        task = try await store.change(id, try edit(["title": "4"]), by: .ada, IfMatch(tag: "*"))
        task = try await store.undo(id, by: .ada, IfMatch(tag: "*"))
        #expect(task.title == "2")
        task = try await store.undo(id, by: .ada, IfMatch(tag: "*"))
        #expect(task.title == "1")
        let failure = await #expect(throws: Failure.self) { try await store.undo(id, by: .ada, IfMatch(tag: "*")) }
        #expect(failure?.code == "nothing_to_undo")
    }

    @Test func `what was deleted comes back`() async throws {
        let task = try await make("a")
        let gone = try await store.delete(task.id.rawValue, by: .ada, IfMatch(tag: task.entityTag))
        #expect(try await store.list(for: .ada).isEmpty)
        await #expect(throws: Failure.self) { try await store.find(task.id.rawValue, for: .ada) }
        let back = try await store.undo(task.id.rawValue, by: .bob, IfMatch(tag: gone.entityTag))
        #expect((back.title, back.isDeleted, back.version) == ("a", false, 3))
    }

    @Test func `there is always room between two`() async throws {
        let (first, last) = (try await make("first"), try await make("last"))
        var moving = try await make("moving")
        var other = try await make("other")
        // Each goes right behind the first, in turn, far more often than a number can be halved.
        for _ in 0..<70 {
            moving = try await store.change(
                moving.id.rawValue, try edit(["after": .string(first.id.rawValue)]), by: .ada, IfMatch(tag: "*"))
            #expect(try await store.list(for: .ada).map(\.id)[1] == moving.id)
            other = try await store.change(
                other.id.rawValue, try edit(["after": .string(first.id.rawValue)]), by: .ada, IfMatch(tag: "*"))
            #expect(try await store.list(for: .ada).map(\.id)[1] == other.id)
        }
        #expect(try await store.list(for: .ada).map(\.id) == [first.id, other.id, moving.id, last.id])
    }

    @Test func `work is given to members only`() async throws {
        let task = try await store.create(try edit(["title": "a", "assignee": .string(Caller.bob.email)], isNew: true), by: .ada)
        #expect(task.assignee == Caller.bob.email)
        let failure = await #expect(throws: Failure.self) {
            try await store.create(try edit(["title": "a", "assignee": "eve@example.org"], isNew: true), by: .ada)
        }
        #expect(failure?.code == "unknown_assignee")
    }

    @Test func `a name that no task has is told with the nearest`() throws {
        let failure = try #require(throws: Failure.self) { try edit(["titel": "a"], isNew: true) }
        #expect(failure.code == "unknown_field")
        #expect(failure.message.contains("title?"))
    }

    @Test func `everybody of the tenant hears of it`() async throws {
        let log = EventLog(workshop.storage)
        _ = try await make("a")
        #expect(try await log.events(after: 0, .everything(of: .bob), most: 10).map(\.type) == ["task.created"])
        #expect(try await log.events(after: 0, .everything(of: .eve), most: 10).isEmpty)
    }
}
