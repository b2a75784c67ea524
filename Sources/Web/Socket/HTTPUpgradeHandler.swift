import HTTPTypes
import HummingbirdCore
import Logging
import NIOCore
import NIOExtras
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1

/// Waits for the first request of a connection and makes of it a socket or HTTP.
///
/// For HTTP it stays. A request that asks for another protocol, and does not get it, is the last of its connection, because
/// nobody can tell what the bytes behind it are (RFC 9110, section 7.8); the fields that say so belong to the connection, so
/// that they are written here and not by those who answer.
final class HTTPUpgradeHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    private enum State {
        case waiting
        /// The head of a handshake was read; its end comes next.
        case opening(HTTPRequestHead, answer: HTTPResponseHead)
        case http
        case over
    }

    private let settings: WebChannel.Settings
    private let isSecure: Bool
    /// What has to go when the connection speaks HTTP no more: the encoder, then the decoder.
    private let http: [any RemovableChannelHandler]
    private let speech: EventLoopPromise<WebChannel.Speech>
    private let logger: Logger
    private var state = State.waiting
    private var deadline: Scheduled<Void>?
    private var requests = 0
    private var answers = 0
    /// Which request is the last.
    private var last: Int?

    init(
        settings: WebChannel.Settings, isSecure: Bool, http: [any RemovableChannelHandler],
        speech: EventLoopPromise<WebChannel.Speech>, logger: Logger
    ) {
        self.settings = settings
        self.isSecure = isSecure
        self.http = http
        self.speech = speech
        self.logger = logger
    }

    func handlerAdded(context: ChannelHandlerContext) {
        let channel = context.channel
        deadline = context.eventLoop.scheduleTask(in: TimeAmount(settings.idle)) { channel.close(promise: nil) }
    }

    func handlerRemoved(context: ChannelHandlerContext) { end() }

    func channelInactive(context: ChannelHandlerContext) {
        end()
        context.fireChannelInactive()
    }

    private func end() {
        deadline?.cancel()
        switch state {
        case .waiting, .opening: speech.fail(ChannelError.eof)
        case .http, .over: break
        }
        state = .over
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch state {
        case .waiting, .opening:
            if event is ChannelShouldQuiesceEvent || event as? ChannelEvent == .inputClosed {
                return context.close(promise: nil)
            }
        case .http, .over: break
        }
        context.fireUserInboundEventTriggered(event)
    }

    /// What can not be read is answered as HTTP.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch state {
        case .waiting: becomeHTTP(context)
        case .opening: return context.close(promise: nil)
        case .http, .over: break
        }
        context.fireErrorCaught(error)
    }

    // MARK: Reading

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let part = unwrapInboundIn(data)
        switch (state, part) {
        case (.waiting, .head(var head)):
            Self.settleHost(&head)
            if isSocketPath(head), head.headers.first(name: "Host").flatMap(Authority.init) != nil,
                let answer = SocketHandshake.answer(to: head)
            {
                state = .opening(head, answer: answer)
                deadline?.cancel()
            } else {
                becomeHTTP(context)
                pass(head, context)
            }
        case (.opening(let head, let answer), .end):
            becomeSocket(context, head, answer)
        case (.http, .head(var head)):
            Self.settleHost(&head)
            pass(head, context)
        case (.waiting, .body), (.waiting, .end), (.opening, .head), (.opening, .body), (.http, .body), (.http, .end), (.over, _):
            context.fireChannelRead(data)
        }
    }

    private func isSocketPath(_ head: HTTPRequestHead) -> Bool {
        let path = head.uri.prefix { $0 != "?" }
        return settings.socketPaths.contains(path.hasSuffix("/") ? String(path.dropLast()) : String(path))
    }

    private func pass(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        var head = head
        requests += 1
        if head.headers.contains(name: "Upgrade") || isSocketPath(head) {
            last = last ?? requests
            head.headers.replaceOrAdd(name: "Connection", value: "close")
        }
        context.fireChannelRead(wrapInboundOut(.head(head)))
    }

    /// The host of a target in absolute form counts, and `Host` does not (RFC 9112, section 3.2.2). Two hosts, or none where
    /// HTTP/1.1 wants one, become one that is refused.
    private static func settleHost(_ head: inout HTTPRequestHead) {
        let hosts = head.headers["Host"]
        if hosts.count > 1 || hosts.isEmpty && head.version != .http1_0 {
            return head.headers.replaceOrAdd(name: "Host", value: hosts.joined(separator: ","))
        }
        for scheme in ["http://", "https://"] where head.uri.lowercased().hasPrefix(scheme) {
            let authority = head.uri.dropFirst(scheme.count).prefix { $0 != "/" && $0 != "?" }
            let rest = head.uri.dropFirst(scheme.count + authority.count)
            head.headers.replaceOrAdd(name: "Host", value: String(authority))
            head.uri = rest.hasPrefix("/") ? String(rest) : "/\(rest)"
        }
        // Of other schemes only the path would be left; this is no address of anything, and is refused.
        if !head.uri.hasPrefix("/") && head.uri != "*" { head.uri = "?" }
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        // Interim answers, such as 100, are no answers.
        guard case .head(var head) = unwrapOutboundIn(data), head.status.code >= 200 else {
            return context.write(data, promise: promise)
        }
        answers += 1
        if answers == last { head.headers.replaceOrAdd(name: "Connection", value: "close") }
        if head.status == .upgradeRequired { head.headers.replaceOrAdd(name: "Upgrade", value: "websocket") }
        context.write(wrapOutboundOut(.head(head)), promise: promise)
    }

    // MARK: Becoming

    private func becomeHTTP(_ context: ChannelHandlerContext) {
        state = .http
        deadline?.cancel()
        do {
            let pipeline = context.pipeline.syncOperations
            try pipeline.addHandler(HTTP1ToHTTPServerCodec(secure: isSecure))
            try pipeline.addHandlers(settings.handlers(false))
            try pipeline.addHandler(HTTPConnectionStateHandler(idleTimeout: settings.idle, logger: logger))
            try pipeline.addHandler(Pulse(settings.pulse, isHTTP2: false, logger: logger))
            speech.succeed(
                .http(
                    try NIOAsyncChannel(
                        wrappingChannelSynchronously: context.channel,
                        configuration: .init(
                            backPressureStrategy: WebChannel.readAhead, isOutboundHalfClosureEnabled: true)))
            )
        } catch {
            speech.fail(error)
            context.close(promise: nil)
        }
    }

    private func becomeSocket(_ context: ChannelHandlerContext, _ head: HTTPRequestHead, _ answer: HTTPResponseHead) {
        do {
            let request = try HTTPRequest(head, secure: isSecure, splitCookie: false)
            context.writeAndFlush(wrapOutboundOut(.head(answer)), promise: nil)
            let pipeline = context.pipeline.syncOperations
            let handler = SocketHandler()
            let line = handler.line(on: context.eventLoop)
            try pipeline.addHandler(handler, position: .after(self))
            state = .over
            speech.succeed(.socket(request, line))
            pipeline.removeHandler(self, promise: nil)
            for handler in http { pipeline.removeHandler(handler, promise: nil) }
        } catch {
            context.close(promise: nil)
        }
    }
}
