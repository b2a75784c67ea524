/// A whole text, taken to UTF-8.
package struct DecodedText: Sendable {
    /// Valid UTF-8 without a byte order mark; what was no character is U+FFFD.
    package let bytes: [UInt8]
    /// As the WHATWG Encoding Standard spells it.
    package let encoding: String
    /// How sure the encoding is, from 0 to 1; 1 where it was said.
    package let confidence: Double

    /// - Parameter said: the name of an encoding that the text, or who sent it, says of it. It is not believed where a byte order mark
    ///   says something else, where it is unknown, or where it is UTF-8 and the text is not.
    package init(_ source: [UInt8], said: String? = nil) {
        if let shifted = ShiftedJapanese.utf8(source, said: said) {
            (bytes, encoding, confidence) = (shifted, "iso-2022-jp", 1)
            return
        }
        let named = said.flatMap { TextEncoding.named($0.trimmed) }
        guard let told = try? Encoded(InputFile(source), nil) else {
            (bytes, encoding, confidence) = ([], TextEncoding.utf8.name, 1)
            return
        }
        var (chosen, sure) = (told.encoding, told.confidence)
        // Who says UTF-16 in a text without zero bytes copied the word.
        let isWideByMistake = (named?.unitBytes ?? 1) > 1 && told.encoding.unitBytes == 1
        if let named, named != .utf8, told.markBytes == 0, told.encoding.unitBytes == 1, !isWideByMistake {
            (chosen, sure) = (named, 1)
        }
        // A text that says nothing else, and is UTF-8, is that with certainty.
        if named == .utf8, chosen == .utf8 { sure = 1 }
        encoding = chosen.name
        confidence = sure
        bytes = Self.utf8(source, chosen, from: told.markBytes)
    }

    /// A part of a text whose encoding is known, such as a run of bytes in RTF.
    /// - Returns: nil for a name that is not known.
    package static func utf8(_ source: [UInt8], in name: String) -> [UInt8]? {
        TextEncoding.named(name).map { utf8(source, $0, from: 0) }
    }

    private static func utf8(_ source: [UInt8], _ encoding: TextEncoding, from start: Int) -> [UInt8] {
        let isWhole = source.withUnsafeBufferPointer { source in
            source.baseAddress.map { UTF8Text.isValid($0 + start, source.count - start) } ?? true
        }
        if encoding == .utf8 {
            let rest = start == 0 ? source : Array(source[start...])
            return isWhole ? rest : Array(String(decoding: rest, as: UTF8.self).utf8)
        }
        let target = ByteBuffer(capacity: source.count * 2)
        source.withUnsafeBufferPointer { source in
            guard let base = source.baseAddress else { return }
            _ = encoding.append(base + start, source.count - start, to: target, isLast: true)
        }
        return encoding.isText(target.base, target.count)
            ? Array(target.bytes) : Array(String(decoding: target.bytes, as: UTF8.self).utf8)
    }
}

/// ISO-2022-JP (RFC 1468): seven bits, and escapes between letters of one byte and of two.
private enum ShiftedJapanese {
    /// Nil for what is none.
    static func utf8(_ source: [UInt8], said: String?) -> [UInt8]? {
        let isSaid = said.map { $0.lowercased().contains("2022-jp") || $0.lowercased().contains("2022jp") } ?? false
        guard isSaid || source.contains(0x1B), source.allSatisfy({ $0 < 0x80 }) else { return nil }
        // As EUC-JP, which has the same letters with the eighth bit.
        var euc: [UInt8] = []
        euc.reserveCapacity(source.count)
        var (width, isKana, hasTwo) = (1, false, false)
        var place = 0
        func next(_ distance: Int) -> UInt8 { place + distance < source.count ? source[place + distance] : 0 }
        while place < source.count {
            let byte = source[place]
            if byte == 0x1B {
                switch (next(1), next(2)) {
                case (0x24, 0x40), (0x24, 0x42): (width, isKana, hasTwo) = (2, false, true)
                case (0x28, 0x42), (0x28, 0x4A): (width, isKana) = (1, false)
                case (0x28, 0x49): (width, isKana, hasTwo) = (1, true, true)
                default:
                    guard isSaid || hasTwo else { return nil }
                    place += 1
                    continue
                }
                place += 3
            } else if byte < 0x21 {
                // A line begins with ASCII.
                if byte == 0x0A { (width, isKana) = (1, false) }
                euc.append(byte)
                place += 1
            } else if width == 2 {
                euc += [byte | 0x80, next(1) | 0x80]
                place += 2
            } else {
                euc += isKana ? [0x8E, byte | 0x80] : [byte]
                place += 1
            }
        }
        guard hasTwo || isSaid else { return nil }
        return DecodedText.utf8(euc, in: "euc-jp")
    }
}

extension String {
    fileprivate var trimmed: String {
        var text = Substring(self)
        while let first = text.first, first.isWhitespace || first == "\"" || first == "'" { text.removeFirst() }
        while let last = text.last, last.isWhitespace || last == "\"" || last == "'" { text.removeLast() }
        return String(text)
    }
}
