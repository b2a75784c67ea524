import Synchronization

/// What one write does to files once its outcome is known, before its caller hears of it.
///
/// SQLite rolls rows back, but no files. So files come before the transaction, under names that nobody knows yet; what takes a file
/// away waits here.
final class Aftermath: Sendable {
    typealias Action = @Sendable (_ isCommitted: Bool) async -> Void

    /// Of the write whose transaction runs on this thread.
    @TaskLocal static var current: Aftermath?

    private let actions = Mutex<[Action]>([])

    func add(_ action: @escaping Action) {
        actions.withLock { $0.append(action) }
    }

    func settle(isCommitted: Bool) async {
        for action in actions.withLock({ $0 }) { await action(isCommitted) }
    }
}
