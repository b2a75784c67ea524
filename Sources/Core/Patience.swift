import Synchronization

/// Whether the caller of a request is still there. Work that only this caller wants ends when the caller has gone.
package final class Patience: Sendable {
    private let isOver = Atomic(false)

    package init() {}

    package var isGone: Bool { isOver.load(ordering: .relaxed) }

    /// The connection, or its half that the caller writes, is closed.
    package func end() { isOver.store(true, ordering: .relaxed) }

    /// Of the request that this task serves; nil outside of requests.
    @TaskLocal package static var current: Patience?
}
