package import Core
package import HTTPTypes
package import Hummingbird
import Logging
import NIOCore
import NIOHTTP1

/// Words a failure in the dialect of the caller, or as a page for a browser.
package struct Problem: Sendable {
    private let pages: Pages
    private let table: RouteTable
    private let keep: Keeper

    /// Keeps what was refused until the page that it leads to has shown it.
    /// - Returns: the address of that page and a cookie; nil where it can not be kept.
    package typealias Keeper =
        @Sendable (Failure, HTTPResponse.Status, Request, AppRequestContext) -> (address: String, cookie: String)?

    package init(pages: Pages, table: RouteTable, keep: @escaping Keeper) {
        self.pages = pages
        self.table = table
        self.keep = keep
    }

    /// The answer to whatever a handler threw; what is no `Failure` is a defect, or a matter of the router.
    package func response(to error: any Error, _ request: Request, _ context: inout AppRequestContext) -> Response {
        guard let placed = error as? ContextualError else {
            return response(explained(error, request, context), request, context)
        }
        context = placed.visit ?? context
        context.dialect = placed.dialect
        var response = response(explained(placed.error, request, context), request, context)
        response.headers = response.headers.adding(placed.headers)
        return response
    }

    package func response(_ failure: Failure, _ request: Request, _ context: AppRequestContext) -> Response {
        let status = Self.status(failure, context.dialect)
        var headers = HTTPFields()
        if failure.kind == .unauthenticated { headers[.wwwAuthenticate] = "Bearer" }
        if failure.kind == .upgradeRequired { headers[.secWebSocketVersion] = SocketHandshake.version }
        if failure.kind == .methodNotAllowed {
            headers[.allow] = table.routes(at: request.uri.path).keys.sorted().joined(separator: ", ")
        }
        if let seconds = failure.retryAfterSeconds { headers[.retryAfter] = String(seconds) }
        if wantsPage(request) {
            if failure.kind == .unauthenticated && request.method == .get {
                return Answer.redirect(to: "/auth/login?next=\(request.uri.string.queryEscaped)")
            }
            // Whatever a form is refused for, neither reload nor back sends it again.
            if request.method == .post, Self.navigates(request.headers), let kept = keep(failure, status, request, context) {
                headers[.setCookie] = kept.cookie
                return Answer.redirect(to: kept.address, headers: headers)
            }
            return pages.problem(failure.message, status: status, context, headers: headers)
        }
        return Answer.json(body(failure, status, request, context), status: status, headers: headers)
    }

    private func explained(_ error: any Error, _ request: Request, _ context: AppRequestContext) -> Failure {
        switch error {
        case let failure as Failure: return failure
        case let error as HTTPError where error.status == .notFound:
            let others = Set(table.routes(at: request.uri.path).keys)
            return others.isEmpty || others.contains(request.method.rawValue)
                ? Failure(.missing, "not_found", "There is nothing at this address.")
                : Failure(
                    .methodNotAllowed, "method_not_allowed",
                    "\(request.method.rawValue) does not work here; use \(others.sorted().joined(separator: ", ")).")
        case let error as HTTPError where error.status == .contentTooLarge:
            return Failure(.tooLarge, "body_too_large", "The body is larger than the limit.")
        case let error as HTTPError where error.status.code < 500:
            return Failure(.refused, "bad_request", error.body ?? "The request is not valid.")
        case is CancellationError:
            // The caller has gone, or the server is stopping.
            return Failure(.outage, "interrupted", "The request was interrupted.")
        case is ChannelError, is IOError, is NIOAsyncWriterError, is HTTPParserError:
            return Failure(.refused, "connection_broken", "The connection broke off before the request was complete.")
        default:
            context.logger.error("defect", metadata: ["error": "\(String(reflecting: Swift.type(of: error))): \(error)"])
            return Failure(
                .unavailable, "internal_error", "Something went wrong on the server; the request id helps to find it in the log.")
        }
    }

    private func body(_ failure: Failure, _ status: HTTPResponse.Status, _ request: Request, _ context: AppRequestContext) -> JSON
    {
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
            .outage, .timedOut, .stale, .preconditionRequired, .unprocessable, .upgradeRequired:
            "http_exception"
        }
    }

    package static func status(_ failure: Failure, _ dialect: Dialect) -> HTTPResponse.Status { status(failure.kind, dialect) }

    static func status(_ kind: Failure.Kind, _ dialect: Dialect) -> HTTPResponse.Status {
        switch kind {
        case .invalid: dialect == .standard ? .badRequest : .unprocessableContent
        case .refused: .badRequest
        case .unauthenticated: .unauthorized
        case .forbidden: .forbidden
        case .missing: .notFound
        case .methodNotAllowed: .methodNotAllowed
        case .conflict: .conflict
        case .stale: .preconditionFailed
        case .preconditionRequired: .preconditionRequired
        case .unprocessable: .unprocessableContent
        case .tooLarge: .contentTooLarge
        case .upgradeRequired: .upgradeRequired
        case .tooMany: .tooManyRequests
        case .unavailable: .internalServerError
        case .outage: .serviceUnavailable
        case .timedOut: .requestTimeout
        case .noSpace: HTTPResponse.Status(code: 507, reasonPhrase: "Insufficient Storage")
        }
    }

    /// The addresses of pages answer HTML, but to those who prefer JSON; all others answer HTML to those who name it, as a browser
    /// that navigates does. Everything below `/api` is JSON whatever the caller asks for.
    package func wantsPage(_ request: Request) -> Bool {
        let routes = table.routes(at: request.uri.path)
        guard let route = routes[request.method.rawValue] ?? routes.values.first else {
            return Self.wantsPage(request, from: table.isBelowPages(request.uri.path) ? .page : .json)
        }
        return Self.wantsPage(request, from: route.declaration.answers)
    }

    /// - Parameter answers: of the route.
    package static func wantsPage(_ request: Request, from answers: RouteDeclaration.Answers) -> Bool {
        guard request.uri.path.split(separator: "/").first != "api" else { return false }
        let fields = request.headers[values: .accept]
        let accept = Accept(fields.isEmpty ? nil : fields.joined(separator: ","))
        return accept.namesPage || !accept.prefersJSON && isForPerson(request, answers)
    }

    /// A form that a browser sends to show what comes: programs, and scripts of a page, get the answer where they asked. Browsers
    /// that know no `Sec-Fetch-Mode`, or have no TLS to send it through, still ask for the upgrade (W3C Fetch Metadata, Upgrade
    /// Insecure Requests 3.2.1).
    package static func isFormOfBrowser(_ request: Request, of answers: RouteDeclaration.Answers) -> Bool {
        request.method == .post && navigates(request.headers) && wantsPage(request, from: answers)
    }

    static func navigates(_ fields: HTTPFields) -> Bool {
        fields[.named("Sec-Fetch-Mode")].map { $0 == "navigate" } ?? (fields[.named("Upgrade-Insecure-Requests")] == "1")
    }

    /// Whether a person would be the one who asks. A program shows a token or a key, or sends something other than a form.
    private static func isForPerson(_ request: Request, _ answers: RouteDeclaration.Answers) -> Bool {
        let isRead = request.method == .get || request.method == .head
        return switch answers {
        case .json, .bytes: false
        case .page: isRead || Bodies.isForm(request)
        case .pageAndJSON: isRead && request.headers[.authorization] == nil && request.headers[.named("X-API-Key")] == nil
        }
    }
}
