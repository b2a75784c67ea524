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
    /// What the caller showed; nil for nobody.
    package var credential: Credential?
    package let requestID: String
    /// The address of the peer itself, never of a header.
    package let peer: Peer
    /// Where the request began, as far as proxies that we trust tell; without them the peer.
    package var address: String

    package struct Session: Sendable {
        package let id: String
        /// Goes into forms and into the header `X-Form-Token`.
        package let formToken: String
        /// `light` or `dark`, when its owner has set it.
        package let theme: String?

        package init(id: String, formToken: String, theme: String? = nil) {
            self.id = id
            self.formToken = formToken
            self.theme = theme
        }
    }

    package init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        requestID = source.logger[metadataKey: "hb.request.id"]?.description ?? ""
        peer = Peer(source.channel.remoteAddress)
        address = peer.address
        dialect = .standard
        logger[metadataKey: "hb.request.id"] = nil
        logger[metadataKey: "request_id"] = "\(requestID)"
    }
}

/// What a caller was let in with, and for how long it holds.
package struct Credential: Sendable {
    package enum Kind: Sendable, Equatable {
        /// The cookie of a browser.
        case browser
        /// An access token, ours or an identity provider's.
        case token
        /// An API key, or a session that stands on one.
        case key
        /// Whoever vouches in `AUTH_MODE` hs256 or dev.
        case outside
    }

    package let kind: Kind
    /// The session behind it, where there is one.
    package let session: String?
    /// When the caller last proved who they are.
    package let authenticatedAt: Moment?
    /// The access token as it came, for a provider that wants to see it.
    package let accessToken: String?
    /// Whether it still holds; asked again and again by answers that stay open.
    package let isAlive: @Sendable () async -> Bool

    package init(
        kind: Kind, session: String? = nil, authenticatedAt: Moment? = nil, accessToken: String? = nil,
        isAlive: @escaping @Sendable () async -> Bool
    ) {
        self.kind = kind
        self.session = session
        self.authenticatedAt = authenticatedAt
        self.accessToken = accessToken
        self.isAlive = isAlive
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
    package let credential: Credential
    package let requestID: String
    package let address: String

    /// - Throws: `Failure` `sign_in_required`.
    package init(context: Visit) throws {
        guard let caller = context.caller, let credential = context.credential else {
            throw Failure(.unauthenticated, "sign_in_required", "Sign in first: the access token is missing, invalid or expired.")
        }
        coreContext = context.coreContext
        self.caller = caller
        dialect = context.dialect
        session = context.session
        self.credential = credential
        requestID = context.requestID
        address = context.address
    }
}
