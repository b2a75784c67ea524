import Core
import Storage
import Synchronization

/// Sessions that were looked up since the last commit: most requests come while nothing is written, and ask the same.
///
/// Whatever ends a session, its user or its key is a commit, and a commit forgets them all. Time alone ends them too, so it is looked
/// at each time.
final class RememberedSessions: Sendable {
    private struct State {
        var generation: Int64 = -1
        var found: [String: SessionStore.Found] = [:]
    }

    /// Sessions that are remembered at the same time.
    private static let most = 10_000

    private let storage: Storage
    private let state = Mutex(State())

    init(_ storage: Storage) {
        self.storage = storage
    }

    /// - Parameter name: of the session, by whatever it is looked up.
    func find(
        _ name: String, now: Moment = .now, read: () async throws -> SessionStore.Found?
    ) async throws -> SessionStore.Found? {
        // Before the look: what is committed meanwhile makes what was read too old.
        let generation = storage.generation
        let known = state.withLock { $0.generation == generation ? $0.found[name] : nil }
        if let known, known.session.expiresAt > now, known.key?.isExpired(now) != true { return known }
        let found = try await read()
        state.withLock { state in
            if state.generation < generation || state.found.count >= Self.most {
                state.found.removeAll(keepingCapacity: true)
                state.generation = max(state.generation, generation)
            }
            // A slower reader of an older state has nothing to add.
            if state.generation == generation { state.found[name] = found }
        }
        return found
    }
}
