package import Core
import HTTPTypes

/// Why requests are refused: what each route says of itself, and what follows from who may call it and what it takes.
extension RouteDeclaration {
    /// Why a request may be refused.
    package struct Refusal: Sendable, Hashable {
        package let kind: Failure.Kind
        package let code: String

        package init(_ kind: Failure.Kind, _ code: String) { (self.kind, self.code) = (kind, code) }
    }

    /// A change that obeys `If-Match`.
    package var conditional: RouteDeclaration { refusing(.stale, "stale_version") }

    /// All codes with which the route may refuse a request, but for what any request may meet.
    package var refusals: Set<Refusal> {
        var found = Set(ownRefusals)
        func add(_ kind: Failure.Kind, _ codes: String...) { found.formUnion(codes.map { Refusal(kind, $0) }) }
        /// A field that is not as it should be is named by the code.
        func addField(_ name: String, isRequired: Bool) {
            add(.invalid, "invalid_\(name)")
            if isRequired { add(.invalid, "missing_\(name)") }
        }
        switch access {
        // A form of another site.
        case .everyone: add(.forbidden, "foreign_origin")
        case .signature: break
        case .signedIn, .socket, .administrator:
            add(.unauthenticated, "sign_in_required", "invalid_api_key")
            add(.forbidden, "scope_missing", "foreign_origin", "form_token_required")
            if case .administrator = access { add(.forbidden, "admin_required") }
        }
        for parameter in query { addField(parameter.name, isRequired: parameter.isRequired) }
        if body == .fields || body == .nothing {
            add(.invalid, "invalid_body", "invalid_json", "unknown_field")
            add(.refused, "broken_body")
            add(.tooLarge, "body_too_large")
        }
        for (name, isNullable) in takes?.members ?? [] { addField(name, isRequired: !isNullable) }
        if isCreating {
            add(.refused, "invalid_idempotency_key")
            add(.unprocessable, "idempotency_key_reused")
            add(.conflict, "idempotency_in_flight", "idempotency_answer_lost")
        }
        if needsFreshLogin { add(.forbidden, "reauthentication_required") }
        if !rates.isEmpty { add(.tooMany, "rate_limited") }
        return found
    }

    /// The same by their status, codes in order. What is invalid has another status in each dialect.
    package var refusalsByStatus: [(status: Int, codes: [String])] {
        let dialects = dialect.map { [$0] } ?? Dialect.allCases
        var found: [Int: Set<String>] = [:]
        for refusal in refusals {
            for dialect in dialects { found[Problem.status(refusal.kind, dialect).code, default: []].insert(refusal.code) }
        }
        return found.sorted { $0.key < $1.key }.map { ($0.key, $0.value.sorted()) }
    }

    /// Whether the route tells of this failure, or any request may meet it: a request that is no proper HTTP, a sender who is too slow,
    /// a disk that is full, a server that is busy or defect.
    package func tells(of failure: Failure) -> Bool {
        switch failure.kind {
        case .unavailable, .outage, .noSpace, .timedOut, .methodNotAllowed: true
        default: (refusals.union(Self.refusalsAnywhere)).contains(Refusal(failure.kind, failure.code))
        }
    }

    /// What any request may be refused for as malformed.
    static let refusalsAnywhere = Set(
        [
            "bad_request", "connection_broken", "incomplete_body", "invalid_host", "invalid_target", "unsupported_coding",
            "invalid_parameter",
        ].map { Refusal(.refused, $0) } + [Refusal(.invalid, "too_many_marks")])
}
