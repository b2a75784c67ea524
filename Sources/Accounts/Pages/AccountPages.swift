import Core
import Foundation
import HTTPTypes
import Hummingbird
package import Web

/// The door itself: signing in and out, and proving it once more.
package struct AccountPages: Sendable {
    private let flow: FormFlow
    private let routes: AccountRoutes

    package init(
        accounts: Accounts, routes: AccountRoutes, pages: Pages, bodies: Bodies, address: PublicAddress, isMailOff: Bool
    ) {
        flow = FormFlow(accounts: accounts, pages: pages, bodies: bodies, address: address, isMailOff: isMailOff)
        self.routes = routes
    }

    private var accounts: Accounts { flow.accounts }

    package func routes(_ routes: Routes<AppRequestContext>) {
        routes.get("/", .page("Lead to the dashboard, or to signing in", .everyone)) { _, context in
            Answer.redirect(to: context.caller == nil ? "/auth/login" : "/dashboard")
        }
        routes.get("auth/login", .page("Show the form to sign in", .everyone), use: showLogin)
        routes.post("auth/login", .page("Sign in with a password", .everyone, rates: [.login]), use: logIn)
        routes.get("auth/logout", .page("Sign out, or show the form for it", .everyone), use: showLogout)
        routes.post("auth/logout", .page("Sign out", .everyone), use: logOut)
        let confirm = routes.group("auth/confirm", context: SignedIn.self)
        confirm.get(.page("Show the form to prove once more who one is"), use: showConfirm)
        confirm.post(.page("Prove once more who one is", rates: [.reauthenticate]), use: confirmAgain)
    }

    // MARK: Login

    @Sendable func showLogin(_ request: Request, _ context: AppRequestContext) async throws -> Response {
        let query = Form(query: request)
        let next = Self.safe(query["next"])
        if FormFlow.wantsJSON(request) {
            return Answer.json([
                "signed_in": .bool(context.caller != nil), "registration_is_open": .bool(accounts.rules.isRegistrationOpen),
                "next": .string(next),
            ])
        }
        if context.caller != nil { return Answer.redirect(to: next) }
        if try await accounts.users.isEmpty() { return Answer.redirect(to: "/auth/register") }
        return try loginPage(next: next, notice: query["notice"].flatMap { Self.notices[$0] }, flow.refused(request))
    }

    private static let notices = [
        "changed": "Your password is changed. Sign in with the new one.",
        "verified": "Your address is confirmed. Sign in now.",
        "over": "That login is over: it took too long, or had too many wrong codes. Sign in once more.",
    ]

    /// JSON answers tokens; a form is the page flow.
    @Sendable func logIn(_ request: Request, _ context: AppRequestContext) async throws -> Response {
        guard Bodies.isForm(request) else { return try await routes.logInEnveloped(request, context) }
        return try await flow.form(request) { failure, form in
            try flow.giveBack(
                failure, to: "/auth/login", query: ["next": Self.safe(form["next"])],
                typed: ["email": Self.email(form), "remember_me": form["remember_me"]])
        } _: { form in
            let email = Self.email(form)
            do {
                let outcome = try await accounts.provider.logIn(
                    email: email, password: form["password"] ?? "", from: ClientInfo(request, context))
                return try await flow.goOn(
                    outcome, email: email, next: Self.safe(form["next"]), isRemembered: form["remember_me"] != nil, request,
                    context)
            } catch let failure as Failure where failure.code == "email_not_verified" {
                return try await askForCode(email)
            } catch let failure as Failure where failure.code == "account_pending" {
                return Answer.redirect(to: "/auth/pending")
            }
        }
    }

    private static func email(_ form: Form) -> String { EmailAddress.typed(form["email"] ?? form["username"]) }

    /// The password was right, but the address is not proved: a fresh code, bound to this browser.
    private func askForCode(_ email: String) async throws -> Response {
        var detail: [String: JSON] = [:]
        do {
            detail["registration"] = .optional(try await accounts.provider.resendCode(email: email, registration: nil))
        } catch let failure as Failure where failure.kind == .tooMany {
            // The code that was mailed a moment ago is still good.
        }
        let token = try await accounts.steps.begin(.verify, user: nil, email: email, detail: .object(detail))
        return Answer.redirect(to: "/auth/verify-email", headers: [.setCookie: StepCookie.set(token, flow.address)])
    }

    private func loginPage(next: String, notice: String?, _ refused: RefusedStrangerForm?) throws -> Response {
        var content: [String: Any] = [
            "email": refused?.typed["email"] ?? "", "next": next, "registrationIsOpen": accounts.rules.isRegistrationOpen,
            "isRemembered": refused?.typed["remember_me"] != nil,
            "rememberDays": Int(Session.Limits.rememberedSeconds / 86_400), "canReset": !accounts.provider.isOutside,
        ]
        content["problem"] = refused?.code == "invalid_credentials" ? "E-mail or password is not right." : refused?.message
        content["notice"] = notice
        return try flow.render("accounts/login", "Sign in", content)
    }

    // MARK: Proving it once more

    @Sendable func showConfirm(_ request: Request, _ context: SignedIn) async throws -> Response {
        let factors = try await accounts.factors.factors(of: context.caller.user)
        let isMFAOn = try await accounts.users.find(id: context.caller.user)?.mfaEnabled ?? false
        let next = Self.safe(Form(query: request)["next"])
        let refused = flow.refused(request, of: context.session?.id ?? "")
        var content: [String: Any] = [
            "next": next, "backHref": next.hasPrefix("/admin") ? "/admin/users" : "/dashboard/settings",
            "email": context.caller.email, "minutes": Int(Session.Limits.freshSeconds / 60),
            "hasPassword": factors.devices.isEmpty || !isMFAOn,
            "hasCode": !factors.devices.isEmpty, "hasPasskey": false, "isCode": refused?.typed["field"] == "code",
        ]
        content["problem"] = refused?.message
        return try flow.pages.render(
            "accounts/confirm", Pages.Frame(title: "Confirm that it is you", signedIn: context, place: nil), content)
    }

    @Sendable func confirmAgain(_ request: Request, _ context: SignedIn) async throws -> Response {
        let form = try await context.form(request, flow.bodies)
        do {
            let token = try await OwnAccount(accounts: accounts).reauthenticate(
                password: form["password"], code: form["code"], context)
            var headers = HTTPFields()
            if let token {
                headers[.setCookie] = SessionCookie.set(token.token, lifeSeconds: token.lifeSeconds, flow.address)
            }
            return Answer.redirect(to: Self.safe(form["next"]), headers: headers)
        } catch let failure as Failure where failure.kind != .unauthenticated {
            return try flow.giveBack(
                failure, to: "/auth/confirm", query: ["next": Self.safe(form["next"])],
                typed: ["field": form["code"] != nil ? "code" : "password"], of: context.session?.id ?? "")
        }
    }

    // MARK: Logout

    /// Nothing changes state on GET, but what our own page asks for in so many words.
    @Sendable func showLogout(_ request: Request, _ context: AppRequestContext) async throws -> Response {
        guard context.session != nil else { return Answer.redirect(to: "/auth/login") }
        if request.headers[.secFetchSite] == "same-origin" { return try await end(request, context) }
        return try flow.pages.render("accounts/logout", Pages.Frame(title: "Sign out", visit: context), [:])
    }

    @Sendable func logOut(_ request: Request, _ context: AppRequestContext) async throws -> Response {
        let form = try await flow.bodies.form(request)
        guard let session = context.session else { return Answer.redirect(to: "/auth/login") }
        guard session.isOurs(form["form_token"]) else { throw Failure.staleForm }
        return try await end(request, context)
    }

    private func end(_ request: Request, _ context: AppRequestContext) async throws -> Response {
        if let session = context.session { try await accounts.sessions.end(id: session.id) }
        if let caller = context.caller {
            try await accounts.audit.append("logout", by: Actor(caller, ClientInfo(request, context)))
        }
        return Answer.redirect(
            to: "/auth/login",
            headers: [
                .setCookie: SessionCookie.clear(flow.address),
                // Nothing of the session stays in this browser (ASVS 5.0, 14.3.1).
                .named("Clear-Site-Data"): "\"cache\"",
            ])
    }

    /// Only a path of our own: anything else would let a link send people elsewhere after they signed in.
    static func safe(_ next: String?) -> String {
        guard let next, next.utf8.count <= 2000, next.hasPrefix("/"), !next.hasPrefix("//"), !next.contains("\\"),
            next.unicodeScalars.allSatisfy({ $0.value > 0x20 && $0.value < 0x7F }),
            // As a browser reads it: a path with dots may lead to a page that signs out.
            let path = PercentCoding.decode(text: next.prefix(while: { $0 != "?" && $0 != "#" })), !path.hasPrefix("/auth/"),
            !path.split(separator: "/").contains(where: { $0 == "." || $0 == ".." })
        else { return "/dashboard" }
        return next
    }
}
