import Core
import Glibc
package import NIOCore

/// Why a form could not be read.
package enum MultipartFailure: Error, Equatable {
    case notMultipart
    case invalidBoundary
    case preambleTooLong
    case tooManyParts
    case headerTooLong
    case malformedHeader
    /// A part without `Content-Disposition: form-data; name=…`.
    case missingName
    case unsupportedEncoding
    /// A boundary with neither a line end nor `--` after it.
    case malformedBoundaryLine
    /// The body ended before the closing boundary.
    case unfinished

    /// One sentence for a person.
    package var message: String {
        switch self {
        case .notMultipart: "The request is not multipart/form-data."
        case .invalidBoundary: "The boundary of the form is missing or not valid."
        case .preambleTooLong: "The form has too much text outside its parts."
        case .tooManyParts: "The form has too many parts."
        case .headerTooLong: "A part of the form has headers that are too long."
        case .malformedHeader: "A part of the form has a header that is not well formed."
        case .missingName: "A part of the form has no name."
        case .unsupportedEncoding: "A part of the form has a transfer encoding that is not supported; send it as binary."
        case .malformedBoundaryLine: "A boundary line of the form is not well formed."
        case .unfinished: "The form ended too early."
        }
    }
}

/// Reads `multipart/form-data` (RFC 7578, RFC 2046 section 5.1) as it arrives, in pieces of any size, without I/O.
///
/// Bodies are passed on as slices of what was fed; kept between two calls are at most the headers of one part or a piece of
/// a boundary. After a failure every further call throws it again.
package struct MultipartParser {
    package struct Limits: Sendable {
        /// Of all headers of one part together, in bytes.
        package var headerBytes: Int
        package var parts: Int
        /// Before the first and after the last boundary, in bytes.
        package var preambleBytes: Int

        package init(headerBytes: Int, parts: Int, preambleBytes: Int) {
            self.headerBytes = headerBytes
            self.parts = parts
            self.preambleBytes = preambleBytes
        }

        /// A browser sends some hundred bytes of headers, no preamble, and our largest form has a dozen fields.
        package static let standard = Limits(headerBytes: 8192, parts: 128, preambleBytes: 8192)
    }

    package enum Event: Equatable {
        /// `fileName` is as the client wrote it and may contain folders. It is empty when no file was chosen.
        case part(name: String, fileName: String?, contentType: String?)
        /// Never empty. A part may have none or many.
        case body(ByteBuffer)
        case endOfPart
        /// The closing boundary: what follows is ignored.
        case end
    }

    private enum State: Equatable {
        case preamble, boundaryLine, headers, bodyStart, body, epilogue
        case failed(MultipartFailure)
    }

    private let limits: Limits
    /// CR LF `--` and the boundary. CR occurs nowhere else in it, so a failed comparison never has to go back.
    private let delimiter: [UInt8]
    private var state = State.preamble
    private var pending = ByteBuffer()
    private var parts = 0
    private var outsideBytes = 0

    /// - Throws: `MultipartFailure.invalidBoundary`.
    package init(boundary: String, limits: Limits = .standard) throws(MultipartFailure) {
        guard Self.isValid(boundary: boundary) else { throw .invalidBoundary }
        self.limits = limits
        delimiter = Array("\r\n--\(boundary)".utf8)
        // The first boundary may come without a line end before it. With this one it is like all the others.
        pending.writeString("\r\n")
    }

    /// The boundary that a `Content-Type` header names.
    /// - Throws: `MultipartFailure.notMultipart`, `.invalidBoundary`.
    package static func boundary(fromContentType value: String) throws(MultipartFailure) -> String {
        let header = try? ParameterizedHeader(Array(value.utf8))
        guard let header, header.value == "multipart/form-data" else { throw .notMultipart }
        guard let bytes = header.parameters["boundary"] else { throw .invalidBoundary }
        let boundary = String(decoding: bytes, as: UTF8.self)
        guard isValid(boundary: boundary) else { throw .invalidBoundary }
        return boundary
    }

    /// Takes the next bytes of the body and tells what they contain.
    /// - Throws: `MultipartFailure`. What the same bytes contained before the mistake is not told.
    package mutating func feed(_ bytes: ByteBuffer) throws(MultipartFailure) -> [Event] {
        if case .failed(let failure) = state { throw failure }
        var events: [Event] = []
        if state == .body, pending.readableBytes > 0, !continuesDelimiter(bytes) {
            // A line end that was only that goes out by itself, so that the next piece need not be copied to join it.
            events.append(.body(pending))
            pending = ByteBuffer()
        }
        if pending.readableBytes == 0 {
            pending = bytes
        } else {
            pending.writeImmutableBuffer(bytes)
        }
        do {
            while try advance(&events) {}
            return events
        } catch {
            state = .failed(error)
            pending = ByteBuffer()
            throw error
        }
    }

    /// Call it when the body has ended.
    /// - Throws: `MultipartFailure.unfinished`, or the failure of an earlier call.
    package mutating func finish() throws(MultipartFailure) {
        switch state {
        case .epilogue: return
        case .failed(let failure): throw failure
        case .preamble, .boundaryLine, .headers, .bodyStart, .body:
            state = .failed(.unfinished)
            throw .unfinished
        }
    }

    /// Does one step; false when it takes more bytes to go on.
    private mutating func advance(_ events: inout [Event]) throws(MultipartFailure) -> Bool {
        switch state {
        case .preamble: try skipPreamble()
        case .boundaryLine: try readBoundaryLine(&events)
        case .headers: try readHeaders(&events)
        case .bodyStart: startBody()
        case .body: readBody(&events)
        case .epilogue: try skipEpilogue()
        case .failed(let failure): throw failure
        }
    }

    private mutating func skipPreamble() throws(MultipartFailure) -> Bool {
        let found = findDelimiter()
        pending.moveReaderIndex(forwardBy: found.before)
        outsideBytes += found.before
        guard outsideBytes <= limits.preambleBytes else { throw .preambleTooLong }
        return enterBoundaryLine(found)
    }

    private mutating func readBody(_ events: inout [Event]) -> Bool {
        let found = findDelimiter()
        if found.before > 0, let body = pending.readSlice(length: found.before) { events.append(.body(body)) }
        guard enterBoundaryLine(found) else { return false }
        events.append(.endOfPart)
        return true
    }

    private mutating func enterBoundaryLine(_ found: (before: Int, isWhole: Bool)) -> Bool {
        guard found.isWhole else { return false }
        pending.moveReaderIndex(forwardBy: delimiter.count)
        state = .boundaryLine
        return true
    }

    /// What may follow a boundary: `--`, or blanks and a line end.
    private mutating func readBoundaryLine(_ events: inout [Event]) throws(MultipartFailure) -> Bool {
        let view = pending.readableBytesView
        if view.starts(with: "--".utf8) {
            pending.moveReaderIndex(forwardBy: 2)
            state = .epilogue
            outsideBytes = 0
            events.append(.end)
            return true
        }
        let padding = view.prefix { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
        let rest = view.dropFirst(padding.count)
        if rest.starts(with: "\r\n".utf8) {
            parts += 1
            guard parts <= limits.parts else { throw .tooManyParts }
            // The line end stays: with it, "no headers" is an empty line like the one after headers.
            pending.moveReaderIndex(forwardBy: padding.count)
            state = .headers
            return true
        }
        let isIncomplete = rest.isEmpty || rest.elementsEqual("\r".utf8) || view.elementsEqual("-".utf8)
        guard isIncomplete, padding.count <= limits.headerBytes else { throw .malformedBoundaryLine }
        return false
    }

    private mutating func readHeaders(_ events: inout [Event]) throws(MultipartFailure) -> Bool {
        let blankLine = Array("\r\n\r\n".utf8)
        // The first two bytes are the end of the boundary line and do not count.
        let found = find(blankLine, within: limits.headerBytes + blankLine.count)
        let end = found.isWhole ? found.before : nil
        guard let end else {
            guard pending.readableBytes < limits.headerBytes + blankLine.count else { throw .headerTooLong }
            return false
        }
        let block = pending.readBytes(length: end) ?? []
        pending.moveReaderIndex(forwardBy: blankLine.count)
        events.append(try PartHeaders(block.dropFirst(2)).event)
        // The line end of the empty line stays, see `startBody`.
        pending.moveReaderIndex(to: pending.readerIndex - 2)
        state = .bodyStart
        return true
    }

    /// Where a part has no body, the end of its empty line may be the beginning of the delimiter.
    private mutating func startBody() -> Bool {
        let view = pending.readableBytesView
        let beginsLikeDelimiter = view.prefix(delimiter.count).elementsEqual(delimiter.prefix(view.count))
        if beginsLikeDelimiter, view.count < delimiter.count { return false }
        if !beginsLikeDelimiter { pending.moveReaderIndex(forwardBy: 2) }
        state = .body
        return true
    }

    private mutating func skipEpilogue() throws(MultipartFailure) -> Bool {
        outsideBytes += pending.readableBytes
        pending = ByteBuffer()
        guard outsideBytes <= limits.preambleBytes else { throw .preambleTooLong }
        return false
    }

    private func findDelimiter() -> (before: Int, isWhole: Bool) {
        find(delimiter, within: pending.readableBytes)
    }

    /// The number of bytes that are certainly before `pattern`, which begins with CR, and whether it follows them whole.
    private func find(_ pattern: [UInt8], within limitBytes: Int) -> (before: Int, isWhole: Bool) {
        pending.withUnsafeReadableBytes { bytes in
            let count = min(bytes.count, limitBytes)
            guard let start = bytes.baseAddress else { return (0, false) }
            let third = pattern[2]
            var position = 0
            while let next = memchr(start + position, 0x0D, count - position) {
                position = UnsafeRawPointer(next) - start
                let length = min(pattern.count, count - position)
                // The third byte alone settles nearly every line end of a text, without a call.
                if length < 3 || bytes[position + 2] == third, memcmp(start + position, pattern, length) == 0 {
                    return (position, length == pattern.count)
                }
                position += 1
            }
            return (count, false)
        }
    }

    /// Whether what is pending, the beginning of a delimiter, may go on with these bytes.
    private func continuesDelimiter(_ bytes: ByteBuffer) -> Bool {
        let rest = delimiter.dropFirst(pending.readableBytes)
        return bytes.readableBytesView.prefix(rest.count).elementsEqual(rest.prefix(bytes.readableBytes))
    }

    /// RFC 2046, section 5.1.1.
    private static func isValid(boundary: String) -> Bool {
        (1...70).contains(boundary.utf8.count) && !boundary.hasSuffix(" ")
            && boundary.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
                case UInt8(ascii: "0")...UInt8(ascii: "9"): true
                default: "'()+_,-./:=? ".utf8.contains(byte)
                }
            }
    }
}

/// The headers of one part, read into what a form has to say of it.
private struct PartHeaders {
    let event: MultipartParser.Event

    init(_ block: ArraySlice<UInt8>) throws(MultipartFailure) {
        var fields: [String: [UInt8]] = [:]
        for line in try Self.lines(block) {
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > line.startIndex,
                line[..<colon].allSatisfy(ParameterizedHeader.isToken)
            else { throw .malformedHeader }
            let name = String(decoding: line[..<colon], as: UTF8.self).lowercased()
            // Of two, one program would believe the first and another the second.
            guard fields.updateValue(ParameterizedHeader.trim(line[(colon + 1)...]), forKey: name) == nil else {
                throw .malformedHeader
            }
        }
        // RFC 7578, section 4.7: senders must not use it, and bytes left encoded would be wrong bytes.
        if let encoding = fields["content-transfer-encoding"] {
            guard ["7bit", "8bit", "binary"].contains(String(decoding: encoding, as: UTF8.self).lowercased()) else {
                throw .unsupportedEncoding
            }
        }
        guard let disposition = fields["content-disposition"] else { throw .missingName }
        let header = try ParameterizedHeader(disposition)
        guard header.value == "form-data", let name = header.parameters["name"] else { throw .missingName }
        let fileName = try header.parameters["filename*"].map(Self.extended) ?? header.parameters["filename"].map(Self.text)
        event = .part(
            name: Self.text(name), fileName: fileName,
            contentType: fields["content-type"].map { String(decoding: $0, as: UTF8.self) })
    }

    /// Cut at CR LF. Any other control character but a tab is refused, and so are continued lines (RFC 9112, section 5.2).
    private static func lines(_ block: ArraySlice<UInt8>) throws(MultipartFailure) -> [ArraySlice<UInt8>] {
        var lines: [ArraySlice<UInt8>] = []
        var start = block.startIndex
        var index = block.startIndex
        while index < block.endIndex {
            if block[index] == 0x0D, index + 1 < block.endIndex, block[index + 1] == 0x0A {
                lines.append(block[start..<index])
                index += 2
                start = index
            } else {
                guard block[index] >= 0x20 && block[index] != 0x7F || block[index] == 0x09 else { throw .malformedHeader }
                index += 1
            }
        }
        if start < block.endIndex { lines.append(block[start...]) }
        return lines
    }

    /// Browsers write a quote and line ends in a name as `%22`, `%0D` and `%0A`, and nothing else (WHATWG HTML,
    /// "multipart/form-data encoding algorithm").
    private static func text(_ bytes: [UInt8]) -> String {
        String(decoding: bytes, as: UTF8.self).replacing("%22", with: "\"").replacing("%0D", with: "\r").replacing(
            "%0A", with: "\n")
    }

    /// RFC 8187: `UTF-8'en'%e2%82%ac%20rates`.
    private static func extended(_ bytes: [UInt8]) throws(MultipartFailure) -> String {
        let parts = bytes.split(separator: UInt8(ascii: "'"), maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, let decoded = PercentCoding.decode(parts[2]) else { throw .malformedHeader }
        let text =
            switch String(decoding: parts[0], as: UTF8.self).lowercased() {
            case "utf-8": String(validating: decoded, as: UTF8.self)
            case "iso-8859-1": String(String.UnicodeScalarView(decoded.map { Unicode.Scalar($0) }))
            default: nil as String?
            }
        guard let text else { throw .malformedHeader }
        return text
    }
}

/// A header value with parameters: `form-data; name="file"`. RFC 9110, section 5.6.6, with the liberties that RFC 7578 takes.
private struct ParameterizedHeader {
    /// In lower case.
    let value: String
    /// Names in lower case, values without quotes.
    let parameters: [String: [UInt8]]

    init(_ bytes: [UInt8]) throws(MultipartFailure) {
        var rest = bytes[...]
        let first = rest.prefix { $0 != UInt8(ascii: ";") }
        rest = rest[first.endIndex...]
        value = String(decoding: Self.trim(first), as: UTF8.self).lowercased()
        var parameters: [String: [UInt8]] = [:]
        while rest.popFirst() == UInt8(ascii: ";") {
            rest = rest.drop(while: Self.isBlank)
            // A semicolon at the end is common and says nothing.
            if rest.isEmpty { break }
            guard let equals = rest.firstIndex(of: UInt8(ascii: "=")) else { throw .malformedHeader }
            let name = Self.trim(rest[..<equals])
            guard !name.isEmpty, name.allSatisfy(Self.isToken) else { throw .malformedHeader }
            rest = rest[(equals + 1)...].drop(while: Self.isBlank)
            let text = try Self.takeValue(&rest)
            guard parameters.updateValue(text, forKey: String(decoding: name, as: UTF8.self).lowercased()) == nil else {
                throw .malformedHeader
            }
        }
        self.parameters = parameters
    }

    /// A quoted string or what stands before the next semicolon; afterwards `rest` is empty or begins with that.
    private static func takeValue(_ rest: inout ArraySlice<UInt8>) throws(MultipartFailure) -> [UInt8] {
        let quote = UInt8(ascii: "\"")
        guard rest.first == quote else {
            let plain = rest.prefix { $0 != UInt8(ascii: ";") }
            rest = rest[plain.endIndex...]
            let text = trim(plain)
            guard !text.isEmpty, !text.contains(quote) else { throw .malformedHeader }
            return text
        }
        rest.removeFirst()
        var text: [UInt8] = []
        while let byte = rest.popFirst() {
            if byte == quote {
                rest = rest.drop(while: isBlank)
                guard rest.isEmpty || rest.first == UInt8(ascii: ";") else { throw .malformedHeader }
                return text
            }
            // Old browsers send `C:\data\people.csv` as it is, so a backslash escapes only what could not stand otherwise.
            if byte == UInt8(ascii: "\\"), let next = rest.first, next == quote || next == byte {
                rest.removeFirst()
                text.append(next)
            } else {
                text.append(byte)
            }
        }
        throw .malformedHeader
    }

    static func trim(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        let start = bytes.drop(while: isBlank)
        return Array(start.prefix((start.lastIndex { !isBlank($0) }).map { $0 - start.startIndex + 1 } ?? 0))
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }

    /// RFC 9110, section 5.6.2.
    static func isToken(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }
}
