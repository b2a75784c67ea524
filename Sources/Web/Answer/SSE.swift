package import Core
package import Hummingbird
package import NIOCore

/// Server-sent events (WHATWG HTML, section 9.2).
package enum SSE {
    /// One message; a message without an id leaves the reader's `Last-Event-ID` as it was.
    package static func message(event: String, id: Int64? = nil, data: JSON) -> ByteBuffer {
        var buffer = ByteBuffer()
        if let id { buffer.writeString("id: \(id)\n") }
        buffer.writeString("event: \(event)\ndata: ")
        buffer.writeBytes(data.bytes)
        buffer.writeString("\n\n")
        return buffer
    }

    /// A comment that keeps proxies from closing a quiet stream.
    package static let heartbeat = ByteBuffer(string: ": still here\n\n")

    /// Runs for as long as somebody reads.
    /// - Parameter onGone: called when the reader has gone; must make `body` return.
    package static func whileReaderIsThere(
        _ request: Request, _ channel: any Channel, onGone: @escaping @Sendable () -> Void, _ body: () async throws -> Void
    ) async throws {
        channel.closeFuture.whenComplete { _ in onGone() }
        // A stream of HTTP/2 tells its end by closing. On HTTP/1.1 the client's side ends first, and only a read notices.
        guard channel.parent?.parent == nil else { return try await body() }
        try await request.body.consumeWithInboundCloseHandler { _ in
            try await body()
        } onInboundClosed: {
            onGone()
        }
    }

    package static func response(_ write: @escaping @Sendable (inout any ResponseBodyWriter) async throws -> Void) -> Response {
        Response(
            status: .ok,
            headers: [
                .contentType: "text/event-stream; charset=utf-8", .cacheControl: "no-store",
                .named("X-Accel-Buffering"): "no",
            ],
            body: ResponseBody(contentLength: nil, write))
    }
}
