import Core
import Foundation

/// Values as people write them where programs would not: `.5`, `+3`, ` 7 `, `1,234.50`, `1.234,50`, `31/12/2024`, and words for null.
/// Each is rarer than what `ScalarParser` takes, so these ways may be slower.
enum LooseSpelling {
    /// Words for nothing, as statistics programs and databases write them (R, SAS, Stata, pandas, MySQL, Excel).
    static let nullWords: Set<[UInt8]> = Set(
        [
            "NA", "N/A", "n/a", "na", "NULL", "null", "Null", "\\N", "NaN", "nan", "NAN", "None", "none", "NIL", "nil", "#N/A",
            "#NA",
            "N.A.", "n.a.", "-", "--", "?", ".", "(null)", "<NA>", "#NULL!",
        ].map { Array($0.utf8) })
    static let mostNullWordBytes = 7

    private static let table = KeyTable(Array(nullWords))

    static func isNullWord(_ p: UnsafePointer<UInt8>, _ n: Int) -> Bool {
        guard n <= mostNullWordBytes, n > 0 else { return false }
        switch p[0] {
        case UInt8(ascii: "N"), UInt8(ascii: "n"), UInt8(ascii: "\\"), UInt8(ascii: "#"), UInt8(ascii: "-"), UInt8(ascii: "?"),
            UInt8(ascii: "."), UInt8(ascii: "("), UInt8(ascii: "<"):
            return table.find(p, n, hint: table.count) != nil
        case _:
            return false
        }
    }

    /// What kind of value it is that is not spelled as programs do.
    @inline(never)
    static func evidence(_ p: UnsafePointer<UInt8>, _ n: Int, _ rules: TypeRules) -> Evidence {
        let (start, end) = trimmed(p, n)
        // Nothing but spaces is nothing.
        guard start < end else { return .nullWord }
        if isNullWord(p + start, end - start) { return .nullWord }
        if start > 0 || end < n {
            let inner = ScalarParser.evidence(Cell(base: p + start, count: end - start, kind: .plain), rules)
            return inner.contains(.double) ? inner.union(.noVersion) : inner
        }
        return number(p, n, rules) ?? date(p, n, rules)?.evidence ?? .string
    }

    /// Without spaces and no-break spaces around.
    static func trimmed(_ p: UnsafePointer<UInt8>, _ n: Int) -> (start: Int, end: Int) {
        var start = 0
        var end = n
        while start < end, p[start] == 0x20 || p[start] == 0x09 { start += 1 }
        while start + 1 < end, p[start] == 0xC2, p[start + 1] == 0xA0 { start += 2 }
        while end > start, p[end - 1] == 0x20 || p[end - 1] == 0x09 { end -= 1 }
        while end > start + 1, p[end - 2] == 0xC2, p[end - 1] == 0xA0 { end -= 2 }
        return (start, end)
    }

    // MARK: Numbers

    /// Nil for what is no number in any style that the rules allow.
    private static func number(_ p: UnsafePointer<UInt8>, _ n: Int, _ rules: TypeRules) -> Evidence? {
        guard n <= mostNumberBytes else { return nil }
        var i = 0
        var found: Evidence = []
        if p[0] == UInt8(ascii: "+") || p[0] == UInt8(ascii: "-") {
            found.insert(p[0] == UInt8(ascii: "+") ? .plus : .minus)
            i = 1
        }
        guard i < n else { return nil }
        if let style = rules.numbers, style != .plain {
            guard isNumber(p, n, style) else { return nil }
            return found.union(.styled)
        }
        // `+5`, `+1.5`
        if found.contains(.plus), p[i] &- 0x30 < 10 {
            if let whole = ScalarParser.integer(p + i, n - i) { return found.union(ScalarParser.integerEvidence(whole)) }
            if let value = ScalarParser.decimal(p + i, n - i), !value.isWhole {
                return found.union(ScalarParser.doubleEvidence(value, p + i, n - i))
            }
        }
        if var text = normalised(p, n, .plain) {
            text.append(0)
            let inner = text.withUnsafeBufferPointer { bytes in
                bytes.baseAddress.map { ScalarParser.evidence(Cell(base: $0, count: bytes.count - 1, kind: .number), rules) }
                    ?? .string
            }
            // What JSON spells in the same way was no number already: too large, or with more digits than can be kept.
            if text.count - 1 == n, memcmp(text, p, n) == 0 { return nil }
            if inner.contains(.longDecimal) { return .longDecimal }
            return inner.isDisjoint(with: [.integer, .double]) ? nil : found.union([.loose, .noVersion, .decimalPoint])
        }
        guard rules.numbers == nil else { return nil }
        let text = UnsafeBufferPointer(start: p + i, count: n - i)
        guard text.contains(UInt8(ascii: ",")) || text.contains(UInt8(ascii: ".")) else { return nil }
        let isPoint = isNumber(p, n, .groupedByComma)
        let isComma = isNumber(p, n, .decimalComma)
        switch (isPoint, isComma) {
        case (true, true): return found.union(.eitherComma)
        case (true, false): return found.union(.groupComma)
        case (false, true): return found.union(text.contains(UInt8(ascii: ",")) ? .decimalComma : .groupPoint)
        case (false, false): return nil
        }
    }

    private static let mostNumberBytes = 64

    /// The number as JSON spells it; nil for what is no number in this style. Without groups, `.5` and `5.` are taken too; groups have
    /// three digits each.
    static func normalised(
        _ p: UnsafePointer<UInt8>, _ n: Int, _ style: NumberStyle, allowsZeros: Bool = false
    ) -> [UInt8]? {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: normalisedBytes) { text -> [UInt8]? in
            guard let base = text.baseAddress, let count = normalise(p, n, style, allowsZeros: allowsZeros, to: base) else {
                return nil
            }
            return Array(text[..<count])
        }
    }

    /// Whether `normalised` finds a number.
    private static func isNumber(_ p: UnsafePointer<UInt8>, _ n: Int, _ style: NumberStyle) -> Bool {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: normalisedBytes) { text in
            text.baseAddress.flatMap { normalise(p, n, style, to: $0) } != nil
        }
    }

    /// A zero is added before a point.
    private static let normalisedBytes = mostNumberBytes + 1

    /// What `normalised` finds, in memory of its caller's; the result is the number of its bytes.
    private static func normalise(
        _ p: UnsafePointer<UInt8>, _ n: Int, _ style: NumberStyle, allowsZeros: Bool = false, to text: UnsafeMutablePointer<UInt8>
    ) -> Int? {
        let (start, end) = trimmed(p, n)
        guard end > start, end - start <= mostNumberBytes else { return nil }
        var count = 0
        func append(_ byte: UInt8) {
            text[count] = byte
            count += 1
        }
        var i = start
        if p[i] == UInt8(ascii: "-") { append(p[i]) }
        if p[i] == UInt8(ascii: "-") || p[i] == UInt8(ascii: "+") { i += 1 }
        let first = i
        var groupStart: Int?
        var whole = 0
        scanning: while i < end {
            let byte = p[i]
            if byte &- 0x30 < 10 {
                append(byte)
                whole += 1
                i += 1
                continue
            }
            let (isGroup, length) = isGroupMark(p, i, end, style)
            guard isGroup, whole > 0 else { break scanning }
            if let groupStart { guard i - groupStart == 3 else { return nil } } else { guard i - first <= 3 else { return nil } }
            i += length
            groupStart = i
        }
        if let groupStart { guard i - groupStart == 3, p[first] != UInt8(ascii: "0") else { return nil } }
        // Zeros in front are part of a code.
        if whole > 1, p[first] == UInt8(ascii: "0") {
            guard allowsZeros else { return nil }
            let sign = text[0] == UInt8(ascii: "-") ? 1 : 0
            var zeros = 0
            while sign + zeros + 1 < count, text[sign + zeros] == UInt8(ascii: "0") { zeros += 1 }
            memmove(text + sign, text + sign + zeros, count - sign - zeros)
            count -= zeros
        }
        var fraction = 0
        if i < end, p[i] == style.decimal {
            i += 1
            let from = count
            if whole == 0 { append(UInt8(ascii: "0")) }
            append(UInt8(ascii: "."))
            while i < end, p[i] &- 0x30 < 10 {
                append(p[i])
                fraction += 1
                i += 1
            }
            if fraction == 0 {
                guard whole > 0 else { return nil }
                count = from
            }
        }
        guard whole + fraction > 0 else { return nil }
        if i < end, p[i] | 0x20 == UInt8(ascii: "e") {
            append(p[i])
            i += 1
            if i < end, p[i] == UInt8(ascii: "+") || p[i] == UInt8(ascii: "-") {
                append(p[i])
                i += 1
            }
            let from = i
            while i < end, p[i] &- 0x30 < 10 {
                append(p[i])
                i += 1
            }
            guard i > from else { return nil }
        }
        return i == end ? count : nil
    }

    /// A space as group mark may also be a no-break space or a narrow one.
    private static func isGroupMark(
        _ p: UnsafePointer<UInt8>, _ i: Int, _ end: Int, _ style: NumberStyle
    ) -> (isMark: Bool, bytes: Int) {
        guard style.group != 0 else { return (false, 0) }
        if p[i] == style.group { return (true, 1) }
        guard style.group == 0x20 else { return (false, 0) }
        if i + 1 < end, p[i] == 0xC2, p[i + 1] == 0xA0 { return (true, 2) }
        return (i + 2 < end && p[i] == 0xE2 && p[i + 1] == 0x80 && (p[i + 2] == 0xAF || p[i + 2] == 0x89), 3)
    }

    /// A truth value; where the type was said also `yes`, `no`, `t`, `f`, `1`, `0` and the like.
    static func truth(_ p: UnsafePointer<UInt8>, _ n: Int, isForced: Bool) -> Bool? {
        let (start, end) = trimmed(p, n)
        if let truth = ScalarParser.boolean(p + start, end - start) { return truth }
        guard isForced, end - start <= 3 else { return nil }
        return switch String(decoding: UnsafeBufferPointer(start: p + start, count: end - start), as: UTF8.self).lowercased() {
        case "1", "t", "y", "yes", "on": true
        case "0", "f", "n", "no", "off": false
        case _: nil
        }
    }

    // MARK: Dates

    struct Moment {
        var days: Int32
        /// Microseconds of the day, and whether they were given.
        var micros: Int64
        var isTimed: Bool
        var evidence: Evidence

        /// Since 1970 in local time.
        var microseconds: Int64 { Int64(days) * 86_400_000_000 + micros }

        /// As ISO 8601 writes it.
        var text: String {
            let day = CalendarDay(days: Int(days))
            func padded(_ number: Int, _ width: Int) -> String {
                let digits = String(number)
                return String(repeating: "0", count: max(0, width - digits.count)) + digits
            }
            let date = "\(padded(day.year, 4))-\(padded(day.month, 2))-\(padded(day.day, 2))"
            guard isTimed else { return date }
            let seconds = Int(micros / 1_000_000)
            let rest = Int(micros % 1_000_000)
            let time = "\(padded(seconds / 3600, 2)):\(padded(seconds / 60 % 60, 2)):\(padded(seconds % 60, 2))"
            return "\(date)T\(time)" + (rest == 0 ? "" : ".\(padded(rest, 6))")
        }
    }

    /// `31/12/2024`, `31.12.2024`, `31-12-2024`, days and months also with one digit, with `HH:MM[:SS]` behind it or not. Years have four digits.
    private static func date(_ p: UnsafePointer<UInt8>, _ n: Int, _ rules: TypeRules) -> Moment? {
        guard n >= 8, n <= 19, p[0] &- 0x30 < 10 else { return nil }
        var numbers = (0, 0, 0)
        var widths = (0, 0, 0)
        var mark: UInt8 = 0
        var i = 0
        for part in 0..<3 {
            let start = i
            var value = 0
            while i < n, i - start < 4, p[i] &- 0x30 < 10 {
                value = value * 10 + Int(p[i] &- 0x30)
                i += 1
            }
            guard i > start else { return nil }
            switch part {
            case 0: (numbers.0, widths.0) = (value, i - start)
            case 1: (numbers.1, widths.1) = (value, i - start)
            case _: (numbers.2, widths.2) = (value, i - start)
            }
            guard part < 2 else { break }
            guard i < n, p[i] == UInt8(ascii: "/") || p[i] == UInt8(ascii: ".") || p[i] == UInt8(ascii: "-"),
                mark == 0 || mark == p[i]
            else { return nil }
            mark = p[i]
            i += 1
        }
        var micros: Int64 = 0
        let isTimed = i < n
        if isTimed {
            guard p[i] == 0x20 || p[i] == UInt8(ascii: "T"), let time = ScalarParser.timeOfDay(p + i + 1, n - i - 1) else {
                return nil
            }
            micros = time
        }
        func moment(_ year: Int, _ month: Int, _ day: Int) -> Int32? { ScalarParser.days(year: year, month: month, day: day) }
        let time: Evidence = isTimed ? .timed : []
        if widths.0 == 4 {
            // With points it may be a version.
            guard rules.dates == .yearFirst || (rules.dates == nil && mark == UInt8(ascii: "/")), widths.1 <= 2, widths.2 <= 2,
                let days = moment(numbers.0, numbers.1, numbers.2)
            else { return nil }
            return Moment(
                days: days, micros: micros, isTimed: isTimed, evidence: isTimed ? [.timestamp, .slashed] : [.date, .slashed])
        }
        guard widths.2 == 4, widths.0 <= 2, widths.1 <= 2 else { return nil }
        let dayFirst = moment(numbers.2, numbers.1, numbers.0)
        let monthFirst = moment(numbers.2, numbers.0, numbers.1)
        switch (dayFirst, monthFirst) {
        case (let days?, nil): return Moment(days: days, micros: micros, isTimed: isTimed, evidence: time.union(.dayFirst))
        case (nil, let days?): return Moment(days: days, micros: micros, isTimed: isTimed, evidence: time.union(.monthFirst))
        case (let one?, let other?):
            let days = rules.dates == .monthFirst ? other : one
            return Moment(days: days, micros: micros, isTimed: isTimed, evidence: time.union(.eitherFirst))
        case (nil, nil): return nil
        }
    }

    /// Days or microseconds of a cell in a column that is read so; nil for one that spells something else.
    static func moment(_ p: UnsafePointer<UInt8>, _ n: Int, _ reading: ColumnReading) -> Moment? {
        let (start, end) = trimmed(p, n)
        return date(p + start, end - start, TypeRules(dates: reading.dates))
    }
}
