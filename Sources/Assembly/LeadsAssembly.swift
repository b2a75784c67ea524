import Core
package import Discovery
import Foundation
package import Leads
import NIOPosix
import SMTP

/// What discovery needs of the settings.
package struct LeadsAssembly: Sendable {
    package let discovery: DiscoverySettings
    package let profile: CustomerProfile
    /// Says whether addresses exist; nil: there is none.
    package let service: AddressService?

    /// - Throws: `Failure` `invalid_setting`.
    package init(_ settings: Settings) throws {
        _ = try OutboundGuard(setting: settings.text("OUTBOUND_ALLOW"))
        let server = settings.text("DNS_SERVER")
        let probes = try settings.flag("SMTP_PROBES_ENABLED")
        let hello = settings.text("SMTP_HELO_DOMAIN")
        guard !probes || HelloName(hello) != nil else {
            throw Failure(
                .invalid, "invalid_setting",
                "SMTP_PROBES_ENABLED needs SMTP_HELO_DOMAIN: the name of this machine, as its address has it in the DNS.")
        }
        let sender = settings.text("SMTP_MAIL_FROM")
        guard sender.isEmpty || (try? MailAddress(sender)) != nil else {
            throw Failure(.invalid, "invalid_setting", "SMTP_MAIL_FROM must be an address such as probe@example.com.")
        }
        if !server.isEmpty, DNSResolver(server: server, threads: .singleton) == nil {
            throw Failure(
                .invalid, "invalid_setting", "DNS_SERVER must be an address, perhaps with a port: 192.0.2.53 or 127.0.0.1:5353.")
        }
        let contact =
            settings.optional("CRAWL_CONTACT") ?? settings.optional("QUERN_PUBLIC_URL") ?? settings.optional("MAIL_FROM")
        var discovery = DiscoverySettings(
            nameServer: server.isEmpty ? Self.systemServer() : server, allowed: settings.text("OUTBOUND_ALLOW"),
            agent: "Quern/\(Version.text)" + (contact.map { " (+\($0.filter { $0.isASCII && $0 != "(" && $0 != ")" }))" } ?? ""),
            delaySeconds: try settings.decimal("CRAWL_DELAY_SECONDS"), pages: try settings.number("CRAWL_PAGES"),
            seconds: Double(try settings.number("CRAWL_SECONDS")), httpPort: try settings.number("CRAWL_HTTP_PORT"),
            httpsPort: try settings.number("CRAWL_HTTPS_PORT"), smtpPort: try settings.number("SMTP_PROBE_PORT"), probes: probes,
            helloDomain: hello, mailFrom: sender, patience: try settings.decimal("SMTP_PROBE_PATIENCE"),
            certificates: settings.text("QUERN_CA_FILE"))
        let (url, key) = (settings.text("VERIFY_SERVICE_URL"), settings.text("VERIFY_SERVICE_KEY"))
        try AddressService.check(url: url, key: key)
        discovery.hasService = !url.isEmpty
        service = try Self.service(url, key, discovery)
        self.discovery = discovery
        profile =
            try settings.optional("LEADS_PROFILE_FILE").map { path in
                guard let data = FileManager.default.contents(atPath: path) else {
                    throw Failure(.invalid, "invalid_setting", "LEADS_PROFILE_FILE names \(path), which can not be read.")
                }
                return try CustomerProfile(file: data)
            } ?? .standard
    }

    private static func service(_ url: String, _ key: String, _ settings: DiscoverySettings) throws -> AddressService? {
        guard !url.isEmpty else { return nil }
        guard let resolver = DNSResolver(server: settings.nameServer, threads: .singleton) else {
            throw DiscoverWork.noNameServer
        }
        let roots = try TrustRoots.certificates(file: settings.certificates.isEmpty ? nil : settings.certificates)
        return try AddressService(url: url, key: key, resolver: resolver, roots: roots, agent: settings.agent)
    }

    /// Empty where the machine names none.
    private static func systemServer() -> String {
        FileManager.default.contents(atPath: "/etc/resolv.conf").flatMap {
            DNSResolver.systemServer(String(decoding: $0, as: UTF8.self))
        } ?? ""
    }
}
