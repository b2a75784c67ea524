import Core
import Foundation
import Hummingbird
import Web
import WebAuthentication

/// Adding passkeys, and signing in with them. Each challenge is a step of a login, used once.
struct Passkeys: Sendable {
    private let accounts: Accounts
    private let address: PublicAddress

    init(accounts: Accounts, address: PublicAddress) {
        self.accounts = accounts
        self.address = address
    }

    /// The address in the browser is what a passkey is bound to; the browser sees to it that no other site uses it.
    private func party(_ request: Request) -> WebAuthn {
        // As browsers write an origin: small letters, and no port that goes without saying (WHATWG HTML, section 7.1.1).
        let parts = address.base(request).lowercased().split(separator: "/", omittingEmptySubsequences: false)
        let scheme = parts.first.map(String.init) ?? "http:"
        var authority = parts.count > 2 ? String(parts[2]) : ""
        let usual = scheme == "https:" ? ":443" : ":80"
        if authority.hasSuffix(usual) { authority.removeLast(usual.count) }
        let host = authority.hasPrefix("[") ? authority : String(authority.prefix { $0 != ":" })
        let base = "\(scheme)//\(authority)"
        return WebAuthn(host: host, origins: [base])
    }

    /// What a browser is asked, and the one address at which it will answer: browsers make no passkey for an address that is a
    /// number, and do not say so.
    private func question(_ id: String, _ options: JSON, _ request: Request) -> JSON {
        ["challenge_id": .string(id), "publicKey": options, "address": .string(address.byName(request) ?? address.base(request))]
    }

    // MARK: Adding

    func creationOptions(_ request: Request, for user: User) async throws -> JSON {
        guard !accounts.provider.isOutside else { throw SelfRoutes.managedOutside }
        let known = try await accounts.factors.factors(of: user.id).passkeys
        let challenge = Self.challenge()
        let id = try await accounts.steps.begin(
            .passkey, user: user.id, email: user.email, detail: ["use": "add", "challenge": .string(challenge.base64URL)],
            lifeSeconds: SignInStep.Limits.passkeySeconds)
        let options = party(request).creationOptions(
            challenge: challenge,
            for: .init(handle: accounts.keyring.handle(of: user.id), name: user.email, displayName: user.name),
            exclude: known.map(Self.known), .preferred)
        return question(id, options, request)
    }

    func add(_ fields: Fields, _ request: Request, for user: User, from clientInfo: ClientInfo) async throws -> StoredPasskey {
        let (id, credential) = try Self.answer(fields)
        let step = try await accounts.steps.find(id, .passkey)
        guard step.user == user.id, step.text("use") == "add", let challenge = Self.challenge(of: step) else {
            throw SignInStep.over
        }
        try await accounts.steps.finish(id)
        let made = try party(request).verifyRegistration(credential, challenge: challenge, .preferred)
        let name = try fields.optionalText("name", limit: StoredPasskey.Limits.nameCharacters).map(User.plainName)
        let passkey = StoredPasskey(
            id: made.credentialID, user: user.id, name: name ?? Session.device(clientInfo.userAgent), publicKey: made.publicKey,
            signCount: made.signCount, transports: made.transports.joined(separator: " "),
            isBackupEligible: made.isBackupEligible, createdAt: .now)
        try await accounts.factors.add(passkey)
        return passkey
    }

    // MARK: Signing in

    /// - Parameter session: a login whose password was right and that waits for its second factor; nil to sign in with the
    ///   passkey alone.
    func requestOptions(_ request: Request, session: String?) async throws -> JSON {
        let challenge = Self.challenge()
        var detail: [String: JSON] = ["use": "login", "challenge": .string(challenge.base64URL)]
        var (user, email, allowed) = (ID<Caller>?.none, "", [WebAuthn.Known]())
        if let session {
            let step = try await accounts.steps.find(session, .secondFactor)
            (user, email) = (step.user, step.email)
            if let user { allowed = try await accounts.factors.factors(of: user).passkeys.map(Self.known) }
            detail = ["use": "second", "challenge": .string(challenge.base64URL), "session": .string(Token.hash(session))]
        }
        let id = try await accounts.steps.begin(
            .passkey, user: user, email: email, detail: .object(detail), lifeSeconds: SignInStep.Limits.passkeySeconds)
        let options = party(request).requestOptions(
            challenge: challenge, allow: allowed, session == nil ? .required : .preferred)
        return question(id, options, request)
    }

    /// Who signed in. A passkey alone has to have asked for a PIN or a finger: that makes two factors.
    func logIn(_ fields: Fields, _ request: Request, session: String?, from clientInfo: ClientInfo) async throws -> User {
        let (id, credential) = try Self.answer(fields)
        let step = try await accounts.steps.find(id, .passkey)
        let isSecond = step.text("use") == "second"
        guard isSecond || step.text("use") == "login", let challenge = Self.challenge(of: step) else { throw SignInStep.over }
        // One answer to one challenge, right or wrong.
        try await accounts.steps.finish(id)
        let user = try await verified(credential, challenge, isSecond ? .preferred : .required, request, clientInfo)
        try user.mustBeActive()
        if isSecond {
            guard step.user == user.id, let session, step.text("session") == Token.hash(session) else { throw SignInStep.over }
            try await accounts.steps.finish(session)
        }
        return user
    }

    private func verified(
        _ credential: JSON, _ challenge: Data, _ verification: WebAuthn.UserVerification, _ request: Request,
        _ clientInfo: ClientInfo
    ) async throws -> User {
        guard let passkey = try await accounts.factors.passkey(try WebAuthn.credentialID(of: credential)),
            let user = try await accounts.users.find(id: passkey.user)
        else {
            throw Failure(.refused, "invalid_passkey", "This passkey is not known here; sign in another way and add it.")
        }
        do {
            let assertion = try party(request).verifyAssertion(
                credential, challenge: challenge,
                by: .init(
                    credentialID: passkey.id, publicKey: passkey.publicKey, signCount: passkey.signCount,
                    handle: accounts.keyring.handle(of: user.id), isBackupEligible: passkey.isBackupEligible), verification)
            try await accounts.factors.used(passkey, signCount: assertion.signCount)
        } catch {
            try await accounts.audit.append("passkey.refused", by: Actor(user, clientInfo), to: user)
            throw error
        }
        return user
    }

    // MARK: Shared

    private static func challenge() -> Data { Data(Token.random().utf8) }

    private static func challenge(of step: SignInStep) -> Data? {
        step.text("challenge").flatMap { Base64URL.decode($0) }.map { Data($0) }
    }

    private static func known(_ passkey: StoredPasskey) -> WebAuthn.Known {
        .init(credentialID: passkey.id, transports: passkey.transports.split(separator: " ").map(String.init))
    }

    private static func answer(_ fields: Fields) throws -> (String, JSON) {
        guard let credential = fields.value("credential") else {
            throw Failure(.invalid, "missing_credential", "credential is required.")
        }
        return (try fields.text("challenge_id", limit: 100), credential)
    }
}
