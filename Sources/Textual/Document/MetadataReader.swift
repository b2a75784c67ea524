/// Title, author and dates, as the parts beside the text of a document have them: each the text of an element.
enum MetadataReader {
    /// The first of each, in the order of the part.
    /// - Parameter names: of elements, and what they are called here.
    static func read(_ bytes: [UInt8], _ names: [(XMLName, String)]) -> [Document.Metadata] {
        var reader = XMLReader(bytes)
        var found: [Document.Metadata] = []
        var (field, text): (String?, [UInt8]) = (nil, [])
        while let event = try? reader.next(), event != .finished {
            switch event {
            case .start: (field, text) = (names.first { $0.0 == reader.name }?.1, [])
            case .text: if field != nil { reader.appendText(to: &text) }
            case .end:
                let value = String(decoding: text, as: UTF8.self).trimmedLines
                if let name = field, !value.isEmpty, !found.contains(where: { $0.name == name }) {
                    found.append(.init(name, value))
                }
                field = nil
            case .finished: break
            }
        }
        return found
    }

    /// Of an Office document (ECMA-376, part 2, section 11).
    static func office(_ package: inout Package) -> [Document.Metadata] {
        let name = package.relations(of: "").values.first { $0.type == "core-properties" }?.target ?? "docProps/core.xml"
        guard let bytes = try? package.part(name) else { return [] }
        return read(
            bytes,
            [
                ("title", "title"), ("subject", "subject"), ("creator", "author"), ("keywords", "keywords"),
                ("description", "description"), ("lastModifiedBy", "last_modified_by"), ("created", "created"),
                ("modified", "modified"), ("language", "language"),
            ])
    }
}
