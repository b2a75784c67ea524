package import Core
import Foundation
import GRDB
package import Storage

/// All SQL of what may be done so often only: wrong passwords and codes, things that work once.
///
/// Subjects are counted whether anybody has that address or not, so that a lock tells nothing.
package struct LockoutStore: Sendable {
    private let storage: Storage
    private let queue: TryQueue

    /// Stores of one server share what is being looked at.
    package init(_ storage: Storage) {
        self.storage = storage
        queue = TryQueue()
    }

    package enum Limits {
        /// Wrong passwords in a row, then the account is locked for password logins.
        package static let logins = 5
        package static let lockSeconds = 900.0
        /// Wrong codes for one address before a new one has to be asked for.
        package static let codes = 5
        package static let codeSeconds = 900.0
        /// Wrong codes of the second step in all logins of one person: guessing a million takes years.
        package static let factors = 10
    }

    /// What is counted; addresses are stored hashed.
    package enum Subject: Sendable {
        case login(String)
        case code(String)
        case factor(ID<Caller>)

        var key: String {
            switch self {
            case .login(let email): Token.hash("login:\(email)")
            case .code(let email): Token.hash("code:\(email)")
            case .factor(let user): Token.hash("factor:\(user)")
            }
        }

        var limit: Int {
            switch self {
            case .login: Limits.logins
            case .code: Limits.codes
            case .factor: Limits.factors
            }
        }

        var windowSeconds: Double {
            switch self {
            case .login: Limits.lockSeconds
            case .code, .factor: Limits.codeSeconds
            }
        }
    }

    /// For how many more seconds the subject is locked; nil when it is not.
    package func locked(_ subject: Subject, now: Moment = .now) async throws -> Int? {
        try await storage.read { db in try Self.locked(subject, now, db) }
    }

    static func locked(_ subject: Subject, _ now: Moment, _ db: Database) throws -> Int? {
        guard
            let row = try Row.fetchOne(
                db, sql: "SELECT count, lastAt FROM tryCount WHERE subject = ?", arguments: [subject.key])
        else { return nil }
        let left = Moment(rawValue: row["lastAt"]).seconds + subject.windowSeconds - now.seconds
        return (row["count"] as Int) >= subject.limit && left > 0 ? Int(left.rounded(.up)) : nil
    }

    package enum Count: Sendable, Equatable {
        case counted
        /// This one was the last.
        case locks
        /// Others that ran beside it were the last; for how many more seconds.
        case wasLocked(Int)
    }

    /// Counts a failure; those before the window do not count any more.
    @discardableResult
    package func failed(_ subject: Subject, now: Moment = .now) async throws -> Count {
        try await storage.write { db in try Self.failed(subject, now, db) }
    }

    /// For codes, which are looked at in the same transaction.
    @discardableResult
    static func failed(_ subject: Subject, _ now: Moment, _ db: Database) throws -> Count {
        if let left = try Self.locked(subject, now, db) { return .wasLocked(left) }
        try db.execute(
            sql: """
                INSERT INTO tryCount (subject, count, lastAt) VALUES (?, 1, ?)
                ON CONFLICT (subject) DO UPDATE SET
                    count = CASE WHEN lastAt < ? THEN 1 ELSE count + 1 END, lastAt = excluded.lastAt
                """, arguments: [subject.key, now, now.adding(seconds: -subject.windowSeconds)])
        return try Self.locked(subject, now, db) == nil ? .counted : .locks
    }

    package enum Attempt<Value: Sendable>: Sendable {
        case right(Value)
        /// - Parameter locks: this was the last try.
        case wrong(locks: Bool)
        /// Nothing was looked at; for how many more seconds nothing will be.
        case locked(Int)
    }

    /// Looks at something that takes its time, such as a password. The try is counted before, so that of any number of tries at
    /// once no more are looked at than the limit allows; a right one takes the count back.
    /// - Parameter look: nil when it is wrong. What it throws counts as if nobody had looked.
    package func attempt<Value: Sendable>(
        _ subject: Subject, now: Moment = .now, _ look: () async throws -> Value?
    ) async throws -> Attempt<Value> {
        let key = subject.key
        let number = queue.enter(key)
        defer { queue.leave(key, number) }
        while true {
            switch try await claim(subject, number, now) {
            case .granted: break
            case .refused(let left, let others, let ends):
                guard others > 0 else { return .locked(left) }
                try await queue.wait(key, since: ends)
                continue
            }
            let value: Value?
            do {
                value = try await look()
            } catch {
                try await takeBack(subject)
                throw error
            }
            if let value {
                try await succeeded(subject, number)
                return .right(value)
            }
            return .wrong(locks: try await locked(subject, now: now) != nil)
        }
    }

    private enum Claim: Sendable {
        case granted
        case refused(secondsLeft: Int, others: Int, ends: Int)
    }

    private func claim(_ subject: Subject, _ number: Int, _ now: Moment) async throws -> Claim {
        let (queue, key) = (queue, subject.key)
        do {
            return try await storage.write { db in
                if case .wasLocked(let left) = try Self.failed(subject, now, db) {
                    let (others, ends) = queue.situation(key, but: number)
                    return .refused(secondsLeft: left, others: others, ends: ends)
                }
                queue.looks(key, number)
                return .granted
            }
        } catch {
            queue.looksNoMore(key, number)
            throw error
        }
    }

    /// Failures before this success are forgotten; tries that are being looked at stay counted.
    private func succeeded(_ subject: Subject, _ number: Int) async throws {
        let (queue, key) = (queue, subject.key)
        try await storage.write { db in
            let (others, _) = queue.situation(key, but: number)
            try db.execute(sql: "UPDATE tryCount SET count = ? WHERE subject = ?", arguments: [others, key])
        }
    }

    private func takeBack(_ subject: Subject) async throws {
        try await storage.write { db in
            try db.execute(
                sql: "UPDATE tryCount SET count = max(count - 1, 0) WHERE subject = ?", arguments: [subject.key])
        }
    }

    package func clear(_ subject: Subject) async throws {
        try await storage.write { db in try Self.clear(subject, db) }
    }

    static func clear(_ subject: Subject, _ db: Database) throws {
        try db.execute(sql: "DELETE FROM tryCount WHERE subject = ?", arguments: [subject.key])
    }

    /// Takes something that works once until a moment.
    /// - Returns: nil when it is taken now, else for how many more seconds it is not free.
    package func claim(_ name: String, until end: Moment, now: Moment = .now) async throws -> Int? {
        let hash = Token.hash(name)
        return try await storage.write { db in
            if let old = try Int64.fetchOne(db, sql: "SELECT expiresAt FROM spent WHERE hash = ?", arguments: [hash]) {
                let left = Moment(rawValue: old).seconds - now.seconds
                if left > 0 { return Int(left.rounded(.up)) }
            }
            try db.execute(
                sql:
                    "INSERT INTO spent (hash, expiresAt) VALUES (?, ?) ON CONFLICT (hash) DO UPDATE SET expiresAt = excluded.expiresAt",
                arguments: [hash, end])
            return nil
        }
    }

    /// Whether something was taken and is not free yet.
    package func isClaimed(_ name: String, now: Moment = .now) async throws -> Bool {
        let hash = Token.hash(name)
        return try await storage.read { db in
            try Int64.fetchOne(db, sql: "SELECT expiresAt FROM spent WHERE hash = ? AND expiresAt > ?", arguments: [hash, now])
                != nil
        }
    }

    package func tidy(_ now: Moment = .now) async throws {
        try await storage.write { db in
            try db.execute(sql: "DELETE FROM spent WHERE expiresAt < ?", arguments: [now])
            try db.execute(
                sql: "DELETE FROM tryCount WHERE lastAt < ?",
                arguments: [now.adding(seconds: -max(Limits.lockSeconds, Limits.codeSeconds))])
        }
    }
}
