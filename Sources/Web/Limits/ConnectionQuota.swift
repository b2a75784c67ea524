package import Core
import Synchronization

/// How many answers that stay open each person has, so that one can not take all connections.
package final class ConnectionQuota: Sendable {
    private let most: Int
    private let counts = Mutex<[ID<Caller>: Int]>([:])

    package init(most: Int) {
        self.most = most
    }

    /// - Returns: false when there are too many already; else `close` must be called once.
    package func open(_ user: ID<Caller>) -> Bool {
        counts.withLock { counts in
            guard counts[user, default: 0] < most else { return false }
            counts[user, default: 0] += 1
            return true
        }
    }

    package func close(_ user: ID<Caller>) {
        counts.withLock { counts in
            let left = (counts[user] ?? 1) - 1
            counts[user] = left > 0 ? left : nil
        }
    }
}
