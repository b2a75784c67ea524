package import Core
import Discovery
import GRDB
package import Storage

/// Who is not to be kept or asked about: an address, or a domain and everybody there. What is erased comes onto this list, so that no import
/// and no page brings it back.
package struct SuppressionStore: Sendable {
    private let storage: Storage

    package init(_ storage: Storage) {
        self.storage = storage
    }

    package struct Entry: Sendable {
        let value: String
        let reason: String?
        let createdAt: Moment

        var json: JSON { ["value": .string(value), "reason": .optional(reason), "created_at": Lead.time(createdAt)] }
    }

    package func list(_ page: Page, in tenant: String) async throws -> (entries: [Entry], total: Int) {
        try await storage.read { db in
            let rows = try Row.fetchAll(
                db,
                sql:
                    "SELECT value, reason, createdAt FROM suppression WHERE tenant = ? ORDER BY createdAt DESC, value LIMIT ? OFFSET ?",
                arguments: [tenant, page.limit, page.skip])
            let total = try Int.fetchOne(db, sql: "SELECT count(*) FROM suppression WHERE tenant = ?", arguments: [tenant]) ?? 0
            return (rows.map { Entry(value: $0["value"], reason: $0["reason"], createdAt: $0["createdAt"]) }, total)
        }
    }

    /// Takes away what is kept already.
    /// - Parameter text: an address or a domain.
    /// - Throws: `Failure` `invalid_value`.
    package func add(_ text: String, reason: String?, by caller: Caller) async throws -> Entry {
        let value = try Self.value(text)
        let entry = Entry(value: value, reason: reason, createdAt: .now)
        try await storage.write { db in try Self.add(entry, by: caller, db) }
        return entry
    }

    private static func add(_ entry: Entry, by caller: Caller, _ db: Database) throws {
        try db.execute(
            sql: """
                INSERT INTO suppression (tenant, value, reason, createdBy, createdAt) VALUES (?, ?, ?, ?, ?)
                ON CONFLICT (tenant, value) DO UPDATE SET reason = coalesce(excluded.reason, reason)
                """, arguments: [caller.tenant, entry.value, entry.reason, caller.email, entry.createdAt])
        let tenant = caller.tenant
        if entry.value.contains("@") {
            // `ann+news@example.com` is Ann's as well.
            let parts = entry.value.split(separator: "@", maxSplits: 1)
            let (name, tagged) = (parts[0], "\(parts[0].escapedForLike)+%@\(parts[1].escapedForLike)")
            // A comma is the sign behind a plus: the index knows a range, and a pattern would be held against every lead.
            for table in ["lead", "addressCheck"] {
                try db.execute(
                    sql: "DELETE FROM \(table) WHERE tenant = ? AND email = ?", arguments: [tenant, entry.value])
                try db.execute(
                    sql: """
                        DELETE FROM \(table) WHERE tenant = ? AND email >= ? AND email < ? AND email LIKE ? ESCAPE '\\'
                        """, arguments: [tenant, name + "+", name + ",", tagged])
            }
        } else {
            // Everybody there and at its subdomains, and who writes from one of them at whatever company.
            let name = entry.value.escapedForLike
            try db.execute(
                sql: """
                    DELETE FROM lead WHERE tenant = ? AND (domain = ? OR domain LIKE ? ESCAPE '\\' OR email LIKE ? ESCAPE '\\'
                        OR email LIKE ? ESCAPE '\\')
                    """, arguments: [tenant, entry.value, "%.\(name)", "%@\(name)", "%@%.\(name)"])
            try db.execute(
                sql: "DELETE FROM addressCheck WHERE tenant = ? AND (email LIKE ? ESCAPE '\\' OR email LIKE ? ESCAPE '\\')",
                arguments: [tenant, "%@\(name)", "%@%.\(name)"])
        }
        // What is published of the company is found again by the next run, without what is kept out.
        try db.execute(
            sql: """
                UPDATE company SET addresses = '[]'
                WHERE tenant = ? AND (domain = ? OR domain LIKE ? ESCAPE '\\' OR instr(addresses, ?) > 0 OR instr(addresses, ?) > 0)
                """,
            arguments: [
                tenant, entry.value, "%.\(entry.value.escapedForLike)", entry.value,
                entry.value.contains("@") ? entry.value.prefix { $0 != "@" } + "+" : entry.value,
            ])
    }

    /// - Throws: `Failure` `lead_not_found`.
    package func erase(lead id: String, by caller: Caller) async throws {
        try await storage.write { db in
            guard let number = Int64(id),
                let row = try Row.fetchOne(
                    db, sql: "SELECT email, company, domain, person, fullName FROM lead WHERE id = ? AND tenant = ?",
                    arguments: [number, caller.tenant])
            else { throw Failure(.missing, "lead_not_found", "There is no such lead.") }
            // The person goes, with every address that was kept or thought of.
            let (company, domain, person): (Int64, String, String) = (row["company"], row["domain"], row["person"])
            let keys = PeopleFinder.keys(row["fullName"]).union(person.isEmpty ? [] : [person])
            let leads = try Self.leads(of: keys, named: row["fullName"], at: company, db).union([number])
            let list = JSON.array(leads.map { .int($0) }).text
            let emails = try String.fetchAll(
                db, sql: "SELECT email FROM lead WHERE id IN (SELECT value FROM json_each(?)) AND email IS NOT NULL",
                arguments: [list])
            for email in emails { try Self.add(Entry(value: email, reason: "erased", createdAt: .now), by: caller, db) }
            for person in keys {
                try db.execute(
                    sql: """
                        INSERT INTO suppressedPerson (tenant, domain, person, createdAt, emails) VALUES (?, ?, ?, ?, ?)
                        ON CONFLICT (tenant, domain, person) DO UPDATE SET emails = excluded.emails
                        """,
                    arguments: [
                        caller.tenant, domain, person, Moment.now, JSON.array(emails.map { .string($0) }).text,
                    ])
            }
            try db.execute(sql: "DELETE FROM lead WHERE id IN (SELECT value FROM json_each(?))", arguments: [list])
            // What mail servers said of addresses that were only thought of, and are nobody else's.
            let mailDomain = try String.fetchOne(db, sql: "SELECT mailDomain FROM company WHERE id = ?", arguments: [company])
            let hosts = Set([domain, mailDomain ?? domain] + emails.map { String($0.drop { $0 != "@" }.dropFirst()) })
            for email in hosts.flatMap({ EmailPattern.candidates(for: row["fullName"], at: $0, known: nil, most: .max) }) {
                try db.execute(
                    sql: """
                        DELETE FROM addressCheck WHERE tenant = ? AND email = ?
                            AND NOT EXISTS (SELECT 1 FROM lead WHERE lead.tenant = ? AND lead.email = ?)
                        """, arguments: [caller.tenant, email, caller.tenant, email])
            }
        }
    }

    /// The leads of one person at a company, however each writes the name: `Ann Roe`, `Dr. Ann Roe`, `Roe, Ann`.
    private static func leads(
        of keys: Set<String>, named name: String, at company: Int64, _ db: Database
    ) throws -> Set<Int64> {
        guard !keys.isEmpty else { return [] }
        // With words around it, the key stands within another; so does one with its parts the other way round.
        let turned = PeopleFinder.turnedKey(name)
        let parts = keys.union(turned.isEmpty ? [] : [turned])
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT id, person, fullName FROM lead WHERE company = ? AND EXISTS (
                    SELECT 1 FROM json_each(?) AS part WHERE instr(lead.person, part.value) > 0)
                """, arguments: [company, JSON.array(parts.map { .string($0) }).text])
        return Set(
            rows.filter { row in
                keys.contains(row["person"]) || !PeopleFinder.keys(row["fullName"]).isDisjoint(with: keys)
            }.map { $0["id"] as Int64 })
    }

    /// - Throws: `Failure` `suppression_not_found`.
    package func remove(_ text: String, in tenant: String) async throws {
        let text = (try? Self.value(text)) ?? text
        try await storage.write { db in
            try db.execute(sql: "DELETE FROM suppression WHERE tenant = ? AND value = ?", arguments: [tenant, text.lowercased()])
            guard db.changesCount > 0 else {
                throw Failure(.missing, "suppression_not_found", "Nothing like that is on the list.")
            }
            // Who was erased with that address may come back.
            try db.execute(
                sql: """
                    DELETE FROM suppressedPerson
                    WHERE tenant = ? AND EXISTS (SELECT 1 FROM json_each(suppressedPerson.emails) WHERE value = ?)
                    """, arguments: [tenant, text.lowercased()])
        }
    }

    private static func value(_ text: String) throws -> String {
        let plain = text.trimmed.lowercased()
        guard let at = plain.lastIndex(of: "@") else {
            guard let domain = try? DomainName(plain) else { throw refusal }
            guard domain.isRegistrable else {
                throw Failure(
                    .invalid, "invalid_value",
                    "\(domain) is no domain of one company: many share it. Name the part before it as well.")
            }
            return domain.description
        }
        guard let domain = try? DomainName(String(plain[plain.index(after: at)...])), at != plain.startIndex else {
            throw refusal
        }
        return "\(plain[..<at])@\(domain)"
    }

    private static let refusal = Failure(
        .invalid, "invalid_value",
        "An e-mail address or a domain is needed, such as jane@example.com or example.com.")
}
