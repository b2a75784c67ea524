/// What a column holds once all of its cells are known.
enum ColumnType: Equatable {
    case integer, double, boolean, date, timestamp, timestampUTC, string
    /// So many digits in all, and so many of them behind the point: at most `maxPrecision`, so that the digits fit in 64 bits.
    case decimal(precision: Int, scale: Int)

    static let maxPrecision = 18

    var name: String {
        switch self {
        case .integer: "integer"
        case .double: "double"
        case .boolean: "boolean"
        case .date: "date"
        case .timestamp: "timestamp"
        case .timestampUTC: "timestamp_utc"
        case .string: "string"
        case .decimal(let precision, let scale): "decimal(\(precision),\(scale))"
        }
    }

    /// Whether a point or a comma may stand in its values.
    var hasFraction: Bool {
        switch self {
        case .double, .decimal: true
        case .integer, .boolean, .date, .timestamp, .timestampUTC, .string: false
        }
    }

    private static let all: [ColumnType] = [.integer, .double, .boolean, .date, .timestamp, .timestampUTC, .string]
    private static let otherNames: [String: ColumnType] = [
        "text": .string, "str": .string, "int": .integer, "bigint": .integer, "float": .double, "number": .double,
        "real": .double,
        "bool": .boolean, "datetime": .timestamp, "timestamptz": .timestampUTC,
    ]

    static func named(_ name: String) -> ColumnType? { all.first { $0.name == name } ?? otherNames[name] ?? decimal(name) }

    /// `decimal(12,2)`, or `decimal(12)` for whole numbers.
    private static func decimal(_ name: String) -> ColumnType? {
        guard let match = name.wholeMatch(of: #/(?:decimal|numeric)\((\d{1,2})(?:,(\d{1,2}))?\)/#), let precision = Int(match.1),
            let scale = match.2.map({ Int($0) }) ?? 0, 1...maxPrecision ~= precision, 0...precision ~= scale
        else { return nil }
        return .decimal(precision: precision, scale: scale)
    }
}

/// The marks in a number as people write it.
struct NumberStyle: Equatable, Sendable {
    /// Between whole and fraction.
    var decimal = UInt8(ascii: ".")
    /// Between groups of three digits; 0 where there are none.
    var group: UInt8 = 0

    static let plain = NumberStyle()
    static let groupedByComma = NumberStyle(decimal: UInt8(ascii: "."), group: UInt8(ascii: ","))
    static let decimalComma = NumberStyle(decimal: UInt8(ascii: ","), group: UInt8(ascii: "."))
}

/// The order of day, month and year.
package enum DateOrder: String, Sendable, CaseIterable, Codable {
    case yearFirst = "ymd"
    case dayFirst = "dmy"
    case monthFirst = "mdy"
}

/// How the cells of a column become values.
struct ColumnReading: Equatable {
    var type: ColumnType
    /// Whether words such as `NA` stand for null, because what is left is of one type.
    var hasNullWords = false
    var numbers = NumberStyle.plain
    var dates = DateOrder.yearFirst
    /// Whether the type was said: then zeros in front and words such as `yes` count too.
    var isForced = false

    static let text = ColumnReading(type: .string)

    /// Whether filters take cells in the same way.
    func isReadLike(_ other: ColumnReading) -> Bool {
        hasNullWords == other.hasNullWords && numbers == other.numbers && dates == other.dates && isNumber == other.isNumber
    }

    var isNumber: Bool { type == .integer || type.hasFraction }

    /// Whether cells are what they look like.
    var isPlain: Bool { !hasNullWords && numbers == .plain && dates == .yearFirst }
}

/// What was said about types, where something was said.
struct TypeRules: Equatable, Sendable {
    /// Whether words such as `NA` are null in a column whose other cells are of one type.
    var findsNullWords = true
    /// Nil: found out where it is sure.
    var numbers: NumberStyle?
    var dates: DateOrder?
    /// Whether anything is typed at all; else all is text, as it was.
    var findsTypes = true
    /// Whether numbers are written as they are spelled, so that no digit is lost however many there are.
    var keepsDigits = false
    /// The type that was said; cells that are not of it are refused with their row.
    var forced: ColumnType?

    static let standard = TypeRules()
}

/// The kinds of cells that a column was seen to hold. Null and the empty text say nothing.
///
/// The type is a function of the set alone, so the order in which blocks are looked at does not matter.
struct Evidence: OptionSet {
    var rawValue: UInt32

    static let integer = Evidence(rawValue: 1)
    /// An integer that a double can not hold exactly.
    static let bigInteger = Evidence(rawValue: 1 << 1)
    static let double = Evidence(rawValue: 1 << 2)
    static let boolean = Evidence(rawValue: 1 << 3)
    static let date = Evidence(rawValue: 1 << 4)
    static let timestamp = Evidence(rawValue: 1 << 5)
    static let timestampUTC = Evidence(rawValue: 1 << 6)
    static let string = Evidence(rawValue: 1 << 7)
    static let null = Evidence(rawValue: 1 << 8)
    /// A word that often stands for null, such as `NA`.
    static let nullWord = Evidence(rawValue: 1 << 9)
    /// A number in another spelling than JSON's, such as `.5`, `5.` or one with spaces around it.
    static let loose = Evidence(rawValue: 1 << 10)
    /// A number with a plus before it, and one with a minus. Only where both are found is a plus no more than a sign: else it belongs
    /// to telephone numbers and codes.
    static let plus = Evidence(rawValue: 1 << 11)
    static let minus = Evidence(rawValue: 1 << 12)
    /// Digits, E, digits: a number where there are other fractions, else an article number.
    static let bareExponent = Evidence(rawValue: 1 << 13)
    /// A fraction with more digits than a double keeps.
    static let longDecimal = Evidence(rawValue: 1 << 14)
    /// Fractions that may be versions, `1.1` and `1.10`, and any that can not be one. See `isVersion`.
    static let oneDecimal = Evidence(rawValue: 1 << 15)
    static let paddedDecimal = Evidence(rawValue: 1 << 16)
    static let noVersion = Evidence(rawValue: 1 << 17)
    /// `1,5`: the comma can only be the decimal mark.
    static let decimalComma = Evidence(rawValue: 1 << 18)
    /// `1,234,567` or `1,234.5`: the comma can only divide groups.
    static let groupComma = Evidence(rawValue: 1 << 19)
    /// `1,234`
    static let eitherComma = Evidence(rawValue: 1 << 20)
    /// `1.234.567`
    static let groupPoint = Evidence(rawValue: 1 << 21)
    /// A fraction whose point can not divide groups: all but `1.234`.
    static let decimalPoint = Evidence(rawValue: 1 << 22)
    /// Dates of which the first part can only be the day, only the month, or either.
    static let dayFirst = Evidence(rawValue: 1 << 23)
    static let monthFirst = Evidence(rawValue: 1 << 24)
    static let eitherFirst = Evidence(rawValue: 1 << 25)
    /// Such a date with a time of day.
    static let timed = Evidence(rawValue: 1 << 26)
    /// A date or moment with the year first, but slashes where ISO 8601 has hyphens.
    static let slashed = Evidence(rawValue: 1 << 28)
    /// A number in the style that was asked for.
    static let styled = Evidence(rawValue: 1 << 27)

    private static let plainNumbers: Evidence = [
        .integer, .double, .loose, .plus, .minus, .bareExponent, .oneDecimal, .paddedDecimal, .noVersion, .decimalPoint, .styled,
    ]
    private static let commas: Evidence = [.decimalComma, .groupComma, .eitherComma, .groupPoint]
    private static let otherDates: Evidence = [.dayFirst, .monthFirst, .eitherFirst, .timed]

    /// The narrowest type that holds every cell without changing its value.
    func reading(_ rules: TypeRules) -> ColumnReading {
        if let forced = rules.forced {
            return ColumnReading(
                type: forced, hasNullWords: rules.findsNullWords && forced != .string,
                numbers: rules.numbers ?? (forced.hasFraction ? numbers(rules)?.numbers : nil) ?? .plain,
                dates: rules.dates ?? moments(rules)?.dates ?? .yearFirst, isForced: true)
        }
        var seen = subtracting(.null)
        if rules.keepsDigits, seen.remove(.longDecimal) != nil { seen.formUnion([.double, .noVersion, .decimalPoint]) }
        let hasNullWords = seen.contains(.nullWord)
        seen.remove(.nullWord)
        guard rules.findsTypes, !seen.isEmpty, !seen.contains(.string), rules.findsNullWords || !hasNullWords else {
            return .text
        }
        var reading = seen.numbers(rules) ?? seen.moments(rules) ?? .text
        if reading.type != .string { reading.hasNullWords = hasNullWords }
        return reading
    }

    /// How the columns of a table are read. A comma is no decimal mark where numbers in another column of the file have a point.
    static func readings(_ columns: [Evidence], _ rules: [TypeRules]) -> [ColumnReading] {
        var readings = zip(columns, rules).map { $0.reading($1) }
        let hasPoints = zip(columns, readings).contains { column, reading in
            reading.type == .double && reading.numbers == .plain && column.contains(.decimalPoint)
        }
        guard hasPoints else { return readings }
        for column in readings.indices
        where readings[column].numbers == .decimalComma && rules[column].numbers == nil && !readings[column].isForced {
            readings[column] = .text
        }
        return readings
    }

    /// The same where nothing was said about types.
    var type: ColumnType { reading(.standard).type }

    private func numbers(_ rules: TypeRules) -> ColumnReading? {
        if self == .boolean { return ColumnReading(type: .boolean) }
        guard isSubset(of: Evidence.plainNumbers.union(Evidence.commas).union([.bigInteger])) else { return nil }
        // A plus alone, and an exponent without any fraction, belong to codes.
        if contains(.plus), !contains(.minus) { return .text }
        if contains(.bareExponent), isDisjoint(with: [.double, .loose]) { return .text }
        if isVersion { return .text }
        let found = intersection(Evidence.commas)
        var style = rules.numbers ?? .plain
        if !found.isEmpty {
            guard rules.numbers == nil else { return .text }
            if found.contains(.decimalComma), !found.contains(.groupComma), !contains(.decimalPoint) {
                style = .decimalComma
            } else if found.contains(.groupComma), isDisjoint(with: [.decimalComma, .groupPoint]) {
                style = .groupedByComma
            } else {
                return .text
            }
        }
        if isSubset(of: [.integer, .bigInteger, .plus, .minus]) { return ColumnReading(type: .integer) }
        return contains(.bigInteger) ? .text : ColumnReading(type: .double, numbers: style)
    }

    /// Whether the fractions look like versions: short, some of one digit and some of two of which the second is 0, so that 1.1 and 1.10
    /// would become one.
    private var isVersion: Bool { isSuperset(of: [.oneDecimal, .paddedDecimal]) && !contains(.noVersion) }

    private func moments(_ rules: TypeRules) -> ColumnReading? {
        let plain = subtracting(.slashed)
        if plain == .date { return ColumnReading(type: .date) }
        if plain.isSubset(of: [.date, .timestamp]) { return ColumnReading(type: .timestamp) }
        if self == .timestampUTC { return ColumnReading(type: .timestampUTC) }
        guard isSubset(of: Evidence.otherDates) else { return nil }
        let order: DateOrder? =
            switch (rules.dates, contains(.dayFirst), contains(.monthFirst)) {
            case (.dayFirst?, _, false), (nil, true, false): .dayFirst
            case (.monthFirst?, false, _), (nil, false, true): .monthFirst
            case _: nil
            }
        guard let order else { return nil }
        return ColumnReading(type: contains(.timed) ? .timestamp : .date, dates: order)
    }
}
