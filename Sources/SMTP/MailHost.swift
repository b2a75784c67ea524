import Core
import NIOCore

/// Where a mail server listens: a name or an address, and a port.
package struct MailHost: Hashable, Sendable, CustomStringConvertible {
    /// Without brackets, and without the dot at the end of an absolute name.
    package let name: String
    package let port: Int

    /// - Parameter text: a host name, an IPv4 address, or an IPv6 address with or without brackets.
    /// - Returns: nil for anything else, or a port that is none.
    package init?(_ text: String, port: Int) {
        let isBracketed = text.hasPrefix("[") && text.hasSuffix("]")
        let name = isBracketed ? String(text.dropFirst().dropLast()) : text.hasSuffix(".") ? String(text.dropLast()) : text
        guard (1...65535).contains(port), name.contains(":") ? Self.isAddress(name) : !isBracketed && Self.isName(name) else {
            return nil
        }
        self.name = name
        self.port = port
    }

    package var isAddress: Bool { Self.isAddress(name) }

    private static func isAddress(_ text: String) -> Bool { (try? SocketAddress(ipAddress: text, port: 0)) != nil }

    private static func isName(_ text: String) -> Bool {
        guard text.utf8.count <= 253 else { return false }
        return text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { label in
            (1...SMTPLimits.domainLabelOctets).contains(label.utf8.count) && label.first != "-" && label.last != "-"
                && label.utf8.allSatisfy { $0.isLetterOrDigit || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") }
        }
    }

    /// Whether the name means this very machine. Where a connection really went is `SocketAddress.isLoopback`.
    package var isLoopback: Bool {
        name.lowercased() == "localhost" || (try? SocketAddress(ipAddress: name, port: 0))?.isLoopback == true
    }

    package var description: String { name.contains(":") ? "[\(name)]:\(port)" : "\(name):\(port)" }
}

extension SocketAddress {
    var isLoopback: Bool {
        switch self {
        case .v4: ipAddress?.hasPrefix("127.") == true
        case .v6: ipAddress == "::1"
        case .unixDomainSocket: false
        }
    }
}

extension UInt8 {
    var isLetterOrDigit: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }
}
