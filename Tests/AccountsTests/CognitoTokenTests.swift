import Core
import Crypto
import CryptoExtras
import Foundation
import Testing

@testable import Accounts

@Suite("Checking a pool's tokens")
struct CognitoTokenTests {
    let pool: CognitoFakePool
    let client: CognitoClient

    init() throws {
        pool = try CognitoFakePool()
        client = pool.client
    }

    @Test func `a good access token tells who it is`() async throws {
        let claims = try #require(try await client.check(accessToken: try pool.access()))
        #expect(claims.subject == CognitoFakePool.subject)
        #expect(claims.username == "ada")
        #expect(claims.expiresAt == CognitoFakePool.now.adding(seconds: 3600))
        #expect(claims.authenticatedAt == CognitoFakePool.now)
        #expect(claims.tokenID == "token-1" && claims.loginID == "login-1")
        #expect(
            pool.calls.map(\.url) == [
                "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_Stones123/.well-known/jwks.json"
            ])
    }

    @Test func `a good identity token tells the profile`() async throws {
        let identity = try await client.check(idToken: try pool.identity())
        #expect(
            identity
                == Cognito.Identity(subject: CognitoFakePool.subject, email: "ada@example.com", emailVerified: true, name: "Ada"))
    }

    @Test func `an address counts as verified only where the pool says so`() async throws {
        for (claim, isVerified) in [(true, true), ("true", true), (false, false), ("yes", false), (1, false), (nil, false)]
            as [(JSON?, Bool)]
        {
            #expect(try await client.check(idToken: try pool.identity(["email_verified": claim]))?.emailVerified == isVerified)
        }
    }

    @Test func `neither token passes for the other`() async throws {
        #expect(try await client.check(accessToken: try pool.identity()) == nil)
        #expect(try await client.check(idToken: try pool.access()) == nil)
        #expect(try await client.check(accessToken: try pool.identity(["client_id": "client123"])) == nil)
        #expect(try await client.check(idToken: try pool.access(["aud": "client123"])) == nil)
    }

    @Test(
        arguments: [
            ["iss": "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_Other1234"], ["iss": nil],
            ["iss": "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_Stones123/"],
            ["client_id": "another"], ["client_id": nil], ["client_id": ["client123"]], ["client_id": nil, "aud": "client123"],
            ["token_use": "id"], ["token_use": nil], ["sub": nil], ["sub": ""], ["sub": 7],
            ["exp": nil], ["exp": "1800003600"], ["exp": 1_800_000_000], ["exp": 1_799_999_999], ["exp": .double(1e300)],
        ] as [[String: JSON?]])
    func `a signed token that is not for us, or no longer, is refused`(changes: [String: JSON?]) async throws {
        #expect(try await client.check(accessToken: try pool.access(changes)) == nil)
    }

    @Test(arguments: ["none", "None", "HS256", "RS384", "RS512", "PS256", "ES256", "rs256", "", 256, nil] as [JSON?])
    func `no algorithm but RS256 is believed`(algorithm: JSON?) async throws {
        #expect(try await client.check(accessToken: try pool.access(header: ["alg": algorithm])) == nil)
    }

    @Test func `a token without a signature is refused`() async throws {
        let good = try pool.access().split(separator: ".")
        for token in [
            "\(good[0]).\(good[1]).", "\(good[0]).\(good[1])", "\(good[0]).\(good[1]).AAAA", "..", "", "\(good[0])..\(good[2])",
        ] {
            #expect(try await client.check(accessToken: token) == nil)
        }
    }

    @Test func `the public key is no secret of an HMAC`() async throws {
        let claims = try pool.access().split(separator: ".")[1]
        let header = Base64URL.encode(Array(#"{"alg":"HS256","kid":"one"}"#.utf8))
        for secret in [
            Data(CognitoFakePool.key.publicKey.pemRepresentation.utf8), CognitoFakePool.key.publicKey.derRepresentation,
        ] {
            let code = HMAC<SHA256>.authenticationCode(for: Data("\(header).\(claims)".utf8), using: SymmetricKey(data: secret))
            #expect(try await client.check(accessToken: "\(header).\(claims).\(Base64URL.encode(Array(code)))") == nil)
        }
    }

    @Test func `a key in the header is not even looked at`() async throws {
        let own = CognitoFakePool.entry("one", CognitoFakePool.otherKey)
        for header in [
            ["jwk": own], ["jku": "https://evil.example/keys"], ["x5u": "https://evil.example/chain"], ["x5c": ["AAAA"]],
        ] as [[String: JSON?]] {
            #expect(try await client.check(accessToken: try pool.access(header: header, key: CognitoFakePool.otherKey)) == nil)
            // It does no harm to a token that is good without it.
            #expect(try await client.check(accessToken: try pool.access(header: header)) != nil)
        }
        #expect(pool.calls.allSatisfy { $0.url.hasPrefix("https://cognito-idp.eu-central-1.amazonaws.com/") })
    }

    @Test func `somebody else's key, a changed claim and a changed signature are refused`() async throws {
        #expect(try await client.check(accessToken: try pool.access(key: CognitoFakePool.otherKey)) == nil)
        let good = try pool.access().split(separator: ".").map(String.init)
        let other = try pool.access(["sub": "somebody-else"]).split(separator: ".").map(String.init)
        #expect(try await client.check(accessToken: "\(good[0]).\(other[1]).\(good[2])") == nil)
        var signature = try #require(Base64URL.decode(good[2]))
        signature[100] ^= 1
        #expect(try await client.check(accessToken: "\(good[0]).\(good[1]).\(Base64URL.encode(signature))") == nil)
        #expect(try await client.check(accessToken: "\(good[0]).\(good[1]).\(good[2])AAAA") == nil)
        #expect(try await client.check(accessToken: "\(good[0]).\(good[1]).\(good[2])=") == nil)
    }

    @Test func `PSS is another signature`() async throws {
        let head = try pool.access().split(separator: ".").prefix(2).joined(separator: ".")
        let signature = try CognitoFakePool.key.signature(for: Data(head.utf8), padding: .PSS)
        #expect(try await client.check(accessToken: "\(head).\(Base64URL.encode(signature.rawRepresentation))") == nil)
    }

    @Test func `an extension that must be understood is not`() async throws {
        #expect(try await client.check(accessToken: try pool.access(header: ["crit": ["b64"], "b64": false])) == nil)
        #expect(try await client.check(accessToken: try pool.access(header: ["crit": []])) == nil)
    }

    @Test func `nonsense is refused and costs nothing`() async throws {
        let long = try pool.access(["groups": .string(String(repeating: "x", count: SignedToken.Limits.tokenBytes))])
        for token in [long, "a.b.c", "é.é.é", String(repeating: ".", count: 10_000), String(repeating: "A", count: 5_000_000)] {
            #expect(try await client.check(accessToken: token) == nil)
        }
        let deep = String(repeating: "[", count: 9000)
        #expect(try await client.check(accessToken: "\(Base64URL.encode(Array(deep.utf8))).AAAA.AAAA") == nil)
        #expect(pool.fetches == 0)
    }

    @Test func `a token expires`() async throws {
        let token = try pool.access()
        pool.pass(seconds: 3599)
        #expect(try await client.check(accessToken: token) != nil)
        pool.pass(seconds: 1)
        #expect(try await client.check(accessToken: token) == nil)
    }
}
