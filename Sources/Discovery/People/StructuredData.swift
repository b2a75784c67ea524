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
    }

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
        guard text.utf8.count <= Limits.scriptBytes, let json = try? JSON(stored: text.trimmed) else { return }
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

    private mutating func readItem(_ item: Int, _ tree: HTMLTree) {
        var values: [String: String] = [:]
        var node = tree.following(item, in: item)
        while let current = node {
            let element = tree.nodes[current]
            if element.kind == .element {
                for property in (element["itemprop"] ?? element["property"] ?? "").split(separator: " ") {
                    let name = property.split(separator: ":").last.map { String($0).lowercased() } ?? ""
                    let value =
                        element["content"] ?? (name == "email" ? element["href"] : nil) ?? Self.text(of: current, tree).collapsed
                    if values[name] == nil, !value.isEmpty { values[name] = value }
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
        while let current = node {
            let element = tree.nodes[current]
            if element.kind == .element, let classes = element["class"]?.split(whereSeparator: \.isWhitespace) {
                let value = Self.text(of: current, tree).collapsed
                if classes.contains("fn") || classes.contains("p-name") { name = name ?? value }
                if classes.contains("given-name") || classes.contains("p-given-name") { given = given ?? value }
                if classes.contains("family-name") || classes.contains("p-family-name") { family = family ?? value }
                if classes.contains("title") || classes.contains("p-job-title") || classes.contains("role")
                    || classes.contains("p-role")
                {
                    title = title ?? value
                }
                if classes.contains("email") || classes.contains("u-email") { email = email ?? element["href"] ?? value }
            }
            node = tree.following(current, in: card)
        }
        let parts = [given, family].compactMap { $0 }
        add(name ?? (parts.count == 2 ? parts.joined(separator: " ") : nil), title, email, "hcard")
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
