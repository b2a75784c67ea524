import Accounts
import Core
import Foundation
import GRDB
import Jobs
import NIOCore
import Storage
import TestKit
import Testing
import Tracking

@testable import Collaboration

@Suite("Attaching documents")
struct DocumentTests {
    let workshop: Workshop
    let jobs: JobStore
    let store: DocumentStore

    private static let limitBytes: Int64 = 1000

    init() throws {
        workshop = try Workshop(
            migrations: StorageSchema.migrations + AccountSchema.migrations + JobSchema.migrations
                + CollaborationSchema.migrations)
        jobs = JobStore(
            workshop.storage, objects: workshop.objects, answer: JobAnswer(kinds: [TrackJob.kind], board: ProgressBoard()),
            otherFolders: CollaborationRoom.objectFolders)
        store = DocumentStore(
            workshop.storage, objects: workshop.objects, limitBytes: Self.limitBytes, scanSignals: [])
    }

    private func job() async throws -> String {
        try await jobs.create(Job(owner: .ada, kind: "track", name: "A job", statusText: "pending", at: .now)).id.rawValue
    }

    private func announce(
        _ job: String, _ kind: Document.Kind = .other, name: String = "cv.pdf", bytes: Int64 = 5, by caller: Caller = .ada
    ) async throws -> Document {
        let upload = try Document.Announced(kind: kind, fileName: name, contentType: nil, sizeBytes: bytes)
        return try await store.announce(upload, for: job, by: caller)
    }

    private func put(_ text: String, as document: Document) async throws {
        var pieces = [ByteBuffer(string: text)]
        let staged = try await workshop.objects.stage(contentType: nil, limitBytes: 100_000) { pieces.popLast() }
        let (objects, gate, key) = (workshop.objects, store.gate, try ObjectKey(document.key))
        try await objects.store(staged, as: key, in: workshop.storage) { placed, db in
            _ = try gate.mayWrite(key, db)
            try objects.commit(placed, db)
        }
    }

    private func confirm(_ document: Document, _ bytes: Int64? = nil) async throws -> Document {
        try await store.confirm(document.id.rawValue, of: document.job.rawValue, claimedBytes: bytes, by: .ada)
    }

    /// Announced, uploaded, confirmed and claimed.
    private func scanning(_ job: String, _ kind: Document.Kind = .other) async throws -> Document {
        let document = try await announce(job, kind)
        try await put("hello", as: document)
        _ = try await confirm(document)
        return try #require(try await store.claim())
    }

    private func finish(_ document: Document, _ outcome: Scan.Outcome) async throws -> Document? {
        try await store.finish(document.id, try #require(document.scan), outcome)
    }

    private func list(_ job: String) async throws -> [Document] {
        try await store.list(of: job, for: .ada, Page(skip: 0, limit: 100)).documents
    }

    private func events(_ job: String) async throws -> [String] {
        try await EventLog(workshop.storage).events(after: 0, .job(try #require(ID(rawValue: job))), most: 100).map(\.type)
    }

    private func isReadable(_ document: Document) async throws -> Bool {
        let (gate, key) = (store.gate, try ObjectKey(document.key))
        do {
            try await workshop.storage.read { db in try gate.mayRead(key, db) }
            return true
        } catch is Failure {
            return false
        }
    }

    private func isOnDisk(_ document: Document) -> Bool {
        workshop.objectFiles.contains { $0.hasPrefix(document.key) }
    }

    // MARK: The way of a document

    @Test func `announced, uploaded, confirmed, scanned: only then it can be read`() async throws {
        let job = try await job()
        let announced = try await announce(job)
        #expect(announced.state == .pending && announced.key.hasPrefix("documents/\(job)/\(announced.id)/"))
        try await put("hello", as: announced)
        try await put("hello!", as: announced)
        #expect(try await !isReadable(announced))
        let confirmed = try await confirm(announced)
        #expect(confirmed.state == .scanning && confirmed.sizeBytes == 6)
        #expect(try await !isReadable(announced))
        await #expect(throws: Failure.self) { try await put("late", as: announced) }
        let claimed = try #require(try await store.claim())
        #expect(try await finish(claimed, .clean)?.state == .uploaded)
        #expect(try await isReadable(announced))
        #expect(try await store.findClean(announced.id.rawValue, of: job, for: .admin).scanCheckedAt != nil)
        #expect(try await events(job) == ["job.created", "document.added", "document.uploaded"])
    }

    @Test func `what is infected or false loses its bytes and can not come back`() async throws {
        let job = try await job()
        for (outcome, state) in [(Scan.Outcome.infected("X"), Document.State.infected), (.refused("no"), .failed)] {
            let document = try await scanning(job)
            #expect(try await finish(document, outcome)?.state == state)
            #expect(!isOnDisk(document))
            #expect(try await !isReadable(document))
            let failure = await #expect(throws: Failure.self) { try await confirm(document) }
            #expect(failure?.code == "not_uploaded")
        }
        #expect(try await events(job).filter { $0 == "document.refused" }.count == 2)
    }

    @Test func `a scan that fails is tried again with pauses, and what it left can be confirmed again`() async throws {
        let job = try await job()
        var document = try await scanning(job)
        var now = Moment.now
        for pause in Document.Limits.scanPauses {
            let waiting = try #require(try await finish(document, .failed("down")))
            #expect(waiting.state == .scanning && waiting.scanMessage == "down")
            now = try #require(waiting.scanCheckedAt)
            #expect(waiting.nextScanAt == now.adding(seconds: pause))
            #expect(try await store.claim(at: now.adding(seconds: pause - 0.1)) == nil)
            document = try #require(try await store.claim(at: now.adding(seconds: pause)))
        }
        let failed = try #require(try await finish(document, .failed("down")))
        #expect(failed.state == .failed && failed.state.scanStatus == "ERROR")
        #expect(isOnDisk(document))
        #expect(try await !isReadable(document))
        #expect(try await confirm(document).scanTries == 0)
        let again = try #require(try await store.claim())
        #expect(try await finish(again, .clean)?.state == .uploaded)
    }

    @Test func `what the scanner can not do as it is set up fails at once and keeps its bytes`() async throws {
        let document = try await scanning(try await job())
        #expect(try await finish(document, .impossible("too large"))?.state == .failed)
        #expect(isOnDisk(document))
    }

    @Test func `a late scan changes nothing`() async throws {
        let job = try await job()
        let document = try await scanning(job)
        #expect(try await store.claim() == nil)
        // The server was killed meanwhile, and another scan took over.
        #expect(try await store.recover() == 1)
        let again = try #require(try await store.claim())
        #expect(again.scan != document.scan)
        #expect(try await finish(document, .infected("X")) == nil)
        #expect(try await finish(again, .clean)?.state == .uploaded)
        #expect(try await finish(again, .infected("X")) == nil)
        #expect(isOnDisk(document))
        #expect(try await store.recover() == 0)
    }

    @Test func `a scan of what was deleted changes nothing`() async throws {
        let job = try await job()
        let document = try await scanning(job)
        try await store.delete(document.id.rawValue, of: job, by: .ada)
        #expect(try await store.object(of: document) == nil)
        #expect(try await finish(document, .clean) == nil)
        #expect(try await events(job).last == "document.deleted")
    }

    // MARK: One of a kind

    @Test func `a newer resume takes the place of the older when it is clean, not before`() async throws {
        let job = try await job()
        let first = try await scanning(job, .resume)
        _ = try await finish(first, .clean)
        let bad = try await scanning(job, .resume)
        _ = try await finish(bad, .infected("X"))
        let waiting = try await announce(job, .resume)
        #expect(try await isReadable(first))
        let second = try await scanning(job, .resume)
        #expect(try await isReadable(first))
        _ = try await finish(second, .clean)
        #expect(try await !isReadable(first))
        #expect(!isOnDisk(first))
        #expect(try await isReadable(second))
        #expect(try await Set(list(job).map(\.id)) == [bad.id, waiting.id, second.id])
    }

    @Test func `of two resumes the one confirmed last stays, whichever scan ends first`() async throws {
        let job = try await job()
        let (older, newer) = (try await scanning(job, .resume), try await scanning(job, .resume))
        _ = try await finish(newer, .clean)
        _ = try await finish(older, .clean)
        #expect(try await list(job).map(\.id) == [newer.id])
        #expect(isOnDisk(newer) && !isOnDisk(older))
    }

    @Test func `others of their kind stay beside each other`() async throws {
        let job = try await job()
        for kind in [Document.Kind.other, .other, .thankYou, .thankYou, .resume, .coverLetter] {
            _ = try await finish(try await scanning(job, kind), .clean)
        }
        #expect(try await list(job).count == 6)
    }

    // MARK: Refusals

    @Test func `confirming needs bytes, some but not too many, and as many as claimed`() async throws {
        let job = try await job()
        func code(_ document: Document, _ bytes: Int64? = nil) async throws -> String? {
            await #expect(throws: Failure.self) { try await confirm(document, bytes) }?.code
        }
        let document = try await announce(job)
        #expect(try await code(document) == "not_uploaded")
        try await put("", as: document)
        #expect(try await code(document) == "empty_document")
        try await put(String(repeating: "a", count: Int(Self.limitBytes) + 1), as: document)
        #expect(try await code(document) == "document_too_large")
        try await put("hello", as: document)
        #expect(try await code(document, 6) == "size_mismatch")
        _ = try await confirm(document, 5)
        #expect(try await code(document) == "already_confirmed")
        let unknown = await #expect(throws: Failure.self) {
            try await store.confirm(ID<Document>().rawValue, of: job, claimedBytes: nil, by: .ada)
        }
        #expect(unknown?.code == "document_not_found")
    }

    @Test func `five wait for their upload, a sixth waits for them`() async throws {
        let job = try await job()
        for _ in 0..<Document.Limits.pending { _ = try await announce(job) }
        let failure = await #expect(throws: Failure.self) { try await announce(job) }
        #expect(failure?.code == "too_many_pending_uploads")
        #expect((1...Document.Limits.addressSeconds).contains(failure?.retryAfterSeconds ?? 0))
        _ = try await announce(try await self.job())
        try await store.delete(try await list(job)[0].id.rawValue, of: job, by: .ada)
        _ = try await announce(job)
    }

    @Test func `too large a document is refused before it is sent`() async throws {
        let job = try await job()
        _ = try await announce(job, bytes: Self.limitBytes)
        let failure = await #expect(throws: Failure.self) { try await announce(job, bytes: Self.limitBytes + 1) }
        #expect(failure?.kind == .tooLarge && failure?.code == "document_too_large")
    }

    @Test(arguments: ["", "a\u{0}b", "a\nb", String(repeating: "a", count: 513)])
    func `a name that is none is refused`(name: String) {
        #expect(throws: Failure.self) {
            try Document.Announced(kind: .other, fileName: name, contentType: nil, sizeBytes: 1)
        }
    }

    @Test(arguments: ["pdf", "application/", "a/b\r\nX: y", "a b/c", "text/plain; charset=\u{e9}"])
    func `a content type that is none is refused`(type: String) throws {
        #expect(throws: Failure.self) {
            try Document.Announced(kind: .other, fileName: "a", contentType: type, sizeBytes: 1)
        }
        _ = try Document.Announced(kind: .other, fileName: "a", contentType: "text/plain; charset=utf-8", sizeBytes: 1)
    }

    @Test func `the owner writes, an admin of the tenant reads, nobody else does either`() async throws {
        let job = try await job()
        let document = try await scanning(job)
        _ = try await finish(document, .clean)
        for (caller, kind) in [(Caller.admin, Failure.Kind.forbidden), (.bob, .forbidden), (.eve, .missing)] {
            let adding = await #expect(throws: Failure.self) { try await announce(job, by: caller) }
            #expect(adding?.kind == kind)
            let deleting = await #expect(throws: Failure.self) {
                try await store.delete(document.id.rawValue, of: job, by: caller)
            }
            #expect(deleting?.kind == kind)
            let confirming = await #expect(throws: Failure.self) {
                try await store.confirm(document.id.rawValue, of: job, claimedBytes: nil, by: caller)
            }
            #expect(confirming?.kind == kind)
        }
        for caller in [Caller.bob, .eve] {
            await #expect(throws: Failure.self) {
                try await store.findClean(document.id.rawValue, of: job, for: caller)
            }
        }
        let other = try await self.job()
        let elsewhere = await #expect(throws: Failure.self) {
            try await store.findClean(document.id.rawValue, of: other, for: .ada)
        }
        #expect(elsewhere?.code == "document_not_found")
    }

    @Test func `keys that belong to no document are neither written nor read`() async throws {
        let job = try await job()
        let document = try await announce(job)
        let gate = store.gate
        for text in ["documents/\(job)/\(document.id)/other", "documents/x", document.key + "x"] {
            let key = try ObjectKey(text)
            await #expect(throws: Failure.self) {
                try await workshop.storage.read { db in _ = try gate.mayWrite(key, db) }
            }
            await #expect(throws: Failure.self) { try await workshop.storage.read { db in try gate.mayRead(key, db) } }
        }
    }

    @Test func `documents go with their job, files and folders too`() async throws {
        let job = try await job()
        for _ in 0..<3 { _ = try await finish(try await scanning(job), .clean) }
        let kept = try await scanning(try await self.job())
        try await jobs.delete(job, by: .ada)
        #expect(!FileManager.default.fileExists(atPath: "\(workshop.folder.objects)/quern/documents/\(job)"))
        #expect(isOnDisk(kept))
        let left = try await workshop.storage.read { db in (try Document.fetchCount(db), try StoredObject.fetchCount(db)) }
        #expect(left == (1, 1))
    }
}
