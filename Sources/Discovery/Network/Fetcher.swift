import Core
import Foundation
import NIOCore
import NIOHTTP1
package import NIOSSL

/// Gets pages from one host, one at a time, over a connection to an address that the guard has let through.
package struct Fetcher: Sendable {
    package struct Page: Sendable {
        /// Where it was in the end.
        package let url: String
        package let status: Int
        package let contentType: String
        package let body: [UInt8]
        package let retryAfterSeconds: Double?
        /// Where it leads, for 3xx.
        package let location: String?

        /// Whether the site wants to be asked later.
        var isLater: Bool { status == 429 || status == 503 }
    }

    package enum Trouble: Error, Equatable {
        /// The name does not exist.
        case noSuchHost
        case unreachable
        case timeout
        case untrustedCertificate
        /// The name stands for a machine that is not on the public internet.
        case forbiddenAddress
    }

    package struct Ports: Sendable {
        let http: Int
        let https: Int

        package init(http: Int = 80, https: Int = 443) {
            self.http = http
            self.https = https
        }
    }

    private let resolver: DNSResolver
    private let guardian: OutboundGuard
    private let agent: String
    private let tls: NIOSSLContext
    private let ports: Ports

    package enum Limits {
        static let connectSeconds: Int64 = 10
        static let pageSeconds: Int64 = 30
        /// With all addresses of the host.
        static let seconds = 45.0
        package static let pageBytes = 2 << 20
        static let addresses = 4
        static let headerBytes = 2000
    }

    /// - Parameters:
    ///   - agent: how it names itself, with a contact.
    ///   - roots: certificate authorities that are trusted.
    /// - Throws: when TLS can not be set up.
    package init(
        resolver: DNSResolver, guard guardian: OutboundGuard, agent: String, roots: [NIOSSLCertificate], ports: Ports
    ) throws {
        self.resolver = resolver
        self.guardian = guardian
        self.agent = agent
        self.ports = ports
        tls = try PageConnection.tls(roots)
    }

    /// Addresses of a host that may be reached.
    package func vetted(_ host: String) async throws(Trouble) -> [IPAddress] {
        let found: [IPAddress]
        // A name only; an address in its place is a way around the guard that no company has.
        guard (try? DomainName(host)) != nil else { throw .forbiddenAddress }
        do {
            found = try await resolver.addresses(of: host)
        } catch {
            throw error == .nothing ? .noSuchHost : .timeout
        }
        let allowed = found.filter(guardian.mayReach)
        guard !allowed.isEmpty else { throw .forbiddenAddress }
        return Array(allowed.prefix(Limits.addresses))
    }

    /// One request, no redirect followed. The next address is tried only where no connection came about.
    /// - Parameter addresses: of its host, as `vetted` gave them.
    package func get(_ url: PageURL, at addresses: [IPAddress], most: Int = Limits.pageBytes) async throws(Trouble) -> Page {
        var trouble = Trouble.unreachable
        let start = ContinuousClock.now
        for address in addresses {
            let left = Limits.seconds - (ContinuousClock.now - start) / .seconds(1)
            guard left > 1 else { break }
            do {
                return try await get(url, from: address, most: most, seconds: min(Limits.pageSeconds, Int64(left)))
            } catch PageConnection.Trouble.unconnected(let error) {
                trouble = Self.trouble(error)
            } catch {
                throw Self.trouble(error)
            }
        }
        throw trouble
    }

    private func get(_ url: PageURL, from address: IPAddress, most: Int, seconds: Int64) async throws -> Page {
        let port = url.isSecure ? ports.https : ports.http
        let headers: HTTPHeaders = [
            "Host": url.authority(ports), "User-Agent": agent,
            "Accept": "text/html,application/xhtml+xml;q=0.9,text/plain;q=0.5,application/xml;q=0.4",
            "Accept-Language": "en,*;q=0.5", "Accept-Encoding": "gzip", "Connection": "close",
        ]
        let response = try await PageConnection.send(
            .GET, url.path, to: url.host, headers: headers, at: try SocketAddress(ipAddress: address.description, port: port),
            tls: url.isSecure ? tls : nil,
            limits: .init(connectSeconds: Limits.connectSeconds, seconds: seconds, bodyBytes: most))
        func header(_ name: String) -> String? {
            response.head.headers.first(name: name)?.beginning(bytes: Limits.headerBytes)
        }
        return Page(
            url: url.description, status: Int(response.head.status.code),
            contentType: header("Content-Type")?.lowercased() ?? "", body: response.body,
            retryAfterSeconds: header("Retry-After").flatMap(Self.seconds), location: header("Location"))
    }

    /// Seconds, or a date (RFC 9110 section 10.2.3).
    static func seconds(_ text: String) -> Double? {
        if let seconds = Double(text.trimmed), seconds >= 0 { return min(seconds, 86_400) }
        return Moment(httpDate: text).map { min(max(0, $0.seconds - Moment.now.seconds), 86_400) }
    }

    private static func trouble(_ error: any Error) -> Trouble {
        switch error {
        case let trouble as Trouble: trouble
        case PageConnection.Trouble.timeout, ChannelError.connectTimeout: .timeout
        case is NIOSSLError, is NIOSSLExtraError, is BoringSSLError: .untrustedCertificate
        default: .unreachable
        }
    }
}

/// The address of a page, taken apart: http or https, a host, a path.
package struct PageURL: Hashable, Sendable, CustomStringConvertible {
    package let isSecure: Bool
    package let host: String
    /// Begins with a slash; no fragment.
    package let path: String

    package init(host: String, path: String = "/", isSecure: Bool) {
        (self.host, self.path, self.isSecure) = (host, path, isSecure)
    }

    private enum Limits {
        static let bytes = 2000
    }

    /// - Parameter base: the page that the link is on.
    /// - Returns: nil for what is no page: `mailto:`, other ports, sign-in data in the address.
    package init?(_ link: String, on base: PageURL?) {
        let text = link.trimmed.replacing("\n", with: "").replacing("\t", with: "")
        guard text.utf8.count <= Limits.bytes, let components = URLComponents(string: Self.escaped(text)) else { return nil }
        let scheme = components.scheme?.lowercased() ?? (base.map { $0.isSecure ? "https" : "http" } ?? "")
        guard scheme == "http" || scheme == "https", components.user == nil,
            components.port.map({ $0 == (scheme == "https" ? 443 : 80) }) ?? true
        else { return nil }
        let path: String
        if let host = components.host, !host.isEmpty {
            guard let name = try? DomainName(host) else { return nil }
            self.host =
                host.lowercased().hasPrefix("www.") && name.description.split(separator: ".").count >= 2
                ? "www.\(name)" : name.description
            path = components.percentEncodedPath
        } else {
            guard let base, components.scheme == nil || components.percentEncodedPath.hasPrefix("/") else { return nil }
            host = base.host
            let own = components.percentEncodedPath
            if own.hasPrefix("/") {
                path = own
            } else {
                let folder = base.path.prefix { $0 != "?" }
                let parent = folder.lastIndex(of: "/").map { String(folder[...$0]) } ?? "/"
                path = own.isEmpty ? String(folder) : parent + own
            }
        }
        isSecure = scheme == "https"
        let query = components.percentEncodedQuery.map { "?" + $0 } ?? ""
        self.path = (path.isEmpty ? "/" : Self.withoutDots(path)) + query
    }

    private static func withoutDots(_ path: String) -> String {
        guard path.contains("/.") else { return path }
        var parts: [Substring] = []
        for part in path.split(separator: "/", omittingEmptySubsequences: false).dropFirst() {
            if part == ".." { parts = Array(parts.dropLast()) } else if part != "." { parts.append(part) }
        }
        let ends = path.hasSuffix("/.") || path.hasSuffix("/..") ? "/" : ""
        return "/" + parts.joined(separator: "/") + ends
    }

    private static func escaped(_ text: String) -> String {
        text.utf8.allSatisfy { 0x21...0x7E ~= $0 && $0 != UInt8(ascii: "\\") }
            ? text
            : String(
                decoding: text.utf8.flatMap { byte -> [UInt8] in
                    0x21...0x7E ~= byte && byte != UInt8(ascii: "\\")
                        ? [byte] : Array("%\(String(byte, radix: 16, uppercase: true).leftPadded)".utf8)
                }, as: UTF8.self)
    }

    package var description: String { "\(isSecure ? "https" : "http")://\(host)\(path)" }

    /// The host, with a port where it is not the usual one.
    func authority(_ ports: Fetcher.Ports) -> String {
        let port = isSecure ? ports.https : ports.http
        return port == (isSecure ? 443 : 80) ? host : "\(host):\(port)"
    }
}

extension String {
    fileprivate var leftPadded: String { count < 2 ? "0" + self : self }
}
