package import Core

/// What is known of a route before anybody calls it: said once, where the route is added, and read wherever it matters.
package struct RouteDeclaration: Sendable {
    /// Who may call a route.
    package enum Access: Sendable, Hashable {
        /// Everybody. An API key is not needed, and does no harm.
        case everyone
        /// Whoever shows an address that the server signed.
        case signature
        /// Whoever is signed in. An API key needs one of the scopes; where none is named, no key is good enough.
        case signedIn([Scope])
        /// Whoever shows a ticket, a token or a cookie when the socket opens; API keys need one of the scopes.
        case socket([Scope])
        /// Administrators, and their API keys with one of the scopes.
        case administrator([Scope])
    }

    /// What answers look like, refusals too.
    package enum Answers: Sendable, Hashable {
        case json
        /// HTML for people, unless JSON is preferred.
        case page
        /// The address of a page that programs ask too: JSON for whoever shows a token or a key, or sends no form.
        case pageAndJSON
        case bytes
    }

    /// What comes in the body, and so how long it may take.
    package enum Body: Sendable, Hashable {
        /// Nothing: members of JSON are refused by name.
        case nothing
        /// Fields: a small body, read whole.
        case fields
        /// A form with a file in it.
        case formWithFile
        /// A file as it is.
        case file
    }

    /// One line for lists of routes, in the imperative.
    package let summary: String
    package let access: Access
    package let answers: Answers
    /// What counts a request; empty for what nothing counts.
    package let rates: [RateRule]
    package let body: Body
    /// Whether a request makes something, so that an `Idempotency-Key` counts.
    package let isCreating: Bool
    /// Whether the caller must have signed in a short time ago, not with a key.
    package let needsFreshLogin: Bool
    /// The dialect of the answers, whatever the caller's is.
    package let dialect: Dialect?
    /// Whether answers hold tokens, codes, keys or signed addresses: those are never packed, because their length would tell of them
    /// (BREACH).
    package private(set) var isConfidential = false
    /// What may stand in the query.
    package private(set) var query: [Parameter] = []
    /// What the fields of the body are; nil where nothing is told of them.
    package private(set) var takes: Schema?
    /// The answers when all goes well.
    package private(set) var gives: [Given] = []
    /// What it may refuse for reasons of its own; see `refusals` for all.
    private(set) var ownRefusals: [Refusal] = []

    package struct Parameter: Sendable {
        package let name: String
        package let schema: Schema
        package let text: String
        package let isRequired: Bool

        package init(_ name: String, _ schema: Schema, _ text: String, isRequired: Bool = false) {
            (self.name, self.schema, self.text, self.isRequired) = (name, schema, text, isRequired)
        }

        /// Of text.
        package init(_ name: String, _ text: String) { self.init(name, .string, text) }
    }

    package struct Given: Sendable {
        package let status: Int
        package let text: String
        package let schema: Schema?
        package let type: String
    }

    package init(
        _ summary: String, _ access: Access, answers: Answers = .json, rates: [RateRule] = [.api], body: Body = .fields,
        isCreating: Bool = false, needsFreshLogin: Bool = false, dialect: Dialect? = nil
    ) {
        self.summary = summary
        self.access = access
        self.answers = answers
        self.rates = rates
        self.body = body
        self.isCreating = isCreating
        self.needsFreshLogin = needsFreshLogin
        self.dialect = dialect
    }

    package var confidential: RouteDeclaration {
        var copy = self
        copy.isConfidential = true
        return copy
    }

    // MARK: For the document of the API

    package func asking(_ parameters: Parameter...) -> RouteDeclaration { asking(parameters) }

    package func asking(_ parameters: [Parameter]) -> RouteDeclaration {
        var copy = self
        copy.query += parameters
        return copy
    }

    package func taking(_ schema: Schema) -> RouteDeclaration {
        var copy = self
        copy.takes = schema
        return copy
    }

    /// - Parameter schema: nil for an answer without a body.
    package func giving(
        _ schema: Schema?, _ text: String = "Done.", status: Int = 200, type: String = "application/json"
    ) -> RouteDeclaration {
        var copy = self
        copy.gives.append(Given(status: status, text: text, schema: schema, type: type))
        return copy
    }

    /// - Parameter codes: of the failures of this kind that the route throws for reasons of its own.
    package func refusing(_ kind: Failure.Kind, _ codes: String...) -> RouteDeclaration { refusing(kind, codes) }

    package func refusing(_ kind: Failure.Kind, _ codes: [String]) -> RouteDeclaration {
        var copy = self
        copy.ownRefusals += codes.map { Refusal(kind, $0) }
        return copy
    }

    package var schemas: [Schema] { query.map(\.schema) + [takes].compactMap { $0 } + gives.compactMap(\.schema) }

    /// `skip` and `limit`.
    package func paged(standard: Int) -> RouteDeclaration {
        asking(
            .init("skip", .integer(0...Int64.max), "How many to pass over."),
            .init("limit", .integer(0...Int64.max), "How many to show; \(standard) without it."))
    }

    // MARK: Kinds

    /// A page: HTML for who is signed in. No key opens it.
    package static func page(
        _ summary: String, _ access: Access = .signedIn([]), rates: [RateRule] = [.api], body: Body = .fields
    )
        -> RouteDeclaration
    {
        RouteDeclaration(summary, access, answers: .page, rates: rates, body: body)
    }

    /// - Throws: `Failure` `admin_required`.
    package func mustAdmit(_ caller: Caller?) throws {
        guard case .administrator = access, caller?.role != .admin else { return }
        throw Failure(.forbidden, "admin_required", "Only admins may do this.")
    }

    /// Where a form is sent to, for somebody who opens that address from a history or a bookmark.
    package static let formAddress = page("Lead to the page of a form")

    /// What keys need one of; nil where no key is asked for.
    package var scopes: [Scope]? {
        switch access {
        case .everyone, .signature: nil
        case .signedIn(let scopes), .administrator(let scopes), .socket(let scopes): scopes
        }
    }

    package var isPage: Bool { answers == .page || answers == .pageAndJSON }
}

// MARK: In words

extension RouteDeclaration {
    /// Who may call the route, in words.
    package var who: String {
        switch access {
        case .everyone: "everybody"
        case .signature: "signed address"
        case .signedIn([]): "signed in"
        case .signedIn(let scopes), .socket(let scopes): scopes.map(\.rawValue).joined(separator: " or ")
        case .administrator: "administrators"
        }
    }
}

extension RouteTable.Route {
    /// Members `access` (`everyone`, `signature`, `signed_in`, `socket`, `administrator`), `scopes` (of API keys), `answers`,
    /// `limits`, `is_creating`, `needs_fresh_login`, `dialect` and `summary`.
    package var json: JSON {
        let access =
            switch declaration.access {
            case .everyone: "everyone"
            case .signature: "signature"
            case .signedIn: "signed_in"
            case .socket: "socket"
            case .administrator: "administrator"
            }
        let answers =
            switch declaration.answers {
            case .json: "json"
            case .page: "page"
            case .pageAndJSON: "page_and_json"
            case .bytes: "bytes"
            }
        return [
            "method": .string(method), "path": .string(path), "summary": .string(declaration.summary),
            "access": .string(access), "scopes": .array((declaration.scopes ?? []).map { .string($0.rawValue) }),
            "answers": .string(answers), "limits": .array(declaration.rates.map { .string($0.name) }),
            "is_creating": .bool(declaration.isCreating), "needs_fresh_login": .bool(declaration.needsFreshLogin),
            "dialect": declaration.dialect.map { .string($0.rawValue) } ?? .null,
        ]
    }
}
