import Synchronization

/// What was read since the last commit that may have changed it: most requests come while nothing is written, and many ask the same.
///
/// What time alone ends is looked at each time.
package final class ReadCache<Value: Sendable>: Sendable {
    private struct State {
        var generation: Int64 = -1
        var values: [String: Value] = [:]
    }

    private let generation: @Sendable () -> Int64
    private let countCommit: @Sendable () -> Void
    private let most: Int
    private let state = Mutex(State())

    /// Every commit forgets everything.
    /// - Parameter most: values that are remembered at the same time; one more, and all are forgotten.
    package init(_ storage: Storage, most: Int) {
        generation = { storage.generation }
        countCommit = { storage.countCommit() }
        self.most = most
    }

    /// A commit that changes one of these tables forgets everything.
    /// - Parameters:
    ///   - tables: all that the values are read from; none of them `WITHOUT ROWID`, whose changes SQLite does not tell.
    ///   - most: values that are remembered at the same time; one more, and all are forgotten.
    package init(_ storage: Storage, of tables: Set<String>, most: Int) {
        let watch = storage.watch(tables)
        generation = { watch.generation }
        countCommit = { watch.count() }
        self.most = most
    }

    /// Somebody has found that what was remembered is over, by a commit of another process that nobody has counted yet: what is
    /// remembered of it under other names, or being read right now, counts no longer.
    package func forget() {
        countCommit()
    }

    /// - Parameters:
    ///   - name: of what is read, the same for equal questions only.
    ///   - isGood: whether a value that was remembered still counts.
    ///   - isKept: whether the value changes with the database alone, and is small enough to be kept.
    package func value(
        _ name: String, while isGood: (Value) -> Bool = { _ in true }, keeping isKept: (Value) -> Bool = { _ in true },
        read: () async throws -> Value?
    ) async throws -> Value? {
        // Before the look: what is committed meanwhile makes what was read too old.
        let generation = generation()
        if let known = state.withLock({ $0.generation == generation ? $0.values[name] : nil }), isGood(known) { return known }
        let found = try await read()
        let kept = found.flatMap { isKept($0) ? $0 : nil }
        state.withLock { state in
            if state.generation < generation || state.values.count >= most {
                state.values.removeAll(keepingCapacity: true)
                state.generation = max(state.generation, generation)
            }
            // A slower reader of an older state has nothing to add.
            if state.generation == generation { state.values[name] = kept }
        }
        return found
    }
}
