import Foundation

/// A file that is written from front to back. Not for several threads at once.
final class OutputFile {
    private let path: String
    private let descriptor: Int32
    private let limit: Int64
    private(set) var count: Int64 = 0
    private var writtenBack: Int64 = 0
    private var isClosed = false

    /// - Throws: `output_unwritable`.
    init(path: String, limit: Int64) throws {
        self.path = path
        self.limit = limit
        descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw OutputFile.failure(errno) }
    }

    /// Removes a file that is not to be used; never a device or a pipe that stands under the name.
    static func remove(_ path: String) {
        var status = stat()
        if lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG { unlink(path) }
    }

    deinit { if !isClosed { close(descriptor) } }

    func write(_ buffer: ByteBuffer) throws { try write(UnsafePointer(buffer.base), buffer.count) }

    func write(_ text: StaticString) throws { try write(text.utf8Start, text.utf8CodeUnitCount) }

    func write(_ bytes: UnsafePointer<UInt8>, _ length: Int) throws {
        guard count + Int64(length) <= limit else {
            throw TabularFailure("output_limit", "The output would be larger than the \(limit) bytes that are allowed.")
        }
        var done = 0
        while done < length {
            let written = Glibc.write(descriptor, bytes + done, length - done)
            if written < 0, errno == EINTR { continue }
            guard written > 0 else { throw OutputFile.failure(written == 0 ? ENOSPC : errno) }
            done += written
        }
        count += Int64(length)
        if count - writtenBack >= Tuning.writeBackBytes {
            // Makes Linux begin to write these pages, without waiting; those being written stay in memory. What fails shows at the end.
            _ = posix_fadvise(descriptor, off_t(writtenBack), off_t(count - writtenBack), POSIX_FADV_DONTNEED)
            writtenBack = count
        }
    }

    /// Makes the file last.
    func finish() throws {
        // A pipe or a terminal has nothing to flush.
        guard fsync(descriptor) == 0 || errno == EINVAL || errno == EROFS else { throw OutputFile.failure(errno) }
        isClosed = true
        guard close(descriptor) == 0 else { throw OutputFile.failure(errno) }
    }

    private static func failure(_ code: Int32) -> TabularFailure {
        switch code {
        case ENOSPC, EDQUOT:
            TabularFailure("disk_full", "The disk is full: the output could not be written. Free some space and try again.")
        case EFBIG:
            TabularFailure("output_limit", "The output grew beyond the size that a file may have here.")
        case _:
            TabularFailure("output_unwritable", "The output can not be written: \(InputFile.reason(code)).")
        }
    }
}
