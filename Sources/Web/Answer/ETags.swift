import Core
package import HTTPTypes
package import Hummingbird
package import NIOCore
package import NIOPosix

/// Gives every JSON answer to a GET its tag, where the handler has not; those of jobs and tasks know theirs without rendering.
package struct ETags: RouterMiddleware {
    /// A larger answer is not held in memory for it.
    private static let largestBytes = 1_048_576
    /// Hashing up to this takes less time than handing it over.
    private static let quickBytes = 16_384

    private let threads: NIOThreadPool

    /// - Parameter threads: where larger answers are hashed.
    package init(threads: NIOThreadPool) {
        self.threads = threads
    }

    package func handle(
        _ request: Request, context: AppRequestContext, next: (Request, AppRequestContext) async throws -> Response
    ) async throws -> Response {
        var response = try await next(request, context)
        guard request.method == .get, response.status == .ok, response.headers[.eTag] == nil,
            response.headers[.contentType]?.hasPrefix("application/json") == true,
            let length = response.body.contentLength, length <= Self.largestBytes
        else { return response }
        let gathered = GatheredBody()
        try await response.body.write(gathered)
        let bytes = Array(gathered.buffer.readableBytesView)
        let tag = bytes.count <= Self.quickBytes ? ETag.of(bytes) : try await threads.work { ETag.of(bytes) }
        response.headers[.eTag] = tag
        if let known = request.headers[.ifNoneMatch], ETag.matches(known, tag) {
            response.headers[.contentType] = nil
            return Response(status: .notModified, headers: response.headers)
        }
        response.body = ResponseBody(byteBuffer: gathered.buffer)
        return response
    }
}

/// Takes what an answer writes.
package final class GatheredBody: ResponseBodyWriter {
    package private(set) var buffer = ByteBuffer()

    package init() {}

    package func write(_ part: ByteBuffer) async throws { buffer.writeImmutableBuffer(part) }
    package func finish(_ trailingHeaders: HTTPFields?) async throws {}
}
