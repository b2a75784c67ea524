/// The square on which a QR code is drawn (sections 6.3, 7.7 to 7.10).
struct QRCanvas {
    private let width: Int
    private var isDark: [Bool]
    /// Finders, timing, alignment, format and version: what no mask may touch.
    private var isFixed: [Bool]

    init(_ version: QRVersion, codewords: [UInt8]) {
        width = version.width
        isDark = [Bool](repeating: false, count: width * width)
        isFixed = isDark
        drawPatterns(version)
        drawFormat(0)
        draw(codewords)
    }

    var rows: [[Bool]] { (0..<width).map { y in Array(isDark[y * width..<(y + 1) * width]) } }

    func masked(_ mask: Int, _ correction: QRCode.Correction) -> QRCanvas {
        var copy = self
        for y in 0..<width {
            for x in 0..<width where !isFixed[y * width + x] && Self.inverts(mask, x, y) { copy.isDark[y * width + x].toggle() }
        }
        // Section 7.9.1 numbers the corrections in an order of its own.
        copy.drawFormat([1, 0, 3, 2][correction.rawValue] << 3 | mask)
        return copy
    }

    private mutating func fix(_ x: Int, _ y: Int, _ dark: Bool) {
        guard (0..<width).contains(x), (0..<width).contains(y) else { return }
        isDark[y * width + x] = dark
        isFixed[y * width + x] = true
    }

    // MARK: Patterns

    private mutating func drawPatterns(_ version: QRVersion) {
        for index in 0..<width {
            fix(index, 6, index % 2 == 0)
            fix(6, index, index % 2 == 0)
        }
        for (x, y) in [(3, 3), (width - 4, 3), (3, width - 4)] {
            // A finder with its white border: rings around the middle.
            for (dx, dy) in Self.square(4) {
                let ring = max(abs(dx), abs(dy))
                fix(x + dx, y + dy, ring != 2 && ring != 4)
            }
        }
        let centres = version.alignments
        for y in centres {
            for x in centres where !isInFinder(x, y) {
                for (dx, dy) in Self.square(2) { fix(x + dx, y + dy, max(abs(dx), abs(dy)) != 1) }
            }
        }
        if version.number >= 7 { drawVersion(version.number) }
    }

    private static func square(_ radius: Int) -> [(Int, Int)] {
        (-radius...radius).flatMap { y in (-radius...radius).map { x in (x, y) } }
    }

    private func isInFinder(_ x: Int, _ y: Int) -> Bool {
        (x == 6 && (y == 6 || y == width - 7)) || (x == width - 7 && y == 6)
    }

    /// Fifteen bits, twice: around the first finder, and shared by the other two.
    private mutating func drawFormat(_ data: Int) {
        let bits = (data << 10 | Self.check(data, degree: 10, 0x537)) ^ 0x5412
        for index in 0..<15 {
            let dark = bits >> index & 1 == 1
            switch index {
            case 0..<6: fix(8, index, dark)
            case 6, 7: fix(8, index + 1, dark)
            case 8: fix(7, 8, dark)
            default: fix(14 - index, 8, dark)
            }
            if index < 8 { fix(width - 1 - index, 8, dark) } else { fix(8, width - 15 + index, dark) }
        }
        fix(8, width - 8, true)
    }

    /// Eighteen bits, twice: beside the two outer finders.
    private mutating func drawVersion(_ number: Int) {
        let bits = number << 12 | Self.check(number, degree: 12, 0x1F25)
        for index in 0..<18 {
            let dark = bits >> index & 1 == 1
            fix(width - 11 + index % 3, index / 3, dark)
            fix(index / 3, width - 11 + index % 3, dark)
        }
    }

    /// The check bits of a BCH code (annexes C and D).
    private static func check(_ data: Int, degree: Int, _ generator: Int) -> Int {
        (0..<degree).reduce(data) { rest, _ in rest << 1 ^ (rest >> (degree - 1)) * generator }
    }

    // MARK: Data

    /// Up and down in columns of two from the right, around what is fixed, and past the upright timing line.
    private mutating func draw(_ codewords: [UInt8]) {
        var index = 0
        for (turn, right) in (Array(stride(from: width - 1, to: 6, by: -2)) + [5, 3, 1]).enumerated() {
            for step in 0..<width {
                let y = turn % 2 == 0 ? width - 1 - step : step
                for x in [right, right - 1] where !isFixed[y * width + x] && index < codewords.count * 8 {
                    isDark[y * width + x] = codewords[index / 8] >> UInt8(7 - index % 8) & 1 == 1
                    index += 1
                }
            }
        }
    }

    private static func inverts(_ mask: Int, _ x: Int, _ y: Int) -> Bool {
        switch mask {
        case 0: (x + y) % 2 == 0
        case 1: y % 2 == 0
        case 2: x % 3 == 0
        case 3: (x + y) % 3 == 0
        case 4: (x / 3 + y / 2) % 2 == 0
        case 5: x * y % 2 + x * y % 3 == 0
        case 6: (x * y % 2 + x * y % 3) % 2 == 0
        default: ((x + y) % 2 + x * y % 3) % 2 == 0
        }
    }

    // MARK: Penalty

    /// How hard the symbol is to read (section 7.8.3): runs, blocks, false finders, and too much of one colour.
    var penalty: Int {
        let across = rows
        let down = (0..<width).map { x in across.map { $0[x] } }
        let lines = across + down
        return lines.reduce(0) { $0 + Self.runs($1) + Self.falseFinders($1) } + blocks(across) + imbalance
    }

    private static func runs(_ line: [Bool]) -> Int {
        var (penalty, length) = (0, 0)
        for (index, dark) in line.enumerated() {
            length = index > 0 && line[index - 1] == dark ? length + 1 : 1
            if length == 5 { penalty += 3 } else if length > 5 { penalty += 1 }
        }
        return penalty
    }

    private func blocks(_ rows: [[Bool]]) -> Int {
        var penalty = 0
        for y in 1..<width {
            for x in 1..<width {
                let dark = rows[y][x]
                if rows[y][x - 1] == dark && rows[y - 1][x] == dark && rows[y - 1][x - 1] == dark { penalty += 3 }
            }
        }
        return penalty
    }

    /// 1:1:3:1:1 with four light modules before or after; the quiet zone is light.
    private static func falseFinders(_ line: [Bool]) -> Int {
        let quiet = [Bool](repeating: false, count: 4)
        var (window, penalty) = (0, 0)
        for (index, dark) in (quiet + line + quiet).enumerated() {
            window = (window << 1 | (dark ? 1 : 0)) & 0x7FFF
            let (before, middle, after) = (window >> 11, window >> 4 & 0x7F, window & 0xF)
            if index >= 14 && middle == 0b101_1101 && (before == 0 || after == 0) { penalty += 40 }
        }
        return penalty
    }

    private var imbalance: Int {
        let dark = isDark.count { $0 }
        return abs(dark * 20 - isDark.count * 10) / isDark.count * 10
    }
}
