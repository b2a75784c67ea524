package import Core
package import HTTPTypes
package import Hummingbird
package import NIOCore
import Synchronization

/// Turns values into responses.
package enum Answer {
    package static func json(_ value: JSON, status: HTTPResponse.Status = .ok, headers: HTTPFields = [:]) -> Response {
        json(ByteBuffer(bytes: value.bytes), status: status, headers: headers)
    }

    /// - Parameter bytes: of JSON.
    package static func json(_ bytes: ByteBuffer, status: HTTPResponse.Status = .ok, headers: HTTPFields = [:]) -> Response {
        var headers = headers
        headers[.contentType] = "application/json; charset=utf-8"
        return Response(status: status, headers: headers, body: ResponseBody(byteBuffer: bytes))
    }

    /// An answer that carries its strong ETag (RFC 9110, section 8.8.3), and is empty when the caller has it already.
    package static func tagged(
        _ value: JSON, for request: Request, status: HTTPResponse.Status = .ok, headers: HTTPFields = [:]
    ) -> Response {
        tagged(RenderedJSON(value), for: request, status: status, headers: headers)
    }

    package static func tagged(
        _ value: RenderedJSON, for request: Request, status: HTTPResponse.Status = .ok, headers: HTTPFields = [:]
    ) -> Response {
        var headers = headers
        headers[.eTag] = value.tag
        if request.method == .get, let known = request.headers[.ifNoneMatch], ETag.matches(known, value.tag) {
            return Response(status: .notModified, headers: headers)
        }
        return json(value.body, status: status, headers: headers)
    }

    private static let healthyJSON: JSON = ["status": "healthy", "ok": true]

    /// The process answers, and that is all it says.
    package static var healthy: Response { json(healthyJSON) }

    static let healthyHeaders = healthy.headers
    static let healthyBody = ByteBuffer(bytes: healthyJSON.bytes)

    /// The caller has it already.
    package static func notModified(_ tag: String) -> Response {
        Response(status: .notModified, headers: [.eTag: tag])
    }

    package static func redirect(to path: String, headers: HTTPFields = [:]) -> Response {
        var headers = headers
        headers[.location] = path
        return Response(status: .seeOther, headers: headers)
    }
}

/// JSON as it goes out, with its tag: to be kept, and sent many times.
package struct RenderedJSON: Sendable {
    package let tag: String
    package let body: ByteBuffer

    package init(_ json: JSON) {
        let bytes = json.bytes
        tag = ETag.of(bytes)
        body = ByteBuffer(bytes: bytes)
    }

    /// A part of an answer, under the tag of the whole.
    package init(_ json: JSON, tag: String) {
        self.init(tag: tag, body: ByteBuffer(bytes: json.bytes))
    }

    init(tag: String, body: ByteBuffer) {
        (self.tag, self.body) = (tag, body)
    }
}

extension Moment {
    /// The date of an answer that is made now.
    static var httpDateNow: String {
        let now = Moment.now
        let second = now.rawValue / 1000
        return lastDate.withLock { last in
            if last.second != second { last = (second, now.httpDate) }
            return last.text
        }
    }

    /// Many answers are made in one second.
    private static let lastDate = Mutex((second: Int64.min, text: ""))
}
