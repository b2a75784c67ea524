import Core
import Discovery
import GRDB
import Logging
import ServiceLifecycle
import Storage

/// Scores all leads anew after a start with other weights. What is done survives a crash: the next start goes on there.
struct Rescoring: Service {
    private let storage: Storage
    private let profile: CustomerProfile
    private let logger: Logger

    private enum Limits {
        /// Leads of one transaction.
        static let batch = 500
        /// Between two of them others write, and searches keep up.
        static let pause = Duration.milliseconds(5)
    }

    init(_ storage: Storage, profile: CustomerProfile, logger: Logger) {
        (self.storage, self.profile, self.logger) = (storage, profile, logger)
    }

    func run() async throws {
        try? await cancelWhenGracefulShutdown {
            do {
                try await begin()
                while try await goOn() { try await Task.sleep(for: Limits.pause) }
            } catch is CancellationError {
                return
            } catch {
                logger.error("leads_not_rescored", metadata: ["error": "\(error)"])
            }
            // A service that ends would end the server.
            try await gracefulShutdown()
        }
    }

    private func begin() async throws {
        let text = profile.text
        try await storage.write { db in
            try db.execute(
                sql: """
                    INSERT INTO leadScoring (id, profile, position) VALUES (1, ?, 0)
                    ON CONFLICT (id) DO UPDATE SET profile = excluded.profile, position = 0 WHERE profile <> excluded.profile
                    """, arguments: [text])
        }
    }

    /// - Returns: whether there are more.
    private func goOn() async throws -> Bool {
        let profile = profile
        return try await storage.write { db in
            guard let position = try Int64.fetchOne(db, sql: "SELECT position FROM leadScoring"), position < .max else {
                return false
            }
            let rows = try Row.fetchAll(
                db,
                sql: """
                    SELECT id, roleFamily, seniority, size, industry, tech, score, reasons FROM lead WHERE id > ? ORDER BY id
                    LIMIT \(Limits.batch)
                    """, arguments: [position])
            for row in rows {
                let tech: String = row["tech"]
                let score = profile.score(
                    .init(
                        roleFamily: row["roleFamily"], seniority: row["seniority"], size: row["size"], industry: row["industry"],
                        tech: tech.split(separator: " ").map(String.init)))
                let reasons = JSON.array(score.reasons.map { .string($0) }).text
                guard row["score"] as Int? != score.points || row["reasons"] as String != reasons else { continue }
                try db.cachedStatement(sql: "UPDATE lead SET score = ?, reasons = ? WHERE id = ?").execute(
                    arguments: [score.points, reasons, row["id"] as Int64])
            }
            // Leads that are added from now on have the new points.
            let isLast = rows.count < Limits.batch
            try db.execute(
                sql: "UPDATE leadScoring SET position = ?",
                arguments: [isLast ? Int64.max : rows.last?["id"] as Int64? ?? .max])
            return !isLast
        }
    }
}
