import Core
import HTTPTypes
import Hummingbird
package import Web

/// What stands between a right password and the dashboard: the second step, its set-up, a new password.
package struct SignInStepPages: Sendable {
    private let flow: FormFlow

    package init(accounts: Accounts, pages: Pages, bodies: Bodies, address: PublicAddress, isMailOff: Bool) {
        flow = FormFlow(accounts: accounts, pages: pages, bodies: bodies, address: address, isMailOff: isMailOff)
    }

    private var accounts: Accounts { flow.accounts }

    package func routes(_ routes: Routes<AppRequestContext>) {
        routes.get("auth/mfa", .page("Show the form for a code", .everyone)) { request, _ in
            try await show(.softwareToken, request, secondStepPage)
        }
        routes.post("auth/mfa", .page("Sign in with a code", .everyone, rates: [.challenge])) { request, context in
            try await take(.softwareToken, request, context) { open, form in
                try await answer(open, ["SOFTWARE_TOKEN_MFA_CODE": form["code"] ?? ""], request, context)
            }
        }
        routes.get("auth/mfa/setup", .page("Show how to set up an authenticator app", .everyone)) { request, _ in
            try await show(.mfaSetup, request, setUpPage)
        }
        routes.post("auth/mfa/setup", .page("Set up an authenticator app", .everyone, rates: [.mfaVerify])) { request, context in
            try await take(.mfaSetup, request, context) { open, form in
                try await accounts.provider.verifyDevice(
                    session: open.session, email: open.step.email, code: form["code"] ?? "", name: form["name"]?.trimmed,
                    from: ClientInfo(request, context))
            }
        }
        routes.get("auth/new-password", .page("Show the form for a new password", .everyone)) { request, _ in
            try await show(.newPassword, request, newPasswordPage)
        }
        routes.post("auth/new-password", .page("Choose a new password while signing in", .everyone, rates: [.challenge])) {
            request, context in
            try await take(.newPassword, request, context) { open, form in
                try await answer(open, ["NEW_PASSWORD": form["password"] ?? ""], request, context)
            }
        }
    }

    // MARK: Any step

    private typealias Page = @Sendable (FormFlow.OpenStep, Form, RefusedStrangerForm?) async throws -> Response

    private func show(_ name: LoginChallenge.Name, _ request: Request, _ page: Page) async throws -> Response {
        guard let open = try? await flow.openStep(request), open.name == name else {
            if FormFlow.wantsJSON(request) { throw SignInStep.over }
            return Self.startAgain
        }
        if FormFlow.wantsJSON(request) {
            return Answer.json(["email": .string(open.step.email), "next_step": .string(name.nextStep)])
        }
        return try await page(open, Form(query: request), flow.refused(request, of: open.token))
    }

    /// On to what comes next, or back to the page with what was wrong.
    private func take(
        _ name: LoginChallenge.Name, _ request: Request, _ context: AppRequestContext,
        _ body: (FormFlow.OpenStep, Form) async throws -> LoginOutcome
    ) async throws -> Response {
        let open = try? await flow.openStep(request)
        return try await flow.form(request) { failure, form in
            try flow.giveBack(
                failure, to: FormFlow.page(of: name) ?? request.uri.path,
                query: ["next": AccountPages.safe(form["next"]), "remember_me": form["remember_me"] == nil ? nil : "true"],
                typed: [
                    "name": form["name"],
                    "field": form["code"]?.contains { !$0.isNumber && !$0.isWhitespace } == true ? "recovery_code" : "code",
                ], of: open?.token ?? "")
        } _: { form in
            guard let open, open.name == name else { return Self.startAgain }
            do {
                return try await flow.goOn(
                    try await body(open, form), email: open.step.email, next: AccountPages.safe(form["next"]),
                    isRemembered: form["remember_me"] != nil, request, context)
            } catch let failure as Failure where failure.code == "invalid_session" {
                return Self.startAgain
            }
        }
    }

    private func answer(
        _ open: FormFlow.OpenStep, _ responses: [String: String], _ request: Request, _ context: AppRequestContext
    ) async throws -> LoginOutcome {
        try await accounts.provider.answer(
            ChallengeAnswer(email: open.step.email, name: open.name, session: open.session, responses: responses),
            from: ClientInfo(request, context))
    }

    /// A step that is over sends back to the beginning.
    private static var startAgain: Response { Answer.redirect(to: "/auth/login?notice=over") }

    // MARK: Their pages

    @Sendable private func secondStepPage(
        _ open: FormFlow.OpenStep, _ query: Form, _ refused: RefusedStrangerForm?
    ) async throws -> Response {
        let factors: SecondFactorStore.Factors =
            if let user = open.step.user { try await accounts.factors.factors(of: user) } else { .init() }
        var content: [String: Any] = [
            "next": AccountPages.safe(query["next"]), "email": open.step.email,
            "hasCode": open.step.kind == .outside || !factors.devices.isEmpty, "hasRecovery": factors.recoveryCodesLeft > 0,
            "isRecovery": refused?.typed["field"] == "recovery_code", "hasPasskey": !factors.passkeys.isEmpty,
            "isRemembered": query["remember_me"] != nil, "session": "cookie",
        ]
        content["problem"] = refused?.message
        if refused?.code == "code_mismatch", open.step.kind == .secondFactor {
            content["triesLeft"] = SignInStep.Limits.tries - open.step.tries
        }
        return try flow.render("accounts/mfa", "Second step", content)
    }

    @Sendable private func setUpPage(
        _ open: FormFlow.OpenStep, _ query: Form, _ refused: RefusedStrangerForm?
    ) async throws -> Response {
        var device: OwnAccount.NewDevice?
        if let id = open.step.user, let user = try await accounts.users.find(id: id),
            let (begun, secret) = try await accounts.factors.unverified(id)
        {
            device = OwnAccount.shown(begun, secret, user)
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
            secretCode: setup.secretCode, uri: setup.uri, email: open.step.email, name: refused?.typed["name"],
            problem: refused?.message)
        content["isForced"] = true
        content["action"] = "/auth/mfa/setup"
        content["cancelHref"] = "/auth/login"
        content["next"] = AccountPages.safe(query["next"])
        content["isRemembered"] = query["remember_me"] != nil
        return try flow.render("accounts/mfa-setup", "Two-step sign-in", content)
    }

    @Sendable private func newPasswordPage(
        _ open: FormFlow.OpenStep, _ query: Form, _ refused: RefusedStrangerForm?
    ) async throws -> Response {
        var content: [String: Any] = [
            "next": AccountPages.safe(query["next"]), "email": open.step.email,
            "passwordMinimum": User.Limits.passwordCharacters.lowerBound, "isRemembered": query["remember_me"] != nil,
        ]
        content["problem"] = refused?.message
        return try flow.render("accounts/new-password", "Choose a new password", content)
    }
}
