import Accounts
import AsyncHTTPClient
import Core
import NIOCore
import NIOHTTP1
import NIOSSL
import ServiceLifecycle

/// Requests to services outside, with one pool of connections.
final class OutboundHTTP: Service {
    private let client: HTTPClient

    private enum Limits {
        static let connectSeconds: Int64 = 5
        /// Shorter than servers keep theirs: one that the other side has just closed would fail a login.
        static let idleSeconds: Int64 = 15
    }

    init(_ trust: TrustRoots) {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.minimumTLSVersion = .tlsv12
        tls.certificateVerification = .fullVerification
        tls.trustRoots = trust.roots
        tls.additionalTrustRoots = trust.additional
        var configuration = HTTPClient.Configuration(
            tlsConfiguration: tls, redirectConfiguration: .disallow, timeout: .init(connect: .seconds(Limits.connectSeconds)),
            connectionPool: .init(idleTimeout: .seconds(Limits.idleSeconds)), decompression: .disabled)
        configuration.httpVersion = .http1Only
        // Otherwise a refused connection is tried again until the time is up, while somebody waits.
        configuration.connectionPool.retryConnectionEstablishment = false
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    /// A server that failed to start lets go of this without having run it; the client insists on being told.
    deinit { client.shutdown { _ in } }

    var outbound: Outbound {
        Outbound { [client] call in try await Self.send(call, client) }
    }

    /// Keeps the connections until everything that may need them has stopped.
    func run() async throws {
        try? await gracefulShutdown()
        try await shutdown()
    }

    /// A second time does nothing.
    func shutdown() async throws {
        do {
            try await client.shutdown()
        } catch let error as HTTPClientError where error == .alreadyShutdown {
            return
        }
    }

    private static func send(_ call: Outbound.Call, _ client: HTTPClient) async throws -> Outbound.Reply {
        do {
            return try await withThrowingTaskGroup(of: Outbound.Reply?.self) { group in
                group.addTask { try await exchange(call, client) }
                // The client's own deadline ends with the head of an answer; a body may drip for ever.
                group.addTask {
                    try await Task.sleep(for: .seconds(call.timeoutSeconds))
                    return nil
                }
                defer { group.cancelAll() }
                guard let reply = try await group.next() ?? nil else { throw timeout }
                return reply
            }
        } catch {
            throw Task.isCancelled ? CancellationError() : trouble(error)
        }
    }

    private static func exchange(_ call: Outbound.Call, _ client: HTTPClient) async throws -> Outbound.Reply {
        var request = HTTPClientRequest(url: call.url)
        request.method = HTTPMethod(rawValue: call.method)
        for (name, value) in call.headers { request.headers.add(name: name, value: value) }
        request.headers.replaceOrAdd(name: "User-Agent", value: "Quern")
        if !call.body.isEmpty { request.body = .bytes(call.body) }
        let response = try await client.execute(request, timeout: .nanoseconds(Int64(call.timeoutSeconds * 1_000_000_000)))
        let body = try await response.body.collect(upTo: Outbound.Limits.replyBytes)
        let headers = Dictionary(response.headers.map { ($0.name.lowercased(), $0.value) }) { first, _ in first }
        return Outbound.Reply(status: Int(response.status.code), headers: headers, body: Array(body.readableBytesView))
    }

    /// For the log and for whoever asked; never the words of the error, which are for programmers.
    private static func trouble(_ error: any Error) -> any Error {
        switch error {
        case is Failure: error
        case is NIOTooManyBytesError: Failure(.outage, "outside_too_long", "The answer of the service outside is too long.")
        case let error as HTTPClientError
        where [.deadlineExceeded, .connectTimeout, .readTimeout, .writeTimeout, .tlsHandshakeTimeout].contains(error):
            timeout
        case is NIOSSLError, is NIOSSLExtraError, is BoringSSLError:
            Failure(
                .outage, "outside_untrusted",
                "The certificate of the service outside is not trusted; QUERN_CA_FILE may name the authority that signed it.")
        default: Failure(.outage, "outside_unreachable", "The service outside can not be reached.")
        }
    }

    private static let timeout = Failure(.outage, "outside_timeout", "The service outside did not answer in time.")
}
