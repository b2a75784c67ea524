import Core
import HTTPTypes
package import Hummingbird
package import Web

/// The door itself: signing in and out, and the steps between a right password and the dashboard.
package struct AccountPages: Sendable {
    private let desk: Desk
    private let routes: AccountRoutes

    package init(
        accounts: Accounts, routes: AccountRoutes, pages: Pages, bodies: Bodies, address: PublicAddress, isMailOff: Bool
    ) {
        desk = Desk(accounts: accounts, pages: pages, bodies: bodies, address: address, isMailOff: isMailOff)
        self.routes = routes
    }

    private var accounts: Accounts { desk.accounts }

    package func routes(_ router: some RouterMethods<Visit>) {
        router.get("/") { _, context in Answer.redirect(to: context.caller == nil ? "/auth/login" : "/dashboard") }
        router.get("auth/login", use: showLogin)
        router.post("auth/login", use: logIn)
        router.get("auth/logout", use: showLogout)
        router.post("auth/logout", use: logOut)
        router.get("auth/mfa", use: showSecondStep)
        router.post("auth/mfa", use: secondStep)
        router.get("auth/mfa/setup", use: showSetUp)
        router.post("auth/mfa/setup", use: setUp)
        router.get("auth/new-password", use: showNewPassword)
        router.post("auth/new-password", use: newPassword)
        let confirm = router.group("auth/confirm", context: SignedIn.self)
        confirm.get(use: showConfirm)
        confirm.post(use: confirmAgain)
    }

    // MARK: Login

    @Sendable func showLogin(_ request: Request, _ context: Visit) async throws -> Response {
        let query = Form(query: request)
        let next = Self.safe(query["next"])
        if Desk.wantsJSON(request) {
            return Answer.json([
                "signed_in": .bool(context.caller != nil), "registration_is_open": .bool(accounts.rules.isRegistrationOpen),
                "next": .string(next),
            ])
        }
        if context.caller != nil { return Answer.redirect(to: next) }
        if try await accounts.users.isEmpty() { return Answer.redirect(to: "/auth/register") }
        return try loginPage(email: "", next: next, notice: query["notice"].flatMap { Self.notices[$0] })
    }

    private static let notices = [
        "changed": "Your password is changed. Sign in with the new one.",
        "verified": "Your address is confirmed. Sign in now.",
        "over": "That login took too long. Sign in once more.",
    ]

    /// JSON answers tokens; a form is the page flow.
    @Sendable func logIn(_ request: Request, _ context: Visit) async throws -> Response {
        guard Bodies.isForm(request) else { return try await routes.logInEnveloped(request, context) }
        let form = try await desk.form(request)
        let (email, next) = ((form["email"] ?? form["username"] ?? "").trimmed.lowercased(), Self.safe(form["next"]))
        do {
            let outcome = try await accounts.provider.logIn(
                email: email, password: form["password"] ?? "", from: Visitor(request, context))
            return try await goOn(outcome, email: email, next: next, isRemembered: form["remember_me"] != nil, request, context)
        } catch let failure as Failure where failure.code == "email_not_verified" {
            return try await askForCode(email)
        } catch let failure as Failure where failure.code == "account_pending" {
            return Answer.redirect(to: "/auth/pending")
        } catch let failure as Failure where [.unauthenticated, .forbidden, .tooMany, .outage].contains(failure.kind) {
            var headers = HTTPFields()
            if let seconds = failure.retryAfterSeconds { headers[.retryAfter] = String(seconds) }
            return try loginPage(
                email: email, next: next, isRemembered: form["remember_me"] != nil,
                problem: failure.code == "invalid_credentials" ? "E-mail or password is not right." : failure.message,
                status: Problem.status(failure, .standard), headers: headers)
        }
    }

    /// The password was right, but the address is not proved: a fresh code, bound to this browser.
    private func askForCode(_ email: String) async throws -> Response {
        var detail: [String: JSON] = [:]
        do {
            detail["registration"] = .optional(try await accounts.provider.resendCode(email: email, registration: nil))
        } catch let failure as Failure where failure.kind == .tooMany {
            // The code that was mailed a moment ago is still good.
        }
        let token = try await accounts.steps.begin(.verify, user: nil, email: email, detail: .object(detail))
        return Answer.redirect(to: "/auth/verify-email", headers: [.setCookie: StepCookie.set(token, desk.address)])
    }

    private func goOn(
        _ outcome: LoginOutcome, email: String, next: String, isRemembered: Bool, _ request: Request, _ context: Visit
    ) async throws -> Response {
        switch outcome {
        case .challenge(let challenge):
            return try await desk.redirect(to: challenge, email: email, next: next, isRemembered: isRemembered)
        case .admitted(let admitted):
            let headers = try await desk.signIn(admitted.user, isRemembered: isRemembered, request, context)
            guard let codes = admitted.recoveryCodes else { return Answer.redirect(to: next, headers: headers) }
            return try desk.render(
                "accounts/recovery-codes", "Recovery codes",
                SettingsModels.recoveryCodes(codes, email: admitted.user.email, next: next, isNew: false), headers: headers)
        }
    }

    private func loginPage(
        email: String, next: String, isRemembered: Bool = false, notice: String? = nil, problem: String? = nil,
        status: HTTPResponse.Status = .ok, headers: HTTPFields = [:]
    ) throws -> Response {
        var content: [String: Any] = [
            "email": email, "next": next, "registrationIsOpen": accounts.rules.isRegistrationOpen, "isRemembered": isRemembered,
            "rememberDays": Int(Session.Limits.rememberedSeconds / 86_400), "canReset": !accounts.provider.isOutside,
        ]
        content["problem"] = problem
        content["notice"] = notice
        return try desk.render("accounts/login", "Sign in", content, status: status, headers: headers)
    }

    /// A step that is over sends back to the beginning.
    private static var startAgain: Response { Answer.redirect(to: "/auth/login?notice=over") }

    // MARK: Second step

    @Sendable func showSecondStep(_ request: Request, _ context: Visit) async throws -> Response {
        guard let open = try? await desk.openStep(request), open.name == .softwareToken else { return try over(request) }
        if Desk.wantsJSON(request) { return Answer.json(["email": .string(open.step.email), "next_step": "SOFTWARE_TOKEN_MFA"]) }
        return try await secondStepPage(open, Form(query: request), problem: nil, status: .ok)
    }

    private func over(_ request: Request) throws -> Response {
        if Desk.wantsJSON(request) { throw SignInStep.over }
        return Self.startAgain
    }

    @Sendable func secondStep(_ request: Request, _ context: Visit) async throws -> Response {
        let form = try await desk.form(request)
        guard let open = try? await desk.openStep(request), open.name == .softwareToken else { return Self.startAgain }
        do {
            let outcome = try await accounts.provider.answer(
                ChallengeAnswer(
                    email: open.step.email, name: .softwareToken, session: open.session,
                    responses: ["SOFTWARE_TOKEN_MFA_CODE": form["code"] ?? ""]), from: Visitor(request, context))
            return try await goOn(
                outcome, email: open.step.email, next: Self.safe(form["next"]), isRemembered: form["remember_me"] != nil, request,
                context)
        } catch let failure as Failure where failure.code == "invalid_session" {
            return Self.startAgain
        } catch let failure as Failure {
            return try await secondStepPage(open, form, problem: failure, status: Problem.status(failure, .standard))
        }
    }

    private func secondStepPage(
        _ open: Desk.OpenStep, _ form: Form, problem: Failure?, status: HTTPResponse.Status
    ) async throws -> Response {
        let factors: SecondFactorStore.Factors =
            if let user = open.step.user { try await accounts.factors.factors(of: user) } else { .init() }
        var content: [String: Any] = [
            "next": Self.safe(form["next"]), "email": open.step.email,
            "hasCode": open.step.kind == .outside || !factors.devices.isEmpty, "hasRecovery": factors.recoveryCodesLeft > 0,
            "isRecovery": (form["code"]?.contains { $0.isLetter }) ?? false, "hasPasskey": !factors.passkeys.isEmpty,
            "isRemembered": form["remember_me"] != nil, "session": "cookie",
        ]
        content["problem"] = problem?.message
        if problem?.code == "code_mismatch", open.step.kind == .secondFactor {
            let tries = try? await accounts.steps.find(open.token, .secondFactor).tries
            guard let tries else { return Self.startAgain }
            content["triesLeft"] = SignInStep.Limits.tries - tries
        }
        return try desk.render("accounts/mfa", "Second step", content, status: status)
    }

    // MARK: Set-up

    @Sendable func showSetUp(_ request: Request, _ context: Visit) async throws -> Response {
        guard let open = try? await desk.openStep(request), open.name == .mfaSetup else { return try over(request) }
        if Desk.wantsJSON(request) { return Answer.json(["email": .string(open.step.email), "next_step": "MFA_SETUP"]) }
        return try await setUpPage(open, Form(query: request), problem: nil, status: .ok)
    }

    @Sendable func setUp(_ request: Request, _ context: Visit) async throws -> Response {
        let form = try await desk.form(request)
        guard let open = try? await desk.openStep(request), open.name == .mfaSetup else { return Self.startAgain }
        do {
            let outcome = try await accounts.provider.verifyDevice(
                session: open.session, email: open.step.email, code: form["code"] ?? "", name: form["name"]?.trimmed,
                from: Visitor(request, context))
            return try await goOn(
                outcome, email: open.step.email, next: Self.safe(form["next"]), isRemembered: form["remember_me"] != nil, request,
                context)
        } catch let failure as Failure where failure.code == "invalid_session" {
            return Self.startAgain
        } catch let failure as Failure {
            return try await setUpPage(open, form, problem: failure.message, status: Problem.status(failure, .standard))
        }
    }

    /// The same secret as long as the set-up lasts: whoever scanned it and mistyped the code need not scan again.
    private func setUpPage(
        _ open: Desk.OpenStep, _ form: Form, problem: String?, status: HTTPResponse.Status
    ) async throws -> Response {
        var device: SelfVerbs.NewDevice?
        if let id = open.step.user, let user = try await accounts.users.find(id: id),
            let (begun, secret) = try await accounts.factors.unverified(id)
        {
            device = SelfVerbs.shown(begun, secret, user)
        }
        let setup: DeviceSetup =
            if let device {
                DeviceSetup(secretCode: device.secretCode, uri: device.uri, session: open.session)
            } else {
                try await accounts.provider.beginDevice(session: open.session, label: nil)
            }
        if open.step.kind == .outside, setup.session != open.session {
            try await accounts.steps.change(open.token, ["session": .string(setup.session), "name": "MFA_SETUP"])
        }
        var content = try SettingsModels.setUp(
            secretCode: setup.secretCode, uri: setup.uri, email: open.step.email, name: form["name"], problem: problem)
        content["isForced"] = true
        content["action"] = "/auth/mfa/setup"
        content["cancelHref"] = "/auth/login"
        content["next"] = Self.safe(form["next"])
        content["isRemembered"] = form["remember_me"] != nil
        return try desk.render("accounts/mfa-setup", "Two-step sign-in", content, status: status)
    }

    // MARK: New password

    @Sendable func showNewPassword(_ request: Request, _ context: Visit) async throws -> Response {
        guard let open = try? await desk.openStep(request), open.name == .newPassword else { return try over(request) }
        if Desk.wantsJSON(request) {
            return Answer.json(["email": .string(open.step.email), "next_step": "NEW_PASSWORD_REQUIRED"])
        }
        return try newPasswordPage(open, Form(query: request), problem: nil, status: .ok)
    }

    @Sendable func newPassword(_ request: Request, _ context: Visit) async throws -> Response {
        let form = try await desk.form(request)
        guard let open = try? await desk.openStep(request), open.name == .newPassword else { return Self.startAgain }
        do {
            let outcome = try await accounts.provider.answer(
                ChallengeAnswer(
                    email: open.step.email, name: .newPassword, session: open.session,
                    responses: ["NEW_PASSWORD": form["password"] ?? ""]), from: Visitor(request, context))
            return try await goOn(
                outcome, email: open.step.email, next: Self.safe(form["next"]), isRemembered: form["remember_me"] != nil, request,
                context)
        } catch let failure as Failure where failure.code == "invalid_session" {
            return Self.startAgain
        } catch let failure as Failure {
            return try newPasswordPage(open, form, problem: failure.message, status: Problem.status(failure, .standard))
        }
    }

    private func newPasswordPage(
        _ open: Desk.OpenStep, _ form: Form, problem: String?, status: HTTPResponse.Status
    ) throws -> Response {
        var content: [String: Any] = [
            "next": Self.safe(form["next"]), "email": open.step.email,
            "passwordMinimum": User.Limits.passwordCharacters.lowerBound, "isRemembered": form["remember_me"] != nil,
        ]
        content["problem"] = problem
        return try desk.render("accounts/new-password", "Choose a new password", content, status: status)
    }

    // MARK: Proving it once more

    @Sendable func showConfirm(_ request: Request, _ context: SignedIn) async throws -> Response {
        try await confirmPage(Form(query: request), context, problem: nil, isCode: false, status: .ok)
    }

    @Sendable func confirmAgain(_ request: Request, _ context: SignedIn) async throws -> Response {
        let form = try await desk.form(request, context)
        do {
            let token = try await SelfVerbs(accounts: accounts).reauthenticate(
                password: form["password"], code: form["code"], context)
            var headers = HTTPFields()
            if let token {
                headers[.setCookie] = SessionCookie.set(token.token, lifeSeconds: token.lifeSeconds, desk.address)
            }
            return Answer.redirect(to: Self.safe(form["next"]), headers: headers)
        } catch let failure as Failure where failure.kind != .unauthenticated {
            return try await confirmPage(
                form, context, problem: failure.message, isCode: form["code"] != nil, status: Problem.status(failure, .standard))
        }
    }

    private func confirmPage(
        _ form: Form, _ context: SignedIn, problem: String?, isCode: Bool, status: HTTPResponse.Status
    ) async throws -> Response {
        let factors = try await accounts.factors.factors(of: context.caller.user)
        let isMFAOn = try await accounts.users.find(id: context.caller.user)?.mfaEnabled ?? false
        let next = Self.safe(form["next"])
        var content: [String: Any] = [
            "next": next, "backHref": next.hasPrefix("/admin") ? "/admin/users" : "/dashboard/settings",
            "email": context.caller.email, "minutes": Int(Session.Limits.freshSeconds / 60),
            "hasPassword": factors.devices.isEmpty || !isMFAOn,
            "hasCode": !factors.devices.isEmpty, "hasPasskey": false, "isCode": isCode,
        ]
        content["problem"] = problem
        return try desk.pages.render(
            "accounts/confirm", Pages.Frame(title: "Confirm that it is you", signedIn: context, place: nil), content,
            status: status)
    }

    // MARK: Logout

    /// Nothing changes state on GET, but what our own page asks for in so many words.
    @Sendable func showLogout(_ request: Request, _ context: Visit) async throws -> Response {
        guard context.session != nil else { return Answer.redirect(to: "/auth/login") }
        if request.headers[.secFetchSite] == "same-origin" { return try await end(request, context) }
        return try desk.pages.render("accounts/logout", Pages.Frame(title: "Sign out", visit: context), [:])
    }

    @Sendable func logOut(_ request: Request, _ context: Visit) async throws -> Response {
        let form = try await desk.bodies.form(request)
        guard let session = context.session else { return Answer.redirect(to: "/auth/login") }
        guard accounts.formTokens.isValid(form["form_token"], session: session.id) else { throw Desk.staleForm }
        return try await end(request, context)
    }

    private func end(_ request: Request, _ context: Visit) async throws -> Response {
        if let session = context.session { try await accounts.sessions.end(id: session.id) }
        if let caller = context.caller {
            try await accounts.audit.append("logout", by: Actor(caller, Visitor(request, context)))
        }
        return Answer.redirect(
            to: "/auth/login",
            headers: [
                .setCookie: SessionCookie.clear(desk.address),
                // Nothing of the session stays in this browser (ASVS 5.0, 14.3.1).
                .named("Clear-Site-Data"): "\"cache\"",
            ])
    }

    /// Only a path of our own: anything else would let a link send people elsewhere after they signed in.
    static func safe(_ next: String?) -> String {
        guard let next, next.hasPrefix("/"), !next.hasPrefix("//"), !next.hasPrefix("/\\"),
            next.unicodeScalars.allSatisfy({ $0.value > 0x20 && $0.value < 0x7F }), !next.hasPrefix("/auth/")
        else { return "/dashboard" }
        return next
    }
}
