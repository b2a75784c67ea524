import NIOCore
import Testing

@testable import Web

@Suite("Reading frames of a socket")
struct SocketReaderTests {
    private static func broken(_ events: [SocketReader.Event]) -> UInt16? {
        if case .broken(let close) = events.last { close.code } else { nil }
    }

    @Test func `messages and control frames come out as they went in`() {
        let events = SocketReader.events(
            .text("hällo"), ClientFrame(opcode: 9, payload: [1, 2]), ClientFrame(opcode: 10),
            ClientFrame(opcode: 2, payload: [0xFF]))
        #expect(events == [.text("hällo"), .ping(ByteBuffer(bytes: [1, 2])), .pong, .binary(1)])
    }

    @Test(arguments: [0, 1, 125, 126, 127, 128, 65_535, 65_536]) func `a message of any length up to the limit is read`(
        count: Int
    ) {
        #expect(SocketReader.events(.text(String(repeating: "*", count: count))) == [.text(String(repeating: "*", count: count))])
        #expect(SocketReader.events(ClientFrame(opcode: 2, payload: .init(repeating: 0xFE, count: count))) == [.binary(count)])
    }

    @Test func `a message over the limit is refused before it came, whole or in fragments`() {
        let head = ClientFrame(opcode: 1, length: [127, 0, 0, 0, 0, 0, 1, 0, 1]).bytes
        #expect(Self.broken(SocketReader.events([head])) == 1009)
        #expect(Self.broken(SocketReader.events([Array(head.prefix(10))])) == 1009)
        let half = [UInt8](repeating: 0x61, count: 40_000)
        let first = ClientFrame(opcode: 2, payload: half, isFinal: false)
        #expect(Self.broken(SocketReader.events(first, ClientFrame(opcode: 0, payload: half))) == 1009)
    }

    @Test func `a frame without a mask is refused`() {
        #expect(Self.broken(SocketReader.events(ClientFrame(opcode: 1, payload: [0x61], mask: nil))) == 1002)
    }

    @Test(arguments: 1...7) func `reserved bits are refused`(bits: UInt8) {
        #expect(Self.broken(SocketReader.events(ClientFrame(opcode: 1, payload: [0x61], reserved: bits))) == 1002)
        #expect(Self.broken(SocketReader.events(ClientFrame(opcode: 9, reserved: bits))) == 1002)
    }

    @Test(arguments: [3, 4, 5, 6, 7, 11, 12, 13, 14, 15] as [UInt8]) func `reserved opcodes are refused`(opcode: UInt8) {
        #expect(Self.broken(SocketReader.events(ClientFrame(opcode: opcode))) == 1002)
    }

    @Test(arguments: [8, 9, 10] as [UInt8]) func `control frames are short and whole`(opcode: UInt8) {
        let payload = opcode == 8 ? [0x03, 0xE8] + [UInt8](repeating: 0x61, count: 123) : [UInt8](repeating: 0x61, count: 125)
        #expect(Self.broken(SocketReader.events(ClientFrame(opcode: opcode, payload: payload))) == nil)
        #expect(Self.broken(SocketReader.events(ClientFrame(opcode: opcode, payload: payload + [0x61]))) == 1002)
        #expect(Self.broken(SocketReader.events(ClientFrame(opcode: opcode, isFinal: false))) == 1002)
    }

    @Test func `lengths have one form`() {
        #expect(Self.broken(SocketReader.events(ClientFrame(opcode: 1, payload: [0x61], length: [126, 0, 1]))) == 1002)
        #expect(Self.broken(SocketReader.events(ClientFrame(opcode: 1, length: [127, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF]))) == 1002)
        #expect(Self.broken(SocketReader.events(ClientFrame(opcode: 1, length: [127, 0x80, 0, 0, 0, 0, 0, 0, 0]))) == 1002)
        #expect(
            Self.broken(SocketReader.events(ClientFrame(opcode: 1, length: [127] + .init(repeating: 0x7F, count: 8)))) == 1009)
    }

    @Test func `fragments come in order, with control frames between them`() {
        #expect(
            SocketReader.events(
                .text("a", isFinal: false), ClientFrame(opcode: 9), ClientFrame(opcode: 0, payload: [0x62], isFinal: false),
                ClientFrame(opcode: 0)) == [.ping(ByteBuffer()), .text("ab")])
        #expect(Self.broken(SocketReader.events(ClientFrame(opcode: 0, payload: [0x61]))) == 1002)
        #expect(Self.broken(SocketReader.events(.text("a"), ClientFrame(opcode: 0, payload: [0x61]))) == 1002)
        #expect(Self.broken(SocketReader.events(.text("a", isFinal: false), .text("b"))) == 1002)
        #expect(Self.broken(SocketReader.events(.text("a", isFinal: false), ClientFrame(opcode: 2))) == 1002)
    }

    @Test(
        arguments: [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999] as [UInt16])
    func `a close with a code that exists is taken`(code: UInt16) {
        #expect(SocketReader.events(.close(code, Array("bye ü".utf8))) == [.close(SocketClose(code, "bye ü"))])
    }

    @Test(arguments: [0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535] as [UInt16])
    func `a close with another code is refused`(code: UInt16) {
        #expect(Self.broken(SocketReader.events(.close(code))) == 1002)
    }

    @Test func `a close may be empty, but not of one byte, and its reason is text`() {
        #expect(SocketReader.events(ClientFrame(opcode: 8)) == [.close(nil)])
        #expect(Self.broken(SocketReader.events(ClientFrame(opcode: 8, payload: [3]))) == 1002)
        #expect(Self.broken(SocketReader.events(.close(1000, [0xC3, 0x28]))) == 1007)
        #expect(Self.broken(SocketReader.events(.close(1000, [0xC3]))) == 1007)
    }

    @Test func `nothing is read behind a close or a mistake`() {
        #expect(SocketReader.events(.close(1000), .text("a"), ClientFrame(opcode: 9)) == [.close(SocketClose(1000))])
        let mistake = ClientFrame(opcode: 3)
        #expect(SocketReader.events(.text("a"), mistake, .text("b"), .close(1000)).count == 2)
        #expect(SocketReader.events([mistake.bytes, ClientFrame.text("b").bytes]).count == 1)
    }

    /// Each is wrong at its last byte, and not before.
    static let notUTF8: [[UInt8]] = [
        [0x80], [0xBF], [0xC0], [0xC1], [0xF5], [0xFE], [0xFF], [0xC2, 0x41], [0xC3, 0xC3], [0xE0, 0x9F], [0xE0, 0x80],
        [0xED, 0xA0], [0xED, 0xBF], [0xE2, 0x82, 0x28], [0xF0, 0x8F], [0xF4, 0x90], [0xF0, 0x9F, 0x98, 0x41],
        [0xCE, 0xBA, 0xE1, 0xBD, 0xB9, 0xCF, 0x83, 0xCE, 0xBC, 0xCE, 0xB5, 0xF4, 0x90],
    ]

    @Test(arguments: notUTF8) func `text that can be no UTF-8 any more fails at that byte`(bytes: [UInt8]) {
        // The frame, and the message, would go on for long.
        let whole = ClientFrame(opcode: 1, payload: bytes + [UInt8](repeating: 0x61, count: 100), isFinal: false).bytes
        let head = whole.count - bytes.count - 100
        #expect(SocketReader.events([Array(whole.prefix(head + bytes.count - 1))]).isEmpty)
        #expect(Self.broken(SocketReader.events(whole.prefix(head + bytes.count).map { [$0] })) == 1007)
        // The same with each byte in a fragment of its own.
        let fragments = bytes.enumerated().map { index, byte in
            ClientFrame(opcode: index == 0 ? 1 : 0, payload: [byte], isFinal: false).bytes
        }
        #expect(Self.broken(SocketReader.events(fragments)) == 1007)
    }

    @Test func `a character may be cut by fragments, but not by the end`() {
        let euro: [UInt8] = [0xE2, 0x82, 0xAC]
        let first = ClientFrame(opcode: 1, payload: [euro[0]], isFinal: false)
        #expect(SocketReader.events(first, ClientFrame(opcode: 0, payload: Array(euro.dropFirst()))) == [.text("€")])
        #expect(Self.broken(SocketReader.events(first, ClientFrame(opcode: 0, payload: [euro[1]]))) == 1007)
        #expect(Self.broken(SocketReader.events(ClientFrame(opcode: 1, payload: [euro[0], euro[1]]))) == 1007)
    }

    @Test func `every pair and triple of bytes is judged as the standard library does`() {
        for first in UInt8(0x7F)...0xFF {
            for second in stride(from: UInt8(0x00), through: 0xFF - 1, by: 3) {
                for tail in [[], [0x80], [0xBF], [0x80, 0x80], [0xBF, 0xBF], [0x41]] as [[UInt8]] {
                    let bytes = [first, second] + tail
                    var check = UTF8Check()
                    let isText = bytes.withUnsafeBytes { check.take($0) } && check.isWhole
                    #expect(isText == (String(validating: bytes, as: UTF8.self) != nil), "\(bytes)")
                }
            }
        }
    }
}

/// Random conversations against a reader that is written once more, as simply as it can be: it has all frames at once.
@Suite("Reading random frames")
struct SocketReaderRandomTests {
    @Test(arguments: 0..<40) func `what is read does not depend on how the bytes were cut`(seed: UInt64) {
        var dice = Dice(state: seed &* 0x9E37_79B9_7F4A_7C15 &+ 1)
        for _ in 0..<50 {
            let frames = Self.frames(&dice)
            let expected = Reference.events(frames)
            let bytes = frames.flatMap(\.bytes)
            var pieces: [[UInt8]] = []
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = Int.random(in: 1...max(1, min(rest.count, dice.next() % 3 == 0 ? 3 : 200)), using: &dice)
                pieces.append(Array(rest.prefix(count)))
                rest = rest.dropFirst(count)
            }
            #expect(SocketReader.events(pieces).map(Reference.known) == expected, "\(frames)")
            #expect(SocketReader.events([bytes]).map(Reference.known) == expected, "\(frames)")
        }
    }

    private static func frames(_ dice: inout Dice) -> [ClientFrame] {
        var isOpen = false
        return (0..<Int.random(in: 1...12, using: &dice)).map { _ in
            let roll = Int.random(in: 0..<100, using: &dice)
            var frame = ClientFrame(opcode: 0, payload: payload(&dice))
            frame.mask = (0..<4).map { _ in UInt8.random(in: 0...255, using: &dice) }
            switch roll {
            case 0..<70:
                frame.opcode = isOpen ? 0 : (roll % 3 == 0 ? 2 : 1)
                frame.isFinal = Bool.random(using: &dice)
                isOpen = !frame.isFinal
            case 70..<90:
                frame.opcode = roll % 2 == 0 ? 9 : 10
                frame.payload = Array(frame.payload.prefix(125))
            case 90..<93: frame = .close(UInt16.random(in: 990...1020, using: &dice), Array(frame.payload.prefix(20)))
            case 93..<95: frame.opcode = UInt8.random(in: 0...15, using: &dice)
            case 95: frame.mask = nil
            case 96: frame.reserved = UInt8.random(in: 1...7, using: &dice)
            default: frame.isFinal = false
            }
            return frame
        }
    }

    private static func payload(_ dice: inout Dice) -> [UInt8] {
        let count = dice.next() % 8 == 0 ? [1, 126, 300, 30_000][Int.random(in: 0..<4, using: &dice)] : 0
        if dice.next() % 20 == 0 { return (0..<9).map { _ in UInt8.random(in: 0...255, using: &dice) } }
        let characters = ["a", "ü", "€", "😀"]
        var text = Array((0..<6).map { _ in characters[Int.random(in: 0..<4, using: &dice)] }.joined().utf8)
        // Often cut in the middle of a character.
        if dice.next() % 3 == 0 { text.removeLast() }
        return text + [UInt8](repeating: 0x61, count: count)
    }

    private struct Dice: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return state
        }
    }

    private enum Reference {
        /// Without the words of a mistake.
        static func known(_ event: SocketReader.Event) -> String {
            switch event {
            case .text(let text): "text \(text)"
            case .binary(let count): "binary \(count)"
            case .ping(let payload): "ping \(Array(payload.readableBytesView))"
            case .pong: "pong"
            case .close(let close): "close \(close?.code ?? 0) \(close?.reason ?? "")"
            case .broken(let close): "broken \(close.code)"
            }
        }

        static func events(_ frames: [ClientFrame]) -> [String] {
            var (out, message, kind) = ([String](), [UInt8](), UInt8?.none)
            for frame in frames {
                let isControl = frame.opcode >= 8
                let isKnown = [0, 1, 2, 8, 9, 10].contains(frame.opcode)
                let isInOrder = isControl ? frame.isFinal : (frame.opcode == 0) == (kind != nil)
                guard isKnown, frame.reserved == 0, frame.mask != nil, isInOrder, !isControl || frame.payload.count <= 125 else {
                    return out + ["broken 1002"]
                }
                switch frame.opcode {
                case 9: out.append("ping \(frame.payload)")
                case 10: out.append("pong")
                case 8: return out + [close(frame.payload)]
                default:
                    if frame.opcode != 0 { kind = frame.opcode }
                    message += frame.payload
                    guard message.count <= 65_536 else { return out + ["broken 1009"] }
                    if kind == 1, !canBecomeText(message, isWhole: frame.isFinal) { return out + ["broken 1007"] }
                    guard frame.isFinal else { continue }
                    out.append(kind == 1 ? "text \(String(decoding: message, as: UTF8.self))" : "binary \(message.count)")
                    (message, kind) = ([], nil)
                }
            }
            return out
        }

        private static func close(_ payload: [UInt8]) -> String {
            if payload.isEmpty { return "close 0 " }
            guard payload.count > 1 else { return "broken 1002" }
            let code = Int(payload[0]) << 8 | Int(payload[1])
            guard
                [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014].contains(code) || (3000...4999) ~= code
            else { return "broken 1002" }
            guard let reason = String(validating: payload.dropFirst(2), as: UTF8.self) else { return "broken 1007" }
            return "close \(code) \(reason)"
        }

        /// By trying: some end makes it text.
        private static func canBecomeText(_ bytes: [UInt8], isWhole: Bool) -> Bool {
            if String(validating: bytes, as: UTF8.self) != nil { return true }
            if isWhole { return false }
            let ends: [[UInt8]] = [
                [0x80], [0xBF], [0x80, 0x80], [0xBF, 0xBF], [0x80, 0x80, 0x80], [0xBF, 0xBF, 0xBF], [0xA0, 0x80],
                [0x90, 0x80, 0x80],
            ]
            return ends.contains { String(validating: bytes + $0, as: UTF8.self) != nil }
        }
    }
}
