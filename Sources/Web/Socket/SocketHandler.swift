import NIOCore
import NIOExtras

/// The server's side of one socket on its event loop: reads frames, answers control frames, keeps the time, says good-bye.
///
/// One timer is all that an idle socket has: until the farewell it asks whether the peer lives, from then on it is the deadline.
final class SocketHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private enum Phase {
        case open
        /// The peer said good-bye, or broke the protocol. The room still answers what came before; then we tell this and leave.
        case lastWords(SocketClose?)
        /// We said good-bye and wait for the peer's.
        case closing
        /// Both did, or the peer broke the protocol. Our half is shut; what still comes is thrown away until the peer's end, for
        /// closing with bytes unread would reset the connection and could take our farewell with it.
        case leaving
        case over
    }

    private var phase = Phase.open
    private var context: ChannelHandlerContext?
    private var inbox: SocketInbox?
    private var outbox: SocketOutbox?
    private var reader = SocketReader()
    /// Bytes that wait for the rest of a frame's head, or for the room.
    private var unread = ByteBuffer()
    private var isPaused = false
    private var isReadWanted = false
    private var heard = NIODeadline.uptimeNanoseconds(0)
    private var timer: NIOScheduledCallback?
    private var pace = SocketPace()
    /// The newest ping that could not be answered yet; older ones need no answer (RFC 6455, section 5.5.3).
    private var pong: ByteBuffer?

    /// Also lets the room speak: call it once, on the event loop, before the handler is added.
    func line(on eventLoop: any EventLoop) -> WebSocketSession {
        let me = NIOLoopBound(self, eventLoop: eventLoop)
        let inbox = SocketInbox(
            hasSpace: { eventLoop.execute { me.value.resume() } }, hasHeardAll: { eventLoop.execute { me.value.finish() } })
        let outbox = SocketOutbox { eventLoop.execute { me.value.drain() } }
        (self.inbox, self.outbox) = (inbox, outbox)
        return WebSocketSession(
            messages: AsyncStream(unfolding: { await inbox.next() }, onCancel: { inbox.end() }),
            send: { outbox.send($0) }, close: { outbox.close($0) }, waiting: { outbox.waiting },
            waitingBytes: { outbox.waitingBytes })
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        heard = context.eventLoop.now
        schedule(in: SocketLimits.pingInterval)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        end()
        self.context = nil
    }

    func channelInactive(context: ChannelHandlerContext) {
        end()
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case is ChannelShouldQuiesceEvent: sayGoodbye(.goingAway, patience: SocketLimits.farewellAtStop)
        // Whoever has hung up hears nothing any more.
        case ChannelEvent.inputClosed: context.close(promise: nil)
        default: context.fireUserInboundEventTriggered(event)
        }
    }

    private func end() {
        phase = .over
        timer?.cancel()
        timer = nil
        unread = ByteBuffer()
        inbox?.end()
        outbox?.end()
    }

    // MARK: Reading

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        heard = context.eventLoop.now
        var bytes = unwrapInboundIn(data)
        if unread.readableBytes == 0 { unread = bytes } else { unread.writeBuffer(&bytes) }
        process()
    }

    /// A room that is behind makes the client wait: nothing is taken from the connection.
    func read(context: ChannelHandlerContext) {
        if isPaused { isReadWanted = true } else { context.read() }
    }

    private func process() {
        while !isPaused, isListening, let event = reader.next(&unread) { take(event) }
        if !isListening { unread = ByteBuffer() }
        // A few bytes must not hold a read buffer of 64 KiB.
        if !isPaused { unread = unread.readableBytes == 0 ? ByteBuffer() : ByteBuffer(bytes: unread.readableBytesView) }
    }

    private var isOpen: Bool { if case .open = phase { true } else { false } }

    private var isListening: Bool {
        switch phase {
        case .open, .closing: true
        case .lastWords, .leaving, .over: false
        }
    }

    private func resume() {
        isPaused = false
        process()
        guard !isPaused, isReadWanted, let context else { return }
        isReadWanted = false
        context.read()
    }

    private func take(_ event: SocketReader.Event) {
        switch event {
        case .text(let text): deliver(.text(text))
        case .binary(let count): deliver(.binary(count))
        case .ping(let payload): answer(ping: payload)
        case .pong: break
        case .close(let farewell): conclude(with: farewell.map { SocketClose($0.code) })
        case .broken(let farewell): conclude(with: farewell)
        }
    }

    private func deliver(_ message: SocketMessage) {
        guard isOpen, isInTime(), let inbox else { return }
        isPaused = !inbox.put(message)
    }

    private func answer(ping payload: ByteBuffer) {
        guard isOpen, isInTime() else { return }
        pong = payload
        drain()
    }

    private func isInTime() -> Bool {
        guard let now = context?.eventLoop.now else { return false }
        if pace.allows(at: now) { return true }
        outbox?.end()
        sayGoodbye(.refused("too fast"))
        return false
    }

    // MARK: Writing

    private func drain() {
        switch phase {
        case .open, .lastWords: break
        case .closing, .leaving, .over: return
        }
        guard let context, let outbox else { return }
        var hasWritten = false
        if let payload = pong, context.channel.isWritable {
            pong = nil
            context.write(wrapOutboundOut(SocketFrame.pong(payload)), promise: nil)
            hasWritten = true
        }
        writing: while let item = outbox.next(isWritable: context.channel.isWritable) {
            switch item {
            case .frame(let frame):
                context.write(wrapOutboundOut(frame), promise: nil)
                hasWritten = true
            case .farewell(let farewell):
                return isOpen ? sayGoodbye(farewell) : leave()
            case .stuck:
                // What is queued gets this long to leave; then the connection is cut, with or without a farewell.
                if hasWritten { context.flush() }
                return schedule(in: SocketLimits.farewell, as: .deadline)
            }
            if !context.channel.isWritable { break writing }
        }
        if hasWritten { context.flush() }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { drain() }
        context.fireChannelWritabilityChanged()
    }

    // MARK: Good-bye

    private func sayGoodbye(_ farewell: SocketClose, patience: TimeAmount = SocketLimits.farewell) {
        guard isOpen, let context else { return }
        phase = .closing
        inbox?.end()
        outbox?.end()
        context.writeAndFlush(wrapOutboundOut(SocketFrame.close(farewell)), promise: nil)
        schedule(in: patience, as: .deadline)
        // The peer's answer may stand behind messages that the room has not fetched.
        resume()
    }

    /// - Parameter farewell: what the peer is told, unless it was told before; nil: no code.
    private func conclude(with farewell: SocketClose?) {
        guard isOpen, let inbox else { return leave() }
        phase = .lastWords(farewell)
        if inbox.end() { finish() } else { schedule(in: SocketLimits.lastWords, as: .finish) }
    }

    private func finish() {
        guard case .lastWords = phase else { return }
        drain()
        if case .lastWords = phase { leave() }
    }

    private func leave() {
        guard let context else { return }
        let lastWords: SocketClose?? = if case .lastWords(let farewell) = phase { .some(farewell) } else { nil }
        phase = .leaving
        inbox?.end()
        outbox?.end()
        schedule(in: SocketLimits.farewell, as: .deadline)
        let me = NIOLoopBound(context, eventLoop: context.eventLoop)
        let shut: @Sendable () -> Void = { me.value.close(mode: .output, promise: nil) }
        guard let lastWords else { return shut() }
        context.writeAndFlush(wrapOutboundOut(SocketFrame.close(lastWords))).whenSuccess(shut)
    }

    // MARK: Time

    private enum Purpose { case pulse, finish, deadline }

    private func schedule(in time: TimeAmount, as purpose: Purpose = .pulse) {
        guard let context else { return }
        timer?.cancel()
        let eventLoop = context.eventLoop
        do {
            timer = try eventLoop.scheduleCallback(
                at: eventLoop.now + time,
                handler: Callback(handler: NIOLoopBound(self, eventLoop: eventLoop), purpose: purpose))
        } catch {
            // The event loop is shutting down.
            context.close(promise: nil)
        }
    }

    private struct Callback: NIOScheduledCallbackHandler, Sendable {
        let handler: NIOLoopBound<SocketHandler>
        let purpose: Purpose

        func handleScheduledCallback(eventLoop: some EventLoop) {
            switch purpose {
            case .pulse: handler.value.pulse()
            case .finish: handler.value.finish()
            case .deadline: handler.value.context?.close(promise: nil)
            }
        }
    }

    private func pulse() {
        guard isOpen, let context else { return }
        let silence = context.eventLoop.now - heard
        // While the room makes the peer wait we do not listen, so that its silence says nothing.
        if silence >= SocketLimits.silence && !isPaused { return context.close(promise: nil) }
        if context.channel.isWritable { context.writeAndFlush(wrapOutboundOut(SocketFrame.ping()), promise: nil) }
        let rest = isPaused ? SocketLimits.pingInterval : SocketLimits.silence - silence
        schedule(in: min(SocketLimits.pingInterval, rest))
    }
}

/// Counts what a client sends within a second.
struct SocketPace {
    private var start = NIODeadline.uptimeNanoseconds(0)
    private var count = 0

    /// - Returns: false when it was too much.
    mutating func allows(at now: NIODeadline) -> Bool {
        if now - start >= .seconds(1) { (start, count) = (now, 0) }
        count += 1
        return count <= SocketLimits.messagesPerSecond
    }
}
