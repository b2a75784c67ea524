import Accounts
import Core
import GRDB
import Jobs
import Storage
import TestKit
import Testing

@Suite("Reading the log in pieces")
struct EventLogTests {
    let workshop: Workshop
    let log: EventLog

    init() throws {
        workshop = try Workshop(migrations: StorageSchema.migrations + AccountSchema.migrations + JobSchema.migrations)
        log = EventLog(workshop.storage)
    }

    private func append(_ topic: Event.Topic, _ text: String) async throws {
        try await workshop.storage.write { db in
            try EventLog.append(
                Event(topic, tenant: "default", user: Caller.ada.user, type: "x", detail: ["text": .string(text)]), at: .now, db)
        }
    }

    /// As a version that knew no limit wrote it.
    private func appendOld(bytes: Int) async throws {
        try await append(.tasks, "old")
        let text = String(repeating: "x", count: bytes)
        try await workshop.storage.write { db in
            try db.execute(
                sql: "UPDATE event SET detail = ? WHERE id = (SELECT max(id) FROM event)",
                arguments: [JSON.object(["text": .string(text), "task_id": "t"])])
        }
    }

    @Test func `a batch holds so many bytes at most, and the next goes on behind it`() async throws {
        let text = String(repeating: "x", count: 1000)
        for number in 0..<20 { try await append(number.isMultiple(of: 3) ? .tasks : .jobs, text) }
        var (position, seen, batches) = (Int64(0), [Int64](), 0)
        while true {
            let batch = try await log.batch(after: position, .everything(of: .ada), most: 100, bytes: 5000)
            #expect(batch.events.count <= 5000 / 1000 * 2)
            seen += batch.events.map(\.id)
            guard batch.isCut, let last = batch.events.last else { break }
            position = last.id
            batches += 1
        }
        #expect(seen == Array(1...20), "each once, in order, of both topics")
        #expect(batches >= 3)
    }

    @Test func `an event that is larger than a batch is read alone, and cut`() async throws {
        for _ in 0..<3 { try await appendOld(bytes: 2_000_000) }
        let batch = try await log.batch(after: 0, .topics([.tasks], .ada), most: 100, bytes: 20_000)
        #expect(batch.events.count == 1)
        #expect(batch.isCut)
        #expect(batch.events[0].detail["task_id"] == "t")
        #expect(batch.events[0].detail.bytes.count <= Event.Limits.detailBytes)
    }

    @Test func `a reader that catches up on large events gets them in small pieces`() async throws {
        for _ in 0..<120 { try await appendOld(bytes: 200_000) }
        let reader = try await EventReader(
            log: log, board: ProgressBoard(), interest: .topics([.tasks], .ada), after: 0)
        var (count, most) = (0, 0)
        while count < 120 {
            let events = try await reader.next().events
            try #require(!events.isEmpty)
            count += events.count
            most = max(most, events.reduce(0) { $0 + $1.detail.bytes.count })
        }
        #expect(count == 120)
        #expect(most <= 300_000, "all of them had 24 MB")
    }
}
