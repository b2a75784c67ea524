package import Core

/// Keeps programs from making accounts by the thousand: Cloudflare's Turnstile where the operator has set it up, else a proof of
/// work that needs nobody outside, or a question in words for browsers without scripts.
package struct BotCheck: Sendable {
    package enum Provider: Sendable {
        case turnstile(Turnstile)
        case proofOfWork(ProofOfWork, Questions)
    }

    private let provider: Provider

    package enum Limits {
        /// What a request may bring; each check has a stricter limit of its own, whose refusal tells nothing more.
        package static let tokenCharacters = 8192
    }

    package init(_ provider: Provider) {
        self.provider = provider
    }

    /// What a client has to do, as `GET /auth/bot-check` answers it.
    package func challenge(now: Moment = .now) -> JSON {
        switch provider {
        case .turnstile(let turnstile): ["provider": "turnstile", "site_key": .string(turnstile.site.key)]
        case .proofOfWork(let work, _): work.challenge(now: now).json
        }
    }

    /// - Throws: `Failure` `bot_check_failed`, or `bot_check_unavailable` when whoever decides does not answer.
    package func verify(token: String?, remoteAddress: String, now: Moment = .now) async throws {
        switch provider {
        case .turnstile(let turnstile): try await turnstile.verify(token, remoteAddress: remoteAddress)
        case .proofOfWork(let work, _): try await work.verify(token, now: now)
        }
    }

    /// Whether somebody outside decides.
    package var isOutside: Bool { site != nil }

    /// What a page needs to show the check of somebody outside; nil where the browser works by itself.
    package var site: Turnstile.Site? {
        switch provider {
        case .turnstile(let turnstile): turnstile.site
        case .proofOfWork: nil
        }
    }

    /// For browsers without scripts; nil where the check is outside, which has no such way.
    package func question(now: Moment = .now) -> Questions.Question? {
        switch provider {
        case .turnstile: nil
        case .proofOfWork(_, let questions): questions.ask(now: now)
        }
    }

    /// - Throws: `Failure` `bot_check_failed`, or `rate_limited`: this way is narrow.
    package func verifyAnswer(_ answer: String, to question: String, remoteAddress: String, now: Moment = .now) async throws {
        switch provider {
        case .turnstile: throw Self.failed("This page needs scripts for the check that you are a person; please allow them.")
        case .proofOfWork(_, let questions):
            try await questions.verify(answer, to: question, remoteAddress: remoteAddress, now: now)
        }
    }

    static func failed(_ message: String) -> Failure { Failure(.refused, "bot_check_failed", message) }

    static let stale = failed("The check has expired; open the page again, or ask for a new challenge, and send it once more.")
    static let used = failed(
        "This check was used already; open the page again, or ask for a new challenge, and send it once more.")
}
