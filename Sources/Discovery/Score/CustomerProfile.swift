import Core
package import Foundation

/// How well somebody fits those whom a company sells to: points for what is known, added up, from 0 to 100.
package struct CustomerProfile: Sendable, Equatable {
    /// Points by what is known (`role_family`, `seniority`, `size`, `industry`, `tech`) and its value.
    private let weights: [String: [String: Int]]
    /// What has to be known, or there are no points.
    private let required: [String]
    private let cap: Int

    package struct Score: Sendable, Equatable {
        package let points: Int
        /// Such as `role_family:Sales+35`.
        package let reasons: [String]
    }

    /// What is known of somebody.
    package struct Signals: Sendable {
        package var roleFamily: String?
        package var seniority: String?
        package var size: String?
        package var industry: String?
        package var tech: [String]

        package init(
            roleFamily: String? = nil, seniority: String? = nil, size: String? = nil, industry: String? = nil, tech: [String] = []
        ) {
            (self.roleFamily, self.seniority, self.size, self.industry, self.tech) = (roleFamily, seniority, size, industry, tech)
        }
    }

    private static let known = ["role_family", "seniority", "size", "industry", "tech"]

    package static let standard = CustomerProfile(
        weights: [
            "role_family": [
                "Sales": 35, "Engineering": 25, "Customer Success": 20, "Marketing": 10, "Operations": 10, "Executive": 30,
                "Founder": 30,
            ],
            "seniority": ["C-Level": 30, "VP": 25, "Head": 20, "Director": 18, "Manager": 12, "IC": 0],
            "size": ["1-10": 2, "11-50": 5, "51-200": 10, "201-1000": 15, "1001+": 12],
            "industry": ["b2b_saas": 10, "services": 3],
            "tech": ["salesforce": 6, "hubspot": 4, "snowflake": 4, "aws": 3],
        ], required: ["role_family"], cap: 100)

    private init(weights: [String: [String: Int]], required: [String], cap: Int) {
        (self.weights, self.required, self.cap) = (weights, required, cap)
    }

    /// - Parameter file: JSON: `{"weights": {"role_family": {"Sales": 35, …}, …}, "min_required": ["role_family"], "cap": 100}`.
    /// - Throws: `Failure` `invalid_setting`, which names the member.
    package init(file: some DataProtocol) throws {
        func refusal(_ what: String) -> Failure { Failure(.invalid, "invalid_setting", "LEADS_PROFILE_FILE: \(what)") }
        guard let json = try? JSON(parsing: file), case .object(let members) = json else {
            throw refusal("it holds no JSON object.")
        }
        if let stranger = members.keys.first(where: { !["weights", "min_required", "cap"].contains($0) }) {
            throw refusal("\(stranger) is unknown; weights, min_required and cap are known.")
        }
        guard case .object(let blocks) = members["weights"] ?? .object([:]) else { throw refusal("weights must be an object.") }
        var weights: [String: [String: Int]] = [:]
        for (signal, block) in blocks {
            guard Self.known.contains(signal), case .object(let values) = block else {
                throw refusal("weights.\(signal) is unknown or no object; \(Self.known.joined(separator: ", ")) are known.")
            }
            for (value, points) in values {
                guard let points = points.intValue, -1000...1000 ~= points else {
                    throw refusal("weights.\(signal).\(value) must be a whole number from -1000 to 1000.")
                }
                // Other spellings of the same; where two of them are one here, the better one counts.
                let name =
                    signal == "seniority" && value == "C"
                    ? "C-Level" : signal == "size" ? CompanySize.bucket(of: value) ?? value : value
                weights[signal, default: [:]][name] = max(weights[signal]?[name] ?? .min, Int(points))
            }
        }
        let required = try (members["min_required"]?.arrayValue ?? []).map { value in
            guard let name = value.stringValue, Self.known.contains(name) else {
                throw refusal("min_required names something unknown.")
            }
            return name
        }
        let cap = members["cap"]?.intValue ?? 100
        guard 0...100 ~= cap else { throw refusal("cap must be from 0 to 100.") }
        self.init(weights: weights, required: required, cap: Int(cap))
    }

    /// The same text for the same points, and for no others.
    package var text: String {
        let blocks = weights.mapValues { JSON.object($0.mapValues { .int(Int64($0)) }) }
        return JSON.object([
            "weights": .object(blocks), "min_required": .array(required.sorted().map { .string($0) }), "cap": .int(Int64(cap)),
        ]).text
    }

    package func score(_ signals: Signals) -> Score {
        let values: [String: [String]] = [
            "role_family": [signals.roleFamily].compactMap { $0 }, "seniority": [signals.seniority].compactMap { $0 },
            "size": [signals.size].compactMap { $0 }, "industry": [signals.industry].compactMap { $0 }, "tech": signals.tech,
        ]
        for name in required where values[name]?.isEmpty ?? true { return Score(points: 0, reasons: ["missing_min_required"]) }
        var (points, reasons) = (0, [String]())
        for signal in Self.known {
            for value in values[signal] ?? [] {
                guard let weight = weights[signal]?[value], weight != 0 else { continue }
                points += weight
                reasons.append("\(signal):\(value)\(weight < 0 ? "" : "+")\(weight)")
            }
        }
        return Score(points: min(max(points, 0), cap), reasons: reasons)
    }
}
