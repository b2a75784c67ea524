import Core
import Foundation
import Hummingbird
import QRCodes
import Web

/// What people change of themselves, by JSON or by page: each with its proof, its line in the audit log, and a mail where the
/// owner should know in case it was somebody else.
struct OwnAccount: Sendable {
    let accounts: Accounts

    static let gone = Failure(.unauthenticated, "sign_in_required", "This account is gone.")

    func user(_ context: SignedIn) async throws -> User {
        guard let user = try await accounts.users.find(id: context.caller.user) else {
            throw Self.gone
        }
        return user
    }

    /// A session that was stolen, or left open, changes nothing that outlives it (ASVS 5.0, 7.5.1).
    /// - Throws: `Failure` `reauthentication_required`.
    func mustBeFresh(_ context: SignedIn) throws {
        switch context.credential.kind {
        // Who vouches for these people is outside; every request carries the proof.
        case .outside: return
        case .key: throw Failure(.forbidden, "scope_missing", "No API key is good for this; sign in instead.")
        case .browser, .token: break
        }
        let age = Moment.now.seconds - (context.credential.authenticatedAt?.seconds ?? 0)
        guard age < Session.Limits.freshSeconds else {
            throw Failure(
                .forbidden, "reauthentication_required",
                "Prove once more that it is you: POST /auth/reauthenticate with your password or a code.")
        }
    }

    /// What a route asks of its caller, for an answer that is sent again.
    static func mustBeAllowed(_ route: RouteDeclaration, _ visit: AppRequestContext, _ accounts: Accounts) throws {
        try route.mustAdmit(visit.caller)
        if route.needsFreshLogin { try OwnAccount(accounts: accounts).mustBeFresh(try SignedIn(context: visit)) }
    }

    func told(_ action: String, _ what: String, _ user: User, _ request: Request, _ context: SignedIn) async throws {
        let actor = Actor(context.caller, ClientInfo(request, context))
        try await accounts.audit.append(action, by: actor, to: user)
        guard user.provider != .outside else { return }
        try await accounts.outbox.append(
            try accounts.mailTemplates.letter(
                .mfaChanged, to: user.email, tenant: user.tenant, path: "/dashboard/settings",
                ["what": what, "when": HumanFormat.time(.now)]))
    }

    // MARK: Profile

    func rename(_ name: String, _ context: SignedIn) async throws -> User {
        let name = User.plainName(name)
        return try await accounts.users.change(context.caller.user) { user, _ in user.name = name }
    }

    func changePassword(
        _ user: User, _ current: String, _ new: String, _ request: Request, _ context: SignedIn
    ) async throws {
        try await accounts.provider.changePassword(
            of: user, current: current, new: new, accessToken: context.credential.accessToken,
            keeping: context.credential.session, from: ClientInfo(request, context))
    }

    // MARK: Second step

    /// - Returns: ten recovery codes, when it was turned on with a passkey and there are none yet.
    func setMFA(_ isEnabled: Bool, _ request: Request, _ context: SignedIn) async throws -> [String]? {
        guard !accounts.provider.isOutside else { throw SelfRoutes.managedOutside }
        try mustBeFresh(context)
        let user = try await user(context)
        if !isEnabled {
            guard !accounts.rules.isMFARequired else {
                throw Failure(.conflict, "mfa_required", "This server asks everyone for a second step.")
            }
        }
        guard user.mfaEnabled != isEnabled else { return nil }
        try await accounts.factors.setEnabled(isEnabled, of: user.id)
        try await told(
            isEnabled ? "mfa.enabled" : "mfa.disabled",
            isEnabled ? "Two-step sign-in was turned on." : "Two-step sign-in was turned off.", user, request, context)
        let factors = try await accounts.factors.factors(of: user.id)
        guard isEnabled, !factors.isEmpty, factors.recoveryCodesLeft == 0 else { return nil }
        return try await accounts.factors.newRecoveryCodes(of: user.id)
    }

    struct NewDevice: Sendable {
        let device: TOTPDevice
        let secretCode: String
        let uri: String

        func qrCode() throws -> String { try QRCode(uri).svg(title: "QR code for your authenticator app") }
    }

    func beginDevice(_ name: String?, _ context: SignedIn) async throws -> NewDevice {
        guard !accounts.provider.isOutside else { throw SelfRoutes.managedOutside }
        try mustBeFresh(context)
        let user = try await user(context)
        let (device, secret) = try await accounts.factors.beginDevice(for: user.id, name: name)
        return Self.shown(device, secret, user)
    }

    static func shown(_ device: TOTPDevice, _ secret: Data, _ user: User) -> NewDevice {
        let code = TOTP.base32(secret)
        return NewDevice(device: device, secretCode: code, uri: TOTP.uri(secret: code, label: user.email, issuer: "Quern"))
    }

    func verifyDevice(
        _ id: String?, _ code: String, name: String? = nil, _ request: Request, _ context: SignedIn
    ) async throws -> [String]? {
        try mustBeFresh(context)
        let user = try await user(context)
        let codes = try await accounts.factors.verifyDevice(id, of: user.id, code: code, name: name)
        try await told("device.added", "An authenticator app was added.", user, request, context)
        return codes
    }

    func removeDevice(_ id: String, _ request: Request, _ context: SignedIn) async throws {
        try mustBeFresh(context)
        let user = try await user(context)
        try await accounts.factors.removeDevice(id, of: user.id, mustKeepOne: accounts.rules.isMFARequired)
        try await told("device.removed", "An authenticator app was removed.", user, request, context)
    }

    func newRecoveryCodes(_ request: Request, _ context: SignedIn) async throws -> [String] {
        try mustBeFresh(context)
        let user = try await user(context)
        guard try await !accounts.factors.factors(of: user.id).isEmpty else {
            throw Failure(.conflict, "no_second_step", "Add an authenticator app or a passkey first.")
        }
        let codes = try await accounts.factors.newRecoveryCodes(of: user.id)
        try await told("recovery_codes.made", "New recovery codes were made; the old ones are void.", user, request, context)
        return codes
    }

    func removePasskey(_ id: String, _ request: Request, _ context: SignedIn) async throws {
        try mustBeFresh(context)
        let user = try await user(context)
        try await accounts.factors.removePasskey(id, of: user.id, mustKeepOne: accounts.rules.isMFARequired)
        try await told("passkey.removed", "A passkey was removed.", user, request, context)
    }

    // MARK: Sessions and keys

    func endSession(_ id: String, _ request: Request, _ context: SignedIn) async throws {
        try await accounts.sessions.end(id: id, of: context.caller.user)
        try await accounts.audit.append("session.ended", by: Actor(context.caller, ClientInfo(request, context)))
    }

    func endOtherSessions(_ request: Request, _ context: SignedIn) async throws -> Int {
        let count = try await accounts.sessions.endAll(of: context.caller.user, but: context.credential.session)
        try await accounts.audit.append(
            "sessions.ended", by: Actor(context.caller, ClientInfo(request, context)), detail: ["count": .int(Int64(count))])
        return count
    }

    func createKey(
        name: String, scopes: [String], days: Int64?, _ request: Request, _ context: SignedIn
    ) async throws -> (key: APIKey, secret: String) {
        let scopes = try Scope.checked(scopes)
        guard !scopes.contains(.admin) || context.caller.role == .admin else {
            throw Failure(.forbidden, "admin_required", "Only admins make keys with the scope admin.")
        }
        try mustBeFresh(context)
        let user = try await user(context)
        let name = User.plainName(name)
        let made = try await accounts.keys.create(for: user.id, name: name, scopes: scopes, days: days)
        try await accounts.audit.append(
            "key.created", by: Actor(context.caller, ClientInfo(request, context)), to: user,
            detail: ["key": .string(made.key.id), "scopes": .array(scopes.map(\.rawValue).sorted().map { .string($0) })])
        if user.provider != .outside {
            try await accounts.outbox.append(
                try accounts.mailTemplates.letter(
                    .newKey, to: user.email, tenant: user.tenant, path: "/dashboard/settings",
                    ["name": name, "when": HumanFormat.time(.now)]))
        }
        return made
    }

    func revokeKey(_ id: String, _ request: Request, _ context: SignedIn) async throws {
        let key = try await accounts.keys.revoke(id, of: context.caller.user)
        try await accounts.audit.append(
            "key.revoked", by: Actor(context.caller, ClientInfo(request, context)), detail: ["key": .string(key.id)])
    }

    // MARK: Proving it once more

    /// Where there is a second step, the code of it; the password alone would make one factor of two.
    /// - Returns: a new token for the cookie of a browser, and how long the session goes on.
    /// - Throws: `Failure` `invalid_credentials`, `code_required`.
    func reauthenticate(
        password: String?, code: String?, _ context: SignedIn
    ) async throws -> (token: String, lifeSeconds: Double)? {
        guard let id = context.credential.session, let found = try await accounts.sessions.find(id: id) else {
            throw Failure(.conflict, "no_session", "There is no session to renew; sign in again.")
        }
        let user = found.user
        let isRight: Bool
        let hasCodes = user.mfaEnabled ? try await !accounts.factors.factors(of: user.id).devices.isEmpty : false
        if password != nil, code == nil, hasCodes {
            throw Failure(
                .refused, "code_required",
                "This account has a second step: send a code of the authenticator app, or a recovery code.")
        }
        if let password, !hasCodes {
            isRight = try await accounts.provider.isPassword(password, of: user)
        } else if let code {
            switch try await accounts.factors.spend(code, of: user.id) {
            case .right: isRight = true
            case .wrong: isRight = false
            case .locked(let left): throw EmbeddedProvider.locked(left)
            }
        } else {
            throw Failure(.invalid, "missing_password", "password or code is required.")
        }
        guard isRight else {
            throw Failure(.refused, "invalid_credentials", "That is not right; try again.")
        }
        let life = found.session.expiresAt.seconds - Moment.now.seconds
        return try await accounts.sessions.renew(found.session).map { ($0, life) }
    }
}
