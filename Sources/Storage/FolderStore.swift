import Core
import Foundation
package import GRDB
package import Logging
package import NIOCore
package import NIOPosix

/// Objects as files below one folder: `<objects>/<bucket>/<key>`.
///
/// A file is written aside, flushed and renamed, then its row is committed. What a crash leaves between the two, a file
/// without a row, `repair` removes at the next start.
package struct FolderStore: ObjectStore {
    private let root: String
    private let staging: String
    private let threads: NIOThreadPool

    /// Pieces go to the disk and to the network in this size.
    private static let pieceBytes = 512 * 1024
    /// How often a file is given its name when its folder vanishes meanwhile.
    private static let placings = 3

    package init(folder: DataFolder, bucket: String, threads: NIOThreadPool) throws {
        root = "\(folder.objects)/\(bucket)"
        staging = folder.staging
        self.threads = threads
        try FileManager.default.createDirectory(
            atPath: root, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    }

    package func path(of key: ObjectKey) -> String { "\(root)/\(key.text)" }

    package func stage(contentType: String?, limitBytes: Int64, next: () async throws -> ByteBuffer?) async throws -> StagedFile {
        let path = "\(staging)/upload-\(UUID().uuidString.lowercased())"
        let writer = try await threads.runIfActive { Upload(file: try FileWriter(path: path)) }
        do {
            var gathered = ByteBuffer()
            var total: Int64 = 0
            while var piece = try await next() {
                total += Int64(piece.readableBytes)
                guard total <= limitBytes else {
                    throw Failure(.tooLarge, "upload_too_large", "The file is larger than the limit of \(limitBytes) bytes.")
                }
                gathered.writeBuffer(&piece)
                if gathered.readableBytes >= Self.pieceBytes {
                    let full = gathered
                    try await threads.runIfActive { try full.withUnsafeReadableBytes { try writer.file.write($0) } }
                    gathered = ByteBuffer()
                }
            }
            let rest = gathered
            let sha256 = try await threads.runIfActive {
                try rest.withUnsafeReadableBytes { try writer.file.write($0) }
                return try writer.file.finish()
            }
            return StagedFile(path: path, sizeBytes: total, sha256: sha256, contentType: contentType)
        } catch {
            await threads.runRegardless {
                writer.file.close()
                unlink(path)
            }
            throw error
        }
    }

    package func place(_ file: StagedFile, as key: ObjectKey, _ db: Database) throws -> StoredObject {
        let path = path(of: key)
        let folder = (path as NSString).deletingLastPathComponent
        var isPlaced = false
        for _ in 0..<Self.placings where !isPlaced {
            if access(folder, F_OK) != 0 {
                try FileManager.default.createDirectory(
                    atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
                try FileWriter.flushFolder(of: folder)
            }
            isPlaced = rename(file.path, path) == 0
            // A sweep may take an empty folder away between the two.
            guard isPlaced || errno == ENOENT && access(file.path, F_OK) == 0 else { throw FileWriter.failure() }
        }
        guard isPlaced else { throw FileWriter.failure() }
        try FileWriter.flushFolder(of: path)
        let object = StoredObject(
            key: key.text, sizeBytes: file.sizeBytes, sha256: file.sha256, contentType: file.contentType,
            modifiedNanoseconds: Self.status(path)?.modifiedNanoseconds ?? 0, createdAt: .now)
        try object.upsert(db)
        return object
    }

    package func discard(_ file: StagedFile) async {
        await threads.runRegardless { unlink(file.path) }
    }

    package func find(_ key: ObjectKey, _ db: Database) throws -> StoredObject? {
        try StoredObject.fetchOne(db, key: key.text)
    }

    package func keys(below folder: ObjectKey, _ db: Database) throws -> [ObjectKey] {
        // A range instead of LIKE, whose wildcards may be part of a name: `0` is what follows `/`.
        let names = try String.fetchAll(
            db, sql: "SELECT key FROM object WHERE key > ? AND key < ? ORDER BY key",
            arguments: ["\(folder.text)/", "\(folder.text)0"])
        return try names.map { try ObjectKey($0) }
    }

    package func forget(_ key: ObjectKey, _ db: Database) throws {
        _ = try StoredObject.deleteOne(db, key: key.text)
    }

    package func sweep(keys: [ObjectKey]) async {
        await threads.runRegardless {
            for key in keys {
                unlink(path(of: key))
                // The folders of a job go with its last file; rmdir refuses while something is in them.
                var folders = key.text.split(separator: "/").dropLast()
                while folders.count > 1, rmdir("\(root)/\(folders.joined(separator: "/"))") == 0 { folders.removeLast() }
            }
        }
    }

    package func read(
        _ object: StoredObject, from offset: Int64, count: Int64, _ piece: (ByteBuffer) async throws -> Void
    ) async throws {
        let path = "\(root)/\(object.key)"
        let descriptor = try await threads.runIfActive { open(path, O_RDONLY | O_CLOEXEC) }
        guard descriptor >= 0 else { throw Failure(.missing, "object_not_found", "There is no such object.") }
        defer { close(descriptor) }
        var position = offset
        let end = offset + count
        while position < end {
            let (from, wanted) = (position, Int(min(Int64(Self.pieceBytes), end - position)))
            let bytes = try await threads.runIfActive {
                var buffer = ByteBufferAllocator().buffer(capacity: wanted)
                let got = buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: wanted) { pointer in
                    max(0, pread(descriptor, pointer.baseAddress, wanted, off_t(from)))
                }
                guard got > 0 else {
                    throw Failure(.unavailable, "object_unreadable", "The object ended before its recorded size.")
                }
                return buffer
            }
            position += Int64(bytes.readableBytes)
            try await piece(bytes)
        }
    }

    /// Makes rows and files agree again after a crash, and empties the staging folder. Runs before the server starts.
    package func repair(_ storage: Storage, logger: Logger) async throws {
        let rows = try await storage.read { db in try StoredObject.fetchAll(db) }
        let (root, staging) = (root, staging)
        let changes = try await threads.runIfActive {
            for name in try FileManager.default.contentsOfDirectory(atPath: staging) {
                try FileManager.default.removeItem(atPath: "\(staging)/\(name)")
            }
            return try Self.changes(
                root: root, rows: Dictionary(rows.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first }))
        }
        if !changes.removed.isEmpty || !changes.lost.isEmpty || !changes.rehashed.isEmpty {
            logger.notice(
                "store_repaired",
                metadata: [
                    "files_removed": "\(changes.removed.count)", "rows_removed": "\(changes.lost.count)",
                    "rows_renewed": "\(changes.rehashed.count)",
                ])
        }
        try await storage.write { db in
            for key in changes.lost { _ = try StoredObject.deleteOne(db, key: key) }
            for object in changes.rehashed { try object.upsert(db) }
        }
    }

    private struct Changes: Sendable {
        var removed: [String] = []
        var lost: [String] = []
        var rehashed: [StoredObject] = []
    }

    private static func changes(root: String, rows: [String: StoredObject]) throws -> Changes {
        var changes = Changes()
        var unseen = Set(rows.keys)
        let files = FileManager.default.enumerator(atPath: root)?.compactMap { $0 as? String } ?? []
        for key in files {
            let path = "\(root)/\(key)"
            guard let status = status(path), status.isFile else { continue }
            guard let row = rows[key] else {
                unlink(path)
                changes.removed.append(key)
                continue
            }
            unseen.remove(key)
            if row.sizeBytes != status.sizeBytes || row.modifiedNanoseconds != status.modifiedNanoseconds {
                changes.rehashed.append(
                    StoredObject(
                        key: key, sizeBytes: status.sizeBytes, sha256: try FileHash.sha256(path: path),
                        contentType: row.contentType,
                        modifiedNanoseconds: status.modifiedNanoseconds, createdAt: row.createdAt))
            }
        }
        // Deepest first, so that a folder that held only empty folders goes too; rmdir refuses what is not empty.
        for key in files.sorted(by: >) where status("\(root)/\(key)")?.isFile == false { rmdir("\(root)/\(key)") }
        changes.lost = Array(unseen)
        return changes
    }

    private struct FileStatus {
        let isFile: Bool
        let sizeBytes: Int64
        let modifiedNanoseconds: Int64
    }

    private static func status(_ path: String) -> FileStatus? {
        var info = stat()
        guard lstat(path, &info) == 0 else { return nil }
        return FileStatus(
            isFile: info.st_mode & S_IFMT != S_IFDIR, sizeBytes: Int64(info.st_size),
            modifiedNanoseconds: Int64(info.st_mtim.tv_sec) * 1_000_000_000 + Int64(info.st_mtim.tv_nsec))
    }
}

/// One writer that travels between the turns of one upload: each turn is awaited before the next begins.
private struct Upload: @unchecked Sendable {
    let file: FileWriter
}
