/// The mark of a list item at the beginning of a line.
enum ListMark {
    static func split(_ text: String) -> (mark: String, rest: String)? {
        guard let space = text.firstIndex(of: " ") else { return nil }
        let mark = text[..<space]
        let rest = text[text.index(after: space)...]
        return !rest.isEmpty && isMark(mark) ? (String(mark), String(rest)) : nil
    }

    static func isMark(_ mark: some StringProtocol) -> Bool {
        guard mark.utf8.count <= 8 else { return false }
        if mark.count == 1, let only = mark.unicodeScalars.first, "•◦▪‣·●○■□–—*-➢✓❖▸►".unicodeScalars.contains(only) {
            return true
        }
        guard let last = mark.last, last == "." || last == ")" else { return false }
        let inner = mark.dropLast().drop { $0 == "(" }
        let isNumber = !inner.isEmpty && inner.count <= 3 && inner.allSatisfy { $0.isASCII && $0.isNumber }
        let isLetter = inner.count == 1 && inner.allSatisfy { $0.isASCII && $0.isLowercase }
        return isNumber || isLetter
    }
}
