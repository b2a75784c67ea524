import Core
import HTTPTypes
import Hummingbird
import Web

/// What all pages of the room share: forms that must be ours, and letting somebody in with a cookie.
struct FormFlow: Sendable {
    let accounts: Accounts
    let pages: Pages
    let bodies: Bodies
    let address: PublicAddress
    /// No mail server is set: what we write waits in the outbox.
    let isMailOff: Bool
    /// Codes and links reach people by mail, ours or that of a provider outside.
    var areCodesMailed: Bool { !isMailOff || accounts.provider.isOutside }

    // MARK: Forms

    /// Before there is a session, a form has to come from our page: by what the browser says, and by its token.
    /// - Parameters:
    ///   - refused: leads back to the page of the form. A defect of ours is not for it.
    ///   - body: what the form is for.
    func form(
        _ request: Request, refused: (Failure, Form) throws -> Response, _ body: (Form) async throws -> Response
    ) async throws -> Response {
        let form = try await bodies.form(request)
        guard Origin(request, address: address) != .foreign else {
            throw Failure(.forbidden, "foreign_origin", "This form came from another site and was refused.")
        }
        do {
            guard accounts.formTokens.isValidAnonymous(form["form_token"]) else { throw Failure.staleForm }
            return try await body(form)
        } catch let failure as Failure where failure.code == "stale_form" {
            // A program is told. To a browser the page is shown anew, with what was typed.
            guard Problem.isFormOfBrowser(request, of: .page) else { throw failure }
            return try refused(
                Failure(.forbidden, failure.code, "This page was open for too long. Please send it once more."), form)
        } catch let failure as Failure where failure.kind != .unavailable {
            return try refused(failure, form)
        }
    }

    func frame(_ title: String) -> Pages.Frame {
        Pages.Frame(title: title, formToken: accounts.formTokens.anonymousToken())
    }

    func render(
        _ template: String, _ title: String, _ content: [String: Any], status: HTTPResponse.Status = .ok,
        headers: HTTPFields = [:]
    ) throws -> Response {
        try pages.render(template, frame(title), content, status: status, headers: headers)
    }

    /// What was wrong, for a template: at its field when it is about one, else at the top.
    static func wrong(_ refused: RefusedStrangerForm?, _ fields: [String: String]) -> [String: Any] {
        guard let refused else { return [:] }
        guard let field = fields[refused.code] else { return ["problem": refused.message] }
        return ["wrong": [field: ["text": refused.message]]]
    }

    /// Whether the caller is a program, that gets JSON from the address of a page.
    static func wantsJSON(_ request: Request, from answers: RouteDeclaration.Answers = .page) -> Bool {
        !Bodies.isForm(request) && !Problem.wantsPage(request, from: answers)
    }

    // MARK: Forms that were refused

    /// Leads back to the page of a form, which shows what was wrong and what was typed.
    /// - Parameters:
    ///   - query: what the page needs in its address besides, also when the refusal is forgotten.
    ///   - typed: no password and no code; absent and empty fields are left out.
    ///   - owner: the session or the login that alone is shown it, where there is one.
    func giveBack(
        _ failure: Failure, to path: String, query: KeyValuePairs<String, String?> = [:], typed: [String: String?] = [:],
        of owner: String = ""
    ) throws -> Response {
        let kept = try RefusedStrangerForm.keep(
            failure, typed: typed.compactMapValues { $0 }, path: path, owner: owner, accounts.keyring, address)
        // An address with a control character is refused, and says nothing.
        let pairs = query.compactMap { name, value -> String? in
            guard let value, value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else { return nil }
            return "\(name)=\(value.queryEscaped)"
        }
        let query = (pairs + ["refused=\(kept.key)"]).joined(separator: "&")
        var headers: HTTPFields = [.setCookie: kept.cookie]
        headers[.retryAfter] = failure.retryAfterSeconds.map(String.init)
        return Answer.redirect(to: "\(path)?\(query)", headers: headers)
    }

    func refused(_ request: Request, of owner: String = "") -> RefusedStrangerForm? {
        RefusedStrangerForm(request, owner: owner, accounts.keyring, address)
    }

    // MARK: Letting in

    /// A new session at each login; the one before, if any, ends.
    func signIn(
        _ user: User, isRemembered: Bool, _ request: Request, _ context: AppRequestContext
    ) async throws -> HTTPFields {
        let (token, life) = try await accounts.beginBrowser(
            for: user, isRemembered: isRemembered, replacing: context.session?.id, from: ClientInfo(request, context))
        var headers = HTTPFields()
        headers.append(.init(name: .setCookie, value: SessionCookie.set(token, lifeSeconds: life, address)))
        if StepCookie.token(in: request, address: address) != nil {
            headers.append(.init(name: .setCookie, value: StepCookie.clear(address)))
        }
        return headers
    }

    // MARK: What is shown once

    func once(_ request: Request, _ owner: ID<Caller>) -> OnceCookie.Content? {
        OnceCookie.content(request, of: owner, accounts.keyring, address)
    }

    /// To the page that shows new recovery codes.
    func toRecoveryCodes(
        _ codes: [String], of owner: ID<Caller>, isNew: Bool = false, next: String = "/dashboard/settings#mfa",
        headers: HTTPFields = [:]
    ) throws -> Response {
        var headers = headers
        let cookie = try OnceCookie.set(
            .recoveryCodes(codes, isNew: isNew, next: next), for: owner, accounts.keyring, address)
        headers.append(.init(name: .setCookie, value: cookie))
        return Answer.redirect(to: "/dashboard/settings/mfa/recovery-codes", headers: headers)
    }

    // MARK: Steps of a login

    /// To the next step, or in.
    func goOn(
        _ outcome: LoginOutcome, email: String, next: String, isRemembered: Bool, _ request: Request, _ context: AppRequestContext
    ) async throws -> Response {
        switch outcome {
        case .challenge(let challenge):
            return try await redirect(to: challenge, email: email, next: next, isRemembered: isRemembered)
        case .admitted(let admitted):
            let headers = try await signIn(admitted.user, isRemembered: isRemembered, request, context)
            guard let codes = admitted.recoveryCodes else { return Answer.redirect(to: next, headers: headers) }
            return try toRecoveryCodes(codes, of: admitted.user.id, next: next, headers: headers)
        }
    }

    /// A login that waits for its next step, found by the cookie.
    struct OpenStep: Sendable {
        let token: String
        let step: SignInStep
        /// What the provider calls this login.
        var session: String { step.kind == .outside ? step.text("session") ?? "" : token }
        var name: LoginChallenge.Name {
            switch step.kind {
            case .secondFactor: .softwareToken
            case .deviceSetup: .mfaSetup
            case .newPassword: .newPassword
            case .outside, .verify, .passkey: .init(step.text("name") ?? "")
            }
        }
    }

    /// - Throws: `Failure` `invalid_session`.
    func openStep(_ request: Request) async throws -> OpenStep {
        guard let token = StepCookie.token(in: request, address: address) else { throw SignInStep.over }
        let step = try await accounts.steps.find(token, .secondFactor, .deviceSetup, .newPassword, .outside)
        return OpenStep(token: token, step: step)
    }

    /// nil for what only other programs can answer.
    static func page(of challenge: LoginChallenge.Name) -> String? {
        switch challenge {
        case .softwareToken: "/auth/mfa"
        case .mfaSetup: "/auth/mfa/setup"
        case .newPassword: "/auth/new-password"
        case .other: nil
        }
    }

    /// Where a challenge is met, with a cookie that carries it there.
    func redirect(to challenge: LoginChallenge, email: String, next: String, isRemembered: Bool) async throws -> Response {
        guard let page = Self.page(of: challenge.name) else {
            throw Failure(
                .unauthenticated, "unsupported_challenge",
                "The identity provider asks for \(challenge.name.text), which this page can not do; ask an admin.")
        }
        // The words of a provider outside are long, and not for a cookie.
        let token =
            accounts.provider.isOutside
            ? try await accounts.steps.begin(
                .outside, user: nil, email: email,
                detail: ["session": .string(challenge.session), "name": .string(challenge.name.text)])
            : challenge.session
        if isRemembered && !accounts.provider.isOutside {
            try await accounts.steps.change(token, ["remember": "true"])
        }
        return Answer.redirect(
            to: "\(page)?next=\(next.queryEscaped)\(isRemembered ? "&remember_me=true" : "")",
            headers: [.setCookie: StepCookie.set(token, address)])
    }
}
