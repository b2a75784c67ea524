import Core
package import Hummingbird
package import Web

/// Routes that take no members: what a JSON body asks of them is refused by name, like an unknown member elsewhere.
package struct BareBodies: MiddlewareProtocol {
    private let bodies: Bodies

    package init(bodies: Bodies) {
        self.bodies = bodies
    }

    /// By their templates without the mount.
    private static let bare: Set<String> = [
        "jobs/{id}/cancel", "jobs/{id}/upload-url", "jobs/{id}/download-url", "collab/tasks/{id}/undo", "ws/ticket",
        "users/me/passkeys/options", "users/me/mfa/recovery-codes",
        "admin/users/{id}/approve", "admin/users/{id}/disable", "admin/users/{id}/enable", "admin/users/{id}/end-sessions",
        "admin/users/{id}/reject", "admin/users/{id}/reset-mfa", "admin/users/{id}/reset-password",
    ]

    /// - Throws: `Failure` `unknown_field`, `invalid_json`, `invalid_body`, and those of `Bodies.bytes`.
    package func handle(
        _ request: Request, context: Visit, next: (Request, Visit) async throws -> Response
    ) async throws -> Response {
        guard context.caller != nil, request.headers[.contentType]?.lowercased().contains("json") == true,
            request.method == .delete
                || (request.method == .post && Self.bare.contains(RateTable.template(context.endpointPath)))
        else { return try await next(request, context) }
        var request = request
        let body = try await bodies.bytes(request)
        _ = try await Bodies.fields(body, known: [])
        request.body = RequestBody(buffer: body)
        return try await next(request, context)
    }
}
