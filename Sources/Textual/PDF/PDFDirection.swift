import Foundation

/// How a line of text lies on the page.
struct PDFDirection: Hashable {
    /// Clockwise, from 0 to below 360; what differs by less than half a degree is one direction.
    let degrees: Double
    private let cosine: Double
    private let sine: Double

    init(degrees: Double) {
        self.degrees = degrees
        // Without a rest where they are whole.
        (cosine, sine) =
            switch degrees {
            case 0: (1, 0)
            case 90: (0, 1)
            case 180: (-1, 0)
            case 270: (0, -1)
            default: (cos(degrees * .pi / 180), sin(degrees * .pi / 180))
            }
    }

    init(_ glyph: PDFGlyph) {
        let (dx, dy) = (glyph.endX - glyph.x, glyph.endY - glyph.y)
        guard abs(dy) > abs(dx) * 0.009 || dx < 0 else {
            self.init(degrees: 0)
            return
        }
        let degrees = atan2(dy, dx) * 180 / .pi
        let quarter = (degrees / 90).rounded() * 90
        let near = abs(degrees - quarter) < 0.5 ? quarter : degrees.rounded()
        self.init(degrees: near < 0 ? near + 360 : near)
    }

    var isQuarter: Bool { degrees.truncatingRemainder(dividingBy: 90) == 0 }

    static func == (a: Self, b: Self) -> Bool { a.degrees == b.degrees }

    func hash(into hasher: inout Hasher) { hasher.combine(degrees) }

    private func turned(_ x: Double, _ y: Double) -> (x: Double, y: Double) { (x * cosine + y * sine, y * cosine - x * sine) }

    func upright(_ glyph: PDFGlyph) -> PDFGlyph {
        var glyph = glyph
        (glyph.x, glyph.y) = turned(glyph.x, glyph.y)
        (glyph.endX, glyph.endY) = turned(glyph.endX, glyph.endY)
        return glyph
    }

    func upright(_ box: Place.Box) -> Place.Box {
        Place.Box(around: [turned(box.left, box.top), turned(box.right, box.bottom)])
    }

    /// The box around a box of upright text where it lies on the page.
    func back(_ box: Place.Box) -> Place.Box {
        let back = Self(cosine: cosine, sine: -sine)
        return Place.Box(
            around: [(box.left, box.top), (box.right, box.top), (box.left, box.bottom), (box.right, box.bottom)]
                .map(back.turned))
    }

    private init(cosine: Double, sine: Double) { (degrees, self.cosine, self.sine) = (0, cosine, sine) }
}
