import Core
import HTTPTypes
package import Hummingbird
import Logging
package import Web

/// Fills in the caller, from a bearer token or the session cookie, and refuses forged requests.
package struct Authenticator: RouterMiddleware {
    private let accounts: Accounts
    private let address: PublicAddress

    package init(accounts: Accounts, address: PublicAddress) {
        self.accounts = accounts
        self.address = address
    }

    package func handle(
        _ request: Request, context: Visit, next: (Request, Visit) async throws -> Response
    ) async throws -> Response {
        var context = context
        if let token = Self.bearer(request) {
            if let (caller, dialect) = try await caller(token) {
                context.caller = caller
                if request.headers[.quernDialect] == nil && context.dialect == .standard { context.dialect = dialect }
            }
        } else if let token = SessionCookie.token(in: request, address: address),
            let (id, user) = try await accounts.sessions.find(token: token)
        {
            context.caller = user.caller
            context.session = Visit.Session(id: id, formToken: accounts.formTokens.token(session: id))
            try mustBeOurs(request, session: id)
        }
        if let caller = context.caller { context.logger[metadataKey: "user_id"] = "\(caller.user)" }
        do {
            return try await next(request, context)
        } catch let placed as Placed {
            throw placed
        } catch {
            throw Placed(error, context.dialect)
        }
    }

    private func caller(_ token: String) async throws -> (Caller, Dialect)? {
        guard let content = await accounts.tokens.check(token) else { return nil }
        let user: User?
        switch content.dialect {
        case .standard:
            guard let id = ID<Caller>(rawValue: content.subject) else { return nil }
            user = try await accounts.users.find(id: id)
        case .enveloped: user = try await accounts.users.find(email: content.subject)
        }
        guard let user, user.state == .active else { return nil }
        return (user.caller, content.dialect)
    }

    /// A cookie travels with requests that other pages start; a change needs proof that our page sent it.
    private func mustBeOurs(_ request: Request, session: String) throws {
        guard ![.get, .head, .options].contains(request.method) else { return }
        switch Origin(request, address: address) {
        case .own: return
        case .foreign: throw Failure(.forbidden, "foreign_origin", "This request came from another site and was refused.")
        case .unknown:
            let token = request.headers[.xFormToken] ?? Form(query: request)["form_token"]
            // The pages check the token of their forms themselves; it is in the body.
            let isPage = request.uri.path.hasPrefix("/dashboard") || request.uri.path.hasPrefix("/auth/")
            guard isPage || accounts.formTokens.isValid(token, session: session) else {
                throw Failure(.forbidden, "form_token_required", "Send the form token of the page in the header X-Form-Token.")
            }
        }
    }

    private static func bearer(_ request: Request) -> String? {
        guard let value = request.headers[.authorization], value.lowercased().hasPrefix("bearer ") else { return nil }
        return value.dropFirst("bearer ".count).trimmed
    }
}

/// The cookie that carries a session.
enum SessionCookie {
    static func name(_ address: PublicAddress) -> String { address.isSecure ? "__Host-quern_session" : "quern_session" }

    static func token(in request: Request, address: PublicAddress) -> String? {
        request.cookies[name(address)]?.value
    }

    static func set(_ token: String, lifeSeconds: Double, _ address: PublicAddress) -> String {
        "\(name(address))=\(token); Path=/; Max-Age=\(Int(lifeSeconds)); HttpOnly; SameSite=Lax\(address.isSecure ? "; Secure" : "")"
    }

    static func clear(_ address: PublicAddress) -> String {
        "\(name(address))=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax\(address.isSecure ? "; Secure" : "")"
    }
}
