import Core
import HTTPTypes
import Hummingbird
package import Web

/// The JSON doors of admins, `/admin/users` and what stands beside it. At the root the pages answer browsers.
package struct AdminRoutes: Sendable {
    private let accounts: Accounts
    private let verbs: UserAdministration
    private let bodies: Bodies

    package init(accounts: Accounts, bodies: Bodies) {
        self.accounts = accounts
        self.bodies = bodies
        verbs = UserAdministration(accounts: accounts)
    }

    /// Below `/api` and `/api/v1`; at the root the pages decide by `Accept`.
    package func apiRoutes(_ routes: Routes<AppRequestContext>) {
        let admin = routes.group("admin", context: SignedIn.self)
        admin.get("users", Self.peopleList(.json), use: list)
        admin.post("users", Self.inviting(.json), use: create)
        for act in Act.allCases {
            admin.post("users/:id/\(act.rawValue)", Self.declaration(act, .json)) { request, context in
                try await perform(act, request, context)
            }
        }
        admin.get("outbox", Self.mailList(.json), use: outbox)
        admin.get("audit", Self.auditList(.json), use: audit)
    }

    private static func reading(_ summary: String, _ answers: RouteDeclaration.Answers) -> RouteDeclaration {
        .init(summary, .administrator([.admin]), answers: answers)
    }

    static func peopleList(_ answers: RouteDeclaration.Answers) -> RouteDeclaration {
        reading("List the people of the tenant", answers).asking(
            .init("pending_only", "Only those who wait for approval, with true."),
            .init("state", "Only people in these states; may be repeated."),
            .init("q", "Only people with this in address or name.")
        ).giving(AccountShapes.people)
    }

    static func mailList(_ answers: RouteDeclaration.Answers) -> RouteDeclaration {
        reading("List the mails of the tenant", answers).giving(AccountShapes.mails).confidential
    }

    static func auditList(_ answers: RouteDeclaration.Answers) -> RouteDeclaration {
        reading("List what was done to accounts", answers).paged(standard: Audit.Limits.page).giving(AccountShapes.entries)
    }

    static func inviting(_ answers: RouteDeclaration.Answers) -> RouteDeclaration {
        .init("Invite somebody", .administrator([.admin]), answers: answers, isCreating: true, needsFreshLogin: true)
            .taking(AccountShapes.invitation).giving(AccountShapes.person, status: 201).refusing(.refused, "email_taken")
            .refusing(.conflict, "email_taken")
    }

    static func declaration(_ act: Act, _ answers: RouteDeclaration.Answers) -> RouteDeclaration {
        let declaration = RouteDeclaration(
            act.summary, .administrator([.admin]), answers: answers, body: act == .role ? .fields : .nothing,
            needsFreshLogin: act.isSensitive
        ).giving(AccountShapes.acted).refusing(.missing, "user_not_found").refusing(.refused, "not_pending").refusing(
            .conflict, "last_admin", "not_active", "account_disabled", "email_not_verified", "managed_by_provider")
        return act == .role ? declaration.taking(AccountShapes.role) : declaration
    }

    /// - Throws: `Failure` `scope_missing`: a key asks for JSON, pages are for people.
    static func mustBeInPerson(_ context: SignedIn) throws {
        guard context.credential.kind != .key else {
            throw Failure(.forbidden, "scope_missing", "No API key is good for pages; ask for application/json.")
        }
    }

    // MARK: People

    @Sendable func list(_ request: Request, _ context: SignedIn) async throws -> Response {
        let users = try await users(Form(query: request), context)
        return Answer.tagged(
            ["users": .array(users.map(\.adminJSON)), "count": .int(Int64(users.count))], for: request)
    }

    /// `?pending_only=true`, `?state=` (repeatable), `?q=` in address and name.
    func users(_ query: Form, _ context: SignedIn) async throws -> [User] {
        var states = try query.all("state").filter { !$0.isEmpty }.map { name in
            guard let state = User.State(rawValue: name) else {
                throw Failure(
                    .invalid, "invalid_state",
                    "state must be one of \(User.State.allCases.map(\.rawValue).joined(separator: ", ")).")
            }
            return state
        }
        if ["1", "true", "yes"].contains(query["pending_only"]?.lowercased()) { states = [.pending] }
        return try await accounts.users.list(tenant: context.caller.tenant, search: query["q"]?.trimmed, states: states)
    }

    @Sendable func create(_ request: Request, _ context: SignedIn) async throws -> Response {
        let fields = try await bodies.fields(request, known: ["email", "name", "role"])
        let user = try await invite(
            email: try fields.text("email", limit: User.Limits.emailBytes),
            name: try fields.optionalText("name", limit: User.Limits.nameCharacters),
            role: try fields.optionalText("role", limit: 20), request, context)
        return Answer.json(user.adminJSON, status: .created)
    }

    func invite(
        email: String, name: String?, role: String?, _ request: Request, _ context: SignedIn
    ) async throws -> User {
        try OwnAccount(accounts: accounts).mustBeFresh(context)
        return try await accounts.create(
            email: email, name: name, password: nil, role: try Self.role(role ?? Caller.Role.member.rawValue),
            tenant: context.caller.tenant, by: Actor(context.caller, ClientInfo(request, context)))
    }

    private static func role(_ name: String) throws -> Caller.Role {
        guard let role = Caller.Role(rawValue: name) else {
            throw Failure(.invalid, "invalid_role", "role must be admin or member.")
        }
        return role
    }

    /// What is done to one person.
    package enum Act: String, Sendable, CaseIterable {
        case approve, reject, role, disable, enable
        case endSessions = "end-sessions"
        case resetMFA = "reset-mfa"
        case resetPassword = "reset-password"

        var summary: String {
            switch self {
            case .approve: "Let somebody in who waits"
            case .reject: "Refuse somebody who waits"
            case .role: "Make somebody an administrator, or a member"
            case .disable: "Keep somebody out"
            case .enable: "Let somebody in again"
            case .endSessions: "End all sessions of somebody"
            case .resetMFA: "Take away the second factors of somebody"
            case .resetPassword: "Mail somebody a link to choose a new password"
            }
        }

        /// Letting in who waits is everyday work; everything else wants a fresh login.
        var isSensitive: Bool { self != .approve && self != .reject }
    }

    @Sendable func perform(_ act: Act, _ request: Request, _ context: SignedIn) async throws -> Response {
        let role = act == .role ? try await bodies.fields(request, known: ["role"]).text("role", limit: 20) : nil
        return Answer.json(try await perform(act, try context.parameters.require("id"), role: role, request, context))
    }

    func perform(
        _ act: Act, _ id: String, role: String?, _ request: Request, _ context: SignedIn
    ) async throws -> JSON {
        guard let id = ID<Caller>(rawValue: id) else { throw UserStore.unknown }
        // Somebody of another tenant is not there at all, whatever else is wrong with the request.
        guard try await accounts.users.find(id: id)?.tenant == context.caller.tenant else { throw UserStore.unknown }
        if act.isSensitive { try OwnAccount(accounts: accounts).mustBeFresh(context) }
        let who = UserAdministration.Who(
            id: id, tenant: context.caller.tenant, actor: Actor(context.caller, ClientInfo(request, context)))
        func done(_ status: String, _ user: User, _ more: [String: JSON] = [:]) -> JSON {
            .object(["status": .string(status), "email": .string(user.email)].merging(more) { _, new in new })
        }
        switch act {
        case .approve:
            let (user, was) = try await verbs.approve(who)
            return done(was ? "already_approved" : "approved", user)
        case .reject: return done("rejected", try await verbs.reject(who))
        case .role:
            let user = try await verbs.setRole(try Self.role(role ?? ""), who)
            return done("updated", user, ["role": .string(user.role.rawValue)])
        case .disable: return done("updated", try await verbs.disable(who), ["is_active": false])
        case .enable: return done("updated", try await verbs.enable(who), ["is_active": true])
        case .endSessions:
            let (user, count) = try await verbs.endSessions(who)
            return done("ended", user, ["ended": .int(Int64(count))])
        case .resetMFA: return done("updated", try await verbs.resetMFA(who))
        case .resetPassword: return done("sent", try await verbs.mailPasswordLink(who))
        }
    }

    // MARK: What went out, and what was done

    @Sendable func outbox(_ request: Request, _ context: SignedIn) async throws -> Response {
        let mails = try await accounts.outbox.list(tenant: context.caller.tenant)
        // What opens somebody's account is not for keys, nor for a login of this morning.
        let showsWords = (try? OwnAccount(accounts: accounts).mustBeFresh(context)) != nil
        return Answer.tagged(
            ["mails": .array(mails.map { $0.json(showsWords: showsWords) }), "count": .int(Int64(mails.count))], for: request)
    }

    @Sendable func audit(_ request: Request, _ context: SignedIn) async throws -> Response {
        let query = Form(query: request)
        let page = try Page(skip: query["skip"], limit: query["limit"], standard: Audit.Limits.page)
        let (entries, total) = try await accounts.audit.list(tenant: context.caller.tenant, page)
        return Answer.tagged(
            ["entries": .array(entries.map(\.json)), "count": .int(Int64(total))], for: request)
    }
}
