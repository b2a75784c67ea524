import Synchronization

/// Wakes everybody who waits for something new. A bell that was not heard yet rings once for many.
package final class Bells: Sendable {
    package struct Bell: Sendable {
        package let rings: AsyncStream<Void>
        fileprivate let continuation: AsyncStream<Void>.Continuation

        package init() {
            (rings, continuation) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        }

        package func ring() { continuation.yield() }

        /// Nobody will listen any more.
        package func end() { continuation.finish() }
    }

    private struct State {
        var bells: [Int: Bell] = [:]
        var last = 0
    }

    private let state = Mutex(State())

    package init() {}

    /// - Returns: takes the bell down again.
    package func hang(_ bell: Bell) -> @Sendable () -> Void {
        let number = state.withLock { state in
            state.last += 1
            state.bells[state.last] = bell
            return state.last
        }
        return { [weak self] in _ = self?.state.withLock { $0.bells.removeValue(forKey: number) } }
    }

    package func ring() {
        for bell in state.withLock({ Array($0.bells.values) }) { bell.ring() }
    }
}
