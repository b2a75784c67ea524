import Core
import NIOCore
import NIOPosix
import Testing

@testable import Collaboration

/// A server that takes what comes and answers as told; the real clamd is in Tests/EndToEnd/test_scanner.py.
@Suite("Asking clamd", .timeLimit(.minutes(1)))
struct ClamdClientTests {
    private func ask(
        answer: String?, early: Bool = false, seconds: Double = 20, bytes: Int = 10, closes: Bool = true
    ) async throws -> Scan.Outcome {
        let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Answering(answer: answer, early: early, closes: closes))
                }
            }.bind(host: "127.0.0.1", port: 0).get()
        let port = try #require(server.localAddress?.port)
        let client = ClamdClient(.tcp(host: "127.0.0.1", port: port), answering: .seconds(seconds))
        let outcome: Result<Scan.Outcome, any Error>
        do {
            outcome = .success(
                try await client.scan { piece in
                    for _ in 0..<max(1, bytes / 100_000) {
                        try await piece(ByteBuffer(repeating: 65, count: min(bytes, 100_000)))
                    }
                })
        } catch {
            outcome = .failure(error)
        }
        try await server.close()
        return try outcome.get()
    }

    private func refusal(of answer: String?, early: Bool = false, seconds: Double = 20, closes: Bool = true) async -> String? {
        await #expect(throws: Failure.self) {
            try await ask(answer: answer, early: early, seconds: seconds, closes: closes)
        }?.code
    }

    @Test func `a verdict is read`() async throws {
        #expect(try await ask(answer: "stream: OK\0") == .clean)
        #expect(try await ask(answer: "stream: OK\0", bytes: 5_000_000) == .clean)
        #expect(try await ask(answer: "stream: Eicar Test FOUND\0", closes: false) == .infected("Eicar Test"))
        let large = try await ask(answer: "INSTREAM size limit exceeded. ERROR\0", early: true, bytes: 20_000_000)
        guard case .impossible = large else {
            Issue.record("\(large)")
            return
        }
    }

    @Test(arguments: ["", "\0", "nonsense\0", "stream: x ERROR\0", "stream: OK and more\0", "UNKNOWN COMMAND\0"])
    func `anything else is no verdict`(answer: String) async {
        #expect(await refusal(of: answer) == "scanner_failed")
    }

    @Test func `an answer without end is not read to the end`() async {
        #expect(await refusal(of: String(repeating: "x", count: 100_000), closes: false) == "scanner_failed")
    }

    @Test func `a scanner that says nothing is not waited for for ever`() async {
        #expect(await refusal(of: nil, seconds: 0.2, closes: false) == "scanner_slow")
    }

    @Test func `nobody there`() async throws {
        for address in [ClamdClient.Address.unix("/nowhere/clamd.sock"), .tcp(host: "127.0.0.1", port: 1)] {
            let failure = await #expect(throws: Failure.self) { try await ClamdClient(address).scan { _ in } }
            #expect(failure?.code == "scanner_unreachable")
        }
    }

    @Test func `addresses`() throws {
        #expect(try ClamdClient.Address("/run/clamd.ctl") == .unix("/run/clamd.ctl"))
        #expect(try ClamdClient.Address("unix:/run/clamd.ctl") == .unix("/run/clamd.ctl"))
        #expect(try ClamdClient.Address("unix:///run/clamd.ctl") == .unix("/run/clamd.ctl"))
        #expect(try ClamdClient.Address("tcp://scanner:3310") == .tcp(host: "scanner", port: 3310))
        #expect(try ClamdClient.Address("tcp://[::1]:3310") == .tcp(host: "::1", port: 3310))
        for text in [
            "clamd.ctl", "tcp://scanner", "tcp://:3310", "tcp://a:0", "http://a:1", "/" + String(repeating: "a", count: 107),
        ] {
            #expect(throws: Failure.self, "\(text)") { try ClamdClient.Address(text) }
        }
    }
}

/// Answers at the empty piece that ends a stream, or at once.
private final class Answering: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let answer: String?
    private let early: Bool
    private let closes: Bool
    private var tail: [UInt8] = []
    private var hasAnswered = false

    init(answer: String?, early: Bool, closes: Bool) {
        self.answer = answer
        self.early = early
        self.closes = closes
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        tail = Array((tail + Array(unwrapInboundIn(data).readableBytesView)).suffix(4))
        guard !hasAnswered, early || tail == [0, 0, 0, 0], let answer else { return }
        hasAnswered = true
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: answer)), promise: nil)
        if closes { context.close(promise: nil) }
    }
}
