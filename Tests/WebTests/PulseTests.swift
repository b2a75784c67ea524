import HTTPTypes
import Logging
import NIOCore
import NIOEmbedded
import NIOHTTPTypes
import Testing

@testable import Web

@Suite("Telling that the server is alive")
struct PulseTests {
    let channel = EmbeddedChannel()

    init() throws {
        let pulse = Pulse(
            { _, _, _ in (HTTPResponse(status: .ok), ByteBuffer(string: "alive")) }, isHTTP2: false, logger: Logger(label: "test")
        )
        try channel.pipeline.syncOperations.addHandler(pulse)
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
    }

    private func ask(_ path: String = "/health", _ fields: HTTPFields = [:]) throws {
        try channel.writeInbound(
            HTTPRequestPart.head(
                HTTPRequest(method: .get, scheme: "http", authority: "localhost", path: path, headerFields: fields)))
        try channel.writeInbound(HTTPRequestPart.end(nil))
    }

    /// How many parts went out, and how many went on to the router.
    private func parts() throws -> (out: Int, on: Int) {
        var (out, on) = (0, 0)
        while try channel.readOutbound(as: HTTPResponsePart.self) != nil { out += 1 }
        while try channel.readInbound(as: HTTPRequestPart.self) != nil { on += 1 }
        return (out, on)
    }

    @Test func `the question is answered without anybody behind`() throws {
        for _ in 0..<3 {
            try ask()
            #expect(try parts() == (3, 0))
        }
        #expect(channel.isActive)
        try ask("/health", [.connection: "close"])
        #expect(try parts() == (3, 0) && !channel.isActive)
    }

    @Test func `everything else goes on`() throws {
        for (path, fields) in [
            ("/healthz", [:]), ("/health?detailed=true", [:]), ("/health", [.origin: "https://app.example"]),
            ("/health", [.connection: "Upgrade"]),
        ] as [(String, HTTPFields)] {
            try ask(path, fields)
            #expect(try parts() == (0, 2))
            try channel.writeOutbound(HTTPResponsePart.end(nil))
            _ = try parts()
        }
    }

    @Test func `answers keep their order`() throws {
        try ask("/jobs")
        try ask()
        #expect(try parts() == (0, 4))
        for _ in 0..<2 { try channel.writeOutbound(HTTPResponsePart.end(nil)) }
        _ = try parts()
        try ask()
        #expect(try parts() == (3, 0))
    }
}
