import Core

/// Reads SpreadsheetML (ECMA-376, part 1, section 18): each sheet as one table of what people see, with the values behind it.
struct SheetReader {
    private var package: Package
    private let limits: TextualLimits
    private var document = Document(format: .xlsx)
    private var strings: [String] = []
    private var formats: [Int: NumberFormat] = [:]
    /// The number format of each style of cells.
    private var styles: [Int] = []
    private var is1904 = false
    private var cells = 0
    private var tables: SheetTables
    private var textBytes = 0
    private var drawnParts = DrawnParts()

    /// - Throws: `TextualFailure`.
    static func read(_ package: Package, main: String, limits: TextualLimits) throws -> Document {
        var reader = SheetReader(package: package, limits: limits)
        return try reader.read(main)
    }

    private init(package: Package, limits: TextualLimits) {
        self.package = package
        self.limits = limits
        tables = SheetTables(limits: limits)
    }

    private mutating func read(_ main: String) throws -> Document {
        guard let workbook = try package.part(main) else { throw TextualFailure.broken("it has no \(main)") }
        let relations = package.relations(of: main)
        func target(_ type: String) -> String? { relations.values.first { $0.type == type && !$0.isExternal }?.target }
        document.metadata = MetadataReader.office(&package)
        let sheets = try sheets(workbook)
        if let name = target("sharedStrings"), let bytes = try package.part(name) { strings = try Self.strings(bytes) }
        if let name = target("styles"), let bytes = try? package.part(name) { try readStyles(bytes) }
        document.pageCount = sheets.count
        for sheet in sheets {
            guard let relation = relations[sheet.relation], !relation.isExternal else { continue }
            document.blocks.append(Block(.heading, sheet.name, level: 1, at: Place(sheet: sheet.name), isHidden: sheet.isHidden))
            if sheet.isHidden { document.receipt.count(.hidden) }
            guard ["worksheet", "chartsheet"].contains(relation.type) else { continue }
            guard let bytes = try package.part(relation.target) else {
                document.receipt.count(.broken)
                continue
            }
            try read(bytes, sheet, of: relation.target)
        }
        return document
    }

    private struct Sheet {
        let name: String
        let relation: String
        let isHidden: Bool
    }

    private mutating func sheets(_ bytes: [UInt8]) throws -> [Sheet] {
        var reader = XMLReader(bytes)
        var sheets: [Sheet] = []
        while true {
            let event = try reader.next()
            if event == .finished { return sheets }
            guard event == .start else { continue }
            switch reader.name {
            case "workbookPr": is1904 = WordValue.isOn(reader.attribute("date1904")) ?? false
            case "sheet":
                sheets.append(
                    Sheet(
                        name: reader.attribute("name") ?? "Sheet \(sheets.count + 1)",
                        relation: reader.attribute("id", prefix: "r") ?? reader.attribute("id") ?? "",
                        isHidden: reader.attribute("state").map { $0 != "visible" } ?? false))
            default: continue
            }
        }
    }

    private static func strings(_ bytes: [UInt8]) throws -> [String] {
        var reader = XMLReader(bytes)
        var (strings, text, isText) = ([String](), [UInt8](), false)
        while true {
            switch try reader.next() {
            case .finished: return strings
            case .start:
                switch reader.name {
                case "si": text.removeAll(keepingCapacity: true)
                case "t": isText = true
                // How the letters are read aloud.
                case "rPh": try reader.skip()
                default: break
                }
            case .text: if isText { reader.appendText(to: &text) }
            case .end:
                if reader.name == "t" { isText = false }
                if reader.name == "si" { strings.append(Self.unescaped(String(decoding: text, as: UTF8.self))) }
            }
        }
    }

    /// `_x000D_` stands for a character that XML can not hold (section 22.4.2.4).
    private static func unescaped(_ text: String) -> String {
        guard text.utf8.contains(UInt8(ascii: "_")), text.contains("_x") else { return text }
        var out = ""
        var rest = text[...]
        while let start = rest.firstRange(of: "_x") {
            let digits = rest[start.upperBound...].prefix(4)
            let end = digits.endIndex
            guard digits.count == 4, end < rest.endIndex, rest[end] == "_", let code = UInt32(digits, radix: 16),
                let scalar = Unicode.Scalar(code)
            else {
                out += rest[..<start.upperBound]
                rest = rest[start.upperBound...]
                continue
            }
            out += rest[..<start.lowerBound]
            out.unicodeScalars.append(scalar)
            rest = rest[rest.index(after: end)...]
        }
        return out + rest
    }

    private mutating func readStyles(_ bytes: [UInt8]) throws {
        var reader = XMLReader(bytes)
        var isCells = false
        while true {
            switch try reader.next() {
            case .finished: return
            case .end: if reader.name == "cellXfs" { isCells = false }
            case .text: break
            case .start:
                switch reader.name {
                case "numFmt":
                    if let id = reader.attribute("numFmtId").flatMap({ Int($0) }), let code = reader.attribute("formatCode") {
                        formats[id] = NumberFormat(code)
                    }
                case "cellXfs": isCells = true
                case "xf" where isCells: styles.append(reader.attribute("numFmtId").flatMap { Int($0) } ?? 0)
                default: break
                }
            }
        }
    }

    private mutating func format(_ style: Int) -> NumberFormat? {
        guard styles.indices.contains(style) else { return nil }
        let id = styles[style]
        guard id != 0 else { return nil }
        if let known = formats[id] { return known }
        guard let code = NumberFormat.builtIn[id] else { return nil }
        let made = NumberFormat(code)
        formats[id] = made
        return made
    }

    // MARK: One sheet

    private mutating func read(_ bytes: [UInt8], _ sheet: Sheet, of part: String) throws {
        var reader = XMLReader(bytes)
        var rows: [SheetTables.Row] = []
        var merges: [SheetTables.Span] = []
        var (row, column) = (0, 0)
        var hidden = SheetTables.Hidden()
        var drawings: [String] = []
        var targets: [(row: Int, column: Int, target: String)] = []
        let related = package.relations(of: part)
        reading: while true {
            switch try reader.next() {
            case .finished: break reading
            case .end, .text: continue
            case .start:
                switch reader.name {
                case "row":
                    row = reader.attribute("r").flatMap { Int($0) } ?? row + 1
                    guard 1...1_048_576 ~= row else { throw TextualFailure.broken("a sheet has a row \(row)") }
                    column = 0
                    if WordValue.isOn(reader.attribute("hidden")) == true { hidden.rows.insert(row) }
                    rows.append(.init(number: row, cells: []))
                case "c":
                    if let place = reader.bytes(of: "r").flatMap({ Self.place(bytes: $0) }) {
                        column = place.column
                    } else {
                        column += 1
                    }
                    guard 1...16_384 ~= column, !rows.isEmpty else { continue }
                    cells += 1
                    guard cells <= limits.cells else {
                        throw TextualFailure.limit("The sheets have more than \(limits.cells) cells.")
                    }
                    if let cell = try cell(&reader) { rows[rows.count - 1].cells.append((column, cell)) }
                case "mergeCell":
                    let ends = (reader.attribute("ref") ?? "").split(separator: ":").compactMap(Self.place)
                    guard ends.count == 2, merges.count < 100_000, ends[1].row >= ends[0].row, ends[1].column >= ends[0].column
                    else { continue }
                    merges.append(
                        .init(
                            row: ends[0].row, column: ends[0].column, rows: ends[1].row - ends[0].row + 1,
                            columns: ends[1].column - ends[0].column + 1))
                case "col" where WordValue.isOn(reader.attribute("hidden")) == true:
                    let ends = ["min", "max"].compactMap { reader.attribute($0).flatMap { Int($0) } }
                    if ends.count == 2, 1 <= ends[0], ends[0] <= ends[1], ends[1] <= 16_384 {
                        hidden.add(columns: ends[0]...ends[1])
                    }
                case "hyperlink":
                    let target = [
                        reader.attribute("id", prefix: "r").flatMap { related[$0]?.target },
                        reader.attribute("location").map { "#\($0)" },
                    ].compactMap(\.self).joined()
                    let first = (reader.attribute("ref") ?? "").split(separator: ":").first.flatMap(Self.place)
                    if let first, !target.isEmpty, targets.count < Self.mostLinks {
                        targets.append((first.row, first.column, target))
                    }
                case "drawing": if let id = reader.attribute("id", prefix: "r") { drawings.append(id) }
                case "oleObject": document.receipt.count(.embedded)
                default: continue
                }
            }
        }
        var made = try tables.blocks(rows, merges, hidden: hidden, sheet: sheet.name, isHidden: sheet.isHidden)
        if !targets.isEmpty, let table = made.firstIndex(where: { $0.table != nil && !$0.isHidden }) ?? made.indices.first {
            made[table].links += Self.links(targets, rows)
        }
        document.blocks += made
        try draw(drawings, of: part, sheet)
        try notes(of: part, sheet)
    }

    private static let mostLinks = 65_530

    /// What cells say that lead to another place.
    private static func links(
        _ targets: [(row: Int, column: Int, target: String)], _ rows: [SheetTables.Row]
    ) -> [Block.Link] {
        func key(_ row: Int, _ column: Int) -> Int { row << 15 | column }
        let wanted = Set(targets.map { key($0.row, $0.column) })
        var texts: [Int: String] = [:]
        for row in rows {
            for (column, cell) in row.cells where wanted.contains(key(row.number, column)) {
                texts[key(row.number, column)] = cell.text
            }
        }
        return targets.map { .init(text: texts[key($0.row, $0.column)] ?? "", target: $0.target) }
    }

    private mutating func cell(_ reader: inout XMLReader) throws -> Table.Cell? {
        let type = reader.bytes(of: "t").map { XMLName($0) } ?? "n"
        let style = reader.bytes(of: "s").flatMap(Self.number) ?? 0
        let outside = reader.depth - 1
        var (value, inline) = ([UInt8](), [UInt8]())
        var (isValue, isInline) = (false, false)
        while reader.depth > outside {
            switch try reader.next() {
            case .finished: return nil
            case .start:
                switch reader.name {
                case "v": isValue = true
                case "t": isInline = true
                case "rPh", "f": try reader.skip()
                default: break
                }
            case .text:
                if isValue { reader.appendText(to: &value) } else if isInline { reader.appendText(to: &inline) }
            case .end: (isValue, isInline) = (false, false)
            }
        }
        let text = String(decoding: type == "inlineStr" ? inline : value, as: UTF8.self)
        guard !text.isEmpty else { return nil }
        let cell: Table.Cell
        switch type {
        case "s":
            guard let index = Int(text), strings.indices.contains(index) else { return nil }
            cell = Table.Cell(format(style)?.text(strings[index]) ?? strings[index])
        case "str", "inlineStr": cell = Table.Cell(format(style)?.text(Self.unescaped(text)) ?? Self.unescaped(text))
        case "b": cell = Table.Cell(text == "1" || text == "true" ? "TRUE" : "FALSE")
        case "e": cell = Table.Cell(text)
        case "d":
            let format = format(style)
            cell = Self.serial(text, is1904: is1904).map { Self.cell($0, format, is1904: is1904) } ?? Table.Cell(text)
        default:
            guard let number = Double(text) else {
                cell = Table.Cell(text)
                break
            }
            cell = Self.cell(number, format(style), is1904: is1904)
        }
        textBytes += cell.text.utf8.count
        try limits.mustHold(textBytes: textBytes)
        return cell.text.isEmpty ? nil : cell
    }

    /// A number as people see it, and as it is stored where that differs.
    static func cell(_ number: Double, _ format: NumberFormat?, is1904: Bool) -> Table.Cell {
        var general = NumberFormat.general(number)
        // The usual format shows no more than eleven digits.
        if Double(general) != number, number.isFinite {
            let exact = "\(number)"
            general = exact.hasSuffix(".0") ? String(exact.dropLast(2)) : exact
        }
        let shown = format?.text(number, is1904: is1904) ?? NumberFormat.general(number)
        guard let format else { return Table.Cell(shown, value: general == shown ? nil : general) }
        let stored = format.isDate ? moment(number, is1904: is1904) ?? general : general
        return Table.Cell(shown, value: stored == shown ? nil : stored)
    }

    /// A moment in ISO 8601 as the number of days that other cells have; nil for what is none.
    private static func serial(_ text: String, is1904: Bool) -> Double? {
        guard let found = text.firstMatch(of: /^(\d{4})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d):(\d\d(?:\.\d+)?))?Z?$/),
            let year = Int(found.1),
            let month = Int(found.2), let day = Int(found.3), year >= 1900,
            let days = CalendarDay.days(year: year, month: month, day: day)
        else { return nil }
        let parts = [found.4, found.5, found.6].map { $0.flatMap { Double($0) } ?? 0 }
        let time = parts[0] * 3600 + parts[1] * 60 + parts[2]
        return Double(days + 25_569 - (is1904 ? 1462 : 0)) + time / 86_400
    }

    private static let momentFormat = NumberFormat("yyyy-mm-dd\"T\"hh:mm:ss")
    private static let dayFormat = NumberFormat("yyyy-mm-dd")
    private static let timeFormat = NumberFormat("hh:mm:ss")

    /// ISO 8601.
    private static func moment(_ number: Double, is1904: Bool) -> String? {
        guard number >= 0, number < 2_958_466 else { return nil }
        let format = number < 1 ? timeFormat : number == number.rounded() ? dayFormat : momentFormat
        return format.text(number, is1904: is1904)
    }

    /// A whole number without a sign.
    private static func number(_ digits: ArraySlice<UInt8>) -> Int? {
        guard 1...9 ~= digits.count, digits.allSatisfy({ 0x30...0x39 ~= $0 }) else { return nil }
        return digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    }

    private static func place(_ name: some StringProtocol) -> (row: Int, column: Int)? { place(bytes: name.utf8) }

    /// `BC23` as row 23 and column 55, from 1.
    private static func place(bytes: some Sequence<UInt8>) -> (row: Int, column: Int)? {
        var (column, row) = (0, 0)
        for byte in bytes {
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"):
                guard row == 0, column < 100_000 else { return nil }
                column = column * 26 + Int(byte) - 64
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                guard row < 100_000_000 else { return nil }
                row = row * 10 + Int(byte) - 48
            case UInt8(ascii: "$"): continue
            default: return nil
            }
        }
        return column > 0 && row > 0 ? (row, column) : nil
    }

    static func name(column: Int) -> String {
        var (rest, text) = (column, "")
        while rest > 0 {
            text = String(Character(Unicode.Scalar(UInt8(65 + (rest - 1) % 26)))) + text
            rest = (rest - 1) / 26
        }
        return text
    }

    /// What is drawn over the cells: texts of boxes and the numbers of charts.
    private mutating func draw(_ ids: [String], of part: String, _ sheet: Sheet) throws {
        guard !ids.isEmpty else { return }
        let related = package.relations(of: part)
        for id in ids.prefix(Self.mostDrawings) {
            guard let name = related[id]?.target, let bytes = try? package.part(name) else { continue }
            let (charts, place) = (package.relations(of: name), Place(sheet: sheet.name))
            var (reader, blocks) = (XMLReader(bytes), [Block]())
            while let event = try? reader.next(), event != .finished {
                guard event == .start else { continue }
                switch reader.name {
                case "txBody": blocks += try DrawingText.paragraphs(&reader, charts, at: place, limits: limits)
                case "blip": document.receipt.count(.picture)
                case "chart", "relIds":
                    blocks += try drawnParts.blocks(
                        reader, charts, in: &package, at: place, limits: limits, &document.receipt)
                case "Fallback": try? reader.skip()
                default: continue
                }
                try limits.mustHold(textBytes: textBytes + (blocks.last?.text.utf8.count ?? 0))
            }
            textBytes += blocks.textBytes
            try limits.mustHold(textBytes: textBytes)
            document.blocks += blocks.map { block in
                var block = block
                block.isHidden = sheet.isHidden
                return block
            }
        }
    }

    private static let mostDrawings = 1000

    /// Comments on cells.
    private mutating func notes(of part: String, _ sheet: Sheet) throws {
        for relation in package.relations(of: part).values where relation.type == "comments" && !relation.isExternal {
            guard let bytes = try? package.part(relation.target) else { continue }
            var reader = XMLReader(bytes)
            var (cell, text, isText) = ("", [UInt8](), false)
            while let event = try? reader.next(), event != .finished {
                switch event {
                case .start:
                    if reader.name == "comment" { (cell, text) = (reader.attribute("ref") ?? "", []) }
                    if reader.name == "t" { isText = true }
                case .text: if isText { reader.appendText(to: &text) }
                case .end:
                    if reader.name == "t" { isText = false }
                    if reader.name == "comment", !text.isEmpty {
                        document.blocks.append(
                            Block(
                                .note, String(decoding: text, as: UTF8.self).trimmedLines, marker: cell,
                                at: Place(sheet: sheet.name, cells: cell), isHidden: sheet.isHidden))
                    }
                case .finished: break
                }
            }
        }
    }
}
