import Foundation

/// The texts in a script, and the sums that it makes of them and of its variables. Nothing is run.
struct ScriptTexts {
    private(set) var texts: [String] = []
    /// Each sum, with the values of variables as the script gave them last.
    private(set) var sums: [String] = []
    private var variables: [String: String] = [:]

    private enum Limits {
        static let sumBytes = 2000
        static let texts = 40
        static let sums = 40
    }

    init(_ script: String) {
        var (sum, word, target) = ("", "", String?.none)
        var hasSum = false
        func isWord(_ character: Character) -> Bool {
            character.isLetter || character.isNumber || character == "_" || character == "$"
        }
        var rest = script[...]
        func value(_ word: String) -> String { variables[word] ?? "" }
        // Each time: what is added to itself doubles.
        func extend(_ part: String) {
            if sum.utf8.count + part.utf8.count < Limits.sumBytes { sum += part }
        }
        var isWordOver = false
        while let character = rest.first, texts.count < Limits.texts, sums.count < Limits.sums {
            rest = rest.dropFirst()
            if isWord(character) {
                // `var name`: the second word counts.
                if isWordOver { word = "" }
                isWordOver = false
                word.append(character)
                continue
            }
            if character == " " || character == "\t" {
                isWordOver = true
                continue
            }
            isWordOver = false
            switch character {
            case "'", "\"", "`":
                var text = ""
                while let next = rest.first, next != character {
                    rest = rest.dropFirst()
                    // A backslash before a letter is an escape that matters to nobody here.
                    if next == "\\", let escaped = rest.first, !escaped.isLetter {
                        text.append(escaped)
                        rest = rest.dropFirst()
                    } else {
                        text.append(next)
                    }
                }
                rest = rest.dropFirst()
                let decoded = Self.decoded(text)
                texts.append(decoded)
                extend(decoded)
                (word, hasSum) = ("", true)
            case "+":
                if rest.first == "=" {
                    // `a += …`
                    rest = rest.dropFirst()
                    (target, sum, hasSum) = (word.isEmpty ? nil : word, value(word), false)
                } else if !word.isEmpty {
                    extend(value(word))
                    hasSum = true
                }
                word = ""
            case "=":
                (target, sum, word, hasSum) = (word.isEmpty ? target : word, "", "", false)
            default:
                if !word.isEmpty, hasSum || target != nil { extend(value(word)) }
                if character == ";" || character == "\n" || character == "," || character == ")" {
                    if !sum.isEmpty { sums.append(sum) }
                    if let name = target, character != ")" { variables[name] = sum }
                    if character != ")" { target = nil }
                }
                (sum, word, hasSum) = (character == ")" && target != nil ? sum : "", "", false)
            }
        }
        if !word.isEmpty { extend(value(word)) }
        if !sum.isEmpty { sums.append(sum) }
    }

    /// Numeric character references, as cloaking scripts write them.
    private static func decoded(_ text: String) -> String {
        guard text.contains("&#") else { return text }
        var (out, rest) = ("", text[...])
        while let start = rest.range(of: "&#") {
            out += rest[..<start.lowerBound]
            rest = rest[start.upperBound...]
            let isHex = rest.first == "x" || rest.first == "X"
            let digits = (isHex ? rest.dropFirst() : rest).prefix { $0.isHexDigit }
            if let end = rest.firstIndex(of: ";"), digits.endIndex == end, digits.count <= 6,
                let code = UInt32(digits, radix: isHex ? 16 : 10), let scalar = Unicode.Scalar(code)
            {
                out.unicodeScalars.append(scalar)
                rest = rest[rest.index(after: end)...]
            } else {
                out += "&#"
            }
        }
        return out + rest
    }
}
