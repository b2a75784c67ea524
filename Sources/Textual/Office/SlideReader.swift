/// Reads PresentationML (ECMA-376, part 1, section 19): slides in their order, shapes in the order in which people read them.
struct SlideReader {
    private var package: Package
    private let limits: TextualLimits
    private var document = Document(format: .pptx)
    private var relations = Package.Relations()
    private var textBytes = 0
    private var drawnParts = DrawnParts()
    /// By the name of their part.
    private var layouts: [String: Layout] = [:]
    /// Width and height, in units of the slide.
    private var size = (width: Double.infinity, height: Double.infinity)

    /// - Throws: `TextualFailure`.
    static func read(_ package: Package, main: String, limits: TextualLimits) throws -> Document {
        var reader = SlideReader(package: package, limits: limits)
        return try reader.read(main)
    }

    private init(package: Package, limits: TextualLimits) {
        self.package = package
        self.limits = limits
    }

    private mutating func read(_ main: String) throws -> Document {
        guard let bytes = try package.part(main) else { throw TextualFailure.broken("it has no \(main)") }
        let related = package.relations(of: main)
        document.metadata = MetadataReader.office(&package)
        var reader = XMLReader(bytes)
        var slides: [String] = []
        while true {
            let event = try reader.next()
            if event == .finished { break }
            if event == .start, reader.name == "sldSz", let width = Self.length(reader.attribute("cx")),
                let height = Self.length(reader.attribute("cy")), width > 0, height > 0
            {
                size = (width, height)
            }
            guard event == .start, reader.name == "sldId", let id = reader.attribute("id", prefix: "r") else { continue }
            if let relation = related[id], !relation.isExternal { slides.append(relation.target) }
        }
        guard slides.count <= limits.pages else { throw TextualFailure.limit("There are more than \(limits.pages) slides.") }
        document.pageCount = slides.count
        for (index, name) in slides.enumerated() { try slide(name, number: index + 1) }
        return document
    }

    /// What stands at one place of a slide.
    struct Shape {
        var blocks: [Block] = []
        /// In units of the slide (EMU).
        var left = 0.0
        var top = 0.0
        var width = 0.0
        var height = 0.0
        var hasPlace = false
        var lists = DrawingText.ListStyle()
        var isTitle = false
        var isFurniture = false
    }

    private mutating func slide(_ name: String, number: Int) throws {
        guard let bytes = try? package.part(name) else {
            document.receipt.count(.broken)
            return
        }
        relations = package.relations(of: name)
        let places = try relations.values.first { $0.type == "slideLayout" }.map { try layout($0.target) } ?? Layout()
        var reader = XMLReader(bytes)
        var shapes: [Shape] = []
        var isHidden = false
        while true {
            let event = try reader.next()
            if event == .finished { break }
            guard event == .start else { continue }
            switch reader.name {
            case "sld": isHidden = WordValue.isOn(reader.attribute("show")) == false
            case "spTree": try tree(&reader, &shapes, places, number, Scale(), depth: 0)
            default: continue
            }
        }
        if isHidden { document.receipt.count(.hidden) }
        for shape in Self.ordered(shapes) {
            let isOutside = isOutside(shape)
            if isOutside, !isHidden { document.receipt.count(.hidden) }
            for var block in shape.blocks {
                if isHidden || isOutside { block.isHidden = true }
                document.blocks.append(block)
            }
        }
        for relation in relations.values.sorted(by: { $0.target < $1.target }) where !relation.isExternal {
            if relation.type == "notesSlide" { try beside(relation.target, number, "Notes", isHidden) }
            if relation.type == "comments" { try comments(relation.target, number, isHidden) }
        }
    }

    // MARK: Order

    /// Rows from the top, and in each row from the left: shapes that stand beside each other for most of their height are one row.
    static func ordered(_ shapes: [Shape]) -> [Shape] {
        let titles = shapes.filter(\.isTitle)
        let furniture = shapes.filter { $0.isFurniture && !$0.isTitle }
        var rest = shapes.filter { !$0.isTitle && !$0.isFurniture && $0.hasPlace }
        let placeless = shapes.filter { !$0.isTitle && !$0.isFurniture && !$0.hasPlace }
        rest.sort { ($0.top, $0.left) < ($1.top, $1.left) }
        return titles + columns(rest) + placeless + furniture
    }

    /// Columns of boxes that nothing crosses are read one after the other.
    private static func columns(_ shapes: [Shape], depth: Int = 0) -> [Shape] {
        guard shapes.count > 1, depth < 20 else { return shapes }
        if let groups = split(shapes, { ($0.top, $0.top + $0.height) }) {
            return withHeads(groups).flatMap { columns($0, depth: depth + 1) }
        }
        if let groups = split(shapes, { ($0.left, $0.left + $0.width) }) {
            return groups.flatMap { columns($0, depth: depth + 1) }
        }
        return shapes
    }

    /// A row of short heads right above a row of longer texts: each is read with what stands below it.
    private static func withHeads(_ rows: [[Shape]]) -> [[Shape]] {
        var out: [[Shape]] = []
        var place = 0
        while place < rows.count {
            defer { place += 1 }
            let heads = rows[place].sorted { $0.left < $1.left }
            guard place + 1 < rows.count, heads.count >= 2, heads.count == rows[place + 1].count,
                heads.allSatisfy({
                    $0.blocks.count == 1 && $0.blocks[0].kind == .paragraph && $0.blocks[0].text.utf8.count <= 100
                })
            else {
                out.append(rows[place])
                continue
            }
            let texts = rows[place + 1].sorted { $0.left < $1.left }
            let areBelow = zip(heads, texts).allSatisfy { head, text in
                abs(head.left - text.left) <= text.width * 0.05 && text.top - head.top - head.height <= text.height * 0.2
            }
            guard areBelow, texts.contains(where: { $0.blocks.count > 1 || $0.blocks.first?.kind != .paragraph }) else {
                out.append(rows[place])
                continue
            }
            out += zip(heads, texts).flatMap { [[$0], [$1]] }
            place += 1
        }
        return out
    }

    /// Groups between which a line can be drawn; nil where none can.
    private static func split(_ shapes: [Shape], _ extent: (Shape) -> (Double, Double)) -> [[Shape]]? {
        let sorted = shapes.sorted { extent($0).0 < extent($1).0 }
        var groups: [[Shape]] = []
        var end = -Double.infinity
        for shape in sorted {
            let (first, last) = extent(shape)
            // A tenth of a shape may reach over.
            if groups.isEmpty || first >= end - (last - first) * 0.1 {
                groups.append([shape])
            } else {
                groups[groups.count - 1].append(shape)
            }
            end = max(end, last)
        }
        guard groups.count > 1 else { return nil }
        return groups.map { $0.sorted { ($0.top, $0.left) < ($1.top, $1.left) } }
    }

    /// From a group's own units to those of the slide.
    private struct Scale {
        var (x, y) = (1.0, 1.0)
        var (left, top) = (0.0, 0.0)
    }

    // MARK: Shapes

    private mutating func tree(
        _ reader: inout XMLReader, _ shapes: inout [Shape], _ places: Layout, _ slide: Int, _ scale: Scale, depth: Int
    ) throws {
        guard depth < limits.nesting else {
            throw TextualFailure.limit("The shapes are nested more than \(limits.nesting) deep.")
        }
        let outside = reader.depth - 1
        var inner = scale
        while try reader.nextStart(inside: outside) {
            switch reader.name {
            case "sp", "graphicFrame", "pic", "cxnSp":
                let shape = try shape(&reader, places, slide, inner)
                if !shape.blocks.isEmpty { shapes.append(shape) }
            case "grpSp": try tree(&reader, &shapes, places, slide, inner, depth: depth + 1)
            case "grpSpPr": inner = try group(&reader, scale)
            case "Choice", "AlternateContent": continue
            case "Fallback", "nvGrpSpPr": try reader.skip()
            default: continue
            }
        }
    }

    private func group(_ reader: inout XMLReader, _ scale: Scale) throws -> Scale {
        let outside = reader.depth - 1
        var values: [String: Double] = [:]
        while try reader.nextStart(inside: outside) {
            func take(_ name: String, _ first: XMLName, _ second: XMLName) {
                values[name + "x"] = Self.length(reader.attribute(first))
                values[name + "y"] = Self.length(reader.attribute(second))
            }
            switch reader.name {
            case "off": take("off", "x", "y")
            case "ext": take("ext", "cx", "cy")
            case "chOff": take("chOff", "x", "y")
            case "chExt": take("chExt", "cx", "cy")
            default: continue
            }
        }
        guard let ox = values["offx"], let oy = values["offy"], let cx = values["chOffx"], let cy = values["chOffy"],
            let ex = values["extx"], let ey = values["exty"], let chx = values["chExtx"], let chy = values["chExty"], chx > 0,
            chy > 0
        else { return scale }
        let (fx, fy) = (ex / chx, ey / chy)
        let inner = Scale(
            x: scale.x * fx, y: scale.y * fy, left: scale.left + scale.x * (ox - cx * fx),
            top: scale.top + scale.y * (oy - cy * fy))
        return [inner.x, inner.y, inner.left, inner.top].allSatisfy(\.isFinite) ? inner : scale
    }

    /// A length in units of the slide; nil for what is no place on any.
    private static func length(_ text: String?) -> Double? {
        text.flatMap { Double($0) }.flatMap { -1e12...1e12 ~= $0 ? $0 : nil }
    }

    private mutating func shape(
        _ reader: inout XMLReader, _ places: Layout, _ slide: Int, _ scale: Scale
    ) throws -> Shape {
        let outside = reader.depth - 1
        var shape = Shape()
        var placeholder: (type: String, index: String)?
        var isPicture = reader.name == "pic"
        var isHidden = false
        while try reader.nextStart(inside: outside) {
            switch reader.name {
            case "cNvPr":
                if WordValue.isOn(reader.attribute("hidden")) == true { isHidden = true }
                if isPicture, let words = reader.attribute("descr"), !words.isEmpty {
                    shape.blocks.append(Block(.picture, words, at: Place(slide: slide)))
                }
            case "ph": placeholder = (reader.attribute("type") ?? "body", reader.attribute("idx") ?? "")
            case "off":
                shape.left = scale.left + scale.x * (Self.length(reader.attribute("x")) ?? 0)
                shape.top = scale.top + scale.y * (Self.length(reader.attribute("y")) ?? 0)
                shape.hasPlace = true
            case "ext":
                if let width = Self.length(reader.attribute("cx")) { shape.width = width * scale.x }
                if let height = Self.length(reader.attribute("cy")) { shape.height = height * scale.y }
            case "txBody":
                let style = placeholder.map { places.lists($0.type, $0.index) } ?? DrawingText.ListStyle()
                shape.blocks += try paragraphs(&reader, slide, style)
            case "tbl": if let table = try table(&reader, slide) { shape.blocks.append(table) }
            case "blip":
                document.receipt.count(.picture)
                isPicture = true
            case "chart", "relIds":
                shape.blocks += try drawnParts.blocks(
                    reader, relations, in: &package, at: Place(slide: slide), limits: limits, &document.receipt)
            case "oleObj": document.receipt.count(.embedded)
            case "Fallback": try reader.skip()
            default: continue
            }
        }
        if isHidden {
            document.receipt.count(.hidden)
            for place in shape.blocks.indices { shape.blocks[place].isHidden = true }
        }
        if let (type, index) = placeholder {
            if !shape.hasPlace, let known = places.shape(type, index) {
                (shape.left, shape.top, shape.width, shape.height, shape.hasPlace) =
                    (known.left, known.top, known.width, known.height, known.hasPlace)
            }
            shape.isTitle = type == "title" || type == "ctrTitle"
            shape.isFurniture = ["ftr", "dt", "sldNum", "hdr"].contains(type)
            for place in shape.blocks.indices where shape.blocks[place].table == nil {
                if shape.isTitle {
                    shape.blocks[place].kind = .heading
                    shape.blocks[place].level = 1
                    shape.blocks[place].marker = nil
                } else if type == "subTitle" {
                    shape.blocks[place].kind = .paragraph
                    shape.blocks[place].marker = nil
                } else if shape.isFurniture {
                    shape.blocks[place].kind = type == "sldNum" ? .pageNumber : .footer
                }
            }
        }
        return shape
    }

    /// What a slide gives no place and no look of its own has those of its layout, and that of its master.
    private struct Layout {
        var shapes: [String: Shape] = [:]
        /// Of the master.
        var base: [String: Shape] = [:]
        /// Of the text of all bodies.
        var body = DrawingText.ListStyle()

        mutating func add(_ shape: Shape, _ type: String, _ index: String) {
            var shape = shape
            // A layout says no more than differs from its master.
            if let known = base["\(type) \(index)"] ?? base["\(type) "] {
                var lists = known.lists
                lists.merge(shape.lists)
                shape.lists = lists
                if !shape.hasPlace {
                    (shape.left, shape.top, shape.width, shape.height, shape.hasPlace) =
                        (known.left, known.top, known.width, known.height, known.hasPlace)
                }
            }
            shapes["\(type) \(index)"] = shape
            shapes["\(type) "] = shape
            if !index.isEmpty { shapes[" \(index)"] = shape }
        }

        func shape(_ type: String, _ index: String) -> Shape? {
            shapes["\(type) \(index)"] ?? shapes["\(type) "] ?? shapes[" \(index)"]
        }

        func lists(_ type: String, _ index: String) -> DrawingText.ListStyle {
            guard ["body", "obj", "subTitle", "half", "tbl", "chart", "dgm", "media", "pic", "clipArt"].contains(type) else {
                return DrawingText.ListStyle()
            }
            var style = body
            if let known = shape(type, index) { style.merge(known.lists) }
            return style
        }
    }

    private mutating func layout(_ name: String) throws -> Layout {
        if let known = layouts[name] { return known }
        var layout = Layout()
        let master = package.relations(of: name).values.first { $0.type == "slideMaster" }?.target
        for name in [master, name].compactMap(\.self) {
            layout.base = layout.shapes
            guard let bytes = try? package.part(name) else { continue }
            var reader = XMLReader(bytes)
            var (key, shape): ((String, String)?, Shape) = (nil, Shape())
            while let event = try? reader.next(), event != .finished {
                if event == .end, reader.name == "sp", let (type, index) = key { layout.add(shape, type, index) }
                guard event == .start else { continue }
                switch reader.name {
                case "sp": (key, shape) = (nil, Shape())
                case "ph": key = (reader.attribute("type") ?? "body", reader.attribute("idx") ?? "")
                case "off":
                    shape.left = Self.length(reader.attribute("x")) ?? 0
                    shape.top = Self.length(reader.attribute("y")) ?? 0
                    shape.hasPlace = true
                case "ext":
                    shape.width = Self.length(reader.attribute("cx")) ?? shape.width
                    shape.height = Self.length(reader.attribute("cy")) ?? shape.height
                case "lstStyle": if let lists = try? DrawingText.ListStyle.read(&reader) { shape.lists.merge(lists) }
                case "bodyStyle": if let lists = try? DrawingText.ListStyle.read(&reader) { layout.body.merge(lists) }
                default: break
                }
            }
        }
        layouts[name] = layout
        return layout
    }

    /// Whether nothing of a shape is to be seen.
    private func isOutside(_ shape: Shape) -> Bool {
        shape.hasPlace && shape.width > 0 && shape.height > 0
            && (shape.left >= size.width || shape.top >= size.height || shape.left + shape.width <= 0
                || shape.top + shape.height <= 0)
    }

    // MARK: Text

    /// The paragraphs of the element that has just begun.
    private mutating func paragraphs(
        _ reader: inout XMLReader, _ slide: Int, _ style: DrawingText.ListStyle = DrawingText.ListStyle()
    ) throws -> [Block] {
        let blocks = try DrawingText.paragraphs(&reader, relations, style: style, at: Place(slide: slide), limits: limits)
        textBytes += blocks.textBytes
        try limits.mustHold(textBytes: textBytes)
        return blocks
    }

    private mutating func table(_ reader: inout XMLReader, _ slide: Int) throws -> Block? {
        let outside = reader.depth - 1
        var table = Table(rows: [])
        while try reader.nextStart(inside: outside) {
            switch reader.name {
            case "tblPr": table.headerRows = WordValue.isOn(reader.attribute("firstRow")) == true ? 1 : 0
            case "tr": table.rows.append([])
            case "tc" where !table.rows.isEmpty:
                let columns = min(1000, max(1, reader.attribute("gridSpan").flatMap { Int($0) } ?? 1))
                let rows = min(1000, max(1, reader.attribute("rowSpan").flatMap { Int($0) } ?? 1))
                let isCovered =
                    WordValue.isOn(reader.attribute("hMerge")) == true || WordValue.isOn(reader.attribute("vMerge")) == true
                let text = try paragraphs(&reader, slide).map(\.text).joined(separator: "\n")
                table.rows[table.rows.count - 1].append(isCovered ? nil : Table.Cell(text, columns: columns, rows: rows))
            default: continue
            }
        }
        return table.rows.isEmpty ? nil : Block(.table, "", table: table, at: Place(slide: slide))
    }

    // MARK: Notes

    private mutating func beside(_ name: String, _ slide: Int, _ marker: String, _ isHidden: Bool) throws {
        guard let bytes = try? package.part(name) else { return }
        var reader = XMLReader(bytes)
        var shapes: [Shape] = []
        while true {
            let event = try reader.next()
            if event == .finished { break }
            if event == .start, reader.name == "spTree" { try tree(&reader, &shapes, Layout(), slide, Scale(), depth: 0) }
        }
        let text = shapes.filter { !$0.isFurniture }.flatMap(\.blocks).filter { $0.kind != .picture && $0.kind != .pageNumber }
            .map(\.text).joined(separator: "\n")
        guard !text.isEmpty else { return }
        document.blocks.append(Block(.note, text, marker: marker, at: Place(slide: slide, part: "notes"), isHidden: isHidden))
    }

    private mutating func comments(_ name: String, _ slide: Int, _ isHidden: Bool) throws {
        guard let bytes = try? package.part(name) else { return }
        var reader = XMLReader(bytes)
        var (text, isText) = ([UInt8](), false)
        while let event = try? reader.next(), event != .finished {
            switch event {
            case .start: if reader.name == "text" || reader.name == "t" { (text, isText) = ([], true) }
            case .text: if isText { reader.appendText(to: &text) }
            case .end:
                guard isText, reader.name == "text" || reader.name == "t" else { continue }
                isText = false
                let words = String(decoding: text, as: UTF8.self).trimmedLines
                if !words.isEmpty {
                    document.blocks.append(
                        Block(.note, words, marker: "Comment", at: Place(slide: slide, part: "comments"), isHidden: isHidden))
                }
            case .finished: break
            }
        }
    }
}
