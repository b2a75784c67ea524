import Tabular

/// Reads a table that is text, such as CSV.
enum TableReader {
    /// - Throws: `TextualFailure` `limit_exceeded`; `TabularFailure` where the text is no table.
    static func read(_ text: DecodedText, name: String, limits: TextualLimits) throws -> Document {
        do {
            return try document(TextTable(text, name: name, most: limits.cells))
        } catch let failure as TabularFailure where failure.code == "too_many_cells" {
            throw TextualFailure.limit(failure.message)
        }
    }

    private static func document(_ found: TextTable) -> Document {
        var document = Document(format: .csv)
        document.blocks = found.before.map { Block(.paragraph, $0, at: Place()) }
        guard !found.rows.isEmpty else { return document }
        let widest = found.rows.lazy.map(\.count).max() ?? 0
        var table = Table(rows: found.rows.map { $0.map { Table.Cell($0) } })
        table.headerRows = min(found.headerRows, table.rows.count - 1)
        let place = Place(cells: "A1:\(SheetReader.name(column: max(1, widest)))\(found.rows.count)")
        document.blocks.append(Block(.table, "", table: table, at: place))
        document.blocks += found.comments.map { Block(.paragraph, $0, at: Place()) }
        return document
    }

    /// Whether a text whose name promises nothing is a table all the same.
    /// - Parameter head: whole lines.
    static func isTable(_ head: [UInt8]) -> Bool {
        guard let found = try? TextTable(DecodedText(head), name: "", most: 1_000_000), found.confidence >= 0.6,
            found.before.isEmpty,
            found.rows.count >= 3, let width = found.rows.first?.count, found.rows.allSatisfy({ $0.count == width })
        else { return false }
        // A comma in each line is no rare thing in prose, and has a space behind it there.
        switch found.delimiter {
        case "\t", ";", "|": break
        case ",": guard width >= 3, !found.hasSpaces else { return false }
        default: return false
        }
        // Lines that begin or end with the delimiter are statements, or what is indented; and so is what opens a bracket in one cell and
        // closes it in another.
        for column in [0, width - 1] where found.rows.allSatisfy({ $0[column].allSatisfy(\.isWhitespace) }) { return false }
        let open = found.rows.count { row in row.contains { !$0.isBalanced } }
        guard open * 5 < found.rows.count else { return false }
        let bytes = found.rows.reduce(0) { $0 + $1.reduce(0) { $0 + $1.utf8.count } }
        return bytes <= 60 * width * found.rows.count
    }
}

extension String {
    fileprivate var isBalanced: Bool {
        var depth = 0
        for byte in utf8 {
            if byte == UInt8(ascii: "(") || byte == UInt8(ascii: "{") || byte == UInt8(ascii: "[") { depth += 1 }
            if byte == UInt8(ascii: ")") || byte == UInt8(ascii: "}") || byte == UInt8(ascii: "]") { depth -= 1 }
            if depth < 0 { return false }
        }
        return depth == 0
    }
}
