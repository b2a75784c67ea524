/// `name [at] domain [dot] com` and its like, read in one pass over the bytes: a page may hold megabytes of what only looks like it.
enum Deobfuscation {
    private enum Limits {
        /// A label of a domain that follows `at` is looked at so far.
        static let labelBytes = 63
    }

    private static let open = Set("([{<|*_~-".utf8)
    private static let close = Set(")]}>|*_~-".utf8)
    private static let at = words([
        "klammeraffe", "snabel-a", "chiocciola", "arroba", "zavináč", "собака", "małpa", "kukac", "chez", "ät", "æt", "at", "@",
        "a",
    ])
    private static let dot = words(["point", "punto", "ponto", "punkt", "kropka", "tečka", "piste", "dot", "."])

    /// In both cases, the longest first.
    private static func words(_ texts: [String]) -> [[UInt8]] {
        Set(texts.flatMap { [$0, $0.uppercased(), $0.prefix(1).uppercased() + $0.dropFirst()] }).map { Array($0.utf8) }
            .sorted { ($0.count, String(decoding: $0, as: UTF8.self)) > ($1.count, String(decoding: $1, as: UTF8.self)) }
    }

    /// - Parameter text: with one blank at most between two words.
    static func plain(_ text: String) -> String {
        let bytes = Array(text.utf8)
        var out: [UInt8] = []
        out.reserveCapacity(bytes.count)
        var place = 0
        while place < bytes.count {
            if let (sign, end) = bracketed(bytes, place) ?? between(bytes, place) {
                if out.last == 0x20 { out.removeLast() }
                out.append(sign)
                place = end
            } else {
                out.append(bytes[place])
                place += 1
            }
        }
        return String(decoding: out, as: UTF8.self)
    }

    /// In brackets of any kind the words are clear: `(at)`, `[ dot ]`, `_at_`.
    private static func bracketed(_ bytes: [UInt8], _ start: Int) -> (sign: UInt8, end: Int)? {
        guard open.contains(bytes[start]) else { return nil }
        let place = skip(bytes, start + 1)
        for (words, sign) in [(at, UInt8(ascii: "@")), (dot, UInt8(ascii: "."))] {
            for word in words where matches(bytes, place, word) {
                let end = skip(bytes, place + word.count)
                if end < bytes.count, close.contains(bytes[end]) { return (sign, skip(bytes, end + 1)) }
            }
        }
        return nil
    }

    /// Between blanks only where a dot is hidden as well, or follows: `name AT domain.com`, `name at domain dot com`.
    private static func between(_ bytes: [UInt8], _ start: Int) -> (sign: UInt8, end: Int)? {
        guard bytes[start] == 0x20 else { return nil }
        func word(_ text: StaticString) -> Int? {
            let end = start + 1 + text.utf8CodeUnitCount
            guard end < bytes.count, bytes[end] == 0x20, text.withUTF8Buffer({ bytes[(start + 1)..<end].elementsEqual($0) })
            else {
                return nil
            }
            return end + 1
        }
        if let next = word("AT") ?? word("@"), let end = label(bytes, next) {
            let dot = skip(bytes, end)
            if dot < bytes.count,
                bytes[dot] == UInt8(ascii: ".") || matches(bytes, dot, "DOT") || matches(bytes, dot, "dot")
                    || bracketed(bytes, dot)?.sign == UInt8(ascii: ".")
            {
                return (UInt8(ascii: "@"), next)
            }
        }
        if let next = word("at"), let end = label(bytes, next), end < bytes.count, bytes[end] == 0x20,
            matches(bytes, end + 1, "dot ") || matches(bytes, end + 1, "DOT ")
        {
            return (UInt8(ascii: "@"), next)
        }
        if let next = word("DOT") ?? word("dot"), next + 1 < bytes.count, isLetter(bytes[next]), isLetter(bytes[next + 1]) {
            return (UInt8(ascii: "."), next)
        }
        return nil
    }

    /// Behind a label of a domain.
    private static func label(_ bytes: [UInt8], _ start: Int) -> Int? {
        var end = start
        while end < bytes.count, end - start <= Limits.labelBytes,
            isLetter(bytes[end]) || 0x30...0x39 ~= bytes[end] || bytes[end] == UInt8(ascii: "-")
        {
            end += 1
        }
        return end > start && end - start <= Limits.labelBytes ? end : nil
    }

    private static func isLetter(_ byte: UInt8) -> Bool { 0x41...0x5A ~= byte || 0x61...0x7A ~= byte }

    private static func skip(_ bytes: [UInt8], _ place: Int) -> Int {
        place < bytes.count && bytes[place] == 0x20 ? place + 1 : place
    }

    private static func matches(_ bytes: [UInt8], _ place: Int, _ word: [UInt8]) -> Bool {
        place + word.count <= bytes.count && bytes[place..<(place + word.count)].elementsEqual(word)
    }

    private static func matches(_ bytes: [UInt8], _ place: Int, _ word: StaticString) -> Bool {
        let end = place + word.utf8CodeUnitCount
        return end <= bytes.count && word.withUTF8Buffer { bytes[place..<end].elementsEqual($0) }
    }
}
