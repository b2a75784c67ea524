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

    /// What divides the fields of a CSV file with this name: `.tsv` and `.tab` promise tabs, `.psv` vertical bars.
    package static func delimiter(ofFileName name: String) -> UInt8 {
        CSVOpening.promise(of: name) ?? UInt8(ascii: ",")
    }

    /// The same for a name that may end with `.gz` or `.zst`, as packed files do.
    package static func of(packedName name: String) -> Format? { of(fileName: withoutPacking(name)) }

    /// The name without the ending of a packed file.
    package static func withoutPacking(_ name: String) -> String {
        for ending in [".gz", ".gzip", ".zst", ".zstd"]
        where name.lowercased().hasSuffix(ending) && name.utf8.count > ending.utf8.count {
            return String(name.dropLast(ending.count))
        }
        return name
    }

    /// How a file with this name is packed: `.gz` and `.zst` say so.
    package static func packing(of name: String) -> Compression {
        let name = name.lowercased()
        if name.hasSuffix(".gz") || name.hasSuffix(".gzip") { return .gzip }
        return name.hasSuffix(".zst") || name.hasSuffix(".zstd") ? .zstd : .none
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
