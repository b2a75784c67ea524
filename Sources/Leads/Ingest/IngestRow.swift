import Core
import Discovery

/// A row that somebody sends, as it stands there.
struct IngestRow: Sendable {
    let number: Int
    /// By `Field`; nil when the row could not be read at all.
    let values: [String]?

    /// What a column or a member may be.
    enum Field: Int, CaseIterable {
        case email, domain, company, firstName, lastName, fullName, title, sourceURL, notes, industry, size, tech

        /// Names in small letters, the likeliest first.
        fileprivate var names: [String] {
            switch self {
            case .email: ["email", "e_mail", "mail"]
            case .domain: ["domain", "company_domain", "user_supplied_domain", "website", "url"]
            case .company: ["company", "company_name"]
            case .firstName: ["first_name", "firstname"]
            case .lastName: ["last_name", "lastname"]
            case .fullName: ["full_name", "name"]
            case .title: ["title", "role"]
            case .sourceURL: ["source_url"]
            case .notes: ["notes"]
            case .industry: ["industry", "company_industry"]
            case .size: ["size", "company_size", "employees"]
            case .tech: ["tech", "technologies"]
            }
        }
    }

    private static let fields: [String: (field: Field, rank: Int)] = Dictionary(
        uniqueKeysWithValues: Field.allCases.flatMap { field in field.names.enumerated().map { ($1, (field, $0)) } })

    /// Which columns of a table hold which field, the likeliest first.
    struct Columns: Sendable {
        private let columns: [[Int]]

        /// - Returns: nil when no column is known.
        init?(header: [String]) {
            var found = Field.allCases.map { _ in [(rank: Int, column: Int)]() }
            for (column, name) in header.enumerated() {
                if let (field, rank) = IngestRow.fields[IngestRow.key(name)] { found[field.rawValue].append((rank, column)) }
            }
            guard found.contains(where: { !$0.isEmpty }) else { return nil }
            columns = found.map { $0.sorted { $0.rank < $1.rank }.map(\.column) }
        }

        func values(of cells: [String]) -> [String] {
            columns.map { columns in
                for column in columns where column < cells.count && !cells[column].isEmpty { return cells[column] }
                return ""
            }
        }
    }

    init(number: Int, values: [String]?) {
        (self.number, self.values) = (number, values)
    }

    /// - Parameter json: an object; anything else could not be read.
    init(number: Int, json: JSON?) {
        self.number = number
        guard case .object(let members) = json else {
            values = nil
            return
        }
        var (values, ranks) = (Field.allCases.map { _ in "" }, Field.allCases.map { _ in Int.max })
        for (name, value) in members {
            guard let (field, rank) = Self.fields[Self.key(name)], rank < ranks[field.rawValue] else { continue }
            let text: String
            switch value {
            case .string(let string): text = string
            case .int, .double, .bool: text = value.text
            case .array(let items): text = items.compactMap(\.stringValue).joined(separator: ",")
            default: continue
            }
            guard !text.isEmpty else { continue }
            (values[field.rawValue], ranks[field.rawValue]) = (text, rank)
        }
        self.values = values
    }

    private static func key(_ name: String) -> String {
        name.trimmed.lowercased().replacing(" ", with: "_").replacing("-", with: "_")
    }
}

/// A row that can be kept.
struct IngestEntry: Sendable {
    let draft: LeadStore.Draft
    let domain: String
    let company: CompanyFacts

    /// Of the row, when it was kept without a part of it.
    let warning: String?

    struct Rejection: Error, CustomStringConvertible {
        let reason: String

        /// The reason, and what to do.
        var description: String {
            switch reason {
            case "domain_or_email_required": "\(reason); give a domain or an address such as jane@example.com"
            case "invalid_domain": "\(reason); a domain is written as example.com"
            case "name_or_email_required": "\(reason); give a name or an address such as jane@example.com"
            case "not_an_object": "\(reason); a line holds one JSON object"
            case "suppressed": "\(reason); the person or the domain is kept out"
            default: reason
            }
        }
    }

    private enum Limits {
        static let textBytes = 300
        static let notesBytes = 2000
    }

    /// Domains that were checked, by what was typed; many rows share one.
    final class Domains {
        private var known: [String: String?] = [:]

        func domain(_ text: String) -> String? {
            if let found = known[text] { return found }
            let found = try? DomainName(text).description
            known[text] = .some(found)
            return found
        }
    }

    /// - Throws: `Rejection`.
    init(_ row: IngestRow, _ domains: Domains) throws(Rejection) {
        guard let values = row.values else { throw Rejection(reason: "not_an_object") }
        func text(_ field: IngestRow.Field) -> String? {
            let value = values[field.rawValue].collapsedSpace
            return value.isEmpty ? nil : value.beginning(bytes: Limits.textBytes)
        }
        let hint = text(.domain)
        let typed = text(.email)
        let email = typed.flatMap { Self.address($0, domains) }
        let domain = hint.flatMap(domains.domain) ?? email.map { String($0.drop { $0 != "@" }.dropFirst()) }
        guard let domain else { throw Rejection(reason: hint == nil ? "domain_or_email_required" : "invalid_domain") }
        let (first, last) = (text(.firstName).map(Self.cased), text(.lastName).map(Self.cased))
        let joined = [first, last].compactMap { $0 }.joined(separator: " ")
        let said = (text(.fullName).map(Self.cased) ?? (joined.isEmpty ? nil : joined))?.beginning(bytes: LedgerLimits.nameBytes)
        guard let name = said ?? email.map({ String($0.prefix { $0 != "@" }) }) else {
            throw Rejection(reason: "name_or_email_required")
        }
        self.domain = domain
        let facts = CompanyFacts(
            name: text(.company), industry: text(.industry), size: text(.size).flatMap(CompanySize.bucket(of:)),
            tech: text(.tech).map { CompanyTech.names(in: $0) } ?? [])
        let source = text(.sourceURL).flatMap { $0.hasPrefix("http://") || $0.hasPrefix("https://") ? $0 : nil }
        let notes = values[IngestRow.Field.notes.rawValue]
        var draft = LeadStore.Draft(
            name: name, firstName: first, lastName: last, title: text(.title), email: email, source: .ingested, sourceURL: source,
            notes: notes.isEmpty ? nil : notes.beginning(bytes: Limits.notesBytes))
        draft.isNameGuessed = said == nil
        // Everybody at a provider of mail works elsewhere: what is said of the company is said of this person's.
        if hint == nil, FreeMail.domains.contains(domain) {
            draft.companyName = facts.name
            company = CompanyFacts()
        } else {
            company = facts
        }
        self.draft = draft
        if email == nil, let typed {
            warning = "invalid_email; \(typed.beginning(letters: 80)) is no address, and was left out"
        } else if let hint, domains.domain(hint) == nil {
            warning = "invalid_domain; \(hint.beginning(letters: 80)) is no domain, and was left out"
        } else {
            warning = nil
        }
    }

    private static func address(_ text: String, _ domains: Domains) -> String? {
        let lower = text.lowercased()
        guard let at = lower.utf8.firstIndex(of: 0x40) else { return nil }
        let (local, host) = (lower[..<at], lower[lower.utf8.index(after: at)...])
        guard !host.utf8.contains(0x40), (1...64).contains(local.utf8.count),
            !local.utf8.contains(where: { $0 <= 0x20 || $0 == 0x2C }), !host.hasPrefix("www."),
            let domain = domains.domain(String(host))
        else { return nil }
        return "\(local)@\(domain)"
    }

    private static let particles: Set = [
        "van", "von", "der", "den", "de", "del", "della", "di", "da", "dos", "du", "la", "le", "bin",
    ]

    /// `JOHN VAN DER BERG` and `john smith` as people write them; what has both cases stays.
    private static func cased(_ name: String) -> String {
        let bytes = name.utf8
        // Both cases within ASCII: the usual name.
        if bytes.contains(where: { 0x41...0x5A ~= $0 }), bytes.contains(where: { 0x61...0x7A ~= $0 }) { return name }
        guard name == name.uppercased() || name == name.lowercased(), name.contains(where: \.isCased) else { return name }
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

/// Providers that give mailboxes to anybody.
enum FreeMail {
    static let domains: Set = [
        "gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "live.com", "msn.com", "yahoo.com", "ymail.com",
        "icloud.com",
        "me.com", "mac.com", "aol.com", "gmx.de", "gmx.net", "gmx.at", "gmx.ch", "web.de", "t-online.de", "freenet.de", "mail.ru",
        "yandex.ru", "yandex.com", "proton.me", "protonmail.com", "zoho.com", "fastmail.com", "hey.com", "mail.com", "qq.com",
        "163.com", "126.com", "sina.com", "naver.com", "hanmail.net", "daum.net", "orange.fr", "free.fr", "laposte.net",
        "wanadoo.fr",
        "libero.it", "virgilio.it", "seznam.cz", "wp.pl", "o2.pl", "onet.pl", "hotmail.co.uk", "yahoo.co.uk", "btinternet.com",
        "comcast.net", "verizon.net", "att.net", "bigpond.com", "rediffmail.com", "uol.com.br", "bol.com.br",
    ]
}

extension String {
    /// One space between words, none around them.
    fileprivate var collapsedSpace: String {
        var before: UInt8 = 0x20
        var isTidy = true
        for byte in utf8 {
            // A control character, a second space, or a byte of what might be a space of another kind.
            if byte < 0x20 || byte >= 0x80 || byte == 0x20 && before == 0x20 {
                isTidy = false
                break
            }
            before = byte
        }
        if isTidy, before != 0x20 || isEmpty { return self }
        return split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
}
