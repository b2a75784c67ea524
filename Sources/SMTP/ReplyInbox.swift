import NIOCore
import NIOSSL
import NIOTLS

/// The end of a connection's pipeline: pairs each command with its one reply, and turns everything else into the
/// failure that the next command meets. Lives on the channel's event loop.
final class ReplyInbox: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// One question and the promise of its answer.
    private struct Question {
        let promise: EventLoopPromise<SMTPReply>
        let timer: Scheduled<Void>
        /// After a 220 the connection speaks TLS.
        let upgrade: MailTLS?
    }

    private enum State {
        case quiet
        case asked(Question)
        /// TLS begins; the reply that allowed it is given out when it stands.
        case shakingHands(Question, SMTPReply)
        case over(SMTPFailure)
    }

    private var state: State
    private var parser = ReplyParser()
    private let host: String
    private var context: ChannelHandlerContext?

    /// - Parameter greeting: the reply that a server gives unasked, first.
    init(host: String, greeting: EventLoopPromise<SMTPReply>, on loop: any EventLoop, within patience: TimeAmount) {
        self.host = host
        // The timer needs self, and self needs the state.
        state = .quiet
        state = .asked(question(greeting, on: loop, within: patience, upgrade: nil))
    }

    /// Sends a command and keeps its reply's promise in time.
    func ask(
        _ command: ByteBuffer, within patience: TimeAmount, upgrade: MailTLS? = nil, _ promise: EventLoopPromise<SMTPReply>
    ) {
        if case .over(let failure) = state { return promise.fail(failure) }
        guard case .quiet = state, let context, parser.isBetweenReplies else {
            promise.fail(Self.outOfTurn)
            return end(Self.outOfTurn)
        }
        state = .asked(question(promise, on: context.eventLoop, within: patience, upgrade: upgrade))
        context.writeAndFlush(wrapOutboundOut(command), promise: nil)
    }

    private func question(
        _ promise: EventLoopPromise<SMTPReply>, on loop: any EventLoop, within patience: TimeAmount, upgrade: MailTLS?
    ) -> Question {
        let timer = loop.assumeIsolated().scheduleTask(in: patience) { [weak self] in self?.end(.timeout) ?? () }
        return Question(promise: promise, timer: timer, upgrade: upgrade)
    }

    // MARK: What comes in

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = unwrapInboundIn(data).readableBytesView
        do {
            for (position, byte) in bytes.enumerated() {
                guard let reply = try parser.take(byte) else { continue }
                heard(reply, isFollowed: position + 1 < bytes.count, context)
            }
        } catch {
            end(SMTPFailure(.temporary, "mail_protocol", "What answers does not speak SMTP."))
        }
    }

    private func heard(_ reply: SMTPReply, isFollowed: Bool, _ context: ChannelHandlerContext) {
        switch state {
        case .asked(let question):
            guard let tls = question.upgrade, reply.code == 220 else {
                state = .quiet
                question.timer.cancel()
                return question.promise.succeed(reply)
            }
            // Whatever came in the clear behind the reply may be a third party's and must not be read as if it
            // came through TLS (CVE-2011-0411). What comes later goes to TLS, which sits in front from this moment on.
            guard !isFollowed else { return end(Self.injected) }
            do {
                state = .shakingHands(question, reply)
                try context.pipeline.syncOperations.addHandler(tls.handler(for: host), position: .first)
            } catch {
                end(.of(error))
            }
        case .quiet where reply.code == 421:
            end(SMTPFailure(.temporary, "mail_closed", "The mail server closed the connection: 421", reply: reply))
        case .quiet, .shakingHands: end(Self.outOfTurn)
        case .over: break
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case TLSUserEvent.handshakeCompleted = event, case .shakingHands(let question, let reply) = state {
            state = .quiet
            question.timer.cancel()
            question.promise.succeed(reply)
        }
        context.fireUserInboundEventTriggered(event)
    }

    // MARK: How it ends

    func errorCaught(context: ChannelHandlerContext, error: any Error) { end(.of(error)) }

    func channelInactive(context: ChannelHandlerContext) {
        end(.closed)
        context.fireChannelInactive()
    }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) {
        end(.closed)
        self.context = nil
    }

    /// The first failure is the one that counts: what follows is its echo.
    private func end(_ failure: SMTPFailure) {
        switch state {
        case .asked(let question), .shakingHands(let question, _):
            state = .over(failure)
            question.timer.cancel()
            question.promise.fail(failure)
        case .quiet: state = .over(failure)
        case .over: return
        }
        context?.close(promise: nil)
    }

    private static let outOfTurn = SMTPFailure(.temporary, "mail_protocol", "The mail server spoke out of turn.")
    private static let injected = SMTPFailure(
        .temporary, "mail_protocol", "The mail server, or somebody on the way to it, sent more in the clear after TLS was agreed."
    )
}
