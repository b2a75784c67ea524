package import Core
package import Workers

/// What a room hands to the job machine: how its jobs are made, ordered and shown.
package struct JobKind: Sendable {
    /// As stored: `transform`, `track`.
    package let name: String
    /// Members of the body of `POST /jobs` that only this kind has.
    package let fields: [String]
    /// Makes a job from the body of `POST /jobs`, or nil when the body speaks of another kind.
    package let create: @Sendable (Fields, Caller) throws -> Job?
    /// The kind's part of a work order. nil: jobs of this kind have no machine work.
    package let order: (@Sendable (Job) throws -> JSON)?
    /// What its workers may reach.
    package let profile: WorkerProfile
    /// What a job consists of, each part of which succeeds or fails alone.
    package let units: @Sendable (Job) throws -> [JobStore.NewUnit]
    /// What units are called when they are counted, such as `files`. The progress of a job of one unit is its own instead.
    package let unitsName: String
    /// Looks through the result that a worker reports for a unit, before anybody believes it.
    /// - Throws: `Failure` `worker_invalid`.
    package let checkResult: @Sendable (JSON) throws -> Void
    /// Members of the answer that only this kind has.
    package let members: @Sendable (Job) -> [String: JSON]
    /// The names of those members that come from a part that may be long; lists leave them out then.
    package let names: [Job.Part: [String]]
    /// The kind's words on a page.
    package let words: @Sendable (Job) -> KindSummary

    /// What a page says of a job, in plain words.
    package struct KindSummary: Sendable {
        /// Such as `CSV to Parquet, 3 steps`.
        package let about: String
        package let steps: [Step]
        /// The page on which the job can be changed and run again; nil when there is none.
        package let againHref: String?

        package struct Step: Sendable {
            package let title: String
            package let text: String

            package init(title: String, text: String) {
                self.title = title
                self.text = text
            }
        }

        package init(about: String, steps: [Step], againHref: String? = nil) {
            self.about = about
            self.steps = steps
            self.againHref = againHref
        }
    }

    package init(
        name: String, fields: [String], create: @escaping @Sendable (Fields, Caller) throws -> Job?,
        order: (@Sendable (Job) throws -> JSON)?, profile: WorkerProfile = .offline,
        units: @escaping @Sendable (Job) throws -> [JobStore.NewUnit] = JobKind.single, unitsName: String = "units",
        checkResult: @escaping @Sendable (JSON) throws -> Void = { _ in },
        members: @escaping @Sendable (Job) -> [String: JSON], names: [Job.Part: [String]] = [:],
        words: @escaping @Sendable (Job) -> KindSummary
    ) {
        self.name = name
        self.fields = fields
        self.create = create
        self.order = order
        self.profile = profile
        self.units = units
        self.unitsName = unitsName
        self.checkResult = checkResult
        self.members = members
        self.names = names
        self.words = words
    }

    /// The units of a job that is one piece of work: the job itself.
    package static let single: @Sendable (Job) throws -> [JobStore.NewUnit] = { job in
        [.init(key: job.inputKey ?? job.id.rawValue, name: job.fileName ?? job.name)]
    }

    /// Work that people do themselves: title, status, tags.
    package static let track = JobKind(
        name: "track", fields: [],
        create: { fields, caller in
            guard ["title", "company_name", "job_title"].contains(where: fields.has) else { return nil }
            return try JobEdit(fields, isNew: true).job(for: caller, at: .now)
        },
        order: nil,
        members: { job in
            let id = job.id.rawValue
            var members: [String: JSON] = [
                "links": [
                    "self": .string("/api/v1/jobs/\(id)"), "events": .string("/api/v1/events?job_id=\(id)"),
                    "notes": .string("/api/v1/jobs/\(id)/notes"), "documents": .string("/api/v1/jobs/\(id)/documents"),
                ]
            ]
            for name in JobEdit.names { members[name] = job.spec[name] }
            return members
        },
        words: { job in
            let role = ["job_title", "company_name"].compactMap { job.spec[$0]?.stringValue }.joined(separator: ", ")
            return KindSummary(about: role.isEmpty ? "Tracked" : role, steps: [])
        })
}
