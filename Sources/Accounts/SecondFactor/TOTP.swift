package import Core
import Crypto
package import Foundation
import Web

/// Time-based one-time passwords (RFC 6238): HMAC-SHA-1, six digits, steps of 30 s, as every authenticator app has them.
package struct TOTP: Sendable {
    private let secret: Data

    package enum Limits {
        package static let secretBytes = 20
        package static let stepSeconds: Int64 = 30
        /// A clock may be off by so many steps either way (RFC 6238, section 5.2).
        package static let drift: Int64 = 1
    }

    package init(secret: Data) {
        self.secret = secret
    }

    /// RFC 4226, section 4, R6 recommends 160 bits.
    package static func newSecret() -> Data {
        SymmetricKey(size: .init(bitCount: Limits.secretBytes * 8)).withUnsafeBytes { Data($0) }
    }

    package static func step(at now: Moment) -> Int64 { now.rawValue / 1000 / Limits.stepSeconds }

    /// The code of one step (RFC 4226, section 5.3).
    package func code(step: Int64) -> String {
        let counter = withUnsafeBytes(of: UInt64(bitPattern: step).bigEndian) { Data($0) }
        let mac = Array(HMAC<Insecure.SHA1>.authenticationCode(for: counter, using: SymmetricKey(data: secret)))
        let offset = Int(mac[mac.count - 1] & 15)
        let number = mac[offset..<offset + 4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) } & 0x7FFF_FFFF
        let digits = String(number % 1_000_000)
        return String(repeating: "0", count: 6 - digits.count) + digits
    }

    /// The step whose code this is, later than the last one used: a code works once.
    package func match(_ code: String, at now: Moment, after lastStep: Int64) -> Int64? {
        let current = Self.step(at: now)
        return (current - Limits.drift...current + Limits.drift).first {
            $0 > lastStep && ConstantTime.areEqual(self.code(step: $0), code)
        }
    }

    /// RFC 4648, section 6, without padding: what people type when they can not scan.
    package static func base32(_ bytes: Data) -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
        var (out, buffer, bits) = ("", UInt32(0), 0)
        for byte in bytes {
            buffer = buffer << 8 | UInt32(byte)
            bits += 8
            while bits >= 5 {
                bits -= 5
                out.append(alphabet[Int(buffer >> UInt32(bits) & 31)])
            }
            buffer &= (1 << UInt32(bits)) - 1
        }
        if bits > 0 { out.append(alphabet[Int(buffer << UInt32(5 - bits) & 31)]) }
        return out
    }

    /// What an app scans (Key URI Format of Google Authenticator).
    package static func uri(secret: String, label: String, issuer: String) -> String {
        "otpauth://totp/\(issuer.queryEscaped):\(label.queryEscaped)?secret=\(secret)&issuer=\(issuer.queryEscaped)"
            + "&algorithm=SHA1&digits=6&period=\(Limits.stepSeconds)"
    }
}

/// Ten codes for the day the telephone is lost; each works once.
package enum RecoveryCode {
    package static let count = 10
    /// What is looked at of what somebody typed: a code has eleven letters, and may come with blanks.
    static let typedBytes = 64

    /// 50 random bits, without the letters that are mistaken for others: `k7m2p-9qxw4`.
    package static func make() -> [String] {
        let alphabet = Array("abcdefghijkmnpqrstuvwxyz23456789")
        var random = SystemRandomNumberGenerator()
        return (0..<count).map { _ in
            let letters = (0..<10).map { _ in alphabet[Int(random.next(upperBound: UInt32(alphabet.count)))] }
            return String(letters[0..<5]) + "-" + String(letters[5...])
        }
    }

    /// As it was typed: case, blanks and the hyphen do not matter.
    package static func plain(_ text: String) -> String {
        String(text.lowercased().filter { $0.isASCII && ($0.isLetter || $0.isNumber) })
    }
}
