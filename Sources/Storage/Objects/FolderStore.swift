import Core
import Foundation
package import GRDB
package import Logging
package import NIOCore
package import NIOPosix

/// Objects as files below one folder: `<objects>/<bucket>/<key>.<random>`.
///
/// A file is written aside, flushed and renamed to a name of its own, then its row is committed by a transaction that waits for no
/// disk but its own; the file that the row named before goes after that. So a commit that fails, or a crash, leaves the old row with the old file or the new row with the new
/// file. Whatever file no row names, `repair` removes at the next start.
package struct FolderStore: ObjectStore {
    private let root: String
    private let staging: String
    private let threads: NIOThreadPool

    /// Pieces go to the disk and to the network in this size.
    private static let pieceBytes = 512 * 1024
    /// How often a file is given its name when its folder vanishes meanwhile.
    private static let placings = 3
    /// 64 random bits make the name of a file its own.
    private static let randomDigits = 16

    package init(folder: DataFolder, bucket: String, threads: NIOThreadPool) throws {
        root = "\(folder.objects)/\(bucket)"
        staging = folder.staging
        self.threads = threads
        try FileManager.default.createDirectory(
            atPath: root, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    }

    package func path(of object: StoredObject) -> String { "\(root)/\(object.file ?? object.key)" }

    /// A name that no file has had before. The key is in it for people who look at the folder.
    private static func newFile(for key: ObjectKey) -> String {
        let digits = String(UInt64.random(in: .min ... .max), radix: 16)
        let random = String(repeating: "0", count: Self.randomDigits - digits.utf8.count) + digits
        var name = key.lastPart
        while name.utf8.count > ObjectKey.Limits.partBytes - random.utf8.count - 1 { name.removeLast() }
        return key.text.dropLast(key.lastPart.count) + "\(name).\(random)"
    }

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

    package func restage(_ object: StoredObject) async throws -> StagedFile? {
        let original = "\(root)/\(object.file ?? object.key)"
        let path = "\(staging)/again-\(UUID().uuidString.lowercased())"
        // A second name costs no bytes, and files of the store are never written into.
        let isLinked = try await threads.runIfActive { link(original, path) == 0 }
        return isLinked
            ? StagedFile(path: path, sizeBytes: object.sizeBytes, sha256: object.sha256, contentType: object.contentType) : nil
    }

    package func place(_ file: StagedFile, as key: ObjectKey) async throws -> PlacedObject {
        // Work that is done is kept also while the server stops.
        try await threads.runToItsEnd { [self] in
            let name = Self.newFile(for: key)
            let path = "\(root)/\(name)"
            try move(file.path, to: path)
            do {
                try FileWriter.flushFolder(of: path)
            } catch {
                if rename(path, file.path) != 0 { unlink(path) }
                throw error
            }
            return PlacedObject(
                StoredObject(
                    key: key.text, sizeBytes: file.sizeBytes, sha256: file.sha256, contentType: file.contentType,
                    modifiedNanoseconds: Self.status(path)?.modifiedNanoseconds ?? 0, createdAt: .now, file: name))
        }
    }

    @discardableResult
    package func commit(_ placed: PlacedObject, _ db: Database) throws -> StoredObject {
        let old = try StoredObject.fetchOne(db, key: placed.object.key)
        try placed.object.upsert(db)
        if let old {
            Aftermath.current?.add { [self] isCommitted in
                if isCommitted { await remove(old.file ?? old.key) }
            }
        }
        return placed.object
    }

    private func move(_ staged: String, to path: String) throws {
        let folder = (path as NSString).deletingLastPathComponent
        for _ in 0..<Self.placings {
            if access(folder, F_OK) != 0 {
                do {
                    try FileManager.default.createDirectory(
                        atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
                } catch let error as CocoaError {
                    // Whoever asked can tell people the reason, and go on.
                    errno = (error.underlying as? POSIXError)?.code.rawValue ?? EIO
                    throw FileWriter.failure()
                }
                try FileWriter.flushFolder(of: folder)
            }
            if rename(staged, path) == 0 { return }
            // Who removes the last file of a folder may take the folder away between the two.
            guard errno == ENOENT && access(staged, F_OK) == 0 else { throw FileWriter.failure() }
        }
        throw FileWriter.failure()
    }

    private func remove(_ name: String) async {
        await threads.runRegardless {
            unlink("\(root)/\(name)")
            removeFolders(of: name)
        }
    }

    /// The folders of a job go with its last file; rmdir refuses while something is in them.
    private func removeFolders(of name: String) {
        var folders = name.split(separator: "/").dropLast()
        while folders.count > 1, rmdir("\(root)/\(folders.joined(separator: "/"))") == 0 { folders.removeLast() }
    }

    package func discard(_ file: StagedFile) async {
        await threads.runRegardless { unlink(file.path) }
    }

    package func discard(_ placed: PlacedObject) async {
        await remove(placed.object.file ?? placed.object.key)
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
        guard let object = try StoredObject.fetchOne(db, key: key.text) else { return }
        try object.delete(db)
        Aftermath.current?.add { [self] isCommitted in
            if isCommitted { await remove(object.file ?? object.key) }
        }
    }

    package func open(_ object: StoredObject) async throws -> OpenObject? {
        let path = path(of: object)
        let descriptor = try await threads.runIfActive { () -> Int32 in
            let descriptor = Foundation.open(path, O_RDONLY | O_CLOEXEC)
            guard descriptor >= 0 || errno == ENOENT else { throw FileWriter.failure() }
            return descriptor
        }
        return descriptor < 0 ? nil : OpenObject(object, descriptor: descriptor)
    }

    package func read(
        _ object: OpenObject, from offset: Int64, count: Int64, _ piece: (ByteBuffer) async throws -> Void
    ) async throws {
        var position = offset
        let end = offset + count
        while position < end {
            let (from, wanted) = (position, Int(min(Int64(Self.pieceBytes), end - position)))
            let bytes = try await threads.runIfActive {
                var buffer = ByteBufferAllocator().buffer(capacity: wanted)
                let got = buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: wanted) { pointer in
                    max(0, pread(object.descriptor, pointer.baseAddress, wanted, off_t(from)))
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
                root: root, rows: Dictionary(rows.map { ($0.file ?? $0.key, $0) }, uniquingKeysWith: { first, _ in first }))
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

    /// - Parameter rows: by their files.
    private static func changes(root: String, rows: [String: StoredObject]) throws -> Changes {
        var changes = Changes()
        var unseen = rows
        let files = FileManager.default.enumerator(atPath: root)?.compactMap { $0 as? String } ?? []
        for file in files {
            let path = "\(root)/\(file)"
            guard let status = status(path), status.isFile else { continue }
            guard let row = rows[file] else {
                unlink(path)
                changes.removed.append(file)
                continue
            }
            unseen[file] = nil
            if row.sizeBytes != status.sizeBytes || row.modifiedNanoseconds != status.modifiedNanoseconds {
                changes.rehashed.append(
                    StoredObject(
                        key: row.key, sizeBytes: status.sizeBytes, sha256: try FileHash.sha256(path: path),
                        contentType: row.contentType, modifiedNanoseconds: status.modifiedNanoseconds,
                        createdAt: row.createdAt, file: row.file))
            }
        }
        // Deepest first, so that a folder that held only empty folders goes too; rmdir refuses what is not empty.
        for file in files.sorted(by: >) where status("\(root)/\(file)")?.isFile == false { rmdir("\(root)/\(file)") }
        changes.lost = unseen.values.map(\.key)
        return changes
    }

    /// The size of a plain file; nil for anything else, also for a link to one.
    package static func plainFileBytes(_ path: String) -> Int64? {
        guard case .file(let bytes) = PathStatus(path) else { return nil }
        return bytes
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
