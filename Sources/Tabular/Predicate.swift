import Foundation

extension Filter {
    /// Refuses what can be known to be wrong before any data is read.
    ///
    /// - Returns: instructions of its pattern, 0 without one.
    /// - Throws: `InvalidStep` for `field`.
    @discardableResult
    func check(at field: String) throws -> Int {
        switch comparison {
        case .regex:
            return try values.reduce(0) { sum, value in
                sum + (try Pattern(value.text, isCaseSensitive: isCaseSensitive, field: field).instructions.count)
            }
        case .gt, .gte, .lt, .lte, .between:
            if values.contains(where: \.isTruth) {
                throw InvalidStep(field: field, message: "\(comparison.rawValue) compares numbers or texts, not truth values.")
            }
        case .eq, .ne, .contains, .startsWith, .endsWith, .in, .notIn, .isNull, .notNull:
            break
        }
        return 0
    }
}

extension Operand {
    /// The operand as the text that cells are compared with.
    var text: String {
        switch self {
        case .text(let text): text
        case .number(let digits): digits
        case .truth(let truth): truth ? "true" : "false"
        }
    }

    var isTruth: Bool {
        if case .truth = self { true } else { false }
    }
}

/// A filter made ready for one thread.
final class Predicate {
    private enum Test {
        case isNull, notNull
        case equal(Value), unequal(Value)
        case among(Values), notAmong(Values)
        /// Numbers: lowest and highest, and whether each may be met.
        case numbers(Bounds<Spelled.Number>)
        case texts(Bounds<ByteBuffer>)
        case contains(ByteBuffer), containsLong(LongText), starts(ByteBuffer), ends(ByteBuffer)
        case pattern(PatternMatcher)
    }

    private enum Value {
        case text(ByteBuffer)
        case number(Spelled.Number)
        case truth(Bool)
    }

    private struct Bounds<Bound> {
        var low: Bound?
        var high: Bound?
        var includesLow = true
        var includesHigh = true
    }

    /// A list, by hash: what a cell costs does not grow with the list.
    private struct Values {
        /// Texts by their bytes. A set of strings would normalise each cell, in time that grows with the square of its combining marks.
        var texts: Set<[UInt8]> = []
        var lengths: Set<Int> = []
        var few: [ByteBuffer] = []
        /// Integers compare exactly with integers, and as doubles with doubles.
        var integers: Set<Int64> = []
        var integersAsDoubles: Set<Double> = []
        var doubles: Set<Double> = []
        var truths: Set<Bool> = []

        mutating func insert(_ number: Spelled.Number) {
            switch number {
            case .integer(let value):
                integers.insert(value)
                integersAsDoubles.insert(Double(value))
            case .double(let value): doubles.insert(value)
            }
        }

        func contains(_ number: Spelled.Number) -> Bool {
            switch number {
            case .integer(let value): integers.contains(value) || doubles.contains(Double(value))
            case .double(let value): doubles.contains(value) || integersAsDoubles.contains(value)
            }
        }
    }

    /// Bytes of a text up to which it is looked for at each place. That costs the product of both lengths, so it must be short.
    private static let shortPart = 32
    /// Texts in a list up to which comparing them one by one beats hashing.
    private static let fewTexts = 16

    /// Instructions of its pattern, 0 without one.
    let patternInstructions: Int
    private let test: Test
    private let folding: Bool
    private let folded = ByteBuffer(capacity: 256)

    /// - Throws: `InvalidStep`, for a filter that `check` would have refused.
    init(_ filter: Filter) throws {
        folding = !filter.isCaseSensitive && filter.comparison != .regex
        let isFolding = folding
        func bytes(_ operand: Operand) -> ByteBuffer {
            let buffer = ByteBuffer(capacity: operand.text.utf8.count)
            buffer.append(isFolding ? operand.text.lowercased() : operand.text)
            return buffer
        }
        func value(_ operand: Operand) -> Value {
            switch operand {
            case .text: .text(bytes(operand))
            case .truth(let truth): .truth(truth)
            case .number(let digits): Predicate.number(digits).map { .number($0) } ?? .text(bytes(operand))
            }
        }
        func first() throws -> Operand {
            guard let first = filter.values.first else {
                throw InvalidStep(field: "filter", message: "\(filter.comparison.rawValue) needs a value.")
            }
            return first
        }
        func bounded(_ low: Operand?, _ high: Operand?, strict: Bool) -> Test {
            let numbers = [low, high].compactMap { $0 }.compactMap { Predicate.number($0.text) }
            if numbers.count == [low, high].compactMap({ $0 }).count {
                return .numbers(
                    Bounds(
                        low: low.flatMap { Predicate.number($0.text) }, high: high.flatMap { Predicate.number($0.text) },
                        includesLow: !strict, includesHigh: !strict))
            }
            return .texts(Bounds(low: low.map(bytes), high: high.map(bytes), includesLow: !strict, includesHigh: !strict))
        }
        var instructions = 0
        func pattern(_ operand: Operand) throws -> Pattern {
            let pattern = try Pattern(operand.text, isCaseSensitive: filter.isCaseSensitive, field: "filter")
            instructions = pattern.instructions.count
            return pattern
        }
        func values() -> Values {
            var values = Values()
            for operand in filter.values {
                switch value(operand) {
                case .text(let buffer):
                    values.texts.insert(Array(buffer.bytes))
                    values.lengths.insert(buffer.count)
                    values.few.append(buffer)
                case .number(let number): values.insert(number)
                case .truth(let truth): values.truths.insert(truth)
                }
            }
            if values.few.count > Predicate.fewTexts { values.few = [] } else { values.texts = [] }
            return values
        }
        test =
            switch filter.comparison {
            case .isNull: .isNull
            case .notNull: .notNull
            case .eq: .equal(value(try first()))
            case .ne: .unequal(value(try first()))
            case .in: .among(values())
            case .notIn: .notAmong(values())
            case .gt: bounded(try first(), nil, strict: true)
            case .gte: bounded(try first(), nil, strict: false)
            case .lt: bounded(nil, try first(), strict: true)
            case .lte: bounded(nil, try first(), strict: false)
            case .between: bounded(try first(), filter.values.last, strict: false)
            case .contains: Predicate.contains(bytes(try first()))
            case .startsWith: .starts(bytes(try first()))
            case .endsWith: .ends(bytes(try first()))
            case .regex:
                .pattern(PatternMatcher(try pattern(first())))
            }
        patternInstructions = instructions
    }

    private static func number(_ text: String) -> Spelled.Number? {
        var text = text
        return text.withUTF8 { bytes in bytes.baseAddress.flatMap { Spelled.looseNumber($0, bytes.count) } }
    }

    /// Whether the row with this cell is let through. Null matches `is_null` only.
    func matches(_ given: Cell) -> Bool {
        if given.kind == .null {
            if case .isNull = test { return true }
            return false
        }
        let cell = folding ? fold(given) : given
        switch test {
        case .isNull: return false
        case .notNull: return true
        case .equal(let value): return Predicate.equals(cell, value) == true
        case .unequal(let value): return Predicate.equals(cell, value) == false
        case .among(let values): return Predicate.isAmong(cell, values)
        case .notAmong(let values): return !Predicate.isAmong(cell, values)
        case .numbers(let bounds):
            guard let number = Spelled.looseNumber(cell.base, cell.count) else { return false }
            return Predicate.isWithin(bounds) { number.compared(to: $0) }
        case .texts(let bounds):
            return Predicate.isWithin(bounds) { Predicate.compare(cell, $0) }
        case .contains(let part):
            return Predicate.contains(cell, part)
        case .containsLong(let text):
            return text.isIn(cell.base, cell.count)
        case .starts(let part):
            return cell.count >= part.count && memcmp(cell.base, part.base, part.count) == 0
        case .ends(let part):
            return cell.count >= part.count && memcmp(cell.base + (cell.count - part.count), part.base, part.count) == 0
        case .pattern(let matcher):
            return matcher.matches(cell.base, cell.count)
        }
    }

    /// Nil when the cell is not of the kind that the value compares with: then neither `eq` nor `ne` is true.
    @inline(__always)
    private static func equals(_ cell: Cell, _ value: Value) -> Bool? {
        switch value {
        case .text(let text): cell.equals(text.base, text.count)
        case .number(let number): Spelled.looseNumber(cell.base, cell.count).map { $0.compared(to: number) == 0 }
        case .truth(let truth): Spelled.boolean(cell.base, cell.count).map { $0 == truth }
        }
    }

    private static func isAmong(_ cell: Cell, _ values: Values) -> Bool {
        for text in values.few where cell.equals(text.base, text.count) { return true }
        if !values.texts.isEmpty, values.lengths.contains(cell.count),
            values.texts.contains(Array(UnsafeBufferPointer(start: cell.base, count: cell.count)))
        {
            return true
        }
        if !values.integers.isEmpty || !values.doubles.isEmpty, let number = Spelled.looseNumber(cell.base, cell.count),
            values.contains(number)
        {
            return true
        }
        if !values.truths.isEmpty, let truth = Spelled.boolean(cell.base, cell.count) { return values.truths.contains(truth) }
        return false
    }

    @inline(__always)
    private static func isWithin<Bound>(_ bounds: Bounds<Bound>, _ compare: (Bound) -> Int) -> Bool {
        if let low = bounds.low {
            let order = compare(low)
            guard order > 0 || (order == 0 && bounds.includesLow) else { return false }
        }
        if let high = bounds.high {
            let order = compare(high)
            guard order < 0 || (order == 0 && bounds.includesHigh) else { return false }
        }
        return true
    }

    private static func contains(_ part: ByteBuffer) -> Test {
        part.count > shortPart ? .containsLong(LongText(part)) : .contains(part)
    }

    private static func contains(_ cell: Cell, _ part: ByteBuffer) -> Bool {
        guard part.count > 0 else { return true }
        var start = cell.base
        var left = cell.count - part.count + 1
        while left > 0, let found = memchr(start, Int32(part.base[0]), left) {
            let place = UnsafePointer(found.assumingMemoryBound(to: UInt8.self))
            if memcmp(place, part.base, part.count) == 0 { return true }
            left -= place - start + 1
            start = place + 1
        }
        return false
    }

    private static func compare(_ cell: Cell, _ bytes: ByteBuffer) -> Int {
        let order = Int(memcmp(cell.base, bytes.base, min(cell.count, bytes.count)))
        return order != 0 ? order : cell.count - bytes.count
    }

    /// The cell in lower case; ASCII is folded in place, other text by Unicode's rules.
    private func fold(_ cell: Cell) -> Cell {
        folded.count = 0
        if UTF8Text.skipASCII(cell.base, 0, cell.count) == cell.count {
            folded.reserve(cell.count)
            for i in 0..<cell.count {
                let byte = cell.base[i]
                folded.base[i] = byte &- 0x41 < 26 ? byte | 0x20 : byte
            }
            folded.count = cell.count
        } else {
            folded.append(cell.string.lowercased())
        }
        return Cell(base: UnsafePointer(folded.base), count: folded.count, kind: cell.kind, isInBlock: false)
    }
}

/// A text that is looked for in time linear in its length and that of the cell (Knuth, Morris and Pratt).
private final class LongText {
    private let text: ByteBuffer
    /// For each prefix of the text, the length of its longest proper prefix that also ends it.
    private let borders: Slab<Int32>

    init(_ text: ByteBuffer) {
        self.text = text
        let borders = Slab<Int32>(capacity: text.count)
        var length = 0
        borders.base[0] = 0
        for i in 1..<text.count {
            while length > 0, text.base[i] != text.base[length] { length = Int(borders.base[length - 1]) }
            if text.base[i] == text.base[length] { length += 1 }
            borders.base[i] = Int32(length)
        }
        self.borders = borders
    }

    func isIn(_ base: UnsafePointer<UInt8>, _ count: Int) -> Bool {
        let (wanted, borders) = (text.base, borders.base)
        var length = 0
        for i in 0..<count {
            while length > 0, base[i] != wanted[length] { length = Int(borders[length - 1]) }
            if base[i] == wanted[length] { length += 1 }
            if length == text.count { return true }
        }
        return false
    }
}
