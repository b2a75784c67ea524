import Core
import Crypto
import CryptoExtras
import Foundation
package import NIOPosix

/// Hashes and checks passwords with scrypt (RFC 7914), away from the event loops, few at a time.
package struct Passwords: Sendable {
    /// OWASP's minimum for scrypt: N = 2^15, r = 8, p = 3; 32 MiB for each hashing.
    private struct Cost: Equatable {
        var logN = 15
        var blockSize = 8
        var parallelism = 3
    }

    private static let saltBytes = 16
    private static let keyBytes = 32

    /// As many threads as cores: the thread count is the bound on memory too.
    private let threads: NIOThreadPool

    package init(threads: NIOThreadPool) {
        self.threads = threads
    }

    /// - Throws: `Failure` `weak_password` when too short, too long or on the list of common ones.
    package static func mustBeStrong(_ password: String) throws {
        guard User.Limits.passwordCharacters.contains(password.count) else {
            throw Failure(
                .invalid, "weak_password",
                "password must have from \(User.Limits.passwordCharacters.lowerBound) to "
                    + "\(User.Limits.passwordCharacters.upperBound) characters.")
        }
        guard !common.contains(password.lowercased()) else {
            throw Failure(.invalid, "weak_password", "password is one of the most common ones; choose another.")
        }
    }

    /// `$scrypt$ln=15,r=8,p=3$<salt>$<key>`, as the PHC string format writes it.
    package func hash(_ password: String) async throws -> String {
        try await threads.runIfActive {
            let salt = SymmetricKey(size: .bits128).withUnsafeBytes { Data($0) }
            let cost = Cost()
            let key = try Self.derive(password, salt: salt, cost)
            return
                "$scrypt$ln=\(cost.logN),r=\(cost.blockSize),p=\(cost.parallelism)$\(salt.base64EncodedString())$\(key.base64EncodedString())"
        }
    }

    package struct Check: Sendable {
        package let matches: Bool
        /// The hash is of an older, cheaper kind: hash again at this login.
        package let isOutdated: Bool
    }

    /// Costs the same time whether there is a hash or not, so that nobody learns which addresses are known.
    package func check(_ password: String, against hash: String?) async throws -> Check {
        try await threads.runIfActive {
            let stored = hash.flatMap(Self.parse)
            let salt = stored?.salt ?? Data(repeating: 0, count: Self.saltBytes)
            let key = try Self.derive(
                String(password.prefix(User.Limits.passwordCharacters.upperBound)), salt: salt, stored?.cost ?? Cost())
            guard let stored else { return Check(matches: false, isOutdated: false) }
            return Check(matches: Self.areEqual(key, stored.key), isOutdated: stored.cost != Cost())
        }
    }

    private static func derive(_ password: String, salt: Data, _ cost: Cost) throws -> Data {
        try KDF.Scrypt.deriveKey(
            from: Data(password.precomposedStringWithCompatibilityMapping.utf8), salt: salt, outputByteCount: keyBytes,
            rounds: 1 << cost.logN, blockSize: cost.blockSize, parallelism: cost.parallelism
        ).withUnsafeBytes { Data($0) }
    }

    private static func parse(_ text: String) -> (cost: Cost, salt: Data, key: Data)? {
        let parts = text.split(separator: "$")
        guard parts.count == 4, parts[0] == "scrypt", let salt = Data(base64Encoded: String(parts[2])),
            let key = Data(base64Encoded: String(parts[3]))
        else { return nil }
        var cost = Cost()
        for pair in parts[1].split(separator: ",") {
            let (name, value) = (pair.prefix { $0 != "=" }, Int(pair.drop { $0 != "=" }.dropFirst()))
            guard let value, value > 0 else { return nil }
            switch name {
            case "ln" where value < 32: cost.logN = value
            case "r": cost.blockSize = value
            case "p": cost.parallelism = value
            default: return nil
            }
        }
        return (cost, salt, key)
    }

    private static func areEqual(_ one: Data, _ other: Data) -> Bool {
        one.count == other.count && zip(one, other).reduce(into: UInt8(0)) { $0 |= $1.0 ^ $1.1 } == 0
    }

    /// The head of the published lists of leaked passwords that have eight characters or more.
    private static let common: Set<String> = [
        "password", "12345678", "123456789", "1234567890", "qwertyuiop", "password1", "password123", "iloveyou", "sunshine",
        "princess", "football", "baseball", "superman", "trustno1", "welcome1", "admin123", "adminadmin", "letmein1", "passw0rd",
        "p@ssw0rd", "qwerty123", "1q2w3e4r", "1q2w3e4r5t", "1qaz2wsx", "qazwsxedc", "zaq12wsx", "abcd1234", "abc12345",
        "a1b2c3d4",
        "11111111", "00000000", "88888888", "87654321", "11223344", "12341234", "123123123", "12344321", "987654321", "computer",
        "michelle", "jennifer", "internet", "whatever", "starwars", "changeme", "asdfghjkl", "asdfasdf", "qwer1234", "samsung1",
        "liverpool", "charlie1", "jordan23", "basketball", "michael1", "passwort", "motdepasse", "contraseña", "qwertzuiop",
        "administrator", "default1", "secret123", "test1234", "testtest", "welcome123", "password!", "password12", "password1234",
    ]
}
