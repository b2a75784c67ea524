import CZlib
package import Core

/// Makes a ZIP archive in pieces, for somebody who reads it as it comes into being (APPNOTE.TXT 6.3.10): the sums of an entry stand
/// behind it, and what is larger than 4 GB has the fields of ZIP64.
package struct ZipWriter {
    private struct Entry {
        let name: [UInt8]
        let time: UInt32
        let offset: UInt64
        let isLarge: Bool
        var crc: UInt32 = 0
        var packedBytes: UInt64 = 0
        var bytes: UInt64 = 0
    }

    private var entries: [Entry] = []
    private var current: Entry?
    private var deflater: Deflater?
    /// Of everything that was given out.
    private var position: UInt64 = 0

    private enum Limits {
        /// A packed entry may grow a little beyond its bytes.
        static let smallBytes: Int64 = 0xF000_0000
        static let field32 = UInt64(UInt32.max)
        static let field16 = Int(UInt16.max)
        static let nameBytes = Int(UInt16.max)
    }

    package init() {}

    /// - Parameters:
    ///   - name: of the entry, with `/` between folders.
    ///   - sizeBytes: of what will be written.
    /// - Returns: what comes next in the archive.
    /// - Throws: `Failure` when zlib has no memory.
    package mutating func begin(_ name: String, sizeBytes: Int64, at moment: Moment) throws -> [UInt8] {
        let entry = Entry(
            name: Array(name.utf8.prefix(Limits.nameBytes)), time: Self.dosTime(moment), offset: position,
            isLarge: sizeBytes > Limits.smallBytes)
        deflater = try Deflater()
        current = entry
        var bytes = Bytes()
        bytes.add(0x0403_4B50 as UInt32)
        bytes.add(Self.version(entry.isLarge))
        bytes.add(Self.flags)
        bytes.add(Self.deflated)
        bytes.add(entry.time)
        bytes.add(0 as UInt32)
        bytes.add(entry.isLarge ? UInt32.max : 0)
        bytes.add(entry.isLarge ? UInt32.max : 0)
        bytes.add(UInt16(entry.name.count))
        bytes.add(entry.isLarge ? 20 as UInt16 : 0)
        bytes.all += entry.name
        if entry.isLarge {
            bytes.add(1 as UInt16)
            bytes.add(16 as UInt16)
            bytes.add(0 as UInt64)
            bytes.add(0 as UInt64)
        }
        return given(bytes.all)
    }

    package mutating func write(_ bytes: UnsafeRawBufferPointer) throws -> [UInt8] {
        guard let deflater, var entry = current else { return [] }
        let base = bytes.bindMemory(to: UInt8.self)
        entry.crc = UInt32(truncatingIfNeeded: crc32(UInt(entry.crc), base.baseAddress, UInt32(clamping: base.count)))
        entry.bytes += UInt64(bytes.count)
        let packed = try deflater.pack(base, isLast: false)
        entry.packedBytes += UInt64(packed.count)
        current = entry
        return given(packed)
    }

    /// Ends the entry.
    package mutating func end() throws -> [UInt8] {
        guard let deflater, var entry = current else { return [] }
        let packed = try deflater.pack(UnsafeBufferPointer(start: nil, count: 0), isLast: true)
        entry.packedBytes += UInt64(packed.count)
        var bytes = Bytes()
        bytes.all = packed
        bytes.add(0x0807_4B50 as UInt32)
        bytes.add(entry.crc)
        if entry.isLarge {
            bytes.add(entry.packedBytes)
            bytes.add(entry.bytes)
        } else {
            bytes.add(UInt32(truncatingIfNeeded: entry.packedBytes))
            bytes.add(UInt32(truncatingIfNeeded: entry.bytes))
        }
        entries.append(entry)
        (current, self.deflater) = (nil, nil)
        return given(bytes.all)
    }

    /// The directory, which ends the archive.
    package mutating func finish() -> [UInt8] {
        let start = position
        var bytes = Bytes()
        for entry in entries {
            let isFar = entry.offset >= Limits.field32
            var extra = Bytes()
            if entry.isLarge || isFar {
                extra.add(1 as UInt16)
                extra.add(UInt16((entry.isLarge ? 16 : 0) + (isFar ? 8 : 0)))
                if entry.isLarge {
                    extra.add(entry.bytes)
                    extra.add(entry.packedBytes)
                }
                if isFar { extra.add(entry.offset) }
            }
            bytes.add(0x0201_4B50 as UInt32)
            // Made on Unix, so that names are taken as they are.
            bytes.add(Self.version(true) | 3 << 8)
            bytes.add(Self.version(entry.isLarge || isFar))
            bytes.add(Self.flags)
            bytes.add(Self.deflated)
            bytes.add(entry.time)
            bytes.add(entry.crc)
            bytes.add(entry.isLarge ? UInt32.max : UInt32(truncatingIfNeeded: entry.packedBytes))
            bytes.add(entry.isLarge ? UInt32.max : UInt32(truncatingIfNeeded: entry.bytes))
            bytes.add(UInt16(entry.name.count))
            bytes.add(UInt16(extra.all.count))
            bytes.add(0 as UInt16)
            bytes.add(0 as UInt16)
            bytes.add(0 as UInt16)
            // A plain file that its owner may write.
            bytes.add(0o100644 << 16 as UInt32)
            bytes.add(isFar ? UInt32.max : UInt32(entry.offset))
            bytes.all += entry.name + extra.all
        }
        let size = UInt64(bytes.all.count)
        let isLarge = entries.count >= Limits.field16 || start >= Limits.field32 || size >= Limits.field32
        if isLarge {
            let end = start + size
            bytes.add(0x0606_4B50 as UInt32)
            bytes.add(44 as UInt64)
            bytes.add(Self.version(true))
            bytes.add(Self.version(true))
            bytes.add(0 as UInt32)
            bytes.add(0 as UInt32)
            bytes.add(UInt64(entries.count))
            bytes.add(UInt64(entries.count))
            bytes.add(size)
            bytes.add(start)
            bytes.add(0x0706_4B50 as UInt32)
            bytes.add(0 as UInt32)
            bytes.add(end)
            bytes.add(1 as UInt32)
        }
        bytes.add(0x0605_4B50 as UInt32)
        bytes.add(0 as UInt16)
        bytes.add(0 as UInt16)
        let count = UInt16(min(entries.count, Limits.field16))
        bytes.add(count)
        bytes.add(count)
        bytes.add(UInt32(min(size, Limits.field32)))
        bytes.add(UInt32(min(start, Limits.field32)))
        bytes.add(0 as UInt16)
        return given(bytes.all)
    }

    private mutating func given(_ bytes: [UInt8]) -> [UInt8] {
        position += UInt64(bytes.count)
        return bytes
    }

    /// The sums follow the entry, and its name is UTF-8.
    private static let flags: UInt16 = 1 << 3 | 1 << 11
    private static let deflated: UInt16 = 8

    private static func version(_ isLarge: Bool) -> UInt16 { isLarge ? 45 : 20 }

    /// Date and time of MS-DOS, in UTC, two seconds exact; years from 1980 to 2107.
    private static func dosTime(_ moment: Moment) -> UInt32 {
        let text = Array(moment.description.utf8)
        func number(_ range: ClosedRange<Int>) -> UInt32 {
            text[range].reduce(0) { $0 * 10 + UInt32($1 &- UInt8(ascii: "0")) }
        }
        let year = min(max(number(0...3), 1980), 2107)
        let date = (year - 1980) << 9 | number(5...6) << 5 | number(8...9)
        return date << 16 | number(11...12) << 11 | number(14...15) << 5 | number(17...18) / 2
    }

    private struct Bytes {
        var all: [UInt8] = []

        /// In the order of bytes of the format: the lowest first.
        mutating func add(_ number: some FixedWidthInteger) {
            withUnsafeBytes(of: number.littleEndian) { all += $0 }
        }
    }
}

/// Packs a stream (RFC 1951), without the header and checksum of gzip.
private final class Deflater {
    private let stream: UnsafeMutablePointer<z_stream>
    private static let failed = Failure(.unavailable, "compression_failed", "The archive could not be compressed.")

    init() throws {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        // The memory level is zlib's own; a negative window is a bare stream.
        guard
            deflateInit2_(
                stream, 5, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
                == Z_OK
        else {
            stream.deallocate()
            throw Self.failed
        }
    }

    deinit {
        deflateEnd(stream)
        stream.deallocate()
    }

    /// - Parameter bytes: fewer than 4 GB.
    func pack(_ bytes: UnsafeBufferPointer<UInt8>, isLast: Bool) throws -> [UInt8] {
        // zlib only reads what it is given here.
        stream.pointee.next_in = UnsafeMutablePointer(mutating: bytes.baseAddress)
        stream.pointee.avail_in = UInt32(clamping: bytes.count)
        var packed: [UInt8] = []
        let room = [UInt8](repeating: 0, count: 65_536)
        while true {
            var full = room
            let (status, count) = full.withUnsafeMutableBufferPointer { buffer -> (Int32, Int) in
                stream.pointee.next_out = buffer.baseAddress
                stream.pointee.avail_out = UInt32(buffer.count)
                let status = deflate(stream, isLast ? Z_FINISH : Z_NO_FLUSH)
                return (status, buffer.count - Int(stream.pointee.avail_out))
            }
            packed += full[..<count]
            if status == Z_STREAM_END { return packed }
            guard status == Z_OK || status == Z_BUF_ERROR else { throw Self.failed }
            if !isLast, stream.pointee.avail_in == 0, count < full.count { return packed }
        }
    }
}
