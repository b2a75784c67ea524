import Core
import Discovery
import Workers

/// The worker's side of the ledger: each entry goes to the server and is kept there before the work goes on.
struct RunQuestions: Sendable {
    private let unit: WorkOrder.Unit
    private let domain: DomainName
    private let questions: WorkerQuestions

    init(unit: WorkOrder.Unit, domain: DomainName, _ questions: WorkerQuestions) {
        (self.unit, self.domain, self.questions) = (unit, domain, questions)
    }

    private func ask(_ what: String, _ members: [String: JSON] = [:]) async -> JSON {
        var members = members
        members["do"] = .string(what)
        members["domain"] = .string(domain.description)
        return await questions.ask(JSON.object(members).withFewMarks, unit: unit.number)
    }

    /// - Parameters:
    ///   - hasService: whether the server has a service that says whether addresses exist.
    ///   - skipsVerified: whether addresses that a mail server has judged are left alone as long as that holds.
    func ledger(hasService: Bool, skipsVerified: Bool) -> DomainDiscovery.Ledger {
        DomainDiscovery.Ledger(
            begin: { await ask("begin")["go"] == true },
            known: { (await ask("known")["leads"]?.arrayValue ?? []).compactMap(Self.lead) },
            company: { facts, visit, addresses in
                _ = await ask(
                    "company",
                    [
                        "name": .optional(facts.name?.beginning(bytes: LedgerLimits.textBytes)),
                        "industry": .optional(facts.industry?.beginning(bytes: LedgerLimits.textBytes)),
                        "size": .optional(facts.size?.beginning(bytes: LedgerLimits.textBytes)),
                        "tech": .string(facts.tech.joined(separator: ",")),
                        "outcome": .optional(visit?.outcome.rawValue),
                        "requests": .int(Int64(visit?.requests ?? 0)), "pages": .int(Int64(visit?.pages ?? 0)),
                        "addresses": .array(addresses.map { .string($0) }),
                    ])
            },
            save: { leads in
                let kept = await ask("save", ["leads": .array(leads.map(Self.json))])["kept"]?.arrayValue ?? []
                return leads.indices.map { kept.indices.contains($0) && kept[$0] == true }
            },
            permission: { email, isForMailServer in
                let answer = await ask(
                    "permission",
                    ["email": .string(email), "smtp": .bool(isForMailServer), "skip_verified": .bool(skipsVerified)])
                switch answer["permission"]?.stringValue {
                case "go": return .go
                case "known":
                    guard let status = answer["status"]?.stringValue.flatMap(Verification.Status.init),
                        let reason = answer["reason"]?.stringValue
                    else { return .suppressed }
                    return .known(.init(status: status, reason: reason))
                default: return .suppressed
                }
            },
            checked: { check in
                _ = await ask(
                    "checked",
                    [
                        "email": .string(check.email), "status": .string(check.verdict.status.rawValue),
                        "reason": .string(check.verdict.reason), "category": .string(check.answer.category.rawValue),
                        "code": .optional(check.answer.code.map(Int64.init)), "host": .optional(check.answer.host),
                        "text": .string(check.answer.text.beginning(bytes: LedgerLimits.textBytes)),
                        "reached": .bool(check.answer.isReached != false),
                    ])
            },
            catchAll: {
                await ask("catch_all", ["host": .string($0)])["catch_all"]?.stringValue.flatMap(Verification.CatchAll.init)
            },
            catchAllFound: { _ = await ask("catch_all_found", ["host": .string($0), "catch_all": .string($1.rawValue)]) },
            turns: .init(
                begin: { await ask("turn", ["host": .string($0)])["wait"]?.doubleValue ?? 0 },
                end: { _ = await ask("turn_over", ["host": .string($0), "pause": .double($1)]) }),
            service: hasService ? opinion : nil)
    }

    @Sendable private func opinion(of email: String) async -> AddressService.Opinion {
        let answer = await ask("service", ["email": .string(email)])
        return .init(
            says: answer["says"]?.stringValue.flatMap(Verification.Fallback.init), trouble: answer["trouble"]?.stringValue)
    }

    static func json(_ lead: DomainDiscovery.Lead) -> JSON {
        [
            "name": .string(lead.name), "title": .optional(lead.title), "email": .optional(lead.email),
            "published": .bool(lead.isPublished),
            "evidence": .array(Evidence.first(LedgerLimits.evidence, of: lead.evidence) { $0.fields }.map(\.json)),
        ]
    }

    static func lead(_ json: JSON) -> DomainDiscovery.Lead? {
        guard let name = json["name"]?.stringValue else { return nil }
        return .init(
            name: name, title: json["title"]?.stringValue, email: json["email"]?.stringValue,
            isPublished: json["published"] == true,
            evidence: [])
    }
}

extension JSON {
    /// Pages and mail servers may send any number of combining marks, which nobody reads; the server takes no text that has too many in a row.
    fileprivate var withFewMarks: JSON {
        switch self {
        case .string(let text) where !text.hasFewMarks: .string(text.withFewMarks)
        case .array(let values): .array(values.map(\.withFewMarks))
        case .object(let members): .object(members.mapValues(\.withFewMarks))
        default: self
        }
    }
}

enum LedgerLimits {
    static let textBytes = 300
    static let nameBytes = 200
    static let evidence = 4
    static let urlBytes = 2000
    /// A check says something for so long; sooner nobody is asked again.
    static let coolDownSeconds = 24 * 3600.0
    /// The same where no mail server could be reached: nobody was asked.
    static let unreachedSeconds = 300.0
    static let catchAllSeconds = 24 * 3600.0
    /// What may be otherwise in a moment.
    static let transientSeconds = 300.0
}
