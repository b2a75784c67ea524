import Archives

/// Draws a page without painting it: every glyph with its place, and every rectangle.
struct PDFContent {
    private struct State {
        var matrix: PDFMatrix
        var font: PDFFont?
        var size = 0.0
        var letterSpace = 0.0
        var wordSpace = 0.0
        var stretch = 1.0
        var leading = 0.0
        var rise = 0.0
        var mode = 0
        var fill: PDFColor? = .black
        var stroke: PDFColor? = .black
        var fillSpace = PDFColor.Space.gray
        var strokeSpace = PDFColor.Space.gray
        var alpha = 1.0
        var strokeAlpha = 1.0
        /// Mixed with what is below, or seen through a mask.
        var isBlended = false
        /// Seen through a mask that lets nothing through.
        var isMasked = false
        /// Nil where all is to be seen.
        var clip: Place.Box?
        /// Letters that are a clip, which show what is painted next.
        var window: Range<Int>?
    }

    private struct Mark {
        var isArtifact: Bool
        var isHidden: Bool
        /// What a reader should read in the place of the glyphs; used up by the first of them.
        var actual: [UInt8]?
        var isUsed = false
    }

    private let file: PDFFile
    private let fonts: PDFFontCache
    private let layers: PDFLayers
    private var state: State
    private var stack: [State] = []
    private var text = PDFMatrix()
    private var line = PDFMatrix()
    private var marks: [Mark] = []
    private(set) var glyphs: [PDFGlyph] = []
    private(set) var shapes: [PDFShape] = []
    /// Places in `shapes` of those that may have letters on them.
    private var areas: [Int] = []
    /// What pictures cover of the page.
    private(set) var pictures: [Place.Box] = []
    private(set) var unmapped = 0
    private var order = 0
    private var path = PDFPath()
    private var steps = 0
    private var isUncut = false
    /// Of pictures between operators, for a page.
    private var packedLeft = 64 << 20
    private var pageResources: [String: PDFObject] = [:]
    /// What is drawn is a mask, which is looked at without the masks in it.
    private var isMask = false
    /// Whether they let nothing through, by their places in the file.
    private var masks: [Int: Bool] = [:]
    private var textBytes = 0
    /// Looks at shapes under letters; beyond it nothing is found to be hidden.
    private var looks = 0
    /// Forms that are being drawn.
    private var active: Set<Int> = []

    /// Operators of one page; far more than any real page has.
    private static let mostSteps = 20_000_000
    private static let mostGlyphs = 500_000
    /// In points: what lies further out is on no page.
    private static let farthest = 10_000_000.0
    private static let mostShapes = 20_000
    private static let deepest = 24
    /// In bytes, of a picture between operators; the size of other ones is told by their streams.
    private static let mostPicture = 4 << 20
    private static let mostTextBytes = 64 << 20
    private static let mostLooks = 50_000_000
    /// In bytes; what is longer is no text of a few letters.
    private static let longestActualText = 65_536

    init(_ file: PDFFile, fonts: PDFFontCache, layers: PDFLayers, matrix: PDFMatrix) {
        self.file = file
        self.fonts = fonts
        self.layers = layers
        state = State(matrix: matrix)
    }

    /// - Throws: `TextualFailure` `limit_exceeded`.
    mutating func run(_ bytes: [UInt8], resources: [String: PDFObject], depth: Int = 0) throws {
        var lexer = PDFLexer(bytes)
        var operands: [PDFObject] = []
        operands.reserveCapacity(16)
        let outside = stack.count
        if depth == 0 { pageResources = resources }
        let fontNames = file.dictionary(resources["Font"])
        var named: [String: PDFFont] = [:]
        while let value = lexer.next(references: false) {
            guard case .keyword(let word) = value else {
                if operands.count < 1000 { operands.append(value) }
                continue
            }
            steps += 1
            guard steps < Self.mostSteps, glyphs.count < Self.mostGlyphs, textBytes <= Self.mostTextBytes else {
                throw TextualFailure.limit("A page has too many operators to be real.")
            }
            try file.countStep()
            func number(_ place: Int) -> Double { operands.indices.contains(place) ? operands[place].number ?? 0 : 0 }
            switch word {
            case "q": if stack.count < 1000 { stack.append(state) }
            case "Q": if stack.count > outside, let last = stack.popLast() { state = last }
            case "cm":
                if let matrix = PDFMatrix(operands.prefix(6).compactMap(\.number)) { state.matrix = matrix.then(state.matrix) }
            case "BT": (text, line) = (PDFMatrix(), PDFMatrix())
            case "ET": break
            case "Tf":
                if let name = operands.first?.name {
                    if let font = named[name] {
                        state.font = font
                    } else {
                        // A form may use what its page has.
                        state.font = fonts.font(fontNames[name] ?? file.dictionary(pageResources["Font"])[name], file)
                        named[name] = state.font
                    }
                }
                state.size = number(1)
            case "Td": move(number(0), number(1))
            case "TD":
                state.leading = -number(1)
                move(number(0), number(1))
            case "Tm":
                line = PDFMatrix(number(0), number(1), number(2), number(3), number(4), number(5))
                text = line
            case "T*": move(0, -state.leading)
            case "Tc": state.letterSpace = number(0)
            case "Tw": state.wordSpace = number(0)
            case "Tz": state.stretch = number(0) / 100
            case "TL": state.leading = number(0)
            case "Ts": state.rise = number(0)
            case "Tr": state.mode = operands.first?.int ?? 0
            case "Tj": if let bytes = operands.last?.string { show(bytes) }
            case "'":
                move(0, -state.leading)
                if let bytes = operands.last?.string { show(bytes) }
            case "\"":
                (state.wordSpace, state.letterSpace) = (number(0), number(1))
                move(0, -state.leading)
                if operands.count > 2, let bytes = operands[2].string { show(bytes) }
            case "TJ":
                for part in operands.last?.array ?? [] {
                    switch part {
                    case .string(let bytes): show(bytes)
                    case .number(let shift):
                        let distance = -shift / 1000 * state.size
                        if state.font?.isVertical == true { advance(0, distance) } else { advance(distance * state.stretch, 0) }
                    default: break
                    }
                }
            case "gs": graphics(file.dictionary(file.dictionary(resources["ExtGState"])[operands.first?.name ?? ""]))
            case "g", "rg", "k":
                state.fillSpace = word == "g" ? .gray : word == "rg" ? .rgb : .cmyk
                state.fill = state.fillSpace.color(operands.compactMap(\.number))
            case "G", "RG", "K":
                state.strokeSpace = word == "G" ? .gray : word == "RG" ? .rgb : .cmyk
                state.stroke = state.strokeSpace.color(operands.compactMap(\.number))
            case "sc", "scn": state.fill = state.fillSpace.color(operands.compactMap(\.number))
            case "SC", "SCN": state.stroke = state.strokeSpace.color(operands.compactMap(\.number))
            case "cs":
                state.fillSpace = space(operands.first?.name, resources)
                state.fill = state.fillSpace.first
            case "CS":
                state.strokeSpace = space(operands.first?.name, resources)
                state.stroke = state.strokeSpace.first
            case "re": path.rectangle(number(0), number(1), number(2), number(3), state.matrix)
            case "m": path.move(state.matrix.apply(number(0), number(1)))
            case "l": path.line(state.matrix.apply(number(0), number(1)))
            case "c":
                path.curve([(number(0), number(1)), (number(2), number(3)), (number(4), number(5))].map(state.matrix.apply))
            case "v", "y": path.curve([(number(0), number(1)), (number(2), number(3))].map(state.matrix.apply))
            case "h": path.close()
            case "W", "W*": path.isClip = true
            case "f", "F", "f*": paint(isFilled: true, isStroked: false)
            case "B", "B*", "b", "b*": paint(isFilled: true, isStroked: true)
            case "S": paint(isFilled: false, isStroked: true)
            case "s":
                path.close()
                paint(isFilled: false, isStroked: true)
            case "n": paint(isFilled: false, isStroked: false)
            case "sh": cover(.picture, state.clip ?? Self.everywhere, nil, isOpaque: false)
            case "Do": try object(operands.first?.name, resources, depth)
            case "BI": inlinePicture(&lexer)
            case "BMC", "BDC": mark(operands, resources)
            case "EMC": _ = marks.popLast()
            default: break
            }
            operands.removeAll(keepingCapacity: true)
        }
        while stack.count > outside, let last = stack.popLast() { state = last }
    }

    // MARK: Text

    private mutating func move(_ x: Double, _ y: Double) {
        line = PDFMatrix(1, 0, 0, 1, x, y).then(line)
        text = line
    }

    private mutating func advance(_ x: Double, _ y: Double) {
        text.e += x * text.a + y * text.c
        text.f += x * text.b + y * text.d
    }

    private mutating func show(_ bytes: [UInt8]) {
        guard let font = state.font else { return }
        let isArtifact = marks.contains(where: \.isArtifact)
        let isSwitchedOff = marks.contains(where: \.isHidden)
        let actual = marks.lastIndex { $0.actual != nil }
        let start = glyphs.count
        font.each(bytes) { glyph, isSpace in
            let whole = PDFMatrix(state.size * state.stretch, 0, 0, state.size, 0, state.rise).then(text).then(state.matrix)
            let width = glyph.width
            let space = state.letterSpace + (isSpace ? state.wordSpace : 0)
            let start = whole.apply(0, 0)
            let end = font.isVertical ? whole.apply(0, -1) : whole.apply(width, 0)
            var words = glyph.text
            if let actual {
                words = marks[actual].isUsed ? "" : marks[actual].actual.map(PDFText.text) ?? ""
                marks[actual].isUsed = true
            } else if !glyph.isMapped {
                unmapped += 1
            }
            let size = (whole.c * whole.c + whole.d * whole.d).squareRoot() * font.growth
            textBytes += words.utf8.count
            if !words.isEmpty, size > 0.01, size < 10_000,
                [start.x, start.y, end.x, end.y].allSatisfy({ abs($0) < Self.farthest })
            {
                order += 1
                var glyph = PDFGlyph(
                    x: start.x, y: start.y, endX: end.x, endY: end.y, size: size, text: words, isBold: font.isBold,
                    isFixed: font.isFixed,
                    isHidden: false, isArtifact: isArtifact, order: order)
                glyph.isHidden = isSwitchedOff || isHidden(glyph)
                glyphs.append(glyph)
            }
            if font.isVertical {
                advance(0, -state.size + space)
            } else {
                advance((width * state.size + space) * state.stretch, 0)
            }
        }
        if state.mode >= 4, glyphs.count > start { state.window = (state.window?.lowerBound ?? start)..<glyphs.count }
    }

    /// Whether a letter can not be seen where it stands: not painted, cut off, or in the colour of what is below it.
    private mutating func isHidden(_ glyph: PDFGlyph) -> Bool {
        if state.isMasked { return true }
        // 0 fills, 1 draws the outline, 2 does both, 3 nothing; from 4 on they are a clip too.
        let paint = state.mode & 3
        let isFilled = (paint == 0 || paint == 2) && state.alpha > Self.faintest
        let isStroked = (paint == 1 || paint == 2) && state.strokeAlpha > Self.faintest
        guard isFilled || isStroked else { return true }
        let middle = glyph.middle
        if !isUncut, let clip = state.clip, !clip.holds(middle, margin: 1), !goesOn(glyph) { return true }
        // A pattern is seen.
        guard !state.isBlended, !isFilled || state.fill != nil, !isStroked || state.stroke != nil else { return false }
        looks += areas.count
        guard looks < Self.mostLooks else { return false }
        let below = areas.last { shapes[$0].box.holds(middle) }.map { shapes[$0].color } ?? .white
        guard let below else { return false }
        return (!isFilled || state.fill?.isLike(below) == true) && (!isStroked || state.stroke?.isLike(below) == true)
    }

    /// Whether a letter follows another one that is seen: words that an edge cuts are read to their end.
    private func goesOn(_ glyph: PDFGlyph) -> Bool {
        guard let last = glyphs.last, !last.isHidden else { return false }
        return abs(last.endY - glyph.y) < 0.5 && abs(glyph.x - last.endX) < glyph.size
    }

    // MARK: Graphics

    private mutating func graphics(_ values: [String: PDFObject]) {
        if let alpha = file.resolve(values["ca"]).number { state.alpha = alpha }
        if let alpha = file.resolve(values["CA"]).number { state.strokeAlpha = alpha }
        if let mode = values["BM"].map(file.resolve) {
            state.isBlended = !["Normal", "Compatible"].contains((mode.array?.first.map(file.resolve) ?? mode).name)
        }
        if let mask = values["SMask"].map(file.resolve) {
            state.isBlended = mask.dictionary != nil
            if let values = mask.dictionary { state.isMasked = isEmpty(values) } else { state.isMasked = false }
        }
        if let font = file.resolve(values["Font"]).array, font.count == 2 {
            state.font = fonts.font(font[0], file)
            state.size = file.resolve(font[1]).number ?? state.size
        }
    }

    /// Whether a soft mask (section 11.6.5.2) is black, or has nothing in it.
    private mutating func isEmpty(_ mask: [String: PDFObject]) -> Bool {
        guard !isMask, case .stream(let stream) = file.resolve(mask["G"]), numbers(mask["BC"]).allSatisfy({ $0 == 0 }) else {
            return false
        }
        if let known = masks[stream.range.lowerBound] { return known }
        masks[stream.range.lowerBound] = false
        guard let bytes = (try? file.drawn(stream)) ?? nil else { return false }
        var content = PDFContent(file, fonts: fonts, layers: layers, matrix: PDFMatrix())
        content.isMask = true
        guard (try? content.run(bytes, resources: file.dictionary(stream.dictionary["Resources"]))) != nil else { return false }
        let isAlpha = file.resolve(mask["S"]).name == "Alpha"
        let isEmpty =
            content.pictures.isEmpty && content.glyphs.isEmpty && content.shapes.allSatisfy { !isAlpha && $0.color == .black }
        masks[stream.range.lowerBound] = isEmpty
        return isEmpty
    }

    private func space(_ name: String?, _ resources: [String: PDFObject]) -> PDFColor.Space {
        guard let name else { return .unknown }
        return PDFColor.Space(file.dictionary(resources["ColorSpace"])[name] ?? .name(name), file)
    }

    /// Thinner is a line, in points.
    private static let thinnest = 3.0
    private static let faintest = 0.05
    private static let everywhere = Place.Box(left: -1e9, top: -1e9, right: 1e9, bottom: 1e9)

    private mutating func paint(isFilled: Bool, isStroked: Bool) {
        path.finish()
        defer { path = PDFPath() }
        for area in path.areas {
            if isFilled, state.alpha > Self.faintest {
                let isOpaque = state.alpha > 0.9 && !state.isBlended
                let isRule = min(area.width, area.height) <= Self.thinnest
                cover(isRule ? .rule : .area, area, isOpaque ? state.fill : nil, isOpaque: isOpaque)
            }
            guard isStroked, state.strokeAlpha > Self.faintest else { continue }
            if min(area.width, area.height) <= Self.thinnest {
                cover(.rule, area, state.stroke, isOpaque: true)
                continue
            }
            // The border of a box.
            let (left, top, right, bottom) = (area.left, area.top, area.right, area.bottom)
            for side in [
                Place.Box(left: left, top: top, right: right, bottom: top),
                Place.Box(left: left, top: bottom, right: right, bottom: bottom),
                Place.Box(left: left, top: top, right: left, bottom: bottom),
                Place.Box(left: right, top: top, right: right, bottom: bottom),
            ] { cover(.rule, side, state.stroke, isOpaque: true) }
        }
        if isStroked, state.strokeAlpha > Self.faintest {
            for rule in path.rules { cover(.rule, rule, state.stroke, isOpaque: true) }
        }
        if isFilled, !path.areas.contains(where: { $0 == path.box }), let box = path.box, path.areas.isEmpty,
            state.alpha > Self.faintest
        {
            // Of another form: what is below it may be seen beside it, and letters on it stand on an unknown colour.
            cover(.area, box, nil, isOpaque: false)
        } else if isStroked, !isFilled, path.areas.isEmpty, path.rules.isEmpty, let box = path.box, box.width < 10,
            box.height < 10,
            state.strokeAlpha > Self.faintest
        {
            // A small ring, as browsers draw the bullets of inner lists.
            cover(.area, box, nil, isOpaque: false)
        }
        if path.isClip {
            let all = state.clip ?? Self.everywhere
            let nothing = Place.Box(left: 1e9, top: 1e9, right: 1e9, bottom: 1e9)
            state.clip = path.box.map { all.common($0) ?? nothing } ?? nothing
        }
    }

    private mutating func cover(_ kind: PDFShape.Kind, _ box: Place.Box, _ color: PDFColor?, isOpaque: Bool) {
        // Letters that are a clip show it.
        if let window = state.window, kind != .rule, looks < Self.mostLooks {
            looks += window.count
            state.window = nil
            for place in window where box.holds(glyphs[place].middle) {
                glyphs[place].isHidden = marks.contains(where: \.isHidden)
                glyphs[place].order = order + 2
            }
        }
        guard shapes.count < Self.mostShapes, !marks.contains(where: \.isHidden),
            let seen = state.clip.map({ $0.common(box) }) ?? box
        else { return }
        order += 1
        if kind != .rule { areas.append(shapes.count) }
        // What is drawn for a note or a field leaves the text of the page its own.
        shapes.append(PDFShape(kind: kind, box: seen, color: color, isOpaque: isOpaque && !isUncut, order: order))
    }

    private mutating func object(_ name: String?, _ resources: [String: PDFObject], _ depth: Int) throws {
        guard let name, case .stream(let stream) = file.resolve(file.dictionary(resources["XObject"])[name]) else { return }
        let isOff = layers.isHidden(stream.dictionary["OC"], file)
        if isOff { marks.append(Mark(isArtifact: false, isHidden: true)) }
        defer { if isOff { marks.removeLast() } }
        switch file.resolve(stream.dictionary["Subtype"]).name {
        case "Image": picture(stream.dictionary)
        case "Form":
            guard depth < Self.deepest, active.insert(stream.range.lowerBound).inserted else { return }
            defer { active.remove(stream.range.lowerBound) }
            guard let bytes = try file.drawn(stream) else { return }
            let before = state
            if let matrix = PDFMatrix(numbers(stream.dictionary["Matrix"])) { state.matrix = matrix.then(state.matrix) }
            if let box = state.matrix.box(numbers(stream.dictionary["BBox"])), box.width > 0, box.height > 0 {
                state.clip = state.clip.map { $0.common(box) ?? $0 } ?? box
            }
            let (text, line) = (self.text, self.line)
            let own = stream.dictionary["Resources"].map { file.dictionary($0) }
            try run(bytes, resources: own ?? resources, depth: depth + 1)
            (self.text, self.line) = (text, line)
            state = before
        default: return
        }
    }

    /// Draws what an annotation shows, such as the value of a field of a form (section 12.5.5).
    /// - Throws: `TextualFailure` `limit_exceeded`.
    mutating func run(appearance stream: PDFStream, in corners: [Double]) throws {
        guard corners.count == 4, let bytes = try file.drawn(stream) else { return }
        let matrix = PDFMatrix(numbers(stream.dictionary["Matrix"])) ?? PDFMatrix()
        guard let around = matrix.box(numbers(stream.dictionary["BBox"])), around.width > 0, around.height > 0 else { return }
        let (scaleX, scaleY) = (abs(corners[2] - corners[0]) / around.width, abs(corners[3] - corners[1]) / around.height)
        let fit = PDFMatrix(
            scaleX, 0, 0, scaleY, min(corners[0], corners[2]) - around.left * scaleX,
            min(corners[1], corners[3]) - around.top * scaleY)
        let before = state
        state.matrix = matrix.then(fit).then(state.matrix)
        // A value that is longer than its field is read to its end.
        isUncut = true
        defer { isUncut = false }
        try run(bytes, resources: file.dictionary(stream.dictionary["Resources"]), depth: 1)
        state = before
    }

    private func numbers(_ object: PDFObject?) -> [Double] {
        file.resolve(object).array?.compactMap { file.resolve($0).number } ?? []
    }

    private mutating func picture(_ values: [String: PDFObject]) {
        guard pictures.count < Self.mostShapes, let box = state.matrix.box([0, 0, 1, 1]) else { return }
        let isMask = ["ImageMask", "IM", "SMask", "Mask"].contains { values[$0] != nil && file.resolve(values[$0]).bool != false }
        let isOpaque = !isMask && state.alpha > 0.9 && !state.isBlended
        cover(.picture, box, nil, isOpaque: isOpaque)
        if !marks.contains(where: \.isHidden) { pictures.append(state.clip.flatMap { $0.common(box) } ?? box) }
    }

    private mutating func inlinePicture(_ lexer: inout PDFLexer) {
        // `BI` names and values, `ID` one space, data, `EI`.
        var values: [String: PDFObject] = [:]
        var key: String?
        while let value = lexer.next(references: false) {
            if case .keyword("ID") = value { break }
            if let name = key { (values[name], key) = (value, nil) } else { key = value.name }
        }
        let bytes = lexer.bytes
        var place = lexer.place + 1
        // Without a filter its size tells where it ends, and what is packed ends itself.
        if let length = plainBytes(values) ?? packedBytes(values, bytes[min(place, lexer.end)..<lexer.end]),
            place + length + 2 <= lexer.end
        {
            let behind = bytes[(place + length)..<min(place + length + 4, lexer.end)].drop { $0 <= 32 }
            if behind.starts(with: [UInt8(ascii: "E"), UInt8(ascii: "I")]) { place += length - 1 }
        }
        while place + 2 < lexer.end {
            if bytes[place] == UInt8(ascii: "E"), bytes[place + 1] == UInt8(ascii: "I"), bytes[place - 1] <= 32,
                bytes[place + 2] <= 32,
                looksLikeContent(bytes, place + 2, lexer.end)
            {
                break
            }
            place += 1
        }
        lexer.place = min(place + 2, lexer.end)
        picture(values)
    }

    private mutating func packedBytes(_ values: [String: PDFObject], _ bytes: ArraySlice<UInt8>) -> Int? {
        let filter = values["F"] ?? values["Filter"]
        guard ["Fl", "FlateDecode"].contains((filter?.array?.first ?? filter)?.name) else { return nil }
        var left = min(Self.mostPicture, packedLeft)
        defer { packedLeft -= min(Self.mostPicture, packedLeft) - max(0, left) }
        guard left > 0 else { return nil }
        return try? Inflater.run(.zlib, bytes) { piece in
            left -= piece.count
            guard left > 0 else { throw TextualFailure.limit("A picture in the content is larger than it may be.") }
        }
    }

    /// - Returns: nil for a picture that is packed, or whose size is not told.
    private func plainBytes(_ values: [String: PDFObject]) -> Int? {
        guard values["F"] == nil, values["Filter"] == nil, let width = (values["W"] ?? values["Width"])?.int,
            let height = (values["H"] ?? values["Height"])?.int, 1...100_000 ~= width, 1...100_000 ~= height
        else { return nil }
        let isMask = (values["IM"] ?? values["ImageMask"])?.bool == true
        let bits = isMask ? 1 : (values["BPC"] ?? values["BitsPerComponent"])?.int ?? 8
        let parts: Int
        switch (values["CS"] ?? values["ColorSpace"])?.name {
        case "RGB", "DeviceRGB": parts = 3
        case "CMYK", "DeviceCMYK": parts = 4
        case "G", "DeviceGray": parts = 1
        default:
            guard isMask else { return nil }
            parts = 1
        }
        return 1...16 ~= bits ? (width * bits * parts + 7) / 8 * height : nil
    }

    /// Whether text follows, and not more of a picture.
    private func looksLikeContent(_ bytes: [UInt8], _ place: Int, _ end: Int) -> Bool {
        bytes[place..<min(place + 12, end)].allSatisfy { $0 == 10 || $0 == 13 || $0 == 9 || 32...126 ~= $0 }
    }

    // MARK: Marked content

    private mutating func mark(_ operands: [PDFObject], _ resources: [String: PDFObject]) {
        guard marks.count < 1000 else { return }
        let property =
            operands.count > 1 ? operands[1].name.map { file.dictionary(resources["Properties"])[$0] } ?? operands[1] : nil
        let values = file.dictionary(property)
        let actual = file.resolve(values["ActualText"]).string.map {
            $0.count > Self.longestActualText ? Array($0.prefix(Self.longestActualText)) : $0
        }
        let isOff = operands.first?.name == "OC" && layers.isHidden(property, file)
        marks.append(Mark(isArtifact: operands.first?.name == "Artifact", isHidden: isOff, actual: actual))
    }
}
