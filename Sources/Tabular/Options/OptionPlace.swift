import Core
import Foundation

/// One option and where it stands.
struct OptionPlace {
    let name: String
    let field: String
    let value: JSON

    private static let maxBytes = 64 << 10

    /// - Throws: `InvalidStep`.
    static func json(_ bytes: Data, field: String) throws -> JSON {
        let message = "This is not valid JSON of at most \(maxBytes) bytes; an object is expected."
        return try JSON.given(bytes, most: maxBytes, InvalidStep(field: field, message: message))
    }

    /// The options of an object; null for the whole, or for one of them, is as if it were not there.
    ///
    /// - Throws: `InvalidStep` for what is no object, and for a name that is not known.
    static func all(_ json: JSON, field: String, names: [String]) throws -> [OptionPlace] {
        if json == .null { return [] }
        guard case .object(let members) = json else {
            throw InvalidStep(field: field, message: "An object with options is expected, not \(json.kindName).")
        }
        return try members.sorted(by: { $0.key < $1.key }).compactMap { name, value in
            let place = OptionPlace(name: name, field: "\(field).\(name)", value: value)
            guard names.contains(name) else {
                let meant = Spelling.nearest(to: name, in: names).map { "did you mean \"\($0)\"? " } ?? ""
                throw place.problem("There is no option \"\(name)\"; \(meant)known options are \(names.joined(separator: ", ")).")
            }
            return value == .null ? nil : place
        }
    }

    func problem(_ message: String) -> InvalidStep { InvalidStep(field: field, message: message) }

    func text(upTo bytes: Int) throws -> String {
        guard case .string(let text) = value else { throw problem("A text is expected, not \(value.kindName).") }
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
        case .bool(let truth): return truth
        case .string("yes"), .string("true"): return true
        case .string("no"), .string("false"): return false
        case .string, .int, .double, .null, .array, .object: throw problem("true or false is expected.")
        }
    }

    func count(upTo most: Int) throws -> Int {
        let digits: String? =
            switch value {
            case .int(let count): String(count)
            case .string(let text): text
            case .null, .bool, .double, .array, .object: nil
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
                guard case .string(let text) = item else { throw problem("A list of texts is expected.") }
                texts.append(text)
            }
        case .string("none"): return []
        case .string(let text): texts = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        case .null, .bool, .int, .double, .object: throw problem("A list of texts is expected, not \(value.kindName).")
        }
        guard texts.count <= count, texts.allSatisfy({ $0.utf8.count <= bytes && !$0.isEmpty }) else {
            throw problem("At most \(count) texts of 1 to \(bytes) bytes are expected.")
        }
        return texts
    }
}

extension JSON {
    /// What somebody wrote.
    /// - Throws: `invalid` when it is too long or no JSON, and its field with another message for names that nobody could tell apart.
    static func given(_ bytes: Data, most: Int, _ invalid: InvalidStep) throws -> JSON {
        guard bytes.count <= most else { throw invalid }
        do {
            return try JSON(parsing: bytes)
        } catch let failure as Failure where failure == TextLimits.tooManyMarks {
            throw InvalidStep(field: invalid.field, message: failure.message)
        } catch {
            throw invalid
        }
    }

    /// What the value is, for a message.
    var kindName: String {
        switch self {
        case .null: "null"
        case .bool: "a truth value"
        case .int, .double: "a number"
        case .string: "a text"
        case .array: "a list"
        case .object: "an object"
        }
    }
}
