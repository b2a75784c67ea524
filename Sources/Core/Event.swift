/// One line of the log of everything that happened. Names are past tense, such as `job.started`.
package struct Event: Sendable, Equatable {
    /// Who hears of it.
    package enum Topic: String, Sendable, Codable, CaseIterable {
        /// The owner of the job.
        case jobs
        /// Everybody of the tenant.
        case tasks
    }

    package let topic: Topic
    package let tenant: String
    package let user: ID<Caller>?
    package let job: String?
    package let type: String
    package let detail: JSON

    package init(
        _ topic: Topic = .jobs, tenant: String, user: ID<Caller>?, job: String? = nil, type: String, detail: JSON = .object([:])
    ) {
        self.topic = topic
        self.tenant = tenant
        self.user = user
        self.job = job
        self.type = type
        self.detail = detail
    }
}
