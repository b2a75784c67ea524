import NIOCore
import NIOPosix
import Synchronization

/// A mail server that answers by rote: the first saying is the greeting, each further one follows a line that it hears.
/// After the last it says nothing and keeps the connection.
final class ScriptedServer: Sendable {
    private final class Rote: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        private var sayings: ArraySlice<String>
        private let ear: Ear
        private var line: [UInt8] = []
        private var isInMessage = false

        init(_ sayings: [String], _ ear: Ear) { (self.sayings, self.ear) = (sayings[...], ear) }

        func channelActive(context: ChannelHandlerContext) { say(context) }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            for byte in unwrapInboundIn(data).readableBytesView {
                line.append(byte)
                guard byte == UInt8(ascii: "\n") else { continue }
                let text = String(decoding: line.dropLast(2), as: UTF8.self)
                line = []
                ear.lines.withLock { $0.append(text) }
                if !isInMessage || text == "." { say(context) }
            }
        }

        private func say(_ context: ChannelHandlerContext) {
            guard let saying = sayings.popFirst() else { return }
            isInMessage = saying.hasPrefix("354")
            context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: saying)), promise: nil)
            if saying.isEmpty { context.close(promise: nil) }
        }
    }

    private final class Ear: Sendable {
        let lines = Mutex<[String]>([])
    }

    private let channel: any Channel
    private let ear = Ear()

    /// - Parameter sayings: each with its CRLF; an empty one hangs up.
    convenience init(_ sayings: String...) async throws { try await self.init(sayings: sayings) }

    init(sayings: [String]) async throws {
        let ear = ear
        channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Rote(sayings, ear))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
    }

    deinit { channel.close(promise: nil) }

    var port: Int { channel.localAddress?.port ?? 0 }
    /// Every line that it heard, without its end.
    var heard: [String] { ear.lines.withLock { $0 } }
}
