import Foundation

/// What is known of a company.
package struct CompanyFacts: Sendable, Equatable {
    package var name: String?
    /// Such as `b2b_saas`, or as somebody wrote it.
    package var industry: String?
    /// A bucket of `CompanySize`.
    package var size: String?
    /// Names in small letters.
    package var tech: [String]

    package init(name: String? = nil, industry: String? = nil, size: String? = nil, tech: [String] = []) {
        (self.name, self.industry, self.size, self.tech) = (name, industry, size, tech)
    }

    /// Adds what another page says; what is known already stays.
    mutating func add(_ other: CompanyFacts) {
        name = name ?? other.name
        industry = industry ?? other.industry
        size = size ?? other.size
        for tech in other.tech where self.tech.count < CompanyTech.Limits.names && !self.tech.contains(tech) {
            self.tech.append(tech)
        }
    }
}

/// Sizes of companies, in the buckets of the search.
package enum CompanySize {
    private static let buckets: [(most: Int, name: String)] = [(10, "1-10"), (50, "11-50"), (200, "51-200"), (1000, "201-1000")]

    package static func bucket(ofEmployees count: Int) -> String { buckets.first { count <= $0.most }?.name ?? "1001+" }

    /// The bucket of a number or a range, such as `120`, `1,200 employees` or `51-200`; nil where there is no number.
    package static func bucket(of text: String) -> String? {
        if buckets.contains(where: { $0.name == text }) || text == "1001+" { return text }
        // A comma, a point or an apostrophe before exactly three digits groups them; behind another, a fraction follows.
        let numbers = text.split { !($0.isASCII && $0.isNumber || ",.'".contains($0)) }.compactMap { part -> Int? in
            let groups = part.split(whereSeparator: { ",.'".contains($0) })
            guard let first = groups.first else { return nil }
            let digits = first + groups.dropFirst().prefix { $0.count == 3 }.joined()
            return Int(digits.prefix(9))
        }
        // Of a range, its end.
        guard let count = numbers.max(), count > 0 else { return nil }
        return bucket(ofEmployees: text.contains("+") ? count + 1 : count)
    }
}

/// Technologies of companies, as names in small letters.
package enum CompanyTech {
    enum Limits {
        static let names = 30
        static let nameBytes = 40
    }

    /// Names in a list that somebody wrote, divided by commas, semicolons or bars.
    package static func names(in text: String) -> [String] {
        var names: [String] = []
        for part in text.lowercased().split(whereSeparator: { $0 == "," || $0 == ";" || $0 == "|" }) {
            let name = part.split(whereSeparator: \.isWhitespace).joined(separator: "-")
            if !name.isEmpty, name.utf8.count <= Limits.nameBytes, !names.contains(name), names.count < Limits.names {
                names.append(name)
            }
        }
        return names
    }
}
