import Core
import Crypto
import Foundation
import Tabular

/// Reads a document of any known format.
package enum Extractor {
    /// - Parameters:
    ///   - bytes: of the whole file.
    ///   - name: of the file. It decides nothing that the content tells; but a text may be Markdown, or a table, or neither.
    /// - Throws: `TextualFailure`.
    package static func read(_ bytes: [UInt8], name: String = "", limits: TextualLimits = TextualLimits()) throws -> Document {
        guard !bytes.isEmpty else { throw TextualFailure("empty_document", "The file is empty.") }
        guard bytes.count <= limits.fileBytes else {
            throw TextualFailure.limit("The file is larger than \(limits.fileBytes >> 20) MiB.")
        }
        if PDFReader.isPDF(bytes) { return try PDFReader.read(bytes, limits: limits) }
        if bytes.starts(with: [0x50, 0x4B, 0x03, 0x04]) || bytes.starts(with: [0x50, 0x4B, 0x05, 0x06]) {
            let package = try Package(bytes, limits: limits)
            var document = try packed(package, limits)
            if package.isDamaged { document.receipt.count(.broken) }
            return document
        }
        if bytes.starts(with: [0x1F, 0x8B, 0x08]) {
            let (content, isCutOff) = try ArchiveReader.gunzipped(bytes, limits: limits)
            var document = try read(content, name: bare(name), limits: try limits.inside())
            if isCutOff { document.receipt.count(.broken) }
            return document
        }
        if ArchiveReader.isTar(bytes) { return try ArchiveReader.tar(bytes, limits: limits) }
        if bytes.starts(with: CompoundFile.magic) { return try compound(bytes, limits) }
        if let document = try TextFormats.read(bytes, name: name, limits: limits) { return document }
        throw unknown
    }

    /// The name without what packing added to it.
    private static func bare(_ name: String) -> String {
        if name.lowercased().hasSuffix(".tgz") { return String(name.dropLast(4)) + ".tar" }
        return name.lowercased().hasSuffix(".gz") ? String(name.dropLast(3)) : name
    }

    private static func packed(_ given: Package, _ limits: TextualLimits) throws -> Document {
        var package = given
        if let format = OpenDocumentReader.format(of: &package) {
            return try OpenDocumentReader.read(package, format, limits: limits)
        }
        if package.has("META-INF/container.xml"), let book = try EPUBReader.read(package, limits: limits) { return book }
        let main = package.relations(of: "").values.first { $0.type == "officeDocument" && !$0.isExternal }?.target
        // The folder of the main part is a habit that all programs keep; what counts is the root element.
        if let main, let part = try package.part(main), let root = root(of: part) {
            switch root {
            case "document": return try WordReader.read(package, main: main, limits: limits)
            case "workbook": return try SheetReader.read(package, main: main, limits: limits)
            case "presentation": return try SlideReader.read(package, main: main, limits: limits)
            default: break
            }
        }
        let usual: [(name: String, read: (Package, String, TextualLimits) throws -> Document)] = [
            ("word/document.xml", WordReader.read), ("xl/workbook.xml", SheetReader.read),
            ("ppt/presentation.xml", SlideReader.read),
        ]
        for (name, read) in usual where package.has(name) { return try read(package, name, limits) }
        // An Office document of a kind that is not read is no archive of files.
        if package.has("[Content_Types].xml") {
            throw TextualFailure("unknown_format", "The archive is none of the documents that can be read.")
        }
        return try ArchiveReader.zip(package, limits: limits)
    }

    private static func root(of part: [UInt8]) -> XMLName? {
        var reader = XMLReader(part)
        while let event = try? reader.next(), event != .finished { if event == .start { return reader.name } }
        return nil
    }

    private static func compound(_ bytes: [UInt8], _ limits: TextualLimits) throws -> Document {
        let file = try CompoundFile(bytes)
        // A newer document that is locked (MS-OFFCRYPTO, section 2.3.4.4).
        if file.node("EncryptedPackage") != nil {
            throw TextualFailure.locked()
        }
        if let document = try DOCReader.read(file, limits: limits) { return document }
        if let document = try XLSReader.read(file, limits: limits) { return document }
        if let document = try PPTReader.read(file, limits: limits) { return document }
        if let document = try MSGReader.read(file, limits: limits) { return document }
        throw unknown
    }

    private static var unknown: TextualFailure {
        TextualFailure("unknown_format", "The file is none that can be read; known are \(DocumentFormat.titles).")
    }

    /// The same for the same bytes: the stem of the name and the first eight digits of SHA-256.
    package static func id(fileName: String, bytes: [UInt8]) -> String {
        let name = fileName.split(separator: "/").last ?? ""
        let stem = name.lastIndex(of: ".").map { $0 > name.startIndex ? name[..<$0] : name } ?? name
        return "\(stem)-\(SHA256.hash(data: bytes).prefix(4).hex)"
    }
}

extension TextualLimits {
    /// For a file inside of another.
    /// - Throws: `TextualFailure` `limit_exceeded` where that is too deep.
    func inside() throws -> TextualLimits {
        guard containers > 0 else {
            throw TextualFailure.limit("Archives and mails are inside each other more than \(TextualLimits().containers) deep.")
        }
        var limits = self
        limits.containers -= 1
        return limits
    }
}
