import Foundation
import Tabular

/// Reads a mail as Outlook stores it (MS-OXMSG): who wrote it and when, its words, and the files that came with it.
struct MSGReader {
    private let file: CompoundFile
    private let limits: TextualLimits
    private var entries: EntryReader
    /// Messages, files and what is known of them: a folder may be named by many.
    private var nodes = 0

    private static let deepest = 10
    private static let mostNodes = 500_000

    /// - Returns: nil when the file holds no mail.
    /// - Throws: `TextualFailure`.
    static func read(_ file: CompoundFile, limits: TextualLimits) throws -> Document? {
        guard file.node("__properties_version1.0") != nil,
            file.children(of: file.root).contains(where: { $0.name.hasPrefix("__substg1.0_") })
        else {
            return nil
        }
        var document = Document(format: .msg)
        let children = file.children(of: file.root)
        let message = Properties(file, file.root, children, header: 32)
        document.metadata = metadata(message)
        var reader = MSGReader(file: file, limits: limits, entries: EntryReader(document, limits: limits))
        try reader.read(message, children, level: 1, part: nil, depth: 0)
        return reader.entries.document
    }

    private init(file: CompoundFile, limits: TextualLimits, entries: EntryReader) {
        self.file = file
        self.limits = limits
        self.entries = entries
    }

    /// What is known of a message, a recipient or a file: each property has a number (MS-OXPROPS).
    private struct Properties {
        private let file: CompoundFile
        private var streams: [String: CompoundFile.Node] = [:]
        private let fixed: [UInt8]
        private let header: Int

        init(_ file: CompoundFile, _ folder: CompoundFile.Node, _ children: [CompoundFile.Node], header: Int) {
            self.file = file
            self.header = header
            for node in children where node.name.hasPrefix("__substg1.0_") {
                streams[node.name.uppercased()] = node
            }
            fixed = file.stream("__properties_version1.0", in: folder) ?? []
        }

        private func node(_ id: String, _ type: String) -> CompoundFile.Node? { streams["__SUBSTG1.0_\(id)\(type)"] }

        func text(_ id: String) -> String? {
            let text: String
            if let node = node(id, "001F") {
                let bytes = file.content(of: node)
                text = bytes.utf16(0, units: bytes.count / 2)
            } else if let node = node(id, "001E") {
                // The code page of the mail, or of the one who stored it.
                let page = number("3FFD") ?? number("3FDE") ?? 0
                let bytes = file.content(of: node).filter { $0 != 0 }
                text = String(decoding: DecodedText(bytes, said: CodePages.encoding(page)).bytes, as: UTF8.self)
            } else {
                return nil
            }
            let trimmed = text.filter { $0 != "\0" }.trimmedLines
            return trimmed.isEmpty ? nil : trimmed
        }

        func bytes(_ id: String) -> [UInt8]? { node(id, "0102").map { file.content(of: $0) } }

        func folder(_ id: String) -> CompoundFile.Node? { node(id, "000D") }

        /// The place of a value that has no stream of its own.
        private func place(_ id: String, _ type: Int) -> Int? {
            guard let wanted = Int(id, radix: 16) else { return nil }
            return stride(from: header, to: fixed.count - 15, by: 16).first {
                fixed.u16($0 + 2) == wanted && fixed.u16($0) == type
            }.map { $0 + 8 }
        }

        func number(_ id: String) -> Int? { place(id, 3).map { fixed.i32($0) } }

        func isOn(_ id: String) -> Bool { place(id, 0x0B).map { fixed.u16($0) != 0 } ?? false }

        func moment(_ id: String) -> String? { place(id, 0x40).flatMap { SummaryReader.moment(fixed.u64($0)) } }
    }

    private static func sender(_ message: Properties) -> String? {
        let name = message.text("0C1A") ?? message.text("0042")
        let address = message.text("5D01") ?? message.text("0C1F") ?? message.text("0065")
        // An address inside of an organisation is a path that nobody reads.
        guard let address, address.contains("@"), !address.hasPrefix("/"), address != name else { return name ?? address }
        return name.map { "\($0) <\(address)>" } ?? address
    }

    private static func date(_ message: Properties) -> String? { message.moment("0039") ?? message.moment("0E06") }

    private static func metadata(_ message: Properties) -> [Document.Metadata] {
        let fields = [
            ("title", message.text("0037")), ("author", sender(message)), ("to", message.text("0E04")),
            ("cc", message.text("0E03")),
            ("created", date(message)), ("message_id", message.text("1035")),
        ]
        return fields.compactMap { name, value in value.map { Document.Metadata(name, $0) } }
    }

    private mutating func read(
        _ message: Properties, _ children: [CompoundFile.Node], level: Int, part: String?, depth: Int
    ) throws {
        let place = Place(part: part)
        let about = [
            ("From", Self.sender(message)), ("To", message.text("0E04")), ("Cc", message.text("0E03")),
            ("Bcc", message.text("0E02")), ("Date", Self.date(message)),
        ]
        entries.append(MailReader.head(message.text("0037"), about, level: level, at: place))
        try body(message, place)
        var unnamed = 0
        for node in children where node.isFolder && node.name.lowercased().hasPrefix("__attach_version1.0") {
            let inside = try open(node)
            let attachment = Properties(file, node, inside, header: 8)
            let name = (attachment.text("3707") ?? attachment.text("3704") ?? attachment.text("3001"))?.lastPathPart
            unnamed += 1
            let shown = name ?? "part-\(unnamed)"
            if let inner = attachment.folder("3701") {
                guard depth < Self.deepest else {
                    entries.leave(shown, TextualFailure.limit("Mails are inside each other more than \(Self.deepest) deep."))
                    continue
                }
                // A mail, or an object of another program.
                guard file.node("__properties_version1.0", in: inner) != nil else {
                    entries.leave(shown, TextualFailure("unknown_format", "An object of another program is not read."))
                    continue
                }
                let children = try open(inner)
                try read(Properties(file, inner, children, header: 24), children, level: level + 1, part: shown, depth: depth + 1)
            } else if let bytes = attachment.bytes("3701") {
                // Pictures that the body shows are no files.
                if attachment.isOn("7FFE"), EntryReader.isPicture(shown) {
                    entries.count(.picture)
                } else {
                    try entries.add(shown, bytes)
                }
            }
        }
    }

    /// What is in a folder.
    private mutating func open(_ folder: CompoundFile.Node) throws -> [CompoundFile.Node] {
        let children = file.children(of: folder)
        nodes += children.count + 200
        guard nodes <= Self.mostNodes else {
            throw TextualFailure.limit("The mail has more files and mails in it than a document may.")
        }
        return children
    }

    /// The richest of the bodies that says something.
    private mutating func body(_ message: Properties, _ place: Place) throws {
        var html = message.bytes("1013")
        var page = message.number("3FDE").flatMap { CodePages.encoding($0) }
        // One that is stored as text is decoded already.
        if html == nil, let text = message.text("1013") { (html, page) = (Array(text.utf8), "utf-8") }
        if let html, !html.isEmpty {
            let text = DecodedText(html, said: page ?? HTMLReader.encoding(html))
            let read = try HTMLReader.read(text.bytes, at: place, limits: limits)
            entries.count(read.receipt)
            if !read.blocks.isEmpty { return entries.append(read.blocks) }
        }
        if let packed = message.bytes("1009"), let rtf = RTFCompression.unpacked(packed), RTFReader.isRTF(rtf),
            message.text("1000") == nil
        {
            let document = try RTFReader.read(rtf, limits: limits)
            entries.count(document.receipt)
            if !document.blocks.isEmpty { return entries.append(document.blocks) }
        }
        guard let text = message.text("1000") else { return }
        var blocks = try TextReader.blocks(Array(text.utf8), at: place, limits: limits)
        for index in blocks.indices { blocks[index].place.line = nil }
        entries.append(blocks)
    }
}

/// Rich Text as Outlook packs it (MS-OXRTFCP): repeats of what stands in a window of 4096 bytes, which begins with usual words.
enum RTFCompression {
    private static let start = Array(
        ("{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor MS Sans SerifSymbolArial"
            + "Times New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx").utf8)
    private static let mostBytes = 64 << 20

    /// Nil for what is none.
    static func unpacked(_ bytes: [UInt8]) -> [UInt8]? {
        guard bytes.count > 16 else { return nil }
        let size = min(bytes.u32(4), mostBytes)
        // Not packed at all.
        if bytes.u32(8) == 0x414C_454D { return Array(bytes.part(16, size)) }
        guard bytes.u32(8) == 0x7546_5A4C else { return nil }
        var window = [UInt8](repeating: 0x20, count: 4096)
        window.replaceSubrange(0..<start.count, with: start)
        var write = start.count
        var out: [UInt8] = []
        var place = 16
        func put(_ byte: UInt8) {
            out.append(byte)
            window[write] = byte
            write = (write + 1) % 4096
        }
        while place < bytes.count, out.count < size {
            let flags = bytes[place]
            place += 1
            for bit in 0..<8 where place < bytes.count {
                if flags & (1 << bit) == 0 {
                    put(bytes[place])
                    place += 1
                } else {
                    guard place + 1 < bytes.count else { return out }
                    let reference = Int(bytes[place]) << 8 | Int(bytes[place + 1])
                    place += 2
                    let from = reference >> 4
                    if from == write { return out }
                    for index in 0..<((reference & 0xF) + 2) { put(window[(from + index) % 4096]) }
                }
            }
        }
        return out
    }
}
