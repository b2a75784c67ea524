import Core
package import Logging
import ServiceLifecycle
package import Storage

/// The one clock behind all open streams and sockets: a thousand of them cost one timer.
package struct StreamTicker: Service {
    private let log: EventLog
    private let board: ProgressBoard
    private let storage: Storage
    private let logger: Logger

    /// Minimum interval between progress updates.
    private static let beat = Duration.milliseconds(250)
    /// Everybody is woken after so many beats, to send a sign of life and to see whether the session has run out.
    private static let beatsBetweenCalls = 3

    package init(log: EventLog, board: ProgressBoard, storage: Storage, logger: Logger) {
        self.log = log
        self.board = board
        self.storage = storage
        self.logger = logger
    }

    package func run() async throws {
        var told: Int64 = 0
        var beats = 0
        while !Task.isShuttingDownGracefully {
            // A shutdown ends the sleep, and with it the loop.
            try? await cancelWhenGracefulShutdown { try await Task.sleep(for: Self.beat) }
            if Task.isCancelled { return }
            beats += 1
            let version = board.version
            if version != told { board.signals.send() }
            told = version
            do {
                // Verbs on the command line change the same database: an account that is disabled there loses its streams too.
                if try await storage.hasNewCommit() { log.notify() }
            } catch {
                logger.warning("commits_unknown", metadata: ["error": "\(error)"])
            }
            if beats.isMultiple(of: Self.beatsBetweenCalls) { log.signals.send() }
        }
    }
}
