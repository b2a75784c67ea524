import ArgumentParser
import Assembly
import Core
import Discovery
import Foundation
import Leads
import Synchronization

struct DiscoverCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "discover", abstract: "Find the people that the sites of companies name, and their addresses.",
        discussion: """
            Example: quern discover example.com acme.io --json

            Sites are read slowly, as far as their robots.txt allows: a domain takes a minute or two, and \(DiscoverWork.domainsAtOnce) are read at
            once; each is printed when it is done. Nothing is kept beside what is printed. Mail servers are asked only with SMTP_PROBES_ENABLED and SMTP_HELO_DOMAIN; the other settings of discovery, such
            as DNS_SERVER and CRAWL_DELAY_SECONDS, count as well.

            Exit code 0: fine; 1: no domain could be read; 2: some could not; 64: wrong usage.
            """)

    @Argument(help: "Domains, hosts or addresses of pages.") var domains: [String] = []
    @OptionGroup var flags: SettingFlags
    @Flag(help: "Make no addresses for people who publish none.") var publishedOnly = false
    @Flag(help: "Ask no mail servers.") var noVerify = false
    @Flag(help: "Answer in JSON, a line for each domain.") var json = false
    @Flag(name: .shortAndLong, help: "No progress.") var quiet = false

    func validate() throws {
        guard !domains.isEmpty else { throw ValidationError("Name at least one domain, such as example.com.") }
    }

    func run() async throws {
        do {
            var names: [DomainName] = []
            for text in domains {
                let name = try DomainName(text)
                if !names.contains(name) { names.append(name) }
            }
            let assembly = try LeadsAssembly(try flags.settings())
            let tools = try DiscoverWork.Tools(
                assembly.discovery,
                roots: try TrustRoots.certificates(
                    file: assembly.discovery.certificates.isEmpty ? nil : assembly.discovery.certificates))
            let (turns, profile, service) = (HostTurns(), assembly.profile, assembly.service)
            let first = Array(names.prefix(DiscoverWork.Tools.preflights))
            let preflight = Task { [noVerify] in
                if !noVerify, await tools.mailIsClosed(for: first) { Terminal.error(DiscoverWork.closedPort) }
            }
            defer { preflight.cancel() }
            let failed = try await withThrowingTaskGroup(of: Found.self) { group in
                var (waiting, failed) = (names[...], 0)
                func startNext() {
                    guard let name = waiting.popFirst() else { return }
                    group.addTask { try await discover(name, tools, profile, turns, service) }
                }
                for _ in 0..<DiscoverWork.domainsAtOnce { startNext() }
                while let found = try await group.next() {
                    tell(found)
                    if !found.isRead { failed += 1 }
                    startNext()
                }
                return failed
            }
            if failed == names.count { throw ExitCode(Terminal.Exit.failed) }
            if failed > 0 { throw ExitCode(Terminal.Exit.partial) }
        } catch let code as ExitCode {
            throw code
        } catch let failure as Failure where failure.code == "invalid_domain" {
            Terminal.fail(failure, asJSON: json, code: Terminal.Exit.usage)
        } catch {
            Terminal.fail(error, asJSON: json)
        }
    }

    /// What is printed of a domain.
    private struct Found: Sendable {
        let domain: DomainName
        let summary: DomainDiscovery.Summary
        let people: [JSON]

        var isRead: Bool { RunOutcome.failure(summary.outcome) == nil }
    }

    private func discover(
        _ domain: DomainName, _ tools: DiscoverWork.Tools, _ profile: CustomerProfile, _ turns: HostTurns,
        _ service: AddressService?
    ) async throws -> Found {
        let notebook = Notebook(turns: turns.turns(of: domain.description), service)
        let showsProgress = !quiet
        let options = DomainDiscovery.Options(crawls: true, generates: !publishedOnly, verifies: !noVerify)
        let summary = try await tools.discovery.run(domain, options, ledger: notebook.ledger) { text in
            if showsProgress { Terminal.error("\(domain): \(text)") }
        }
        return Found(domain: domain, summary: summary, people: notebook.people(profile))
    }

    private func tell(_ found: Found) {
        let (outcome, people) = (found.summary.outcome, found.people)
        if found.summary.mailIsReachable == false {
            Terminal.error("\(found.domain): its mail server can not be reached; many networks close port 25 for outgoing mail.")
        }
        if let trouble = found.summary.serviceTrouble {
            Terminal.error(
                "The service of VERIFY_SERVICE_URL \(trouble): it is asked no more; look at its address and VERIFY_SERVICE_KEY.")
        }
        guard !json else {
            return Terminal.out(
                ([
                    "domain": .string(found.domain.description), "outcome": .string(outcome), "people": .array(people),
                    "pages": .int(Int64(found.summary.pages)), "catch_all": .optional(found.summary.catchAll?.rawValue),
                    "mail": .optional(found.summary.mailIsReachable.map { $0 ? "reached" : "unreachable" }),
                ] as JSON)
                .text)
        }
        Terminal.out(
            "\(found.domain): \(RunOutcome.words(outcome)), \(found.summary.pages) pages, \(people.count) people")
        let rows = people.map { person in
            ["full_name", "title", "email", "verify_status", "icp_score"].map { name in
                person[name].map { $0.stringValue ?? ($0 == .null ? "" : $0.text) } ?? ""
            }
        }
        Terminal.table(["Name", "Title", "Address", "Verified", "Score"], rows, empty: "Nobody was found.")
    }

    /// Keeps what is found of one domain until it is printed.
    private final class Notebook: Sendable {
        private struct State {
            var leads: [DomainDiscovery.Lead] = []
            var checks: [String: Verification.Verdict] = [:]
            var company = CompanyFacts()
        }

        private let state = Mutex(State())
        private let turns: Crawler.Turns
        private let service: AddressService?

        init(turns: Crawler.Turns, _ service: AddressService?) {
            (self.turns, self.service) = (turns, service)
        }

        var ledger: DomainDiscovery.Ledger {
            DomainDiscovery.Ledger(
                begin: { true }, known: { [] }, company: { [self] facts, _, _ in state.withLock { $0.company = facts } },
                save: { [self] leads in
                    state.withLock { state in
                        for lead in leads {
                            if let place = state.leads.firstIndex(where: { $0.name == lead.name }) {
                                state.leads[place] = lead
                            } else {
                                state.leads.append(lead)
                            }
                        }
                    }
                    return leads.map { _ in true }
                }, permission: { _, _ in .go },
                checked: { [self] check in state.withLock { $0.checks[check.email] = check.verdict } }, catchAll: { _ in nil },
                catchAllFound: { _, _ in }, turns: turns,
                service: service.map { service in { @Sendable in await service.ask($0) } })
        }

        func people(_ profile: CustomerProfile) -> [JSON] {
            state.withLock { state in
                state.leads.map { lead in
                    let verdict = lead.email.flatMap { state.checks[$0] }
                    let (family, seniority) = (lead.title.map(JobTitle.roleFamily), lead.title.map(JobTitle.seniority))
                    return [
                        "full_name": .string(lead.name), "title": .optional(lead.title), "email": .optional(lead.email),
                        "source": .string(lead.isPublished ? "published" : "generated"), "role_family": .optional(family),
                        "seniority": .optional(seniority),
                        "company": .optional(state.company.name),
                        "icp_score": .int(
                            Int64(
                                profile.score(
                                    .init(
                                        roleFamily: family, seniority: seniority, size: state.company.size,
                                        industry: state.company.industry, tech: state.company.tech)
                                ).points)),
                        "verify_status": .optional(verdict?.status.rawValue), "verify_reason": .optional(verdict?.reason),
                        "evidence": .array(lead.evidence.map(\.json)),
                    ]
                }
            }
        }
    }
}
