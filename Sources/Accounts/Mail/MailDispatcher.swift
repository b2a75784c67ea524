package import Core
package import Logging
import ServiceLifecycle

/// Sends what waits in the outbox, one message at a time, and tidies up.
package struct MailDispatcher: Service {
    private let outbox: Outbox
    private let signal: Signal
    /// Work deferred until after the response.
    private let sendDeferredMail: @Sendable () async throws -> Void
    /// Hands one message to a mail server; nil when none is configured, and messages stay for admins to read.
    private let deliver: (@Sendable (Mail) async -> Outbox.Outcome)?
    private let tidyRest: @Sendable () async throws -> Void
    private let logger: Logger

    private static let lookInterval = Duration.milliseconds(500)
    /// Looks between two tidyings: a minute.
    private static let looksBetweenTidying = 120

    package init(
        outbox: Outbox, signal: Signal, sendDeferredMail: @escaping @Sendable () async throws -> Void,
        deliver: (@Sendable (Mail) async -> Outbox.Outcome)?, tidyRest: @escaping @Sendable () async throws -> Void,
        logger: Logger
    ) {
        self.outbox = outbox
        self.signal = signal
        self.sendDeferredMail = sendDeferredMail
        self.deliver = deliver
        self.tidyRest = tidyRest
        self.logger = logger
    }

    package func run() async throws {
        var looks = 0
        // The log is not where mails are looked for: a failure is noted with the message too.
        for await _ in signal.notifications(every: Self.lookInterval).cancelOnGracefulShutdown() {
            do {
                if looks % Self.looksBetweenTidying == 0 {
                    try await outbox.tidy()
                    try await tidyRest()
                }
                looks += 1
                try await sendDeferredMail()
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
