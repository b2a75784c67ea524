import Core
import Web

/// Cloudflare's check, asked on the server (developers.cloudflare.com/turnstile/get-started/server-side-validation).
package struct Turnstile: Sendable {
    package let site: Site
    private let secret: String
    private let verifyURL: String
    private let hostname: String?
    private let outbound: Outbound
    private let warn: @Sendable (_ errorCodes: [String]) -> Void

    enum Limits {
        /// What Cloudflare says its tokens have at most.
        static let tokenCharacters = 2048
    }

    /// What the page shows the check with.
    package struct Site: Sendable, Equatable {
        package let key: String
        /// The page's policy has to allow scripts and frames of it.
        package let origin = "https://challenges.cloudflare.com"
        package var script: String { "\(origin)/turnstile/v0/api.js" }
    }

    /// - Parameters:
    ///   - hostname: where the check must have been made; nil takes any.
    ///   - warn: hears what only the operator can mend, such as a wrong secret.
    package init(
        secret: String, siteKey: String, verifyURL: String, hostname: String? = nil, outbound: Outbound,
        warn: @escaping @Sendable (_ errorCodes: [String]) -> Void
    ) {
        self.secret = secret
        site = Site(key: siteKey)
        self.verifyURL = verifyURL
        self.hostname = hostname
        self.outbound = outbound
        self.warn = warn
    }

    /// - Throws: `Failure` `bot_check_failed`, or `bot_check_unavailable` when Cloudflare does not answer: nobody gets in
    ///   because the check is away.
    package func verify(_ token: String?, remoteAddress: String) async throws {
        guard let token, !token.isEmpty else { throw Self.missing }
        guard token.utf8.count <= Limits.tokenCharacters else { throw Self.wrong }
        let verdict = try await ask(token, remoteAddress)
        guard case .bool(let isSuccess) = verdict["success"] ?? .null else {
            warn(["no-verdict"])
            throw Self.away
        }
        guard isSuccess else { throw explained(verdict["error-codes"]?.arrayValue?.compactMap(\.stringValue) ?? []) }
        if let hostname, verdict["hostname"]?.stringValue?.lowercased() != hostname.lowercased() { throw Self.wrong }
    }

    private func ask(_ token: String, _ remoteAddress: String) async throws -> JSON {
        var fields = [("secret", secret), ("response", token)]
        if !remoteAddress.isEmpty { fields.append(("remoteip", remoteAddress)) }
        let call = Outbound.Call(
            "POST", verifyURL, headers: ["Content-Type": "application/x-www-form-urlencoded"],
            body: Array(fields.map { "\($0.0)=\($0.1.queryEscaped)" }.joined(separator: "&").utf8))
        let reply: Outbound.Reply
        do {
            reply = try await outbound.send(call)
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            warn(["no-answer"])
            throw Self.away
        }
        // A refusal may come with a status of 400, and is JSON all the same.
        guard reply.status < 500, let verdict = try? JSON(parsing: reply.body) else {
            warn(["status-\(reply.status)"])
            throw Self.away
        }
        return verdict
    }

    private func explained(_ codes: [String]) -> Failure {
        if codes.contains("timeout-or-duplicate") { return BotCheck.stale }
        let ours = codes.filter { ["missing-input-secret", "invalid-input-secret", "bad-request"].contains($0) }
        guard ours.isEmpty else {
            warn(ours)
            return Self.away
        }
        return codes.contains("internal-error") ? Self.away : Self.wrong
    }

    private static let missing = BotCheck.failed(
        "The check that you are a person is missing; please do it and send the form again.")
    private static let wrong = BotCheck.failed("The check that you are a person failed; please do it once more.")
    private static let away = Failure(
        .outage, "bot_check_unavailable", "The check that you are a person does not answer; please try again in a few minutes.")
}
