/// A document as Markdown (CommonMark 0.31, tables as in GitHub's dialect).
package enum Markdown {
    package static func text(_ document: Document) -> String {
        var out = ""
        var last: Block.Kind?
        // Levels of the list items that are open: a list may begin at any of them.
        var open: [Int] = []
        for block in document.blocks where PlainText.isShown(block, in: document.format) {
            while let level = open.last, block.kind != .listItem || level >= block.level { open.removeLast() }
            let text = text(block, depth: open.count)
            guard !text.isEmpty else { continue }
            if block.kind == .listItem { open.append(block.level) }
            if let last { out += last == .listItem && block.kind == .listItem ? "\n" : "\n\n" }
            out += text
            last = block.kind
        }
        return out.isEmpty ? "" : out + "\n"
    }

    private static func text(_ block: Block, depth: Int) -> String {
        switch block.kind {
        case .heading: String(repeating: "#", count: min(6, max(1, block.level))) + " " + heading(line(escaped(block.text)))
        case .listItem: item(block, depth: depth)
        case .table: block.table.map(table) ?? ""
        case .picture: "![\(line(escaped(block.text)))]()"
        // As the text names it: which brackets in it are references is not known any more.
        case .note: "\\[\(escaped(block.marker ?? ""))\\] " + line(escaped(block.text))
        case .code: fenced(block.text)
        case .paragraph, .header, .footer, .pageNumber: escaped(block.text).replacing("\n", with: "  \n")
        }
    }

    /// With a fence that is longer than any in the code.
    private static func fenced(_ text: String) -> String {
        var (longest, run) = (2, 0)
        for byte in text.utf8 {
            run = byte == UInt8(ascii: "`") ? run + 1 : 0
            longest = max(longest, run)
        }
        let fence = String(repeating: "`", count: longest + 1)
        return "\(fence)\n\(text)\n\(fence)"
    }

    private static func item(_ block: Block, depth: Int) -> String {
        let marker = block.marker ?? "-"
        // A number that Markdown would count itself; any other stays a part of the text.
        let number = marker.last == "." || marker.last == ")" ? Int(marker.dropLast()) : nil
        let mark = number.map { 0...999_999_999 ~= $0 } == true ? marker : "-"
        let isBullet = marker.count == 1 && number == nil && marker.first?.isLetter != true && marker.first?.isNumber != true
        let text = mark == marker || isBullet ? escaped(block.text) : "\(escaped(marker)) \(escaped(block.text))"
        let indent = String(repeating: "    ", count: min(depth, 9))
        return indent + mark + " " + text.replacing("\n", with: "  \n\(indent)  ")
    }

    private static let mostPlaces = 5_000_000

    /// Spans can not be told: covered places are empty cells.
    private static func table(_ table: Table) -> String {
        let width = table.rows.map(\.count).max() ?? 0
        guard width > 0 else { return "" }
        // A far cell in one row makes no million empty ones in all others.
        let padded = width * table.rows.count <= mostPlaces ? width : 0
        func row(_ cells: [Table.Cell?]) -> String {
            let texts = (0..<max(padded, cells.count)).map { place in
                cells.indices.contains(place) ? cells[place].map { cell(escaped($0.text)) } ?? "" : ""
            }
            return "| " + texts.joined(separator: " | ") + " |"
        }
        var rows = table.rows.map(row)
        rows.insert("|" + String(repeating: " --- |", count: width), at: 1)
        return rows.joined(separator: "\n")
    }

    private static func cell(_ text: String) -> String {
        text.replacing("|", with: "\\|").split(whereSeparator: \.isNewline).joined(separator: "<br>")
    }

    /// Marks at the end would be taken for the end of the heading.
    private static func heading(_ text: String) -> String {
        let marks = text.reversed().prefix { $0 == "#" }.count
        guard marks > 0, marks == text.count || text.dropLast(marks).last == " " else { return text }
        return text.dropLast(marks) + "\\" + String(repeating: "#", count: marks)
    }

    private static func line(_ text: String) -> String { text.split(whereSeparator: \.isNewline).joined(separator: " ") }

    /// What would be taken for a mark of Markdown is written as a letter.
    private static func escaped(_ text: String) -> String {
        guard text.utf8.contains(where: { isMark($0) }) else { return text }
        var out = ""
        var isStart = true
        var isWord = false
        // That the line begins with.
        var digits = 0
        let scalars = Array(text.unicodeScalars)
        for (place, scalar) in scalars.enumerated() {
            let next = place + 1 < scalars.count ? scalars[place + 1] : nil
            switch scalar {
            case "\\", "`", "*", "<", "[", "]", "~": out.unicodeScalars.append("\\")
            // The beginning of an entity.
            case "&" where next?.properties.isAlphabetic == true || next == "#": out += "\\"
            // Inside a word an underscore marks nothing.
            case "_": if !isWord || next?.properties.isAlphabetic != true && next?.properties.numericType == nil { out += "\\" }
            case "#" where isStart, ">" where isStart: out += "\\"
            case "+" where isStart && isBlank(next), "-" where isStart && isBlank(next): out += "\\"
            // A line of these is a rule, or makes a heading of the line above.
            case "-" where isStart && next == "-", "=" where isStart: out += "\\"
            // `1. ` would begin a list.
            case ".", ")":
                if isBlank(next), digits > 0 { out += "\\" }
            default: break
            }
            digits = isStart || digits > 0 ? ("0"..."9" ~= scalar ? digits + 1 : 0) : 0
            out.unicodeScalars.append(scalar)
            isWord = scalar.properties.isAlphabetic || scalar.properties.numericType != nil
            if scalar == "\n" { isStart = true } else if scalar != " " { isStart = false }
        }
        return out
    }

    private static func isBlank(_ scalar: Unicode.Scalar?) -> Bool {
        scalar == nil || scalar == " " || scalar == "\t" || scalar == "\n"
    }

    private static func isMark(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "\\"), UInt8(ascii: "`"), UInt8(ascii: "*"), UInt8(ascii: "<"), UInt8(ascii: "["), UInt8(ascii: "]"),
            UInt8(ascii: "_"), UInt8(ascii: "#"), UInt8(ascii: ">"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "~"),
            UInt8(ascii: "&"), UInt8(ascii: "="), UInt8(ascii: "."), UInt8(ascii: ")"):
            true
        default: false
        }
    }
}
