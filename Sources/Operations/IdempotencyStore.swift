package import Core
package import Crypto
package import Foundation
import GRDB
package import Storage

/// An answer as it went out the first time.
package struct RecordedAnswer: Codable, Equatable, Sendable {
    package let status: Int
    /// Names and values of the fields that belong to the answer itself.
    package let fields: [[String]]
    package let body: Data

    package init(status: Int, fields: [[String]], body: Data) {
        self.status = status
        self.fields = fields
        self.body = body
    }
}

/// All SQL of requests that may come twice. Answers lie there sealed: one of them may hold a key that is shown once.
package struct IdempotencyStore: Sendable {
    private let storage: Storage
    private let seal: SymmetricKey
    private let process = UUID().uuidString

    package enum Limits {
        /// An answer is kept so long.
        static let seconds = 86_400.0
        package static let keyBytes = 255
    }

    /// - Parameter secret: 32 random bytes that stay the same over restarts.
    package init(_ storage: Storage, secret: SymmetricKey) {
        self.storage = storage
        seal = secret
    }

    package enum Beginning: Sendable {
        /// It comes for the first time, or the first time came to nothing: do it.
        case first
        case again(RecordedAnswer)
        case inFlight
        /// The key was used for something else.
        case other
        /// It was done, but the server ended before the answer was known.
        case lost
    }

    package func begin(_ key: String, of user: ID<Caller>, fingerprint: String, now: Moment = .now) async throws -> Beginning {
        let sealed: (Beginning, Data?) = try await storage.write { db in
            try db.execute(
                sql: "DELETE FROM idempotentRequest WHERE createdAt < ?", arguments: [now.adding(seconds: -Limits.seconds)])
            guard
                let row = try Row.fetchOne(
                    db, sql: "SELECT * FROM idempotentRequest WHERE user = ? AND key = ?", arguments: [user, key])
            else {
                try insert(key, user, fingerprint, now, db)
                return (.first, nil)
            }
            guard row["fingerprint"] == fingerprint else { return (.other, nil) }
            if let answer = row["answer"] as Data? { return (.first, answer) }
            if row["process"] == process { return (.inFlight, nil) }
            if row["isCommitted"] { return (.lost, nil) }
            try insert(key, user, fingerprint, now, db)
            return (.first, nil)
        }
        guard let bytes = sealed.1 else { return sealed.0 }
        do {
            let opened = try AES.GCM.open(AES.GCM.SealedBox(combined: bytes), using: seal, authenticating: Data(key.utf8))
            return .again(try JSONDecoder().decode(RecordedAnswer.self, from: opened))
        } catch {
            // Sealed with another key: the secret of the data folder was changed.
            return .lost
        }
    }

    private func insert(_ key: String, _ user: ID<Caller>, _ fingerprint: String, _ now: Moment, _ db: Database) throws {
        try db.execute(
            sql: "INSERT OR REPLACE INTO idempotentRequest (user, key, fingerprint, process, createdAt) VALUES (?, ?, ?, ?, ?)",
            arguments: [user, key, fingerprint, process, now])
    }

    /// Notes, within the transaction of a change, that the change belongs to the request.
    package func committed(_ key: String, of user: ID<Caller>) -> Storage.Alongside {
        Storage.Alongside { db in
            try db.execute(
                sql: "UPDATE idempotentRequest SET isCommitted = 1 WHERE user = ? AND key = ?", arguments: [user, key])
        }
    }

    package func record(_ answer: RecordedAnswer, _ key: String, of user: ID<Caller>) async throws {
        let sealed = try AES.GCM.seal(JSONEncoder().encode(answer), using: seal, authenticating: Data(key.utf8)).combined
        try await storage.write { db in
            try db.execute(
                sql: "UPDATE idempotentRequest SET answer = ? WHERE user = ? AND key = ?", arguments: [sealed, user, key])
        }
    }

    /// The request came to nothing: the next with this key is the first again. What was committed already stays noted.
    package func forget(_ key: String, of user: ID<Caller>) async throws {
        try await storage.write { db in
            try db.execute(
                sql: "DELETE FROM idempotentRequest WHERE user = ? AND key = ? AND isCommitted = 0", arguments: [user, key])
            // Nobody works on it any more.
            try db.execute(
                sql: "UPDATE idempotentRequest SET process = '' WHERE user = ? AND key = ? AND answer IS NULL",
                arguments: [user, key])
        }
    }
}
