import Core
import Crypto
import CryptoExtras
import Foundation
import Logging
import Synchronization

@testable import Accounts

/// A pool of our own: it signs, publishes keys, answers calls as it was told, and counts them. Its clock stands still.
final class CognitoFakePool: Sendable {
    static let now = Moment(rawValue: 1_800_000_000_000)
    static let key = rsa(2048)
    static let otherKey = rsa(2048)
    static let subject = "9b2f4c1e-7d3a-4a55-8d37-0f6f5e1c2a3b"

    private struct State {
        var now = CognitoFakePool.now
        var keySet: [UInt8] = []
        var reply: Outbound.Reply?
        var calls: [Outbound.Call] = []
        var isDown = false
    }
    private let state = Mutex(State())
    let pool: Cognito.Pool

    init() throws {
        pool = try Cognito.Pool(region: "eu-central-1", id: "eu-central-1_Stones123", clientID: "client123")
        publish([Self.entry("one")])
    }

    static func rsa(_ bits: Int) -> _RSA.Signing.PrivateKey {
        do {
            return try _RSA.Signing.PrivateKey(keySize: .init(bitCount: bits))
        } catch {
            fatalError("no RSA key: \(error)")
        }
    }

    // MARK: The outside

    var outbound: Outbound {
        Outbound { call in
            // Lets others come in between, as a network does.
            await Task.yield()
            return try self.state.withLock { state in
                state.calls.append(call)
                if state.isDown { throw Failure(.outage, "outside_unreachable", "The service outside can not be reached.") }
                if call.method == "GET" { return Outbound.Reply(status: 200, body: state.keySet) }
                return state.reply ?? Outbound.Reply(status: 200, body: Array("{}".utf8))
            }
        }
    }

    var client: CognitoClient {
        CognitoClient(pool: pool, outbound: outbound, logger: Self.silent, now: { self.state.withLock(\.now) })
    }

    private static let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    var calls: [Outbound.Call] { state.withLock(\.calls) }
    var fetches: Int { calls.count { $0.method == "GET" } }

    func answer(_ status: Int, _ body: String, headers: [String: String] = [:]) {
        state.withLock { $0.reply = Outbound.Reply(status: status, headers: headers, body: Array(body.utf8)) }
    }

    func publish(_ entries: [JSON]) { publish(raw: JSON.object(["keys": .array(entries)]).bytes) }
    func publish(raw: [UInt8]) { state.withLock { $0.keySet = raw } }
    func set(isDown: Bool) { state.withLock { $0.isDown = isDown } }
    func pass(seconds: Double) { state.withLock { $0.now = $0.now.adding(seconds: seconds) } }

    // MARK: Keys and tokens

    static func entry(
        _ kid: String, _ key: _RSA.Signing.PrivateKey = CognitoFakePool.key, _ changes: [String: JSON?] = [:]
    ) -> JSON {
        let numbers = try? key.publicKey.getKeyPrimitives()
        var members: [String: JSON?] = [
            "kid": .string(kid), "kty": "RSA", "use": "sig", "alg": "RS256",
            "n": .string(Base64URL.encode(numbers?.modulus ?? Data())),
            "e": .string(Base64URL.encode(numbers?.publicExponent ?? Data())),
        ]
        members.merge(changes) { $1 }
        return .object(members.compactMapValues(\.self))
    }

    /// A good access token, but for the changes; nil takes a member away.
    func access(
        _ changes: [String: JSON?] = [:], header: [String: JSON?] = [:], key: _RSA.Signing.PrivateKey = CognitoFakePool.key
    ) throws -> String {
        var claims: [String: JSON?] = [
            "iss": .string(pool.issuer), "sub": .string(Self.subject), "client_id": .string(pool.clientID), "token_use": "access",
            "username": "ada", "scope": "aws.cognito.signin.user.admin", "jti": "token-1", "origin_jti": "login-1",
            "auth_time": .int(seconds), "iat": .int(seconds), "exp": .int(seconds + 3600),
        ]
        claims.merge(changes) { $1 }
        return try Self.sign(claims, header, key)
    }

    func identity(_ changes: [String: JSON?] = [:]) throws -> String {
        var claims: [String: JSON?] = [
            "iss": .string(pool.issuer), "sub": .string(Self.subject), "aud": .string(pool.clientID), "token_use": "id",
            "email": "ada@example.com", "email_verified": true, "name": "Ada", "exp": .int(seconds + 3600),
        ]
        claims.merge(changes) { $1 }
        return try Self.sign(claims, [:], Self.key)
    }

    private var seconds: Int64 { Self.now.rawValue / 1000 }

    private static func sign(
        _ claims: [String: JSON?], _ header: [String: JSON?], _ key: _RSA.Signing.PrivateKey
    ) throws -> String {
        let head = unsigned(claims, header)
        let signature = try key.signature(for: Data(head.utf8), padding: .insecurePKCS1v1_5)
        return head + "." + Base64URL.encode(signature.rawRepresentation)
    }

    static func unsigned(_ claims: [String: JSON?], _ changes: [String: JSON?]) -> String {
        var header: [String: JSON?] = ["alg": "RS256", "kid": "one"]
        header.merge(changes) { $1 }
        return [header, claims].map { Base64URL.encode(JSON.object($0.compactMapValues(\.self)).bytes) }.joined(separator: ".")
    }
}
