/// What a column holds once all of its cells are known.
enum ColumnType: Equatable {
    case integer, double, boolean, date, timestamp, timestampUTC, string

    var name: String {
        switch self {
        case .integer: "integer"
        case .double: "double"
        case .boolean: "boolean"
        case .date: "date"
        case .timestamp: "timestamp"
        case .timestampUTC: "timestamp_utc"
        case .string: "string"
        }
    }
}

/// The kinds of cells that a column was seen to hold. Null and the empty text say nothing.
///
/// The type is a function of the set alone, so the order in which blocks are looked at does not matter.
struct Evidence: OptionSet {
    var rawValue: UInt16

    static let integer = Evidence(rawValue: 1)
    /// An integer that a double can not hold exactly.
    static let bigInteger = Evidence(rawValue: 2)
    static let double = Evidence(rawValue: 4)
    static let boolean = Evidence(rawValue: 8)
    static let date = Evidence(rawValue: 16)
    static let timestamp = Evidence(rawValue: 32)
    static let timestampUTC = Evidence(rawValue: 64)
    static let string = Evidence(rawValue: 128)
    static let null = Evidence(rawValue: 256)

    /// The narrowest type that holds every cell without changing its value.
    var type: ColumnType {
        let seen = subtracting(.null)
        if seen.isEmpty || seen.contains(.string) { return .string }
        if seen.isSubset(of: [.integer, .bigInteger]) { return .integer }
        if seen.isSubset(of: [.integer, .double]) { return .double }
        if seen == .boolean { return .boolean }
        if seen == .date { return .date }
        if seen.isSubset(of: [.date, .timestamp]) { return .timestamp }
        if seen == .timestampUTC { return .timestampUTC }
        return .string
    }
}
