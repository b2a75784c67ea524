/// The text of a document that is stored, and in which everything else tells its places: chunks, search, pages.
package struct PlainText: Sendable, Equatable {
    /// UTF-8.
    package let bytes: [UInt8]
    /// Where each block of the document stands in it, in bytes; nil for what is not in it: hidden text, and headers, footers and page
    /// numbers of pages.
    package let ranges: [Range<Int>?]

    package var text: String { String(decoding: bytes, as: UTF8.self) }

    package init(_ document: Document) {
        var bytes: [UInt8] = []
        var ranges: [Range<Int>?] = []
        var last: Block.Kind?
        for block in document.blocks {
            let text = Self.isShown(block, in: document.format) ? Self.text(block) : ""
            guard !text.isEmpty else {
                ranges.append(nil)
                continue
            }
            if let last { bytes += Array((last == .listItem && block.kind == .listItem ? "\n" : "\n\n").utf8) }
            let start = bytes.count
            bytes += Array(text.utf8)
            ranges.append(start..<bytes.count)
            last = block.kind
        }
        self.bytes = bytes
        self.ranges = ranges
    }

    /// Pages repeat their headers in the middle of sentences; an Office file has each of its headers once.
    static func isShown(_ block: Block, in format: DocumentFormat) -> Bool {
        !block.isHidden && !(format == .pdf && block.kind.isFurniture)
    }

    private static func text(_ block: Block) -> String {
        switch block.kind {
        case .table: block.table.map(text) ?? ""
        case .listItem:
            [String(repeating: "  ", count: min(block.level, 9)) + (block.marker ?? "•"), block.text].joined(separator: " ")
        case .note: block.marker.map { "[\($0)] \(block.text)" } ?? block.text
        default: block.text
        }
    }

    /// A line for each row; ` | ` between cells.
    static func text(_ table: Table) -> String {
        table.rows.map { row in
            row.map { $0.map { $0.text.split(whereSeparator: \.isNewline).joined(separator: " ") } ?? "" }.joined(
                separator: " | ")
        }.joined(separator: "\n")
    }
}

extension [Block] {
    /// What people see of blocks that stand inside of something else, such as a cell or a note.
    var words: String {
        filter { !$0.isHidden }.map { block in
            if let table = block.table { return PlainText.text(table) }
            return block.marker.map { block.kind == .listItem ? "\($0) \(block.text)" : block.text } ?? block.text
        }.filter { !$0.isEmpty }.joined(separator: "\n").trimmedLines
    }
}
