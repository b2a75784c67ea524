import Core

/// What a site lets programs read (RFC 9309).
package struct Robots: Sendable {
    private struct Rule {
        let pattern: [UInt8]
        let isAllowed: Bool
    }

    private var rules: [Rule] = []
    /// Seconds between two requests that the site asks for; no part of the RFC, but many sites say it.
    package private(set) var delaySeconds: Double?
    package private(set) var sitemaps: [String] = []

    package enum Limits {
        /// RFC 9309 section 2.5 asks for at least this many.
        package static let bytes = 500 << 10
        static let rules = 5000
        static let sitemaps = 20
        static let patternBytes = 2000
        /// A site that asks for more is not read at all in the time of one domain.
        static let delaySeconds = 120.0
    }

    /// Everything is allowed: the site has no such file.
    package static let open = Robots()
    /// The site can not say what it allows, so nothing is.
    package static let closed: Robots = {
        var robots = Robots()
        robots.rules = [Rule(pattern: Array("/".utf8), isAllowed: false)]
        return robots
    }()

    private init() {}

    /// - Parameter product: the first word of the agent's name, in small letters.
    package init(_ bytes: [UInt8], product: String) {
        var (own, all) = (Group(), Group())
        var (hasOwn, isReadingAgents) = (false, false)
        var (isOwn, isAll) = (false, false)
        let text = String(decoding: bytes.prefix(Limits.bytes), as: UTF8.self).withFewMarks
        for line in text.split(whereSeparator: { $0 == "\n" || $0 == "\r" || $0 == "\r\n" }) {
            let line = line.prefix { $0 != "#" }
            guard let colon = line.firstIndex(of: ":") else { continue }
            let key = String(line[..<colon]).trimmed.trimmingMark.lowercased()
            let value = String(line[line.index(after: colon)...]).trimmed
            let isShort = value.utf8.count <= Limits.patternBytes
            switch key {
            case "user-agent":
                if !isReadingAgents { (isOwn, isAll) = (false, false) }
                isReadingAgents = true
                // A name that long is somebody else's.
                let agent = value.beginning(bytes: Limits.patternBytes).lowercased().prefix {
                    $0.isLetter || $0 == "_" || $0 == "-" || $0 == "*"
                }
                if agent == "*" { isAll = true }
                if agent == product { (isOwn, hasOwn) = (true, true) }
            case "allow", "disallow":
                isReadingAgents = false
                guard !value.isEmpty, isShort else { continue }
                let rule = Rule(pattern: Self.normal(value), isAllowed: key == "allow")
                if isOwn, own.rules.count < Limits.rules { own.rules.append(rule) }
                if isAll, all.rules.count < Limits.rules { all.rules.append(rule) }
            case "crawl-delay":
                isReadingAgents = false
                guard let seconds = Double(value), seconds >= 0 else { continue }
                if isOwn { own.delay = min(seconds, Limits.delaySeconds) }
                if isAll { all.delay = min(seconds, Limits.delaySeconds) }
            case "sitemap": if isShort, sitemaps.count < Limits.sitemaps { sitemaps.append(value) }
            default: break
            }
        }
        let group = hasOwn ? own : all
        (rules, delaySeconds) = (group.rules, group.delay)
    }

    private struct Group {
        var rules: [Rule] = []
        var delay: Double?
    }

    /// - Parameter path: with its query.
    package func allows(_ path: String) -> Bool {
        if path == "/robots.txt" { return true }
        let path = Self.normal(path)
        var (longest, isAllowed) = (-1, true)
        for rule in rules where rule.pattern.count >= longest && Self.matches(rule.pattern, path) {
            // Of two that are as long, the kinder one counts.
            isAllowed = rule.pattern.count > longest ? rule.isAllowed : isAllowed || rule.isAllowed
            longest = rule.pattern.count
        }
        return isAllowed
    }

    /// `*` stands for anything, `$` at the end for the end. Linear: what stands between two stars is looked for once.
    private static func matches(_ pattern: [UInt8], _ path: [UInt8]) -> Bool {
        let isWhole = pattern.last == UInt8(ascii: "$")
        let parts = pattern.prefix(isWhole ? pattern.count - 1 : pattern.count).split(
            separator: UInt8(ascii: "*"), omittingEmptySubsequences: false)
        guard let first = parts.first, path.starts(with: first) else { return false }
        guard parts.count > 1 else { return !isWhole || path.count == first.count }
        var place = first.count
        for part in parts.dropFirst().dropLast() {
            guard let found = ByteText.place(of: part, in: path, from: place) else { return false }
            place = found + part.count
        }
        let last = parts[parts.count - 1]
        if isWhole { return path.count - place >= last.count && path.suffix(last.count).elementsEqual(last) }
        return ByteText.place(of: last, in: path, from: place) != nil
    }

    /// Letters that need no percent sign are without, all others with one (RFC 9309 section 2.2.2).
    private static func normal(_ text: String) -> [UInt8] {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), rest.count >= 2, let high = PercentCoding.value(ofHexDigit: rest[rest.startIndex]),
                let low = PercentCoding.value(ofHexDigit: rest[rest.startIndex + 1])
            {
                rest = rest.dropFirst(2)
                let value = high << 4 | low
                bytes += isUnreserved(value) ? [value] : coded(value)
            } else {
                bytes += byte >= 0x80 ? coded(byte) : [byte]
            }
        }
        return bytes
    }

    private static func coded(_ byte: UInt8) -> [UInt8] {
        let digits = Array("0123456789ABCDEF".utf8)
        return [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
    }

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"):
            true
        default: false
        }
    }
}

extension String {
    /// Without the mark of the byte order, which some editors write first.
    fileprivate var trimmingMark: String { hasPrefix("\u{FEFF}") ? String(dropFirst()) : self }
}
