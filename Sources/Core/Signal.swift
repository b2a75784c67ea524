import Synchronization

/// Wakes one task that waits for something new. Signals that it has not received yet coalesce into one.
package struct Signal: Sendable {
    /// One element for each signal; for one task only.
    package let notifications: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation

    package init() {
        (notifications, continuation) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    package func send() { continuation.yield() }

    /// Ends `notifications`.
    package func finish() { continuation.finish() }

    /// One element now, one for each signal, and one after each interval.
    package func notifications(every interval: Duration) -> AsyncStream<Void> {
        let task = Task { [continuation] in
            while !Task.isCancelled {
                continuation.yield()
                try? await Task.sleep(for: interval)
            }
        }
        continuation.onTermination = { _ in task.cancel() }
        return notifications
    }
}

/// Passes each signal on to everybody who listens at the moment.
package final class SignalHub: Sendable {
    private struct State {
        var listeners: [Int: Signal] = [:]
        var last = 0
    }

    private let state = Mutex(State())

    package init() {}

    /// - Returns: removes the listener.
    package func add(_ listener: Signal) -> @Sendable () -> Void {
        let number = state.withLock { state in
            state.last += 1
            state.listeners[state.last] = listener
            return state.last
        }
        return { [weak self] in _ = self?.state.withLock { $0.listeners.removeValue(forKey: number) } }
    }

    package func send() {
        for listener in state.withLock({ Array($0.listeners.values) }) { listener.send() }
    }
}
