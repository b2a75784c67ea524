package import Core
import HTTPTypes
import Hummingbird
import Synchronization
package import Web

/// Passes for one socket each: a browser's page on another origin can not set a header, and an address that holds a long-lived
/// token ends up in logs.
package final class SocketTickets: Sendable {
    package struct Holder: Sendable {
        package let caller: Caller
        package let credential: Credential
    }

    private struct Ticket {
        let holder: Holder
        let until: ContinuousClock.Instant
    }

    package enum Limits {
        package static let seconds = 30
        /// Of all people; the rate limit of the route keeps one from taking them all.
        static let most = 100_000
    }

    private let tickets = Mutex<[String: Ticket]>([:])

    package init() {}

    /// Mounted at ``, `/api` and `/api/v1` alike.
    package func routes(_ routes: Routes<AppRequestContext>) {
        let declaration = RouteDeclaration(
            "Get a ticket that opens a socket once", .signedIn([.jobsRead, .tasksRead]), rates: [.socketTicket], body: .nothing
        ).giving(CollaborationShapes.ticket, status: 201)
        routes.group("ws", context: SignedIn.self).post("ticket", declaration) { _, context in
            let ticket = self.make(for: Holder(caller: context.caller, credential: context.credential))
            return Answer.json(["ticket": .string(ticket), "expires_in": .int(Int64(Limits.seconds))], status: .created)
        }
    }

    package func make(for holder: Holder) -> String {
        var random = SystemRandomNumberGenerator()
        let name = (0..<4).flatMap { _ in withUnsafeBytes(of: random.next()) { Array($0) } }.hex
        let now = ContinuousClock.now
        tickets.withLock { tickets in
            if tickets.count >= Limits.most { tickets = tickets.filter { $0.value.until > now } }
            if tickets.count >= Limits.most { tickets.removeAll() }
            tickets[name] = Ticket(holder: holder, until: now + .seconds(Limits.seconds))
        }
        return name
    }

    /// The holder of a ticket that is used up with this.
    package func take(_ name: String) async -> Holder? {
        guard let ticket = tickets.withLock({ $0.removeValue(forKey: name) }), ticket.until > .now,
            await ticket.holder.credential.isAlive()
        else { return nil }
        return ticket.holder
    }
}
