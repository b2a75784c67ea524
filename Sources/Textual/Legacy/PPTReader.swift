import Foundation

/// Reads presentations of PowerPoint 97 to 2003 (MS-PPT): slides in their order, shapes in the order in which people read them, notes.
struct PPTReader {
    private let bytes: [UInt8]
    private let limits: TextualLimits
    private var document = Document(format: .ppt)
    /// Where the parts of the presentation are, by their numbers.
    private var parts: [Int: Int] = [:]
    /// Footers of slides that have none of their own.
    private var standardFooters: Record?
    private var textBytes = 0
    private var records = 0

    /// A record: what it is, and where what is in it begins and ends.
    private struct Record {
        let type: Int
        let instance: Int
        let isContainer: Bool
        let start: Int
        let end: Int
    }

    private static let deepest = 40

    /// - Returns: nil when the file holds no presentation.
    /// - Throws: `TextualFailure`.
    static func read(_ file: CompoundFile, limits: TextualLimits) throws -> Document? {
        guard let bytes = file.stream("PowerPoint Document") else { return nil }
        if file.node("EncryptedSummary") != nil {
            throw TextualFailure.locked()
        }
        let user = file.stream("Current User") ?? []
        if user.u32(12) == 0xF3D1_C4DF {
            throw TextualFailure.locked()
        }
        var reader = PPTReader(bytes: bytes, limits: limits)
        reader.document.metadata = SummaryReader.read(file)
        return try reader.read(edit: user.u32(16))
    }

    private init(bytes: [UInt8], limits: TextualLimits) {
        self.bytes = bytes
        self.limits = limits
    }

    // MARK: Records

    private func record(at place: Int, before end: Int) -> Record? {
        guard place >= 0, place + 8 <= end else { return nil }
        let head = bytes.u16(place)
        let length = bytes.u32(place + 4)
        return Record(
            type: bytes.u16(place + 2), instance: head >> 4, isContainer: head & 0xF == 0xF, start: place + 8,
            end: min(end, place + 8 + min(length, end)))
    }

    private func children(_ record: Record) -> [Record] {
        var children: [Record] = []
        var place = record.start
        while let child = self.record(at: place, before: record.end), children.count < 200_000 {
            children.append(child)
            place = child.end
        }
        return children
    }

    private func find(_ type: Int, in record: Record) -> Record? { children(record).first { $0.type == type } }

    // MARK: The presentation

    private mutating func read(edit first: Int) throws -> Document {
        // Edits, the last one first: where each put the parts that it changed (section 2.1.2).
        var edit = first
        var root: Int?
        var (seen, known): (Set<Int>, Set<Int>) = ([], [])
        while edit > 0, seen.insert(edit).inserted, let atom = record(at: edit, before: bytes.count), atom.type == 0x0FF5 {
            root = root ?? bytes.u32(atom.start + 16)
            if atom.end - atom.start >= 32, bytes.u32(atom.start + 28) != 0 {
                throw TextualFailure.locked()
            }
            let address = bytes.u32(atom.start + 12)
            if known.insert(address).inserted, let directory = record(at: address, before: bytes.count), directory.type == 0x1772
            {
                readPlaces(directory)
            }
            edit = bytes.u32(atom.start + 8)
        }
        guard let number = root, let place = parts[number], let main = record(at: place, before: bytes.count), main.type == 0x03E8
        else {
            // Without its list of parts the slides stand in the order in which they were written.
            return try readAll()
        }
        standardFooters = children(main).first { $0.type == 0x0FD9 && $0.instance == 3 }
        var slides: [(number: Int, id: Int, texts: [Record])] = []
        var notes: [Int: Int] = [:]
        for list in children(main) where list.type == 0x0FF0 {
            var open: (number: Int, id: Int, texts: [Record])?
            for child in children(list) {
                if child.type == 0x03F3 {
                    if let open, list.instance == 0 { slides.append(open) }
                    open = (bytes.u32(child.start), bytes.u32(child.start + 12), [])
                    if list.instance == 2 { notes[bytes.u32(child.start)] = bytes.u32(child.start + 12) }
                } else {
                    open?.texts.append(child)
                }
            }
            if let open, list.instance == 0 { slides.append(open) }
        }
        if slides.isEmpty, hasSlides { return try readAll() }
        guard slides.count <= limits.pages else { throw TextualFailure.limit("There are more than \(limits.pages) slides.") }
        document.pageCount = slides.count
        // Notes by the slide that they are of.
        var notesOf: [Int: Record] = [:]
        for part in notes.keys {
            guard let place = parts[part], let container = record(at: place, before: bytes.count), container.type == 0x03F0,
                let atom = find(0x03F1, in: container)
            else { continue }
            notesOf[bytes.u32(atom.start)] = container
        }
        var shown: Set<Int> = []
        for (index, slide) in slides.enumerated() {
            guard let place = parts[slide.number], let container = record(at: place, before: bytes.count),
                container.type == 0x03EE, shown.insert(place).inserted
            else {
                document.receipt.count(.broken)
                continue
            }
            try read(container, number: index + 1, outline: Self.groups(slide.texts), notes: notesOf[slide.id])
        }
        // Where none of them is where it should be.
        if shown.isEmpty, hasSlides { return try readAll() }
        return document
    }

    private mutating func readPlaces(_ directory: Record) {
        var place = directory.start
        while place + 4 <= directory.end {
            let head = bytes.u32(place)
            place += 4
            let first = head & 0xF_FFFF
            for index in 0..<min(head >> 20, (directory.end - place) / 4) {
                // What a later edit says counts.
                if parts[first + index] == nil { parts[first + index] = bytes.u32(place + 4 * index) }
            }
            place += 4 * (head >> 20)
        }
    }

    private var hasSlides: Bool {
        var place = 0
        while let container = record(at: place, before: bytes.count) {
            if container.type == 0x03EE { return true }
            place = container.end
        }
        return false
    }

    private mutating func readAll() throws -> Document {
        var place = 0
        var number = 0
        while let container = record(at: place, before: bytes.count) {
            if container.type == 0x03EE {
                number += 1
                try read(container, number: number, outline: [], notes: nil)
            }
            place = container.end
        }
        guard number > 0 else { throw TextualFailure.broken("it has no slides") }
        document.pageCount = number
        document.receipt.count(.broken)
        return document
    }

    /// The texts of the outline: each begins with what kind of text it is.
    private static func groups(_ records: [Record]) -> [[Record]] {
        var groups: [[Record]] = []
        for record in records {
            if record.type == 0x0F9F { groups.append([]) }
            if !groups.isEmpty { groups[groups.count - 1].append(record) }
        }
        return groups
    }

    // MARK: One slide

    private mutating func read(_ slide: Record, number: Int, outline: [[Record]], notes: Record?) throws {
        var isHidden = false
        if let info = find(0x03F9, in: slide) { isHidden = info.start + 10 < bytes.count && bytes[info.start + 10] & 4 != 0 }
        var shapes: [SlideReader.Shape] = []
        if let drawing = find(0x040C, in: slide) { try draw(drawing, &shapes, outline, number, Frame(), depth: 0) }
        if isHidden { document.receipt.count(.hidden) }
        var told: Set<String> = []
        for shape in SlideReader.ordered(shapes) {
            for var block in shape.blocks {
                if isHidden { block.isHidden = true }
                told.insert(block.text)
                document.blocks.append(block)
            }
        }
        // What the master shows on the slide.
        for text in footers(slide) where told.insert(text).inserted {
            document.blocks.append(Block(.footer, text, at: Place(slide: number), isHidden: isHidden))
        }
        if let notes, let drawing = find(0x040C, in: notes) {
            var shapes: [SlideReader.Shape] = []
            try draw(drawing, &shapes, [], number, Frame(), depth: 0)
            // The picture of the slide and its number stand there too.
            let text = shapes.filter { !$0.isFurniture && !$0.isTitle }.flatMap(\.blocks).filter { $0.text != String(number) }
                .words
            if !text.isEmpty {
                document.blocks.append(Block(.note, text, marker: "Notes", at: Place(slide: number), isHidden: isHidden))
            }
        }
        for comment in comments(slide) {
            document.blocks.append(
                Block(.note, comment.text, marker: comment.marker, at: Place(slide: number), isHidden: isHidden))
        }
    }

    /// A date and a footer, of the slide or of all (section 2.4.15.1).
    private func footers(_ slide: Record) -> [String] {
        guard let container = find(0x0FD9, in: slide) ?? standardFooters, let atom = find(0x0FDA, in: container) else {
            return []
        }
        let flags = bytes.u16(atom.start + 2)
        let texts = children(container).filter { $0.type == 0x0FBA }
        return [(0, 4), (2, 32)].compactMap { instance, bit in
            guard flags & bit != 0, let text = texts.first(where: { $0.instance == instance }) else { return nil }
            let words = bytes.utf16(text.start, units: (text.end - text.start) / 2).trimmedLines
            return words.isEmpty ? nil : words
        }
    }

    /// Comments stand in what later versions added (section 2.5.20).
    private func comments(_ slide: Record) -> [(marker: String, text: String)] {
        var found: [(String, String)] = []
        func look(_ record: Record, _ depth: Int) {
            guard depth < 6 else { return }
            for child in children(record) {
                if child.type == 0x2EE0 {
                    let texts = children(child).filter { $0.type == 0x0FBA }
                    func text(_ instance: Int) -> String {
                        texts.first { $0.instance == instance }.map {
                            bytes.utf16($0.start, units: ($0.end - $0.start) / 2).trimmedLines
                        } ?? ""
                    }
                    if !text(1).isEmpty { found.append((text(0).isEmpty ? "Comment" : "Comment by \(text(0))", text(1))) }
                } else if child.isContainer, [0x1388, 0x138A, 0x138B].contains(child.type) {
                    look(child, depth + 1)
                }
            }
        }
        look(slide, 0)
        return found
    }

    /// From a group's own units to those of the slide.
    private struct Frame {
        var (x, y) = (1.0, 1.0)
        var (left, top) = (0.0, 0.0)

        func box(
            _ box: (left: Double, top: Double, right: Double, bottom: Double)
        ) -> (left: Double, top: Double, right: Double, bottom: Double) {
            (left + x * box.left, top + y * box.top, left + x * box.right, top + y * box.bottom)
        }
    }

    /// Shapes of a drawing (MS-ODRAW), with those in groups.
    private mutating func draw(
        _ record: Record, _ shapes: inout [SlideReader.Shape], _ outline: [[Record]], _ slide: Int, _ frame: Frame, depth: Int
    ) throws {
        guard depth < Self.deepest else { return }
        records += 1
        guard records <= 5_000_000 else { throw TextualFailure.limit("The slides have more shapes than a document may.") }
        var frame = frame
        let all = children(record)
        records += all.count
        for (index, child) in all.enumerated() {
            switch child.type {
            // The first shape of a group is the group.
            case 0xF004 where record.type == 0xF003 && index == 0: frame = group(child, frame)
            case 0xF004:
                if let shape = try shape(child, outline, slide, frame) { shapes.append(shape) }
            case 0xF003 where isTable(child):
                if let table = try table(child, outline, slide, frame) { shapes.append(table) }
            case 0xF002, 0xF003: try draw(child, &shapes, outline, slide, frame, depth: depth + 1)
            default: continue
            }
        }
    }

    /// Whether a group says that it is a table (MS-ODRAW, section 2.3.4.38).
    private func isTable(_ group: Record) -> Bool {
        guard let first = children(group).first, first.type == 0xF004, let properties = find(0xF122, in: first) else {
            return false
        }
        return (0..<properties.instance).contains { index in
            let place = properties.start + 6 * index
            return place + 6 <= properties.end && bytes.u16(place) & 0x3FFF == 0x39F && bytes.u32(place + 2) & 1 != 0
        }
    }

    /// A table is a group of boxes, one for each cell, and of the lines between them.
    private mutating func table(
        _ group: Record, _ outline: [[Record]], _ slide: Int, _ frame: Frame
    ) throws -> SlideReader.Shape? {
        let all = children(group)
        records += all.count
        guard let first = all.first, let outer = anchor(first, frame), all.count <= Self.mostCells else { return nil }
        let inner = self.group(first, frame)
        var cells: [(box: (left: Double, top: Double, right: Double, bottom: Double), text: String)] = []
        for child in all.dropFirst() where child.type == 0xF004 {
            guard let box = anchor(child, inner), box.right > box.left, box.bottom > box.top else { continue }
            cells.append((box, try shape(child, outline, slide, inner)?.blocks.words ?? ""))
        }
        func edges(_ values: [Double]) -> [Double] {
            var edges: [Double] = []
            for value in values.sorted() where edges.last.map({ value - $0 > Self.edge }) ?? true { edges.append(value) }
            return edges
        }
        let columns = edges(cells.flatMap { [$0.box.left, $0.box.right] })
        let rows = edges(cells.flatMap { [$0.box.top, $0.box.bottom] })
        guard columns.count > 1, rows.count > 1, columns.count * rows.count <= Self.mostCells else { return nil }
        func index(_ value: Double, _ edges: [Double]) -> Int {
            edges.indices.min { abs(edges[$0] - value) < abs(edges[$1] - value) } ?? 0
        }
        var table = Table(
            rows: [[Table.Cell?]](repeating: [Table.Cell?](repeating: nil, count: columns.count - 1), count: rows.count - 1))
        for (box, text) in cells {
            let (row, column) = (index(box.top, rows), index(box.left, columns))
            guard table.rows.indices.contains(row), table.rows[row].indices.contains(column) else { continue }
            table.rows[row][column] = Table.Cell(
                text, columns: max(1, index(box.right, columns) - column), rows: max(1, index(box.bottom, rows) - row))
        }
        guard cells.contains(where: { !$0.text.isEmpty }) else { return nil }
        var shape = SlideReader.Shape()
        (shape.left, shape.top) = (outer.left, outer.top)
        (shape.width, shape.height, shape.hasPlace) = (outer.right - outer.left, outer.bottom - outer.top, true)
        shape.blocks = [Block(.table, "", table: table, at: Place(slide: slide))]
        return shape
    }

    private static let mostCells = 20_000
    /// Edges nearer than this are one, in eighths of points.
    private static let edge = 12.0

    private func group(_ shape: Record, _ frame: Frame) -> Frame {
        guard let inner = find(0xF009, in: shape), let box = anchor(shape, frame) else { return frame }
        let (left, top, right, bottom) = (
            Double(bytes.i32(inner.start)), Double(bytes.i32(inner.start + 4)), Double(bytes.i32(inner.start + 8)),
            Double(bytes.i32(inner.start + 12))
        )
        guard right > left, bottom > top else { return frame }
        let (x, y) = ((box.right - box.left) / (right - left), (box.bottom - box.top) / (bottom - top))
        return Frame(x: x, y: y, left: box.left - x * left, top: box.top - y * top)
    }

    /// Where a shape is: on the slide in eighths of points, or in its group.
    private func anchor(_ shape: Record, _ frame: Frame) -> (left: Double, top: Double, right: Double, bottom: Double)? {
        if let anchor = find(0xF010, in: shape) {
            let isShort = anchor.end - anchor.start < 16
            func value(_ index: Int) -> Double {
                Double(isShort ? bytes.i16(anchor.start + 2 * index) : bytes.i32(anchor.start + 4 * index))
            }
            return (value(1), value(0), value(2), value(3))
        }
        guard let anchor = find(0xF00F, in: shape) else { return nil }
        func value(_ index: Int) -> Double { Double(bytes.i32(anchor.start + 4 * index)) }
        return frame.box((value(0), value(1), value(2), value(3)))
    }

    private mutating func shape(
        _ record: Record, _ outline: [[Record]], _ slide: Int, _ frame: Frame
    ) throws -> SlideReader.Shape? {
        var shape = SlideReader.Shape()
        if let box = anchor(record, frame) {
            (shape.left, shape.top) = (box.left, box.top)
            (shape.width, shape.height) = (max(0, box.right - box.left), max(0, box.bottom - box.top))
            shape.hasPlace = true
        }
        var placeholder = 0
        var texts: [Record] = []
        var numbering: [Numbering?] = []
        for child in children(record) {
            switch child.type {
            case 0xF011:
                numbering = numberings(child)
                for atom in children(child) {
                    if atom.type == 0x0BC3, atom.start + 4 < bytes.count { placeholder = Int(bytes[atom.start + 4]) }
                    if atom.type == 0x0BC1 { document.receipt.count(.embedded) }
                }
            case 0xF00D: texts = children(child)
            case 0xF00B: if child.instance > 0, isPicture(child) { document.receipt.count(.picture) }
            default: continue
            }
        }
        // The text of a placeholder may stand in the outline.
        if let reference = texts.first(where: { $0.type == 0x0F9E }) {
            let index = bytes.u32(reference.start)
            if outline.indices.contains(index) { texts = outline[index] + texts.filter { $0.type != 0x0F9E } }
        }
        let kind = texts.first { $0.type == 0x0F9F }.map { bytes.u32($0.start) } ?? 4
        shape.isTitle = [0, 6].contains(kind) || [13, 15, 1, 3, 17].contains(placeholder)
        // Date, number, header and footer of masters.
        shape.isFurniture = [7, 8, 9, 10, 11].contains(placeholder)
        shape.blocks = try paragraphs(texts, kind: kind, isTitle: shape.isTitle, slide, numbering)
        if shape.isFurniture {
            for index in shape.blocks.indices { shape.blocks[index].kind = placeholder == 8 ? .pageNumber : .footer }
        }
        return shape.blocks.isEmpty ? nil : shape
    }

    /// Whether the properties of a shape name a picture that fills it.
    private func isPicture(_ properties: Record) -> Bool {
        (0..<properties.instance).contains { index in
            let place = properties.start + 6 * index
            return place + 6 <= properties.end && bytes.u16(place) & 0x3FFF == 0x104
        }
    }

    /// How the items of a list are numbered.
    private struct Numbering: Equatable {
        let form: String
        let start: Int
    }

    /// What PowerPoint 2000 added to the texts of a shape (section 2.9.67): the numbers of lists.
    private func numberings(_ data: Record) -> [Numbering?] {
        for tags in children(data) where tags.type == 0x1388 {
            for tag in children(tags) where tag.type == 0x138A {
                let parts = children(tag)
                guard let name = parts.first(where: { $0.type == 0x0FBA }),
                    bytes.utf16(name.start, units: (name.end - name.start) / 2) == "___PPT9",
                    let blob = parts.first(where: { $0.type == 0x138B }),
                    let styles = children(blob).first(where: { $0.type == 0x0FAC })
                else { continue }
                return numberings(in: styles)
            }
        }
        return []
    }

    private func numberings(in record: Record) -> [Numbering?] {
        var (place, found) = (record.start, [Numbering?]())
        while place + 12 <= record.end, found.count < Self.mostNumberings {
            let mask = bytes.u32(place)
            place += 4
            if mask & 0x80_0000 != 0 { place += 2 }
            var isNumbered = false
            if mask & 0x200_0000 != 0 {
                isNumbered = bytes.u16(place) & 1 != 0
                place += 2
            }
            var numbering: Numbering?
            if mask & 0x100_0000 != 0 {
                let scheme = bytes.u16(place)
                if Self.forms.indices.contains(scheme) {
                    numbering = Numbering(form: Self.forms[scheme], start: max(1, bytes.u16(place + 2)))
                }
                place += 4
            } else if isNumbered {
                numbering = Numbering(form: "arabicPeriod", start: 1)
            }
            found.append(isNumbered ? numbering : nil)
            // Of letters, and of language: neither says more of the number.
            let letters = bytes.u32(place)
            place += letters & 0x10_0000 != 0 ? 8 : 4
            let language = bytes.u32(place)
            place += 4
            for bit in [1, 2, 4, 0x40] where language & bit != 0 { place += 2 }
            if language & 0x20 != 0 { place += 4 }
            if language & 0x200 != 0 { place += 4 + 4 * min(bytes.u32(place), 1000) }
        }
        return found
    }

    private static let mostNumberings = 10_000
    /// In the order of section 2.13.33, by their names in newer files.
    private static let forms = [
        "alphaLcPeriod", "alphaUcPeriod", "arabicParenR", "arabicPeriod", "romanLcParenBoth", "romanLcParenR", "romanLcPeriod",
        "romanUcPeriod", "alphaLcParenBoth", "alphaLcParenR", "alphaUcParenBoth", "alphaUcParenR", "arabicParenBoth",
        "arabicPlain",
        "romanUcParenBoth", "romanUcParenR",
    ]

    private mutating func paragraphs(
        _ texts: [Record], kind: Int, isTitle: Bool, _ slide: Int, _ numberings: [Numbering?] = []
    ) throws -> [Block] {
        var units: [UInt16] = []
        var levels: [(count: Int, level: Int, isBullet: Bool?)] = []
        var letters: [(count: Int, numbering: Int?)] = []
        var stars: [(place: Int, isNumber: Bool)] = []
        for record in texts {
            switch record.type {
            case 0x0FA0:
                units += (0..<max(0, (record.end - record.start) / 2)).map {
                    UInt16(truncatingIfNeeded: bytes.u16(record.start + 2 * $0))
                }
            case 0x0FA8: units += bytes[record.start..<record.end].map { UInt16($0) }
            // Stands in the place of a star: the number of the slide; a date, a header or a footer.
            case 0x0FD8, 0x0FF7, 0x0FF8, 0x0FF9, 0x0FFA: stars.append((bytes.u32(record.start), record.type == 0x0FD8))
            case 0x0FA1: (levels, letters) = runs(record, count: units.count + 1)
            default: continue
            }
        }
        textBytes += units.count
        try limits.mustHold(textBytes: textBytes)
        let isNumber = Dictionary(stars.map { ($0.place, $0.isNumber) }) { first, _ in first }
        var blocks: [Block] = []
        var counts: [Int: (numbering: Numbering, count: Int)] = [:]
        var (paragraph, letter, letterReach) = (-1, 0, letters.first?.count ?? Int.max)
        var (place, run, reach) = (0, 0, levels.first?.count ?? Int.max)
        for line in units.split(separator: 0x0D, omittingEmptySubsequences: false) {
            while place >= reach, run + 1 < levels.count {
                run += 1
                reach += levels[run].count
            }
            paragraph += 1
            while place >= letterReach, letter + 1 < letters.count {
                letter += 1
                letterReach += letters[letter].count
            }
            var shown: [UInt16] = []
            for (offset, unit) in line.enumerated() {
                if unit == 0x2A, let isNumber = isNumber[place + offset] {
                    if isNumber { shown += Array(String(slide).utf16) }
                } else if unit == 0x0B {
                    shown.append(0x0A)
                } else if unit >= 0x20 || unit == 0x09 {
                    shown.append(unit)
                }
            }
            let text = String(decoding: shown, as: UTF16.self).trimmedLines
            place += line.count + 1
            guard !text.isEmpty else { continue }
            let level = levels.indices.contains(run) ? levels[run].level : 0
            let isBullet = (levels.indices.contains(run) ? levels[run].isBullet : nil) ?? [1, 5, 7, 8].contains(kind)
            for deeper in counts.keys where deeper > level { counts[deeper] = nil }
            // The letters say which of the numberings; some programs write one for each paragraph.
            let index = letters.indices.contains(letter) ? letters[letter].numbering ?? paragraph : paragraph
            var marker = "•"
            if !numberings.isEmpty, isBullet, numberings.indices.contains(index), let numbering = numberings[index] {
                let before = counts[level].flatMap { $0.numbering == numbering ? $0.count : nil }
                counts[level] = (numbering, before.map { $0 + 1 } ?? numbering.start)
                marker = DrawingText.marker(counts[level]?.count ?? 1, numbering.form)
            } else {
                counts[level] = nil
            }
            if isTitle {
                blocks.append(Block(.heading, text, level: 1, at: Place(slide: slide)))
            } else if isBullet {
                blocks.append(Block(.listItem, text, level: level, marker: marker, at: Place(slide: slide)))
            } else {
                blocks.append(Block(.paragraph, text, at: Place(slide: slide)))
            }
        }
        return blocks
    }

    /// How deep paragraphs are, and whether a bullet stands before them (section 2.9.44): only the first fields of each run are looked at.
    private func runs(
        _ record: Record, count: Int
    ) -> (paragraphs: [(count: Int, level: Int, isBullet: Bool?)], letters: [(count: Int, numbering: Int?)]) {
        var runs: [(count: Int, level: Int, isBullet: Bool?)] = []
        var place = record.start
        var done = 0
        while done < count, place + 10 <= record.end {
            let length = bytes.u32(place)
            let level = min(bytes.u16(place + 4), 8)
            let mask = bytes.u32(place + 6)
            place += 10
            var isBullet: Bool?
            if mask & 0xF != 0 {
                if mask & 1 != 0 { isBullet = bytes.u16(place) & 1 != 0 }
                place += 2
            }
            // Sizes of what the other bits of the mask say is there.
            for (bit, size) in [
                (0x80, 2), (0x10, 2), (0x40, 2), (0x20, 4), (0x800, 2), (0x1000, 2), (0x2000, 2), (0x4000, 2), (0x100, 2),
                (0x400, 2), (0x8000, 2),
            ]
            where mask & bit != 0 {
                place += size
            }
            if mask & 0x10_0000 != 0 { place += 2 + 4 * bytes.u16(place) }
            for bit in [0x1_0000, 0xE_0000, 0x20_0000] where mask & bit != 0 { place += 2 }
            guard length > 0 else { break }
            runs.append((length, level, isBullet))
            done += length
        }
        // Behind them the runs of letters, whose style names a numbering in four of its bits.
        var letters: [(count: Int, numbering: Int?)] = []
        done = 0
        while done < count, place + 8 <= record.end {
            let (length, mask) = (bytes.u32(place), bytes.u32(place + 4))
            place += 8
            var numbering: Int?
            if mask & 0x3EB7 != 0 {
                if mask & 0x3C00 != 0 { numbering = bytes.u16(place) >> 10 & 0xF }
                place += 2
            }
            for (bit, size) in [
                (0x1_0000, 2), (0x20_0000, 2), (0x40_0000, 2), (0x80_0000, 2), (0x2_0000, 2), (0x4_0000, 4), (0x8_0000, 2),
            ]
            where mask & bit != 0 {
                place += size
            }
            guard length > 0 else { break }
            letters.append((length, numbering))
            done += length
        }
        return (runs, letters)
    }
}
