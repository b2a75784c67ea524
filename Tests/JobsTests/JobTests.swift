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

    private func finish(_ job: inout Job, _ attempt: ID<Attempt>, _ ending: Job.Ending, counts: Bool = true) {
        let counted = job.finish(attempt, ending, at: now)
        #expect(counted == counts)
    }

    @Test func `a job goes from pending over queued and running to completed`() throws {
        var (job, attempt) = try running()
        #expect(job.state == .running)
        finish(&job, attempt, .done(result: [:], isPartial: false))
        #expect(job.state == .completed)
        #expect(job.finishedAt == now)
    }

    @Test func `left-out rows make it partial`() throws {
        var (job, attempt) = try running()
        finish(&job, attempt, .done(result: [:], isPartial: true))
        #expect(job.state == .partial)
    }

    @Test func `an attempt that is not the job's own changes nothing`() throws {
        var (job, _) = try running()
        let before = job
        finish(&job, ID(), .done(result: [:], isPartial: false), counts: false)
        #expect(job == before)
    }

    @Test func `a job can not finish twice`() throws {
        var (job, attempt) = try running()
        finish(&job, attempt, .done(result: [:], isPartial: false))
        finish(&job, attempt, .failed(code: "x", message: "y"), counts: false)
        #expect(job.state == .completed)
    }

    @Test func `it is queued twice after lost attempts and given up at the third`() throws {
        var job = job()
        try job.enqueue(input: "k", at: now)
        for number in 1...3 {
            let attempt = ID<Attempt>()
            job.claim(by: attempt, at: now)
            finish(&job, attempt, .lost(code: "worker_crashed", message: "The worker crashed."))
            #expect(job.state == (number < 3 ? .queued : .failed))
        }
        #expect(job.errorCode == "worker_crashed")
        #expect(job.errorMessage?.contains("3 times") == true)
    }

    @Test func `an orderly stop of the server costs no attempt`() throws {
        var (job, attempt) = try running()
        finish(&job, attempt, .interrupted)
        #expect(job.state == .queued)
        #expect(job.attemptCount == 0)
    }

    @Test func `pending and queued jobs are cancelled at once`() throws {
        var pending = job()
        let asked = try pending.cancel(at: now)
        #expect(asked == .done)
        var queued = job()
        try queued.enqueue(input: "k", at: now)
        let askedAgain = try queued.cancel(at: now)
        #expect(askedAgain == .done)
        #expect(queued.state == .cancelled)
    }

    @Test func `a running job is asked to stop, and what it still made is thrown away`() throws {
        var (job, attempt) = try running()
        let asked = try job.cancel(at: now)
        #expect(asked == .workerMustStop)
        #expect(job.state == .cancelling)
        finish(&job, attempt, .done(result: ["rows": 1], isPartial: false))
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
