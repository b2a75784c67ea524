/// What the first bytes of a file say that it is.
enum FileKind: Equatable {
    case pdf, png, jpeg, gif, webp, zip, gzip, ole
    case elf, windowsProgram, machO, script
    case other

    init(_ bytes: ArraySlice<UInt8>) {
        self = Self.beginnings.first { bytes.starts(with: $0.bytes) }?.kind ?? Self.byLook(bytes)
    }

    private static let beginnings: [(bytes: [UInt8], kind: FileKind)] = [
        (Array("%PDF-".utf8), .pdf),
        ([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A], .png),
        ([0xFF, 0xD8, 0xFF], .jpeg),
        (Array("GIF87a".utf8), .gif), (Array("GIF89a".utf8), .gif),
        ([0x50, 0x4B, 0x03, 0x04], .zip), ([0x50, 0x4B, 0x05, 0x06], .zip),
        ([0x1F, 0x8B, 0x08], .gzip),
        ([0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1], .ole),
        ([0x7F, 0x45, 0x4C, 0x46], .elf),
        ([0xFE, 0xED, 0xFA, 0xCE], .machO), ([0xFE, 0xED, 0xFA, 0xCF], .machO), ([0xCE, 0xFA, 0xED, 0xFE], .machO),
        ([0xCF, 0xFA, 0xED, 0xFE], .machO), ([0xCA, 0xFE, 0xBA, 0xBE], .machO),
        (Array("#!".utf8), .script),
    ]

    private static func byLook(_ bytes: ArraySlice<UInt8>) -> FileKind {
        if bytes.starts(with: "RIFF".utf8), bytes.dropFirst(8).starts(with: "WEBP".utf8) { return .webp }
        // Two letters may begin a text; a program has zeros behind them.
        return bytes.starts(with: "MZ".utf8) && bytes.prefix(64).contains(0) ? .windowsProgram : .other
    }

    /// Readers take a PDF that has something before it, within so many bytes.
    private static let pdfWithin = 1024

    static func isPDF(_ bytes: ArraySlice<UInt8>) -> Bool {
        let mark = Array("%PDF-".utf8)
        return bytes.prefix(pdfWithin).indices.contains { bytes[$0] == mark[0] && bytes[$0...].starts(with: mark) }
    }

    var isProgram: Bool {
        switch self {
        case .elf, .windowsProgram, .machO, .script: true
        case .pdf, .png, .jpeg, .gif, .webp, .zip, .gzip, .ole, .other: false
        }
    }

    /// Fits behind "begins like".
    var words: String {
        switch self {
        case .pdf: "a PDF"
        case .png: "a PNG"
        case .jpeg: "a JPEG"
        case .gif: "a GIF"
        case .webp: "a WebP"
        case .zip: "a ZIP archive"
        case .gzip: "a GZIP archive"
        case .ole: "an old Office document"
        case .elf: "a Linux program"
        case .windowsProgram: "a Windows program"
        case .machO: "a macOS program"
        case .script: "a script"
        case .other: "something else"
        }
    }
}
