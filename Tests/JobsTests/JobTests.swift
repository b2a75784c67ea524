import Core
import Jobs
import TestKit
import Testing
import Workers

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

    private static let done = Job.Ending.over(Unit.Counts(completed: 1), result: [:], failure: nil)
    private static let failed = Job.Ending.over(
        Unit.Counts(failed: 1), result: nil, failure: .init(code: "x", message: "y"))

    @Test func `a job goes from pending over queued and running to completed`() throws {
        var (job, attempt) = try running()
        #expect(job.state == .running)
        finish(&job, attempt, Self.done)
        #expect(job.state == .completed)
        #expect(job.finishedAt == now)
    }

    @Test(
        arguments: [
            (Unit.Counts(), Job.State.completed), (Unit.Counts(completed: 2), .completed), (Unit.Counts(partial: 1), .partial),
            (Unit.Counts(completed: 2, failed: 1), .partial), (Unit.Counts(partial: 1, failed: 1), .partial),
            (Unit.Counts(failed: 3), .failed),
        ])
    func `how its units ended decides the state`(counts: Unit.Counts, state: Job.State) throws {
        var (job, attempt) = try running()
        finish(&job, attempt, .over(counts, result: nil, failure: .init(code: "x", message: "y")))
        #expect(job.state == state)
        #expect(job.errorCode == (state == .failed ? "x" : nil))
    }

    @Test func `an attempt that is not the job's own changes nothing`() throws {
        var (job, _) = try running()
        let before = job
        finish(&job, ID(), Self.done, counts: false)
        #expect(job == before)
    }

    @Test func `a job can not finish twice`() throws {
        var (job, attempt) = try running()
        finish(&job, attempt, Self.done)
        finish(&job, attempt, Self.failed, counts: false)
        #expect(job.state == .completed)
    }

    @Test func `a unit that brings its worker down is given up at the third time`() {
        var unit = Unit(job: ID(), number: 1, key: "k", name: "people.csv")
        for number in 1...3 {
            unit.blame(code: "worker_crashed", message: "The worker crashed.", by: ID(), startedAt: nil, at: now)
            #expect(unit.tries == number)
            #expect(unit.state == (number < 3 ? .pending : .failed))
        }
        #expect(unit.category == .recoverable)
        #expect(unit.errorMessage == "The worker crashed. It was tried 3 times and is given up.")
    }

    @Test func `what is over is tried again, and nothing else`() throws {
        var (job, attempt) = try running()
        #expect(#expect(throws: Failure.self) { try job.retry(at: now) }?.code == "job_not_over")
        finish(&job, attempt, Self.failed)
        try job.retry(at: now)
        #expect(job.state == .queued && job.errorCode == nil && job.finishedAt == nil && job.attemptCount == 1)
        var pending = self.job()
        #expect(#expect(throws: Failure.self) { try pending.retry(at: now) }?.code == "job_not_started")
        var (done, last) = try running()
        finish(&done, last, Self.done)
        #expect(#expect(throws: Failure.self) { try done.retry(at: now) }?.code == "nothing_to_retry")
    }

    @Test func `an orderly stop of the server costs no attempt`() throws {
        var (job, attempt) = try running()
        finish(&job, attempt, .again(counts: false))
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
        finish(&job, attempt, .over(Unit.Counts(completed: 1), result: ["rows": 1], failure: nil))
        #expect(job.state == .cancelled)
        #expect(job.result == [:])
    }

    @Test func `cancelling twice, or what is over, is refused`() throws {
        var (job, attempt) = try running()
        _ = try job.cancel(at: now)
        #expect(#expect(throws: Failure.self) { try job.cancel(at: now) }?.code == "already_cancelling")
        _ = job.finish(attempt, .again(counts: true), at: now)
        #expect(#expect(throws: Failure.self) { try job.cancel(at: now) }?.code == "job_over")
    }

    @Test func `a job is enqueued only once`() throws {
        var job = job()
        try job.enqueue(input: "k", at: now)
        #expect(#expect(throws: Failure.self) { try job.enqueue(input: "k", at: now) }?.code == "job_not_pending")
    }
}
