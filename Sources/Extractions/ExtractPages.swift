import Core
import HTTPTypes
import Hummingbird
package import Jobs
import NIOCore
package import NIOPosix
package import Storage
import Textual
package import Web

/// The pages of extractions: the form for new ones, the viewer of a file, the search, the presets.
package struct ExtractPages: Sendable {
    private let intake: Intake
    private let index: ChunkIndex
    private let objects: any ObjectStore
    private let pages: Pages
    private let bodies: Bodies
    private let threads: NIOThreadPool

    private let refusedForms = RefusedForms<Returned>()

    /// A form that was not taken, as its page shows it.
    private struct Returned: Sendable {
        let form: Form
        let problem: Failure
    }

    private enum Limits {
        static let hits = 20
    }

    /// - Parameter threads: that compute.
    package init(
        intake: Intake, index: ChunkIndex, objects: any ObjectStore, pages: Pages, bodies: Bodies, threads: NIOThreadPool
    ) {
        self.intake = intake
        self.index = index
        self.objects = objects
        self.pages = pages
        self.bodies = bodies
        self.threads = threads
    }

    package func routes(_ routes: Routes<AppRequestContext>) {
        let group = routes.group("dashboard", context: SignedIn.self)
        group.get("jobs/new-documents", .page("Show the form for a new extraction"), use: show)
        group.post("jobs/new-documents", .page("Extract documents", body: .formWithFile), use: create)
        group.get("jobs/:id/files/:number", .page("Show what was read of a file"), use: view)
        group.get("search", .page("Search what was extracted"), use: search)
        group.get("presets", .page("Show presets"), use: presets)
        group.post("presets", .page("Make a preset, or change it"), use: savePreset)
        group.post("presets/:name/apply", .page("Let jobs begin with a preset"), use: applyPreset)
        group.post("presets/:name/delete", .page("Delete a preset"), use: deletePreset)
        for form in ["apply", "delete"] {
            group.get("presets/:name/\(form)", .formAddress) { _, _ in Answer.redirect(to: "/dashboard/presets") }
        }
    }

    /// What the job's page has of its files.
    package var attachment: JobPageAttachment {
        JobPageAttachment(.sections) { [store = intake.store] job, _, _, query in
            guard job.kind == ExtractJob.kind.name else { return nil }
            let pages = UnitPages("files", limit: ExtractSection.Limits.files, query: query)
            let (units, counts) = try await store.units(of: job.id, in: pages.state, pages.page)
            return {
                JobPageSection(
                    "extractions/job", ["extraction": ExtractSection.model(job, units, counts, pages)])
            }
        }
    }

    // MARK: A new job

    @Sendable func show(_ request: Request, _ context: SignedIn) async throws -> Response {
        let returned = refusedForms.value(Form(query: request)["refused"], session: context.session?.id)
        let user = context.caller.user
        let all = try await intake.presets.all(of: user)
        let chosen =
            if let preset = returned?.form["preset"] { preset } else { try await intake.presets.options(nil, of: user).preset }
        let form = returned?.form ?? Form()
        var model: [String: Any] = [
            "presets": all.map { Self.preset($0, isChosen: $0.name == chosen) },
            "formats": Self.formats.map { value, label, hint in
                [
                    "value": value, "label": label, "hint": hint, "isChosen": value == (form["output_format"] ?? "json"),
                ] as [String: Any]
            },
            "fileLimitText": HumanFormat.size(intake.settings.fileBytes), "fileLimitBytes": intake.settings.fileBytes,
            "jobLimitText": HumanFormat.size(intake.settings.jobBytes), "jobLimitBytes": intake.settings.jobBytes,
            "countLimit": intake.settings.files, "titleText": form["title"] ?? "", "chunkSize": form["chunk_size"] ?? "",
            "chunkOverlap": form["chunk_overlap"] ?? "",
        ]
        if let problem = returned?.problem { model["problem"] = problem.message }
        return try pages.render(
            "extractions/new", Pages.Frame(title: "New extraction", signedIn: context, place: .newJob), model)
    }

    private static let formats = [
        ("json", "JSON", "Everything, with places"), ("md", "Markdown", "Text with headings and tables"),
        ("txt", "Text", "Plain text"), ("csv", "CSV", "The tables alone"), ("jsonl", "JSON Lines", "One chunk a line"),
    ]

    private static func preset(_ preset: PresetStore.Preset, isChosen: Bool) -> [String: Any] {
        [
            "name": preset.name, "about": preset.about ?? "", "isChosen": isChosen, "isOwn": !preset.isBuiltIn,
            "meansText": ExtractSection.words(preset.options), "formatText": preset.options.format.rawValue,
        ]
    }

    /// One request with all files. The job comes into being when they are whole, or not at all.
    @Sendable func create(_ request: Request, _ context: SignedIn) async throws -> Response {
        try context.mustBeOurs(Form(query: request)["form_token"])
        var gathered = Intake.Gathered()
        var seen = Form()
        do {
            seen = try await intake.gather(request, into: &gathered) { form in
                seen = form
                _ = try ExtractFields.fields(of: form)
            }
            let fields = try ExtractFields.fields(of: seen)
            guard !gathered.inputs.isEmpty else {
                throw Failure(.invalid, "missing_files", "Choose at least one file first.")
            }
            var options = try await intake.presets.options(seen["preset"], of: context.caller.user)
            try options.take(fields)
            let title = try fields.optionalText("title", limit: ExtractJob.Limits.titleLetters)
            let job = try await intake.create(gathered, options, title: title, key: nil, for: context.caller)
            return Answer.redirect(to: "/dashboard/jobs/\(job.id)")
        } catch let failure as Failure where [.invalid, .tooLarge, .noSpace, .outage, .missing].contains(failure.kind) {
            await intake.discard(gathered)
            let key = try refusedForms.keep(
                Returned(form: seen, problem: failure), bytes: seen.bytes, session: context.session?.id, or: failure)
            return Answer.redirect(to: "/dashboard/jobs/new-documents?refused=\(key)")
        } catch {
            await intake.discard(gathered)
            throw error
        }
    }

    // MARK: The viewer

    @Sendable func view(_ request: Request, _ context: SignedIn) async throws -> Response {
        let job = try await intake.store.find(try context.parameters.require("id"), for: context.caller)
        guard job.kind == ExtractJob.kind.name, let number = Int(try context.parameters.require("number")),
            let (unit, artifacts) = try await intake.store.unit(number, of: job.id)
        else { throw Failure(.missing, "file_not_found", "This job has no such file.") }
        let query = Form(query: request)
        var model: [String: Any] = [
            "jobHref": "/dashboard/jobs/\(job.id)", "jobName": job.name, "fileName": unit.name,
            "files": artifacts.map { artifact in
                [
                    "file": artifact.name, "sizeText": HumanFormat.size(artifact.sizeBytes),
                    "fileHref":
                        "/api/v1/jobs/\(job.id)/artifacts/\(artifact.unit.map { "\($0)/" } ?? "")\(artifact.name.queryEscaped)",
                ]
            }, "hasFiles": !artifacts.isEmpty,
        ]
        let result = ExtractJob.result(of: unit, job)
        model["sizeText"] = ExtractSection.size(result)
        model["receiptText"] = ExtractSection.receipt(result?["receipt"] ?? [:])
        model["titleText"] = result?["title"]?.stringValue
        if unit.state == .failed { model["failureText"] = unit.errorMessage }
        let document = artifacts.first { $0.role == "document" || ($0.role == "output" && $0.name.hasSuffix(".json")) }
        let frame = Pages.Frame(title: unit.name, signedIn: context, place: .dashboard)
        let viewHref = "/dashboard/jobs/\(job.id)/files/\(number)"
        if let document, document.sizeBytes <= DocumentView.Limits.bytes, let bytes = try await read(document) {
            model["document"] = try await threads.work { () -> String in
                let view = DocumentView(try JSON(parsing: bytes.readableBytesView))
                let chunk = query["chunk"].flatMap { Int($0) }
                let asked = chunk.map { view.page(ofChunk: $0) } ?? (query["page"].flatMap { Int($0) } ?? 1) - 1
                let page = min(max(0, asked), view.pages - 1)
                var model = view.model(page: page)
                if view.pages > 1 { model["rangeText"] = "Part \(page + 1) of \(view.pages)" }
                if page > 0 { model["beforeHref"] = "\(viewHref)?page=\(page)" }
                if page + 1 < view.pages { model["behindHref"] = "\(viewHref)?page=\(page + 2)" }
                return try pages.part("extractions/document", model)
            }
        } else if unit.state == .completed || unit.state == .partial {
            model["absentText"] =
                document == nil
                ? "What was read of this file was taken away."
                : "This document is too large to be shown here; download it below."
        }
        return try pages.render("extractions/file", frame, model)
    }

    private func read(_ artifact: Artifact) async throws -> ByteBuffer? {
        guard let object = try await intake.store.object(artifact.key), let opened = try await objects.open(object) else {
            return nil
        }
        var all = ByteBuffer()
        all.reserveCapacity(Int(clamping: object.sizeBytes))
        try await objects.read(opened, from: 0, count: object.sizeBytes) { all.writeImmutableBuffer($0) }
        return all
    }

    // MARK: The search

    @Sendable func search(_ request: Request, _ context: SignedIn) async throws -> Response {
        let query = Form(query: request)
        let page = try Page(skip: query["skip"], limit: nil, standard: Limits.hits)
        var model: [String: Any] = ["q": query["q"] ?? ""]
        if let id = query["job_id"] {
            let job = try await intake.store.find(id, for: context.caller)
            model["job"] = [
                "jobId": id, "jobName": job.name, "jobHref": "/dashboard/jobs/\(id)",
                "allHref": "/dashboard/search" + (query["q"].map { "?q=\($0.queryEscaped)" } ?? ""),
            ]
        }
        if let words = query["q"] {
            do {
                let (hits, isMore) = try await index.search(words, of: context.caller.user, job: query["job_id"], page)
                model["hits"] = hits.map(Self.hit)
                model["hasHits"] = !hits.isEmpty
                model["isSearched"] = true
                func href(_ skip: Int) -> String {
                    "/dashboard/search?q=\(words.queryEscaped)&skip=\(skip)"
                        + (query["job_id"].map { "&job_id=\($0.queryEscaped)" } ?? "")
                }
                if page.skip > 0 { model["beforeHref"] = href(max(0, page.skip - page.limit)) }
                if isMore { model["behindHref"] = href(page.skip + page.limit) }
            } catch let failure as Failure where failure.kind == .invalid || failure.kind == .outage {
                model["problem"] = failure.message
            }
        }
        return try pages.render("extractions/search", Pages.Frame(title: "Search", signedIn: context, place: .search), model)
    }

    private static func hit(_ hit: ChunkIndex.Hit) -> [String: Any] {
        var place = DocumentView.place(hit.place)
        if !hit.section.isEmpty { place += place.isEmpty ? hit.section : ", \(hit.section)" }
        var model: [String: Any] = [
            "href": hit.href, "file": hit.file, "jobName": hit.jobName, "jobHref": "/dashboard/jobs/\(hit.job)",
            "parts": parts(hit.snippet),
        ]
        if !place.isEmpty { model["placeText"] = place }
        return model
    }

    /// Words that were found, and those between them.
    private static func parts(_ snippet: String) -> [[String: Any]] {
        var parts: [[String: Any]] = []
        for (index, piece) in snippet.split(separator: ChunkIndex.marks.begin, omittingEmptySubsequences: false).enumerated() {
            guard index > 0 else {
                parts.append(["text": String(piece), "isFound": false])
                continue
            }
            let halves = piece.split(separator: ChunkIndex.marks.end, maxSplits: 1, omittingEmptySubsequences: false)
            parts.append(["text": String(halves[0]), "isFound": true])
            if halves.count > 1 { parts.append(["text": String(halves[1]), "isFound": false]) }
        }
        return parts
    }

    // MARK: Presets

    @Sendable func presets(_ request: Request, _ context: SignedIn) async throws -> Response {
        let returned = refusedForms.value(Form(query: request)["refused"], session: context.session?.id)
        let user = context.caller.user
        let current = try await intake.presets.options(nil, of: user).preset
        let form = returned?.form ?? Form()
        var model: [String: Any] = [
            "presets": try await intake.presets.all(of: user).map { Self.preset($0, isChosen: $0.name == current) },
            "name": form["name"] ?? "", "description": form["description"] ?? "", "chunkSize": form["chunk_size"] ?? "",
            "chunkOverlap": form["chunk_overlap"] ?? "",
            "strategies": [
                ("headings", "New at each heading"), ("tokens", "As many sentences as fit"), ("sentences", "One sentence each"),
            ]
            .map { value, label in
                ["value": value, "label": label, "isChosen": value == (form["chunk_by"] ?? "headings")] as [String: Any]
            },
            "formats": Self.formats.map { value, label, _ in
                ["value": value, "label": label, "isChosen": value == (form["output_format"] ?? "json")] as [String: Any]
            },
        ]
        if let problem = returned?.problem { model["problem"] = problem.message }
        return try pages.render("extractions/presets", Pages.Frame(title: "Presets", signedIn: context, place: .presets), model)
    }

    @Sendable func savePreset(_ request: Request, _ context: SignedIn) async throws -> Response {
        let form = try await context.form(request, bodies)
        do {
            let fields = try ExtractFields.fields(of: form.without(["name", "description"]))
            let name = (form["name"] ?? "").trimmed
            var options = ExtractOptions()
            options.preset = name
            try options.take(fields)
            let about = form["description"]?.trimmed
            if let about { try TextLimits.check(about, letters: PresetStore.Limits.aboutLetters, "description") }
            _ = try await intake.presets.save(name, about: about, options, for: context.caller.user)
            return Answer.redirect(to: "/dashboard/presets")
        } catch let failure as Failure where failure.kind == .invalid || failure.kind == .conflict {
            let key = try refusedForms.keep(
                Returned(form: form, problem: failure), bytes: form.bytes, session: context.session?.id, or: failure)
            return Answer.redirect(to: "/dashboard/presets?refused=\(key)")
        }
    }

    @Sendable func applyPreset(_ request: Request, _ context: SignedIn) async throws -> Response {
        _ = try await context.form(request, bodies)
        let user = context.caller.user
        try await intake.presets.apply(try await intake.presets.find(try context.parameters.require("name"), of: user), for: user)
        return Answer.redirect(to: "/dashboard/presets")
    }

    @Sendable func deletePreset(_ request: Request, _ context: SignedIn) async throws -> Response {
        _ = try await context.form(request, bodies)
        do {
            try await intake.presets.delete(try context.parameters.require("name"), of: context.caller.user)
        } catch let failure as Failure where failure.code == "preset_not_found" {
            // The second click.
        }
        return Answer.redirect(to: "/dashboard/presets")
    }
}
