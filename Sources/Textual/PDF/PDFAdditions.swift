/// What belongs to a PDF file beside the content of its pages: notes on them, fields that are not drawn, files that are attached.
final class PDFAdditions {
    private let file: PDFFile
    // Pages may share their notes, so that a small file says much; the standard forbids it.
    private var annotationsLeft = 500_000
    private var repeatsLeft = 10_000
    private var seen: Set<Int> = []
    private var bytesLeft = 32 << 20
    /// Of files that stand on pages.
    private var specifications: [PDFObject] = []

    private static let mostAnnotations = 10_000
    private static let mostNodes = 5000
    private static let mostFiles = 1000
    /// Names of files that are looked at.
    private static let mostNames = 100_000

    init(_ file: PDFFile) { self.file = file }

    /// Marks that hold words of a reader (ISO 32000-2, section 12.5.6).
    private static let marks: Set<String> = [
        "Text", "Highlight", "Underline", "StrikeOut", "Squiggly", "Caret", "Ink", "Square", "Circle", "Line", "Polygon",
        "PolyLine", "Stamp",
        "FileAttachment",
    ]

    /// What stands on a page beside its content: links, fields, notes.
    func annotations(_ page: PDFFile.Page) -> [[String: PDFObject]] {
        var found: [[String: PDFObject]] = []
        for annotation in (file.resolve(page.dictionary["Annots"]).array ?? []).prefix(Self.mostAnnotations) {
            annotationsLeft -= 1
            if case .reference(let number) = annotation, !seen.insert(number).inserted { repeatsLeft -= 1 }
            guard annotationsLeft > 0, repeatsLeft > 0 else { break }
            let values = file.dictionary(annotation)
            if file.resolve(values["Subtype"]).name == "FileAttachment", let specification = values["FS"] {
                specifications.append(specification)
            }
            found.append(values)
        }
        return found
    }

    /// Notes of readers, and the values of fields that have no appearance.
    /// - Parameter annotations: of one page.
    func blocks(_ annotations: [[String: PDFObject]], page number: Int, box: ([Double]) -> Place.Box?) -> [Block] {
        var blocks: [Block] = []
        for values in annotations {
            guard bytesLeft > 0 else { break }
            guard (file.resolve(values["F"]).int ?? 0) & 0x22 == 0, let subtype = file.resolve(values["Subtype"]).name else {
                continue
            }
            let place = Place(
                page: number, box: file.resolve(values["Rect"]).array.flatMap { box($0.compactMap { file.resolve($0).number }) })
            if Self.marks.contains(subtype) {
                // Answers to a review, such as "accepted", are no words of anybody.
                guard values["StateModel"] == nil, let text = text(values["Contents"]) else { continue }
                blocks.append(
                    Block(.note, text, marker: self.text(values["T"]).map { "Comment by \($0)" } ?? "Comment", at: place))
            } else if !isDrawn(values), subtype == "FreeText", let text = text(values["Contents"]) {
                blocks.append(Block(.paragraph, text, at: place))
            } else if !isDrawn(values), subtype == "Widget", let text = value(values) {
                blocks.append(Block(.paragraph, text, at: place))
            }
        }
        return blocks
    }

    private func text(_ object: PDFObject?) -> String? {
        guard let bytes = file.resolve(object).string else { return nil }
        bytesLeft -= bytes.count
        guard bytesLeft > 0 else { return nil }
        let text = String(PDFText.text(bytes).map { $0 == "\r" || $0 == "\r\n" ? "\n" : $0 }).trimmedLines
        return text.isEmpty ? nil : text
    }

    private func isDrawn(_ values: [String: PDFObject]) -> Bool {
        switch file.resolve(file.dictionary(values["AP"])["N"]) {
        case .stream, .dictionary: true
        default: false
        }
    }

    /// Of a field for text or a choice; what a field does not say, the field around it does.
    private func value(_ widget: [String: PDFObject]) -> String? {
        var field = widget
        var (value, type) = (PDFObject?.none, String?.none)
        for _ in 0..<20 {
            value = value ?? field["V"]
            type = type ?? file.resolve(field["FT"]).name
            let parent = file.dictionary(field["Parent"])
            if parent.isEmpty || value != nil && type != nil { break }
            field = parent
        }
        guard type == "Tx" || type == "Ch" else { return nil }
        if let several = file.resolve(value).array {
            let texts = several.prefix(1000).compactMap { text($0) }
            return texts.isEmpty ? nil : texts.joined(separator: ", ")
        }
        return text(value)
    }

    // MARK: Files

    /// Files of the document, and of the pages whose annotations were asked for, each once.
    func files() -> [(name: String, content: [UInt8])] {
        var found: [PDFObject] = []
        var open = [file.dictionary(file.catalog?["Names"])["EmbeddedFiles"] ?? .null]
        var nodes = 0
        while let next = open.popLast(), nodes < Self.mostNodes, found.count < Self.mostNames {
            nodes += 1
            let node = file.dictionary(next)
            let names = file.resolve(node["Names"]).array ?? []
            for place in stride(from: 1, to: names.count, by: 2) { found.append(names[place]) }
            open += (file.resolve(node["Kids"]).array ?? []).reversed()
        }
        found += file.resolve(file.catalog?["AF"]).array ?? []
        found += specifications
        var files: [(name: String, content: [UInt8])] = []
        var (named, streams) = (Set<Int>(), Set<Int>())
        for object in found where files.count < Self.mostFiles {
            if case .reference(let number) = object, !named.insert(number).inserted { continue }
            let values = file.dictionary(object)
            let embedded = file.dictionary(values["EF"])
            guard case .stream(let stream) = file.resolve(embedded["UF"] ?? embedded["F"]),
                streams.insert(stream.number).inserted,
                let content = (try? file.content(stream)) ?? nil
            else { continue }
            let name = text(values["UF"]) ?? text(values["F"]) ?? "attachment-\(files.count + 1)"
            files.append((name.lastPathPart ?? name, content))
        }
        return files
    }
}
