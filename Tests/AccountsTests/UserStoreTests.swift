import Core
import Foundation
import GRDB
import Storage
import Synchronization
import TestKit
import Testing

@testable import Accounts

@Suite("Looking after people")
struct UserStoreTests {
    let house: House

    init() throws { house = try House() }

    @Test func `the last admin can not be demoted or disabled`() async throws {
        let ada = try await house.user("ada@example.com", .admin)
        for change: @Sendable (inout User) -> Void in [{ $0.role = .member }, { $0.state = .disabled }] {
            let failure = await #expect(throws: Failure.self) {
                try await house.users.change(ada.id) { user, _ in change(&user) }
            }
            #expect(failure?.code == "last_admin")
        }
        #expect(try await house.users.find(id: ada.id)?.role == .admin)
    }

    @Test func `two admins who demote each other at once leave one`() async throws {
        let ada = try await house.user("ada@example.com", .admin)
        let bob = try await house.user("bob@example.com", .admin)
        let users = house.users
        let done = await withTaskGroup(of: Bool.self) { group in
            for id in [ada.id, bob.id] {
                group.addTask { (try? await users.change(id) { user, _ in user.role = .member }) != nil }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(done == 1)
        #expect(try await house.users.admins(tenant: "default").count == 1)
    }

    @Test func `people of another tenant are not there`() async throws {
        let eve = try await house.user("eve@example.org", tenant: "elsewhere")
        let failure = await #expect(throws: Failure.self) {
            try await house.users.change(eve.id, tenant: "default") { user, _ in user.role = .admin }
        }
        #expect(failure?.code == "user_not_found")
        #expect(try await house.users.list(tenant: "default", search: nil, states: []).isEmpty)
    }

    @Test func `a search takes its signs for themselves`() async throws {
        _ = try await house.user("a_b@example.com")
        _ = try await house.user("axb@example.com")
        #expect(try await house.users.list(tenant: "default", search: "a_b", states: []).map(\.email) == ["a_b@example.com"])
        #expect(try await house.users.list(tenant: "default", search: "%", states: []).isEmpty)
    }

    @Test func `people whom others vouch for share no address and no rights with ours`() async throws {
        let ada = try await house.user("ada@example.com", .admin)
        let outsider = try await house.users.outsider(
            .init(provider: .outside, tenant: "default", subject: "ada", email: "ada@example.com", role: .member))
        #expect(outsider.id != ada.id)
        #expect(try await house.users.find(email: "ada@example.com")?.id == ada.id)
        let again = try await house.users.outsider(
            .init(provider: .outside, tenant: "default", subject: "ada", email: "ada@example.com", role: .member))
        #expect(again.id == outsider.id)
    }

    /// What a data folder of the first version holds goes on.
    @Test func `accounts of the first version come along`() async throws {
        let workshop = try Workshop(migrations: StorageSchema.migrations + [AccountSchema.migrations[0]])
        let id = ID<Caller>()
        try await workshop.storage.write { db in
            try db.execute(
                sql: "INSERT INTO user VALUES (?, 'default', 'ada@example.com', 'Ada', 'admin', 'active', 'hash', 1, 2)",
                arguments: [id])
        }
        let storage = try Storage(
            path: workshop.folder.database, migrations: StorageSchema.migrations + AccountSchema.migrations)
        let user = try #require(try await UserStore(storage).find(email: "ada@example.com"))
        #expect(user.id == id && user.role == .admin && user.state == .active && user.passwordHash == "hash")
        #expect(user.provider == .embedded && !user.mfaEnabled)
    }
}

@Suite("Counting tries")
struct TryStoreTests {
    let house: House
    let subject = LockoutStore.Subject.login("ada@example.com")

    init() throws { house = try House() }

    @Test func `five failures lock for fifteen minutes`() async throws {
        let now = Moment.now
        for number in 1...5 {
            #expect(try await house.lockouts.locked(subject, now: now) == nil)
            #expect(try await house.lockouts.failed(subject, now: now) == (number == 5 ? .locks : .counted))
        }
        #expect(try await house.lockouts.locked(subject, now: now) == 900)
        #expect(try await house.lockouts.locked(subject, now: now.adding(seconds: 901)) == nil)
        #expect(try await house.lockouts.locked(.login("bob@example.com"), now: now) == nil)
    }

    @Test func `what is long ago does not count`() async throws {
        let now = Moment.now
        for _ in 1...4 { try await house.lockouts.failed(subject, now: now) }
        try await house.lockouts.failed(subject, now: now.adding(seconds: 1000))
        #expect(try await house.lockouts.locked(subject, now: now.adding(seconds: 1000)) == nil)
    }

    /// How many of so many looks at once were right, wrong, and not taken.
    private func tried(
        _ lockouts: LockoutStore, _ count: Int, _ look: @escaping @Sendable (Int) async throws -> Int?
    ) async throws -> (right: Int, wrong: Int, locked: Int) {
        try await withThrowingTaskGroup(of: LockoutStore.Attempt<Int>.self) { [subject] group in
            for number in 0..<count {
                group.addTask { try await lockouts.attempt(subject) { try await look(number) } }
            }
            var sums = (right: 0, wrong: 0, locked: 0)
            for try await attempt in group {
                switch attempt {
                case .right: sums.right += 1
                case .wrong: sums.wrong += 1
                case .locked: sums.locked += 1
                }
            }
            return sums
        }
    }

    @Test func `of forty wrong passwords at once five are looked at`() async throws {
        let looks = Mutex(0)
        let sums = try await tried(house.lockouts, 40) { _ in
            looks.withLock { $0 += 1 }
            await Task.yield()
            return nil
        }
        #expect(looks.withLock { $0 } == LockoutStore.Limits.logins)
        #expect((sums.wrong, sums.locked, sums.right) == (5, 35, 0))
        #expect(try await house.lockouts.locked(subject) != nil)
    }

    @Test func `the right password among forty is one of five that are looked at, or waits for nothing`() async throws {
        let looks = Mutex(0)
        let sums = try await tried(house.lockouts, 40) { number in
            looks.withLock { $0 += 1 }
            await Task.yield()
            return number == 39 ? 1 : nil
        }
        // Each right one gives the count of those before it back, and there is one at most.
        #expect(looks.withLock { $0 } <= LockoutStore.Limits.logins * 2)
        #expect(sums.right + sums.wrong + sums.locked == 40)
    }

    @Test func `forty right passwords at once are all right`() async throws {
        let sums = try await tried(house.lockouts, 40) { number in
            try await Task.sleep(for: .milliseconds(1))
            return number
        }
        #expect((sums.right, sums.wrong, sums.locked) == (40, 0, 0))
        #expect(try await house.lockouts.locked(subject) == nil)
    }

    @Test func `a look that could not be taken does not count`() async throws {
        for _ in 0..<10 {
            await #expect(throws: Failure.self) {
                try await house.lockouts.attempt(subject) { () -> Int? in throw Passwords.tooMany }
            }
        }
        #expect(try await house.lockouts.locked(subject) == nil)
        #expect(try await tried(house.lockouts, 1) { _ in 1 }.right == 1)
    }

    @Test func `what works once is taken by one of many`() async throws {
        let lockouts = house.lockouts
        let now = Moment.now
        let end = now.adding(seconds: 60)
        let wins = try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<50 { group.addTask { try await lockouts.claim("x", until: end, now: now) == nil } }
            return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(wins == 1)
        #expect(try await lockouts.claim("x", until: end, now: now.adding(seconds: 61)) == nil)
    }
}

@Suite("What passwords have to be")
struct PasswordPolicyTests {
    @Test func `every broken rule is named`() throws {
        let failure = #expect(throws: Failure.self) {
            try PasswordPolicy.tracker("ada", email: "ada@example.com", name: "Ada Lovelace")
        }
        #expect(
            failure?.details
                == [
                    "code": "WEAK_PASSWORD",
                    "violations": ["min_length", "uppercase", "number", "special_char", "contains_email"],
                ])
    }

    @Test func `a good one is good`() throws {
        try PasswordPolicy.tracker("Ground-Slowly-7-Stones", email: "ada@example.com", name: "Ada Lovelace")
    }

    @Test(arguments: ["password123", "qwertyuiop", "iloveyou", "Sunshine1", "welcome123"])
    func `leaked ones are refused`(password: String) {
        #expect(throws: Failure.self) { try PasswordPolicy.ordinary(password) }
    }
}

@Suite("The outbox")
struct OutboxTests {
    let house: House

    init() throws { house = try House() }

    private func mail(expires: Double? = nil, now: Moment) -> Mail {
        Mail(
            id: ID<Mail>().rawValue, tenant: "default", recipient: "ada@example.com", kind: .verifyCode, subject: "Code",
            text: "123456", html: nil, createdAt: now, nextTryAt: now, expiresAt: expires.map { now.adding(seconds: $0) })
    }

    @Test func `tries wait longer each time`() async throws {
        let now = Moment.now
        try await house.outbox.append(mail(now: now))
        var waits: [Double] = []
        var at = now
        for _ in 0..<9 {
            let due = try #require(try await house.outbox.due(at))
            try await house.outbox.note(.tryLater("421"), for: due, now: at)
            #expect(try await house.outbox.due(at) == nil)
            let next = try await house.outbox.find(due.id).nextTryAt
            waits.append(next.seconds - at.seconds)
            at = next
        }
        #expect(waits == [30, 60, 120, 240, 480, 960, 1920, 3600, 3600])
    }

    @Test func `the words go when the mail has gone`() async throws {
        let now = Moment.now
        try await house.outbox.append(mail(now: now))
        try await house.outbox.note(.sent, for: try #require(try await house.outbox.due(now)), now: now)
        let sent = try #require(try await house.outbox.list(tenant: "default").first)
        #expect(sent.state == .sent && sent.text == nil)
    }

    @Test func `the words go when they hold no more`() async throws {
        let now = Moment.now
        try await house.outbox.append(mail(expires: 900, now: now))
        try await house.outbox.tidy(now.adding(seconds: 901))
        let old = try #require(try await house.outbox.list(tenant: "default").first)
        #expect(old.state == .failed && old.text == nil)
    }

    @Test func `a refusal is final`() async throws {
        let now = Moment.now
        try await house.outbox.append(mail(now: now))
        try await house.outbox.note(.refused("550 no such mailbox"), for: try #require(try await house.outbox.due(now)), now: now)
        #expect(try await house.outbox.due(now.adding(seconds: 1e6)) == nil)
        #expect(try await house.outbox.list(tenant: nil).first?.lastError == "550 no such mailbox")
    }
}
