/// Patterns for SQL's LIKE, over texts that `DatabaseFunction.lowercase` folds: ESCAPE is the backslash.
package enum LikePattern {
    /// Finds the words anywhere; a percent sign or an underscore in them stands for itself.
    package static func containing(_ words: String) -> String {
        "%" + words.lowercased().replacing(#/[\\%_]/#) { "\\" + $0.output } + "%"
    }
}
