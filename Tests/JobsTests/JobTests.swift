import Core
import Jobs
import TestKit
import Testing

@Suite("The states of a job")
struct JobTests {
    let now = Moment(rawValue: 1_000)

    private func job() -> Job { Job(owner: .ada, kind: "transform", name: "people.csv", fileName: "people.csv", at: now) }

    private func running() throws -> (Job, ID<Attempt>) {
        var job = job()
        try job.enqueue(input: "input/x/people.csv", at: now)
        let attempt = ID<Attempt>()
        job.claim(by: attempt, at: now)
        return (job, attempt)
    }

    @Test func `a job goes from pending over queued and running to completed`() throws {
        var (job, attempt) = try running()
        #expect(job.state == .running)
        #expect(job.finish(attempt, .done(result: [:], isPartial: false), at: now))
        #expect(job.state == .completed)
        #expect(job.finishedAt == now)
    }

    @Test func `left-out rows make it partial`() throws {
        var (job, attempt) = try running()
        #expect(job.finish(attempt, .done(result: [:], isPartial: true), at: now))
        #expect(job.state == .partial)
    }

    @Test func `an attempt that is not the job's own changes nothing`() throws {
        var (job, _) = try running()
        let before = job
        #expect(!job.finish(ID(), .done(result: [:], isPartial: false), at: now))
        #expect(job == before)
    }

    @Test func `a job can not finish twice`() throws {
        var (job, attempt) = try running()
        #expect(job.finish(attempt, .done(result: [:], isPartial: false), at: now))
        #expect(!job.finish(attempt, .failed(code: "x", message: "y"), at: now))
        #expect(job.state == .completed)
    }

    @Test func `it is queued twice after lost attempts and given up at the third`() throws {
        var job = job()
        try job.enqueue(input: "k", at: now)
        for number in 1...3 {
            let attempt = ID<Attempt>()
            job.claim(by: attempt, at: now)
            #expect(job.finish(attempt, .lost(code: "worker_crashed", message: "The worker crashed."), at: now))
            #expect(job.state == (number < 3 ? .queued : .failed))
        }
        #expect(job.errorCode == "worker_crashed")
        #expect(job.errorMessage?.contains("3 times") == true)
    }

    @Test func `an orderly stop of the server costs no attempt`() throws {
        var (job, attempt) = try running()
        #expect(job.finish(attempt, .interrupted, at: now))
        #expect(job.state == .queued)
        #expect(job.attemptCount == 0)
    }

    @Test func `pending and queued jobs are cancelled at once`() throws {
        var pending = job()
        #expect(try pending.cancel(at: now) == .done)
        var queued = job()
        try queued.enqueue(input: "k", at: now)
        #expect(try queued.cancel(at: now) == .done)
        #expect(queued.state == .cancelled)
    }

    @Test func `a running job is asked to stop, and what it still made is thrown away`() throws {
        var (job, attempt) = try running()
        #expect(try job.cancel(at: now) == .workerMustStop)
        #expect(job.state == .cancelling)
        #expect(job.finish(attempt, .done(result: ["rows": 1], isPartial: false), at: now))
        #expect(job.state == .cancelled)
        #expect(job.result == [:])
    }

    @Test func `cancelling twice, or what is over, is refused`() throws {
        var (job, attempt) = try running()
        _ = try job.cancel(at: now)
        #expect(#expect(throws: Failure.self) { try job.cancel(at: now) }?.code == "already_cancelling")
        _ = job.finish(attempt, .stopped, at: now)
        #expect(#expect(throws: Failure.self) { try job.cancel(at: now) }?.code == "job_over")
    }

    @Test func `a job is enqueued only once`() throws {
        var job = job()
        try job.enqueue(input: "k", at: now)
        #expect(#expect(throws: Failure.self) { try job.enqueue(input: "k", at: now) }?.code == "job_not_pending")
    }
}
