import CDispatch
package import Core
package import Discovery
import Foundation
import NIOPosix
package import NIOSSL
import SMTP
import Synchronization
package import Workers

/// What a worker does with an order of domains: several at once, since each waits for others most of the time.
package enum DiscoverWork {
    package static let kind = "discover"

    package static let noNameServer = Failure(
        .invalid, "no_name_server", "No name server is known; DNS_SERVER names one, such as 192.0.2.53 or 192.0.2.53:5353.")

    /// The file with more certificate authorities; nil for none.
    package static func certificates(_ order: WorkOrder) -> String? {
        order.spec["settings"]?["certificates"]?.stringValue.flatMap { $0.isEmpty ? nil : $0 }
    }

    package static let domainsAtOnce = 16

    /// For whoever watches a run, from its start.
    package static let closedPort = "No mail server can be reached: port 25 seems to be closed."

    private enum Limits {
        static let threads = 8
        static let pulse = 1.0
        /// Processor time of one page; the longest that a page may have takes a few seconds.
        static let readingSeconds = 20.0
    }

    /// Blocks until all domains have ended.
    /// - Parameter roots: certificate authorities, read before files were out of reach.
    package static func run(
        _ order: WorkOrder, roots: [NIOSSLCertificate], _ questions: WorkerQuestions,
        report: @escaping @Sendable (WorkReport) -> Void
    ) {
        let done = DispatchSemaphore(value: 0)
        let voice = Voice(report)
        voice.beat(every: Limits.pulse)
        Task.detached(executorPreference: PoolExecutor(threads: Limits.threads)) {
            do {
                let tools = try Tools(DiscoverySettings(stored: order.spec["settings"] ?? [:]), roots: roots)
                await work(order, tools, questions, voice)
            } catch let failure as Failure {
                for unit in order.units {
                    voice.end(unit.number, .failed(code: failure.code, message: failure.message, category: .requiresConfig))
                }
            } catch {
                for unit in order.units {
                    voice.end(unit.number, .failed(code: "internal_error", message: "Discovery can not be set up."))
                }
            }
            done.signal()
        }
        done.wait()
    }

    private static func work(_ order: WorkOrder, _ tools: Tools, _ questions: WorkerQuestions, _ voice: Voice) async {
        // Whoever watches a long run learns at its start that no address can be verified. Nobody is greeted who is kept out; that is asked
        // before the units begin, since one that has ended asks nothing any more.
        var greeted: [DomainName] = []
        if tools.asksMailServers, RunOptions.stages(stored: order.spec["options"] ?? [:]).verifies {
            for unit in order.units.lazy.filter({ !$0.isSuspect }).prefix(Tools.preflights) {
                guard let domain = try? DomainName(unit.key) else { continue }
                let ledger = RunQuestions(unit: unit, domain: domain, questions).ledger(hasService: false, skipsVerified: false)
                if (try? await ledger.begin()) == true { greeted.append(domain) }
            }
        }
        let preflight = Task { [greeted] in
            if await tools.mailIsClosed(for: greeted) { voice.note(closedPort) }
        }
        defer { preflight.cancel() }
        await withTaskGroup(of: Void.self) { group in
            var waiting = order.units.filter { !$0.isSuspect }[...]
            func startNext() {
                guard let unit = waiting.popFirst() else { return }
                group.addTask { voice.end(unit.number, await result(of: unit, order.spec, tools, questions, voice)) }
            }
            for _ in 0..<domainsAtOnce { startNext() }
            while await group.next() != nil { startNext() }
        }
        // One of these brought a worker down: each is alone in hand, so that the right one is blamed.
        for unit in order.units where unit.isSuspect {
            voice.begin(unit.number)
            voice.end(unit.number, await result(of: unit, order.spec, tools, questions, voice), isBegun: true)
        }
    }

    private static func result(
        of unit: WorkOrder.Unit, _ spec: JSON, _ tools: Tools, _ questions: WorkerQuestions, _ voice: Voice
    ) async -> WorkReport {
        do {
            let domain = try DomainName(unit.key)
            let hasService = spec["settings"]?["service"] == true
            let options = RunOptions.stages(stored: spec["options"] ?? [:])
            let ledger = RunQuestions(unit: unit, domain: domain, questions).ledger(
                hasService: hasService, skipsVerified: options.skipsVerified)
            let summary = try await tools.discovery.run(
                domain, options, ledger: ledger,
                reading: { voice.read(unit.number, $0) }, progress: { voice.say("\(unit.key): \($0)") })
            if let failure = RunOutcome.failure(summary.outcome), summary.found == 0 {
                return .failed(code: summary.outcome, message: "\(unit.key): \(failure.message)", category: failure.category)
            }
            return .finished(result: RunOutcome.json(summary), isPartial: RunOutcome.failure(summary.outcome) != nil)
        } catch let failure as Failure {
            return .failed(code: failure.code, message: failure.message, category: .permanent)
        } catch {
            return .failed(code: "internal_error", message: "\(unit.key) met an error that the worker can not explain.")
        }
    }

    /// What all domains of an order share: name server, throttle, connections.
    package struct Tools: Sendable {
        private let crawler: Crawler
        private let resolver: DNSResolver
        private let probe: MailProbe?

        /// Domains whose mail servers are greeted before the first question.
        package static let preflights = 5

        package var asksMailServers: Bool { probe != nil }

        /// Whether none of the mail servers of several domains can be reached; false where no mail server is asked.
        package func mailIsClosed(for domains: some Sequence<DomainName>) async -> Bool {
            guard let probe else { return false }
            var silent = 0
            for domain in domains {
                guard let route = try? await resolver.mailRoute(of: domain.description),
                    let isReached = try? await probe.reaches(route)
                else { continue }
                if isReached { return false }
                silent += 1
            }
            // One may just be down.
            return silent > 1
        }

        package var discovery: DomainDiscovery { DomainDiscovery(crawler: crawler, resolver: resolver, probe: probe) }

        /// - Throws: `Failure` `no_name_server`, `invalid_setting`.
        package init(_ settings: DiscoverySettings, roots: [NIOSSLCertificate]) throws {
            let threads = NIOThreadPool(numberOfThreads: Limits.threads)
            threads.start()
            guard let resolver = DNSResolver(server: settings.nameServer, threads: threads) else {
                throw DiscoverWork.noNameServer
            }
            let guardian = try OutboundGuard(setting: settings.allowed)
            self.resolver = resolver
            let fetcher = try Fetcher(
                resolver: resolver, guard: guardian, agent: settings.agent, roots: roots,
                ports: .init(http: settings.httpPort, https: settings.httpsPort))
            crawler = Crawler(
                fetcher, .init(delaySeconds: settings.delaySeconds, pages: settings.pages, seconds: settings.seconds),
                product: "quern")
            guard settings.probes, let hello = HelloName(settings.helloDomain) else {
                probe = nil
                return
            }
            probe = try MailProbe(
                resolver: resolver, guard: guardian,
                settings: .init(
                    helloName: hello, sender: settings.mailFrom.isEmpty ? nil : try MailAddress(settings.mailFrom),
                    port: settings.smtpPort,
                    pausesSeconds: [5, 15, 45, 90].map { $0 * settings.patience }),
                // A spare process may work beside this one, for somebody else: each keeps to half.
                throttle: Throttle(
                    concurrent: 6, perHost: 1, perSecond: 3 / settings.patience, hostPerSecond: 0.5 / settings.patience))
        }
    }

    /// The processor time that a thread has used since: others may keep it waiting for long.
    private struct ThreadTime: Sendable {
        private let clock: clockid_t
        private let start: Double

        /// For the calling thread.
        init() {
            var clock = clockid_t()
            self.clock = pthread_getcpuclockid(pthread_self(), &clock) == 0 ? clock : CLOCK_MONOTONIC
            start = Self.now(self.clock)
        }

        /// Asked from any thread.
        var seconds: Double { Self.now(clock) - start }

        private static func now(_ clock: clockid_t) -> Double {
            var time = timespec()
            return clock_gettime(clock, &time) == 0 ? Double(time.tv_sec) + Double(time.tv_nsec) / 1e9 : 0
        }
    }

    /// Says one thing at a time, so that the end of a unit follows its beginning, and ends the process when one page takes too long.
    private final class Voice: Sendable {
        private struct State {
            var text = ""
            /// Stands before each text.
            var note: String?
            /// Units whose pages are being read now.
            var reading: [Int: ThreadTime] = [:]
            var begun: Int?
        }

        private let report: @Sendable (WorkReport) -> Void
        private let state = Mutex(State())

        init(_ report: @escaping @Sendable (WorkReport) -> Void) {
            self.report = report
        }

        func say(_ text: String) { state.withLock { $0.text = text } }

        func note(_ text: String) { state.withLock { $0.note = text } }

        /// Between the two nothing waits for anybody: what lasts is the fault of the page.
        func read(_ unit: Int, _ body: () -> Void) {
            let time = ThreadTime()
            state.withLock { $0.reading[unit] = time }
            body()
            state.withLock { $0.reading[unit] = nil }
        }

        func begin(_ unit: Int) {
            state.withLock { state in
                state.begun = unit
                report(.unit(number: unit))
            }
        }

        func end(_ unit: Int, _ end: WorkReport, isBegun: Bool = false) {
            state.withLock { state in
                if !isBegun { report(.unit(number: unit)) }
                report(end)
                state.begun = nil
            }
        }

        func beat(every seconds: Double) {
            Thread.detachNewThread { [self] in
                while true {
                    usleep(UInt32(seconds * 1_000_000))
                    state.withLock { state in
                        let late = state.reading.first { $0.value.seconds > Limits.readingSeconds }
                        if let unit = late?.key {
                            if state.begun == nil { report(.unit(number: unit)) }
                            let message = "A page of it took longer than \(Int(Limits.readingSeconds)) seconds to be read."
                            report(.failed(code: "time_limit", message: message, category: .permanent))
                            _exit(0)
                        }
                        report(
                            .progress(
                                .init(
                                    fraction: 0, done: 0, total: 1, unit: "domains", rate: 0,
                                    message: [state.note, state.text].compactMap { $0 }.joined(separator: " ").beginning(
                                        bytes: 300))))
                    }
                }
            }
        }
    }
}

/// How a domain ended, for people.
package enum RunOutcome {
    /// What is worth another try, and what is not; nil: the domain was read as far as it allows.
    package static func failure(_ outcome: String) -> (message: String, category: FailureCategory)? {
        switch Crawler.Outcome(rawValue: outcome) {
        case .noSuchHost: ("there is no such host.", .permanent)
        case .unreachable: ("its web server can not be reached.", .recoverable)
        case .timeout: ("its web server did not answer in time.", .recoverable)
        case .blocked: ("its web server refuses programs.", .recoverable)
        case .untrustedCertificate: ("its certificate is not trusted.", .permanent)
        case .forbiddenAddress:
            ("its name stands for a machine that is not on the public internet; OUTBOUND_ALLOW may allow it.", .requiresConfig)
        case .busy: ("others read the same host all the time.", .recoverable)
        case .read, .robotsDenied, .noPage, .scriptOnly, nil: nil
        }
    }

    package static func words(_ outcome: String) -> String {
        switch outcome {
        case "read": "read"
        case "robots_denied": "its robots.txt forbids reading, or can not be had"
        case "no_page": "it shows no page"
        case "script_only": "its pages are made by scripts"
        case "no_mx": "it takes no mail"
        case DomainDiscovery.suppressed: "it is kept out"
        default: failure(outcome).map { String($0.message.dropLast()) } ?? outcome
        }
    }

    /// The same of a result, with what is known of the mail server.
    static func words(result: JSON) -> String {
        let outcome = result["outcome"]?.stringValue.map(words) ?? ""
        let mail = result["mail"] == "unreachable" ? "; its mail server can not be reached" : ""
        let service =
            result["service"]?.stringValue.map { "; the service of VERIFY_SERVICE_URL \($0.beginning(letters: 100))" } ?? ""
        let unchecked = (result["unchecked"]?.intValue).flatMap { count in
            count == 0 ? nil : "; time did not do for the addresses of \(count == 1 ? "one more person" : "\(count) more people")"
        }
        return outcome + mail + (unchecked ?? "") + service
    }

    static func json(_ summary: DomainDiscovery.Summary) -> JSON {
        [
            "outcome": .string(summary.outcome), "requests": .int(Int64(summary.requests)), "pages": .int(Int64(summary.pages)),
            "people": .int(Int64(summary.people)), "emails": .int(Int64(summary.emails)), "checked": .int(Int64(summary.checked)),
            "unchecked": .int(Int64(summary.unchecked)), "valid": .int(Int64(summary.valid)),
            "catch_all": .optional(summary.catchAll?.rawValue),
            "mail": .optional(summary.mailIsReachable.map { $0 ? "reached" : "unreachable" }),
            "service": .optional(summary.serviceTrouble),
        ]
    }

    private static let known: Set = [
        "outcome", "requests", "pages", "people", "emails", "checked", "unchecked", "valid", "catch_all", "mail", "service",
    ]

    /// - Throws: `Failure` `worker_invalid`.
    @Sendable static func check(_ result: JSON) throws {
        guard case .object(let members) = result, members.keys.allSatisfy(known.contains), result["outcome"]?.stringValue != nil
        else { throw WorkReport.invalid("outcome") }
        for name in ["outcome", "catch_all", "mail", "service"] {
            switch result[name] {
            case nil, .null?: break
            case .string(let text)? where text.utf8.count <= 64: break
            default: throw WorkReport.invalid(name)
            }
        }
        for name in ["requests", "pages", "people", "emails", "checked", "valid"] {
            try WorkReport.check(result[name]?.intValue, name)
        }
        if let unchecked = result["unchecked"] { try WorkReport.check(unchecked.intValue, "unchecked") }
    }
}

/// How discovery behaves, as the server hands it to its workers.
package struct DiscoverySettings: Sendable, Equatable {
    package var nameServer: String
    package var allowed: String
    package var agent: String
    package var delaySeconds: Double
    package var pages: Int
    package var seconds: Double
    package var httpPort: Int
    package var httpsPort: Int
    package var smtpPort: Int
    package var probes: Bool
    package var helloDomain: String
    package var mailFrom: String
    /// Multiplies the pauses between questions to mail servers; below 1 for tests on this machine alone.
    package var patience: Double
    package var certificates: String
    /// Whether there is a service that says whether addresses exist. Its key is nothing for a process that reads strangers' pages: the
    /// server asks it.
    package var hasService = false

    package init(
        nameServer: String, allowed: String, agent: String, delaySeconds: Double, pages: Int, seconds: Double, httpPort: Int,
        httpsPort: Int,
        smtpPort: Int, probes: Bool, helloDomain: String, mailFrom: String, patience: Double, certificates: String
    ) {
        (self.nameServer, self.allowed, self.agent, self.delaySeconds) = (nameServer, allowed, agent, delaySeconds)
        (self.pages, self.seconds, self.httpPort, self.httpsPort) = (pages, seconds, httpPort, httpsPort)
        (self.smtpPort, self.probes, self.helloDomain, self.mailFrom) = (smtpPort, probes, helloDomain, mailFrom)
        (self.patience, self.certificates) = (patience, certificates)
    }

    package var json: JSON {
        [
            "dns": .string(nameServer), "allow": .string(allowed), "agent": .string(agent), "delay": .double(delaySeconds),
            "pages": .int(Int64(pages)), "seconds": .double(seconds), "http": .int(Int64(httpPort)),
            "https": .int(Int64(httpsPort)),
            "smtp": .int(Int64(smtpPort)), "probes": .bool(probes), "hello": .string(helloDomain), "from": .string(mailFrom),
            "patience": .double(patience), "certificates": .string(certificates), "service": .bool(hasService),
        ]
    }

    init(stored: JSON) {
        func text(_ name: String) -> String { stored[name]?.stringValue ?? "" }
        func number(_ name: String, _ standard: Double) -> Double { stored[name]?.doubleValue ?? standard }
        self.init(
            nameServer: text("dns"), allowed: text("allow"), agent: text("agent"), delaySeconds: number("delay", 3),
            pages: Int(number("pages", 30)), seconds: number("seconds", 300), httpPort: Int(number("http", 80)),
            httpsPort: Int(number("https", 443)), smtpPort: Int(number("smtp", 25)), probes: stored["probes"] == true,
            helloDomain: text("hello"), mailFrom: text("from"), patience: number("patience", 1),
            certificates: text("certificates"))
        hasService = stored["service"] == true
    }
}
