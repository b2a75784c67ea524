import Core
import Foundation
package import GRDB
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
package import Storage
package import Web

/// The store's own door, in the manner of S3: `PUT`, `GET` and `HEAD` of `/<bucket>/<key>` with a signed query.
package struct ObjectRoutes: Sendable {
    private let storage: Storage
    private let objects: any ObjectStore
    private let signature: SignatureV4
    private let bucket: String
    private let uploadLimitBytes: Int64
    private let mustBeActive: @Sendable (ObjectKey, Database) throws -> Void
    private let gates: [String: ObjectGate]

    /// How often an object is looked up that is replaced between the look and the opening of its file.
    private static let openings = 3

    /// - Parameters:
    ///   - gates: rule the folders of other rooms.
    ///   - mustBeActive: throws where the account is disabled that the object belongs to.
    package init(
        storage: Storage, objects: any ObjectStore, signature: SignatureV4, bucket: String, uploadLimitBytes: Int64,
        gates: [ObjectGate], mustBeActive: @escaping @Sendable (ObjectKey, Database) throws -> Void
    ) {
        self.storage = storage
        self.objects = objects
        self.signature = signature
        self.bucket = bucket
        self.uploadLimitBytes = uploadLimitBytes
        self.mustBeActive = mustBeActive
        self.gates = Dictionary(gates.map { ($0.folder, $0) }, uniquingKeysWith: { $1 })
    }

    package func routes(_ routes: Routes<AppRequestContext>) {
        // A signed address is its own limit.
        func declaration(_ summary: String) -> RouteDeclaration {
            .init(summary, .signature, answers: .bytes, rates: [], body: .file)
                .refusing(
                    .forbidden, "AccessDenied", "AuthorizationQueryParametersError", "InvalidAccessKeyId", "SignatureDoesNotMatch"
                )
                .refusing(.missing, "NoSuchKey").refusing(.tooLarge, "EntityTooLarge").refusing(
                    .refused, "IncompleteBody", "InvalidArgument")
        }
        let path = "\(bucket)/**"
        routes.on(.put, path, declaration("Upload an object")) { request, context in
            await answer(request, context) { try await put(request, $0) }
        }
        routes.on(.get, path, declaration("Download an object")) { request, context in
            await answer(request, context) { try await get(request, $0) }
        }
        routes.on(.head, path, declaration("Ask about an object")) { request, context in
            await answer(request, context) { try await get(request, $0).createHeadResponse() }
        }
    }

    /// Checks the signature, then answers; failures are worded in XML, as S3 clients expect.
    private func answer(
        _ request: Request, _ context: AppRequestContext, _ body: (ObjectKey) async throws -> Response
    ) async -> Response {
        do {
            try signature.verify(
                method: request.method.rawValue, host: PublicAddress.host(request), rawPath: request.uri.path,
                rawQuery: request.uri.query ?? "", headers: { name in HTTPField.Name(name).flatMap { request.headers[$0] } },
                at: Date())
            let path = request.uri.path.dropFirst(bucket.utf8.count + 2)
            let key = try ObjectKey(PercentCoding.decode(text: path) ?? String(path))
            return try await body(key)
        } catch let failure as SignatureFailure {
            return xml(.forbidden, Self.code(failure), Self.message(failure), request, context)
        } catch let failure as Failure {
            return xml(Problem.status(failure, .standard), Self.code(failure), failure.message, request, context)
        } catch {
            context.logger.error("defect", metadata: ["error": "\(String(reflecting: type(of: error))): \(error)"])
            return xml(.internalServerError, "InternalError", "Something went wrong on the server.", request, context)
        }
    }

    private func put(_ request: Request, _ key: ObjectKey) async throws -> Response {
        let writing = try await storage.read { db in try mayWrite(key, db) }
        let limitBytes = min(uploadLimitBytes, writing.limitBytes ?? uploadLimitBytes)
        if let length = request.headers[.contentLength].flatMap({ Int64($0) }), length > limitBytes {
            throw Failure(.tooLarge, "upload_too_large", "The file is larger than the limit of \(limitBytes) bytes.")
        }
        var body = request.body.makeAsyncIterator()
        // A file that no job can read is refused with its first bytes, not after hours of sending.
        var head = FileHead(check: writing.checkHead)
        let staged = try await objects.stage(contentType: request.headers[.contentType], limitBytes: limitBytes) {
            let piece: ByteBuffer?
            do {
                piece = try await body.next()
            } catch let failure as Failure where failure.kind == .timedOut {
                throw failure
            } catch {
                throw Failure(.refused, "incomplete_body", "The transfer broke off; nothing was kept.")
            }
            if let piece { try head.look(at: piece) }
            return piece
        }
        do {
            // Asked again in the transaction: the job may have begun to read while the bytes came in.
            let object = try await objects.store(staged, as: key, in: storage) { [objects] placed, db in
                _ = try mayWrite(key, db)
                return try objects.commit(placed, db)
            }
            return Response(status: .ok, headers: [.eTag: "\"\(object.sha256)\""])
        } catch {
            await objects.discard(staged)
            throw error
        }
    }

    /// - Throws: `Failure` when the object may not be written.
    private func mayWrite(_ key: ObjectKey, _ db: Database) throws -> ObjectGate.Writing {
        try mustBeActive(key, db)
        return try gates[key.firstPart]?.mayWrite(key, db) ?? .init()
    }

    private func get(_ request: Request, _ key: ObjectKey) async throws -> Response {
        let opened = try await open(key)
        let object = opened.object
        let query = Form(query: request)
        var headers: HTTPFields = [
            .eTag: "\"\(object.sha256)\"", .acceptRanges: "bytes", .lastModified: object.createdAt.httpDate,
            .contentType: query["response-content-type"] ?? object.contentType ?? "application/octet-stream",
            // What people upload is never a page of ours.
            .contentSecurityPolicy: "sandbox; default-src 'none'; base-uri 'none'; frame-ancestors 'none'",
            .contentDisposition: query["response-content-disposition"] ?? "attachment",
        ]
        if let known = request.headers[.ifNoneMatch], ETag.matches(known, "\"\(object.sha256)\"") {
            return Response(status: .notModified, headers: headers)
        }
        let range: ByteRange
        switch ByteRange.parse(
            request.headers[.ifRange].map { $0 == headers[.eTag] } == false ? nil : request.headers[.range],
            size: object.sizeBytes)
        {
        case .whole: range = ByteRange(offset: 0, count: object.sizeBytes)
        case .part(let part):
            range = part
            headers[.contentRange] = "bytes \(part.offset)-\(part.offset + part.count - 1)/\(object.sizeBytes)"
        case .unsatisfiable:
            headers[.contentRange] = "bytes */\(object.sizeBytes)"
            return Response(status: .rangeNotSatisfiable, headers: headers)
        }
        return Response(
            status: headers[.contentRange] == nil ? .ok : .partialContent, headers: headers,
            body: ResponseBody(contentLength: Int(range.count)) { [objects] writer in
                var writer = writer
                try await objects.read(opened, from: range.offset, count: range.count) { try await writer.write($0) }
                try await writer.finish(nil)
            })
    }

    /// The object as it is now: what is read of it stays this version, whatever is written meanwhile.
    private func open(_ key: ObjectKey) async throws -> OpenObject {
        for _ in 0..<Self.openings {
            let found = try await storage.read { [objects, mustBeActive, gates] db in
                try mustBeActive(key, db)
                try gates[key.firstPart]?.mayRead(key, db)
                return try objects.find(key, db)
            }
            guard let object = found else { break }
            if let opened = try await objects.open(object) { return opened }
        }
        throw Failure(.missing, "object_not_found", "There is no such object.")
    }

    private func xml(
        _ status: HTTPResponse.Status, _ code: String, _ message: String, _ request: Request, _ context: AppRequestContext
    ) -> Response {
        let body = """
            <?xml version="1.0" encoding="UTF-8"?>
            <Error><Code>\(code)</Code><Message>\(message.xmlEscaped)</Message><Resource>\(request.uri.path.xmlEscaped)</Resource>\
            <RequestId>\(context.requestID.xmlEscaped)</RequestId></Error>
            """
        return Response(
            status: status, headers: [.contentType: "application/xml"], body: ResponseBody(byteBuffer: ByteBuffer(string: body)))
    }

    private static func code(_ failure: Failure) -> String {
        if failure.code == "incomplete_body" { return "IncompleteBody" }
        return switch failure.kind {
        case .missing: "NoSuchKey"
        case .tooLarge: "EntityTooLarge"
        case .conflict, .forbidden, .refused, .unauthenticated: "AccessDenied"
        case .invalid, .methodNotAllowed, .unprocessable, .upgradeRequired: "InvalidArgument"
        case .stale, .preconditionRequired: "PreconditionFailed"
        case .tooMany: "SlowDown"
        case .timedOut: "RequestTimeout"
        case .outage: "ServiceUnavailable"
        case .unavailable, .noSpace: "InternalError"
        }
    }

    private static func code(_ failure: SignatureFailure) -> String {
        switch failure {
        case .malformed: "AuthorizationQueryParametersError"
        case .expired, .notYetValid: "AccessDenied"
        case .unknownAccessKey: "InvalidAccessKeyId"
        case .mismatch: "SignatureDoesNotMatch"
        }
    }

    private static func message(_ failure: SignatureFailure) -> String {
        switch failure {
        case .malformed: "The signed query is incomplete or not well formed."
        case .expired: "This URL has expired; ask for a new one."
        case .notYetValid: "This URL is not valid yet; check the clock of the machine that made it."
        case .unknownAccessKey: "The access key in this URL is not known here."
        case .mismatch: "The signature does not fit: method, address, query and signed headers must be as they were signed."
        }
    }
}

/// A window on an object (RFC 9110, section 14). A request for several ranges gets the whole.
struct ByteRange: Equatable {
    let offset: Int64
    let count: Int64

    enum Parsed: Equatable {
        case whole
        case part(ByteRange)
        case unsatisfiable
    }

    static func parse(_ header: String?, size: Int64) -> Parsed {
        guard let header, header.hasPrefix("bytes="), !header.contains(",") else { return .whole }
        let ends = header.dropFirst("bytes=".count).split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        guard ends.count == 2 else { return .whole }
        if ends[0].isEmpty {
            guard let count = Int64(ends[1]), count >= 0 else { return .whole }
            guard count > 0, size > 0 else { return .unsatisfiable }
            return .part(ByteRange(offset: max(0, size - count), count: min(count, size)))
        }
        guard let first = Int64(ends[0]), first >= 0 else { return .whole }
        let last = ends[1].isEmpty ? size - 1 : Int64(ends[1]).map { min($0, size - 1) }
        guard let last else { return .whole }
        guard first < size else { return .unsatisfiable }
        return last < first ? .whole : .part(ByteRange(offset: first, count: last - first + 1))
    }
}

extension String {
    fileprivate var xmlEscaped: String {
        replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;").replacing("\"", with: "&quot;")
    }
}
