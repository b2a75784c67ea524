import Core
import Foundation
import NIOCore
import NIOHTTP1
package import NIOSSL
import Synchronization

/// A service that says whether mail for an address would be delivered: asked where mail servers leave it open. POST with
/// `{"email": "…"}` and a bearer token; the answer is JSON whose `status`, `result`, `state` or `deliverability` says so in a word.
package final class AddressService: Sendable {
    private let resolver: DNSResolver
    private let tls: NIOSSLContext
    private let url: Address
    private let key: String
    private let agent: String
    /// Why it is asked no more; nil: it is asked.
    private let refusal = Mutex<String?>(nil)

    private struct Address: Sendable {
        let isSecure: Bool
        let host: String
        let port: Int
        let path: String

        init?(_ text: String) {
            guard let components = URLComponents(string: text), let host = components.host, !host.isEmpty,
                components.user == nil, components.fragment == nil, let scheme = components.scheme?.lowercased(),
                scheme == "http" || scheme == "https"
            else { return nil }
            isSecure = scheme == "https"
            self.host = host.trimmingCharacters(in: ["[", "]"])
            port = components.port ?? (isSecure ? 443 : 80)
            path =
                (components.percentEncodedPath.isEmpty ? "/" : components.percentEncodedPath)
                + (components.percentEncodedQuery.map { "?" + $0 } ?? "")
        }
    }

    private enum Limits {
        static let http = PageConnection.Limits(connectSeconds: 5, seconds: 20, bodyBytes: 65_536)
        static let addresses = 4
    }

    /// - Parameters:
    ///   - url: http or https. Whoever runs the server named it: it may be on this machine or in its network.
    ///   - key: of the bearer token; empty: none is sent.
    /// - Throws: `Failure` `invalid_setting`, and errors of TLS.
    package init(url: String, key: String, resolver: DNSResolver, roots: [NIOSSLCertificate], agent: String) throws {
        guard let address = Address(url) else { throw Self.noAddress }
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.minimumTLSVersion = .tlsv12
        tls.certificateVerification = .fullVerification
        tls.trustRoots = .certificates(roots)
        tls.applicationProtocols = ["http/1.1"]
        self.tls = try NIOSSLContext(configuration: tls)
        (self.url, self.key, self.resolver, self.agent) = (address, key, resolver, agent)
    }

    /// - Parameter url: a setting; empty means that there is no service.
    /// - Throws: `Failure` `invalid_setting`.
    package static func check(url: String) throws {
        guard url.isEmpty || Address(url) != nil else { throw noAddress }
    }

    private static let noAddress = Failure(
        .invalid, "invalid_setting",
        "VERIFY_SERVICE_URL must be the address of a service, such as https://verify.example.com/check.")

    /// What whoever runs the server should know: the service takes no questions.
    package var trouble: String? { refusal.withLock { $0 } }

    /// - Returns: nil when the service does not know, or can not be asked.
    /// - Throws: `CancellationError`.
    package func ask(_ email: String) async throws -> Verification.Fallback? {
        guard trouble == nil else { return nil }
        var headers: HTTPHeaders = [
            "Host": url.port == (url.isSecure ? 443 : 80) ? url.host : "\(url.host):\(url.port)", "User-Agent": agent,
            "Content-Type": "application/json", "Accept": "application/json", "Connection": "close",
        ]
        if !key.isEmpty { headers.add(name: "Authorization", value: "Bearer \(key)") }
        let body = (["email": .string(email)] as JSON).bytes
        headers.add(name: "Content-Length", value: "\(body.count)")
        for address in try await addresses() {
            do {
                let response = try await PageConnection.send(
                    .POST, url.path, to: url.host, headers: headers, body: body,
                    at: try SocketAddress(ipAddress: address.description, port: url.port), tls: url.isSecure ? tls : nil,
                    limits: Limits.http)
                switch response.head.status.code {
                case 200..<300: return (try? JSON(parsing: response.body)).flatMap(Self.opinion)
                // A wrong key, no credit, a wrong address: asking goes on for nothing.
                case 401, 402, 403, 404, 405:
                    refusal.withLock { $0 = "answered \(response.head.status.code)" }
                    return nil
                default: return nil
                }
            } catch let error as CancellationError {
                throw error
            } catch {
                continue
            }
        }
        return nil
    }

    private func addresses() async throws -> [IPAddress] {
        if let address = IPAddress(url.host) { return [address] }
        if url.host == "localhost" { return ["127.0.0.1", "::1"].compactMap { IPAddress($0) } }
        return (try? await resolver.addresses(of: url.host)).map { Array($0.prefix(Limits.addresses)) } ?? []
    }

    private static let members = ["status", "result", "state", "verdict", "deliverability", "is_reachable", "deliverable"]
    private static let deliverable: Set = ["deliverable", "valid", "ok", "safe", "true", "good", "exists"]
    private static let undeliverable: Set = ["undeliverable", "invalid", "bad", "false", "rejected", "does_not_exist"]

    /// What the words of several services mean; `risky`, `unknown`, `catch_all` and the like say nothing.
    static func opinion(_ answer: JSON) -> Verification.Fallback? {
        for holder in [answer, answer["data"] ?? .null, answer["result"] ?? .null] {
            for member in members {
                let word: String
                switch holder[member] {
                case .string(let text): word = text.lowercased()
                case .bool(let isSo): word = isSo ? "true" : "false"
                default: continue
                }
                if deliverable.contains(word) { return .deliverable }
                if undeliverable.contains(word) { return .undeliverable }
                return nil
            }
        }
        return nil
    }
}
