import Core
import Foundation
import GRDB
import NIOCore
import Storage
import TestKit
import Testing

@Suite("Keeping objects in a folder")
struct FolderStoreTests {
    let workshop: Workshop
    var store: FolderStore { workshop.objects }

    init() throws { workshop = try Workshop(migrations: StorageSchema.migrations) }

    private func stage(_ text: String, limit: Int64 = 1 << 20, failAfter pieces: Int? = nil) async throws -> StagedFile {
        var rest = Array(text.utf8)[...]
        var count = 0
        return try await store.stage(contentType: "text/plain", limitBytes: limit) {
            if count == pieces { throw Failure(.unavailable, "broken", "The sender went away.") }
            count += 1
            let piece = rest.prefix(7)
            rest = rest.dropFirst(7)
            return piece.isEmpty ? nil : ByteBuffer(bytes: piece)
        }
    }

    private func put(_ text: String, _ key: String) async throws -> StoredObject {
        let (file, key, store) = (try await stage(text), try ObjectKey(key), store)
        return try await store.store(file, as: key, in: workshop.storage) { try store.commit($0, $1) }
    }

    private func text(_ object: StoredObject, from offset: Int64 = 0, count: Int64? = nil) async throws -> String {
        var out = ByteBuffer()
        let opened = try #require(try await store.open(object))
        try await store.read(opened, from: offset, count: count ?? object.sizeBytes) { out.writeImmutableBuffer($0) }
        return String(buffer: out)
    }

    private var staged: [String] { (try? FileManager.default.contentsOfDirectory(atPath: workshop.folder.staging)) ?? ["?"] }

    @Test func `what is put is read back, whole and in part, with its hash`() async throws {
        let object = try await put("the quick brown fox", "input/a/fox.txt")
        #expect(object.sha256 == "9ecb36561341d18eb65484e833efea61edc74b84cf5e6ae1b81c63533e25fc8f")
        #expect(try await text(object) == "the quick brown fox")
        #expect(try await text(object, from: 4, count: 5) == "quick")
        #expect(staged.isEmpty)
    }

    @Test func `an object is taken again under a second name, without a copy of its bytes left aside`() async throws {
        let object = try await put("corn", "input/a/corn.csv")
        let (again, key, store) = (try #require(try await store.restage(object)), try ObjectKey("input/b/corn.csv"), store)
        let second = try await store.store(again, as: key, in: workshop.storage) { try store.commit($0, $1) }
        #expect(second.sha256 == object.sha256)
        #expect(try await text(second) == "corn")
        #expect(try await text(object) == "corn")
        #expect(staged.isEmpty)
    }

    @Test func `a body over the limit leaves nothing`() async throws {
        let failure = await #expect(throws: Failure.self) { try await stage("0123456789", limit: 9) }
        #expect(failure?.code == "upload_too_large")
        #expect(staged.isEmpty)
    }

    @Test func `a body that breaks off leaves nothing`() async throws {
        await #expect(throws: Failure.self) { try await stage("0123456789", failAfter: 1) }
        #expect(staged.isEmpty)
    }

    @Test(arguments: ["", "a//b", "../x", "a/../b", "a/./b", "/a", "a/", "a/\u{0}b", "a/\n"])
    func `a key that could leave the folder is refused`(text: String) {
        let failure = #expect(throws: Failure.self) { try ObjectKey(text) }
        #expect(failure?.code == "invalid_key")
    }

    @Test func `file names of any kind become one safe part`() throws {
        for name in [
            "../../etc/passwd", "C:\\temp\\x.csv", "..", "", " a\u{0}b\n.csv", String(repeating: "ü", count: 400) + ".csv",
        ] {
            let part = ObjectKey.part(from: name)
            #expect(try ObjectKey("input/x/\(part)").lastPart == part)
        }
        #expect(ObjectKey.part(from: "people.csv") == "people.csv")
    }

    @Test func `repair removes what a crash left and keeps what is whole`() async throws {
        let kept = try await put("kept", "input/a/kept.txt")
        let root = (store.path(of: kept) as NSString).deletingLastPathComponent
        try Data("orphan".utf8).write(to: URL(fileURLWithPath: root + "/orphan.txt"))
        try FileManager.default.createDirectory(atPath: root + "/empty/deep", withIntermediateDirectories: true)
        try Data("half".utf8).write(to: URL(fileURLWithPath: workshop.folder.staging + "/upload-x"))
        try await workshop.storage.write { db in
            try db.execute(
                sql:
                    "INSERT INTO object (key, sizeBytes, sha256, modifiedNanoseconds, createdAt) VALUES ('input/b/gone', 1, 'x', 1, 1)"
            )
        }
        try await store.repair(workshop.storage, logger: Workshop.logger)
        #expect(try FileManager.default.contentsOfDirectory(atPath: root).map { "input/a/\($0)" } == [kept.file])
        #expect(staged.isEmpty)
        #expect(try await workshop.storage.read { db in try StoredObject.fetchAll(db) } == [kept])
    }

    @Test func `repair renews the row of a file that was replaced before a crash`() async throws {
        let old = try await put("old", "input/a/file.txt")
        try Data("newer".utf8).write(to: URL(fileURLWithPath: store.path(of: old)))
        try await store.repair(workshop.storage, logger: Workshop.logger)
        let row = try #require(try await workshop.storage.read { db in try StoredObject.fetchOne(db) })
        #expect(row.sizeBytes == 5)
        #expect(try await text(row) == "newer")
    }

    // MARK: Commits that fail

    /// As SQLite answers on a full disk: at the commit, when the file has its name already.
    private final class FullDisk: TransactionObserver, @unchecked Sendable {
        func observes(eventsOfKind eventKind: DatabaseEventKind) -> Bool { true }
        func databaseDidChange(with event: DatabaseEvent) {}
        func databaseWillCommit() throws { throw DatabaseError(resultCode: .SQLITE_FULL) }
        func databaseDidCommit(_ db: Database) {}
        func databaseDidRollback(_ db: Database) {}
    }

    @Test func `a commit that fails leaves what was acknowledged, and the new file can be committed again`() async throws {
        let old = try await put("acknowledged", "input/a/file.txt")
        let store = store
        let new = try await store.place(try await stage("refused"), as: try ObjectKey(old.key))
        let disk = FullDisk()
        workshop.storage.database.add(transactionObserver: disk, extent: .databaseLifetime)
        let failure = await #expect(throws: Failure.self) {
            try await workshop.storage.write { db in try store.commit(new, db) }
        }
        workshop.storage.database.remove(transactionObserver: disk)
        #expect(failure?.code == "disk_full")
        #expect(try await workshop.storage.read { db in try StoredObject.fetchAll(db) } == [old])
        #expect(try await text(old) == "acknowledged")
        #expect(Set(workshop.objectFiles) == Set([old.file, new.object.file]))
        // The same file can be stored by another try.
        let stored = try await workshop.storage.write { db in try store.commit(new, db) }
        #expect(try await text(stored) == "refused")
        #expect(workshop.objectFiles == [stored.file])
    }

    @Test func `a statement that fails after the file was committed changes nothing`() async throws {
        let old = try await put("acknowledged", "input/a/file.txt")
        let (new, key, store) = (try await stage("refused"), try ObjectKey(old.key), store)
        await #expect(throws: Failure.self) {
            try await store.store(new, as: key, in: workshop.storage) { placed, db in
                _ = try store.commit(placed, db)
                throw Failure(.conflict, "too_late", "Too late.")
            }
        }
        #expect(try await text(old) == "acknowledged")
        #expect(workshop.objectFiles == [old.file])
        #expect(staged.isEmpty)
    }

    @Test func `what was placed and never committed is gone after a crash`() async throws {
        let old = try await put("acknowledged", "input/a/file.txt")
        _ = try await store.place(try await stage("nobody's"), as: try ObjectKey("input/a/new.txt"))
        try await store.repair(workshop.storage, logger: Workshop.logger)
        #expect(workshop.objectFiles == [old.file])
    }

    @Test func `a file is placed also by a task that is cancelled`() async throws {
        let (new, key, store) = (try await stage("done"), try ObjectKey("input/a/done.txt"), store)
        let placed = try await Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await store.place(new, as: key)
        }.value
        #expect(workshop.objectFiles == [placed.object.file])
    }

    @Test func `a file that can not be placed stays with its owner`() async throws {
        let new = try await stage("mine")
        let folder = "\(workshop.folder.objects)/quern/input"
        try Data().write(to: URL(fileURLWithPath: folder))
        await #expect(throws: Failure.self) { try await store.place(new, as: try ObjectKey("input/a/file.txt")) }
        #expect(FileManager.default.contents(atPath: new.path) == Data("mine".utf8))
    }

    @Test func `a delete that fails keeps the file`() async throws {
        let (kept, store) = (try await put("kept", "input/a/file.txt"), store)
        let key = try ObjectKey(kept.key)
        await #expect(throws: Failure.self) {
            try await workshop.storage.write { db in
                try store.forget(key, db)
                throw Failure(.conflict, "too_late", "Too late.")
            }
        }
        #expect(try await text(kept) == "kept")
        try await workshop.storage.write { db in try store.forget(key, db) }
        #expect(workshop.objectFiles.isEmpty)
    }

    @Test func `who reads the old version reads it to its end`() async throws {
        let old = try await put("the old version", "input/a/file.txt")
        let opened = try #require(try await store.open(old))
        let new = try await put("new", "input/a/file.txt")
        #expect(workshop.objectFiles == [new.file])
        var out = ByteBuffer()
        try await store.read(opened, from: 0, count: old.sizeBytes) { out.writeImmutableBuffer($0) }
        #expect(String(buffer: out) == "the old version")
        #expect(try await store.open(old) == nil)
    }

    @Test func `a crash on either side of the commit leaves one whole version`() async throws {
        let old = try await put("old", "input/a/file.txt")
        let folder = (store.path(of: old) as NSString).deletingLastPathComponent
        // Before the commit: the new file is there, the row still names the old one.
        try Data("new".utf8).write(to: URL(fileURLWithPath: folder + "/file.txt.0123456789abcdef"))
        try await store.repair(workshop.storage, logger: Workshop.logger)
        #expect(workshop.objectFiles == [old.file])
        // After the commit: the row names the new one, the old file is still there.
        let leftover = try #require(old.file)
        let new = try await put("new", "input/a/file.txt")
        try Data("old".utf8).write(to: URL(fileURLWithPath: "\(workshop.folder.objects)/quern/\(leftover)"))
        try await store.repair(workshop.storage, logger: Workshop.logger)
        #expect(workshop.objectFiles == [new.file])
        #expect(try await workshop.storage.read { db in try StoredObject.fetchAll(db) } == [new])
    }

    @Test func `a folder of an older version goes on working`() async throws {
        let made = try await put("from before", "input/a/file.txt")
        try FileManager.default.moveItem(
            atPath: store.path(of: made), toPath: "\(workshop.folder.objects)/quern/input/a/file.txt")
        try await workshop.storage.write { db in try db.execute(sql: "UPDATE object SET file = NULL") }
        try await store.repair(workshop.storage, logger: Workshop.logger)
        let old = try #require(try await workshop.storage.read { db in try StoredObject.fetchOne(db) })
        #expect(try await text(old) == "from before")
        let new = try await put("new", "input/a/file.txt")
        #expect(workshop.objectFiles == [new.file])
    }

    @Test func `a secret is made once and is the owner's alone`() throws {
        let first = try workshop.folder.secret("test")
        #expect(try workshop.folder.secret("test") == first)
        let mode = try FileManager.default.attributesOfItem(atPath: workshop.folder.secrets + "/test")[.posixPermissions] as? Int
        #expect(mode == 0o600)
    }

    @Test func `a second server on the same folder is refused`() throws {
        let lock = try workshop.folder.lock()
        defer { close(lock) }
        let failure = #expect(throws: Failure.self) { try workshop.folder.lock() }
        #expect(failure?.code == "data_folder_in_use")
    }
}
