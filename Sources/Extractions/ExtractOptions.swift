package import Core
package import Textual
import Web

/// What somebody wants made of documents.
package struct ExtractOptions: Sendable, Equatable {
    package var format = ExtractionFormat.json
    package var chunks = ExtractionPreset.balanced.chunks
    /// The name of the preset that it began with.
    package var preset = ExtractionPreset.balanced.name

    package enum Limits {
        package static let chunkTokens = 8...100_000
    }

    package init() {}

    /// As a job keeps them, and its worker gets them.
    package var json: JSON {
        [
            "output_format": .string(format.rawValue), "preset": .string(preset), "chunk_size": .int(Int64(chunks.tokens)),
            "chunk_overlap": .int(Int64(chunks.overlap)), "chunk_by": .string(chunks.strategy.rawValue),
        ]
    }

    /// The same in the words of the document of the API.
    package var effective: JSON {
        [
            "format": .string(format.rawValue),
            "chunk": [
                "max_tokens": .int(Int64(chunks.tokens)), "overlap": .int(Int64(chunks.overlap)),
                "by": .string(chunks.strategy.rawValue),
            ],
        ]
    }

    /// - Parameter stored: as `json` made it; what is missing is as usual.
    package init(stored: JSON) {
        if let format = stored["output_format"]?.stringValue.flatMap(ExtractionFormat.init) { self.format = format }
        if let preset = stored["preset"]?.stringValue { self.preset = preset }
        if let tokens = stored["chunk_size"]?.intValue { chunks.tokens = Int(clamping: tokens) }
        if let overlap = stored["chunk_overlap"]?.intValue { chunks.overlap = Int(clamping: overlap) }
        if let strategy = stored["chunk_by"]?.stringValue.flatMap(ChunkOptions.Strategy.init) { chunks.strategy = strategy }
    }

    /// Takes what a request says; what it does not say stays.
    /// - Throws: `Failure` `invalid_<name>`.
    package mutating func take(_ fields: Fields) throws {
        if let text = try fields.optionalText("output_format", limit: 16) {
            format = try Self.choice(text, ExtractionFormat.self, "output_format")
        }
        if let text = try fields.optionalText("chunk_by", limit: 16) {
            chunks.strategy = try Self.choice(text, ChunkOptions.Strategy.self, "chunk_by")
        }
        let range = Limits.chunkTokens
        if let tokens = try fields.optionalCount("chunk_size", in: Int64(range.lowerBound)...Int64(range.upperBound)) {
            // What a preset repeats was meant for its own size.
            (chunks.tokens, chunks.overlap) = (Int(tokens), min(chunks.overlap, Int(tokens) / 4))
        }
        if let overlap = try fields.optionalCount("chunk_overlap", in: 0...Int64(range.upperBound)) {
            guard overlap < chunks.tokens else {
                throw Failure(
                    .invalid, "invalid_chunk_overlap", "chunk_overlap must be less than chunk_size, which is \(chunks.tokens).")
            }
            chunks.overlap = Int(overlap)
        }
    }

    private static func choice<Choice: RawRepresentable & CaseIterable>(
        _ text: String, _ type: Choice.Type, _ name: String
    ) throws -> Choice where Choice.RawValue == String {
        if let choice = Choice(rawValue: text.lowercased()) { return choice }
        let known = Choice.allCases.map(\.rawValue)
        let hint = Nearest.name(to: text, in: known).map { " Did you mean \($0)?" } ?? ""
        throw Failure(.invalid, "invalid_\(name)", "\(name) must be one of \(known.joined(separator: ", ")).\(hint)")
    }
}

/// The members of a request that makes an extraction, in JSON or in a form.
enum ExtractFields {
    /// Those that mean something.
    private static let texts = ["input_path", "output_format", "chunk_by", "preset", "idempotency_key", "title"]
    private static let counts = ["chunk_size", "chunk_overlap"]
    private static let flags = ["recursive"]
    private static let lists = ["source_files"]

    /// Those of the document that would ask for something that is not done here. What they say without a wish is taken.
    private static let refused: [(name: String, taken: [JSON], why: String)] = [
        ("per_chunk", [false], "the output format jsonl has one chunk on each line"),
        ("organize", [false], "artifacts keep the folders of what they were made from"),
        ("strategy", [], "artifacts keep the folders of what they were made from"),
        ("delimiter", [], "the output format jsonl divides chunks"),
        ("incremental", [false], "each job reads all of its files"),
        ("resume", [false], "what a job has done is never done again, and retry-failures does the rest"),
        ("resume_session", [], "what a job has done is never done again, and retry-failures does the rest"),
        ("include_semantic", [false], "there is no semantic stage"), ("semantic_report", [false], "there is no semantic stage"),
        ("semantic_report_format", [], "there is no semantic stage"),
        ("semantic_export_graph", [false], "there is no semantic stage"),
        ("semantic_graph_format", [], "there is no semantic stage"),
        ("semantic_duplicate_threshold", [], "there is no semantic stage"),
        ("semantic_related_threshold", [], "there is no semantic stage"),
        ("semantic_min_quality", [], "there is no semantic stage"), ("semantic_max_features", [], "there is no semantic stage"),
        ("semantic_n_components", [], "there is no semantic stage"),
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
