/// A file format that the engine knows.
package enum Format: String, Sendable, CaseIterable, Codable {
    case csv, jsonl, json, parquet

    /// The format that a file name promises, or nil. Only the extension counts, in any case.
    package static func of(fileName: String) -> Format? {
        guard let dot = fileName.lastIndex(of: "."), !fileName[dot...].contains("/") else { return nil }
        return switch fileName[fileName.index(after: dot)...].lowercased() {
        case "csv", "tsv", "txt", "psv", "tab": .csv
        case "jsonl", "ndjson": .jsonl
        case "json": .json
        case "parquet": .parquet
        case _: nil
        }
    }

    /// Without the dot.
    package var fileExtension: String { rawValue }

    package var mediaType: String {
        switch self {
        case .csv: "text/csv; charset=utf-8"
        case .jsonl: "application/x-ndjson"
        case .json: "application/json"
        case .parquet: "application/vnd.apache.parquet"
        }
    }

    /// Whether the engine can take the format as input. A `.json` file is read when it holds an array of objects or JSON Lines.
    package var isReadable: Bool { self != .parquet }
}
