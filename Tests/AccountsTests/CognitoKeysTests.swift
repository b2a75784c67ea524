import Core
import CryptoExtras
import Foundation
import Testing

@testable import Accounts

@Suite("Keeping a pool's keys")
struct CognitoKeysTests {
    let pool: CognitoFakePool
    let client: CognitoClient

    init() throws {
        pool = try CognitoFakePool()
        client = pool.client
    }

    private func isGood(kid: String = "one", key: _RSA.Signing.PrivateKey = CognitoFakePool.key) async throws -> Bool {
        // Far in the future, so that only the keys decide.
        try await client.check(accessToken: try pool.access(["exp": 1_900_000_000], header: ["kid": .string(kid)], key: key))
            != nil
    }

    @Test func `they are fetched once in 15 minutes`() async throws {
        for _ in 0..<5 { #expect(try await isGood()) }
        #expect(pool.fetches == 1)
        pool.pass(seconds: 899)
        #expect(try await isGood())
        #expect(pool.fetches == 1)
        pool.pass(seconds: 1)
        #expect(try await isGood())
        #expect(pool.fetches == 2)
    }

    @Test func `all who come at once wait for one fetch`() async throws {
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<50 { group.addTask { try await isGood() } }
            for try await good in group { #expect(good) }
        }
        #expect(pool.fetches == 1)
    }

    @Test func `names of keys that do not exist cost one fetch a minute`() async throws {
        #expect(try await isGood())
        for second in 0..<120 {
            pool.pass(seconds: 1)
            #expect(try await !isGood(kid: "made-up-\(second)"))
        }
        #expect(pool.fetches == 3)
    }

    @Test func `a new key is found within a minute`() async throws {
        #expect(try await isGood())
        pool.publish([CognitoFakePool.entry("one"), CognitoFakePool.entry("two", CognitoFakePool.otherKey)])
        #expect(try await !isGood(kid: "two", key: CognitoFakePool.otherKey))
        pool.pass(seconds: 60)
        #expect(try await isGood(kid: "two", key: CognitoFakePool.otherKey))
        #expect(try await isGood())
    }

    @Test func `a key that the pool withdrew is forgotten`() async throws {
        #expect(try await isGood())
        pool.publish([CognitoFakePool.entry("two", CognitoFakePool.otherKey)])
        pool.pass(seconds: 900)
        #expect(try await !isGood())
    }

    @Test(arguments: [nil, "", "{}", "[]", #"{"keys":[]}"#, "<html>", #"{"keys":[{"kid":"one","kty":"EC"}]}"#])
    func `old keys stay while the pool does not answer with better ones`(body: String?) async throws {
        #expect(try await isGood())
        if let body { pool.publish(raw: Array(body.utf8)) } else { pool.set(isDown: true) }
        pool.pass(seconds: 86_400)
        for _ in 0..<5 { #expect(try await isGood()) }
        #expect(pool.fetches == 2)
        pool.pass(seconds: 60)
        #expect(try await isGood())
        #expect(pool.fetches == 3)
    }

    @Test func `without any key there is an outage, not a refusal`() async throws {
        pool.set(isDown: true)
        for _ in 0..<5 {
            let failure = await #expect(throws: Failure.self) { try await isGood() }
            #expect(failure?.kind == .outage && failure?.code == "identity_provider_unavailable")
        }
        #expect(pool.fetches == 1)
        #expect(try await client.check(accessToken: "forged.forged.forged") == nil)
        pool.set(isDown: false)
        pool.pass(seconds: 5)
        #expect(try await isGood())
    }

    @Test func `a clock that was put back does not keep keys for ever`() async throws {
        #expect(try await isGood())
        pool.pass(seconds: -2000)
        #expect(try await isGood())
        #expect(pool.fetches == 2)
    }

    @Test(
        arguments: [
            ["kty": "EC"], ["use": "enc"], ["alg": "RS512"], ["alg": "HS256"], ["n": ""], ["n": "AQAB"], ["n": 5], ["e": ""],
            ["e": "Aw"], ["e": "AQAC"], ["e": "AAEAAQ"], ["e": "AQAAAAE"], ["kid": nil], ["kid": 1],
        ] as [[String: JSON?]])
    func `a key that is weak or for something else is left out`(changes: [String: JSON?]) async throws {
        pool.publish([
            CognitoFakePool.entry("one", CognitoFakePool.key, changes), CognitoFakePool.entry("two", CognitoFakePool.otherKey),
        ])
        #expect(try await !isGood())
        #expect(try await isGood(kid: "two", key: CognitoFakePool.otherKey))
    }

    @Test func `a short key is left out`() async throws {
        let short = try _RSA.Signing.PrivateKey(unsafeKeySize: .init(bitCount: 1024))
        pool.publish([CognitoFakePool.entry("one", short), CognitoFakePool.entry("two", CognitoFakePool.otherKey)])
        #expect(try await !isGood(key: short))
    }
}
