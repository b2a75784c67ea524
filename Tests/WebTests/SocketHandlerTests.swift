import NIOCore
import NIOEmbedded
import NIOExtras
import Synchronization
import Testing

@testable import Web

@Suite("Keeping a socket")
struct SocketHandlerTests {
    let channel = NIOAsyncTestingChannel()
    let line: WebSocketSession

    init() async throws {
        let channel = channel
        line = try await channel.testingEventLoop.executeInContext {
            let handler = SocketHandler()
            let line = handler.line(on: channel.eventLoop)
            try channel.pipeline.syncOperations.addHandler(handler)
            return line
        }
        try await channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1))
    }

    private func receive(_ frames: ClientFrame...) async throws {
        try await channel.writeInbound(ByteBuffer(bytes: frames.flatMap(\.bytes)))
        await channel.testingEventLoop.run()
    }

    /// What went out since the last time.
    private func sent() async throws -> [[UInt8]] {
        await channel.testingEventLoop.run()
        var frames: [[UInt8]] = []
        while let buffer = try await channel.readOutbound(as: ByteBuffer.self) { frames.append(Array(buffer.readableBytesView)) }
        return frames
    }

    private func wait(_ seconds: Int64) async { await channel.testingEventLoop.advanceTime(by: .seconds(seconds)) }

    private func bytes(_ buffer: ByteBuffer) -> [UInt8] { Array(buffer.readableBytesView) }

    @Test func `messages reach the room and its answers the peer`() async throws {
        try await receive(.text("a"), ClientFrame(opcode: 2, payload: [1, 2, 3]))
        var messages = line.messages.makeAsyncIterator()
        #expect(await messages.next() == .text("a"))
        #expect(await messages.next() == .binary(3))
        #expect(line.send("ü"))
        #expect(try await sent() == [[0x81, 2, 0xC3, 0xBC]])
    }

    @Test func `a ping is answered with its payload`() async throws {
        try await receive(ClientFrame(opcode: 9, payload: [7, 8]))
        #expect(try await sent() == [[0x8A, 2, 7, 8]])
    }

    @Test func `a silent peer is asked, and dropped after a minute`() async throws {
        await wait(20)
        #expect(try await sent() == [[0x89, 0]])
        await wait(20)
        #expect(try await sent() == [[0x89, 0]])
        #expect(channel.isActive)
        await wait(20)
        #expect(!channel.isActive)
        #expect(!line.send("a"))
        var messages = line.messages.makeAsyncIterator()
        #expect(await messages.next() == nil)
    }

    @Test func `a peer that answers pings may be silent for ever`() async throws {
        for _ in 0..<30 {
            await wait(20)
            #expect(try await sent() == [[0x89, 0]])
            try await receive(ClientFrame(opcode: 10))
        }
        #expect(channel.isActive)
        await wait(60)
        #expect(!channel.isActive)
    }

    @Test func `a close is answered with its code, and nothing behind it is heard`() async throws {
        try await receive(.text("a"), .close(1001, Array("bye".utf8)), .text("b"))
        var messages = line.messages.makeAsyncIterator()
        #expect(await messages.next() == .text("a"))
        #expect(await messages.next() == nil)
        #expect(try await sent() == [bytes(SocketFrame.close(SocketClose(1001)))])
        #expect(!line.send("too late"))
        await wait(5)
        #expect(!channel.isActive)
    }

    @Test func `what came before a mistake is answered before it is told`() async throws {
        try await receive(.text("a"), ClientFrame(opcode: 3), .text("b"))
        #expect(try await sent().isEmpty)
        var messages = line.messages.makeAsyncIterator()
        #expect(await messages.next() == .text("a"))
        #expect(line.send("b"))
        #expect(await messages.next() == nil)
        #expect(try await sent() == [[0x81, 1, 0x62], bytes(SocketFrame.close(.protocolError("reserved opcode")))])
        await wait(5)
        #expect(!channel.isActive)
    }

    @Test func `a room that answers nothing delays the farewell by a second, no more`() async throws {
        try await receive(.text("a"), ClientFrame(opcode: 3))
        await wait(1)
        #expect(try await sent() == [bytes(SocketFrame.close(.protocolError("reserved opcode")))])
    }

    @Test func `a room that waits for more hears the end at once`() async throws {
        let reading = Task { [line] in
            for await _ in line.messages {}
        }
        // Until it waits, the farewell does.
        try await receive(ClientFrame(opcode: 3))
        await reading.value
        #expect(try await sent() == [bytes(SocketFrame.close(.protocolError("reserved opcode")))])
    }

    @Test func `the room's good-bye comes behind its messages and waits for the peer's`() async throws {
        #expect(line.send("a"))
        line.close(code: 4000, reason: "enough")
        line.close(code: 4001, reason: "later ones do not count")
        #expect(!line.send("b"))
        #expect(try await sent() == [[0x81, 1, 0x61], bytes(SocketFrame.close(SocketClose(4000, "enough")))])
        try await receive(.text("ignored"), ClientFrame(opcode: 9), .close(4000))
        #expect(try await sent().isEmpty)
        await wait(5)
        #expect(!channel.isActive)
    }

    @Test func `a server that stops says so, and waits two seconds`() async throws {
        let channel = channel
        try await channel.testingEventLoop.executeInContext {
            channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
        }
        #expect(try await sent() == [bytes(SocketFrame.close(.goingAway))])
        var messages = line.messages.makeAsyncIterator()
        #expect(await messages.next() == nil)
        await wait(2)
        #expect(!channel.isActive)
    }

    @Test func `a hundred messages in a second are heard, one more is too fast`() async throws {
        let count = Mutex(0)
        async let reading: Void = { [line] in
            for await _ in line.messages { count.withLock { $0 += 1 } }
        }()
        for second in 1...3 {
            for _ in 0..<100 { try await receive(.text("a")) }
            // What waits for a room that is behind counts in the second in which it is read.
            while count.withLock({ $0 }) < second * 100 { await channel.testingEventLoop.run() }
            await wait(1)
        }
        #expect(try await sent().isEmpty)
        for _ in 0..<100 { try await receive(ClientFrame(opcode: 9)) }
        #expect(try await sent().count == 100)
        try await receive(.text("a"))
        #expect(try await sent() == [bytes(SocketFrame.close(.refused("too fast")))])
        await reading
        #expect(count.withLock { $0 } == 300)
    }

    @Test func `a slow reader is hung up on, and what it did not fetch is thrown away`() async throws {
        channel.isWritable = false
        for _ in 0..<SocketLimits.waitingMessages { #expect(line.send("a")) }
        #expect(!line.send("one too many"))
        #expect(try await sent() == [bytes(SocketFrame.close(.refused("too slow")))])
        await wait(5)
        #expect(!channel.isActive)
    }

    @Test func `a megabyte may wait, not more`() async throws {
        channel.isWritable = false
        let text = String(repeating: "a", count: 65_536)
        for _ in 0..<15 { #expect(line.send(text)) }
        #expect(!line.send(text))
    }

    @Test func `what waits goes out when the peer reads again`() async throws {
        channel.isWritable = false
        #expect(line.send("a"))
        try await receive(ClientFrame(opcode: 9, payload: [1]), ClientFrame(opcode: 9, payload: [2]))
        #expect(try await sent().isEmpty)
        channel.isWritable = true
        let channel = channel
        try await channel.testingEventLoop.executeInContext { channel.pipeline.fireChannelWritabilityChanged() }
        // Of several pings the newest is answered.
        #expect(try await sent() == [[0x8A, 1, 2], [0x81, 1, 0x61]])
        #expect(line.send("b"))
        #expect(try await sent() == [[0x81, 1, 0x62]])
    }

    @Test func `a good-bye that can not leave is not waited for`() async throws {
        channel.isWritable = false
        #expect(line.send("a"))
        line.close(code: 1000, reason: "")
        #expect(try await sent().isEmpty)
        await wait(5)
        #expect(!channel.isActive)
    }

    @Test func `a room that does not read makes the peer wait, and loses nothing`() async throws {
        for index in 0..<50 { try await receive(.text("\(index)")) }
        // What is not fetched is not even parsed: the close is not seen yet.
        try await receive(.close(1000))
        #expect(try await sent().isEmpty)
        // Its silence means nothing meanwhile.
        await wait(300)
        #expect(channel.isActive)
        _ = try await sent()
        var messages = line.messages.makeAsyncIterator()
        for index in 0..<50 {
            #expect(await messages.next() == .text("\(index)"))
            await channel.testingEventLoop.run()
        }
        #expect(await messages.next() == nil)
        #expect(try await sent() == [bytes(SocketFrame.close(.normal))])
    }
}
