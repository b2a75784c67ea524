/// Tells a file that can not be read as a table, by its first bytes and in words for people.
package enum TableContent {
    /// Bytes that are looked at.
    package static let lookBytes = 4096

    /// What the file is and what to do about it; nil when it may be a table. Only what has an unmistakable beginning is told.
    package static func problem(_ bytes: some Collection<UInt8>) -> String? {
        if officeMarks.contains(where: { $0.fits(bytes) }) { return office }
        return problem(FileKind(bytes)) ?? others.first { $0.signature.fits(bytes) }?.problem ?? byLook(bytes)
            ?? markup(bytes)
    }

    /// Kinds that begin like a word, and are told by what follows it.
    private static func byLook(_ bytes: some Collection<UInt8>) -> String? {
        // The size of the file, then four bytes that are always zero.
        if bytes.starts(with: "BM".utf8), bytes.count >= 14, bytes.dropFirst(6).prefix(4).allSatisfy({ $0 == 0 }) {
            return "This is a BMP image, not a table. \(needed)"
        }
        if bytes.starts(with: "ORC".utf8), bytes.prefix(16).contains(where: { $0 < 0x09 || (0x0E...0x1F).contains($0) }) {
            return "This is an ORC file, which can not be read yet. Export the table as CSV or JSON Lines."
        }
        return nil
    }

    /// The same for bytes that are neither text nor a known kind: many different control characters, where text has few.
    package static func binaryProblem(_ bytes: some Collection<UInt8>) -> String? {
        // UTF-16 may hold any byte.
        if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) { return nil }
        var seen: Set<UInt8> = []
        var count = 0
        for byte in bytes.prefix(lookBytes) where byte < 0x20 && ![0x09, 0x0A, 0x0C, 0x0D].contains(byte) {
            seen.insert(byte)
            count += 1
        }
        guard seen.count >= leastControls, count * leastShare >= min(bytes.count, lookBytes) else { return nil }
        return "This is binary data, not a table. \(needed)"
    }

    /// Beginnings for a page that looks into a file before it is sent: offset, bytes in hexadecimal, and what to say.
    package static let beginnings: [(offset: Int, hex: String, problem: String)] =
        officeMarks.map { ($0.offset, $0.bytes.hex, office) }
        + FileKind.signatures.compactMap { signature in
            problem(signature.kind).map { (signature.offset, signature.bytes.hex, $0) }
        } + others.map { ($0.signature.offset, $0.signature.bytes.hex, $0.problem) }

    /// Kinds that nobody attaches as documents, and that are often given the name of a table by mistake.
    private static let others: [(signature: FileKind.Signature, problem: String)] = [
        (FileKind.Signature(Array("ustar".utf8), at: 257, .other), "This is a TAR archive. \(unpack)"),
        (FileKind.Signature(Array("WAVEfmt ".utf8), at: 8, .other), "This is a WAV recording, not a table. \(needed)"),
        (FileKind.Signature(Array("AVI LIST".utf8), at: 8, .other), "This is an AVI film, not a table. \(needed)"),
        (FileKind.Signature(Array("ftyp".utf8), at: 4, .other), "This is a film or recording (MP4), not a table. \(needed)"),
        (FileKind.Signature(Array("ID3".utf8) + [3], .other), "This is an MP3 recording, not a table. \(needed)"),
        (FileKind.Signature(Array("ID3".utf8) + [4], .other), "This is an MP3 recording, not a table. \(needed)"),
        (FileKind.Signature(Array("OggS".utf8) + [0], .other), "This is an Ogg recording, not a table. \(needed)"),
        (FileKind.Signature(Array("fLaC".utf8) + [0], .other), "This is a FLAC recording, not a table. \(needed)"),
        (FileKind.Signature([0, 0, 1, 0], .other), "This is an icon, not a table. \(needed)"),
        (FileKind.Signature(Array("%!PS-".utf8), .other), "This is a PostScript document, not a table. \(needed)"),
        (FileKind.Signature(Array("{\\rtf".utf8), .other), "This is an RTF document, not a table. \(needed)"),
    ]

    /// Different control characters, and one of them in so many bytes, from which on a file is no text.
    private static let leastControls = 8
    private static let leastShare = 33

    /// The first file in the archive that a document of Office 2007 or later, or an OpenDocument, is.
    private static let officeMarks = ["[Content_Types].xml", "_rels/", "docProps/", "xl/", "mimetypeapplication/vnd.oasis"].map {
        FileKind.Signature(Array($0.utf8), at: 30, .zip)
    }

    private static let office = "This is a spreadsheet or another Office document. Open it and save the sheet as CSV."
    private static let unpack = "Unpack it first, and take the CSV or JSON Lines file inside."
    private static let needed = "A table is needed, as CSV or JSON Lines."

    private static func problem(_ kind: FileKind) -> String? {
        switch kind {
        case .ole: office
        // Packed tables are unpacked, and what is in them is looked at then.
        case .gzip, .zstandard: nil
        case .zip, .bzip2, .xz, .sevenZip, .rar:
            "This is \(kind.words). \(unpack)"
        case .parquet, .arrow, .avro, .hdf5, .sqlite:
            "This is \(kind.words), which can not be read yet. Export the table as CSV or JSON Lines."
        case .png, .jpeg, .gif, .webp, .tiff: "This is \(kind.words) image, not a table. \(needed)"
        case .pdf: "This is a PDF document, not a table. \(needed)"
        case .elf, .windowsProgram, .machO: "This is \(kind.words), not a table. \(needed)"
        // A script is text, and a comment may begin a table.
        case .script, .other: nil
        }
    }

    /// A page that was saved in place of the file behind it.
    private static func markup(_ bytes: some Collection<UInt8>) -> String? {
        let text = String(decoding: bytes.prefix(64), as: UTF8.self).drop { $0.isWhitespace || $0 == "\u{FEFF}" }.lowercased()
        if text.hasPrefix("<!doctype html") || text.hasPrefix("<html") {
            return "This is an HTML page, not a table. Was it saved in place of the file behind it? \(needed)"
        }
        if text.hasPrefix("<svg") { return "This is an SVG image, not a table. \(needed)" }
        return text.hasPrefix("<?xml") ? "This is an XML document, not a table. \(needed)" : nil
    }
}
