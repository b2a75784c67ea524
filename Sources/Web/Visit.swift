package import Core
package import Hummingbird
import Logging
package import NIOCore

/// What is known of every request; the caller is there when the authenticator found one.
package struct Visit: RequestContext {
    package var coreContext: CoreRequestContextStorage
    package var caller: Caller?
    package var dialect: Dialect
    /// The session when a cookie made the caller known: such requests need proof that our own page sent them.
    package var session: Session?
    package let requestID: String
    /// The address of the peer itself, never of a header.
    package let peer: Peer

    package struct Session: Sendable {
        package let id: String
        /// Goes into forms and into the header `X-Form-Token`.
        package let formToken: String

        package init(id: String, formToken: String) {
            self.id = id
            self.formToken = formToken
        }
    }

    package init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        requestID = source.logger[metadataKey: "hb.request.id"]?.description ?? ""
        peer = Peer(source.channel.remoteAddress)
        dialect = .standard
        logger[metadataKey: "hb.request.id"] = nil
        logger[metadataKey: "request_id"] = "\(requestID)"
    }
}

/// Where a request came from.
package struct Peer: Sendable, Equatable {
    package let address: String
    package let isLoopback: Bool

    package init(_ address: SocketAddress?) {
        self.address = address?.ipAddress ?? ""
        isLoopback =
            switch address {
            case .v4: self.address.hasPrefix("127.")
            case .v6: self.address == "::1" || self.address.hasPrefix("::ffff:127.")
            default: false
            }
    }
}

/// A request that cannot exist without a person behind it.
package struct SignedIn: ChildRequestContext {
    package var coreContext: CoreRequestContextStorage
    package let caller: Caller
    package let dialect: Dialect
    package let session: Visit.Session?
    package let requestID: String

    /// - Throws: `Failure` `sign_in_required`.
    package init(context: Visit) throws {
        guard let caller = context.caller else {
            throw Failure(.unauthenticated, "sign_in_required", "Sign in first: the access token is missing, invalid or expired.")
        }
        coreContext = context.coreContext
        self.caller = caller
        dialect = context.dialect
        session = context.session
        requestID = context.requestID
    }
}
