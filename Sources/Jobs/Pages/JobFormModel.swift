package import Core
package import Web

/// The form with which people say what a job is: on its page, and where one without machine work is made.
package enum JobFormModel {
    /// Fields of a job of any kind, by the members of the templates' `form`.
    private static let common = ["title": "title", "status": "status", "tags": "tags", "description": "description"]

    /// What messages call the fields.
    private static func spoken(_ details: JobDetails?) -> [String: String] {
        var words = Dictionary(uniqueKeysWithValues: labels(details).map { ($0.name, $0.label) })
        words.merge(details?.spoken ?? [:]) { $1 }
        return words
    }

    private static func labels(_ details: JobDetails?) -> [(name: String, label: String)] {
        var labels = [("title", "Title")]
        if details != nil { labels.append(("status", "Status")) }
        labels += [("tags", "Tags"), ("description", "Description")]
        return labels.map { (name: $0.0, label: $0.1) } + (details?.labels ?? [])
    }

    /// `company_name` is `companyName` in templates.
    private static func member(_ name: String) -> String {
        let words = name.split(separator: "_")
        return words.prefix(1).joined() + words.dropFirst().map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
    }

    /// - Parameters:
    ///   - typed: what stands in the fields.
    ///   - problem: why the form was refused; its code names the field, such as `missing_title`, `invalid_job_url`.
    ///   - statuses: words that are in use.
    package static func form(
        _ typed: Form, _ problem: Failure?, _ details: JobDetails?, statuses: [String]
    ) -> [String: Any] {
        let own = details?.names ?? []
        let proposed = details?.statuses ?? []
        let members = common.merging(own.map { (member($0), $0) }) { $1 }
        var model: [String: Any] = [
            "statuses": (proposed + statuses.filter { !proposed.contains($0) }).map { ["word": $0] }
        ]
        for (member, name) in members { model[member] = typed[name] ?? "" }
        let bad = problem.map { $0.code.drop { $0 != "_" }.dropFirst() }
        model["moreIsOpen"] = own.contains { typed[$0] != nil || bad == Substring($0) }
        if let problem, let bad {
            var places = Dictionary(uniqueKeysWithValues: members.map { ($0.key, Substring($0.value) == bad) })
            places["other"] = !places.values.contains(true)
            model["bad"] = places
            model["problem"] = HumanFormat.labelled(problem.message, spoken(details))
        }
        return model
    }

    /// The form on the page of a job.
    static func editing(_ job: Job, _ details: JobDetails?, _ state: JobPageState, statuses: [String]) -> [String: Any] {
        let href = "/dashboard/jobs/\(job.id)"
        let present = typed(job, details)
        var editForm: [String: Any] = [
            "href": "\(href)/edit", "etag": JobEdit.tag(of: job, details), "isOpen": state.typed != nil,
        ]
        editForm["problem"] = state.problem?.message
        var model: [String: Any] = [
            "editForm": editForm, "form": form(state.typed ?? present, state.problem, details, statuses: statuses),
        ]
        if state.isStale, let typed = state.typed {
            model["conflict"] =
                [
                    "what": "This job was changed in another window. Your words are still in the form; save again to keep them.",
                    "now": labels(details).map { name, label in
                        let value = present[name] ?? ""
                        return [
                            "nowLabel": label, "nowValue": value, "isBlank": value.isEmpty,
                            "isDifferent": value != (typed[name] ?? "").replacing("\r\n", with: "\n"),
                        ] as [String: Any]
                    }, "keepHref": href,
                ] as [String: Any]
        }
        return model
    }

    private static func typed(_ job: Job, _ details: JobDetails?) -> Form {
        var form = Form()
        form.append("title", job.name)
        form.append("status", job.statusText ?? "")
        form.append("tags", job.tags.joined(separator: ", "))
        form.append("description", job.description ?? "")
        for name in details?.names ?? [] { form.append(name, job.spec[name]?.stringValue ?? "") }
        return form
    }
}
