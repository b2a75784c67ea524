/// Sheets of OpenDocument: what people see is written in the cells, beside the values.
extension OpenDocumentReader {
    mutating func sheet(_ reader: inout XMLReader) throws {
        let name = reader.attribute("name") ?? "Sheet"
        let isHidden = styles.isHidden("table", reader.attribute("style-name"))
        sheet = name
        defer { sheet = nil }
        if isHidden { document.receipt.count(.hidden) }
        document.blocks.append(Block(.heading, name, level: 1, at: Place(sheet: name), isHidden: isHidden))
        var rows: [SheetTables.Row] = []
        var spans: [SheetTables.Span] = []
        var (row, column, repeats) = (0, 1, 1)
        var first = notes.count
        var (hidden, width) = (SheetTables.Hidden(), 0)
        let outside = reader.depth - 1
        while reader.depth > outside {
            let event = try reader.next()
            if event == .finished { break }
            if event == .end, reader.name == "table-row" {
                // Rows that stand for many are as many, where something is in them.
                if repeats > 1, let last = rows.last, last.number == row, !last.cells.isEmpty {
                    let bytes = last.cells.reduce(0) { $0 + $1.cell.text.utf8.count }
                    let times = copies(repeats - 1, of: last.cells.count, bytes: bytes)
                    for number in 0..<times { rows.append(.init(number: row + 1 + number, cells: last.cells)) }
                }
                row += repeats - 1
                continue
            }
            guard event == .start else { continue }
            let isClosed = ["collapse", "filter"].contains(reader.attribute("visibility"))
            switch reader.name {
            case "table-column":
                let repeated = Self.count(reader.attribute("number-columns-repeated"), most: Self.mostColumns)
                if isClosed, width < Self.mostColumns { hidden.add(columns: (width + 1)...(width + repeated)) }
                width += repeated
            case "table-row":
                row += 1
                column = 1
                repeats = Self.count(reader.attribute("number-rows-repeated"), most: 1_048_576)
                if isClosed { for number in row..<(row + min(repeats, 10_000)) { hidden.rows.insert(number) } }
                // Programs fill a sheet up, and some fill it over.
                guard row <= 1_048_576 else {
                    try reader.skip()
                    continue
                }
                rows.append(.init(number: row, cells: []))
            case "table-cell", "covered-table-cell":
                guard !rows.isEmpty else { continue }
                let repeated = Self.count(reader.attribute("number-columns-repeated"), most: Self.mostColumns)
                let span = (
                    rows: Self.count(reader.attribute("number-rows-spanned"), most: 1_048_576),
                    columns: Self.count(reader.attribute("number-columns-spanned"), most: Self.mostColumns)
                )
                let made = try cell(&reader, "\(SheetReader.name(column: min(column, Self.mostColumns)))\(row)")
                if let made, column <= Self.mostColumns {
                    cells += 1
                    guard cells <= limits.cells else {
                        throw TextualFailure.limit("The sheets have more than \(limits.cells) cells.")
                    }
                    let last =
                        column
                        + copies(
                            min(Self.mostColumns, column + repeated - 1) - column, of: 1, bytes: made.text.utf8.count)
                    for place in column...last { rows[rows.count - 1].cells.append((place, made)) }
                    if span.rows > 1 || span.columns > 1, spans.count < 100_000 {
                        spans.append(.init(row: row, column: column, rows: span.rows, columns: span.columns))
                    }
                }
                column += repeated
            case "shapes":
                var blocks: [Block] = []
                try shape(&reader, &blocks, depth: 1, isHidden: isHidden)
                notes += blocks
            case "named-expressions", "table-source", "forms": try reader.skip()
            default: continue
            }
        }
        document.blocks += try sheetTables.blocks(rows, spans, hidden: hidden, sheet: name, isHidden: isHidden)
        // Comments and shapes stand behind their sheet.
        first = min(first, notes.count)
        for var note in notes[first...] {
            note.isHidden = note.isHidden || isHidden
            document.blocks.append(note)
        }
        notes.removeSubrange(first...)
    }

    private mutating func cell(_ reader: inout XMLReader, _ name: String) throws -> Table.Cell? {
        let type = reader.attribute("value-type", prefix: "office") ?? reader.attribute("value-type")
        let stored: String? =
            switch type {
            case "float", "percentage", "currency": reader.attribute("value", prefix: "office")
            case "date": reader.attribute("date-value")
            case "time": reader.attribute("time-value")
            case "boolean": reader.attribute("boolean-value").map { $0 == "true" ? "TRUE" : "FALSE" }
            case "string": reader.attribute("string-value")
            default: nil
            }
        var lines: [String] = []
        let outside = reader.depth - 1
        while try reader.nextStart(inside: outside) {
            switch reader.name {
            case "p":
                var line = Line()
                try inline(&reader, &line, depth: 1, isHidden: false)
                lines.append(String(decoding: line.text + line.hidden, as: UTF8.self))
                notes += line.boxes
            case "annotation": try annotation(&reader, at: name, depth: 1)
            case "frame", "custom-shape", "rect", "ellipse", "text-box", "g", "polygon", "path", "line", "connector", "caption":
                try beside(&reader)
            default: try reader.skip()
            }
        }
        let shown = lines.joined(separator: "\n").trimmedLines
        // A format may show nothing of a number.
        let text = lines.isEmpty ? stored ?? "" : shown
        textBytes += text.utf8.count
        try limits.mustHold(textBytes: textBytes)
        guard !text.isEmpty else { return nil }
        return Table.Cell(text, value: stored == text ? nil : stored)
    }

    /// A shape on a cell.
    private mutating func beside(_ reader: inout XMLReader) throws {
        var blocks: [Block] = []
        try shape(&reader, &blocks, depth: 1, isHidden: false)
        notes += blocks
    }
}
