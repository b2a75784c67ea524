import Core
import Foundation
import SMTP

/// Everything that is done for one domain: its pages are read, people found, addresses thought of and asked about. What is found goes out
/// as it comes, so that a crash loses nothing that was reported.
package struct DomainDiscovery: Sendable {
    package struct Options: Sendable, Equatable {
        /// Whether pages are read.
        package var crawls: Bool
        /// Whether addresses are thought of for people who publish none.
        package var generates: Bool
        /// Whether mail servers are asked.
        package var verifies: Bool
        /// Whether addresses that a mail server has judged are left alone as long as that holds.
        package var skipsVerified = false
        /// Whether domains that take mail for anybody are left alone.
        package var skipsCatchAll = false
        /// The longest time that the pages of one domain may take, and the longest for its addresses; nil: as usual.
        package var seconds: Double?

        package init(crawls: Bool = true, generates: Bool = true, verifies: Bool = true) {
            (self.crawls, self.generates, self.verifies) = (crawls, generates, verifies)
        }
    }

    /// Somebody at the company.
    package struct Lead: Sendable, Equatable {
        package var name: String
        package var title: String?
        package var email: String?
        /// Published by the company, or made from the name.
        package var isPublished: Bool
        package var evidence: [Evidence]

        package init(name: String, title: String?, email: String?, isPublished: Bool, evidence: [Evidence]) {
            (self.name, self.title, self.email, self.isPublished, self.evidence) = (name, title, email, isPublished, evidence)
        }
    }

    /// What is known of an address before a mail server is asked.
    package enum Permission: Sendable, Equatable {
        /// It was written down that this address is asked about now.
        case go
        /// It was asked about not long ago.
        case known(Verification.Verdict)
        /// Somebody does not want to be asked about, or to be kept.
        case suppressed
    }

    package struct Check: Sendable, Equatable {
        package let email: String
        package let verdict: Verification.Verdict
        package let answer: MailProbe.Answer
        package let catchAll: Verification.CatchAll?
    }

    /// Where what is found goes, and what is known already.
    package struct Ledger: Sendable {
        /// Whether anything may be done about the domain: somebody may not want it.
        package let begin: @Sendable () async throws -> Bool
        /// People of the company that are known from before.
        package let known: @Sendable () async throws -> [Lead]
        package let company:
            @Sendable (_ facts: CompanyFacts, _ visit: Crawler.Visit?, _ addresses: [String]) async throws -> Void
        /// Tells of each whether it is kept: some people are not to be.
        package let save: @Sendable (_ leads: [Lead]) async throws -> [Bool]
        /// Asked right before each question about an address.
        package let permission: @Sendable (_ email: String, _ isForMailServer: Bool) async throws -> Permission
        package let checked: @Sendable (Check) async throws -> Void
        /// A catch-all status of a mail domain that still holds; nil: ask.
        package let catchAll: @Sendable (_ mailDomain: String) async throws -> Verification.CatchAll?
        package let catchAllFound: @Sendable (_ mailDomain: String, Verification.CatchAll) async throws -> Void
        package let turns: Crawler.Turns
        /// Asks a service about an address, after `permission`; nil: there is none.
        package let service: (@Sendable (_ email: String) async throws -> AddressService.Opinion)?

        package init(
            begin: @escaping @Sendable () async throws -> Bool, known: @escaping @Sendable () async throws -> [Lead],
            company:
                @escaping @Sendable (_ facts: CompanyFacts, _ visit: Crawler.Visit?, _ addresses: [String]) async throws -> Void,
            save: @escaping @Sendable (_ leads: [Lead]) async throws -> [Bool],
            permission: @escaping @Sendable (_ email: String, _ isForMailServer: Bool) async throws -> Permission,
            checked: @escaping @Sendable (Check) async throws -> Void,
            catchAll: @escaping @Sendable (_ mailDomain: String) async throws -> Verification.CatchAll?,
            catchAllFound: @escaping @Sendable (_ mailDomain: String, Verification.CatchAll) async throws -> Void,
            turns: Crawler.Turns, service: (@Sendable (_ email: String) async throws -> AddressService.Opinion)?
        ) {
            (self.begin, self.known, self.company, self.save, self.permission) = (begin, known, company, save, permission)
            (self.checked, self.catchAll, self.catchAllFound, self.turns) = (checked, catchAll, catchAllFound, turns)
            self.service = service
        }
    }

    /// How the domain ended.
    package struct Summary: Sendable, Equatable {
        /// `read`, `robots_denied`, `blocked`, `no_mx`, …
        package var outcome: String
        package var requests = 0
        package var pages = 0
        package var people = 0
        /// Of the people, those whom this visit of the site found.
        package var found = 0
        package var emails = 0
        package var checked = 0
        /// Leads whose addresses nobody was asked about, because there were too many or it took too long.
        package var unchecked = 0
        package var valid = 0
        package var catchAll: Verification.CatchAll?
        /// Whether a mail server of the domain could be reached; nil: none was asked.
        package var mailIsReachable: Bool?
        /// Why the service that says whether addresses exist takes no questions; nil: it does, or there is none.
        package var serviceTrouble: String?
    }

    private let crawler: Crawler
    private let resolver: DNSResolver
    /// nil: no mail server is asked.
    private let probe: MailProbe?

    /// The outcome of a domain that is kept out.
    package static let suppressed = "suppressed"

    package enum Limits {
        package static let people = 300
        package static let batch = 50
        /// Addresses of one domain that mail servers are asked about.
        static let checks = 200
        static let checkSeconds = 600.0
    }

    package init(crawler: Crawler, resolver: DNSResolver, probe: MailProbe?) {
        (self.crawler, self.resolver, self.probe) = (crawler, resolver, probe)
    }

    /// - Parameter reading: called with the reading of each page, which waits for nothing: what lasts is the fault of the page.
    /// - Throws: `CancellationError`, and what the ledger throws.
    package func run(
        _ domain: DomainName, _ options: Options, ledger: Ledger, reading: (() -> Void) -> Void = { $0() },
        progress: @escaping @Sendable (String) -> Void
    ) async throws -> Summary {
        guard try await ledger.begin() else { return Summary(outcome: Self.suppressed) }
        var summary = Summary(outcome: "read")
        var (people, addresses, seen, reported) = ([FoundPerson](), [String](), Set<String>(), Set<[String]>())
        if options.crawls {
            var company = CompanyFacts()
            let visit = try await crawler.visit(
                domain, within: options.seconds, turns: ledger.turns, progress: progress, reading: reading
            ) { page, tree in
                var finding = PageFinding(people: [], addresses: [], company: CompanyFacts())
                reading { finding = PeopleFinder.find(tree, url: page.description) }
                people = PeopleFinder.merge(people + finding.people)
                // At once: a site takes minutes, and whoever watches, or stops it, has what was found until then.
                let fresh = people.prefix(Limits.people).filter { person in
                    reported.insert([person.name, person.title ?? "", person.email ?? ""]).inserted
                }
                for part in Self.parts(fresh.map(Self.lead)) { _ = try await ledger.save(part) }
                addresses += finding.addresses.filter { seen.insert($0).inserted }
                company.add(finding.company)
            }
            (summary.outcome, summary.requests, summary.pages) = (visit.outcome.rawValue, visit.requests, visit.pages)
            people = Array(people.prefix(Limits.people))
            summary.found = people.count
            try await ledger.company(company, visit, Array(addresses.prefix(100)))
        }
        var leads = people.map(Self.lead)
        if !options.crawls { leads = try await ledger.known() }
        let names = Set(leads.map { PeopleFinder.key($0.name) })
        // Who is known from elsewhere, an import say, is looked for as well.
        if options.crawls { leads += try await ledger.known().filter { !names.contains(PeopleFinder.key($0.name)) } }
        summary.people = leads.count
        let own = leads.compactMap { lead -> (name: String, email: String)? in
            guard lead.isPublished, let email = lead.email, domain.owns(String(email.drop { $0 != "@" }.dropFirst())) else {
                return nil
            }
            return (lead.name, email)
        }
        let pattern = EmailPattern.inferred(own)
        let mailDomain = own.first.map { String($0.email.drop { $0 != "@" }.dropFirst()) } ?? domain.description
        let route: DNSResolver.MailRoute?
        do {
            route = try await resolver.mailRoute(of: mailDomain)
        } catch {
            route = nil
        }
        if options.generates, route != DNSResolver.MailRoute.none {
            for index in leads.indices where leads[index].email == nil {
                leads[index].email = EmailPattern.candidates(for: leads[index].name, at: mailDomain, known: pattern).first
            }
        }
        var kept: [Lead] = []
        for part in Self.parts(leads) { kept += zip(part, try await ledger.save(part)).filter(\.1).map(\.0) }
        leads = kept
        summary.emails = leads.count { $0.email != nil }
        if route == DNSResolver.MailRoute.none {
            try await ledger.catchAllFound(mailDomain, .noMX)
            if summary.outcome == "read" { summary.outcome = "no_mx" }
            return summary
        }
        guard options.verifies, probe != nil || ledger.service != nil, let route, !leads.isEmpty else { return summary }
        try await verify(leads, pattern, mailDomain, route, options, ledger, &summary, progress)
        return summary
    }

    private static func lead(_ person: FoundPerson) -> Lead {
        Lead(
            name: person.name, title: person.title, email: person.email, isPublished: person.email != nil,
            evidence: person.evidence)
    }

    /// As many as are reported at the same time.
    private static func parts(_ leads: [Lead]) -> [[Lead]] {
        stride(from: 0, to: leads.count, by: Limits.batch).map { Array(leads[$0..<min($0 + Limits.batch, leads.count)]) }
    }

    private func verify(
        _ leads: [Lead], _ pattern: EmailPattern?, _ domain: String, _ route: DNSResolver.MailRoute, _ options: Options,
        _ ledger: Ledger, _ summary: inout Summary, _ progress: @escaping @Sendable (String) -> Void
    ) async throws {
        let deadline = ContinuousClock.now + .seconds(min(options.seconds ?? .infinity, Limits.checkSeconds))
        progress("Asking about addresses at \(domain)")
        var catchAll = try await ledger.catchAll(domain)
        if catchAll == nil, let probe {
            let found = try await probe.catchAll(of: domain, at: route, until: deadline)
            try await ledger.catchAllFound(domain, found)
            catchAll = found
        }
        summary.catchAll = catchAll
        if options.skipsCatchAll, catchAll == .catchAll { return }
        for lead in leads {
            // An address elsewhere is nobody's of this company to ask about: a page could name anybody's.
            guard let first = lead.email, first.hasSuffix("@" + domain) else { continue }
            guard summary.checked < Limits.checks, ContinuousClock.now < deadline else {
                summary.unchecked += 1
                continue
            }
            // Of a catch-all domain every guess is as good as the first, unless somebody else can tell.
            let candidates =
                lead.isPublished || !options.generates || catchAll == .catchAll && ledger.service == nil
                ? [first] : EmailPattern.candidates(for: lead.name, at: domain, known: pattern)
            candidates: for email in candidates {
                guard let address = try? MailAddress(email), ContinuousClock.now < deadline else { continue }
                let verdict: Verification.Verdict
                switch try await ledger.permission(email, probe != nil) {
                case .suppressed: break candidates
                case .known(let before): verdict = before
                case .go:
                    let answer =
                        try await probe?.ask(address, at: route, until: deadline)
                        ?? .init(category: .none, code: nil, host: nil, text: "No mail server was asked.")
                    let isOpen = Verification.isOpen(answer.category, catchAll: catchAll, isPublished: lead.isPublished)
                    let opinion = isOpen ? try await ledger.service?(email) : nil
                    verdict = Verification.verdict(answer.category, catchAll: catchAll, fallback: opinion?.says)
                    if let trouble = opinion?.trouble { summary.serviceTrouble = trouble }
                    if let isReached = answer.isReached { summary.mailIsReachable = summary.mailIsReachable == true || isReached }
                    try await ledger.checked(Check(email: email, verdict: verdict, answer: answer, catchAll: catchAll))
                    summary.checked += 1
                }
                guard verdict.status != .invalid else { continue }
                if email != first {
                    var found = lead
                    found.email = email
                    _ = try await ledger.save([found])
                }
                if verdict.status == .valid { summary.valid += 1 }
                break
            }
        }
    }
}
