import Core
import Foundation
package import HTML

/// Finds the people that a page of a company names: what it says for machines first, then what it shows to readers.
package enum PeopleFinder {
    enum Limits {
        static let titleBytes = 160
        /// Lines behind a name that may belong to it where nothing frames them.
        static let reach = 6
        static let people = 1000
        static let columns = 30
        /// Of one page. Each name is compared with each address.
        static let candidates = 500
        static let addresses = 300
        /// Words of a page's sentences with addresses in them, in which names are looked for.
        static let sentenceWords = 20_000
        /// Places that are kept for one person.
        static let evidence = 8
    }

    package static func find(_ tree: HTMLTree, url: String) -> PageFinding {
        let structured = StructuredData(tree, url: url)
        let page = PageURL(url, on: nil)
        var reading = PageReading(PageLines(tree, host: page?.host.withoutWWW ?? "").lines, url: url, page: page)
        reading.read()
        var people = structured.people
        people += reading.people
        // What is called like the site is the company.
        let siteName = page.map { $0.host.withoutWWW.prefix { $0 != "." }.filter(\.isLetter) } ?? ""
        for index in people.indices {
            guard let title = people[index].title, isCompany(title, site: siteName) else { continue }
            people[index].title = nil
            for place in people[index].evidence.indices { people[index].evidence[place].fields["title"] = nil }
        }
        people.removeAll { person in
            let key = key(person.name)
            return siteName.count >= 5 && (siteName.hasPrefix(key) || key.hasPrefix(siteName))
        }
        let merged = merge(people)
        let owned = Set(merged.compactMap(\.email))
        var company = structured.company
        company.add(CompanyReading.facts(tree))
        return PageFinding(people: merged, addresses: reading.addresses.filter { !owned.contains($0) }, company: company)
    }

    /// What is called like the site, or ends like the name of a firm, is no title.
    private static func isCompany(_ title: String, site: String) -> Bool {
        let key = key(title)
        if site.count >= 5, key == site || key.count >= 5 && site.hasPrefix(key) && !TitleWords.isTitle(title) { return true }
        let small = title.lowercased()
        return [
            " gmbh", " s.r.o.", " s.a.", " ltd", " ltd.", " inc", " inc.", " llc", " llp", " a.s.", " sp. z o.o.", " s.p.a.",
            " oy", " ab", " b.v.", " kft.",
        ]
        .contains(where: small.hasSuffix)
    }

    /// The same person is named in several places of a page, and on several pages.
    package static func merge(_ people: [FoundPerson]) -> [FoundPerson] {
        var merged: [FoundPerson] = []
        var places: [String: Int] = [:]
        for person in people {
            let key = key(person.name)
            if let place = places[key] {
                if merged[place].title == nil { merged[place].title = person.title }
                if merged[place].email == nil { merged[place].email = person.email }
                // What the many places of a page repeat is dropped as it comes; what says something new stays.
                merged[place].evidence = Evidence.first(Limits.evidence, of: merged[place].evidence + person.evidence) {
                    $0.fields
                }
            } else if merged.count < Limits.people {
                places[key] = merged.count
                merged.append(person)
            }
        }
        return merged
    }

    /// All keys of a name: as it is written, and without titles, degrees and a comma between its parts.
    package static func keys(_ name: String) -> Set<String> {
        Set([key(name), PersonName(name, isLoose: true).map { key($0.text) }].compactMap { $0 }.filter { !$0.isEmpty })
    }

    /// The key of a name with its last word first: `Roe, Ann` begins so.
    package static func turnedKey(_ name: String) -> String {
        let words = (PersonName(name, isLoose: true)?.text ?? name).split(separator: " ").map(String.init)
        return key((words.suffix(1) + words.dropLast()).joined(separator: " "))
    }

    package static func key(_ name: String) -> String {
        guard name.utf8.allSatisfy({ $0 < 0x80 }) else { return TitleWords.folded(name).filter { $0.isLetter } }
        return String(
            decoding: name.utf8.compactMap { byte -> UInt8? in
                switch byte {
                case 0x61...0x7A: byte
                case 0x41...0x5A: byte | 0x20
                default: nil
                }
            }, as: UTF8.self)
    }
}
