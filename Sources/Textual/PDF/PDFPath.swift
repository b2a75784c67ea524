/// Rectangles and straight lines of a path; of others just the box that is around them.
struct PDFPath {
    var areas: [Place.Box] = []
    var rules: [Place.Box] = []
    /// Around all of it.
    var box: Place.Box?
    /// It cuts off what is painted behind it.
    var isClip = false
    /// Of the part that is being drawn; empty where it has curves.
    private var points: [(x: Double, y: Double)] = []
    private var start = (x: 0.0, y: 0.0)
    private var last = (x: 0.0, y: 0.0)
    private var isStraight = true

    private static let mostShapes = 20_000

    private mutating func reach(_ points: [(x: Double, y: Double)]) {
        let own = Place.Box(around: points)
        box = box.map { $0.union(own) } ?? own
    }

    mutating func rectangle(_ x: Double, _ y: Double, _ width: Double, _ height: Double, _ matrix: PDFMatrix) {
        finish()
        guard areas.count < Self.mostShapes, let area = matrix.box([x, y, x + width, y + height]) else { return }
        areas.append(area)
        box = box.map { $0.union(area) } ?? area
    }

    mutating func move(_ point: (x: Double, y: Double)) {
        finish()
        (start, last, points, isStraight) = (point, point, [point], true)
    }

    mutating func line(_ point: (x: Double, y: Double)) {
        if points.isEmpty { points = [last] }
        if points.count < 1000 { points.append(point) } else { isStraight = false }
        reach([last, point])
        // Lines across and down; others rule no tables.
        if rules.count < Self.mostShapes, abs(last.x - point.x) < 1 || abs(last.y - point.y) < 1 {
            rules.append(Place.Box(around: [last, point]))
        }
        last = point
    }

    mutating func curve(_ points: [(x: Double, y: Double)]) {
        reach([last] + points)
        last = points[points.count - 1]
        isStraight = false
    }

    mutating func close() {
        if points.count > 1, last.x != start.x || last.y != start.y { line(start) }
        finish()
        (last, points) = (start, [start])
    }

    /// Four lines across and down are a rectangle.
    mutating func finish() {
        defer { (points, isStraight) = ([], true) }
        guard isStraight, 4...5 ~= points.count, areas.count < Self.mostShapes else { return }
        let around = points + [points[0]]
        let isLevel = zip(around, around.dropFirst()).allSatisfy { abs($0.x - $1.x) < 0.1 || abs($0.y - $1.y) < 0.1 }
        if isLevel {
            areas.append(Place.Box(around: points))
            rules.removeLast(min(rules.count, points.count - 1))
        }
    }
}
