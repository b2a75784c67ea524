import NIOCore
import NIOHTTP1
import NIOHTTPCompression
import NIOPosix
import NIOSSL

/// One request over a connection of its own to one address.
///
/// A general HTTP client hands parts of its work to the queues of libdispatch, which count their threads through `/proc` and end a process
/// that can not open it, as a worker without files can not.
enum PageConnection {
    struct Response: Sendable {
        let head: HTTPResponseHead
        /// As many bytes as were asked for at most, with the content coding undone.
        let body: [UInt8]
    }

    enum Trouble: Error {
        case timeout
        /// The connection ended before the answer did.
        case closed
        /// No connection came about, and nothing was sent.
        case unconnected(any Error)
    }

    struct Limits: Sendable {
        var connectSeconds: Int64
        /// From the start until the last byte.
        var seconds: Int64
        var bodyBytes: Int
    }

    /// - Parameter roots: certificate authorities that are trusted.
    /// - Throws: when TLS can not be set up.
    static func tls(_ roots: [NIOSSLCertificate]) throws -> NIOSSLContext {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.minimumTLSVersion = .tlsv12
        tls.certificateVerification = .fullVerification
        tls.trustRoots = .certificates(roots)
        tls.applicationProtocols = ["http/1.1"]
        return try NIOSSLContext(configuration: tls)
    }

    /// - Parameter tls: nil for plain http.
    /// - Throws: `Trouble`, errors of NIO and of TLS, `CancellationError`.
    static func send(
        _ method: HTTPMethod, _ path: String, to host: String, headers: HTTPHeaders, body: [UInt8] = [],
        at address: SocketAddress,
        tls: NIOSSLContext?, limits: Limits
    ) async throws -> Response {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let promise = loop.makePromise(of: Response.self)
        let bootstrap = ClientBootstrap(group: loop).connectTimeout(.seconds(limits.connectSeconds)).channelInitializer {
            channel in
            channel.eventLoop.makeCompletedFuture {
                let handlers = channel.pipeline.syncOperations
                if let tls {
                    try handlers.addHandler(
                        NIOSSLClientHandler(context: tls, serverHostname: IPAddress(host) == nil ? host : nil))
                }
                try handlers.addHTTPClientHandlers(leftOverBytesStrategy: .dropBytes)
                // What unpacks to more than a page may have ends the connection.
                try handlers.addHandler(NIOHTTPResponseDecompressor(limit: .size(limits.bodyBytes + (1 << 20))))
                let request = HTTPRequestHead(version: .http1_1, method: method, uri: path, headers: headers)
                try handlers.addHandler(Exchange(request, body, most: limits.bodyBytes, promise))
            }
        }
        let deadline = loop.scheduleTask(in: .seconds(limits.seconds)) { promise.fail(Trouble.timeout) }
        let connecting = bootstrap.connect(to: address)
        connecting.whenFailure { promise.fail(Trouble.unconnected($0)) }
        promise.futureResult.whenComplete { _ in
            deadline.cancel()
            connecting.whenSuccess { $0.close(promise: nil) }
        }
        return try await withTaskCancellationHandler {
            try await promise.futureResult.get()
        } onCancel: {
            loop.execute { promise.fail(CancellationError()) }
        }
    }

    /// Sends the request when the connection is there, and gathers the answer. A promise takes its first result; later ones are ignored.
    private final class Exchange: ChannelInboundHandler {
        typealias InboundIn = HTTPClientResponsePart
        typealias OutboundOut = HTTPClientRequestPart

        private let request: HTTPRequestHead
        private let content: [UInt8]
        private let most: Int
        private let promise: EventLoopPromise<Response>
        private var head: HTTPResponseHead?
        private var body: [UInt8] = []

        init(_ request: HTTPRequestHead, _ content: [UInt8], most: Int, _ promise: EventLoopPromise<Response>) {
            (self.request, self.content, self.most, self.promise) = (request, content, most, promise)
        }

        func channelActive(context: ChannelHandlerContext) {
            context.write(wrapOutboundOut(.head(request)), promise: nil)
            if !content.isEmpty {
                context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: content)))), promise: nil)
            }
            context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
            context.fireChannelActive()
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            switch unwrapInboundIn(data) {
            case .head(let head): self.head = head
            case .body(let part):
                body += part.readableBytesView.prefix(most - body.count)
                if body.count >= most { finish() }
            case .end: finish()
            }
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            // A server that closes without a word of TLS: the end of the connection tells whether the answer was whole.
            if let error = error as? NIOSSLError, case .uncleanShutdown = error { return }
            // An answer without the packed body that its head promises, or with more behind it.
            if error is NIOHTTPDecompression.ExtraDecompressionError { finish() }
            promise.fail(error)
            context.close(promise: nil)
        }

        func channelInactive(context: ChannelHandlerContext) {
            promise.fail(Trouble.closed)
            context.fireChannelInactive()
        }

        private func finish() {
            guard let head else { return }
            promise.succeed(Response(head: head, body: body))
        }
    }
}
