import Logging
import ServiceLifecycle

/// Takes verdicts back that have grown too old to be believed.
struct OldVerdicts: Service {
    private let leads: LeadStore
    private let logger: Logger

    private enum Limits {
        static let pause = Duration.seconds(3600)
        static let batch = 1000
    }

    init(_ leads: LeadStore, logger: Logger) {
        (self.leads, self.logger) = (leads, logger)
    }

    func run() async throws {
        try? await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    while try await leads.forgetOldVerdicts(most: Limits.batch) == Limits.batch {}
                } catch is CancellationError {
                    return
                } catch {
                    logger.error("verdicts_not_forgotten", metadata: ["error": "\(error)"])
                }
                try await Task.sleep(for: Limits.pause)
            }
        }
    }
}
