import Core
import Synchronization

/// Bounds the request bodies that are held in memory, all of them together.
///
/// Strangers share half of it, so that they cannot take the room of people who are signed in.
package final class BodyBudget: Sendable {
    package enum Limits {
        /// The largest body of a caller who has shown no valid credential. Logins and registrations need a tenth of it.
        package static let strangerBodyBytes = 65_536
        /// The beginning of each body that is not counted, so that a login goes through while the budget is used up.
        package static let freeBytes = 4096
        /// The least budget; with a larger `BODY_LIMIT_BYTES` it is `bodies` times that.
        package static let leastTotalBytes = 67_108_864
        /// How many of the largest bodies fit at once.
        package static let bodies = 4
        /// When to try again: bodies are held for as long as a request takes.
        package static let retrySeconds = 2
    }

    private struct Held {
        var total = 0
        var byStrangers = 0
    }

    private let totalBytes: Int
    private let held = Mutex(Held())

    package init(totalBytes: Int) {
        self.totalBytes = totalBytes
    }

    /// - Parameter bodyLimitBytes: `BODY_LIMIT_BYTES`.
    package convenience init(bodyLimitBytes: Int) {
        self.init(totalBytes: max(Limits.leastTotalBytes, Limits.bodies * bodyLimitBytes))
    }

    /// How much is held now.
    package var heldBytes: Int { held.withLock(\.total) }

    fileprivate func take(_ bytes: Int, isStranger: Bool) -> Bool {
        held.withLock { held in
            guard held.total + bytes <= totalBytes, !isStranger || held.byStrangers + bytes <= totalBytes / 2 else {
                return false
            }
            held.total += bytes
            if isStranger { held.byStrangers += bytes }
            return true
        }
    }

    fileprivate func giveBack(_ bytes: Int, isStranger: Bool) {
        held.withLock { held in
            held.total -= bytes
            if isStranger { held.byStrangers -= bytes }
        }
    }
}

/// What one request holds of the budget.
package final class BodyAllowance: Sendable {
    /// Of the request that this task answers.
    @TaskLocal package static var current: BodyAllowance?

    private struct State {
        var isStranger = true
        var received = 0
        var counted = 0
    }

    private let budget: BodyBudget
    private let state = Mutex(State())

    package init(_ budget: BodyBudget) {
        self.budget = budget
    }

    /// The caller has shown a valid credential. Bodies are read after that.
    package func callerIsKnown() {
        state.withLock { state in
            // What was counted for a stranger is given back for one.
            if state.counted == 0 { state.isStranger = false }
        }
    }

    /// The largest body that this caller may send.
    package func limit(_ limitBytes: Int) -> Int {
        state.withLock { $0.isStranger ? min(limitBytes, BodyBudget.Limits.strangerBodyBytes) : limitBytes }
    }

    /// Counts bytes that are about to be held.
    /// - Throws: `Failure` `server_busy` when too much is held already.
    package func take(_ bytes: Int) throws {
        try state.withLock { state in
            state.received += bytes
            let more = max(0, state.received - BodyBudget.Limits.freeBytes) - state.counted
            guard more > 0 else { return }
            guard budget.take(more, isStranger: state.isStranger) else {
                throw Failure(
                    .outage, "server_busy", "The server holds too many requests at the moment; try again in a few seconds.",
                    retryAfterSeconds: BodyBudget.Limits.retrySeconds)
            }
            state.counted += more
        }
    }

    /// Of what was counted, no more than so many bytes are held any more.
    package func letGo(downTo bytes: Int) {
        state.withLock { state in
            guard state.counted > bytes else { return }
            budget.giveBack(state.counted - bytes, isStranger: state.isStranger)
            state.counted = bytes
            state.received = bytes + BodyBudget.Limits.freeBytes
        }
    }

    /// Call it when the request is answered.
    package func end() {
        state.withLock { state in
            budget.giveBack(state.counted, isStranger: state.isStranger)
            state.counted = 0
        }
    }
}
