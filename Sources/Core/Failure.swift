/// Something the product can explain to a caller. Every other error is a defect: it is logged and answered as 500.
package struct Failure: Error, Equatable {
    package enum Kind: Sendable {
        /// The request itself is malformed: 400, in the enveloped dialect 422.
        case invalid
        /// The request is well formed, but not possible in this state: 400 in every dialect.
        case refused
        case unauthenticated, forbidden, missing, methodNotAllowed, conflict, tooLarge, tooMany, unavailable
        /// What the caller knew has changed since: 412.
        case stale
        /// A change must say what it is based on: 428.
        case preconditionRequired
        /// Well formed, but at odds with itself or with what was sent before: 422 in every dialect.
        case unprocessable
        /// The address speaks another protocol: 426.
        case upgradeRequired
        /// The client sent too slowly: 408.
        case timedOut
        /// The disk is full: 507.
        case noSpace
        /// A service outside that is needed does not answer: 503.
        case outage
    }

    package var kind: Kind
    /// Stable and machine-readable, such as `job_over`.
    package var code: String
    /// One sentence for a person. No paths, SQL or type names.
    package var message: String

    /// After how many seconds the same request may succeed; becomes `Retry-After`.
    package var retryAfterSeconds: Int?
    /// More for machines, such as each rule that a password breaks.
    package var details: JSON?

    package init(_ kind: Kind, _ code: String, _ message: String, retryAfterSeconds: Int? = nil, details: JSON? = nil) {
        self.kind = kind
        self.code = code
        self.message = message
        self.retryAfterSeconds = retryAfterSeconds
        self.details = details
    }
}
