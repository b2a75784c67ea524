package import Core
import GRDB
import Storage
import Synchronization

extension JobStore {
    /// A page of jobs. What is long is left out of them: a list is bounded in bytes, whatever people wrote and machines reported.
    package struct Listing: Sendable {
        package let jobs: [Job]
        /// What each job lacks; the job's own answer has it.
        package let omitted: [ID<Job>: Set<Job.Part>]
        package let total: Int

        package init(jobs: [Job], omitted: [ID<Job>: Set<Job.Part>] = [:], total: Int) {
            self.jobs = jobs
            self.omitted = omitted
            self.total = total
        }
    }

    package enum ListLimits {
        /// The long parts of all jobs of a page together, each kind of part.
        static let partsBytes = 2_097_152
        /// A longer part is left out even of a short page.
        static let partBytes = 8_192

        static func partBytes(jobs: Int) -> Int { min(partBytes, partsBytes / max(jobs, 1)) }
    }

    /// A person's jobs.
    package func list(of user: ID<Caller>, _ filter: JobFilter, _ page: Page) async throws -> Listing {
        let query = JobQuery(of: user, filter)
        let body: @Sendable (Database) throws -> Listing = { [totals] db in
            if let all = try query.numbersByTag(db) {
                let numbers = Array(all.dropFirst(page.skip).prefix(page.limit))
                return try Self.listing(numbers, limit: page.limit, total: all.count, db)
            }
            let total = try query.isCounted ? totals.total(of: query, user, db) : query.total(db)
            return try Self.listing(try query.numbers(page, of: total, db), limit: page.limit, total: total, db)
        }
        return filter.words == nil ? try await storage.read(body) : try await storage.search(body)
    }

    private static func listing(_ numbers: [Int64], limit: Int, total: Int, _ db: Database) throws -> Listing {
        guard !numbers.isEmpty else { return Listing(jobs: [], total: total) }
        let most = ListLimits.partBytes(jobs: limit)
        func isShort(_ column: String) -> SQL { SQL(sql: "length(CAST(\(column) AS BLOB)) <= ?", arguments: [most]) }
        let columns = Job.columns.map { column -> SQL in
            switch column {
            case "description": "iif(\(isShort("description")), description, NULL)"
            case "spec": "iif(isTrack OR \(isShort("spec")), spec, '{}')"
            case "result": "iif(\(isShort("result")), result, '{}')"
            default: SQL(sql: column)
            }
        }
        let request: SQLRequest<Row> = """
            SELECT \(columns.joined(separator: ", ")), description IS NOT NULL AND NOT \(isShort("description")) AS lacksDescription,
                NOT (isTrack OR \(isShort("spec"))) AS lacksSpec, NOT \(isShort("result")) AS lacksResult
            FROM job WHERE number IN \(numbers)
            """
        var jobs: [Int64: Job] = [:]
        var omitted: [ID<Job>: Set<Job.Part>] = [:]
        for row in try request.fetchAll(db) {
            let job = try Job(row: row)
            jobs[job.number] = job
            let lacks: [(String, Job.Part)] = [
                ("lacksDescription", .description), ("lacksSpec", .spec), ("lacksResult", .result),
            ]
            let parts = Set(lacks.filter { row[$0.0] }.map(\.1))
            if !parts.isEmpty { omitted[job.id] = parts }
        }
        return Listing(jobs: numbers.compactMap { jobs[$0] }, omitted: omitted, total: total)
    }

    // MARK: Counts

    /// How many jobs a list would show, by the status that it asks for.
    package struct Counts: Sendable, Equatable {
        package let total: Int
        /// Those that are not over: people's own too, which never are for the machine.
        package let active: Int
        private let statuses: [String: Int]

        package init(total: Int, active: Int, statuses: [String: Int]) {
            self.total = total
            self.active = active
            self.statuses = statuses
        }

        package subscript(state: Job.State) -> Int { statuses[state.rawValue] ?? 0 }
    }

    package func counts(of user: ID<Caller>) async throws -> Counts {
        try await storage.read { db in
            let states = Job.State.allCases.map(\.rawValue)
            let rows = try Row.fetchAll(
                db,
                sql: """
                    SELECT iif(status IN (\(states.map { _ in "?" }.joined(separator: ","))), status, '') AS word, state, sum(n) AS n
                    FROM jobCount WHERE user = ? GROUP BY 1, 2
                    """, arguments: StatementArguments(states) + [user])
            var (total, active) = (0, 0)
            var statuses: [String: Int] = [:]
            for row in rows {
                let n: Int = row["n"]
                total += n
                if Job.State(rawValue: row["state"])?.isOver == false { active += n }
                statuses[row["word"], default: 0] += n
            }
            return Counts(total: total, active: active, statuses: statuses)
        }
    }

    /// The labels that a person's jobs carry, the most used first.
    package func tags(of user: ID<Caller>, most: Int) async throws -> [String] {
        try await storage.read { db in
            try String.fetchAll(
                db, sql: "SELECT tag FROM tagCount WHERE user = ? ORDER BY n DESC, tag LIMIT ?", arguments: [user, most])
        }
    }

    /// The words that a person set as status, the most used first.
    package func statusTexts(of user: ID<Caller>, most: Int) async throws -> [String] {
        try await storage.read { db in
            try String.fetchAll(
                db,
                sql: """
                    SELECT status FROM jobCount WHERE user = ? AND isTrack
                    GROUP BY status ORDER BY sum(n) DESC, status LIMIT ?
                    """, arguments: [user, most])
        }
    }
}

/// Counts of searches, each good for as long as nothing of the person's jobs changes.
final class JobTotals: Sendable {
    private struct Entry {
        let revision: Int64
        let total: Int
    }

    /// Counts that are remembered; one more, and all are forgotten.
    private static let most = 5_000

    private let entries = Mutex<[String: Entry]>([:])

    /// Reads in the caller's snapshot, whose revision is that of its jobs.
    func total(of query: JobQuery, _ user: ID<Caller>, _ db: Database) throws -> Int {
        let revision = try Revision.jobs(of: user).number(db)
        let name = query.name
        if let entry = entries.withLock({ $0[name] }), entry.revision == revision { return entry.total }
        let total = try query.total(db)
        entries.withLock { entries in
            if entries.count >= Self.most { entries.removeAll() }
            entries[name] = Entry(revision: revision, total: total)
        }
        return total
    }
}
