package import Core
import Crypto
package import HTTPTypes
package import Hummingbird
import NIOCore

/// Turns values into responses.
package enum Answer {
    package static func json(_ value: JSON, status: HTTPResponse.Status = .ok, headers: HTTPFields = [:]) -> Response {
        var headers = headers
        headers[.contentType] = "application/json; charset=utf-8"
        return Response(status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: value.bytes)))
    }

    /// An answer that carries its strong ETag (RFC 9110, section 8.8.3), and is empty when the caller has it already.
    package static func tagged(
        _ value: JSON, for request: Request, status: HTTPResponse.Status = .ok, headers: HTTPFields = [:]
    ) -> Response {
        let bytes = value.bytes
        let tag = "\"\(SHA256.hash(data: bytes).hex)\""
        var headers = headers
        headers[.eTag] = tag
        if request.method == .get, let known = request.headers[.ifNoneMatch], ETag.matches(known, tag) {
            return Response(status: .notModified, headers: headers)
        }
        headers[.contentType] = "application/json; charset=utf-8"
        return Response(status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }

    package static func redirect(to path: String, headers: HTTPFields = [:]) -> Response {
        var headers = headers
        headers[.location] = path
        return Response(status: .seeOther, headers: headers)
    }
}

package enum ETag {
    /// Weak comparison of a list, as `If-None-Match` asks for (RFC 9110, section 13.1.2).
    package static func matches(_ list: String, _ tag: String) -> Bool {
        list.split(separator: ",").map(\.trimmed).contains { candidate in
            let bare = candidate.hasPrefix("W/") ? String(candidate.dropFirst(2)) : candidate
            return bare == "*" || bare == tag || "\"\(bare)\"" == tag
        }
    }
}
