import Core
import Crypto
import Foundation
import HTTPTypes
package import Hummingbird
import NIOCore
import Storage
package import Web

/// Makes requests that create something safe to send twice: `Idempotency-Key`
/// (draft-ietf-httpapi-idempotency-key-header-07). The first answer is kept for a day and sent again, byte for byte.
package struct Idempotency: RouterMiddleware {
    private let store: IdempotencyStore
    private let bodies: Bodies
    private let problem: Problem
    private let mustBeAllowed: Recheck

    /// Throws what the route itself would throw to this caller now.
    package typealias Recheck = @Sendable (_ route: RouteDeclaration, _ context: AppRequestContext) async throws -> Void

    /// - Parameter mustBeAllowed: asked before an answer is sent again. It may hold a secret, and the caller may have lost, or
    ///   let grow old, what the first request was allowed with.
    package init(store: IdempotencyStore, bodies: Bodies, problem: Problem, mustBeAllowed: @escaping Recheck) {
        self.store = store
        self.bodies = bodies
        self.problem = problem
        self.mustBeAllowed = mustBeAllowed
    }

    /// Fields that say how this one request went, and are told anew for each.
    private static let kept: Set<HTTPField.Name> = [.contentType, .eTag, .location]
    /// Refusals that say nothing of the request itself: after signing in, or waiting, it may go well.
    private static let mayChange: Set<Int> = [401, 429]
    /// Who asks while the first is under way may ask again after so long.
    private static let retrySeconds = 1

    package func handle(
        _ request: Request, context: AppRequestContext, next: (Request, AppRequestContext) async throws -> Response
    ) async throws -> Response {
        guard request.method == .post, let header = request.headers[.idempotencyKey], let caller = context.caller,
            let route = context.route?.declaration, route.isCreating
        else { return try await next(request, context) }
        let key = try Self.key(header)
        var request = request
        let body = try await bodies.bytes(request)
        request.body = RequestBody(buffer: body)
        switch try await store.begin(key, of: caller.user, fingerprint: Self.fingerprint(request, body, context)) {
        case .first: return try await first(key, caller, request, context, next)
        case .again(let answer):
            try await mustBeAllowed(route, context)
            return Self.response(answer)
        case .inFlight:
            throw Failure(
                .conflict, "idempotency_in_flight", "A request with this Idempotency-Key is under way; ask again for its answer.",
                retryAfterSeconds: Self.retrySeconds)
        case .other:
            throw Failure(
                .unprocessable, "idempotency_key_reused",
                "This Idempotency-Key belongs to another request; take a new key for a new request.")
        case .lost:
            throw Failure(
                .conflict, "idempotency_answer_lost",
                "The request with this Idempotency-Key was carried out, but the server stopped before its answer was kept; look at the list for what it made."
            )
        }
    }

    private func first(
        _ key: String, _ caller: Caller, _ request: Request, _ context: AppRequestContext,
        _ next: (Request, AppRequestContext) async throws -> Response
    ) async throws -> Response {
        var visit = context
        var response: Response
        var mayChange = false
        do {
            response = try await Storage.$alongside.withValue(store.committed(key, of: caller.user)) {
                try await next(request, context)
            }
        } catch {
            mayChange = Self.asksForProof(error)
            response = problem.response(to: error, request, &visit)
        }
        do {
            let answer = try await Self.recorded(&response)
            if answer.status >= 500 || mayChange || Self.mayChange.contains(answer.status) {
                try await store.forget(key, of: caller.user)
            } else {
                try await store.record(answer, key, of: caller.user)
            }
        } catch {
            try await store.forget(key, of: caller.user)
            throw error
        }
        return response
    }

    /// So may one that was refused because the login is not fresh.
    private static func asksForProof(_ error: any Error) -> Bool {
        let failure = ((error as? ContextualError)?.error ?? error) as? Failure
        return failure?.code == "reauthentication_required"
    }

    /// - Throws: `Failure` `invalid_idempotency_key`.
    private static func key(_ header: String) throws -> String {
        var text = Substring(header.trimmed)
        if text.count >= 2, text.hasPrefix("\""), text.hasSuffix("\"") { text = text.dropFirst().dropLast() }
        guard (1...IdempotencyStore.Limits.keyBytes).contains(text.utf8.count),
            text.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else {
            throw Failure(
                .refused, "invalid_idempotency_key",
                "Idempotency-Key must have 1 to \(IdempotencyStore.Limits.keyBytes) visible ASCII characters, such as a UUID.")
        }
        return String(text)
    }

    private static func fingerprint(_ request: Request, _ body: ByteBuffer, _ context: AppRequestContext) -> String {
        var hash = SHA256()
        // Each dialect words its answers in its own way: the same request in the other is another request.
        hash.update(data: Data("\(request.method.rawValue) \(request.uri.string) \(context.dialect.rawValue)\n".utf8))
        body.withUnsafeReadableBytes { hash.update(bufferPointer: $0) }
        return hash.finalize().hex
    }

    private static func recorded(_ response: inout Response) async throws -> RecordedAnswer {
        let gathered = GatheredBody()
        try await response.body.write(gathered)
        response.body = ResponseBody(byteBuffer: gathered.buffer)
        let fields = response.headers.filter { kept.contains($0.name) }.map { [$0.name.rawName, $0.value] }
        return RecordedAnswer(status: response.status.code, fields: fields, body: Data(gathered.buffer.readableBytesView))
    }

    private static func response(_ answer: RecordedAnswer) -> Response {
        var headers: HTTPFields = [.idempotencyReplayed: "true"]
        for field in answer.fields {
            if field.count == 2, let name = HTTPField.Name(field[0]) { headers[name] = field[1] }
        }
        return Response(
            status: HTTPResponse.Status(code: answer.status), headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: answer.body)))
    }
}

extension HTTPField.Name {
    fileprivate static let idempotencyReplayed = named("Idempotency-Replayed")
}
