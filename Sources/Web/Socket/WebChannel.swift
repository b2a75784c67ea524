import HTTPTypes
package import HummingbirdCore
package import Logging
package import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1

/// One connection: HTTP/1.1, or a socket when its first request asks for one.
package struct WebChannel: HTTPChannelHandler {
    package struct Settings: Sendable {
        /// Paths that open sockets.
        package let socketPaths: Set<String>
        /// A connection that says nothing for so long is closed.
        package let idle: Duration
        /// Answers `GET /health`.
        package let pulse: Pulse.Answer
        /// Stand between the reading of HTTP and its handling.
        package let handlers: @Sendable (_ isHTTP2: Bool) -> [any RemovableChannelHandler]

        package init(
            socketPaths: Set<String>, idle: Duration, pulse: @escaping Pulse.Answer,
            handlers: @escaping @Sendable (_ isHTTP2: Bool) -> [any RemovableChannelHandler]
        ) {
            self.socketPaths = socketPaths
            self.idle = idle
            self.pulse = pulse
            self.handlers = handlers
        }
    }

    enum Speech: Sendable {
        case http(NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>)
        case socket(HTTPRequest, WebSocketSession)
    }

    package struct Value: ServerChildChannelValue {
        package let channel: any Channel
        /// Known with the first request.
        let speech: EventLoopFuture<Speech>
    }

    package let responder: Responder
    private let settings: Settings
    private let gate: SocketGate
    private let isSecure: Bool

    package init(responder: @escaping Responder, settings: Settings, isSecure: Bool, gate: @escaping SocketGate) {
        self.responder = responder
        self.settings = settings
        self.isSecure = isSecure
        self.gate = gate
    }

    package func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        channel.eventLoop.makeCompletedFuture {
            let speech = channel.eventLoop.makePromise(of: Speech.self)
            try channel.syncOptions?.setOption(.maxMessagesPerRead, value: 1)
            let encoder = HTTPResponseEncoder()
            // What a client sends right behind its handshake must reach the socket.
            let decoder = ByteToMessageHandler(
                HTTPRequestDecoder(leftOverBytesStrategy: .forwardBytes, limitConfiguration: Self.headLimits))
            let first = HTTPUpgradeHandler(
                settings: settings, isSecure: isSecure, http: [encoder, decoder], speech: speech, logger: logger)
            try channel.pipeline.syncOperations.addHandlers([encoder, decoder, first])
            return Value(channel: channel, speech: speech.futureResult)
        }
    }

    /// Parts of a body that are read before anybody asks for them: a part is at most 64 KiB, and one is read at a time. The end
    /// of a request without a body is a part too; reading goes on behind it, so that a client's hanging up is noticed.
    package static let readAhead = NIOAsyncSequenceProducerBackPressureStrategies.HighLowWatermark(
        lowWatermark: 2, highWatermark: 4)

    /// As Hummingbird sets them.
    private static var headLimits: NIOHTTPDecoderLimitConfiguration {
        let usual = HTTP1Channel.Configuration.DecoderConfiguration()
        var limits = NIOHTTPDecoderLimitConfiguration()
        limits.maxHeaderFieldSize = usual.maxHeaderFieldSize
        limits.maxHeaderListSize = usual.maxHeaderListSize
        limits.maxHeaderFieldCount = usual.maxHeaderFieldCount
        return limits
    }

    package func handle(value: Value, logger: Logger) async {
        do {
            switch try await value.speech.get() {
            case .http(let channel): await handleHTTP(asyncChannel: channel, logger: logger)
            case .socket(let head, let line): await speak(head, line, value.channel, logger)
            }
        } catch {
            logger.trace("The connection ended before its first request: \(error)")
        }
    }

    /// Until the connection is closed; whoever still speaks then is cancelled.
    private func speak(_ head: HTTPRequest, _ line: WebSocketSession, _ channel: any Channel, _ logger: Logger) async {
        await withTaskCancellationHandler {
            await withDiscardingTaskGroup { group in
                group.addTask { await converse(head, line, channel, logger) }
                do {
                    try await channel.closeFuture.get()
                } catch {
                    logger.debug("The socket closed with an error: \(error)")
                }
                group.cancelAll()
            }
        } onCancel: {
            channel.close(promise: nil)
        }
    }

    private func converse(_ head: HTTPRequest, _ line: WebSocketSession, _ channel: any Channel, _ logger: Logger) async {
        switch await gate(head, channel, logger) {
        case .closed(let code, let reason):
            line.close(code: code, reason: reason)
        case .open(let room):
            do {
                try await room(line)
                line.close(.normal)
            } catch is CancellationError {
                line.close(.normal)
            } catch {
                logger.error("defect", metadata: ["error": "\(String(reflecting: type(of: error))): \(error)"])
                line.close(.defect)
            }
        }
    }
}
