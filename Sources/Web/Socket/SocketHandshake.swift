import Core
import Crypto
import Foundation
import HTTPTypes
import Hummingbird
import NIOHTTP1

/// The opening handshake (RFC 6455, section 4.2).
enum SocketHandshake {
    private static let guid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
    private static let keyBytes = 16
    static let version = "13"

    /// - Returns: the answer to a request that opens a socket; nil for any other.
    static func answer(to head: HTTPRequestHead) -> HTTPResponseHead? {
        let headers = head.headers
        guard head.method == .GET, head.version.major == 1, head.version.minor >= 1, headers["Host"].count == 1,
            headers[canonicalForm: "Upgrade"].contains(where: { $0.lowercased() == "websocket" }),
            headers[canonicalForm: "Connection"].contains(where: { $0.lowercased() == "upgrade" }),
            headers["Sec-WebSocket-Version"] == [version], headers["Sec-WebSocket-Key"].count == 1,
            let key = headers.first(name: "Sec-WebSocket-Key"), isKey(key),
            // A body would stand between the handshake and the first frame.
            headers["Transfer-Encoding"].isEmpty, ["0", nil].contains(headers.first(name: "Content-Length"))
        else { return nil }
        let accept = Data(Insecure.SHA1.hash(data: Data((key + guid).utf8))).base64EncodedString()
        return HTTPResponseHead(
            version: .http1_1, status: .switchingProtocols,
            headers: ["Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Accept": accept])
    }

    static func isKey(_ text: String) -> Bool {
        Data(base64Encoded: text)?.count == keyBytes
    }
}

/// What the addresses of sockets answer to requests that open none.
package enum SocketRoutes {
    /// Below each mount.
    package static let path = "ws"
    package static let declaration = RouteDeclaration("Open a socket", .socket([.jobsRead, .tasksRead]))
        .refusing(.upgradeRequired, "upgrade_required").refusing(.refused, "invalid_handshake")

    package static func routes(_ routes: Routes<AppRequestContext>) {
        routes.get(path, declaration) { request, _ in throw refusal(request) }
    }

    private static func refusal(_ request: Request) -> Failure {
        guard let version = request.headers[.secWebSocketVersion], version == SocketHandshake.version else {
            return Failure(
                .upgradeRequired, "upgrade_required",
                "This address speaks WebSocket, version \(SocketHandshake.version); ask for it with an Upgrade header.")
        }
        guard let key = request.headers[.secWebSocketKey], SocketHandshake.isKey(key) else {
            return Failure(.refused, "invalid_handshake", "Sec-WebSocket-Key must be 16 bytes in base64.")
        }
        return Failure(
            .upgradeRequired, "upgrade_required",
            "A WebSocket starts with the first request of a connection, over HTTP/1.1, with Upgrade: websocket and Connection: Upgrade."
        )
    }
}
