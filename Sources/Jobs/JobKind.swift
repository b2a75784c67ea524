package import Core
package import GRDB
package import Web
package import Workers

/// What a room hands to the job machine: how its jobs are made, done and shown. The machine itself knows no kind.
package struct JobKind: Sendable {
    /// As stored: `transform`, `track`.
    package let name: String
    /// Members of the body of `POST /jobs` that only this kind has.
    package let fields: [String]
    /// What those are that the document of the API shows.
    let shapes: [String: Schema]
    /// Makes a job from the body of `POST /jobs`, or nil when the body speaks of another kind.
    package let create: @Sendable (Fields, Caller) throws -> Job?
    /// What workers do for its jobs; nil: jobs of this kind have no machine work, and people set their status.
    package let work: Work?
    /// What people say of a job of this kind beside title, description and tags.
    package let details: JobDetails?
    package let answer: Answers
    package let page: Page

    package init(
        name: String, fields: [String] = [], shapes: [String: Schema] = [:],
        create: @escaping @Sendable (Fields, Caller) throws -> Job?, work: Work? = nil,
        details: JobDetails? = nil, answer: Answers, page: Page
    ) {
        self.name = name
        self.fields = fields
        self.shapes = shapes
        self.create = create
        self.work = work
        self.details = details
        self.answer = answer
        self.page = page
    }

    /// The machine work of a kind.
    package struct Work: Sendable {
        /// The kind's part of a work order.
        package let order: @Sendable (Job) throws -> JSON
        /// What its workers may reach.
        package let profile: WorkerProfile
        /// What a job consists of, each part of which succeeds or fails alone.
        package let units: @Sendable (Job) throws -> [JobStore.NewUnit]
        /// What units are called when they are counted, such as `files`. The progress of a job of one unit is its own instead.
        package let unitsName: String
        /// Whether the key of a unit is that of its file in the store, which its worker reads.
        package let unitsAreFiles: Bool
        /// Looks through the result that a worker reports for a unit, before anybody believes it.
        /// - Throws: `Failure` `worker_invalid`.
        package let checkResult: @Sendable (JSON) throws -> Void
        /// Keeps what a worker says while it works, in one transaction, and answers it. What comes twice must do no harm: an answer may
        /// be lost. nil: workers of this kind ask nothing.
        /// - Throws: `Failure` `worker_invalid`.
        package let answerQuestion: AnswerQuestion?
        /// Questions that are answered beside the database.
        package let aside: Aside?

        /// Answers to questions for which nothing is written. A worker is heard while it waits for one that takes time.
        package struct Aside: Sendable {
            /// - Returns: nil: the question is for `answerQuestion`.
            /// - Throws: `Failure` `worker_invalid`.
            let answer: @Sendable (Job, _ unit: String, JSON) throws -> Answer?
            /// Called when an attempt has ended, however it did.
            let attemptEnded: @Sendable (ID<Job>) -> Void

            package enum Answer: Sendable {
                case now(JSON)
                case later(@Sendable () async -> JSON)
            }

            package init(
                answer: @escaping @Sendable (Job, _ unit: String, JSON) throws -> Answer?,
                attemptEnded: @escaping @Sendable (ID<Job>) -> Void
            ) {
                (self.answer, self.attemptEnded) = (answer, attemptEnded)
            }
        }

        /// - Parameter unit: the key of the unit that the question is about, one of those that the worker was given.
        package typealias AnswerQuestion = @Sendable (Job, _ unit: String, JSON, Database) throws -> JSON
        /// Looks at the first bytes of a file that somebody sends for a job.
        /// - Throws: `Failure`, with words for the person whose file it is.
        let checkInput: @Sendable ([UInt8]) throws -> Void

        package init(
            profile: WorkerProfile = .offline, units: @escaping @Sendable (Job) throws -> [JobStore.NewUnit] = JobKind.single,
            unitsName: String = "units", unitsAreFiles: Bool = false,
            checkInput: @escaping @Sendable ([UInt8]) throws -> Void = { _ in },
            checkResult: @escaping @Sendable (JSON) throws -> Void = { _ in },
            answerQuestion: AnswerQuestion? = nil, aside: Aside? = nil,
            order: @escaping @Sendable (Job) throws -> JSON
        ) {
            self.order = order
            self.profile = profile
            self.units = units
            self.unitsName = unitsName
            self.unitsAreFiles = unitsAreFiles
            self.checkInput = checkInput
            self.checkResult = checkResult
            self.answerQuestion = answerQuestion
            self.aside = aside
        }
    }

    /// The units of a job that is one piece of work: the job itself.
    package static let single: @Sendable (Job) throws -> [JobStore.NewUnit] = { job in
        [.init(key: job.inputKey ?? job.id.rawValue, name: job.fileName ?? job.name)]
    }

    /// What a job's answer has of its kind.
    package struct Answers: Sendable {
        /// Members that only this kind has.
        package let members: @Sendable (Job) -> [String: JSON]
        /// The names of those members that come from a part that may be long; lists leave them out then.
        let long: [Job.Part: [String]]
        /// What lists need of a result, so that they need not read it: kept as `Job.digest`.
        let digest: @Sendable (_ result: JSON) -> JSON?
        /// Rows that were read, for the progress of a job that is over.
        let rows: @Sendable (_ digest: JSON) -> Int64?
        /// What the answer of one job, but no list, tells of its parts; nil when nothing.
        let parts: (@Sendable (Job, JobStore.Parts) -> [String: JSON])?
        /// Where its input came from, for lists of attempts; nil: the name of the job says it.
        let source: @Sendable (Job) -> String?

        package init(
            members: @escaping @Sendable (Job) -> [String: JSON], long: [Job.Part: [String]] = [:],
            digest: @escaping @Sendable (_ result: JSON) -> JSON? = { _ in nil },
            rows: @escaping @Sendable (_ digest: JSON) -> Int64? = { _ in nil },
            parts: (@Sendable (Job, JobStore.Parts) -> [String: JSON])? = nil,
            source: @escaping @Sendable (Job) -> String? = { _ in nil }
        ) {
            self.source = source
            self.parts = parts
            self.members = members
            self.long = long
            self.digest = digest
            self.rows = rows
        }
    }

    /// What pages show of a job of this kind.
    package struct Page: Sendable {
        /// One line for lists, such as `CSV to Parquet, 3 steps`.
        let about: @Sendable (Job) -> String
        /// What came of a job that is done, in a few words for lists.
        let outcome: @Sendable (_ digest: JSON) -> String?
        /// Lines of the table of facts about the work.
        let facts: @Sendable (Job) -> [Line]
        /// Lines of the table of what people said about it.
        let background: @Sendable (Job) -> [Line]
        /// Parts of the page, each with a template of its own.
        let sections: @Sendable (Job) -> [JobPageSection]
        /// The page on which the job can be changed and run again; nil when there is none.
        let againHref: @Sendable (Job) -> String?
        /// What to do about a failure with this code.
        let advice: @Sendable (_ code: String) -> String?
        /// What artifacts are called, by their roles.
        let roles: [String: String]

        package struct Line: Sendable {
            let label: String
            let text: String
            let href: String?

            /// - Parameter href: where the text leads: an address of the web.
            package init(label: String, text: String, href: String? = nil) {
                self.label = label
                self.text = text
                self.href = href
            }
        }

        package init(
            about: @escaping @Sendable (Job) -> String, outcome: @escaping @Sendable (_ digest: JSON) -> String? = { _ in nil },
            facts: @escaping @Sendable (Job) -> [Line] = { _ in [] },
            background: @escaping @Sendable (Job) -> [Line] = { _ in [] },
            sections: @escaping @Sendable (Job) -> [JobPageSection] = { _ in [] },
            againHref: @escaping @Sendable (Job) -> String? = { _ in nil },
            advice: @escaping @Sendable (_ code: String) -> String? = { _ in nil }, roles: [String: String] = [:]
        ) {
            self.about = about
            self.outcome = outcome
            self.facts = facts
            self.background = background
            self.sections = sections
            self.againHref = againHref
            self.advice = advice
            self.roles = roles
        }
    }
}

/// A part of a job's page that its kind, or another room, draws.
package struct JobPageSection {
    let template: String
    let members: [String: Any]

    /// - Parameter members: what the template is given, beside `job`, `formToken`, `canChange` and what else the page has.
    package init(_ template: String, _ members: [String: Any]) {
        self.template = template
        self.members = members
    }
}

/// What people say of a job of one kind beside title, description and tags: kept in its spec, shown in its answer.
package struct JobDetails: Sendable {
    /// Members of bodies, of the answer and of the form.
    package let names: [String]
    /// What they are, for the document of the API.
    let shapes: [String: Schema]
    /// What the form calls them, in its order.
    let labels: [(name: String, label: String)]
    /// What messages call them, where that differs.
    let spoken: [String: String]
    /// Reads what a body says of them; null takes away.
    /// - Throws: `Failure` `invalid_<name>`.
    let read: @Sendable (Fields) throws -> [String: JSON]
    /// What a job is called that nobody gave a title.
    let title: @Sendable (_ said: [String: JSON]) -> String?
    /// Words that the field for the status proposes.
    let statuses: [String]
    /// The fields of the form, title, status, tags and description among them.
    let template: String

    package init(
        names: [String], shapes: [String: Schema], labels: [(name: String, label: String)], spoken: [String: String] = [:],
        statuses: [String], template: String, title: @escaping @Sendable (_ said: [String: JSON]) -> String?,
        read: @escaping @Sendable (Fields) throws -> [String: JSON]
    ) {
        self.names = names
        self.shapes = shapes
        self.labels = labels
        self.spoken = spoken
        self.statuses = statuses
        self.template = template
        self.title = title
        self.read = read
    }
}

/// All kinds of the product, by their names.
package struct JobKinds: Sendable, ExpressibleByArrayLiteral {
    package let all: [JobKind]
    private let byName: [String: JobKind]
    /// Members that a body may have which changes a job, and one that makes a job.
    let changeMembers: [String]
    let newMembers: [String]

    package init(_ kinds: [JobKind]) {
        all = kinds
        changeMembers = JobEdit.members + kinds.flatMap { $0.details?.names ?? [] }
        newMembers = changeMembers + kinds.flatMap(\.fields)
        byName = Dictionary(kinds.map { ($0.name, $0) }, uniquingKeysWith: { $1 })
    }

    package init(arrayLiteral kinds: JobKind...) { self.init(kinds) }

    /// The kind of a job; nil for one that a version of the program made which knew more kinds.
    package subscript(_ job: Job) -> JobKind? { byName[job.kind] }

    /// - Throws: `Failure` `invalid_<name>`.
    func details(_ fields: Fields) throws -> [String: JSON] {
        try all.reduce(into: [:]) { said, kind in said.merge(try kind.details?.read(fields) ?? [:]) { $1 } }
    }
}
