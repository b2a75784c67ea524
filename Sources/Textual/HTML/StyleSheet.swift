/// What a style sheet takes out of sight, as far as its selectors are plain: names, classes and ids of an element and of those around it.
struct StyleSheet {
    /// What declarations say of whether an element is seen; nil for nothing.
    struct Effect: Equatable {
        /// It and all that is in it is not there, whatever that says.
        var isGone: Bool?
        /// What is in it may show itself again.
        var isInvisible: Bool?
        var isSizeless: Bool?

        var isEmpty: Bool { isGone == nil && isInvisible == nil && isSizeless == nil }

        /// With what a stronger one says.
        mutating func take(_ other: Effect) {
            isGone = other.isGone ?? isGone
            isInvisible = other.isInvisible ?? isInvisible
            isSizeless = other.isSizeless ?? isSizeless
        }
    }

    /// An element, as selectors see it.
    struct Node {
        let name: String
        let id: String?
        /// Split once.
        let classes: [String]

        init(name: String, id: String?, classes: [String]) { (self.name, self.id, self.classes) = (name, id, classes) }

        /// - Parameter text: names with blanks between; those beyond a few are not looked at.
        init(name: String, id: String?, text: String?) {
            self.init(name: name, id: id, classes: text.map(StyleSheet.words) ?? [])
        }
    }

    /// A name, classes and an id of one element.
    private struct Compound {
        var name = ""
        var id = ""
        var classes: [String] = []

        var weight: Int { (id.isEmpty ? 0 : 10_000) + classes.count * 100 + (name.isEmpty ? 0 : 1) }

        func matches(_ node: Node) -> Bool {
            guard name.isEmpty || name == node.name, id.isEmpty || id == node.id else { return false }
            guard !classes.isEmpty else { return true }
            return classes.allSatisfy(node.classes.contains)
        }
    }

    private struct Rule {
        let own: Compound
        /// Elements around it, the nearest first, and whether each is the parent of the one before.
        let around: [(compound: Compound, isParent: Bool)]
        let effect: Effect
        /// Ids count more than classes, and these more than names; of equals the later one (Selectors 3, section 9).
        let weight: Int
    }

    private var rules: [Rule] = []
    /// By the last class, the id or the name of their selector.
    private var places: [String: [Int]] = [:]

    private static let mostRules = 20_000
    /// Looked at for one element.
    private static let mostMatches = 200

    private static let mostCompounds = 8
    /// At elements around others, for a whole document; beyond it rules that ask for them say nothing.
    private var looks = 5_000_000
    /// Whether a rule asks in what an element stands.
    private(set) var hasAncestors = false

    var isEmpty: Bool { rules.isEmpty }

    /// Rules inside of others, such as `@media`, are passed over.
    mutating func read(_ given: [UInt8]) {
        let bytes = Self.withoutComments(given)
        var place = 0
        var count = 0
        while place < bytes.count, count < Self.mostRules {
            count += 1
            guard let open = bytes[place...].firstIndex(of: UInt8(ascii: "{")) else { return }
            var selector = String(decoding: bytes[place..<open], as: UTF8.self)
            // Such as `@import "x";` before a rule.
            if let semicolon = selector.lastIndex(of: ";") { selector = String(selector[selector.index(after: semicolon)...]) }
            var (depth, end) = (1, open + 1)
            while end < bytes.count, depth > 0 {
                if bytes[end] == UInt8(ascii: "{") { depth += 1 }
                if bytes[end] == UInt8(ascii: "}") { depth -= 1 }
                end += 1
            }
            if !selector.contains("@"), selector.utf8.count < 10_000 {
                let effect = Self.effect(Array(bytes[(open + 1)..<max(open + 1, end - 1)]))
                if !effect.isEmpty { add(selector, effect) }
            }
            place = end
        }
    }

    private mutating func add(_ selectors: String, _ effect: Effect) {
        for part in selectors.split(separator: ",") where rules.count < Self.mostRules {
            let selector = part.replacing(">", with: " > ").split(whereSeparator: \.isWhitespace)
            // Others, such as of states and of places among others, are passed over.
            guard !selector.isEmpty, !part.contains(where: { "+~:[*".contains($0) }) else { continue }
            var (compounds, isParent) = ([(compound: Compound, isParent: Bool)](), false)
            for word in selector {
                if word == ">" {
                    isParent = true
                } else {
                    compounds.append((Self.compound(word), isParent))
                    isParent = false
                }
            }
            guard !isParent, 1...Self.mostCompounds ~= compounds.count, let own = compounds.last?.compound else { continue }
            // Whether each stands in its parent is said of the one inside.
            let around = compounds.indices.dropLast().reversed().map { (compounds[$0].compound, compounds[$0 + 1].isParent) }
            if !around.isEmpty { hasAncestors = true }
            let key = own.classes.last.map { ".\($0)" } ?? (own.id.isEmpty ? own.name : "#\(own.id)")
            places[key, default: []].append(rules.count)
            rules.append(Rule(own: own, around: around, effect: effect, weight: compounds.reduce(0) { $0 + $1.compound.weight }))
        }
    }

    private static func compound(_ text: Substring) -> Compound {
        var compound = Compound()
        var (word, kind) = ("", Character(" "))
        func close() {
            switch kind {
            case ".": if !word.isEmpty { compound.classes.append(word) }
            case "#": compound.id = word
            default: compound.name = word.lowercased()
            }
            word = ""
        }
        for letter in text {
            if letter == "." || letter == "#" {
                close()
                kind = letter
            } else {
                word.append(letter)
            }
        }
        close()
        return compound
    }

    private static func words(_ classes: String) -> [String] {
        var words: [String] = []
        for word in classes.prefix(2000).split(maxSplits: 50, whereSeparator: \.isWhitespace).prefix(50)
        where !words.contains(String(word)) {
            words.append(String(word))
        }
        return words
    }

    /// What the rules say of an element.
    /// - Parameter around: the elements in which it stands, the nearest last.
    mutating func effect(_ node: Node, _ around: [Node]) -> Effect {
        var found: [Int] = places[node.name] ?? []
        found = found.suffix(Self.mostMatches)
        if let id = node.id { found += (places["#\(id)"] ?? []).suffix(Self.mostMatches) }
        for word in node.classes { found += (places[".\(word)"] ?? []).suffix(Self.mostMatches) }
        guard !found.isEmpty else { return Effect() }
        var matches: [Int] = []
        for index in found where rules[index].own.matches(node) {
            if isInside(rules[index].around, around) { matches.append(index) }
        }
        var effect = Effect()
        for index in matches.sorted(by: { (rules[$0].weight, $0) < (rules[$1].weight, $1) }) { effect.take(rules[index].effect) }
        return effect
    }

    private mutating func isInside(_ wanted: [(compound: Compound, isParent: Bool)], _ around: [Node]) -> Bool {
        var place = around.count
        for (compound, isParent) in wanted {
            var isFound = false
            while place > 0, !isFound {
                place -= 1
                looks -= 1
                guard looks > 0 else { return false }
                isFound = compound.matches(around[place])
                if isParent { break }
            }
            guard isFound else { return false }
        }
        return true
    }

    private static func withoutComments(_ bytes: [UInt8]) -> [UInt8] {
        guard bytes.contains(UInt8(ascii: "*")) else { return bytes }
        var out: [UInt8] = []
        var place = 0
        while place < bytes.count {
            if place + 1 < bytes.count, bytes[place] == UInt8(ascii: "/"), bytes[place + 1] == UInt8(ascii: "*") {
                place += 2
                while place + 1 < bytes.count, !(bytes[place] == UInt8(ascii: "*") && bytes[place + 1] == UInt8(ascii: "/")) {
                    place += 1
                }
                place = min(bytes.count, place + 2)
            } else {
                out.append(bytes[place])
                place += 1
            }
        }
        return out
    }

    /// What declarations say; of equals the last one.
    static func effect(_ declarations: [UInt8]) -> Effect {
        var effect = Effect()
        for declaration in declarations.split(separator: UInt8(ascii: ";")).prefix(200) {
            let parts = declaration.prefix(200).split(separator: UInt8(ascii: ":"), maxSplits: 1)
            guard parts.count == 2 else { continue }
            func word(_ part: ArraySlice<UInt8>) -> String {
                String(decoding: part.filter { $0 > 0x20 }, as: UTF8.self).lowercased().replacing("!important", with: "")
            }
            let value = word(parts[1])
            switch word(parts[0]) {
            case "display": effect.isGone = value == "none"
            case "mso-hide": if value == "all" { effect.isGone = true }
            case "opacity": if Double(value) == 0 { effect.isGone = true }
            case "max-height": if ["0", "0px"].contains(value) { effect.isGone = true }
            case "visibility": effect.isInvisible = value == "hidden" || value == "collapse"
            case "font-size":
                effect.isSizeless =
                    value.prefix { $0.isNumber || $0 == "." }.allSatisfy { $0 == "0" || $0 == "." } && value.first == "0"
            default: continue
            }
        }
        return effect
    }
}
