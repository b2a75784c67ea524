package import Core
import GRDB
package import Jobs
package import NIOPosix
package import Storage

extension Note: FetchableRecord, PersistableRecord {
    package static let databaseTableName = "note"
}

/// All SQL of notes.
package struct NoteStore: Sendable {
    private let storage: Storage
    private let jobs: JobStore
    /// Where Markdown is rendered: it takes too long for the threads that serve.
    private let threads: NIOThreadPool

    package init(_ storage: Storage, jobs: JobStore, threads: NIOThreadPool) {
        self.storage = storage
        self.jobs = jobs
        self.threads = threads
    }

    package struct Listing: Sendable {
        package let notes: [Note]
        package let total: Int
        /// The page as it came to be: shorter than it was asked for when its notes are long.
        package let page: Page
    }

    package enum Limits {
        /// Texts and HTML of the notes of one page; the note that passes it is the last.
        package static let pageBytes = 2_097_152
    }

    /// Notes of a job, newest first.
    /// - Throws: `Failure` `job_not_found`, `job_not_yours`.
    package func list(of job: String, for caller: Caller, _ page: Page) async throws -> Listing {
        try await storage.read { db in
            let job = try JobStore.find(job, for: caller, toChange: false, db)
            let request = Note.filter(Column("job") == job.id)
            let cursor = try request.order(Column("number").desc).limit(page.limit, offset: page.skip).fetchCursor(db)
            var notes: [Note] = []
            var bytes = 0
            while bytes < Limits.pageBytes, let note = try cursor.next() {
                notes.append(note)
                bytes += note.body.utf8.count + note.html.utf8.count
            }
            let isCut = bytes >= Limits.pageBytes
            return Listing(
                notes: notes, total: try request.fetchCount(db),
                page: isCut ? Page(skip: page.skip, limit: notes.count) : page)
        }
    }

    /// - Throws: `Failure` `missing_body`, `invalid_body_text`, `job_not_found`, `job_not_yours`.
    package func add(_ text: String, to job: String, by caller: Caller) async throws -> Note {
        let body = try Note.body(text)
        // Nobody makes the server render what is not theirs to write.
        try await storage.read { db in _ = try JobStore.find(job, for: caller, toChange: true, db) }
        let html = try await threads.runIfActive { try Markdown.html(body) }
        return try await storage.write { [jobs] db in
            let job = try JobStore.find(job, for: caller, toChange: true, db)
            let now = Moment.now
            var note = Note(job: job.id, author: caller, body: body, html: html, at: now)
            note.number = try Int64.fetchOne(db, sql: "SELECT coalesce(max(number), 0) + 1 FROM note") ?? 1
            try note.insert(db)
            try jobs.touch(job, at: now, db)
            try Self.log("note.added", note, job, at: now, db)
            return note
        }
    }

    /// - Throws: `Failure` `note_not_found`, `job_not_found`, `job_not_yours`.
    package func delete(_ id: String, of job: String, by caller: Caller) async throws {
        try await storage.write { [jobs] db in
            let job = try JobStore.find(job, for: caller, toChange: true, db)
            guard let id = ID<Note>(rawValue: id),
                let note = try Note.filter(Column("id") == id && Column("job") == job.id).fetchOne(db)
            else { throw Failure(.missing, "note_not_found", "This job has no such note.") }
            let now = Moment.now
            try note.delete(db)
            try jobs.touch(job, at: now, db)
            try Self.log("note.deleted", note, job, at: now, db)
        }
    }

    private static func log(_ type: String, _ note: Note, _ job: Job, at now: Moment, _ db: Database) throws {
        try EventLog.append(
            Event(
                tenant: job.tenant, user: job.user, job: job.id.rawValue, type: type,
                detail: ["note_id": .string(note.id.rawValue)]), at: now, db)
    }
}
