import Core
import Discovery
import Foundation
import GRDB
import Jobs
import Storage
import Workers

/// The server's side of the ledger: keeps what workers find, each entry in one transaction. Nothing of it is believed unchecked: it comes from
/// a process that reads pages of strangers.
struct RunLedger: Sendable {
    let profile: CustomerProfile

    /// - Throws: `Failure` `worker_invalid`.
    func answer(_ job: Job, _ unit: String, _ question: JSON, _ db: Database) throws -> JSON {
        // The key of a unit is its domain: a worker speaks for no other.
        let domain = unit
        guard question["domain"]?.stringValue == domain, let what = question["do"]?.stringValue else {
            throw WorkReport.invalid("question")
        }
        let store = LeadStore.Writer(tenant: job.tenant, profile: profile, db: db)
        switch what {
        case "begin": return ["go": .bool(try !store.isSuppressed(nil, domain: domain))]
        case "known": return ["leads": .array(try store.people(at: domain).map(RunQuestions.json))]
        case "company":
            try store.visited(
                domain,
                CompanyFacts(
                    name: Self.text(question["name"]), industry: Self.text(question["industry"]),
                    size: Self.text(question["size"]),
                    tech: CompanyTech.names(in: (question["tech"]?.stringValue ?? "").beginning(bytes: 2000))),
                outcome: Self.text(question["outcome"]),
                pages: try Self.count(question["pages"], "pages"),
                addresses: question["addresses"]?.arrayValue?.compactMap(\.stringValue) ?? [])
            try store.spend("pages_crawled", try Self.count(question["pages"], "pages"))
            try store.spend("domains_resolved", 1)
            return [:]
        case "save":
            guard let leads = question["leads"]?.arrayValue, leads.count <= DomainDiscovery.Limits.batch else {
                throw WorkReport.invalid("leads")
            }
            return ["kept": .array(try leads.map { .bool(try save($0, at: domain, job, store)) })]
        case "permission":
            return try permission(
                try Self.email(question, of: domain), isForMailServer: question["smtp"] != false,
                skipsVerified: question["skip_verified"] == true, store)
        case "checked":
            let email = try Self.email(question, of: domain)
            guard let status = question["status"]?.stringValue.flatMap(Verification.Status.init),
                let reason = Self.text(question["reason"]),
                reason.utf8.allSatisfy({ 0x61...0x7A ~= $0 || 0x30...0x39 ~= $0 || $0 == UInt8(ascii: "_") })
            else { throw WorkReport.invalid("status") }
            try store.checked(
                email, .init(status: status, reason: reason),
                category: question["reached"] == false ? LeadStore.unreached : Self.text(question["category"]),
                code: question["code"]?.intValue, host: Self.text(question["host"]), text: Self.text(question["text"]))
            return [:]
        case "catch_all": return ["catch_all": .optional(try store.catchAll(of: try Self.host(question), at: domain))]
        case "catch_all_found":
            guard let found = question["catch_all"]?.stringValue.flatMap(Verification.CatchAll.init) else {
                throw WorkReport.invalid("catch_all")
            }
            try store.catchAllFound(found, of: try Self.host(question), at: domain)
            // That there is no mail server, the name server says.
            if found != .noMX { try store.spend("catchall_checks", 1) }
            return [:]
        default: throw WorkReport.invalid("question")
        }
    }

    /// - Returns: whether the lead is kept: some people are not to be, and some names are none.
    private func save(_ lead: JSON, at domain: String, _ job: Job, _ store: LeadStore.Writer) throws -> Bool {
        guard let name = lead["name"]?.stringValue?.trimmed, !name.isEmpty, name.utf8.count <= LedgerLimits.nameBytes else {
            return false
        }
        let email: String?
        do {
            email = try lead["email"]?.stringValue.map { try Self.checked($0) }
        } catch {
            return false
        }
        let evidence = (lead["evidence"]?.arrayValue ?? []).prefix(LedgerLimits.evidence).compactMap { entry -> JSON? in
            guard let url = entry["url"]?.stringValue, url.utf8.count <= LedgerLimits.urlBytes, url.hasPrefix("http"),
                let text = Self.text(entry["text"]), let source = Self.text(entry["source"])
            else { return nil }
            let fields = Evidence.fieldNames.compactMap { name in
                Self.text(entry["fields"]?[name]).map { (name, JSON.string($0)) }
            }
            return [
                "url": .string(url), "text": .string(text), "source": .string(source), "at": Lead.time(.now),
                "fields": .object(.init(uniqueKeysWithValues: fields)),
            ]
        }
        guard
            let id = try store.save(
                .init(
                    name: name, title: Self.text(lead["title"]), email: email,
                    source: lead["published"] == true ? .published : .generated, evidence: evidence), at: domain)
        else { return false }
        try store.note(lead: id, foundBy: job.id.rawValue)
        return true
    }

    private func permission(
        _ email: String, isForMailServer: Bool, skipsVerified: Bool, _ store: LeadStore.Writer
    ) throws -> JSON {
        switch try store.begin(email, skipsVerified: skipsVerified) {
        case .go:
            if isForMailServer { try store.spend("smtp_probes", 1) }
            return ["permission": "go"]
        case .suppressed: return ["permission": "suppressed"]
        case .known(let verdict):
            return ["permission": "known", "status": .string(verdict.status.rawValue), "reason": .string(verdict.reason)]
        }
    }

    private static func text(_ value: JSON?) -> String? {
        value?.stringValue.map { $0.beginning(bytes: LedgerLimits.textBytes) }.flatMap { $0.isEmpty ? nil : $0 }
    }

    private static func count(_ value: JSON?, _ name: String) throws -> Int64 {
        let number = value?.intValue ?? 0
        guard 0...100_000 ~= number else { throw WorkReport.invalid(name) }
        return number
    }

    static func host(_ question: JSON) throws -> String {
        guard let host = question["host"]?.stringValue, host.utf8.count <= 253, (try? DomainName(host))?.description == host
        else {
            throw WorkReport.invalid("host")
        }
        return host
    }

    /// - Parameter domain: of the company that the address has to belong to.
    static func email(_ question: JSON, of domain: String) throws -> String {
        guard let text = question["email"]?.stringValue else { throw WorkReport.invalid("email") }
        let email = try checked(text)
        guard try DomainName(domain).owns(String(email.drop { $0 != "@" }.dropFirst())) else { throw WorkReport.invalid("email") }
        return email
    }

    private static func checked(_ email: String) throws -> String {
        guard email.utf8.count <= 254, email.split(separator: "@", omittingEmptySubsequences: false).count == 2,
            email == email.lowercased()
        else { throw WorkReport.invalid("email") }
        return email
    }
}
