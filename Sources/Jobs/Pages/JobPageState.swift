package import Core
package import Web

/// What became of a form on a job's page: the words that were typed, and why they were not taken.
package struct JobPageState: Sendable {
    package var typed: Form?
    package var problem: Failure?
    /// Somebody changed the job after the form was shown.
    package var isStale = false
    package var noteProblem: String?
    package var noteBody: String?
    package var documentProblem: String?

    package init(typed: Form? = nil, problem: Failure? = nil, isStale: Bool = false) {
        self.typed = typed
        self.problem = problem
        self.isStale = isStale
    }
}

/// Members of a job's page that another room adds.
package struct JobPageParts: Sendable {
    package let members: @Sendable () -> [String: Any]

    package init(_ members: @escaping @Sendable () -> [String: Any]) {
        self.members = members
    }
}
