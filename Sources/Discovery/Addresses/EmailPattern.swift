import Core
import Foundation

/// How a company makes addresses out of names.
package enum EmailPattern: String, Sendable, CaseIterable {
    // In the order in which they are tried.
    case firstDotLast = "first.last"
    case firstUnderscoreLast = "first_last"
    case firstLast = "firstlast"
    case first
    case flast
    case firstl
    case fDotLast = "f.last"
    case firstDotL = "first.l"
    case firstDashLast = "first-last"
    case firstUnderscoreL = "first_l"
    case fUnderscoreLast = "f_last"
    case last
    case lastFirst = "lastfirst"

    package enum Limits {
        /// Addresses that are tried for one person.
        package static let candidates = 6
        /// Published addresses of one company that have to agree, and their share of all.
        static let examples = 2
        static let share = 0.8
        static let localBytes = 64
        /// RFC 3696, errata.
        static let addressBytes = 254
    }

    /// The parts of a name in ASCII and small letters, particles joined with what follows.
    static func parts(of name: String) -> [String] {
        var parts: [String] = []
        var particle = ""
        let words = name.split(whereSeparator: { $0.isWhitespace || $0 == "," })
        for (index, word) in words.enumerated() {
            let plain = ascii(String(word))
            guard !plain.isEmpty else { continue }
            if index > 0, particles.contains(plain), index < words.count - 1 {
                particle += plain
            } else if index == 0 || plain.count > 1 || index == words.count - 1 {
                parts.append(particle + plain)
                particle = ""
            }
        }
        return parts
    }

    private static let particles: Set = [
        "van", "von", "der", "den", "de", "del", "della", "di", "da", "dos", "das", "do", "du", "la", "le", "el", "al", "bin",
        "ter", "ten", "zu", "af", "av",
    ]

    /// Letters and digits of ASCII; what has another spelling there gets it.
    static func ascii(_ text: String) -> String {
        var plain = ""
        for character in text.lowercased() {
            if let spelled = spellings[character] {
                plain += spelled
                continue
            }
            for scalar in String(character).decomposedStringWithCompatibilityMapping.unicodeScalars
            where 0x61...0x7A ~= scalar.value || 0x30...0x39 ~= scalar.value { plain.unicodeScalars.append(scalar) }
        }
        return plain
    }

    private static let spellings: [Character: String] = [
        "ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "æ": "ae", "ø": "o", "å": "a", "đ": "d", "ł": "l", "ı": "i", "þ": "th",
        "ð": "d", "œ": "oe",
    ]

    /// The local part for a name; nil when the name has too few parts.
    func local(_ parts: [String]) -> String? {
        guard let first = parts.first, let f = first.first else { return nil }
        if self == .first { return first }
        guard parts.count >= 2, let last = parts.last, let l = last.first else { return nil }
        return switch self {
        case .first: first
        case .firstDotLast: "\(first).\(last)"
        case .firstUnderscoreLast: "\(first)_\(last)"
        case .firstLast: first + last
        case .flast: "\(f)\(last)"
        case .firstl: "\(first)\(l)"
        case .fDotLast: "\(f).\(last)"
        case .firstDotL: "\(first).\(l)"
        case .firstDashLast: "\(first)-\(last)"
        case .firstUnderscoreL: "\(first)_\(l)"
        case .fUnderscoreLast: "\(f)_\(last)"
        case .last: last
        case .lastFirst: last + first
        }
    }

    /// The pattern that a company's published addresses follow.
    /// - Parameter examples: names and addresses that belong together.
    package static func inferred(_ examples: [(name: String, email: String)]) -> EmailPattern? {
        let usable = examples.filter { !Addresses.isRole($0.email) && parts(of: $0.name).count >= 2 }
        guard usable.count >= Limits.examples else { return nil }
        for pattern in allCases {
            let hits = usable.count { example in
                pattern.local(parts(of: example.name)) == String(example.email.prefix { $0 != "@" }).lowercased()
            }
            if hits >= Limits.examples, Double(hits) >= Limits.share * Double(usable.count) { return pattern }
        }
        return nil
    }

    /// Addresses that somebody may have, the likeliest first.
    /// - Parameter most: how many.
    package static func candidates(
        for name: String, at domain: String, known: EmailPattern?, most: Int = Limits.candidates
    ) -> [String] {
        let parts = parts(of: name)
        let order = (known.map { [$0] } ?? []) + allCases.filter { $0 != known }
        var found: [String] = []
        for pattern in order {
            guard let local = pattern.local(parts), local.utf8.count <= Limits.localBytes, local.count >= 2 else { continue }
            let address = "\(local)@\(domain)"
            if address.utf8.count <= Limits.addressBytes, !found.contains(address), !Addresses.isRole(address) {
                found.append(address)
            }
            if found.count == most { break }
        }
        return found
    }
}
