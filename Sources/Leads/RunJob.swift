import Core
import Discovery
import Jobs
import Storage
import Web
import Workers

/// A job that looks for people at companies: a run of the leads document. Each of its domains is a unit.
package enum RunJob {
    package static let name = DiscoverWork.kind

    package enum Limits {
        static let labelLetters = 255
        /// Domains of one run: in what a job's spec may hold.
        static let domains = 5000
        /// What one text may be.
        static let domainBytes = 2000
    }

    /// - Parameter settings: what workers are given.
    static func kind(_ settings: DiscoverySettings, profile: CustomerProfile, _ asides: RunAsides) -> JobKind {
        let ledger = RunLedger(profile: profile)
        return JobKind(
            name: name,
            // Made by POST /runs alone.
            create: { _, _ in nil },
            work: .init(
                profile: .network, units: { job in domains(of: job).map { .init(key: $0, name: $0) } }, unitsName: "domains",
                checkResult: RunOutcome.check, answerQuestion: ledger.answer,
                aside: .init(answer: asides.answer, attemptEnded: asides.attemptEnded)
            ) { job in ["options": job.spec["stages"] ?? [:], "settings": settings.json] },
            answer: .init(members: members), page: RunSection.page)
    }

    static func domains(of job: Job) -> [String] { job.spec["domains"]?.arrayValue?.compactMap(\.stringValue) ?? [] }

    private static func members(_ job: Job) -> [String: JSON] {
        [
            "run_id": .string(job.id.rawValue), "domain_count": .int(Int64(domains(of: job).count)),
            "options": job.spec["options"] ?? [:],
            "links": [
                "self": .string("/api/v1/jobs/\(job.id)"), "run": .string("/api/v1/runs/\(job.id)"),
                "results": .string("/api/v1/runs/\(job.id)/results"), "export": .string("/api/v1/runs/\(job.id)/export"),
                "cancel": .string("/api/v1/jobs/\(job.id)/cancel"),
                "retry_failures": .string("/api/v1/jobs/\(job.id)/retry-failures"),
            ],
        ]
    }

    /// - Parameter typed: domains as somebody wrote them; each counts once.
    /// - Throws: `Failure` `invalid_domains`, which names the first that is none.
    static func make(_ typed: [String], label: String?, options: RunOptions, for caller: Caller) throws -> Job {
        let written = typed.map(\.trimmed).filter { !$0.isEmpty }
        guard !written.isEmpty else { throw Failure(.invalid, "invalid_domains", "domains must name at least one domain.") }
        guard written.count <= Limits.domains else { throw tooMany(written.count) }
        var (domains, seen) = ([String](), Set<String>())
        for text in written {
            do {
                let domain = try DomainName(text).description
                if seen.insert(domain).inserted { domains.append(domain) }
            } catch let failure as Failure {
                throw Failure(.invalid, "invalid_domains", failure.message)
            }
        }
        if let limit = options.companyLimit { domains = Array(domains.prefix(limit)) }
        let spec: JSON = [
            "domains": .array(domains.map { .string($0) }), "options": options.asked, "stages": options.json,
            "label": .optional(label),
        ]
        guard spec.bytes.count <= Job.Limits.specBytes else {
            throw Failure(.invalid, "invalid_domains", "These domains are too many for one run; divide them among several.")
        }
        let name = label ?? (domains.count == 1 ? domains[0] : "\(domains[0]) and \(domains.count - 1) more")
        return Job(owner: caller, kind: Self.name, name: name.beginning(letters: Limits.labelLetters), spec: spec, at: .now)
    }

    private static func tooMany(_ count: Int) -> Failure {
        Failure(.invalid, "invalid_domains", "A run takes at most \(Limits.domains) domains; divide the \(count) among several.")
    }

    /// As the leads document words states.
    static func status(_ state: Job.State) -> String {
        switch state {
        case .pending, .queued: "queued"
        case .running, .cancelling: "running"
        case .completed, .partial: "succeeded"
        case .failed: "failed"
        case .cancelled: "cancelled"
        }
    }
}
