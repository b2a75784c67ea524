package import Core

extension Document {
    /// Everything: blocks with their places, tables, metadata and the receipt.
    package func json(stored: PlainText) -> JSON {
        var members: [String: JSON] = [
            "format": .string(format.rawValue), "metadata": metadataJSON,
            "blocks": .array(zip(blocks, stored.ranges).map { $0.json(range: $1) }), "content": .string(stored.text),
            "receipt": receipt.json,
        ]
        if let pageCount { members["page_count"] = .int(Int64(pageCount)) }
        return .object(members)
    }

    package var metadataJSON: JSON {
        .object(Dictionary(metadata.map { ($0.name, .string($0.value)) }) { first, _ in first })
    }
}

extension Block {
    /// - Parameter range: of its text in the stored text.
    fileprivate func json(range: Range<Int>?) -> JSON {
        var members: [String: JSON] = ["kind": .string(kind.rawValue), "place": place.json]
        if table == nil { members["text"] = .string(text) }
        if kind == .heading || kind == .listItem { members["level"] = .int(Int64(level)) }
        if let marker { members["marker"] = .string(marker) }
        if let table { members["table"] = table.json }
        if isHidden { members["hidden"] = true }
        if let range { members["bytes"] = [.int(Int64(range.lowerBound)), .int(Int64(range.upperBound))] }
        if !links.isEmpty {
            members["links"] = .array(links.map { ["text": .string($0.text), "target": .string($0.target)] })
        }
        return .object(members)
    }
}

extension Table {
    package var json: JSON {
        ["header_rows": .int(Int64(headerRows)), "rows": .array(rows.map { .array($0.map { $0?.json ?? .null }) })]
    }
}

extension Table.Cell {
    fileprivate var json: JSON {
        var members: [String: JSON] = ["text": .string(text)]
        if columns > 1 { members["columns"] = .int(Int64(columns)) }
        if rows > 1 { members["rows"] = .int(Int64(rows)) }
        if let value { members["value"] = .string(value) }
        return .object(members)
    }
}

extension Place {
    package var json: JSON {
        var members: [String: JSON] = [:]
        if let page { members["page"] = .int(Int64(page)) }
        if let box {
            members["box"] = .array([box.left, box.top, box.right, box.bottom].map { .double(($0 * 10).rounded() / 10) })
        }
        if let slide { members["slide"] = .int(Int64(slide)) }
        if let sheet { members["sheet"] = .string(sheet) }
        if let cells { members["cells"] = .string(cells) }
        if let paragraph { members["paragraph"] = .int(Int64(paragraph)) }
        if let part { members["part"] = .string(part) }
        if let line { members["line"] = .int(Int64(line)) }
        if let entry { members["entry"] = .string(entry) }
        return .object(members)
    }
}

extension Chunk {
    /// - Parameters:
    ///   - id: of the document.
    ///   - repeats: an earlier chunk that says nearly the same.
    package func json(_ index: Int, of id: String, _ document: Document, _ stored: PlainText, repeats: Int?) -> JSON {
        func name(_ index: Int) -> String {
            let number = String(index)
            return "\(id)_\(String(repeating: "0", count: max(0, 3 - number.count)))\(number)"
        }
        var members: [String: JSON] = [
            "id": .string(name(index)),
            "document_id": .string(id),
            "position_index": .int(Int64(index)), "text": .string(String(decoding: stored.bytes[bytes], as: UTF8.self)),
            "start": .int(Int64(characters.lowerBound)), "end": .int(Int64(characters.upperBound)),
            "start_byte": .int(Int64(bytes.lowerBound)), "end_byte": .int(Int64(bytes.upperBound)),
            "token_count": .int(Int64(tokens)), "word_count": .int(Int64(words)),
            "section_context": .string(section.joined(separator: " > ")),
            "places": .array(places(document, stored)),
        ]
        if let repeats { members["duplicate_of"] = .string(name(repeats)) }
        return .object(members)
    }

    private func places(_ document: Document, _ stored: PlainText) -> [JSON] {
        var places: [JSON] = []
        for index in blocks where stored.ranges[index] != nil {
            let place = document.blocks[index].place.json
            if places.last != place { places.append(place) }
        }
        return places
    }
}
