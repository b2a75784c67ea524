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
        let fonts = PDFFontCache()
        let additions = PDFAdditions(file)
        var pages: [PageText] = []
        var withNotes: [PDFFile.Page] = []
        var textBytes = 0
        try file.eachPage { page in
            let text = try read(page, number: pages.count + 1, file, fonts, additions, &document.receipt)
            textBytes += text.groups.reduce(0) {
                $0 + $1.lines.reduce(0) { $0 + $1.pieces.reduce(0) { $0 + $1.text.utf8.count } }
            }
            try limits.mustHold(textBytes: textBytes)
            pages.append(text)
            if page.dictionary["Annots"] != nil { withNotes.append(page) }
        }
        document.pageCount = pages.count
        document.blocks = PDFBlocks.blocks(pages)
        let files = additions.files(withNotes)
        guard !files.isEmpty else { return document }
        var entries = EntryReader(document, limits: limits)
        for (name, content) in files { try entries.add(name, content) }
        return entries.document
    }

    struct PageText {
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
        _ page: PDFFile.Page, number: Int, _ file: PDFFile, _ fonts: PDFFontCache, _ additions: PDFAdditions,
        _ receipt: inout Receipt
    ) throws -> PageText {
        let (left, bottom, right, top) = page.box
        let (matrix, width, height) = view(left, bottom, right, top, page.turns)
        let whole = Place.Box(left: 0, top: 0, right: width, bottom: height)
        var content = PDFContent(file, fonts: fonts, matrix: matrix)
        var bytes: [UInt8] = []
        let parts = file.resolve(page.dictionary["Contents"])
        for part in parts.array ?? [parts] {
            guard case .stream(let stream) = file.resolve(part) else { continue }
            // Operators do not run over from one stream into the next, words neither.
            bytes += try file.drawn(stream) ?? []
            bytes.append(UInt8(ascii: "\n"))
        }
        try content.run(bytes, resources: page.resources)
        try annotations(page, file, &content)
        receipt.count(.unmapped, content.unmapped)
        receipt.count(.picture, content.pictures.count)
        var (seen, hidden, artifacts) = ([PDFGlyph](), [PDFGlyph](), [PDFGlyph]())
        let isScan = isScan(content, whole)
        let covers = content.shapes.filter { $0.box.right - $0.box.left > 8 && $0.box.bottom - $0.box.top > 6 }
        var looks = 0
        for glyph in content.glyphs {
            looks += covers.count
            // The page may be cut out of a larger sheet.
            let (x, y) = ((glyph.x + glyph.endX) / 2, (glyph.y + glyph.endY) / 2 - (glyph.x == glyph.endX ? 0 : glyph.size * 0.3))
            let isOutside = x < -1 || y < -1 || x > width + 1 || y > height + 1
            let isCovered =
                looks < mostLooks
                && covers.contains {
                    $0.order > glyph.order && $0.box.left <= x && x <= $0.box.right && $0.box.top <= y && y <= $0.box.bottom
                }
            if isOutside || isCovered || glyph.isHidden && !isScan {
                hidden.append(glyph)
            } else if glyph.isArtifact {
                artifacts.append(glyph)
            } else {
                seen.append(glyph)
            }
        }
        if content.glyphs.isEmpty, isScan { receipt.count(.scannedPage) }
        if hidden.contains(where: { $0.text != " " }) { receipt.count(.hidden) }
        return PageText(
            number: number, width: width, height: height, groups: PDFLayout(seen).groups,
            hidden: PDFLayout(hidden).groups, artifacts: PDFLayout(artifacts).groups,
            links: links(page, file, matrix),
            additions: additions.blocks(page, number: number) { matrix.box($0) })
    }

    /// Looks for boxes over letters; beyond it none is found to be covered.
    private static let mostLooks = 50_000_000

    /// Fields of forms and what people wrote on the page, as far as it is to be seen.
    private static func annotations(_ page: PDFFile.Page, _ file: PDFFile, _ content: inout PDFContent) throws {
        for annotation in (file.resolve(page.dictionary["Annots"]).array ?? []).prefix(10_000) {
            let values = file.dictionary(annotation)
            let flags = file.resolve(values["F"]).int ?? 0
            // Hidden, and not to be seen on a screen.
            guard flags & 0x22 == 0, let subtype = values["Subtype"]?.name, subtype != "Link", subtype != "Popup",
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

    /// Whether a picture is the page, so that text that is not painted is what was recognised in it.
    private static func isScan(_ content: PDFContent, _ page: Place.Box) -> Bool {
        let area = (page.right - page.left) * (page.bottom - page.top)
        return content.pictures.contains { picture in
            let width = min(picture.right, page.right) - max(picture.left, page.left)
            let height = min(picture.bottom, page.bottom) - max(picture.top, page.top)
            return width > 0 && height > 0 && width * height > area * 0.5
        }
    }

    private static func links(_ page: PDFFile.Page, _ file: PDFFile, _ matrix: PDFMatrix) -> [(box: Place.Box, target: String)] {
        var links: [(box: Place.Box, target: String)] = []
        for annotation in (file.resolve(page.dictionary["Annots"]).array ?? []).prefix(10_000) {
            let values = file.dictionary(annotation)
            guard values["Subtype"]?.name == "Link", let uri = file.resolve(file.dictionary(values["A"])["URI"]).string,
                let corners = file.resolve(values["Rect"]).array?.compactMap({ file.resolve($0).number }), corners.count == 4
            else { continue }
            guard let box = matrix.box(corners) else { continue }
            links.append((box, PDFText.text(uri)))
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

extension PDFMatrix {
    /// A rectangle of two corners as people see it; nil for anything else.
    func box(_ corners: [Double]) -> Place.Box? {
        guard corners.count == 4 else { return nil }
        let (first, second) = (apply(corners[0], corners[1]), apply(corners[2], corners[3]))
        return Place.Box(
            left: min(first.x, second.x), top: min(first.y, second.y), right: max(first.x, second.x),
            bottom: max(first.y, second.y))
    }
}
