import Foundation
import Synchronization

/// Lines on their way from the reader thread to the one consumer. Bounded by the reader, which asks `hasRoom`.
final class WorkerInbox: Sendable {
    private struct State {
        var waiting: [WorkerMessage] = []
        var next = 0
        var bytes = 0
        var consumer: CheckedContinuation<WorkerMessage?, Never>?
        /// The last message is in `waiting`, or was.
        var isFinished = false
        var isAbandoned = false
        var isReaderStalled = false
        var isReaderGone = false
    }

    private let state = Mutex(State())
    private let wake: Int32

    init(wake: Int32) {
        self.wake = wake
    }

    func put(_ messages: [WorkerMessage], isLast: Bool = false) {
        let resumption = state.withLock { state -> (CheckedContinuation<WorkerMessage?, Never>, WorkerMessage?)? in
            // Nobody will take them.
            guard !state.isAbandoned else { return nil }
            state.waiting += messages
            state.bytes += messages.reduce(0) { $0 + $1.sizeBytes }
            if isLast { state.isFinished = true }
            guard let consumer = state.consumer, let message = Self.takeFirst(&state) else { return nil }
            state.consumer = nil
            return (consumer, message)
        }
        if let (consumer, message) = resumption { consumer.resume(returning: message) }
    }

    /// The next message, or nil after the last one.
    func take() async -> WorkerMessage? {
        await withCheckedContinuation { consumer in
            let answer = state.withLock { state -> WorkerMessage?? in
                if state.isAbandoned { return .some(nil) }
                if let message = Self.takeFirst(&state) {
                    if state.isReaderStalled, !state.isReaderGone, Self.hasRoom(state, part: 2) {
                        state.isReaderStalled = false
                        Self.signal(wake)
                    }
                    return message
                }
                // A second consumer would be a defect of ours; it sees the end instead of stealing lines.
                if state.isFinished || state.consumer != nil { return .some(nil) }
                state.consumer = consumer
                return nil
            }
            if let answer { consumer.resume(returning: answer) }
        }
    }

    /// The consumer's task was cancelled.
    func abandon() {
        let consumer = state.withLock { state in
            state.isAbandoned = true
            state.waiting = []
            state.next = 0
            state.bytes = 0
            if state.isReaderStalled, !state.isReaderGone { Self.signal(wake) }
            defer { state.consumer = nil }
            return state.consumer
        }
        consumer?.resume(returning: nil)
    }

    /// Whether the reader may read on. After a no, the reader is woken when there is room again.
    func hasRoom() -> Bool {
        state.withLock { state in
            let hasRoom = Self.hasRoom(state, part: 1)
            state.isReaderStalled = !hasRoom
            return hasRoom
        }
    }

    /// From here on the wake descriptor may be closed.
    func readerLeaves() {
        state.withLock { $0.isReaderGone = true }
    }

    static func signal(_ wake: Int32) {
        var one: UInt64 = 1
        // Full means that a signal is pending already.
        _ = write(wake, &one, MemoryLayout<UInt64>.size)
    }

    private static func hasRoom(_ state: State, part: Int) -> Bool {
        state.waiting.count - state.next < WorkerProcess.waitingLines / part && state.bytes < WorkerProcess.waitingBytes / part
    }

    private static func takeFirst(_ state: inout State) -> WorkerMessage? {
        guard state.next < state.waiting.count else { return nil }
        let message = state.waiting[state.next]
        state.next += 1
        state.bytes -= message.sizeBytes
        if state.next == state.waiting.count {
            state.waiting.removeAll(keepingCapacity: true)
            state.next = 0
        } else if state.next >= WorkerProcess.waitingLines {
            state.waiting.removeFirst(state.next)
            state.next = 0
        }
        return message
    }
}

extension WorkerMessage {
    var sizeBytes: Int {
        switch self {
        case .line(let line): line.count
        case .flooded, .exited: 0
        }
    }
}
