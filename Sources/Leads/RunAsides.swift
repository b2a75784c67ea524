import Core
import Discovery
import Jobs
import Storage
import Synchronization
import Workers

/// What workers ask the server while they read sites and nothing is written for: whose turn it is at a host, and what the service says
/// of an address.
final class RunAsides: Sendable {
    private let storage: Storage
    private let service: AddressService?
    private let delaySeconds: Double
    private let turns: HostTurns
    private let asked = Mutex<[ID<Job>: Set<String>]>([:])

    /// - Parameter delaySeconds: the least pause between two requests to a host.
    init(_ storage: Storage, service: AddressService?, delaySeconds: Double) {
        (self.storage, self.service, self.delaySeconds) = (storage, service, delaySeconds)
        turns = HostTurns(leastPause: delaySeconds)
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
            let email = try RunLedger.email(question, of: unit)
            // Each question may cost money: one for an address.
            guard asked.withLock({ $0[job.id, default: []].insert(email).inserted }) else { return .now([:]) }
            return .later { [self] in await opinion(of: email, in: job.tenant) }
        default: return nil
        }
    }

    @Sendable func attemptEnded(_ job: ID<Job>) {
        turns.leave(namesBeginning: "\(job)/")
        asked.withLock { $0[job] = nil }
    }

    /// Only of an address that is being asked about.
    private func opinion(of email: String, in tenant: String) async -> JSON {
        let isBegun = try? await storage.read { db in try LeadStore.isBeingChecked(email, in: tenant, db) }
        guard isBegun == true, let service else { return [:] }
        let opinion = await service.ask(email)
        return ["says": .optional(opinion.says?.rawValue), "trouble": .optional(opinion.trouble)]
    }
}
