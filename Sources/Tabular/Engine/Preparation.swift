import CZlib
import CZstd
import Foundation

/// Makes an input that can not be read in places one that can: unpacks it, takes it from a pipe, writes it in UTF-8. What comes of it
/// lies in a file without a name beside the output, which is gone with the process.
struct Preparation {
    /// Where the file without a name is made.
    let folder: String
    let limits: TabularLimits
    let report: () -> Void
    /// For a look that must be quick: what is unpacked or written anew ends behind so many bytes.
    var mostBytes: Int64?

    /// The file as it can be read in blocks, and how it was packed.
    ///
    /// - Throws: `not_a_table`, `packed_file_broken`, `unpacked_too_large`.
    func unpacked(_ file: InputFile, said: Compression?) throws -> (file: InputFile, compression: Compression) {
        let found = try Preparation.compression(file)
        let compression = said ?? found
        guard compression == found else {
            throw TabularFailure(
                "wrong_compression",
                "The file is \(found == .none ? "not packed" : "packed by \(found.rawValue)"), and not \(compression == .none ? "unpacked" : "packed by \(compression.rawValue)")."
            )
        }
        switch compression {
        case .none: return (file, .none)
        case .gzip: return (try spool(isOfPart: file.isCut) { try inflate(file, $0) }, .gzip)
        case .zstd: return (try spool(isOfPart: file.isCut) { try decompress(file, $0) }, .zstd)
        }
    }

    private func isEnough(_ scratch: ScratchFile) -> Bool { mostBytes.map { scratch.count >= $0 } ?? false }

    /// All that comes out of a pipe.
    func spooled(_ descriptor: Int32) throws -> InputFile {
        try spool { scratch in
            let buffer = ByteBuffer(capacity: Tuning.blockBytes)
            while true {
                let got = read(descriptor, buffer.base, Tuning.blockBytes)
                if got < 0, errno == EINTR { continue }
                guard got >= 0 else {
                    throw TabularFailure("input_unreadable", "The input can not be read: \(InputFile.reason(errno)).")
                }
                guard got > 0 else { return }
                try scratch.write(buffer.base, got)
                report()
            }
        }
    }

    /// The same text in UTF-8 without a mark, for readers that jump about in it.
    func inUTF8(_ file: InputFile, _ encoding: TextEncoding, from start: Int64) throws -> InputFile {
        try spool(isOfPart: file.isCut, isRewritten: true) { scratch in
            let source = ByteBuffer(capacity: Tuning.blockBytes)
            let target = ByteBuffer(capacity: Tuning.blockBytes)
            var offset = start
            while offset < file.size, !isEnough(scratch) {
                source.count = try file.read(into: source.base, at: offset, count: Tuning.blockBytes)
                target.count = 0
                offset += Int64(
                    encoding.append(source.base, source.count, to: target, isLast: offset + Int64(source.count) >= file.size))
                try scratch.write(target.base, target.count)
                report()
            }
        }
    }

    /// The same text in UTF-8 with another delimiter: one that has one byte.
    func rewritten(
        _ file: InputFile, _ encoding: TextEncoding, from start: Int64,
        _ change: (UnsafePointer<UInt8>, Int, ByteBuffer, Bool) -> Void
    ) throws -> InputFile {
        try spool(isOfPart: file.isCut, isRewritten: true) { scratch in
            let source = ByteBuffer(capacity: Tuning.blockBytes)
            let text = ByteBuffer(capacity: Tuning.blockBytes)
            let target = ByteBuffer(capacity: Tuning.blockBytes)
            var offset = start
            while offset < file.size, !isEnough(scratch) {
                source.count = try file.read(into: source.base, at: offset, count: Tuning.blockBytes)
                text.count = 0
                target.count = 0
                let isLast = offset + Int64(source.count) >= file.size
                offset += Int64(encoding.append(source.base, source.count, to: text, isLast: isLast))
                change(text.base, text.count, target, isLast)
                try scratch.write(target.base, target.count)
                report()
            }
        }
    }

    /// A control character that is not in the file.
    func freeByte(_ file: InputFile) throws -> UInt8 {
        var seen = Array(repeating: false, count: 256)
        let buffer = ByteBuffer(capacity: Tuning.blockBytes)
        var offset: Int64 = 0
        while offset < file.size {
            buffer.count = try file.read(into: buffer.base, at: offset, count: Tuning.blockBytes)
            seen.withUnsafeMutableBufferPointer { seen in for i in 0..<buffer.count { seen[Int(buffer.base[i])] = true } }
            offset += Int64(buffer.count)
            report()
        }
        guard let free = ([0x1F, 0x1E, 0x1D, 0x1C] + (0x01...0x08).map { UInt8($0) }).first(where: { !seen[Int($0)] }) else {
            throw TabularFailure(
                "delimiter_unusable",
                "A delimiter of several characters can not be used with a file that holds all control characters.")
        }
        return free
    }

    private func spool(
        isOfPart: Bool = false, isRewritten: Bool = false, _ fill: (ScratchFile) throws -> Void
    ) throws -> InputFile {
        let scratch = try ScratchFile(folder: folder, limit: limits.maxUnpackedBytes)
        try fill(scratch)
        let isCut = isOfPart || (isRewritten ? isEnough(scratch) : isEnough(scratch))
        let file = try scratch.input()
        return isCut ? try file.asPart() : file
    }

    /// What is larger than so many times the packed file is no table, but meant to fill the disk.
    private func limit(of file: InputFile) -> Int64 {
        let (product, overflows) = file.size.multipliedReportingOverflow(by: Tuning.mostExpansion)
        return overflows ? .max : max(Tuning.leastExpansionBytes, product)
    }

    /// - Throws: `packed_file_broken` for the first byte or two of a packed file.
    static func compression(_ file: InputFile) throws -> Compression {
        let buffer = ByteBuffer(capacity: 64)
        buffer.count = try file.read(into: buffer.base, at: 0, count: 8)
        if buffer.bytes.starts(with: [0x1F, 0x8B, 0x08]) { return .gzip }
        if buffer.count < 3, buffer.bytes.elementsEqual([0x1F]) || buffer.bytes.elementsEqual([0x1F, 0x8B]) {
            throw broken("gzip")
        }
        if buffer.bytes.starts(with: [0x28, 0xB5, 0x2F, 0xFD]) { return .zstd }
        // A skippable frame of zstd may stand first.
        let isSkippable =
            buffer.count >= 8 && buffer.base[0] & 0xF0 == 0x50 && buffer.bytes.dropFirst().starts(with: [0x2A, 0x4D, 0x18])
        return isSkippable ? .zstd : .none
    }

    private static func broken(_ name: String) -> TabularFailure {
        TabularFailure("packed_file_broken", "The \(name) file is broken or was cut off; pack or fetch it again.")
    }

    private static func check(_ written: Int64, _ limit: Int64) throws {
        guard written <= limit else {
            throw TabularFailure(
                "unpacked_too_large",
                "Unpacked, the file is more than \(Tuning.mostExpansion) times as large as it is packed; unpack it first if it is what it seems."
            )
        }
    }

    /// gzip (RFC 1952), also several members one behind the other.
    private func inflate(_ file: InputFile, _ scratch: ScratchFile) throws {
        let limit = limit(of: file)
        let source = ByteBuffer(capacity: Tuning.blockBytes)
        let target = ByteBuffer(capacity: Tuning.blockBytes)
        var stream = z_stream()
        guard inflateInit2_(&stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            throw Preparation.broken("gzip")
        }
        defer { inflateEnd(&stream) }
        var offset: Int64 = 0
        var isInMember = true
        while offset < file.size, !isEnough(scratch) {
            source.count = try file.read(into: source.base, at: offset, count: Tuning.blockBytes)
            offset += Int64(source.count)
            stream.next_in = source.base
            stream.avail_in = UInt32(source.count)
            while stream.avail_in > 0, !isEnough(scratch) {
                if !isInMember {
                    // Zeros may fill the file up, as on a tape.
                    if stream.next_in.pointee == 0 {
                        stream.next_in += 1
                        stream.avail_in -= 1
                        continue
                    }
                    guard inflateReset(&stream) == Z_OK else { throw Preparation.broken("gzip") }
                    isInMember = true
                }
                repeat {
                    stream.next_out = target.base
                    stream.avail_out = UInt32(Tuning.blockBytes)
                    let code = CZlib.inflate(&stream, Z_NO_FLUSH)
                    guard code == Z_OK || code == Z_STREAM_END || code == Z_BUF_ERROR else { throw Preparation.broken("gzip") }
                    try scratch.write(target.base, Tuning.blockBytes - Int(stream.avail_out))
                    try Preparation.check(scratch.count, limit)
                    if code == Z_STREAM_END {
                        isInMember = false
                        break
                    }
                } while stream.avail_out == 0 && !isEnough(scratch)
            }
            report()
        }
        guard !isInMember || file.isCut || isEnough(scratch) else { throw Preparation.broken("gzip") }
    }

    /// Zstandard (RFC 8878), with a window of at most 128 MiB.
    private func decompress(_ file: InputFile, _ scratch: ScratchFile) throws {
        let limit = limit(of: file)
        guard let context = ZSTD_createDCtx() else { throw Preparation.broken("Zstandard") }
        defer { ZSTD_freeDCtx(context) }
        _ = ZSTD_DCtx_setParameter(context, ZSTD_d_windowLogMax, 27)
        let source = ByteBuffer(capacity: Tuning.blockBytes)
        let target = ByteBuffer(capacity: Tuning.blockBytes)
        var offset: Int64 = 0
        var left = 1
        while offset < file.size, !isEnough(scratch) {
            source.count = try file.read(into: source.base, at: offset, count: Tuning.blockBytes)
            offset += Int64(source.count)
            var input = ZSTD_inBuffer(src: source.base, size: source.count, pos: 0)
            while true {
                var output = ZSTD_outBuffer(dst: target.base, size: Tuning.blockBytes, pos: 0)
                left = ZSTD_decompressStream(context, &output, &input)
                guard ZSTD_isError(left) == 0 else { throw Preparation.broken("Zstandard") }
                try scratch.write(target.base, output.pos)
                try Preparation.check(scratch.count, limit)
                if (input.pos == input.size && output.pos < output.size) || isEnough(scratch) { break }
            }
            report()
        }
        guard left == 0 || file.isCut || isEnough(scratch) else { throw Preparation.broken("Zstandard") }
    }
}

/// A file without a name.
final class ScratchFile {
    private var descriptor: Int32
    private let limit: Int64
    private(set) var count: Int64 = 0

    init(folder: String, limit: Int64) throws {
        self.limit = limit
        let path = (folder.isEmpty ? "." : folder) + "/.quern-\(getpid())-\(UInt64.random(in: 0...UInt64.max))"
        descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw TabularFailure("output_unwritable", "No file can be made beside the output: \(InputFile.reason(errno)).")
        }
        unlink(path)
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    func write(_ bytes: UnsafePointer<UInt8>, _ length: Int) throws {
        guard count + Int64(length) <= limit else {
            throw TabularFailure(
                "unpacked_too_large", "The input is larger than \(limit) bytes once it is unpacked, which is the limit.")
        }
        var done = 0
        while done < length {
            let written = Glibc.write(descriptor, bytes + done, length - done)
            if written < 0, errno == EINTR { continue }
            guard written > 0 else {
                throw TabularFailure(
                    "disk_full", "The unpacked input could not be written: \(InputFile.reason(written == 0 ? ENOSPC : errno)).")
            }
            done += written
        }
        count += Int64(length)
    }

    /// The same, to be read. Nothing more can be written.
    func input() throws -> InputFile {
        let file = try InputFile(descriptor: descriptor)
        descriptor = -1
        return file
    }
}
