import NIOCore
import NIOHTTP1
import Testing

@testable import Web

@Suite("Opening a socket")
struct SocketHandshakeTests {
    static let good: HTTPHeaders = [
        "Host": "localhost", "Upgrade": "websocket", "Connection": "keep-alive, Upgrade", "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    ]

    private func answer(_ headers: HTTPHeaders, method: HTTPMethod = .GET, version: HTTPVersion = .http1_1) -> HTTPResponseHead? {
        SocketHandshake.answer(to: HTTPRequestHead(version: version, method: method, uri: "/ws", headers: headers))
    }

    /// RFC 6455, section 1.3.
    @Test func `the example of the RFC is answered as there`() {
        let head = answer(Self.good)
        #expect(head?.status == .switchingProtocols)
        #expect(head?.headers["Sec-WebSocket-Accept"] == ["s3pPLMBiTxaQ9kYGzzhZRbK+xOo="])
        #expect(head?.headers.contains(name: "Sec-WebSocket-Extensions") == false)
    }

    @Test(arguments: [
        ("Upgrade", "h2c"), ("Connection", "keep-alive"), ("Sec-WebSocket-Version", "8"), ("Sec-WebSocket-Key", "short"),
        ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZSE="), ("Content-Length", "3"), ("Transfer-Encoding", "chunked"),
    ]) func `a handshake with a mistake opens nothing`(name: String, value: String) {
        var headers = Self.good
        headers.replaceOrAdd(name: name, value: value)
        #expect(answer(headers) == nil)
    }

    @Test(arguments: ["Host", "Upgrade", "Connection", "Sec-WebSocket-Version", "Sec-WebSocket-Key"])
    func `a handshake opens nothing when a field is missing`(name: String) {
        var headers = Self.good
        headers.remove(name: name)
        #expect(answer(headers) == nil)
    }

    @Test func `only GET of HTTP 1 1 opens a socket, in any spelling`() {
        #expect(answer(Self.good, method: .POST) == nil)
        #expect(answer(Self.good, version: .http1_0) == nil)
        var headers = Self.good
        headers.replaceOrAdd(name: "upgrade", value: "WebSocket")
        headers.replaceOrAdd(name: "connection", value: "UPGRADE")
        #expect(answer(headers) != nil)
    }

    @Test func `reasons are cut between characters to what a control frame holds`() {
        let frame = SocketFrame.close(SocketClose(1000, String(repeating: "€", count: 60)))
        #expect(frame.readableBytes == 2 + 2 + 123)
    }
}
