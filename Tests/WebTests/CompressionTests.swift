import Core
import HTTPTypes
import Hummingbird
import NIOCore
import Testing

@testable import Web

@Suite("Choosing a coding")
struct CompressionTests {
    private func best(_ field: String?, of offered: [Coding] = [.brotli, .gzip]) -> Coding {
        var head = HTTPRequest(method: .get, scheme: "http", authority: "localhost", path: "/")
        if let field { head.headerFields[.acceptEncoding] = field }
        return Coding.best(for: Request(head: head, body: RequestBody(buffer: ByteBuffer())), of: offered)
    }

    @Test(arguments: [
        ("gzip, deflate, br", Coding.brotli), ("gzip, deflate", .gzip), ("br;q=0.5, gzip", .gzip), ("*", .brotli),
        ("x-gzip", .gzip),
        ("GZIP", .gzip), ("gzip;q=0.001", .gzip), ("*;q=0.5, br;q=0", .gzip),
    ])
    func `the largest weight wins, then the better coding`(_ field: String, _ coding: Coding) { #expect(best(field) == coding) }

    @Test(arguments: [
        nil, "", "identity", "deflate", "gzip;q=0, br;q=0", "identity;q=1, gzip;q=0.5, br;q=0.5", "gzip;q=2", "gzip;q=x", "*;q=0",
    ])
    func `nothing is packed for others`(_ field: String?) { #expect(best(field) == .identity) }

    @Test func `only what is offered is chosen`() {
        #expect(best("br, gzip;q=0.1", of: [.gzip]) == .gzip)
        #expect(best("br", of: [.gzip]) == .identity)
    }

    @Test func `gzip begins with its mark and is smaller`() throws {
        let text = Array(String(repeating: "the same words again. ", count: 1000).utf8)
        let packed = try text.withUnsafeBytes { try Gzip.pack($0, .answer) }
        #expect(packed.prefix(3) == [0x1F, 0x8B, 8] && packed.count < text.count / 20)
    }

    @Test func `a field of Vary stands there once`() {
        var headers: HTTPFields = [.vary: "Origin"]
        for _ in 0..<2 { headers.addVary("Accept-Encoding") }
        #expect(headers[.vary] == "Origin, Accept-Encoding")
    }
}
