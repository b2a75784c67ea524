import Core
import Crypto
import CryptoExtras
import Foundation

/// The public key of a passkey (RFC 9052 and 9053, with what WebAuthn section 5.8.5 narrows).
package struct COSEKey: Sendable {
    /// In the order of our preference.
    package enum Algorithm: Int64, Sendable, CaseIterable {
        case es256 = -7
        case ed25519 = -8
        case es384 = -35
        case rs256 = -257
    }

    package let algorithm: Algorithm
    private let key: Key

    private enum Key: Sendable {
        case p256(P256.Signing.PublicKey)
        case p384(P384.Signing.PublicKey)
        case ed25519(Curve25519.Signing.PublicKey)
        case rsa(_RSA.Signing.PublicKey)
    }

    private enum Limits {
        /// Below, RSA is no longer thought safe; above, checking a signature costs more than a stranger should spend of ours.
        static let modulusBytes = 256...512
        /// FIPS 186-5 asks for more than 2^16; the library under us takes up to four bytes.
        static let exponent: ClosedRange<UInt64> = 65_537...UInt64(UInt32.max)
    }

    /// The labels of the maps: RFC 9052 section 7, RFC 9053 section 7, RFC 8230 section 4.
    private enum Label {
        static let keyType: Int64 = 1
        static let algorithm: Int64 = 3
        static let curve: Int64 = -1
        static let x: Int64 = -2
        static let y: Int64 = -3
        static let modulus: Int64 = -1
        static let exponent: Int64 = -2
    }

    /// - Throws: `Failure` `invalid_passkey` for other algorithms, for parameters that do not belong there, and for unsound keys.
    package init(parsing bytes: [UInt8]) throws { try self.init(CBOR(parsing: bytes)) }

    init(_ map: CBOR) throws {
        guard let number = map[Label.algorithm]?.intValue, let algorithm = Algorithm(rawValue: number) else {
            throw WebAuthn.unsupported
        }
        self.algorithm = algorithm
        do {
            key =
                switch algorithm {
                case .es256: .p256(try .init(x963Representation: try Self.point(map, curve: 1, coordinateBytes: 32)))
                case .es384: .p384(try .init(x963Representation: try Self.point(map, curve: 2, coordinateBytes: 48)))
                case .ed25519: .ed25519(try .init(rawRepresentation: try Self.edwards(map)))
                case .rs256: .rsa(try Self.rsa(map))
                }
        } catch {
            // Besides what is refused below, the library refuses points that are not on the curve, and keys that are none.
            throw WebAuthn.unsupported
        }
    }

    /// The uncompressed point. WebAuthn allows no other form, and no optional parameters: hence the exact count.
    private static func point(_ map: CBOR, curve: Int64, coordinateBytes: Int) throws -> [UInt8] {
        guard map.count == 5, map[Label.keyType]?.intValue == 2, map[Label.curve]?.intValue == curve,
            let x = map[Label.x]?.bytesValue, x.count == coordinateBytes,
            let y = map[Label.y]?.bytesValue, y.count == coordinateBytes
        else { throw WebAuthn.unsupported }
        return [0x04] + x + y
    }

    private static func edwards(_ map: CBOR) throws -> [UInt8] {
        guard map.count == 4, map[Label.keyType]?.intValue == 1, map[Label.curve]?.intValue == 6,
            let x = map[Label.x]?.bytesValue, x.count == 32
        else { throw WebAuthn.unsupported }
        return x
    }

    private static func rsa(_ map: CBOR) throws -> _RSA.Signing.PublicKey {
        guard map.count == 4, map[Label.keyType]?.intValue == 3,
            let modulus = map[Label.modulus]?.bytesValue, Limits.modulusBytes.contains(modulus.count),
            let high = modulus.first, high & 0x80 != 0, let low = modulus.last, low & 1 == 1,
            let exponent = map[Label.exponent]?.bytesValue, exponent.count <= 4, exponent.first != 0,
            let lowest = exponent.last, lowest & 1 == 1,
            Limits.exponent.contains(exponent.reduce(0) { $0 << 8 | UInt64($1) })
        else { throw WebAuthn.unsupported }
        return try .init(n: modulus, e: exponent)
    }

    /// Elliptic signatures are DER (WebAuthn section 6.5.5), those of Ed25519 and RSA the bare bytes.
    package func isValid(_ signature: [UInt8], for message: [UInt8]) -> Bool {
        switch key {
        case .p256(let key):
            (try? P256.Signing.ECDSASignature(derRepresentation: signature)).map { key.isValidSignature($0, for: message) }
                ?? false
        case .p384(let key):
            (try? P384.Signing.ECDSASignature(derRepresentation: signature)).map { key.isValidSignature($0, for: message) }
                ?? false
        case .ed25519(let key): key.isValidSignature(signature, for: message)
        case .rsa(let key): key.isValidSignature(.init(rawRepresentation: signature), for: message, padding: .insecurePKCS1v1_5)
        }
    }
}
