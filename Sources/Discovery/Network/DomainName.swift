import Core
import Foundation

/// The domain of a company as the look-ups need it: ASCII, in small letters, without `www.`.
package struct DomainName: Hashable, Sendable, CustomStringConvertible {
    package let description: String

    private enum Limits {
        /// Octets of a name and of a label (RFC 1035 section 2.3.4).
        static let name = 253
        static let label = 63
        /// Bytes of what somebody typed.
        static let typed = 2000
    }

    /// - Parameter text: a domain, a host or the address of a page, as somebody typed it; with letters of any script (IDNA, RFC 5891).
    /// - Throws: `Failure` `invalid_domain`, which says what is wrong.
    package init(_ text: String) throws {
        var rest = Substring(text.trimmed)
        guard !rest.isEmpty else { throw Self.refusal(text, "it is empty") }
        guard rest.utf8.count <= Limits.typed else { throw Self.refusal(text, "it is too long") }
        if let scheme = rest.range(of: "://") {
            rest = rest[scheme.upperBound...]
        } else if rest.hasPrefix("//") {
            rest = rest.dropFirst(2)
        }
        rest = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" && $0 != "\\" }
        if let at = rest.lastIndex(of: "@") { rest = rest[rest.index(after: at)...] }
        if let colon = rest.lastIndex(of: ":"), rest[rest.index(after: colon)...].allSatisfy(\.isASCIIDigit) {
            rest = rest[..<colon]
        }
        // NFKC with small letters is what UTS 46 maps nearly all letters to; the dots of other scripts divide too (RFC 3490).
        var folded = String(rest).precomposedStringWithCompatibilityMapping.lowercased()
        for dot in ["\u{3002}", "\u{FF0E}", "\u{FF61}"] { folded = folded.replacing(dot, with: ".") }
        if folded.hasSuffix(".") { folded.removeLast() }
        var labels = try folded.split(separator: ".", omittingEmptySubsequences: false).map { label in
            try Self.label(String(label), of: text)
        }
        while labels.count > 2, labels.first == "www" { labels.removeFirst() }
        guard labels.count >= 2 else { throw Self.refusal(text, "a domain has a dot, as in example.com") }
        guard let last = labels.last, !last.utf8.allSatisfy({ 0x30...0x39 ~= $0 }) else {
            throw Self.refusal(text, "it is an address of a machine, not a domain")
        }
        let name = labels.joined(separator: ".")
        guard name.utf8.count <= Limits.name else { throw Self.refusal(text, "it is too long") }
        description = name
    }

    private static func label(_ label: String, of text: String) throws -> String {
        guard !label.isEmpty else { throw refusal(text, "a part between two dots is empty") }
        var ascii = label
        if !label.utf8.allSatisfy({ $0 < 0x80 }) {
            guard
                label.unicodeScalars.allSatisfy({ scalar in
                    switch scalar.properties.generalCategory {
                    case .lowercaseLetter, .otherLetter, .modifierLetter, .decimalNumber, .nonspacingMark, .spacingMark: true
                    default: scalar == "-" || scalar == "\u{B7}"
                    }
                }), let coded = Punycode.encode(label)
            else { throw refusal(text, "it holds a character that no domain has") }
            ascii = "xn--" + coded
        }
        guard ascii.utf8.count <= Limits.label else { throw refusal(text, "a part between two dots is too long") }
        guard ascii.utf8.allSatisfy({ 0x61...0x7A ~= $0 || 0x30...0x39 ~= $0 || $0 == UInt8(ascii: "-") }), !ascii.hasPrefix("-"),
            !ascii.hasSuffix("-")
        else { throw refusal(text, "it holds a character that no domain has") }
        return ascii
    }

    private static func refusal(_ text: String, _ why: String) -> Failure {
        Failure(.invalid, "invalid_domain", "\"\(text.beginning(letters: 80))\" is not a domain: \(why).")
    }

    /// The part that somebody registers, such as `example.co.uk`, as far as it can be told without the public suffix list: enough to know
    /// whether two hosts belong together.
    package var registered: String {
        let labels = description.split(separator: ".")
        guard labels.count > 2 else { return description }
        return labels.suffix(Self.isShared(labels.suffix(2)) ? 3 : 2).joined(separator: ".")
    }

    /// Whether somebody may have registered it: `example.co.uk`, and not `co.uk`.
    package var isRegistrable: Bool {
        let labels = description.split(separator: ".")
        return labels.count > 2 || labels.count == 2 && !Self.isShared(labels[...])
    }

    private static func isShared(_ labels: ArraySlice<Substring>) -> Bool {
        guard let first = labels.first, let last = labels.last else { return false }
        return last.utf8.count == 2
            && ["co", "com", "org", "net", "ac", "gov", "edu", "or", "ne", "go", "gob", "gouv", "nom"].contains(first)
    }

    /// Whether a host belongs to the company of this domain.
    package func owns(_ host: String) -> Bool {
        let host = host.lowercased()
        return host == description || host.hasSuffix("." + description) || (try? DomainName(host))?.registered == registered
    }
}

/// Letters beyond ASCII in names of hosts (RFC 3492).
enum Punycode {
    private static let (base, tMin, tMax, skew, damp, bias, start) = (36, 1, 26, 38, 700, 72, 128)

    /// - Returns: nil for what is too long to be a label.
    static func encode(_ text: String) -> String? {
        let scalars = text.unicodeScalars.map { Int($0.value) }
        guard scalars.count <= 63 else { return nil }
        var output = scalars.filter { $0 < 0x80 }.map { UInt8($0) }
        let basic = output.count
        var handled = basic
        if basic > 0 { output.append(UInt8(ascii: "-")) }
        var (code, delta, bias) = (start, 0, bias)
        while handled < scalars.count {
            guard let next = scalars.filter({ $0 >= code }).min() else { return nil }
            delta += (next - code) * (handled + 1)
            code = next
            for scalar in scalars {
                if scalar < code { delta += 1 }
                guard scalar == code else { continue }
                var rest = delta
                var k = base
                while true {
                    let threshold = k <= bias ? tMin : k >= bias + tMax ? tMax : k - bias
                    if rest < threshold { break }
                    output.append(digit(threshold + (rest - threshold) % (base - threshold)))
                    rest = (rest - threshold) / (base - threshold)
                    k += base
                }
                output.append(digit(rest))
                bias = adapted(delta, handled + 1, isFirst: handled == basic)
                delta = 0
                handled += 1
            }
            delta += 1
            code += 1
        }
        return String(decoding: output, as: UTF8.self)
    }

    private static func digit(_ value: Int) -> UInt8 { UInt8(value < 26 ? 0x61 + value : 0x30 + value - 26) }

    private static func adapted(_ delta: Int, _ count: Int, isFirst: Bool) -> Int {
        var delta = isFirst ? delta / damp : delta / 2
        delta += delta / count
        var k = 0
        while delta > (base - tMin) * tMax / 2 {
            delta /= base - tMin
            k += base
        }
        return k + (base - tMin + 1) * delta / (delta + skew)
    }
}

extension Character {
    var isASCIIDigit: Bool { utf8.count == 1 && utf8.allSatisfy { 0x30...0x39 ~= $0 } }
}
