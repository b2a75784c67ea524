package import Core
package import HTTPTypes
package import Hummingbird
import Logging
package import NIOCore

/// What is known of every request; the caller is there when the authenticator found one.
package struct AppRequestContext: RequestContext {
    package var coreContext: CoreRequestContextStorage
    package var caller: Caller?
    package var dialect: Dialect
    /// What was asked for; nil where no route answers.
    package var route: RouteTable.Route?
    /// The session when a cookie made the caller known: such requests need proof that our own page sent them.
    package var session: Session?
    /// What the caller showed; nil for nobody.
    package var credential: Credential?
    /// Ties the answer to log lines, events and work; the client may have named it.
    package private(set) var correlation: Correlation
    /// The connection, or the stream of one.
    package let channel: any Channel
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
        correlation = Correlation(requestID: source.logger[metadataKey: "hb.request.id"]?.description ?? "", trace: .new())
        channel = source.channel
        peer = Peer(source.channel.remoteAddress)
        address = peer.address
        dialect = .standard
        logger[metadataKey: "hb.request.id"] = nil
    }

    package var requestID: String { correlation.requestID }

    /// Takes over what the client calls this request, as far as it is fit for log lines, which have it from now on.
    package mutating func correlate(with headers: HTTPFields) {
        let named = headers[.xRequestID].flatMap { Self.isFit($0) ? $0 : nil }
        let trace = headers[.traceparent].flatMap { Trace(traceparent: $0) }?.child()
        correlate(Correlation(requestID: named ?? requestID, trace: trace ?? correlation.trace))
        if trace != nil, let state = headers[.tracestate], state.utf8.count <= Self.longestTraceState {
            logger[metadataKey: "tracestate"] = "\(state)"
        }
    }

    private mutating func correlate(_ correlation: Correlation) {
        self.correlation = correlation
        logger[metadataKey: "request_id"] = .string(correlation.requestID)
        logger[metadataKey: "trace_id"] = .string(correlation.trace.id)
        logger[metadataKey: "span_id"] = .string(correlation.trace.span)
    }

    /// Letters, digits, dots, underscores and hyphens, so that nobody writes a log line of their own.
    private static func isFit(_ id: String) -> Bool {
        (1...128).contains(id.utf8.count)
            && id.utf8.allSatisfy {
                (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0)
                    || [0x2D, 0x2E, 0x5F].contains($0)
            }
    }

    /// W3C Trace Context, section 3.3.1.5: at least so much should be passed on.
    private static let longestTraceState = 512
}

/// The credential that authenticated the caller, and whether it is still valid.
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
    /// What a key is good for; nil where everything is allowed that the caller may do.
    package let scopes: Set<String>?
    /// Whether it still holds; asked again and again by answers that stay open.
    package let isAlive: @Sendable () async -> Bool

    package init(
        kind: Kind, session: String? = nil, authenticatedAt: Moment? = nil, accessToken: String? = nil,
        scopes: Set<String>? = nil, isAlive: @escaping @Sendable () async -> Bool
    ) {
        self.kind = kind
        self.session = session
        self.authenticatedAt = authenticatedAt
        self.accessToken = accessToken
        self.scopes = scopes
        self.isAlive = isAlive
    }

    package func allows(_ topic: Event.Topic) -> Bool { scopes?.contains("\(topic.rawValue):read") ?? true }
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
    package let session: AppRequestContext.Session?
    package let credential: Credential
    package let requestID: String
    package let address: String
    package let channel: any Channel

    /// - Throws: `Failure` `sign_in_required`.
    package init(context: AppRequestContext) throws {
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
        channel = context.channel
    }
}
