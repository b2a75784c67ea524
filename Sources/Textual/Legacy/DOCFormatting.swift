/// What the pages of formatting of a Word 97 document say of its letters and paragraphs (MS-DOC, sections 2.4.6 and 2.6).
final class DOCFormatting {
    struct Letters {
        var isHidden = false
        var isDeleted = false
        /// Whether the letter stands for something else, such as a picture or a note.
        var isSpecial = false
        var isObject = false
        /// The number of the font.
        var font: Int?
        /// A letter of a font of pictures, and the number of the font.
        var symbol: (font: Int, code: Int)?
    }

    struct Paragraph {
        var style = 0
        var outline: Int?
        var list: Int?
        var level: Int?
        var isInTable = false
        var isRowEnd = false
        var nesting: Int?
        var isInnerCell = false
        var isInnerRow = false
        var row: WordTable.RowDefinition?
    }

    private struct Run {
        let start: Int
        let end: Int
        /// Of the sprms, in the document.
        let place: Int
        let length: Int
        let style: Int
    }

    private let bytes: [UInt8]
    private let data: [UInt8]
    private let letters: [Run]
    private let paragraphs: [Run]
    /// Styles of letters that hide them.
    var hiddenStyles: Set<Int> = []
    /// Bytes of the stream of data that may still be looked at: many paragraphs may name the same.
    private var left = 64 << 20

    private static let mostRuns = 5_000_000

    /// - Parameters:
    ///   - bytes: of the stream of the document.
    ///   - table: the stream with its tables.
    ///   - data: the stream that holds what is too long for a page.
    ///   - letters, paragraphs: where the tables of their pages are.
    init(_ bytes: [UInt8], table: [UInt8], data: [UInt8], letters: (Int, Int), paragraphs: (Int, Int)) {
        self.bytes = bytes
        self.data = data
        self.letters = Self.runs(bytes, table, letters, isParagraph: false)
        self.paragraphs = Self.runs(bytes, table, paragraphs, isParagraph: true)
    }

    private static func runs(_ bytes: [UInt8], _ table: [UInt8], _ place: (start: Int, length: Int), isParagraph: Bool) -> [Run] {
        var runs: [Run] = []
        let count = max(0, (min(place.length, table.count) - 4) / 8)
        for index in 0..<count {
            let page = (table.u32(place.start + 4 * (count + 1) + 4 * index) & 0x3F_FFFF) * 512
            guard page + 512 <= bytes.count, runs.count < mostRuns else { continue }
            let all = Int(bytes[page + 511])
            let width = isParagraph ? 13 : 1
            guard 4 * (all + 1) + width * all <= 511 else { continue }
            for run in 0..<all {
                let (start, end) = (bytes.u32(page + 4 * run), bytes.u32(page + 4 * run + 4))
                var at = Int(bytes[page + 4 * (all + 1) + width * run]) * 2
                guard end > start else { continue }
                guard at > 0, at < 511 else {
                    runs.append(Run(start: start, end: end, place: 0, length: 0, style: 0))
                    continue
                }
                var length = Int(bytes[page + at])
                at += 1
                if isParagraph {
                    if length == 0 {
                        length = Int(bytes[page + at]) * 2
                        at += 1
                    } else {
                        length = length * 2 - 1
                    }
                    length = min(length, 511 - at)
                    guard length >= 2 else { continue }
                    runs.append(
                        Run(start: start, end: end, place: page + at + 2, length: length - 2, style: bytes.u16(page + at)))
                } else {
                    runs.append(Run(start: start, end: end, place: page + at, length: min(length, 511 - at), style: 0))
                }
            }
        }
        return runs.sorted { $0.start < $1.start }
    }

    private static func run(_ runs: [Run], at place: Int) -> Run? {
        var (low, high) = (0, runs.count)
        while low < high {
            let middle = (low + high) / 2
            if runs[middle].start <= place { low = middle + 1 } else { high = middle }
        }
        guard low > 0, runs[low - 1].end > place else { return nil }
        return runs[low - 1]
    }

    /// - Returns: and the byte at which they may change.
    func letters(at place: Int, style: Letters) -> (Letters, end: Int) {
        guard let run = Self.run(letters, at: place) else {
            var (low, high) = (0, letters.count)
            while low < high {
                let middle = (low + high) / 2
                if letters[middle].start <= place { low = middle + 1 } else { high = middle }
            }
            return (style, low < letters.count ? letters[low].start : Int.max)
        }
        var found = style
        Self.each(bytes, run.place, run.length) { code, operand, _ in
            // A style of letters stands before what is said beside it.
            if code == 0x4A30, hiddenStyles.contains(bytes.u16(operand)) { found.isHidden = true }
            Self.apply(code, bytes, operand, &found, style)
        }
        return (found, run.end)
    }

    static func apply(_ code: Int, _ bytes: [UInt8], _ operand: Int, _ found: inout Letters, _ style: Letters) {
        func isOn(_ base: Bool) -> Bool {
            switch operand < bytes.count ? bytes[operand] : 0 {
            case 0: false
            case 0x80: base
            case 0x81: !base
            default: true
            }
        }
        switch code {
        case 0x083C: found.isHidden = isOn(style.isHidden)
        case 0x0800: found.isDeleted = isOn(false)
        case 0x0855: found.isSpecial = isOn(false)
        case 0x0856, 0x080A: found.isObject = isOn(false)
        case 0x4A4F: found.font = bytes.u16(operand)
        case 0x6A09:
            found.symbol = (bytes.u16(operand), bytes.u16(operand + 2))
            found.isSpecial = true
        default: break
        }
    }

    func paragraph(at place: Int, styles: (Int) -> Paragraph) -> Paragraph {
        guard let run = Self.run(paragraphs, at: place) else { return styles(0) }
        var found = styles(run.style)
        found.style = run.style
        Self.each(bytes, run.place, run.length) { code, operand, length in
            // A list of sprms that is too long for the page stands in the stream of data.
            if code == 0x6646 || code == 0x6645 {
                let start = bytes.u32(operand)
                let size = min(data.u16(start), data.count)
                left -= size + 100
                guard left > 0 else { return }
                Self.each(data, start + 2, size) { code, operand, length in
                    Self.apply(code, data, operand, length, &found)
                }
            } else {
                Self.apply(code, bytes, operand, length, &found)
            }
        }
        return found
    }

    static func apply(_ code: Int, _ bytes: [UInt8], _ operand: Int, _ length: Int, _ found: inout Paragraph) {
        let byte = operand < bytes.count ? Int(bytes[operand]) : 0
        switch code {
        case 0x2416: found.isInTable = byte != 0
        case 0x2417: found.isRowEnd = byte != 0
        case 0x6649: found.nesting = min(max(0, bytes.i32(operand)), WordFlow.deepest)
        case 0x244B: found.isInnerCell = byte != 0
        case 0x244C: found.isInnerRow = byte != 0
        case 0x260A: found.level = min(byte, 8)
        case 0x460B: found.list = bytes.i16(operand)
        case 0x2640: found.outline = byte
        case 0x3404, 0x3403: if code == 0x3404 { found.row = found.row ?? .init(); found.row?.isHeader = byte != 0 }
        case 0xD608:
            var row = WordTable.RowDefinition()
            row.isHeader = found.row?.isHeader ?? false
            row.left = bytes.i16(operand + 1)
            for cell in 0..<min(byte, 64) {
                let flags = bytes.u16(operand + 1 + 2 * (byte + 1) + 20 * cell)
                let isThere = 1 + 2 * (byte + 1) + 20 * cell + 2 <= length
                row.cells.append(
                    .init(
                        right: bytes.i16(operand + 1 + 2 * (cell + 1)), goesOnAcross: isThere && flags & 2 != 0,
                        goesOnDown: isThere && flags & 0x60 == 0x20, beginsDown: isThere && flags & 0x60 == 0x60))
            }
            found.row = row
        case 0x5624:
            let (first, end) = (byte, operand + 1 < bytes.count ? Int(bytes[operand + 1]) : 0)
            guard let count = found.row?.cells.count, first + 1 < min(end, count) else { return }
            for cell in (first + 1)..<min(end, count) { found.row?.cells[cell].goesOnAcross = true }
        case 0xD62B:
            let flags = operand + 1 < bytes.count ? bytes[operand + 1] : 0
            guard let count = found.row?.cells.count, byte < count else { return }
            found.row?.cells[byte].goesOnDown = flags == 1
            found.row?.cells[byte].beginsDown = flags == 3
        default: break
        }
    }

    /// Single property modifiers: a code that says how long its operand is (section 2.2.5.1).
    static func each(_ bytes: [UInt8], _ start: Int, _ length: Int, _ take: (_ code: Int, _ operand: Int, _ length: Int) -> Void)
    {
        var place = start
        let end = min(bytes.count, start + max(0, length))
        while place + 2 <= end {
            let code = bytes.u16(place)
            place += 2
            var size: Int
            switch code >> 13 {
            case 0, 1: size = 1
            case 2, 4, 5: size = 2
            case 3: size = 4
            case 7: size = 3
            default:
                if code == 0xD608 {
                    size = bytes.u16(place) - 1
                    place += 2
                } else {
                    size = place < end ? Int(bytes[place]) : 0
                    // Changes of many tabs say how many they are.
                    if code == 0xC615, size == 255 {
                        let removed = place + 1 < end ? Int(bytes[place + 1]) : 0
                        let addedPlace = place + 2 + 4 * removed
                        let added = addedPlace < end ? Int(bytes[addedPlace]) : 0
                        size = 2 + 4 * removed + 3 * added
                    }
                    place += 1
                }
            }
            guard size >= 0, place + size <= end else { return }
            take(code, place, size)
            place += size
        }
    }
}
