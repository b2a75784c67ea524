import Core
import Foundation
import GRDB
import Storage
import Testing

@testable import Accounts

@Suite("Sessions")
struct SessionStoreTests {
    let house: House
    let user: User

    init() async throws {
        house = try House()
        user = try await house.user("ada@example.com")
    }

    @Test func `a token finds its session until it ends`() async throws {
        let (session, token) = try await house.sessions.begin(.browser, for: user, from: House.clientInfo)
        #expect(try await house.sessions.find(token: token)?.session.id == session.id)
        #expect(try await house.sessions.find(token: token + "x") == nil)
        try await house.sessions.end(id: session.id, of: user.id)
        #expect(try await house.sessions.find(token: token) == nil)
    }

    @Test func `somebody else's session can not be ended`() async throws {
        let bob = try await house.user("bob@example.com")
        let (session, token) = try await house.sessions.begin(.browser, for: user, from: House.clientInfo)
        let failure = await #expect(throws: Failure.self) { try await house.sessions.end(id: session.id, of: bob.id) }
        #expect(failure?.code == "session_not_found")
        #expect(try await house.sessions.find(token: token) != nil)
    }

    @Test func `a disabled person has no session`() async throws {
        let (_, token) = try await house.sessions.begin(.browser, for: user, from: House.clientInfo)
        try await house.users.change(user.id) { user, _ in user.state = .disabled }
        #expect(try await house.sessions.find(token: token) == nil)
    }

    @Test func `what was checked before a change of the password begins nothing`() async throws {
        try await house.users.change(user.id) { user, _ in user.passwordHash = "another" }
        let attempts: [(SessionStoreTests) async throws -> Void] = [
            { _ = try await $0.house.sessions.begin(.browser, for: $0.user, from: House.clientInfo) },
            { _ = try await $0.house.sessions.beginTokens(for: $0.user, from: House.clientInfo, withRefresh: true) },
            { _ = try await $0.house.steps.begin(.newPassword, user: $0.user.id, checked: $0.user, email: $0.user.email) },
        ]
        for attempt in attempts {
            let failure = await #expect(throws: Failure.self) { try await attempt(self) }
            #expect(failure?.code == "invalid_credentials")
        }
        let left = try await house.storage.read { db in
            try Int.fetchOne(db, sql: "SELECT (SELECT count(*) FROM session) + (SELECT count(*) FROM signInStep)")
        }
        #expect(left == 0)
        let fresh = try #require(try await house.users.find(id: user.id))
        _ = try await house.sessions.begin(.browser, for: fresh, from: House.clientInfo)
    }

    @Test func `a new proof changes the token of a browser`() async throws {
        let (session, token) = try await house.sessions.begin(.browser, for: user, from: House.clientInfo)
        let renewed = try #require(try await house.sessions.renew(session))
        #expect(try await house.sessions.find(token: token) == nil)
        #expect(try await house.sessions.find(token: renewed)?.session.id == session.id)
    }

    @Test func `the session of a key ends with the key`() async throws {
        let (key, _) = try await house.keys.create(for: user.id, name: "ci", scopes: [.jobsRead], days: 1)
        let (_, token) = try await house.sessions.begin(.key, for: user, key: key, from: House.clientInfo)
        #expect(try await house.sessions.find(token: token)?.key?.scopeSet == [.jobsRead])
        _ = try await house.keys.revoke(key.id, of: user.id)
        #expect(try await house.sessions.find(token: token) == nil)
    }

    @Test func `the session that was used least makes room`() async throws {
        let first = try await house.sessions.begin(.browser, for: user, from: House.clientInfo)
        for _ in 0..<Session.Limits.most { _ = try await house.sessions.begin(.browser, for: user, from: House.clientInfo) }
        #expect(try await house.sessions.find(token: first.token) == nil)
        #expect(try await house.sessions.list(of: user.id).count == Session.Limits.most)
    }

    @Test(arguments: [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Linux"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0", "Edge on Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile Safari/604.1", "Safari on iPhone"),
        ("python-requests/2.34", "Python"), ("", "Unknown device"),
    ])
    func `devices have names`(agent: String, name: String) {
        #expect(Session.device(agent) == name)
    }
}

@Suite("Refreshing tokens")
struct RefreshTests {
    let house: House
    let user: User
    let first: String

    init() async throws {
        house = try House()
        user = try await house.user("ada@example.com")
        first = try #require(
            try await house.sessions.beginTokens(for: user, from: House.clientInfo, withRefresh: true).refreshToken)
    }

    @Test func `each token has one successor, and racing tabs get the same`() async throws {
        let now = Moment.now
        let one = try await house.sessions.rotate(first, now: now)
        let other = try await house.sessions.rotate(first, now: now.adding(seconds: 9))
        #expect(one.refreshToken == other.refreshToken)
        #expect(one.refreshToken != first)
    }

    @Test func `a slow tab gets the token that is good, not one that was used up`() async throws {
        let now = Moment.now
        let second = try await house.sessions.rotate(first, now: now).refreshToken
        let third = try await house.sessions.rotate(second, now: now.adding(seconds: 1)).refreshToken
        #expect(try await house.sessions.rotate(first, now: now.adding(seconds: 9)).refreshToken == third)
    }

    @Test func `a use after the grace ends the whole family`() async throws {
        let now = Moment.now
        let second = try await house.sessions.rotate(first, now: now).refreshToken
        let failure = await #expect(throws: Failure.self) {
            try await house.sessions.rotate(first, now: now.adding(seconds: 11))
        }
        #expect(failure?.code == "invalid_refresh_token")
        await #expect(throws: Failure.self) { try await house.sessions.rotate(second, now: now.adding(seconds: 11)) }
        #expect(try await house.sessions.list(of: user.id).isEmpty)
    }

    @Test func `two hundred races leave one token that was never used`() async throws {
        let (sessions, first) = (house.sessions, first)
        let answers = try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<200 { group.addTask { try await sessions.rotate(first).refreshToken } }
            return try await group.reduce(into: Set<String>()) { $0.insert($1) }
        }
        #expect(answers.count == 1)
        let unused = try await house.storage.read { db in
            try String.fetchAll(db, sql: "SELECT tokenHash FROM refreshToken WHERE usedAt IS NULL")
        }
        #expect(unused == answers.map(Token.hash))
    }

    @Test func `a refused refresh of a disabled person`() async throws {
        try await house.users.change(user.id) { user, _ in user.state = .disabled }
        await #expect(throws: Failure.self) { try await house.sessions.rotate(first) }
    }
}
