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
        /// Of one page. Each name is compared with each address.
        static let candidates = 500
        static let addresses = 300
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

    /// The same person is named in several places of a page, and on several pages.
    package static func merge(_ people: [FoundPerson]) -> [FoundPerson] {
        var merged: [FoundPerson] = []
        var places: [String: Int] = [:]
        for person in people {
            let key = key(person.name)
            if let place = places[key] {
                if merged[place].title == nil { merged[place].title = person.title }
                if merged[place].email == nil { merged[place].email = person.email }
                if merged[place].evidence.count < 8 { merged[place].evidence += person.evidence }
            } else if merged.count < Limits.people {
                places[key] = merged.count
                merged.append(person)
            }
        }
        return merged
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

/// One page, read as a person reads it.
struct PageReading {
    private var lines: [PageLines.Line]
    private let url: String
    private(set) var people: [FoundPerson] = []
    /// All that are published, in the order of the page.
    private(set) var addresses: [String] = []

    struct Candidate {
        let line: Int
        let name: PersonName
        var title: String?
        var email: String?
        /// Whether the line itself says the title, so that none is looked for.
        var isComplete: Bool
        var source = "text"
    }

    private var candidates: [Candidate] = []
    private var ranges: [Int: ClosedRange<Int>] = [:]
    /// Lines that say what the next one is.
    private var isLabel: [Bool] = []
    private var isUsed: [Bool] = []

    /// Whether the page is there to name people.
    private var isAboutPeople: Bool

    init(_ lines: [PageLines.Line], url: String, page: PageURL?) {
        (self.lines, self.url) = (lines, url)
        isAboutPeople = page.flatMap { LinkRanking.rank($0, text: "") }.map { $0 >= 15 } ?? false
        isLabel = Array(repeating: false, count: lines.count)
        isUsed = isLabel
    }

    mutating func read() {
        var seen: Set<String> = []
        for line in lines {
            for address in line.emails where addresses.count < PeopleFinder.Limits.addresses && seen.insert(address).inserted {
                addresses.append(address)
            }
        }
        for (index, line) in lines.enumerated() {
            for element in line.path {
                ranges[element] = (ranges[element]?.lowerBound ?? index)...index
            }
        }
        if lines.contains(where: { line in
            line.heading > 0 && line.text.count < 80
                && (LinkRanking.rank(PageURL(host: "x.test", isSecure: true), text: line.text) ?? 0) >= 15
        }) {
            isAboutPeople = true
        }
        readLabels()
        readTables()
        for index in lines.indices where !isUsed[index] && !isLabel[index] && candidates.count < PeopleFinder.Limits.candidates {
            candidates += self.candidates(at: index)
        }
        candidates.sort { $0.line < $1.line }
        complete()
        assignAddresses()
        accept()
    }

    // MARK: Labels

    private static let nameLabels: Set = [
        "name", "nom", "nombre", "naam", "nome", "imie i nazwisko", "navn", "namn", "nimi", "ad soyad", "имя", "фио", "ονομα",
        "氏名", "姓名", "이름", "full name", "nom et prenom", "contact", "contact person", "ansprechpartner", "nev", "jmeno",
    ]
    private static let titleLabels: Set = [
        "position", "title", "role", "job title", "funktion", "poste", "fonction", "cargo", "puesto", "ruolo", "functie",
        "stanowisko", "titel", "stilling", "tehtava", "gorev", "unvan", "должность", "посада", "θεση", "役職", "职位", "職務", "직책",
        "직위", "designation", "job", "qualifica", "mansione", "beosztas", "pozice", "funcao", "functia", "office", "befattning",
        "nimike",
    ]
    private static let mailLabels: Set = [
        "email", "e-mail", "mail", "courriel", "correo", "posta", "eposta", "e-posta", "sahkoposti", "メール", "邮箱", "이메일", "почта",
        "adres e-mail", "correo electronico", "email address",
    ]
    private static let otherLabels: Set = [
        "phone", "tel", "telefon", "telephone", "fax", "mobile", "age", "department", "dept", "abteilung", "room", "office hours",
        "extension", "ext", "location", "since", "linkedin", "photo", "bio", "raum", "mobil", "service", "departement", "region",
        "area",
    ]

    private enum Label { case name, title, mail, other, last, first }

    private static func label(_ text: String) -> Label? {
        guard text.utf8.count <= 40 else { return nil }
        let key = TitleWords.folded(text).trimmingCharacters(in: CharacterSet(charactersIn: " :.*"))
        if ["last name", "surname", "family name", "nachname", "nom de famille", "apellidos", "cognome"].contains(key) {
            return .last
        }
        if ["first name", "given name", "vorname", "prenom"].contains(key) { return .first }
        if nameLabels.contains(key) { return .name }
        if titleLabels.contains(key) { return .title }
        if mailLabels.contains(key) { return .mail }
        return otherLabels.contains(key) ? .other : nil
    }

    private mutating func readLabels() {
        for index in lines.indices {
            // `Position: Director`
            let pieces = lines[index].pieces
            if let first = pieces.first, let colon = first.text.firstIndex(of: ":"),
                let kind = Self.label(String(first.text[..<colon]))
            {
                let rest = String(first.text[first.text.index(after: colon)...]).trimmed
                let others = pieces.dropFirst().map(\.text)
                let value = ([rest] + others).filter { !$0.isEmpty }.joined(separator: " ")
                guard !value.isEmpty else {
                    label(index, kind, next: index + 1)
                    continue
                }
                relabel(index, kind, value)
            } else if pieces.count >= 2, let kind = Self.label(pieces[0].text) {
                relabel(index, kind, pieces.dropFirst().map(\.text).joined(separator: " "))
            } else if pieces.count == 1, let kind = Self.label(pieces[0].text),
                lines[index].cell == nil || lines[index].cell?.column == 0
            {
                label(index, kind, next: index + 1)
            }
        }
    }

    private mutating func label(_ index: Int, _ kind: Label, next: Int) {
        isLabel[index] = true
        guard next < lines.count, lines[next].pieces.count >= 1, Self.label(lines[next].text) == nil else { return }
        if lines[index].cell != nil, lines[next].cell?.row != lines[index].cell?.row { return }
        hint(next, kind)
    }

    private mutating func relabel(_ index: Int, _ kind: Label, _ value: String) {
        lines[index].pieces = [.init(text: value, hint: nil)]
        hint(index, kind)
    }

    private mutating func hint(_ index: Int, _ kind: Label) {
        switch kind {
        case .name: for piece in lines[index].pieces.indices { lines[index].pieces[piece].hint = .name }
        case .title: for piece in lines[index].pieces.indices { lines[index].pieces[piece].hint = .title }
        case .mail: lines[index].pieces[0].hint = .email
        case .other, .last, .first: isLabel[index] = true
        }
    }

    // MARK: Tables

    private mutating func readTables() {
        // Rows in their order, each with its lines.
        var rows: [(row: Int, lines: [Int])] = []
        for (index, line) in lines.enumerated() {
            guard let cell = line.cell else { continue }
            if rows.last?.row == cell.row { rows[rows.count - 1].lines.append(index) } else { rows.append((cell.row, [index])) }
        }
        var columns: [Int: Label] = [:]
        for row in rows {
            let cells = Dictionary(grouping: row.lines) { lines[$0].cell?.column ?? 0 }
            let labels = cells.compactMapValues { indexes in indexes.count == 1 ? Self.label(lines[indexes[0]].text) : nil }
            if labels.count >= 2, labels.count >= cells.count - 2, labels.values.contains(.name) || labels.values.contains(.last)
            {
                columns = labels
                for index in row.lines { isUsed[index] = true }
                continue
            }
            guard !columns.isEmpty else { continue }
            func text(_ wanted: Label) -> String? {
                guard let column = columns.first(where: { $0.value == wanted })?.key, let found = cells[column] else {
                    return nil
                }
                return found.map { lines[$0].text }.joined(separator: " ")
            }
            var name = text(.name)
            if name == nil, let last = text(.last), let first = text(.first) { name = "\(first) \(last)" }
            guard let name, let person = PersonName(name, isLoose: true) ?? PersonName(String(name.prefix { $0 != "(" })),
                let line = row.lines.first
            else {
                if cells.count > 1 || row.lines.isEmpty { columns = cells.count > 1 ? columns : [:] }
                continue
            }
            let mails = row.lines.flatMap { lines[$0].emails }
            candidates.append(
                .init(
                    line: line, name: person, title: text(.title).flatMap(Self.cleanTitle),
                    email: mails.first { !Addresses.isRole($0) }, isComplete: true, source: "table"))
            for index in row.lines { isUsed[index] = true }
        }
    }

    // MARK: Names in a line

    private static let separators = [" – ", " — ", " - ", " | ", " · ", " • ", " // ", "–", "—", " / ", ": ", ", "]

    private func candidates(at index: Int) -> [Candidate] {
        let line = lines[index]
        let text = line.text
        guard text.utf8.count <= 600 else { return sentences(index) }
        if line.pieces.count == 1, let hint = line.pieces.first?.hint, hint == .title || hint == .email { return [] }
        if let name = PersonName(text, isLoose: line.hint == .name) {
            return [.init(line: index, name: name, isComplete: false)]
        }
        // `代表取締役 伊藤 由美`, `伊藤 由美　代表取締役`
        if let space = text.firstIndex(where: { $0 == " " || $0 == "\u{3000}" }),
            text.unicodeScalars.contains(where: { 0x3000...0xD7A3 ~= $0.value })
        {
            let (left, right) = (String(text[..<space]), String(text[text.index(after: space)...]).trimmed)
            if TitleWords.isTitle(left), let name = PersonName(right) {
                return [.init(line: index, name: name, title: left, isComplete: true)]
            }
            if let last = text.lastIndex(where: { $0 == " " || $0 == "\u{3000}" }) {
                let (head, tail) = (String(text[..<last]), String(text[text.index(after: last)...]))
                if TitleWords.isTitle(tail), let name = PersonName(head) {
                    return [.init(line: index, name: name, title: tail, isComplete: true)]
                }
            }
        }
        // Parts that the markup sets apart.
        let pieces = line.pieces.filter { !Addresses.all(in: $0.text).contains($0.text.lowercased()) }
        if pieces.count >= 2 {
            for (place, piece) in pieces.enumerated() {
                guard let name = PersonName(piece.text, isLoose: piece.hint == .name) else { continue }
                let others = pieces.enumerated().filter { $0.offset != place }.map(\.element)
                let title =
                    others.first { $0.hint == .title }
                    ?? others.first { TitleWords.isTitle($0.text) && Self.cleanTitle($0.text) != nil }
                if let title, let clean = Self.cleanTitle(title.text) {
                    return [.init(line: index, name: name, title: clean, isComplete: true)]
                }
                if name.isSure, others.allSatisfy({ $0.text.count <= 60 }) {
                    return [.init(line: index, name: name, isComplete: false)]
                }
            }
        }
        let bare = Self.withoutContacts(text)
        if bare != text, let name = PersonName(bare, isLoose: line.hint == .name) {
            return [.init(line: index, name: name, isComplete: false)]
        }
        // `Jane Doe (Director)`
        if let open = bare.firstIndex(of: "("), bare.hasSuffix(")"), let name = PersonName(String(bare[..<open])) {
            let inside = String(bare[bare.index(after: open)...].dropLast())
            if TitleWords.isTitle(inside) {
                return [.init(line: index, name: name, title: Self.cleanTitle(inside), isComplete: true)]
            }
            if name.isSure { return [.init(line: index, name: name, isComplete: false)] }
        }
        for separator in Self.separators {
            guard let range = bare.range(of: separator) else { continue }
            var (left, right) = (String(bare[..<range.lowerBound]).trimmed, String(bare[range.upperBound...]).trimmed)
            // `Smith, John, Director`
            if separator == ", ", PersonName(left)?.isSure != true, let comma = right.range(of: ", "),
                let inverted = PersonName("\(left), \(right[..<comma.lowerBound])"), inverted.isSure
            {
                left = inverted.text
                right = String(right[comma.upperBound...])
            }
            // `Jane Doe, 50, Director`
            if let comma = right.range(of: ", "), right[..<comma.lowerBound].allSatisfy(\.isNumber) {
                right = String(right[comma.upperBound...])
            }
            if let name = PersonName(left), !right.isEmpty {
                var title = right.components(separatedBy: " | ")[0].components(separatedBy: " · ")[0]
                if title.count > 60, let stop = title.range(of: ". ") { title = String(title[..<stop.lowerBound]) }
                if TitleWords.isTitle(title), let clean = Self.cleanTitle(title) {
                    return [.init(line: index, name: name, title: clean, isComplete: true)]
                }
                if name.isSure, separator != ", " || title.count < 50, title.count < 80 {
                    return [.init(line: index, name: name, title: nil, isComplete: false)]
                }
            }
            let isTitleFirst = separator == ": " ? left.count <= 90 && !left.isEmpty : true
            if isTitleFirst, TitleWords.isTitle(left) || separator == ": " && line.pieces.first?.hint == .title {
                let names = Self.names(in: right)
                if !names.isEmpty {
                    return names.map { .init(line: index, name: $0, title: Self.cleanTitle(left), isComplete: true) }
                }
            }
        }
        return sentences(index)
    }

    /// `A, B und C`
    private static func names(in text: String) -> [PersonName] {
        if let name = PersonName(text) { return [name] }
        var rest = text
        for word in [" und ", " and ", " et ", " y ", " e ", " i ", " en ", " & ", "; ", " og ", " och ", " ja ", " и "] {
            rest = rest.replacing(word, with: ", ")
        }
        let names = rest.components(separatedBy: ", ").map { PersonName($0.trimmed) }
        return names.contains { $0 == nil }
            ? names.first.flatMap { $0 }.map { $0.isSure ? [$0] : [] } ?? [] : names.compactMap { $0 }
    }

    private static func withoutContacts(_ text: String) -> String {
        var words = text.split(separator: " ").map(String.init)
        words.removeAll { $0.contains("@") }
        var rest = words.joined(separator: " ")
        for address in Addresses.all(in: text) where !text.lowercased().contains(address) {
            // The hidden spelling goes with what leads to it.
            let local = String(address.prefix { $0 != "@" })
            if let place = rest.lowercased().range(of: local) {
                let distance = rest.lowercased().distance(from: rest.lowercased().startIndex, to: place.lowerBound)
                rest = String(rest.prefix(distance))
            }
        }
        for (label, _) in ["E-Mail:": 0, "Email:": 0, "E-mail:": 0, "Tel.:": 0, "Tel:": 0, "Phone:": 0, "Mail:": 0] {
            rest = rest.replacing(label, with: "")
        }
        // Telephone numbers, no ages.
        if rest.count(where: \.isNumber) >= 6, let digits = rest.firstIndex(where: \.isNumber) {
            let head = rest[..<digits]
            if head.count >= 4 { rest = String(head) }
        }
        return rest.trimmingCharacters(in: CharacterSet(charactersIn: " ,;:|·•–—-(<[+"))
    }

    /// `Our CEO Jane Doe (jane@example.com) …`
    private func sentences(_ index: Int) -> [Candidate] {
        let line = lines[index]
        guard !line.isForeign, line.text.utf8.count <= 4000, !line.emails.isEmpty else { return [] }
        let words = line.text.split(separator: " ").map(String.init)
        var found: [Candidate] = []
        var place = 0
        while place < words.count {
            var taken = false
            for length in [4, 3, 2] where place + length <= words.count {
                let part = words[place..<(place + length)].joined(separator: " ").trimmingCharacters(
                    in: CharacterSet(charactersIn: ".,;:()"))
                guard let name = PersonName(part), words[place].first?.isUppercase == true,
                    let email = line.emails.first(where: { Addresses.fit($0, name.text) >= (name.isSure ? 2 : 4) })
                else { continue }
                let title =
                    Self.titleBefore(words, place) ?? Self.titleAfter(words, place + length)
                    ?? Self.titleSaid(words, place + length)
                found.append(.init(line: index, name: name, title: title, email: email, isComplete: true))
                place += length
                taken = true
                break
            }
            if !taken { place += 1 }
        }
        return found
    }

    private static func titleBefore(_ words: [String], _ place: Int) -> String? {
        var start = place
        while start > 0, place - start < 6 {
            let word = words[start - 1]
            if word.hasSuffix(".") || word.hasSuffix(",") && start != place
                || [
                    "our", "the", "contact", "your", "unser", "unsere", "notre", "nuestro", "nuestra", "il", "la", "le", "call",
                    "with", "to", "please", "is",
                ].contains(word.lowercased())
            {
                break
            }
            start -= 1
        }
        guard start < place else { return nil }
        let text = words[start..<place].joined(separator: " ").trimmingCharacters(in: CharacterSet(charactersIn: " ,;:"))
        return TitleWords.isTitle(text) ? cleanTitle(text) : nil
    }

    /// `Jane Doe is the Managing Director of …`
    private static func titleSaid(_ words: [String], _ place: Int) -> String? {
        guard place + 2 < words.count, ["is", "ist", "est", "es"].contains(words[place].lowercased()),
            ["the", "our", "a", "an", "der", "die", "le", "la", "el", "unser", "unsere", "notre"].contains(
                words[place + 1].lowercased())
        else { return nil }
        var parts: [String] = []
        for word in words[(place + 2)...].prefix(8) {
            if ["at", "and", "who", "with", "since", "in"].contains(word.lowercased()) { break }
            if word.lowercased() == "of", words.indices.contains(place + 2 + parts.count + 1),
                parts.count >= 2 || TitleWords.isTitle(parts.joined(separator: " "))
            {
                // `Director of Sales` goes on, `Director of Acme` does not.
                let next = words[place + 2 + parts.count + 1].trimmingCharacters(in: CharacterSet(charactersIn: ".,;"))
                guard TitleWords.roleFamily(next) != "General Management" else { break }
            }
            parts.append(word.trimmingCharacters(in: CharacterSet(charactersIn: ".,;")))
            if word.hasSuffix(".") || word.hasSuffix(";") { break }
        }
        let text = parts.joined(separator: " ")
        return TitleWords.isTitle(text) ? cleanTitle(text) : nil
    }

    private static func titleAfter(_ words: [String], _ place: Int) -> String? {
        guard place < words.count, words[place - 1].hasSuffix(",") else { return nil }
        var parts: [String] = []
        for word in words[place...].prefix(7) {
            parts.append(word.trimmingCharacters(in: CharacterSet(charactersIn: ",.()")))
            if word.hasSuffix(",") || word.hasSuffix(".") || word.hasSuffix(")") { break }
        }
        let text = parts.filter { !$0.contains("@") }.joined(separator: " ")
        return TitleWords.isTitle(text) ? cleanTitle(text) : nil
    }

    /// - Returns: nil for what is too long, or a sentence.
    static func cleanTitle(_ text: String) -> String? {
        var text = text.trimmed
        if let colon = text.firstIndex(of: ":"), label(String(text[..<colon])) == .title {
            text = String(text[text.index(after: colon)...]).trimmed
        }
        text = text.trimmingCharacters(in: CharacterSet(charactersIn: " ,;:|·•–—-*/"))
        if text.hasPrefix("("), text.hasSuffix(")") { text = String(text.dropFirst().dropLast()) }
        guard !text.isEmpty, text.utf8.count <= PeopleFinder.Limits.titleBytes, !text.contains("@"), !text.contains("http") else {
            return nil
        }
        let words = text.split(separator: " ")
        guard words.count <= 12, !text.hasSuffix("!"), !text.hasSuffix("?"), !(text.hasSuffix(".") && words.count > 5) else {
            return nil
        }
        if words.count > 6,
            words.contains(where: {
                ["has", "was", "is", "with", "who", "ist", "hat", "joined", "years", "our", "we"].contains($0.lowercased())
            })
        {
            return nil
        }
        return text
    }

    // MARK: Titles beside names

    /// The lines that belong to a name: of the largest element that holds no other name, or those that follow.
    private func card(of place: Int) -> (range: ClosedRange<Int>, isFramed: Bool) {
        let index = candidates[place].line
        let name = PeopleFinder.key(candidates[place].name.text)
        func isAlone(_ range: ClosedRange<Int>) -> Bool {
            var other = place
            while other > 0, candidates[other - 1].line >= range.lowerBound {
                other -= 1
                if PeopleFinder.key(candidates[other].name.text) != name { return false }
            }
            other = place
            while other + 1 < candidates.count, candidates[other + 1].line <= range.upperBound {
                other += 1
                if PeopleFinder.key(candidates[other].name.text) != name { return false }
            }
            return true
        }
        var best = index...index
        for element in lines[index].path.reversed() {
            guard let range = ranges[element], range.count <= 60, isAlone(range) else { break }
            best = range
        }
        // A whole page with one name is no card.
        if best.count > 1, best.count <= 25 { return (best, true) }
        let next = place + 1 < candidates.count ? candidates[place + 1].line - 1 : lines.count - 1
        var end = index
        while end < min(next, index + PeopleFinder.Limits.reach) {
            let heading = lines[end + 1].heading
            if heading > 0, lines[index].heading > 0, heading <= lines[index].heading { break }
            if heading > 0, lines[index].heading == 0, !TitleWords.isTitle(lines[end + 1].text) { break }
            end += 1
        }
        return (index...max(index, end), false)
    }

    private func titleText(at index: Int, isKnown: Bool) -> String? {
        let line = lines[index]
        guard !isLabel[index], !isUsed[index] else { return nil }
        if let piece = line.pieces.first(where: { $0.hint == .title }) { return Self.cleanTitle(piece.text) }
        if line.hint == .email { return nil }
        let piece = line.pieces.first { TitleWords.isTitle($0.text) }
        if TitleWords.isTitle(line.text) || piece != nil {
            let text = line.pieces.count > 1 ? piece?.text ?? line.text : line.text
            return Self.cleanTitle(text.components(separatedBy: " | ")[0].components(separatedBy: " · ")[0])
        }
        guard isKnown, line.emails.isEmpty, line.text.count <= 60, !line.text.contains(where: \.isNumber) else { return nil }
        return Self.cleanTitle(line.text)
    }

    private mutating func complete() {
        var offsets: [Int: Int] = [:]
        let isTitleFirst = titlesComeFirst()
        let taken = Set(candidates.map(\.line))
        for place in candidates.indices where candidates[place].title == nil {
            let (range, isFramed) = card(of: place)
            let index = candidates[place].line
            // Behind the name, then in front of it.
            let after = index < range.upperBound ? Array((index + 1)...range.upperBound) : []
            let before = range.lowerBound < index ? Array((range.lowerBound..<index).reversed()) : []
            let order = isTitleFirst ? before.prefix(3) + [index - 1] : after.prefix(4) + (isFramed ? before.prefix(3) : [])
            for other in order where other >= 0 {
                if taken.contains(other) { continue }
                if let title = titleText(at: other, isKnown: false),
                    lines[other].heading == 0 || other > index || lines[other].hint == .title
                {
                    candidates[place].title = title
                    offsets[other - index, default: 0] += 1
                    break
                }
            }
        }
        // Where most names have their title in the same place, others have theirs there too.
        let without = candidates.indices.filter { candidates[$0].title == nil && !candidates[$0].isComplete }
        let with = candidates.count - without.count
        if let usual = offsets.max(by: { $0.value < $1.value }), usual.value >= 2, usual.value * 2 >= with {
            for place in without where candidates[place].name.isSure || lines[candidates[place].line].hint == .name {
                let other = candidates[place].line + usual.key
                guard lines.indices.contains(other), !taken.contains(other),
                    card(of: place).range.contains(other), lines[other].heading == 0
                else { continue }
                candidates[place].title = titleText(at: other, isKnown: true)
            }
        }
        completeFromLineBefore()
    }

    /// Whether every name has its title in front of it, and fewer have one behind.
    private func titlesComeFirst() -> Bool {
        let open = candidates.filter { $0.title == nil && !lines[$0.line].isForeign }
        guard open.count >= 2 else { return false }
        let taken = Set(candidates.map(\.line))
        func isTitle(_ index: Int) -> Bool {
            lines.indices.contains(index) && !taken.contains(index) && lines[index].heading == 0
                && titleText(at: index, isKnown: false) != nil
        }
        let before = open.count { isTitle($0.line - 1) }
        return before == open.count && open.count { isTitle($0.line + 1) } < before
    }

    /// Titles above names, where nothing frames the two.
    private mutating func completeFromLineBefore() {
        let without = candidates.indices.filter { candidates[$0].title == nil && !candidates[$0].isComplete }
        let above = without.filter { place in
            let index = candidates[place].line
            return index > 0 && !isUsed[index - 1] && lines[index - 1].heading == 0
                && titleText(at: index - 1, isKnown: false) != nil
                && !candidates.contains { $0.line == index - 1 }
        }
        guard above.count * 2 > without.count else { return }
        for place in above { candidates[place].title = titleText(at: candidates[place].line - 1, isKnown: false) }
    }

    // MARK: Addresses

    private mutating func assignAddresses() {
        var taken = Set(candidates.compactMap(\.email))
        for place in candidates.indices where candidates[place].email == nil {
            let name = candidates[place].name.text
            let range = card(of: place).range
            let near = range.flatMap { lines[$0].emails }.filter { !Addresses.isRole($0) }
            if let best = near.max(by: { Addresses.fit($0, name) < Addresses.fit($1, name) }), Addresses.fit(best, name) >= 2 {
                candidates[place].email = best
                taken.insert(best)
            } else if Set(near).count == 1, let only = near.first, !taken.contains(only),
                !candidates.contains(where: { Addresses.fit(only, $0.name.text) >= 2 })
            {
                candidates[place].email = only
                taken.insert(only)
            }
        }
        // Addresses that stand in a list of their own.
        for place in candidates.indices where candidates[place].email == nil {
            let name = candidates[place].name.text
            let fitting = addresses.filter { !taken.contains($0) && !Addresses.isRole($0) && Addresses.fit($0, name) >= 4 }
            if fitting.count == 1 {
                candidates[place].email = fitting[0]
                taken.insert(fitting[0])
            }
        }
    }

    // MARK: Who is taken

    private mutating func accept() {
        // Names that stand like others of which more is known.
        let confirmed = candidates.filter { $0.title != nil || $0.email != nil }
        let shapes = Dictionary(grouping: confirmed, by: { shape($0.line) }).mapValues(\.count)
        let plain = candidates.filter { $0.title == nil && $0.email == nil && $0.name.isSure }
        let plainShapes = Dictionary(grouping: plain, by: { shape($0.line) }).mapValues(\.count)
        for candidate in candidates {
            let line = lines[candidate.line]
            guard !line.isForeign || candidate.source == "table" else { continue }
            let isConfirmed =
                candidate.title != nil || candidate.email.map { Addresses.fit($0, candidate.name.text) >= 2 } ?? false
            let shape = shape(candidate.line)
            let isLikeOthers = shapes[shape, default: 0] >= 2 || isAboutPeople && plainShapes[shape, default: 0] >= 3
            guard
                isConfirmed || candidate.source == "table"
                    || candidate.name.isSure && (isLikeOthers || line.hint == .name && isAboutPeople)
            else { continue }
            let text = [line.text, candidate.title.flatMap { line.text.contains($0) ? nil : $0 }].compactMap { $0 }.joined(
                separator: " · ")
            people.append(
                FoundPerson(
                    name: candidate.name.text, title: candidate.title, email: candidate.email,
                    evidence: [Evidence(url: url, text: text, source: candidate.source)]))
        }
    }

    /// How a line stands on the page.
    private func shape(_ index: Int) -> String {
        let line = lines[index]
        return "\(line.heading) \(line.isInList) \(line.isStrong) \(line.path.count)"
    }
}
