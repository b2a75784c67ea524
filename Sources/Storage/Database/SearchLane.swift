import Core
import Synchronization

/// Lets a few searches run at a time, and a few more wait for their turn, in the order in which they came.
final class SearchLane: Sendable {
    private struct State {
        var free: Int
        var nextID = 0
        var waiting: [(id: Int, turn: CheckedContinuation<Void, any Error>)] = []
        var isCancelled: Set<Int> = []
    }

    private let state: Mutex<State>
    private let maxWaiting: Int

    init(width: Int, maxWaiting: Int) {
        state = Mutex(State(free: width))
        self.maxWaiting = maxWaiting
    }

    /// - Throws: `Failure` `too_many_searches`; `CancellationError`.
    func run<Value>(_ body: () async throws -> Value) async throws -> Value {
        try await enter()
        defer { leave() }
        return try await body()
    }

    private func enter() async throws {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { turn in
                let outcome: Result<Void, any Error>? = state.withLock { state in
                    if state.isCancelled.remove(id) != nil { return .failure(CancellationError()) }
                    if state.free > 0 {
                        state.free -= 1
                        return .success(())
                    }
                    guard state.waiting.count < maxWaiting else { return .failure(Self.tooMany) }
                    state.waiting.append((id, turn))
                    return nil
                }
                if let outcome { turn.resume(with: outcome) }
            }
        } onCancel: {
            let turn = state.withLock { state -> CheckedContinuation<Void, any Error>? in
                guard let index = state.waiting.firstIndex(where: { $0.id == id }) else {
                    state.isCancelled.insert(id)
                    return nil
                }
                return state.waiting.remove(at: index).turn
            }
            turn?.resume(throwing: CancellationError())
        }
        state.withLock { _ = $0.isCancelled.remove(id) }
    }

    private func leave() {
        let next = state.withLock { state -> CheckedContinuation<Void, any Error>? in
            guard !state.waiting.isEmpty else {
                state.free += 1
                return nil
            }
            return state.waiting.removeFirst().turn
        }
        next?.resume()
    }

    private static var tooMany: Failure {
        Failure(
            .outage, "too_many_searches", "Too many searches are under way; try again in a moment.",
            retryAfterSeconds: Storage.Limits.retrySeconds)
    }
}
