/// A transformation of the plane: (x, y) becomes (a x + c y + e, b x + d y + f).
struct PDFMatrix: Sendable {
    var a = 1.0
    var b = 0.0
    var c = 0.0
    var d = 1.0
    var e = 0.0
    var f = 0.0

    init() {}

    init(_ a: Double, _ b: Double, _ c: Double, _ d: Double, _ e: Double, _ f: Double) {
        (self.a, self.b, self.c, self.d, self.e, self.f) = (a, b, c, d, e, f)
    }

    /// This one first, then the other.
    func then(_ other: PDFMatrix) -> PDFMatrix {
        PDFMatrix(
            a * other.a + b * other.c, a * other.b + b * other.d, c * other.a + d * other.c, c * other.b + d * other.d,
            e * other.a + f * other.c + other.e, e * other.b + f * other.d + other.f)
    }

    func apply(_ x: Double, _ y: Double) -> (x: Double, y: Double) { (a * x + c * y + e, b * x + d * y + f) }
}

/// A letter on a page, or a few that one glyph stands for.
struct PDFGlyph {
    /// Of the page as people see it, in points from its upper left corner: where its baseline begins and ends.
    var x: Double
    var y: Double
    var endX: Double
    var endY: Double
    /// Height of the font in points.
    var size: Double
    var text: String
    var isBold: Bool
    var isHidden: Bool
    /// Marked as no part of the text, such as a page number.
    var isArtifact: Bool
    /// The order of painting.
    var order: Int
}

/// A rectangle that was painted, or a thin one: a line.
struct PDFShape {
    var box: Place.Box
    var isWhite: Bool
    var order: Int
}

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
        var isWhite = false
        var alpha = 1.0
    }

    private struct Mark {
        var isArtifact: Bool
        /// What a reader should read in the place of the glyphs; used up by the first of them.
        var actual: String?
        var isUsed = false
    }

    private let file: PDFFile
    private let fonts: PDFFontCache
    private var state: State
    private var stack: [State] = []
    private var text = PDFMatrix()
    private var line = PDFMatrix()
    private var marks: [Mark] = []
    private(set) var glyphs: [PDFGlyph] = []
    private(set) var shapes: [PDFShape] = []
    /// Of the page, a picture covers.
    private(set) var pictures: [Place.Box] = []
    private(set) var unmapped = 0
    private var order = 0
    private var path: [(x: Double, y: Double)] = []
    private var rectangles: [Place.Box] = []
    private var steps = 0
    private var textBytes = 0
    /// Looks at shapes under letters; beyond it nothing is found to be hidden.
    private var looks = 0
    /// Forms that are being drawn.
    private var active: Set<Int> = []

    /// Operators of one page; far more than any real page has.
    private static let mostSteps = 20_000_000
    private static let mostGlyphs = 2_000_000
    private static let mostShapes = 20_000
    private static let deepest = 24
    private static let mostTextBytes = 64 << 20
    private static let mostLooks = 50_000_000
    /// In bytes; what is longer is no text of a few letters.
    private static let longestActualText = 65_536

    init(_ file: PDFFile, fonts: PDFFontCache, matrix: PDFMatrix) {
        self.file = file
        self.fonts = fonts
        state = State(matrix: matrix)
    }

    /// - Throws: `TextualFailure` `limit_exceeded`.
    mutating func run(_ bytes: [UInt8], resources: [String: PDFObject], depth: Int = 0) throws {
        var lexer = PDFLexer(bytes)
        var operands: [PDFObject] = []
        operands.reserveCapacity(16)
        let outside = stack.count
        let fontNames = file.dictionary(resources["Font"])
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
                if operands.count >= 6 {
                    state.matrix = PDFMatrix(number(0), number(1), number(2), number(3), number(4), number(5)).then(state.matrix)
                }
            case "BT": (text, line) = (PDFMatrix(), PDFMatrix())
            case "ET": break
            case "Tf":
                if let name = operands.first?.name { state.font = fonts.font(fontNames[name], file) }
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
            case "Tj": if let bytes = operands.first?.string { show(bytes) }
            case "'":
                move(0, -state.leading)
                if let bytes = operands.first?.string { show(bytes) }
            case "\"":
                (state.wordSpace, state.letterSpace) = (number(0), number(1))
                move(0, -state.leading)
                if operands.count > 2, let bytes = operands[2].string { show(bytes) }
            case "TJ":
                for part in operands.first?.array ?? [] {
                    switch part {
                    case .string(let bytes): show(bytes)
                    case .number(let shift):
                        let distance = -shift / 1000 * state.size
                        if state.font?.isVertical == true { advance(0, distance) } else { advance(distance * state.stretch, 0) }
                    default: break
                    }
                }
            case "gs": graphics(file.dictionary(file.dictionary(resources["ExtGState"])[operands.first?.name ?? ""]))
            case "g": state.isWhite = number(0) >= 0.99
            case "rg": state.isWhite = min(number(0), number(1), number(2)) >= 0.99
            case "k": state.isWhite = max(number(0), number(1), number(2), number(3)) <= 0.01 && operands.count >= 4
            case "sc", "scn":
                let values = operands.compactMap(\.number)
                switch values.count {
                case 1: state.isWhite = values[0] >= 0.99
                case 3: state.isWhite = values.allSatisfy { $0 >= 0.99 }
                case 4: state.isWhite = values.allSatisfy { $0 <= 0.01 }
                default: state.isWhite = false
                }
            case "cs": state.isWhite = false
            case "re": rectangle(number(0), number(1), number(2), number(3))
            case "m", "l":
                let point = state.matrix.apply(number(0), number(1))
                if word == "m" {
                    path = [point]
                } else {
                    segment(to: point)
                    path = [point]
                }
            case "f", "F", "f*", "B", "B*", "b", "b*": paint(isFilled: true)
            case "S", "s": paint(isFilled: false)
            case "n": (path, rectangles) = ([], [])
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
        let actual = marks.lastIndex { $0.actual != nil }
        let isFaint = state.alpha <= 0.01
        font.each(bytes) { glyph, isSpace in
            let whole = PDFMatrix(state.size * state.stretch, 0, 0, state.size, 0, state.rise).then(text).then(state.matrix)
            let width = glyph.width
            let space = state.letterSpace + (isSpace ? state.wordSpace : 0)
            let start = whole.apply(0, 0)
            let end = font.isVertical ? whole.apply(0, -1) : whole.apply(width, 0)
            var words = glyph.text
            if let actual {
                words = marks[actual].isUsed ? "" : marks[actual].actual ?? ""
                marks[actual].isUsed = true
            } else if !glyph.isMapped {
                unmapped += 1
            }
            let size = (whole.c * whole.c + whole.d * whole.d).squareRoot()
            textBytes += words.utf8.count
            if !words.isEmpty, size > 0.01, size < 10_000, start.x.isFinite, start.y.isFinite {
                order += 1
                glyphs.append(
                    PDFGlyph(
                        x: start.x, y: start.y, endX: end.x, endY: end.y, size: size, text: words, isBold: font.isBold,
                        isHidden: state.mode == 3 || state.mode == 7 || isFaint || state.isWhite && isOnWhite(start, size),
                        isArtifact: isArtifact, order: order))
            }
            if font.isVertical {
                advance(0, -state.size + space)
            } else {
                advance((width * state.size + space) * state.stretch, 0)
            }
        }
    }

    /// Whether nothing but white was painted under a place.
    private mutating func isOnWhite(_ point: (x: Double, y: Double), _ size: Double) -> Bool {
        let y = point.y - size * 0.3
        looks += shapes.count + pictures.count
        guard looks < Self.mostLooks else { return false }
        for shape in shapes.reversed()
        where shape.box.left <= point.x && point.x <= shape.box.right && shape.box.top <= y && y <= shape.box.bottom {
            return shape.isWhite
        }
        return !pictures.contains { $0.left <= point.x && point.x <= $0.right && $0.top <= y && y <= $0.bottom }
    }

    // MARK: Graphics

    private mutating func graphics(_ values: [String: PDFObject]) {
        if let alpha = file.resolve(values["ca"]).number { state.alpha = alpha }
        if let font = file.resolve(values["Font"]).array, font.count == 2 {
            state.font = fonts.font(font[0], file)
            state.size = file.resolve(font[1]).number ?? state.size
        }
    }

    private func box(_ points: [(x: Double, y: Double)]) -> Place.Box {
        var box = Place.Box(left: points[0].x, top: points[0].y, right: points[0].x, bottom: points[0].y)
        for point in points.dropFirst() {
            box = box.union(Place.Box(left: point.x, top: point.y, right: point.x, bottom: point.y))
        }
        return box
    }

    private mutating func rectangle(_ x: Double, _ y: Double, _ width: Double, _ height: Double) {
        guard rectangles.count < Self.mostShapes else { return }
        rectangles.append(
            box([
                state.matrix.apply(x, y), state.matrix.apply(x + width, y), state.matrix.apply(x, y + height),
                state.matrix.apply(x + width, y + height),
            ]))
    }

    private mutating func segment(to point: (x: Double, y: Double)) {
        guard let last = path.last, rectangles.count < Self.mostShapes else { return }
        // Lines across and down; others rule no tables.
        if abs(last.x - point.x) < 1 || abs(last.y - point.y) < 1 { rectangles.append(box([last, point])) }
    }

    private mutating func paint(isFilled: Bool) {
        for rectangle in rectangles where shapes.count < Self.mostShapes {
            order += 1
            let isArea = rectangle.right - rectangle.left > 3 && rectangle.bottom - rectangle.top > 3
            if isFilled || !isArea {
                guard state.alpha > 0.9 else { continue }
                shapes.append(PDFShape(box: rectangle, isWhite: state.isWhite && isFilled, order: order))
            } else {
                // The border of a box.
                let r = rectangle
                for side in [
                    Place.Box(left: r.left, top: r.top, right: r.right, bottom: r.top),
                    Place.Box(left: r.left, top: r.bottom, right: r.right, bottom: r.bottom),
                    Place.Box(left: r.left, top: r.top, right: r.left, bottom: r.bottom),
                    Place.Box(left: r.right, top: r.top, right: r.right, bottom: r.bottom),
                ] { shapes.append(PDFShape(box: side, isWhite: false, order: order)) }
            }
        }
        (path, rectangles) = ([], [])
    }

    private mutating func object(_ name: String?, _ resources: [String: PDFObject], _ depth: Int) throws {
        guard let name, case .stream(let stream) = file.resolve(file.dictionary(resources["XObject"])[name]) else { return }
        switch file.resolve(stream.dictionary["Subtype"]).name {
        case "Image": picture()
        case "Form":
            guard depth < Self.deepest, active.insert(stream.range.lowerBound).inserted else { return }
            defer { active.remove(stream.range.lowerBound) }
            guard let bytes = try file.drawn(stream) else { return }
            let before = state
            if let matrix = file.resolve(stream.dictionary["Matrix"]).array?.compactMap({ file.resolve($0).number }),
                matrix.count == 6
            {
                state.matrix = PDFMatrix(matrix[0], matrix[1], matrix[2], matrix[3], matrix[4], matrix[5]).then(state.matrix)
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
        func numbers(_ name: String) -> [Double] {
            file.resolve(stream.dictionary[name]).array?.compactMap { file.resolve($0).number } ?? []
        }
        let (box, own) = (numbers("BBox"), numbers("Matrix"))
        guard box.count == 4 else { return }
        let matrix = own.count == 6 ? PDFMatrix(own[0], own[1], own[2], own[3], own[4], own[5]) : PDFMatrix()
        let around = [(box[0], box[1]), (box[2], box[1]), (box[0], box[3]), (box[2], box[3])].map { matrix.apply($0.0, $0.1) }
        let (left, right) = (around.map(\.x).min() ?? 0, around.map(\.x).max() ?? 0)
        let (bottom, top) = (around.map(\.y).min() ?? 0, around.map(\.y).max() ?? 0)
        guard right > left, top > bottom else { return }
        let (scaleX, scaleY) = (abs(corners[2] - corners[0]) / (right - left), abs(corners[3] - corners[1]) / (top - bottom))
        let fit = PDFMatrix(
            scaleX, 0, 0, scaleY, min(corners[0], corners[2]) - left * scaleX, min(corners[1], corners[3]) - bottom * scaleY)
        let before = state
        state.matrix = matrix.then(fit).then(state.matrix)
        try run(bytes, resources: file.dictionary(stream.dictionary["Resources"]), depth: 1)
        state = before
    }

    private mutating func picture() {
        guard pictures.count < Self.mostShapes else { return }
        let box = box([
            state.matrix.apply(0, 0), state.matrix.apply(1, 0), state.matrix.apply(0, 1), state.matrix.apply(1, 1),
        ])
        pictures.append(box)
        order += 1
    }

    private mutating func inlinePicture(_ lexer: inout PDFLexer) {
        // `BI` names and values, `ID` one space, data, `EI`.
        while let value = lexer.next(references: false) { if case .keyword("ID") = value { break } }
        let bytes = lexer.bytes
        var place = lexer.place + 1
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
        picture()
    }

    /// Whether text follows, and not more of a picture.
    private func looksLikeContent(_ bytes: [UInt8], _ place: Int, _ end: Int) -> Bool {
        bytes[place..<min(place + 12, end)].allSatisfy { $0 == 10 || $0 == 13 || $0 == 9 || 32...126 ~= $0 }
    }

    // MARK: Marked content

    private mutating func mark(_ operands: [PDFObject], _ resources: [String: PDFObject]) {
        guard marks.count < 1000 else { return }
        var values: [String: PDFObject] = [:]
        if operands.count > 1 {
            values =
                operands[1].name.map { file.dictionary(file.dictionary(resources["Properties"])[$0]) } ?? operands[1].dictionary
                ?? [:]
        }
        let actual = file.resolve(values["ActualText"]).string.map { PDFText.text(Array($0.prefix(Self.longestActualText))) }
        marks.append(Mark(isArtifact: operands.first?.name == "Artifact", actual: actual))
    }
}

/// Fonts are read once for all pages.
final class PDFFontCache {
    private var known: [Int: PDFFont] = [:]
    private var loads = 0

    private static let mostLoads = 10_000

    func font(_ object: PDFObject?, _ file: PDFFile) -> PDFFont? {
        if case .reference(let number)? = object {
            if let font = known[number] { return font }
            guard let dictionary = file.resolve(object).dictionary else { return nil }
            loads += 1
            guard loads < Self.mostLoads else { return nil }
            let font = PDFFont(dictionary, file)
            if known.count > 2000 { known = [:] }
            known[number] = font
            return font
        }
        // Without a number it is read anew each time.
        loads += 1
        guard loads < Self.mostLoads else { return nil }
        return object?.dictionary.map { PDFFont($0, file) }
    }
}

enum PDFText {
    /// A text string (section 7.9.2.2): UTF-16 or UTF-8 with a mark, else PDFDocEncoding, which is Latin 1 for almost all that is written.
    static func text(_ bytes: [UInt8]) -> String {
        if bytes.starts(with: [0xFE, 0xFF]) || bytes.starts(with: [0xFF, 0xFE]) {
            let isBig = bytes[0] == 0xFE
            var units: [UInt16] = []
            for place in stride(from: 2, to: bytes.count - 1, by: 2) {
                let (high, low) = isBig ? (bytes[place], bytes[place + 1]) : (bytes[place + 1], bytes[place])
                units.append(UInt16(high) << 8 | UInt16(low))
            }
            return String(decoding: units, as: UTF16.self)
        }
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { return String(decoding: bytes.dropFirst(3), as: UTF8.self) }
        var out = ""
        for byte in bytes { out.unicodeScalars.append(special[byte] ?? Unicode.Scalar(byte)) }
        return out
    }

    private static let special: [UInt8: Unicode.Scalar] = [
        0x80: "•", 0x81: "†", 0x82: "‡", 0x83: "…", 0x84: "—", 0x85: "–", 0x86: "ƒ", 0x87: "⁄", 0x88: "‹", 0x89: "›", 0x8A: "−",
        0x8B: "‰",
        0x8C: "„", 0x8D: "“", 0x8E: "”", 0x8F: "‘", 0x90: "’", 0x91: "‚", 0x92: "™", 0x93: "ﬁ", 0x94: "ﬂ", 0x95: "Ł", 0x96: "Œ",
        0x97: "Š",
        0x98: "Ÿ", 0x99: "Ž", 0x9A: "ı", 0x9B: "ł", 0x9C: "œ", 0x9D: "š", 0x9E: "ž", 0xA0: "€",
    ]
}
