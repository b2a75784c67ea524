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
        return try await workshop.storage.write { db in try store.place(file, as: key, db) }
    }

    private func text(_ object: StoredObject, from offset: Int64 = 0, count: Int64? = nil) async throws -> String {
        var out = ByteBuffer()
        try await store.read(object, from: offset, count: count ?? object.sizeBytes) { out.writeImmutableBuffer($0) }
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
        let root = (store.path(of: try ObjectKey("input/a/kept.txt")) as NSString).deletingLastPathComponent
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
        #expect(try FileManager.default.contentsOfDirectory(atPath: root) == ["kept.txt"])
        #expect(staged.isEmpty)
        #expect(try await workshop.storage.read { db in try StoredObject.fetchAll(db) } == [kept])
    }

    @Test func `repair renews the row of a file that was replaced before a crash`() async throws {
        let old = try await put("old", "input/a/file.txt")
        try Data("newer".utf8).write(to: URL(fileURLWithPath: store.path(of: try ObjectKey(old.key))))
        try await store.repair(workshop.storage, logger: Workshop.logger)
        let row = try #require(try await workshop.storage.read { db in try StoredObject.fetchOne(db) })
        #expect(row.sizeBytes == 5)
        #expect(try await text(row) == "newer")
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
