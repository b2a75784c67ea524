import Core
import GRDB
import Storage

/// The SQL of a list of jobs: finds what a filter asks for without looking at every job.
///
/// Counts are kept by triggers, tags have a table of their own, and texts an index of all their trigrams. A filter that finds few
/// jobs is driven by these; of one that finds many, a page is reached sooner by walking along the order.
struct JobQuery: Sendable {
    private let user: ID<Caller>
    private let filter: JobFilter
    private let mostTagged: Int

    enum Limits {
        /// Up to this many jobs are found first and sorted then.
        static let few = 2_000
        /// Characters of a search that the index of texts is asked for.
        static let phrase = 12
        /// Up to this many jobs with a tag are looked through for words that many jobs have.
        static let tagged = 15_000
    }

    init(of user: ID<Caller>, _ filter: JobFilter, mostTagged: Int = Limits.tagged) {
        self.mostTagged = mostTagged
        self.user = user
        self.filter = filter
    }

    /// What the answer to `total` depends on, beside the jobs themselves.
    var name: String {
        let parts = [filter.kind ?? "", filter.words ?? "", filter.isActiveOnly ? "active" : ""]
        return ([user.rawValue] + parts + filter.tags + [""] + filter.statusTexts + [""] + filter.states.map(\.rawValue))
            .map { "\($0.utf8.count):\($0)" }.joined()
    }

    /// Whether texts or tags must be looked through to count.
    var isCounted: Bool { filter.words != nil || !filter.tags.isEmpty }

    func total(_ db: Database) throws -> Int {
        let request: SQLRequest<Int>
        if let finds {
            // Each by itself: SQLite would hand the rows of both through a queue.
            let counts = finds.map { found -> SQL in
                rest.isEmpty
                    ? "(SELECT count(*) FROM (\(found)))"
                    : """
                    (SELECT count(*) FROM (\(found)) AS found CROSS JOIN job ON job.number = found.number
                    WHERE \(rest.joined(separator: " AND ")))
                    """
            }
            request = "SELECT \(counts.joined(separator: " + "))"
        } else {
            request = """
                SELECT coalesce(sum(job.n), 0) FROM jobCount AS job
                WHERE \(([SQL("job.user = \(user)")] + plain).joined(separator: " AND "))
                """
        }
        return try request.fetchOne(db) ?? 0
    }

    /// The numbers of all jobs, in order, where tags leave fewer than the words do; nil where another way is shorter.
    func numbersByTag(_ db: Database) throws -> [Int64]? {
        guard let words, !filter.tags.isEmpty, hasStatusAlone else { return nil }
        let tags: SQLRequest<Int> = """
            SELECT coalesce(sum(n), 0) FROM tagCount WHERE user = \(user) AND tag IN \(filter.tags)
            """
        let tagged = try tags.fetchOne(db) ?? 0
        guard tagged <= mostTagged else { return nil }
        if let phrase = Self.phrase(words) {
            // To look through the index of texts costs a quarter of what the texts cost.
            let few = tagged / 4 + 1
            let matches: SQLRequest<Int> = """
                SELECT count(*) FROM (SELECT 1 FROM jobSearch WHERE jobSearch MATCH \(phrase) LIMIT \(few))
                """
            guard try matches.fetchOne(db) == few else { return nil }
        }
        let job: SQL = filter.sort.key == .created ? "" : "CROSS JOIN job ON job.number = found.number"
        let request: SQLRequest<Int64> = """
            SELECT found.number FROM (\(withTag)) AS found
            CROSS JOIN jobText ON jobText.number = found.number AND holds(jobText.text, \(words))
            \(job) ORDER BY \(order("found.number"))
            """
        return try request.fetchAll(db)
    }

    /// The numbers of the jobs on a page, in order.
    func numbers(_ page: Page, of total: Int, _ db: Database) throws -> [Int64] {
        guard total > page.skip, page.limit > 0 else { return [] }
        let request: SQLRequest<Int64>
        if total <= Limits.few, let found = finds?.joined(separator: " UNION ALL ") {
            let conditions = rest.isEmpty ? SQL("TRUE") : rest.joined(separator: " AND ")
            request = """
                SELECT job.number FROM (\(found)) AS found CROSS JOIN job ON job.number = found.number
                WHERE \(conditions) ORDER BY \(order()) LIMIT \(page.limit) OFFSET \(page.skip)
                """
        } else {
            request = walk(page, isFew: total <= Limits.few)
        }
        return try request.fetchAll(db)
    }

    /// Goes along the order and takes what fits.
    private func walk(_ page: Page, isFew: Bool) -> SQLRequest<Int64> {
        let isByMaking = filter.sort.key == .created
        if isByMaking, filter.tags.count == 1 {
            // A tag's jobs stand in the order of their making.
            let conditions =
                ["jobTag.user = \(user)", "jobTag.tag = \(filter.tags[0])"]
                + (hasStatusAlone ? statuses.isEmpty ? [] : ["jobTag.status IN \(statuses)"] : plain)
            let job: SQL = hasStatusAlone ? "" : "CROSS JOIN job ON job.number = jobTag.number"
            return """
                SELECT jobTag.number FROM jobTag \(job)
                WHERE \((conditions + worded("jobTag.number")).joined(separator: " AND "))
                ORDER BY \(order("jobTag.number")) LIMIT \(page.limit) OFFSET \(page.skip)
                """
        }
        let hasOneStatus = isByMaking && statuses.count == 1
        // Several states in the order of making: SQLite would walk through all jobs instead.
        let index = SQL(sql: (isFew && !statuses.isEmpty) || hasOneStatus ? "INDEXED BY jobByStatus" : "")
        let conditions = isFew || hasOneStatus ? plain + tagged + worded("job.number") : along
        return """
            SELECT job.number FROM job \(index)
            WHERE \((["job.user = \(user)"] + conditions).joined(separator: " AND "))
            ORDER BY \(order()) LIMIT \(page.limit) OFFSET \(page.skip)
            """
    }

    // MARK: Parts

    /// Numbers of the jobs with the words, or else with one of the tags: together, and each job once.
    private var finds: [SQL]? {
        if let words {
            let isWhole = words.unicodeScalars.count <= Limits.phrase
            let rest = isWhole ? SQL("") : "AND \(worded("jobSearch.rowid").joined(separator: " AND "))"
            return Self.phrase(words).map { phrase in
                [
                    """
                    SELECT jobSearch.rowid AS number FROM jobSearch
                    WHERE jobSearch MATCH \(phrase)\(narrowed("jobSearch.rowid")) AND (
                        NOT \(hasOthers) OR EXISTS (SELECT 1 FROM jobText WHERE jobText.number = jobSearch.rowid AND jobText.user = \(user)))
                    \(rest)
                    """
                ]
            } ?? [
                """
                SELECT jobText.number FROM jobText
                WHERE NOT \(hasOthers)\(narrowed("jobText.number")) AND holds(text, \(words))
                """,
                """
                SELECT jobText.number FROM jobText
                WHERE \(hasOthers) AND user = \(user)\(narrowed("jobText.number")) AND holds(text, \(words))
                """,
            ]
        }
        guard !filter.tags.isEmpty else { return nil }
        return [withTag]
    }

    /// Whether there are other people's jobs too. Whose a text is need not be looked up where all are one person's.
    private var hasOthers: SQL { "EXISTS (SELECT 1 FROM jobCount WHERE jobCount.user <> \(user))" }

    /// Each job once, of those in the states asked for. One tag's jobs are in order as they stand; told to be distinct, SQLite would
    /// sort them again.
    private var withTag: SQL {
        let status: SQL = statuses.isEmpty ? "" : "AND status IN \(statuses)"
        return filter.tags.count == 1
            ? "SELECT number FROM jobTag WHERE user = \(user) AND tag = \(filter.tags[0]) \(status)"
            : "SELECT DISTINCT number FROM jobTag WHERE user = \(user) AND tag IN \(filter.tags) \(status)"
    }

    /// Tags and states beside words, asked before texts and jobs are looked at: lists of numbers, made once. The sign keeps SQLite
    /// from asking the index of texts once for each number.
    private func narrowed(_ number: String) -> SQL {
        if !filter.tags.isEmpty { return " AND +\(sql: number) IN (\(withTag))" }
        if !statuses.isEmpty {
            return " AND +\(sql: number) IN (SELECT number FROM job WHERE user = \(user) AND status IN \(statuses))"
        }
        return ""
    }

    /// What the machine or people say: either may be asked for.
    private var statuses: [String] {
        filter.statusTexts.isEmpty ? [] : Array(Set(filter.states.map(\.rawValue) + filter.statusTexts)).sorted()
    }

    /// Whether `statuses` says all that `plain` does.
    private var hasStatusAlone: Bool {
        filter.kind == nil && !filter.isActiveOnly && Set(filter.states.map(\.rawValue)).isSubset(of: filter.statusTexts)
    }

    /// What `found` has not asked, or not exactly.
    private var rest: [SQL] { hasStatusAlone ? [] : plain }

    /// Everything, for a walk along the order. The sign keeps SQLite from taking the index of statuses, which has another order.
    private var along: [SQL] { plain.map { "+\($0)" } + tagged + worded("job.number") }

    /// Conditions that the kept counts know too.
    private var plain: [SQL] {
        var conditions: [SQL] = []
        let machine = filter.states.map(\.rawValue)
        let people = filter.statusTexts
        if !people.isEmpty {
            conditions.append("job.status IN \(statuses)")
            // A word of the API that is no word of ours means the machine's state, and yet may be a text of people.
            if !Set(machine).isSubset(of: people) {
                conditions.append("iif(job.isTrack, job.status IN \(people), job.status IN \(machine))")
            }
        }
        if let kind = filter.kind { conditions.append("job.kind = \(kind)") }
        if filter.isActiveOnly {
            conditions.append("job.state IN \(Job.State.allCases.filter { !$0.isOver }.map(\.rawValue))")
        }
        return conditions
    }

    private var tagged: [SQL] {
        guard !filter.tags.isEmpty else { return [] }
        return [
            """
            EXISTS (SELECT 1 FROM jobTag WHERE jobTag.user = job.user AND jobTag.tag IN \(filter.tags) AND jobTag.number = job.number)
            """
        ]
    }

    private func worded(_ number: String) -> [SQL] {
        guard let words else { return [] }
        return ["EXISTS (SELECT 1 FROM jobText WHERE jobText.number = \(sql: number) AND holds(jobText.text, \(words)))"]
    }

    /// As the index folds what people wrote.
    private var words: String? { filter.words?.lowercased() }

    /// Equal ones stand in the order in which they were made.
    private func order(_ number: String = "job.number") -> SQL {
        let direction = SQL(sql: filter.sort.isDescending ? "DESC" : "ASC")
        let column: SQL? =
            switch filter.sort.key {
            case .created: nil
            case .updated: "job.updatedAt"
            case .title: "job.name"
            case .status: "job.status"
            }
        return (column.map { [$0, SQL(sql: number)] } ?? [SQL(sql: number)]).map { "\($0) \(direction)" }.joined(separator: ", ")
    }

    /// The words as FTS5 asks for them: all pieces of three characters in their order, which is the text itself. Nil for shorter ones; of
    /// long ones only the beginning is asked for, because each piece may stand in thousands of places.
    private static func phrase(_ words: String) -> String? {
        guard words.unicodeScalars.count >= 3 else { return nil }
        let start = String(String.UnicodeScalarView(words.unicodeScalars.prefix(Limits.phrase)))
        return "\"\(start.replacing("\"", with: "\"\""))\""
    }
}
