package import Core
package import HTTPTypes
package import Hummingbird

/// Words a failure in the dialect of the caller, or as a page for a browser.
package struct Problem: Sendable {
    let pages: Pages

    package init(pages: Pages) {
        self.pages = pages
    }

    package func response(_ failure: Failure, _ request: Request, _ context: Visit) -> Response {
        let status = Self.status(failure, context.dialect)
        var headers = HTTPFields()
        if failure.kind == .unauthenticated { headers[.wwwAuthenticate] = "Bearer" }
        if let seconds = failure.retryAfterSeconds { headers[.retryAfter] = String(seconds) }
        if Self.wantsPage(request) {
            if failure.kind == .unauthenticated && request.method == .get {
                return Answer.redirect(to: "/auth/login?next=\(request.uri.string.queryEscaped)")
            }
            return pages.problem(failure, status: status, context, headers: headers)
        }
        return Answer.json(body(failure, status, request, context), status: status, headers: headers)
    }

    private func body(_ failure: Failure, _ status: HTTPResponse.Status, _ request: Request, _ context: Visit) -> JSON {
        switch context.dialect {
        case .standard:
            .object(
                [
                    "error": .string(failure.code), "detail": .string(failure.message),
                    "request_id": .string(context.requestID), "details": failure.details,
                ].compactMapValues { $0 })
        case .enveloped:
            [
                "error": .object(
                    [
                        "type": .string(Self.type(failure.kind)), "code": .int(Int64(status.code)),
                        "message": .string(failure.message), "path": .string(request.uri.path),
                        "method": .string(request.method.rawValue), "details": failure.details,
                    ].compactMapValues { $0 })
            ]
        }
    }

    private static func type(_ kind: Failure.Kind) -> String {
        switch kind {
        case .invalid: "validation_error"
        case .unavailable: "internal_server_error"
        case .refused, .unauthenticated, .forbidden, .missing, .methodNotAllowed, .conflict, .tooLarge, .tooMany, .noSpace,
            .outage:
            "http_exception"
        }
    }

    package static func status(_ failure: Failure, _ dialect: Dialect) -> HTTPResponse.Status {
        switch failure.kind {
        case .invalid: dialect == .standard ? .badRequest : .unprocessableContent
        case .refused: .badRequest
        case .unauthenticated: .unauthorized
        case .forbidden: .forbidden
        case .missing: .notFound
        case .methodNotAllowed: .methodNotAllowed
        case .conflict: .conflict
        case .tooLarge: .contentTooLarge
        case .tooMany: .tooManyRequests
        case .unavailable: .internalServerError
        case .outage: .serviceUnavailable
        case .noSpace: HTTPResponse.Status(code: 507, reasonPhrase: "Insufficient Storage")
        }
    }

    /// A browser that navigates asks for HTML; everything below `/api` is JSON whatever it asks for.
    package static func wantsPage(_ request: Request) -> Bool {
        !request.uri.path.hasPrefix("/api/") && (request.headers[.accept] ?? "").contains("text/html")
    }
}
