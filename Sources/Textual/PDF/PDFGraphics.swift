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

    init?(_ values: [Double]) {
        guard values.count == 6 else { return nil }
        self.init(values[0], values[1], values[2], values[3], values[4], values[5])
    }

    /// This one first, then the other.
    func then(_ other: PDFMatrix) -> PDFMatrix {
        PDFMatrix(
            a * other.a + b * other.c, a * other.b + b * other.d, c * other.a + d * other.c, c * other.b + d * other.d,
            e * other.a + f * other.c + other.e, e * other.b + f * other.d + other.f)
    }

    func apply(_ x: Double, _ y: Double) -> (x: Double, y: Double) { (a * x + c * y + e, b * x + d * y + f) }

    /// The rectangle around a rectangle that is given by two of its corners; nil for anything else.
    func box(_ corners: [Double]) -> Place.Box? {
        guard corners.count == 4 else { return nil }
        let (left, bottom, right, top) = (corners[0], corners[1], corners[2], corners[3])
        return Place.Box(around: [apply(left, bottom), apply(right, bottom), apply(left, top), apply(right, top)])
    }
}

extension Place.Box {
    init(around points: [(x: Double, y: Double)]) {
        self.init(left: .infinity, top: .infinity, right: -.infinity, bottom: -.infinity)
        for point in points {
            (left, right) = (Swift.min(left, point.x), Swift.max(right, point.x))
            (top, bottom) = (Swift.min(top, point.y), Swift.max(bottom, point.y))
        }
    }

    var width: Double { right - left }
    var height: Double { bottom - top }

    func holds(_ point: (x: Double, y: Double), margin: Double = 0) -> Bool {
        left - margin <= point.x && point.x <= right + margin && top - margin <= point.y && point.y <= bottom + margin
    }

    /// What both cover; nil where that is nothing.
    func common(_ other: Place.Box) -> Place.Box? {
        let both = Place.Box(
            left: Swift.max(left, other.left), top: Swift.max(top, other.top), right: Swift.min(right, other.right),
            bottom: Swift.min(bottom, other.bottom))
        return both.left <= both.right && both.top <= both.bottom ? both : nil
    }
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
    /// Of a font whose letters are as wide as each other.
    var isFixed: Bool
    var isHidden: Bool
    /// Marked as no part of the text, such as a page number.
    var isArtifact: Bool
    /// The order of painting.
    var order: Int

    /// A point inside of the letter: half way along its baseline, and a little above it.
    var middle: (x: Double, y: Double) {
        let (dx, dy) = (endX - x, endY - y)
        // Almost all letters stand upright.
        if dy == 0 { return (x + dx / 2, dx < 0 ? y + size * 0.3 : y - size * 0.3) }
        let length = (dx * dx + dy * dy).squareRoot()
        let rise = size * 0.3
        guard length > 0 else { return (x, y - rise) }
        return (x + dx / 2 + dy / length * rise, y + dy / 2 - dx / length * rise)
    }
}

/// What was painted on a page besides letters.
struct PDFShape {
    enum Kind { case area, rule, picture }

    var kind: Kind
    var box: Place.Box
    /// Nil for a pattern and for a picture.
    var color: PDFColor?
    /// Nothing below it is to be seen.
    var isOpaque: Bool
    /// The order of painting.
    var order: Int
}

/// A colour as screens show it, from 0 to 1.
struct PDFColor: Equatable {
    var red: Double
    var green: Double
    var blue: Double

    static let black = PDFColor(gray: 0)
    static let white = PDFColor(gray: 1)

    init(gray: Double) { (red, green, blue) = (gray, gray, gray) }

    init(_ red: Double, _ green: Double, _ blue: Double) { (self.red, self.green, self.blue) = (red, green, blue) }

    init(cyan: Double, magenta: Double, yellow: Double, black: Double) {
        (red, green, blue) = ((1 - cyan) * (1 - black), (1 - magenta) * (1 - black), (1 - yellow) * (1 - black))
    }

    /// Whether people can not tell them from each other.
    func isLike(_ other: PDFColor) -> Bool {
        abs(red - other.red) < 0.03 && abs(green - other.green) < 0.03 && abs(blue - other.blue) < 0.03
    }

    /// What the numbers of an operator mean in a colour space (section 8.6); nil for what is no plain colour.
    enum Space {
        case gray, rgb, cmyk
        /// Of one ink: 0 is the paper.
        case tint
        case unknown

        init(_ object: PDFObject, _ file: PDFFile) {
            let value = file.resolve(object)
            let parts = value.array ?? [value]
            switch parts.first.flatMap({ file.resolve($0).name }) {
            case "DeviceGray", "CalGray", "G": self = .gray
            case "DeviceRGB", "CalRGB", "RGB": self = .rgb
            case "DeviceCMYK", "CMYK": self = .cmyk
            case "Separation": self = .tint
            case "ICCBased":
                switch parts.count > 1 ? file.resolve(file.dictionary(parts[1])["N"]).int : nil {
                case 1: self = .gray
                case 3: self = .rgb
                case 4: self = .cmyk
                default: self = .unknown
                }
            default: self = .unknown
            }
        }

        /// The colour with which it begins.
        var first: PDFColor? { if case .unknown = self { nil } else { .black } }

        func color(_ values: [Double]) -> PDFColor? {
            switch (self, values.count) {
            case (.gray, 1): PDFColor(gray: values[0])
            case (.tint, 1): PDFColor(gray: 1 - values[0])
            case (.rgb, 3): PDFColor(values[0], values[1], values[2])
            case (.cmyk, 4): PDFColor(cyan: values[0], magenta: values[1], yellow: values[2], black: values[3])
            default: nil
            }
        }
    }
}

/// Layers (optional content, section 8.11): which are switched off when a file is opened.
struct PDFLayers {
    private let off: Set<Int>
    private let on: Set<Int>
    private let isOffUnlessOn: Bool

    init(_ file: PDFFile) {
        let layers = file.dictionary(file.catalog?["OCProperties"])
        let config = file.dictionary(layers["D"])
        func numbers(_ name: String) -> Set<Int> {
            var numbers: Set<Int> = []
            for value in (file.resolve(config[name]).array ?? []).prefix(10_000) {
                if case .reference(let number) = value { numbers.insert(number) }
            }
            return numbers
        }
        (off, on) = (numbers("OFF"), numbers("ON"))
        isOffUnlessOn = file.resolve(config["BaseState"]).name == "OFF"
    }

    /// Whether what belongs to a layer, or to several, is not shown.
    func isHidden(_ object: PDFObject?, _ file: PDFFile) -> Bool {
        guard let object, !off.isEmpty || isOffUnlessOn else { return false }
        let values = file.dictionary(object)
        guard values["Type"]?.name == "OCMD" else { return isOff(object) }
        let named = file.resolve(values["OCGs"]).array ?? (values["OCGs"].map { [$0] } ?? [])
        guard !named.isEmpty else { return false }
        let hidden = named.prefix(100).map(isOff)
        return switch file.resolve(values["P"]).name {
        case "AllOn": hidden.contains(true)
        case "AnyOff": !hidden.contains(true)
        case "AllOff": hidden.contains(false)
        default: !hidden.contains(false)
        }
    }

    private func isOff(_ object: PDFObject) -> Bool {
        guard case .reference(let number) = object else { return false }
        return off.contains(number) || isOffUnlessOn && !on.contains(number)
    }
}
