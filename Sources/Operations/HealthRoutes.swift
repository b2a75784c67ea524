package import Core
import GRDB
import Hummingbird
package import Storage
package import Web

/// Whether the server is well, in the words of each document.
package struct HealthRoutes: Sendable {
    private let storage: Storage
    private let version: String
    private let sandbox: JSON
    private let counters: @Sendable () async throws -> [String: JSON]

    /// - Parameters:
    ///   - sandbox: the layers that hold the workers.
    ///   - counters: what other rooms count.
    package init(
        storage: Storage, version: String, sandbox: JSON,
        counters: @escaping @Sendable () async throws -> [String: JSON] = { [:] }
    ) {
        self.counters = counters
        self.storage = storage
        self.version = version
        self.sandbox = sandbox
    }

    package func routes(_ routes: Routes<AppRequestContext>) {
        // Touches nothing. `Pulse` answers before the router does, as far as it can.
        routes.get("health", .init("Tell that the server answers", .everyone, rates: [])) { _, _ in Answer.healthy }
        for path in ["healthz", "api/healthz", "api/v1/healthz"] {
            routes.get(path, .init("Tell that the database can be read", .everyone, rates: [], dialect: .enveloped)) { _, _ in
                try await mustReadDatabase()
                return Answer.json(["status": "ok"])
            }
        }
    }

    /// Behind the authenticator: who is known is told more.
    package func detailedRoutes(_ routes: Routes<AppRequestContext>) {
        for path in ["api/health", "api/v1/health"] {
            routes.get(
                path, .init("Tell how the server is, and with detailed=true what it does", .everyone, rates: []), use: detailed)
        }
    }

    @Sendable func detailed(_ request: Request, _ context: AppRequestContext) async throws -> Response {
        let isReady = (try? await mustReadDatabase()) != nil
        var members: [String: JSON] = ["status": isReady ? "ok" : "degraded", "ok": true, "ready": .bool(isReady)]
        if Form(query: request)["detailed"] == "true", let caller = context.caller, isReady {
            members["version"] = .string(version)
            members["sandbox"] = sandbox
            members["jobs"] = .object(try await counts(tenant: caller.tenant))
            members["timestamp"] = .string(Moment.now.description)
            members.merge(try await counters()) { own, _ in own }
        }
        return Answer.json(.object(members))
    }

    private func mustReadDatabase() async throws {
        do {
            _ = try await storage.read { db in try Int.fetchOne(db, sql: "SELECT count(*) FROM object WHERE key = ''") }
        } catch {
            throw Failure(.unavailable, "database_unavailable", "DB unavailable")
        }
    }

    private func counts(tenant: String) async throws -> [String: JSON] {
        try await storage.read { db in
            let rows = try Row.fetchAll(
                db, sql: "SELECT state, count(*) AS n FROM job WHERE tenant = ? GROUP BY state", arguments: [tenant])
            return Dictionary(rows.map { ($0["state"] as String, JSON.int($0["n"])) }, uniquingKeysWith: { $1 })
        }
    }
}
