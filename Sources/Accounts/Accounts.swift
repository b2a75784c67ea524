package import Core
import Crypto
import Foundation
import Synchronization
import Web

/// What the doors of the room share: the verbs register and log in.
package struct Accounts: Sendable {
    package let users: UserStore
    package let sessions: SessionStore
    package let passwords: Passwords
    package let tokens: Tokens
    package let formTokens: FormTokens
    package let registration: Registration
    package let setup: SetupToken

    package enum Registration: Sendable {
        case closed
        /// Whether an admin has to approve each new account.
        case open(approval: Bool)
    }

    package init(
        users: UserStore, sessions: SessionStore, passwords: Passwords, tokens: Tokens, formTokens: FormTokens,
        registration: Registration, setup: SetupToken
    ) {
        self.users = users
        self.sessions = sessions
        self.passwords = passwords
        self.tokens = tokens
        self.formTokens = formTokens
        self.registration = registration
        self.setup = setup
    }

    /// - Parameter isLocal: the request came from this machine and through no proxy.
    /// - Throws: `Failure` `invalid_email`, `weak_password`, `email_taken`, `registration_closed`, `setup_required`.
    package func register(email: String, name: String?, password: String, isLocal: Bool, setupToken: String?) async throws -> User
    {
        let email = try EmailAddress.checked(email)
        try Passwords.mustBeStrong(password)
        var admissions: [UserStore.Admission] = []
        if isLocal || setup.matches(setupToken) { admissions.append(.mayBeFirst) }
        switch registration {
        case .closed: break
        case .open(let approval): admissions.append(.open(approval ? .pending : .active))
        }
        // A closed door is told before the costly hash; who gets in is decided in the transaction.
        if admissions.isEmpty || (admissions.count == 1 && !isOpen), try await !users.isEmpty() {
            if try await users.find(email: email) != nil { throw UserStore.taken }
            throw Failure(.forbidden, "registration_closed", "Registration is closed here; ask an admin for an account.")
        }
        let user = try await users.create(
            email: email, name: name ?? String(email.prefix { $0 != "@" }), passwordHash: try await passwords.hash(password),
            admissions)
        setup.spend()
        return user
    }

    /// Makes an account that an admin or the operator wants.
    @discardableResult
    package func create(email: String, password: String, role: Caller.Role) async throws -> User {
        let email = try EmailAddress.checked(email)
        try Passwords.mustBeStrong(password)
        return try await users.create(
            email: email, name: String(email.prefix { $0 != "@" }), passwordHash: try await passwords.hash(password),
            [.granted(role)])
    }

    package var isOpen: Bool { if case .open = registration { true } else { false } }

    /// - Throws: `Failure` `invalid_credentials` for an unknown user and a wrong password alike.
    package func logIn(email: String, password: String) async throws -> User {
        let user = try await users.find(email: email.trimmed.lowercased())
        let check = try await passwords.check(password, against: user?.passwordHash)
        guard let user, check.matches else {
            throw Failure(.unauthenticated, "invalid_credentials", "Incorrect username or password.")
        }
        try user.mustBeActive()
        try await users.loggedIn(user, rehashed: check.isOutdated ? try await passwords.hash(password) : nil)
        return user
    }
}

/// The one-use token of the set-up link, that makes the first account from another machine.
package final class SetupToken: Sendable {
    private let hash = Mutex<SHA256Digest?>(nil)

    package init() {}

    /// - Returns: a new token; the one before is void.
    package func make() -> String {
        let token = SymmetricKey(size: .bits256).withUnsafeBytes { Data($0) }.base64URL
        hash.withLock { $0 = SHA256.hash(data: Data(token.utf8)) }
        return token
    }

    func matches(_ token: String?) -> Bool {
        guard let token else { return false }
        return hash.withLock { $0 == SHA256.hash(data: Data(token.utf8)) }
    }

    func spend() { hash.withLock { $0 = nil } }
}
