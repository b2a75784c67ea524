import Foundation
import Tabular

/// Reads files that are text, whatever it is: marked up, a table, data, mail, or plain.
enum TextFormats {
    /// - Returns: nil when the file is no text.
    /// - Throws: `TextualFailure`.
    static func read(_ bytes: [UInt8], name: String, limits: TextualLimits) throws -> Document? {
        if RTFReader.isRTF(bytes) { return try RTFReader.read(bytes, limits: limits) }
        if MailboxReader.isMailbox(bytes) { return try MailboxReader.read(bytes, limits: limits) }
        let ending = Ending(name)
        if CalendarReader.isCalendar(bytes) { return try CalendarReader.read(DecodedText(bytes).bytes, limits: limits) }
        // What programmers write is what it is, whatever it begins with.
        if ending.isCode, isText(bytes) { return try TextReader.read(DecodedText(bytes).bytes, limits: limits) }
        if MailReader.isMail(bytes, fewest: ending.isOneOf("eml", "mht", "mhtml", "msg") ? 1 : 2) {
            return try MailReader.read(bytes, limits: limits)
        }
        guard isText(bytes) else { return nil }
        // Markdown often begins with a piece of HTML.
        let isMarkdown = ending.isOneOf("md", "markdown", "mdown", "mkd", "mdx", "rmd", "qmd")
        if isMarkdown || ending.isOneOf("") && MarkdownReader.isMarkdown(bytes) {
            return try MarkdownReader.read(DecodedText(bytes).bytes, limits: limits)
        }
        let head = Head(bytes, isPlain: ending.isOneOf("txt", "text"))
        if head.isHTML || ending.isOneOf("html", "htm", "xhtml", "xht") { return try html(bytes, limits) }
        if head.isXML, let document = try xml(bytes, ending, limits) { return document }
        let text = DecodedText(bytes)
        if head.isJSON || ending.isOneOf("json", "jsonl", "ndjson", "geojson", "jsonld"),
            let value = JSONDataReader.read(text.bytes, limits: limits), !value.isScalar || ending.isOneOf("json")
        {
            var document = Document(format: .json)
            document.blocks = try DataBlocks.blocks(value, limits: limits)
            return document
        }
        if ending.isOneOf("csv", "tsv", "tab", "psv"), let document = try table(text, name, limits) { return document }
        let mayBeTable = ending.isOneOf("", "txt", "text", "dat", "data", "asc", "prn", "out", "xls")
        if mayBeTable, TableReader.isTable(lines(text.bytes)), let document = try table(text, name, limits) { return document }
        return try TextReader.read(text.bytes, limits: limits)
    }

    private static func table(_ text: DecodedText, _ name: String, _ limits: TextualLimits) throws -> Document? {
        do {
            return try TableReader.read(text, name: name, limits: limits)
        } catch is TabularFailure {
            return nil
        }
    }

    private static func html(_ bytes: [UInt8], _ limits: TextualLimits) throws -> Document {
        let text = DecodedText(bytes, said: HTMLReader.encoding(bytes))
        let read = try HTMLReader.read(text.bytes, at: Place(), limits: limits)
        var document = Document(format: .html)
        document.metadata = read.metadata
        if let language = read.language, !language.isEmpty { document.metadata.append(.init("language", language)) }
        (document.blocks, document.receipt) = (read.blocks, read.receipt)
        return document
    }

    private static func xml(_ bytes: [UInt8], _ ending: Ending, _ limits: TextualLimits) throws -> Document? {
        guard let root = try XMLElement.read(bytes, limits: limits) else {
            guard ending.isOneOf("xml") else { return nil }
            // Broken: its words are there all the same.
            let read = try HTMLReader.read(bytes.asUTF8, at: Place(), limits: limits)
            var document = Document(format: .xml)
            (document.blocks, document.receipt) = (read.blocks, read.receipt)
            document.receipt.count(.broken)
            return document
        }
        if root.name.lowercased() == "html" { return try html(bytes, limits) }
        return try XMLDocumentReader.read(root, limits: limits)
    }

    /// Whole lines of the beginning.
    private static func lines(_ text: [UInt8]) -> [UInt8] {
        guard text.count > headBytes else { return text }
        let head = text.prefix(headBytes)
        return Array(head.lastIndex(of: 0x0A).map { head[...$0] } ?? head)
    }

    private static let headBytes = 64 << 10

    /// Whether the bytes are text in some encoding, and not a picture, a program or noise.
    private static func isText(_ bytes: [UInt8]) -> Bool {
        let head = Array(bytes.prefix(headBytes))
        let text = DecodedText(head)
        // Of UTF-16 and UTF-32 zero bytes are a part.
        if head.contains(0), !text.encoding.hasPrefix("utf-16"), !text.encoding.hasPrefix("utf-32") {
            guard head.count(where: { $0 == 0 }) * 100 < head.count else { return false }
        }
        var (odd, letters) = (0, 0)
        for scalar in String(decoding: text.bytes, as: UTF8.self).unicodeScalars {
            switch scalar.value {
            case 0x09, 0x0A, 0x0C, 0x0D, 0x08, 0x1B, 0x1A: break
            case 0..<0x20, 0x7F..<0xA0, 0xFFFD: odd += 1
            default: letters += 1
            }
        }
        return odd * 20 <= letters || odd * 4 <= letters && text.confidence >= 0.9
    }

    /// The ending of a file name.
    private struct Ending {
        private let text: String

        init(_ name: String) {
            text =
                name.split(separator: "/").last.flatMap { name in
                    name.lastIndex(of: ".").map { name[name.index(after: $0)...].lowercased() }
                } ?? ""
        }

        func isOneOf(_ endings: String...) -> Bool { endings.contains(text) }

        var isCode: Bool { Self.code.contains(text) }

        private static let code: Set<String> = [
            "c", "h", "cc", "cpp", "cxx", "hpp", "cs", "java", "kt", "js", "jsx", "mjs", "ts", "tsx", "vue", "svelte", "py",
            "rb", "go", "rs", "swift", "php", "pl", "sh", "bash", "ps1", "bat", "sql", "yaml", "yml", "toml", "ini", "cfg",
            "conf", "env", "properties", "log", "tex", "bib", "css", "scss", "less", "ics", "vcf", "srt", "vtt", "lua", "r", "m",
            "scala", "diff", "patch", "rst", "adoc", "org",
        ]
    }

    /// What a text begins with, behind white space, comments and declarations.
    private struct Head {
        private(set) var isHTML = false
        private(set) var isXML = false
        private(set) var isJSON = false

        private static let names: Set<String> = [
            "html", "head", "body", "title", "meta", "link", "script", "style", "div", "p", "table", "h1", "h2", "h3", "h4", "ul",
            "ol",
            "span", "a", "b", "i", "font", "center", "br", "img", "article", "section", "main", "header", "nav", "base", "form",
            "pre",
            "blockquote", "strong", "em", "hr",
        ]

        /// - Parameter isPlain: whether the name says that it is plain text: then a tag alone says nothing else.
        init(_ bytes: [UInt8], isPlain: Bool) {
            // Zero bytes of UTF-16 are passed over: what is looked for is ASCII.
            let head = bytes.prefix(8192).filter { $0 != 0 }
            var place = 0
            if head.starts(with: [0xEF, 0xBB, 0xBF]) {
                place = 3
            } else if head.starts(with: [0xFF, 0xFE]) || head.starts(with: [0xFE, 0xFF]) {
                place = 2
            }
            func skipSpace() { while place < head.count, head[place] <= 0x20 { place += 1 } }
            func begins(_ text: String) -> Bool {
                head.count - place >= text.utf8.count
                    && String(decoding: head[place..<(place + text.utf8.count)], as: UTF8.self).lowercased() == text
            }
            func contains(_ text: String) -> Bool { String(decoding: head, as: UTF8.self).lowercased().contains(text) }
            func skip(behind mark: UInt8) {
                while place < head.count, head[place] != mark { place += 1 }
                place = min(head.count, place + 1)
            }
            skipSpace()
            isJSON = begins("{") || begins("[")
            while begins("<") {
                if begins("<!doctype html") {
                    isHTML = true
                    return
                } else if begins("<!--") {
                    while place < head.count, !begins("-->") { place += 1 }
                    place = min(head.count, place + 3)
                } else if begins("<?xml") || begins("<!doctype") {
                    isXML = true
                    let isType = begins("<!doctype")
                    while place < head.count, head[place] != UInt8(ascii: ">"), !isType || head[place] != UInt8(ascii: "[") {
                        place += 1
                    }
                    // What a document type declares.
                    if place < head.count, head[place] == UInt8(ascii: "[") { skip(behind: UInt8(ascii: "]")) }
                    skip(behind: UInt8(ascii: ">"))
                } else if begins("<?") {
                    skip(behind: UInt8(ascii: ">"))
                } else {
                    let name = head[(place + 1)...].prefix { 0x30...0x39 ~= $0 || 0x41...0x5A ~= $0 || 0x61...0x7A ~= $0 }
                    let word = String(decoding: name, as: UTF8.self).lowercased()
                    // XHTML, which is read as HTML is.
                    let isTag = Self.names.contains(word) && contains("</\(word)") || ["head", "body", "meta"].contains(word)
                    isHTML = word == "html" || !isXML && isTag && (!isPlain || word.count > 2)
                    isXML = !isHTML && !name.isEmpty
                    return
                }
                skipSpace()
            }
        }
    }
}
