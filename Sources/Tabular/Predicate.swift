import Foundation

extension Filter {
    /// Refuses what can be known to be wrong before any data is read.
    ///
    /// - Throws: `InvalidStep` for `field`.
    func check(at field: String) throws {
        switch comparison {
        case .regex:
            for value in values { _ = try Pattern(value.text, isCaseSensitive: isCaseSensitive, field: field) }
        case .gt, .gte, .lt, .lte, .between:
            if values.contains(where: \.isTruth) {
                throw InvalidStep(field: field, message: "\(comparison.rawValue) compares numbers or texts, not truth values.")
            }
        case .eq, .ne, .contains, .startsWith, .endsWith, .in, .notIn, .isNull, .notNull:
            break
        }
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
        case contains(ByteBuffer), starts(ByteBuffer), ends(ByteBuffer)
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

    /// A list: texts by hash, numbers and truth values one by one.
    private struct Values {
        var texts: Set<String> = []
        var lengths: Set<Int> = []
        var few: [ByteBuffer] = []
        var others: [Value] = []
    }

    /// Texts in a list up to which comparing them one by one beats hashing.
    private static let fewTexts = 16

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
        func values() -> Values {
            var values = Values()
            for operand in filter.values {
                switch value(operand) {
                case .text(let buffer):
                    values.texts.insert(String(decoding: buffer.bytes, as: UTF8.self))
                    values.lengths.insert(buffer.count)
                    values.few.append(buffer)
                case let other: values.others.append(other)
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
            case .contains: .contains(bytes(try first()))
            case .startsWith: .starts(bytes(try first()))
            case .endsWith: .ends(bytes(try first()))
            case .regex:
                .pattern(
                    PatternMatcher(
                        try Pattern(try first().text, isCaseSensitive: filter.isCaseSensitive, field: "filter")))
            }
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
        if !values.texts.isEmpty, values.lengths.contains(cell.count), values.texts.contains(cell.string) { return true }
        for value in values.others where equals(cell, value) == true { return true }
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
