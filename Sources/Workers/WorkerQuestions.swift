package import Core
import Synchronization

/// What a worker asks the server while it works, and the answers.
package final class WorkerQuestions: Sendable {
    private struct State {
        var next = 1
        var waiting: [Int: CheckedContinuation<JSON, Never>] = [:]
    }

    private let state = Mutex(State())
    private let report: @Sendable (WorkReport) -> Void

    /// - Parameter report: says something to the server.
    package init(report: @escaping @Sendable (WorkReport) -> Void) {
        self.report = report
    }

    /// What it says is kept when this returns. A server that is gone never answers; then this process ends as well.
    package func ask(_ value: JSON, unit: Int) async -> JSON {
        await withCheckedContinuation { continuation in
            let number = state.withLock { state in
                defer { state.next += 1 }
                state.waiting[state.next] = continuation
                return state.next
            }
            report(.asked(number: number, unit: unit, value))
        }
    }

    package func take(_ answer: WorkAnswer) {
        state.withLock { $0.waiting.removeValue(forKey: answer.number) }?.resume(returning: answer.value)
    }
}
