package import Core
package import NIOPosix
package import Storage
package import Web

/// How the server is, and what its API is.
package struct OperationsRoom: Room {
    package static let migrations = IdempotencySchema.migrations

    private let health: HealthRoutes
    private let document: OpenAPIRoutes
    private let documentation: DocumentationPage
    private let figures: FigureRoutes

    /// - Parameters:
    ///   - sandbox: the layers that hold the workers.
    ///   - counters: what other rooms count.
    ///   - workers: the processes that work, for administrators.
    ///   - table: of all routes.
    package init(
        storage: Storage, version: String, sandbox: JSON,
        counters: @escaping @Sendable () async throws -> [String: JSON], workers: @escaping @Sendable () async -> [JSON],
        table: RouteTable, pages: Pages,
        rendering: NIOThreadPool
    ) {
        health = HealthRoutes(storage: storage, version: version, sandbox: sandbox, counters: counters)
        figures = FigureRoutes(store: FigureStore(storage), pages: pages, workers: workers)
        document = OpenAPIRoutes(table: table, version: version, threads: rendering)
        documentation = DocumentationPage(table: table, pages: pages, threads: rendering)
    }

    package func open(_ routes: Routes<AppRequestContext>) { health.routes(routes) }

    package func pages(_ routes: Routes<AppRequestContext>) {
        health.detailedRoutes(routes)
        document.routes(routes)
        documentation.routes(routes)
        figures.routes(routes)
    }
}
