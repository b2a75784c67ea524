/// What an API key may be used for. Reading is GET and HEAD; writing is everything else.
package enum Scope: String, Sendable, CaseIterable, Codable {
    case jobsRead = "jobs:read"
    case jobsWrite = "jobs:write"
    case leadsRead = "leads:read"
    case leadsWrite = "leads:write"
    case tasksRead = "tasks:read"
    case tasksWrite = "tasks:write"
    case accountRead = "account:read"
    case admin

    /// - Throws: `Failure` `invalid_scopes`.
    package static func checked(_ names: [String]) throws -> Set<Scope> {
        let known = allCases.map(\.rawValue)
        let scopes = try names.map { name in
            guard let scope = Scope(rawValue: name) else {
                let hint = Nearest.name(to: name, in: known).map { " Did you mean \($0)?" } ?? ""
                throw Failure(.invalid, "invalid_scopes", "scopes may hold \(known.joined(separator: ", ")).\(hint)")
            }
            return scope
        }
        guard !scopes.isEmpty else { throw Failure(.invalid, "invalid_scopes", "Choose at least one scope.") }
        return Set(scopes)
    }
}
