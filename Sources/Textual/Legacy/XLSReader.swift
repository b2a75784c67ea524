import Foundation
import Tabular

/// Reads workbooks of Excel 5 to 2003 (MS-XLS): cells as people see them and as values, merged cells, notes, text boxes.
struct XLSReader {
    private let bytes: [UInt8]
    private let limits: TextualLimits
    private var document = Document(format: .xls)
    private var tables: SheetTables
    private var place = 0
    private var isUnicode = true
    private var encoding = "windows-1252"
    private var is1904 = false
    private var sheets: [Sheet] = []
    private var strings: [String] = []
    /// Codes of number formats, and the format of each style.
    private var codes: [Int: String] = [:]
    private var formats: [Int: NumberFormat] = [:]
    private var styles: [Int] = []
    private var textBytes = 0
    private var cells = 0

    private struct Sheet {
        let name: String
        let start: Int
        let isHidden: Bool
        let isSheet: Bool
    }

    private struct Record {
        let type: Int
        var data: [UInt8]
        /// Where in the data each further record begins: text says there anew how it is written.
        var cuts: [Int] = []
    }

    /// - Returns: nil when the file holds no workbook.
    /// - Throws: `TextualFailure`.
    static func read(_ file: CompoundFile, limits: TextualLimits) throws -> Document? {
        guard let bytes = file.stream("Workbook") ?? file.stream("Book") else { return nil }
        var reader = XLSReader(bytes, limits)
        reader.document.metadata = SummaryReader.read(file)
        if file.node("_VBA_PROJECT_CUR") != nil { reader.document.receipt.count(.embedded) }
        return try reader.read()
    }

    private init(_ bytes: [UInt8], _ limits: TextualLimits) {
        self.bytes = bytes
        self.limits = limits
        tables = SheetTables(limits: limits)
    }

    /// The next record, with those that go on with it.
    private mutating func next() -> Record? {
        guard place + 4 <= bytes.count else { return nil }
        var record = Record(type: bytes.u16(place), data: Array(bytes.part(place + 4, bytes.u16(place + 2))))
        place += 4 + bytes.u16(place + 2)
        let isText = record.type == 0xFC || record.type == 0x1B6
        while bytes.u16(place) == 0x3C, place + 4 <= bytes.count, isText || record.data.count < 1 << 20 {
            record.cuts.append(record.data.count)
            record.data += bytes.part(place + 4, bytes.u16(place + 2))
            place += 4 + bytes.u16(place + 2)
        }
        return record
    }

    private mutating func read() throws -> Document {
        try globals()
        document.pageCount = sheets.count(where: \.isSheet)
        var known: Set<Int> = []
        for sheet in sheets where sheet.isSheet {
            // One that is named again says nothing new.
            guard known.insert(sheet.start).inserted else { continue }
            place = sheet.start
            document.blocks.append(Block(.heading, sheet.name, level: 1, at: Place(sheet: sheet.name), isHidden: sheet.isHidden))
            try read(sheet)
        }
        return document
    }

    private mutating func globals() throws {
        guard let first = next(), first.type == 0x809 || first.type == 0x409 else {
            throw TextualFailure.broken("its workbook stream does not begin with a BOF record")
        }
        isUnicode = first.data.u16(0) >= 0x600
        while let record = next(), record.type != 0x0A {
            let data = record.data
            switch record.type {
            case 0x2F: throw TextualFailure.locked()
            case 0x42: encoding = CodePages.encoding(data.u16(0) == 0x8000 ? 10000 : data.u16(0)) ?? encoding
            case 0x22: is1904 = data.u16(0) == 1
            case 0x85:
                guard data.count >= 8 else { continue }
                sheets.append(
                    Sheet(
                        name: isUnicode ? short(data, 6) : narrow(data.part(7, Int(data[6]))), start: data.u32(0),
                        isHidden: data[4] & 3 != 0,
                        isSheet: data[5] == 0))
            case 0xFC: readStrings(record)
            case 0x41E:
                if isUnicode {
                    codes[data.u16(0)] = long(data, 2)
                } else if data.count > 2 {
                    codes[data.u16(0)] = narrow(data.part(3, Int(data[2])))
                }
            case 0xE0: styles.append(data.u16(2))
            default: continue
            }
        }
        if sheets.isEmpty { throw TextualFailure.broken("its workbook has no sheets") }
    }

    // MARK: Text

    private func narrow(_ bytes: ArraySlice<UInt8>) -> String {
        DecodedText.utf8(Array(bytes), in: encoding).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }

    /// A text behind a length of one byte, and one that says whether letters have two.
    private func short(_ data: [UInt8], _ place: Int) -> String {
        text(data, place + 1, count: place < data.count ? Int(data[place]) : 0)
    }

    /// Behind a length of two bytes.
    private func long(_ data: [UInt8], _ place: Int) -> String { text(data, place + 2, count: data.u16(place)) }

    private func text(_ data: [UInt8], _ place: Int, count: Int) -> String {
        guard place < data.count else { return "" }
        if data[place] & 1 != 0 { return data.utf16(place + 1, units: count) }
        return String(decoding: data.part(place + 1, count).map { UInt16($0) }, as: UTF16.self)
    }

    /// The table of texts (section 2.4.265): one text may go over the end of a record, and says there anew how many bytes a letter has.
    private mutating func readStrings(_ record: Record) {
        let data = record.data
        let cuts = record.cuts + [data.count]
        var cut = 0
        var place = 8
        let count = data.u32(4)
        while strings.count < count, place + 3 <= data.count {
            while cut < cuts.count - 1, cuts[cut] <= place { cut += 1 }
            let left = data.u16(place)
            let flags = data[place + 2]
            place += 3
            var (runs, extra) = (0, 0)
            if flags & 8 != 0 {
                runs = data.u16(place)
                place += 2
            }
            if flags & 4 != 0 {
                extra = data.u32(place)
                place += 4
            }
            let units = Self.units(data, cuts, &cut, &place, count: left, flags: flags)
            strings.append(String(decoding: units, as: UTF16.self))
            place += runs * 4 + min(extra, data.count)
        }
    }

    /// Letters that may go over the ends of records, behind each of which a byte says how they go on.
    private static func units(
        _ data: [UInt8], _ cuts: [Int], _ cut: inout Int, _ place: inout Int, count: Int, flags given: UInt8
    ) -> [UInt16] {
        var (left, flags) = (count, given)
        var units: [UInt16] = []
        while left > 0, place < data.count {
            while cut < cuts.count - 1, cuts[cut] < place { cut += 1 }
            if cut < cuts.count - 1, cuts[cut] == place {
                flags = data[place]
                place += 1
                cut += 1
                continue
            }
            let width = flags & 1 != 0 ? 2 : 1
            let taken = min(left, max(0, cuts[cut] - place) / width)
            guard taken > 0 else {
                place = cuts[cut]
                if cut == cuts.count - 1 { break }
                continue
            }
            for index in 0..<taken {
                units.append(width == 2 ? UInt16(truncatingIfNeeded: data.u16(place + 2 * index)) : UInt16(data[place + index]))
            }
            place += taken * width
            left -= taken
        }
        return units
    }

    /// A text of one record and those that go on with it; its first byte says whether letters have two.
    private static func text(_ record: Record, at start: Int, count: Int) -> String {
        guard start < record.data.count else { return "" }
        var (cut, place) = (0, start + 1)
        let cuts = record.cuts.filter { $0 > start } + [record.data.count]
        return String(
            decoding: units(record.data, cuts, &cut, &place, count: count, flags: record.data[start]), as: UTF16.self)
    }

    // MARK: One sheet

    private func format(_ style: Int) -> NumberFormat? {
        guard styles.indices.contains(style) else { return nil }
        return formats[styles[style]]
    }

    /// The formats that styles name, made once.
    private mutating func makeFormats() {
        guard formats.isEmpty else { return }
        for id in Set(styles) where id != 0 {
            if let code = codes[id] ?? NumberFormat.builtIn[id], code != "General" { formats[id] = NumberFormat(code) }
        }
    }

    private mutating func read(_ sheet: Sheet) throws {
        makeFormats()
        guard let first = next(), first.type == 0x809 || first.type == 0x409 else {
            document.receipt.count(.broken)
            return
        }
        var rows: [Int: [(column: Int, cell: Table.Cell)]] = [:]
        var merges: [SheetTables.Span] = []
        var notes: [(row: Int, column: Int, object: Int)] = []
        var boxes: [(object: Int, text: String)] = []
        var hidden = SheetTables.Hidden()
        var object = 0
        // A formula whose text comes in the next record.
        var open: (row: Int, column: Int, style: Int)?
        var depth = 0
        func add(_ row: Int, _ column: Int, _ cell: Table.Cell) {
            textBytes += cell.text.utf8.count
            if !cell.text.isEmpty { rows[row, default: []].append((column + 1, cell)) }
        }
        while let record = next() {
            let data = record.data
            let (row, column, style) = (data.u16(0), data.u16(2), data.u16(4))
            switch record.type {
            // Charts are sheets inside of sheets.
            case 0x809: depth += 1
            case 0x0A:
                guard depth > 0 else {
                    try finish(sheet, rows, merges, hidden, notes, boxes)
                    return
                }
                depth -= 1
            case _ where depth > 0: continue
            case 0x208: if data.u16(12) & 0x20 != 0 { hidden.rows.insert(row + 1) }
            case 0x7D:
                let (first, last) = (data.u16(0), data.u16(2))
                if data.u16(8) & 1 != 0, first <= last, last < 16_384 { hidden.add(columns: (first + 1)...(last + 1)) }
            case 0x203: add(row, column, SheetReader.cell(Double(bitPattern: data.u64(6)), format(style), is1904: is1904))
            case 0x27E: add(row, column, SheetReader.cell(Self.number(data.u32(6)), format(style), is1904: is1904))
            case 0xBD:
                for index in 0..<max(0, (data.count - 6) / 6) {
                    let number = Self.number(data.u32(6 + 6 * index))
                    add(row, column + index, SheetReader.cell(number, format(data.u16(4 + 6 * index)), is1904: is1904))
                }
            case 0xFD:
                let index = data.u32(6)
                if strings.indices.contains(index) { add(row, column, text(strings[index], style)) }
            case 0x204, 0xD6:
                add(
                    row, column,
                    text(isUnicode ? Self.text(record, at: 8, count: data.u16(6)) : narrow(data.part(8, data.u16(6))), style))
            case 0x205:
                guard data.count >= 8 else { continue }
                add(row, column, Table.Cell(data[7] == 0 ? (data[6] == 0 ? "FALSE" : "TRUE") : Self.error(data[6])))
            case 0x06, 0x206, 0x406:
                open = nil
                guard data.count >= 14 else { continue }
                guard data.u16(12) == 0xFFFF else {
                    add(row, column, SheetReader.cell(Double(bitPattern: data.u64(6)), format(style), is1904: is1904))
                    continue
                }
                switch data[6] {
                case 0: open = (row, column, style)
                case 1: add(row, column, Table.Cell(data[8] == 0 ? "FALSE" : "TRUE"))
                case 2: add(row, column, Table.Cell(Self.error(data[8])))
                default: continue
                }
            case 0x207:
                if let place = open {
                    add(
                        place.row, place.column,
                        text(
                            isUnicode ? Self.text(record, at: 2, count: data.u16(0)) : narrow(data.part(2, data.u16(0))),
                            place.style))
                }
                open = nil
            case 0xE5:
                for index in 0..<min(data.u16(0), data.count / 8) {
                    let (top, bottom, left, right) = (
                        data.u16(2 + 8 * index), data.u16(4 + 8 * index), data.u16(6 + 8 * index), data.u16(8 + 8 * index)
                    )
                    guard bottom >= top, right >= left, merges.count < 100_000 else { continue }
                    merges.append(.init(row: top + 1, column: left + 1, rows: bottom - top + 1, columns: right - left + 1))
                }
            case 0x1C:
                if isUnicode {
                    notes.append((row, column, data.u16(6)))
                } else if data.u16(4) > 0, row != 0xFFFF {
                    notes.append((row, column, -notes.count - 1))
                    boxes.append((-notes.count, narrow(data.part(6, data.u16(4)))))
                }
            case 0x5D:
                object = data.u16(6)
                if data.u16(4) == 8 { document.receipt.count(.picture) }
                // A chart, whose numbers are those of cells.
                if data.u16(4) == 5 { document.receipt.count(.embedded) }
            case 0x1B6:
                // The letters follow in a record of their own, which says how they are written.
                let count = data.u16(10)
                if count > 0, let start = record.cuts.first { boxes.append((object, Self.text(record, at: start, count: count))) }
            default: continue
            }
            cells += 1
            try countText()
            guard cells <= limits.cells else { throw TextualFailure.limit("The sheets have more than \(limits.cells) cells.") }
        }
        document.receipt.count(.broken)
        try finish(sheet, rows, merges, hidden, notes, boxes)
    }

    private func countText() throws {
        try limits.mustHold(textBytes: textBytes)
    }

    private func text(_ text: String, _ style: Int) -> Table.Cell { Table.Cell(format(style)?.text(text) ?? text) }

    private mutating func finish(
        _ sheet: Sheet, _ rows: [Int: [(column: Int, cell: Table.Cell)]], _ merges: [SheetTables.Span],
        _ hidden: SheetTables.Hidden, _ notes: [(row: Int, column: Int, object: Int)], _ boxes: [(object: Int, text: String)]
    ) throws {
        if sheet.isHidden { document.receipt.count(.hidden) }
        let made = rows.map { SheetTables.Row(number: $0.key + 1, cells: $0.value) }
        document.blocks += try tables.blocks(made, merges, hidden: hidden, sheet: sheet.name, isHidden: sheet.isHidden)
        let texts = Dictionary(boxes.map { ($0.object, $0.text) }) { first, _ in first }
        let noted = Set(notes.map(\.object))
        var told: Set<Int> = []
        for note in notes where told.insert(note.object).inserted {
            textBytes += texts[note.object]?.utf8.count ?? 0
            try countText()
            guard let text = texts[note.object]?.trimmedLines, !text.isEmpty else { continue }
            let name = "\(SheetReader.name(column: note.column + 1))\(note.row + 1)"
            document.blocks.append(
                Block(.note, text, marker: name, at: Place(sheet: sheet.name, cells: name), isHidden: sheet.isHidden))
        }
        for box in boxes where !noted.contains(box.object) && !box.text.trimmedLines.isEmpty {
            document.blocks.append(
                Block(.paragraph, box.text.trimmedLines, at: Place(sheet: sheet.name), isHidden: sheet.isHidden))
        }
    }

    /// A number in four bytes: the upper part of a floating one or a whole one, perhaps a hundred times too large (section 2.5.217).
    private static func number(_ bits: Int) -> Double {
        let value =
            bits & 2 != 0 ? Double(Int32(truncatingIfNeeded: bits) >> 2) : Double(bitPattern: UInt64(bits & 0xFFFF_FFFC) << 32)
        return bits & 1 != 0 ? value / 100 : value
    }

    private static func error(_ code: UInt8) -> String {
        switch code {
        case 0x00: "#NULL!"
        case 0x07: "#DIV/0!"
        case 0x0F: "#VALUE!"
        case 0x17: "#REF!"
        case 0x1D: "#NAME?"
        case 0x24: "#NUM!"
        case 0x2A: "#N/A"
        default: "#ERR"
        }
    }
}
