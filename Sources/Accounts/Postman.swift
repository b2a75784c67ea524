import Core
package import Logging
import ServiceLifecycle

/// Sends what waits in the outbox, one message at a time, and tidies up.
package struct Postman: Service {
    private let outbox: Outbox
    private let bell: Bell
    /// What was promised in an answer and is done behind it.
    private let runErrands: @Sendable () async throws -> Void
    /// Hands one message to a mail server; nil when none is configured, and messages stay for admins to read.
    private let deliver: (@Sendable (Mail) async -> Outbox.Outcome)?
    private let tidyRest: @Sendable () async throws -> Void
    private let logger: Logger

    private static let lookInterval = Duration.milliseconds(500)
    /// Looks between two tidyings: a minute.
    private static let looksBetweenTidying = 120

    package init(
        outbox: Outbox, bell: Bell, runErrands: @escaping @Sendable () async throws -> Void,
        deliver: (@Sendable (Mail) async -> Outbox.Outcome)?, tidyRest: @escaping @Sendable () async throws -> Void,
        logger: Logger
    ) {
        self.outbox = outbox
        self.bell = bell
        self.runErrands = runErrands
        self.deliver = deliver
        self.tidyRest = tidyRest
        self.logger = logger
    }

    package func run() async throws {
        var looks = 0
        // The log is not where mails are looked for: a failure is noted with the message too.
        for await _ in bell.turns(every: Self.lookInterval).cancelOnGracefulShutdown() {
            do {
                if looks % Self.looksBetweenTidying == 0 {
                    try await outbox.tidy()
                    try await tidyRest()
                }
                looks += 1
                try await runErrands()
                guard let deliver else { continue }
                while let mail = try await outbox.due() {
                    let outcome = await deliver(mail)
                    try await outbox.note(outcome, for: mail)
                    switch outcome {
                    case .sent: logger.info("mail_sent", metadata: ["mail_id": "\(mail.id)", "kind": "\(mail.kind.rawValue)"])
                    case .refused, .tryLater:
                        logger.warning(
                            "mail_not_sent",
                            metadata: ["mail_id": "\(mail.id)", "kind": "\(mail.kind.rawValue)", "tries": "\(mail.tries + 1)"])
                    }
                }
            } catch {
                logger.error("outbox", metadata: ["error": "\(error)"])
            }
        }
    }
}

/// Rings when there is something to do at once.
package final class Bell: Sendable {
    private let stream: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation

    package init() {
        (stream, continuation) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    package func ring() { continuation.yield() }

    /// One element now, one at each ring, and one after each interval, for the one who listens.
    fileprivate func turns(every interval: Duration) -> AsyncStream<Void> {
        let task = Task { [continuation] in
            while !Task.isCancelled {
                continuation.yield()
                try? await Task.sleep(for: interval)
            }
        }
        continuation.onTermination = { _ in task.cancel() }
        return stream
    }
}
