import Core
import Foundation
import GRDB
import Storage
import TestKit
import Testing

@Suite("Committing writes in groups")
struct GroupCommitTests {
    let workshop: Workshop

    init() throws {
        workshop = try Workshop(migrations: [
            Migration("test-001-item", "CREATE TABLE item (id INTEGER PRIMARY KEY, text TEXT UNIQUE)")
        ])
    }

    @Test func `many writers at once all find their rows`() async throws {
        let storage = workshop.storage
        try await withThrowingTaskGroup { group in
            for number in 0..<500 {
                group.addTask {
                    try await storage.write { db in
                        try db.execute(sql: "INSERT INTO item (text) VALUES (?)", arguments: ["\(number)"])
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(try await storage.read { db in try Int.fetchOne(db, sql: "SELECT count(*) FROM item") } == 500)
    }

    @Test func `a write that throws takes back only itself`() async throws {
        let storage = workshop.storage
        await withTaskGroup { group in
            for number in 0..<100 {
                group.addTask {
                    try? await storage.write { db in
                        try db.execute(sql: "INSERT INTO item (text) VALUES (?)", arguments: ["\(number)"])
                        if number % 2 == 1 { throw Failure(.refused, "odd", "No odd numbers.") }
                    }
                }
            }
        }
        let texts = try await storage.read { db in try String.fetchAll(db, sql: "SELECT text FROM item") }
        #expect(Set(texts) == Set((0..<100).filter { $0 % 2 == 0 }.map(String.init)))
    }

    @Test func `nil and nothing are answers too`() async throws {
        let none: String? = try await workshop.storage.write { db in try String.fetchOne(db, sql: "SELECT text FROM item") }
        #expect(none == nil)
    }

    @Test func `a cancelled caller's write is whole`() async throws {
        let storage = workshop.storage
        let task = Task {
            try await storage.write { db in try db.execute(sql: "INSERT INTO item (text) VALUES ('late')") }
        }
        task.cancel()
        _ = await task.result
        #expect(try await storage.read { db in try Int.fetchOne(db, sql: "SELECT count(*) FROM item") } == 1)
    }

    @Test func `a file of a newer version is refused`() throws {
        let path = workshop.folder.path + "/other.db"
        _ = try Storage(path: path, migrations: [Migration("a", "CREATE TABLE a (x)"), Migration("b", "CREATE TABLE b (x)")])
        let failure = #expect(throws: Failure.self) {
            try Storage(path: path, migrations: [Migration("a", "CREATE TABLE a (x)")])
        }
        #expect(failure?.code == "newer_database")
    }
}
