import Core
import Foundation
package import Jobs
import Storage
import Tabular
import Web
import Workers

/// A job that turns one tabular file into another: what it is made from, and what its worker is told.
package enum TransformJob {
    package static let kind = JobKind(
        name: "transform",
        fields: [
            "file_name", "original_file_size_bytes", "processing_steps", "input_options", "output_options",
            "original_filename",
            StepParameters.field,
        ],
        shapes: [
            "file_name": .string(most: 255).described("Makes a job that transforms this file.").optional,
            "original_file_size_bytes": .integer(0...Int64.max).orNull.optional,
            "processing_steps": .list(of: .map).orNull.optional, "input_options": .map.orNull.optional,
            "output_options": .map.orNull.optional,
        ],
        create: create,
        work: .init(unitsName: "tables", checkInput: mustBeTable, checkResult: checkResult) { job in
            [
                "file_name": .optional(job.fileName), "steps": job.spec["steps"] ?? [],
                "input_options": job.spec["input_options"] ?? .null, "output_options": job.spec["output_options"] ?? .null,
                "output_name": .string(outputName(of: job)),
                "output_format": .string(outputFormat(of: job).rawValue),
            ]
        }, answer: .init(members: members, long: long, digest: { $0["ledger"] }, rows: { $0["rows_read"]?.intValue }),
        page: TransformSection.page)

    /// Members of the answer that a list has no room for.
    private static let long: [Job.Part: [String]] = [
        .spec: ["processing_steps", "input_options", "output_options"], .result: ["columns", "input_dialect", "remarks"],
    ]

    @Sendable private static func members(_ job: Job) -> [String: JSON] {
        let id = job.id.rawValue
        return [
            "processing_steps": job.spec["steps"] ?? [], "input_options": job.spec["input_options"] ?? .object([:]),
            "output_options": job.spec["output_options"] ?? .object([:]),
            "remarks": job.result["remarks"] ?? [], "ledger": job.digest ?? .null,
            "columns": job.result["columns"] ?? .null, "input_dialect": job.result["dialect"] ?? .null,
            "links": [
                "self": .string("/api/v1/jobs/\(id)"), "events": .string("/api/v1/events?job_id=\(id)"),
                "upload_url": .string("/api/v1/jobs/\(id)/upload-url"),
                "mark_uploaded": .string("/api/v1/jobs/\(id)/mark-uploaded"),
                "download_url": .string("/api/v1/jobs/\(id)/download-url"),
                "artifacts": .string("/api/v1/jobs/\(id)/artifacts"),
                "cancel": .string("/api/v1/jobs/\(id)/cancel"),
            ],
        ]
    }

    /// Why a transformation fails: in the words of the engine, or because of what became of its worker.
    static let failures = [
        "column_exists", "column_not_found", "delimiter_unusable", "disk_full", "empty_file", "format_not_readable",
        "header_too_long", "header_unreadable", "mixed_formats", "not_encodable", "option_not_usable", "unpacked_too_large",
        "wrong_compression",
        "input_changed", "input_gone", "input_not_a_file", "input_unreadable", "invalid_json", "invalid_step",
        "ledger_unbalanced", "no_columns", "not_a_table", "out_of_memory", "output_unwritable", "packed_file_broken",
        "path_not_found", "record_too_long", "rows_are_arrays", "skipped_all", "too_many_cells", "too_many_columns",
        "type_not_readable", "cpu_limit", "memory_limit", "output_limit", "time_limit", "worker_crashed", "worker_flooded",
        "worker_invalid", "worker_killed", "worker_lost", "worker_silent", "artifact_invalid", "account_disabled",
        "internal_error", "invalid_order",
    ]

    /// - Throws: `Failure` `not_a_table`, with words for the person whose file it is.
    @Sendable static func mustBeTable(_ head: [UInt8]) throws {
        if let problem = TableContent.problem(head) { throw Failure(.invalid, "not_a_table", problem) }
    }

    /// `original_filename` and `processing_parameters` are older names of the file's name and of the steps.
    @Sendable private static func create(_ fields: Fields, for caller: Caller) throws -> Job? {
        for (name, older) in [("file_name", "original_filename"), ("processing_steps", StepParameters.field)]
        where fields.has(name) && fields.has(older) {
            throw Failure(.invalid, "invalid_\(older)", "\(older) is another way to give \(name); give one of them.")
        }
        let name = fields.has("original_filename") ? "original_filename" : "file_name"
        guard fields.has(name) else { return nil }
        let fileName = try fields.text(name, limit: 255)
        let size = try fields.optionalCount("original_file_size_bytes", in: 0...Int64.max)
        let options = Options(reading: fields.value("input_options"), writing: fields.value("output_options"))
        guard fields.has(StepParameters.field), let given = fields.value(StepParameters.field) else {
            return try make(
                fileName: fileName, sizeBytes: size, steps: fields.value("processing_steps") ?? [], options: options,
                for: caller)
        }
        let parameters = try StepParameters(given)
        return try make(
            fileName: fileName, sizeBytes: size, steps: parameters.steps, options: options, for: caller,
            writing: (StepParameters.field, parameters.place))
    }

    /// A row that was read was written, filtered out, rejected, or held back by a limit: the parts are no more than the whole.
    @Sendable private static func checkResult(_ result: JSON) throws {
        let names = ["rows_read", "rows_written", "rows_filtered", "rows_rejected"]
        let counts = try names.map { name in
            guard let count = result["ledger"]?[name]?.intValue else { throw WorkReport.invalid(name) }
            try WorkReport.check(count, name)
            return count
        }
        guard counts[1...].reduce(0, +) <= counts[0] else { throw WorkReport.invalid("ledger") }
        guard let bytes = result["output_bytes"]?.intValue else { throw WorkReport.invalid("output_bytes") }
        try WorkReport.check(bytes, "output_bytes")
    }

    /// - Parameter writing: the field in which the client wrote the steps, and where there what stands at a field of
    ///   `processing_steps`.
    /// - Throws: `Failure` `invalid_file_name`, `invalid_processing_steps`: names the field.
    static func make(
        id: ID<Job> = ID(), fileName: String, sizeBytes: Int64?, steps: JSON, options: Options = Options(), for caller: Caller,
        writing: (field: String, place: (String) -> String) = ("processing_steps", { $0 })
    ) throws -> Job {
        guard let format = Format.of(packedName: fileName), format.isReadable else {
            throw Failure(
                .invalid, "invalid_file_name",
                "file_name must end in .csv, .tsv, .psv, .txt, .jsonl, .ndjson or .json, perhaps with .gz or .zst behind it; \(fileName) does not."
            )
        }
        guard steps.bytes.count <= Job.Limits.specBytes else {
            throw Failure(
                .invalid, "invalid_\(writing.field)",
                "\(writing.field) has more than \(Job.Limits.specBytes) bytes of JSON; use fewer steps, columns or values.")
        }
        do {
            _ = try Recipe(steps)
        } catch let step as InvalidStep {
            throw Failure(.invalid, "invalid_\(writing.field)", "\(writing.place(step.field)): \(step.message)")
        }
        var spec: [String: JSON] = ["steps": steps]
        for (name, value) in [("input_options", options.reading), ("output_options", options.writing)] {
            guard let value, value != .null, value != .object([:]) else { continue }
            guard value.bytes.count <= Self.optionBytes else {
                throw Failure(.invalid, "invalid_\(name)", "\(name) has more than \(Self.optionBytes) bytes of JSON.")
            }
            spec[name] = value
        }
        let written = outputFormat(steps: steps, fileName: fileName)
        try check("input_options") { _ = try ReadOptions(spec["input_options"] ?? .null) }
        try check("output_options") {
            _ = try WriteOptions(spec["output_options"] ?? .null, format: written)
        }
        return Job(
            id: id, owner: caller, kind: "transform", name: fileName, fileName: fileName, originalSizeBytes: sizeBytes,
            spec: .object(spec), at: .now)
    }

    /// Of options in JSON.
    private static let optionBytes = 64 << 10

    /// How the input is read and the output written, where that is said.
    struct Options {
        var reading: JSON?
        var writing: JSON?
    }

    /// - Throws: `Failure` `invalid_input_options`.
    static func check(reading options: JSON) throws {
        try check("input_options") { _ = try ReadOptions(options) }
    }

    private static func check(_ name: String, _ parse: () throws -> Void) throws {
        do {
            try parse()
        } catch let option as InvalidStep {
            throw Failure(.invalid, "invalid_\(name)", "\(option.field): \(option.message)")
        }
    }

    /// The format of the last `convert_format`, else that of the input. The steps were checked when the job was made: here nobody
    /// compiles their patterns again.
    static func outputFormat(of job: Job) -> Format {
        outputFormat(steps: job.spec["steps"] ?? [], fileName: job.fileName ?? "")
    }

    private static func outputFormat(steps: JSON, fileName: String) -> Format {
        let conversion = steps.arrayValue?.last { $0["type"]?.stringValue == "convert_format" }
        let format = conversion?["params"]?["to_format"]?.stringValue.flatMap { Format(rawValue: $0.lowercased()) }
        return format ?? Format.of(packedName: fileName) ?? .csv
    }

    /// `<base>_processed.<extension>`: the extension of the input stays when its format does.
    static func outputName(of job: Job) -> String {
        let name = Format.withoutPacking(ObjectKey.part(from: job.fileName ?? "file"))
        let dot = name.lastIndex(of: ".") ?? name.endIndex
        let format = outputFormat(of: job)
        let ending =
            Format.of(fileName: name) == format && format != .csv ? String(name[dot...].dropFirst()) : format.fileExtension
        let packing =
            job.spec["output_options"]?["compression"]?.stringValue.map { Format.packing(of: ".\($0)") } ?? Compression.none
        return "\(name[..<dot])_processed.\(ending)\(packing.fileExtension)"
    }
}
