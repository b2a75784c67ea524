import Core
import HTTPTypes
package import NIOCore
import NIOHTTP1
package import NIOHTTPTypes
import NIOHTTPTypesHTTP1

/// How fast the body of a request has to come in. Only the time that the server waits for the client counts.
package struct BodyPace: Sendable {
    /// In each window at least so many bytes.
    package var window: TimeAmount
    package var leastBytes: Int
    /// For the whole body: this, and the time its announced length takes at `bytesPerSecond`. nil: no end, but the windows.
    package var whole: TimeAmount?
    package var bytesPerSecond: Int64

    package init(window: TimeAmount, leastBytes: Int, whole: TimeAmount?, bytesPerSecond: Int64) {
        self.window = window
        self.leastBytes = leastBytes
        self.whole = whole
        self.bytesPerSecond = bytesPerSecond
    }

    /// Of forms and JSON: 1 kB/s in each 20 s, and 256 kbit/s over all.
    package static let standard = BodyPace(
        window: .seconds(20), leastBytes: 20_480, whole: .seconds(30), bytesPerSecond: 32_768)
    /// Of files: as long as it takes, with a minute's patience for a connection that stalls.
    package static let upload = BodyPace(window: .seconds(60), leastBytes: 61_440, whole: nil, bytesPerSecond: 0)

    /// - Parameter announcedBytes: nil where the client does not tell the length.
    func deadline(announcedBytes: Int64?, limitBytes: Int64) -> TimeAmount? {
        whole.map { $0 + .seconds(min(announcedBytes ?? limitBytes, limitBytes) / max(1, bytesPerSecond)) }
    }
}

/// Watches over request bodies on one connection, or on one stream of it.
///
/// - A body that comes in too slowly fails with `body_timeout`, and the connection is closed.
/// - A body that breaks off or is garbled fails with `broken_body`: the client's fault, never a defect of ours, and never taken
///   for a whole body.
/// - What is left of a body after its answer has gone out is read and thrown away for a short time only.
package final class BodyWatch: ChannelDuplexHandler, RemovableChannelHandler {
    package typealias InboundIn = HTTPRequestPart
    package typealias InboundOut = HTTPRequestPart
    package typealias OutboundIn = HTTPResponsePart
    package typealias OutboundOut = HTTPResponsePart

    package enum Limits {
        /// How often a body is looked at.
        package static let tick: TimeAmount = .seconds(5)
        /// From the answer to the cut, when the client still sends its body: time to read why it was refused.
        package static let linger: TimeAmount = .seconds(10)
    }

    package struct Settings: Sendable {
        /// Tells what comes in a body.
        package var table: RouteTable
        /// The largest body that is no upload.
        package var limitBytes: Int64
        package var standard: BodyPace
        package var upload: BodyPace

        package init(
            table: RouteTable, limitBytes: Int64, standard: BodyPace = .standard, upload: BodyPace = .upload
        ) {
            self.table = table
            self.limitBytes = limitBytes
            self.standard = standard
            self.upload = upload
        }

        fileprivate func isUpload(_ head: HTTPRequest) -> Bool {
            guard head.method == .put || head.method == .post, let path = head.path?.prefix(while: { $0 != "?" }),
                let route = table.routes(at: path)[head.method.rawValue]
            else { return false }
            return switch route.declaration.body {
            case .nothing, .fields: false
            case .formWithFile: head.headerFields[.contentType]?.lowercased().hasPrefix("multipart/form-data") == true
            case .file: true
            }
        }
    }

    /// The body that is coming in.
    private struct Body {
        let pace: BodyPace
        let deadline: TimeAmount?
        let isOfBrowser: Bool
        /// Bytes that are still to come, where the client has told the length.
        var leftBytes: Int64?
        var isBroken = false
        /// Time spent waiting for the client, in all and in this window.
        var waited: TimeAmount = .zero
        var windowStart: TimeAmount = .zero
        var windowBytes = 0
        /// Set while the server waits.
        var since: NIODeadline?

        mutating func stopWaiting(_ now: NIODeadline) {
            guard let since else { return }
            waited = waited + (now - since)
            self.since = nil
        }

        /// Whether the client keeps the pace.
        mutating func isInTime(_ now: NIODeadline) -> Bool {
            if since != nil {
                stopWaiting(now)
                since = now
            }
            if let deadline, waited > deadline { return false }
            guard waited - windowStart >= pace.window else { return true }
            let isEnough = windowBytes >= pace.leastBytes
            windowStart = waited
            windowBytes = 0
            return isEnough
        }
    }

    private let settings: Settings
    private let isHTTP2: Bool
    private var body: Body?
    private var tick: Scheduled<Void>?
    private var cut: Scheduled<Void>?
    private var requests = 0
    private var answers = 0

    package init(_ settings: Settings, isHTTP2: Bool) {
        self.settings = settings
        self.isHTTP2 = isHTTP2
    }

    package func handlerRemoved(context: ChannelHandlerContext) {
        tick?.cancel()
        cut?.cancel()
    }

    // MARK: Reading

    package func read(context: ChannelHandlerContext) {
        if body != nil, body?.since == nil { body?.since = context.eventLoop.now }
        context.read()
    }

    package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if body?.isBroken == true { return }
        switch unwrapInboundIn(data) {
        case .head(let head):
            requests += 1
            let pace = settings.isUpload(head) ? settings.upload : settings.standard
            let announced = head.headerFields[.contentLength].flatMap { Int64($0) }
            body = Body(
                pace: pace, deadline: pace.deadline(announcedBytes: announced, limitBytes: settings.limitBytes),
                isOfBrowser: Problem.navigates(head.headerFields), leftBytes: announced)
        case .body(let bytes):
            body?.stopWaiting(context.eventLoop.now)
            body?.windowBytes += bytes.readableBytes
            body?.leftBytes? -= Int64(bytes.readableBytes)
        case .end:
            body = nil
            cut?.cancel()
            cut = nil
        }
        context.fireChannelRead(data)
    }

    package func channelReadComplete(context: ChannelHandlerContext) {
        // Most bodies are whole by now.
        if body != nil, tick == nil { scheduleTick(context) }
        context.fireChannelReadComplete()
    }

    private func scheduleTick(_ context: ChannelHandlerContext) {
        let (watch, bound) = (
            NIOLoopBound(self, eventLoop: context.eventLoop), NIOLoopBound(context, eventLoop: context.eventLoop)
        )
        tick = context.eventLoop.scheduleTask(in: Limits.tick) { watch.value.look(bound.value) }
    }

    private func look(_ context: ChannelHandlerContext) {
        tick = nil
        guard body != nil, body?.isBroken == false else { return }
        guard body?.isInTime(context.eventLoop.now) == true else {
            return fail(
                Failure(.timedOut, "body_timeout", "The body of the request came in too slowly; nothing was changed."), context)
        }
        scheduleTick(context)
    }

    // MARK: Broken bodies

    package func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if let body {
            if !body.isBroken { fail(Self.broken, context) }
        } else if error is HTTP1TypeConversionError {
            // A head that HTTP has no words for. Hummingbird answers 400 to this error.
            context.fireErrorCaught(HTTPParserError.unknown)
        } else {
            context.fireErrorCaught(error)
        }
    }

    package func channelInactive(context: ChannelHandlerContext) {
        endEarly(context)
        context.fireChannelInactive()
    }

    package func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event as? ChannelEvent == .inputClosed { endEarly(context) }
        context.fireUserInboundEventTriggered(event)
    }

    /// Without an error the end of the connection would look like the end of the body.
    private func endEarly(_ context: ChannelHandlerContext) {
        if body?.isBroken == false { fail(Self.broken, context) }
    }

    private func fail(_ failure: Failure, _ context: ChannelHandlerContext) {
        body?.isBroken = true
        context.fireErrorCaught(failure)
        cutLater(context)
    }

    private static let broken = Failure(
        .refused, "broken_body", "The body of the request broke off or is not well formed; nothing was changed.")

    // MARK: Answering

    package func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(var head):
            // Interim answers, such as 100, are no answers.
            guard head.status.kind != .informational else { break }
            answers += 1
            guard body != nil, answers == requests else { break }
            if body?.isBroken == true, !isHTTP2 { head.headerFields[.connection] = "close" }
            if head.status == .seeOther, body?.isOfBrowser == true, body?.leftBytes != 0,
                let address = head.headerFields[.location]
            {
                return leadAway(to: address, head, context, promise)
            }
            return context.write(wrapOutboundOut(.head(head)), promise: promise)
        case .body: break
        case .end:
            if body != nil, answers == requests { cutLater(context) }
        }
        context.write(data, promise: promise)
    }

    /// A browser that still sends its body follows no redirect: it takes an error alone, or sends everything again. So a form that
    /// is refused early is answered by an error, whose page leads to the address at once and is not kept in the history.
    private func leadAway(
        to address: String, _ given: HTTPResponse, _ context: ChannelHandlerContext, _ promise: EventLoopPromise<Void>?
    ) {
        let text = ByteBuffer(
            string: "<!doctype html><title>Refused</title><p>This form was refused before it was sent whole.</p>")
        var head = given
        head.status = .badRequest
        head.headerFields[.location] = nil
        head.headerFields[.named("Refresh")] = "0; url=\(address)"
        head.headerFields[.contentType] = "text/html; charset=utf-8"
        head.headerFields[.contentLength] = String(text.readableBytes)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.write(wrapOutboundOut(.body(text)), promise: promise)
    }

    private func cutLater(_ context: ChannelHandlerContext) {
        guard cut == nil else { return }
        let channel = context.channel
        cut = context.eventLoop.scheduleTask(in: Limits.linger) { channel.close(promise: nil) }
    }
}
