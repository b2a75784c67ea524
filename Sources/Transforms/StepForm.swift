import Core
import Tabular
import Web

/// The steps as the fields of a form, in the order in which the form shows them.
enum StepForm {
    /// Operators with the words of the form.
    static let operators: [(value: String, label: String)] = [
        ("eq", "is"), ("ne", "is not"), ("gt", "is more than"), ("gte", "is at least"), ("lt", "is less than"),
        ("lte", "is at most"),
        ("contains", "contains"), ("starts_with", "starts with"), ("ends_with", "ends with"), ("in", "is one of (a, b, c)"),
        ("not_in", "is none of (a, b, c)"), ("is_null", "is empty"), ("not_null", "is not empty"),
        ("between", "is between (low, high)"),
        ("regex", "matches the pattern"),
    ]

    /// - Throws: `Failure` `invalid_form`: a row that is half filled in, a rename without `=`, a limit that is no number.
    static func steps(_ form: Form) throws -> JSON {
        var steps = try filters(form)
        for (field, type) in [("select_columns", "select_columns"), ("drop_columns", "drop_columns")] {
            if let text = form[field], !text.trimmed.isEmpty {
                steps.append(["type": .string(type), "params": ["columns": list(text)]])
            }
        }
        if let renames = try renames(form["rename_columns"] ?? "") {
            steps.append(["type": "rename_columns", "params": ["mapping": renames]])
        }
        if let text = form["limit"]?.trimmed, !text.isEmpty {
            guard let limit = Int64(text), limit >= 0 else {
                throw Failure(.invalid, "invalid_form", "The number of rows must be a whole number, not \(text).")
            }
            steps.append(["type": "limit", "params": ["n": .int(limit)]])
        }
        if let format = form["to_format"], !format.isEmpty {
            steps.append(["type": "convert_format", "params": ["to_format": .string(format)]])
        }
        return .array(steps)
    }

    private static func filters(_ form: Form) throws -> [JSON] {
        let (columns, operators, values) = (form.all("filter_column"), form.all("filter_operator"), form.all("filter_value"))
        var steps: [JSON] = []
        for (index, column) in columns.enumerated() {
            let name = column.trimmed
            let value = index < values.count ? values[index] : ""
            if name.isEmpty && value.trimmed.isEmpty { continue }
            guard !name.isEmpty else {
                throw Failure(.invalid, "invalid_form", "Filter \(index + 1) has a value, but no column.")
            }
            let relation = index < operators.count ? operators[index] : "eq"
            var params: [String: JSON] = ["column": .string(name), "operator": .string(relation)]
            switch relation {
            case "is_null", "not_null": break
            case "in", "not_in", "between": params["value"] = list(value)
            default: params["value"] = .string(value)
            }
            steps.append(["type": "filter", "params": .object(params)])
        }
        return steps
    }

    /// Items divided by commas; one in double quotes may hold a comma, and `""` in it is a quote.
    static func list(_ text: String) -> JSON {
        var items: [String] = []
        var (item, isQuoted, wasQuoted) = ("", false, false)
        var rest = Substring(text)
        while let character = rest.popFirst() {
            if isQuoted, character == "\"", rest.first == "\"" {
                item.append(character)
                rest.removeFirst()
            } else if isQuoted {
                if character == "\"" { isQuoted = false } else { item.append(character) }
            } else if character == "\"", item.trimmed.isEmpty {
                (item, isQuoted, wasQuoted) = ("", true, true)
            } else if character == "," {
                if wasQuoted || !item.trimmed.isEmpty { items.append(wasQuoted ? item : item.trimmed) }
                (item, wasQuoted) = ("", false)
            } else if !wasQuoted || !character.isWhitespace {
                item.append(character)
            }
        }
        if wasQuoted || !item.trimmed.isEmpty { items.append(wasQuoted ? item : item.trimmed) }
        return .array(items.map { .string($0) })
    }

    private static func renames(_ text: String) throws -> JSON? {
        let lines = text.split(whereSeparator: \.isNewline).map(\.trimmed).filter { !$0.isEmpty }
        guard !lines.isEmpty else { return nil }
        var mapping: [String: JSON] = [:]
        for line in lines {
            let parts = line.split(separator: "=", maxSplits: 1).map(\.trimmed)
            guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else {
                throw Failure(.invalid, "invalid_form", "Write each new name as old=new; \(line) is not.")
            }
            mapping[parts[0]] = .string(parts[1])
        }
        return .object(mapping)
    }

    /// What the template shows: the fields as they were typed.
    static func model(_ form: Form, problem: String?, uploadLimitBytes: Int64) -> [String: Any] {
        let (columns, chosen, values) = (form.all("filter_column"), form.all("filter_operator"), form.all("filter_value"))
        var model: [String: Any] = [
            "filters": (0..<max(3, columns.count)).map { index -> [String: Any] in
                [
                    "number": index + 1, "column": index < columns.count ? columns[index] : "",
                    "value": index < values.count ? values[index] : "",
                    "operators": operators.map {
                        ["value": $0.value, "label": $0.label, "isChosen": index < chosen.count && chosen[index] == $0.value]
                    },
                ]
            },
            "selectColumns": form["select_columns"] ?? "", "dropColumns": form["drop_columns"] ?? "",
            "renameColumns": form["rename_columns"] ?? "", "rowLimit": form["limit"] ?? "",
            "formats": formats(form["to_format"] ?? ""),
            "sizeLimitText": Wording.size(uploadLimitBytes), "sizeLimitBytes": uploadLimitBytes, "fileKinds": fileKinds,
        ]
        model["problem"] = problem
        return model
    }

    /// What the page looks for in a file before it sends it.
    private static let fileKinds = JSON.array(
        TableContent.beginnings.map {
            ["offset": .int(Int64($0.offset)), "hex": .string($0.hex), "problem": .string($0.problem)]
        }
    ).text

    private static func formats(_ chosen: String) -> [[String: Any]] {
        let all = [
            ("same", "", "As it came", "the format of the file"),
            ("parquet", "parquet", "Parquet", "typed, small, quick to query"),
            ("csv", "csv", "CSV", "for every spreadsheet"), ("jsonl", "jsonl", "JSON Lines", "one object a line"),
            ("json", "json", "JSON", "one array of objects"),
        ]
        return all.map { ["id": $0.0, "value": $0.1, "label": $0.2, "hint": $0.3, "isChosen": $0.1 == chosen] }
    }
}
