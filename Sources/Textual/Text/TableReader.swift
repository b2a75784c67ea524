import Tabular

/// Reads a table that is text, such as CSV.
enum TableReader {
    /// - Throws: `TextualFailure` `limit_exceeded`; `TabularFailure` where the text is no table.
    static func read(_ bytes: [UInt8], name: String, limits: TextualLimits) throws -> Document {
        do {
            return try document(TextTable(bytes, name: name, most: limits.cells))
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
        return document
    }

    /// Whether a text whose name promises nothing is a table all the same.
    /// - Parameter head: whole lines.
    static func isTable(_ head: [UInt8]) -> Bool {
        guard let found = try? TextTable(head, name: "", most: 1_000_000), found.confidence >= 0.6, found.before.isEmpty,
            found.rows.count >= 3, let width = found.rows.first?.count, found.rows.allSatisfy({ $0.count == width })
        else { return false }
        // A comma in each line is no rare thing in prose.
        switch found.delimiter {
        case "\t", ";", "|": break
        case ",": guard width >= 3 else { return false }
        default: return false
        }
        let bytes = found.rows.reduce(0) { $0 + $1.reduce(0) { $0 + $1.utf8.count } }
        return bytes <= 60 * width * found.rows.count
    }
}
