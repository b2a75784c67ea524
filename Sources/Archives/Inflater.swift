import CZlib

/// Unpacks one deflate stream (RFC 1951), bare or in the wrapper of zlib or gzip (RFC 1952), a piece at a time, so that the caller
/// can stop it.
package enum Inflater {
    package enum Wrapper: Sendable {
        case raw, gzip
        /// RFC 1950.
        case zlib
    }

    package struct Broken: Error {}

    private static let pieceBytes = 64 * 1024

    /// - Returns: how many bytes of the input the stream has.
    /// - Throws: `Broken`, and what `take` throws.
    package static func run(
        _ wrapper: Wrapper, _ input: ArraySlice<UInt8>, take: (ArraySlice<UInt8>) throws -> Void
    ) throws -> Int {
        var stream = z_stream()
        // Negative: no header and no checksum; above 16: those of gzip.
        let bits: Int32 =
            switch wrapper {
            case .raw: -MAX_WBITS
            case .gzip: MAX_WBITS + 16
            case .zlib: MAX_WBITS
            }
        guard inflateInit2_(&stream, bits, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else { throw Broken() }
        defer { inflateEnd(&stream) }
        var piece = [UInt8](repeating: 0, count: pieceBytes)
        return try input.withUnsafeBufferPointer { input in
            // zlib only reads what it is given here.
            stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
            stream.avail_in = UInt32(clamping: input.count)
            while true {
                let (status, made) = piece.withUnsafeMutableBufferPointer { piece in
                    stream.next_out = piece.baseAddress
                    stream.avail_out = UInt32(piece.count)
                    let status = inflate(&stream, Z_NO_FLUSH)
                    return (status, piece.count - Int(stream.avail_out))
                }
                if made > 0 { try take(piece[..<made]) }
                switch status {
                case Z_STREAM_END: return input.count - Int(stream.avail_in)
                // Nothing more comes out of what is there: the stream ends too early.
                case Z_OK where made == 0 && stream.avail_in == 0: throw Broken()
                case Z_OK: continue
                default: throw Broken()
                }
            }
        }
    }

    package static func checksum(_ sum: UInt, _ bytes: ArraySlice<UInt8>) -> UInt {
        bytes.withUnsafeBufferPointer { crc32(sum, $0.baseAddress, UInt32(clamping: $0.count)) }
    }
}
