import HummingbirdCore
import Logging
import NIOCore
import NIOHPACK
import NIOHTTP2
import NIOHTTPTypes
import NIOHTTPTypesHTTP2
import NIOSSL
import Web

/// TLS, and inside it HTTP/2, HTTP/1.1 or a socket: the client chooses (RFC 7301).
struct SecureChannel: HTTPChannelHandler {
    typealias Stream = NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>
    typealias Connection = NIOHTTP2Handler.AsyncStreamMultiplexer<Stream>

    struct Value: ServerChildChannelValue {
        let channel: any Channel
        let version: EventLoopFuture<NIONegotiatedHTTPVersion<WebChannel.Value, Connection>>
    }

    enum Limits {
        /// From the first byte of a connection to the end of the TLS handshake.
        static let handshake: TimeAmount = .seconds(15)
        /// From our good-bye to the cut, for streams that are not finished and for a connection that has none.
        static let farewell: TimeAmount = .seconds(20)
        static let farewellWithoutStreams: TimeAmount = .seconds(2)
        static let streams = 100
        /// What may be under way in one stream: at 50 ms to the client that is 2.6 MB/s. All streams together are what one
        /// connection can make us hold while nobody reads.
        static let streamWindowBytes = 131_072
        static let connectionWindowBytes = 1_048_576
        static let outboundBytes = 65_536
    }

    let certificate: Certificate
    let web: WebChannel
    let settings: WebChannel.Settings
    var responder: Responder { web.responder }

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        do {
            try channel.pipeline.syncOperations.addHandler(Handshake(), name: Handshake.name)
            try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: certificate.context))
        } catch {
            return channel.eventLoop.makeFailedFuture(error)
        }
        return channel.configureHTTP2AsyncSecureUpgrade(
            http1ConnectionInitializer: { channel in
                channel.pipeline.syncOperations.removeHandler(name: Handshake.name, promise: nil)
                return web.setup(channel: channel, logger: logger)
            },
            http2ConnectionInitializer: { channel in
                channel.pipeline.syncOperations.removeHandler(name: Handshake.name, promise: nil)
                return setupHTTP2(channel, logger)
            }
        ).map { Value(channel: channel, version: $0) }
    }

    func handle(value: Value, logger: Logger) async {
        do {
            switch try await value.version.get() {
            case .http1_1(let connection): await web.handle(value: connection, logger: logger)
            case .http2(let connection): await serve(connection, on: value.channel, logger)
            }
        } catch {
            logger.debug("The TLS handshake failed: \(error)")
        }
    }

    // MARK: HTTP/2

    /// Floods of resets, settings, pings and empty frames are limited by NIO's own settings: 200 in 30 s, then the connection
    /// is closed.
    private static var configuration: NIOHTTP2Handler.Configuration {
        var configuration = NIOHTTP2Handler.Configuration()
        configuration.connection.initialSettings = [
            HTTP2Setting(parameter: .maxConcurrentStreams, value: Limits.streams),
            HTTP2Setting(parameter: .initialWindowSize, value: Limits.streamWindowBytes),
            HTTP2Setting(parameter: .maxHeaderListSize, value: HPACKDecoder.defaultMaxHeaderListSize),
        ]
        configuration.connection.targetWindowSize = Limits.connectionWindowBytes
        configuration.stream.targetWindowSize = Limits.streamWindowBytes
        configuration.stream.outboundBufferSizeHighWatermark = Limits.outboundBytes
        configuration.stream.outboundBufferSizeLowWatermark = Limits.outboundBytes / 2
        return configuration
    }

    private func setupHTTP2(_ channel: any Channel, _ logger: Logger) -> EventLoopFuture<Connection> {
        channel.eventLoop.makeCompletedFuture {
            let idle = TimeAmount(settings.idle)
            let lifetime = NIOHTTP2ServerConnectionManagementHandler(
                eventLoop: channel.eventLoop,
                configuration: .init(maxIdleTime: idle, maxAge: nil, maxGraceTime: Limits.farewell, keepalive: nil))
            let end = HTTP2End()
            // NIO's idle time begins with the end of the first stream; this one ends with the beginning of it.
            let deadline = channel.eventLoop.scheduleTask(in: idle) { channel.close(promise: nil) }
            channel.closeFuture.whenComplete { _ in deadline.cancel() }
            let connection = try channel.pipeline.syncOperations.configureAsyncHTTP2Pipeline(
                mode: .server, streamDelegate: end.delegate(lifetime.http2StreamDelegate, on: channel.eventLoop),
                configuration: Self.configuration
            ) { stream in
                deadline.cancel()
                return setupStream(stream, logger)
            }
            try channel.pipeline.syncOperations.addHandlers([end, lifetime])
            return connection
        }
    }

    private func setupStream(_ channel: any Channel, _ logger: Logger) -> EventLoopFuture<Stream> {
        channel.eventLoop.makeCompletedFuture {
            let pipeline = channel.pipeline.syncOperations
            try pipeline.addHandler(HTTP2FramePayloadToHTTPServerCodec())
            try pipeline.addHandlers(settings.handlers(true))
            try pipeline.addHandler(HTTPConnectionStateHandler(idleTimeout: settings.idle, logger: logger))
            try pipeline.addHandler(Pulse(settings.pulse, isHTTP2: true, logger: logger))
            return try Stream(
                wrappingChannelSynchronously: channel, configuration: .init(backPressureStrategy: WebChannel.readAhead))
        }
    }

    private func serve(_ connection: Connection, on channel: any Channel, _ logger: Logger) async {
        await withTaskCancellationHandler {
            await withDiscardingTaskGroup { group in
                do {
                    for try await stream in connection.inbound {
                        group.addTask { await handleHTTP(asyncChannel: stream, logger: logger) }
                    }
                } catch {
                    logger.debug("The connection ended with an error: \(error)")
                }
            }
        } onCancel: {
            channel.close(promise: nil)
        }
    }
}

/// Closes a connection that does not finish its handshake in time, or before the server stops.
private final class Handshake: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer

    static let name = "handshake"
    private var deadline: Scheduled<Void>?

    func handlerAdded(context: ChannelHandlerContext) {
        let channel = context.channel
        deadline = context.eventLoop.scheduleTask(in: SecureChannel.Limits.handshake) { channel.close(promise: nil) }
    }

    func handlerRemoved(context: ChannelHandlerContext) { deadline?.cancel() }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is ChannelShouldQuiesceEvent { return context.close(promise: nil) }
        context.fireUserInboundEventTriggered(event)
    }
}

/// The end of an HTTP/2 connection: after an error, after the peer's end, or some time after our good-bye, which a peer could
/// leave unanswered for ever.
private final class HTTP2End: ChannelDuplexHandler {
    typealias InboundIn = HTTP2Frame
    typealias OutboundIn = HTTP2Frame
    typealias OutboundOut = HTTP2Frame

    private var isLeaving = false
    private var streams = 0
    private var deadline: Scheduled<Void>?
    private weak var channel: (any Channel)?

    func handlerAdded(context: ChannelHandlerContext) { channel = context.channel }

    func handlerRemoved(context: ChannelHandlerContext) { deadline?.cancel() }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        context.write(data, promise: promise)
        guard !isLeaving, case .goAway = unwrapOutboundIn(data).payload else { return }
        isLeaving = true
        setDeadline()
    }

    private func setDeadline() {
        guard let channel else { return }
        let limits = SecureChannel.Limits.self
        deadline?.cancel()
        deadline = channel.eventLoop.scheduleTask(in: streams == 0 ? limits.farewellWithoutStreams : limits.farewell) {
            channel.close(promise: nil)
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event as? ChannelEvent == .inputClosed { return context.close(promise: nil) }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // Of one stream alone: it was reset already.
        if error is NIOHTTP2Errors.StreamError { return }
        context.close(promise: nil)
    }

    // MARK: Streams

    func delegate(_ other: any NIOHTTP2StreamDelegate, on eventLoop: any EventLoop) -> any NIOHTTP2StreamDelegate {
        Counter(end: NIOLoopBound(self, eventLoop: eventLoop), other: other)
    }

    private struct Counter: NIOHTTP2StreamDelegate {
        let end: NIOLoopBound<HTTP2End>
        let other: any NIOHTTP2StreamDelegate

        func streamCreated(_ id: HTTP2StreamID, channel: any Channel) {
            end.value.streams += 1
            other.streamCreated(id, channel: channel)
        }

        func streamClosed(_ id: HTTP2StreamID, channel: any Channel) {
            end.value.streams -= 1
            if end.value.streams == 0 && end.value.isLeaving { end.value.setDeadline() }
            other.streamClosed(id, channel: channel)
        }
    }
}
