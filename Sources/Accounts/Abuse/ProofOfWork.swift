package import Core
package import Crypto
import Foundation
import Synchronization

/// A puzzle that costs a browser a moment and a flood of sign-ups a lot: a number behind a signed challenge, so that the SHA-256
/// of the whole text begins with so many zero bits (A. Back, "Hashcash", 2002).
///
/// Nothing is kept for a challenge that is handed out; what is solved is remembered until it expires.
package struct ProofOfWork: Sendable {
    private let seal: BotCheckSeal
    private let spend: Spend
    private let load = ProofLoad()

    package enum Limits {
        package static let lifeSeconds = 600.0
        /// At rest: 65,000 hashes, which take a browser less than a second.
        package static let difficulty = 16
        /// Under attack: 17 million hashes, some ten seconds; more would lock out old telephones.
        package static let mostDifficulty = 24
        /// Challenges and solutions in a minute; each doubling makes new challenges twice as hard.
        package static let quietPerMinute = 20
        /// A challenge has 90 characters, and nobody counts beyond 20 digits.
        static let solutionCharacters = 200
        static let counterDigits = 20
        /// The clock may have been set back since a challenge was made.
        static let clockSkewSeconds = 60.0
    }

    package init(key: SymmetricKey, spend: @escaping Spend) {
        seal = BotCheckSeal(key: key, purpose: "proof of work")
        self.spend = spend
    }

    package struct Challenge: Sendable, Equatable {
        package let text: String
        package let difficulty: Int
        package let expires: Moment

        package var json: JSON {
            [
                "provider": "proof_of_work", "challenge": .string(text), "difficulty": .int(Int64(difficulty)),
                "algorithm": "SHA-256", "expires_at": .string(expires.description),
            ]
        }
    }

    package func challenge(now: Moment = .now) -> Challenge {
        load.note(now)
        let difficulty = Self.difficulty(perMinute: load.count(now))
        let stamp = BotCheckStamp(issued: now, lifeSeconds: Limits.lifeSeconds)
        return Challenge(
            text: seal.seal(stamp.bytes + [UInt8(difficulty)]), difficulty: difficulty, expires: stamp.expires)
    }

    /// - Parameter solution: the challenge, a dot and a number in decimal digits.
    /// - Throws: `Failure` `bot_check_failed`.
    package func verify(_ solution: String?, now: Moment = .now) async throws {
        guard let solution, !solution.isEmpty else { throw Self.missing }
        guard solution.utf8.count <= Limits.solutionCharacters, let dot = solution.lastIndex(of: "."),
            Self.isCounter(solution[solution.index(after: dot)...]), let bytes = seal.open(String(solution[..<dot])),
            bytes.count == BotCheckStamp.byteCount + 1, let stamp = BotCheckStamp(bytes), let difficulty = bytes.last
        else { throw Self.wrong }
        guard stamp.expires > now, stamp.issued < now.adding(seconds: Limits.clockSkewSeconds) else { throw BotCheck.stale }
        guard Self.leadingZeroBits(SHA256.hash(data: Data(solution.utf8))) >= Int(difficulty) else { throw Self.wrong }
        guard try await spend(Token.hash(String(solution[..<dot])), stamp.expires) else { throw BotCheck.used }
        load.note(now)
    }

    /// One bit more for each doubling above what is quiet.
    static func difficulty(perMinute count: Int) -> Int {
        var (difficulty, step) = (Limits.difficulty, Limits.quietPerMinute * 2)
        while count >= step, difficulty < Limits.mostDifficulty {
            difficulty += 1
            step *= 2
        }
        return difficulty
    }

    static func leadingZeroBits(_ digest: some Sequence<UInt8>) -> Int {
        var bits = 0
        for byte in digest {
            bits += byte.leadingZeroBitCount
            if byte != 0 { break }
        }
        return bits
    }

    private static func isCounter(_ text: Substring) -> Bool {
        (1...Limits.counterDigits).contains(text.utf8.count)
            && text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }

    private static let missing = BotCheck.failed(
        "Solve the challenge of GET /auth/bot-check and send the solution along; the pages do that by themselves.")
    private static let wrong = BotCheck.failed("The solution does not fit; ask for a new challenge and try again.")
}

/// How many challenges were handed out or solved in the last minute, to five seconds.
private final class ProofLoad: Sendable {
    private let slots = Mutex<[Int64: Int]>([:])

    private static let slotMilliseconds: Int64 = 5000
    private static let slotCount: Int64 = 12

    func note(_ now: Moment) {
        let slot = now.rawValue / Self.slotMilliseconds
        slots.withLock { slots in
            slots[slot, default: 0] += 1
            // The clock may jump either way; whatever is not of this minute goes.
            if slots.count > Self.slotCount { slots = slots.filter { abs($0.key - slot) < Self.slotCount } }
        }
    }

    func count(_ now: Moment) -> Int {
        let slot = now.rawValue / Self.slotMilliseconds
        return slots.withLock { slots in
            slots.reduce(0) { $0 + ((slot - Self.slotCount + 1...slot).contains($1.key) ? $1.value : 0) }
        }
    }
}
