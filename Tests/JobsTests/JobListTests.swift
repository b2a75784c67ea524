import Accounts
import Core
import Foundation
import GRDB
import Storage
import TestKit
import Testing
import Tracking
import Web

@testable import Jobs

@Suite("Listing jobs")
struct JobListTests {
    let workshop: Workshop
    let store: JobStore

    init() throws {
        workshop = try Workshop(migrations: StorageSchema.migrations + AccountSchema.migrations + JobSchema.migrations)
        store = JobStore(
            workshop.storage, objects: workshop.objects,
            answer: JobAnswer(kinds: [.tabular, TrackJob.kind], board: ProgressBoard()))
    }

    private func make(
        _ name: String, _ status: String? = "pending", tags: [String] = [], of owner: Caller = .ada,
        _ change: (inout Job) -> Void = { _ in }
    ) async throws -> Job {
        var job = Job(
            owner: owner, kind: status == nil ? "transform" : "track", name: name, tags: tags, statusText: status, at: .now)
        change(&job)
        return try await store.create(job)
    }

    private func list(_ query: String, skip: Int = 0, limit: Int = 100) async throws -> (names: [String], total: Int) {
        let listing = try await store.list(of: Caller.ada.user, try JobFilter(Form(query)), Page(skip: skip, limit: limit))
        return (listing.jobs.map(\.name), listing.total)
    }

    @Test(
        arguments: [
            ("q=rye", ["Grind RYE", "rye and oats"]), ("q=GRIND+r", ["Grind RYE"]), ("q=%C3%84pf", ["Grüne ÄPFEL"]),
            ("q=s", ["rye and oats", "Mehl of the miller's wife"]), ("q=%25", []), ("q=r%25e", []), ("q=ryeryerye", []),
            ("q=oat%22s", []),
            ("q=%C3%A4p", ["Grüne ÄPFEL"]), ("q=tas", []), ("q=oats", ["rye and oats"]), ("q=and+rye", []),
            ("q=of+the+miller%27s", ["Mehl of the miller's wife"]), ("q=of+the+miller%27z", []),
        ], [true, false])
    func `words are found anywhere, whatever their case and length`(
        _ query: (text: String, names: [String]), isAlone: Bool
    ) async throws {
        let (query, names) = query
        for name in ["Grind RYE", "rye and oats", "Grüne ÄPFEL", "Mehl of the miller's wife"] { _ = try await make(name) }
        if !isAlone { _ = try await make("rye of somebody else", of: .bob) }
        let found = try await list("\(query)&sort=created_asc")
        #expect(found.names == names)
        #expect(found.total == names.count)
    }

    @Test func `a search follows what is changed and deleted`() async throws {
        let job = try await make("before", tags: ["old"]) { $0.description = "wheat" }
        _ = try await store.change(job.id.rawValue, by: .ada, event: nil) { job, _ in
            job.name = "after"
            job.tags = ["new"]
            job.statusText = "done"
            job.spec = ["company_name": "Mühle"]
        }
        for gone in ["q=before", "tag=old", "status=pending"] { #expect(try await list(gone).total == 0, "\(gone)") }
        for there in ["q=after", "q=wheat", "q=m%C3%BChle", "tag=new", "status=done"] {
            #expect(try await list(there).total == 1, "\(there)")
        }
        try await store.delete(job.id.rawValue, by: .ada)
        for gone in ["", "q=after", "q=aft", "tag=new", "status=done"] { #expect(try await list(gone).total == 0, "\(gone)") }
        #expect(try await store.tags(of: Caller.ada.user, most: 9) == [])
        #expect(try await store.statusTexts(of: Caller.ada.user, most: 9) == [])
        #expect(try await store.counts(of: Caller.ada.user).total == 0)
    }

    @Test func `the words of jobs that come, change and go in one transaction are in order`() async throws {
        let workshop = workshop
        let old = try await make("already there", tags: [])
        try await workshop.storage.write { db in
            func add(_ name: String, _ number: Int64) throws -> Job {
                var job = Job(owner: .ada, kind: "track", name: name, tags: ["new"], statusText: "pending", at: .now)
                job.number = number
                try job.add(db)
                return job
            }
            var (changed, gone) = (try add("first words", 100), try add("never seen", 101))
            changed.name = "second words"
            try changed.save(db)
            changed.name = "third words"
            try changed.save(db)
            try db.execute(sql: "DELETE FROM job WHERE id = ?", arguments: [gone.id])
            gone.number = 102
            gone.name = "seen after all"
            try gone.add(db)
            var old = try #require(try Job.fetchOne(db, key: old.id))
            old.name = "another name"
            try old.save(db)
            old.name = "a last name"
            try old.save(db)
        }
        try await workshop.storage.write { db in
            #expect(try Int.fetchOne(db, sql: "SELECT count(*) FROM jobUnindexed") == 0)
            // Compares the index with the texts (SQLite, FTS5, section 6.5).
            try db.execute(sql: "INSERT INTO jobSearch (jobSearch, rank) VALUES ('integrity-check', 1)")
        }
        for gone in ["first", "second", "never", "already", "another"] {
            #expect(try await list("q=\(gone)").total == 0, "\(gone)")
        }
        for there in ["third", "after+all", "last+name"] { #expect(try await list("q=\(there)").total == 1, "\(there)") }
        #expect(try await list("tag=new").total == 2)
    }

    @Test func `a list of a tag and a status follows what is changed`() async throws {
        let job = try await make("a", tags: ["one", "two"])
        let machine = try await make("b", nil, tags: ["one"])
        func names(_ query: String) async throws -> [String] { try await list("\(query)&sort=created_asc").names }
        #expect(try await names("tag=one&status=pending") == ["a", "b"])
        _ = try await store.change(job.id.rawValue, by: .ada, event: nil) { job, _ in job.statusText = "done" }
        try await workshop.storage.write { db in
            try db.execute(sql: "UPDATE job SET state = 'failed' WHERE id = ?", arguments: [machine.id])
        }
        for tag in ["one", "two"] { #expect(try await names("tag=\(tag)&status=done") == ["a"]) }
        #expect(try await names("tag=one&status=pending") == [])
        #expect(try await names("tag=one&status=failed") == ["b"])
        _ = try await store.change(job.id.rawValue, by: .ada, event: nil) { job, _ in
            job.tags = ["two", "three"]
            job.statusText = "applied"
        }
        for tag in ["two", "three"] { #expect(try await names("tag=\(tag)&status=applied") == ["a"]) }
        for gone in ["tag=one&status=applied", "tag=two&status=done"] { #expect(try await names(gone) == []) }
    }

    @Test func `tags of an older version get the status of their jobs`() throws {
        let older = try Workshop(
            migrations: StorageSchema.migrations + AccountSchema.migrations + JobSchema.migrations.prefix { $0.name < "jobs-006" }
        )
        try older.storage.database.write { db in
            for (number, state) in [(1, Job.State.failed), (2, .completed), (3, .pending)] {
                var job = Job(
                    owner: .ada, kind: "track", name: "\(number)", tags: ["old"], statusText: number == 3 ? "offer" : nil,
                    at: .now)
                job.number = Int64(number)
                job.state = state
                try job.add(db)
            }
        }
        let newer = try Storage(
            path: older.folder.database,
            migrations: StorageSchema.migrations + AccountSchema.migrations + JobSchema.migrations)
        let statuses = try newer.database.read { db in
            try String.fetchAll(db, sql: "SELECT status FROM jobTag ORDER BY number")
        }
        #expect(statuses == ["failed", "completed", "offer"])
    }

    /// Every filter and order, with few jobs and with so many that the other plan is taken, against jobs that are looked at one by one.
    @Test func `each plan finds what looking at every job finds`() async throws {
        let user = Caller.ada.user
        let count = JobQuery.Limits.few + 400
        try await workshop.storage.write { db in
            for number in 1...count {
                var job = Job(
                    owner: .ada, kind: number % 9 == 0 ? "transform" : "track", name: "name \(number * 7919 % 1000)",
                    tags: number % 2 == 0 ? ["even", "all"] : ["all"],
                    statusText: number % 9 == 0 ? nil : number % 50 == 0 ? "s2" : "s1",
                    at: Moment(rawValue: Int64(number * 31 % 997)))
                job.number = Int64(number)
                if number % 9 == 0 { job.state = number % 27 == 0 ? .failed : .cancelling }
                try job.add(db)
            }
        }
        let all = try await workshop.storage.read { db in try Job.fetchAll(db) }
        let queries = [
            "", "q=name", "q=na", "q=name+1", "q=e+99", "tag=even", "tag=even&tag=all", "status=s1", "status=s1&status=failed",
            "status=cancellation_requested", "kind=transform", "q=name&tag=even&status=failed&kind=transform",
            "q=name&kind=track", "tag=all&status=s2&q=na", "tag=even&tag=even&status=s2&status=failed&q=na", "tag=all",
            "tag=all&status=s1", "tag=all&status=s1&q=name", "tag=all&kind=track",
            "tag=all&q=name",
            "tag=even&status=s1&status=cancellation_requested&q=name", "status=s2", "tag=even&status=s2&status=failed",
            "status=s1&q=name",
        ]
        for query in queries {
            for sort in ["created_desc", "created_asc", "updated_desc", "title_asc", "status_desc"] {
                let filter = try JobFilter(Form("\(query)&sort=\(sort)"))
                let expected = all.filter { Self.isMatch($0, filter) }.sorted {
                    let (one, other) = (Self.key($0, filter.sort.key), Self.key($1, filter.sort.key))
                    let isFirst = one == other ? $0.number < $1.number : one < other
                    return filter.sort.isDescending != isFirst
                }
                // The way for those who have many jobs with the tag.
                let numbers = try await workshop.storage.read { db in
                    let query = JobQuery(of: user, filter, mostTagged: 0)
                    let total = try query.total(db)
                    #expect(total == expected.count, "\(query) \(sort)")
                    return try query.numbers(Page(skip: 1, limit: 9), of: total, db)
                }
                #expect(numbers == expected.dropFirst().prefix(9).map(\.number), "\(query) \(sort)")
                for page in [Page(skip: 0, limit: 50), Page(skip: 37, limit: 3)] {
                    let listing = try await store.list(of: user, filter, page)
                    #expect(listing.total == expected.count, "\(query) \(sort)")
                    #expect(
                        listing.jobs.map(\.number) == expected.dropFirst(page.skip).prefix(page.limit).map(\.number),
                        "\(query) \(sort)")
                }
            }
        }
        let counts = try await store.counts(of: user)
        #expect(counts.total == count)
        #expect(counts[.failed] == all.count { $0.state == .failed })
        #expect(counts.active == all.count { !$0.state.isOver })
    }

    private static func isMatch(_ job: Job, _ filter: JobFilter) -> Bool {
        let isStatus =
            filter.statusTexts.isEmpty
            || (job.statusText.map { filter.statusTexts.contains($0) } ?? filter.states.contains(job.state))
        return isStatus && (filter.kind == nil || filter.kind == job.kind)
            && (filter.tags.isEmpty || !Set(filter.tags).isDisjoint(with: job.tags))
            && (filter.words.map { job.name.contains($0) } ?? true)
    }

    private static func key(_ job: Job, _ key: JobFilter.Sort.Key) -> String {
        switch key {
        case .created: ""
        case .updated: String(1_000_000 + job.updatedAt.rawValue)
        case .title: job.name
        case .status: job.statusText ?? job.state.rawValue
        }
    }

    @Test func `a list leaves out what is long, and the job's own answer has it`() async throws {
        let steps = JSON.array((0..<2_000).map { .string("step \($0)") })
        let columns = JSON.array((0..<2_000).map { ["name": .string("column \($0)")] })
        let job = try await make("big.csv", nil) {
            $0.description = String(repeating: "d", count: 10_000)
            $0.spec = ["steps": steps]
            $0.result = ["columns": columns, "ledger": ["rows_written": 7]]
        }
        _ = try await make("small.csv", nil) { $0.spec = ["steps": ["a"]] }
        let listing = try await store.list(of: Caller.ada.user, JobFilter(), Page(skip: 0, limit: 50))
        #expect(listing.jobs.map(\.name) == ["small.csv", "big.csv"])
        #expect(listing.jobs[0].spec == ["steps": ["a"]])
        #expect(listing.omitted == [job.id: [.description, .spec, .result]])
        #expect(listing.jobs[1].spec == [:] && listing.jobs[1].description == nil)
        #expect(listing.jobs[1].result == [:])
        #expect(listing.jobs[1].digest == ["rows_written": 7])
        #expect(try await store.find(job.id.rawValue, for: .ada).spec == ["steps": steps])
        let kind = JobKind(
            name: "transform", create: { _, _ in nil },
            answer: .init(members: { ["processing_steps": $0.spec["steps"] ?? []] }, long: [.spec: ["processing_steps"]]),
            page: .init { _ in "" })
        guard case .array(let answers) = JobAnswer(kinds: [kind], board: ProgressBoard()).list(listing, .standard) else {
            Issue.record("no list")
            return
        }
        #expect(answers[0]["processing_steps"] == ["a"] && answers[0]["omitted"] == nil)
        #expect(answers[1]["processing_steps"] == .null && answers[1]["omitted"] == ["description", "processing_steps"])
    }

    @Test func `a long page has less room for each job`() {
        #expect(JobStore.ListLimits.partBytes(jobs: 1) == 8_192)
        #expect(JobStore.ListLimits.partBytes(jobs: 1_000) * 1_000 <= 2_097_152)
    }

    /// The words of the attack: a thousand letters over long descriptions of the same letter.
    @Test func `a long search over long texts costs little`() async throws {
        for number in 0..<40 {
            _ = try await make("job \(number)") { $0.description = String(repeating: "a", count: 10_000) }
        }
        let start = ContinuousClock.now
        #expect(try await list("q=\(String(repeating: "a", count: 1_000))b").total == 0)
        #expect(try await list("q=\(String(repeating: "a", count: 1_000))").total == 40)
        #expect(ContinuousClock.now - start < .seconds(20))
        #expect(throws: Failure.self) { try JobFilter(Form("q=\(String(repeating: "a", count: 1_025))")) }
    }

    @Test func `jobs of an older version get their words when the server starts`() async throws {
        let job = try await make("a title") { $0.spec = ["job_title": "Miller"] }
        try await workshop.storage.write { db in try db.execute(sql: "UPDATE job SET about = NULL") }
        try await store.fillLists()
        #expect(try await store.find(job.id.rawValue, for: .ada).about == "Miller")
    }
}
