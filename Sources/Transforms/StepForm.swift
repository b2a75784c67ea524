import Core
import Foundation
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

    /// Steps, and for each the id of the field that it was written in.
    struct Reading: Equatable {
        var steps: [JSON] = []
        var fields: [String] = []

        mutating func append(_ type: String, _ params: JSON, field: String) {
            steps.append(["type": .string(type), "params": params])
            fields.append(field)
        }
    }

    /// - Throws: `Failure` `invalid_form`: a row that is half filled in, a rename without `=`, a limit that is no number; with the id of
    ///   the field in its details.
    static func steps(_ form: Form) throws -> JSON { .array(try read(form).steps) }

    static func read(_ form: Form) throws -> Reading {
        if let text = form["steps"]?.trimmed, !text.isEmpty { return try written(text) }
        var reading = Reading()
        try readFilters(form, &reading)
        for (name, field) in [("select_columns", "select-columns"), ("drop_columns", "drop-columns")] {
            if let text = form[name], !text.trimmed.isEmpty { reading.append(name, ["columns": list(text)], field: field) }
        }
        if let renames = try renames(form["rename_columns"] ?? "") {
            reading.append("rename_columns", ["mapping": renames], field: "rename-columns")
        }
        if let text = form["limit"]?.trimmed, !text.isEmpty {
            guard let limit = Int64(text), limit >= 0 else {
                throw refusal("The number of rows must be a whole number, not \(text).", at: "limit")
            }
            reading.append("limit", ["n": .int(limit)], field: "limit")
        }
        if let format = form["to_format"], !format.isEmpty {
            reading.append("convert_format", ["to_format": .string(format)], field: "format-\(format)")
        }
        return reading
    }

    static func refusal(_ message: String, at field: String) -> Failure {
        Failure(.invalid, "invalid_form", message, details: ["field": .string(field)])
    }

    /// Steps that somebody wrote as the API takes them.
    private static func written(_ text: String) throws -> Reading {
        guard case .array(let steps)? = try? JSON(parsing: text) else {
            throw refusal("The steps are not a list in JSON: check quotes, commas and brackets.", at: "steps")
        }
        return Reading(steps: steps, fields: steps.map { _ in "steps" })
    }

    private static func readFilters(_ form: Form, _ reading: inout Reading) throws {
        let (columns, operators, values) = (form.all("filter_column"), form.all("filter_operator"), form.all("filter_value"))
        for (index, column) in columns.enumerated() {
            let name = column.trimmed
            let value = index < values.count ? values[index] : ""
            if name.isEmpty && value.trimmed.isEmpty { continue }
            guard !name.isEmpty else {
                throw refusal("Condition \(index + 1) has a value, but no column.", at: "filter-column-\(index + 1)")
            }
            let relation = index < operators.count ? operators[index] : "eq"
            var params: [String: JSON] = ["column": .string(name), "operator": .string(relation)]
            switch relation {
            case "is_null", "not_null": break
            case "in", "not_in", "between": params["value"] = list(value)
            default: params["value"] = .string(value)
            }
            reading.append("filter", .object(params), field: "filter-value-\(index + 1)")
        }
    }

    // MARK: From steps to a form

    /// The form that makes these steps: its fields where they can say as much, else the steps as text.
    static func form(of steps: JSON) -> Form {
        if let form = fields(of: steps), let again = try? Self.steps(form), isSame(again, steps) { return form }
        var form = Form()
        form.append("steps", text(of: steps))
        return form
    }

    private static func isSame(_ one: JSON, _ other: JSON) -> Bool {
        guard let one = try? Recipe(one), let other = try? Recipe(other) else {
            return false
        }
        return one == other
    }

    /// nil for steps that the form has no field for; where it has one twice, the second is lost, and `isSame` tells.
    private static func fields(of steps: JSON) -> Form? {
        var form = Form()
        for step in steps.arrayValue ?? [] {
            let params = step["params"] ?? .null
            switch step["type"]?.stringValue {
            case "filter":
                guard let column = params["column"]?.stringValue, let relation = params["operator"]?.stringValue else {
                    return nil
                }
                let value = params["value"] ?? params["values"] ?? .null
                form.append("filter_column", column)
                form.append("filter_operator", Comparison(spelling: relation)?.rawValue ?? relation)
                form.append("filter_value", value.arrayValue.map(joined) ?? value.stringValue ?? "")
            case let name? where name == "select_columns" || name == "drop_columns":
                form.append(name, joined(params["columns"]?.arrayValue ?? []))
            case "rename_columns":
                guard case .object(let mapping)? = params["mapping"] else { return nil }
                let lines = mapping.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value.stringValue ?? "")" }
                form.append("rename_columns", lines.joined(separator: "\n"))
            case "limit": form.append("limit", params["n"]?.intValue.map(String.init) ?? "")
            case "convert_format": form.append("to_format", params["to_format"]?.stringValue ?? "")
            default: return nil
            }
        }
        return form
    }

    /// As `list` reads it.
    private static func joined(_ items: [JSON]) -> String {
        items.map { item in
            let text = item.stringValue ?? item.text
            let isPlain = !text.isEmpty && text.trimmed == text && !text.contains { $0 == "," || $0 == "\"" }
            return isPlain ? text : "\"\(text.replacing("\"", with: "\"\""))\""
        }.joined(separator: ", ")
    }

    /// One step on each line.
    private static func text(of steps: JSON) -> String {
        let lines = (steps.arrayValue ?? []).map { "  \(String(decoding: $0.bytes, as: UTF8.self))" }
        return "[\n\(lines.joined(separator: ",\n"))\n]"
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
                throw refusal("Write each new name as old=new; \(line) is not.", at: "rename-columns")
            }
            mapping[parts[0]] = .string(parts[1])
        }
        return .object(mapping)
    }

    /// A job whose steps the form began with.
    struct Origin {
        let job: String
        let name: String
        /// Its file is still here and is taken again; nil when it has to be chosen anew.
        let file: (name: String, sizeBytes: Int64)?
    }

    /// What the template shows: the fields as they were typed, and a refusal at the field that it is about.
    static func model(_ form: Form, origin: Origin? = nil, problem: Failure? = nil, uploadLimitBytes: Int64) -> [String: Any] {
        let (columns, chosen, values) = (form.all("filter_column"), form.all("filter_operator"), form.all("filter_value"))
        let field = problem?.details?["field"]?.stringValue
        let rules = (0..<max(3, columns.count)).map { index -> [String: Any] in
            let relation = index < chosen.count ? chosen[index] : ""
            let choices = operators.map {
                ["value": $0.value, "label": $0.label, "isChosen": relation == $0.value] as [String: Any]
            }
            return [
                "number": index + 1, "column": index < columns.count ? columns[index] : "",
                "value": index < values.count ? values[index] : "", "operators": choices,
                "isColumnBad": field == "filter-column-\(index + 1)", "isValueBad": field == "filter-value-\(index + 1)",
            ]
        }
        let said = field.map { !$0.hasPrefix("format-") } ?? false
        var model: [String: Any] = [
            "filters": rules,
            "selectColumns": form["select_columns"] ?? "", "dropColumns": form["drop_columns"] ?? "",
            "renameColumns": form["rename_columns"] ?? "", "rowLimit": form["limit"] ?? "",
            "formats": formats(form["to_format"] ?? ""),
            "reading": OptionForm.reading.model(form, bad: field), "writing": OptionForm.writing.model(form, bad: field),
            "sizeLimitText": HumanFormat.size(uploadLimitBytes), "sizeLimitBytes": uploadLimitBytes, "fileKinds": fileKinds,
            "bad": [
                "select": field == "select-columns", "drop": field == "drop-columns", "rename": field == "rename-columns",
                "limit": field == "limit", "file": field == "file", "steps": field == "steps",
                "other": problem != nil && !said,
            ],
        ]
        model["problem"] = problem?.message
        model["stepsText"] = form["steps"]
        if let origin {
            var member: [String: Any] = ["originId": origin.job, "originName": origin.name]
            member["originHref"] = "/dashboard/jobs/\(origin.job)"
            if let file = origin.file {
                member["originFile"] = ["fileName": file.name, "fileSize": HumanFormat.size(file.sizeBytes)]
            }
            model["origin"] = member
        }
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
