/// What is said of an address, and why: the first rule that fits.
package enum Verification {
    package enum Status: String, Sendable, CaseIterable, Codable {
        case valid
        case riskyCatchAll = "risky_catch_all"
        case invalid
        case unknownTimeout = "unknown_timeout"
    }

    /// What a mail server said to RCPT TO.
    package enum Category: String, Sendable, Codable {
        /// 2xx.
        case accept
        /// 5xx that says there is no such mailbox.
        case hardFail = "hard_fail"
        /// 4xx, a timeout, or a refusal of the question itself.
        case tempFail = "temp_fail"
        /// Nobody was asked.
        case none
    }

    /// What a second service says, where there is one.
    package enum Fallback: String, Sendable { case deliverable, undeliverable }

    /// Whether a domain takes mail for anybody.
    package enum CatchAll: String, Sendable, Codable {
        case catchAll = "catch_all"
        case notCatchAll = "not_catch_all"
        case tempfail
        case noMX = "no_mx"
        case error

        var isKnown: Bool { self == .catchAll || self == .notCatchAll }
    }

    package struct Verdict: Sendable, Equatable {
        package let status: Status
        package let reason: String

        package init(status: Status, reason: String) {
            (self.status, self.reason) = (status, reason)
        }
    }

    package enum Limits {
        /// A check says nothing any more after so long.
        package static let lifeDays = 90
    }

    /// Whether a service is worth asking: where the mail server has left it open, and where a site publishes what it refuses.
    static func isOpen(_ category: Category, catchAll: CatchAll?, isPublished: Bool) -> Bool {
        switch category {
        case .accept: catchAll != .notCatchAll
        case .hardFail: isPublished
        case .tempFail, .none: true
        }
    }

    /// - Parameters:
    ///   - ageDays: how long ago it was asked.
    ///   - fallback: nil where there is none, or where it does not know.
    package static func verdict(
        _ category: Category, catchAll: CatchAll?, fallback: Fallback? = nil, ageDays: Double = 0
    ) -> Verdict {
        if ageDays > Double(Limits.lifeDays) { return .init(status: .unknownTimeout, reason: "stale_result_ttl_exceeded") }
        switch (category, catchAll.flatMap { $0.isKnown ? $0 : nil }, fallback) {
        case (.hardFail, _, .deliverable): return .init(status: .valid, reason: "fallback_valid_overrides_rcpt_5xx")
        case (.hardFail, _, _): return .init(status: .invalid, reason: "rcpt_5xx_user_unknown")
        case (.accept, .notCatchAll, .deliverable): return .init(status: .valid, reason: "rcpt_2xx_non_catchall_fallback_valid")
        case (.accept, .notCatchAll, _): return .init(status: .valid, reason: "rcpt_2xx_non_catchall")
        case (.accept, .catchAll, .undeliverable): return .init(status: .invalid, reason: "rcpt_2xx_catchall_fallback_invalid")
        case (.accept, .catchAll, _): return .init(status: .riskyCatchAll, reason: "rcpt_2xx_catchall")
        case (.accept, _, .deliverable): return .init(status: .valid, reason: "rcpt_2xx_catchall_unknown_fallback_deliverable")
        case (.accept, _, .undeliverable):
            return .init(status: .riskyCatchAll, reason: "rcpt_2xx_catchall_unknown_fallback_invalid")
        case (.accept, _, nil): return .init(status: .valid, reason: "rcpt_2xx_catchall_unconfirmed")
        case (.tempFail, _, .deliverable): return .init(status: .valid, reason: "fallback_valid_after_tempfail")
        case (.tempFail, _, .undeliverable): return .init(status: .invalid, reason: "fallback_invalid_after_tempfail")
        case (.tempFail, .catchAll, nil): return .init(status: .riskyCatchAll, reason: "catchall_softfail_no_fallback")
        case (.tempFail, _, nil): return .init(status: .unknownTimeout, reason: "tempfail_or_timeout")
        case (.none, _, .deliverable): return .init(status: .valid, reason: "fallback_valid_no_smtp")
        case (.none, _, .undeliverable): return .init(status: .invalid, reason: "fallback_invalid_no_smtp")
        case (.none, _, nil): return .init(status: .unknownTimeout, reason: "no_verification_attempt")
        }
    }
}
