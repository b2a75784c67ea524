import CZlib
import Core

/// Packs bytes as one gzip member (RFC 1952).
package enum Gzip {
    package enum Level: Int32, Sendable {
        /// For answers: most of what the best level saves, in a third of the time.
        case answer = 5
        /// For what is packed once, at start.
        case asset = 9
    }

    /// - Throws: `Failure` when zlib refuses, which it does only without memory.
    package static func pack(_ bytes: UnsafeRawBufferPointer, _ level: Level) throws -> [UInt8] {
        var stream = z_stream()
        let failed = Failure(.unavailable, "compression_failed", "The answer could not be compressed.")
        // Above 16: with the header and checksum of gzip. The memory level is zlib's own.
        guard
            deflateInit2_(
                &stream, level.rawValue, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
                Int32(MemoryLayout<z_stream>.size)) == Z_OK, bytes.count <= Int(UInt32.max)
        else { throw failed }
        defer { deflateEnd(&stream) }
        // zlib only reads what it is given here.
        stream.next_in = UnsafeMutablePointer(mutating: bytes.bindMemory(to: UInt8.self).baseAddress)
        stream.avail_in = UInt32(bytes.count)
        let packed = [UInt8](unsafeUninitializedCapacity: Int(deflateBound(&stream, UInt(bytes.count)))) { room, count in
            stream.next_out = room.baseAddress
            stream.avail_out = UInt32(room.count)
            count = deflate(&stream, Z_FINISH) == Z_STREAM_END ? room.count - Int(stream.avail_out) : 0
        }
        guard !packed.isEmpty else { throw failed }
        return packed
    }
}
