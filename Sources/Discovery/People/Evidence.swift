package import Core

/// Where something stands that is said of a person: the page, the words, and what they say.
package struct Evidence: Sendable, Equatable {
    package let url: String
    /// As the page shows them.
    package let text: String
    /// What says it: `json_ld`, `microdata`, `hcard`, `table`, `text`, `mailto`.
    package let source: String
    /// When the page was read.
    package let at: Moment
    /// What the words say, by field.
    package var fields: [String: String]

    package static let fieldNames = ["name", "title", "email"]

    package init(url: String, text: String, source: String, name: String, title: String?, email: String?) {
        self.url = url
        self.text = text.beginning(bytes: 300)
        self.source = source
        at = .now
        fields = ["name": name]
        fields["title"] = title
        fields["email"] = email
    }

    package var json: JSON {
        [
            "url": .string(url), "text": .string(text), "source": .string(source), "at": .string(at.description.prefix(19) + "Z"),
            "fields": .object(fields.mapValues { .string($0) }),
        ]
    }

    /// The first so many of a list, in its order, where what says something new of a field comes before what says the same again.
    /// - Parameter fields: what an entry says.
    package static func first<Entry>(_ most: Int, of entries: [Entry], fields: (Entry) -> [String: String]) -> [Entry] {
        guard entries.count > most else { return entries }
        var said: Set<[String]> = []
        let isNew = entries.map { entry in
            fields(entry).count { said.insert([$0.key, $0.value]).inserted } > 0
        }
        let order = entries.indices.filter { isNew[$0] } + entries.indices.filter { !isNew[$0] }
        return order.prefix(most).sorted().map { entries[$0] }
    }
}

/// Somebody whom a page names.
package struct FoundPerson: Sendable, Equatable {
    package var name: String
    package var title: String?
    /// Published beside the name.
    package var email: String?
    package var evidence: [Evidence]

    package init(name: String, title: String?, email: String?, evidence: [Evidence]) {
        (self.name, self.title, self.email, self.evidence) = (name, title, email, evidence)
    }
}

/// What a page says of people.
package struct PageFinding: Sendable {
    package var people: [FoundPerson]
    /// Addresses that belong to nobody who is named: those of roles, mostly.
    package var addresses: [String]
    /// What the page says of the company itself.
    package var company: CompanyFacts
}
