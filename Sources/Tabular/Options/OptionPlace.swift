import Foundation

/// One option and where it stands.
struct OptionPlace {
    let name: String
    let field: String
    let value: JSONValue

    static let maxBytes = 64 << 10

    /// The options of an object; null for the whole, or for one of them, is as if it were not there.
    ///
    /// - Throws: `InvalidStep` for what is no object, and for a name that is not known.
    static func all(_ json: Data, field: String, names: [String]) throws -> [OptionPlace] {
        guard json.count <= maxBytes, let value = JSONValue(json) else {
            throw InvalidStep(
                field: field, message: "This is not valid JSON of at most \(maxBytes) bytes; an object is expected.")
        }
        if value == .null { return [] }
        guard case .object(let members) = value else {
            throw InvalidStep(field: field, message: "An object with options is expected, not \(value.kind).")
        }
        var seen: Set<String> = []
        return try members.compactMap { member in
            let place = OptionPlace(name: member.key, field: "\(field).\(member.key)", value: member.value)
            guard seen.insert(member.key).inserted else { throw place.problem("The option stands twice.") }
            guard names.contains(member.key) else {
                let meant = Spelling.nearest(to: member.key, in: names).map { "did you mean \"\($0)\"? " } ?? ""
                throw place.problem(
                    "There is no option \"\(member.key)\"; \(meant)known options are \(names.joined(separator: ", ")).")
            }
            return member.value == .null ? nil : place
        }
    }

    func problem(_ message: String) -> InvalidStep { InvalidStep(field: field, message: message) }

    func text(upTo bytes: Int) throws -> String {
        guard case .text(let text) = value else { throw problem("A text is expected, not \(value.kind).") }
        guard text.utf8.count <= bytes, !text.utf8.contains(0) else {
            throw problem("A text of at most \(bytes) bytes is expected.")
        }
        return text
    }

    func choice<Choice>(_ choices: [String: Choice]) throws -> Choice {
        let text = try text(upTo: 40)
        guard let choice = choices[text.lowercased()] else {
            throw problem("\"\(text)\" is not known here; known are \(choices.keys.sorted().joined(separator: ", ")).")
        }
        return choice
    }

    func truth() throws -> Bool {
        switch value {
        case .truth(let truth): return truth
        case .text("yes"), .text("true"): return true
        case .text("no"), .text("false"): return false
        case .text, .number, .null, .array, .object: throw problem("true or false is expected.")
        }
    }

    func count(upTo most: Int) throws -> Int {
        let digits: String? =
            switch value {
            case .number(let digits): digits
            case .text(let text): text
            case .null, .truth, .array, .object: nil
            }
        guard let digits, let count = Int(digits), (0...most).contains(count) else {
            throw problem("A whole number from 0 to \(most) is expected.")
        }
        return count
    }

    /// A list of texts, or one text with commas between them.
    func list(upTo count: Int, bytes: Int) throws -> [String] {
        var texts: [String] = []
        switch value {
        case .array(let items):
            for item in items {
                guard case .text(let text) = item else { throw problem("A list of texts is expected.") }
                texts.append(text)
            }
        case .text("none"): return []
        case .text(let text): texts = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        case .null, .truth, .number, .object: throw problem("A list of texts is expected, not \(value.kind).")
        }
        guard texts.count <= count, texts.allSatisfy({ $0.utf8.count <= bytes && !$0.isEmpty }) else {
            throw problem("At most \(count) texts of 1 to \(bytes) bytes are expected.")
        }
        return texts
    }
}
