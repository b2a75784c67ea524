import Archives
import Foundation
import Tabular

/// Reads archives: ZIP, tar, and what gzip has packed.
enum ArchiveReader {
    /// - Throws: `TextualFailure`.
    static func zip(_ given: Package, limits: TextualLimits) throws -> Document {
        var package = given
        var entries = EntryReader(Document(format: .zip), limits: limits)
        var count = 0
        for (name, content) in package.salvaged where isFile(name) {
            count += 1
            try entries.add(name, content)
        }
        for member in package.all where isFile(member.name) {
            count += 1
            let name = Self.name(member)
            let content: [UInt8]
            do {
                content = try package.content(of: member)
            } catch let failure as TextualFailure {
                entries.leave(name, failure)
                continue
            }
            try entries.add(name, content)
            if !member.isWhole(content) {
                entries.mark(name, TextualFailure.broken("its checksum does not fit, so what was read may be wrong"))
            }
        }
        return finished(entries, count)
    }

    /// POSIX.1-1988 and 2001 (ustar, pax) and GNU tar.
    /// - Throws: `TextualFailure`.
    static func tar(_ bytes: [UInt8], limits: TextualLimits) throws -> Document {
        var entries = EntryReader(Document(format: .tar), limits: limits)
        var reader = TarReader(bytes)
        var count = 0
        while let member = reader.next() {
            guard isFile(member.name) else { continue }
            count += 1
            guard count <= limits.members else {
                throw TextualFailure.limit("The archive has more than \(limits.members) files.")
            }
            guard let content = member.content else {
                entries.leave(member.name, TextualFailure("unknown_format", "The file is stored in a way that is not read."))
                continue
            }
            try entries.add(member.name, Array(content))
        }
        var document = finished(entries, count)
        if reader.isCutOff { document.receipt.count(.broken) }
        return document
    }

    static func isTar(_ bytes: [UInt8]) -> Bool { TarReader.isHeader(bytes[...]) }

    /// What is in a gzip file (RFC 1952), which may have several parts.
    /// - Returns: whether the end is missing, too.
    /// - Throws: `TextualFailure`.
    static func gunzipped(_ bytes: [UInt8], limits: TextualLimits) throws -> (content: [UInt8], isCutOff: Bool) {
        var content: [UInt8] = []
        var rest = bytes[...]
        while rest.starts(with: [0x1F, 0x8B]) {
            do {
                let used = try Inflater.run(.gzip, rest) { piece in
                    content += piece
                    guard content.count <= max(1_000_000, bytes.count * limits.ratio) else {
                        throw TextualFailure.limit("The file grows to more than \(limits.ratio) times its size.")
                    }
                    guard content.count <= limits.unpackedBytes else {
                        throw TextualFailure.limit("The file grows to more than \(limits.unpackedBytes >> 20) MiB.")
                    }
                }
                rest = rest.dropFirst(used)
            } catch let failure as TextualFailure {
                throw failure
            } catch {
                guard !content.isEmpty else { throw TextualFailure.broken("it can not be unpacked") }
                return (content, true)
            }
        }
        return (content, false)
    }

    /// Names that are not UTF-8 are in the code page of DOS (APPNOTE.TXT 6.3, appendix D).
    private static func name(_ member: ZipDirectory.Member) -> String {
        guard member.name.unicodeScalars.contains("\u{FFFD}"), let known = DecodedText.utf8(member.nameBytes, in: "ibm437") else {
            return member.name
        }
        return String(decoding: known, as: UTF8.self)
    }

    /// Not a folder, and not what a system writes for itself.
    private static func isFile(_ name: String) -> Bool {
        guard !name.hasSuffix("/"), !name.isEmpty else { return false }
        let parts = name.split(separator: "/")
        guard let file = parts.last, parts.first != "__MACOSX", !file.hasPrefix("._") else { return false }
        return ![".DS_Store", "Thumbs.db", "desktop.ini"].contains(String(file))
    }

    private static func finished(_ entries: EntryReader, _ count: Int) -> Document {
        var document = entries.document
        document.pageCount = count
        return document
    }
}

/// The members of a tar archive.
struct TarReader {
    struct Member {
        let name: String
        /// Nil for one whose bytes are not all there, such as a file with holes.
        let content: ArraySlice<UInt8>?
    }

    private let bytes: [UInt8]
    private var place = 0
    private(set) var isCutOff = false

    private static let block = 512
    private static let mostNameBytes = 4096

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// Whether a header stands at the beginning: its checksum counts its own place as spaces.
    static func isHeader(_ bytes: ArraySlice<UInt8>) -> Bool {
        guard bytes.count >= block, let said = number(bytes.dropFirst(148).prefix(8)) else { return false }
        var sum = 0
        for (index, byte) in bytes.prefix(block).enumerated() { sum += 148..<156 ~= index ? 0x20 : Int(byte) }
        return sum == said && bytes.first != 0
    }

    /// The next file.
    mutating func next() -> Member? {
        var longName: String?
        var longSize: Int?
        while place + Self.block <= bytes.count {
            let header = bytes[place..<(place + Self.block)]
            guard Self.isHeader(header) else {
                // Two empty blocks end the archive; behind a broken one the next may be whole.
                guard header.contains(where: { $0 != 0 }) else { return nil }
                isCutOff = true
                place += Self.block
                continue
            }
            let type = header[place + 156]
            let isFile = type == 0 || type == UInt8(ascii: "0") || type == UInt8(ascii: "7")
            guard let size = (isFile ? longSize : nil) ?? Self.number(header.dropFirst(124).prefix(12)), size >= 0 else {
                isCutOff = true
                return nil
            }
            let start = place + Self.block
            let end = min(bytes.count, start + min(size, bytes.count))
            if size > bytes.count - start { isCutOff = true }
            let content = bytes[start..<end]
            place = end + (Self.block - size % Self.block) % Self.block
            switch type {
            case UInt8(ascii: "L"): longName = Self.text(content.prefix(Self.mostNameBytes))
            case UInt8(ascii: "x"):
                let fields = Self.fields(content)
                if let path = fields["path"] { longName = path }
                if let size = fields["size"] { longSize = Int(size) }
            case UInt8(ascii: "S"): return Member(name: longName ?? Self.name(header), content: nil)
            case _ where isFile: return Member(name: longName ?? Self.name(header), content: content)
            case UInt8(ascii: "K"), UInt8(ascii: "g"): continue
            // Links and folders have no bytes.
            default: (longName, longSize) = (nil, nil)
            }
        }
        return nil
    }

    private static func name(_ header: ArraySlice<UInt8>) -> String {
        let name = text(header.prefix(100))
        let isPOSIX = header.dropFirst(257).starts(with: Array("ustar\0".utf8))
        let prefix = isPOSIX ? text(header.dropFirst(345).prefix(155)) : ""
        return prefix.isEmpty ? name : "\(prefix)/\(name)"
    }

    private static func text(_ bytes: ArraySlice<UInt8>) -> String { String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self) }

    /// Octal digits; or, with the highest bit set, a number of bytes.
    private static func number(_ field: ArraySlice<UInt8>) -> Int? {
        guard let first = field.first else { return nil }
        if first & 0x80 != 0 {
            return field.dropFirst().reduce(Int?(Int(first & 0x3F))) { sum, byte in
                sum.flatMap { $0 < 1 << 50 ? $0 << 8 | Int(byte) : nil }
            }
        }
        let digits = field.drop { $0 == 0x20 }.prefix { 0x30...0x37 ~= $0 }
        guard !digits.isEmpty else { return nil }
        return digits.reduce(0) { $0 << 3 | Int($1 - 0x30) }
    }

    /// Records of `length name=value`.
    private static func fields(_ content: ArraySlice<UInt8>) -> [String: String] {
        var fields: [String: String] = [:]
        var rest = content
        while let space = rest.firstIndex(of: 0x20),
            let length = Int(String(decoding: rest[rest.startIndex..<space], as: UTF8.self)),
            length > space - rest.startIndex + 1, length <= rest.count
        {
            let record = rest[(space + 1)..<(rest.startIndex + length - 1)]
            if let equals = record.firstIndex(of: UInt8(ascii: "=")) {
                fields[String(decoding: record[..<equals], as: UTF8.self)] = String(
                    decoding: record[(equals + 1)...].prefix(mostNameBytes), as: UTF8.self)
            }
            rest = rest.dropFirst(length)
        }
        return fields
    }
}
