import Core
import Crypto
package import Foundation
import NIOCore

/// Writes one file from start to end, counting and hashing; blocks, so it runs on a thread pool only.
package final class FileWriter {
    private(set) var sizeBytes: Int64 = 0
    private var descriptor: Int32
    private var hash = SHA256()

    package init(path: String, mode: mode_t = 0o600) throws {
        descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
        guard descriptor >= 0 else { throw Self.failure() }
    }

    package func write(_ bytes: UnsafeRawBufferPointer) throws {
        var rest = bytes
        while !rest.isEmpty {
            let count = Foundation.write(descriptor, rest.baseAddress, rest.count)
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { throw Self.failure() }
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        }
        hash.update(bufferPointer: bytes)
        sizeBytes += Int64(bytes.count)
    }

    /// Flushes to the disk and closes.
    /// - Returns: the SHA-256 as lower-case hex.
    package func finish() throws -> String {
        guard fsync(descriptor) == 0 else { throw Self.failure() }
        close()
        return hash.finalize().hex
    }

    func close() {
        if descriptor >= 0 { _ = Foundation.close(descriptor) }
        descriptor = -1
    }

    deinit { close() }

    static func write(_ data: Data, to path: String, mode: mode_t) throws {
        let writer = try FileWriter(path: path, mode: mode)
        try data.withUnsafeBytes { try writer.write($0) }
        _ = try writer.finish()
        try flushFolder(of: path)
    }

    /// A rename is on the disk only when its folder is.
    static func flushFolder(of path: String) throws {
        let folder = open((path as NSString).deletingLastPathComponent, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { throw failure() }
        defer { _ = Foundation.close(folder) }
        guard fsync(folder) == 0 else { throw failure() }
    }

    static func failure() -> Failure {
        switch errno {
        case ENOSPC, EDQUOT:
            Failure(
                .noSpace, "disk_full", "The disk of the data folder is full; nothing was kept. Free some space and try again.")
        default: Failure(.unavailable, "storage_failed", "The file could not be written (\(String(cString: strerror(errno)))).")
        }
    }
}
