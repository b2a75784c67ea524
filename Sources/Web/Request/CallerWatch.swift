package import Core
package import NIOCore
import Synchronization

/// Notices that the caller has gone, so that nobody works for an answer that nobody will read.
///
/// A caller that closes only its own half counts as gone too, as it does elsewhere: short work still ends and is answered.
package final class CallerWatch: ChannelInboundHandler, RemovableChannelHandler, Sendable {
    /// It looks at nothing that is read.
    package typealias InboundIn = Never

    /// By connection, or by stream of one, for as long as it is open.
    private static let watched = Mutex<[ObjectIdentifier: Patience]>([:])

    private let patience = Patience()

    package init() {}

    /// Nil for a channel that nobody watches, as in tests of routes.
    package static func patience(on channel: any Channel) -> Patience? {
        watched.withLock { $0[ObjectIdentifier(channel)] }
    }

    package func handlerAdded(context: ChannelHandlerContext) {
        let channel = ObjectIdentifier(context.channel)
        Self.watched.withLock { $0[channel] = patience }
        context.channel.closeFuture.whenComplete { [patience] _ in
            patience.end()
            Self.watched.withLock { _ = $0.removeValue(forKey: channel) }
        }
    }

    package func channelInactive(context: ChannelHandlerContext) {
        patience.end()
        context.fireChannelInactive()
    }

    package func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event as? ChannelEvent == .inputClosed { patience.end() }
        context.fireUserInboundEventTriggered(event)
    }
}
