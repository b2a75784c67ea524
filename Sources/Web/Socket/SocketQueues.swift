import NIOCore
import Synchronization

/// Messages on their way from the event loop to the room.
final class SocketInbox: Sendable {
    private struct State {
        var messages: [SocketMessage] = []
        var reader: CheckedContinuation<SocketMessage?, Never>?
        var isFull = false
        var isOver = false
    }

    private let state = Mutex(State())
    /// Tells the event loop that there is space again.
    private let hasSpace: @Sendable () -> Void
    /// Tells the event loop that the room has heard the end, and so has answered all it wanted to.
    private let hasHeardAll: @Sendable () -> Void

    init(hasSpace: @escaping @Sendable () -> Void, hasHeardAll: @escaping @Sendable () -> Void) {
        self.hasSpace = hasSpace
        self.hasHeardAll = hasHeardAll
    }

    /// - Returns: false when it is full now; `hasSpace` tells when to go on.
    func put(_ message: SocketMessage) -> Bool {
        let (reader, isFull) = state.withLock { state in
            guard !state.isOver else { return (CheckedContinuation<SocketMessage?, Never>?.none, false) }
            if let reader = state.reader {
                state.reader = nil
                return (reader, false)
            }
            state.messages.append(message)
            state.isFull = state.messages.count >= SocketLimits.unreadMessages
            return (nil, state.isFull)
        }
        reader?.resume(returning: message)
        return !isFull
    }

    /// - Returns: nil when nothing comes any more.
    func next() async -> SocketMessage? {
        await withCheckedContinuation { reader in
            enum Step { case answer(SocketMessage), end, wait }
            let (step, isSpaceAgain) = state.withLock { state -> (Step, Bool) in
                if !state.messages.isEmpty {
                    let message = state.messages.removeFirst()
                    let isSpaceAgain = state.isFull && state.messages.isEmpty
                    if isSpaceAgain { state.isFull = false }
                    return (.answer(message), isSpaceAgain)
                }
                // A second reader has no business here; it must not make the first one wait for ever.
                if state.isOver || state.reader != nil { return (.end, false) }
                state.reader = reader
                return (.wait, false)
            }
            switch step {
            case .answer(let message): reader.resume(returning: message)
            case .end:
                hasHeardAll()
                reader.resume(returning: nil)
            case .wait: break
            }
            if isSpaceAgain { hasSpace() }
        }
    }

    /// What was put in before is still read.
    /// - Returns: whether the room was waiting for more, so that it has answered all there was.
    @discardableResult
    func end() -> Bool {
        let reader = state.withLock { state in
            state.isOver = true
            defer { state.reader = nil }
            return state.reader
        }
        reader?.resume(returning: nil)
        return reader != nil
    }
}

/// Frames on their way from the room to the event loop.
final class SocketOutbox: Sendable {
    private struct State {
        var frames: [ByteBuffer] = []
        var bytes = 0
        var farewell: SocketClose?
        var isCalled = false
        var isOver = false

        /// The event loop must hear of it even while it waits for the channel.
        mutating func end(with farewell: SocketClose) {
            (self.farewell, isOver, isCalled) = (farewell, true, false)
        }
    }

    private let state = Mutex(State())
    /// Tells the event loop that there is something to fetch.
    private let call: @Sendable () -> Void

    init(call: @escaping @Sendable () -> Void) {
        self.call = call
    }

    func send(_ text: String) -> Bool {
        change { state in
            guard !state.isOver else { return false }
            let frame = SocketFrame.text(text)
            guard state.frames.count < SocketLimits.waitingMessages,
                state.bytes + frame.readableBytes <= SocketLimits.waitingBytes
            else {
                (state.frames, state.bytes) = ([], 0)
                state.end(with: .refused("too slow"))
                return false
            }
            state.frames.append(frame)
            state.bytes += frame.readableBytes
            return true
        }
    }

    var waiting: Int { state.withLock { $0.frames.count } }
    var waitingBytes: Int { state.withLock { $0.bytes } }

    func close(_ farewell: SocketClose) {
        change { state in
            if !state.isOver { state.end(with: farewell) }
        }
    }

    /// One call is enough until somebody came.
    private func change<Answer>(_ body: (inout State) -> Answer) -> Answer {
        let (answer, mustCall) = state.withLock { state in
            let answer = body(&state)
            let mustCall = !state.isCalled && (!state.frames.isEmpty || state.farewell != nil)
            if mustCall { state.isCalled = true }
            return (answer, mustCall)
        }
        if mustCall { call() }
        return answer
    }

    enum Item {
        case frame(ByteBuffer)
        /// Comes once, behind all frames.
        case farewell(SocketClose)
        /// The farewell waits for frames that can not be written.
        case stuck
    }

    /// The next to write. After nil the event loop is called again: by the channel when it could not take more, or else by us.
    func next(isWritable: Bool) -> Item? {
        state.withLock { state in
            if !state.frames.isEmpty {
                guard isWritable else { return state.farewell == nil ? nil : .stuck }
                let frame = state.frames.removeFirst()
                state.bytes -= frame.readableBytes
                return .frame(frame)
            }
            if let farewell = state.farewell {
                state.farewell = nil
                return .farewell(farewell)
            }
            state.isCalled = false
            return nil
        }
    }

    /// Nothing goes out any more.
    func end() {
        state.withLock { state in
            (state.frames, state.bytes, state.farewell, state.isOver) = ([], 0, nil, true)
        }
    }
}
