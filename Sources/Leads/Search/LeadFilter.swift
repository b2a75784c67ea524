import Core
import Discovery
import Foundation
package import Web

/// Which leads somebody asks for, as `GET /leads/search` words it.
package struct LeadFilter: Sendable {
    package var words: String?
    /// Values by facet: of one facet any, of several facets all.
    var values: [Facet: [String]] = [:]
    var scoreAtLeast: Int64?
    var tech: [String] = []
    /// Of companies, whole: any of them.
    var domains: [String] = []
    var recencyDays: Int64?
    /// Only what this run found.
    var run: String?
    var sort = Sort.scoreDescending
    var limit = Limits.standard
    var cursor: Cursor?
    var facets: [Facet] = []

    /// The parameters that make up a search, without its page and its facets.
    static let parameters = [
        "q", "verify_status", "icp_bucket", "roles", "role", "role_family", "role_families", "seniority", "seniorities",
        "industries", "industry", "company_industry", "sizes", "size", "company_size", "company_size_bucket", "source", "tech",
        "company_domain", "run_id",
        "domain", "icp_min",
        "recency_days", "sort", "run",
    ]

    /// A search as the query of a URL: its parameters in one order, without empty ones and without its page.
    /// - Parameter leavesOutStandardSort: whether the order that a search has anyway is left out.
    static func query(of form: Form, leavesOutStandardSort: Bool = false) -> String {
        parameters.flatMap { name in
            form.all(name).filter { value in
                !value.isEmpty && !(leavesOutStandardSort && name == "sort" && value == Sort.scoreDescending.rawValue)
            }.map { "\(name)=\($0.queryEscaped)" }
        }.joined(separator: "&")
    }

    enum Limits {
        static let standard = 20
        static let most: Int64 = 100
        static let queryBytes = 1000
        static let words = 16
        static let values = 100
        static let days: Int64 = 36_500
    }

    enum Sort: String, CaseIterable {
        case scoreDescending = "icp_desc"
        case scoreAscending = "icp_asc"
        case verifiedDescending = "verified_at_desc"
        case verifiedAscending = "verified_at_asc"

        var isByScore: Bool { self == .scoreDescending || self == .scoreAscending }
        var isDescending: Bool { self == .scoreDescending || self == .verifiedDescending }
    }

    enum Facet: String, CaseIterable {
        case status = "verify_status"
        case scoreBucket = "icp_bucket"
        case role = "role_family"
        case seniority
        case size = "company_size_bucket"
        case industry = "company_industry"
        case source

        init?(name: String) {
            switch name {
            case "roles", "role", "role_families": self = .role
            case "industry", "industries": self = .industry
            case "size", "sizes", "company_size": self = .size
            default: self.init(rawValue: name)
            }
        }

        /// The bucket of a score; nil for -1, which stands for none.
        static func bucket(ofScore score: Int8) -> String? {
            switch score {
            case 80...: "80-100"
            case 60...: "60-79"
            case 40...: "40-59"
            case 0...: "0-39"
            default: nil
            }
        }

        /// Its place among all.
        var number: Int { Self.allCases.firstIndex(of: self) ?? 0 }
    }

    /// Where a page ended.
    struct Cursor {
        let key: Int64
        let id: Int64

        /// - Throws: `Failure` `invalid_cursor`.
        init(_ text: String, for sort: Sort) throws {
            guard let bytes = Base64URL.decode(text), let json = try? JSON(parsing: bytes),
                json["sort"]?.stringValue == sort.rawValue,
                let key = json["key"]?.intValue, let id = json["person_id"]?.intValue
            else {
                throw Failure(.invalid, "invalid_cursor", "cursor must be the next_cursor of an answer with the same sort.")
            }
            (self.key, self.id) = (key, id)
        }

        static func text(_ sort: Sort, key: Int64, id: Int64) -> String {
            Base64URL.encode(JSON.object(["sort": .string(sort.rawValue), "key": .int(key), "person_id": .int(id)]).bytes)
        }
    }

    /// - Parameter mustHaveWords: whether `q` has to be there.
    /// - Throws: `Failure` `invalid_query`, `invalid_sort`, `invalid_icp_min`, `invalid_recency_days`, `invalid_limit`, `invalid_cursor`.
    package init(_ query: Form, mustHaveWords: Bool) throws {
        let words = query["q"]?.trimmed ?? ""
        guard !mustHaveWords || !words.isEmpty else {
            throw Failure(.invalid, "invalid_query", "q is required: words of the name, title, company, domain or address.")
        }
        guard words.utf8.count <= Limits.queryBytes else {
            throw Failure(.invalid, "invalid_query", "q may have at most \(Limits.queryBytes) bytes.")
        }
        self.words = words.isEmpty ? nil : words
        func list(_ names: String...) throws -> [String] {
            let values = names.flatMap { query.all($0) }.flatMap(Self.values).filter { !$0.isEmpty }
            guard values.count <= Limits.values else {
                throw Failure(.invalid, "invalid_\(names[0])", "\(names[0]) may hold at most \(Limits.values) values.")
            }
            return values
        }
        values[.status] = try list("verify_status")
        values[.role] = try list("roles", "role", "role_family", "role_families")
        values[.seniority] = try list("seniority", "seniorities").map { $0 == "C" ? "C-Level" : $0 }
        values[.industry] = try list("industries", "industry", "company_industry")
        values[.size] = try list("sizes", "size", "company_size", "company_size_bucket").map { CompanySize.bucket(of: $0) ?? $0 }
        values[.source] = try list("source")
        values[.scoreBucket] = try list("icp_bucket")
        values = values.filter { !$0.value.isEmpty }
        // What is no domain is nobody's.
        domains = try list("domain", "company_domain").map { (try? DomainName($0).description) ?? $0.lowercased() }
        tech = try list("tech").flatMap { CompanyTech.names(in: $0) }
        if let text = query["icp_min"] {
            guard let number = Int64(text), 0...100 ~= number else {
                throw Failure(.invalid, "invalid_icp_min", "icp_min must be a whole number from 0 to 100.")
            }
            scoreAtLeast = number
        }
        if let text = query["recency_days"] {
            guard let number = Int64(text), 1...Limits.days ~= number else {
                throw Failure(.invalid, "invalid_recency_days", "recency_days must be a whole number from 1 to \(Limits.days).")
            }
            recencyDays = number
        }
        if let text = query["sort"] {
            guard
                let known = Sort(rawValue: text)
                    ?? ["verified_desc": Sort.verifiedDescending, "verified_asc": .verifiedAscending][text]
            else {
                throw Failure(.invalid, "invalid_sort", "sort must be \(Sort.allCases.map(\.rawValue).joined(separator: ", ")).")
            }
            sort = known
        }
        if let text = query["limit"] {
            guard let number = Int64(text), 1...Limits.most ~= number else {
                throw Failure(.invalid, "invalid_limit", "limit must be a whole number from 1 to \(Limits.most).")
            }
            limit = Int(number)
        }
        if let text = query["cursor"] { cursor = try Cursor(text, for: sort) }
        // Names of no facet are left out, as clients ask for some that other versions have.
        facets = try list("facets").compactMap(Facet.init(name:)).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
        run = query["run"] ?? query["run_id"]
    }

    /// Values with commas between them; a comma that belongs to a value has a backslash before it.
    private static func values(_ text: String) -> [String] {
        var (values, current, isEscaped) = ([String](), "", false)
        for character in text {
            if isEscaped {
                current.append(character)
                isEscaped = false
            } else if character == "\\" {
                isEscaped = true
            } else if character == "," {
                values.append(current.trimmed)
                current = ""
            } else {
                current.append(character)
            }
        }
        return values + [current.trimmed]
    }

    /// A value as the page puts it into an address.
    static func escaped(_ value: String) -> String { value.replacing("\\", with: "\\\\").replacing(",", with: "\\,") }

    /// What is searched for; every term has to begin a word of the lead.
    var terms: [[UInt8]] {
        SearchTokenizer.terms(of: words ?? "").reduce(into: []) { terms, term in
            if terms.count < Limits.words, !terms.contains(term) { terms.append(term) }
        }
    }

    /// Words that hold no letter and no digit find nothing.
    var isHopeless: Bool { words != nil && terms.isEmpty }

    /// - Parameter only: ids of the leads of `run`.
    func query(only: [Int64]?) -> LeadQuery {
        LeadQuery(
            words: terms, accepted: Dictionary(uniqueKeysWithValues: values.map { ($0.number, Set($1)) }),
            scoreAtLeast: scoreAtLeast.map { Int8(clamping: $0) },
            verifiedSince: recencyDays.map { Moment.now.adding(seconds: -Double($0) * 86_400).rawValue },
            tech: tech.map { LeadQuery.techTerm(Array($0.utf8)) },
            domains: domains.map { LeadQuery.domainTerm(Array($0.utf8)) }, only: only, sortsByScore: sort.isByScore,
            isDescending: sort.isDescending, limit: limit, cursor: cursor.map { ($0.key, $0.id) }, counted: facets.map(\.number))
    }
}
