extension Step {
    /// Reads a filter as the command line writes it: `country eq India`, `age gt 30`, `name is_null`, `country in India,Nepal`,
    /// `age between 18,30`, `'home city' eq 'New York'`. A quoted value is text; other numbers and truth values in lists and
    /// comparisons are found out as recipes do it for text.
    ///
    /// - Throws: `InvalidStep` with the field `filter`.
    package static func filter(expression: String) throws -> Step {
        var reader = ExpressionReader(rest: Substring(expression))
        guard let column = try reader.word(stopAtComma: false), !column.text.isEmpty else {
            throw InvalidStep(field: "filter", message: "A filter reads COLUMN OPERATOR VALUE, such as: country eq India.")
        }
        guard let spelling = try reader.word(stopAtComma: false) else {
            throw InvalidStep(
                field: "filter",
                message:
                    "The operator is missing after \"\(column.text)\"; known operators are \(Comparison.spellings.joined(separator: ", "))."
            )
        }
        guard let comparison = Comparison(spelling: spelling.text) else {
            let meant = Spelling.nearest(to: spelling.text, in: Comparison.spellings).map { "did you mean \($0)? " } ?? ""
            throw InvalidStep(
                field: "filter",
                message:
                    "There is no operator \"\(spelling.text)\"; \(meant)known operators are \(Comparison.spellings.joined(separator: ", ")). A column name with a space needs quotes."
            )
        }
        let values: [Operand]
        switch comparison.arity {
        case .none:
            values = []
        case .one:
            values = [.text(try reader.remainder())].filter { $0 != .text("") || reader.sawQuotes }
        case .two, .list:
            values = try reader.list().map { .text($0) }
        }
        guard reader.isAtEnd else {
            throw InvalidStep(field: "filter", message: "\(comparison.rawValue) takes no value.")
        }
        let needed: String? =
            switch comparison.arity {
            case .none: nil
            case .one: values.count == 1 ? nil : "a value"
            case .two: values.count == 2 ? nil : "two values, the lowest and the highest: 18,30"
            case .list: values.isEmpty ? "a list of values: India,Nepal" : nil
            }
        if let needed { throw InvalidStep(field: "filter", message: "\(comparison.rawValue) needs \(needed).") }
        let filter = Filter(column: column.text, comparison: comparison, values: values)
        try filter.check(at: "filter")
        return .filter(filter)
    }
}

/// Takes words off a filter expression. Inside quotes a doubled quote stands for one.
private struct ExpressionReader {
    var rest: Substring
    var sawQuotes = false

    struct Word { var text: String }

    var isAtEnd: Bool { rest.allSatisfy { $0 == " " || $0 == "\t" } }

    private mutating func skipSpace() { rest = rest.drop { $0 == " " || $0 == "\t" } }

    mutating func word(stopAtComma: Bool) throws -> Word? {
        skipSpace()
        guard let first = rest.first else { return nil }
        if first == "'" || first == "\"" { return Word(text: try quoted(first)) }
        let text = rest.prefix { $0 != " " && $0 != "\t" && !(stopAtComma && $0 == ",") }
        rest = rest.dropFirst(text.count)
        return Word(text: String(text))
    }

    private mutating func quoted(_ quote: Character) throws -> String {
        sawQuotes = true
        var text = ""
        rest = rest.dropFirst()
        while let character = rest.first {
            rest = rest.dropFirst()
            guard character == quote else {
                text.append(character)
                continue
            }
            guard rest.first == quote else { return text }
            text.append(quote)
            rest = rest.dropFirst()
        }
        throw InvalidStep(field: "filter", message: "A quote is opened and not closed.")
    }

    /// One value: a quoted text, or all that is left, so that `city eq New York` works without quotes.
    mutating func remainder() throws -> String {
        skipSpace()
        if let first = rest.first, first == "'" || first == "\"" {
            let whole = rest
            let text = try quoted(first)
            if isAtEnd { return text }
            rest = whole
        }
        var text = rest
        while text.last == " " || text.last == "\t" { text = text.dropLast() }
        rest = ""
        return String(text)
    }

    /// Values between commas; spaces around them do not count.
    mutating func list() throws -> [String] {
        var values: [String] = []
        skipSpace()
        while !rest.isEmpty {
            skipSpace()
            if let first = rest.first, first == "'" || first == "\"" {
                values.append(try quoted(first))
            } else {
                var text = rest.prefix { $0 != "," }
                rest = rest.dropFirst(text.count)
                while text.last == " " || text.last == "\t" { text = text.dropLast() }
                values.append(String(text))
            }
            skipSpace()
            guard rest.first == "," else { break }
            rest = rest.dropFirst()
            if isAtEnd { values.append("") }
        }
        return values
    }
}
