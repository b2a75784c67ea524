import Core
import TestKit
import Testing
import Tracking
import Web

@testable import Jobs

@Suite("What people say of a job")
struct TrackFieldsTests {
    private func said(_ json: JSON, isNew: Bool = false) throws -> JobEdit {
        try JobEdit(Fields(json), isNew: isNew, details: JobKinds(TrackingRoom.kinds).details)
    }

    private func job(_ json: JSON, at now: Moment = .now) throws -> Job {
        try TrackJob.job(try said(json, isNew: true), for: .ada, at: now)
    }

    @Test func `tags are a set in small letters`() throws {
        #expect(try said(["tags": [" Remote", "remote", "", "Swift "]]).tags == ["remote", "swift"])
        #expect(try said(["tags": nil]).tags == [])
        #expect(try said([:]).tags == nil)
    }

    @Test func `a name is made of role and company`() throws {
        #expect(try job(["job_title": "Miller", "company_name": "Mill & Sons"]).name == "Miller, Mill & Sons")
        #expect(try job(["title": "Mine", "job_title": "Miller"]).name == "Mine")
        #expect(throws: Failure.self) { try job([:]) }
    }

    @Test func `the form of a page makes a name of role and company too`() throws {
        let said = try JobEdit(form: Form("job_title=Miller&company_name=+&tags=a"), TrackJob.details, isNew: true)
        #expect(try TrackJob.job(said, for: .ada, at: .now).name == "Miller")
        #expect(said.details["company_name"] == .null)
    }

    @Test(
        arguments: [
            (["status": "x"], true), (["title": "y"], true), ([:], false), (["job_url": nil], false), (["tags": []], false),
        ] as [(JSON, Bool)])
    func `only what is different changes a job`(json: JSON, isChange: Bool) throws {
        var job = try job(["title": "x"], at: Moment(rawValue: 0))
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
        #expect(try said(["applied_date": .string(text)]).details["applied_date"] == .string(text))
    }

    @Test func `a note is no conflict for a form`() throws {
        var job = try job(["title": "x"])
        let tag = JobEdit.tag(of: job, TrackJob.details)
        job.updatedAt = Moment(rawValue: job.updatedAt.rawValue + 1)
        #expect(JobEdit.tag(of: job, TrackJob.details) == tag)
        job.spec = ["location": "Delft"]
        #expect(JobEdit.tag(of: job, TrackJob.details) != tag)
        job.spec = [:]
        job.tags = ["new"]
        #expect(JobEdit.tag(of: job, TrackJob.details) != tag)
    }
}
