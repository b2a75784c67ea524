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
            Migration(
                "test-001-item",
                """
                CREATE TABLE item (id INTEGER PRIMARY KEY, text TEXT UNIQUE);
                CREATE TABLE part (id INTEGER PRIMARY KEY, item INTEGER REFERENCES item (id) ON DELETE CASCADE);
                CREATE TABLE note (text TEXT);
                CREATE TRIGGER noted AFTER INSERT ON note WHEN NEW.text = 'part' BEGIN INSERT INTO part (item) VALUES (NULL); END;
                """)
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

    @Test func `of certain tables only what changes them is a reason to look again`() async throws {
        let reads = ReadCache<Int>(workshop.storage, of: ["part"], most: 10)
        let storage = workshop.storage
        func looked(after sql: String) async throws -> Int {
            try await storage.write { db in try db.execute(sql: sql) }
            let before = looks.count.withLock { $0 }
            let found = try await reads.value("parts") {
                _ = look(nil)
                return try await storage.read { db in try Int.fetchOne(db, sql: "SELECT count(*) FROM part") }
            }
            let there = try await storage.read { db in try Int.fetchOne(db, sql: "SELECT count(*) FROM part") }
            #expect(found == there, "\(sql)")
            return looks.count.withLock { $0 } - before
        }
        #expect(try await looked(after: "INSERT INTO item VALUES (1, 'a')") == 1)
        for other in [
            "INSERT INTO item VALUES (2, 'b')", "UPDATE item SET text = 'c' WHERE id = 2", "INSERT INTO note VALUES ('x')",
        ] {
            #expect(try await looked(after: other) == 0, "\(other)")
        }
        for own in [
            "INSERT INTO part VALUES (1, 1)", "UPDATE part SET item = 2", "DELETE FROM item WHERE id = 2",
            "INSERT INTO note VALUES ('part')", "DELETE FROM part", "REPLACE INTO part VALUES (7, 1)",
            "REPLACE INTO part VALUES (7, NULL)",
            "DELETE FROM item; INSERT INTO part VALUES (8, NULL)",
        ] {
            #expect(try await looked(after: own) == 1, "\(own)")
        }
    }

    @Test func `what is taken back changes nothing, and what else is in the same commit counts`() async throws {
        let reads = ReadCache<String>(workshop.storage, of: ["part"], most: 10)
        let storage = workshop.storage
        #expect(try await reads.value("a") { look("one") } == "one")
        struct Undone: Error {}
        await withTaskGroup { group in
            for number in 1...20 {
                group.addTask {
                    try? await storage.write { db in
                        try db.execute(
                            sql: number == 13 ? "INSERT INTO part VALUES (13, NULL)" : "INSERT INTO part VALUES (99, NULL)")
                        if number != 13 { throw Undone() }
                    }
                }
            }
        }
        #expect(try await reads.value("a") { look("two") } == "two")
        try? await storage.write { db in
            try db.execute(sql: "INSERT INTO part VALUES (99, NULL)")
            throw Undone()
        }
        try await add("something else")
        #expect(try await reads.value("a") { look("three") } == "two")
    }

    @Test func `a commit of another process counts for all tables, one of this process for its own`() async throws {
        let reads = ReadCache<String>(workshop.storage, of: ["part"], most: 10)
        #expect(try await reads.value("a") { look("one") } == "one")
        try await add("x")
        #expect(try await workshop.storage.hasNewCommit())
        #expect(try await reads.value("a") { look("two") } == "one")
        let other = try DatabaseQueue(path: workshop.storage.database.path)
        try await other.write { db in try db.execute(sql: "INSERT INTO part VALUES (1, NULL)") }
        #expect(try await workshop.storage.hasNewCommit())
        #expect(try await reads.value("a") { look("three") } == "three")
        #expect(try await !workshop.storage.hasNewCommit())
        #expect(try await reads.value("a") { look("four") } == "three")
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
