package import Core
package import Web

/// What became of a form on a job's page: the words that were typed, and why they were not taken.
package struct JobPageState: Sendable {
    package var typed: Form?
    package var problem: Failure?
    /// Somebody changed the job after the form was shown.
    package var isStale = false
    /// The same of the forms of other rooms, by names of their own.
    package var others: [String: String]

    package init(typed: Form? = nil, problem: Failure? = nil, isStale: Bool = false, others: [String: String] = [:]) {
        self.typed = typed
        self.problem = problem
        self.isStale = isStale
        self.others = others
    }

    /// Of all that was typed.
    var bytes: Int { (typed?.bytes ?? 0) + others.values.reduce(0) { $0 + $1.utf8.count } }
}

/// What another room adds to the pages of jobs.
package struct JobPageAttachment: Sendable {
    /// Where it stands: with what the kind of the job shows, or below with what people attached.
    package enum Place: String, Sendable { case sections, attachments }

    package typealias Section = @Sendable () -> JobPageSection

    let place: Place
    /// Its part of the page of a job; nil when it has none for this job.
    let section: @Sendable (Job, SignedIn, JobPageState, _ query: Form) async throws -> Section?
    /// Its events in words for the job's history.
    let events: [String: EventWords]

    package init(
        _ place: Place, events: [String: EventWords] = [:],
        section: @escaping @Sendable (Job, SignedIn, JobPageState, _ query: Form) async throws -> Section?
    ) {
        self.place = place
        self.section = section
        self.events = events
    }
}

/// An event of the log, as the history of a job shows it.
package struct EventWords: Sendable {
    package enum Tone: String, Sendable { case plain, busy, good, bad }

    let tone: Tone
    let text: String

    package init(_ tone: Tone, _ text: String) {
        self.tone = tone
        self.text = text
    }
}
