import Core
import Foundation

/// What SMTP_URL says. No message about a wrong one repeats any of it: every part of a misspelt URL can be the password.
package struct MailURL: Equatable, Sendable, CustomStringConvertible {
    package enum Security: Sendable {
        /// `smtps://`: TLS from the first byte (RFC 8314).
        case tls
        /// STARTTLS, or nothing is sent: always with credentials, else with `?tls=required`.
        case startTLSRequired
        /// STARTTLS when the server offers it. Somebody on the way can take the offer away.
        case startTLSWhenOffered
        /// `?tls=never`: in the clear. With credentials, to this very machine alone.
        case clear
    }

    package let host: MailHost
    package let security: Security
    package let credentials: MailCredentials?

    package var description: String { "\(security == .tls ? "smtps" : "smtp")://\(host)" }

    /// - Throws: `Failure` `invalid_setting`.
    package init(_ text: String) throws {
        let text = text.trimmed
        guard let colon = text.firstRange(of: "://"), ["smtp", "smtps"].contains(text[..<colon.lowerBound].lowercased()) else {
            throw Self.invalid("must begin with smtp:// or smtps://, such as smtp://user:password@mail.example.com:587.")
        }
        let isTLS = text[..<colon.lowerBound].lowercased() == "smtps"
        let authority = text[colon.upperBound...].prefix { !"/?#".contains($0) }
        let rest = text[authority.endIndex...]
        guard !rest.contains("@") else {
            throw Self.invalid("holds /, ? or # in its user name or password; write them as %2F, %3F and %23.")
        }
        let at = authority.lastIndex(of: "@")
        credentials = try at.map { try Self.credentials(authority[..<$0]) }
        host = try Self.host(at.map { authority[authority.index(after: $0)...] } ?? authority, standardPort: isTLS ? 465 : 587)
        security = try Self.security(rest, isTLS: isTLS, hasCredentials: credentials != nil)
        guard security != .clear || credentials == nil || host.isLoopback else {
            throw Self.invalid("has tls=never and a password, which would cross the network for everyone to read.")
        }
    }

    private static func credentials(_ text: Substring) throws -> MailCredentials {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else {
            throw invalid("needs both a user name and a password before the @, as user:password.")
        }
        guard !text.contains("@") else { throw invalid("holds @ in its user name or password; write it as %40.") }
        guard let user = PercentCoding.decode(text: parts[0]), let password = PercentCoding.decode(text: parts[1]),
            let credentials = MailCredentials(user: user, password: password)
        else {
            throw invalid("has a % in its user name or password that begins no code; write it as %25.")
        }
        return credentials
    }

    private static func host(_ text: Substring, standardPort: Int) throws -> MailHost {
        let bracket = text.lastIndex(of: "]") ?? text.startIndex
        let colon = text[bracket...].lastIndex(of: ":")
        let name = String(text[..<(colon ?? text.endIndex)])
        let port = colon.map { text[text.index(after: $0)...] }
        guard !name.isEmpty else { throw invalid("names no host.") }
        guard name.hasPrefix("[") || !name.contains(":") else {
            throw invalid("has an IPv6 address without brackets, or a user name and password without an @ behind them.")
        }
        let number = port.map { $0.utf8.allSatisfy(\.isDigit) ? Int($0) ?? 0 : 0 } ?? standardPort
        guard (1...65535).contains(number) else {
            throw invalid("has a port that is no number from 1 to 65535, or a user name and password without an @ behind them.")
        }
        guard let host = MailHost(name, port: number) else {
            throw invalid("has a host that is neither a name in ASCII nor an address; an IPv6 address stands in brackets.")
        }
        return host
    }

    private static func security(_ rest: Substring, isTLS: Bool, hasCredentials: Bool) throws -> Security {
        let query = rest.hasPrefix("/") ? rest.dropFirst() : rest
        switch (query, isTLS) {
        case ("", true), ("?tls=required", true): return .tls
        case ("?tls=required", false): return .startTLSRequired
        case ("", false): return hasCredentials ? .startTLSRequired : .startTLSWhenOffered
        case ("?tls=never", false): return .clear
        case ("?tls=never", true): throw invalid("has tls=never, but smtps:// is TLS; write smtp:// instead.")
        default: throw invalid("may end in ?tls=required or ?tls=never behind the port, and in nothing else.")
        }
    }

    private static func invalid(_ message: String) -> Failure { Failure(.invalid, "invalid_setting", "SMTP_URL \(message)") }
}

extension UInt8 {
    fileprivate var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
}
