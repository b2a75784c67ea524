package import HTTPTypes
package import Logging
package import NIOCore

/// What a client said.
package enum SocketMessage: Sendable, Equatable {
    case text(String)
    /// Its length alone: no room has a use for the bytes.
    case binary(Int)
}

/// One open socket, as a room sees it.
package struct WebSocketSession: Sendable {
    /// Ends when either side says good-bye or the connection breaks. A room that does not read lets the client wait: only a few
    /// messages are held.
    package let messages: AsyncStream<SocketMessage>
    private let sendText: @Sendable (String) -> Bool
    private let end: @Sendable (SocketClose) -> Void
    private let countWaiting: @Sendable () -> Int
    private let countWaitingBytes: @Sendable () -> Int

    /// For tests of a room: a line that leads to nobody.
    package init(
        messages: AsyncStream<SocketMessage>, send: @escaping @Sendable (String) -> Bool,
        close: @escaping @Sendable (SocketClose) -> Void, waiting: @escaping @Sendable () -> Int = { 0 },
        waitingBytes: @escaping @Sendable () -> Int = { 0 }
    ) {
        self.messages = messages
        sendText = send
        end = close
        countWaiting = waiting
        countWaitingBytes = waitingBytes
    }

    /// Messages that the peer has not taken yet. Who has much to say looks at it first.
    package var waiting: Int { countWaiting() }
    package var waitingBytes: Int { countWaitingBytes() }

    /// Queues a message.
    /// - Returns: false when the line is over. A peer that reads too slowly is hung up on.
    @discardableResult
    package func send(_ text: String) -> Bool { sendText(text) }

    /// Says good-bye, behind what is queued. Only the first good-bye counts.
    package func close(code: UInt16, reason: String) { close(SocketClose(code, reason)) }

    func close(_ farewell: SocketClose) { end(farewell) }
}

/// What becomes of a client that asks for a socket.
package enum SocketAdmission: Sendable {
    /// The socket is opened and closed at once: a script in a browser learns of a refusal in no other way.
    case closed(code: UInt16, reason: String)
    /// When it returns the server says good-bye with 1000, when it throws with 1011. Its task is cancelled when the line is over.
    case open(@Sendable (WebSocketSession) async throws -> Void)
}

/// Decides by the head of a request who may open a socket.
package typealias SocketGate = @Sendable (HTTPRequest, any Channel, Logger) async -> SocketAdmission

package enum SocketLimits {
    /// What waits for a slow reader; more, and it is hung up on.
    package static let waitingMessages = 256
    package static let waitingBytes = 1_048_576
    /// What waits for a slow room; more, and the client has to wait.
    package static let unreadMessages = 16
    /// Messages and pings from one client; more in a second are an attack or a loop.
    package static let messagesPerSecond = 100
    package static let pingInterval: TimeAmount = .seconds(20)
    /// A peer that says nothing for so long, not even that it lives, does not.
    package static let silence: TimeAmount = .seconds(60)
    /// How long the room may take to answer what came before the peer's good-bye.
    package static let lastWords: TimeAmount = .seconds(1)
    /// How long we wait for the other side to finish the closing handshake.
    package static let farewell: TimeAmount = .seconds(5)
    /// The same when the server stops and everybody waits for it.
    package static let farewellAtStop: TimeAmount = .seconds(2)
}
