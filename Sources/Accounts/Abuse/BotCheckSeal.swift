package import Core
import Crypto
import Foundation

/// Bytes with a signature, as text: `base64url(bytes).base64url(HMAC-SHA256)`. What was signed for one purpose opens for no
/// other.
struct BotCheckSeal: Sendable {
    private let key: SymmetricKey
    private let purpose: String

    init(key: SymmetricKey, purpose: String) {
        self.key = key
        self.purpose = purpose
    }

    func seal(_ bytes: [UInt8]) -> String {
        let text = Base64URL.encode(bytes)
        return "\(text).\(signature(text))"
    }

    /// - Returns: nil unless we sealed exactly this text for this purpose.
    func open(_ token: String) -> [UInt8]? {
        let parts = token.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, ConstantTime.areEqual(parts[1], signature(parts[0])) else { return nil }
        return Base64URL.decode(parts[0])
    }

    /// Of what must not stand in the text itself.
    func hash(_ text: String, with nonce: [UInt8]) -> [UInt8] {
        Array(HMAC<SHA256>.authenticationCode(for: Data("\(purpose) hash\u{0}".utf8) + nonce + Data(text.utf8), using: key))
    }

    private func signature(_ text: String) -> String {
        Base64URL.encode(HMAC<SHA256>.authenticationCode(for: Data("\(purpose)\u{0}\(text)".utf8), using: key))
    }
}

/// Remembers what was used until it would have expired anyway; answers false when it was used before. `hash` is hexadecimal.
package typealias Spend = @Sendable (_ hash: String, _ expires: Moment) async throws -> Bool

/// Version, beginning, end and 16 random bytes: how every text that the bot check signs begins.
struct BotCheckStamp: Equatable {
    static let version: UInt8 = 1
    static let byteCount = 1 + 8 + 8 + 16

    let issued: Moment
    let expires: Moment
    let nonce: [UInt8]

    init(issued: Moment, lifeSeconds: Double) {
        self.issued = issued
        expires = issued.adding(seconds: lifeSeconds)
        nonce = SymmetricKey(size: .bits128).withUnsafeBytes { Array($0) }
    }

    init?(_ bytes: [UInt8]) {
        guard bytes.count >= Self.byteCount, bytes[0] == Self.version else { return nil }
        func moment(_ range: Range<Int>) -> Moment {
            Moment(rawValue: Int64(bitPattern: bytes[range].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }))
        }
        issued = moment(1..<9)
        expires = moment(9..<17)
        nonce = Array(bytes[17..<Self.byteCount])
    }

    var bytes: [UInt8] {
        func bytes(_ moment: Moment) -> [UInt8] { withUnsafeBytes(of: moment.rawValue.bigEndian) { Array($0) } }
        return [Self.version] + bytes(issued) + bytes(expires) + nonce
    }
}
