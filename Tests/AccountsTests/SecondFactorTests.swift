import Core
import Crypto
import Foundation
import GRDB
import Storage
import TestKit
import Testing

@testable import Accounts

@Suite("One-time passwords")
struct TOTPTests {
    /// RFC 6238, appendix B, the last six of eight digits: secret `12345678901234567890`, HMAC-SHA-1.
    @Test(
        arguments: [
            (59, "287082"), (1_111_111_109, "081804"), (1_111_111_111, "050471"), (1_234_567_890, "005924"),
            (2_000_000_000, "279037"), (20_000_000_000, "353130"),
        ] as [(Int64, String)])
    func `the codes of the RFC`(seconds: Int64, code: String) {
        let totp = TOTP(secret: Data("12345678901234567890".utf8))
        #expect(totp.code(step: TOTP.step(at: Moment(rawValue: seconds * 1000))) == code)
    }

    @Test func `a clock may be one step off, and no more`() {
        let totp = TOTP(secret: TOTP.newSecret())
        let now = Moment(rawValue: 1_000_000_000_000)
        let step = TOTP.step(at: now)
        for drift in Int64(-1)...1 { #expect(totp.match(totp.code(step: step + drift), at: now, after: 0) != nil) }
        #expect(totp.match(totp.code(step: step + 2), at: now, after: 0) != step + 2)
        #expect(totp.match(totp.code(step: step), at: now, after: step) == nil)
    }

    /// RFC 4648, section 10, without padding.
    @Test(arguments: [
        ("", ""), ("f", "MY"), ("fo", "MZXQ"), ("foo", "MZXW6"), ("foob", "MZXW6YQ"), ("fooba", "MZXW6YTB"),
        ("foobar", "MZXW6YTBOI"),
    ])
    func `secrets in letters`(plain: String, text: String) {
        #expect(TOTP.base32(Data(plain.utf8)) == text)
    }

    @Test func `an address for an app is escaped`() {
        let uri = TOTP.uri(secret: "ABC", label: "a b&c@example.com", issuer: "Quern")
        #expect(uri == "otpauth://totp/Quern:a%20b%26c%40example.com?secret=ABC&issuer=Quern&algorithm=SHA1&digits=6&period=30")
    }
}

@Suite("Second factors in the store")
struct SecondFactorStoreTests {
    let house: House
    let user: User

    init() async throws {
        house = try House()
        user = try await house.user("ada@example.com")
    }

    private func device() async throws -> TOTP {
        let (device, secret) = try await house.factors.beginDevice(for: user.id, name: nil)
        let totp = TOTP(secret: secret)
        _ = try await house.factors.verifyDevice(device.id, of: user.id, code: totp.code(step: TOTP.step(at: .now) - 1))
        return totp
    }

    @Test func `a code works once, whichever store looks`() async throws {
        let totp = try await device()
        let code = totp.code(step: TOTP.step(at: .now))
        #expect(try await house.factors.spend(code, of: user.id) == .right)
        #expect(try await house.factors.spend(code, of: user.id) == .wrong)
        // After a restart there is another store on the same database.
        #expect(try await SecondFactorStore(house.storage, keyring: house.keyring).spend(code, of: user.id) == .wrong)
    }

    @Test func `forty guesses of one code at once spend it once`() async throws {
        let totp = try await device()
        let code = totp.code(step: TOTP.step(at: .now))
        let (factors, id) = (house.factors, user.id)
        let wins = try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<40 { group.addTask { try await factors.spend(code, of: id) == .right } }
            return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(wins == 1)
    }

    @Test(arguments: [6, 11])
    func `of thirty wrong codes at once ten are looked at, and then not even the right one is`(length: Int) async throws {
        let totp = try await device()
        let (factors, id) = (house.factors, user.id)
        let now = Moment.now
        let right = totp.code(step: TOTP.step(at: now))
        let wrong = length == 6 ? (right == "000000" ? "000001" : "000000") : "aaaaa-bbbbb"
        let answers = try await withThrowingTaskGroup(of: SecondFactorStore.Spending.self) { group in
            for _ in 0..<30 { group.addTask { try await factors.spend(wrong, of: id, now: now) } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(answers.count { $0 == .wrong } == LockoutStore.Limits.factors)
        #expect(answers.count { if case .locked = $0 { true } else { false } } == 30 - LockoutStore.Limits.factors)
        #expect(try await house.factors.spend(right, of: user.id, now: now) == .locked(900))
        #expect(try await house.factors.spend(right, of: user.id, now: now.adding(seconds: 901)) != .locked(900))
    }

    @Test(.timeLimit(.minutes(1)))
    func `a code that nobody would type costs nothing`() async throws {
        _ = try await device()
        #expect(try await house.factors.spend(String(repeating: "a\u{301}", count: 2_000_000), of: user.id) == .wrong)
    }

    @Test func `ten recovery codes come with the first device, each works once`() async throws {
        let (begun, secret) = try await house.factors.beginDevice(for: user.id, name: "Phone")
        let code = TOTP(secret: secret).code(step: TOTP.step(at: .now))
        let codes = try #require(try await house.factors.verifyDevice(begun.id, of: user.id, code: code))
        #expect(Set(codes).count == 10)
        #expect(try await house.factors.spend(codes[3].uppercased().replacing("-", with: " "), of: user.id) == .right)
        #expect(try await house.factors.spend(codes[3], of: user.id) == .wrong)
        #expect(try await house.factors.factors(of: user.id).recoveryCodesLeft == 9)
        let new = try await house.factors.newRecoveryCodes(of: user.id)
        #expect(try await house.factors.spend(codes[4], of: user.id) == .wrong)
        #expect(try await house.factors.spend(new[0], of: user.id) == .right)
    }

    @Test func `a device counts only after its first code`() async throws {
        let (begun, secret) = try await house.factors.beginDevice(for: user.id, name: nil)
        let code = TOTP(secret: secret).code(step: TOTP.step(at: .now))
        #expect(try await house.factors.spend(code, of: user.id) == .wrong)
        await #expect(throws: SecondFactorStore.mismatch) {
            try await house.factors.verifyDevice(begun.id, of: user.id, code: "000000" == code ? "000001" : "000000")
        }
        #expect(try await house.factors.factors(of: user.id).isEmpty)
    }

    @Test func `somebody else's device is not there`() async throws {
        let bob = try await house.user("bob@example.com")
        let (begun, secret) = try await house.factors.beginDevice(for: user.id, name: nil)
        let code = TOTP(secret: secret).code(step: TOTP.step(at: .now))
        let failure = await #expect(throws: Failure.self) {
            try await house.factors.verifyDevice(begun.id, of: bob.id, code: code)
        }
        #expect(failure?.code == "device_not_found")
    }

    @Test func `the database holds no secret that opens anything`() async throws {
        let (_, secret) = try await house.factors.beginDevice(for: user.id, name: nil)
        let rows = try await house.storage.read { db in try TOTPDevice.fetchAll(db) }
        #expect(rows.allSatisfy { $0.sealedSecret.range(of: secret) == nil })
        // Another key, or another row, opens nothing.
        let other = Keyring(.init(size: .bits256))
        #expect(throws: (any Error).self) { try other.open(rows[0].sealedSecret, for: rows[0].id) }
        #expect(throws: (any Error).self) { try house.keyring.open(rows[0].sealedSecret, for: "another") }
    }
}
