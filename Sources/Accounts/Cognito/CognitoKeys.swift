import Core
import CryptoExtras
import Foundation
import Logging

/// The keys with which a pool signs (RFC 7517), as the pool published them last.
actor CognitoKeys {
    enum Limits {
        static let lifeSeconds = 900.0
        /// Between two looks at the pool, whatever the reason: anybody can send tokens with names of keys that do not exist.
        static let pauseSeconds = 60.0
        /// The same while there is no key at all, and so no login either.
        static let emptyPauseSeconds = 5.0
        /// A pool has two.
        static let keys = 32
        /// Below, RSA is no longer thought safe; above, checking a signature costs more than a stranger should spend of ours.
        static let modulusBytes = 256...512
        /// FIPS 186-5 asks for more than 2^16; the library under us takes up to four bytes.
        static let exponent: ClosedRange<UInt64> = 65_537...UInt64(UInt32.max)
    }

    private let address: String
    private let outbound: Outbound
    private let logger: Logger
    private let now: @Sendable () -> Moment

    private var keys: [String: _RSA.Signing.PublicKey] = [:]
    private var fetchedAt: Moment?
    private var triedAt: Moment?
    private var fetch: Task<Void, Never>?

    init(address: String, outbound: Outbound, logger: Logger, now: @escaping @Sendable () -> Moment) {
        self.address = address
        self.outbound = outbound
        self.logger = logger
        self.now = now
    }

    /// Old keys stay good while the pool does not answer: tokens that they signed expire by themselves.
    /// - Returns: nil when the pool has no such key.
    /// - Throws: `Failure` `identity_provider_unavailable` when no key was ever seen.
    func key(_ id: String) async throws -> _RSA.Signing.PublicKey? {
        if keys[id] == nil || hasPassed(Limits.lifeSeconds, since: fetchedAt) {
            if fetch == nil, hasPassed(keys.isEmpty ? Limits.emptyPauseSeconds : Limits.pauseSeconds, since: triedAt) {
                triedAt = now()
                // All who need it wait for the one fetch, so it must not end with the request that happened to come first.
                fetch = Task { await renew() }
            }
            await fetch?.value
        }
        guard !keys.isEmpty else { throw Cognito.unavailable }
        return keys[id]
    }

    /// Also when the clock was put back.
    private func hasPassed(_ seconds: Double, since moment: Moment?) -> Bool {
        moment.map { abs(now().seconds - $0.seconds) >= seconds } ?? true
    }

    private func renew() async {
        defer { fetch = nil }
        do {
            let reply = try await outbound.send(Outbound.Call("GET", address, headers: ["Accept": "application/json"]))
            guard reply.status == 200 else { throw Failure(.outage, "status_\(reply.status)", "The key set can not be read.") }
            keys = try Self.read(reply.body)
            fetchedAt = now()
        } catch {
            let code = (error as? Failure)?.code ?? "unknown"
            logger.warning("cognito_keys_unavailable", metadata: ["error": "\(code)", "kept": "\(keys.count)"])
        }
    }

    /// - Throws: `Failure` when it is no key set, or holds no key for us.
    static func read(_ bytes: [UInt8]) throws -> [String: _RSA.Signing.PublicKey] {
        var keys: [String: _RSA.Signing.PublicKey] = [:]
        for entry in try JSON(parsing: bytes)["keys"]?.arrayValue?.prefix(Limits.keys) ?? [] {
            if let id = entry["kid"]?.stringValue, let key = key(entry) { keys[id] = key }
        }
        guard !keys.isEmpty else { throw Failure(.outage, "no_keys", "The key set holds no RSA key for signatures.") }
        return keys
    }

    /// - Returns: nil for keys of other kinds and uses, and for weak ones.
    private static func key(_ entry: JSON) -> _RSA.Signing.PublicKey? {
        guard entry["kty"] == "RSA", ["sig", nil].contains(entry["use"]?.stringValue),
            ["RS256", nil].contains(entry["alg"]?.stringValue),
            let modulus = entry["n"]?.stringValue.flatMap(Base64URL.decode), Limits.modulusBytes.contains(modulus.count),
            let high = modulus.first, high & 0x80 != 0, let low = modulus.last, low & 1 == 1,
            let exponent = entry["e"]?.stringValue.flatMap(Base64URL.decode), exponent.count <= 4, exponent.first != 0,
            let lowest = exponent.last, lowest & 1 == 1,
            Limits.exponent.contains(exponent.reduce(0) { $0 << 8 | UInt64($1) })
        else { return nil }
        return try? _RSA.Signing.PublicKey(n: modulus, e: exponent)
    }
}
