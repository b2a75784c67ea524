import Core
import GRDB
import Synchronization

/// A number that grows with every commit that may have changed a row of certain tables.
package final class TableWatch: Sendable {
    fileprivate let tables: Set<String>
    private let commits = Mutex<Int64>(0)

    fileprivate init(_ tables: Set<String>) {
        self.tables = tables
    }

    /// Counts before whoever asked for the commit is answered; commits of other processes count when `Storage.hasNewCommit` sees them.
    package var generation: Int64 { commits.withLock { $0 } }

    func count() { commits.withLock { $0 += 1 } }
}

/// Hears from the one connection that writes which tables each commit has changed, those that a foreign key or a trigger changes too.
final class TableWatches: TransactionObserver, Sendable {
    private struct State {
        var watches: [TableWatch] = []
        var tables: Set<String> = []
        /// Of the transaction that runs.
        var changed: Set<String> = []
    }

    private let state = Mutex(State())

    func watch(_ tables: Set<String>) -> TableWatch {
        let watch = TableWatch(tables)
        state.withLock { state in
            state.watches.append(watch)
            state.tables.formUnion(tables)
        }
        return watch
    }

    /// Somebody else has committed, and nobody knows what.
    func countAll() {
        for watch in state.withLock({ $0.watches }) { watch.count() }
    }

    func observes(eventsOfKind kind: DatabaseEventKind) -> Bool {
        let table =
            switch kind {
            case .insert(let table), .delete(let table), .update(let table, _): table
            }
        return state.withLock { $0.tables.contains(table) }
    }

    func databaseDidChange(with event: DatabaseEvent) {
        state.withLock { _ = $0.changed.insert(event.tableName) }
    }

    func databaseDidCommit(_ db: Database) {
        let touched = state.withLock { state in
            defer { state.changed.removeAll(keepingCapacity: true) }
            return state.changed.isEmpty ? [] : state.watches.filter { !$0.tables.isDisjoint(with: state.changed) }
        }
        for watch in touched { watch.count() }
    }

    func databaseDidRollback(_ db: Database) {
        state.withLock { $0.changed.removeAll(keepingCapacity: true) }
    }
}
