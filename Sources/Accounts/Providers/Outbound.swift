import Core

/// Requests to services outside. The executable fills it in; a test that forgot to fails loudly.
package struct Outbound: Sendable {
    package struct Call: Sendable, Equatable {
        package var method: String
        package var url: String
        package var headers: [String: String]
        package var body: [UInt8]
        /// For everything: connecting, sending, and the last byte of the answer.
        package var timeoutSeconds: Double

        package init(
            _ method: String, _ url: String, headers: [String: String] = [:], body: [UInt8] = [],
            timeoutSeconds: Double = Limits.timeoutSeconds
        ) {
            self.method = method
            self.url = url
            self.headers = headers
            self.body = body
            self.timeoutSeconds = timeoutSeconds
        }
    }

    package struct Reply: Sendable, Equatable {
        package var status: Int
        /// By lower-case name.
        package var headers: [String: String]
        package var body: [UInt8]

        package init(status: Int, headers: [String: String] = [:], body: [UInt8] = []) {
            self.status = status
            self.headers = headers
            self.body = body
        }
    }

    package enum Limits {
        /// Somebody waits at the login page meanwhile.
        package static let timeoutSeconds = 8.0
        /// What is asked for outside is tokens, key sets and yes or no.
        package static let replyBytes = 1_048_576
    }

    /// Whatever the service answers is a reply, 500 too. Redirects are not followed: what is sent may be a password.
    /// - Throws: `Failure` of kind `outage`: `outside_timeout`, `outside_unreachable`, `outside_untrusted`, `outside_too_long`.
    package var send: @Sendable (Call) async throws -> Reply

    package init(send: @escaping @Sendable (Call) async throws -> Reply) {
        self.send = send
    }

    package static let unavailable = Outbound { _ in
        throw Failure(.unavailable, "no_outbound", "This server was built without a way to the outside.")
    }
}
