import Core
import HTTPTypes
package import Hummingbird
package import Web

/// The JSON doors of the room.
package struct AccountRoutes: Sendable {
    private let accounts: Accounts
    private let bodies: Bodies

    package init(accounts: Accounts, bodies: Bodies) {
        self.accounts = accounts
        self.bodies = bodies
    }

    /// Mounted at ``, `/api` and `/api/v1` alike.
    package func routes(_ group: RouterGroup<Visit>) {
        group.group(context: SignedIn.self)
            .get("users/me", use: me)
    }

    /// Below `/api` and `/api/v1`; at the root the pages decide between form and JSON.
    package func apiRoutes(_ group: RouterGroup<Visit>) {
        group.post("auth/register", use: register)
        group.post("auth/login", use: logInStandard)
    }

    @Sendable func me(_ request: Request, _ context: SignedIn) async throws -> Response {
        guard let user = try await accounts.users.find(id: context.caller.user) else {
            throw Failure(.unauthenticated, "sign_in_required", "This account is gone.")
        }
        return Answer.tagged(user.json, for: request)
    }

    @Sendable func register(_ request: Request, _ context: Visit) async throws -> Response {
        let fields = try await bodies.fields(request)
        let user = try await accounts.register(
            email: try fields.text("email", limit: User.Limits.emailCharacters),
            name: try fields.optionalText("name", limit: User.Limits.nameCharacters), password: try fields.secret("password"),
            isLocal: Self.isLocal(request, context), setupToken: try fields.optionalText("setup", limit: 100))
        return Answer.json(user.json, status: .created)
    }

    /// Form (OAuth 2 password flow, field `username`) or JSON (`username` or `email`); bad credentials are 400 here.
    @Sendable func logInStandard(_ request: Request, _ context: Visit) async throws -> Response {
        let (name, password) = try await credentials(request)
        do {
            return try await token(for: try await accounts.logIn(email: name, password: password), .standard)
        } catch let failure as Failure where failure.kind == .unauthenticated || failure.kind == .forbidden {
            throw Failure(.refused, failure.code, failure.message)
        }
    }

    /// JSON at the root: pins the enveloped dialect; bad credentials are 401.
    @Sendable func logInEnveloped(_ request: Request, _ context: Visit) async throws -> Response {
        do {
            let (name, password) = try await credentials(request)
            return try await token(for: try await accounts.logIn(email: name, password: password), .enveloped)
        } catch let failure as Failure {
            throw Placed(failure, .enveloped)
        }
    }

    private func credentials(_ request: Request) async throws -> (String, String) {
        if Bodies.isForm(request) {
            let form = try await bodies.form(request)
            guard let name = form["username"] ?? form["email"], let password = form["password"] else {
                throw Failure(.invalid, "missing_username", "username and password are required.")
            }
            return (name, password)
        }
        let fields = try await bodies.fields(request)
        let name = try fields.optionalText("username", limit: User.Limits.emailCharacters)
        return (
            try name ?? fields.text(fields.has("email") ? "email" : "username", limit: User.Limits.emailCharacters),
            try fields.secret("password")
        )
    }

    private func token(for user: User, _ dialect: Dialect) async throws -> Response {
        Answer.json([
            "access_token": .string(try await accounts.tokens.issue(for: user, dialect: dialect)), "token_type": "bearer",
            "expires_in": .int(Int64(accounts.tokens.lifeSeconds)),
        ])
    }

    /// A proxy on this machine makes every stranger look local, so a request that was forwarded never counts as local.
    static func isLocal(_ request: Request, _ context: Visit) -> Bool {
        context.peer.isLoopback && request.headers[.forwarded] == nil && request.headers[.xForwardedFor] == nil
    }
}
