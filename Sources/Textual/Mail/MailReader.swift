import Core
import Foundation
import Tabular

/// Reads a mail (RFC 5322, MIME): who wrote it and when, its words, and the files that came with it, each read as if it had come alone.
struct MailReader {
    private let limits: TextualLimits
    private var entries: EntryReader
    private var parts = 0
    private var unnamed = 0
    /// Whether parts were left out because they are too many.
    private var isCut = false

    /// Messages and parts inside each other.
    private static let deepest = 20

    /// Fields of which one mail has some, and other texts none.
    private static let known: Set<String> = [
        "from", "to", "cc", "subject", "date", "received", "return-path", "message-id", "mime-version", "content-type",
        "reply-to",
        "delivered-to", "sender", "x-mailer", "dkim-signature", "content-transfer-encoding", "user-agent", "in-reply-to",
        "list-id",
        "envelope-to", "authentication-results", "x-priority", "references", "thread-topic",
    ]

    private static let sure: Set<String> = [
        "received", "message-id", "mime-version", "return-path", "delivered-to", "dkim-signature", "x-mailer",
        "authentication-results",
        "envelope-to",
    ]

    /// Whether a file begins like a mail.
    /// - Parameter fewest: fields that a mail has; two where nothing else says that it is one.
    static func isMail(_ bytes: [UInt8], fewest: Int) -> Bool {
        var names: Set<String> = []
        var rest = bytes.prefix(32 << 10)
        if rest.starts(with: [0xEF, 0xBB, 0xBF]) { rest = rest.dropFirst(3) }
        if fewest == 1 { rest = rest.drop { $0 == 0x0A || $0 == 0x0D } }
        var isFirst = true
        for line in rest.split(separator: 0x0A, omittingEmptySubsequences: false).prefix(400) {
            let line = line.last == 0x0D ? line.dropLast() : line
            if line.isEmpty { break }
            defer { isFirst = false }
            if line.first == 0x20 || line.first == 0x09 {
                if isFirst { return false }
                continue
            }
            if isFirst, line.starts(with: Array("From ".utf8)) { continue }
            let name = line.prefix { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: ":") }
            guard !name.isEmpty, name.count < 80, line.dropFirst(name.count).first == UInt8(ascii: ":") else { break }
            names.insert(String(decoding: name, as: UTF8.self).lowercased())
        }
        let found = names.intersection(known)
        // A letter, a list of settings or an answer of a web server has some of these too, but nothing that mail programs write alone.
        return found.count >= fewest && (fewest == 1 || !found.isDisjoint(with: sure))
    }

    /// - Throws: `TextualFailure`.
    static func read(_ bytes: [UInt8], limits: TextualLimits) throws -> Document {
        var document = Document(format: .eml)
        let mark = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        // Empty lines before the header.
        let start = mark + bytes.dropFirst(mark).prefix { $0 == 0x0A || $0 == 0x0D }.count
        let message = MIMEPart(bytes[start...])
        document.metadata = metadata(message)
        var reader = MailReader(limits: limits, entries: EntryReader(document, limits: limits))
        try reader.message(message, number: "", level: 1, depth: 0)
        return reader.entries.document
    }

    private init(limits: TextualLimits, entries: EntryReader) {
        self.limits = limits
        self.entries = entries
    }

    private static func metadata(_ message: MIMEPart) -> [Document.Metadata] {
        let names = [
            ("subject", "title"), ("from", "author"), ("to", "to"), ("cc", "cc"), ("date", "created"),
            ("message-id", "message_id"),
            ("in-reply-to", "in_reply_to"),
        ]
        return names.compactMap { field, name in message.text(field).map { Document.Metadata(name, $0) } }
    }

    /// Messages inside of others are numbered with them: `1`, `1.2`.
    private mutating func message(_ message: MIMEPart, number: String, level: Int, depth: Int) throws {
        let place = Self.place(number)
        let about = ["From", "To", "Cc", "Bcc", "Reply-To", "Date"].map { ($0, message.text($0.lowercased())) }
        entries.append(Self.head(message.text("subject"), about, level: level, at: place))
        try part(message, number: number.isEmpty ? "1" : number, level: level, depth: depth)
    }

    /// What stands above the words of a mail: its subject, and who wrote it to whom and when.
    static func head(_ subject: String?, _ about: [(name: String, value: String?)], level: Int, at place: Place) -> [Block] {
        let lines = about.compactMap { name, value in value.map { "\(name): \($0)" } }
        var blocks = subject.map { [Block(.heading, $0, level: min(9, level), at: place)] } ?? []
        if !lines.isEmpty { blocks.append(Block(.paragraph, lines.joined(separator: "\n"), at: place)) }
        return blocks
    }

    private static func place(_ number: String) -> Place { Place(part: number.isEmpty ? nil : "MIME part \(number)") }

    private mutating func part(_ part: MIMEPart, number: String, level: Int, depth: Int) throws {
        parts += 1
        guard parts <= limits.parts, depth < Self.deepest else {
            if !isCut {
                entries.leave(
                    "MIME part \(number)",
                    TextualFailure.limit(
                        "The mail has more than \(limits.parts) parts, or more than \(Self.deepest) inside each other."))
            }
            isCut = true
            return
        }
        switch part.type {
        case let type where type.hasPrefix("multipart/"): try several(part, number: number, level: level, depth: depth)
        case "message/rfc822", "message/global", "message/news":
            // A message may itself be packed for the way.
            let inner = part.content
            try message(MIMEPart(inner[...]), number: number, level: level + 1, depth: depth + 1)
        case "text/plain", "text/html", "text/enriched", "text/richtext":
            if isFile(part) { try file(part) } else { try words(part, number: number) }
        case "message/delivery-status", "message/disposition-notification", "text/rfc822-headers":
            try words(part, number: number)
        case "application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature": break
        case "application/pgp-encrypted": leaveLocked("message")
        case "application/pkcs7-mime" where part.parameter("smime-type") == "signed-data",
            "application/x-pkcs7-mime" where part.parameter("smime-type") == "signed-data":
            // The letter stands inside of its signature (RFC 8551, section 3.5.2).
            guard let inner = SignedData.content(part.content) else { return try file(part) }
            try self.part(MIMEPart(inner[...]), number: "\(number).1", level: level, depth: depth + 1)
        case "text/calendar", "text/x-vcalendar", "text/vcard", "text/x-vcard": try file(part)
        case "application/pkcs7-mime" where part.parameter("smime-type") != "signed-data",
            "application/x-pkcs7-mime" where part.parameter("smime-type") != "signed-data":
            leaveLocked(part.fileName ?? "smime.p7m")
        case let type where type.hasPrefix("image/") && part.disposition != "attachment": entries.count(.picture)
        default: try file(part)
        }
    }

    private func isFile(_ part: MIMEPart) -> Bool {
        part.disposition == "attachment" || part.fileName != nil && part.disposition != "inline"
    }

    private mutating func several(_ part: MIMEPart, number: String, level: Int, depth: Int) throws {
        let isDigest = part.type == "multipart/digest"
        let inner = part.parts(standard: isDigest ? "message/rfc822" : "text/plain", most: limits.parts)
        guard !inner.isEmpty else {
            // Without its boundary it is read as text.
            return try words(part, number: number)
        }
        func read(_ index: Int) throws {
            try self.part(inner[index], number: "\(number).\(index + 1)", level: level, depth: depth + 1)
        }
        switch part.type {
        case "multipart/alternative":
            // The last one is the richest (RFC 2046, section 5.1.4). One that has no words says less than a plain one.
            let order = inner.indices.reversed().sorted { Self.rank(inner[$0]) > Self.rank(inner[$1]) }
            for (position, index) in order.enumerated() {
                let before = entries.document.blocks.count
                try read(index)
                if entries.document.blocks.count > before || position > 1 { break }
            }
            // Files beside the alternatives, where some programs put them, and invitations.
            for index in inner.indices where index != order.first {
                if isFile(inner[index]) || inner[index].type == "text/calendar" { try read(index) }
            }
        case "multipart/encrypted": leaveLocked("message")
        case "multipart/signed":
            for index in inner.indices.dropLast(inner.count > 1 ? 1 : 0) { try read(index) }
        default: for index in inner.indices { try read(index) }
        }
    }

    private static func rank(_ part: MIMEPart) -> Int {
        switch part.type {
        case "text/html": 3
        case "multipart/related", "multipart/mixed", "multipart/alternative": 4
        case "text/plain": 2
        case "text/enriched", "text/richtext": 1
        default: 0
        }
    }

    private mutating func words(_ part: MIMEPart, number: String) throws {
        let place = Self.place(number)
        let content = part.content
        if part.type == "text/html" || part.type == "text/enriched" || part.type == "text/richtext" {
            let text = DecodedText(
                content,
                said: part.parameter("charset") ?? HTMLReader.encoding(content))
            let read = try HTMLReader.read(text.bytes, at: place, limits: limits)
            entries.append(read.blocks)
            entries.count(read.receipt)
            return
        }
        var text = DecodedText(content, said: part.parameter("charset")).bytes
        if part.parameter("format")?.lowercased() == "flowed" {
            text = Self.unflowed(text, removesSpace: part.parameter("delsp")?.lowercased() == "yes")
        }
        var blocks = try TextReader.blocks(text, at: place, limits: limits)
        // The lines of a decoded part are not those of the file.
        for index in blocks.indices { blocks[index].place.line = nil }
        entries.append(blocks)
    }

    /// Lines that end with a space go on in the next one (RFC 3676).
    private static func unflowed(_ text: [UInt8], removesSpace: Bool) -> [UInt8] {
        var lines: [[UInt8]] = []
        // How deep the line is quoted that goes on.
        var open: Int?
        for line in TextReader.plain(text).split(separator: 0x0A, omittingEmptySubsequences: false) {
            let quotes = line.prefix { $0 == UInt8(ascii: ">") }.count
            var rest = line.dropFirst(quotes)
            // A space was put before what would have looked like a quotation.
            if rest.first == 0x20 { rest.removeFirst() }
            let isSignature = rest.elementsEqual("-- ".utf8)
            if open == quotes, !isSignature {
                lines[lines.count - 1] += rest
            } else {
                lines.append([UInt8](repeating: UInt8(ascii: ">"), count: quotes) + (quotes > 0 ? [0x20] : []) + rest)
            }
            open = rest.last == 0x20 && !isSignature ? quotes : nil
            if removesSpace, open != nil { lines[lines.count - 1].removeLast() }
        }
        return Array(lines.joined(separator: [0x0A]))
    }

    // MARK: Files

    private mutating func file(_ part: MIMEPart) throws {
        let content = part.content
        guard !content.isEmpty else { return }
        try entries.add(part.fileName.flatMap { $0.isEmpty ? nil : $0 } ?? name(part.type), content)
    }

    private mutating func name(_ type: String) -> String {
        unnamed += 1
        let kind = type.split(separator: "/").last.map(String.init) ?? "data"
        let endings = ["plain": "txt", "calendar": "ics", "octet-stream": "bin", "vcard": "vcf", "markdown": "md"]
        return "part-\(unnamed).\(endings[kind] ?? kind)"
    }

    private mutating func leaveLocked(_ name: String) {
        entries.leave(name, TextualFailure.locked("The message is encrypted."))
    }
}
