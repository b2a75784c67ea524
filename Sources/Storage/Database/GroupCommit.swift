import Core
import GRDB
import Synchronization

/// Gathers the writes that wait at the same time into one transaction, so that many callers share one flush.
///
/// Each write runs in a savepoint of its own: one that throws takes back only itself. A caller whose task is cancelled
/// still gets the answer of its write, so nobody is told "failed" about something that happened.
final class GroupCommit: Sendable {
    private typealias Write = @Sendable (Database) throws -> any Sendable
    private struct Waiting: Sendable {
        let write: Write
        let done: CheckedContinuation<any Sendable, any Error>
    }
    private struct State {
        var waiting: [Waiting] = []
        var isDraining = false
        var beforeCommit: [@Sendable (Database) throws -> Void] = []
        var afterCommit: [@Sendable () -> Void] = []
        var generation: Int64 = 0
    }

    /// One transaction holds at most so many writes, so that the first of them does not wait for a crowd.
    private static let most = 256

    private let database: DatabasePool
    private let state = Mutex(State())

    init(_ database: DatabasePool) {
        self.database = database
    }

    func beforeCommit(_ action: @escaping @Sendable (Database) throws -> Void) {
        state.withLock { $0.beforeCommit.append(action) }
    }

    func afterCommit(_ action: @escaping @Sendable () -> Void) {
        state.withLock { $0.afterCommit.append(action) }
    }

    /// Grows with every commit, before anybody is told of it.
    var generation: Int64 { state.withLock { $0.generation } }

    /// Somebody else's counts too.
    func countCommit() { state.withLock { $0.generation += 1 } }

    func write<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value) async throws -> Value {
        let value = try await withCheckedThrowingContinuation { done in
            let mustStart = state.withLock { state in
                state.waiting.append(Waiting(write: { try body($0) }, done: done))
                defer { state.isDraining = true }
                return !state.isDraining
            }
            // Hand-over: the drain outlives the caller that happened to start it.
            if mustStart { Task { await self.drain() } }
        }
        guard let value = value as? Value else { throw Failure(.unavailable, "storage_failed", "The change was not stored.") }
        return value
    }

    private func drain() async {
        while let group = next() {
            let results: [Result<any Sendable, any Error>]
            do {
                results = try await commit(group.map(\.write))
            } catch {
                results = group.map { _ in .failure(Self.explained(error)) }
            }
            countCommit()
            for (waiting, result) in zip(group, results) { waiting.done.resume(with: result) }
            for action in state.withLock({ $0.afterCommit }) { action() }
        }
    }

    private func next() -> [Waiting]? {
        state.withLock { state in
            guard !state.waiting.isEmpty else {
                state.isDraining = false
                return nil
            }
            let group = Array(state.waiting.prefix(Self.most))
            state.waiting.removeFirst(group.count)
            return group
        }
    }

    private func commit(_ writes: [Write]) async throws -> [Result<any Sendable, any Error>] {
        let last = state.withLock { $0.beforeCommit }
        return try await database.writeWithoutTransaction { db in
            var results: [Result<any Sendable, any Error>] = []
            try db.inTransaction(.immediate) {
                for write in writes {
                    do {
                        try db.inSavepoint {
                            let value = try write(db)
                            results.append(.success(value))
                            return .commit
                        }
                    } catch {
                        results.append(.failure(Self.explained(error)))
                    }
                }
                for action in last { try action(db) }
                return .commit
            }
            return results
        }
    }

    private static func explained(_ error: any Error) -> any Error {
        guard let error = error as? DatabaseError, error.resultCode == .SQLITE_FULL else { return error }
        return Failure(
            .noSpace, "disk_full", "The disk of the data folder is full; nothing was changed. Free some space and try again.")
    }
}
