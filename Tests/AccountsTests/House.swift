import Core
import Crypto
import Foundation
import Storage
import TestKit

@testable import Accounts

/// The stores of the room on a real database of their own.
struct House {
    let workshop: Workshop
    let keyring = Keyring(SymmetricKey(size: .bits256))

    init() throws {
        workshop = try Workshop(migrations: StorageSchema.migrations + AccountSchema.migrations)
    }

    var storage: Storage { workshop.storage }
    var users: UserStore { UserStore(storage) }
    var sessions: SessionStore { SessionStore(storage, keyring: keyring, lifeSeconds: 3600) }
    var keys: APIKeyStore { APIKeyStore(storage) }
    var factors: SecondFactorStore { SecondFactorStore(storage, keyring: keyring) }
    var lockouts: LockoutStore { LockoutStore(storage) }
    var steps: SignInStepStore { SignInStepStore(storage) }
    var outbox: Outbox { Outbox(storage) }

    func user(_ email: String, _ role: Caller.Role = .member, tenant: String = "default") async throws -> User {
        try await users.create(email: email, name: "Somebody", passwordHash: "", [.granted(role, tenant: tenant)])
    }

    static let clientInfo = ClientInfo(address: "192.0.2.1", userAgent: "curl/8", requestID: "r")
}
