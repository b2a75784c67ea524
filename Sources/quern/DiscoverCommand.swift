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

            Sites are read slowly, as far as their robots.txt allows: a domain takes a minute or two. Nothing is kept beside what is
            printed. Mail servers are asked only with SMTP_PROBES_ENABLED and SMTP_HELO_DOMAIN; the other settings of discovery, such
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
            var failed = 0
            for name in names where try await !discover(name, tools, assembly.profile) { failed += 1 }
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

    /// - Returns: whether its site could be read.
    private func discover(_ domain: DomainName, _ tools: DiscoverWork.Tools, _ profile: CustomerProfile) async throws -> Bool {
        let notebook = Notebook()
        let showsProgress = !quiet
        let options = DomainDiscovery.Options(crawls: true, generates: !publishedOnly, verifies: !noVerify)
        let summary = try await tools.discovery.run(domain, options, ledger: notebook.ledger) { text in
            if showsProgress { Terminal.error("\(domain): \(text)") }
        }
        let people = notebook.people(profile)
        if json {
            Terminal.out(
                (["domain": .string(domain.description), "outcome": .string(summary.outcome), "people": .array(people)] as JSON)
                    .text)
        } else {
            Terminal.out("\(domain): \(RunOutcome.words(summary.outcome)), \(summary.pages) pages, \(people.count) people")
            let rows = people.map { person in
                ["full_name", "title", "email", "verify_status", "icp_score"].map { name in
                    person[name].map { $0.stringValue ?? ($0 == .null ? "" : $0.text) } ?? ""
                }
            }
            Terminal.table(["Name", "Title", "Address", "Verified", "Score"], rows, empty: "Nobody was found.")
        }
        return RunOutcome.failure(summary.outcome) == nil
    }

    /// Keeps what is found of one domain until it is printed.
    private final class Notebook: Sendable {
        private struct State {
            var leads: [DomainDiscovery.Lead] = []
            var checks: [String: Verification.Verdict] = [:]
        }

        private let state = Mutex(State())

        var ledger: DomainDiscovery.Ledger {
            DomainDiscovery.Ledger(
                begin: { true }, known: { [] }, company: { _, _, _ in },
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
                }, permission: { _ in .go },
                checked: { [self] check in state.withLock { $0.checks[check.email] = check.verdict } }, catchAll: { nil },
                catchAllFound: { _ in })
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
                        "icp_score": .int(Int64(profile.score(.init(roleFamily: family, seniority: seniority)).points)),
                        "verify_status": .optional(verdict?.status.rawValue), "verify_reason": .optional(verdict?.reason),
                        "evidence": .array(lead.evidence.map(\.json)),
                    ]
                }
            }
        }
    }
}
