import Core
import Crypto
import Foundation
import NIOPosix
import TestKit
import Testing
import Web

@testable import Accounts

@Suite("Passwords")
struct PasswordTests {
    let threads = NIOThreadPool.singleton
    var passwords: Passwords { Passwords(threads: threads) }

    @Test func `the right password matches and a wrong one does not`() async throws {
        let hash = try await passwords.hash("correct horse")
        #expect(hash.hasPrefix("$scrypt$ln=15,r=8,p=3$"))
        #expect(try await passwords.check("correct horse", against: hash).matches)
        #expect(try await !passwords.check("correct horsf", against: hash).matches)
        #expect(try await !passwords.check("correct horse", against: nil).matches)
    }

    @Test func `two hashes of one password differ`() async throws {
        #expect(try await passwords.hash("correct horse") != passwords.hash("correct horse"))
    }

    @Test func `a hash of a cheaper kind is to be renewed`() async throws {
        // N = 2^14, from the same parameters with another cost.
        let cheap = try await passwords.hash("correct horse").replacing("ln=15", with: "ln=14")
        #expect(try await passwords.check("correct horse", against: cheap).isOutdated)
    }

    @Test func `hashes have the cost that is set, and a dearer one of before is kept`() async throws {
        let cheap = Passwords(threads: threads, logN: 4)
        let hash = try await cheap.hash("correct horse")
        #expect(hash.hasPrefix("$scrypt$ln=4,r=8,p=3$"))
        let atOwnCost = try await cheap.check("correct horse", against: hash)
        #expect(atOwnCost.matches && !atOwnCost.isOutdated)
        let after = try await passwords.check("correct horse", against: hash)
        #expect(after.matches && after.isOutdated)
        let before = try await cheap.check("correct horse", against: try await passwords.hash("correct horse"))
        #expect(before.matches && !before.isOutdated)
    }

    @Test(arguments: ["", "short", "1234567", "password", "PASSWORD123", String(repeating: "x", count: 1025)])
    func `weak passwords are refused`(password: String) {
        #expect(#expect(throws: Failure.self) { try PasswordPolicy.ordinary(password) }?.code == "weak_password")
    }

    /// Marks of two classes have to be sorted, which took the hashing threads minutes.
    static let marks = "a" + String(repeating: "\u{301}", count: 250_000) + String(repeating: "\u{316}", count: 250_000)

    /// By names that fit into a log.
    private static let endless = ["a letter with marks": marks, "many letters": String(repeating: "x", count: 4097)]

    @Test(.timeLimit(.minutes(5)), arguments: ["a letter with marks", "many letters"])
    func `a password without end is refused before any work, whether its account is known or not`(name: String) async throws {
        let password = try #require(Self.endless[name])
        let hash = try await passwords.hash("correct horse")
        for stored in [hash, nil] {
            for _ in 0..<20 {
                let failure = await #expect(throws: Failure.self) { try await passwords.check(password, against: stored) }
                #expect(failure?.code == "weak_password")
            }
        }
        await #expect(throws: Failure.self) { try await passwords.hash(password) }
        #expect(throws: Failure.self) { try PasswordPolicy.ordinary(password) }
        #expect(throws: Failure.self) { try PasswordPolicy.tracker(password, email: "ada@example.com", name: "Ada") }
    }

    @Test func `a long password of another script is taken`() async throws {
        let password = String(repeating: "पासवर्ड ", count: 100)
        #expect(try await passwords.check(password, against: try await passwords.hash(password)).matches)
    }

    @Test func `the document's passwords are good enough`() throws {
        try PasswordPolicy.ordinary("devpassword")
        try PasswordPolicy.ordinary("securepassword123")
    }
}

@Suite("E-mail addresses")
struct EmailAddressTests {
    @Test func `one mailbox has one spelling`() throws {
        #expect(try EmailAddress.checked(" Ada@Example.COM ") == "ada@example.com")
    }

    @Test(arguments: [
        "", "ada", "@example.com", "ada@", "ada@localhost", "a b@example.com", "ada@exa\nmple.com", "ada@@example.com",
        "ada@-x.com",
    ])
    func `what is no address is refused`(text: String) {
        #expect(#expect(throws: Failure.self) { try EmailAddress.checked(text) }?.code == "invalid_email")
    }
}

@Suite("Access tokens")
struct TokenTests {
    private let user = User(
        id: ID(), tenant: "default", email: "ada@example.com", name: "Ada", role: .member, state: .active, passwordHash: "",
        createdAt: .now)

    private func tokens(
        _ key: SymmetricKey, life: Double = 60, issuer: String = "quern", audience: String = "quern"
    ) async -> Tokens {
        await Tokens(key: key, issuer: issuer, audience: audience, lifeSeconds: life)
    }

    @Test func `a token tells whose it is and remembers its dialect`() async throws {
        let tokens = await tokens(SymmetricKey(size: .bits256))
        let standard = await tokens.check(try await tokens.issue(for: user, dialect: .standard, session: "s"))
        #expect(standard?.subject == user.id.rawValue)
        #expect(standard?.session == "s")
        let enveloped = await tokens.check(try await tokens.issue(for: user, dialect: .enveloped, session: "s"))
        #expect(enveloped?.subject == "ada@example.com")
        #expect(enveloped?.dialect == .enveloped)
    }

    @Test func `forged and foreign tokens are refused`() async throws {
        let key = SymmetricKey(size: .bits256)
        let ours = await tokens(key)
        let good = try await ours.issue(for: user, dialect: .standard, session: "s")
        let parts = good.split(separator: ".").map(String.init)
        let none = Data(#"{"alg":"none","typ":"JWT"}"#.utf8).base64URL
        var bad = [
            "", "x", "a.b.c", "\(none).\(parts[1]).", "\(none).\(parts[1]).\(parts[2])", "\(parts[0]).\(parts[1]).",
            "\(parts[0]).\(parts[1]).\(parts[2].reversed().map(String.init).joined())",
            "\(parts[0]).\(Data(#"{"sub":"admin"}"#.utf8).base64URL).\(parts[2])",
        ]
        bad.append(try await tokens(SymmetricKey(size: .bits256)).issue(for: user, dialect: .standard, session: "s"))
        bad.append(try await tokens(key, life: -1).issue(for: user, dialect: .standard, session: "s"))
        bad.append(try await tokens(key, issuer: "other").issue(for: user, dialect: .standard, session: "s"))
        bad.append(try await tokens(key, audience: "other").issue(for: user, dialect: .standard, session: "s"))
        bad.append(try await ours.issueIdentity(for: user))
        bad.append(good + ".x")
        bad.append(Data(#"{"alg":"HS256","crit":["exp"]}"#.utf8).base64URL + "." + parts[1] + "." + parts[2])
        for token in bad { #expect(await ours.check(token) == nil, "\(token)") }
        #expect(await ours.check(good) != nil)
    }
}

@Suite("Form tokens")
struct FormTokenTests {
    let tokens = FormTokens(key: SymmetricKey(size: .bits256))

    @Test func `an anonymous token grows old`() {
        let now = Moment.now
        let token = tokens.anonymousToken(at: now)
        #expect(tokens.isValidAnonymous(token, at: now.adding(seconds: 7000)))
        #expect(!tokens.isValidAnonymous(token, at: now.adding(seconds: 7300)))
        #expect(!tokens.isValidAnonymous(token, at: now.adding(seconds: -10)))
        #expect(!tokens.isValidAnonymous("1.x", at: now))
    }
}
