import Core
import Jobs
import Tabular

/// Steps in plain words, for pages.
enum StepWords {
    struct Step {
        let title: String
        let text: String
    }

    /// Such as `CSV to Parquet, 3 steps`.
    @Sendable static func about(_ job: Job) -> String {
        let steps = job.spec["steps"]?.arrayValue?.count ?? 0
        let input = Format.of(packedName: job.fileName ?? "").map(name) ?? "File"
        return "\(input) to \(name(TransformJob.outputFormat(of: job))), \(steps == 1 ? "1 step" : "\(steps) steps")"
    }

    static func steps(_ job: Job) -> [Step] { (job.spec["steps"]?.arrayValue ?? []).map(step) }

    private static func step(_ step: JSON) -> Step {
        let params = step["params"] ?? .null
        return switch step["type"]?.stringValue {
        case "filter": .init(title: "Keep rows", text: "where \(condition(params))")
        case "select_columns": .init(title: "Keep columns", text: list(params["columns"]))
        case "drop_columns": .init(title: "Drop columns", text: list(params["columns"]))
        case "rename_columns": .init(title: "Rename columns", text: renames(params["mapping"]))
        case "limit": .init(title: "Stop", text: "after \(text(params["n"])) rows")
        case "convert_format":
            .init(
                title: "Write",
                text: (Format(rawValue: params["to_format"]?.stringValue?.lowercased() ?? "").map(name) ?? "")
                    + (params["formula_safe"] == .bool(true) ? ", safe for spreadsheets" : ""))
        default: .init(title: step["type"]?.stringValue ?? "", text: params.text)
        }
    }

    private static func condition(_ params: JSON) -> String {
        let column = params["column"]?.stringValue ?? ""
        let value = params["value"]
        return switch params["operator"]?.stringValue {
        case "eq": "\(column) is \(text(value))"
        case "ne": "\(column) is not \(text(value))"
        case "gt": "\(column) is more than \(text(value))"
        case "gte", "ge": "\(column) is at least \(text(value))"
        case "lt": "\(column) is less than \(text(value))"
        case "lte", "le": "\(column) is at most \(text(value))"
        case "contains": "\(column) contains \(text(value))"
        case "starts_with": "\(column) starts with \(text(value))"
        case "ends_with": "\(column) ends with \(text(value))"
        case "in": "\(column) is one of \(list(value))"
        case "not_in": "\(column) is none of \(list(value))"
        case "is_null": "\(column) is empty"
        case "not_null": "\(column) is not empty"
        case "between":
            "\(column) is between \(value?.arrayValue.map { $0.map { text($0) }.joined(separator: " and ") } ?? text(value))"
        case "regex": "\(column) matches \(text(value))"
        default: "\(column) \(params["operator"]?.stringValue ?? "") \(text(value))"
        }
    }

    private static func text(_ value: JSON?) -> String { value?.stringValue ?? value?.text ?? "" }

    private static func list(_ value: JSON?) -> String {
        value?.arrayValue.map { $0.map { text($0) }.joined(separator: ", ") } ?? text(value)
    }

    private static func renames(_ value: JSON?) -> String {
        guard case .object(let pairs)? = value else { return "" }
        return pairs.sorted { $0.key < $1.key }.map { "\($0.key) to \(text($0.value))" }.joined(separator: ", ")
    }

    static func name(_ format: Format) -> String {
        switch format {
        case .csv: "CSV"
        case .jsonl: "JSON Lines"
        case .json: "JSON"
        case .parquet: "Parquet"
        }
    }
}
