package import Core
import Crypto
package import Foundation
package import GRDB
package import Storage

/// An authenticator app that was set up. Its secret is encrypted; the last step it was used at is kept, so that a code works
/// once, over a restart too.
package struct TOTPDevice: Sendable, Codable, FetchableRecord, PersistableRecord {
    package static let databaseTableName = "totpDevice"

    package let id: String
    package let user: ID<Caller>
    package var name: String
    let sealedSecret: Data
    var lastStep: Int64
    package let createdAt: Moment
    package var verifiedAt: Moment?
    package var lastUsedAt: Moment?

    package enum Limits {
        package static let nameCharacters = 60
        /// Of one person.
        package static let most = 10
    }

    package var json: JSON {
        [
            "id": .string(id), "name": .string(name), "created_at": .string(createdAt.description),
            "last_used_at": .optional(lastUsedAt),
        ]
    }
}

/// A key pair of an authenticator (WebAuthn); we hold the public one.
package struct StoredPasskey: Sendable, Codable, FetchableRecord, PersistableRecord {
    package static let databaseTableName = "passkey"

    /// The credential id, base64url.
    package let id: String
    package let user: ID<Caller>
    package let name: String
    /// COSE_Key (RFC 9052, section 7).
    package let publicKey: Data
    package var signCount: Int64
    /// Separated by blanks.
    package let transports: String
    /// Whether it may be copied to other devices of its owner; that never changes.
    package let isBackupEligible: Bool
    package let createdAt: Moment
    package var lastUsedAt: Moment?

    package enum Limits {
        package static let nameCharacters = 60
        package static let most = 20
    }

    package var json: JSON {
        [
            "id": .string(id), "name": .string(name), "created_at": .string(createdAt.description),
            "last_used_at": .optional(lastUsedAt),
        ]
    }
}

/// All SQL of devices, recovery codes and passkeys.
package struct SecondFactorStore: Sendable {
    private let storage: Storage
    private let keyring: Keyring

    package init(_ storage: Storage, keyring: Keyring) {
        self.storage = storage
        self.keyring = keyring
    }

    package struct Factors: Sendable {
        package var devices: [TOTPDevice] = []
        package var passkeys: [StoredPasskey] = []
        package var recoveryCodesLeft = 0
        package var isEmpty: Bool { devices.isEmpty && passkeys.isEmpty }
    }

    package func factors(of user: ID<Caller>) async throws -> Factors {
        try await storage.read { db in
            Factors(
                devices: try TOTPDevice.filter(Column("user") == user.rawValue && Column("verifiedAt") != nil)
                    .order(Column("createdAt"), Column("id")).fetchAll(db),
                passkeys: try StoredPasskey.filter(Column("user") == user.rawValue).order(Column("createdAt"), Column("id"))
                    .fetchAll(db),
                recoveryCodesLeft: try Int.fetchOne(
                    db, sql: "SELECT count(*) FROM recoveryCode WHERE user = ? AND usedAt IS NULL", arguments: [user]) ?? 0)
        }
    }

    // MARK: Devices

    /// A device that counts only after its first code; others that were begun and left go.
    /// - Returns: the device and its secret, which is shown now and never again.
    package func beginDevice(for user: ID<Caller>, name: String?, now: Moment = .now) async throws -> (TOTPDevice, Data) {
        let secret = TOTP.newSecret()
        let id = ID<TOTPDevice>().rawValue
        let device = TOTPDevice(
            id: id, user: user, name: name.map(Self.deviceName) ?? "Authenticator app",
            sealedSecret: try keyring.seal(secret, for: id), lastStep: 0,
            createdAt: now)
        try await storage.write { db in
            guard
                try TOTPDevice.filter(Column("user") == user.rawValue && Column("verifiedAt") != nil).fetchCount(db)
                    < TOTPDevice.Limits.most
            else {
                throw Failure(
                    .conflict, "too_many_devices", "There are \(TOTPDevice.Limits.most) devices already; remove one first.")
            }
            try db.execute(sql: "DELETE FROM totpDevice WHERE user = ? AND verifiedAt IS NULL", arguments: [user])
            try device.insert(db)
        }
        return (device, secret)
    }

    private static func deviceName(_ text: String) -> String {
        User.plainName(text.beginning(letters: TOTPDevice.Limits.nameCharacters))
    }

    /// The secret of a device that is being set up, for a page that is shown again.
    package func unverified(_ user: ID<Caller>) async throws -> (TOTPDevice, Data)? {
        let keyring = keyring
        return try await storage.read { db in
            guard
                let device = try TOTPDevice.filter(Column("user") == user.rawValue && Column("verifiedAt") == nil)
                    .order(Column("createdAt").desc).fetchOne(db)
            else { return nil }
            return (device, try keyring.open(device.sealedSecret, for: device.id))
        }
    }

    /// The first code of a device: it counts from now on, and the second step is on.
    /// - Returns: ten recovery codes, when there were none yet.
    /// - Throws: `Failure` `device_not_found`, `code_mismatch`.
    package func verifyDevice(
        _ id: String?, of user: ID<Caller>, code: String, name: String? = nil, now: Moment = .now
    ) async throws -> [String]? {
        let keyring = keyring
        return try await storage.write { db in
            let mine = TOTPDevice.filter(Column("user") == user.rawValue && Column("verifiedAt") == nil)
            guard
                var device = try (id.map { mine.filter(Column("id") == $0) } ?? mine).order(Column("createdAt").desc).fetchOne(db)
            else {
                throw Failure(.missing, "device_not_found", "There is no device that is being set up; begin again.")
            }
            let totp = TOTP(secret: try keyring.open(device.sealedSecret, for: device.id))
            guard let step = totp.match(code.filter { !$0.isWhitespace }, at: now, after: device.lastStep) else {
                throw Self.mismatch
            }
            device.lastStep = step
            device.verifiedAt = now
            device.lastUsedAt = now
            if let name { device.name = Self.deviceName(name) }
            try device.update(db)
            try db.execute(sql: "UPDATE user SET mfaEnabled = 1 WHERE id = ?", arguments: [user])
            let left = try Int.fetchOne(
                db, sql: "SELECT count(*) FROM recoveryCode WHERE user = ? AND usedAt IS NULL", arguments: [user])
            return left == 0 ? try Self.replaceCodes(of: user, keyring, db) : nil
        }
    }

    package static let mismatch = Failure(
        .refused, "code_mismatch", "The code is not right, or was used already; wait for the next one and try again.")

    /// With the last factor the second step goes off, unless the server asks it of everyone.
    /// - Throws: `Failure` `device_not_found`, `last_factor`.
    package func removeDevice(_ id: String, of user: ID<Caller>, mustKeepOne: Bool) async throws {
        try await storage.write { db in
            try db.execute(sql: "DELETE FROM totpDevice WHERE id = ? AND user = ?", arguments: [id, user])
            guard db.changesCount > 0 else { throw Failure(.missing, "device_not_found", "There is no such device.") }
            try Self.afterRemoval(of: user, mustKeepOne: mustKeepOne, db)
        }
    }

    private static func afterRemoval(of user: ID<Caller>, mustKeepOne: Bool, _ db: Database) throws {
        let left = try TOTPDevice.filter(Column("user") == user.rawValue && Column("verifiedAt") != nil).fetchCount(db)
        guard try left + StoredPasskey.filter(Column("user") == user.rawValue).fetchCount(db) == 0 else { return }
        guard !mustKeepOne else {
            throw Failure(.conflict, "last_factor", "This server asks everyone for a second step; add another device first.")
        }
        try db.execute(sql: "UPDATE user SET mfaEnabled = 0 WHERE id = ?", arguments: [user])
        try forgetCodes(of: user, db)
    }

    // MARK: Codes

    package enum Spending: Sendable, Equatable {
        case right
        case wrong
        /// Nothing was looked at; for how many more seconds nothing will be.
        case locked(Int)
    }

    /// Whether a code opens the second step: the current one of any device, or a recovery code. It is used up by this.
    ///
    /// Whether a try is left, the look and the count are one transaction: of any number of codes at once no more are looked at
    /// than the limit allows.
    package func spend(_ code: String, of user: ID<Caller>, now: Moment = .now) async throws -> Spending {
        let keyring = keyring
        let code = code.beginning(bytes: RecoveryCode.typedBytes)
        return try await storage.write { db in
            if let left = try LockoutStore.locked(.factor(user), now, db) { return .locked(left) }
            guard try Self.isRight(code, of: user, keyring, now, db) else {
                try LockoutStore.failed(.factor(user), now, db)
                return .wrong
            }
            try LockoutStore.clear(.factor(user), db)
            return .right
        }
    }

    private static func isRight(
        _ code: String, of user: ID<Caller>, _ keyring: Keyring, _ now: Moment, _ db: Database
    ) throws -> Bool {
        let digits = code.filter { !$0.isWhitespace }
        let recovery = keyring.hash(code: RecoveryCode.plain(code), for: user.rawValue)
        if digits.utf8.count == 6, digits.allSatisfy({ $0.isASCII && $0.isNumber }) {
            let devices = try TOTPDevice.filter(Column("user") == user.rawValue && Column("verifiedAt") != nil).fetchAll(db)
            for var device in devices {
                let totp = TOTP(secret: try keyring.open(device.sealedSecret, for: device.id))
                guard let step = totp.match(digits, at: now, after: device.lastStep) else { continue }
                device.lastStep = step
                device.lastUsedAt = now
                try device.update(db)
                return true
            }
            return false
        }
        try db.execute(
            sql: "UPDATE recoveryCode SET usedAt = ? WHERE user = ? AND codeHash = ? AND usedAt IS NULL",
            arguments: [now, user, recovery])
        return db.changesCount > 0
    }

    package func newRecoveryCodes(of user: ID<Caller>) async throws -> [String] {
        let keyring = keyring
        return try await storage.write { db in try Self.replaceCodes(of: user, keyring, db) }
    }

    private static func replaceCodes(of user: ID<Caller>, _ keyring: Keyring, _ db: Database) throws -> [String] {
        let codes = RecoveryCode.make()
        try db.execute(sql: "DELETE FROM recoveryCode WHERE user = ?", arguments: [user])
        for code in codes {
            try db.execute(
                sql: "INSERT INTO recoveryCode (user, codeHash) VALUES (?, ?)",
                arguments: [user, keyring.hash(code: RecoveryCode.plain(code), for: user.rawValue)])
        }
        return codes
    }

    // MARK: Passkeys

    /// - Throws: `Failure` `passkey_taken`, `too_many_passkeys`.
    package func add(_ passkey: StoredPasskey) async throws {
        try await storage.write { db in
            guard try StoredPasskey.fetchOne(db, key: passkey.id) == nil else {
                throw Failure(.conflict, "passkey_taken", "This passkey is registered already.")
            }
            guard
                try StoredPasskey.filter(Column("user") == passkey.user.rawValue).fetchCount(db) < StoredPasskey.Limits.most
            else {
                throw Failure(
                    .conflict, "too_many_passkeys", "There are \(StoredPasskey.Limits.most) passkeys already; remove one first.")
            }
            try passkey.insert(db)
        }
    }

    package func passkey(_ id: String) async throws -> StoredPasskey? {
        try await storage.read { db in try StoredPasskey.fetchOne(db, key: id) }
    }

    package func used(_ passkey: StoredPasskey, signCount: Int64, now: Moment = .now) async throws {
        try await storage.write { db in
            try db.execute(
                sql: "UPDATE passkey SET signCount = ?, lastUsedAt = ? WHERE id = ?", arguments: [signCount, now, passkey.id])
        }
    }

    /// - Throws: `Failure` `passkey_not_found`, `last_factor`.
    package func removePasskey(_ id: String, of user: ID<Caller>, mustKeepOne: Bool) async throws {
        try await storage.write { db in
            try db.execute(sql: "DELETE FROM passkey WHERE id = ? AND user = ?", arguments: [id, user])
            guard db.changesCount > 0 else { throw Failure(.missing, "passkey_not_found", "There is no such passkey.") }
            try Self.afterRemoval(of: user, mustKeepOne: mustKeepOne, db)
        }
    }

    // MARK: Turning off

    package func setEnabled(_ isEnabled: Bool, of user: ID<Caller>) async throws {
        try await storage.write { db in
            try db.execute(sql: "UPDATE user SET mfaEnabled = ? WHERE id = ?", arguments: [isEnabled, user])
            if !isEnabled { try Self.forgetCodes(of: user, db) }
        }
    }

    /// Everything of the second step is gone, passkeys too: for somebody who lost it all.
    package static func reset(_ user: ID<Caller>, _ db: Database) throws {
        try db.execute(sql: "UPDATE user SET mfaEnabled = 0 WHERE id = ?", arguments: [user])
        try db.execute(sql: "DELETE FROM passkey WHERE user = ?", arguments: [user])
        try forgetCodes(of: user, db)
    }

    private static func forgetCodes(of user: ID<Caller>, _ db: Database) throws {
        try db.execute(sql: "DELETE FROM totpDevice WHERE user = ?", arguments: [user])
        try db.execute(sql: "DELETE FROM recoveryCode WHERE user = ?", arguments: [user])
    }
}
