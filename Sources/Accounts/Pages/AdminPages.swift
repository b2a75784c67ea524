import Core
import HTTPTypes
import Hummingbird
package import Web

/// Pages for admins: people, outgoing mail, the audit log. Programs get JSON from the same addresses.
package struct AdminPages: Sendable {
    private let flow: FormFlow
    private let routes: AdminRoutes
    /// `Quern <quern@example.org> through smtp.example.org`
    private let sender: String?
    private let sandbox: Sandbox
    private let refusedForms = RefusedForms<Refusal>()

    /// What is shown behind a form that was refused.
    private struct Refusal {
        let text: String
        let invite: Form?
    }

    /// How the workers are held, in words.
    package struct Sandbox: Sendable {
        let text: String
        let warning: String?

        package init(text: String, warning: String?) {
            self.text = text
            self.warning = warning
        }
    }

    package init(
        accounts: Accounts, routes: AdminRoutes, pages: Pages, bodies: Bodies, address: PublicAddress, sender: String?,
        sandbox: Sandbox
    ) {
        flow = FormFlow(accounts: accounts, pages: pages, bodies: bodies, address: address, isMailOff: sender == nil)
        self.routes = routes
        self.sender = sender
        self.sandbox = sandbox
    }

    private var accounts: Accounts { flow.accounts }

    package func routes(_ routes: Routes<AppRequestContext>) {
        let admin = routes.group("admin", context: SignedIn.self)
        admin.get("users", AdminRoutes.peopleList(.pageAndJSON), use: users)
        admin.post("users", AdminRoutes.inviting(.pageAndJSON), use: invite)
        for act in AdminRoutes.Act.allCases {
            admin.post("users/:id/\(act.rawValue)", AdminRoutes.declaration(act, .pageAndJSON)) { request, context in
                try await perform(act, request, context)
            }
            // For whoever reloads or types the address of a form.
            admin.get("users/:id/\(act.rawValue)", .page("Lead to the people of the tenant", .administrator([.admin]))) {
                _, context in
                try AdminRoutes.mustBeInPerson(context)
                return Answer.redirect(to: "/admin/users")
            }
        }
        admin.get("outbox", AdminRoutes.mailList(.pageAndJSON), use: outbox)
        admin.get("audit", AdminRoutes.auditList(.pageAndJSON), use: audit)
    }

    // MARK: People

    @Sendable func users(_ request: Request, _ context: SignedIn) async throws -> Response {
        if FormFlow.wantsJSON(request, from: .pageAndJSON) { return try await routes.list(request, context) }
        try AdminRoutes.mustBeInPerson(context)
        let query = Form(query: request)
        var message: AdminModels.Message?
        if let done = query["done"] {
            let id = query["who"].flatMap { ID<Caller>(rawValue: $0) }
            let user: User? = if let id { try await accounts.users.find(id: id) } else { nil }
            message = AdminModels.done(done, user?.tenant == context.caller.tenant ? user : nil, isMailOff: flow.isMailOff).map {
                .init(text: $0, isBad: false)
            }
        }
        if let refusal = refusedForms.value(query["refused"], session: context.session?.id) {
            return try await usersPage(request, context, message: .init(text: refusal.text, isBad: true), invite: refusal.invite)
        }
        return try await usersPage(request, context, message: message)
    }

    private func usersPage(
        _ request: Request, _ context: SignedIn, message: AdminModels.Message?, invite: Form? = nil
    ) async throws -> Response {
        let query = Form(query: request)
        let all = try await accounts.users.list(tenant: context.caller.tenant, search: nil, states: [])
        let shown = try await routes.users(query, context)
        let page = try Page(skip: query["skip"], limit: nil, standard: AdminModels.pageSize)
        var content = AdminModels.people(
            all: all, shown: shown, page: page, query: query["q"]?.trimmed ?? "", state: query["state"],
            caller: context.caller, isOutside: accounts.provider.isOutside)
        content.merge(try await tabs("people", all, context)) { own, _ in own }
        if let message { content["message"] = ["text": message.text, "isBad": message.isBad] }
        content["invite"] = AdminModels.invite(invite, problem: message?.isBad == true && invite != nil ? message?.text : nil)
        content["mailIsOff"] = flow.isMailOff
        return try flow.pages.render(
            "admin/users", Pages.Frame(title: "People", signedIn: context, place: .people), content)
    }

    @Sendable func perform(_ act: AdminRoutes.Act, _ request: Request, _ context: SignedIn) async throws -> Response {
        let wantsPage = Problem.wantsPage(request, from: .pageAndJSON)
        if wantsPage { try AdminRoutes.mustBeInPerson(context) }
        guard Bodies.isForm(request), context.session != nil, wantsPage || context.credential.kind == .browser
        else {
            return try await performForProgram(act, request, context)
        }
        let form = try await context.form(request, flow.bodies)
        return try await shown(request, context) {
            let id = try context.parameters.require("id")
            _ = try await routes.perform(act, id, role: form["role"], request, context)
            return "done=\(act.rawValue)&who=\(id)"
        }
    }

    /// The leads document sends forms too: without a cookie no other site can have sent them.
    private func performForProgram(
        _ act: AdminRoutes.Act, _ request: Request, _ context: SignedIn
    ) async throws -> Response {
        guard Bodies.isForm(request) else { return try await routes.perform(act, request, context) }
        let form = try await flow.bodies.form(request)
        return Answer.json(
            try await routes.perform(act, try context.parameters.require("id"), role: form["role"], request, context))
    }

    @Sendable func invite(_ request: Request, _ context: SignedIn) async throws -> Response {
        guard Bodies.isForm(request) else { return try await routes.create(request, context) }
        let form = try await context.form(request, flow.bodies)
        return try await shown(request, context, invite: form) {
            let name = form["name"].map { $0.trimmed.beginning(letters: User.Limits.nameCharacters) }
            let user = try await routes.invite(email: form["email"] ?? "", name: name, role: form["role"], request, context)
            return "done=invite&who=\(user.id)"
        }
    }

    /// After a form the page is fetched anew, so that a reload sends nothing twice.
    private func shown(
        _ request: Request, _ context: SignedIn, invite: Form? = nil, _ body: () async throws -> String
    ) async throws -> Response {
        do {
            return Answer.redirect(to: "/admin/users?\(try await body())")
        } catch let failure as Failure where failure.code == "reauthentication_required" {
            return Answer.redirect(to: "/auth/confirm?next=\("/admin/users".queryEscaped)")
        } catch let failure as Failure where failure.kind != .unavailable {
            let refusal = Refusal(text: failure.message, invite: invite?.without(["form_token"]))
            let bytes = refusal.invite?.bytes ?? 0
            let key = try refusedForms.keep(refusal, bytes: bytes, session: context.session?.id, or: failure)
            return Answer.redirect(to: "/admin/users?refused=\(key)")
        }
    }

    private func tabs(_ current: String, _ people: [User], _ context: SignedIn) async throws -> [String: Any] {
        var content: [String: Any] = [
            "tabs": ["people": current == "people", "outbox": current == "outbox", "audit": current == "audit"]
        ]
        content["sandboxText"] = sandbox.text
        content["sandboxWarning"] = sandbox.warning
        let waiting = people.count { $0.state == .pending }
        if waiting > 0 { content["waitingCount"] = waiting }
        let failed = try await accounts.outbox.failedCount(tenant: context.caller.tenant)
        if failed > 0 { content["failedCount"] = failed }
        return content
    }

    private func tabs(_ current: String, _ context: SignedIn) async throws -> [String: Any] {
        let waiting = try await accounts.users.list(tenant: context.caller.tenant, search: nil, states: [.pending])
        return try await tabs(current, waiting, context)
    }

    // MARK: Mail and audit

    @Sendable func outbox(_ request: Request, _ context: SignedIn) async throws -> Response {
        if FormFlow.wantsJSON(request, from: .pageAndJSON) { return try await routes.outbox(request, context) }
        try AdminRoutes.mustBeInPerson(context)
        let query = Form(query: request)
        let page = try Page(skip: query["skip"], limit: nil, standard: AdminModels.pageSize)
        var content = AdminModels.outbox(
            try await accounts.outbox.list(tenant: context.caller.tenant), page: page, state: query["state"], sender: sender,
            showsWords: (try? OwnAccount(accounts: accounts).mustBeFresh(context)) != nil)
        content.merge(try await tabs("outbox", context)) { own, _ in own }
        return try flow.pages.render(
            "admin/outbox", Pages.Frame(title: "Outgoing mail", signedIn: context, place: .people), content)
    }

    @Sendable func audit(_ request: Request, _ context: SignedIn) async throws -> Response {
        if FormFlow.wantsJSON(request, from: .pageAndJSON) { return try await routes.audit(request, context) }
        try AdminRoutes.mustBeInPerson(context)
        let query = Form(query: request)
        let page = try Page(skip: query["skip"], limit: nil, standard: Audit.Limits.page)
        let (entries, total) = try await accounts.audit.list(
            tenant: context.caller.tenant, search: query["q"]?.trimmed, page)
        var content = AdminModels.audit(entries, total: total, page: page, query: query["q"]?.trimmed ?? "")
        content.merge(try await tabs("audit", context)) { own, _ in own }
        return try flow.pages.render(
            "admin/audit", Pages.Frame(title: "Audit log", signedIn: context, place: .people), content)
    }
}
