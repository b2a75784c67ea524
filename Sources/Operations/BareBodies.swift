import Core
package import Hummingbird
package import Web

/// Routes whose body is declared as nothing, and all that delete: what a JSON body asks of them is refused by name, like an unknown member elsewhere.
package struct BareBodies: MiddlewareProtocol {
    private let bodies: Bodies

    package init(bodies: Bodies) {
        self.bodies = bodies
    }

    /// - Throws: `Failure` `unknown_field`, `invalid_json`, `invalid_body`, and those of `Bodies.bytes`.
    package func handle(
        _ request: Request, context: AppRequestContext, next: (Request, AppRequestContext) async throws -> Response
    ) async throws -> Response {
        guard context.caller != nil, request.headers[.contentType]?.lowercased().contains("json") == true,
            request.method == .delete || (request.method == .post && context.route?.declaration.body == .nothing)
        else { return try await next(request, context) }
        var request = request
        let body = try await bodies.bytes(request)
        _ = try await Bodies.fields(body, known: [])
        request.body = RequestBody(buffer: body)
        return try await next(request, context)
    }
}
