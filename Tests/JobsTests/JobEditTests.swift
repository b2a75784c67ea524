import Core
import Jobs
import TestKit
import Testing
import Web

@Suite("What people say of a job")
struct TrackFieldsTests {
    private func said(_ json: JSON, isNew: Bool = false) throws -> JobEdit { try JobEdit(Fields(json), isNew: isNew) }

    @Test func `tags are a set in small letters`() throws {
        #expect(try said(["tags": [" Remote", "remote", "", "Swift "]]).tags == ["remote", "swift"])
        #expect(try said(["tags": nil]).tags == [])
        #expect(try said([:]).tags == nil)
    }

    @Test func `a name is made of role and company`() throws {
        #expect(try said(["job_title": "Miller", "company_name": "Mill & Sons"]).name == "Miller, Mill & Sons")
        #expect(try said(["title": "Mine", "job_title": "Miller"]).name == "Mine")
        #expect(try said([:]).name == nil)
    }

    @Test(
        arguments: [
            (["status": "x"], true), (["title": "y"], true), ([:], false), (["job_url": nil], false), (["tags": []], false),
        ] as [(JSON, Bool)])
    func `only what is different changes a job`(json: JSON, isChange: Bool) throws {
        var job = try said(["title": "x"], isNew: true).job(for: .ada, at: Moment(rawValue: 0))
        let before = job
        try said(json).apply(to: &job, at: Moment(rawValue: 1))
        #expect((job != before) == isChange)
        #expect((job.updatedAt.rawValue == 1) == isChange)
    }

    @Test func `the machine's status is its own`() throws {
        var job = Job(owner: .ada, kind: "transform", name: "a.csv", fileName: "a.csv", at: .now)
        let failure = try #require(throws: Failure.self) { try said(["status": "done"]).apply(to: &job, at: .now) }
        #expect(failure.code == "status_not_settable")
        try said(["tags": ["a"], "title": "b"]).apply(to: &job, at: .now)
        #expect((job.tags, job.name) == (["a"], "b"))
    }

    @Test(arguments: [
        ("job_url", "javascript:alert(1)"), ("job_url", "https://"), ("job_url", "https://a.example/\nx"),
        ("applied_date", "2026-02-30"), ("applied_date", "2025-02-29"), ("applied_date", "yesterday"),
        ("applied_date", "2026-01-01T25:00:00Z"),
    ])
    func `what can not be is named`(name: String, value: String) throws {
        let failure = try #require(throws: Failure.self) { try said(.object([name: .string(value)])) }
        #expect(failure.code == "invalid_\(name)")
    }

    @Test(arguments: ["2024-02-29", "2026-01-01T10:00:00.000Z", "2026-01-01 10:00", "2000-02-29"])
    func `a day that exists is taken`(text: String) throws {
        #expect(try said(["applied_date": .string(text)]).more["applied_date"] == .string(text))
    }

    @Test func `a note is no conflict for a form`() throws {
        var job = try said(["title": "x"], isNew: true).job(for: .ada, at: .now)
        let tag = JobEdit.tag(of: job)
        job.updatedAt = Moment(rawValue: job.updatedAt.rawValue + 1)
        #expect(JobEdit.tag(of: job) == tag)
        job.tags = ["new"]
        #expect(JobEdit.tag(of: job) != tag)
    }
}

@Suite("Sorting and filtering jobs")
struct JobFilterTests {
    @Test(arguments: [
        ("created", "created_asc"), ("-created", "created_desc"), ("updated_at_desc", "updated_desc"), ("name_asc", "title_asc"),
        ("STATUS", "status_asc"),
    ])
    func `a sort has many names`(text: String, name: String) throws {
        #expect(try JobFilter.Sort(text).name == name)
    }

    @Test(arguments: ["", "size", "created_up", "_desc"])
    func `an unknown sort is refused`(text: String) {
        #expect(throws: Failure.self) { try JobFilter.Sort(text) }
    }

    @Test func `states are found by either wording, and by the text of people`() throws {
        let filter = try JobFilter(Form("status=CANCELLATION_REQUESTED&status=Applied&tag=+Remote"))
        #expect(filter.states == [.cancelling])
        #expect(filter.trackStatuses.contains("applied"))
        #expect(filter.tags == ["remote"])
    }
}
