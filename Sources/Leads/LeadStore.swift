package import Core
import Discovery
import Foundation
import GRDB
package import Storage

/// All SQL of companies and leads.
package struct LeadStore: Sendable {
    let storage: Storage
    let indexes: LeadIndexes

    package init(_ storage: Storage) {
        self.storage = storage
        indexes = LeadIndexes(storage)
    }

    /// The category of a check whose mail server could not be reached.
    static let unreached = "unreached"

    package enum Source: String, Sendable {
        /// By the company itself.
        case published
        /// Made from the name.
        case generated
        /// Brought in by somebody.
        case ingested
    }

    /// What is to be kept of somebody.
    package struct Draft: Sendable {
        package var name: String
        package var firstName: String?
        package var lastName: String?
        package var title: String?
        package var email: String?
        package var source: Source
        package var sourceURL: String?
        package var notes: String?
        package var evidence: [JSON]
        /// Whether nobody said the name: it is the beginning of the address.
        package var isNameGuessed = false
        /// The name of their company, where it is not that of the domain.
        package var companyName: String?

        package init(
            name: String, firstName: String? = nil, lastName: String? = nil, title: String?, email: String?, source: Source,
            sourceURL: String? = nil, notes: String? = nil, evidence: [JSON] = []
        ) {
            (self.name, self.firstName, self.lastName, self.title, self.email) = (name, firstName, lastName, title, email)
            (self.source, self.sourceURL, self.notes, self.evidence) = (source, sourceURL, notes, evidence)
        }
    }

    /// What a mail server said of an address.
    struct Check: Sendable {
        let askedAt: Moment
        let endedAt: Moment?
        let code: Int64?
        let host: String?
        let text: String?

        var json: JSON {
            [
                "asked_at": Lead.time(askedAt), "ended_at": Lead.time(endedAt), "code": .optional(code), "host": .optional(host),
                "text": .optional(text),
            ]
        }
    }

    /// - Returns: nil when it was not asked.
    func check(of email: String?, in tenant: String) async throws -> Check? {
        guard let email else { return nil }
        return try await storage.read { db in
            try Row.fetchOne(
                db, sql: "SELECT askedAt, endedAt, code, host, text FROM addressCheck WHERE tenant = ? AND email = ?",
                arguments: [tenant, email]
            ).map { Check(askedAt: $0["askedAt"], endedAt: $0["endedAt"], code: $0["code"], host: $0["host"], text: $0["text"]) }
        }
    }

    /// Whether it was written down that an address is asked about, and nothing yet of what came of it.
    static func isBeingChecked(_ email: String, in tenant: String, _ db: Database) throws -> Bool {
        try Bool.fetchOne(
            db,
            sql: "SELECT EXISTS (SELECT 1 FROM addressCheck WHERE tenant = ? AND email = ? AND endedAt IS NULL AND askedAt > ?)",
            arguments: [tenant, email, Moment.now.adding(seconds: -3600)]) ?? false
    }

    /// Writes for one tenant, inside a transaction.
    struct Writer {
        let tenant: String
        let profile: CustomerProfile
        let db: Database
        private let known = Known()

        init(tenant: String, profile: CustomerProfile, db: Database) {
            (self.tenant, self.profile, self.db) = (tenant, profile, db)
        }

        /// What this transaction has looked up, for the rows that follow.
        private final class Known {
            var companies: [String: Company] = [:]
            var titles: [String: (family: String, seniority: String)] = [:]
            /// Whether the tenant has any rows in the table.
            var hasRows: [String: Bool] = [:]
        }

        private struct Company {
            let id: Int64
            let name: String?
            let industry: String?
            let size: String?
            let tech: [String]

            init(_ row: Row) {
                (id, name, industry, size) = (row["id"], row["name"], row["industry"], row["size"])
                tech = (try? JSON(stored: row["tech"]))?.arrayValue?.compactMap(\.stringValue) ?? []
            }

            /// Whether `facts` say something that is not known yet.
            func learns(from facts: CompanyFacts) -> Bool {
                name == nil && facts.name != nil || industry == nil && facts.industry != nil || size == nil && facts.size != nil
                    || tech.isEmpty && !facts.tech.isEmpty
            }
        }

        /// Adds to what discovery has cost today.
        func spend(_ name: String, _ count: Int64) throws {
            guard count > 0 else { return }
            try db.cachedStatement(
                sql: """
                    INSERT INTO tenantCost (tenant, day, name, count) VALUES (?, ?, ?, ?)
                    ON CONFLICT (tenant, day, name) DO UPDATE SET count = count + excluded.count
                    """
            ).execute(arguments: [tenant, Moment.now.day.days, name, count])
        }

        private func hasRows(in table: String) throws -> Bool {
            if let has = known.hasRows[table] { return has }
            let has =
                try Bool.fetchOne(
                    try db.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM \(table) WHERE tenant = ?)"), arguments: [tenant])
                ?? false
            known.hasRows[table] = has
            return has
        }

        private func classified(_ title: String?) -> (family: String?, seniority: String?) {
            guard let title else { return (nil, nil) }
            if let found = known.titles[title] { return found }
            let found = (family: JobTitle.roleFamily(title), seniority: JobTitle.seniority(title))
            known.titles[title] = found
            return found
        }

        enum Permission { case go, suppressed, known(Verification.Verdict) }

        private enum Limits {
            static let people = 500
            static let evidence = 8
        }

        // MARK: Companies

        func company(_ domain: String) throws -> Int64 { try company(domain, CompanyFacts()).id }

        /// - Parameter facts: what somebody says of it; what is there already stays.
        private func company(_ domain: String, _ facts: CompanyFacts) throws -> Company {
            let before = try known.companies[domain] ?? find(domain)
            if let before, !before.learns(from: facts) {
                known.companies[domain] = before
                return before
            }
            let now = Moment.now
            try db.cachedStatement(
                sql: """
                    INSERT INTO company (tenant, domain, name, industry, size, tech, createdAt, updatedAt) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                    ON CONFLICT (tenant, domain) DO UPDATE SET name = coalesce(name, excluded.name),
                        industry = coalesce(industry, excluded.industry), size = coalesce(size, excluded.size),
                        tech = CASE WHEN tech = '[]' THEN excluded.tech ELSE tech END, updatedAt = excluded.updatedAt
                    """
            ).execute(
                arguments: [
                    tenant, domain, facts.name, facts.industry, facts.size, JSON.array(facts.tech.map { .string($0) }).text, now,
                    now,
                ])
            guard let company = try find(domain) else {
                throw Failure(.unavailable, "internal_error", "The company could not be kept.")
            }
            known.companies[domain] = company
            if before != nil { try share(company) }
            return company
        }

        private func find(_ domain: String) throws -> Company? {
            try Row.fetchOne(
                try db.cachedStatement(
                    sql: "SELECT id, name, industry, size, tech FROM company WHERE tenant = ? AND domain = ?"),
                arguments: [tenant, domain]
            ).map(Company.init)
        }

        /// Writes what is known of a company to its leads, where the search looks for it, and scores them anew.
        private func share(_ company: Company) throws {
            let leads = try Row.fetchAll(
                db, sql: "SELECT id, roleFamily, seniority FROM lead WHERE company = ?", arguments: [company.id])
            for lead in leads {
                let score = profile.score(
                    .init(
                        roleFamily: lead["roleFamily"], seniority: lead["seniority"], size: company.size,
                        industry: company.industry, tech: company.tech))
                try db.cachedStatement(
                    sql: """
                        UPDATE lead SET companyName = coalesce(companyName, ?), industry = ?, size = ?, tech = ?, score = ?, reasons = ?
                        WHERE id = ?
                        """
                ).execute(
                    arguments: [
                        company.name, company.industry, company.size, company.tech.joined(separator: " "), score.points,
                        JSON.array(score.reasons.map { .string($0) }).text, lead["id"] as Int64,
                    ])
            }
        }

        func visited(
            _ domain: String, _ facts: CompanyFacts, outcome: String?, pages: Int64, addresses: [String]
        ) throws {
            let company = try company(domain, facts)
            let addresses = try addresses.prefix(100).map { $0.beginning(bytes: 254) }.filter {
                try !isSuppressed($0, domain: domain)
            }
            try db.execute(
                sql: "UPDATE company SET outcome = ?, pages = ?, addresses = ?, updatedAt = ? WHERE id = ?",
                arguments: [
                    outcome, pages, JSON.array(addresses.map { .string($0) }).text, Moment.now,
                    company.id,
                ])
        }

        /// A status of the domain of a company's addresses that still holds.
        func catchAll(of mailDomain: String, at domain: String) throws -> String? {
            guard
                let row = try Row.fetchOne(
                    db,
                    sql: """
                        SELECT catchAll, catchAllAt FROM company
                        WHERE tenant = ? AND domain = ? AND coalesce(mailDomain, domain) = ? AND catchAll IS NOT NULL
                        """, arguments: [tenant, domain, mailDomain])
            else { return nil }
            let status: String = row["catchAll"]
            let isLasting = status == "catch_all" || status == "not_catch_all"
            let life = isLasting ? LedgerLimits.catchAllSeconds : LedgerLimits.transientSeconds
            let at: Moment = row["catchAllAt"]
            return at.adding(seconds: life) > .now ? status : nil
        }

        func catchAllFound(_ found: Verification.CatchAll, of mailDomain: String, at domain: String) throws {
            try db.execute(
                sql: "UPDATE company SET catchAll = ?, catchAllAt = ?, hasMail = ?, mailDomain = ? WHERE id = ?",
                arguments: [found.rawValue, Moment.now, found != .noMX, mailDomain, try company(domain)])
        }

        // MARK: People

        func people(at domain: String) throws -> [DomainDiscovery.Lead] {
            try Row.fetchAll(
                db,
                sql: """
                    SELECT fullName, title, email, source FROM lead
                    WHERE tenant = ? AND domain = ? AND isPrimary AND length(CAST(fullName AS BLOB)) <= \(LedgerLimits.nameBytes)
                    ORDER BY id LIMIT \(Limits.people)
                    """, arguments: [tenant, domain]
            ).map { row in
                let source: String = row["source"]
                return .init(
                    name: row["fullName"], title: row["title"], email: row["email"],
                    isPublished: source != Source.generated.rawValue && row["email"] as String? != nil, evidence: [])
            }
        }

        /// - Parameter name: of a person, who may have been erased.
        func isSuppressed(_ email: String?, domain: String, name: String = "") throws -> Bool {
            if !name.isEmpty, try hasRows(in: "suppressedPerson") {
                // However the name is written: `Dr. Ann Roe`, `Roe, Ann`.
                for person in PeopleFinder.keys(name) {
                    let isErased = try Bool.fetchOne(
                        try db.cachedStatement(
                            sql: "SELECT EXISTS (SELECT 1 FROM suppressedPerson WHERE tenant = ? AND domain = ? AND person = ?)"),
                        arguments: [tenant, domain, person])
                    if isErased == true { return true }
                }
            }
            guard try hasRows(in: "suppression") else { return false }
            // A domain that is kept out keeps its subdomains out.
            let hosts = [domain, email.map { String($0.drop { $0 != "@" }.dropFirst()) }].compactMap { $0 }
            let values = [email, email.flatMap(Self.withoutTag)].compactMap { $0 } + hosts.flatMap(Self.withParents)
            return try Bool.fetchOne(
                try db.cachedStatement(
                    sql:
                        "SELECT EXISTS (SELECT 1 FROM suppression WHERE tenant = ? AND value IN (SELECT value FROM json_each(?)))"
                ),
                arguments: [tenant, JSON.array(values.map { .string($0) }).text]) ?? false
        }

        /// `ann+news@example.com` is `ann@example.com`; nil for what has no tag.
        private static func withoutTag(_ email: String) -> String? {
            guard let plus = email.firstIndex(of: "+"), plus != email.startIndex, let at = email.lastIndex(of: "@"), plus < at
            else {
                return nil
            }
            return String(email[..<plus] + email[at...])
        }

        /// `a.b.example.com`, `b.example.com`, `example.com`
        private static func withParents(_ host: String) -> [String] {
            let labels = host.split(separator: ".")
            return (0..<max(1, labels.count - 1)).map { labels[$0...].joined(separator: ".") }
        }

        /// Keeps somebody, or adds to what is known of them.
        /// - Returns: nil when they are not to be kept.
        @discardableResult
        func save(_ draft: Draft, at domain: String, company facts: CompanyFacts = CompanyFacts()) throws -> Int64? {
            var draft = draft
            let person = PeopleFinder.key(draft.name)
            guard try !isSuppressed(draft.email, domain: domain, name: draft.name) else { return nil }
            let company = try company(domain, facts)
            if let email = draft.email,
                let id = try Int64.fetchOne(
                    try db.cachedStatement(sql: "SELECT id FROM lead WHERE tenant = ? AND email = ?"), arguments: [tenant, email]),
                let owner = try Row.fetchOne(db, sql: "SELECT * FROM lead WHERE id = ?", arguments: [id])
            {
                let (name, local): (String, String) = (owner["fullName"], String(email.prefix { $0 != "@" }))
                // Nobody had said the name. A guess says none, and neither does a page of another company.
                if name == local, draft.name != local, !draft.isNameGuessed, speaks(draft, for: email, at: domain) {
                    return try add(draft, to: try named(draft, person, owner) ?? owner, person)
                }
                if owner["person"] == person || draft.isNameGuessed || draft.name == local {
                    return try add(draft, to: owner, person)
                }
                // Somebody else's address: two people have the same guess, or share one.
                draft.email = nil
            }
            if !person.isEmpty,
                let id = try Int64.fetchOne(
                    try db.cachedStatement(
                        sql: "SELECT id FROM lead WHERE company = ? AND person = ? ORDER BY isPrimary DESC, id LIMIT 1"),
                    arguments: [company.id, person]),
                let known = try Row.fetchOne(db, sql: "SELECT * FROM lead WHERE id = ?", arguments: [id])
            {
                return try add(draft, to: known, person)
            }
            return try insert(draft, company, domain, person, isPrimary: true)
        }

        private func speaks(_ draft: Draft, for email: String, at domain: String) -> Bool {
            switch draft.source {
            case .ingested: true
            case .published: (try? DomainName(domain))?.owns(String(email.drop { $0 != "@" }.dropFirst())) == true
            case .generated: false
            }
        }

        /// Gives a lead the name that somebody says. Who was there under that name without an address of their own becomes one with it.
        private func named(_ draft: Draft, _ person: String, _ lead: Row) throws -> Row? {
            let (id, company): (Int64, Int64) = (lead["id"], lead["company"])
            let twin =
                person.isEmpty
                ? nil
                : try Row.fetchOne(
                    db,
                    sql: """
                        SELECT * FROM lead WHERE company = ? AND person = ? AND id <> ? AND (email IS NULL OR source = 'generated')
                        ORDER BY id LIMIT 1
                        """, arguments: [company, person, id])
            let names = LeadName(
                draft.name, first: draft.firstName ?? twin?["firstName"], last: draft.lastName ?? twin?["lastName"])
            try db.execute(
                sql: """
                    UPDATE lead SET person = ?, fullName = ?, firstName = ?, lastName = ?, companyName = coalesce(companyName, ?),
                        notes = coalesce(notes, ?)
                    WHERE id = ?
                    """,
                arguments: [
                    person, draft.name, names.first, names.last, twin?["companyName"] as String?, twin?["notes"] as String?, id,
                ])
            if let twin, let named = try Row.fetchOne(db, sql: "SELECT * FROM lead WHERE id = ?", arguments: [id]) {
                let other: Int64 = twin["id"]
                try db.execute(
                    sql: "INSERT OR IGNORE INTO runLead (job, lead) SELECT job, ? FROM runLead WHERE lead = ?",
                    arguments: [id, other])
                try db.execute(sql: "DELETE FROM lead WHERE id = ?", arguments: [other])
                var known = Draft(
                    name: draft.name, title: twin["title"], email: nil, source: draft.source, sourceURL: twin["sourceURL"])
                known.evidence = (try? JSON(stored: twin["evidence"]))?.arrayValue ?? []
                _ = try add(known, to: named, person)
            }
            try db.execute(
                sql: """
                    UPDATE lead SET isPrimary = 1 WHERE id = ? AND NOT EXISTS (
                        SELECT 1 FROM lead AS other WHERE other.company = ? AND other.person = ? AND other.id <> ? AND other.isPrimary)
                    """, arguments: [id, company, person, id])
            return try Row.fetchOne(db, sql: "SELECT * FROM lead WHERE id = ?", arguments: [id])
        }

        /// What was said of the address before anybody had it.
        private func takeVerdict(_ email: String?, to lead: Int64) throws {
            guard let email, try hasRows(in: "addressCheck") else { return }
            try db.cachedStatement(
                sql: """
                    UPDATE lead SET status = known.status, reason = known.reason, verifiedAt = known.endedAt
                    FROM addressCheck AS known
                    WHERE lead.id = ? AND lead.status IS NULL AND known.tenant = ? AND known.email = ? AND known.endedAt IS NOT NULL
                    """
            ).execute(arguments: [lead, tenant, email])
        }

        private func insert(
            _ draft: Draft, _ company: Company, _ domain: String, _ person: String, isPrimary: Bool
        ) throws -> Int64 {
            let names = LeadName(draft.name, first: draft.firstName, last: draft.lastName)
            let (family, seniority) = classified(draft.title)
            let score = profile.score(
                .init(
                    roleFamily: family, seniority: seniority, size: company.size, industry: company.industry,
                    tech: company.tech))
            let now = Moment.now
            try db.run(
                sql: """
                    INSERT INTO lead (tenant, company, person, email, firstName, lastName, fullName, title, roleFamily, seniority, companyName,
                        domain, industry, size, tech, source, sourceURL, score, reasons, isPrimary, evidence, notes, createdAt, updatedAt)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                    """
            ) { row in
                row.bind(tenant)
                row.bind(company.id)
                row.bind(person)
                row.bind(draft.email)
                row.bind(names.first)
                row.bind(names.last)
                row.bind(draft.name)
                row.bind(draft.title)
                row.bind(family)
                row.bind(seniority)
                row.bind(draft.companyName ?? company.name)
                row.bind(domain)
                row.bind(company.industry)
                row.bind(company.size)
                row.bind(company.tech.joined(separator: " "))
                row.bind(draft.source.rawValue)
                row.bind(draft.sourceURL ?? draft.evidence.first?["url"]?.stringValue)
                row.bind(Int64(score.points))
                row.bind(score.reasons.isEmpty ? "[]" : JSON.array(score.reasons.map { .string($0) }).text)
                row.bind(isPrimary ? 1 : 0)
                row.bind(draft.evidence.isEmpty ? "[]" : JSON.array(draft.evidence).text)
                row.bind(draft.notes)
                row.bind(now.rawValue)
                row.bind(now.rawValue)
            }
            let id = db.lastInsertedRowID
            try db.run(sql: "INSERT INTO leadChange (lead) VALUES (?)") { $0.bind(id) }
            try takeVerdict(draft.email, to: id)
            return id
        }

        private func add(_ draft: Draft, to known: Row, _ person: String) throws -> Int64 {
            let id: Int64 = known["id"]
            let email: String? = known["email"]
            let source: String = known["source"]
            var draft = draft
            if let email, let new = draft.email, new != email {
                let status = (known["status"] as String?).flatMap(Verification.Status.init)
                switch (Source(rawValue: source), draft.source) {
                case (.generated, .generated) where status == .valid || status == .riskyCatchAll:
                    // What a mail server knows is better than a guess.
                    draft.email = nil
                case (.generated, _):
                    try db.execute(
                        sql: "UPDATE lead SET email = NULL, status = NULL, reason = NULL, verifiedAt = NULL WHERE id = ?",
                        arguments: [id])
                case (_, .generated): draft.email = nil
                case (.ingested, .published):
                    try db.execute(sql: "UPDATE lead SET isPrimary = 0 WHERE id = ?", arguments: [id])
                    return try insert(
                        draft, try company(known["domain"], CompanyFacts()), known["domain"], person, isPrimary: true)
                case (_, _):
                    return try insert(
                        draft, try company(known["domain"], CompanyFacts()), known["domain"], person, isPrimary: false)
                }
            }
            let title: String? = known["title"] ?? draft.title
            let (family, seniority) = classified(title)
            let tech: String = known["tech"]
            let score = profile.score(
                .init(
                    roleFamily: family, seniority: seniority, size: known["size"], industry: known["industry"],
                    tech: tech.split(separator: " ").map(String.init)))
            let old = (try? JSON(stored: known["evidence"]))?.arrayValue ?? []
            // The same words on the same page were seen when they were seen first. Older versions did not keep what they stand for.
            func areSame(_ one: JSON, _ other: JSON) -> Bool {
                ["url", "text", "source", "fields"].allSatisfy { one[$0] == other[$0] }
            }
            func isReplaced(_ entry: JSON) -> Bool {
                entry["fields"] == nil
                    && draft.evidence.contains { $0["url"] == entry["url"] && $0["source"] == entry["source"] }
            }
            let kept = old.filter { !isReplaced($0) }
            let seen = draft.evidence.filter { entry in !kept.contains { areSame($0, entry) } }
            let evidence = Evidence.first(Limits.evidence, of: kept + seen) { entry in
                var fields: [String: String] = [:]
                for name in Evidence.fieldNames { fields[name] = entry["fields"]?[name]?.stringValue }
                return fields
            }
            let names = LeadName(draft.name, first: draft.firstName, last: draft.lastName)
            try db.execute(
                sql: """
                    UPDATE lead SET email = coalesce(email, ?), title = ?, roleFamily = ?, seniority = ?, firstName = coalesce(firstName, ?),
                        lastName = coalesce(lastName, ?), source = CASE WHEN source = 'generated' OR email IS NULL THEN ? ELSE source END,
                        sourceURL = coalesce(sourceURL, ?), score = ?, reasons = ?, evidence = ?, notes = coalesce(?, notes),
                        updatedAt = ?
                    WHERE id = ?
                    """,
                arguments: [
                    draft.email, title, family, seniority, names.first, names.last, draft.source.rawValue,
                    draft.sourceURL ?? draft.evidence.first?["url"]?.stringValue, score.points,
                    JSON.array(score.reasons.map { .string($0) }).text, JSON.array(evidence).text, draft.notes, Moment.now, id,
                ])
            try takeVerdict(draft.email, to: id)
            return id
        }

        func note(lead: Int64, foundBy job: String) throws {
            try db.cachedStatement(sql: "INSERT OR IGNORE INTO runLead (job, lead) VALUES (?, ?)").execute(arguments: [job, lead])
        }

        // MARK: Checks

        /// Writes down that an address is asked about now, unless it was not long ago: also when nobody knows what came of it.
        /// - Parameter skipsVerified: whether what a mail server has judged is left alone as long as that holds.
        func begin(_ email: String, skipsVerified: Bool) throws -> Permission {
            if try isSuppressed(email, domain: String(email.drop { $0 != "@" }.dropFirst())) { return .suppressed }
            let row = try Row.fetchOne(
                db, sql: "SELECT askedAt, status, reason, category FROM addressCheck WHERE tenant = ? AND email = ?",
                arguments: [tenant, email])
            if let row {
                let (asked, category): (Moment, String?) = (row["askedAt"], row["category"])
                let status = (row["status"] as String?).flatMap(Verification.Status.init)
                let isJudged = status != nil && status != .unknownTimeout
                let seconds =
                    skipsVerified && isJudged
                    ? Double(Verification.Limits.lifeDays) * 86_400
                    : category == LeadStore.unreached && !isJudged ? LedgerLimits.unreachedSeconds : LedgerLimits.coolDownSeconds
                if asked.adding(seconds: seconds) > .now {
                    return .known(
                        .init(status: status ?? .unknownTimeout, reason: row["reason"] ?? "no_verification_attempt"))
                }
            }
            try db.execute(
                sql: "INSERT OR REPLACE INTO addressCheck (tenant, email, askedAt) VALUES (?, ?, ?)",
                arguments: [tenant, email, Moment.now])
            known.hasRows["addressCheck"] = true
            return .go
        }

        func checked(
            _ email: String, _ verdict: Verification.Verdict, category: String?, code: Int64?, host: String?, text: String?
        ) throws {
            let now = Moment.now
            try db.execute(
                sql: """
                    UPDATE addressCheck SET endedAt = ?, status = ?, reason = ?, category = ?, code = ?, host = ?, text = ?
                    WHERE tenant = ? AND email = ? AND endedAt IS NULL
                    """,
                arguments: [now, verdict.status.rawValue, verdict.reason, category, code, host, text, tenant, email])
            // Only what was begun can end.
            guard db.changesCount == 1 else { return }
            // That nobody could be reached takes nothing back of what was said before.
            let condition =
                category == LeadStore.unreached && verdict.status == .unknownTimeout
                ? "AND coalesce(status, 'unknown_timeout') = 'unknown_timeout'" : ""
            try db.execute(
                sql:
                    "UPDATE lead SET status = ?, reason = ?, verifiedAt = ?, updatedAt = ? WHERE tenant = ? AND email = ? \(condition)",
                arguments: [verdict.status.rawValue, verdict.reason, now, now, tenant, email])
        }
    }
}

/// The parts of a name.
struct LeadName {
    let first: String?
    let last: String?

    init(_ full: String, first: String?, last: String?) {
        let words = full.split(separator: " ").map(String.init)
        self.first = first ?? (words.count > 1 ? words.first : nil)
        self.last = last ?? (words.count > 1 ? words.dropFirst().joined(separator: " ") : words.first)
    }
}
