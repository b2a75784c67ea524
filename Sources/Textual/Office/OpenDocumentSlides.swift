/// Slides of OpenDocument, their shapes in the order in which people read them.
extension OpenDocumentReader {
    mutating func page(_ reader: inout XMLReader, _ number: Int) throws {
        let isHidden = styles.isHidden("drawing-page", reader.attribute("style-name", prefix: "draw"))
        slide = number
        defer { slide = nil }
        if isHidden { document.receipt.count(.hidden) }
        var shapes: [SlideReader.Shape] = []
        var spoken: [Block] = []
        let first = notes.count
        let outside = reader.depth - 1
        while try reader.nextStart(inside: outside) {
            switch reader.name {
            case "notes": try speech(&reader, &spoken)
            case "annotation": try annotation(&reader, depth: 1)
            case "forms", "animations", "par", "layer-set": try reader.skip()
            default: shapes.append(try box(&reader))
            }
        }
        for shape in SlideReader.ordered(shapes) { document.blocks += shape.blocks.map { Self.marked($0, isHidden) } }
        let text = spoken.words
        if !text.isEmpty { notes.append(Block(.note, text, marker: "Notes", at: Place(slide: number, part: "notes"))) }
        document.blocks += notes[first...].map { Self.marked($0, isHidden) }
        notes.removeSubrange(first...)
    }

    private static func marked(_ block: Block, _ isHidden: Bool) -> Block {
        var block = block
        if isHidden { block.isHidden = true }
        return block
    }

    private mutating func box(_ reader: inout XMLReader) throws -> SlideReader.Shape {
        let kind = reader.attribute("class", prefix: "presentation")
        let isEmpty = reader.attribute("placeholder") == "true"
        var shape = SlideReader.Shape()
        shape.isTitle = kind == "title"
        shape.isFurniture = ["header", "footer", "date-time", "page-number"].contains(kind)
        if let left = Self.length(reader.attribute("x")), let top = Self.length(reader.attribute("y")) {
            (shape.left, shape.top, shape.hasPlace) = (left, top, true)
            shape.width = Self.length(reader.attribute("width")) ?? 0
            shape.height = Self.length(reader.attribute("height")) ?? 0
        }
        // A group stands where its shapes do.
        var inside = reader
        let isGroup = reader.name == "g"
        try self.shape(&reader, &shape.blocks, depth: 1, isHidden: false)
        if isGroup, !shape.hasPlace { Self.measure(&inside, &shape) }
        if isEmpty { shape.blocks = [] }
        if shape.isTitle, let first = shape.blocks.firstIndex(where: { $0.kind == .paragraph || $0.kind == .listItem }) {
            let words = shape.blocks[first]
            shape.blocks[first] = Block(.heading, words.text, level: 1, at: words.place, isHidden: words.isHidden)
        }
        if shape.isFurniture {
            for index in shape.blocks.indices where shape.blocks[index].kind == .paragraph {
                shape.blocks[index].kind = kind == "page-number" ? .pageNumber : kind == "header" ? .header : .footer
            }
        }
        return shape
    }

    private static func measure(_ reader: inout XMLReader, _ shape: inout SlideReader.Shape) {
        let outside = reader.depth - 1
        while let more = try? reader.nextStart(inside: outside), more {
            guard let left = length(reader.attribute("x")), let top = length(reader.attribute("y")) else { continue }
            let (right, bottom) = (
                left + (length(reader.attribute("width")) ?? 0), top + (length(reader.attribute("height")) ?? 0)
            )
            if shape.hasPlace {
                let (oldRight, oldBottom) = (shape.left + shape.width, shape.top + shape.height)
                (shape.left, shape.top) = (min(shape.left, left), min(shape.top, top))
                (shape.width, shape.height) = (max(oldRight, right) - shape.left, max(oldBottom, bottom) - shape.top)
            } else {
                (shape.left, shape.top, shape.width, shape.height, shape.hasPlace) = (left, top, right - left, bottom - top, true)
            }
        }
    }

    /// What the speaker says; the small picture of the slide beside it is none of it.
    private mutating func speech(_ reader: inout XMLReader, _ blocks: inout [Block]) throws {
        let pictures = document.receipt
        let outside = reader.depth - 1
        while try reader.nextStart(inside: outside) {
            switch reader.name {
            case "frame", "custom-shape":
                let isNotes = reader.attribute("class", prefix: "presentation") == "notes"
                var inner: [Block] = []
                try shape(&reader, &inner, depth: 1, isHidden: false)
                if isNotes { blocks += inner }
            default: try reader.skip()
            }
        }
        document.receipt = pictures
    }

    /// Of `2.5cm`, in points.
    private static func length(_ text: String?) -> Double? {
        guard let text else { return nil }
        let digits = text.prefix { $0.isNumber || $0 == "." || $0 == "-" }
        guard let number = Double(digits), number.isFinite else { return nil }
        switch text.dropFirst(digits.count) {
        case "cm": return number * 28.3465
        case "mm": return number * 2.83465
        case "in": return number * 72
        case "pc": return number * 12
        case "px": return number * 0.75
        default: return number
        }
    }
}
