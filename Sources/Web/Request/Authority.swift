import Core
import HTTPTypes
package import Hummingbird

/// `host[:port]`, as `Host` and `:authority` carry it (RFC 9110, section 7.2; RFC 3986, section 3.2).
package struct Authority: Sendable, Equatable {
    /// Lower case; an IPv6 address without its brackets.
    package let host: String
    package let port: Int?

    package enum Limits {
        /// RFC 1035, section 2.3.4.
        static let hostBytes = 253
    }

    /// Nil for anything but a name or an address with an optional port: user information, empty names, text behind the brackets
    /// of an IPv6 address and ports out of range are refused.
    package init?(_ text: String) {
        let rest: Substring
        if text.hasPrefix("[") {
            guard let end = text.firstIndex(of: "]") else { return nil }
            let inner = text[text.index(after: text.startIndex)..<end]
            guard let address = IPAddress(inner), address.isV6 || address.wasMapped else { return nil }
            host = inner.lowercased()
            rest = text[text.index(after: end)...]
        } else {
            let name = Substring(text.utf8.prefix { $0 != UInt8(ascii: ":") })
            guard (1...Limits.hostBytes).contains(name.utf8.count), Self.isName(name.utf8) else { return nil }
            host = name.lowercased()
            rest = text[name.endIndex...]
        }
        guard !rest.isEmpty else {
            port = nil
            return
        }
        let digits = rest.dropFirst()
        guard rest.first == ":", (1...5).contains(digits.utf8.count),
            digits.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }), let number = Int(digits),
            (1...65_535).contains(number)
        else { return nil }
        port = number
    }

    /// The names by which a machine calls itself.
    package var isLocal: Bool { ["localhost", "127.0.0.1", "::1"].contains(host) }

    /// Parts of letters, digits and marks, with points between them.
    private static func isName(_ name: Substring.UTF8View) -> Bool {
        var last = UInt8(ascii: ".")
        for byte in name {
            guard isNameByte(byte), byte != UInt8(ascii: ".") || last != byte else { return false }
            last = byte
        }
        return true
    }

    /// Letters, digits and the marks of real host names; what else RFC 3986 permits in a registered name is in none.
    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"): true
        default: false
        }
    }
}

/// What is checked of every request before anything else looks at it.
package enum RequestHead {
    /// - Throws: `Failure` `invalid_host`, `invalid_target`, `unsupported_coding`.
    package static func check(_ head: HTTPRequest) throws {
        // HTTP/2 may carry the host in either field, and in both when they say the same.
        let hosts = head.headerFields[values: .host]
        if let host = head.authority ?? hosts.first {
            guard Authority(host) != nil, hosts.allSatisfy({ $0 == host }) else {
                throw Failure(
                    .refused, "invalid_host", "The Host of the request must be one name or address, with a port if need be.")
            }
        }
        // A body in another coding would be read as something that it is not (RFC 9112, section 6.1).
        let codings = head.headerFields[values: .transferEncoding]
        guard codings.count <= 1, codings.allSatisfy({ $0.trimmed.lowercased() == "chunked" }) else {
            throw Failure(
                .refused, "unsupported_coding",
                "The only Transfer-Encoding that is understood is chunked; send the body as it is.")
        }
        guard let path = head.path, path.utf8.first == UInt8(ascii: "/") || path == "*" && head.method == .options else {
            throw Failure(.refused, "invalid_target", "The address of a request must begin with a slash.")
        }
        guard isWellFormed(path) else {
            throw Failure(
                .refused, "invalid_target",
                "The address holds a control character, a fragment or a percent sign that two hexadecimal digits do not follow.")
        }
    }

    /// No control characters, neither as they are nor percent-encoded: no name and no search of ours has one, and SQL and C
    /// read a NUL as the end of a text.
    private static func isWellFormed(_ target: String) -> Bool {
        var bytes = target.utf8.makeIterator()
        while let byte = bytes.next() {
            switch byte {
            case 0...0x20, 0x7F, UInt8(ascii: "#"): return false
            case UInt8(ascii: "%"):
                guard let high = bytes.next().flatMap(PercentCoding.value(ofHexDigit:)),
                    let low = bytes.next().flatMap(PercentCoding.value(ofHexDigit:))
                else { return false }
                let value = high << 4 | low
                if value < 0x20 || value == 0x7F { return false }
            default: break
            }
        }
        return true
    }
}
