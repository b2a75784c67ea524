import Tabular

/// A whole XML document in memory.
final class XMLElement {
    enum Child {
        case element(XMLElement)
        case text(String)
    }

    /// Without its prefix.
    let name: String
    let attributes: [(name: String, value: String)]
    var children: [Child] = []

    init(name: String, attributes: [(name: String, value: String)]) {
        self.name = name
        self.attributes = attributes
    }

    var elements: [XMLElement] { children.compactMap { if case .element(let element) = $0 { element } else { nil } } }

    /// Words of its own, beside those of the elements in it.
    var hasWords: Bool {
        children.contains { if case .text(let text) = $0 { !text.allSatisfy(\.isWhitespace) } else { false } }
    }

    /// More than one word.
    var hasSentence: Bool {
        children.contains { if case .text(let text) = $0 { text.trimmedLines.contains(where: \.isWhitespace) } else { false } }
    }

    /// Words beside elements: that is prose, and no record.
    var isMixed: Bool { hasWords && !elements.isEmpty }

    /// - Returns: nil when the text is no XML: a tag does not match, or there is no root.
    /// - Throws: `TextualFailure` `limit_exceeded`.
    static func read(_ bytes: [UInt8], limits: TextualLimits) throws -> XMLElement? {
        // Some say that they are UTF-8, and are not.
        var reader = XMLReader(text: XMLEntities.expanded(DecodedText(bytes.asUTF8, said: "utf-8").bytes))
        let root = XMLElement(name: "", attributes: [])
        var open = [root]
        while true {
            guard let event = try? reader.next() else { return nil }
            switch event {
            case .finished: return open.count == 1 && root.elements.count == 1 && !root.hasWords ? root.elements[0] : nil
            case .start:
                guard open.count <= limits.nesting else {
                    throw TextualFailure.limit("The document is nested more than \(limits.nesting) deep.")
                }
                let element = XMLElement(name: reader.nameText, attributes: reader.attributes)
                open[open.count - 1].children.append(.element(element))
                open.append(element)
            case .text:
                var text: [UInt8] = []
                reader.appendText(to: &text)
                if !text.isEmpty { open[open.count - 1].children.append(.text(String(decoding: text, as: UTF8.self))) }
            case .end:
                guard open.count > 1, XMLName(Array(open[open.count - 1].name.utf8)) == reader.name else { return nil }
                open.removeLast()
            }
        }
    }
}
