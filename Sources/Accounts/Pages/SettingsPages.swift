import Core
import HTTPTypes
import Hummingbird
package import Web

/// `/dashboard/settings`: profile, password, second step, passkeys, sessions, keys and preferences, each with its form.
package struct SettingsPages: Sendable {
    private let flow: FormFlow
    private let verbs: OwnAccount
    private let refusedForms = RefusedForms<Refusal>()

    /// What is shown behind a form that was refused.
    private struct Refusal {
        let note: SettingsModels.Note
        let typed: Form
    }

    package init(accounts: Accounts, pages: Pages, bodies: Bodies, address: PublicAddress, isMailOff: Bool) {
        flow = FormFlow(accounts: accounts, pages: pages, bodies: bodies, address: address, isMailOff: isMailOff)
        verbs = OwnAccount(accounts: accounts)
    }

    private var accounts: Accounts { flow.accounts }

    package func routes(_ routes: Routes<AppRequestContext>) {
        let group = routes.group("dashboard/settings", context: SignedIn.self)
        group.get(.page("Show one's settings"), use: show)
        group.post("profile", .page("Change one's name")) { request, context in
            try await act("profile", request, context) { form in
                guard let name = form["display_name"]?.trimmed, !name.isEmpty, name.fits(letters: User.Limits.nameCharacters)
                else {
                    throw Failure(.invalid, "invalid_name", "Enter a name of at most \(User.Limits.nameCharacters) characters.")
                }
                _ = try await verbs.rename(name, context)
            }
        }
        group.post("password", .page("Change one's password", rates: [.reauthenticate])) { request, context in
            try await act("password", request, context) { form in
                let (current, new) = (form["current_password"] ?? "", form["new_password"] ?? "")
                try PasswordPolicy.ordinary(new)
                try await verbs.changePassword(try await verbs.user(context), current, new, request, context)
            }
        }
        group.post("preferences", .page("Change one's preferences")) { request, context in
            try await act("preferences", request, context) { form in
                let preferences = try Self.preferences(form)
                try await accounts.users.change(context.caller.user) { user, _ in user.settings = preferences.json }
            }
        }
        group.post("mfa", .page("Turn the second factor on or off"), use: setMFA)
        group.post("mfa/devices", .page("Begin to add an authenticator app"), use: beginDevice)
        group.get("mfa/devices", .page("Show how to set up an authenticator app"), use: showDevice)
        group.post(
            "mfa/devices/verify", .page("Confirm an authenticator app with a code", rates: [.mfaVerify]), use: verifyDevice)
        group.post("mfa/devices/:id/delete", .page("Remove an authenticator app")) { request, context in
            try await act("mfa", done: "device", request, context) { _ in
                try await verbs.removeDevice(try context.parameters.require("id"), request, context)
            }
        }
        group.post("mfa/recovery-codes", .page("Get new recovery codes"), use: newRecoveryCodes)
        group.post("passkeys/:id/delete", .page("Remove a passkey")) { request, context in
            try await act("passkeys", request, context) { _ in
                try await verbs.removePasskey(try context.parameters.require("id"), request, context)
            }
        }
        group.post("sessions/:id/end", .page("End a session")) { request, context in
            try await act("sessions", request, context) { _ in
                try await verbs.endSession(try context.parameters.require("id"), request, context)
            }
        }
        group.post("sessions/end-others", .page("End all other sessions")) { request, context in
            try await act("sessions", done: "others", request, context) { _ in
                _ = try await verbs.endOtherSessions(request, context)
            }
        }
        group.post("keys", .page("Make an API key"), use: createKey)
        group.get("mfa/recovery-codes", .page("Show new recovery codes"), use: showRecoveryCodes)
        // Where forms go, for whoever reloads or types the address: their page.
        for (path, section) in Self.formTargets {
            group.get(path, .formAddress) { _, _ in Answer.redirect(to: "/dashboard/settings#\(section)") }
        }
        group.post("keys/:id/delete", .page("Revoke an API key")) { request, context in
            try await act("keys", request, context) { _ in
                try await verbs.revokeKey(try context.parameters.require("id"), request, context)
            }
        }
    }

    private static let formTargets = [
        ("profile", "profile"), ("password", "password"), ("preferences", "preferences"), ("mfa", "mfa"),
        ("mfa/devices/verify", "mfa"), ("mfa/devices/:id/delete", "mfa"), ("passkeys/:id/delete", "passkeys"),
        ("sessions/:id/end", "sessions"), ("sessions/end-others", "sessions"), ("keys", "keys"), ("keys/:id/delete", "keys"),
    ]

    // MARK: The page

    /// What a redirect after a form says.
    private static let done: [String: (section: String, text: String)] = [
        "profile": ("profile", "Your name is saved."),
        "password": ("password", "Your password is changed; every other session has ended."),
        "preferences": ("preferences", "Your preferences are saved."),
        "mfa": ("mfa", "Two-step sign-in is as you want it."),
        "device": ("mfa", "The device is removed."),
        "device-added": ("mfa", "The device is added. It is asked at your next sign-in."),
        "passkeys": ("passkeys", "The passkey is removed."),
        "sessions": ("sessions", "That session has ended."),
        "others": ("sessions", "Every other session has ended."),
        "keys": ("keys", "The key is revoked; it opens nothing any more."),
    ]

    @Sendable func show(_ request: Request, _ context: SignedIn) async throws -> Response {
        if let refusal = refusal(request, context) { return try await page(context, note: refusal.note, typed: refusal.typed) }
        let note = Form(query: request)["done"].flatMap { Self.done[$0] }.map { SettingsModels.Note.good($0.section, $0.text) }
        guard case .key(let name, let secret)? = flow.once(request, context.caller.user) else {
            return try await page(context, note: note)
        }
        return try await page(
            context, note: note, made: (name, secret), headers: [.setCookie: OnceCookie.clear(flow.address)])
    }

    private func page(
        _ context: SignedIn, note: SettingsModels.Note?, typed: Form = Form(), made: (name: String, secret: String)? = nil,
        headers: HTTPFields = [:]
    ) async throws -> Response {
        let user = try await verbs.user(context)
        let state = SettingsModels.State(
            user: user, factors: try await accounts.factors.factors(of: user.id),
            sessions: try await accounts.sessions.list(of: user.id), current: context.credential.session,
            keys: try await accounts.keys.list(of: user.id), isMFARequired: accounts.rules.isMFARequired,
            isOutside: accounts.provider.isOutside, note: note, made: made, typed: typed)
        return try flow.pages.render(
            "accounts/settings", Pages.Frame(title: "Settings", signedIn: context, place: .settings),
            SettingsModels.settings(state), headers: headers)
    }

    /// Checks the form, does one thing, and shows the page again: with what went wrong, or after a redirect with what was done.
    private func act(
        _ section: String, done: String? = nil, _ request: Request, _ context: SignedIn,
        _ body: (Form) async throws -> Void
    ) async throws -> Response {
        let form = try await context.form(request, flow.bodies)
        do {
            try await body(form)
            return Answer.redirect(to: "/dashboard/settings?done=\(done ?? section)#\(section)")
        } catch let failure as Failure {
            return try refused(failure, section, form, context)
        }
    }

    private func refused(_ failure: Failure, _ section: String, _ form: Form, _ context: SignedIn) throws -> Response {
        if failure.code == "reauthentication_required" {
            return Answer.redirect(to: "/auth/confirm?next=\("/dashboard/settings#\(section)".queryEscaped)")
        }
        guard failure.kind != .unavailable, failure.kind != .unauthenticated else { throw failure }
        // What is not there, or of somebody else, has nothing to mend.
        guard failure.kind != .missing else { throw failure }
        return try giveBack(failure, field: Self.field(of: failure, section), form, "/dashboard/settings", section, context)
    }

    /// Leads to the page that shows a refused form again.
    private func giveBack(
        _ failure: Failure, field: String? = nil, _ form: Form, _ path: String, _ section: String, _ context: SignedIn
    ) throws -> Response {
        let typed = form.without(["form_token", "current_password", "new_password", "code"])
        let refusal = Refusal(note: .bad(section, failure.message, field: field), typed: typed)
        let key = try refusedForms.keep(refusal, bytes: typed.bytes, session: context.session?.id, or: failure)
        return Answer.redirect(to: "\(path)?refused=\(key)#\(section)")
    }

    private func refusal(_ request: Request, _ context: SignedIn) -> Refusal? {
        refusedForms.value(Form(query: request)["refused"], session: context.session?.id)
    }

    /// The field of the form that was wrong, as the template names it; nil when it is none of them.
    private static func field(of failure: Failure, _ section: String) -> String? {
        switch (section, failure.code) {
        case ("profile", "invalid_name"): "displayName"
        case ("password", "wrong_password"): "currentPassword"
        case ("password", "weak_password"), ("password", "same_password"): "newPassword"
        case ("keys", "invalid_name"): "keyName"
        case ("keys", "invalid_expires_in_days"): "keyExpiry"
        case ("keys", "invalid_scopes"): "keyScopes"
        case ("preferences", "invalid_data_retention_days"): "retention"
        default: nil
        }
    }

    private static func preferences(_ form: Form) throws -> Preferences {
        func number(_ name: String) throws -> JSON {
            guard let number = Int64(form[name] ?? "0") else {
                throw Failure(.invalid, "invalid_\(name)", "\(name) must be a whole number.")
            }
            return .int(number)
        }
        return try Preferences(
            Fields([
                "auto_refresh_seconds": try number("auto_refresh_seconds"), "theme": .optional(form["theme"]),
                "default_jobs_sort": .optional(form["default_jobs_sort"]),
                "default_jobs_view": .optional(form["default_jobs_view"]),
                "data_retention_days": try number("data_retention_days"),
            ]))
    }

    // MARK: Second step

    @Sendable func setMFA(_ request: Request, _ context: SignedIn) async throws -> Response {
        let form = try await context.form(request, flow.bodies)
        do {
            let codes = try await verbs.setMFA(form["enabled"] == "true", request, context)
            guard let codes else { return Answer.redirect(to: "/dashboard/settings?done=mfa#mfa") }
            return try flow.toRecoveryCodes(codes, of: context.caller.user)
        } catch let failure as Failure {
            return try refused(failure, "mfa", form, context)
        }
    }

    @Sendable func beginDevice(_ request: Request, _ context: SignedIn) async throws -> Response {
        let form = try await context.form(request, flow.bodies)
        do {
            _ = try await verbs.beginDevice(form["name"]?.trimmed, context)
            return Answer.redirect(to: "/dashboard/settings/mfa/devices")
        } catch let failure as Failure {
            return try refused(failure, "mfa", form, context)
        }
    }

    @Sendable func showDevice(_ request: Request, _ context: SignedIn) async throws -> Response {
        let refusal = refusal(request, context)
        // The page shows the secret, so it wants the same fresh login as making it.
        do { try verbs.mustBeFresh(context) } catch let failure as Failure where failure.code == "reauthentication_required" {
            return Answer.redirect(to: "/auth/confirm?next=\("/dashboard/settings/mfa/devices".queryEscaped)")
        }
        let user = try await verbs.user(context)
        guard let (device, secret) = try await accounts.factors.unverified(user.id) else {
            return Answer.redirect(to: "/dashboard/settings#mfa")
        }
        let shown = OwnAccount.shown(device, secret, user)
        var content = try SettingsModels.setUp(
            secretCode: shown.secretCode, uri: shown.uri, email: user.email, name: refusal?.typed["name"] ?? device.name,
            problem: refusal?.note.text)
        content["isForced"] = false
        content["action"] = "/dashboard/settings/mfa/devices/verify"
        content["cancelHref"] = "/dashboard/settings#mfa"
        content["device"] = device.id
        return try flow.pages.render(
            "accounts/mfa-setup", Pages.Frame(title: "Add a device", signedIn: context, place: .settings), content)
    }

    @Sendable func verifyDevice(_ request: Request, _ context: SignedIn) async throws -> Response {
        let form = try await context.form(request, flow.bodies)
        do {
            let codes = try await verbs.verifyDevice(
                form["device"], form["code"] ?? "", name: form["name"]?.trimmed, request, context)
            guard let codes else { return Answer.redirect(to: "/dashboard/settings?done=device-added#mfa") }
            return try flow.toRecoveryCodes(codes, of: context.caller.user)
        } catch let failure as Failure where failure.code == "code_mismatch" {
            let path = "/dashboard/settings/mfa/devices"
            return try giveBack(failure, form, path, "mfa", context)
        } catch let failure as Failure {
            return try refused(failure, "mfa", form, context)
        }
    }

    @Sendable func newRecoveryCodes(_ request: Request, _ context: SignedIn) async throws -> Response {
        let form = try await context.form(request, flow.bodies)
        do {
            return try flow.toRecoveryCodes(
                try await verbs.newRecoveryCodes(request, context), of: context.caller.user, isNew: true)
        } catch let failure as Failure {
            return try refused(failure, "mfa", form, context)
        }
    }

    /// Once, behind the form that made them.
    @Sendable func showRecoveryCodes(_ request: Request, _ context: SignedIn) throws -> Response {
        guard case .recoveryCodes(let codes, let isNew, let next)? = flow.once(request, context.caller.user) else {
            return Answer.redirect(to: "/dashboard/settings#mfa")
        }
        return try flow.pages.render(
            "accounts/recovery-codes", Pages.Frame(title: "Recovery codes", signedIn: context, place: .settings),
            SettingsModels.recoveryCodes(codes, email: context.caller.email, next: next, isNew: isNew),
            headers: [.setCookie: OnceCookie.clear(flow.address)])
    }

    // MARK: Keys

    @Sendable func createKey(_ request: Request, _ context: SignedIn) async throws -> Response {
        let form = try await context.form(request, flow.bodies)
        do {
            guard let name = form["name"]?.trimmed, !name.isEmpty, name.fits(letters: APIKey.Limits.nameCharacters) else {
                throw Failure(
                    .invalid, "invalid_name", "Give the key a name of at most \(APIKey.Limits.nameCharacters) characters.")
            }
            let days = form["expires_in_days"].map { Int64($0) ?? 0 }
            guard days == nil || APIKey.Limits.days.contains(days ?? 0) else {
                throw Failure(.invalid, "invalid_expires_in_days", "Choose when the key expires.")
            }
            let made = try await verbs.createKey(name: name, scopes: form.all("scopes"), days: days, request, context)
            let cookie = try OnceCookie.set(
                .key(name: made.key.name, secret: made.secret), for: context.caller.user, accounts.keyring, flow.address)
            return Answer.redirect(to: "/dashboard/settings#keys", headers: [.setCookie: cookie])
        } catch let failure as Failure {
            return try refused(failure, "keys", form, context)
        }
    }
}
