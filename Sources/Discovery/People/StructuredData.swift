import Core
import Foundation
import HTML

/// People that a page names for machines: JSON-LD, microdata, RDFa and microformats.
struct StructuredData {
    private(set) var people: [FoundPerson] = []
    /// The first organisation that is described.
    private(set) var company = CompanyFacts()
    private let url: String

    private enum Limits {
        static let scriptBytes = 1 << 20
        static let people = 500
        static let depth = 12
        static let textBytes = 200
        static let valueBytes = 1000
        /// Nodes that are looked at for all people of a page: items may stand inside of each other.
        static let work = 1_000_000
    }

    private var work = Limits.work

    init(_ tree: HTMLTree, url: String) {
        self.url = url
        var node: Int? = HTMLTree.root
        while let current = node {
            let element = tree.nodes[current]
            if element.kind == .element {
                if element.name == "script", element["type"]?.lowercased().contains("ld+json") == true {
                    readJSON(Self.text(of: current, tree))
                } else if Self.isPersonItem(element) {
                    readItem(current, tree)
                } else if let classes = element["class"], Self.isCard(classes) {
                    readCard(current, tree)
                }
            }
            if people.count >= Limits.people { break }
            node = tree.following(current, in: HTMLTree.root)
        }
    }

    private mutating func add(_ name: String?, _ title: String?, _ email: String?, _ source: String, text: String? = nil) {
        guard let name = name?.collapsed, let person = PersonName(name, isLoose: true) else { return }
        let title = (title?.collapsed.beginning(bytes: Limits.textBytes)).flatMap { $0.isEmpty ? nil : $0 }
        let email = email.flatMap { Addresses.mailto($0).first ?? Addresses.all(in: $0).first }
        people.append(
            FoundPerson(
                name: person.text, title: title, email: email,
                evidence: [
                    Evidence(
                        url: url, text: text ?? [name, title, email].compactMap { $0 }.joined(separator: ", "), source: source,
                        name: person.text, title: title, email: email)
                ]))
    }

    // MARK: JSON-LD

    private mutating func readJSON(_ text: String) {
        guard text.utf8.count <= Limits.scriptBytes, let json = try? JSON(parsing: Array(text.trimmed.utf8)) else { return }
        read(json, depth: 0)
    }

    private static let peopleIn = [
        "employee", "employees", "founder", "founders", "member", "author", "creator", "contactPoint", "mainEntity",
        "itemListElement", "item",
        "mainEntityOfPage", "about", "publisher", "department", "subOrganization", "worksFor", "memberOf", "hasPart", "@graph",
        "provider", "alumni",
    ]

    private mutating func read(_ json: JSON, depth: Int) {
        guard depth < Limits.depth, people.count < Limits.people else { return }
        switch json {
        case .array(let values): for value in values { read(value, depth: depth + 1) }
        case .object(let members):
            let types = Self.texts(members["@type"]).map {
                $0.split(whereSeparator: { $0 == "/" || $0 == "#" || $0 == ":" }).last.map(String.init) ?? $0
            }
            // What others say of the company names strangers.
            if types.contains(where: { ["Review", "Comment", "Rating", "Book", "Product", "Event", "NewsArticle"].contains($0) })
            {
                return
            }
            if types.contains("Person") {
                let given = [Self.texts(members["givenName"]).first, Self.texts(members["familyName"]).first].compactMap { $0 }
                    .joined(separator: " ")
                add(
                    Self.texts(members["name"]).first ?? (given.isEmpty ? nil : given),
                    Self.texts(members["jobTitle"]).first ?? Self.roleName(members["hasOccupation"]),
                    Self.texts(members["email"]).first, "json_ld")
            } else if types.contains(where: {
                $0.hasSuffix("Organization") || $0.hasSuffix("Business") || $0 == "Corporation"
                    || CompanyReading.industry(ofType: $0) != nil
            }),
                company.name == nil
            {
                company.name = Self.texts(members["legalName"]).first ?? Self.texts(members["name"]).first
                company.industry = types.lazy.compactMap(CompanyReading.industry(ofType:)).first
                company.size = Self.employees(members["numberOfEmployees"]).map(CompanySize.bucket(ofEmployees:))
            }
            for key in Self.peopleIn { if let value = members[key] { read(value, depth: depth + 1) } }
        default: break
        }
    }

    private static func texts(_ json: JSON?) -> [String] {
        switch json {
        case .string(let text): [text]
        case .array(let values): values.flatMap { texts($0) }
        case .object(let members): texts(members["@value"] ?? members["name"])
        default: []
        }
    }

    /// A number, a text that holds one, or a `QuantitativeValue`; of a range its end.
    private static func employees(_ json: JSON?) -> Int? {
        func number(_ json: JSON?) -> Int? {
            json?.doubleValue.flatMap { Int(exactly: $0.rounded()) }
                ?? json?.stringValue.flatMap { Int($0.filter { $0.isASCII && $0.isNumber }.prefix(9)) }
        }
        let found = number(json) ?? number(json?["value"]) ?? number(json?["maxValue"]) ?? number(json?["minValue"])
        return found.flatMap { $0 > 0 ? $0 : nil }
    }

    private static func roleName(_ json: JSON?) -> String? { json.flatMap { texts($0["name"] ?? $0["roleName"]).first } }

    // MARK: Microdata and RDFa

    private static func isPersonItem(_ element: HTMLTree.Node) -> Bool {
        if let type = element["itemtype"]?.lowercased() {
            return type.contains("schema.org/person") || type.contains("data-vocabulary.org/person")
        }
        guard let type = element["typeof"] else { return false }
        return type.split(separator: " ").contains { ["person", "schema:person", "foaf:person"].contains($0.lowercased()) }
    }

    private static let wanted: Set = ["name", "givenname", "familyname", "jobtitle", "title", "role", "email"]

    private mutating func readItem(_ item: Int, _ tree: HTMLTree) {
        var values: [String: String] = [:]
        var node = tree.following(item, in: item)
        while let current = node, work > 0 {
            work -= 1
            let element = tree.nodes[current]
            if element.kind == .element {
                for property in (element["itemprop"] ?? element["property"] ?? "").split(separator: " ") {
                    let name = property.split(separator: ":").last.map { String($0).lowercased() } ?? ""
                    guard Self.wanted.contains(name), values[name] == nil else { continue }
                    let value =
                        element["content"] ?? (name == "email" ? element["href"] : nil) ?? shortText(of: current, tree)
                    if !value.isEmpty { values[name] = value }
                }
                // The organisation of a person has a name of its own.
                if element["itemscope"] != nil || element["typeof"] != nil {
                    node = tree.followingSkipping(current, in: item)
                    continue
                }
            }
            node = tree.following(current, in: item)
        }
        let given = [values["givenname"], values["familyname"]].compactMap { $0 }.joined(separator: " ")
        add(
            values["name"] ?? (given.isEmpty ? nil : given), values["jobtitle"] ?? values["title"] ?? values["role"],
            values["email"], tree.nodes[item]["typeof"] == nil ? "microdata" : "rdfa")
    }

    // MARK: Microformats

    private static func isCard(_ classes: String) -> Bool {
        classes.split(whereSeparator: \.isWhitespace).contains { $0 == "vcard" || $0 == "h-card" }
    }

    private mutating func readCard(_ card: Int, _ tree: HTMLTree) {
        var (name, title, email, given, family): (String?, String?, String?, String?, String?)
        var node = tree.following(card, in: card)
        while let current = node, work > 0 {
            work -= 1
            let element = tree.nodes[current]
            if element.kind == .element, let classes = element["class"]?.split(whereSeparator: \.isWhitespace) {
                func holds(_ names: String...) -> Bool { names.contains { classes.contains(Substring($0)) } }
                if name == nil, holds("fn", "p-name") { name = shortText(of: current, tree) }
                if given == nil, holds("given-name", "p-given-name") { given = shortText(of: current, tree) }
                if family == nil, holds("family-name", "p-family-name") { family = shortText(of: current, tree) }
                if title == nil, holds("title", "p-job-title", "role", "p-role") { title = shortText(of: current, tree) }
                if email == nil, holds("email", "u-email") { email = element["href"] ?? shortText(of: current, tree) }
            }
            node = tree.following(current, in: card)
        }
        let parts = [given, family].compactMap { $0 }
        add(name ?? (parts.count == 2 ? parts.joined(separator: " ") : nil), title, email, "hcard")
    }

    /// Of a value: names and titles are short.
    private mutating func shortText(of node: Int, _ tree: HTMLTree) -> String {
        var bytes: [UInt8] = []
        var next = tree.following(node, in: node)
        while let current = next, bytes.count < Limits.valueBytes, work > 0 {
            work -= 1
            if tree.nodes[current].kind == .text { bytes += tree.nodes[current].bytes.prefix(Limits.valueBytes) }
            if tree.nodes[current].kind == .element, tree.nodes[current].name == "br" { bytes.append(0x20) }
            next = tree.following(current, in: node)
        }
        return String(decoding: bytes, as: UTF8.self).collapsed
    }

    static func text(of node: Int, _ tree: HTMLTree) -> String {
        var bytes: [UInt8] = []
        var next = tree.following(node, in: node)
        while let current = next {
            if tree.nodes[current].kind == .text { bytes += tree.nodes[current].bytes }
            if tree.nodes[current].kind == .element, tree.nodes[current].name == "br" { bytes.append(0x20) }
            guard bytes.count < Limits.scriptBytes else { break }
            next = tree.following(current, in: node)
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
