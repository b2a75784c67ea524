import Core
package import HTTPTypes
package import Hummingbird

/// Adds routes, each together with its declaration.
package struct Routes<Context: RequestContext> {
    private let group: RouterGroup<Context>
    private let table: RouteTable
    /// Parts of the path before those of the routes; the mount's are the first.
    private let parts: [String]
    private let mountParts: Int
    private let isConfidential: Bool

    /// What answers a request.
    package typealias Handler = @Sendable (Request, Context) async throws -> Response

    private init(
        _ group: RouterGroup<Context>, _ table: RouteTable, _ parts: [String], mountParts: Int, isConfidential: Bool = false
    ) {
        (self.group, self.table, self.parts, self.mountParts) = (group, table, parts, mountParts)
        self.isConfidential = isConfidential
    }

    /// Whether this is below one of the mounts of the API, and not at the root.
    package var isMounted: Bool { mountParts > 0 }

    /// The same place, for routes whose answers hold secrets.
    package var confidential: Routes {
        Routes(group, table, parts, mountParts: mountParts, isConfidential: true)
    }

    /// Below a path.
    package func group(_ path: String) -> Routes<Context> {
        Routes(
            group.group(RouterPath(path)), table, parts + Self.parts(path), mountParts: mountParts,
            isConfidential: isConfidential)
    }

    /// Below a path, for who is signed in.
    package func group(_ path: String, context: SignedIn.Type) -> Routes<SignedIn> where Context == AppRequestContext {
        Routes<SignedIn>(
            group.group(RouterPath(path), context: SignedIn.self), table, parts + Self.parts(path), mountParts: mountParts,
            isConfidential: isConfidential)
    }

    @discardableResult
    package func get(_ path: String, _ declaration: RouteDeclaration, use handler: @escaping Handler) -> Self {
        on(.get, path, declaration, use: handler)
    }

    @discardableResult
    package func get(_ declaration: RouteDeclaration, use handler: @escaping Handler) -> Self {
        on(.get, "", declaration, use: handler)
    }

    @discardableResult
    package func post(_ path: String, _ declaration: RouteDeclaration, use handler: @escaping Handler) -> Self {
        on(.post, path, declaration, use: handler)
    }

    @discardableResult
    package func post(_ declaration: RouteDeclaration, use handler: @escaping Handler) -> Self {
        on(.post, "", declaration, use: handler)
    }

    @discardableResult
    package func put(_ path: String, _ declaration: RouteDeclaration, use handler: @escaping Handler) -> Self {
        on(.put, path, declaration, use: handler)
    }

    @discardableResult
    package func patch(_ path: String, _ declaration: RouteDeclaration, use handler: @escaping Handler) -> Self {
        on(.patch, path, declaration, use: handler)
    }

    @discardableResult
    package func patch(_ declaration: RouteDeclaration, use handler: @escaping Handler) -> Self {
        on(.patch, "", declaration, use: handler)
    }

    @discardableResult
    package func delete(_ path: String, _ declaration: RouteDeclaration, use handler: @escaping Handler) -> Self {
        on(.delete, path, declaration, use: handler)
    }

    @discardableResult
    package func delete(_ declaration: RouteDeclaration, use handler: @escaping Handler) -> Self {
        on(.delete, "", declaration, use: handler)
    }

    @discardableResult
    package func on(
        _ method: HTTPRequest.Method, _ path: String, _ declaration: RouteDeclaration, use handler: @escaping Handler
    ) -> Self {
        let parts = parts + Self.parts(path)
        let declaration = isConfidential ? declaration.confidential : declaration
        table.add(
            RouteTable.Route(
                method: method.rawValue, path: "/" + parts.joined(separator: "/"),
                template: parts.dropFirst(mountParts).joined(separator: "/"), declaration: declaration),
            mistake: Self.mistake(declaration))
        group.on(RouterPath(path), method: method, use: Self.kept(handler, declaration))
        return self
    }

    /// Who is no administrator learns nothing of what is for them, not even whether the request was a good one.
    private static func kept(_ handler: @escaping Handler, _ declaration: RouteDeclaration) -> Handler {
        guard case .administrator = declaration.access else { return handler }
        return { request, context in
            try declaration.mustAdmit((context as? SignedIn)?.caller)
            return try await handler(request, context)
        }
    }

    /// A declaration that the context does not keep would be a promise only.
    private static func mistake(_ declaration: RouteDeclaration) -> String? {
        let needsPerson =
            switch declaration.access {
            case .everyone, .signature, .socket: false
            case .signedIn, .administrator: true
            }
        guard needsPerson != (Context.self == SignedIn.self) else { return nil }
        return needsPerson ? "its context lets everybody in" : "its context lets in only who is signed in"
    }

    /// With parameters as the router writes them: `{id}`.
    private static func parts(_ path: String) -> [String] {
        path.split(separator: "/").map { $0.hasPrefix(":") ? "{\($0.dropFirst())}" : String($0) }
    }
}

extension Routes where Context == AppRequestContext {
    /// - Parameter mount: what stands before every path, such as `api/v1`; nothing for the root.
    package init(_ router: Router<AppRequestContext>, _ table: RouteTable, mount: String = "") {
        let parts = Self.parts(mount)
        self.init(router.group(RouterPath(mount)), table, parts, mountParts: parts.count)
    }
}
