import Core
import GRDB
import Storage
import TestKit
import Testing

@Suite("Reading within a time")
struct ReadDeadlineTests {
    let workshop: Workshop

    init() throws { workshop = try Workshop(migrations: StorageSchema.migrations) }

    /// Would count for years.
    private static let endless = """
        WITH RECURSIVE number (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number) SELECT count(*) FROM number
        """

    @Test func `a statement whose time is up is interrupted, and its connection reads on`() async throws {
        let failure = await #expect(throws: Failure.self) {
            try await workshop.storage.read(within: .milliseconds(50)) { db in try db.execute(sql: Self.endless) }
        }
        #expect(failure?.code == "took_too_long")
        #expect(failure?.kind == .outage)
        for _ in 0..<16 { try await workshop.storage.read { db in try db.execute(sql: "SELECT 1") } }
    }

    @Test func `a statement whose caller has gone is interrupted long before its time is up`() async throws {
        let patience = Patience()
        await withTaskGroup { group in
            group.addTask { [workshop] in
                await #expect(throws: CancellationError.self) {
                    try await Patience.$current.withValue(patience) {
                        try await workshop.storage.read(within: .seconds(600)) { db in try db.execute(sql: Self.endless) }
                    }
                }
            }
            patience.end()
        }
    }

    @Test func `what is short is read even for a caller that looks gone`() async throws {
        let patience = Patience()
        patience.end()
        try await Patience.$current.withValue(patience) {
            try await workshop.storage.read { db in try db.execute(sql: "SELECT 1") }
        }
    }

    @Test func `many searches leave readers to others, and too many are refused`() async throws {
        let patience = Patience()
        let refusals = await withTaskGroup(of: String?.self) { group in
            for _ in 0..<100 {
                group.addTask { [workshop] in
                    do {
                        try await Patience.$current.withValue(patience) {
                            try await workshop.storage.search { db in try db.execute(sql: Self.endless) }
                        }
                        return nil
                    } catch {
                        return (error as? Failure)?.code ?? "\(type(of: error))"
                    }
                }
            }
            // Two of eight readers search at this moment, and the rest read.
            for _ in 0..<20 { try? await workshop.storage.read { db in try db.execute(sql: "SELECT 1") } }
            patience.end()
            return await group.reduce(into: [String: Int]()) { if let code = $1 { $0[code, default: 0] += 1 } }
        }
        #expect(refusals.values.reduce(0, +) == 100)
        #expect((refusals["too_many_searches"] ?? 0) > 0)
    }
}
