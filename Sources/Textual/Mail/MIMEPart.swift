import Foundation
import Tabular

/// A message, or a part of one: its header fields and its body (RFC 5322, RFC 2045).
struct MIMEPart {
    private let fields: [(name: String, value: [UInt8])]
    /// As it is written, not yet decoded.
    let body: ArraySlice<UInt8>
    /// Such as `text/plain`, in lower case.
    let type: String
    private let parameters: [String: String]

    private static let mostFields = 2000
    private static let mostHeaderBytes = 1 << 20

    /// - Parameter standard: the type of a part that names none.
    init(_ bytes: ArraySlice<UInt8>, standard: String = "text/plain") {
        var fields: [(name: String, value: [UInt8])] = []
        var place = bytes.startIndex
        var end = place
        while place < bytes.endIndex, place - bytes.startIndex < Self.mostHeaderBytes, fields.count < Self.mostFields {
            let stop = bytes[place...].firstIndex(of: 0x0A) ?? bytes.endIndex
            var line = bytes[place..<stop]
            if line.last == 0x0D { line.removeLast() }
            place = min(bytes.endIndex, stop + 1)
            end = place
            // The empty line behind the header.
            if line.isEmpty { break }
            if line.first == 0x20 || line.first == 0x09 {
                if !fields.isEmpty { fields[fields.count - 1].value += line }
            } else if let colon = line.firstIndex(of: UInt8(ascii: ":")) {
                let name = String(decoding: line[line.startIndex..<colon], as: UTF8.self).trimmedLines.lowercased()
                fields.append((name, Array(line[(colon + 1)...])))
            } else if fields.isEmpty, line.starts(with: Array("From ".utf8)) {
                // The envelope that mailboxes put before a message.
                continue
            } else {
                // No header: all of it is body.
                end = line.startIndex
                break
            }
        }
        self.fields = fields
        body = bytes[end...]
        let words = fields.first { $0.name == "content-type" }.map { FieldWords($0.value) }
        var type = words?.first.lowercased() ?? standard
        if type == "text" { type = "text/plain" }
        self.type = type.contains("/") ? type : standard
        parameters = words?.parameters ?? [:]
    }

    func parameter(_ name: String) -> String? { parameters[name] }

    /// A field as people read it: unfolded, its encoded words decoded.
    func text(_ name: String) -> String? {
        fields.first { $0.name == name }.map { EncodedWords.text($0.value) }.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// `attachment` or `inline`; empty where it is not said.
    var disposition: String {
        fields.first { $0.name == "content-disposition" }.map { FieldWords($0.value).first.lowercased() } ?? ""
    }

    var fileName: String? {
        let said = fields.first { $0.name == "content-disposition" }.flatMap { FieldWords($0.value).parameters["filename"] }
        return (said ?? parameters["name"])?.lastPathPart
    }

    /// The body without its transfer encoding.
    var content: [UInt8] {
        switch text("content-transfer-encoding")?.lowercased().trimmedLines ?? "" {
        case "base64": TransferEncoding.base64(body)
        case "quoted-printable": TransferEncoding.quotedPrintable(body)
        case "x-uuencode", "uuencode", "x-uue": TransferEncoding.uuencoded(body)
        default: Array(body)
        }
    }

    /// The parts of a body of several.
    /// - Parameter most: what is beyond is left out.
    func parts(standard: String, most: Int) -> [MIMEPart] {
        guard let boundary = parameters["boundary"].map({ Array($0.utf8) }) ?? foundBoundary, !boundary.isEmpty else { return [] }
        let mark = Array("--".utf8) + boundary
        var found: [MIMEPart] = []
        var start: Int?
        var place = body.startIndex
        while place < body.endIndex, found.count < most {
            let stop = body[place...].firstIndex(of: 0x0A) ?? body.endIndex
            let line = body[place..<stop]
            if line.starts(with: mark),
                line.dropFirst(mark.count).allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D || $0 == UInt8(ascii: "-") })
            {
                if let start { found.append(MIMEPart(Self.trimmed(body[start..<place]), standard: standard)) }
                start = min(body.endIndex, stop + 1)
                // The last one.
                if line.dropFirst(mark.count).starts(with: Array("--".utf8)) { return found }
            }
            place = min(body.endIndex, stop + 1)
            if stop == body.endIndex { break }
        }
        // A message that is cut off.
        if let start, start < body.endIndex, found.count < most { found.append(MIMEPart(body[start...], standard: standard)) }
        return found
    }

    /// Where the header does not say what parts the body: its first line that begins with two hyphens.
    private var foundBoundary: [UInt8]? {
        guard type.hasPrefix("multipart/") else { return nil }
        let line = body.prefix(4096).split(separator: 0x0A).first { $0.starts(with: Array("--".utf8)) && $0.count > 2 }
        return line.map { Array($0.dropFirst(2).filter { $0 != 0x0D }) }
    }

    /// The line end before a boundary is a part of it.
    private static func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var bytes = bytes
        if bytes.last == 0x0A { bytes.removeLast() }
        if bytes.last == 0x0D { bytes.removeLast() }
        return bytes
    }
}

/// The value of a field with parameters, such as `text/plain; charset=utf-8` (RFC 2045, section 5.1; RFC 2231).
private struct FieldWords {
    private(set) var first = ""
    private(set) var parameters: [String: String] = [:]

    private static let mostParameters = 200

    init(_ value: [UInt8]) {
        let pieces = Self.pieces(value)
        first = pieces.first.map { String(decoding: $0, as: UTF8.self).trimmedLines } ?? ""
        // Long values come in pieces: `name*0*=`, `name*1=`.
        var parts: [String: [(number: Int, isEncoded: Bool, value: [UInt8])]] = [:]
        for piece in pieces.dropFirst().prefix(Self.mostParameters) {
            guard let equals = piece.firstIndex(of: UInt8(ascii: "=")) else { continue }
            let name = String(decoding: piece[..<equals], as: UTF8.self).trimmedLines.lowercased()
            let value = Self.unquoted(Array(piece[(equals + 1)...]))
            let words = name.split(separator: "*", omittingEmptySubsequences: false)
            guard let stem = words.first, !stem.isEmpty else { continue }
            let number = words.count > 1 ? Int(words[1]) ?? 0 : -1
            parts[String(stem), default: []].append((number, words.count > 1 && words.last == "", value))
        }
        for (name, pieces) in parts {
            // The long spelling says more than the short one.
            let isLong = pieces.contains { $0.number >= 0 }
            let order = pieces.filter { !isLong || $0.number >= 0 }.sorted { $0.number < $1.number }
            guard isLong else {
                parameters[name] = order.first.map { EncodedWords.text($0.value) }
                continue
            }
            var bytes: [UInt8] = []
            var charset: String?
            for (index, piece) in order.enumerated() {
                var value = piece.value[...]
                if piece.isEncoded {
                    if index == 0 {
                        let quotes = value.indices.filter { value[$0] == UInt8(ascii: "'") }
                        if quotes.count >= 2 {
                            charset = String(decoding: value[..<quotes[0]], as: UTF8.self)
                            value = value[(quotes[1] + 1)...]
                        }
                    }
                    bytes += TransferEncoding.hex(value, mark: UInt8(ascii: "%"))
                } else {
                    bytes += value
                }
            }
            parameters[name] = String(decoding: DecodedText(bytes, said: charset).bytes, as: UTF8.self)
        }
    }

    /// Parted by semicolons outside quotes.
    private static func pieces(_ value: [UInt8]) -> [[UInt8]] {
        var pieces: [[UInt8]] = [[]]
        var (isQuoted, isEscaped) = (false, false)
        for byte in value {
            if byte == UInt8(ascii: "\""), !isEscaped { isQuoted.toggle() }
            if byte == UInt8(ascii: ";"), !isQuoted { pieces.append([]) } else { pieces[pieces.count - 1].append(byte) }
            isEscaped = byte == UInt8(ascii: "\\") && !isEscaped
        }
        return pieces
    }

    private static func unquoted(_ value: [UInt8]) -> [UInt8] {
        var rest = value[...]
        while let byte = rest.first, byte <= 0x20 { rest.removeFirst() }
        while let byte = rest.last, byte <= 0x20 { rest.removeLast() }
        guard rest.first == UInt8(ascii: "\"") else { return Array(rest) }
        rest.removeFirst()
        var out: [UInt8] = []
        var isEscaped = false
        for byte in rest {
            if byte == UInt8(ascii: "\""), !isEscaped { break }
            if byte == UInt8(ascii: "\\"), !isEscaped {
                isEscaped = true
                continue
            }
            // Paths of Windows have backslashes that mean themselves.
            if isEscaped, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") { out.append(UInt8(ascii: "\\")) }
            out.append(byte)
            isEscaped = false
        }
        return out
    }
}

/// Words in the fields of a header that are not ASCII (RFC 2047).
enum EncodedWords {
    static func text(_ field: [UInt8]) -> String {
        var out: [UInt8] = []
        // Bytes of words of one charset that follow each other: a character may be cut between two of them.
        var open: (charset: String, bytes: [UInt8])?
        var plain: [UInt8] = []
        func close() {
            if let word = open { out += DecodedText(word.bytes, said: word.charset).bytes }
            open = nil
        }
        func closePlain() {
            if !plain.isEmpty { out += plain.contains { $0 >= 0x80 } ? DecodedText(plain).bytes : plain }
            plain = []
        }
        var place = 0
        // Where the next end of such a word is: looked for once.
        var end = 0
        while place < field.count {
            if field[place] == UInt8(ascii: "="), let word = word(field, at: place, end: &end) {
                // White space between two such words is none.
                if open != nil, plain.allSatisfy({ $0 <= 0x20 }) { plain = [] }
                if !plain.isEmpty || open?.charset != word.charset {
                    close()
                    closePlain()
                    open = (word.charset, [])
                }
                open?.bytes += word.bytes
                place = word.end
                continue
            }
            if open != nil, field[place] > 0x20 { close() }
            plain.append(field[place] < 0x20 ? 0x20 : field[place])
            place += 1
        }
        close()
        closePlain()
        return String(decoding: out, as: UTF8.self).split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    /// `=?charset?B?…?=` or `=?charset?Q?…?=`.
    private static func word(_ field: [UInt8], at start: Int, end: inout Int) -> (charset: String, bytes: [UInt8], end: Int)? {
        guard start + 1 < field.count, field[start + 1] == UInt8(ascii: "?") else { return nil }
        let mark = UInt8(ascii: "?")
        guard let first = field[(start + 2)...].prefix(80).firstIndex(of: mark), first + 2 < field.count, field[first + 2] == mark
        else {
            return nil
        }
        let text = first + 3
        end = max(end, text)
        while end + 1 < field.count, !(field[end] == mark && field[end + 1] == UInt8(ascii: "=")) { end += 1 }
        guard end + 1 < field.count, field[end] == mark, field[end + 1] == UInt8(ascii: "=") else { return nil }
        // RFC 2231 puts a language behind the charset.
        let charset = String(decoding: field[(start + 2)..<first].prefix { $0 != UInt8(ascii: "*") }, as: UTF8.self)
        switch field[first + 1] {
        case UInt8(ascii: "B"), UInt8(ascii: "b"): return (charset, TransferEncoding.base64(field[text..<end]), end + 2)
        case UInt8(ascii: "Q"), UInt8(ascii: "q"):
            let spaced = field[text..<end].map { $0 == UInt8(ascii: "_") ? 0x20 : $0 }
            return (charset, TransferEncoding.hex(spaced[...], mark: UInt8(ascii: "=")), end + 2)
        default: return nil
        }
    }
}

/// How bytes become ASCII for the way (RFC 2045, section 6), read with patience: what is no part of it is passed over.
enum TransferEncoding {
    private static let base64Values: [UInt8] = {
        var values = [UInt8](repeating: 0xFF, count: 256)
        for (value, letter) in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8.enumerated() {
            values[Int(letter)] = UInt8(value)
        }
        return values
    }()

    static func base64(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(bytes.count / 4 * 3)
        var (bits, count) = (UInt32(0), 0)
        base64Values.withUnsafeBufferPointer { values in
            for byte in bytes {
                if byte == UInt8(ascii: "=") {
                    // Several texts behind each other, each with its own end.
                    (bits, count) = (0, 0)
                    continue
                }
                let value = values[Int(byte)]
                guard value != 0xFF else { continue }
                bits = bits << 6 | UInt32(value)
                count += 6
                if count >= 8 {
                    count -= 8
                    out.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
                }
            }
        }
        return out
    }

    static func quotedPrintable(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(bytes.count)
        var place = bytes.startIndex
        while place < bytes.endIndex {
            let byte = bytes[place]
            place += 1
            guard byte == UInt8(ascii: "=") else {
                // White space before the end of a line was added on the way.
                if byte == 0x0A {
                    let isReturn = out.last == 0x0D
                    if isReturn { out.removeLast() }
                    while let last = out.last, last == 0x20 || last == 0x09 { out.removeLast() }
                }
                out.append(byte)
                continue
            }
            // The end of a line that is none.
            var end = place
            while end < bytes.endIndex, bytes[end] == 0x20 || bytes[end] == 0x09 || bytes[end] == 0x0D { end += 1 }
            if end < bytes.endIndex, bytes[end] == 0x0A {
                place = end + 1
                // What stands before is no white space at the end.
                continue
            }
            if place + 1 < bytes.endIndex, let high = bytes[place].hexadecimal, let low = bytes[place + 1].hexadecimal {
                out.append(high << 4 | low)
                place += 2
            } else if end < bytes.endIndex || place < bytes.endIndex {
                out.append(byte)
            }
        }
        return out
    }

    /// `=C3` or `%C3`.
    static func hex(_ bytes: ArraySlice<UInt8>, mark: UInt8) -> [UInt8] {
        var out: [UInt8] = []
        var place = bytes.startIndex
        while place < bytes.endIndex {
            if bytes[place] == mark, place + 2 < bytes.endIndex, let high = bytes[place + 1].hexadecimal,
                let low = bytes[place + 2].hexadecimal
            {
                out.append(high << 4 | low)
                place += 3
            } else {
                out.append(bytes[place])
                place += 1
            }
        }
        return out
    }

    /// Between `begin` and `end`; a letter says how long each line is.
    static func uuencoded(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        var out: [UInt8] = []
        var isOpen = false
        for line in bytes.split(separator: 0x0A) {
            let line = line.last == 0x0D ? line.dropLast() : line
            guard isOpen else {
                isOpen = line.starts(with: Array("begin ".utf8))
                continue
            }
            if line.elementsEqual("end".utf8) { break }
            guard let first = line.first else { continue }
            let count = Int((first &- 0x20) & 0x3F)
            var piece: [UInt8] = []
            var (bits, held) = (UInt32(0), 0)
            for byte in line.dropFirst() {
                bits = bits << 6 | UInt32((byte &- 0x20) & 0x3F)
                held += 6
                if held >= 8 {
                    held -= 8
                    piece.append(UInt8(truncatingIfNeeded: bits >> UInt32(held)))
                }
            }
            out += piece.prefix(count)
        }
        return out
    }
}
