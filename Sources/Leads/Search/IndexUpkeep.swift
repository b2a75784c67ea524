import Logging
import ServiceLifecycle

/// Drops indexes that nobody uses, and changes that every index has taken in long ago.
struct IndexUpkeep: Service {
    private let indexes: LeadIndexes
    private let logger: Logger

    private enum Limits {
        static let pause = Duration.seconds(60)
        static let unused = Duration.seconds(900)
    }

    init(_ indexes: LeadIndexes, logger: Logger) {
        (self.indexes, self.logger) = (indexes, logger)
    }

    func run() async throws {
        try? await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                try await Task.sleep(for: Limits.pause)
                await indexes.dropUnused(for: Limits.unused)
                do {
                    try await indexes.forgetOldChanges()
                } catch is CancellationError {
                    return
                } catch {
                    logger.error("lead_changes_not_forgotten", metadata: ["error": "\(error)"])
                }
            }
        }
    }
}
