import Accounts
import Collaboration
import Core
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import Web

/// Tells who asks for a socket, and hands them to the room that speaks on it.
///
/// A refusal is an open socket that is closed at once: a script in a browser learns of a refusal in no other way.
struct SocketAuthenticator: Sendable {
    let authenticator: Authenticator
    let tickets: SocketTickets
    let live: LiveSocket
    let address: PublicAddress
    let limiter: RateLimiter
    let proxies: TrustedProxies

    private static let nothing = RequestBody(buffer: ByteBuffer())

    func admit(_ head: HTTPRequest, _ channel: any Channel, _ logger: Logger) async -> SocketAdmission {
        var logger = logger
        logger[metadataKey: "hb.request.id"] = .stringConvertible(RequestID())
        var visit = AppRequestContext(source: ApplicationRequestContextSource(channel: channel, logger: logger))
        visit.correlate(with: head.headerFields)
        visit.address = proxies.client(of: Request(head: head, body: Self.nothing), peer: visit.peer).address
        // A socket is asked for behind the back of the router, and of the limits there.
        guard !limiter.isEnabled || limiter.check(.api, .address(visit.address)).failure == nil else {
            return Self.refused("too many requests")
        }
        let admission = await Correlation.$current.withValue(visit.correlation) { await admit(head, visit) }
        if case .closed(_, let reason) = admission {
            visit.logger.info("socket_refused", metadata: ["reason": "\(reason)", "address": "\(visit.address)"])
        } else {
            visit.logger.info("socket_opened", metadata: ["address": "\(visit.address)"])
        }
        return admission
    }

    private func admit(_ head: HTTPRequest, _ visit: AppRequestContext) async -> SocketAdmission {
        var head = head
        let query = Form(query: Request(head: head, body: Self.nothing))
        // The first credential that is there decides: a bad one is not made up for by another.
        if let token = query["token"] {
            head.headerFields[.xAPIKey] = nil
            head.headerFields[.cookie] = nil
            head.headerFields[.authorization] = "Bearer \(token)"
        } else if let ticket = query["ticket"] {
            guard let holder = await tickets.take(ticket) else { return Self.refused("invalid token") }
            return live.admit(holder.caller, holder.credential, query)
        }
        let isSilent = head.headerFields[.authorization] == nil && head.headerFields[.xAPIKey] == nil
        // A browser sends its cookies with sockets that any page opens, and asks nobody (RFC 6455, section 10.2).
        let isByCookie = isSilent && head.headerFields[.cookie] != nil
        let request = Request(head: head, body: Self.nothing)
        do {
            let found = try await authenticator.identify(request, visit, to: SocketRoutes.declaration)
            guard let caller = found.caller, let credential = found.credential else {
                return Self.refused(isSilent && !isByCookie ? "missing token" : "invalid token")
            }
            guard !isByCookie || found.session == nil || Self.isOwn(request, address) else {
                return Self.refused("foreign origin")
            }
            return live.admit(caller, credential, query)
        } catch let failure as Failure {
            return Self.refused(failure.code == "scope_missing" ? "no scope" : "foreign origin")
        } catch {
            visit.logger.error("defect", metadata: ["error": "\(String(reflecting: type(of: error))): \(error)"])
            return .closed(code: 1011, reason: "something went wrong on the server")
        }
    }

    /// Unlike elsewhere the header has to be there, scheme and all: every browser sends it with a socket.
    private static func isOwn(_ request: Request, _ address: PublicAddress) -> Bool {
        request.headers[.origin] == address.base(request)
    }

    private static func refused(_ reason: String) -> SocketAdmission { .closed(code: 1008, reason: reason) }
}
