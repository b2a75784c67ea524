import Core
package import Hummingbird
import Synchronization

/// Every route of the server with its declaration.
///
/// Filled while routes are added, checked once when the router is whole, and read from then on.
package final class RouteTable: Sendable {
    package final class Route: Sendable {
        package let method: String
        /// `/api/v1/jobs/{id}`
        package let path: String
        /// The path without the mount: `jobs/{id}`
        package let template: String
        package let declaration: RouteDeclaration

        init(method: String, path: String, template: String, declaration: RouteDeclaration) {
            (self.method, self.path, self.template, self.declaration) = (method, path, template, declaration)
        }
    }

    private struct State {
        var routes: [Route] = []
        /// By method and path.
        var places: [String: Int] = [:]
        var root = Node()
        /// First parts of paths below which all is for people: what is not there answers a page too.
        var pageRoots: Set<Substring> = []
        var mistakes: [String] = []
    }

    private let state = Mutex(State())

    package init() {}

    // MARK: Filling

    func add(_ route: Route, mistake: String?) {
        state.withLock { state in
            if let mistake { state.mistakes.append("\(route.method) \(route.path): \(mistake)") }
            let number = state.routes.count
            state.routes.append(route)
            state.places["\(route.method) \(route.path)"] = number
            state.root.insert(route.path.split(separator: "/")[...], route.method, number)
        }
    }

    /// Compares what is served with what was declared.
    /// - Throws: `Failure` `route_undeclared`, which stops the start.
    package func check(against router: Router<AppRequestContext>) throws {
        let served = router.routes.map {
            "\($0.method.rawValue) /\($0.path.description.split(separator: "/").joined(separator: "/"))"
        }
        let mistakes = state.withLock { state in
            var of: [Substring: (pages: Bool, others: Bool)] = [:]
            for route in state.routes {
                guard let first = route.path.split(separator: "/").first else { continue }
                if route.declaration.isPage {
                    of[first, default: (false, false)].pages = true
                } else {
                    of[first, default: (false, false)].others = true
                }
            }
            state.pageRoots = Set(of.filter { $0.value.pages && !$0.value.others }.keys)
            return state.mistakes + served.filter { state.places[$0] == nil }.map { "\($0) has no declaration" }
        }
        guard mistakes.isEmpty else {
            throw Failure(
                .unavailable, "route_undeclared", "Routes are declared wrongly: \(mistakes.sorted().joined(separator: "; ")).")
        }
    }

    // MARK: Reading

    /// Everything that is served, in the order of paths.
    package var all: [Route] {
        state.withLock { $0.routes }.sorted { ($0.path, $0.method) < ($1.path, $1.method) }
    }

    /// The route that was found for a request.
    package func route(_ request: Request, _ context: AppRequestContext) -> Route? {
        guard let path = context.endpointPath else { return nil }
        let key = "\(request.method.rawValue) \(path.hasPrefix("/") ? path : "/\(path)")"
        return state.withLock { state in state.places[key].map { state.routes[$0] } }
    }

    /// The routes that match a path, by method.
    package func routes(at path: some StringProtocol) -> [String: Route] {
        let parts = path.split(separator: "/").map { Substring($0) }
        return state.withLock { state in
            state.root.find(parts[...])?.mapValues { state.routes[$0] } ?? [:]
        }
    }

    /// The dialect in which all routes at a path answer, whatever the caller's is, and those that refuse other methods.
    func dialect(at path: String) -> Dialect? { routes(at: path).values.lazy.compactMap(\.declaration.dialect).first }

    /// Whether a path that no route has would be one for people.
    func isBelowPages(_ path: String) -> Bool {
        guard let first = path.split(separator: "/").first else { return true }
        return state.withLock { $0.pageRoots.contains(first) }
    }

    /// A part of paths, and what comes behind it.
    private final class Node {
        private var children: [Substring: Node] = [:]
        private var parameter: Node?
        /// Routes of `**`, which matches all that follows.
        private var rest: [String: Int] = [:]
        private var routes: [String: Int] = [:]

        func insert(_ parts: ArraySlice<Substring>, _ method: String, _ number: Int) {
            guard let first = parts.first else {
                routes[method] = number
                return
            }
            if first == "**" {
                rest[method] = number
                return
            }
            let next: Node
            if first.hasPrefix("{") || first.hasPrefix(":") {
                next = parameter ?? Node()
                parameter = next
            } else {
                next = children[first] ?? Node()
                children[first] = next
            }
            next.insert(parts.dropFirst(), method, number)
        }

        /// Literal parts come before parameters, as in the router.
        func find(_ parts: ArraySlice<Substring>) -> [String: Int]? {
            guard let first = parts.first else { return routes.isEmpty ? nil : routes }
            let others = parts.dropFirst()
            return children[first]?.find(others) ?? parameter?.find(others) ?? (rest.isEmpty ? nil : rest)
        }
    }
}
