import Core

/// Whether a file can be what its content type says.
enum ContentClaim {
    private enum Wanted {
        case kind(FileKind)
        case text, html
    }

    private static let known: [String: Wanted] = {
        var known: [String: Wanted] = [
            "application/pdf": .kind(.pdf), "image/png": .kind(.png), "image/jpeg": .kind(.jpeg), "image/jpg": .kind(.jpeg),
            "image/gif": .kind(.gif), "image/webp": .kind(.webp),
            "application/zip": .kind(.zip), "application/x-zip-compressed": .kind(.zip), "application/epub+zip": .kind(.zip),
            "application/gzip": .kind(.gzip), "application/x-gzip": .kind(.gzip),
            "application/msword": .kind(.ole), "application/vnd.ms-excel": .kind(.ole),
            "application/vnd.ms-powerpoint": .kind(.ole),
            "text/plain": .text, "text/csv": .text, "text/markdown": .text, "text/x-markdown": .text, "application/json": .text,
            "text/html": .html, "application/xhtml+xml": .html,
        ]
        for part in ["wordprocessingml.document", "spreadsheetml.sheet", "presentationml.presentation"] {
            known["application/vnd.openxmlformats-officedocument.\(part)"] = .kind(.zip)
        }
        for part in ["text", "spreadsheet", "presentation", "graphics"] {
            known["application/vnd.oasis.opendocument.\(part)"] = .kind(.zip)
        }
        return known
    }()

    /// Endings of names that promise a document, for those who name no content type.
    private static let documentEndings: Set<String> = [
        "pdf", "png", "jpg", "jpeg", "gif", "webp", "doc", "docx", "xls", "xlsx", "ppt", "pptx", "odt", "ods", "odp", "epub",
        "txt",
        "csv", "md", "json", "html", "htm", "rtf",
    ]

    /// - Throws: `Finding.refused`.
    static func check(_ contentType: String?, fileName: String, bytes: ArraySlice<UInt8>) throws {
        let kind = FileKind(bytes)
        guard let contentType else {
            let ending = fileName.split(separator: ".").last.map { $0.lowercased() } ?? ""
            guard kind.isProgram, documentEndings.contains(ending) else { return }
            throw Finding.refused("the name ends in .\(ending), but the file begins like \(kind.words)")
        }
        let type = contentType.prefix { $0 != ";" }.lowercased().filter { !$0.isWhitespace }
        switch known[type] {
        case .kind(let wanted):
            let isPDF = wanted == .pdf && kind == .other && FileKind.isPDF(bytes)
            if kind != wanted, !isPDF { throw mismatch(type, kind) }
        case .text:
            if kind != .other { throw mismatch(type, kind) }
            try mustBeText(bytes, type)
        case .html:
            if kind != .other { throw mismatch(type, kind) }
            try mustBeText(bytes, type)
            guard bytes.first(where: { !TextCheck.isBlank($0) }) == UInt8(ascii: "<") else {
                throw Finding.refused("content type is \(type), but the file does not begin with a tag")
            }
        case nil:
            let isDocument = ["image/", "audio/", "video/", "font/", "application/vnd."].contains { type.hasPrefix($0) }
            if isDocument, kind.isProgram { throw mismatch(type, kind) }
        }
    }

    private static func mismatch(_ type: String, _ kind: FileKind) -> Finding {
        .refused("content type is \(type), but the file begins like \(kind.words)")
    }

    private static func mustBeText(_ bytes: ArraySlice<UInt8>, _ type: String) throws {
        switch TextCheck(bytes) {
        case .text: break
        case .zero: throw Finding.refused("content type is \(type), but the file holds NUL bytes, which no text has")
        case .broken: throw Finding.refused("content type is \(type), but the file is neither UTF-8 nor UTF-16 text")
        }
    }
}

/// Whether bytes are text: UTF-8 without NUL, or UTF-16 with a byte order mark.
enum TextCheck: Equatable {
    case text, zero, broken

    init(_ bytes: ArraySlice<UInt8>) {
        if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
            self = Self.utf16(bytes)
        } else if bytes.contains(0) {
            self = .zero
        } else {
            self = String(validating: bytes, as: UTF8.self) == nil ? .broken : .text
        }
    }

    private static func utf16(_ bytes: ArraySlice<UInt8>) -> TextCheck {
        guard bytes.count.isMultiple(of: 2) else { return .broken }
        let isLittle = bytes.first == 0xFF
        let units = stride(from: bytes.startIndex + 2, to: bytes.endIndex, by: 2).lazy.map { index in
            let (first, second) = (UInt16(bytes[index]), UInt16(bytes[index + 1]))
            return isLittle ? second << 8 | first : first << 8 | second
        }
        if units.contains(0) { return .zero }
        return String(validating: Array(units), as: UTF16.self) == nil ? .broken : .text
    }

    /// White space, and the bytes of a byte order mark.
    static func isBlank(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x09, 0x0A, 0x0C, 0x0D, 0x20, 0xEF, 0xBB, 0xBF, 0xFE, 0xFF, 0x00: true
        default: false
        }
    }
}
