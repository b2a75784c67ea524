import Core
import Jobs
import Storage
import TestKit
import Testing
import Web

@testable import Collaboration

@Suite("Looking at a page of the board")
struct TaskBoardTests {
    let store: SharedTaskStore

    init() throws {
        let workshop = try Workshop(
            migrations: StorageSchema.migrations + JobSchema.migrations + SharedTaskSchema.migrations)
        store = SharedTaskStore(workshop.storage) { _, _ in true }
    }

    private func make(_ count: Int, _ more: JSON = [:]) async throws -> [String] {
        guard case .object(let more) = more else { return [] }
        var ids: [String] = []
        for number in 1...count {
            let members = more.merging(["title": .string("Task \(number)")]) { $1 }
            let task = try await store.create(try TaskEdit(Fields(.object(members)), mayMove: false), by: .ada)
            ids.append(task.id.rawValue)
        }
        return ids
    }

    private func names(_ lane: TaskBoard.Lane) -> [String] { lane.tasks.map(\.id.rawValue) }

    @Test func `a column shows one page, and tells how many there are`() async throws {
        let ids = try await make(230)
        let first = try await store.board(.init(), for: .ada).todo
        #expect(names(first) == Array(ids[..<80]))
        #expect((first.total, first.hasEarlier, first.hasLater) == (230, false, true))
        let last = try await store.board(.init(todo: 3), for: .ada).todo
        #expect(names(last) == Array(ids[160...]))
        #expect((last.skip, last.hasEarlier, last.hasLater) == (160, true, false))
    }

    @Test func `a page beyond the last is the last`() async throws {
        _ = try await make(81)
        let board = try await store.board(.init(todo: 9, done: 7), for: .ada)
        #expect(board.place == .init(todo: 2, done: 1))
        #expect(board.todo.tasks.count == 1)
    }

    @Test func `of what is done the newest are shown, in their order`() async throws {
        let ids = try await make(35, ["done": true])
        let renamed = try TaskEdit(Fields(["title": "Once more"]), mayMove: true)
        _ = try await store.change(ids[0], renamed, by: .ada, IfMatch(tag: "*"))
        let done = try await store.board(.init(), for: .ada).done
        #expect(done.tasks.count == 30)
        #expect(names(done).first == ids[0])
        #expect(done.total == 35)
        #expect(names(try await store.board(.init(done: 2), for: .ada).done) == Array(ids[30...]))
    }

    @Test func `each view counts what is open, of its own`() async throws {
        _ = try await make(3, ["assignee": .string(Caller.ada.email)])
        _ = try await make(2)
        _ = try await make(1, ["done": true])
        let board = try await store.board(.init(.mine), for: .ada)
        #expect(board.open == [.all: 5, .mine: 3, .unassigned: 2])
        #expect(board.todo.total == 3)
        #expect(board.done.total == 0)
        #expect(try await store.board(.init(), for: .eve).open[.all] ?? 0 == 0)
    }

    @Test func `a column turns to the page that holds a task`() async throws {
        let ids = try await make(230)
        #expect(try await store.place(.init(), showing: ids[229], for: .ada) == .init(todo: 3))
        #expect(try await store.place(.init(todo: 3), showing: ids[0], for: .ada) == .init(todo: 1))
        #expect(try await store.place(.init(.mine, todo: 2), showing: ids[0], for: .ada) == .init(.mine, todo: 2))
        #expect(try await store.place(.init(todo: 2), showing: ids[0], for: .eve) == .init(todo: 2))
    }

    @Test func `neighbours stand across the ends of pages`() async throws {
        let ids = try await make(81)
        let (above, below) = try await store.neighbours(of: ids[79], .init(), for: .ada)
        #expect((above, below) == (ids[78], ids[80]))
        let ends = (
            try await store.neighbours(of: ids[0], .init(), for: .ada),
            try await store.neighbours(of: ids[80], .init(), for: .ada)
        )
        #expect(ends.0.above == nil)
        #expect(ends.1.below == nil)
    }

    @Test func `a task is moved between two others, as often as one likes`() async throws {
        let ids = try await make(3)
        // The room between two numbers halves with each; after some fifty moves all are spread out anew.
        for round in 0..<120 {
            var edit = TaskEdit()
            let (mover, other) = round.isMultiple(of: 2) ? (ids[1], ids[2]) : (ids[2], ids[1])
            edit.place = .before(other)
            _ = try await store.change(mover, edit, by: .ada, IfMatch(tag: "*"))
            let order = names(try await store.board(.init(), for: .ada).todo)
            #expect(order == [ids[0], mover, other])
        }
    }

    @Test(arguments: ["all", "mine.2", "unassigned.3.1", "all.1.2"])
    func `a place is read as it was written`(text: String) {
        let place = TaskBoard.Place(text: text)
        #expect(place.text == text)
        let query = Form(place.href.split(separator: "?")[1])
        #expect(TaskBoard.Place(query: { query[$0] }) == place)
    }

    @Test(arguments: ["", "nobodys", "all.0", "all.-1", "all.99999999999999999999", "all.x.y", "task"])
    func `what is no place is the beginning`(text: String) {
        #expect(TaskBoard.Place(text: text) == .init())
    }
}
