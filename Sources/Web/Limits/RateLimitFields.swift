/// Structured fields (RFC 9651): lists of strings with parameters.
package enum RateLimitFields {
    /// `"login";q=10;w=60`
    package static func policy(_ rules: [RateRule]) -> String {
        rules.map { "\"\($0.name)\";q=\($0.limit);w=\($0.windowSeconds)" }.joined(separator: ", ")
    }

    /// `"login";r=9;t=50`
    package static func limit(_ decisions: [RateDecision]) -> String {
        decisions.map { "\"\($0.rule.name)\";r=\($0.remaining);t=\($0.resetSeconds)" }.joined(separator: ", ")
    }
}
