import Core
package import Hummingbird
package import NIOCore

/// Reads a multipart form as it arrives: text fields are kept, a file is handed on piece by piece.
package struct MultipartReader {
    private var body: RequestBody.AsyncIterator
    private var parser: MultipartParser
    private var waiting: [MultipartParser.Event] = []
    private var hasEnded = false
    private let fieldLimitBytes: Int

    package struct File: Sendable {
        package let field: String
        package let name: String
        package let contentType: String?
    }

    /// - Parameter files: more than usual that the form may have.
    /// - Throws: `Failure` `invalid_form` when the request is no multipart form.
    package init(_ request: Request, fieldLimitBytes: Int, files: Int = 0) throws {
        guard let type = request.headers[.contentType] else {
            throw Failure(.invalid, "invalid_form", "Send the form as multipart/form-data.")
        }
        self.fieldLimitBytes = fieldLimitBytes
        body = request.body.makeAsyncIterator()
        var limits = MultipartParser.Limits.standard
        limits.parts += files
        parser = try Self.explained { [limits] in
            try MultipartParser(boundary: try MultipartParser.boundary(fromContentType: type), limits: limits)
        }
    }

    /// Reads fields until the first file begins.
    /// - Returns: the fields so far, and the file that comes next; nil at the end of the form.
    package mutating func fieldsBeforeFile() async throws -> (form: Form, file: File?) {
        var form = Form()
        var (field, text): (String?, [UInt8]) = (nil, [])
        var total = 0
        while let event = try await next() {
            switch event {
            case .part(let name, let fileName, let contentType):
                if let fileName { return (form, File(field: name, name: fileName, contentType: contentType)) }
                (field, text) = (name, [])
            case .body(let bytes):
                total += bytes.readableBytes
                guard total <= fieldLimitBytes else {
                    throw Failure(.tooLarge, "body_too_large", "The fields of the form are larger than \(fieldLimitBytes) bytes.")
                }
                try BodyAllowance.current?.take(bytes.readableBytes)
                text.append(contentsOf: bytes.readableBytesView)
            case .endOfPart:
                if let field { form.append(field, String(decoding: text, as: UTF8.self)) }
                field = nil
            case .end: break
            }
        }
        return (form, nil)
    }

    /// The next piece of the file that `fieldsBeforeFile` found; nil at its end.
    package mutating func nextPieceOfFile() async throws -> ByteBuffer? {
        guard case .body(let bytes)? = try await next() else { return nil }
        return bytes
    }

    private mutating func next() async throws -> MultipartParser.Event? {
        while waiting.isEmpty {
            if hasEnded { return nil }
            if let piece = try await body.next() {
                waiting = try Self.explained { try parser.feed(piece) }.reversed()
            } else {
                hasEnded = true
                try Self.explained { try parser.finish() }
            }
        }
        return waiting.popLast()
    }

    private static func explained<Value>(_ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch let failure as MultipartFailure {
            throw Failure(.invalid, "invalid_form", failure.message)
        }
    }
}
