import Core
import Crypto
package import Foundation

/// Why a signed URL was refused.
package enum SignatureFailure: Error, Equatable {
    /// A parameter is missing, twice there or not well formed, or the signature is for another service or region.
    case malformed
    case expired
    /// Its date lies further ahead than clocks differ.
    case notYetValid
    case unknownAccessKey
    /// Method, address, query or a signed header is not what was signed, or another secret signed it.
    case mismatch
}

/// AWS Signature Version 4 in the query of a URL, for service `s3` with the bucket in the path, as
/// "Authenticating Requests: Using Query Parameters (AWS Signature Version 4)" describes it.
///
/// A signature covers method, path, query, host and the headers it names, not the body (`UNSIGNED-PAYLOAD`).
package struct SignatureV4: Sendable {
    /// The longest life of a URL, seven days.
    package static let maximumExpirySeconds = 604_800
    /// How far the clock of the one who signed may be ahead of ours.
    package static let clockSkewSeconds = 300.0
    /// Longer queries are refused unread. What S3 clients put there is a tenth of it.
    package static let queryBytes = 16_384
    /// How many headers a signature may name.
    package static let signedHeaders = 64

    private let accessKey: String
    private let secret: SymmetricKey
    private let region: String

    package init(accessKey: String, secretKey: String, region: String) {
        self.accessKey = accessKey
        self.region = region
        secret = SymmetricKey(data: Data("AWS4\(secretKey)".utf8))
    }

    /// A URL that lets whoever has it make one kind of request, for `expiresSeconds` (1 up to `maximumExpirySeconds`).
    ///
    /// `base` is `scheme://host[:port]`; a port that the scheme implies is left out, as clients leave it out of `Host`.
    /// - Parameter headers: the request has to carry them as they are here, by their lower-case names, each once.
    package func presign(
        method: String, url base: String, bucket: String, key: String, expiresSeconds: Int, at date: Date,
        extraQuery: [(String, String)] = [], headers: [(String, String)] = []
    ) -> String {
        let (scheme, host) = Self.schemeAndHost(of: base)
        let path = "/" + PercentCoding.encode("\(bucket)/\(key)".utf8, keepsSlash: true)
        let timestamp = Self.timestamp(date)
        let scope = scope(day: timestamp.prefix(8))
        let expires = min(max(expiresSeconds, 1), Self.maximumExpirySeconds)
        let signed = ([("host", host)] + headers).sorted { $0.0 < $1.0 }
        let names = signed.map(\.0).joined(separator: ";")
        let query = Self.canonicalQuery(
            [
                ("X-Amz-Algorithm", Self.algorithm), ("X-Amz-Credential", "\(accessKey)/\(scope)"), ("X-Amz-Date", timestamp),
                ("X-Amz-Expires", String(expires)), ("X-Amz-SignedHeaders", names),
            ] + extraQuery)
        let request = Self.canonicalRequest(
            method: method, path: path, query: query, headers: signed, signedHeaders: names)
        let signature = HMAC<SHA256>.authenticationCode(
            for: Self.stringToSign(request, timestamp, scope), using: signingKey(day: timestamp.prefix(8)))
        return "\(scheme)://\(host)\(path)?\(query)&X-Amz-Signature=\(Self.hex(signature))"
    }

    /// Accepts a request whose URL was signed with our keys, for this method, and is valid at `date`.
    ///
    /// Path and query are taken as they were received, percent-encoded; `headers` looks a request header up by its lower-case
    /// name and joins several of one name with commas.
    /// - Throws: `SignatureFailure`.
    package func verify(
        method: String, host: String, rawPath: String, rawQuery: String, headers: (String) -> String?, at date: Date
    ) throws {
        let claim = try Claim(rawQuery)
        guard claim.accessKey == accessKey else { throw SignatureFailure.unknownAccessKey }
        guard claim.scope == scope(day: claim.timestamp.prefix(8)) else { throw SignatureFailure.malformed }
        let age = date.timeIntervalSince1970 - Double(claim.signedAt)
        guard age >= -Self.clockSkewSeconds else { throw SignatureFailure.notYetValid }
        guard age <= Double(claim.expiresSeconds) else { throw SignatureFailure.expired }

        guard PercentCoding.isEncoded(rawPath.utf8), let path = PercentCoding.decode(rawPath.utf8) else {
            throw SignatureFailure.malformed
        }
        let signed = try claim.signedHeaders.map { name in
            guard let value = name == "host" ? host.lowercased() : headers(name) else { throw SignatureFailure.mismatch }
            return (name, value)
        }
        let request = Self.canonicalRequest(
            method: method, path: PercentCoding.encode(path, keepsSlash: true), query: claim.canonicalQuery, headers: signed,
            signedHeaders: claim.signedHeaders.joined(separator: ";"))
        let isOurs = HMAC<SHA256>.isValidAuthenticationCode(
            claim.signature, authenticating: Self.stringToSign(request, claim.timestamp, claim.scope),
            using: signingKey(day: claim.timestamp.prefix(8)))
        guard isOurs else { throw SignatureFailure.mismatch }
    }
}

// MARK: - The algorithm

extension SignatureV4 {
    fileprivate static let algorithm = "AWS4-HMAC-SHA256"

    private func scope(day: some StringProtocol) -> String { "\(day)/\(region)/s3/aws4_request" }

    private func signingKey(day: some StringProtocol) -> SymmetricKey {
        [String(day), region, "s3", "aws4_request"].reduce(secret) { key, part in
            SymmetricKey(data: HMAC<SHA256>.authenticationCode(for: Data(part.utf8), using: key))
        }
    }

    private static func canonicalRequest(
        method: String, path: String, query: String, headers: [(String, String)], signedHeaders: String
    ) -> String {
        let lines = headers.map { name, value in
            // Outer space goes and inner space becomes one blank.
            "\(name):\(value.split(whereSeparator: { " \t".contains($0) }).joined(separator: " "))\n"
        }
        return "\(method)\n\(path)\n\(query)\n\(lines.joined())\n\(signedHeaders)\nUNSIGNED-PAYLOAD"
    }

    private static func stringToSign(_ request: String, _ timestamp: String, _ scope: String) -> Data {
        Data("\(algorithm)\n\(timestamp)\n\(scope)\n\(hex(SHA256.hash(data: Data(request.utf8))))".utf8)
    }

    /// Sorted by the bytes of the encoded names, then of the values.
    fileprivate static func canonicalQuery(_ pairs: [(some StringProtocol, some StringProtocol)]) -> String {
        let encoded = pairs.map {
            (PercentCoding.encode($0.utf8, keepsSlash: false), PercentCoding.encode($1.utf8, keepsSlash: false))
        }
        // Encoded text is ASCII, where the order of strings is the order of bytes.
        return encoded.sorted { $0 < $1 }.map { "\($0)=\($1)" }.joined(separator: "&")
    }

    private static func schemeAndHost(of base: String) -> (scheme: String, host: String) {
        let parts = base.split(separator: "://", maxSplits: 1)
        let scheme = parts.count == 2 ? parts[0].lowercased() : "http"
        var host = (parts.last ?? "").prefix { $0 != "/" }.lowercased()
        let implied = scheme == "https" ? ":443" : ":80"
        if host.hasSuffix(implied) { host.removeLast(implied.count) }
        return (scheme, host)
    }

    private static func hex(_ bytes: some Sequence<UInt8>) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    /// ISO 8601 basic format in UTC: `20231027T100000Z`.
    fileprivate static func timestamp(_ date: Date) -> String {
        let seconds = Moment(date).description.prefix(19)
        return seconds.filter { $0 != "-" && $0 != ":" } + "Z"
    }
}

// MARK: - Reading a signed query

/// What a signed query claims, well formed but not yet believed.
private struct Claim {
    let accessKey: String
    let scope: String
    let timestamp: String
    /// Seconds since 1970.
    let signedAt: Int64
    let expiresSeconds: Int
    /// Lower case and sorted, `host` among them.
    let signedHeaders: [String]
    let signature: Data
    /// Everything but the signature itself.
    let canonicalQuery: String

    init(_ rawQuery: String) throws(SignatureFailure) {
        guard rawQuery.utf8.count <= SignatureV4.queryBytes else { throw .malformed }
        var values: [String: String] = [:]
        for pair in rawQuery.split(separator: "&") {
            let halves = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = Self.text(halves[0]), let value = Self.text(halves.count == 2 ? halves[1] : "") else {
                throw .malformed
            }
            // Which of two would count is a question nobody should be able to ask.
            guard values.updateValue(value, forKey: name) == nil else { throw .malformed }
        }
        guard let signature = values.removeValue(forKey: "X-Amz-Signature").flatMap(Self.bytes(ofHex:)),
            values["X-Amz-Algorithm"] == SignatureV4.algorithm, let credential = values["X-Amz-Credential"],
            let timestamp = values["X-Amz-Date"], let signedAt = Self.seconds(ofTimestamp: timestamp),
            let expires = values["X-Amz-Expires"].flatMap({ Int($0) }), (1...SignatureV4.maximumExpirySeconds).contains(expires),
            let slash = Self.endOfAccessKey(in: credential), let signedHeaders = values["X-Amz-SignedHeaders"]
        else { throw .malformed }
        let names = signedHeaders.split(separator: ";", omittingEmptySubsequences: false).map(String.init)
        guard names.count <= SignatureV4.signedHeaders, names.contains("host"),
            zip(names, names.dropFirst()).allSatisfy({ $0 < $1 }),
            names.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy(Self.isHeaderNameByte) })
        else { throw .malformed }

        accessKey = String(credential[..<slash])
        scope = String(credential[credential.index(after: slash)...])
        self.timestamp = timestamp
        self.signedAt = signedAt
        expiresSeconds = expires
        self.signedHeaders = names
        self.signature = signature
        canonicalQuery = SignatureV4.canonicalQuery(values.map { ($0.key, $0.value) })
    }

    /// A plus is a blank, as in forms: that is how the value will be read by whoever acts on it.
    private static func text(_ encoded: Substring) -> String? {
        PercentCoding.decode(encoded.utf8.map { $0 == UInt8(ascii: "+") ? UInt8(ascii: " ") : $0 })
            .flatMap { String(validating: $0, as: UTF8.self) }
    }

    /// The scope has four parts; what is before them is the access key.
    private static func endOfAccessKey(in credential: String) -> String.Index? {
        credential.indices.filter { credential[$0] == "/" }.dropLast(3).last
    }

    /// Lower-case letters of RFC 9110, section 5.1, without the punctuation that no real name has.
    private static func isHeaderNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    private static func bytes(ofHex text: String) -> Data? {
        let digits = text.utf8.compactMap { PercentCoding.value(ofHexDigit: $0) }
        guard digits.count == text.utf8.count, digits.count == 2 * SHA256.byteCount else { return nil }
        return Data(stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] })
    }

    /// Nil for what is not exactly the one permitted form of a real date.
    private static func seconds(ofTimestamp text: String) -> Int64? {
        let bytes = Array(text.utf8)
        guard bytes.count == 16 else { return nil }
        func number(_ range: Range<Int>) -> Int64 {
            bytes[range].reduce(0) { $0 * 10 + Int64($1) - Int64(UInt8(ascii: "0")) }
        }
        let (year, month, day) = (number(0..<4), number(4..<6), number(6..<8))
        // Days before the month in a year that starts in March (H. Hinnant, "chrono-Compatible Low-Level Date Algorithms").
        let (shiftedYear, shiftedMonth) = month > 2 ? (year, month - 3) : (year - 1, month + 9)
        let days =
            365 * shiftedYear + shiftedYear / 4 - shiftedYear / 100 + shiftedYear / 400 + (153 * shiftedMonth + 2) / 5 + day
            - 719_469
        let seconds = days * 86_400 + number(9..<11) * 3600 + number(11..<13) * 60 + number(13..<15)
        // Written back it must be the same; letters, a 13th month and a 30th of February are not.
        guard (0...253_402_300_799).contains(seconds) else { return nil }
        return SignatureV4.timestamp(Date(timeIntervalSince1970: Double(seconds))) == text ? seconds : nil
    }
}

extension PercentCoding {
    /// Whether a path has the `&` of queries only where it is encoded: one that stands there as it is was moved from a query, and
    /// programs differ in what it means there. The other marks of RFC 3986 mean themselves, encoded or not.
    fileprivate static func isEncoded(_ path: some Sequence<UInt8>) -> Bool { !path.contains(UInt8(ascii: "&")) }
}
