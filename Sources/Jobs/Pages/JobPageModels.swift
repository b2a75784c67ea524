import Core
import Web
import Workers

/// Turns jobs into what the templates show: plain words, no rules.
package struct JobPageModels: Sendable {
    private let kinds: JobKinds
    private let board: ProgressBoard
    /// Events of other rooms.
    private let events: [String: EventWords]

    /// Words that the field for a status proposes.
    package static let statusesProposed = 20

    package init(kinds: JobKinds, board: ProgressBoard, events: [String: EventWords] = [:]) {
        self.kinds = kinds
        self.board = board
        self.events = events
    }

    // MARK: The list

    func dashboard(
        _ listing: JobStore.Listing, counts: JobStore.Counts, _ filter: JobFilter, tags: [String], page: Page, lastEvent: Int64,
        planned: (jobs: Int, from: Moment)?
    ) -> [String: Any] {
        let tagFilters = tagFilters(filter, tags)
        var model: [String: Any] = [
            "eventsUrl": "/api/v1/events?topics=jobs&last_event_id=\(lastEvent)",
            "filters": filters(filter, counts),
            "hasJobs": !listing.jobs.isEmpty, "jobs": listing.jobs.map(row), "rangeText": range(listing, page),
            "search": search(filter), "hasTags": !tagFilters.isEmpty, "tagFilters": tagFilters,
        ]
        model["filterLabel"] = filter.statusTexts.first.map {
            Job.State(rawValue: $0).map { Self.label($0).lowercased() } ?? $0
        }
        model["retiring"] = planned.map {
            ["jobsText": HumanFormat.counted(Int64($0.jobs), "job"), "fromText": HumanFormat.time($0.from)]
        }
        if page.skip > 0 {
            model["newerHref"] = Self.href(filter, skip: max(0, page.skip - page.limit))
        }
        if page.skip + page.limit < listing.total { model["olderHref"] = Self.href(filter, skip: page.skip + page.limit) }
        return model
    }

    /// This list with other filters.
    private static func href(_ filter: JobFilter, skip: Int = 0) -> String {
        var pairs: [(String, String)] = []
        if let words = filter.words { pairs.append(("q", words)) }
        pairs += filter.statusTexts.map { ("status", $0) } + filter.tags.map { ("tag", $0) }
        if let view = filter.viewName { pairs.append(("view", view)) }
        if filter.sort != filter.usual.sort { pairs.append(("sort", filter.sort.name)) }
        if skip > 0 { pairs.append(("skip", String(skip))) }
        guard !pairs.isEmpty else { return "/dashboard" }
        return "/dashboard?" + pairs.map { "\($0)=\($1.queryEscaped)" }.joined(separator: "&")
    }

    private func search(_ filter: JobFilter) -> [String: Any] {
        let sorts = [
            ("created_desc", "Newest first", "newest first"), ("updated_desc", "Last changed first", "last changed first"),
            ("created_asc", "Oldest first", "oldest first"), ("title_asc", "By title", "by title"),
        ]
        var cleared = filter
        cleared.words = nil
        cleared.tags = []
        return [
            "q": filter.words ?? "",
            "sorts": sorts.map { value, label, _ in
                ["value": value, "label": label, "isChosen": value == filter.sort.name] as [String: Any]
            },
            "kept":
                (filter.statusTexts.map { ("status", $0) } + filter.tags.map { ("tag", $0) }
                + (filter.isActiveOnly ? [("view", "active")] : [])).map {
                    ["name": $0, "value": $1]
                },
            "orderText": sorts.first { $0.0 == filter.sort.name }?.2 ?? "\(filter.sort.name)",
            "isActive": filter.words != nil || !filter.tags.isEmpty, "clearHref": Self.href(cleared),
        ]
    }

    private func tagFilters(_ filter: JobFilter, _ tags: [String]) -> [[String: Any]] {
        let all = filter.tags + tags.filter { !filter.tags.contains($0) }
        return all.prefix(max(20, filter.tags.count)).map { tag in
            var other = filter
            if let index = other.tags.firstIndex(of: tag) { other.tags.remove(at: index) } else { other.tags.append(tag) }
            return ["tagName": tag, "tagHref": Self.href(other), "isChosen": filter.tags.contains(tag)]
        }
    }

    private func filters(_ filter: JobFilter, _ counts: JobStore.Counts) -> [[String: Any]] {
        func entry(_ label: String, _ count: Int, _ statuses: [String], isActiveOnly: Bool = false) -> [String: Any] {
            var other = filter
            other.statusTexts = statuses
            other.isActiveOnly = isActiveOnly
            return [
                "label": label, "href": Self.href(other),
                "isCurrent": filter.statusTexts == statuses && filter.isActiveOnly == isActiveOnly,
                "count": HumanFormat.count(Int64(count)), "isNone": count == 0,
            ]
        }
        return [entry("All", counts.total, []), entry("Not over", counts.active, [], isActiveOnly: true)]
            + Job.State.allCases.map { entry(Self.label($0), counts[$0], [$0.rawValue]) }
    }

    private func range(_ listing: JobStore.Listing, _ page: Page) -> String {
        listing.jobs.isEmpty
            ? "0 of \(listing.total)"
            : "\(page.skip + 1)–\(page.skip + listing.jobs.count) of \(HumanFormat.count(Int64(listing.total)))"
    }

    private func row(_ job: Job) -> [String: Any] {
        var model = progress(job)
        model.merge([
            "id": job.id.rawValue, "href": Self.href(job), "name": job.name,
            "about": job.about ?? job.kind,
            "state": job.state.rawValue, "stateLabel": job.statusText ?? Self.label(job.state), "isActive": Self.isActive(job),
            "sizeText": job.originalSizeBytes.map(HumanFormat.size) ?? "", "createdAt": job.createdAt.description,
            "createdText": HumanFormat.time(job.createdAt), "hasOwnStatus": job.statusText != nil,
            "hasRowTags": !job.tags.isEmpty,
            "rowTags": job.tags.map { ["rowTag": $0, "rowTagHref": "/dashboard?tag=\($0.queryEscaped)"] },
        ]) { $1 }
        model["durationText"] = duration(job)
        model["outcome"] = Self.isActive(job) ? nil : outcome(job)
        model["cancelHref"] = Self.canCancel(job) ? "\(Self.href(job))/cancel" : nil
        return model
    }

    private func outcome(_ job: Job) -> String {
        if let message = job.errorMessage { return message }
        return switch job.state {
        case .completed, .partial: job.digest.flatMap { kinds[job]?.page.outcome($0) } ?? "Done"
        case .pending: job.statusText == nil ? "Waiting for its file" : ""
        case .queued: "Waiting for a worker"
        case .running, .cancelling, .failed, .cancelled: ""
        }
    }

    // MARK: One job

    func job(
        _ details: JobStore.Details, owner: String, events: [LoggedEvent], isMine: Bool, mayEnd: Bool, lastEvent: Int64
    ) -> [String: Any] {
        let job = details.job
        let kind = kinds[job]
        var model = progress(job)
        model.merge([
            "id": job.id.rawValue, "name": job.name, "about": kind?.page.about(job) ?? job.kind, "state": job.state.rawValue,
            "stateLabel": job.statusText ?? Self.label(job.state), "isActive": Self.isActive(job),
            "isWaiting": job.statusText == nil && (job.state == .pending || job.state == .queued),
            "facts": facts(details, owner),
            "hasFiles": !details.artifacts.isEmpty, "files": details.artifacts.map { file($0, job) },
            "hasEvents": !events.isEmpty,
            "events": events.map(event),
        ]) { $1 }
        model["waitingText"] =
            job.state == .pending ? "Waiting for its file" : job.state == .queued ? "Waiting for a free worker" : nil
        if let output = details.artifacts.first(where: { $0.role == "output" }) {
            model["downloadHref"] = Self.artifactHref(output, job)
            model["downloadText"] = HumanFormat.size(output.sizeBytes)
        } else if details.unitOutputBytes != nil {
            model["downloadHref"] = "/api/v1/jobs/\(job.id)/artifacts.zip"
            model["downloadText"] = "all"
        }
        if mayEnd {
            model["cancelHref"] = Self.canCancel(job) ? "\(Self.href(job))/cancel" : nil
            model["deleteHref"] = Self.isActive(job) ? nil : "\(Self.href(job))/delete"
            if job.state.isOver, let again = kind?.page.againHref(job) {
                model["again"] = [
                    "againHref": again, "againText": job.state == .failed ? "Change and run again" : "Run again with changes",
                    "isMain": job.state == .failed && details.retryable == 0,
                ]
            }
        }
        if isMine, details.retryable > 0 {
            let units =
                job.result["units"] == nil
                ? nil
                : kind?.work.map { work in
                    let name =
                        details.retryable == 1 && work.unitsName.hasSuffix("s")
                        ? String(work.unitsName.dropLast()) : work.unitsName
                    return "\(details.retryable) failed \(name)"
                }
            model["retry"] = [
                "retryHref": "\(Self.href(job))/retry-failures", "retryText": units.map { "Try \($0) again" } ?? "Try again",
                "isMain": job.state == .failed,
            ]
        }
        model["retiresText"] = job.retiresAt.map { HumanFormat.time($0) }
        model["failure"] = failure(job)
        let background = kind?.page.background(job).map(line) ?? []
        return [
            "eventsUrl": "/api/v1/events?job_id=\(job.id)&last_event_id=\(lastEvent)", "job": model,
            "hasOwnStatus": job.statusText != nil, "hasTags": !job.tags.isEmpty,
            "tags": job.tags.map { ["tagName": $0, "tagHref": "/dashboard?tag=\($0.queryEscaped)"] },
            "hasDescription": job.description != nil, "description": job.description ?? "",
            "hasBackground": !background.isEmpty, "background": background,
        ]
    }

    /// What people say of a job of its kind.
    func details(of job: Job) -> JobDetails? { kinds[job]?.details }

    /// The parts of its page that the kind draws.
    func sections(_ job: Job) -> [JobPageSection] { kinds[job]?.page.sections(job) ?? [] }

    private func line(_ line: JobKind.Page.Line) -> [String: Any] {
        var model: [String: Any] = ["label": line.label, "valueText": line.text]
        model["valueHref"] = line.href
        return model
    }

    /// What happened, and what to do about it.
    private func failure(_ job: Job) -> [String: Any]? {
        guard let message = job.errorMessage else { return nil }
        var model: [String: Any] = ["what": message]
        model["code"] = job.errorCode
        model["advice"] = job.errorCode.flatMap { kinds[job]?.page.advice($0) ?? Self.advice($0) }
        return model
    }

    /// What to do about a failure that jobs of every kind may have.
    private static func advice(_ code: String) -> String? {
        switch code {
        case "memory_limit": "Ask whoever runs this server to raise QUERN_WORKER_MEMORY_BYTES, or split the file."
        case "cpu_limit", "time_limit", "output_limit": "Split the file, or ask for less of it."
        case "disk_full": "Free some space on the server's disk, then run the job again."
        case "worker_killed", "worker_lost": "Try it again. If it ends in the same way, the server needs more memory."
        case "worker_crashed", "worker_silent", "worker_flooded":
            "The file may be damaged. If it is not, please report this with the job id."
        case "server_stopped": "Run the job again."
        case "input_gone": "Make a new job with the file."
        default: nil
        }
    }

    private func facts(_ details: JobStore.Details, _ owner: String) -> [[String: Any]] {
        let job = details.job
        var facts: [[String: Any]] = [["label": "Owner", "value": owner]]
        func add(_ label: String, _ value: String?) {
            if let value, !value.isEmpty { facts.append(["label": label, "value": value]) }
        }
        func add(_ label: String, at moment: Moment?) {
            if let moment {
                facts.append(["label": label, "value": HumanFormat.time(moment, seconds: true), "at": moment.description])
            }
        }
        add("Input", job.originalSizeBytes.map(HumanFormat.size))
        let output = details.artifacts.first { $0.role == "output" }
        add("Output", (output?.sizeBytes ?? details.unitOutputBytes).map(HumanFormat.size))
        for line in kinds[job]?.page.facts(job) ?? [] { add(line.label, line.text) }
        add("Created", at: job.createdAt)
        add("Started", at: job.startedAt)
        add("Finished", at: job.finishedAt)
        add("Duration", duration(job))
        add("Attempts", job.attemptCount == 0 ? nil : String(job.attemptCount))
        if let last = details.lastAttempt {
            add("CPU time", last.cpuSeconds.map(HumanFormat.duration))
            add("Peak memory", last.peakMemoryBytes.map(HumanFormat.size))
        }
        add("Job id", job.id.rawValue)
        return facts
    }

    private func file(_ artifact: Artifact, _ job: Job) -> [String: Any] {
        [
            "file": artifact.name,
            "kind": artifact.role == "output" ? "Result" : kinds[job]?.page.roles[artifact.role] ?? artifact.role,
            "sizeText": HumanFormat.size(artifact.sizeBytes),
            "fileHref": Self.artifactHref(artifact, job),
        ]
    }

    private func event(_ event: LoggedEvent) -> [String: Any] {
        var model: [String: Any] = ["at": event.at.description, "atText": HumanFormat.time(event.at, seconds: true)]
        model["detail"] = event.detail["reason"]?.stringValue
        let (tone, what) =
            switch event.type {
            case "job.created": ("plain", "Created")
            case "job.queued": ("plain", "Queued")
            case "job.started": ("busy", "Attempt \(event.detail["attempt"]?.intValue ?? 1) started")
            case "job.requeued": ("bad", "Attempt ended early; queued again")
            case "job.unit_failed": ("bad", "\(event.detail["unit"]?.stringValue ?? "A part") failed")
            case "job.retried": ("plain", "Queued again for what failed")
            case "job.cancelling": ("plain", "Cancellation requested")
            case "job.cancelled": ("plain", "Cancelled")
            case "job.completed": ("good", "Completed")
            case "job.partial": ("bad", "Completed in part")
            case "job.failed": ("bad", "Failed")
            case "job.changed": ("plain", "Changed")
            case "job.retiring": ("bad", "Will be deleted, as your settings say")
            case "job.kept": ("plain", "Will be kept after all")
            case "job.cleaned": ("plain", "Files taken away")
            default: events[event.type].map { ($0.tone.rawValue, $0.text) } ?? ("plain", event.type)
            }
        model["tone"] = tone
        model["what"] = what
        return model
    }

    // MARK: Shared

    private func progress(_ job: Job) -> [String: Any] {
        guard Self.isActive(job) else { return [:] }
        var model: [String: Any] = ["fraction": "0", "percentText": "0 %", "progressMessage": "Starting"]
        if let startedAt = job.startedAt {
            model["startedAt"] = startedAt.description
            model["elapsedText"] = duration(job)
        }
        guard let progress = board[job.id] else { return model }
        model["fraction"] = "\((progress.fraction * 10_000).rounded(.down) / 10_000)"
        model["percentText"] = "\(Int(clamped: progress.fraction * 100)) %"
        if progress.unit == "bytes" {
            model["doneText"] = progress.rows.map { HumanFormat.counted($0, "row") } ?? HumanFormat.size(progress.done)
            model["rateText"] = "\(HumanFormat.size(Int64(clamped: progress.rate)))/s"
        } else {
            model["doneText"] =
                progress.total.map { "\(progress.done) of \($0) \(progress.unit)" } ?? "\(progress.done) \(progress.unit)"
            model["rateText"] = "\(Int64(clamped: progress.rate)) \(progress.unit)/s"
        }
        model["progressMessage"] = progress.message
        if let total = progress.total, progress.rate > 0, total > progress.done {
            model["leftText"] =
                "about \(HumanFormat.duration(((Double(total) - Double(progress.done)) / progress.rate).rounded(.up))) left"
        }
        return model
    }

    private func duration(_ job: Job) -> String? {
        job.startedAt.map { HumanFormat.duration((job.finishedAt ?? .now).seconds - $0.seconds) }
    }

    private static func href(_ job: Job) -> String { "/dashboard/jobs/\(job.id)" }
    private static func artifactHref(_ artifact: Artifact, _ job: Job) -> String {
        let folder = artifact.unit.map { "\($0)/" } ?? ""
        return "/api/v1/jobs/\(job.id)/artifacts/\(folder)\(artifact.name.queryEscaped)"
    }
    private static func isActive(_ job: Job) -> Bool { job.state == .running || job.state == .cancelling }
    private static func canCancel(_ job: Job) -> Bool {
        job.statusText == nil && (job.state == .pending || job.state == .queued || job.state == .running)
    }

    static func label(_ state: Job.State) -> String {
        switch state {
        case .pending: "Pending"
        case .queued: "Queued"
        case .running: "Running"
        case .cancelling: "Cancelling"
        case .completed: "Completed"
        case .partial: "Partial"
        case .failed: "Failed"
        case .cancelled: "Cancelled"
        }
    }
}
