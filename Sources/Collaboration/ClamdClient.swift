import Core
package import NIOCore
import NIOPosix
package import Storage

/// Asks a clamd, the daemon of ClamAV, whether bytes are infected: its command INSTREAM, clamd(8).
package struct ClamdClient: Sendable {
    package enum Address: Sendable, Equatable {
        case unix(String)
        case tcp(host: String, port: Int)

        /// `CLAMD_SOCKET`: a path, `unix:/path` or `tcp://host:port`.
        /// - Throws: `Failure` `invalid_setting`.
        package init(_ text: String) throws {
            let refusal = Failure(
                .invalid, "invalid_setting",
                "CLAMD_SOCKET must be the path of a socket, unix:/path or tcp://host:port, not \(text).")
            if text.hasPrefix("tcp://") {
                let rest = text.dropFirst("tcp://".count)
                guard let colon = rest.lastIndex(of: ":"), let port = Int(rest[rest.index(after: colon)...]),
                    (1...65_535).contains(port), colon > rest.startIndex
                else { throw refusal }
                let host = rest[..<colon]
                let isBracketed = host.hasPrefix("[") && host.hasSuffix("]")
                self = .tcp(host: String(isBracketed ? host.dropFirst().dropLast() : host), port: port)
            } else {
                var path = Substring(text)
                for prefix in ["unix://", "unix:"] where path.hasPrefix(prefix) { path = path.dropFirst(prefix.count) }
                guard path.hasPrefix("/"), path.utf8.count <= Limits.pathBytes else { throw refusal }
                self = .unix(String(path))
            }
        }
    }

    package enum Limits {
        /// What fits into the address of a socket, unix(7).
        static let pathBytes = 107
        static let connecting = TimeAmount.seconds(5)
        /// From the connection to the verdict.
        package static let answering = Duration.seconds(60)
        /// Its answer is one line with the name of what was found.
        static let replyBytes = 4096
    }

    private let address: Address
    private let answering: Duration

    package init(_ address: Address, answering: Duration = Limits.answering) {
        self.address = address
        self.answering = answering
    }

    /// - Throws: `Failure` `scanner_unreachable`, `scanner_failed`, `scanner_slow`.
    package func scan(_ object: StoredObject, in objects: any ObjectStore) async throws -> Scan.Outcome {
        try await scan { piece in
            guard let opened = try await objects.open(object) else { throw Self.gone }
            try await objects.read(opened, from: 0, count: object.sizeBytes, piece)
        }
    }

    private static var gone: Failure { Failure(.missing, "object_not_found", "There is no such object.") }

    /// - Parameter send: hands the bytes over piece by piece.
    package func scan(
        _ send: @escaping @Sendable (_ piece: @escaping @Sendable (ByteBuffer) async throws -> Void) async throws -> Void
    ) async throws -> Scan.Outcome {
        try await withThrowingTaskGroup(of: Scan.Outcome.self) { group in
            group.addTask { try await converse(send) }
            group.addTask {
                try await Task.sleep(for: answering)
                throw Failure(.outage, "scanner_slow", "the virus scanner did not answer in time")
            }
            defer { group.cancelAll() }
            guard let first = try await group.next() else { throw Self.unclear }
            return first
        }
    }

    private func converse(
        _ send: @escaping @Sendable (_ piece: @escaping @Sendable (ByteBuffer) async throws -> Void) async throws -> Void
    ) async throws -> Scan.Outcome {
        let channel: NIOAsyncChannel<ByteBuffer, ByteBuffer>
        do {
            channel = try await connect()
        } catch {
            throw Failure(.outage, "scanner_unreachable", "the virus scanner can not be reached")
        }
        do {
            let reply = try await channel.executeThenClose { inbound, outbound in
                try await withThrowingTaskGroup(of: String?.self) { group in
                    group.addTask { try await Self.reply(inbound) }
                    group.addTask {
                        // It may refuse before it has everything, and then takes no more: its answer tells why.
                        try? await Self.write(send, to: outbound)
                        return nil
                    }
                    defer { group.cancelAll() }
                    while let done = try await group.next() {
                        if let reply = done { return reply }
                    }
                    throw Self.unclear
                }
            }
            return try Self.outcome(reply)
        } catch let failure as Failure {
            throw failure
        } catch {
            throw Failure(.outage, "scanner_failed", "the virus scanner broke off")
        }
    }

    private func connect() async throws -> NIOAsyncChannel<ByteBuffer, ByteBuffer> {
        let bootstrap = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton).connectTimeout(Limits.connecting)
        let wrap: @Sendable (any Channel) -> EventLoopFuture<NIOAsyncChannel<ByteBuffer, ByteBuffer>> = { channel in
            channel.eventLoop.makeCompletedFuture { try NIOAsyncChannel(wrappingChannelSynchronously: channel) }
        }
        return switch address {
        case .unix(let path): try await bootstrap.connect(unixDomainSocketPath: path, channelInitializer: wrap)
        case .tcp(let host, let port): try await bootstrap.connect(host: host, port: port, channelInitializer: wrap)
        }
    }

    /// The command, the pieces with their lengths, and an empty one at the end.
    private static func write(
        _ send: (_ piece: @escaping @Sendable (ByteBuffer) async throws -> Void) async throws -> Void,
        to outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
    ) async throws {
        try await outbound.write(ByteBuffer(string: "zINSTREAM\0"))
        try await send { piece in
            guard piece.readableBytes > 0 else { return }
            var framed = ByteBuffer(integer: UInt32(piece.readableBytes))
            framed.writeImmutableBuffer(piece)
            try await outbound.write(framed)
        }
        try await outbound.write(ByteBuffer(integer: UInt32(0)))
    }

    /// Up to the NUL that ends it, or to the end of the connection.
    private static func reply(_ inbound: NIOAsyncChannelInboundStream<ByteBuffer>) async throws -> String {
        var bytes: [UInt8] = []
        for try await buffer in inbound {
            bytes += buffer.readableBytesView
            guard bytes.count <= Limits.replyBytes else { throw unclear }
            if bytes.contains(0) { break }
        }
        return String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self).trimmed
    }

    /// `stream: OK`, `stream: Name FOUND`, or what went wrong.
    static func outcome(_ reply: String) throws -> Scan.Outcome {
        if reply == "stream: OK" { return .clean }
        if reply.hasPrefix("stream: "), reply.hasSuffix(" FOUND") {
            return .infected(String(reply.dropFirst("stream: ".count).dropLast(" FOUND".count)))
        }
        if reply.contains("size limit exceeded") {
            return .impossible("the file is larger than the virus scanner takes (its StreamMaxLength)")
        }
        throw unclear
    }

    private static var unclear: Failure {
        Failure(.outage, "scanner_failed", "the virus scanner did not say whether the file is clean")
    }
}
