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
