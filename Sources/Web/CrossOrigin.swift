import Core
import HTTPTypes
package import Hummingbird

/// Lets pages of other origins that the configuration names use the API (WHATWG Fetch, section 3.2). Without one, none may.
///
/// Cookies are never among it: a page elsewhere sends a token that it was given.
package struct CrossOrigin: RouterMiddleware {
    private let origins: Set<String>
    /// Scheme, host name (RFC 1035, section 2.3.4) and port; what is longer is not even hashed.
    package static let longest = 280

    package init(_ origins: Set<String>) {
        self.origins = origins
    }

    /// A comma list such as `https://app.example.com, http://localhost:5173`.
    /// - Throws: `Failure` `invalid_setting` for what is no origin: a path, a wildcard, another scheme.
    package static func origins(_ list: String) throws -> Set<String> {
        let names = list.split(separator: ",").map(\.trimmed).filter { !$0.isEmpty }
        for name in names {
            guard name.wholeMatch(of: /https?:\/\/(\[[0-9a-f:.]+\]|[a-z0-9.\-]+)(:[0-9]{1,5})?/) != nil else {
                throw Failure(
                    .invalid, "invalid_setting",
                    "BACKEND_CORS_ORIGINS holds \(name), which is no origin; write scheme, host and port in small letters and nothing else, such as https://app.example.com."
                )
            }
        }
        return Set(names)
    }

    package func handle(
        _ request: Request, context: AppRequestContext, next: (Request, AppRequestContext) async throws -> Response
    ) async throws -> Response {
        guard !origins.isEmpty else { return try await next(request, context) }
        guard let origin = request.headers[.origin], origin.utf8.count <= Self.longest, origins.contains(origin) else {
            return Self.varied(try await next(request, context))
        }
        if request.method == .options && request.headers[.accessControlRequestMethod] != nil {
            let headers = Self.preflight.adding([.accessControlAllowOrigin: origin, .xRequestID: context.requestID])
            return Self.varied(Response(status: .noContent, headers: headers))
        }
        var response = try await next(request, context)
        response.headers[.accessControlAllowOrigin] = origin
        response.headers[.accessControlExposeHeaders] = Self.exposed
        return Self.varied(response)
    }

    /// A cache must not show one origin what was answered to another.
    private static func varied(_ response: Response) -> Response {
        var response = response
        response.headers.addVary("Origin")
        return response
    }

    private static let exposed = [
        "ETag", "Location", "Link", "X-Total-Count", "X-Request-ID", "traceparent", "Retry-After", "RateLimit",
        "RateLimit-Policy",
        "X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset", "Idempotency-Replayed",
    ].joined(separator: ", ")

    private static let preflight: HTTPFields = [
        .accessControlAllowMethods: "GET, HEAD, POST, PUT, PATCH, DELETE",
        .accessControlAllowHeaders: [
            "Authorization", "Content-Type", "If-Match", "If-None-Match", "Idempotency-Key", "Last-Event-ID", "Quern-Dialect",
            "X-API-Key", "X-Request-ID", "traceparent", "tracestate",
        ].joined(separator: ", "),
        .accessControlMaxAge: "600",
    ]
}
