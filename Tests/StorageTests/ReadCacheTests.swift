import GRDB
import Storage
import Synchronization
import TestKit
import Testing

@Suite("Remembering what was read since the last commit")
struct RememberedReadsTests {
    let workshop: Workshop
    private let looks = Looks()

    private final class Looks: Sendable {
        let count = Mutex(0)
    }

    init() throws {
        workshop = try Workshop(migrations: [
            Migration("test-001-item", "CREATE TABLE item (id INTEGER PRIMARY KEY, text TEXT UNIQUE)")
        ])
    }

    private func look(_ value: String?) -> String? {
        looks.count.withLock { $0 += 1 }
        return value
    }

    private func add(_ text: String) async throws {
        try await workshop.storage.write { db in try db.execute(sql: "INSERT INTO item (text) VALUES (?)", arguments: [text]) }
    }

    @Test func `nobody looks twice until something is committed`() async throws {
        let reads = ReadCache<String>(workshop.storage, most: 10)
        for _ in 0..<3 { #expect(try await reads.value("a") { look("one") } == "one") }
        #expect(looks.count.withLock { $0 } == 1)
        try await add("x")
        #expect(try await reads.value("a") { look("two") } == "two")
        #expect(looks.count.withLock { $0 } == 2)
    }

    @Test func `what is not there, not good any more or not to be kept is looked up again`() async throws {
        let reads = ReadCache<String>(workshop.storage, most: 10)
        for _ in 0..<2 { #expect(try await reads.value("none") { look(nil) } == nil) }
        for _ in 0..<2 { #expect(try await reads.value("old", while: { _ in false }) { look("x") } == "x") }
        for _ in 0..<2 { #expect(try await reads.value("live", keeping: { _ in false }) { look("x") } == "x") }
        #expect(looks.count.withLock { $0 } == 6)
    }

    @Test func `no more are kept than are allowed`() async throws {
        let reads = ReadCache<String>(workshop.storage, most: 3)
        for name in ["a", "b", "c", "d"] { _ = try await reads.value(name) { look(name) } }
        #expect(try await reads.value("d") { look("again") } == "d")
        #expect(try await reads.value("a") { look("again") } == "again")
    }

    @Test func `what was read before a commit is not remembered after it`() async throws {
        let reads = ReadCache<String>(workshop.storage, most: 10)
        let slow = try await reads.value("a") {
            try await add("meanwhile")
            return look("old")
        }
        #expect(slow == "old")
        #expect(try await reads.value("a") { look("new") } == "new")
    }

    @Test func `many readers and writers see no value older than the last commit`() async throws {
        let reads = ReadCache<Int>(workshop.storage, most: 10)
        let storage = workshop.storage
        for round in 1...50 {
            try await withThrowingTaskGroup { group in
                for _ in 0..<8 {
                    group.addTask {
                        _ = try await reads.value("count") {
                            try await storage.read { db in try Int.fetchOne(db, sql: "SELECT count(*) FROM item") }
                        }
                    }
                }
                group.addTask { try await add("\(round)") }
                try await group.waitForAll()
            }
            let count = try await reads.value("count") {
                try await storage.read { db in try Int.fetchOne(db, sql: "SELECT count(*) FROM item") }
            }
            #expect(count == round)
        }
    }
}
