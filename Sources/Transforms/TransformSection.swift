import Core
import Jobs
import Web

/// What a transformation shows on the page of its job: where its rows went, its steps, and the columns of the result.
enum TransformSection {
    static let page = JobKind.Page(
        about: StepWords.about,
        outcome: { ledger in ledger["rows_written"]?.intValue.map { HumanFormat.counted($0, "row") } }, facts: facts,
        sections: { [section($0)] }, againHref: { "/dashboard/jobs/new?from=\($0.id)" },
        advice: { code in
            switch code {
            case "column_not_found":
                "Compare the names in the steps with the first line of the file, then change the steps and run it again."
            case "cpu_limit", "time_limit", "output_limit": "Split the file, or keep fewer rows and columns."
            default: nil
            }
        }, roles: ["rejects": "Rejected lines"])

    private static func section(_ job: Job) -> JobPageSection {
        let steps = StepWords.steps(job)
        let columns = job.result["columns"]?.arrayValue ?? []
        var members: [String: Any] = [
            "hasSteps": !steps.isEmpty, "steps": steps.map { ["title": $0.title, "text": $0.text] },
            "hasColumns": !columns.isEmpty, "columnsText": HumanFormat.counted(Int64(columns.count), "column"),
            "columns": columns.enumerated().map { index, column in
                [
                    "number": index + 1, "column": column["name"]?.stringValue ?? "", "type": column["type"]?.stringValue ?? "",
                ] as [String: Any]
            },
        ]
        members["ledger"] = job.digest.flatMap { ledger($0, isFinal: job.state.isOver) }
        return JobPageSection("transforms/job", members)
    }

    @Sendable private static func facts(_ job: Job) -> [JobKind.Page.Line] {
        guard let dialect = job.result["dialect"], let encoding = dialect["encoding"]?.stringValue else { return [] }
        let delimiter = name(dialect["delimiter"]?.stringValue ?? "")
        return [.init(label: "Read as", text: "\(encoding), delimiter \(delimiter)")]
    }

    private static func name(_ delimiter: String) -> String {
        switch delimiter {
        case ",": "comma"
        case ";": "semicolon"
        case "\t": "tab"
        case "|": "pipe"
        default: delimiter.isEmpty ? "none" : delimiter
        }
    }

    /// Counts as a bar, and as numbers.
    private static func ledger(_ ledger: JSON, isFinal: Bool) -> [String: Any]? {
        guard let read = ledger["rows_read"]?.intValue else { return nil }
        let rows = [
            ("written", "Written", "", ledger["rows_written"]?.intValue ?? 0),
            ("filtered", "Filtered out", "", ledger["rows_filtered"]?.intValue ?? 0),
            ("rejected", "Rejected", "broken lines, kept with their reasons", ledger["rows_rejected"]?.intValue ?? 0),
        ]
        let widths = widths(of: rows.map(\.3))
        var x = 0
        var parts: [[String: Any]] = []
        for ((part, label, hint, count), width) in zip(rows, widths) {
            var model: [String: Any] = [
                "part": part, "label": label, "countText": HumanFormat.count(count),
                "shareText": HumanFormat.share(count, of: read),
                "x": x, "width": width, "isEmpty": width == 0,
            ]
            if !hint.isEmpty && count > 0 { model["hint"] = hint }
            parts.append(model)
            x += width
        }
        let description = rows.map { "\(HumanFormat.share($0.3, of: read)) \($0.1.lowercased())" }.joined(separator: ", ")
        return ["isFinal": isFinal, "readText": HumanFormat.count(read), "description": description, "parts": parts]
    }

    /// Units of a whole bar; its drawing is stretched to the page.
    private static let barUnits = 1000.0
    /// One rejected row of millions has to be seen: on a phone this is 5 pixels.
    private static let leastUnits = 16.0

    /// Widths of parts in a bar: in proportion, but for those too small to be seen, at whose cost the larger ones shrink.
    static func widths(of counts: [Int64]) -> [Int] {
        let shares = counts.map { max(0, Double($0)) }
        let total = shares.reduce(0, +)
        guard total > 0 else { return counts.map { _ in 0 } }
        let isSmall = shares.map { $0 > 0 && $0 / total * barUnits < leastUnits }
        let room = barUnits - Double(isSmall.count { $0 }) * leastUnits
        let large = zip(shares, isSmall).map { $1 ? 0 : $0 }.reduce(0, +)
        return zip(shares, isSmall).map { share, isSmall in
            share == 0 ? 0 : isSmall ? Int(leastUnits) : Int(share / large * room)
        }
    }
}
