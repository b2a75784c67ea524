import Core
import Crypto
import CryptoExtras
package import Foundation
package import NIOPosix
import Synchronization

/// Hashes and checks passwords with scrypt (RFC 7914), away from the event loops, few at a time.
package struct Passwords: Sendable {
    /// OWASP's minimum for scrypt: N = 2^15, r = 8, p = 3; 32 MiB for each hashing.
    package static let standardLogN = 15
    /// Logarithms of N that can be set: with the lowest a hashing takes 16 KiB, with the highest 256 MiB.
    package static let settableLogN: ClosedRange<UInt64> = 4...18

    private struct Cost: Equatable {
        var logN: Int
        var blockSize = 8
        var parallelism = 3

        func isBelow(_ other: Cost) -> Bool {
            logN < other.logN || blockSize < other.blockSize || parallelism < other.parallelism
        }
    }

    /// Hashings that wait for a thread; with a quarter of a second each, more would wait for minutes.
    private static let mostWaiting = 500
    static let tooMany = Failure(
        .tooMany, "too_many_logins", "Too many people log in right now; try again.", retryAfterSeconds: 10)
    private static let nice: Int32 = 10
    private static let threads = __priority_which_t(PRIO_PROCESS.rawValue)
    private static let saltBytes = 16
    private static let keyBytes = 32

    /// As many threads as cores: the thread count is the bound on memory too.
    private let threads: NIOThreadPool
    private let cost: Cost
    private let waiting = Counter()

    private final class Counter: Sendable {
        let number = Atomic(0)
    }

    /// - Parameter logN: the logarithm to base 2 of scrypt's N for new hashes.
    package init(threads: NIOThreadPool, logN: Int = Passwords.standardLogN) {
        self.threads = threads
        cost = Cost(logN: logN)
    }

    /// `$scrypt$ln=15,r=8,p=3$<salt>$<key>`, as the PHC string format writes it.
    /// - Throws: `Failure` `weak_password` when it is too long.
    package func hash(_ password: String, salt: Data? = nil) async throws -> String {
        try PasswordPolicy.mustFit(password)
        return try await run {
            let salt = salt ?? SymmetricKey(size: .bits128).withUnsafeBytes { Data($0) }
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
    /// - Throws: `Failure` `weak_password` when it is too long, whether there is a hash or not.
    package func check(_ password: String, against hash: String?) async throws -> Check {
        try PasswordPolicy.mustFit(password)
        return try await run {
            let stored = hash.flatMap(Self.parse)
            let salt = stored?.salt ?? Data(repeating: 0, count: Self.saltBytes)
            let key = try Self.derive(password, salt: salt, stored?.cost ?? cost)
            guard let stored else { return Check(matches: false, isOutdated: false) }
            return Check(matches: ConstantTime.areEqual(key, stored.key), isOutdated: stored.cost.isBelow(cost))
        }
    }

    /// Hashing gives way to everything else: two hundred logins at once leave the API quick.
    private func run<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        guard waiting.number.wrappingAdd(1, ordering: .relaxed).newValue <= Self.mostWaiting else {
            waiting.number.wrappingSubtract(1, ordering: .relaxed)
            throw Self.tooMany
        }
        defer { waiting.number.wrappingSubtract(1, ordering: .relaxed) }
        return try await threads.runIfActive {
            // On Linux, who = 0 is the calling thread alone.
            setpriority(Self.threads, 0, Self.nice)
            return try body()
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
        var cost = Cost(logN: standardLogN)
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
}
