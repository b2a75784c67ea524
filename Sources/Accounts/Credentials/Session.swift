package import Core
import Web

/// Somebody who is signed in: a browser, a program with tokens, or a program with a key. Only hashes of its tokens are stored.
package struct Session: Sendable, Codable, Equatable {
    package enum Kind: String, Sendable, Codable {
        /// The token is in a browser's cookie.
        case browser
        /// Access and refresh tokens.
        case token
        /// A cookie that was given for an API key.
        case key
    }

    package let id: String
    package let kind: Kind
    package var tokenHash: String?
    package let user: ID<Caller>
    package let apiKey: String?
    /// Of the key of the environment, when the session stands on that: it ends when the key is another.
    package var environmentKeyHash: String?
    package let userAgent: String
    package let address: String
    package let createdAt: Moment
    package var authenticatedAt: Moment
    package var lastUsedAt: Moment
    package let expiresAt: Moment

    package enum Limits {
        /// How long a login counts as fresh for sensitive changes (ASVS 5.0, 7.5.1).
        package static let freshSeconds = 600.0
        /// Of a browser that asked to be remembered.
        package static let rememberedSeconds = 30.0 * 86_400
        /// Of tokens: the refresh token's life, absolute.
        package static let tokenSeconds = 30.0 * 86_400
        /// The last use is noted so often at most.
        package static let noteSeconds = 60.0
        /// An old refresh token still answers for so long after its use, for tabs that race.
        package static let graceSeconds = 10.0
        package static let userAgentBytes = 300
        /// Sessions of one person; the one that was used least recently makes room.
        package static let most = 200
    }

    /// What its owner sees in the list.
    package func json(current: String?) -> JSON {
        [
            "id": .string(id), "kind": .string(kind.rawValue), "device": .string(device), "address": .string(address),
            "created_at": .string(createdAt.description), "last_used_at": .string(lastUsedAt.description),
            "expires_at": .string(expiresAt.description), "current": .bool(id == current),
        ]
    }

    /// `Firefox on Linux`, as far as the user agent tells.
    package var device: String { Self.device(userAgent) }

    package static func device(_ userAgent: String) -> String {
        func first(_ marks: [(String, String)]) -> String? { marks.first { userAgent.contains($0.0) }?.1 }
        let program = first([
            ("Edg", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"),
            ("curl/", "curl"), ("python", "Python"), ("Python", "Python"), ("Go-http", "Go"), ("node", "Node.js"),
        ])
        let system = first([
            ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("Mac OS X", "macOS"),
            ("CrOS", "ChromeOS"), ("Linux", "Linux"),
        ])
        switch (program, system) {
        case (let program?, let system?): return "\(program) on \(system)"
        case (let program?, nil): return program
        case (nil, let system?): return system
        case (nil, nil): return "Unknown device"
        }
    }
}

/// Where a request comes from, as sessions and the audit log note it.
package struct ClientInfo: Sendable {
    package let address: String
    package let userAgent: String
    package let requestID: String

    package init(address: String, userAgent: String, requestID: String) {
        self.address = address
        self.userAgent = userAgent
        self.requestID = requestID
    }

    /// The operator, at the command line of the server's own machine.
    package static let operatorHere = ClientInfo(address: "", userAgent: "command line", requestID: "")
}
