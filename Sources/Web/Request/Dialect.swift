/// How the API words its answers (see docs/architecture.md).
package enum Dialect: String, Sendable, Codable, CaseIterable {
    /// Bare arrays, upper-case states, errors `{"error", "detail", "request_id"}`.
    case standard
    /// `{"jobs": […]}`, lower-case states, errors `{"error": {type, code, message, path, method}}`.
    case enveloped
}
