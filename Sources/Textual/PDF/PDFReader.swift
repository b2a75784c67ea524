/// Reads PDF files (ISO 32000-2): what people see on each page, in the order in which they read it.
enum PDFReader {
    /// Files may have other bytes in front; readers look through the first thousand.
    static func isPDF(_ bytes: [UInt8]) -> Bool {
        let mark = Array("%PDF-".utf8)
        guard bytes.count > mark.count else { return false }
        for place in 0...min(1024, bytes.count - mark.count) where bytes[place] == mark[0] {
            if bytes[place..<(place + mark.count)].elementsEqual(mark) { return true }
        }
        return false
    }

    /// - Throws: `TextualFailure`.
    static func read(_ bytes: [UInt8], limits: TextualLimits) throws -> Document {
        // Places are counted from the mark.
        var start = 0
        if !bytes.starts(with: Array("%PDF-".utf8)) {
            start = bytes.indices.first { bytes[$0...].starts(with: Array("%PDF-".utf8)) } ?? 0
        }
        let file = try PDFFile(start > 0 ? Array(bytes[start...]) : bytes, limits: limits)
        var document = Document(format: .pdf)
        document.metadata = metadata(file)
        let (fonts, layers) = (PDFFontCache(), PDFLayers(file))
        let additions = PDFAdditions(file)
        let outline = PDFOutline.entries(file)
        let titles = Set(outline.map(\.title))
        var pages: [PageText] = []
        var textBytes = 0
        var pageNumbers: [Int: Int] = [:]
        try file.eachPage { page in
            let text = try read(page, number: pages.count + 1, file, fonts, layers, additions, titles, &document.receipt)
            textBytes += text.groups.reduce(0) { $0 + $1.textBytes }
            try limits.mustHold(textBytes: textBytes)
            pages.append(text)
            if let object = page.object { pageNumbers[object] = pages.count }
        }
        document.pageCount = pages.count
        document.blocks = PDFBlocks.blocks(pages, outline, pageNumbers)
        let files = additions.files()
        guard !files.isEmpty else { return document }
        var entries = EntryReader(document, limits: limits)
        for (name, content) in files { try entries.add(name, content) }
        return entries.document
    }

    struct PageText {
        /// Lines across and down.
        let rules: [Place.Box]
        let number: Int
        let width: Double
        let height: Double
        let groups: [PDFLayout.Group]
        let hidden: [PDFLayout.Group]
        let artifacts: [PDFLayout.Group]
        let links: [(box: Place.Box, target: String)]
        /// Notes and fields, behind the text.
        let additions: [Block]
    }

    private static func read(
        _ page: PDFFile.Page, number: Int, _ file: PDFFile, _ fonts: PDFFontCache, _ layers: PDFLayers, _ additions: PDFAdditions,
        _ titles: Set<String>, _ receipt: inout Receipt
    ) throws -> PageText {
        let (left, bottom, right, top) = page.box
        let (matrix, width, height) = view(left, bottom, right, top, page.turns)
        let whole = Place.Box(left: 0, top: 0, right: width, bottom: height)
        var content = PDFContent(file, fonts: fonts, layers: layers, matrix: matrix)
        var bytes: [UInt8] = []
        let parts = file.resolve(page.dictionary["Contents"])
        for part in parts.array ?? [parts] {
            guard case .stream(let stream) = file.resolve(part) else { continue }
            // Operators do not run over from one stream into the next, words neither.
            bytes += try file.drawn(stream) ?? []
            bytes.append(UInt8(ascii: "\n"))
        }
        try content.run(bytes, resources: page.resources)
        let notes = additions.annotations(page)
        try annotations(notes, file, layers, &content)
        receipt.count(.unmapped, content.unmapped)
        receipt.count(.picture, content.pictures.count)
        var (seen, hidden, artifacts) = ([PDFGlyph](), [PDFGlyph](), [PDFGlyph]())
        let isScan = isScan(content, whole)
        // A picture that is the page lies over the text that was recognised in it.
        let covers = content.shapes.filter {
            $0.isOpaque && $0.kind != .rule && !(isScan && $0.kind == .picture) && $0.box.width > 8 && $0.box.height > 6
        }
        let smallest = width > 200 ? smallestLetters : 0
        var looks = 0
        for glyph in content.glyphs {
            looks += covers.count
            // The page may be cut out of a larger sheet.
            let middle = glyph.middle
            let isOutside = !whole.holds(middle, margin: 1)
            let isCovered = looks < mostLooks && covers.contains { $0.order > glyph.order && $0.box.holds(middle) }
            if isOutside || isCovered || glyph.size < smallest || glyph.isHidden && !isScan {
                hidden.append(glyph)
            } else if glyph.isArtifact {
                artifacts.append(glyph)
            } else {
                seen.append(glyph)
            }
        }
        seen += bullets(content.shapes, seen)
        if content.glyphs.isEmpty, isScan { receipt.count(.scannedPage) }
        if hidden.contains(where: { $0.text != " " }) { receipt.count(.hidden) }
        let rules = content.shapes.filter { $0.kind == .rule }.map(\.box)
        return PageText(
            rules: rules, number: number, width: width, height: height,
            groups: PDFLayout(seen, rules: rules, titles: titles).groups,
            hidden: PDFLayout(hidden).groups, artifacts: PDFLayout(artifacts).groups,
            links: links(notes, file, matrix),
            additions: additions.blocks(notes, page: number) { matrix.box($0) })
    }

    /// Small dots and squares that are painted in front of a line, as browsers do, are the bullets of its list.
    private static func bullets(_ shapes: [PDFShape], _ glyphs: [PDFGlyph]) -> [PDFGlyph] {
        let dots = shapes.filter {
            $0.kind == .area && 1.5...8 ~= $0.box.width && abs($0.box.width - $0.box.height) < 0.8
        }
        guard 1...mostBullets ~= dots.count, dots.count * glyphs.count < mostLooks else { return [] }
        return dots.compactMap { dot in
            let middle = (dot.box.top + dot.box.bottom) / 2
            // The nearest letters at its right, and at its left.
            var (first, last): (PDFGlyph?, PDFGlyph?)
            for glyph in glyphs
            where glyph.text != " " && glyph.endY == glyph.y && abs(glyph.y - glyph.size * 0.3 - middle) < glyph.size * 0.3 {
                if glyph.x >= dot.box.right - 0.5 {
                    if first.map({ glyph.x < $0.x }) ?? true { first = glyph }
                } else if glyph.endX <= dot.box.left + 1 {
                    if last.map({ glyph.endX > $0.endX }) ?? true { last = glyph }
                }
            }
            let after = first.flatMap { $0.x - dot.box.right < $0.size * 2.5 ? $0 : nil }
            let before = last.flatMap { dot.box.left - $0.endX < $0.size * 3 ? $0 : nil }
            // Letters at both sides make it something else.
            if let after, before == nil, dot.box.width < after.size * 0.6 {
                return bullet(after, from: after.x - after.size * 0.6, to: after.x - after.size * 0.25)
            }
            if let before, after == nil, dot.box.width < before.size * 0.6,
                before.text.unicodeScalars.contains(where: RightToLeft.isRight)
            {
                return bullet(before, from: before.endX + before.size * 0.25, to: before.endX + before.size * 0.6)
            }
            return nil
        }
    }

    private static func bullet(_ beside: PDFGlyph, from left: Double, to right: Double) -> PDFGlyph {
        var bullet = beside
        (bullet.text, bullet.x, bullet.endX, bullet.endY) = ("•", left, right, beside.y)
        return bullet
    }

    private static let mostBullets = 500

    /// In points: smaller letters nobody can read.
    private static let smallestLetters = 1.0

    /// Looks for boxes over letters; beyond it none is found to be covered.
    private static let mostLooks = 50_000_000

    /// Fields of forms and what people wrote on the page, as far as it is to be seen.
    private static func annotations(
        _ annotations: [[String: PDFObject]], _ file: PDFFile, _ layers: PDFLayers, _ content: inout PDFContent
    ) throws {
        for values in annotations {
            let flags = file.resolve(values["F"]).int ?? 0
            // Hidden, and not to be seen on a screen.
            guard flags & 0x22 == 0, !layers.isHidden(values["OC"], file), let subtype = values["Subtype"]?.name,
                subtype != "Link", subtype != "Popup",
                let corners = file.resolve(values["Rect"]).array?.compactMap({ file.resolve($0).number })
            else { continue }
            var appearance = file.resolve(file.dictionary(values["AP"])["N"])
            if case .dictionary(let states) = appearance {
                appearance = file.resolve(file.resolve(values["AS"]).name.flatMap { states[$0] })
            }
            guard case .stream(let stream) = appearance else { continue }
            try content.run(appearance: stream, in: corners)
        }
    }

    /// From the page's own units to points from the upper left corner, turned as people see it.
    private static func view(
        _ left: Double, _ bottom: Double, _ right: Double, _ top: Double, _ turns: Int
    ) -> (PDFMatrix, Double, Double) {
        let (width, height) = (right - left, top - bottom)
        return switch turns {
        case 1: (PDFMatrix(0, 1, 1, 0, -bottom, -left), height, width)
        case 2: (PDFMatrix(-1, 0, 0, 1, right, -bottom), width, height)
        case 3: (PDFMatrix(0, -1, -1, 0, top, right), height, width)
        default: (PDFMatrix(1, 0, 0, -1, -left, top), width, height)
        }
    }

    /// Whether pictures are the page, so that text that is not painted is what was recognised in them. Some stand in stripes.
    private static func isScan(_ content: PDFContent, _ page: Place.Box) -> Bool {
        let covered = content.pictures.reduce(0.0) { sum, picture in
            guard let seen = picture.common(page), seen.width > page.width * 0.4 else { return sum }
            return sum + seen.width * seen.height
        }
        return covered > page.width * page.height * 0.5
    }

    /// In bytes.
    private static let longestLink = 4096

    private static func links(
        _ annotations: [[String: PDFObject]], _ file: PDFFile, _ matrix: PDFMatrix
    ) -> [(box: Place.Box, target: String)] {
        var links: [(box: Place.Box, target: String)] = []
        for values in annotations {
            guard values["Subtype"]?.name == "Link", let uri = file.resolve(file.dictionary(values["A"])["URI"]).string,
                let corners = file.resolve(values["Rect"]).array?.compactMap({ file.resolve($0).number }), corners.count == 4
            else { continue }
            guard let box = matrix.box(corners) else { continue }
            links.append((box, PDFText.text(Array(uri.prefix(longestLink)))))
        }
        return links
    }

    private static func metadata(_ file: PDFFile) -> [Document.Metadata] {
        let info = file.dictionary(file.trailer["Info"])
        let names = [
            ("Title", "title"), ("Author", "author"), ("Subject", "subject"), ("Keywords", "keywords"), ("Creator", "creator"),
            ("Producer", "producer"), ("CreationDate", "created"), ("ModDate", "modified"),
        ]
        return names.compactMap { key, name in
            guard let bytes = file.resolve(info[key]).string else { return nil }
            let text = PDFText.text(bytes).trimmedLines
            return text.isEmpty ? nil : Document.Metadata(name, text)
        }
    }
}
