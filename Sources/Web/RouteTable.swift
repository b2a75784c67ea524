package import Hummingbird
import Synchronization

/// Every route of the server, to tell a wrong method (405) from a wrong address (404).
///
/// Filled once, after the router is whole and before the server starts.
package final class RouteTable: Sendable {
    private let routes = Mutex<[(method: String, parts: [Substring])]>([])

    package init() {}

    package func fill(from router: Router<Visit>) {
        let all = router.routes.map { (method: $0.method.rawValue, parts: $0.path.description.split(separator: "/")) }
        routes.withLock { $0 = all }
    }

    package struct Route: Sendable, Hashable {
        package let method: String
        /// `/jobs/{id}`
        package let path: String
    }

    /// Everything that is served, in the order of paths.
    package var all: [Route] {
        routes.withLock { $0 }.map { Route(method: $0.method, path: "/" + $0.parts.joined(separator: "/")) }
            .sorted { ($0.path, $0.method) < ($1.path, $1.method) }
    }

    /// Methods of the routes that match a path.
    package func methods(at path: String) -> Set<String> {
        let parts = path.split(separator: "/")
        return routes.withLock { routes in
            Set(routes.filter { Self.matches($0.parts, parts) }.map(\.method))
        }
    }

    /// Routes that only the collaboration document has always answer in its dialect.
    package func isEnveloped(_ path: String) -> Bool {
        let parts = path.split(separator: "/")
        let rest = parts.first == "api" ? parts.dropFirst(parts.dropFirst().first == "v1" ? 2 : 1) : parts[...]
        return rest.first == "collab" || rest.first == "healthz"
    }

    private static func matches(_ pattern: [Substring], _ path: [Substring]) -> Bool {
        if pattern.last == "**" {
            return path.count >= pattern.count && matches(pattern.dropLast(), Array(path.prefix(pattern.count - 1)))
        }
        return pattern.count == path.count && zip(pattern, path).allSatisfy { $0.hasPrefix("{") || $0.hasPrefix(":") || $0 == $1 }
    }
}
