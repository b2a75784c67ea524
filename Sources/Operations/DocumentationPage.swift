import Core
import Hummingbird
package import NIOPosix
package import Web

/// `/docs`: every JSON route, explained, to be tried with the session that the reader has.
package struct DocumentationPage: Sendable {
    private let table: RouteTable
    private let pages: Pages
    private let threads: NIOThreadPool

    package init(table: RouteTable, pages: Pages, threads: NIOThreadPool) {
        self.table = table
        self.pages = pages
        self.threads = threads
    }

    package func routes(_ routes: Routes<AppRequestContext>) {
        routes.get("docs", .page("Explain the API", .everyone), use: show)
    }

    @Sendable func show(_ request: Request, _ context: AppRequestContext) async throws -> Response {
        try await threads.work {
            try pages.render("docs/api", Pages.Frame(title: "API", visit: context), content(isSignedIn: context.caller != nil))
        }
    }

    private func content(isSignedIn: Bool) -> [String: Any] {
        let routes = shown
        let groups = Dictionary(grouping: routes) { route in
            String(route.template.split(separator: "/").first { $0 != "api" && $0 != "v1" } ?? "")
        }
        return [
            "count": routes.count,
            "groups": groups.sorted { $0.key < $1.key }.map { name, routes -> [String: Any] in
                ["name": name, "count": routes.count, "routes": routes.map(model)]
            },
            "shapes": shapes(of: routes), "isSignedIn": isSignedIn,
        ]
    }

    /// Of the three mounts one, and of the others what is nowhere else.
    private var shown: [RouteTable.Route] {
        var seen: Set<String> = []
        let all = table.all.filter { $0.declaration.answers != .page && $0.declaration.access != .signature }
        return (all.filter { $0.path.hasPrefix("/api/v1/") } + all).filter {
            !$0.path.hasPrefix("/assets/") && $0.path != "/favicon.ico" && seen.insert("\($0.method) \($0.template)").inserted
        }.sorted { ($0.template, $0.method) < ($1.template, $1.method) }
    }

    private func model(_ route: RouteTable.Route) -> [String: Any] {
        let declaration = route.declaration
        let inPath = route.path.split(separator: "/").filter { $0.hasPrefix("{") }.map { $0.dropFirst().dropLast() }
        let id = "\(route.method)-\(route.template)".lowercased().map { $0.isLetter || $0.isNumber ? $0 : "-" }
        var model: [String: Any] = [
            "id": String(id), "method": route.method, "path": route.path, "summary": declaration.summary,
            "who": declaration.who, "isCreating": declaration.isCreating, "needsFreshLogin": declaration.needsFreshLogin,
            "isOpen": declaration.access == .everyone,
            "inPath": inPath.map { ["name": String($0)] },
            "query": declaration.query.map { ["name": $0.name, "text": $0.text, "type": $0.schema.outline] },
            "answers": declaration.gives.map { given -> [String: Any] in
                var answer: [String: Any] = ["status": given.status, "text": given.text]
                answer["shape"] = given.schema?.outline
                return answer
            },
        ]
        model["refusals"] = declaration.refusalsByStatus.map { ["status": $0.status, "codes": $0.codes.map { ["code": $0] }] }
        let limits = declaration.rates.filter { $0 != .api }.map { "\($0.limit) in \($0.windowSeconds) s" }
        if !limits.isEmpty { model["limits"] = limits.joined(separator: ", ") }
        model["hasInputs"] = !inPath.isEmpty || !declaration.query.isEmpty
        if declaration.body == .fields, let takes = declaration.takes { model["takes"] = takes.outline }
        if declaration.body == .file { model["takesFile"] = true }
        // A stream does not end, and a socket is no request.
        let isStream = declaration.gives.contains { $0.type == "text/event-stream" }
        if case .socket = declaration.access { return model }
        model["canTry"] = !isStream && declaration.body != .file
        return model
    }

    private func shapes(of routes: [RouteTable.Route]) -> [[String: Any]] {
        var definitions: [String: JSON] = [:]
        for route in routes { for schema in route.declaration.schemas { definitions.merge(schema.definitions) { $1 } } }
        return definitions.sorted { $0.key < $1.key }.map { ["name": $0.key, "outline": Schema.outline($0.value)] }
    }
}
