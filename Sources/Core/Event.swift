/// One line of the log of everything that happened. Names are past tense, such as `job.started`.
package struct Event: Sendable, Equatable {
    package let tenant: String
    package let user: ID<Caller>?
    package let job: String?
    package let type: String
    package let detail: JSON

    package init(tenant: String, user: ID<Caller>?, job: String? = nil, type: String, detail: JSON = .object([:])) {
        self.tenant = tenant
        self.user = user
        self.job = job
        self.type = type
        self.detail = detail
    }
}
