/// What the first bytes of a file say that it is.
package enum FileKind: Sendable, Equatable, CaseIterable {
    case pdf, png, jpeg, gif, webp, tiff
    case zip, gzip, zstandard, bzip2, xz, sevenZip, rar, ole
    case parquet, arrow, avro, hdf5, sqlite
    case elf, windowsProgram, machO, script
    case other

    package init(_ bytes: some Collection<UInt8>) {
        self = Self.signatures.first { $0.fits(bytes) }?.kind ?? Self.byLook(bytes)
    }

    /// Bytes that stand at one place of every file of a kind.
    package struct Signature: Sendable {
        package let offset: Int
        package let bytes: [UInt8]
        package let kind: FileKind

        init(_ bytes: [UInt8], at offset: Int = 0, _ kind: FileKind) {
            self.offset = offset
            self.bytes = bytes
            self.kind = kind
        }

        package func fits(_ content: some Collection<UInt8>) -> Bool { content.dropFirst(offset).starts(with: bytes) }
    }

    package static let signatures: [Signature] = [
        Signature(Array("%PDF-".utf8), .pdf),
        Signature([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A], .png),
        Signature([0xFF, 0xD8, 0xFF], .jpeg),
        Signature(Array("GIF87a".utf8), .gif), Signature(Array("GIF89a".utf8), .gif),
        Signature(Array("WEBP".utf8), at: 8, .webp),
        Signature([0x49, 0x49, 0x2A, 0x00], .tiff), Signature([0x4D, 0x4D, 0x00, 0x2A], .tiff),
        Signature([0x50, 0x4B, 0x03, 0x04], .zip), Signature([0x50, 0x4B, 0x05, 0x06], .zip),
        Signature([0x1F, 0x8B, 0x08], .gzip),
        Signature([0x28, 0xB5, 0x2F, 0xFD], .zstandard),
        Signature(Array("1AY&SY".utf8), at: 4, .bzip2),
        Signature([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00], .xz),
        Signature([0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C], .sevenZip),
        Signature([0x52, 0x61, 0x72, 0x21, 0x1A, 0x07], .rar),
        Signature([0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1], .ole),
        // A column may well be called PAR1; the byte behind it begins a Thrift structure.
        Signature(Array("PAR1".utf8) + [0x15], .parquet), Signature(Array("PARE".utf8) + [0x15], .parquet),
        Signature(Array("ARROW1".utf8) + [0, 0], .arrow), Signature(Array("FEA1".utf8) + [0, 0], .arrow),
        Signature(Array("Obj".utf8) + [1], .avro),
        Signature([0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A], .hdf5),
        Signature(Array("SQLite format 3".utf8) + [0], .sqlite),
        Signature([0x7F, 0x45, 0x4C, 0x46], .elf),
        Signature([0xFE, 0xED, 0xFA, 0xCE], .machO), Signature([0xFE, 0xED, 0xFA, 0xCF], .machO),
        Signature([0xCE, 0xFA, 0xED, 0xFE], .machO), Signature([0xCF, 0xFA, 0xED, 0xFE], .machO),
        Signature([0xCA, 0xFE, 0xBA, 0xBE], .machO),
        Signature(Array("#!".utf8), .script),
    ]

    private static func byLook(_ bytes: some Collection<UInt8>) -> FileKind {
        // Two letters may begin a text; a program has zeros behind them.
        bytes.starts(with: "MZ".utf8) && bytes.prefix(64).contains(0) ? .windowsProgram : .other
    }

    /// Readers take a PDF that has something before it, within so many bytes.
    private static let pdfWithin = 1024

    package static func isPDF(_ bytes: ArraySlice<UInt8>) -> Bool {
        let mark = Array("%PDF-".utf8)
        return bytes.prefix(pdfWithin).indices.contains { bytes[$0] == mark[0] && bytes[$0...].starts(with: mark) }
    }

    package var isProgram: Bool {
        switch self {
        case .elf, .windowsProgram, .machO, .script: true
        case .pdf, .png, .jpeg, .gif, .webp, .tiff, .zip, .gzip, .zstandard, .bzip2, .xz, .sevenZip, .rar, .ole, .parquet, .arrow,
            .avro, .hdf5, .sqlite, .other:
            false
        }
    }

    /// Fits behind "begins like".
    package var words: String {
        switch self {
        case .pdf: "a PDF"
        case .png: "a PNG"
        case .jpeg: "a JPEG"
        case .gif: "a GIF"
        case .webp: "a WebP"
        case .tiff: "a TIFF"
        case .zip: "a ZIP archive"
        case .gzip: "a GZIP archive"
        case .zstandard: "a Zstandard archive"
        case .bzip2: "a BZIP2 archive"
        case .xz: "an XZ archive"
        case .sevenZip: "a 7-Zip archive"
        case .rar: "a RAR archive"
        case .ole: "an old Office document"
        case .parquet: "a Parquet file"
        case .arrow: "an Arrow file"
        case .avro: "an Avro file"
        case .hdf5: "an HDF5 file"
        case .sqlite: "an SQLite database"
        case .elf: "a Linux program"
        case .windowsProgram: "a Windows program"
        case .machO: "a macOS program"
        case .script: "a script"
        case .other: "something else"
        }
    }
}
