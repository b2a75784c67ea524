package import Core
import HTTPTypes
package import Hummingbird
package import NIOCore

/// Reads what a request carries, within the limit for bodies that are held in memory.
package struct Bodies: Sendable {
    /// `BODY_LIMIT_BYTES`.
    package let limitBytes: Int

    package init(limitBytes: Int) {
        self.limitBytes = limitBytes
    }

    /// Strangers may send less than people who are signed in, and all bodies together have a bound.
    /// - Throws: `Failure` `body_too_large`, `server_busy`, `body_timeout`, `broken_body`.
    package func bytes(_ request: Request) async throws -> ByteBuffer {
        var gathered = ByteBuffer()
        try await forEachPiece(of: request) { piece in
            var piece = piece
            gathered.writeBuffer(&piece)
            return gathered.readableBytes
        }
        return gathered
    }

    /// Hands over a body piece by piece as it arrives, within the same bounds; the next one is read when `take` has returned.
    /// - Parameter take: answers with the bytes that are still held of what it was given so far.
    /// - Returns: bytes in all.
    /// - Throws: those of `bytes`, and what `take` throws.
    @discardableResult
    package func forEachPiece(of request: Request, _ take: (ByteBuffer) async throws -> Int) async throws -> Int {
        let allowance = BodyAllowance.current
        let limit = allowance?.limit(limitBytes) ?? limitBytes
        let tooLarge = Failure(.tooLarge, "body_too_large", "The body is larger than the limit of \(limit) bytes.")
        if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > limit { throw tooLarge }
        var body = request.body.makeAsyncIterator()
        var count = 0
        while let piece = try await body.next() {
            count += piece.readableBytes
            guard count <= limit else { throw tooLarge }
            try allowance?.take(piece.readableBytes)
            allowance?.letGo(downTo: try await take(piece))
        }
        return count
    }

    /// The body as a JSON object; an empty body counts as `{}`.
    /// - Parameter known: the members that it may have.
    /// - Throws: `Failure` `unknown_field`, `invalid_json`, `invalid_body`, and those of `bytes`.
    package func fields(_ request: Request, known: [String]) async throws -> Fields {
        try await Self.fields(try await bytes(request), known: known)
    }

    /// The same of a body that has been read.
    package static func fields(_ bytes: ByteBuffer, known: [String]) async throws -> Fields {
        let fields = try Fields(bytes.readableBytes == 0 ? .object([:]) : await json(bytes))
        try fields.mustBeKnown(known)
        return fields
    }

    /// Large bodies are read on a thread of their own, so that other answers need not wait for them.
    private static func json(_ bytes: ByteBuffer) async throws -> JSON {
        guard bytes.readableBytes > Limits.inlineBytes else { return try JSON(parsing: bytes.readableBytesView) }
        return try await HeavyWork.run { try JSON(parsing: bytes.readableBytesView) }
    }

    private enum Limits {
        /// Read in under a millisecond.
        static let inlineBytes = 65_536
    }

    /// - Throws: `Failure` `body_too_large`, `too_many_marks`.
    package func form(_ request: Request) async throws -> Form {
        let form = Form(String(decoding: try await bytes(request).readableBytesView, as: UTF8.self))
        guard !form.hasTooManyMarks else { throw TextLimits.tooManyMarks }
        return form
    }

    package static func isForm(_ request: Request) -> Bool {
        (request.headers[.contentType] ?? "").lowercased().hasPrefix("application/x-www-form-urlencoded")
    }
}

extension Failure {
    /// A form without the token of its page, or with one that counts no more.
    package static var staleForm: Failure {
        Failure(.forbidden, "stale_form", "This form is too old; open the page again and send it once more.")
    }
}

/// Names and values of `application/x-www-form-urlencoded` (WHATWG URL, section 5.1), or of a query.
package struct Form: Sendable {
    private var values: [String: [String]] = [:]
    /// A name or a value has more combining marks in a row than `TextLimits.marksInRow`, and was left out: the names are hashed.
    package private(set) var hasTooManyMarks = false

    package init() {}

    package init(_ text: some StringProtocol) {
        for pair in text.split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            append(Self.decoded(parts[0]), parts.count > 1 ? Self.decoded(parts[1]) : "")
        }
    }

    package init(query request: Request) {
        self.init(request.uri.query ?? "")
    }

    package mutating func append(_ name: String, _ value: String) {
        guard name.hasFewMarks, value.hasFewMarks else {
            hasTooManyMarks = true
            return
        }
        values[name, default: []].append(value)
    }

    /// For keeping what was typed, but no secret.
    package func without(_ names: [String]) -> Form {
        var form = self
        for name in names { form.values[name] = nil }
        return form
    }

    /// Of all values together.
    package var bytes: Int { values.values.joined().reduce(0) { $0 + $1.utf8.count } }

    package var names: [String] { values.keys.sorted() }

    package func all(_ name: String) -> [String] { values[name] ?? [] }

    /// The first value, as it is; nil when absent or empty.
    package subscript(name: String) -> String? {
        values[name]?.first.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// As forms are encoded (WHATWG URL Standard, section 5): `+` is a space, and a `%` that begins no code stays.
    static func decoded(_ text: some StringProtocol) -> String {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), let code = PercentCoding.decode([byte] + rest.prefix(2)) {
                bytes += code
                rest.removeFirst(2)
            } else {
                bytes.append(byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension String {
    /// Everything but the unreserved characters of RFC 3986 percent-encoded.
    package var queryEscaped: String { PercentCoding.encode(utf8) }
}
