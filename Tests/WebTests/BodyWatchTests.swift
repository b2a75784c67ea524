import Core
import HTTPTypes
import Hummingbird
import NIOCore
import NIOEmbedded
import NIOHTTP1
import NIOHTTPTypes
import Testing

@testable import Web

@Suite("Watching over a body")
struct BodyWatchTests {
    let channel = EmbeddedChannel()
    let errors = Errors()

    init() throws {
        let table = RouteTable()
        let routes = Routes(Router(context: AppRequestContext.self), table)
        func taking(_ body: RouteDeclaration.Body) -> RouteDeclaration { .init("Take a body", .everyone, body: body) }
        routes.put("store/**", taking(.file)) { _, _ in Response(status: .ok) }
            .post("files", taking(.formWithFile)) { _, _ in Response(status: .ok) }
            .post("transform", taking(.file)) { _, _ in Response(status: .ok) }
            .post("auth/logout", taking(.fields)) { _, _ in Response(status: .ok) }
        let settings = BodyWatch.Settings(table: table, limitBytes: 1_048_576)
        try channel.pipeline.syncOperations.addHandlers([BodyWatch(settings, isHTTP2: false), errors])
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
    }

    /// Keeps what the handler of requests would get.
    final class Errors: ChannelInboundHandler {
        typealias InboundIn = HTTPRequestPart
        var caught: [any Error] = []
        var failure: Failure? { caught.first as? Failure }

        func errorCaught(context: ChannelHandlerContext, error: any Error) { caught.append(error) }
    }

    private func begin(
        _ method: HTTPRequest.Method = .post, _ path: String = "/auth/logout", length: Int? = 5_000_000, type: String? = nil
    ) throws {
        var head = HTTPRequest(method: method, scheme: "http", authority: "localhost", path: path)
        head.headerFields[.contentType] = type
        head.headerFields[.contentLength] = length.map { "\($0)" }
        try receive(.head(head))
    }

    private func receive(_ part: HTTPRequestPart) throws {
        try channel.writeInbound(part)
        channel.read()
    }

    private func receive(bytes: Int) throws { try receive(.body(ByteBuffer(repeating: 0x61, count: bytes))) }
    private func wait(_ seconds: Int64) { channel.embeddedEventLoop.advanceTime(by: .seconds(seconds)) }
    private func answer(_ status: HTTPResponse.Status) throws -> HTTPResponse? {
        try channel.writeOutbound(HTTPResponsePart.head(HTTPResponse(status: status)))
        try channel.writeOutbound(HTTPResponsePart.end(nil))
        var head: HTTPResponse?
        while let part = try channel.readOutbound(as: HTTPResponsePart.self) {
            if case .head(let found) = part { head = found }
        }
        return head
    }

    @Test func `a byte now and then is too slow`() throws {
        try begin()
        for _ in 0..<5 where errors.caught.isEmpty {
            wait(5)
            try receive(bytes: 1)
        }
        #expect(errors.failure?.code == "body_timeout")
        #expect(try answer(.requestTimeout)?.headerFields[.connection] == "close")
        wait(11)
        #expect(!channel.isActive)
    }

    @Test func `a body that keeps the least rate has an end all the same`() throws {
        try begin()
        var seconds = 0
        while errors.caught.isEmpty, seconds < 3600 {
            wait(1)
            seconds += 1
            try receive(bytes: 1100)
        }
        #expect(errors.failure?.code == "body_timeout")
        // The limit counts in place of what was announced, and what the rate allows ends before an hour.
        #expect(seconds <= 30 + 1_048_576 / 32_768 + 5)
    }

    @Test(arguments: [
        (HTTPRequest.Method.put, "/store/input/a/b.csv", nil), (.post, "/files", "multipart/form-data; boundary=x"),
    ]) func `an upload takes as long as it takes, but does not stall`(
        _ method: HTTPRequest.Method, _ path: String, _ type: String?
    ) throws {
        try begin(method, path, length: nil, type: type)
        for _ in 0..<3600 {
            wait(1)
            try receive(bytes: 2000)
        }
        #expect(errors.caught.isEmpty)
        for _ in 0..<30 { wait(5) }
        #expect(errors.failure?.code == "body_timeout")
    }

    @Test func `another form at the address of files has an end`() throws {
        try begin(.post, "/files", type: "application/x-www-form-urlencoded")
        for _ in 0..<300 where errors.caught.isEmpty {
            wait(1)
            try receive(bytes: 2000)
        }
        #expect(errors.failure?.code == "body_timeout")
    }

    @Test func `time in which the server does not read is not the client's`() throws {
        var head = HTTPRequest(method: .post, scheme: "http", authority: "localhost", path: "/jobs")
        head.headerFields[.contentLength] = "10"
        try channel.writeInbound(HTTPRequestPart.head(head))
        for _ in 0..<100 { wait(5) }
        #expect(errors.caught.isEmpty)
    }

    @Test func `a body that came whole is timed no more`() throws {
        try begin(length: 3)
        try receive(bytes: 3)
        try receive(.end(nil))
        for _ in 0..<100 { wait(5) }
        #expect(errors.caught.isEmpty && channel.isActive)
    }

    @Test(arguments: [HTTPParserError.invalidChunkSize as any Error, ChannelError.eof, IOError(errnoCode: 104, reason: "reset")])
    func `whatever breaks a body is the client's fault`(_ error: any Error) throws {
        try begin()
        channel.pipeline.fireErrorCaught(error)
        #expect(errors.failure?.code == "broken_body" && errors.failure?.kind == .refused && errors.caught.count == 1)
    }

    @Test func `a body whose connection ends is not whole`() throws {
        try begin()
        channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        #expect(errors.failure?.code == "broken_body")
    }

    @Test func `an error between two requests is left as it is`() throws {
        channel.pipeline.fireErrorCaught(HTTPParserError.invalidMethod)
        #expect(errors.caught.first as? HTTPParserError == .invalidMethod)
    }

    @Test func `what nobody reads is thrown away for a short time only`() throws {
        try begin()
        #expect(try answer(.unauthorized)?.headerFields[.connection] == nil)
        for _ in 0..<3 {
            wait(3)
            try receive(bytes: 65_536)
        }
        #expect(channel.isActive)
        wait(3)
        #expect(!channel.isActive)
    }

    @Test func `a connection goes on when the rest comes in time`() throws {
        try begin()
        _ = try answer(.unauthorized)
        wait(3)
        try receive(.end(nil))
        wait(60)
        #expect(channel.isActive)
    }
}

@Suite("Bounding the bodies in memory")
struct BodyBudgetTests {
    let budget = BodyBudget(totalBytes: 200_000)

    private func allowance(known: Bool) -> BodyAllowance {
        let allowance = BodyAllowance(budget)
        if known { allowance.callerIsKnown() }
        return allowance
    }

    @Test func `a stranger may send little`() {
        #expect(allowance(known: false).limit(5_000_000) == 65_536)
        #expect(allowance(known: false).limit(1024) == 1024)
        #expect(allowance(known: true).limit(5_000_000) == 5_000_000)
    }

    @Test func `strangers leave room for others, and a login always fits`() throws {
        let first = allowance(known: false)
        try first.take(60_000)
        let second = allowance(known: false)
        let failure = try #require(throws: Failure.self) { try second.take(60_000) }
        #expect((failure.kind, failure.code) == (.outage, "server_busy") && failure.retryAfterSeconds != nil)
        try allowance(known: false).take(4000)
        let known = allowance(known: true)
        try known.take(140_000)
        #expect(throws: Failure.self) { try known.take(100_000) }
        known.end()
        first.end()
        second.end()
        #expect(budget.heldBytes == 0)
    }
}
