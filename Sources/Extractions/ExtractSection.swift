import Core
import Jobs
import Textual
import Web
import Workers

/// What an extraction shows on the page of its job: how it was asked for, and its files.
enum ExtractSection {
    static let page = JobKind.Page(
        about: about, outcome: outcome, facts: facts,
        sections: { _ in [] }, againHref: { _ in nil },
        advice: { code in
            switch code {
            case "unknown_format":
                "Send documents of the formats that can be read: \(DocumentFormat.titles)."
            case "locked_document": "Save the document without a password, and send it again."
            case "broken_document": "Open the document in its own program, save it again, and send that."
            case "limit_exceeded": "Divide the document."
            default: nil
            }
        }, roles: ["document": "Document", "chunks": "Chunks"])

    @Sendable private static func about(_ job: Job) -> String {
        let count = job.spec["files"]?.intValue ?? 0
        let preset = job.spec["options"]?["preset"]?.stringValue ?? ""
        return "\(HumanFormat.counted(count, "document")), \(preset)"
    }

    @Sendable private static func outcome(_ digest: JSON) -> String? {
        guard let total = digest["total"]?.intValue, let failed = digest["failed"]?.intValue else { return nil }
        let done = HumanFormat.counted(total - failed, "file")
        return failed == 0 ? done : "\(done), \(HumanFormat.count(failed)) failed"
    }

    @Sendable private static func facts(_ job: Job) -> [JobKind.Page.Line] {
        let options = ExtractOptions(stored: job.spec["options"] ?? [:])
        var lines: [JobKind.Page.Line] = [
            .init(label: "Preset", text: options.preset), .init(label: "Format", text: options.format.rawValue),
            .init(label: "Chunks", text: words(options)),
        ]
        if let path = job.spec["input_path"]?.stringValue { lines.append(.init(label: "From", text: path)) }
        if let skipped = job.spec["skipped"]?.intValue, skipped > 0 {
            lines.append(.init(label: "Skipped", text: HumanFormat.counted(skipped, "file") + " that are no documents"))
        }
        return lines
    }

    /// Such as `up to 256 tokens, 64 repeated, by headings`.
    static func words(_ options: ExtractOptions) -> String {
        let chunks = options.chunks
        let size = chunks.strategy == .sentences ? "one sentence each" : "up to \(HumanFormat.count(Int64(chunks.tokens))) tokens"
        let overlap = chunks.overlap > 0 ? ", \(chunks.overlap) repeated" : ""
        return size + overlap + (chunks.strategy == .headings ? ", new at each heading" : "")
    }

    // MARK: Files

    enum Limits {
        /// Files on one page.
        static let files = 100
    }

    /// - Parameter units: of this page of the list.
    static func model(_ job: Job, _ units: [Unit], _ counts: Unit.Counts, _ pages: UnitPages) -> [String: Any] {
        var model: [String: Any] = [
            "files": units.map { file($0, job) }, "hasFiles": !units.isEmpty, "follows": !job.state.isOver,
            "countText": HumanFormat.counted(Int64(counts.total), "file"),
        ]
        model.merge(pages.model(job, counts, shown: units.count)) { $1 }
        if counts.completed + counts.partial > 0 {
            model["searchHref"] = "/dashboard/search?job_id=\(job.id)"
        }
        return model
    }

    private static func file(_ unit: Unit, _ job: Job) -> [String: Any] {
        let result = ExtractJob.result(of: unit, job)
        var model: [String: Any] = [
            "number": unit.number, "name": unit.name, "state": unit.state.rawValue,
            "stateLabel": label(unit, job), "isFailed": unit.state == .failed,
        ]
        switch unit.state {
        case .completed, .partial:
            model["viewHref"] = "/dashboard/jobs/\(job.id)/files/\(unit.number)"
            model["formatText"] = result?["format"]?.stringValue.flatMap(DocumentFormat.init)?.title ?? ""
            model["sizeText"] = size(result)
            model["chunksText"] = HumanFormat.count(result?["chunks"]?.intValue ?? 0)
            model["receiptText"] = receipt(result?["receipt"] ?? [:])
        case .failed: model["what"] = unit.errorMessage
        case .pending: break
        }
        if unit.retries > 0 { model["retriesText"] = "tried \(unit.retries + 1) times" }
        return model
    }

    private static func label(_ unit: Unit, _ job: Job) -> String {
        switch unit.state {
        case .pending: job.state == .cancelled ? "Left out" : "Waiting"
        case .completed: "Read"
        case .partial: "Read in part"
        case .failed: "Failed"
        }
    }

    /// Such as `12 pages, 3 tables, 4,021 words`.
    static func size(_ result: JSON?) -> String {
        guard let result else { return "" }
        let format = result["format"]?.stringValue.flatMap(DocumentFormat.init)
        var words: [String] = []
        if let pages = result["pages"]?.intValue { words.append(HumanFormat.counted(pages, format?.pageWord ?? "page")) }
        if let tables = result["tables"]?.intValue, tables > 0 { words.append(HumanFormat.counted(tables, "table")) }
        words.append(HumanFormat.counted(result["words"]?.intValue ?? 0, "word"))
        return words.joined(separator: ", ")
    }

    /// What was seen and is not in the text, in words; nil when nothing.
    static func receipt(_ receipt: JSON) -> String? {
        let words: [(Receipt.Kind, String, String)] = [
            (.scannedPage, "scanned page", "scanned pages"), (.picture, "picture", "pictures"),
            (.hidden, "hidden text", "hidden texts"), (.deleted, "deleted text", "deleted texts"),
            (.broken, "broken part", "broken parts"), (.unmapped, "unknown letter", "unknown letters"),
            (.embedded, "embedded file", "embedded files"), (.locked, "locked file", "locked files"),
            (.unsupported, "file of another format", "files of other formats"),
            (.limit, "text beyond a limit", "texts beyond a limit"),
        ]
        let parts = words.compactMap { kind, one, many -> String? in
            guard let count = receipt[kind.rawValue]?.intValue, count > 0 else { return nil }
            return "\(HumanFormat.count(count)) \(count == 1 ? one : many)"
        }
        return parts.isEmpty ? nil : parts.joined(separator: ", ")
    }
}
