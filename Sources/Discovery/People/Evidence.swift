package import Core

/// Where something stands that is said of a person: the page, and the words.
package struct Evidence: Sendable, Equatable {
    package let url: String
    /// As the page shows them.
    package let text: String
    /// What says it: `json_ld`, `microdata`, `hcard`, `table`, `text`, `mailto`.
    package let source: String

    package init(url: String, text: String, source: String) {
        self.url = url
        self.text = text.beginning(bytes: 300)
        self.source = source
    }

    package var json: JSON { ["url": .string(url), "text": .string(text), "source": .string(source)] }
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
