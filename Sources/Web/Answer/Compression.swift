import Core
package import HTTPTypes
package import Hummingbird
import NIOCore

/// Packs answers with gzip where the client takes it (RFC 9110, section 12.5.3).
///
/// Left as they are: small answers, parts of files, streams, answers that already have a coding, and answers with secrets: the
/// length of a packed answer tells how alike a secret in it is to a text that an attacker chose (BREACH). For the same reason
/// nothing is packed for a request that another site started. The tokens of forms are masked anew for each page.
///
/// The entity tag of a JSON answer is the documents' hash of its JSON, whatever its coding; `Vary` keeps caches from mixing them
/// up, and no such answer has parts that could be put together.
package struct Compression: RouterMiddleware {
    package enum Limits {
        /// Less fits into one packet anyway.
        static let leastBytes = 1024
        /// Larger answers are not held in memory for it.
        static let mostBytes = 16_777_216
        /// Packed in about a millisecond; more is packed on a thread of its own.
        static let inlineBytes = 65_536
    }

    private let table: RouteTable

    package init(table: RouteTable) {
        self.table = table
    }

    package func handle(
        _ request: Request, context: AppRequestContext, next: (Request, AppRequestContext) async throws -> Response
    ) async throws -> Response {
        var response = try await next(request, context)
        guard request.method == .get, Self.mayVary(response), table.route(request, context)?.declaration.isConfidential != true
        else { return response }
        response.headers.addVary("Accept-Encoding")
        guard response.status == .ok, let length = response.body.contentLength,
            (Limits.leastBytes...Limits.mostBytes).contains(length), !Self.isStartedElsewhere(request),
            Coding.best(for: request, of: [.gzip]) == .gzip
        else { return response }
        let gathered = GatheredBody()
        try await response.body.write(gathered)
        response.body = ResponseBody(byteBuffer: try await Self.packed(gathered.buffer))
        response.headers[.contentEncoding] = Coding.gzip.rawValue
        return response
    }

    private static func packed(_ bytes: ByteBuffer) async throws -> ByteBuffer {
        @Sendable func pack() throws -> ByteBuffer {
            ByteBuffer(bytes: try bytes.withUnsafeReadableBytes { try Gzip.pack($0, .answer) })
        }
        return bytes.readableBytes <= Limits.inlineBytes ? try pack() : try await HeavyWork.run(pack)
    }

    /// Whether the answer, or its twin with content, has text that is worth packing.
    private static func mayVary(_ response: Response) -> Bool {
        guard response.headers[.contentEncoding] == nil, response.headers[.acceptRanges] == nil else { return false }
        if response.status == .notModified { return true }
        let type = (response.headers[.contentType] ?? "").prefix { $0 != ";" }.lowercased()
        return packedTypes.contains(type)
    }

    private static let packedTypes: Set<String> = [
        "application/json", "application/yaml", "text/html", "text/plain", "text/css", "text/javascript", "image/svg+xml",
    ]

    private static func isStartedElsewhere(_ request: Request) -> Bool {
        request.headers[.secFetchSite].map { $0 != "same-origin" && $0 != "none" } ?? false
    }
}

/// How the bytes of an answer are packed.
package enum Coding: String, Sendable {
    case brotli = "br"
    case gzip
    case identity

    /// The coding of the largest weight; of several the one that packs best, which is the first offered. Without
    /// `Accept-Encoding` nothing is packed: a client that says nothing is usually one that can not unpack.
    package static func best(for request: Request, of offered: [Coding]) -> Coding {
        let fields = request.headers[values: .acceptEncoding]
        guard !fields.isEmpty else { return .identity }
        let weights = Weights(fields.joined(separator: ","))
        func weight(_ coding: Coding) -> Double {
            switch coding {
            case .brotli: weights.weight("br", "*") ?? 0
            case .gzip: weights.weight("gzip", "x-gzip", "*") ?? 0
            // Accepted unless it is refused, but less wished for than what is named.
            case .identity: weights.weight("identity") ?? (weights.weight("*") == 0 ? 0 : leastWeight)
            }
        }
        let best = (offered + [.identity]).max { one, other in weight(one) < weight(other) } ?? .identity
        // `max` takes the last of equals.
        return (offered + [.identity]).first { weight($0) == weight(best) && weight($0) > 0 } ?? .identity
    }

    private static let leastWeight = 0.0005
}

extension HTTPFields {
    /// Names one more field of the request on which the answer depends.
    package mutating func addVary(_ name: String) {
        let names = (self[.vary] ?? "").split(separator: ",").map(\.trimmed)
        guard !names.contains("*"), !names.contains(where: { $0.lowercased() == name.lowercased() }) else { return }
        self[.vary] = (names + [name]).joined(separator: ", ")
    }
}
