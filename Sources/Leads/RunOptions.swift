import Core
import Discovery

/// What a run does with each domain.
struct RunOptions: Sendable, Equatable {
    /// As somebody asked for it: shown again as it was.
    let asked: JSON
    let stages: DomainDiscovery.Options
    /// Of the domains, so many are worked on; nil: all.
    let companyLimit: Int?

    static let known = [
        "mode", "modes", "skip_crawl", "skip_verify", "company_limit", "skip_verified", "skip_catch_all", "timeout_per_company_s",
        // Nothing that is found is asked of a model, and sites are always read anew: whether they are on or off, it is the same.
        "ai_enabled", "force_discovery",
    ]

    /// `full` does everything; the others do one stage, and `genverify` two.
    private static let modes: [String: Set<Stage>] = [
        "full": [.crawl, .generate, .verify], "all": [.crawl, .generate, .verify], "everything": [.crawl, .generate, .verify],
        "autodiscovery": [.crawl], "discovery": [.crawl], "crawl": [.crawl], "generate": [.generate], "gen": [.generate],
        "verify": [.verify], "verif": [.verify], "genverify": [.generate, .verify],
    ]

    private enum Stage { case crawl, generate, verify }

    /// - Parameter value: the member `options` of a body; null for none.
    /// - Throws: `Failure` `invalid_options`.
    init(_ value: JSON) throws {
        guard case .object(let members) = value == .null ? .object([:]) : value else {
            throw Self.refusal("options must be an object.")
        }
        if let stranger = members.keys.sorted().first(where: { !Self.known.contains($0) }) {
            let hint = Nearest.name(to: stranger, in: Self.known).map { " Did you mean \($0)?" } ?? ""
            throw Self.refusal("options.\(stranger) is unknown.\(hint)")
        }
        var stages: Set<Stage> = []
        for name in try Self.names(members["mode"]) + Self.names(members["modes"]) {
            guard let more = Self.modes[name] else {
                throw Self.refusal(
                    "options.mode must be full, autodiscovery, generate or verify, not \"\(name.beginning(letters: 40))\".")
            }
            stages.formUnion(more)
        }
        if stages.isEmpty { stages = [.crawl, .generate, .verify] }
        if try Self.flag("skip_crawl", members) { stages.remove(.crawl) }
        if try Self.flag("skip_verify", members) { stages.remove(.verify) }
        switch members["company_limit"] {
        case nil, .null: companyLimit = nil
        case .int(let limit) where 1...Int64(RunJob.Limits.domains) ~= limit: companyLimit = Int(limit)
        default: throw Self.refusal("options.company_limit must be a whole number from 1 to \(RunJob.Limits.domains).")
        }
        var options = DomainDiscovery.Options(
            crawls: stages.contains(.crawl), generates: stages.contains(.generate), verifies: stages.contains(.verify))
        options.skipsVerified = try Self.flag("skip_verified", members)
        options.skipsCatchAll = try Self.flag("skip_catch_all", members)
        for name in ["ai_enabled", "force_discovery"] { _ = try Self.flag(name, members) }
        switch members["timeout_per_company_s"] {
        case nil, .null: break
        case .int(let seconds) where 5...86_400 ~= seconds: options.seconds = Double(seconds)
        default: throw Self.refusal("options.timeout_per_company_s must be a whole number of seconds from 5 to 86400.")
        }
        asked = .object(members)
        self.stages = options
    }

    private static func refusal(_ text: String) -> Failure { Failure(.invalid, "invalid_options", text) }

    /// A text with commas, plus signs or blanks between, or a list.
    private static func names(_ value: JSON?) throws -> [String] {
        switch value {
        case nil, .null: []
        case .string(let text): text.lowercased().split { $0 == "," || $0 == "+" || $0 == " " }.map(String.init)
        case .array(let values): try values.flatMap { try names($0) }
        default: throw refusal("options.mode must be a text.")
        }
    }

    private static func flag(_ name: String, _ members: [String: JSON]) throws -> Bool {
        switch members[name] {
        case nil, .null: false
        case .bool(let value): value
        default: throw refusal("options.\(name) must be true or false.")
        }
    }

    // MARK: In a work order

    var json: JSON {
        [
            "crawls": .bool(stages.crawls), "generates": .bool(stages.generates), "verifies": .bool(stages.verifies),
            "skips_verified": .bool(stages.skipsVerified), "skips_catch_all": .bool(stages.skipsCatchAll),
            "seconds": stages.seconds.map { .double($0) } ?? .null,
        ]
    }

    static func stages(stored: JSON) -> DomainDiscovery.Options {
        var options = DomainDiscovery.Options(
            crawls: stored["crawls"] == true, generates: stored["generates"] == true, verifies: stored["verifies"] == true)
        options.skipsVerified = stored["skips_verified"] == true
        options.skipsCatchAll = stored["skips_catch_all"] == true
        options.seconds = stored["seconds"]?.doubleValue
        return options
    }
}
