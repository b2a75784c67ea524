/// Which elements a style sheet hides, as far as its selectors are simple: a name, a class, an id, or a name with one of them.
struct StyleSheet {
    private var names: Set<String> = []
    private var classes: Set<String> = []
    private var ids: Set<String> = []
    /// `p.x` and `p#x`.
    private var pairs: Set<String> = []

    private static let mostRules = 20_000

    var isEmpty: Bool { names.isEmpty && classes.isEmpty && ids.isEmpty && pairs.isEmpty }

    /// Rules inside of others, such as `@media`, are passed over.
    mutating func read(_ given: [UInt8]) {
        let bytes = Self.withoutComments(given)
        var place = 0
        var rules = 0
        while place < bytes.count, rules < Self.mostRules {
            rules += 1
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
            if !selector.contains("@"), selector.utf8.count < 10_000,
                Self.hides(Array(bytes[(open + 1)..<max(open + 1, end - 1)]))
            {
                add(selector)
            }
            place = end
        }
    }

    private mutating func add(_ selectors: String) {
        for part in selectors.split(separator: ",") {
            let selector = part.split(whereSeparator: \.isWhitespace).joined(separator: " ")
            guard !selector.isEmpty, !selector.contains(where: { " >+~:[*".contains($0) }) else { continue }
            if selector.hasPrefix(".") {
                if !selector.dropFirst().contains(".") { classes.insert(String(selector.dropFirst())) }
            } else if selector.hasPrefix("#") {
                ids.insert(String(selector.dropFirst()))
            } else if selector.contains(".") || selector.contains("#") {
                pairs.insert(selector)
            } else {
                names.insert(selector.lowercased())
            }
        }
    }

    func hides(_ name: String, id: String?, classes given: String?) -> Bool {
        if names.contains(name) { return true }
        if let id, ids.contains(id) || pairs.contains("\(name)#\(id)") { return true }
        return given?.split(whereSeparator: \.isWhitespace).prefix(100).contains {
            classes.contains(String($0)) || pairs.contains("\(name).\($0)")
        } ?? false
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

    /// Whether declarations take an element out of sight.
    static func hides(_ declarations: [UInt8]) -> Bool {
        for declaration in declarations.split(separator: UInt8(ascii: ";")).prefix(200) {
            let parts = declaration.prefix(200).split(separator: UInt8(ascii: ":"), maxSplits: 1)
            guard parts.count == 2 else { continue }
            func word(_ part: ArraySlice<UInt8>) -> String {
                String(decoding: part.filter { $0 > 0x20 }, as: UTF8.self).lowercased().replacing("!important", with: "")
            }
            switch (word(parts[0]), word(parts[1])) {
            case ("display", "none"), ("visibility", "hidden"), ("visibility", "collapse"), ("mso-hide", "all"), ("opacity", "0"),
                ("font-size", "0"), ("font-size", "0px"), ("max-height", "0"), ("max-height", "0px"), ("opacity", "0.0"):
                return true
            default: continue
            }
        }
        return false
    }
}
