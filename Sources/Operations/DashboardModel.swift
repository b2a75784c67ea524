import Core
import Web

/// The figures of `/admin/metrics` and `/admin/analytics` as their page shows them.
struct DashboardModel {
    private let figures: [String: JSON]
    private let analytics: JSON

    init(_ figures: [String: JSON], _ analytics: JSON) {
        (self.figures, self.analytics) = (figures, analytics)
    }

    var members: [String: Any] {
        let verification = figures["verification"] ?? [:]
        let series = analytics["verification_time_series"]?.arrayValue ?? []
        let rate = verification["valid_rate"]?.doubleValue
        return [
            "tabs": ["dashboard": true],
            "queues": rows("queues", ["name", "queued", "started", "finished", "failed"]),
            "workers": (figures["workers"]?.arrayValue ?? []).map { worker in
                var model: [String: Any] = [
                    "name": Self.text(worker["name"]), "state": Self.text(worker["state"]),
                    "queues": worker["queues"]?.arrayValue?.compactMap(\.stringValue).joined(separator: ", ") ?? "",
                ]
                let heard = Self.time(worker["last_heartbeat"])
                if !heard.isEmpty { model["heard"] = heard }
                return model
            },
            "totalText": Self.text(verification["total_emails"]),
            "askedText": "\(series.reduce(0) { $0 + ($1["total"]?.intValue ?? 0) })",
            "rateText": rate.map { "\(Int(($0 * 100).rounded())) %" } ?? "–",
            "statuses": Self.pairs(
                verification["by_status"],
                [("valid", "Valid"), ("risky_catch_all", "Catch-all"), ("invalid", "Invalid"), ("unknown_timeout", "Unknown")]),
            "costs": Self.pairs(
                figures["costs"],
                [
                    ("pages_crawled", "Pages asked for"), ("domains_resolved", "Domains read"),
                    ("smtp_probes", "Addresses asked about"), ("catchall_checks", "Catch-all tests"),
                ]),
            "companies": Self.pairs(
                figures["company_health"],
                [
                    ("total_companies", "Companies"), ("companies_with_pages", "With pages"),
                    ("companies_with_candidates", "With people"),
                    ("companies_with_valid_email", "With a valid address"), ("companies_403_blocked", "That block programs"),
                    ("companies_robots_blocked", "Closed by robots.txt"), ("companies_no_mx", "Without mail"),
                    ("companies_catch_all", "Catch-all"),
                ]),
            "runStates": Self.pairs(
                figures["run_status"],
                [
                    ("total", "All"), ("queued", "Queued"), ("running", "Running"), ("succeeded", "Succeeded"),
                    ("failed", "Failed"), ("cancelled", "Cancelled"),
                ]),
            "reasons": reasons, "hasReasons": !reasons.isEmpty, "domains": domains.map(Self.day), "hasDomains": !domains.isEmpty,
            "users": (figures["user_stats"]?.arrayValue ?? []).map { user in
                var model: [String: Any] = ["last": Self.time(user["last_run_at"])]
                for name in [
                    "user_email", "runs_total", "runs_queued", "runs_running", "runs_succeeded", "runs_failed", "runs_cancelled",
                ] { model[name] = Self.text(user[name]) }
                return model
            },
            "runs": (figures["recent_runs"]?.arrayValue ?? []).map { run in
                var model: [String: Any] = [
                    "id": Self.text(run["id"]), "label": run["label"]?.stringValue ?? Self.text(run["name"]),
                    "status": Self.text(run["status"]), "email": Self.text(run["user_email"]),
                    "domains": Self.text(run["domain_count"]), "created": Self.time(run["created_at"]),
                    "finished": Self.time(run["finished_at"]),
                ]
                if let error = run["error"]?.stringValue { model["error"] = error }
                return model
            },
            "hasSeries": !series.isEmpty, "bars": Self.bars(series), "chartWidth": max(1, series.count) * Self.barStep,
            "days": series.map(Self.day),
        ]
    }

    private static func day(_ counts: JSON) -> [String: Any] {
        [
            "date": text(counts["date"]), "domain": text(counts["domain"]), "total": text(counts["total"]),
            "valid": text(counts["valid"]), "invalid": text(counts["invalid"]), "risky": text(counts["risky_catch_all"]),
            "rate": counts["valid_rate"]?.doubleValue.map { "\(Int(($0 * 100).rounded())) %" } ?? "–",
        ]
    }

    private var domains: [JSON] { analytics["domain_breakdown"]?.arrayValue ?? [] }

    private var reasons: [[String: Any]] {
        guard case .object(let counts)? = analytics["error_breakdown"] else { return [] }
        return counts.sorted { ($1.value.intValue ?? 0, $0.key) < ($0.value.intValue ?? 0, $1.key) }.map {
            ["label": $0.key, "value": Self.text($0.value)]
        }
    }

    private static let barStep = 24
    private static let barHeight = 120.0

    /// One bar a day, valid addresses from below, others on top; coordinates of the drawing.
    private static func bars(_ series: [JSON]) -> [[String: Any]] {
        let most = Double(series.compactMap { $0["total"]?.intValue }.max() ?? 1)
        return series.enumerated().map { index, day in
            let scale = barHeight / max(most, 1)
            let valid = Double(day["valid"]?.intValue ?? 0) * scale
            let total = Double(day["total"]?.intValue ?? 0) * scale
            return [
                "x": index * barStep + 4, "totalY": Int(barHeight - total), "totalHeight": Int(total),
                "validY": Int(barHeight - valid),
                "validHeight": Int(valid),
                "title": "\(text(day["date"])): \(text(day["total"])) verified, \(text(day["valid"])) valid",
            ]
        }
    }

    private func rows(_ name: String, _ columns: [String]) -> [[String: Any]] {
        (figures[name]?.arrayValue ?? []).map { row in
            Dictionary(uniqueKeysWithValues: columns.map { ($0, Self.text(row[$0])) })
        }
    }

    private static func pairs(_ json: JSON?, _ names: [(String, String)]) -> [[String: Any]] {
        names.map { ["label": $1, "value": text(json?[$0])] }
    }

    private static func text(_ value: JSON?) -> String {
        switch value {
        case nil, .null: ""
        case .string(let text): text
        case .int(let number): HumanFormat.count(number)
        case .some(let other): other.text
        }
    }

    private static func time(_ value: JSON?) -> String { String(text(value).prefix(16)).replacing("T", with: " ") }
}
