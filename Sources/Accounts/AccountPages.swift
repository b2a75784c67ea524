import Core
import HTTPTypes
package import Hummingbird
package import Web

/// The pages of the room: login, register, logout.
package struct AccountPages: Sendable {
    private let accounts: Accounts
    private let routes: AccountRoutes
    private let pages: Pages
    private let bodies: Bodies
    private let address: PublicAddress

    package init(accounts: Accounts, routes: AccountRoutes, pages: Pages, bodies: Bodies, address: PublicAddress) {
        self.accounts = accounts
        self.routes = routes
        self.pages = pages
        self.bodies = bodies
        self.address = address
    }

    package func routes(_ router: some RouterMethods<Visit>) {
        router.get("/") { _, context in Answer.redirect(to: context.caller == nil ? "/auth/login" : "/dashboard") }
        router.get("auth/login", use: showLogin)
        router.post("auth/login", use: logIn)
        router.get("auth/register", use: showRegister)
        router.post("auth/register", use: register)
        router.get("auth/logout", use: showLogout)
        router.post("auth/logout", use: logOut)
    }

    // MARK: Login

    @Sendable func showLogin(_ request: Request, _ context: Visit) async throws -> Response {
        let next = Self.safe(Form(query: request)["next"])
        if context.caller != nil { return Answer.redirect(to: next) }
        if try await accounts.users.isEmpty() { return Answer.redirect(to: "/auth/register") }
        return try loginPage(email: "", next: next, problem: nil, status: .ok)
    }

    /// JSON answers tokens; a form is the page flow.
    @Sendable func logIn(_ request: Request, _ context: Visit) async throws -> Response {
        guard Bodies.isForm(request) else { return try await routes.logInEnveloped(request, context) }
        let form = try await bodies.form(request)
        try mustBeOurs(request, form)
        let (email, next) = (form["email"] ?? form["username"] ?? "", Self.safe(form["next"]))
        do {
            let user = try await accounts.logIn(email: email, password: form["password"] ?? "")
            return try await signIn(user, request, context, next: next)
        } catch let failure as Failure where failure.kind == .unauthenticated || failure.kind == .forbidden {
            return try loginPage(
                email: email, next: next,
                problem: failure.code == "invalid_credentials" ? "E-mail or password is not right." : failure.message,
                status: Problem.status(failure, .standard))
        }
    }

    private func loginPage(email: String, next: String, problem: String?, status: HTTPResponse.Status) throws -> Response {
        var content: [String: Any] = ["email": email, "next": next, "registrationIsOpen": accounts.isOpen]
        content["problem"] = problem
        return try pages.render("accounts/login", frame("Sign in"), content, status: status)
    }

    // MARK: Register

    @Sendable func showRegister(_ request: Request, _ context: Visit) async throws -> Response {
        if context.caller != nil { return Answer.redirect(to: "/dashboard") }
        return try await registerPage(request, context, Form(query: request), problem: nil, status: .ok)
    }

    /// JSON answers the user; a form is the page flow.
    @Sendable func register(_ request: Request, _ context: Visit) async throws -> Response {
        guard Bodies.isForm(request) else { return try await routes.register(request, context) }
        let form = try await bodies.form(request)
        try mustBeOurs(request, form)
        do {
            let user = try await accounts.register(
                email: form["email"] ?? "", name: form["display_name"]?.trimmed, password: form["password"] ?? "",
                isLocal: AccountRoutes.isLocal(request, context), setupToken: form["setup"])
            guard user.state == .active else {
                return try loginPage(
                    email: user.email, next: "/dashboard",
                    problem: "Your account is made. An admin has to approve it before you can sign in.",
                    status: .ok)
            }
            return try await signIn(user, request, context, next: "/dashboard")
        } catch let failure as Failure where failure.kind == .invalid || failure.kind == .refused || failure.kind == .forbidden {
            return try await registerPage(
                request, context, form, problem: failure.message, status: Problem.status(failure, .standard))
        }
    }

    private func registerPage(
        _ request: Request, _ context: Visit, _ form: Form, problem: String?, status: HTTPResponse.Status
    ) async throws -> Response {
        let isEmpty = try await accounts.users.isEmpty()
        let isFirst = isEmpty && (AccountRoutes.isLocal(request, context) || accounts.setup.matches(form["setup"]))
        guard isFirst || (accounts.isOpen && !isEmpty) else {
            return try pages.render(
                "accounts/closed", frame("Registration is closed"), ["needsSetup": isEmpty],
                status: status == .ok ? .forbidden : status)
        }
        var content: [String: Any] = [
            "email": form["email"] ?? "", "displayName": form["display_name"] ?? "", "setup": form["setup"] ?? "",
            "isFirst": isFirst,
            "passwordMinimum": User.Limits.passwordCharacters.lowerBound,
        ]
        content["problem"] = problem
        return try pages.render("accounts/register", frame("Create an account"), content, status: status)
    }

    // MARK: Logout

    /// Nothing changes state on GET, but what our own page asks for in so many words.
    @Sendable func showLogout(_ request: Request, _ context: Visit) async throws -> Response {
        guard let session = context.session else { return Answer.redirect(to: "/auth/login") }
        if request.headers[.secFetchSite] == "same-origin" { return try await end(session) }
        return try pages.render(
            "accounts/logout", Pages.Frame(title: "Sign out", user: context.caller?.email, formToken: session.formToken), [:])
    }

    @Sendable func logOut(_ request: Request, _ context: Visit) async throws -> Response {
        let form = try await bodies.form(request)
        guard let session = context.session else { return Answer.redirect(to: "/auth/login") }
        guard accounts.formTokens.isValid(form["form_token"], session: session.id) else { throw Self.staleForm }
        return try await end(session)
    }

    private func end(_ session: Visit.Session) async throws -> Response {
        try await accounts.sessions.end(id: session.id)
        return Answer.redirect(to: "/auth/login", headers: [.setCookie: SessionCookie.clear(address)])
    }

    // MARK: Shared

    /// A new session at each login; the one before, if any, ends.
    private func signIn(_ user: User, _ request: Request, _ context: Visit, next: String) async throws -> Response {
        if let session = context.session { try await accounts.sessions.end(id: session.id) }
        let token = try await accounts.sessions.begin(
            for: user, userAgent: request.headers[.userAgent] ?? "", address: context.peer.address)
        return Answer.redirect(
            to: next, headers: [.setCookie: SessionCookie.set(token, lifeSeconds: accounts.sessions.lifeSeconds, address)])
    }

    /// Before there is a session, a form has to come from our page: by what the browser says, and by its token.
    private func mustBeOurs(_ request: Request, _ form: Form) throws {
        guard Origin(request, address: address) != .foreign else {
            throw Failure(.forbidden, "foreign_origin", "This form came from another site and was refused.")
        }
        guard accounts.formTokens.isValidAnonymous(form["form_token"]) else { throw Self.staleForm }
    }

    private static let staleForm = Failure(
        .forbidden, "stale_form", "This form is too old; open the page again and send it once more.")

    private func frame(_ title: String) -> Pages.Frame {
        Pages.Frame(title: title, formToken: accounts.formTokens.anonymousToken())
    }

    /// Only a path of our own: anything else would let a link send people elsewhere after they signed in.
    static func safe(_ next: String?) -> String {
        guard let next, next.hasPrefix("/"), !next.hasPrefix("//"), !next.hasPrefix("/\\"),
            next.unicodeScalars.allSatisfy({ $0.value > 0x20 && $0.value < 0x7F }), !next.hasPrefix("/auth/")
        else { return "/dashboard" }
        return next
    }
}
