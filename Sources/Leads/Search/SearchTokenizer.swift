import Foundation

/// Splits texts into the terms of the lead index: runs of letters and digits, in lower case, without diacritics.
///
/// Queries and leads go through the same tokenizer, so `SØREN`, `Søren` and `soren` are one term.
enum SearchTokenizer {
    enum Limits {
        /// Longer terms are cut; no name is as long.
        static let termBytes = 64
        /// Of texts without spaces: letters of a term that begins within a run, and such terms of one text.
        static let suffixLetters = 8
        static let suffixes = 40
    }

    /// Calls `body` with each term of a lead's text.
    ///
    /// Chinese and Japanese are written without spaces, so each of their characters begins a term that runs to the end of the run:
    /// a prefix search then finds any part of a name.
    static func index(_ text: UnsafeBufferPointer<UInt8>, _ body: (UnsafeBufferPointer<UInt8>) -> Void) {
        guard text.allSatisfy({ $0 < 0x80 }) else {
            for term in terms(String(decoding: text, as: UTF8.self), everySuffix: true) { term.withUnsafeBufferPointer(body) }
            return
        }
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Limits.termBytes) { term in
            var count = 0
            for byte in text {
                let letter = asciiClass[Int(byte)]
                if letter != 0 {
                    if count < Limits.termBytes {
                        term[count] = letter
                        count += 1
                    }
                } else if count > 0 {
                    body(UnsafeBufferPointer(rebasing: term[..<count]))
                    count = 0
                }
            }
            if count > 0 { body(UnsafeBufferPointer(rebasing: term[..<count])) }
        }
    }

    /// The terms of a query.
    static func terms(of query: String) -> [[UInt8]] { terms(query, everySuffix: false) }

    /// Letters and digits in lower case; 0 for what separates.
    private static let asciiClass: [UInt8] = (0..<128).map { (byte: UInt8) -> UInt8 in
        switch byte {
        case 0x30...0x39, 0x61...0x7A: byte
        case 0x41...0x5A: byte + 0x20
        default: 0
        }
    }

    private static func terms(_ text: String, everySuffix: Bool) -> [[UInt8]] {
        var (found, term, suffixes, isUnspaced) = ([[UInt8]](), [UInt8](), [Int](), false)
        func beginning(of term: ArraySlice<UInt8>) -> [UInt8] {
            Array(
                String(decoding: term, as: UTF8.self).unicodeScalars.prefix(Limits.suffixLetters).map(String.init).joined().utf8)
        }
        func end() {
            if !term.isEmpty {
                // A word of a query may stand within a run.
                found.append(everySuffix || !isUnspaced ? Array(term.prefix(cut(term))) : beginning(of: term[...]))
                for start in suffixes where start > 0 && start < term.count {
                    found.append(beginning(of: term[start...]))
                }
            }
            term.removeAll(keepingCapacity: true)
            suffixes.removeAll(keepingCapacity: true)
            isUnspaced = false
        }
        for scalar in text.decomposedStringWithCompatibilityMapping.unicodeScalars {
            switch scalar.properties.generalCategory {
            case .nonspacingMark, .enclosingMark, .format: continue
            case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .decimalNumber,
                .letterNumber,
                .otherNumber, .spacingMark:
                if isWrittenWithoutSpaces(scalar) {
                    isUnspaced = true
                    if everySuffix, suffixes.count < Limits.suffixes { suffixes.append(term.count) }
                }
                term += (letters[scalar] ?? scalar.properties.lowercaseMapping).utf8
            default: end()
            }
        }
        end()
        return found
    }

    /// The longest beginning within the limit that does not split a character.
    private static func cut(_ term: some RandomAccessCollection<UInt8>) -> Int {
        guard term.count > Limits.termBytes else { return term.count }
        var count = Limits.termBytes
        while count > 0, term[term.index(term.startIndex, offsetBy: count)] & 0xC0 == 0x80 { count -= 1 }
        return count
    }

    /// Letters that Unicode does not decompose and that people type without their mark.
    private static let letters: [Unicode.Scalar: String] = [
        "ø": "o", "Ø": "o", "æ": "ae", "Æ": "ae", "œ": "oe", "Œ": "oe", "ß": "ss", "ẞ": "ss", "đ": "d", "Đ": "d", "ð": "d",
        "Ð": "d", "þ": "th", "Þ": "th", "ł": "l", "Ł": "l", "ı": "i", "ħ": "h", "Ħ": "h",
    ]

    private static func isWrittenWithoutSpaces(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x3040...0x30FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xF900...0xFAFF, 0x20000...0x3FFFF: true
        default: false
        }
    }
}
