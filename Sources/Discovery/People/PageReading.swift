import Core
import Foundation
import HTML

/// One page, read as a person reads it.
struct PageReading {
    var lines: [PageLines.Line]
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
        /// What the line says behind the name, which may be a title.
        var rest: String?
    }

    var candidates: [Candidate] = []
    private var ranges: [Int: ClosedRange<Int>] = [:]
    /// Lines that say what the next one is.
    var isLabel: [Bool] = []
    var isUsed: [Bool] = []

    /// Whether the page is there to name people.
    private var isAboutPeople: Bool
    private var sentenceWords = 0
    private let host: String

    init(_ lines: [PageLines.Line], url: String, page: PageURL?) {
        (self.lines, self.url) = (lines, url)
        host = page?.host.withoutWWW ?? ""
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

    // MARK: Names in a line

    private static let separators = [" – ", " — ", " - ", " | ", " · ", " • ", " // ", "–", "—", " / ", ": ", "：", ", "]

    private mutating func candidates(at index: Int) -> [Candidate] {
        let line = lines[index]
        let text = line.text
        guard text.utf8.count <= 600 else { return sentences(index) }
        if line.pieces.count == 1, let hint = line.pieces.first?.hint, hint == .title || hint == .email { return [] }
        // `<b>Meera Vance</b> <i>Principal</i> <i>Chicago</i>`: not all of it is the name.
        let isApart = line.pieces.count >= 2 && PersonName(line.pieces[0].text)?.isSure == true
        if !isApart, let name = PersonName(text, isLoose: line.hint == .name) {
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
        // `<b>Jane Doe</b> is Founder of …`
        if line.pieces.count >= 2, let name = PersonName(line.pieces[0].text), name.isSure {
            let words = line.pieces[1].text.split(separator: " ").map(String.init)
            if let title = Self.titleSaid(words, 0) {
                return [.init(line: index, name: name, title: title, isComplete: true)]
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
        if isApart, let name = PersonName(text, isLoose: line.hint == .name) {
            return [.init(line: index, name: name, isComplete: false)]
        }
        let bare = Self.withoutContacts(text)
        // `A B, C D, E F` below the title of all.
        let several = bare.contains(", ") ? Self.names(in: bare) : []
        if several.count >= 2, several.allSatisfy(\.isSure) {
            return several.map { .init(line: index, name: $0, isComplete: false) }
        }
        if bare != text, let name = PersonName(bare, isLoose: line.hint == .name) {
            return [.init(line: index, name: name, isComplete: false)]
        }
        let captioned = Self.captioned(bare)
        if captioned.count >= 2 { return captioned.map { .init(line: index, name: $0.0, title: $0.1, isComplete: true) } }
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
                    return [.init(line: index, name: name, title: nil, isComplete: false, rest: title)]
                }
            }
            let isTitleFirst = separator == ": " || separator == "：" ? left.count <= 90 && !left.isEmpty : true
            if isTitleFirst, TitleWords.isTitle(left) || separator == ": " && line.pieces.first?.hint == .title {
                let names = Self.names(in: right)
                if !names.isEmpty {
                    return names.map { .init(line: index, name: $0, title: Self.cleanTitle(left), isComplete: true) }
                }
            }
        }
        return sentences(index)
    }

    /// `Von links: Jane Doe (Director), John Smith (Buyer)`; empty unless all parts are like that.
    private static func captioned(_ text: String) -> [(PersonName, String?)] {
        guard text.contains("), "), text.hasSuffix(")") || text.hasSuffix(").") else { return [] }
        var rest = text[...]
        if let colon = rest.firstIndex(of: ":"), let open = rest.firstIndex(of: "("), colon < open {
            rest = rest[rest.index(after: colon)...]
        }
        var found: [(PersonName, String?)] = []
        for part in rest.components(separatedBy: "), ") {
            guard let open = part.firstIndex(of: "("), let name = PersonName(String(part[..<open]).trimmed) else { return [] }
            found.append(
                (
                    name,
                    cleanTitle(String(part[part.index(after: open)...]).trimmingCharacters(in: CharacterSet(charactersIn: "). ")))
                ))
        }
        return found
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
    private mutating func sentences(_ index: Int) -> [Candidate] {
        let line = lines[index]
        guard !line.isForeign, line.text.utf8.count <= 4000, !line.emails.isEmpty else { return [] }
        let words = line.text.split(separator: " ").map(String.init)
        // Each beginning may be that of a name, and looks at several words.
        sentenceWords += words.count
        guard sentenceWords <= PeopleFinder.Limits.sentenceWords else { return [] }
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
        guard place + 2 < words.count, ["is", "ist", "est", "es"].contains(words[place].lowercased()) else { return nil }
        let hasArticle = ["the", "our", "a", "an", "der", "die", "le", "la", "el", "unser", "unsere", "notre"].contains(
            words[place + 1].lowercased())
        guard hasArticle || words[place + 1].first?.isUppercase == true else { return nil }
        let start = place + (hasArticle ? 2 : 1)
        var parts: [String] = []
        for word in words[start...].prefix(8) {
            if ["at", "and", "who", "with", "since", "in"].contains(word.lowercased()) { break }
            if word.lowercased() == "of", words.indices.contains(start + parts.count + 1),
                parts.count >= 2 || TitleWords.isTitle(parts.joined(separator: " "))
            {
                // `Director of Sales` goes on, `Director of Acme` does not.
                let next = words[start + parts.count + 1].trimmingCharacters(in: CharacterSet(charactersIn: ".,;"))
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
        for empty in ["( )", "()", "[ ]", "[]"] where text.hasSuffix(empty) { text = String(text.dropLast(empty.count)).trimmed }
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
        /// Of the titles at an offset: whether one was a heading.
        var headings: [Int: Set<Int>] = [:]
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
                    headings[other - index, default: []].insert(lines[other].heading)
                    break
                }
            }
        }
        // Where most names have their title in the same place, others have theirs there too.
        let without = candidates.indices.filter { candidates[$0].title == nil && !candidates[$0].isComplete }
        let with = candidates.count - without.count
        if let usual = offsets.max(by: { $0.value < $1.value }), usual.value >= 2, usual.value * 2 >= with {
            let shapes = shapesOfTitled()
            // `Glass Whisperer` reads like a name, and is none where titles stand.
            let names = Set(candidates.filter { $0.name.isSure || $0.title != nil }.map(\.line))
            for place in without {
                let (line, name) = (candidates[place].line, candidates[place].name)
                // Among names that have a title, the shape of a name is enough.
                guard name.isSure || lines[line].hint == .name || shapes[shape(line)]?.contains(line) == true else { continue }
                let other = line + usual.key
                guard lines.indices.contains(other), !names.contains(other),
                    card(of: place).range.contains(other) || lines[other].path.dropLast() == lines[line].path.dropLast(),
                    headings[usual.key]?.contains(lines[other].heading) == true,
                    let title = titleText(at: other, isKnown: true), name.isSure || !title.hasSuffix(".")
                else { continue }
                candidates[place].title = title
            }
        }
        completeFromRest()
        completeFromLineBefore()
    }

    /// `Jane Doe, Model Maker` among lines that say a name and a title.
    private mutating func completeFromRest() {
        let said = Dictionary(
            grouping: candidates.filter { $0.isComplete && $0.title != nil }, by: { lines[$0.line].path.dropLast() })
        for place in candidates.indices where candidates[place].title == nil {
            guard let rest = candidates[place].rest, said[lines[candidates[place].line].path.dropLast(), default: []].count >= 2
            else {
                continue
            }
            candidates[place].title = Self.cleanTitle(rest)
        }
    }

    /// For each way to stand on the page the lines between the first and the last name with a title, where two or more stand so.
    private func shapesOfTitled() -> [String: Range<Int>] {
        Dictionary(grouping: candidates.filter { $0.title != nil && $0.name.isSure }.map(\.line), by: shape).compactMapValues {
            lines in
            guard let first = lines.min(), let last = lines.max(), lines.count >= 2 else { return nil }
            return first..<last
        }
    }

    /// Whether every name has its title in front of it, and fewer have one behind.
    private func titlesComeFirst() -> Bool {
        let open = candidates.filter { $0.title == nil && !lines[$0.line].isForeign }
        guard open.count >= 2 else { return false }
        let taken = Set(candidates.map(\.line))
        // In the part of the page that the name is in: what follows the last name may be anything.
        func isTitle(_ index: Int, beside name: Int) -> Bool {
            let path = lines[name].path
            return lines.indices.contains(index) && !taken.contains(index) && lines[index].heading == 0
                && (path.count < 2 || lines[index].path.contains(path[path.count - 2]))
                && titleText(at: index, isKnown: false) != nil
        }
        let before = open.count { isTitle($0.line - 1, beside: $0.line) }
        return before == open.count && open.count { isTitle($0.line + 1, beside: $0.line) } < before
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
                !candidates.contains(where: { Addresses.fit(only, $0.name.text) >= 2 }), !isOfPlace(only, in: range)
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

    /// Whether an address is that of a place that stands beside it: `leeds@` under `Leeds`.
    private func isOfPlace(_ email: String, in range: ClosedRange<Int>) -> Bool {
        let local = TitleWords.folded(String(email.prefix { $0 != "@" })).filter(\.isLetter)
        let names = Set(candidates.map(\.line))
        return range.contains {
            !names.contains($0) && TitleWords.folded(lines[$0].text.beginning(bytes: 100)).filter(\.isLetter) == local
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
            // `Partner at Gantry Ventures`, on the page of another company.
            if let title = candidate.title, isElsewhere(title), candidate.email?.hasSuffix("@" + host) != true { continue }
            let isConfirmed =
                candidate.title != nil || candidate.email.map { Addresses.fit($0, candidate.name.text) >= 2 } ?? false
            let shape = shape(candidate.line)
            let isLikeOthers = shapes[shape, default: 0] >= 2 || isAboutPeople && plainShapes[shape, default: 0] >= 3
            // What has a price is a product.
            if !isConfirmed, candidate.source != "table", hasPrice(candidate) { continue }
            guard
                isConfirmed || candidate.source == "table"
                    || candidate.name.isSure && (isLikeOthers || line.hint == .name && isAboutPeople)
            else { continue }
            let more = [candidate.title, candidate.email].compactMap { $0 }.filter { !line.text.contains($0) }
            people.append(
                FoundPerson(
                    name: candidate.name.text, title: candidate.title, email: candidate.email,
                    evidence: [
                        Evidence(
                            url: url, text: ([line.text] + more).joined(separator: " · "), source: candidate.source,
                            name: candidate.name.text, title: candidate.title, email: candidate.email)
                    ]))
        }
    }

    /// Whether a title names another company than that of the page.
    private func isElsewhere(_ title: String) -> Bool {
        let words = title.split(separator: " ")
        guard let place = words.lastIndex(where: { ["at", "bei", "chez", "bij", "@"].contains($0) }), place > 0,
            words.indices.contains(place + 1), let first = words[place + 1].first, first.isUppercase
        else { return false }
        let company = TitleWords.folded(String(words[place + 1])).filter(\.isLetter)
        return company != "the" && company.count >= 3 && !host.filter(\.isLetter).contains(company)
    }

    private func hasPrice(_ candidate: Candidate) -> Bool {
        guard let place = candidates.firstIndex(where: { $0.line == candidate.line }) else { return false }
        return card(of: place).range.contains { index in
            let text = lines[index].text
            return text.utf8.count <= 60 && text.contains(where: { "€£$¥₩₹".contains($0) }) && text.contains(where: \.isNumber)
        }
    }

    /// How a line stands on the page.
    private func shape(_ index: Int) -> String {
        let line = lines[index]
        return "\(line.heading) \(line.isInList) \(line.isStrong) \(line.path.count)"
    }
}
