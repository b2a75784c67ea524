/// The mark of a list item at the beginning of a line.
enum ListMark {
    static func split(_ text: String) -> (mark: String, rest: String)? {
        // Some stand right before the text.
        if let first = text.unicodeScalars.first, tight.contains(first), text.count > 1, text.dropFirst().first?.isLetter == true
        {
            return (String(first), String(text.dropFirst()))
        }
        guard let space = text.firstIndex(of: " ") else { return nil }
        let mark = text[..<space]
        let rest = text[text.index(after: space)...]
        return !rest.isEmpty && isMark(mark) ? (String(mark), String(rest)) : nil
    }

    /// Whether a text is a mark without a number, or begins with one.
    static func isBullet(_ text: String) -> Bool {
        guard let first = text.unicodeScalars.first, bullets.contains(first) else { return false }
        return text.count == 1 || split(text) != nil
    }

    private static let bullets = Set("•◦▪‣·●○■□–—*-➢✓❖▸►".unicodeScalars)
    /// Which mark nothing else at the beginning of a word.
    private static let tight = Set("•◦▪‣●○■➢❖▸►".unicodeScalars)

    static func isMark(_ mark: some StringProtocol) -> Bool {
        guard mark.utf8.count <= 8 else { return false }
        if mark.count == 1, let only = mark.unicodeScalars.first, bullets.contains(only) { return true }
        guard let last = mark.last, last == "." || last == ")" else { return false }
        let inner = mark.dropLast().drop { $0 == "(" }
        let isNumber = !inner.isEmpty && inner.count <= 3 && inner.allSatisfy { $0.isASCII && $0.isNumber }
        let isLetter = inner.count == 1 && inner.allSatisfy { $0.isASCII && $0.isLowercase }
        return isNumber || isLetter
    }
}
