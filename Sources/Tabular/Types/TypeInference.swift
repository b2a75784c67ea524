import Core
import Foundation

/// Reads the values that plain text spells. Every function gets bytes and their number and answers nil when they spell something else.
enum ScalarParser {
    /// 2^53: beyond it a double skips integers.
    static let exactInDouble: UInt64 = 1 << 53

    /// What kind of value a cell is.
    static func evidence(_ cell: Cell, _ rules: TypeRules = .standard) -> Evidence {
        switch cell.kind {
        case .null: .null
        case .plain: cell.count == 0 ? .null : plain(cell.base, cell.count, rules)
        case .number: jsonNumber(cell.base, cell.count)
        case .truth: .boolean
        case .text: temporal(cell.base, cell.count)
        case .nested: .string
        }
    }

    @inline(__always)
    private static func plain(_ p: UnsafePointer<UInt8>, _ n: Int, _ rules: TypeRules) -> Evidence {
        let first = p[0]
        if first &- 0x30 < 10 || first == UInt8(ascii: "-") {
            let found = number(p, n)
            // Where another decimal mark was said, a point divides groups or nothing.
            let isOther = found.contains(.integer) == false && rules.numbers.map { $0.decimal != UInt8(ascii: ".") } ?? false
            if found != .string, !isOther { return found }
            let moment = temporal(p, n)
            return moment == .string ? LooseSpelling.evidence(p, n, rules) : moment
        }
        // Of what begins beyond ASCII only a no-break space, whose first byte this is, may stand before something else.
        if first > 0xC2 { return .string }
        if boolean(p, n) != nil { return .boolean }
        // Nearly all texts begin with a letter and are no word for null.
        return n > LooseSpelling.mostNullWordBytes && first | 0x20 &- 0x61 < 26 ? .string : LooseSpelling.evidence(p, n, rules)
    }

    private static func number(_ p: UnsafePointer<UInt8>, _ n: Int) -> Evidence {
        if let value = integer(p, n) { return integerEvidence(value) }
        // An integer beyond 64 bits would lose digits as a double.
        guard let value = decimal(p, n), !value.isWhole else { return .string }
        return doubleEvidence(value, p, n)
    }

    /// A number of JSON is one however it is spelled.
    private static func jsonNumber(_ p: UnsafePointer<UInt8>, _ n: Int) -> Evidence {
        let found = number(p, n)
        if found.contains(.bareExponent) { return [.double, .noVersion] }
        return found.contains(.double) ? found.union(.noVersion) : found
    }

    @inline(__always)
    static func integerEvidence(_ value: Int64) -> Evidence {
        let sign: Evidence = value < 0 ? [.integer, .minus] : .integer
        return value.magnitude > exactInDouble && Int64(exactly: Double(value)) != value ? sign.union(.bigInteger) : sign
    }

    /// Of a number with a fraction or an exponent.
    @inline(__always)
    static func doubleEvidence(_ number: Decimal, _ p: UnsafePointer<UInt8>, _ n: Int) -> Evidence {
        if number.digits > 15 || number.value.isSubnormal, isRounded(p, n) { return .longDecimal }
        if number.isBareExponent { return .bareExponent }
        let isNegative = p[0] == UInt8(ascii: "-")
        // Most numbers are longer than a version, and than one group of digits behind a point.
        if n > 7 { return isNegative ? [.double, .noVersion, .decimalPoint, .minus] : [.double, .noVersion, .decimalPoint] }
        return shortDoubleEvidence(p, n, isNegative: isNegative)
    }

    private static func shortDoubleEvidence(_ p: UnsafePointer<UInt8>, _ n: Int, isNegative: Bool) -> Evidence {
        var found: Evidence = isNegative ? [.double, .minus] : .double
        let point = p[1] == UInt8(ascii: ".") ? 1 : 2
        let decimals = !isNegative && point < n && p[point] == UInt8(ascii: ".") && p[n - 1] &- 0x30 < 10 ? n - point - 1 : 0
        switch decimals {
        case 1: found.insert(.oneDecimal)
        case 2 where p[n - 1] == UInt8(ascii: "0") && p[n - 2] &- 0x30 < 10: found.insert(.paddedDecimal)
        case 2 where p[n - 2] &- 0x30 < 10: break
        case _: found.insert(.noVersion)
        }
        // `1.234`, `12.345`, `123.456`: the point may divide groups.
        let start = isNegative ? 1 : 0
        let isGroup = n - start >= 5 && n - start <= 7 && p[n - 4] == UInt8(ascii: ".") && p[start] != UInt8(ascii: "0")
        if !isGroup { found.insert(.decimalPoint) }
        return found
    }

    /// Whether a double would not keep the digits: it is not what any double is written as with so many of them.
    @inline(never)
    private static func isRounded(_ p: UnsafePointer<UInt8>, _ n: Int) -> Bool {
        guard n <= mostDigits else { return true }
        // Digits without zeros before the first other one and behind the last.
        var digits: [UInt8] = []
        for i in 0..<n {
            if p[i] | 0x20 == UInt8(ascii: "e") { break }
            if p[i] &- 0x30 < 10, !digits.isEmpty || p[i] != UInt8(ascii: "0") { digits.append(p[i]) }
        }
        while digits.last == UInt8(ascii: "0") { digits.removeLast() }
        guard let value = slowDouble(p, n) else { return true }
        guard digits.count > 15 || value.isSubnormal else { return false }
        // Programs write the fewest digits that tell the number, and those are no more than a double keeps.
        var shortest: [UInt8] = []
        for byte in value.description.utf8 {
            if byte == UInt8(ascii: "e") { break }
            if byte &- 0x30 < 10, !shortest.isEmpty || byte != UInt8(ascii: "0") { shortest.append(byte) }
        }
        while shortest.last == UInt8(ascii: "0") { shortest.removeLast() }
        if shortest == digits { return false }
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 2 * mostDigits) { text in
            guard let base = text.baseAddress else { return true }
            let written = withVaList([Int32(digits.count - 1), value]) { vsnprintf(base, 2 * mostDigits, "%.*e", $0) }
            let mine = (0..<Int(written)).lazy.map { UInt8(bitPattern: base[$0]) }.prefix { $0 | 0x20 != UInt8(ascii: "e") }
            return !mine.filter { $0 &- 0x30 < 10 }.elementsEqual(digits)
        }
    }

    /// Bytes of a number beyond which nobody wants it as a double.
    private static let mostDigits = 64

    private static func temporal(_ p: UnsafePointer<UInt8>, _ n: Int) -> Evidence {
        guard n >= 10, p[4] == UInt8(ascii: "-") else { return .string }
        if n == 10 { return date(p, n) == nil ? .string : .date }
        guard let found = timestamp(p, n) else { return .string }
        return found.isUTC ? .timestampUTC : .timestamp
    }

    /// `-?(0|[1-9][0-9]*)` within 64 bits.
    @inline(__always)
    static func integer(_ p: UnsafePointer<UInt8>, _ n: Int) -> Int64? {
        var i = 0
        let isNegative = n > 0 && p[0] == UInt8(ascii: "-")
        if isNegative { i = 1 }
        let digits = n - i
        guard digits >= 1, digits <= 19 else { return nil }
        if p[i] == UInt8(ascii: "0") { return digits == 1 ? 0 : nil }
        var value: UInt64 = 0
        while i < n {
            let digit = p[i] &- 0x30
            guard digit < 10 else { return nil }
            // 19 digits stay below 2^64.
            value = value &* 10 &+ UInt64(digit)
            i += 1
        }
        if isNegative {
            guard value <= 1 << 63 else { return nil }
            return Int64(truncatingIfNeeded: 0 &- value)
        }
        return Int64(exactly: value)
    }

    private static let powers: [Double] = [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
        1e21, 1e22,
    ]

    /// `-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?`, the grammar of JSON, finite.
    static func double(_ p: UnsafePointer<UInt8>, _ n: Int) -> Double? { decimal(p, n)?.value }

    /// A number as its digits with so many behind the point: `-?[0-9]+(\.[0-9]*)?`. Nil where a digit other than zero would be lost, or
    /// one is too many.
    static func scaled(_ p: UnsafePointer<UInt8>, _ n: Int, precision: Int, scale: Int) -> Int64? {
        var i = n > 0 && p[0] == UInt8(ascii: "-") ? 1 : 0
        let isNegative = i == 1
        var value: Int64 = 0
        var limit: Int64 = 1
        for _ in 0..<precision { limit *= 10 }
        let start = i
        func add(_ digit: UInt8) -> Bool {
            guard value <= (limit - 1 - Int64(digit)) / 10 else { return false }
            value = value * 10 + Int64(digit)
            return true
        }
        while i < n, p[i] &- 0x30 < 10 {
            guard add(p[i] &- 0x30) else { return nil }
            i += 1
        }
        guard i > start else { return nil }
        var decimals = 0
        if i < n, p[i] == UInt8(ascii: ".") {
            i += 1
            while i < n, p[i] &- 0x30 < 10 {
                if decimals < scale {
                    guard add(p[i] &- 0x30) else { return nil }
                    decimals += 1
                } else if p[i] != UInt8(ascii: "0") {
                    return nil
                }
                i += 1
            }
        }
        guard i == n else { return nil }
        while decimals < scale {
            guard add(0) else { return nil }
            decimals += 1
        }
        return isNegative ? -value : value
    }

    struct Decimal {
        var value: Double
        /// Whether it has neither fraction nor exponent.
        var isWhole: Bool
        /// Digits that count: without zeros before the first other one.
        var digits: Int
        /// Whether it has an exponent, but neither a fraction nor a sign in the exponent: `32E01`.
        var isBareExponent: Bool
    }

    /// Like `double`, telling integers from others.
    @inline(__always)
    static func decimal(_ p: UnsafePointer<UInt8>, _ n: Int) -> Decimal? {
        var i = 0
        let isNegative = n > 0 && p[0] == UInt8(ascii: "-")
        if isNegative { i = 1 }
        guard i < n, p[i] &- 0x30 < 10 else { return nil }
        if p[i] == UInt8(ascii: "0"), i + 1 < n, p[i + 1] &- 0x30 < 10 { return nil }
        var mantissa: UInt64 = 0
        var digits = 0
        var exponent = 0
        while i < n, p[i] &- 0x30 < 10 {
            mantissa = mantissa &* 10 &+ UInt64(p[i] &- 0x30)
            if mantissa != 0 { digits += 1 }
            i += 1
        }
        let isWhole = i == n
        var isBare = false
        if i < n, p[i] == UInt8(ascii: ".") {
            i += 1
            let start = i
            while i < n, p[i] &- 0x30 < 10 {
                mantissa = mantissa &* 10 &+ UInt64(p[i] &- 0x30)
                if mantissa != 0 { digits += 1 }
                i += 1
            }
            guard i > start else { return nil }
            exponent = start - i
        }
        if i < n, p[i] | 0x20 == UInt8(ascii: "e") {
            isBare = exponent == 0
            i += 1
            var isDown = false
            if i < n, p[i] == UInt8(ascii: "+") || p[i] == UInt8(ascii: "-") {
                isDown = p[i] == UInt8(ascii: "-")
                isBare = false
                i += 1
            }
            let start = i
            var power = 0
            while i < n, p[i] &- 0x30 < 10 {
                power = min(power &* 10 &+ Int(p[i] &- 0x30), 1_000_000)
                i += 1
            }
            guard i > start else { return nil }
            exponent += isDown ? -power : power
        }
        guard i == n else { return nil }
        // Both factors are exact, so one rounding remains (Clinger 1990); anything else goes the slow way.
        if digits <= 15, exponent >= -22, exponent <= 22 {
            let magnitude = powers.withUnsafeBufferPointer {
                exponent < 0 ? Double(mantissa) / $0[-exponent] : Double(mantissa) * $0[exponent]
            }
            return Decimal(
                value: isNegative ? -magnitude : magnitude, isWhole: isWhole, digits: digits, isBareExponent: isBare)
        }
        return slowDouble(p, n).map { Decimal(value: $0, isWhole: isWhole, digits: digits, isBareExponent: isBare) }
    }

    @inline(never)
    private static func slowDouble(_ p: UnsafePointer<UInt8>, _ n: Int) -> Double? {
        let value: Double? = withUnsafeTemporaryAllocation(of: CChar.self, capacity: n + 1) { text in
            guard let base = text.baseAddress else { return nil }
            memcpy(base, p, n)
            base[n] = 0
            return strtod(base, nil)
        }
        guard let value, value.isFinite else { return nil }
        // What is too small for a double, and is not nothing, would become nothing.
        if value == 0 {
            for i in 0..<n {
                if p[i] | 0x20 == UInt8(ascii: "e") { break }
                if p[i] &- 0x31 < 9 { return nil }
            }
        }
        return value
    }

    /// A number as people write it: also `+5`, `007`, `.5` and `5.`. For comparisons, not for types.
    static func looseNumber(_ p: UnsafePointer<UInt8>, _ n: Int) -> Number? {
        if let value = integer(p, n) { return .integer(value) }
        if let value = double(p, n) { return .double(value) }
        guard n > 0, n <= 400 else { return nil }
        var digits = 0
        for i in 0..<n {
            switch p[i] {
            case 0x30...0x39: digits += 1
            case UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"): continue
            case _: return nil
            }
        }
        guard digits > 0 else { return nil }
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: n + 1) { text in
            guard let base = text.baseAddress else { return nil }
            memcpy(base, p, n)
            base[n] = 0
            var stop: UnsafeMutablePointer<CChar>?
            let value = strtod(base, &stop)
            return stop == base + n && value.isFinite ? .double(value) : nil
        }
    }

    /// A number in the form in which it compares exactly.
    enum Number {
        case integer(Int64)
        case double(Double)

        var asDouble: Double {
            switch self {
            case .integer(let value): Double(value)
            case .double(let value): value
            }
        }

        /// -1, 0 or 1.
        @inline(__always)
        func compared(to other: Number) -> Int {
            if case .integer(let a) = self, case .integer(let b) = other { return a < b ? -1 : a == b ? 0 : 1 }
            let a = asDouble
            let b = other.asDouble
            return a < b ? -1 : a == b ? 0 : 1
        }
    }

    /// `true` and `false` in any case.
    @inline(__always)
    static func boolean(_ p: UnsafePointer<UInt8>, _ n: Int) -> Bool? {
        if n == 4 {
            let isTrue =
                p[0] | 0x20 == UInt8(ascii: "t") && p[1] | 0x20 == UInt8(ascii: "r") && p[2] | 0x20 == UInt8(ascii: "u")
                && p[3] | 0x20 == UInt8(ascii: "e")
            return isTrue ? true : nil
        }
        guard n == 5 else { return nil }
        let isFalse =
            p[0] | 0x20 == UInt8(ascii: "f") && p[1] | 0x20 == UInt8(ascii: "a") && p[2] | 0x20 == UInt8(ascii: "l")
            && p[3] | 0x20 == UInt8(ascii: "s") && p[4] | 0x20 == UInt8(ascii: "e")
        return isFalse ? false : nil
    }

    /// Days since 1970-01-01 of `YYYY-MM-DD` in the Gregorian calendar, years 1 to 9999.
    @inline(__always)
    static func date(_ p: UnsafePointer<UInt8>, _ n: Int) -> Int32? {
        guard n == 10 else { return nil }
        return leadingDate(p)
    }

    @inline(__always)
    private static func leadingDate(_ p: UnsafePointer<UInt8>) -> Int32? {
        guard p[4] == UInt8(ascii: "-"), p[7] == UInt8(ascii: "-"), let century = two(p), let rest = two(p + 2),
            let month = two(p + 5), let day = two(p + 8)
        else { return nil }
        return days(year: century * 100 + rest, month: month, day: day)
    }

    /// Days since 1970-01-01; nil for a day that is in no calendar.
    @inline(__always)
    static func days(year: Int, month: Int, day: Int) -> Int32? {
        CalendarDay.days(year: year, month: month, day: day).map { Int32(truncatingIfNeeded: $0) }
    }

    @inline(__always)
    private static func two(_ p: UnsafePointer<UInt8>) -> Int? {
        let a = p[0] &- 0x30
        let b = p[1] &- 0x30
        return a < 10 && b < 10 ? Int(a) * 10 + Int(b) : nil
    }

    struct Timestamp {
        var micros: Int64
        /// Whether a zone was given; then `micros` count from the epoch in UTC, else from the local one.
        var isUTC: Bool
    }

    private static let microsPerDay: Int64 = 86_400_000_000
    /// 0001-01-01 and 10000-01-01, so that a zone does not lead out of the calendar that readers know.
    private static let firstDay: Int64 = -719_162
    private static let dayAfterLast: Int64 = 2_932_897

    /// `YYYY-MM-DD`, `T` or a space, `HH:MM[:SS[.ffffff]]`, and perhaps `Z`, `±HH`, `±HHMM` or `±HH:MM`. More than six digits of a
    /// second are refused: they could not be kept.
    static func timestamp(_ p: UnsafePointer<UInt8>, _ n: Int) -> Timestamp? {
        guard n >= 16, n <= 32, p[10] == UInt8(ascii: "T") || p[10] == UInt8(ascii: " "), let day = leadingDate(p) else {
            return nil
        }
        var i = 11
        guard let micros = timeOfDay(p, &i, n) else { return nil }
        let local = Int64(day) * microsPerDay + micros
        guard i < n else { return Timestamp(micros: local, isUTC: false) }
        guard let offset = zoneMinutes(p + i, n - i) else { return nil }
        let utc = local - Int64(offset) * 60_000_000
        guard utc >= firstDay * microsPerDay, utc < dayAfterLast * microsPerDay else { return nil }
        return Timestamp(micros: utc, isUTC: true)
    }

    /// Microseconds of `HH:MM[:SS[.ffffff]]` from `i` on, which is moved behind it.
    private static func timeOfDay(_ p: UnsafePointer<UInt8>, _ i: inout Int, _ n: Int) -> Int64? {
        guard i + 5 <= n, p[i + 2] == UInt8(ascii: ":"), let hour = two(p + i), let minute = two(p + i + 3), hour < 24,
            minute < 60
        else { return nil }
        i += 5
        var micros = Int64(hour * 3600 + minute * 60) * 1_000_000
        guard i + 2 < n, p[i] == UInt8(ascii: ":") else { return micros }
        guard let second = two(p + i + 1), second < 60 else { return nil }
        micros += Int64(second) * 1_000_000
        i += 3
        guard i < n, p[i] == UInt8(ascii: ".") else { return micros }
        i += 1
        var unit: Int64 = 100_000
        let start = i
        while i < n, p[i] &- 0x30 < 10 {
            micros += Int64(p[i] &- 0x30) * unit
            unit /= 10
            i += 1
        }
        return i > start && i - start <= 6 ? micros : nil
    }

    /// The same where nothing may follow.
    static func timeOfDay(_ p: UnsafePointer<UInt8>, _ n: Int) -> Int64? {
        var i = 0
        guard let micros = timeOfDay(p, &i, n), i == n else { return nil }
        return micros
    }

    private static func zoneMinutes(_ p: UnsafePointer<UInt8>, _ n: Int) -> Int? {
        if n == 1 { return p[0] | 0x20 == UInt8(ascii: "z") ? 0 : nil }
        guard n >= 3, p[0] == UInt8(ascii: "+") || p[0] == UInt8(ascii: "-"), let hours = two(p + 1), hours < 24 else {
            return nil
        }
        let minutes: Int? =
            switch n {
            case 3: 0
            case 5: two(p + 3)
            case 6 where p[3] == UInt8(ascii: ":"): two(p + 4)
            case _: nil
            }
        guard let minutes, minutes < 60 else { return nil }
        return p[0] == UInt8(ascii: "-") ? -(hours * 60 + minutes) : hours * 60 + minutes
    }
}
