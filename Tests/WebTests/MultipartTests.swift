import NIOCore
import Testing
import Web

@Suite("Reading a form that arrives in pieces")
struct MultipartTests {
    private static let boundary = "----WebKitFormBoundary7MA4YWxkTrZu0gW"

    /// Two fields and a file, with everything in its body that resembles a boundary without being one.
    private static let sample = """
        This preamble is ignored.\r
        ------WebKitFormBoundary7MA4YWxkTrZu0gW\r
        Content-Disposition: form-data; name="title"\r
        \r
        People\r
        ------WebKitFormBoundary7MA4YWxkTrZu0gW  \t\r
        content-type: text/csv\r
        CONTENT-DISPOSITION: form-data;name=file ; filename="a \\"b\\".csv"\r
        \r
        id,name\r
        \r\r
        ------WebKitFormBoundary7MA4YWxkTrZu0g\r
        \r
        -----WebKitFormBoundary7MA4YWxkTrZu0gW\r
        x------WebKitFormBoundary7MA4YWxkTrZu0gW\r\r
        ------WebKitFormBoundary7MA4YWxkTrZu0gW\r
        Content-Disposition: form-data; name="empty"\r
        \r
        \r
        ------WebKitFormBoundary7MA4YWxkTrZu0gW--\r
        An epilogue, with ------WebKitFormBoundary7MA4YWxkTrZu0gW in it.\r
        ------WebKitFormBoundary7MA4YWxkTrZu0gW--\r

        """

    private static let expected: [MultipartParser.Event] = [
        .part(name: "title", fileName: nil, contentType: nil), .body(ByteBuffer(string: "People")), .endOfPart,
        .part(name: "file", fileName: "a \"b\".csv", contentType: "text/csv"),
        .body(
            ByteBuffer(
                string:
                    "id,name\r\n\r\r\n------WebKitFormBoundary7MA4YWxkTrZu0g\r\n\r\n-----WebKitFormBoundary7MA4YWxkTrZu0gW\r\n"
                    + "x------WebKitFormBoundary7MA4YWxkTrZu0gW\r")),
        .endOfPart,
        .part(name: "empty", fileName: nil, contentType: nil), .endOfPart, .end,
    ]

    // MARK: Pieces

    @Test func `a form in one piece is read`() throws {
        #expect(try parse([Self.sample.utf8]) == Self.expected)
    }

    @Test func `every split into two pieces gives the same`() throws {
        let bytes = Array(Self.sample.utf8)
        for position in 0...bytes.count {
            #expect(try parse([bytes[..<position], bytes[position...]]) == Self.expected, "split at \(position)")
        }
    }

    @Test func `every size of pieces gives the same`() throws {
        let bytes = Array(Self.sample.utf8)
        for size in 1...100 {
            let pieces = stride(from: 0, to: bytes.count, by: size).map { bytes[$0..<min($0 + size, bytes.count)] }
            #expect(try parse(pieces) == Self.expected, "pieces of \(size)")
        }
    }

    @Test func `a body is passed on as it arrives and without a copy`() throws {
        var parser = try MultipartParser(boundary: "b")
        _ = try parser.feed(ByteBuffer(string: "--b\r\nContent-Disposition: form-data; name=a\r\n\r\n"))
        let piece = ByteBuffer(repeating: 7, count: 100_000)
        // The first piece also settles that no boundary follows the headers.
        #expect(bodyBytes(try parser.feed(piece)) == 100_000)
        let events = try parser.feed(piece)
        guard case .body(let body) = try #require(events.first) else {
            Issue.record("no body")
            return
        }
        let isSameMemory = body.withUnsafeReadableBytes { body in
            piece.withUnsafeReadableBytes { $0.baseAddress == body.baseAddress }
        }
        #expect(isSameMemory)
    }

    @Test func `random bodies in random pieces come out as they went in`() throws {
        var random = Seeded(state: 20_261_121)
        for round in 0..<300 {
            let boundary = ["b", "bb", "--", "a-b", "'()+_,-./:=?"][round % 5]
            let alphabet = Array("\r\n-ba".utf8)
            let bodies = (0..<Int.random(in: 0...4, using: &random)).map { _ in
                (0..<Int.random(in: 0...60, using: &random)).map { _ in alphabet.randomElement(using: &random) ?? 0 }
            }.filter { !resembles($0, boundary) }
            var form: [UInt8] = []
            var expected: [MultipartParser.Event] = []
            for (index, body) in bodies.enumerated() {
                form +=
                    Array("--\(boundary)\r\nContent-Disposition: form-data; name=\"\(index)\"\r\n\r\n".utf8) + body
                    + Array("\r\n".utf8)
                expected.append(.part(name: "\(index)", fileName: nil, contentType: nil))
                if !body.isEmpty { expected.append(.body(ByteBuffer(bytes: body))) }
                expected.append(.endOfPart)
            }
            form += Array("--\(boundary)--".utf8)
            var pieces: [ArraySlice<UInt8>] = []
            var rest = form[...]
            while !rest.isEmpty {
                let piece = rest.prefix(Int.random(in: 1...20, using: &random))
                pieces.append(piece)
                rest = rest[piece.endIndex...]
            }
            #expect(try parse(pieces, boundary: boundary) == expected + [.end], "round \(round)")
        }
    }

    /// Whether a boundary would begin in this body.
    private func resembles(_ body: [UInt8], _ boundary: String) -> Bool {
        let text = Array("\r\n".utf8) + body + Array("\r\n".utf8)
        let delimiter = Array("\r\n--\(boundary)".utf8)
        return text.indices.contains { text[$0...].starts(with: delimiter) }
    }

    @Test func `damaged forms fail or parse, the same in one piece and in many, and never trap`() {
        var random = Seeded(state: 4711)
        for _ in 0..<3000 {
            var bytes = Array(Self.sample.utf8)
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let position = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: bytes[position] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes.remove(at: position)
                case 2: bytes.insert(Array("\r\n-\"; =:\\%*'".utf8).randomElement(using: &random) ?? 0, at: position)
                default: bytes.removeSubrange(position..<min(bytes.count, position + 40))
                }
            }
            let cut = Int.random(in: 0...bytes.count, using: &random)
            let whole = Result { try parse([bytes[...]]) }
            let pieces = Result { try parse([bytes[..<cut], bytes[cut...]]) }
            switch (whole, pieces) {
            case (.success(let one), .success(let other)): #expect(one == other)
            case (.failure(let one), .failure(let other)): #expect(one as? MultipartFailure == other as? MultipartFailure)
            default: Issue.record("\(whole) and \(pieces)")
            }
        }
    }

    // MARK: Forms that people send

    @Test func `a form without parts is an end`() throws {
        #expect(try parse(["--b--\r\n".utf8], boundary: "b") == [.end])
        #expect(try parse(["\r\n--b--".utf8], boundary: "b") == [.end])
    }

    @Test func `a part whose boundary follows its headers at once is empty`() throws {
        let form = "--b\r\nContent-Disposition: form-data; name=a\r\n\r\n--b--"
        #expect(try parse([form.utf8], boundary: "b") == [.part(name: "a", fileName: nil, contentType: nil), .endOfPart, .end])
    }

    @Test(arguments: [
        (#"form-data; name="file"; filename="people.csv""#, "people.csv"),
        (#"form-data; name="file"; filename="""#, ""),
        (#"form-data; name="file"; filename="a\"b\\c.csv""#, #"a"b\c.csv"#),
        (#"form-data; name="file"; filename="C:\data\people.csv""#, #"C:\data\people.csv"#),
        (#"form-data; name="file"; filename="a;b=c.csv""#, "a;b=c.csv"),
        (#"form-data; name="file"; filename="zażółć 東京 🌾.csv""#, "zażółć 東京 🌾.csv"),
        (#"form-data; name="file"; filename="100%22%0D%0A%41.csv""#, "100\"\r\n%41.csv"),
        (#"form-data; name=file; filename=people 2.csv"#, "people 2.csv"),
        (#"form-data; name="file"; filename*=UTF-8''%e2%82%ac%20rates.csv"#, "€ rates.csv"),
        (#"form-data; name="file"; filename="x.csv"; filename*=iso-8859-1'en'%A3%20rates.csv"#, "£ rates.csv"),
        (#"FORM-DATA ; NAME = "file" ; FILENAME="x.csv";"#, "x.csv"),
        (#"form-data; name="file""#, nil),
    ])
    func `a file name is read as it was meant`(disposition: String, fileName: String?) throws {
        #expect(try part(disposition) == .part(name: "file", fileName: fileName, contentType: nil))
    }

    @Test(arguments: [
        ("multipart/form-data; boundary=abc", "abc"), ("Multipart/Form-Data;boundary=\"a b:c\"; charset=utf-8", "a b:c"),
        ("multipart/form-data; charset=utf-8; BOUNDARY = ----WebKit ", "----WebKit"),
    ])
    func `the boundary is read from the content type`(header: String, boundary: String) throws {
        #expect(try MultipartParser.boundary(fromContentType: header) == boundary)
    }

    // MARK: Refusals

    @Test(arguments: [
        ("text/plain; boundary=abc", MultipartFailure.notMultipart), ("multipart/mixed; boundary=abc", .notMultipart),
        ("", .notMultipart),
        ("multipart/form-data", .invalidBoundary), ("multipart/form-data; boundary=\"\"", .invalidBoundary),
        ("multipart/form-data; boundary=\"a \"", .invalidBoundary), ("multipart/form-data; boundary=a\u{e9}", .invalidBoundary),
        ("multipart/form-data; boundary=\(String(repeating: "a", count: 71))", .invalidBoundary),
        ("multipart/form-data; boundary=a; boundary=b", .notMultipart), ("multipart/form-data; boundary=\"a", .notMultipart),
    ])
    func `a content type that names no boundary is refused`(header: String, failure: MultipartFailure) {
        #expect(throws: failure) { try MultipartParser.boundary(fromContentType: header) }
    }

    @Test func `a boundary that could not be one is refused`() {
        #expect(throws: MultipartFailure.invalidBoundary) { try MultipartParser(boundary: "a\r\nb") }
        #expect(throws: MultipartFailure.invalidBoundary) { try MultipartParser(boundary: "") }
    }

    @Test func `a form that ends too early is refused at every place`() throws {
        let form = "--b\r\nContent-Disposition: form-data; name=a\r\n\r\nbody\r\n--b--"
        for length in 0..<form.utf8.count {
            #expect(throws: MultipartFailure.unfinished, "after \(length)") {
                try parse([form.utf8.prefix(length)], boundary: "b")
            }
        }
    }

    @Test(arguments: [
        ("", MultipartFailure.missingName), ("Content-Type: text/csv\r\n", .missingName),
        ("Content-Disposition: attachment; name=a\r\n", .missingName), ("Content-Disposition: form-data\r\n", .missingName),
        ("Content-Disposition: form-data; name\r\n", .malformedHeader),
        ("Content-Disposition: form-data; name=\r\n", .malformedHeader),
        ("Content-Disposition: form-data; name=\"a\r\n", .malformedHeader),
        ("Content-Disposition: form-data; name=\"a\"b\r\n", .malformedHeader),
        ("Content-Disposition: form-data; name=a\"b\r\n", .malformedHeader),
        ("Content-Disposition: form-data; name=a; name=b\r\n", .malformedHeader),
        ("Content-Disposition: form-data; name=a\r\nContent-Disposition: form-data; name=b\r\n", .malformedHeader),
        ("Content-Disposition: form-data;\r\n name=a\r\n", .malformedHeader), ("no colon\r\n", .malformedHeader),
        (": x\r\n", .malformedHeader), ("a b: x\r\n", .malformedHeader), ("X: a\u{0}b\r\n", .malformedHeader),
        ("X: a\nY: b\r\n", .malformedHeader),
        ("Content-Disposition: form-data; name=a; filename*=UTF-8''%ff\r\n", .malformedHeader),
        ("Content-Disposition: form-data; name=a; filename*=UTF-8''%4\r\n", .malformedHeader),
        ("Content-Disposition: form-data; name=a; filename*=x.csv\r\n", .malformedHeader),
        ("Content-Disposition: form-data; name=a; filename*=koi8-r''x\r\n", .malformedHeader),
        ("Content-Disposition: form-data; name=a\r\nContent-Transfer-Encoding: base64\r\n", .unsupportedEncoding),
    ])
    func `headers that say nothing or two things are refused`(headers: String, failure: MultipartFailure) {
        #expect(throws: failure) { try parse(["--b\r\n\(headers)\r\nbody\r\n--b--".utf8], boundary: "b") }
    }

    @Test(arguments: ["--bx\r\n", "--b-x", "--b \rx", "--b\n", "--b  --\r\n", "--b\r\r\n"])
    func `a boundary line with something else on it is refused`(form: String) {
        #expect(throws: MultipartFailure.malformedBoundaryLine) { try parse([form.utf8], boundary: "b") }
    }

    @Test func `headers, parts, padding and preamble have limits`() {
        let limits = MultipartParser.Limits(headerBytes: 100, parts: 2, preambleBytes: 50)
        func outcome(_ form: String, pieces: Int = 7) -> MultipartFailure? {
            let bytes = Array(form.utf8)
            do {
                var parser = try MultipartParser(boundary: "b", limits: limits)
                for start in stride(from: 0, to: bytes.count, by: pieces) {
                    _ = try parser.feed(ByteBuffer(bytes: bytes[start..<min(start + pieces, bytes.count)]))
                }
                try parser.finish()
                return nil
            } catch {
                return error
            }
        }
        let part = "--b\r\nContent-Disposition: form-data; name=a\r\n\r\nbody\r\n"
        for pieces in [1, 7, 10_000] {
            #expect(outcome(part + part + "--b--", pieces: pieces) == nil)
            #expect(outcome(part + part + part + "--b--", pieces: pieces) == .tooManyParts)
            #expect(outcome("--b\r\nX: " + String(repeating: "x", count: 200), pieces: pieces) == .headerTooLong)
            #expect(outcome("--b\r\nX: " + String(repeating: "x", count: 200) + "\r\n\r\n", pieces: pieces) == .headerTooLong)
            #expect(outcome("--b" + String(repeating: " ", count: 200), pieces: pieces) == .malformedBoundaryLine)
            #expect(outcome(String(repeating: "x", count: 60) + "\r\n" + part + "--b--", pieces: pieces) == .preambleTooLong)
            #expect(outcome(part + "--b--" + String(repeating: "x", count: 60), pieces: pieces) == .preambleTooLong)
        }
    }

    @Test func `after a failure nothing is read any more`() throws {
        var parser = try MultipartParser(boundary: "b")
        #expect(throws: MultipartFailure.malformedBoundaryLine) { try parser.feed(ByteBuffer(string: "--bx\r\n")) }
        #expect(throws: MultipartFailure.malformedBoundaryLine) { try parser.feed(ByteBuffer(string: "--b--")) }
        #expect(throws: MultipartFailure.malformedBoundaryLine) { try parser.finish() }
    }

    // MARK: Helpers

    /// All events, with the pieces of each body joined.
    private func parse(_ pieces: [some Collection<UInt8>], boundary: String = boundary) throws -> [MultipartParser.Event] {
        var parser = try MultipartParser(boundary: boundary)
        var events: [MultipartParser.Event] = []
        for piece in pieces {
            for event in try parser.feed(ByteBuffer(bytes: piece)) {
                if case .body(let next) = event, case .body(let previous) = events.last {
                    events[events.count - 1] = .body(ByteBuffer(bytes: Array(buffer: previous) + Array(buffer: next)))
                } else {
                    events.append(event)
                }
            }
        }
        try parser.finish()
        return events
    }

    private func part(_ disposition: String) throws -> MultipartParser.Event? {
        try parse(["--b\r\nContent-Disposition: \(disposition)\r\n\r\n\r\n--b--".utf8], boundary: "b").first
    }

    private func bodyBytes(_ events: [MultipartParser.Event]) -> Int {
        events.reduce(0) { if case .body(let body) = $1 { $0 + body.readableBytes } else { $0 } }
    }
}

/// The same numbers in every run (xorshift64).
private struct Seeded: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state
    }
}
