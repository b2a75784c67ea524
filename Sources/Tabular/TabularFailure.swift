/// Why a transformation could not be done. The output, if any, is not to be used.
package struct TabularFailure: Error, Equatable, Sendable {
    /// Stable and machine-readable, such as `column_not_found`.
    package var code: String
    /// What happened, where, and what to do about it, in a sentence or two.
    package var message: String

    package init(_ code: String, _ message: String) {
        self.code = code
        self.message = message
    }
}
