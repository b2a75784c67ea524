import Core
import Foundation
import HTTPTypes
import Hummingbird
package import Web

/// What people see and change of themselves: `/users/me` and all below it.
package struct SelfRoutes: Sendable {
    private let accounts: Accounts
    private let verbs: OwnAccount
    private let bodies: Bodies
    private let address: PublicAddress

    package init(accounts: Accounts, bodies: Bodies, address: PublicAddress) {
        self.accounts = accounts
        self.bodies = bodies
        self.address = address
        verbs = OwnAccount(accounts: accounts)
    }

    /// Mounted at ``, `/api` and `/api/v1` alike.
    package func routes(_ routes: Routes<AppRequestContext>) {
        let me = routes.group("users/me", context: SignedIn.self)
        let secret = me.confidential
        me.get(.init("Show who is signed in", .signedIn([.accountRead])).giving(AccountShapes.user), use: show)
        me.patch(.init("Change one's name", .signedIn([])).taking(AccountShapes.name).giving(AccountShapes.user), use: rename)
        me.post(
            "change-password",
            .init("Change one's password", .signedIn([]), rates: [.reauthenticate]).taking(AccountShapes.password).giving(
                AccountShapes.message
            ).choosingPassword.proven.refusing(.refused, "wrong_password").refusing(
                .tooMany, "account_locked", "too_many_logins"), use: changePassword)
        me.get(
            "settings", .init("Show one's settings", .signedIn([.accountRead])).giving(AccountShapes.settings), use: showSettings)
        me.put(
            "settings",
            .init("Change one's settings", .signedIn([])).taking(AccountShapes.settingsChange).giving(AccountShapes.settingsDone),
            use: putSettings)
        secret.get(
            "mfa",
            .init("Show one's second factors", .signedIn([])).giving(AccountShapes.mfa).refusing(
                .conflict, "managed_by_provider"),
            use: showMFA)
        secret.put(
            "mfa",
            .init("Turn the second factor on or off", .signedIn([])).taking(AccountShapes.enabled).giving(AccountShapes.mfa)
                .ofSecondFactor,
            use: putMFA)
        secret.post(
            "mfa/devices",
            .init("Begin to add an authenticator app", .signedIn([])).taking(AccountShapes.deviceDraft).giving(
                AccountShapes.device, status: 201
            ).ofSecondFactor, use: beginDevice)
        secret.post(
            "mfa/devices/:id/verify",
            .init("Confirm an authenticator app with a code", .signedIn([]), rates: [.mfaVerify]).taking(AccountShapes.code)
                .giving(AccountShapes.recoveryCodes).ofSecondFactor.refusing(.missing, "device_not_found"),
            use: verifyDevice)
        secret.delete(
            "mfa/devices/:id",
            .init("Remove an authenticator app", .signedIn([])).giving(nil, status: 204).ofSecondFactor
                .refusing(.missing, "device_not_found"), use: removeDevice)
        secret.post(
            "mfa/recovery-codes",
            .init("Get new recovery codes", .signedIn([]), body: .nothing).giving(AccountShapes.recoveryCodes).ofSecondFactor,
            use: newRecoveryCodes)
        secret.get(
            "passkeys", .init("List one's passkeys", .signedIn([])).giving(.list(of: AccountShapes.factor)), use: listPasskeys)
        secret.post(
            "passkeys/options",
            .init("Begin to add a passkey", .signedIn([]), body: .nothing).giving(AccountShapes.passkeyQuestion)
                .ofSecondFactor.refusing(.conflict, "too_many_passkeys"),
            use: passkeyOptions)
        secret.post(
            "passkeys",
            .init("Add a passkey", .signedIn([])).taking(AccountShapes.passkeyAnswer).giving(AccountShapes.factor, status: 201)
                .ofSecondFactor.refusing(.refused, "invalid_passkey").refusing(.conflict, "passkey_taken", "too_many_passkeys"),
            use: addPasskey)
        secret.delete(
            "passkeys/:id",
            .init("Remove a passkey", .signedIn([])).giving(nil, status: 204).ofSecondFactor.refusing(
                .missing, "passkey_not_found"), use: removePasskey)
        me.get(
            "sessions", .init("List one's sessions", .signedIn([])).giving(.list(of: AccountShapes.session)), use: listSessions)
        me.delete("sessions", .init("End all other sessions", .signedIn([])).giving(AccountShapes.ended), use: endOtherSessions)
        me.delete(
            "sessions/:id",
            .init("End a session", .signedIn([])).giving(nil, status: 204).refusing(.missing, "session_not_found"),
            use: endSession)
        secret.get("keys", .init("List one's API keys", .signedIn([])).giving(.list(of: AccountShapes.key)), use: listKeys)
        secret.post(
            "keys",
            .init("Make an API key", .signedIn([]), isCreating: true, needsFreshLogin: true).taking(AccountShapes.keyDraft)
                .giving(AccountShapes.newKey, status: 201).refusing(.conflict, "too_many_keys").refusing(
                    .forbidden, "admin_required"), use: createKey)
        secret.delete(
            "keys/:id", .init("Revoke an API key", .signedIn([])).giving(nil, status: 204).refusing(.missing, "key_not_found"),
            use: revokeKey)
        routes.confidential.group("auth/reauthenticate", context: SignedIn.self)
            .post(
                .init("Prove once more who one is", .signedIn([]), rates: [.reauthenticate]).taking(AccountShapes.proof).giving(
                    nil, status: 204
                ).refusing(.refused, "invalid_credentials", "code_required", "invalid_passkey").refusing(
                    .conflict, "no_session", "managed_by_provider"
                ).refusing(.tooMany, "account_locked", "too_many_logins"), use: reauthenticate)
    }

    static let managedOutside = Failure(
        .conflict, "managed_by_provider", "Passwords and second steps are kept by the identity provider of this server.")

    // MARK: Profile

    @Sendable func show(_ request: Request, _ context: SignedIn) async throws -> Response {
        guard let answer = try await accounts.users.answer(context.caller.user) else { throw OwnAccount.gone }
        return Answer.tagged(answer, for: request)
    }

    @Sendable func rename(_ request: Request, _ context: SignedIn) async throws -> Response {
        let name = try await bodies.fields(request, known: ["name"]).text("name", limit: User.Limits.nameCharacters)
        return Answer.json(try await verbs.rename(name, context).json)
    }

    @Sendable func changePassword(_ request: Request, _ context: SignedIn) async throws -> Response {
        let fields = try await bodies.fields(request, known: ["current_password", "new_password"])
        let (current, new) = (try fields.secret("current_password"), try fields.secret("new_password"))
        let user = try await verbs.user(context)
        if current != new { try PasswordPolicy.tracker(new, email: user.email, name: user.name) }
        try await verbs.changePassword(user, current, new, request, context)
        return Answer.json(["message": "The password is changed; every other session has ended."])
    }

    @Sendable func showSettings(_ request: Request, _ context: SignedIn) async throws -> Response {
        Answer.tagged(try await verbs.user(context).preferences.json, for: request)
    }

    @Sendable func putSettings(_ request: Request, _ context: SignedIn) async throws -> Response {
        let preferences = try Preferences(try await bodies.fields(request, known: Preferences.members))
        try await accounts.users.change(context.caller.user) { user, _ in user.settings = preferences.json }
        guard case .object(var members) = preferences.json else { return Answer.json(preferences.json) }
        members["message"] = "The settings are saved."
        return Answer.json(.object(members))
    }

    // MARK: Second step

    @Sendable func showMFA(_ request: Request, _ context: SignedIn) async throws -> Response {
        Answer.tagged(try await mfa(context), for: request)
    }

    private func mfa(_ context: SignedIn) async throws -> JSON {
        let user = try await verbs.user(context)
        let factors = try await accounts.factors.factors(of: user.id)
        return [
            "enabled": .bool(user.mfaEnabled), "required": .bool(accounts.rules.isMFARequired),
            "managed_by_provider": .bool(accounts.provider.isOutside),
            "devices": .array(factors.devices.map(\.json)), "passkeys": .array(factors.passkeys.map(\.json)),
            "recovery_codes_left": .int(Int64(factors.recoveryCodesLeft)),
        ]
    }

    @Sendable func putMFA(_ request: Request, _ context: SignedIn) async throws -> Response {
        guard case .bool(let isEnabled)? = try await bodies.fields(request, known: ["enabled"]).value("enabled") else {
            throw Failure(.invalid, "invalid_enabled", "enabled must be true or false.")
        }
        let codes = try await verbs.setMFA(isEnabled, request, context)
        guard let codes, case .object(var members) = try await mfa(context) else { return Answer.json(try await mfa(context)) }
        members["recovery_codes"] = .array(codes.map { .string($0) })
        return Answer.json(.object(members))
    }

    @Sendable func beginDevice(_ request: Request, _ context: SignedIn) async throws -> Response {
        let name = try await bodies.fields(request, known: ["name"]).optionalText("name", limit: TOTPDevice.Limits.nameCharacters)
        let setup = try await verbs.beginDevice(name, context)
        return Answer.json(
            [
                "id": .string(setup.device.id), "secret_code": .string(setup.secretCode), "otpauth_uri": .string(setup.uri),
                "qr_svg": .string(try setup.qrCode()),
            ], status: .created)
    }

    @Sendable func verifyDevice(_ request: Request, _ context: SignedIn) async throws -> Response {
        let code = try await bodies.fields(request, known: ["code"]).text("code", limit: 10)
        let codes = try await verbs.verifyDevice(try context.parameters.require("id"), code, request, context)
        return Answer.json(["recovery_codes": codes.map { .array($0.map { .string($0) }) } ?? .null])
    }

    @Sendable func removeDevice(_ request: Request, _ context: SignedIn) async throws -> Response {
        try await verbs.removeDevice(try context.parameters.require("id"), request, context)
        return Response(status: .noContent)
    }

    @Sendable func newRecoveryCodes(_ request: Request, _ context: SignedIn) async throws -> Response {
        let codes = try await verbs.newRecoveryCodes(request, context)
        return Answer.json(["recovery_codes": .array(codes.map { .string($0) })])
    }

    // MARK: Passkeys

    @Sendable func listPasskeys(_ request: Request, _ context: SignedIn) async throws -> Response {
        let factors = try await accounts.factors.factors(of: context.caller.user)
        return Answer.tagged(.array(factors.passkeys.map(\.json)), for: request)
    }

    @Sendable func passkeyOptions(_ request: Request, _ context: SignedIn) async throws -> Response {
        try verbs.mustBeFresh(context)
        return Answer.json(
            try await Passkeys(accounts: accounts, address: address).creationOptions(request, for: try await verbs.user(context)))
    }

    @Sendable func addPasskey(_ request: Request, _ context: SignedIn) async throws -> Response {
        try verbs.mustBeFresh(context)
        let fields = try await bodies.fields(request, known: ["challenge_id", "credential", "name"])
        let user = try await verbs.user(context)
        let passkey = try await Passkeys(accounts: accounts, address: address)
            .add(fields, request, for: user, from: ClientInfo(request, context))
        try await verbs.told("passkey.added", "A passkey was added.", user, request, context)
        return Answer.json(passkey.json, status: .created)
    }

    @Sendable func removePasskey(_ request: Request, _ context: SignedIn) async throws -> Response {
        try await verbs.removePasskey(try context.parameters.require("id"), request, context)
        return Response(status: .noContent)
    }

    // MARK: Sessions

    @Sendable func listSessions(_ request: Request, _ context: SignedIn) async throws -> Response {
        let sessions = try await accounts.sessions.list(of: context.caller.user)
        return Answer.tagged(.array(sessions.map { $0.json(current: context.credential.session) }), for: request)
    }

    @Sendable func endSession(_ request: Request, _ context: SignedIn) async throws -> Response {
        try await verbs.endSession(try context.parameters.require("id"), request, context)
        return Response(status: .noContent)
    }

    @Sendable func endOtherSessions(_ request: Request, _ context: SignedIn) async throws -> Response {
        let count = try await verbs.endOtherSessions(request, context)
        return Answer.json(["ended": .int(Int64(count))])
    }

    // MARK: Keys

    @Sendable func listKeys(_ request: Request, _ context: SignedIn) async throws -> Response {
        Answer.tagged(.array(try await accounts.keys.list(of: context.caller.user).map(\.json)), for: request)
    }

    @Sendable func createKey(_ request: Request, _ context: SignedIn) async throws -> Response {
        let fields = try await bodies.fields(request, known: ["name", "scopes", "expires_in_days"])
        guard case .array(let items)? = fields.value("scopes") else {
            throw Failure(.invalid, "invalid_scopes", "scopes is required and must be a list.")
        }
        let made = try await verbs.createKey(
            name: try fields.text("name", limit: APIKey.Limits.nameCharacters), scopes: items.map { $0.stringValue ?? "" },
            days: try fields.optionalCount("expires_in_days", in: APIKey.Limits.days) ?? APIKey.Limits.standardDays, request,
            context)
        guard case .object(var members) = made.key.json else { return Answer.json(made.key.json) }
        members["key"] = .string(made.secret)
        return Answer.json(.object(members), status: .created)
    }

    @Sendable func revokeKey(_ request: Request, _ context: SignedIn) async throws -> Response {
        try await verbs.revokeKey(try context.parameters.require("id"), request, context)
        return Response(status: .noContent)
    }

    // MARK: Proving it once more

    @Sendable func reauthenticate(_ request: Request, _ context: SignedIn) async throws -> Response {
        let fields = try await bodies.fields(request, known: ["password", "code"])
        let token = try await verbs.reauthenticate(
            password: fields.has("password") ? try fields.secret("password") : nil,
            code: try fields.optionalText("code", limit: 40), context)
        var headers = HTTPFields()
        if let token {
            headers[.setCookie] = SessionCookie.set(token.token, lifeSeconds: token.lifeSeconds, address)
        }
        return Response(status: .noContent, headers: headers)
    }
}
