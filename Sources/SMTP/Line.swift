import NIOCore
import NIOPosix

/// A channel to a mail server with its inbox in place.
struct Line: Sendable {
    let channel: any Channel
    let inbox: NIOLoopBound<ReplyInbox>
    let greeting: EventLoopFuture<SMTPReply>

    static func open(
        to host: MailHost, tls: MailTLS?, patience: SMTPPatience, group: any EventLoopGroup
    ) async throws(SMTPFailure) -> Line {
        do {
            let connect = min(patience.connect, patience.total)
            return try await ClientBootstrap(group: group).connectTimeout(connect).connect(host: host.name, port: host.port) {
                channel in
                channel.eventLoop.makeCompletedFuture {
                    let tls = try tls?.handler(for: host.name)
                    let greeting = channel.eventLoop.makePromise(of: SMTPReply.self)
                    // The clock of the greeting starts before the connection stands.
                    let inbox = ReplyInbox(
                        host: host.name, greeting: greeting, on: channel.eventLoop,
                        within: min(connect + patience.reply, patience.total))
                    if let tls { try channel.pipeline.syncOperations.addHandler(tls) }
                    try channel.pipeline.syncOperations.addHandler(inbox)
                    return Line(
                        channel: channel, inbox: NIOLoopBound(inbox, eventLoop: channel.eventLoop),
                        greeting: greeting.futureResult)
                }
            }
        } catch let error as NIOConnectionError where error.connectionErrors.isEmpty {
            throw SMTPFailure(.temporary, "mail_unreachable", "The name of the mail server, \(host.name), leads nowhere.")
        } catch {
            throw SMTPFailure(.temporary, "mail_unreachable", "No mail server answers at \(host).")
        }
    }
}

extension EventLoopFuture where Value: Sendable {
    /// The value; when the task is cancelled, the channel closes and the value fails.
    func whenDone(closing channel: any Channel) async throws(SMTPFailure) -> Value {
        do {
            return try await withTaskCancellationHandler {
                try await get()
            } onCancel: {
                channel.close(promise: nil)
            }
        } catch {
            throw Task.isCancelled ? .of(CancellationError()) : .of(error)
        }
    }
}
