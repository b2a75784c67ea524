import CZlib
import CZstd

/// Packs pages of Parquet, each by itself. Not for several threads at once.
final class Packer {
    private let codec: WriteOptions.Codec
    private let snappy = Snappy()
    private var context: OpaquePointer?
    private var stream = z_stream()
    private var hasStream = false

    static let failure = TabularFailure("out_of_memory", "There is not enough memory to pack the output.")

    /// - Throws: `out_of_memory`.
    static func startGzip(_ stream: inout z_stream) throws {
        guard
            deflateInit2_(
                &stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
                Int32(MemoryLayout<z_stream>.size)) == Z_OK
        else { throw failure }
    }

    init(_ codec: WriteOptions.Codec) throws {
        self.codec = codec
        switch codec {
        case .none, .snappy: break
        case .zstd:
            context = ZSTD_createCCtx()
            guard context != nil else { throw Packer.failure }
        case .gzip:
            try Packer.startGzip(&stream)
            hasStream = true
        }
    }

    deinit {
        ZSTD_freeCCtx(context)
        if hasStream { deflateEnd(&stream) }
    }

    /// Appends the packed bytes.
    func pack(_ source: UnsafePointer<UInt8>, _ count: Int, to target: ByteBuffer) throws {
        switch codec {
        case .none: target.append(source, count)
        case .snappy: snappy.compress(source, count, to: target)
        case .zstd:
            let most = ZSTD_compressBound(count)
            target.reserve(most)
            let written = ZSTD_compressCCtx(context, target.base + target.count, most, source, count, Packer.zstdLevel)
            guard ZSTD_isError(written) == 0 else { throw Packer.failure }
            target.count += written
        case .gzip:
            guard deflateReset(&stream) == Z_OK else { throw Packer.failure }
            let most = Int(deflateBound(&stream, UInt(count)))
            target.reserve(most)
            stream.next_in = UnsafeMutablePointer(mutating: source)
            stream.avail_in = UInt32(count)
            stream.next_out = target.base + target.count
            stream.avail_out = UInt32(most)
            guard deflate(&stream, Z_FINISH) == Z_STREAM_END else { throw Packer.failure }
            target.count += most - Int(stream.avail_out)
        }
    }

    static let zstdLevel: Int32 = 3
}

/// Text on its way to a file: in another encoding, packed, or as it is.
final class TextOutput {
    private let file: OutputFile
    private let encoding: TextEncoding?
    private let compression: Compression
    private let encoded = ByteBuffer(capacity: 1 << 16)
    private let packed = ByteBuffer(capacity: 1 << 16)
    private var stream = z_stream()
    private var hasStream = false
    private var context: OpaquePointer?
    private var isStarted = false
    private let hasMark: Bool

    init(_ file: OutputFile, _ writing: WriteOptions) throws {
        self.file = file
        let encoding = writing.encoding.flatMap(TextEncoding.named)
        self.encoding = encoding == .utf8 ? nil : encoding
        compression = writing.compression
        hasMark = writing.hasMark
        switch compression {
        case .none: break
        case .gzip:
            try Packer.startGzip(&stream)
            hasStream = true
        case .zstd:
            context = ZSTD_createCCtx()
            guard context != nil else { throw Packer.failure }
            _ = ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, Packer.zstdLevel)
            _ = ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1)
        }
    }

    deinit {
        if hasStream { deflateEnd(&stream) }
        ZSTD_freeCCtx(context)
    }

    func write(_ text: StaticString) throws { try write(text.utf8Start, text.utf8CodeUnitCount) }

    func write(_ bytes: UnsafePointer<UInt8>, _ length: Int) throws {
        if !isStarted, hasMark {
            isStarted = true
            let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
            try mark.withUnsafeBufferPointer { if let base = $0.baseAddress { try encode(base, $0.count) } }
        }
        isStarted = true
        try encode(bytes, length)
    }

    private func encode(_ bytes: UnsafePointer<UInt8>, _ length: Int) throws {
        guard let encoding else { return try pack(bytes, length, isLast: false) }
        encoded.count = 0
        try encoding.encode(bytes, length, to: encoded)
        try pack(encoded.base, encoded.count, isLast: false)
    }

    private func pack(_ bytes: UnsafePointer<UInt8>, _ length: Int, isLast: Bool) throws {
        switch compression {
        case .none: try file.write(bytes, length)
        case .gzip:
            stream.next_in = UnsafeMutablePointer(mutating: bytes)
            stream.avail_in = UInt32(length)
            repeat {
                packed.count = 0
                stream.next_out = packed.base
                stream.avail_out = UInt32(packed.capacity)
                let code = deflate(&stream, isLast ? Z_FINISH : Z_NO_FLUSH)
                guard code == Z_OK || code == Z_STREAM_END || code == Z_BUF_ERROR else { throw Packer.failure }
                try file.write(packed.base, packed.capacity - Int(stream.avail_out))
            } while stream.avail_out == 0
        case .zstd:
            var input = ZSTD_inBuffer(src: bytes, size: length, pos: 0)
            var left = 0
            repeat {
                var output = ZSTD_outBuffer(dst: packed.base, size: packed.capacity, pos: 0)
                left = ZSTD_compressStream2(context, &output, &input, isLast ? ZSTD_e_end : ZSTD_e_continue)
                guard ZSTD_isError(left) == 0 else { throw Packer.failure }
                try file.write(packed.base, output.pos)
            } while isLast ? left > 0 : input.pos < input.size
        }
    }

    func finish() throws {
        if !isStarted { try write("") }
        if compression != .none { try pack(packed.base, 0, isLast: true) }
        try file.finish()
    }
}
