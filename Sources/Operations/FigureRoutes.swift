package import Core
import HTTPTypes
import Hummingbird
import NIOCore
package import Web

/// The administrator's figures: a page, the same as JSON, and for Prometheus.
package struct FigureRoutes: Sendable {
    private let store: FigureStore
    private let pages: Pages
    private let workers: @Sendable () async -> [JSON]

    private enum Limits {
        static let days = 30
        static let domains = 20
        static let errors = 20
        static let refreshSeconds = 10
    }

    /// - Parameter workers: the processes that work, each an object with name, queues, state and last_heartbeat.
    package init(store: FigureStore, pages: Pages, workers: @escaping @Sendable () async -> [JSON]) {
        (self.store, self.pages, self.workers) = (store, pages, workers)
    }

    package func routes(_ routes: Routes<AppRequestContext>) {
        let admin = routes.group("admin", context: SignedIn.self)
        admin.get("dashboard", .page("Show the figures of the server", .administrator([.admin])), use: dashboard)
        admin.get(
            "metrics",
            .init("Tell how queues, workers, runs and verification stand", .administrator([.admin])).giving(
                .object(["queues": .list(of: .map), "workers": .list(of: .map)], isOpen: true)), use: metrics)
        admin.get(
            "analytics",
            .init("Tell how verification went by day, domain and reason", .administrator([.admin])).asking(
                .init("window_days", .string, "How many days back; \(Limits.days) without it."),
                .init("top_domains", .string, "How many domains; \(Limits.domains) without it."),
                .init("top_errors", .string, "How many reasons; \(Limits.errors) without it.")
            ).giving(.object(["verification_time_series": .list(of: .map)], isOpen: true)), use: analytics)
        routes.group("metrics", context: SignedIn.self).get(
            .init("Tell figures to Prometheus", .administrator([.admin]), answers: .bytes).giving(.file, type: "text/plain"),
            use: prometheus)
    }

    private func figures(_ context: SignedIn) async throws -> [String: JSON] {
        var members = try await store.metrics(of: context.caller.tenant)
        members["workers"] = .array(await workers())
        return members
    }

    @Sendable func metrics(_ request: Request, _ context: SignedIn) async throws -> Response {
        Answer.json(.object(try await figures(context)))
    }

    @Sendable func analytics(_ request: Request, _ context: SignedIn) async throws -> Response {
        let query = Form(query: request)
        func count(_ name: String, _ standard: Int) -> Int {
            query[name].flatMap { Int($0) }.flatMap { $0 > 0 ? $0 : nil } ?? standard
        }
        return Answer.json(
            try await store.analytics(
                of: context.caller.tenant, days: count("window_days", Limits.days), domains: count("top_domains", Limits.domains),
                errors: count("top_errors", Limits.errors)))
    }

    /// Text format 0.0.4.
    @Sendable func prometheus(_ request: Request, _ context: SignedIn) async throws -> Response {
        var samples = try await store.samples()
        var states: [String: Int64] = ["busy": 0, "idle": 0]
        for worker in await workers() { states[worker["state"]?.stringValue ?? "idle", default: 0] += 1 }
        samples += states.sorted { $0.key < $1.key }.map { .init("quern_workers", ["state": $0.key], $0.value) }
        var text = ""
        var last = ""
        for sample in samples {
            if sample.name != last { text += "# TYPE \(sample.name) \(sample.name.hasSuffix("_total") ? "counter" : "gauge")\n" }
            last = sample.name
            let labels = sample.labels.sorted { $0.key < $1.key }.map { "\($0.key)=\"\(Self.escaped($0.value))\"" }.joined(
                separator: ",")
            text += sample.name + (labels.isEmpty ? "" : "{\(labels)}") + " \(sample.value)\n"
        }
        return Response(
            status: .ok, headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
    }

    // MARK: The page

    @Sendable func dashboard(_ request: Request, _ context: SignedIn) async throws -> Response {
        // Keys read the same as JSON.
        guard context.session != nil else {
            throw Failure(.forbidden, "scope_missing", "No API key opens a page; ask /admin/metrics and /admin/analytics.")
        }
        let figures = try await figures(context)
        let analytics = try await store.analytics(
            of: context.caller.tenant, days: Limits.days, domains: Limits.domains, errors: Limits.errors)
        var frame = Pages.Frame(title: "Dashboard", signedIn: context, place: .people)
        frame.refreshSeconds = Limits.refreshSeconds
        return try pages.render("admin/dashboard", frame, DashboardModel(figures, analytics).members)
    }
}
