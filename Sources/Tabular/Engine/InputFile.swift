import Foundation

/// A file that is read in places. It may be read by several threads at once.
final class InputFile: Sendable {
    let size: Int64
    /// Whether there is more of it: then the last line, and what is packed, may end in their middle.
    let isCut: Bool
    private let descriptor: Int32
    /// The content, where there is no file.
    private let memory: [UInt8]?

    /// - Throws: `input_unreadable`, or `input_not_a_file` for a folder, a pipe or a device: the engine reads files more than once.
    convenience init(path: String) throws {
        // A pipe without a writer would keep the opening waiting for ever.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            throw TabularFailure("input_unreadable", "The input can not be opened: \(InputFile.reason(errno)).")
        }
        try self.init(descriptor: descriptor)
    }

    /// Takes the descriptor over.
    init(descriptor: Int32) throws {
        self.descriptor = descriptor
        memory = nil
        isCut = false
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            throw TabularFailure("input_not_a_file", "The input is not a regular file; write it to a file first.")
        }
        size = Int64(status.st_size)
        posix_fadvise(descriptor, 0, 0, POSIX_FADV_SEQUENTIAL)
    }

    /// What is in memory already, read as if it were a file.
    init(_ bytes: [UInt8]) {
        descriptor = -1
        memory = bytes
        size = Int64(bytes.count)
        isCut = false
    }

    private init(_ file: InputFile, size: Int64) throws {
        memory = file.memory
        descriptor = memory == nil ? fcntl(file.descriptor, F_DUPFD_CLOEXEC, 0) : -1
        self.size = size
        isCut = true
        guard descriptor >= 0 || memory != nil else {
            throw TabularFailure("input_unreadable", "The input can not be opened: \(InputFile.reason(errno)).")
        }
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// The beginning of the file, for a look that must be quick.
    func head(_ bytes: Int64) throws -> InputFile { size <= bytes ? self : try InputFile(self, size: bytes) }

    /// The same file as the beginning of a longer one.
    func asPart() throws -> InputFile { try InputFile(self, size: size) }

    /// A file that is cut, up to its last whole line.
    func wholeLines() throws -> InputFile {
        guard isCut else { return self }
        // No more than a half is given up for it: where the header alone is whole, a part of the first row says more.
        let count = min(Tuning.blockBytes, Int(size) / 2)
        let buffer = ByteBuffer(capacity: max(1, count))
        let start = size - Int64(count)
        buffer.count = try read(into: buffer.base, at: start, count: count)
        guard let found = buffer.bytes.lastIndex(of: 0x0A) else { return self }
        let end = found + 1
        // A line feed of UTF-16 or UTF-32 may have zeros behind it.
        let zeros = (end..<min(buffer.count, end + 3)).prefix { buffer.base[$0] == 0 }.count
        return try InputFile(self, size: start + Int64(end + zeros))
    }

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
        if let memory, wanted > 0 {
            memory.withUnsafeBufferPointer { if let base = $0.baseAddress { memcpy(target, base + Int(offset), Int(wanted)) } }
            return Int(wanted)
        }
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

    /// Bytes that tell an encoding: lines with some beyond ASCII, from wherever they stand, at most so many.
    func hardBytes(most: Int) throws -> [UInt8] {
        let buffer = ByteBuffer(capacity: Tuning.blockBytes)
        var found: [UInt8] = []
        var offset: Int64 = 0
        // Letters beyond ASCII may be rare; but a file of any size must be looked at quickly.
        let end = min(size, Int64(64 * Tuning.blockBytes))
        while offset < end, found.count < most {
            buffer.count = try read(into: buffer.base, at: offset, count: Int(min(end - offset, Int64(Tuning.blockBytes))))
            var i = 0
            while i < buffer.count, found.count < most {
                i = UTF8Text.skipASCII(buffer.base, i, buffer.count)
                guard i < buffer.count else { break }
                let from = max(0, i - 24)
                var to = i + 1
                // Up to the first long stretch without any.
                var last = i
                while to < buffer.count, to - last < 24, to - from < 4096 {
                    if buffer.base[to] >= 0x80 { last = to }
                    to += 1
                }
                found.append(contentsOf: UnsafeBufferPointer(start: buffer.base + from, count: to - from))
                if to < buffer.count { found.append(0x0A) }
                i = to
            }
            offset += Int64(buffer.count)
        }
        return found
    }

    /// What the bytes from `offset` on are as UTF-8, up to where a byte was invalid and `enough` were looked at.
    func census(from offset: Int64, enough: Int) throws -> UTF8Text.Census {
        let buffer = ByteBuffer(capacity: Tuning.blockBytes)
        var census = UTF8Text.Census()
        var position = offset
        var kept = 0
        while position < size, !census.isEnough(enough) {
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
            let found = UTF8Text.census(buffer.base, count, enough: enough)
            census.valid += found.valid
            census.invalid += found.invalid
            memmove(buffer.base, buffer.base + count, kept)
        }
        return census
    }
}
