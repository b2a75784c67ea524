import Core
import Hummingbird
package import NIOPosix
package import Web

/// `GET /openapi.json`: every route, for programs.
package struct OpenAPIRoutes: Sendable {
    private let table: RouteTable
    private let version: String
    private let threads: NIOThreadPool
    private let made = Made()

    /// The document does not change while the server runs.
    private actor Made {
        private var answer: JSON?

        func document(_ make: @Sendable () async throws -> JSON) async throws -> JSON {
            if let answer { return answer }
            let fresh = try await make()
            answer = fresh
            return fresh
        }
    }

    package init(table: RouteTable, version: String, threads: NIOThreadPool) {
        self.table = table
        self.version = version
        self.threads = threads
    }

    package func routes(_ routes: Routes<AppRequestContext>) {
        routes.get("openapi.json", .init("Describe every route (OpenAPI 3.1)", .everyone).giving(.map, "The document.")) {
            request, _ in
            let document = try await made.document {
                try await threads.work { OpenAPI.document(table.all, version: version) }
            }
            return Answer.tagged(document, for: request)
        }
    }
}
