/// The members of a JSON object that a caller sent, read one by one with errors that name the field.
package struct Fields: Sendable {
    private let members: [String: JSON]
    private let path: String

    /// - Throws: `Failure` `invalid_body` when the value is not an object.
    package init(_ json: JSON, path: String = "") throws {
        guard case .object(let members) = json else {
            throw Failure(
                .invalid, "invalid_body", path.isEmpty ? "The body must be a JSON object." : "\(path) must be an object.")
        }
        self.members = members
        self.path = path.isEmpty ? "" : path + "."
    }

    /// A member that nobody reads would be a wish that nobody hears.
    /// - Throws: `Failure` `unknown_field`, which names the member and the nearest known one.
    package func mustBeKnown(_ known: [String]) throws {
        guard let stranger = members.keys.filter({ !known.contains($0) }).min() else { return }
        let shown = stranger.unicodeScalars.prefix(Self.shownScalars).map {
            $0.properties.generalCategory == .control ? "?" : String($0)
        }
        let hint = Nearest.name(to: stranger, in: known).map { "did you mean \($0)? " } ?? ""
        let list = known.isEmpty ? "no fields are known here" : "known fields are \(known.joined(separator: ", "))"
        throw Failure(.invalid, "unknown_field", "There is no field \(path)\(shown.joined()) here; \(hint)\(list).")
    }

    /// How much of a member's name an error repeats.
    private static let shownScalars = 64

    package var names: Dictionary<String, JSON>.Keys { members.keys }
    package func has(_ name: String) -> Bool { (members[name] ?? .null) != .null }
    package func value(_ name: String) -> JSON? { members[name] }

    /// - Throws: `Failure` `missing_<name>` when absent or blank, `invalid_<name>` when not text or longer than `limit` characters,
    ///   or than `TextLimits.bytesPerLetter` bytes for each of them.
    package func text(_ name: String, limit: Int) throws -> String {
        guard let text = try optionalText(name, limit: limit) else {
            throw Failure(.invalid, "missing_\(name)", "\(path)\(name) is required.")
        }
        return text
    }

    /// Trimmed text; nil when absent, null or blank.
    package func optionalText(_ name: String, limit: Int) throws -> String? {
        switch members[name] ?? .null {
        case .null: return nil
        case .string(let text):
            // Before any work; what is cut off at the ends has its limit too.
            guard text.utf8.count <= max(limit, TextLimits.blankBytes) * TextLimits.bytesPerLetter else {
                throw TextLimits.tooLong(name, letters: limit, path: path)
            }
            let trimmed = text.trimmed
            try TextLimits.check(trimmed, letters: limit, name, path: path)
            return trimmed.isEmpty ? nil : trimmed
        default: throw Failure(.invalid, "invalid_\(name)", "\(path)\(name) must be text.")
        }
    }

    /// A password or key: text as it is, not trimmed.
    package func secret(_ name: String) throws -> String {
        guard case .string(let text) = members[name] ?? .null else {
            throw Failure(.invalid, "missing_\(name)", "\(path)\(name) is required and must be text.")
        }
        guard text.utf8.count <= TextLimits.secretBytes else {
            throw Failure(.invalid, "invalid_\(name)", "\(path)\(name) is longer than \(TextLimits.secretBytes) bytes.")
        }
        return text
    }

    /// A whole number in the range; nil when absent or null.
    package func optionalCount(_ name: String, in range: ClosedRange<Int64>) throws -> Int64? {
        guard has(name) else { return nil }
        guard let count = members[name]?.intValue, range.contains(count) else {
            throw Failure(
                .invalid, "invalid_\(name)",
                "\(path)\(name) must be a whole number from \(range.lowerBound) to \(range.upperBound).")
        }
        return count
    }
}

extension StringProtocol {
    package var trimmed: String {
        var text = Substring(self)
        // Most texts have nothing to trim, which two letters show.
        if let first = text.unicodeScalars.first, let last = text.unicodeScalars.last, first.isPlain, last.isPlain {
            return String(self)
        }
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}

extension Unicode.Scalar {
    /// Whether it surely is neither a space nor a mark on one: letters of Latin, Greek, Cyrillic, kana, ideographs and Hangul.
    fileprivate var isPlain: Bool {
        switch value {
        case 0x21...0x7E, 0xC0...0x2AF, 0x386...0x481, 0x48A...0x52F, 0x3041...0x3096, 0x30A1...0x30FA, 0x3400...0x9FFF,
            0xAC00...0xD7A3:
            true
        case _: false
        }
    }
}
