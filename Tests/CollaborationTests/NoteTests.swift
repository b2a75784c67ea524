import Accounts
import Collaboration
import Core
import GRDB
import Jobs
import Storage
import TestKit
import Testing
import Tracking

@Suite("Writing notes")
struct NoteTests {
    let workshop: Workshop
    let jobs: JobStore
    let notes: NoteStore

    init() throws {
        workshop = try Workshop(
            migrations: StorageSchema.migrations + AccountSchema.migrations + JobSchema.migrations
                + CollaborationSchema.migrations)
        jobs = JobStore(
            workshop.storage, objects: workshop.objects, answer: JobAnswer(kinds: [TrackJob.kind], board: ProgressBoard()))
        notes = NoteStore(workshop.storage, jobs: jobs, threads: workshop.threads)
    }

    private func job() async throws -> String {
        try await jobs.create(Job(owner: .ada, kind: "track", name: "A job", statusText: "pending", at: Moment(rawValue: 1)))
            .id.rawValue
    }

    private func list(_ job: String, for caller: Caller = .ada) async throws -> [Note] {
        try await notes.list(of: job, for: caller, Page(skip: 0, limit: 100)).notes
    }

    @Test func `notes come newest first, as they were typed and as HTML, and the job counts as updated`() async throws {
        let job = try await job()
        let first = try await notes.add("  # One\n", to: job, by: .ada)
        let second = try await notes.add("*two*", to: job, by: .ada)
        #expect(try await list(job) == [second, first])
        #expect(first.body == "  # One\n")
        #expect(second.html == "<p><em>two</em></p>\n")
        #expect(second.author == Caller.ada.email)
        #expect(try await jobs.find(job, for: .ada).updatedAt == second.createdAt)
        let page = try await notes.list(of: job, for: .ada, Page(skip: 1, limit: 1))
        #expect(page.notes == [first] && page.total == 2)
    }

    @Test func `a page of long notes ends early, and tells where the next begins`() async throws {
        let job = try await job()
        let long = String(repeating: "n", count: 20_000)
        for _ in 0..<60 { _ = try await notes.add(long, to: job, by: .ada) }
        let first = try await notes.list(of: job, for: .ada, Page(skip: 0, limit: 1_000))
        #expect(first.notes.count < 60 && first.total == 60)
        #expect(first.page == Page(skip: 0, limit: first.notes.count))
        #expect(first.notes.reduce(0) { $0 + $1.body.utf8.count + $1.html.utf8.count } < NoteStore.Limits.pageBytes + 50_000)
        let rest = try await notes.list(of: job, for: .ada, Page(skip: first.notes.count, limit: 1_000))
        #expect(first.notes.count + rest.notes.count == 60)
    }

    @Test func `adding and deleting are told`() async throws {
        let job = try await job()
        let note = try await notes.add("a", to: job, by: .ada)
        try await notes.delete(note.id.rawValue, of: job, by: .ada)
        let events = try await EventLog(workshop.storage).events(after: 0, .job(note.job), most: 9)
        #expect(events.map(\.type) == ["job.created", "note.added", "note.deleted"])
        #expect(events[1].detail["note_id"]?.stringValue == note.id.rawValue)
        #expect(try await list(job).isEmpty)
    }

    @Test(arguments: [nil, .null, "", "  \n\t", 7, ["a"]] as [JSON?])
    func `a body that is none is refused`(body: JSON?) {
        let failure = #expect(throws: Failure.self) { try Note.body(body) }
        #expect(["missing_body", "invalid_body_text"].contains(failure?.code))
    }

    @Test func `a body has at most 20,000 characters, and no NUL`() async throws {
        let most = String(repeating: "ä", count: Note.Limits.characters)
        #expect(try Note.body(most) == most)
        #expect(throws: Failure.self) { try Note.body(most + "a") }
        // One letter to a reader, but as many to whoever stores it.
        #expect(throws: Failure.self) { try Note.body("a" + String(repeating: "\u{301}", count: Note.Limits.characters)) }
        #expect(throws: Failure.self) { try Note.body("a\0b") }
    }

    @Test func `the owner writes, an admin of the tenant reads, nobody else does either`() async throws {
        let job = try await job()
        let note = try await notes.add("a", to: job, by: .ada)
        #expect(try await list(job, for: .admin) == [note])
        for (caller, kind) in [(Caller.admin, Failure.Kind.forbidden), (.bob, .forbidden), (.eve, .missing)] {
            let adding = await #expect(throws: Failure.self) { try await notes.add("b", to: job, by: caller) }
            #expect(adding?.kind == kind)
            let deleting = await #expect(throws: Failure.self) {
                try await notes.delete(note.id.rawValue, of: job, by: caller)
            }
            #expect(deleting?.kind == kind)
        }
        await #expect(throws: Failure.self) { try await list(job, for: .bob) }
        await #expect(throws: Failure.self) { try await list(job, for: .eve) }
        #expect(try await list(job) == [note])
    }

    @Test func `a note is deleted through its own job only, and goes with it`() async throws {
        let (one, other) = (try await job(), try await job())
        let note = try await notes.add("a", to: one, by: .ada)
        for id in [note.id.rawValue, ID<Note>().rawValue, "x"] {
            let failure = await #expect(throws: Failure.self) { try await notes.delete(id, of: other, by: .ada) }
            #expect(failure?.code == "note_not_found")
        }
        try await jobs.delete(one, by: .ada)
        let left = try await workshop.storage.read { db in try Note.fetchCount(db) }
        #expect(left == 0)
    }
}
