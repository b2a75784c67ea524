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
        self.detail = Self.bounded(detail)
    }

    package enum Limits {
        /// An event is copied for each of its readers, so it holds little: names and numbers, no contents.
        package static let detailBytes = 16_384
        /// A member of a larger one is cut to so many bytes.
        static let memberBytes = 1024
    }

    /// The detail, with what is too large in it cut. Also used for what older versions of the program wrote.
    package static func bounded(_ detail: JSON) -> JSON {
        guard detail.bytes.count > Limits.detailBytes else { return detail }
        guard case .object(let members) = detail else { return ["is_cut": true] }
        var kept: [String: JSON] = ["is_cut": true]
        var room = Limits.detailBytes
        for (name, value) in members.sorted(by: { $0.key.utf8.count < $1.key.utf8.count }) {
            let small: JSON =
                if let text = value.stringValue { .string(text.beginning(bytes: Limits.memberBytes)) } else { value }
            let size = name.utf8.count + small.bytes.count
            guard size <= Limits.memberBytes * 2, size <= room else { continue }
            room -= size
            kept[name] = small
        }
        return .object(kept)
    }
}
