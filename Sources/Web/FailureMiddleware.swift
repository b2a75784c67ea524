import Core
package import HTTPTypes
package import Hummingbird
package import Logging
package import NIOCore

/// The outermost middleware: one line in the log for each request, and the only place where errors become bytes.
package struct FailureMiddleware: RouterMiddleware {
    private let problem: Problem
    private let table: RouteTable
    private let proxies: TrustedProxies
    private let budget: BodyBudget
    /// Whether people reach the server by https.
    private let isSecure: Bool
    /// Whether refusals that no declaration tells of are noted, for whoever writes routes.
    private let isDevelopment: Bool

    package init(
        problem: Problem, table: RouteTable, proxies: TrustedProxies, budget: BodyBudget, isSecure: Bool,
        isDevelopment: Bool = false
    ) {
        self.isDevelopment = isDevelopment
        self.budget = budget
        self.isSecure = isSecure
        self.problem = problem
        self.table = table
        self.proxies = proxies
    }

    package func handle(
        _ request: Request, context: AppRequestContext, next: (Request, AppRequestContext) async throws -> Response
    ) async throws -> Response {
        let start = ContinuousClock.now
        var context = context
        context.correlate(with: request.headers)
        context.address = proxies.client(of: request, peer: context.peer).address
        if let wish = request.headers[.quernDialect].flatMap(Dialect.init) { context.dialect = wish }
        context.route = table.route(request, context)
        // Who asks with a wrong method is answered as the others at this address.
        let dialect = context.route.map(\.declaration.dialect) ?? table.dialect(at: request.uri.path)
        if let dialect { context.dialect = dialect }
        var response: Response
        let allowance = BodyAllowance(budget)
        defer { allowance.end() }
        do {
            try RequestText.mustHaveFewMarks(request)
            try RequestHead.check(request.head)
            response = try await Patience.$current.withValue(CallerWatch.patience(on: context.channel)) {
                try await Correlation.$current.withValue(context.correlation) {
                    try await BodyAllowance.$current.withValue(allowance) { try await next(request, context) }
                }
            }
        } catch {
            if isDevelopment { note(error, context) }
            response = problem.response(to: error, request, &context)
        }
        finish(&response.headers, response.status, request, context, since: start)
        return response
    }

    private func note(_ error: any Error, _ context: AppRequestContext) {
        guard let failure = ((error as? ContextualError)?.error ?? error) as? Failure, let route = context.route,
            !route.declaration.isPage, !route.declaration.tells(of: failure)
        else { return }
        context.logger.notice(
            "refusal_undeclared",
            metadata: ["route": "\(route.method) \(route.template)", "code": "\(failure.kind) \(failure.code)"])
    }

    /// `GET /health`, for `Pulse`: the same answer, header fields and log line as by way of the router.
    package func pulse(_ head: HTTPRequest, _ channel: any Channel, _ logger: Logger) -> (HTTPResponse, ByteBuffer)? {
        guard (try? RequestHead.check(head)) != nil else { return nil }
        let start = ContinuousClock.now
        var logger = logger
        logger[metadataKey: "hb.request.id"] = .stringConvertible(RequestID())
        let request = Request(head: head, body: RequestBody(buffer: ByteBuffer()))
        var context = AppRequestContext(source: ApplicationRequestContextSource(channel: channel, logger: logger))
        context.correlate(with: head.headerFields)
        context.address = proxies.client(of: request, peer: context.peer).address
        var headers = Answer.healthyHeaders
        headers[.date] = Moment.httpDateNow
        finish(&headers, .ok, request, context, since: start)
        return (HTTPResponse(status: .ok, headerFields: headers), Answer.healthyBody)
    }

    private func finish(
        _ headers: inout HTTPFields, _ status: HTTPResponse.Status, _ request: Request, _ context: AppRequestContext,
        since start: ContinuousClock.Instant
    ) {
        headers[.xRequestID] = context.requestID
        headers[.traceparent] = context.correlation.trace.traceparent
        for (name, value) in Self.alwaysThere where headers[name] == nil { headers[name] = value }
        // HSTS (RFC 6797).
        if isSecure { headers[.strictTransportSecurity] = "max-age=31536000" }
        context.logger.info(
            "request",
            metadata: [
                "method": "\(request.method.rawValue)", "path": "\(request.uri.path)", "status": "\(status.code)",
                "address": "\(context.address)",
                "milliseconds": "\((ContinuousClock.now - start) / .milliseconds(1))",
            ])
    }

    private static let alwaysThere: [(HTTPField.Name, String)] = [
        (.xContentTypeOptions, "nosniff"), (.referrerPolicy, "same-origin"), (.cacheControl, "no-store"),
        (.crossOriginResourcePolicy, "same-origin"),
        (.contentSecurityPolicy, "default-src 'none'; base-uri 'none'; frame-ancestors 'none'"),
    ]
}

/// An error thrown after the caller's dialect became known.
package struct ContextualError: Error {
    package let error: any Error
    package let dialect: Dialect
    /// What the answer carries besides, such as how much of a limit is left.
    package let headers: HTTPFields
    /// Who asked, as far as it was known by then; a page of the error shows their menu.
    package let visit: AppRequestContext?

    package init(_ error: any Error, _ dialect: Dialect, headers: HTTPFields = [:], visit: AppRequestContext? = nil) {
        self.error = error
        self.dialect = dialect
        self.headers = headers
        self.visit = visit
    }
}

extension HTTPField.Name {
    /// A field name that is written in the source; one that is no token (RFC 9110, section 5.1) stops the start.
    package static func named(_ name: StaticString) -> Self {
        guard let field = Self("\(name)") else { preconditionFailure("\(name) is no field name") }
        return field
    }

    package static let quernDialect = named("Quern-Dialect")
    package static let xRequestID = named("X-Request-ID")
    package static let traceparent = named("traceparent")
    package static let tracestate = named("tracestate")
    package static let xFormToken = named("X-Form-Token")
    package static let xTotalCount = named("X-Total-Count")
    package static let link = named("Link")
    package static let idempotencyKey = named("Idempotency-Key")
    package static let referrerPolicy = named("Referrer-Policy")
    package static let secFetchSite = named("Sec-Fetch-Site")
    package static let crossOriginResourcePolicy = named("Cross-Origin-Resource-Policy")
    package static let xForwardedFor = named("X-Forwarded-For")
    package static let forwarded = named("Forwarded")
    package static let host = named("Host")
}
