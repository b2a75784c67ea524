import Core
import Foundation
import NIOCore
package import SMTP
import Synchronization

/// Asks mail servers whether they would take mail for an address: EHLO, STARTTLS where it is offered, MAIL FROM, RCPT TO, and never DATA.
package struct MailProbe: Sendable {
    package struct Answer: Sendable, Equatable {
        package let category: Verification.Category
        package let code: Int?
        package let host: String?
        /// The server's words, for people.
        package let text: String
        /// Whether a mail server answered; false where no connection came about, as where a network closes port 25; nil: nobody was tried.
        package var isReached: Bool?
    }

    package struct Settings: Sendable {
        package let helloName: HelloName
        /// nil: the empty sender.
        package let sender: MailAddress?
        package let port: Int
        /// Before a server that says "later" is asked again; as many times as there are pauses.
        package let pausesSeconds: [Double]

        package init(helloName: HelloName, sender: MailAddress?, port: Int = 25, pausesSeconds: [Double] = [5, 15, 45, 90]) {
            (self.helloName, self.sender, self.port, self.pausesSeconds) = (helloName, sender, port, pausesSeconds)
        }
    }

    private let resolver: DNSResolver
    private let guardian: OutboundGuard
    private let settings: Settings
    private let throttle: Throttle
    private let tls: MailTLS
    private let silence = SilentHosts()

    private enum Limits {
        static let hosts = 3
        static let patience = SMTPPatience(connect: .seconds(10), reply: .seconds(20), total: .seconds(60))
        /// Where everybody is silent; a server that is there answers a connection within a second.
        static let littlePatience = SMTPPatience(connect: .seconds(2), reply: .seconds(20), total: .seconds(60))
    }

    /// - Throws: `Failure` when TLS can not be set up.
    package init(resolver: DNSResolver, guard guardian: OutboundGuard, settings: Settings, throttle: Throttle) throws {
        (self.resolver, self.guardian, self.settings, self.throttle) = (resolver, guardian, settings, throttle)
        tls = try MailTLS(opportunistic: ())
    }

    /// Greets the mail servers of a domain, and asks them nothing.
    /// - Returns: whether one was reached; nil where the domain has none.
    package func reaches(_ route: DNSResolver.MailRoute) async throws -> Bool? {
        guard case .hosts(let hosts) = route else { return nil }
        var reached: Bool?
        for host in hosts.prefix(Limits.hosts) {
            guard let isReached = try await ask(nil, host).isReached else { continue }
            if isReached { return true }
            reached = false
        }
        return reached
    }

    /// Whether the domain takes mail for an address that nobody can have.
    package func catchAll(
        of domain: String, at route: DNSResolver.MailRoute, until deadline: ContinuousClock.Instant
    ) async throws -> Verification.CatchAll {
        guard case .hosts = route else { return .noMX }
        let local = "quern-probe-" + String(format: "%016llx", UInt64.random(in: .min ... .max))
        guard let address = try? MailAddress("\(local)@\(domain)") else { return .error }
        let answer = try await ask(address, at: route, until: deadline)
        return switch answer.category {
        case .accept: .catchAll
        case .hardFail: .notCatchAll
        case .tempFail: .tempfail
        case .none: .error
        }
    }

    /// Tries the hosts in their order; one that says "later" is asked again after a while.
    /// - Throws: `CancellationError`.
    package func ask(
        _ address: MailAddress, at route: DNSResolver.MailRoute, until deadline: ContinuousClock.Instant
    ) async throws -> Answer {
        guard case .hosts(let hosts) = route else {
            return Answer(category: .none, code: nil, host: nil, text: "The domain takes no mail.")
        }
        var last = Answer(category: .tempFail, code: nil, host: nil, text: "No mail server answered.")
        // One that was reached may have been asked, whatever the others do.
        var wasReached = false
        for attempt in 0...settings.pausesSeconds.count {
            for host in hosts.prefix(Limits.hosts) {
                try Task.checkCancellation()
                guard ContinuousClock.now < deadline else { return last }
                last = try await ask(address, host)
                wasReached = wasReached || last.isReached == true
                if wasReached { last.isReached = true }
                if last.category == .accept || last.category == .hardFail { return last }
                // Who has answered speaks for the others.
                if last.code != nil { break }
            }
            guard attempt < settings.pausesSeconds.count, last.code.map({ 400..<500 ~= $0 }) ?? false else { return last }
            let pause = settings.pausesSeconds[attempt]
            guard ContinuousClock.now + .seconds(pause) < deadline else { return last }
            try await Pause.seconds(pause)
        }
        return last
    }

    /// - Parameter address: nil: the server is only greeted.
    private func ask(_ address: MailAddress?, _ host: String) async throws -> Answer {
        @Sendable func nothing(_ text: String) -> Answer { Answer(category: .tempFail, code: nil, host: host, text: text) }
        let addresses: [IPAddress]
        do {
            addresses = try await resolver.addresses(of: host).filter(guardian.mayReach)
        } catch {
            return nothing("The mail server has no address.")
        }
        guard let target = addresses.first, let mailHost = MailHost(target.description, port: settings.port) else {
            return nothing("The mail server is not on the public internet.")
        }
        @Sendable func known() -> Answer? {
            guard silence.contains(target) else { return nil }
            var answer = nothing("No mail server answers at \(host), port \(settings.port); it was tried a moment ago.")
            answer.isReached = false
            return answer
        }
        if let known = known() { return known }
        return try await throttle.run(host: target.description) {
            // It may have been found out while this question waited for its turn.
            if let known = known() { return known }
            do {
                let answer = try await converse(address, mailHost, host, encrypted: true)
                silence.hasAnswered()
                return answer
            } catch let failure as SMTPFailure where failure.code == "mail_unreachable" {
                silence.insert(target)
                var answer = nothing("No mail server answers at \(host), port \(settings.port).")
                answer.isReached = false
                return answer
            } catch is TLSUnusable {
                silence.hasAnswered()
                do {
                    return try await converse(address, mailHost, host, encrypted: false)
                } catch let failure as SMTPFailure {
                    return Answer(
                        category: .tempFail, code: failure.reply?.code, host: host, text: failure.message, isReached: true)
                }
            } catch let failure as SMTPFailure {
                silence.hasAnswered()
                return Answer(category: .tempFail, code: failure.reply?.code, host: host, text: failure.message, isReached: true)
            }
        }
    }

    /// A server that offers TLS and can not speak it is asked without.
    private struct TLSUnusable: Error {}

    private func converse(_ address: MailAddress?, _ target: MailHost, _ host: String, encrypted: Bool) async throws -> Answer {
        let patience = silence.isEverybodySilent ? Limits.littlePatience : Limits.patience
        let connection = try await SMTPConnection.open(to: target, patience: patience)
        do {
            try await connection.hello(as: settings.helloName)
            guard let address else {
                await connection.quit()
                return Answer(category: .none, code: nil, host: host, text: "It was greeted.", isReached: true)
            }
            if encrypted, await connection.offers.startTLS {
                do {
                    try await connection.startTLS(tls)
                    try await connection.hello(as: settings.helloName)
                } catch {
                    throw TLSUnusable()
                }
            }
            let from = try await connection.from(settings.sender)
            guard from.code == 250 else {
                await connection.quit()
                return Answer(category: .tempFail, code: from.code, host: host, text: from.text, isReached: true)
            }
            let reply = try await connection.to(address)
            await connection.quit()
            return Answer(
                category: Self.category(reply, address), code: reply.code, host: host, text: reply.text, isReached: true)
        } catch {
            await connection.quit()
            throw error
        }
    }

    /// Only what says that the mailbox does not exist is a hard failure: servers that refuse whoever asks say 5xx, too.
    /// - Parameter address: that was asked about; servers repeat it, and its words say nothing.
    static func category(_ reply: SMTPReply, _ address: MailAddress) -> Verification.Category {
        switch reply.code {
        case 250...259: return .accept
        case 550...559, 511:
            let asked = "\(address)".lowercased()
            let text = reply.text.lowercased().replacing(asked, with: "").replacing(
                asked.drop { $0 != "@" }.dropFirst(), with: "")
            guard !blocks.contains(where: text.contains) else { return .tempFail }
            // Many servers refuse whoever asks with 550 as well: without a code of RFC 3463 the words have to speak of the mailbox.
            let isGone = gone.contains(where: text.contains) && nouns.contains(where: text.contains) && !text.contains("your")
            let speaksOfMailbox = unknown.contains(where: text.contains) || isGone && (reply.code == 550 || reply.code == 551)
            guard let enhanced = reply.enhanced else { return speaksOfMailbox ? .hardFail : .tempFail }
            guard enhanced.kind == 5 else { return .tempFail }
            return switch (enhanced.subject, enhanced.detail) {
            // 5.1.x speaks of the address.
            case (1, 0), (1, 1), (1, 2), (1, 3), (1, 6), (1, 10): .hardFail
            // A mailbox that is shut, or that takes nothing just now.
            case (2, 1): speaksOfMailbox ? .hardFail : .tempFail
            case (0, _): speaksOfMailbox ? .hardFail : .tempFail
            default: .tempFail
            }
        default: return .tempFail
        }
    }

    private static let unknown = [
        "user unknown", "unknown user", "no such", "does not exist", "doesn't exist", "not exist", "unknown recipient",
        "recipient unknown", "invalid recipient",
        "invalid mailbox", "mailbox unavailable", "mailbox not found", "user not found", "unknown address", "address unknown",
        "unrouteable", "undeliverable", "no mailbox", "invalid address", "invalid user", "no account",
        "user not local", "illegal alias", "is unknown", "not our customer", "not a known user", "unbekannt", "inconnu",
        "desconocid", "sconosciut", "onbekend",
    ]

    /// What is said of mailboxes, and of other things as well.
    private static let gone = [
        "no longer", "disabled", "deactivated", "inactive", "not active", "suspended", "closed", "not a valid", "not found",
        "not available",
    ]
    private static let nouns = ["mailbox", "account", "user", "recipient", "address"]

    private static let blocks = [
        "blocked", "blacklist", "block list", "blocklist", "spamhaus", "barracuda", "reputation", "denied", "not allowed",
        "policy", "reverse dns", "ptr ", "rdns", "relay", "authentication", "helo", "ehlo", "spf",
        "dnsbl", "rbl", "banned", "rejected due", "client host", "too many", "rate limit", "try again", "sender", "full", "quota",
        "listed", "prohibition", "verification failed", "callback", "dmarc", "dkim", "dynamic ip", "spam", "greeting",
        "at a rate",
        "connection", "your ip", "country", "temporar", "unauthenticated", "not permitted", "not authorized",
    ]
}

/// Addresses of mail servers that could not be reached a moment ago: nobody waits for each of their addresses again.
final class SilentHosts: Sendable {
    private struct State {
        var hosts: [IPAddress: ContinuousClock.Instant] = [:]
        /// That could not be reached, since one was reached last.
        var inRow: Set<IPAddress> = []
    }

    private let state = Mutex(State())

    private enum Limits {
        static let seconds = 300.0
        static let hosts = 10_000
        /// So many different ones in a row are no accident.
        static let inRow = 5
    }

    func contains(_ host: IPAddress, at now: ContinuousClock.Instant = .now) -> Bool {
        state.withLock { $0.hosts[host].map { $0 > now } ?? false }
    }

    func insert(_ host: IPAddress, at now: ContinuousClock.Instant = .now) {
        state.withLock { state in
            if state.hosts.count >= Limits.hosts { state.hosts = state.hosts.filter { $0.value > now } }
            if state.hosts.count < Limits.hosts { state.hosts[host] = now + .seconds(Limits.seconds) }
            if state.inRow.count < Limits.inRow { state.inRow.insert(host) }
        }
    }

    func hasAnswered() { state.withLock { $0.inRow = [] } }

    /// Whether many were tried and none was reached: the network seems to close the port, and the next is not waited for as long.
    var isEverybodySilent: Bool { state.withLock { $0.inRow.count == Limits.inRow } }
}

/// Keeps the questions of all domains within what mail servers put up with.
package actor Throttle {
    private let all: Int
    private let perHost: Int
    private let pauseSeconds: Double
    private let hostPauseSeconds: Double
    private var running = 0
    private var hosts: [String: (running: Int, next: ContinuousClock.Instant)] = [:]
    private var next = ContinuousClock.now

    /// - Parameters:
    ///   - perSecond: questions a second over all, and to one host.
    package init(concurrent: Int = 12, perHost: Int = 2, perSecond: Double = 6, hostPerSecond: Double = 1) {
        (all, self.perHost) = (concurrent, perHost)
        (pauseSeconds, hostPauseSeconds) = (1 / perSecond, 1 / hostPerSecond)
    }

    package func run<Value: Sendable>(host: String, _ body: @Sendable () async throws -> Value) async throws -> Value {
        while true {
            try Task.checkCancellation()
            let now = ContinuousClock.now
            let entry = hosts[host] ?? (0, now)
            if running < all, entry.running < perHost, next <= now, entry.next <= now {
                running += 1
                hosts[host] = (entry.running + 1, now + .seconds(hostPauseSeconds))
                next = now + .seconds(pauseSeconds)
                break
            }
            let until = max(next, entry.next)
            try await Pause.seconds(until > now ? (until - now) / .seconds(1) : 0.02)
        }
        defer {
            running -= 1
            hosts[host]?.running -= 1
        }
        return try await body()
    }
}
