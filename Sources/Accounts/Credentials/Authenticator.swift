import Core
import Foundation
import HTTPTypes
package import Hummingbird
import Logging
package import Web

/// Fills in the caller, from a key, a token, a cookie, or what `AUTH_MODE` allows, and refuses forged requests.
package struct Authenticator: RouterMiddleware {
    private let accounts: Accounts
    private let externalIdentities: ExternalIdentities?
    private let address: PublicAddress
    /// Origins whose pages may use the API.
    private let crossOrigins: Set<String>

    package init(
        accounts: Accounts, externalIdentities: ExternalIdentities?, address: PublicAddress,
        crossOrigins: Set<String>
    ) {
        self.accounts = accounts
        self.externalIdentities = externalIdentities
        self.address = address
        self.crossOrigins = crossOrigins
    }

    package func handle(
        _ request: Request, context: AppRequestContext, next: (Request, AppRequestContext) async throws -> Response
    ) async throws -> Response {
        let route = context.route?.declaration
        let context = try await identify(request, context, to: route)
        try mustBeAsked(request, route)
        do {
            return try await next(request, context)
        } catch let placed as ContextualError {
            throw ContextualError(placed.error, placed.dialect, headers: placed.headers, visit: context)
        } catch {
            throw ContextualError(error, context.dialect, visit: context)
        }
    }

    /// Fills in the caller; nobody, when nothing good was shown.
    /// - Parameter route: nil where there is none.
    /// - Throws: `Failure` `scope_missing`, `foreign_origin`, `form_token_required`.
    package func identify(
        _ request: Request, _ context: AppRequestContext, to route: RouteDeclaration?
    ) async throws -> AppRequestContext {
        var context = context
        if let key = request.headers[.xAPIKey] ?? Self.bearer(request).flatMap({ $0.hasPrefix(APIKey.mark) ? $0 : nil }) {
            try await admit(key: key, route, &context)
        } else if let token = Self.bearer(request) {
            try await admit(token: token, request, &context)
        } else if let token = SessionCookie.token(in: request, address: address) {
            try await admit(cookie: token, request, route, &context)
        }
        if context.caller == nil, Self.bearer(request) == nil, request.headers[.xAPIKey] == nil {
            try await admitDeveloper(request, &context)
        }
        if let caller = context.caller {
            BodyAllowance.current?.callerIsKnown()
            context.logger[metadataKey: "user_id"] = "\(caller.user)"
        }
        return context
    }

    /// A page of any site can make a browser send a form, or text that is JSON, without asking first (WHATWG Fetch, section 2.2.2,
    /// "CORS-safelisted request-header"). What lets people in counts wrong passwords and mails codes, so it takes none of them.
    private func mustBeAsked(_ request: Request, _ route: RouteDeclaration?) throws {
        guard request.method == .post, route?.access == .everyone,
            Origin(request, address: address) == .foreign
        else { return }
        if let origin = request.headers[.origin], origin.utf8.count <= CrossOrigin.longest, crossOrigins.contains(origin) {
            return
        }
        let type = (request.headers[.contentType] ?? "").prefix { $0 != ";" }.trimmed.lowercased()
        guard type == "application/json" || type.hasSuffix("+json") else {
            throw Failure(.forbidden, "foreign_origin", "This request came from another site and was refused.")
        }
    }

    // MARK: Keys

    private func admit(key secret: String, _ route: RouteDeclaration?, _ context: inout AppRequestContext) async throws {
        if let ours = accounts.environmentKey, ConstantTime.areEqual(Token.hash(ours), Token.hash(secret)) {
            try Self.mustAllow(Self.environmentScopes, route)
            context.caller = try await accounts.service().caller
            context.credential = Credential(kind: .key, scopes: Set(Self.environmentScopes.map(\.rawValue))) { true }
        } else if let (key, user) = try await accounts.keys.find(secret) {
            try Self.mustAllow(key.scopeSet, route)
            try await accounts.keys.used(key)
            context.caller = user.caller
            context.credential = Credential(kind: .key, scopes: Set(key.scopeSet.map(\.rawValue))) { [keys = accounts.keys] in
                await keys.isAlive(key.id)
            }
        }
    }

    /// The key of the environment does all work, and manages nobody.
    private static let environmentScopes = Set(Scope.allCases).subtracting([.admin])

    /// - Throws: `Failure` `scope_missing`.
    private static func mustAllow(_ scopes: Set<Scope>, _ route: RouteDeclaration?) throws {
        // Where everybody may ask, a key is not needed, and does no harm.
        guard let needed = route?.scopes else { return }
        guard !needed.isEmpty else {
            throw Failure(.forbidden, "scope_missing", "No API key is good for this; sign in instead.")
        }
        guard needed.contains(where: scopes.contains) else {
            let names = needed.map(\.rawValue).joined(separator: " or ")
            throw Failure(.forbidden, "scope_missing", "This API key lacks the scope \(names).")
        }
    }

    // MARK: Tokens

    /// The token of the environment that lets leads in: where, and under which scope, it is good.
    private static let ingest = (path: "/ingest", scope: Scope.leadsWrite)

    private func admit(token: String, _ request: Request, _ context: inout AppRequestContext) async throws {
        if let ours = accounts.ingestToken, ConstantTime.areEqual(Token.hash(ours), Token.hash(token)) {
            guard request.uri.path.hasSuffix(Self.ingest.path) else { return }
            context.caller = try await accounts.service().caller
            context.credential = Credential(kind: .key, scopes: [Self.ingest.scope.rawValue]) { true }
        } else if let content = await accounts.tokens.check(token) {
            guard let found = try await accounts.sessions.find(id: content.session),
                content.subject == (content.dialect == .enveloped ? found.user.email : found.user.id.rawValue)
            else { return }
            try await accounts.sessions.used(found.session)
            context.caller = found.user.caller
            context.credential = credential(.token, found.session, token)
            if request.headers[.quernDialect] == nil && context.dialect == .standard { context.dialect = content.dialect }
        } else if let visit = try await accounts.provider.visit(accessToken: token, from: ClientInfo(request, context)) {
            guard visit.user.state == .active else { return }
            context.caller = visit.user.caller
            let (provider, clientInfo) = (accounts.provider, ClientInfo(request, context))
            context.credential = Credential(kind: .token, authenticatedAt: visit.authenticatedAt, accessToken: token) {
                ((try? await provider.visit(accessToken: token, from: clientInfo)) ?? nil)?.user.state == .active
            }
        } else if let externalIdentities, let person = await externalIdentities.person(token: token) {
            try await admit(person, &context) { await externalIdentities.person(token: token) != nil }
        }
    }

    private func admit(
        _ person: UserStore.Outsider, _ context: inout AppRequestContext,
        while isGood: @escaping @Sendable () async -> Bool = { true }
    ) async throws {
        let user = try await accounts.users.outsider(person)
        guard user.state == .active else { return }
        context.caller = user.caller
        context.credential = Credential(kind: .outside) { [users = accounts.users] in
            guard await isGood() else { return false }
            return ((try? await users.find(id: user.id)) ?? nil)?.state == .active
        }
    }

    private func credential(
        _ kind: Credential.Kind, _ session: Session, _ token: String? = nil, scopes: Set<Scope>? = nil
    ) -> Credential {
        Credential(
            kind: kind, session: session.id, authenticatedAt: session.authenticatedAt, accessToken: token,
            scopes: scopes.map { Set($0.map(\.rawValue)) }
        ) { [sessions = accounts.sessions] in await sessions.isAlive(session.id) }
    }

    // MARK: Cookies

    private func admit(
        cookie token: String, _ request: Request, _ route: RouteDeclaration?, _ context: inout AppRequestContext
    ) async throws {
        guard let found = try await accounts.sessions.find(token: token) else { return }
        var scopes = found.key?.scopeSet
        if let scopes { try Self.mustAllow(scopes, route) }
        if found.session.kind == .key && found.key == nil {
            guard let ours = accounts.environmentKey,
                found.session.environmentKeyHash == accounts.keyring.hash(environmentKey: ours)
            else { return }
            try Self.mustAllow(Self.environmentScopes, route)
            scopes = Self.environmentScopes
        }
        context.caller = found.user.caller
        context.session = AppRequestContext.Session(
            id: found.session.id, formToken: accounts.formTokens.token(session: found.session.id), theme: found.user.theme)
        context.credential = credential(found.session.kind == .key ? .key : .browser, found.session, scopes: scopes)
        try mustBeOurs(request, route, context.session, isStrict: found.session.kind == .key)
        try await accounts.sessions.used(found.session)
    }

    /// A cookie travels with requests that other pages start; a change needs proof that our page sent it.
    /// - Parameter isStrict: the cookie is `SameSite=Strict`, so that no other site's request carries it; a program that keeps
    ///   cookies but is no browser needs no more.
    private func mustBeOurs(
        _ request: Request, _ route: RouteDeclaration?, _ session: AppRequestContext.Session?, isStrict: Bool
    ) throws {
        guard ![.get, .head, .options].contains(request.method) else { return }
        switch Origin(request, address: address) {
        case .own: return
        case .foreign: throw Failure(.forbidden, "foreign_origin", "This request came from another site and was refused.")
        case .unknown:
            let token = request.headers[.xFormToken] ?? Form(query: request)["form_token"]
            // The pages check the token of their forms themselves; it is in the body.
            // Where nothing is, nothing is done.
            let isForm = Bodies.isForm(request) && route?.isPage != false
            guard isStrict || isForm || session?.isOurs(token) == true else {
                throw Failure(.forbidden, "form_token_required", "Send the form token of the page in the header X-Form-Token.")
            }
        }
    }

    // MARK: Developers

    private func admitDeveloper(_ request: Request, _ context: inout AppRequestContext) async throws {
        guard let externalIdentities, externalIdentities.isDeveloperMode, context.peer.isLoopback,
            !AccountRoutes.isForwarded(request)
        else {
            return
        }
        // Another site's page must not act as the developer, neither by a form nor by a name that it points at this machine.
        guard Origin(request, address: address) != .foreign, AccountRoutes.isLocalName(PublicAddress.host(request)) else {
            return
        }
        let person = ExternalIdentities.developer(
            tenant: request.headers[.xTenantID], user: request.headers[.xUserID], email: request.headers[.xUserEmail])
        try await admit(person, &context)
        if let caller = context.caller {
            let session = "developer:\(caller.user)"
            context.session = AppRequestContext.Session(id: session, formToken: accounts.formTokens.token(session: session))
        }
    }

    private static func bearer(_ request: Request) -> String? {
        guard let value = request.headers[.authorization] else { return nil }
        let scheme = value.utf8.prefix(Self.scheme.utf8.count)
        // A scheme is ASCII, in letters of either case (RFC 9110, section 11.1); a space has the other bit already.
        guard scheme.elementsEqual(Self.scheme.utf8, by: { $0 | 0x20 == $1 }) else { return nil }
        return Substring(value.utf8.dropFirst(Self.scheme.utf8.count)).trimmed
    }

    private static let scheme = "bearer "
}

extension HTTPField.Name {
    package static let xAPIKey = named("X-API-Key")
    fileprivate static let xTenantID = named("X-Tenant-Id")
    fileprivate static let xUserID = named("X-User-Id")
    fileprivate static let xUserEmail = named("X-User-Email")
}
