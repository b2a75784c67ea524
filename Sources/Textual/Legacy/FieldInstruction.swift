/// The words of a field, such as `HYPERLINK "http://x.org/"`.
struct FieldInstruction {
    private var words: [String] = []

    init(_ instruction: String) {
        var word = ""
        var isQuoted = false
        for letter in instruction.prefix(10_000) {
            if letter == "\"" {
                isQuoted.toggle()
            } else if letter == " ", !isQuoted {
                if !word.isEmpty { words.append(word) }
                word = ""
            } else {
                word.append(letter)
            }
        }
        if !word.isEmpty { words.append(word) }
    }

    /// Where a link leads; nil for another field.
    var target: String? {
        guard words.first?.uppercased() == "HYPERLINK" else { return nil }
        var (target, anchor) = ("", "")
        var isAnchor = false
        for word in words.dropFirst() {
            if word.hasPrefix("\\") {
                isAnchor = word == "\\l"
            } else if isAnchor {
                (anchor, isAnchor) = ("#\(word)", false)
            } else if target.isEmpty {
                target = word
            }
        }
        return target.isEmpty && anchor.isEmpty ? nil : target + anchor
    }

    /// What a field shows that has no result: a letter of a font, or the words of a button.
    var shown: String? {
        if let symbol { return SymbolFont.text(UInt32(symbol.code), font: symbol.font) }
        guard words.first?.uppercased() == "MACROBUTTON", words.count > 2 else { return nil }
        return words.dropFirst(2).joined(separator: " ")
    }

    /// A letter of a font; nil for another field.
    private var symbol: (code: Int, font: String)? {
        guard words.first?.uppercased() == "SYMBOL", words.count > 1, let code = Int(words[1]), 0...255 ~= code else {
            return nil
        }
        let place = words.firstIndex(of: "\\f").map { $0 + 1 } ?? words.count
        return (code, words.indices.contains(place) ? words[place] : "")
    }
}
