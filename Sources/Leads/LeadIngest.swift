package import Core
package import Discovery
import Foundation
import GRDB
import NIOPosix
package import Storage
import Tabular
import Web

/// Takes in leads that somebody has already, row by row: one that can not be used is told, and the others are kept.
package struct LeadIngest: Sendable {
    private let storage: Storage
    private let profile: CustomerProfile

    package struct Result: Sendable {
        var accepted = 0
        var rejected = 0
        /// Of the first that were rejected.
        var errors: [String] = []
    }

    private enum Limits {
        static let errors = 50
        static let rows = 200_000
        static let cells = 4_000_000
        /// In one transaction: others wait for the writer meanwhile.
        static let batch = 500
        static let textBytes = 300
        static let notesBytes = 2000
    }

    package init(_ storage: Storage, profile: CustomerProfile) {
        (self.storage, self.profile) = (storage, profile)
    }

    /// - Throws: `Failure` `invalid_media_type`, `invalid_table`, `invalid_json`, `too_many_rows`.
    package func take(_ bytes: [UInt8], contentType: String?, isDry: Bool, for caller: Caller) async throws -> Result {
        let type = (contentType ?? "text/csv").prefix { $0 != ";" }.trimmed.lowercased()
        let rows = try await HeavyWork.run { () throws -> [Row] in
            switch type {
            case "text/csv", "text/plain", "text/tab-separated-values", "application/csv", "application/octet-stream",
                "application/x-www-form-urlencoded":
                return try Self.table(bytes)
            case "application/x-ndjson", "application/jsonl", "application/x-jsonlines", "application/jsonlines":
                return try Self.lines(bytes)
            case "application/json":
                let json = try JSON(parsing: bytes)
                guard let values = json.arrayValue ?? json["items"]?.arrayValue else {
                    throw Failure(.invalid, "invalid_json", "Send a list of objects, or JSON Lines as application/x-ndjson.")
                }
                return values.enumerated().map { Row(number: $0 + 1, members: Self.members($1)) }
            default:
                throw Failure(
                    .invalid, "invalid_media_type",
                    "Send leads as text/csv, application/x-ndjson or application/json, not \(type.beginning(letters: 60)).")
            }
        }
        guard rows.count <= Limits.rows else {
            throw Failure(.invalid, "too_many_rows", "\(rows.count) rows are too many at once; send at most \(Limits.rows).")
        }
        var result = Result()
        for start in stride(from: 0, to: rows.count, by: Limits.batch) {
            let part = Array(rows[start..<min(start + Limits.batch, rows.count)])
            let (accepted, errors) = try await keep(part, isDry, caller)
            result.accepted += accepted
            result.rejected += errors.count
            result.errors += errors.prefix(max(0, Limits.errors - result.errors.count))
        }
        return result
    }

    private func keep(_ rows: [Row], _ isDry: Bool, _ caller: Caller) async throws -> (Int, [String]) {
        let profile = profile
        return try await storage.write { db in
            let writer = LeadStore.Writer(tenant: caller.tenant, profile: profile, db: db)
            var (accepted, errors) = (0, [String]())
            for row in rows {
                do {
                    let entry = try Entry(row)
                    if !isDry {
                        guard try writer.save(entry.draft, at: entry.domain, companyName: entry.company) != nil else {
                            throw Rejection(reason: "suppressed")
                        }
                    }
                    accepted += 1
                } catch let rejection as Rejection {
                    errors.append("row \(row.number): \(rejection.reason)")
                }
            }
            return (accepted, errors)
        }
    }

    // MARK: Rows

    private struct Row: Sendable {
        let number: Int
        /// By names in small letters; nil when the row could not be read at all.
        let members: [String: String]?
    }

    private struct Rejection: Error {
        let reason: String
    }

    private static func members(_ json: JSON) -> [String: String]? {
        guard case .object(let members) = json else { return nil }
        return members.reduce(into: [:]) { texts, member in
            switch member.value {
            case .string(let text): texts[key(member.key)] = text
            case .int, .double, .bool: texts[key(member.key)] = member.value.text
            default: break
            }
        }
    }

    private static func key(_ name: String) -> String {
        name.trimmed.lowercased().replacing(" ", with: "_").replacing("-", with: "_")
    }

    private static func lines(_ bytes: [UInt8]) throws -> [Row] {
        var rows: [Row] = []
        for line in bytes.split(separator: 0x0A) where !line.allSatisfy({ $0 == 0x20 || $0 == 0x0D || $0 == 0x09 }) {
            rows.append(Row(number: rows.count + 1, members: (try? JSON(parsing: Array(line))).flatMap(members)))
            guard rows.count <= Limits.rows else { break }
        }
        return rows
    }

    private static func table(_ bytes: [UInt8]) throws -> [Row] {
        guard bytes.contains(where: { $0 > 0x20 }) else { return [] }
        let table: TextTable
        do {
            table = try TextTable(DecodedText(bytes), name: "leads.csv", most: Limits.cells)
        } catch let failure as TabularFailure {
            throw Failure(.invalid, "invalid_table", failure.message)
        }
        guard let header = table.rows.first?.map(key), header.contains(where: Entry.known.contains) else {
            throw Failure(
                .invalid, "invalid_table",
                "The first row must name the columns, such as company, domain, first_name, last_name, title, email.")
        }
        return table.rows.dropFirst().enumerated().map { index, cells in
            let pairs = zip(header, cells).filter { !$0.1.isEmpty }
            return Row(number: index + 1, members: Dictionary(pairs.map { ($0, $1) }, uniquingKeysWith: { first, _ in first }))
        }
    }

    /// A row that can be used.
    private struct Entry {
        let draft: LeadStore.Draft
        let domain: String
        let company: String?

        static let known: Set = [
            "email", "e_mail", "mail", "domain", "company_domain", "website", "url", "user_supplied_domain", "company",
            "company_name",
            "first_name", "firstname", "last_name", "lastname", "full_name", "name", "title", "role", "source_url", "notes",
        ]

        init(_ row: Row) throws {
            guard let members = row.members else { throw Rejection(reason: "not_an_object") }
            func text(_ names: String...) -> String? {
                for name in names {
                    if let value = members[name]?.trimmed.collapsedSpace, !value.isEmpty {
                        return value.beginning(bytes: Limits.textBytes)
                    }
                }
                return nil
            }
            let hint = text("domain", "company_domain", "user_supplied_domain", "website", "url")
            let email = text("email", "e_mail", "mail").flatMap(Self.address)
            let domain =
                hint.flatMap { try? DomainName($0).description } ?? email.map { String($0.drop { $0 != "@" }.dropFirst()) }
            guard let domain else { throw Rejection(reason: hint == nil ? "domain_or_email_required" : "invalid_domain") }
            let (first, last) = (text("first_name", "firstname").map(Self.cased), text("last_name", "lastname").map(Self.cased))
            let joined = [first, last].compactMap { $0 }.joined(separator: " ")
            let said = text("full_name", "name").map(Self.cased) ?? (joined.isEmpty ? nil : joined)
            guard let name = said ?? email.map({ String($0.prefix { $0 != "@" }) }) else {
                throw Rejection(reason: "name_or_email_required")
            }
            self.domain = domain
            company = text("company", "company_name")
            let source = text("source_url").flatMap { $0.hasPrefix("http://") || $0.hasPrefix("https://") ? $0 : nil }
            var draft = LeadStore.Draft(
                name: name, firstName: first, lastName: last, title: text("title", "role"), email: email, source: .ingested,
                sourceURL: source,
                notes: members["notes"]?.beginning(bytes: Limits.notesBytes))
            draft.isNameGuessed = said == nil
            self.draft = draft
        }

        private static func address(_ text: String) -> String? {
            let parts = text.lowercased().split(separator: "@", omittingEmptySubsequences: false)
            guard parts.count == 2, (1...64).contains(parts[0].utf8.count),
                !parts[0].contains(where: { $0.isWhitespace || $0 == "," }),
                let domain = try? DomainName(String(parts[1])), !parts[1].hasPrefix("www.")
            else { return nil }
            return "\(parts[0])@\(domain)"
        }

        /// `JOHN VAN DER BERG` and `john smith` as people write them; what has both cases stays.
        private static func cased(_ name: String) -> String {
            guard name == name.uppercased() || name == name.lowercased(), name.contains(where: \.isCased) else { return name }
            let particles: Set = ["van", "von", "der", "den", "de", "del", "della", "di", "da", "dos", "du", "la", "le", "bin"]
            return name.lowercased().split(separator: " ").enumerated().map { index, word in
                if index > 0, particles.contains(String(word)) { return String(word) }
                var isStart = true
                return String(
                    word.map { character in
                        defer { isStart = character == "-" || character == "'" || character == "’" }
                        return isStart ? Character(String(character).uppercased().prefix(1).description) : character
                    })
            }.joined(separator: " ")
        }
    }
}

extension String {
    fileprivate var collapsedSpace: String { split(whereSeparator: \.isWhitespace).joined(separator: " ") }
}
