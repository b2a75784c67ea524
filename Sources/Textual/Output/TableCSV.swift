/// The tables of a document as CSV (RFC 4180), with an empty line between two.
package enum TableCSV {
    private static let mostPlaces = 5_000_000

    package static func text(_ document: Document) -> String {
        document.blocks.compactMap { block in
            guard let table = block.table, PlainText.isShown(block, in: document.format) else { return nil }
            let widest = table.rows.map(\.count).max() ?? 0
            // A far cell in one row makes no million empty ones in all others.
            let width = widest * table.rows.count <= mostPlaces ? widest : 0
            let rows = table.rows.map { row in
                (0..<max(width, row.count)).map { place in
                    row.indices.contains(place) ? row[place].map { field($0.text) } ?? "" : ""
                }.joined(
                    separator: ",")
            }
            return rows.joined(separator: "\r\n")
        }.joined(separator: "\r\n\r\n") + (document.blocks.contains { $0.table != nil } ? "\r\n" : "")
    }

    private static func field(_ text: String) -> String {
        guard text.utf8.contains(where: { [UInt8(ascii: ","), UInt8(ascii: "\""), 10, 13].contains($0) }) else { return text }
        return "\"\(text.replacing("\"", with: "\"\""))\""
    }
}
