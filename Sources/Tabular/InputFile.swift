import Foundation

/// A file that is read in places. It may be read by several threads at once.
final class InputFile: Sendable {
    let size: Int64
    private let descriptor: Int32

    /// - Throws: `input_unreadable`, or `input_not_a_file` for a folder, a pipe or a device: the engine reads files more than once.
    init(path: String) throws {
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw TabularFailure("input_unreadable", "The input can not be opened: \(InputFile.reason(errno)).")
        }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            throw TabularFailure("input_not_a_file", "The input is not a regular file; write it to a file first.")
        }
        size = Int64(status.st_size)
        posix_fadvise(descriptor, 0, 0, POSIX_FADV_SEQUENTIAL)
    }

    deinit { close(descriptor) }

    /// Whether the path leads to this very file.
    func isSame(as path: String) -> Bool {
        var mine = stat()
        var other = stat()
        return fstat(descriptor, &mine) == 0 && stat(path, &other) == 0 && mine.st_dev == other.st_dev
            && mine.st_ino == other.st_ino
    }

    static func reason(_ code: Int32) -> String { String(cString: strerror(code)) }

    /// Reads up to `count` bytes from `offset`; fewer only where the file ends.
    func read(into target: UnsafeMutablePointer<UInt8>, at offset: Int64, count: Int) throws -> Int {
        let wanted = min(Int64(count), max(0, size - offset))
        var done = 0
        while done < wanted {
            let got = pread(descriptor, target + done, Int(wanted) - done, off_t(offset) + off_t(done))
            if got < 0, errno == EINTR { continue }
            guard got > 0 else {
                let why = got == 0 ? "it became shorter while it was read" : InputFile.reason(errno)
                throw TabularFailure("input_unreadable", "The input can not be read at byte \(offset + Int64(done)): \(why).")
            }
            done += got
        }
        return done
    }

    /// What all bytes from `offset` on are as UTF-8.
    func census(from offset: Int64) throws -> UTF8Text.Census {
        let buffer = ByteBuffer(capacity: Tuning.blockBytes)
        var census = UTF8Text.Census()
        var position = offset
        var kept = 0
        while position < size {
            let got = try read(into: buffer.base + kept, at: position, count: Tuning.blockBytes - kept)
            position += Int64(got)
            var count = kept + got
            kept = 0
            if position < size {
                // A sequence of up to four bytes may go on in the next block.
                var back = 1
                while back <= 3, back < count, buffer.base[count - back] & 0xC0 == 0x80 { back += 1 }
                if back <= 3, back < count, buffer.base[count - back] >= 0xC0 { kept = back }
            }
            count -= kept
            let found = UTF8Text.census(buffer.base, count)
            census.valid += found.valid
            census.invalid += found.invalid
            memmove(buffer.base, buffer.base + count, kept)
        }
        return census
    }
}
