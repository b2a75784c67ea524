/// The mark of a list item at the beginning of a line.
enum ListMark {
    static func split(_ text: String) -> (mark: String, rest: String)? {
        guard let space = text.firstIndex(of: " ") else { return nil }
        let mark = text[..<space]
        let rest = text[text.index(after: space)...]
        guard !rest.isEmpty, mark.utf8.count <= 8 else { return nil }
        if mark.count == 1, let only = mark.unicodeScalars.first, "•◦▪‣·●○■□–—*-➢✓❖▸►".unicodeScalars.contains(only) {
            return (String(mark), String(rest))
        }
        guard let last = mark.last, last == "." || last == ")" else { return nil }
        let inner = mark.dropLast().drop { $0 == "(" }
        let isNumber = !inner.isEmpty && inner.count <= 3 && inner.allSatisfy { $0.isASCII && $0.isNumber }
        let isLetter = inner.count == 1 && inner.allSatisfy { $0.isASCII && $0.isLowercase }
        return isNumber || isLetter ? (String(mark), String(rest)) : nil
    }
}
