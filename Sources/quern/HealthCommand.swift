import ArgumentParser
import Assembly
import Core
import Foundation
import Jobs
import NIOCore
import NIOPosix
import NIOSSL
import Workers

struct HealthCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "health", abstract: "Ask the running server on this machine whether it is well; exit code 0 or 1.")

    @OptionGroup var flags: SettingFlags
    @Option(help: "Address of the server.") var host: String?
    @Option(help: "Port of the server.") var port: Int?
    @Flag(help: "Answer in JSON.") var json = false

    /// A server that takes longer is not well.
    private static let patience: TimeAmount = .seconds(5)
    /// A server that speaks the other way hangs up at once; one that is silent for longer hangs.
    private static let quickly: Duration = .seconds(4)

    func run() async throws {
        do {
            let settings = try flags.settings(["QUERN_HOST": host, "QUERN_PORT": port.map(String.init)])
            let port = try settings.number("QUERN_PORT")
            guard port > 0 else {
                throw Failure(
                    .invalid, "invalid_setting", "QUERN_PORT is 0, any free port; say with --port which one the server has.")
            }
            let host = Self.reachable(settings.text("QUERN_HOST"))
            var isTLS = settings.optional("TLS_CERTIFICATE") != nil
            let started = ContinuousClock.now
            var status = try? await Self.ask(host, port, isTLS: isTLS)
            if status ?? 0 == 0, ContinuousClock.now - started < Self.quickly {
                // A server that hangs up without an answer speaks the other way, whatever this shell's settings say.
                isTLS.toggle()
                status = try await Self.ask(host, port, isTLS: isTLS)
            }
            guard let status, status == 200 else {
                throw Failure(.unavailable, "unhealthy", "The server on port \(port) answered \(status ?? 0).")
            }
            // What holds a worker of this executable here, holds one of the server's.
            let held = await Confinement.ask(executable: "/proc/self/exe", arguments: [WorkerCommand.verb])
            if json {
                Terminal.out((["status": "ok", "tls": .bool(isTLS), "sandbox": held.json] as JSON).text)
            } else {
                Terminal.out(isTLS ? "ok, over TLS" : "ok")
                Terminal.out(held.warning ?? "Workers are held by \(held.text).")
            }
        } catch let failure as Failure {
            Terminal.fail(failure, asJSON: json)
        } catch {
            Terminal.fail(
                Failure(.unavailable, "unreachable", "No server answers; is it running, and on this port?"), asJSON: json)
        }
    }

    /// Who listens everywhere is asked here.
    private static func reachable(_ host: String) -> String {
        switch host {
        case "0.0.0.0": "127.0.0.1"
        case "::", "[::]": "::1"
        default: host
        }
    }

    /// This machine asks itself, by an address that no certificate names, and tells no secret.
    private static var anyCertificate: TLSConfiguration {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.certificateVerification = .none
        return configuration
    }

    /// One request by hand: an HTTP client would be the larger part of the verb.
    private static func ask(_ host: String, _ port: Int, isTLS: Bool) async throws -> Int {
        let tls = isTLS ? try NIOSSLContext(configuration: anyCertificate) : nil
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton).connectTimeout(patience)
            .connect(host: host, port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let tls {
                        try channel.pipeline.syncOperations.addHandler(NIOSSLClientHandler(context: tls, serverHostname: nil))
                    }
                    return try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        return try await channel.executeThenClose { inbound, outbound in
            let deadline = channel.channel.eventLoop.scheduleTask(in: patience) { channel.channel.close(promise: nil) }
            defer { deadline.cancel() }
            try await outbound.write(
                ByteBuffer(string: "GET /healthz HTTP/1.1\r\nHost: \(host):\(port)\r\nConnection: close\r\n\r\n"))
            var head = ""
            for try await piece in inbound {
                head += String(buffer: piece)
                if let line = head.split(separator: "\r\n").first, head.contains("\r\n") {
                    return Int(line.split(separator: " ").dropFirst().first ?? "") ?? 0
                }
            }
            return 0
        }
    }
}
