/// What a style sheet takes out of sight, as far as its selectors are simple: a name, classes and an id of one element.
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

    private struct Rule {
        let name: String
        let id: String
        let classes: [String]
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
            let selector = part.split(whereSeparator: \.isWhitespace).joined(separator: " ")
            guard !selector.isEmpty, !selector.contains(where: { " >+~:[*".contains($0) }) else { continue }
            var (name, id, classes) = ("", "", [String]())
            var (word, kind) = ("", Character(" "))
            func close() {
                switch kind {
                case ".": if !word.isEmpty { classes.append(word) }
                case "#": id = word
                default: name = word.lowercased()
                }
                word = ""
            }
            for letter in selector {
                if letter == "." || letter == "#" {
                    close()
                    kind = letter
                } else {
                    word.append(letter)
                }
            }
            close()
            let weight = (id.isEmpty ? 0 : 10_000) + classes.count * 100 + (name.isEmpty ? 0 : 1)
            let key = classes.last.map { ".\($0)" } ?? (id.isEmpty ? name : "#\(id)")
            places[key, default: []].append(rules.count)
            rules.append(Rule(name: name, id: id, classes: classes, effect: effect, weight: weight))
        }
    }

    /// What the rules say of an element.
    func effect(_ name: String, id: String?, classes given: String?) -> Effect {
        let classes = given.map { $0.split(whereSeparator: \.isWhitespace).prefix(100).map(String.init) } ?? []
        var found: [Int] = places[name] ?? []
        if let id { found += places["#\(id)"] ?? [] }
        for word in classes { found += places[".\(word)"] ?? [] }
        guard !found.isEmpty else { return Effect() }
        let matches = found.suffix(Self.mostMatches).filter { index in
            let rule = rules[index]
            return (rule.name.isEmpty || rule.name == name) && (rule.id.isEmpty || rule.id == id)
                && (rule.classes.count < 2 || rule.classes.allSatisfy(classes.contains))
        }
        var effect = Effect()
        for index in matches.sorted(by: { (rules[$0].weight, $0) < (rules[$1].weight, $1) }) { effect.take(rules[index].effect) }
        return effect
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
