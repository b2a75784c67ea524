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
        case numbers(Bounds<Exact>)
        case moments(Bounds<Moment>)
        /// A moment that is also looked for as it is written.
        case equalMoment(ByteBuffer, Moment), unequalMoment(ByteBuffer, Moment)
        /// The same for a number.
        case equalNumber(ByteBuffer, Exact), unequalNumber(ByteBuffer, Exact)
        case texts(Bounds<ByteBuffer>)
        case contains(ByteBuffer), containsLong(LongText), starts(ByteBuffer), ends(ByteBuffer)
        case pattern(PatternMatcher)
    }

    private enum Value {
        case text(ByteBuffer)
        case number(Exact)
        case truth(Bool)
    }

    /// A number, and its digits for where doubles are not enough.
    private struct Exact {
        var number: ScalarParser.Number
        var text: ByteBuffer

        /// How a cell that spells the number `cell` compares.
        @inline(__always)
        func order(of number: ScalarParser.Number, _ p: UnsafePointer<UInt8>, _ n: Int) -> Int {
            let order = number.compared(to: self.number)
            guard order == 0 else { return order }
            if case .integer = number, case .integer = self.number { return 0 }
            return n > Exact.exactDigits || text.count > Exact.exactDigits ? ExactNumber.compare(p, n, text.base, text.count) : 0
        }

        static let exactDigits = 15
    }

    /// A day covers all its moments; other moments are microseconds. One without a zone counts as UTC.
    private enum Moment {
        case day(Int32)
        case micros(Int64)
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
        /// What texts spell, for columns of numbers and of moments.
        var numbers: [Exact] = []
        var moments: [Moment] = []
        /// Integers compare exactly with integers, and as doubles with doubles.
        /// Numbers with more digits than a double keeps.
        var long: [Exact] = []
        var integers: Set<Int64> = []
        var integersAsDoubles: Set<Double> = []
        var doubles: Set<Double> = []
        var truths: Set<Bool> = []

        mutating func insert(_ exact: Exact) {
            let number = exact.number
            if case .double = number, exact.text.count > Exact.exactDigits {
                long.append(exact)
                return
            }
            switch number {
            case .integer(let value):
                integers.insert(value)
                integersAsDoubles.insert(Double(value))
            case .double(let value): doubles.insert(value)
            }
        }

        func contains(_ number: ScalarParser.Number) -> Bool {
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
    /// Cells that are no number or no moment where one is compared.
    private(set) var incomparable: Int64 = 0
    /// Whether a cell was met that could show that the column is to be read in another way.
    private(set) var isReadingDoubtful = false
    /// How the cells that are met are typed, where that could change how the column is read.
    private(set) var evidence: Evidence = []
    /// What is looked for: nothing in a column that is known to be text, or all of whose cells have been looked at.
    private let watch: Watch

    enum Watch {
        case nothing
        /// Words for null, and cells that can not be compared: what could be read in another way where all is plain so far.
        case unusual
        /// All cells, where words for null, decimal commas or other dates have been seen.
        case all(TypeRules)
    }
    /// How the cells of the column are read, as some places of the file show; nil where that was not looked at.
    private let reading: ColumnReading?
    private let folding: Bool
    private let folded = ByteBuffer(capacity: 256)

    /// - Throws: `InvalidStep`, for a filter that `check` would have refused.
    init(_ filter: Filter, _ reading: ColumnReading? = nil, watch: Watch = .nothing) throws {
        self.reading = reading
        self.watch = watch
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
            case .number(let digits): Predicate.exact(digits).map { .number($0) } ?? .text(bytes(operand))
            }
        }
        func first() throws -> Operand {
            guard let first = filter.values.first else {
                throw InvalidStep(field: "filter", message: "\(filter.comparison.rawValue) needs a value.")
            }
            return first
        }
        func bounded(_ low: Operand?, _ high: Operand?, strict: Bool) -> Test {
            let given = [low, high].compactMap { $0 }
            if given.allSatisfy({ Predicate.exact($0.text) != nil }) {
                return .numbers(
                    Bounds(
                        low: low.flatMap { Predicate.exact($0.text) }, high: high.flatMap { Predicate.exact($0.text) },
                        includesLow: !strict, includesHigh: !strict))
            }
            if given.allSatisfy({ Predicate.moment($0.text) != nil }) {
                return .moments(
                    Bounds(
                        low: low.flatMap { Predicate.moment($0.text) }, high: high.flatMap { Predicate.moment($0.text) },
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
                    if let number = Predicate.strict(operand.text) { values.numbers.append(number) }
                    if let moment = Predicate.moment(operand.text) { values.moments.append(moment) }
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
            case .eq:
                if case .text(let text) = try first(), let moment = Predicate.moment(text) {
                    .equalMoment(bytes(.text(text)), moment)
                } else if case .text(let text) = try first(), let number = Predicate.strict(text) {
                    .equalNumber(bytes(.text(text)), number)
                } else {
                    .equal(value(try first()))
                }
            case .ne:
                if case .text(let text) = try first(), let moment = Predicate.moment(text) {
                    .unequalMoment(bytes(.text(text)), moment)
                } else if case .text(let text) = try first(), let number = Predicate.strict(text) {
                    .unequalNumber(bytes(.text(text)), number)
                } else {
                    .unequal(value(try first()))
                }
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

    private static func exact(_ text: String) -> Exact? {
        let buffer = ByteBuffer(capacity: text.utf8.count)
        buffer.append(text)
        return ScalarParser.looseNumber(buffer.base, buffer.count).map { Exact(number: $0, text: buffer) }
    }

    /// The number that a text spells as programs do: without zeros in front.
    private static func strict(_ text: String) -> Exact? {
        let buffer = ByteBuffer(capacity: text.utf8.count)
        buffer.append(text)
        return ScalarParser.double(buffer.base, buffer.count) == nil ? nil : exact(text)
    }

    private static func moment(_ text: String) -> Moment? {
        let buffer = ByteBuffer(capacity: text.utf8.count)
        buffer.append(text)
        if let day = ScalarParser.date(buffer.base, buffer.count) { return .day(day) }
        return ScalarParser.timestamp(buffer.base, buffer.count).map { .micros($0.micros) }
    }

    /// Forgets the cells that were counted.
    func begin() {
        incomparable = 0
        isReadingDoubtful = false
        evidence = []
    }

    /// The number that a cell spells, in the style of its column.
    @inline(__always)
    private func number(_ cell: Cell) -> ScalarParser.Number? {
        if let reading, reading.numbers != .plain { return styled(cell, reading.numbers) }
        if let number = ScalarParser.looseNumber(cell.base, cell.count) { return number }
        return cell.kind == .plain ? styled(cell, .plain) : nil
    }

    @inline(never)
    private func styled(_ cell: Cell, _ style: NumberStyle) -> ScalarParser.Number? {
        guard let text = LooseSpelling.normalised(cell.base, cell.count, style) else { return nil }
        return text.withUnsafeBufferPointer { $0.baseAddress.flatMap { ScalarParser.looseNumber($0, text.count) } }
    }

    /// Nil for a cell that spells no moment.
    private func order(_ cell: Cell, _ bound: Moment) -> Int? {
        func compare<Number: Comparable>(_ a: Number, _ b: Number) -> Int { a < b ? -1 : a == b ? 0 : 1 }
        let (p, n) = (cell.base, cell.count)
        if let reading, reading.dates != .yearFirst, let found = LooseSpelling.moment(p, n, reading) {
            switch bound {
            case .day(let day): return compare(found.days, day)
            case .micros(let micros): return compare(found.microseconds, micros)
            }
        }
        switch bound {
        case .day(let day):
            // The day as it is written, in whichever zone.
            guard n >= 10, let written = ScalarParser.date(p, 10), n == 10 || ScalarParser.timestamp(p, n) != nil else {
                return slashed(cell).map { compare($0.days, day) }
            }
            return compare(written, day)
        case .micros(let micros):
            if let day = ScalarParser.date(p, n) { return compare(Int64(day) * 86_400_000_000, micros) }
            if let moment = ScalarParser.timestamp(p, n) { return compare(moment.micros, micros) }
            return slashed(cell).map { compare($0.microseconds, micros) }
        }
    }

    /// With slashes where ISO 8601 has hyphens, in a column of dates or moments.
    private func slashed(_ cell: Cell) -> LooseSpelling.Moment? {
        guard let reading, reading.type == .date || reading.type == .timestamp else { return nil }
        return LooseSpelling.moment(cell.base, cell.count, reading)
    }

    /// Whether the row with this cell is let through. Null matches `is_null` only.
    func matches(_ given: Cell) -> Bool {
        if case .all(let rules) = watch, given.kind == .plain, !evidence.contains(.string) {
            evidence.formUnion(ScalarParser.evidence(given, rules))
        }
        if given.kind == .null || isNullWord(given) {
            if case .isNull = test { return true }
            return false
        }
        if case .unusual = watch, given.kind == .plain { look(given) }
        let cell = folding ? fold(given) : given
        switch test {
        case .isNull: return false
        case .notNull: return true
        case .equal(let value): return equals(cell, value) == true
        case .unequal(let value): return equals(cell, value) == false
        case .equalMoment(let text, let moment): return isMoment(cell, text, moment)
        case .unequalMoment(let text, let moment): return !isMoment(cell, text, moment)
        case .equalNumber(let text, let number): return isNumber(cell, text, number)
        case .unequalNumber(let text, let number): return !isNumber(cell, text, number)
        case .among(let values): return isAmong(cell, values)
        case .notAmong(let values): return !isAmong(cell, values)
        case .numbers(let bounds):
            guard let number = number(cell) else {
                incomparable += 1
                return false
            }
            return Predicate.isWithin(bounds) { $0.order(of: number, cell.base, cell.count) }
        case .moments(let bounds):
            guard let bound = bounds.low ?? bounds.high, order(cell, bound) != nil else {
                incomparable += 1
                return false
            }
            return Predicate.isWithin(bounds) { order(cell, $0) ?? 0 }
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
    private func equals(_ cell: Cell, _ value: Value) -> Bool? {
        switch value {
        case .text(let text): return cell.equals(text.base, text.count)
        case .number(let exact):
            guard let number = number(cell) else {
                incomparable += 1
                return nil
            }
            return exact.order(of: number, cell.base, cell.count) == 0
        case .truth(let truth): return ScalarParser.boolean(cell.base, cell.count).map { $0 == truth }
        }
    }

    /// Whether the cell is a word for null in a column in which such words are null.
    @inline(__always)
    private func isNullWord(_ cell: Cell) -> Bool {
        guard let reading, reading.hasNullWords, cell.kind == .plain else { return false }
        return LooseSpelling.isNullWord(cell.base, cell.count)
    }

    /// A word for null among values that are of one type would be null.
    @inline(__always)
    private func look(_ cell: Cell) {
        guard cell.count <= LooseSpelling.mostNullWordBytes, cell.base[0] &- 0x30 > 9 else { return }
        if LooseSpelling.isNullWord(cell.base, cell.count) { isReadingDoubtful = true }
    }

    private func isMoment(_ cell: Cell, _ text: ByteBuffer, _ moment: Moment) -> Bool {
        if cell.equals(text.base, text.count) { return true }
        guard let order = order(cell, moment) else {
            isReadingDoubtful = true
            return false
        }
        return order == 0
    }

    /// In a column of text, numbers are texts.
    private func isNumber(_ cell: Cell, _ text: ByteBuffer, _ exact: Exact) -> Bool {
        cell.equals(text.base, text.count) || (hasNumber(cell) && isNumber(cell, exact))
    }

    private func hasNumber(_ cell: Cell) -> Bool { cell.kind == .number || (cell.kind == .plain && reading?.isNumber == true) }

    private func isNumber(_ cell: Cell, _ exact: Exact) -> Bool {
        // Zeros in front, and words, make a column text.
        if cell.kind == .plain, reading?.numbers == .plain, ScalarParser.double(cell.base, cell.count) == nil {
            isReadingDoubtful = true
        }
        guard let number = number(cell) else { return false }
        return exact.order(of: number, cell.base, cell.count) == 0
    }

    private func isAmong(_ cell: Cell, _ values: Values) -> Bool {
        if !values.numbers.isEmpty, hasNumber(cell), values.numbers.contains(where: { isNumber(cell, $0) }) { return true }
        for moment in values.moments {
            guard let order = order(cell, moment) else {
                isReadingDoubtful = true
                break
            }
            if order == 0 { return true }
        }
        for text in values.few where cell.equals(text.base, text.count) { return true }
        if !values.texts.isEmpty, values.lengths.contains(cell.count),
            values.texts.contains(Array(UnsafeBufferPointer(start: cell.base, count: cell.count)))
        {
            return true
        }
        if !values.integers.isEmpty || !values.doubles.isEmpty || !values.long.isEmpty {
            guard let number = number(cell) else {
                isReadingDoubtful = true
                return isAmongTruths(cell, values)
            }
            if values.contains(number) { return true }
            if values.long.contains(where: { $0.order(of: number, cell.base, cell.count) == 0 }) { return true }
        }
        return isAmongTruths(cell, values)
    }

    private func isAmongTruths(_ cell: Cell, _ values: Values) -> Bool {
        guard !values.truths.isEmpty, let truth = ScalarParser.boolean(cell.base, cell.count) else { return false }
        return values.truths.contains(truth)
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
    private let borders: GrowableBuffer<Int32>

    init(_ text: ByteBuffer) {
        self.text = text
        let borders = GrowableBuffer<Int32>(capacity: text.count)
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
