import Core
import Foundation
import GRDB
import Storage
import Testing

@testable import Accounts

/// One store throughout, as in a server: it remembers what it has looked up.
@Suite("Remembering sessions")
struct RememberedSessionsTests {
    let house: House
    let sessions: SessionStore
    let user: User

    init() async throws {
        house = try House()
        sessions = house.sessions
        user = try await house.user("ada@example.com")
    }

    private func begun() async throws -> (id: String, token: String) {
        let (session, token) = try await sessions.begin(.browser, for: user, from: House.clientInfo)
        #expect(try await sessions.find(token: token)?.session.id == session.id)
        #expect(try await sessions.find(id: session.id) != nil)
        return (session.id, token)
    }

    @Test func `one that was ended is over at once`() async throws {
        let (id, token) = try await begun()
        try await sessions.end(id: id, of: user.id)
        #expect(try await sessions.find(token: token) == nil)
        #expect(try await sessions.find(id: id) == nil)
    }

    @Test func `a disabled person, or one with another role, is seen as such at once`() async throws {
        _ = try await house.user("admin@example.com", .admin)
        let (id, _) = try await begun()
        try await house.users.change(user.id) { user, _ in user.role = .admin }
        #expect(try await sessions.find(id: id)?.user.role == .admin)
        try await house.users.change(user.id) { user, _ in user.state = .disabled }
        #expect(try await sessions.find(id: id) == nil)
    }

    @Test func `time ends it without a commit`() async throws {
        let found = try #require(try await sessions.find(id: try await begun().id))
        #expect(try await sessions.find(id: found.session.id, now: found.session.createdAt) != nil)
        #expect(try await sessions.find(id: found.session.id, now: found.session.expiresAt) == nil)
    }

    @Test func `what another process ends is over when its commit was seen`() async throws {
        let (id, _) = try await begun()
        _ = try await house.storage.hasNewCommit()
        let other = try DatabaseQueue(path: house.storage.database.path)
        try await other.write { db in try db.execute(sql: "DELETE FROM session") }
        #expect(try await house.storage.hasNewCommit())
        #expect(try await sessions.find(id: id) == nil)
    }

    @Test func `what a stream has seen to be over is over for requests too`() async throws {
        let (session, token) = try await sessions.begin(.browser, for: user, from: House.clientInfo)
        let keys = house.keys
        let (key, secret) = try await keys.create(for: user.id, name: "k", scopes: [.jobsRead], days: nil)
        _ = try await house.storage.hasNewCommit()
        #expect(try await sessions.find(token: token) != nil)
        #expect(try await keys.find(secret) != nil)
        let other = try DatabaseQueue(path: house.storage.database.path)
        try await other.write { db in
            try db.execute(sql: "DELETE FROM session")
            try db.execute(sql: "DELETE FROM apiKey")
        }
        #expect(await !sessions.isAlive(session.id))
        #expect(try await sessions.find(token: token) == nil)
        #expect(await !keys.isAlive(key.id))
        #expect(try await keys.find(secret) == nil)
    }

    @Test func `many who look while sessions come and go see no dead one`() async throws {
        for _ in 0..<50 {
            let (id, token) = try await begun()
            try await withThrowingTaskGroup { group in
                for _ in 0..<8 { group.addTask { _ = try await sessions.find(token: token) } }
                group.addTask { try await sessions.end(id: id, of: user.id) }
                try await group.waitForAll()
            }
            #expect(try await sessions.find(token: token) == nil)
        }
    }
}
