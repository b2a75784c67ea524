import Core
import Crypto
import Foundation
import GRDB
import Operations
import Storage
import TestKit
import Testing

@Suite("Requests that come twice")
struct IdempotencyStoreTests {
    let workshop: Workshop
    let secret = SymmetricKey(size: .bits256)
    let store: IdempotencyStore
    let ada = Caller.ada.user
    let answer = RecordedAnswer(status: 201, fields: [["ETag", "\"x\""]], body: Data("a body with a secret".utf8))

    init() throws {
        workshop = try Workshop(migrations: StorageSchema.migrations + IdempotencySchema.migrations)
        store = IdempotencyStore(workshop.storage, secret: secret)
    }

    /// The same folder after the process has died.
    private func restarted() -> IdempotencyStore { IdempotencyStore(workshop.storage, secret: secret) }

    private func word(_ beginning: IdempotencyStore.Beginning) -> String {
        switch beginning {
        case .first: "first"
        case .again: "again"
        case .inFlight: "in flight"
        case .other: "other"
        case .lost: "lost"
        }
    }

    @Test func `the answer is kept, sealed, also over a restart`() async throws {
        #expect(word(try await store.begin("k", of: ada, fingerprint: "f")) == "first")
        #expect(word(try await store.begin("k", of: ada, fingerprint: "f")) == "in flight")
        try await store.record(answer, "k", of: ada)
        for one in [store, restarted()] {
            guard case .again(let kept) = try await one.begin("k", of: ada, fingerprint: "f") else {
                Issue.record("no answer was kept")
                return
            }
            #expect(kept == answer)
            #expect(word(try await one.begin("k", of: ada, fingerprint: "g")) == "other")
        }
        let stored = try await workshop.storage.read { db in try Data.fetchOne(db, sql: "SELECT answer FROM idempotentRequest") }
        #expect(stored?.range(of: answer.body) == nil)
    }

    @Test func `what died before it was done is done anew`() async throws {
        _ = try await store.begin("k", of: ada, fingerprint: "f")
        #expect(word(try await restarted().begin("k", of: ada, fingerprint: "f")) == "first")
    }

    @Test func `what died after it was done is not done twice`() async throws {
        _ = try await store.begin("k", of: ada, fingerprint: "f")
        try await Storage.$alongside.withValue(store.committed("k", of: ada)) {
            try await workshop.storage.write { _ in }
        }
        #expect(word(try await restarted().begin("k", of: ada, fingerprint: "f")) == "lost")
    }

    @Test func `what came to nothing is forgotten`() async throws {
        _ = try await store.begin("k", of: ada, fingerprint: "f")
        try await store.forget("k", of: ada)
        #expect(word(try await store.begin("k", of: ada, fingerprint: "g")) == "first")
    }

    @Test func `keys belong to their user, and to one day`() async throws {
        _ = try await store.begin("k", of: ada, fingerprint: "f", now: Moment(rawValue: 0))
        #expect(word(try await store.begin("k", of: Caller.bob.user, fingerprint: "g", now: Moment(rawValue: 1))) == "first")
        #expect(word(try await store.begin("k", of: ada, fingerprint: "g", now: Moment(rawValue: 86_400_002))) == "first")
    }
}
