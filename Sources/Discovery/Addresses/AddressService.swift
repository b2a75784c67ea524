import Core
import Foundation
import NIOCore
import NIOHTTP1
package import NIOSSL
import Synchronization

/// A service that says whether mail for an address would be delivered: asked where mail servers leave it open. POST with
/// `{"email": "…"}` and a bearer token; the answer is JSON that says so in a word.
package final class AddressService: Sendable {
    /// What it says of an address.
    package struct Opinion: Sendable, Equatable {
        /// nil: it does not know, or was not asked.
        package let says: Verification.Fallback?
        /// What whoever runs the server should know; nil: all is well.
        package let trouble: String?

        package init(says: Verification.Fallback?, trouble: String?) {
            (self.says, self.trouble) = (says, trouble)
        }
    }

    private struct State {
        var running = 0
        var failuresInRow = 0
        var trouble: String?
        /// It is not asked before.
        var quietUntil: ContinuousClock.Instant?
    }

    private let resolver: DNSResolver
    private let tls: NIOSSLContext
    private let url: Address
    private let key: String
    private let agent: String
    private let state = Mutex(State())

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
        static let atOnce = 32
        /// Until whoever found it busy looks again.
        static let turnSeconds = 0.1
        /// Questions without an answer, one after the other, until it is left alone for a while.
        static let failures = 3
        static let quietSeconds = 600.0
    }

    /// - Parameters:
    ///   - url: http or https. Whoever runs the server named it: it may be on this machine or in its network.
    ///   - key: of the bearer token; empty: none is sent.
    /// - Throws: `Failure` `invalid_setting`, and errors of TLS.
    package init(url: String, key: String, resolver: DNSResolver, roots: [NIOSSLCertificate], agent: String) throws {
        guard let address = Address(url) else { throw Self.noAddress }
        tls = try PageConnection.tls(roots)
        (self.url, self.key, self.resolver, self.agent) = (address, key, resolver, agent)
    }

    /// - Parameter url: a setting; empty means that there is no service.
    /// - Throws: `Failure` `invalid_setting`.
    package static func check(url: String, key: String) throws {
        guard url.isEmpty || Address(url) != nil else { throw noAddress }
        guard key.utf8.allSatisfy({ 0x21...0x7E ~= $0 }) else {
            throw Failure(.invalid, "invalid_setting", "VERIFY_SERVICE_KEY must have no blank, line end or letter beyond ASCII.")
        }
    }

    private static let noAddress = Failure(
        .invalid, "invalid_setting",
        "VERIFY_SERVICE_URL must be the address of a service, such as https://verify.example.com/check.")

    package func ask(_ email: String) async -> Opinion {
        while true {
            let (mayAsk, trouble) = state.withLock { state -> (Bool, String?) in
                if let until = state.quietUntil {
                    if until > .now { return (false, state.trouble) }
                    (state.quietUntil, state.trouble, state.failuresInRow) = (nil, nil, 0)
                }
                guard state.running < Limits.atOnce else { return (false, nil) }
                state.running += 1
                return (true, nil)
            }
            if mayAsk { break }
            if let trouble { return Opinion(says: nil, trouble: trouble) }
            // Others are asked about at the moment.
            guard (try? await Pause.seconds(Limits.turnSeconds)) != nil else { return Opinion(says: nil, trouble: nil) }
        }
        defer { state.withLock { $0.running -= 1 } }
        do {
            let answer = try await send(email)
            switch answer.head.status.code {
            case 200..<300:
                guard let json = try? JSON(parsing: answer.body) else { return failed("answers no JSON", isLasting: false) }
                succeeded()
                return Opinion(says: Self.opinion(json), trouble: nil)
            // Nothing that it knows: an address of an unusual form, say.
            case 400, 422:
                succeeded()
                return Opinion(says: nil, trouble: nil)
            // A wrong key or address, no credit, too many questions: asking again is for nothing.
            case 401, 402, 403, 404, 405, 429: return failed("answers \(answer.head.status.code)", isLasting: true)
            default: return failed("answers \(answer.head.status.code)", isLasting: false)
            }
        } catch {
            return failed("can not be reached", isLasting: false)
        }
    }

    private func succeeded() { state.withLock { $0.failuresInRow = 0 } }

    private func failed(_ trouble: String, isLasting: Bool) -> Opinion {
        state.withLock { state in
            state.failuresInRow += 1
            if isLasting || state.failuresInRow >= Limits.failures {
                (state.trouble, state.quietUntil) = (trouble, .now + .seconds(Limits.quietSeconds))
            }
            return Opinion(says: nil, trouble: state.trouble)
        }
    }

    /// The next address is tried only where no connection came about: a question that was sent may have been paid for.
    private func send(_ email: String) async throws -> PageConnection.Response {
        let host = url.host.contains(":") ? "[\(url.host)]" : url.host
        let body = (["email": .string(email)] as JSON).bytes
        var headers: HTTPHeaders = [
            "Host": url.port == (url.isSecure ? 443 : 80) ? host : "\(host):\(url.port)", "User-Agent": agent,
            "Content-Type": "application/json", "Accept": "application/json", "Connection": "close",
            "Content-Length": "\(body.count)",
        ]
        if !key.isEmpty { headers.add(name: "Authorization", value: "Bearer \(key)") }
        var trouble: any Error = PageConnection.Trouble.closed
        for address in try await addresses() {
            do {
                return try await PageConnection.send(
                    .POST, url.path, to: url.host, headers: headers, body: body,
                    at: try SocketAddress(ipAddress: address.description, port: url.port), tls: url.isSecure ? tls : nil,
                    limits: Limits.http)
            } catch PageConnection.Trouble.unconnected(let error) {
                trouble = error
            }
        }
        throw trouble
    }

    private func addresses() async throws -> [IPAddress] {
        if let address = IPAddress(url.host) { return [address] }
        if url.host == "localhost" { return ["127.0.0.1", "::1"].compactMap { IPAddress($0) } }
        return (try? await resolver.addresses(of: url.host)).map { Array($0.prefix(Limits.addresses)) } ?? []
    }

    private static let members = ["deliverability", "is_reachable", "deliverable", "result", "verdict", "state"]
    private static let deliverable: Set = ["deliverable", "valid", "ok", "safe", "true", "good", "exists"]
    private static let undeliverable: Set = ["undeliverable", "invalid", "bad", "false", "rejected", "does_not_exist"]

    private static let open: Set = [
        "unknown", "risky", "catch_all", "catch-all", "catchall", "accept_all", "accept-all", "unverifiable",
    ]

    /// What the words of several services mean; `risky`, `unknown`, `catch_all` and the like leave it open, and so do words that contradict
    /// each other. `status` counts only alone: it may speak of the question.
    static func opinion(_ answer: JSON) -> Verification.Fallback? {
        let holders = [answer, answer["data"] ?? .null, answer["result"] ?? .null]
        func words(_ members: [String]) -> [String] {
            holders.flatMap { holder in
                members.compactMap { member in
                    switch holder[member] {
                    case .string(let text): text.lowercased()
                    case .bool(let isSo): isSo ? "true" : "false"
                    default: nil
                    }
                }
            }
        }
        let special = words(members)
        let said = special.isEmpty ? words(["status"]) : special
        guard !said.contains(where: open.contains) else { return nil }
        let (isGood, isBad) = (said.contains(where: deliverable.contains), said.contains(where: undeliverable.contains))
        return isGood == isBad ? nil : isGood ? .deliverable : .undeliverable
    }
}
