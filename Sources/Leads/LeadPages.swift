import Core
import HTTPTypes
import Hummingbird
package import Jobs
import Storage
package import Web

/// The pages of leads: the form for a run, runs, the search, a lead, and who is kept out.
package struct LeadPages: Sendable {
    private let routes: RunRoutes
    private let runs: RunStore
    private let leads: LeadStore
    private let suppressions: SuppressionStore
    private let savedSearches: SavedSearchStore
    private let jobs: JobStore
    private let pages: Pages
    private let bodies: Bodies
    private let asksMailServers: Bool
    private let importPage: LeadImportPage
    private let refusedForms = RefusedForms<Returned>()

    /// A form that was not taken, as its page shows it.
    private struct Returned: Sendable {
        let form: Form
        let problem: Failure
    }

    private enum Limits {
        static let runs = 30
        static let domains = 100
        static let suppressions = 200
        static let leads = 50
        static let facetValues = 12
    }

    init(
        routes: RunRoutes, runs: RunStore, leads: LeadStore, suppressions: SuppressionStore, savedSearches: SavedSearchStore,
        ingest: LeadIngest, jobs: JobStore, pages: Pages, bodies: Bodies, asksMailServers: Bool
    ) {
        importPage = LeadImportPage(ingest: ingest, pages: pages, bodies: bodies)
        self.savedSearches = savedSearches
        (self.routes, self.runs, self.leads, self.suppressions) = (routes, runs, leads, suppressions)
        (self.jobs, self.pages, self.bodies, self.asksMailServers) = (jobs, pages, bodies, asksMailServers)
    }

    package func routes(_ routes: Routes<AppRequestContext>) {
        let group = routes.group("dashboard", context: SignedIn.self)
        group.get("jobs/new-run", .page("Show the form for a new run"), use: showForm)
        group.post("jobs/new-run", .page("Start a run"), use: start)
        group.get("runs", .page("Show runs"), use: showRuns)
        group.get("leads", .page("Search leads"), use: search)
        group.post("leads/searches", .page("Save a search"), use: saveSearch)
        group.get("leads/searches", .formAddress) { _, _ in Answer.redirect(to: "/dashboard/leads") }
        group.post("leads/searches/delete", .page("Delete a saved search"), use: deleteSearch)
        group.get("leads/searches/delete", .formAddress) { _, _ in Answer.redirect(to: "/dashboard/leads") }
        group.get("leads/import", .page("Show the form that takes in leads"), use: importPage.show)
        group.post("leads/import", .page("Take in leads"), use: importPage.take)
        group.get("leads/suppressions", .page("Show who is kept out"), use: showSuppressions)
        group.post("leads/suppressions", .page("Keep somebody out"), use: suppress)
        group.post("leads/suppressions/remove", .page("Allow somebody again"), use: allow)
        group.get("leads/suppressions/remove", .formAddress) { _, _ in Answer.redirect(to: "/dashboard/leads/suppressions") }
        group.get("leads/:id", .page("Show a lead"), use: showLead)
        group.post("leads/:id/erase", .page("Erase a lead"), use: erase)
        group.get("leads/:id/erase", .formAddress) { _, context in
            Answer.redirect(to: "/dashboard/leads/\(try context.parameters.require("id").queryEscaped)")
        }
    }

    // MARK: A new run

    private static let modes = [
        ("full", "Everything", "Read the sites, make missing addresses, ask mail servers"),
        ("autodiscovery", "Only read the sites", "People and published addresses"),
        ("autodiscovery+generate", "Read, and make addresses", "No mail server is asked"),
        ("generate", "Only make addresses", "For people who are known already"),
        ("verify", "Only verify", "Ask mail servers about addresses that are known"),
        ("genverify", "Make addresses and verify", "For people who are known already; no site is read"),
    ]

    @Sendable func showForm(_ request: Request, _ context: SignedIn) async throws -> Response {
        let returned = refusedForms.value(Form(query: request)["refused"], session: context.session?.id)
        let form = returned?.form ?? Form()
        var model: [String: Any] = [
            "domains": form["domains"] ?? "", "labelText": form["label"] ?? "", "checksOff": !asksMailServers,
            "modes": Self.modes.map { value, label, hint in
                ["value": value, "label": label, "hint": hint, "isChosen": value == (form["mode"] ?? "full")] as [String: Any]
            },
        ]
        if let problem = returned?.problem { model["problem"] = problem.message }
        return try pages.render("leads/new", Pages.Frame(title: "New run", signedIn: context, place: .newJob), model)
    }

    @Sendable func start(_ request: Request, _ context: SignedIn) async throws -> Response {
        let form = try await context.form(request, bodies)
        do {
            let domains = (form["domains"] ?? "").split { $0.isWhitespace || $0 == "," || $0 == ";" }.map(String.init)
            let label = form["label"]?.trimmed
            if let label { try TextLimits.check(label, letters: RunJob.Limits.labelLetters, "label") }
            let options = try RunOptions(["mode": .optional(form["mode"])])
            let job = try await routes.start(
                domains, label: label.flatMap { $0.isEmpty ? nil : $0 }, options: options, for: context.caller)
            return Answer.redirect(to: "/dashboard/jobs/\(job.id)")
        } catch let failure as Failure where failure.kind == .invalid {
            let key = try refusedForms.keep(
                Returned(form: form, problem: failure), bytes: form.bytes, session: context.session?.id, or: failure)
            return Answer.redirect(to: "/dashboard/jobs/new-run?refused=\(key)")
        }
    }

    // MARK: Runs

    @Sendable func showRuns(_ request: Request, _ context: SignedIn) async throws -> Response {
        let page = try Page(skip: Form(query: request)["skip"], limit: nil, standard: Limits.runs)
        let found = try await runs.list(Page(skip: page.skip, limit: page.limit + 1), in: context.caller.tenant)
        var model: [String: Any] = [
            "hasRuns": !found.isEmpty, "follows": found.contains { !$0.job.state.isOver },
            "runs": found.prefix(page.limit).map { Self.model($0, context.caller) },
        ]
        if page.skip > 0 { model["beforeHref"] = "/dashboard/runs?skip=\(max(0, page.skip - page.limit))" }
        if found.count > page.limit { model["behindHref"] = "/dashboard/runs?skip=\(page.skip + page.limit)" }
        return try pages.render("leads/runs", Pages.Frame(title: "Runs", signedIn: context, place: .leads), model)
    }

    private static func model(_ run: RunStore.Run, _ caller: Caller) -> [String: Any] {
        let domains = RunJob.domains(of: run.job)
        let status = RunJob.status(run.job.state)
        var model: [String: Any] = [
            "name": run.job.name, "leadsHref": "/dashboard/leads?run=\(run.job.id)",
            "domainsText": domains.prefix(3).joined(separator: ", ")
                + (domains.count > 3 ? " and \(domains.count - 3) more" : ""),
            "state": run.job.state.rawValue,
            "stateLabel": run.job.state == .partial ? "Succeeded in part" : status.prefix(1).uppercased() + status.dropFirst(),
            "doneText": "\(run.ended) of \(run.total)", "emailsText": "\(run.emails) found, \(run.valid) valid",
            "startedText": String(run.job.createdAt.description.prefix(16)).replacing("T", with: " "),
        ]
        if run.job.user == caller.user || caller.role == .admin { model["href"] = "/dashboard/jobs/\(run.job.id)" }
        return model
    }

    /// What the page of a run's job has of its domains.
    package var attachment: JobPageAttachment {
        JobPageAttachment(.sections) { [jobs, runs] job, context, _, query in
            guard job.kind == RunJob.name else { return nil }
            let pages = UnitPages("domains", limit: Limits.domains, query: query)
            let (units, counts) = try await jobs.units(of: job.id, in: pages.state, pages.page)
            let run = try await runs.find(job.id.rawValue, in: job.tenant)
            return {
                JobPageSection("leads/run", ["run": Self.section(job, units, counts, run, pages)])
            }
        }
    }

    private static func section(
        _ job: Job, _ units: [Unit], _ counts: Unit.Counts, _ run: RunStore.Run, _ pages: UnitPages
    ) -> [String: Any] {
        let href = "/api/v1/runs/\(job.id)/export"
        var model: [String: Any] = [
            "countText": HumanFormat.counted(Int64(max(counts.total, RunJob.domains(of: job).count)), "domain"),
            "follows": !job.state.isOver,
            "emailsText": "\(run.emails == 1 ? "1 address" : "\(run.emails) addresses"), \(run.valid) valid",
            "leadsHref": "/dashboard/leads?run=\(job.id)",
            "csvHref": "\(href)?format=csv", "jsonHref": "\(href)?format=json",
            "hasDomains": !units.isEmpty,
            "domains": units.map { unit in
                // Of the only domain, the job has the result.
                let result = unit.result ?? (counts.total == 1 ? job.result : [:])
                return [
                    "name": unit.name, "state": unit.state.rawValue,
                    "stateLabel": unit.state == .pending
                        ? job.state.isOver ? "Not read" : job.state == .running ? "Not done yet" : "Waiting"
                        : unit.state == .failed ? "Failed" : "Done",
                    "isFailed": unit.state == .failed,
                    "text": unit.state == .failed
                        ? unit.errorMessage ?? "" : RunOutcome.words(result: result),
                    "peopleText": result["people"]?.intValue.map { "\($0)" } ?? "",
                    "pagesText": result["pages"]?.intValue.map { "\($0)" } ?? "",
                ] as [String: Any]
            },
        ]
        let mail = units.compactMap { ($0.result ?? (counts.total == 1 ? job.result : [:]))["mail"]?.stringValue }
        model["isMailClosed"] = !mail.isEmpty && mail.allSatisfy { $0 == "unreachable" }
        model.merge(pages.model(job, counts, shown: units.count)) { $1 }
        return model
    }

    // MARK: The search

    private static let statusLabels = [
        "valid": "Valid", "risky_catch_all": "Catch-all", "invalid": "Invalid", "unknown_timeout": "Unknown",
    ]
    private static let statusClasses = [
        "valid": "completed", "risky_catch_all": "partial", "invalid": "failed", "unknown_timeout": "plain",
    ]
    private static let facets: [(LeadFilter.Facet, title: String, field: String)] = [
        (.status, "Address", "verify_status"), (.scoreBucket, "Score", "icp_bucket"), (.role, "Role", "roles"),
        (.seniority, "Seniority", "seniority"),
        (.industry, "Industry", "industries"), (.size, "Size of the company", "sizes"), (.source, "Source", "source"),
    ]
    private static let sorts = [
        ("icp_desc", "Best first"), ("icp_asc", "Worst first"), ("verified_at_desc", "Newest verification first"),
        ("verified_at_asc", "Oldest verification first"),
    ]

    @Sendable func search(_ request: Request, _ context: SignedIn) async throws -> Response {
        let query = Form(query: request)
        let frame = Pages.Frame(title: "Leads", signedIn: context, place: .leads)
        var model: [String: Any] = ["q": query["q"] ?? "", "hasLeads": false, "leads": [], "facets": []]
        do {
            var filter = try LeadFilter(query, mustHaveWords: false)
            filter.limit = Limits.leads
            filter.facets = Self.facets.map(\.0)
            let cursor = filter.cursor
            // The counts stand beside every page of the list.
            filter.cursor = nil
            let whole = try await leads.search(filter, in: context.caller.tenant)
            var found = whole
            if let cursor {
                filter.cursor = cursor
                found = try await leads.search(filter, in: context.caller.tenant)
            }
            model["hasLeads"] = !found.leads.isEmpty
            model["leads"] = found.leads.map(Self.model)
            model["facets"] = whole.facets.compactMap { facet, counts in Self.model(facet, counts, filter) }
            model["sorts"] = Self.sorts.map {
                ["value": $0, "label": $1, "isChosen": $0 == filter.sort.rawValue] as [String: Any]
            }
            model["isApproximate"] = whole.isApproximate
            if let next = found.next { model["nextHref"] = Self.href(query, adding: ("cursor", next)) }
            if !query.names.filter({ $0 != "run" && $0 != "refused" }).isEmpty {
                model["clearHref"] = "/dashboard/leads" + (query["run"].map { "?run=\($0.queryEscaped)" } ?? "")
            }
            if let id = filter.run {
                let run = try await runs.find(id, in: context.caller.tenant)
                model["run"] = ["runId": run.job.id.rawValue, "runName": run.job.name, "allHref": "/dashboard/leads"]
            }
        } catch let failure as Failure where failure.kind == .invalid || failure.kind == .outage {
            model["problem"] = failure.message
            model["sorts"] = Self.sorts.map { ["value": $0, "label": $1, "isChosen": $0 == "icp_desc"] as [String: Any] }
        }
        model["domains"] = query.all("domain").filter { !$0.isEmpty }.map { ["value": $0] }
        model["exportHref"] = "/api/v1/leads/export?" + LeadFilter.query(of: query, leavesOutStandardSort: true)
        model["icpMin"] = query["icp_min"] ?? ""
        model["recencyDays"] = query["recency_days"] ?? ""
        model["tech"] = query.all("tech").filter { !$0.isEmpty }.joined(separator: ",")
        let current = Self.saved(query)
        let saved = try await savedSearches.list(of: context.caller)
        model["savedSearches"] = saved.map { search in
            [
                "searchId": search.id.rawValue, "searchName": search.name, "searchHref": "/dashboard/leads?\(search.query)",
                "isCurrent": search.query == current,
            ] as [String: Any]
        }
        model["hasSavedSearches"] = !saved.isEmpty
        if !current.isEmpty, !saved.contains(where: { $0.query == current }), model["problem"] == nil {
            model["savable"] = current
        }
        if let problem = refusedForms.value(query["refused"], session: context.session?.id)?.problem {
            model["savingProblem"] = problem.message
        }
        return try pages.render("leads/search", frame, model)
    }

    /// The parameters of a search in the spelling that saved searches have.
    private static func saved(_ query: Form) -> String {
        LeadFilter.query(of: query, leavesOutStandardSort: true)
    }

    @Sendable func saveSearch(_ request: Request, _ context: SignedIn) async throws -> Response {
        let form = try await context.form(request, bodies)
        let query = form["query"] ?? ""
        do {
            let saved = try await savedSearches.save(form["name"] ?? "", query, by: context.caller)
            return Answer.redirect(to: "/dashboard/leads?\(saved.query)")
        } catch let failure as Failure where failure.kind == .invalid || failure.kind == .conflict {
            let key = try refusedForms.keep(
                Returned(form: form, problem: failure), bytes: form.bytes, session: context.session?.id, or: failure)
            return Answer.redirect(to: "/dashboard/leads?\(Self.saved(Form(query)))&refused=\(key)")
        }
    }

    @Sendable func deleteSearch(_ request: Request, _ context: SignedIn) async throws -> Response {
        let form = try await context.form(request, bodies)
        do {
            try await savedSearches.delete(form["id"] ?? "", of: context.caller)
        } catch let failure as Failure where failure.code == "saved_search_not_found" {
            // The second click.
        }
        return Answer.redirect(to: "/dashboard/leads")
    }

    private static func href(_ query: Form, adding pair: (String, String)) -> String {
        var pairs = query.names.filter { $0 != pair.0 }.flatMap { name in
            query.all(name).map { "\(name.queryEscaped)=\($0.queryEscaped)" }
        }
        pairs.append("\(pair.0)=\(pair.1.queryEscaped)")
        return "/dashboard/leads?\(pairs.joined(separator: "&"))"
    }

    private static func model(
        _ facet: LeadFilter.Facet, _ counts: [(value: String, count: Int64)], _ filter: LeadFilter
    ) -> [String: Any]? {
        let chosen = Set(filter.values[facet] ?? [])
        guard let known = facets.first(where: { $0.0 == facet }), !counts.isEmpty || !chosen.isEmpty else { return nil }
        let ordered = facet == .scoreBucket ? counts.sorted { $0.value > $1.value } : counts
        let shown = ordered.prefix(Limits.facetValues)
        // What is chosen stays there to be let go of, also where nobody fits any more.
        let missing = chosen.subtracting(shown.map(\.value)).sorted().map { (value: $0, count: Int64(0)) }
        return [
            "title": known.title, "field": known.field,
            "values": (Array(shown) + missing).map { value, count in
                [
                    "value": LeadFilter.escaped(value),
                    "label": statusLabels[value] ?? (facet == .source ? value.prefix(1).uppercased() + value.dropFirst() : value),
                    "countText": HumanFormat.count(count), "isChosen": chosen.contains(value),
                ] as [String: Any]
            },
        ]
    }

    private static func model(_ lead: Lead) -> [String: Any] {
        var model: [String: Any] = [
            "href": "/dashboard/leads/\(lead.id)", "name": lead.fullName, "company": lead.companyName ?? lead.domain,
            "domain": lead.domain,
            "status": lead.status.flatMap { statusClasses[$0] } ?? "plain", "scoreText": lead.score.map { "\($0)" } ?? "–",
            "statusLabel": lead.status.flatMap { statusLabels[$0] } ?? (lead.email == nil ? "No address" : "Not verified"),
        ]
        model["position"] = lead.title
        model["email"] = lead.email
        return model
    }

    // MARK: A lead

    @Sendable func showLead(_ request: Request, _ context: SignedIn) async throws -> Response {
        let lead = try await leads.find(try context.parameters.require("id"), in: context.caller.tenant)
        var model = Self.model(lead)
        model["companyHref"] = "/dashboard/leads?domain=\(lead.domain.queryEscaped)"
        model["eraseHref"] = "/dashboard/leads/\(lead.id)/erase"
        let lines: [(String, String?)] = [
            ("Company", lead.companyName), ("Domain", lead.domain), ("Industry", lead.industry), ("Size", lead.size),
            ("Technology", lead.tech.isEmpty ? nil : lead.tech.joined(separator: ", ")), ("Role", lead.roleFamily),
            ("Seniority", lead.seniority),
            ("Source", lead.source), ("Why", lead.reason),
            ("Verified", lead.verifiedAt.map { String($0.description.prefix(10)) }),
            ("Found", String(lead.createdAt.description.prefix(10))), ("Notes", lead.notes),
        ]
        let check = try await leads.check(of: lead.email, in: context.caller.tenant)
        let said = check.flatMap { check in
            check.text.map { [check.code.map { "\($0)" }, $0].compactMap { $0 }.joined(separator: " ") }
        }
        let asked = check.flatMap { check in check.host.map { "\($0), \(HumanFormat.time(check.askedAt))" } }
        // Without a code they are our own words: nobody answered, or nobody was asked.
        let all = lines + (check?.code == nil ? [("Check", said)] : [("Mail server", asked), ("It said", said)])
        model["lines"] = all.compactMap { label, text in text.map { ["label": label, "text": $0] } }
        model["reasons"] = lead.reasons.arrayValue?.compactMap(\.stringValue) ?? []
        let evidence = (lead.evidence.arrayValue ?? []).compactMap { entry -> [String: Any]? in
            guard let url = entry["url"]?.stringValue, url.hasPrefix("https://") || url.hasPrefix("http://") else { return nil }
            return [
                "url": url, "text": entry["text"]?.stringValue ?? "",
                // Leads of older versions do not say what their words stand for.
                "fields": Self.fieldLabels.compactMap { name, label in
                    (entry["fields"]?[name]?.stringValue).map { ["label": label, "text": $0] }
                },
                "source": [entry["source"]?.stringValue, (entry["at"]?.stringValue).map { String($0.prefix(10)) }].compactMap {
                    $0
                }.joined(separator: ", "),
            ]
        }
        model["hasEvidence"] = !evidence.isEmpty
        model["evidence"] = evidence
        return try pages.render("leads/lead", Pages.Frame(title: lead.fullName, signedIn: context, place: .leads), model)
    }

    private static let fieldLabels = [("name", "Name"), ("title", "Title"), ("email", "Address")]

    @Sendable func erase(_ request: Request, _ context: SignedIn) async throws -> Response {
        _ = try await context.form(request, bodies)
        do {
            try await suppressions.erase(lead: try context.parameters.require("id"), by: context.caller)
        } catch let failure as Failure where failure.code == "lead_not_found" {
            // The second click.
        }
        return Answer.redirect(to: "/dashboard/leads")
    }

    // MARK: Who is kept out

    @Sendable func showSuppressions(_ request: Request, _ context: SignedIn) async throws -> Response {
        let returned = refusedForms.value(Form(query: request)["refused"], session: context.session?.id)
        let (entries, total) = try await suppressions.list(Page(skip: 0, limit: Limits.suppressions), in: context.caller.tenant)
        var model: [String: Any] = [
            "value": returned?.form["value"] ?? "", "hasEntries": !entries.isEmpty,
            "entries": entries.map { entry in
                ["value": entry.value, "reason": entry.reason ?? "", "whenText": String(entry.createdAt.description.prefix(10))]
                    as [String: Any]
            },
        ]
        if total > entries.count { model["moreText"] = "the newest \(entries.count) of \(total)" }
        if let problem = returned?.problem { model["problem"] = problem.message }
        return try pages.render("leads/suppressions", Pages.Frame(title: "Kept out", signedIn: context, place: .leads), model)
    }

    @Sendable func suppress(_ request: Request, _ context: SignedIn) async throws -> Response {
        let form = try await context.form(request, bodies)
        do {
            let reason = form["reason"]?.trimmed
            if let reason { try TextLimits.check(reason, letters: 500, "reason") }
            _ = try await suppressions.add(
                form["value"] ?? "", reason: reason.flatMap { $0.isEmpty ? nil : $0 }, by: context.caller)
            return Answer.redirect(to: "/dashboard/leads/suppressions")
        } catch let failure as Failure where failure.kind == .invalid {
            let key = try refusedForms.keep(
                Returned(form: form, problem: failure), bytes: form.bytes, session: context.session?.id, or: failure)
            return Answer.redirect(to: "/dashboard/leads/suppressions?refused=\(key)")
        }
    }

    @Sendable func allow(_ request: Request, _ context: SignedIn) async throws -> Response {
        let form = try await context.form(request, bodies)
        do {
            try await suppressions.remove(form["value"] ?? "", in: context.caller.tenant)
        } catch let failure as Failure where failure.code == "suppression_not_found" {
            // The second click.
        }
        return Answer.redirect(to: "/dashboard/leads/suppressions")
    }
}
