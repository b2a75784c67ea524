package import HTTPTypes
package import Logging
package import NIOCore
package import NIOHTTPTypes

/// Answers `GET /health` on the event loop, whatever the threads behind it are busy with: whoever asks whether the server is
/// alive must not wait for its work.
///
/// Only a plain request at a moment when no other answer is under way on its connection is answered here; the router answers
/// all others, with the same words.
package final class Pulse: ChannelDuplexHandler, RemovableChannelHandler {
    package typealias InboundIn = HTTPRequestPart
    package typealias InboundOut = HTTPRequestPart
    package typealias OutboundIn = HTTPResponsePart
    package typealias OutboundOut = HTTPResponsePart

    /// The answer to a request, and its body; nil when the router shall answer.
    package typealias Answer = @Sendable (HTTPRequest, any Channel, Logger) -> (HTTPResponse, ByteBuffer)?

    private let answer: Answer
    private let isHTTP2: Bool
    private let logger: Logger
    private var underWay = 0
    private var ready: (head: HTTPResponse, body: ByteBuffer, isLast: Bool)?

    package init(_ answer: @escaping Answer, isHTTP2: Bool, logger: Logger) {
        self.answer = answer
        self.isHTTP2 = isHTTP2
        self.logger = logger
    }

    package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            if underWay == 0, Self.isPlain(head), let (response, body) = answer(head, context.channel, logger) {
                ready = (response, body, head.headerFields[.connection]?.lowercased() == "close")
                return
            }
            underWay += 1
        case .body:
            if ready != nil { return }
        case .end:
            if let (head, body, isLast) = ready {
                ready = nil
                context.write(wrapOutboundOut(.head(head)), promise: nil)
                context.write(wrapOutboundOut(.body(body)), promise: nil)
                let written = context.eventLoop.makePromise(of: Void.self)
                context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: written)
                let channel = context.channel
                if isLast && !isHTTP2 { written.futureResult.whenComplete { _ in channel.close(promise: nil) } }
                return
            }
        }
        context.fireChannelRead(data)
    }

    /// What asks for another protocol, and what comes from a page elsewhere, is the router's.
    private static func isPlain(_ head: HTTPRequest) -> Bool {
        head.method == .get && head.path == "/health" && head.headerFields[.origin] == nil
            && head.headerFields[.named("Upgrade")] == nil
            && [nil, "close", "keep-alive"].contains(head.headerFields[.connection]?.lowercased())
    }

    package func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if case .end = unwrapOutboundIn(data) { underWay -= 1 }
        context.write(data, promise: promise)
    }
}
