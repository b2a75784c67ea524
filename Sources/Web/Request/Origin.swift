import HTTPTypes
package import Hummingbird

/// Where the server is reached, as the request tells it.
package struct PublicAddress: Sendable {
    /// `QUERN_PUBLIC_URL`, without a slash at the end.
    private let configured: String?
    /// The server itself speaks TLS.
    private let isTLS: Bool

    package init(configured: String?, isTLS: Bool = false) {
        self.isTLS = isTLS
        self.configured = configured.map { $0.hasSuffix("/") ? String($0.dropLast()) : $0 }
    }

    /// `scheme://host[:port]`
    package func base(_ request: Request) -> String {
        configured ?? "\(scheme)://\(Self.host(request))"
    }

    /// For links that are made without a request.
    package func link(host: String, port: Int) -> String {
        // Who listens on every address is reached under none of that name; and browsers make passkeys for a name, not for a number.
        let name =
            ["0.0.0.0", "::", "127.0.0.1", "::1"].contains(host) ? "localhost" : host.contains(":") ? "[\(host)]" : host
        return configured ?? "\(scheme)://\(name):\(port)"
    }

    /// Where a browser that asked for this machine by number finds the same server by name; nil for any other request.
    package func byName(_ request: Request) -> String? {
        let host = Self.host(request)
        for number in ["127.0.0.1", "[::1]"] where configured == nil && (host == number || host.hasPrefix("\(number):")) {
            return "\(scheme)://localhost\(host.dropFirst(number.utf8.count))"
        }
        return nil
    }

    package var isSecure: Bool { configured?.hasPrefix("https://") ?? isTLS }

    private var scheme: String { isTLS ? "https" : "http" }

    /// Behind a proxy the scheme of the request is not the one that the browser sees.
    package func isOwn(origin: String, _ request: Request) -> Bool {
        let host = Self.host(request)
        return ["http://\(host)", "https://\(host)", base(request)].contains(origin)
    }

    package static func host(_ request: Request) -> String {
        request.head.authority ?? request.headers[.host] ?? "localhost"
    }
}

/// Tells whether a browser sent a request from a page of our own: the defence against request forgery by Fetch Metadata
/// (`Sec-Fetch-Site`) and, for older browsers, by the `Origin` header (RFC 6454).
package enum Origin: Sendable {
    case own, foreign
    /// Not a browser, or one that tells nothing.
    case unknown

    package init(_ request: Request, address: PublicAddress) {
        if let site = request.headers[.secFetchSite] {
            self = site == "same-origin" || site == "none" ? .own : .foreign
        } else if let origin = request.headers[.origin] {
            self = address.isOwn(origin: origin, request) ? .own : .foreign
        } else {
            self = .unknown
        }
    }
}
