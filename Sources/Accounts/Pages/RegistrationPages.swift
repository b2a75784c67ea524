import Core
import HTTPTypes
import Hummingbird
package import Web

/// The way in for somebody new: register, prove the address, wait for an admin. And the way back in with a forgotten password.
package struct RegistrationPages: Sendable {
    private let flow: FormFlow
    private let routes: AccountRoutes
    private let botCheck: BotCheck

    package init(
        accounts: Accounts, routes: AccountRoutes, botCheck: BotCheck, pages: Pages, bodies: Bodies, address: PublicAddress,
        isMailOff: Bool
    ) {
        flow = FormFlow(accounts: accounts, pages: pages, bodies: bodies, address: address, isMailOff: isMailOff)
        self.routes = routes
        self.botCheck = botCheck
    }

    private var accounts: Accounts { flow.accounts }

    package func routes(_ routes: Routes<AppRequestContext>) {
        routes.get("auth/register", .page("Show the form for a new account", .everyone), use: showRegister)
        routes.post("auth/register", .page("Make an account", .everyone, rates: [.signup]), use: register)
        routes.get("auth/verify-email", .page("Show the form for the code that was mailed", .everyone), use: showVerify)
        routes.post(
            "auth/verify-email", .page("Confirm an address with the code mailed to it", .everyone, rates: [.confirm]), use: verify
        )
        routes.post("auth/verify-email/resend", .page("Mail the code again", .everyone, rates: [.resend]), use: resend)
        routes.get("auth/verify-email/resend", .page("Lead to the form for the code", .everyone)) { _, _ in
            Answer.redirect(to: "/auth/verify-email")
        }
        routes.get("auth/pending", .page("Tell that an account waits for approval", .everyone), use: showPending)
        routes.get("auth/forgot-password", .page("Show the form for a forgotten password", .everyone), use: showForgot)
        routes.post(
            "auth/forgot-password", .page("Mail a link to choose a new password", .everyone, rates: [.forgotPassword]),
            use: forgot)
        routes.get("auth/reset-password", .page("Show the form for a new password", .everyone), use: showReset)
        routes.post(
            "auth/reset-password", .page("Choose a new password with a mailed link", .everyone, rates: [.resetPassword]),
            use: reset)
    }

    // MARK: Register

    @Sendable func showRegister(_ request: Request, _ context: AppRequestContext) async throws -> Response {
        if FormFlow.wantsJSON(request) {
            return Answer.json([
                "registration_is_open": .bool(accounts.rules.isRegistrationOpen),
                "needs_approval": .bool(accounts.rules.needsApproval),
                "bot_check": botCheck.challenge(),
            ])
        }
        if context.caller != nil { return Answer.redirect(to: "/dashboard") }
        return try await registerPage(request, context)
    }

    /// JSON answers the user; a form is the page flow, which tells nothing about who has an account.
    @Sendable func register(_ request: Request, _ context: AppRequestContext) async throws -> Response {
        guard Bodies.isForm(request) else { return try await routes.register(request, context) }
        return try await flow.form(request) { failure, form in
            try flow.giveBack(
                failure, to: "/auth/register", query: ["setup": form["setup"]?.beginning(bytes: 200)],
                typed: ["email": form["email"], "display_name": form["display_name"]])
        } _: { form in
            let email = try EmailAddress.checked(form["email"] ?? "")
            let password = form["password"] ?? ""
            try PasswordPolicy.ordinary(password)
            let isFirst = try await accounts.users.isEmpty()
            if !isFirst {
                guard accounts.rules.isRegistrationOpen else { throw AccountRules.closed }
                try await mustBeHuman(form, context)
            }
            let made = try await accounts.register(
                email: email, name: form["display_name"].map { $0.trimmed.beginning(letters: User.Limits.nameCharacters) },
                password: password, isLocal: AccountRoutes.isLocal(request, context), setupToken: form["setup"],
                from: ClientInfo(request, context))
            if let user = made.user, user.state == .active {
                return Answer.redirect(
                    to: "/dashboard", headers: try await flow.signIn(user, isRemembered: false, request, context))
            }
            let token = try await accounts.steps.begin(
                .verify, user: nil, email: email, detail: .object(["registration": .optional(made.registration)]))
            return Answer.redirect(to: "/auth/verify-email", headers: [.setCookie: StepCookie.set(token, flow.address)])
        }
    }

    /// Which field of the form a refusal is about.
    private static let fields = [
        "invalid_email": "email", "email_taken": "email", "invalid_name": "displayName", "weak_password": "password",
    ]

    /// The browser worked, or the person answered a question, or the outside check vouches.
    private func mustBeHuman(_ form: Form, _ context: AppRequestContext) async throws {
        if !botCheck.isOutside, form["proof"] == nil, let question = form["question"] {
            return try await botCheck.verifyAnswer(form["answer"] ?? "", to: question, remoteAddress: context.address)
        }
        try await botCheck.verify(
            token: form[botCheck.isOutside ? "cf-turnstile-response" : "proof"], remoteAddress: context.address)
    }

    private func registerPage(_ request: Request, _ context: AppRequestContext) async throws -> Response {
        let query = Form(query: request)
        let refused = flow.refused(request)
        let isEmpty = try await accounts.users.isEmpty()
        let isFirst = isEmpty && (AccountRoutes.isLocal(request, context) || accounts.setup.matches(query["setup"]))
        guard isFirst || (accounts.rules.isRegistrationOpen && !isEmpty) else {
            return try flow.render(
                "accounts/closed", "Registration is closed", ["needsSetup": isEmpty], status: .forbidden)
        }
        var content: [String: Any] = [
            "email": refused?.typed["email"] ?? "", "displayName": refused?.typed["display_name"] ?? "",
            "setup": query["setup"] ?? "", "isFirst": isFirst, "passwordMinimum": User.Limits.passwordCharacters.lowerBound,
            "hasCode": !isFirst, "needsApproval": !isFirst && accounts.rules.needsApproval,
            "mailIsOff": !flow.areCodesMailed,
        ]
        content.merge(FormFlow.wrong(refused, Self.fields)) { own, _ in own }
        var frame = flow.frame("Create an account")
        if !isFirst {
            if let site = botCheck.site {
                content["turnstile"] = ["siteKey": site.key, "script": site.script]
                frame.alsoAllow = site.origin
            } else if let question = botCheck.question() {
                content["question"] = ["token": question.token, "text": question.text]
            }
        }
        return try flow.pages.render("accounts/register", frame, content)
    }

    // MARK: The code

    private func openStep(_ request: Request) async -> (token: String, step: SignInStep)? {
        guard let token = StepCookie.token(in: request, address: flow.address),
            let step = try? await accounts.steps.find(token, .verify)
        else { return nil }
        return (token, step)
    }

    @Sendable func showVerify(_ request: Request, _ context: AppRequestContext) async throws -> Response {
        let open = await openStep(request)
        if FormFlow.wantsJSON(request) {
            return Answer.json(["email": .optional(open?.step.email), "next_step": "VERIFY_EMAIL"])
        }
        let isSent = Form(query: request)["notice"] == "sent"
        let refused = flow.refused(request)
        var content: [String: Any] = [
            "email": open?.step.email ?? refused?.typed["email"] ?? "", "emailIsKnown": open != nil,
            "minutes": Int(EmailToken.Limits.codeSeconds / 60), "mailIsOff": !flow.areCodesMailed,
        ]
        content["triesLeft"] = refused?.code == "wrong_code" ? open.map { SignInStep.Limits.tries - $0.step.tries } : nil
        // The step ends after some tries, or some minutes: to the person it is the code that is void.
        content["problem"] =
            refused?.code == "invalid_session"
            ? "This code was tried too often and is void; ask for a new one." : refused?.message
        content["notice"] = isSent ? sentWords : nil
        content["resendSeconds"] = refused?.retryAfterSeconds ?? (isSent ? Int(EmailToken.Limits.pauseSeconds) : nil)
        return try flow.render("accounts/verify-email", "Confirm your address", content)
    }

    /// JSON: `{email, code}`. A form of the browser that registered confirms its own registration, and no stranger's.
    @Sendable func verify(_ request: Request, _ context: AppRequestContext) async throws -> Response {
        guard Bodies.isForm(request) else { return try await routes.verifyEmail(request, context) }
        let open = await openStep(request)
        let email = { (form: Form) in open?.step.email ?? EmailAddress.typed(form["email"]) }
        return try await flow.form(request) { failure, form in
            try flow.giveBack(failure, to: "/auth/verify-email", typed: ["email": email(form)])
        } _: { form in
            if let open { _ = try await accounts.steps.counted(open.token, .verify) }
            let user = try await accounts.provider.confirm(
                email: email(form), code: form["code"] ?? "", registration: open?.step.text("registration"),
                from: ClientInfo(request, context))
            if let open { try await accounts.steps.finish(open.token) }
            return try await confirmed(user, isOwn: open?.step.text("registration") != nil, request, context)
        }
    }

    private func confirmed(_ user: User, isOwn: Bool, _ request: Request, _ context: AppRequestContext) async throws -> Response {
        switch user.state {
        case .active where isOwn && !accounts.rules.isMFARequired:
            // The password was chosen in this very browser a moment ago.
            return Answer.redirect(
                to: "/dashboard", headers: try await flow.signIn(user, isRemembered: false, request, context))
        case .active:
            return Answer.redirect(to: "/auth/login?notice=verified", headers: [.setCookie: StepCookie.clear(flow.address)])
        case .pending, .unverified, .disabled:
            return Answer.redirect(to: "/auth/pending", headers: [.setCookie: StepCookie.clear(flow.address)])
        }
    }

    @Sendable func resend(_ request: Request, _ context: AppRequestContext) async throws -> Response {
        guard Bodies.isForm(request) else { return try await routes.resendCode(request, context) }
        let open = await openStep(request)
        return try await flow.form(request) { failure, form in
            try flow.giveBack(failure, to: "/auth/verify-email", typed: ["email": form["email"]])
        } _: { form in
            let email = try open?.step.email ?? EmailAddress.checked(form["email"] ?? "")
            let registration = try await accounts.provider.resendCode(
                email: email, registration: open?.step.text("registration"))
            let token = try await accounts.steps.begin(
                .verify, user: nil, email: email, detail: .object(["registration": .optional(registration)]))
            return Answer.redirect(
                to: "/auth/verify-email?notice=sent", headers: [.setCookie: StepCookie.set(token, flow.address)])
        }
    }

    private var sentWords: String {
        flow.areCodesMailed
            ? "If this address waits for a code, a new one is on its way."
            : "If this address waits for a code, a new one was made. Ask an administrator for it."
    }

    // MARK: Waiting

    @Sendable func showPending(_ request: Request, _ context: AppRequestContext) async throws -> Response {
        if FormFlow.wantsJSON(request) {
            return Answer.json(["signed_in": .bool(context.caller != nil), "message": "An admin has to approve the account."])
        }
        if context.caller != nil { return Answer.redirect(to: "/dashboard") }
        return try flow.render("accounts/pending", "Waiting for an admin", ["mailComes": !flow.isMailOff])
    }

    // MARK: A forgotten password

    @Sendable func showForgot(_ request: Request, _ context: AppRequestContext) async throws -> Response {
        if FormFlow.wantsJSON(request) { return Answer.json(["mail_is_off": .bool(!flow.areCodesMailed)]) }
        let refused = flow.refused(request)
        var content: [String: Any] = [
            "email": refused?.typed["email"] ?? "", "isSent": Form(query: request)["notice"] == "sent",
            "minutes": Int(EmailToken.Limits.resetSeconds / 60), "mailIsOff": !flow.areCodesMailed,
        ]
        content["problem"] = refused?.message
        return try flow.render("accounts/forgot-password", "Forgotten password", content)
    }

    @Sendable func forgot(_ request: Request, _ context: AppRequestContext) async throws -> Response {
        guard Bodies.isForm(request) else { return try await routes.forgotPassword(request, context) }
        return try await flow.form(request) { failure, form in
            try flow.giveBack(failure, to: "/auth/forgot-password", typed: ["email": form["email"]])
        } _: { form in
            let email = try EmailAddress.checked(form["email"] ?? "")
            try await accounts.provider.forgotPassword(email: email)
            return Answer.redirect(to: "/auth/forgot-password?notice=sent")
        }
    }

    /// The address of this page holds the token, so it is told to nobody (`Referrer-Policy`).
    @Sendable func showReset(_ request: Request, _ context: AppRequestContext) async throws -> Response {
        let token = Form(query: request)["token"]
        let owner = try await owner(of: token)
        if FormFlow.wantsJSON(request) { return Answer.json(["is_valid": .bool(owner != nil)]) }
        var content: [String: Any] = [
            "isExpired": owner == nil, "passwordMinimum": User.Limits.passwordCharacters.lowerBound,
        ]
        if let owner {
            content["token"] = token
            content["email"] = owner.email
            content["problem"] = flow.refused(request)?.message
        }
        return try flow.render(
            "accounts/reset-password", "Choose a new password", content, status: owner == nil ? .badRequest : .ok,
            headers: [.referrerPolicy: "no-referrer"])
    }

    private func owner(of token: String?) async throws -> User? {
        guard let token, let id = try await accounts.mailedSecrets.owner(ofLink: token) else { return nil }
        return try await accounts.users.find(id: id)
    }

    @Sendable func reset(_ request: Request, _ context: AppRequestContext) async throws -> Response {
        guard Bodies.isForm(request) else { return try await routes.resetPassword(request, context) }
        return try await flow.form(request) { failure, form in
            // A token of any length would make an address that no browser follows.
            try flow.giveBack(failure, to: "/auth/reset-password", query: ["token": form["token"]?.beginning(bytes: 200)])
        } _: { form in
            try await accounts.provider.resetPassword(
                email: nil, token: form["token"] ?? "", password: form["password"] ?? "", from: ClientInfo(request, context))
            return Answer.redirect(to: "/auth/login?notice=changed", headers: [.setCookie: SessionCookie.clear(flow.address)])
        }
    }
}
