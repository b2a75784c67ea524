import Core
import Web

/// The members of a request that makes an extraction, in JSON or in a form.
enum ExtractFields {
    /// Those that mean something.
    private static let texts = ["input_path", "output_format", "chunk_by", "preset", "idempotency_key", "title"]
    private static let counts = ["chunk_size", "chunk_overlap"]
    private static let flags = ["recursive"]
    private static let lists = ["source_files"]

    private static let noSemantics = "there is no semantic stage"

    /// Those of the document that would ask for something that is not done here. What they say without a wish is taken.
    private static let refused: [(name: String, taken: [JSON], why: String)] = [
        ("per_chunk", [false], "the output format jsonl has one chunk on each line"),
        ("organize", [false], "artifacts keep the folders of what they were made from"),
        ("strategy", [], "artifacts keep the folders of what they were made from"),
        ("delimiter", [], "the output format jsonl divides chunks"),
        ("incremental", [false], "each job reads all of its files"),
        ("resume", [false], "what a job has done is never done again, and retry-failures does the rest"),
        ("resume_session", [], "what a job has done is never done again, and retry-failures does the rest"),
        ("include_semantic", [false], noSemantics), ("semantic_report", [false], noSemantics),
        ("semantic_report_format", [], noSemantics), ("semantic_export_graph", [false], noSemantics),
        ("semantic_graph_format", [], noSemantics), ("semantic_duplicate_threshold", [], noSemantics),
        ("semantic_related_threshold", [], noSemantics), ("semantic_min_quality", [], noSemantics),
        ("semantic_max_features", [], noSemantics), ("semantic_n_components", [], noSemantics),
        ("evaluation_fail_on_bad", [false], "a job with failed files ends as partial"),
        ("continue_on_error", [true], "a file that fails never stops the others"),
        ("evaluation_policy", ["baseline_v1"], "there is one policy"),
        ("pipeline_profile", ["auto"], "there is one pipeline"),
    ]

    /// Those of the document whose wish is fulfilled whatever they say.
    private static let needless = ["output_path", "include_metadata", "include_evaluation", "non_interactive", "force"]

    static let known = texts + counts + flags + lists + refused.map(\.name) + needless

    /// - Throws: `Failure` `unsupported_option`, which says what to do instead.
    static func check(_ fields: Fields) throws {
        for (name, taken, why) in refused {
            guard let value = fields.value(name), value != .null, value != .string(""), !taken.contains(value) else { continue }
            throw Failure(.invalid, "unsupported_option", "\(name) can not be asked for here: \(why).")
        }
    }

    /// A form has texts only.
    /// - Throws: `Failure` `invalid_<name>`, `unknown_field`.
    static func fields(of form: Form) throws -> Fields {
        var members: [String: JSON] = [:]
        for name in form.names where name != "form_token" {
            guard let text = form[name] else { continue }
            guard lists.contains(name) || form.all(name).count == 1 else {
                throw Failure(.invalid, "repeated_field", "\(name.clipped(bytes: 80)) is given more than once; give it once.")
            }
            members[name] = try value(text, of: name)
        }
        let files = form.all("source_files").filter { !$0.isEmpty }
        if !files.isEmpty { members["source_files"] = .array(files.map { .string($0) }) }
        let fields = try Fields(.object(members))
        try fields.mustBeKnown(known)
        return fields
    }

    private static func value(_ text: String, of name: String) throws -> JSON {
        if counts.contains(name) {
            guard let number = Int64(text.trimmed) else {
                throw Failure(.invalid, "invalid_\(name)", "\(name) must be a whole number.")
            }
            return .int(number)
        }
        let isFlag =
            flags.contains(name) || refused.contains { $0.name == name && ($0.taken.contains(false) || $0.taken.contains(true)) }
        guard isFlag else { return .string(text) }
        return .bool(["1", "true", "yes", "on"].contains(text.trimmed.lowercased()))
    }

    /// - Throws: `Failure` `invalid_<name>`.
    static func flag(_ name: String, _ fields: Fields) throws -> Bool {
        switch fields.value(name) ?? .null {
        case .null: return false
        case .bool(let flag): return flag
        default: throw Failure(.invalid, "invalid_\(name)", "\(name) must be true or false.")
        }
    }

    /// `input_path` and `source_files`.
    /// - Throws: `Failure` `invalid_input_path`, `invalid_source_files`.
    static func paths(_ fields: Fields) throws -> [String] {
        var paths = try fields.optionalText("input_path", limit: Limits.pathLetters).map { [$0] } ?? []
        guard fields.has("source_files") else { return paths }
        guard let list = fields.value("source_files")?.arrayValue, list.count <= Limits.listed else {
            throw Failure(.invalid, "invalid_source_files", "source_files must be a list of at most \(Limits.listed) paths.")
        }
        for item in list {
            guard let path = item.stringValue, !path.isEmpty, path.utf8.count <= Limits.pathLetters, !path.utf8.contains(0) else {
                throw Failure(.invalid, "invalid_source_files", "source_files must hold paths alone.")
            }
            paths.append(path)
        }
        return paths
    }

    private enum Limits {
        /// Linux takes no longer path.
        static let pathLetters = 4096
        static let listed = 10_000
    }
}
