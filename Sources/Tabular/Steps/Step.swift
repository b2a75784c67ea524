/// How a filter compares.
package enum Comparison: String, Sendable, CaseIterable {
    case eq, ne, gt, gte, lt, lte, contains
    case startsWith = "starts_with"
    case endsWith = "ends_with"
    case `in`
    case notIn = "not_in"
    case isNull = "is_null"
    case notNull = "not_null"
    case between, regex

    /// All spellings that are understood: the names above, `ge`, `le` and the usual signs.
    package init?(spelling: String) {
        switch spelling.lowercased() {
        case "ge", ">=": self = .gte
        case "le", "<=": self = .lte
        case "=", "==": self = .eq
        case "!=", "<>": self = .ne
        case ">": self = .gt
        case "<": self = .lt
        case "is_not_null": self = .notNull
        case let name:
            guard let known = Comparison(rawValue: name) else { return nil }
            self = known
        }
    }

    static let spellings = allCases.map(\.rawValue) + ["ge", "le"]

    /// Values that the comparison takes: none, one, two, or a list.
    var arity: Arity {
        switch self {
        case .isNull, .notNull: .none
        case .in, .notIn: .list
        case .between: .two
        case .eq, .ne, .gt, .gte, .lt, .lte, .contains, .startsWith, .endsWith, .regex: .one
        }
    }

    enum Arity { case none, one, two, list }
}

/// What a cell is compared with. The kind decides how: text by its bytes, a number by its value, a truth value in any spelling of case.
package enum Operand: Sendable, Equatable {
    case text(String)
    /// The number as it was written, so that integers beyond 2^53 stay exact.
    case number(String)
    case truth(Bool)
}

/// A condition on one column.
package struct Filter: Sendable, Equatable {
    package var column: String
    package var comparison: Comparison
    package var values: [Operand]
    package var isCaseSensitive: Bool

    package init(column: String, comparison: Comparison, values: [Operand] = [], isCaseSensitive: Bool = true) {
        self.column = column
        self.comparison = comparison
        self.values = values
        self.isCaseSensitive = isCaseSensitive
    }
}

/// One step of a recipe. Steps apply in order: a filter after a renaming uses the new name.
package enum Step: Sendable, Equatable {
    /// Lets rows through for which the condition is true. A comparison with null is never true, as in SQL.
    case filter(Filter)
    case selectColumns([String])
    case dropColumns([String])
    case renameColumns([Renaming])
    /// Lets so many rows through; reading ends with the last of them.
    case limit(Int64)
    /// What a spreadsheet would take for a formula is made text in CSV, or not. Nil: in the rejects file, but not in the output.
    case convertFormat(Format, isFormulaSafe: Bool? = nil)

    package struct Renaming: Sendable, Equatable {
        package var from: String
        package var to: String

        package init(from: String, to: String) {
            self.from = from
            self.to = to
        }
    }

    /// Names of steps, as recipes spell them.
    package static let types = [
        "filter", "select_columns", "drop_columns", "rename_columns", "limit", "convert_format",
    ]
}
