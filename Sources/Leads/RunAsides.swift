import Core
import Discovery
import Jobs
import Storage
import Workers

/// What workers ask the server while they read sites and nothing is written for: whose turn it is at a host, and what the service says
/// of an address.
struct RunAsides: Sendable {
    private let storage: Storage
    private let service: AddressService?
    private let delaySeconds: Double
    private let turns = HostTurns()

    /// - Parameter delaySeconds: the least pause between two requests to a host.
    init(_ storage: Storage, service: AddressService?, delaySeconds: Double) {
        (self.storage, self.service, self.delaySeconds) = (storage, service, delaySeconds)
    }

    @Sendable func answer(_ job: Job, _ unit: String, _ question: JSON) throws -> JobKind.Work.Aside.Answer? {
        // The id of the job first: by it all its places are found.
        let name = "\(job.id)/\(unit)"
        switch question["do"]?.stringValue {
        case "turn": return .now(["wait": .double(turns.begin(try RunLedger.host(question), by: name))])
        case "turn_over":
            guard let pause = question["pause"]?.doubleValue, pause.isFinite else { throw WorkReport.invalid("pause") }
            turns.end(try RunLedger.host(question), by: name, pauseSeconds: max(pause, delaySeconds))
            return .now([:])
        case "service":
            let email = try RunLedger.email(question)
            return .later { await opinion(of: email, in: job.tenant) }
        default: return nil
        }
    }

    @Sendable func attemptEnded(_ job: ID<Job>) { turns.leave(namesBeginning: "\(job)/") }

    /// Only of an address that is being asked about: each question to the service may cost money.
    private func opinion(of email: String, in tenant: String) async -> JSON {
        let isBegun = try? await storage.read { db in try LeadStore.isBeingChecked(email, in: tenant, db) }
        guard isBegun == true, let service else { return [:] }
        let opinion = await service.ask(email)
        return ["says": .optional(opinion.says?.rawValue), "trouble": .optional(opinion.trouble)]
    }
}
