import Core
import Crypto
import Foundation
package import Jobs
import Storage
import Textual
import Web
import Workers

/// A job that reads documents: each of its files is a unit.
package enum ExtractJob {
    package static let kind = JobKind(
        name: "extract",
        // Made by POST /jobs/process alone: it has files from the beginning.
        create: { _, _ in nil },
        work: .init(unitsName: "files", unitsAreFiles: true, checkResult: checkResult) { job in job.spec["options"] ?? [:] },
        answer: .init(
            members: members, digest: digest, parts: parts, source: { $0.spec["input_path"]?.stringValue }),
        page: ExtractSection.page)

    /// A file that came in for a new job.
    struct Input: Sendable {
        let file: StagedFile
        /// With folders, as far as it was sent with them.
        let name: String
    }

    enum Limits {
        static let nameBytes = 1000
        static let titleLetters = 255
    }

    /// - Parameters:
    ///   - source: the path on the server; nil for files that were sent.
    ///   - skipped: files of a folder that are no documents.
    static func make(
        _ inputs: [Input], _ options: ExtractOptions, title: String?, source: String?, skipped: Int, for caller: Caller
    ) throws -> (job: Job, inputs: [JobStore.NewInput]) {
        var spec: [String: JSON] = [
            "options": options.json, "input_path": .optional(source), "skipped": .int(Int64(skipped)),
            "files": .int(Int64(inputs.count)),
        ]
        spec["request_hash"] = .string(hash(inputs, options))
        let id = ID<Job>()
        let job = Job(
            id: id, owner: caller, kind: kind.name, name: title ?? name(inputs, source),
            originalSizeBytes: inputs.reduce(0) { $0 + $1.file.sizeBytes }, spec: .object(spec), at: .now)
        let files = try inputs.enumerated().map { index, input in
            JobStore.NewInput(
                input.file, key: try ObjectKey("input/\(id)/\(index + 1).\(ObjectKey.part(from: input.name))"), name: input.name)
        }
        return (job, files)
    }

    /// Of what is asked for, whatever the order of the files: so that a second request is known again.
    static func hash(_ inputs: [Input], _ options: ExtractOptions) -> String {
        let files = inputs.map { "\($0.file.sha256) \($0.name)" }.sorted()
        return SHA256.hash(data: Data((files.joined(separator: "\n") + "\n" + options.json.text).utf8)).hex
    }

    private static func name(_ inputs: [Input], _ source: String?) -> String {
        let first = inputs.first.map { ObjectKey.part(from: $0.name) } ?? "documents"
        guard inputs.count > 1 else { return first }
        if let last = source?.split(separator: "/").last { return ObjectKey.part(from: String(last)) }
        // The folder that all were sent with.
        let folders = Set(inputs.map { $0.name.contains("/") ? String($0.name.prefix { $0 != "/" }) : "" })
        if folders.count == 1, let folder = folders.first, !folder.isEmpty { return folder }
        return "\(first) and \(inputs.count - 1) more"
    }

    /// A name as somebody sent it, made fit to be shown and to be a path: `..`, empty parts and control characters go.
    /// - Parameter isSent: whether it comes from a machine that may divide folders by `\`.
    static func safeName(_ name: String, isSent: Bool = true) -> String {
        var parts = name.split(whereSeparator: { $0 == "/" || (isSent && $0 == "\\") }).filter { $0 != "." && $0 != ".." }.map {
            ObjectKey.part(from: String($0))
        }
        while parts.count > 1, parts.reduce(0, { $0 + $1.utf8.count + 1 }) > Limits.nameBytes { parts.removeFirst() }
        return parts.isEmpty ? "file" : parts.joined(separator: "/")
    }

    // MARK: What its answer shows

    @Sendable private static func digest(_ result: JSON) -> JSON? { result["units"] }

    @Sendable private static func members(_ job: Job) -> [String: JSON] {
        let path = "/api/v1/jobs/\(job.id)"
        let options = job.spec["options"] ?? [:]
        return [
            "job_id": .string(job.id.rawValue), "input_path": job.spec["input_path"] ?? .null,
            "output_dir": .string("output/\(job.id)"), "requested_format": options["output_format"] ?? .null,
            "chunk_size": options["chunk_size"] ?? .null, "request_payload": options,
            "request_hash": job.spec["request_hash"] ?? .null, "skipped_count": job.spec["skipped"] ?? 0,
            "file_count": job.spec["files"] ?? .null,
            "links": [
                "self": .string(path), "events": .string("/api/v1/events?job_id=\(job.id)"),
                "artifacts": .string("\(path)/artifacts"), "archive": .string("\(path)/artifacts.zip"),
                "sessions": .string("/api/v1/sessions?job_id=\(job.id)"), "cancel": .string("\(path)/cancel"),
                "retry_failures": .string("\(path)/retry-failures"),
                "search": .string("/api/v1/search?job_id=\(job.id)"),
            ],
        ]
    }

    /// What came of a file: of the only one, the job has it.
    static func result(of unit: Unit, _ job: Job) -> JSON? {
        if let result = unit.result, result["format"] != nil { return result }
        return job.result["format"] == nil ? nil : job.result
    }

    @Sendable private static func parts(_ job: Job, _ parts: JobStore.Parts) -> [String: JSON] {
        let outputs = parts.artifacts.reduce(into: [Int: String]()) { outputs, artifact in
            if artifact.role == "output" { outputs[artifact.unit ?? 1] = artifact.path }
        }
        let files = parts.units.map { file($0, job, output: outputs[$0.number]) }
        return [
            "session_id": .optional(parts.lastAttempt?.id.rawValue),
            "files": .array(files),
            "events": .array(
                parts.events.map {
                    [
                        "id": .int($0.id), "event_type": .string($0.type), "message": $0.detail["reason"] ?? .null,
                        "payload": $0.detail, "event_time": .string($0.at.description),
                    ]
                }),
            "result_payload": job.state.isOver ? result(job, parts, files) : .object([:]),
        ]
    }

    private static func file(_ unit: Unit, _ job: Job, output: String?) -> JSON {
        let result = result(of: unit, job)
        let status =
            switch unit.state {
            case .pending: "pending"
            case .completed, .partial: "processed"
            case .failed: "failed"
            }
        return [
            "number": .int(Int64(unit.number)), "source_path": .string(unit.name), "output_path": .optional(output),
            "status": .string(status), "is_partial": .bool(unit.state == .partial),
            "chunk_count": result?["chunks"] ?? .null, "retry_count": .int(Int64(unit.retries)),
            "error_type": .optional(unit.state == .failed ? unit.errorCode : nil),
            "error_message": .optional(unit.state == .failed ? unit.errorMessage : nil),
            "category": .optional(unit.state == .failed ? unit.category?.rawValue : nil),
            "format": result?["format"] ?? .null, "page_count": result?["pages"] ?? .null,
            "table_count": result?["tables"] ?? .null, "word_count": result?["words"] ?? .null,
            "receipt": result?["receipt"] ?? .null, "stage_timings_ms": result?["timings_ms"] ?? .null,
            "started_at": .optional(unit.startedAt), "finished_at": .optional(unit.finishedAt),
        ]
    }

    private static func result(_ job: Job, _ parts: JobStore.Parts, _ files: [JSON]) -> JSON {
        let counts = parts.counts
        let done = counts.completed + counts.partial
        func paths(_ status: String, _ names: [String]) -> JSON {
            .array(
                files.filter { $0["status"]?.stringValue == status }.map { file in
                    .object(
                        Dictionary(uniqueKeysWithValues: names.map { ($0, file[$0 == "path" ? "source_path" : $0] ?? .null) }))
                })
        }
        var totals: [String: Int64] = [:]
        for unit in parts.units {
            guard case .object(let timings)? = result(of: unit, job)?["timings_ms"] else { continue }
            for (stage, time) in timings { totals[stage, default: 0] += time.intValue ?? 0 }
        }
        return [
            "job_id": .string(job.id.rawValue), "status": .string(job.state.rawValue), "total_files": .int(Int64(counts.total)),
            "processed_count": .int(Int64(done)), "failed_count": .int(Int64(counts.failed)),
            "skipped_count": job.spec["skipped"] ?? 0, "output_dir": .string("output/\(job.id)"),
            "processed_files": paths("processed", ["path", "output_path", "chunk_count", "stage_timings_ms"]),
            "failed_files": paths("failed", ["path", "error_type", "error_message", "retry_count", "category"]),
            "stage_totals_ms": .object(totals.mapValues { .int($0) }), "started_at": .optional(job.startedAt),
            "finished_at": .optional(job.finishedAt), "request_hash": job.spec["request_hash"] ?? .null,
            "exit_code": .int(counts.failed == 0 ? 0 : done > 0 ? 1 : 2), "semantic": ["status": "disabled"],
            "evaluation": Evaluation(counts: counts, results: parts.units.compactMap { result(of: $0, job) }).json,
        ]
    }

    // MARK: What a worker says

    private static let counted = ["blocks", "tables", "chunks", "words", "text_bytes"]

    @Sendable private static func checkResult(_ result: JSON) throws {
        guard case .object(let members) = result, result.bytes.count <= WorkReport.Limits.messageBytes * 2 else {
            throw WorkReport.invalid("result")
        }
        guard let format = result["format"]?.stringValue, DocumentFormat(rawValue: format) != nil else {
            throw WorkReport.invalid("format")
        }
        for name in counted {
            guard let count = members[name]?.intValue else { throw WorkReport.invalid(name) }
            try WorkReport.check(count, name)
        }
        try WorkReport.check(members["pages"]?.intValue, "pages")
        for name in ["receipt", "timings_ms"] {
            guard case .object(let numbers)? = members[name] else { throw WorkReport.invalid(name) }
            for (key, number) in numbers {
                if name == "receipt", key == "unread" {
                    try checkUnread(number)
                    continue
                }
                guard let number = number.intValue else { throw WorkReport.invalid(name) }
                try WorkReport.check(number, name)
            }
        }
    }

    /// Files inside of a file: a path, a code and a sentence.
    private static func checkUnread(_ files: JSON) throws {
        for file in files.arrayValue ?? [.null] {
            guard case .object(let members) = file, members.keys.sorted() == ["code", "entry", "message"],
                members.values.allSatisfy({ $0.stringValue != nil })
            else { throw WorkReport.invalid("receipt") }
        }
    }
}
