/// Something the product can explain to a caller. Every other error is a defect: it is logged and answered as 500.
package struct Failure: Error, Equatable {
    package enum Kind: Sendable {
        /// The request itself is malformed: 400, in the enveloped dialect 422.
        case invalid
        /// The request is well formed, but not possible in this state: 400 in every dialect.
        case refused
        case unauthenticated, forbidden, missing, methodNotAllowed, conflict, tooLarge, tooMany, unavailable
        /// The disk is full: 507.
        case noSpace
    }

    package var kind: Kind
    /// Stable and machine-readable, such as `job_over`.
    package var code: String
    /// One sentence for a person. No paths, SQL or type names.
    package var message: String

    package init(_ kind: Kind, _ code: String, _ message: String) {
        self.kind = kind
        self.code = code
        self.message = message
    }
}
