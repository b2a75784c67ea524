package import NIOCore

/// What a client sends on a socket (RFC 6455), read as the bytes come in. It knows no channel and no clock.
///
/// Nothing is kept but the message that is being put together. Whatever breaks the protocol ends the reading at once, in the
/// middle of a frame too, and nothing behind it is looked at: neither behind a mistake nor behind a close.
package struct SocketReader {
    package enum Event: Equatable {
        case text(String)
        /// Its length alone: nobody here has a use for the bytes.
        case binary(Int)
        case ping(ByteBuffer)
        case pong
        /// The peer says good-bye; nil: without a code.
        case close(SocketClose?)
        /// The peer broke the protocol; this is what it has to be told.
        case broken(SocketClose)
    }

    package enum Limits {
        /// A message in all its fragments. What rooms exchange are small JSON objects.
        package static let messageBytes = 65_536
    }

    private typealias Opcode = SocketFrame.Opcode

    /// The frame under way: its head is read, its payload not yet whole.
    private struct Frame {
        let opcode: Opcode
        let isFinal: Bool
        let mask: (UInt8, UInt8, UInt8, UInt8)
        let length: Int
        var read = 0
    }

    private var frame: Frame?
    /// Text or binary, while a message is being put together.
    private var kind: Opcode?
    private var text = ByteBuffer()
    private var check = UTF8Check()
    private var messageBytes = 0
    private var control = ByteBuffer()
    /// Nothing is read any more.
    package private(set) var isOver = false

    package init() {}

    /// - Returns: what the bytes hold next; nil when more of them are needed. Everything but a frame's unfinished head is taken.
    package mutating func next(_ input: inout ByteBuffer) -> Event? {
        do {
            while !isOver {
                if frame == nil { frame = try Self.head(&input, kind, messageBytes) }
                guard let current = frame else { return nil }
                guard let whole = try payload(of: current, &input) else { return nil }
                frame = nil
                guard let event = try event(of: whole) else { continue }
                if case .close = event { isOver = true }
                return event
            }
        } catch {
            isOver = true
            input.clear()
            return .broken(error)
        }
        input.clear()
        return nil
    }

    // MARK: Heads

    /// - Parameters:
    ///   - kind: of the message under way, nil between messages.
    ///   - soFar: how long it is already.
    /// - Returns: nil when the head is not whole; then nothing of it is taken.
    private static func head(
        _ input: inout ByteBuffer, _ kind: Opcode?, _ soFar: Int
    ) throws(SocketClose) -> Frame? {
        guard let bits = input.getInteger(at: input.readerIndex, as: UInt16.self) else { return nil }
        let (first, second) = (UInt8(bits >> 8), UInt8(bits & 0xFF))
        guard first & 0x70 == 0 else { throw .protocolError("reserved bits are set") }
        guard let opcode = Opcode(rawValue: first & 0x0F) else { throw .protocolError("reserved opcode") }
        guard second & 0x80 != 0 else { throw .protocolError("frame is not masked") }
        let isFinal = first & 0x80 != 0
        try checkOrder(opcode, isFinal, kind)
        guard let (length, lengthBytes) = try length(of: opcode, second & 0x7F, input) else { return nil }
        if !opcode.isControl {
            guard length <= UInt64(SocketReader.Limits.messageBytes - soFar) else { throw .tooBig }
        }
        let at = input.readerIndex + 2 + lengthBytes
        guard let mask = input.getBytes(at: at, length: 4) else { return nil }
        input.moveReaderIndex(forwardBy: 2 + lengthBytes + 4)
        return Frame(opcode: opcode, isFinal: isFinal, mask: (mask[0], mask[1], mask[2], mask[3]), length: Int(length))
    }

    /// Sections 5.4 and 5.5.
    private static func checkOrder(_ opcode: Opcode, _ isFinal: Bool, _ kind: Opcode?) throws(SocketClose) {
        switch opcode {
        case .continuation:
            guard kind != nil else { throw .protocolError("nothing to continue") }
        case .text, .binary:
            guard kind == nil else { throw .protocolError("the message before is not finished") }
        case .close, .ping, .pong:
            guard isFinal else { throw .protocolError("control frame in fragments") }
        }
    }

    /// The shortest form is the only one (section 5.2).
    private static func length(
        of opcode: Opcode, _ short: UInt8, _ input: ByteBuffer
    ) throws(SocketClose) -> (UInt64, bytes: Int)? {
        if opcode.isControl && short > SocketFrame.Limits.controlBytes { throw .protocolError("control frame too long") }
        switch short {
        case 126:
            guard let length = input.getInteger(at: input.readerIndex + 2, as: UInt16.self) else { return nil }
            guard length > 125 else { throw .protocolError("length is not in its shortest form") }
            return (UInt64(length), 2)
        case 127:
            guard let length = input.getInteger(at: input.readerIndex + 2, as: UInt64.self) else { return nil }
            guard length > UInt64(UInt16.max), length >> 63 == 0 else {
                throw .protocolError("length is not in its shortest form")
            }
            return (length, 8)
        default:
            return (UInt64(short), 0)
        }
    }

    // MARK: Payloads

    /// Takes as much of the payload as is there.
    /// - Returns: the frame when it is whole.
    private mutating func payload(of frame: Frame, _ input: inout ByteBuffer) throws(SocketClose) -> Frame? {
        var frame = frame
        let count = min(frame.length - frame.read, input.readableBytes)
        if frame.opcode.isControl {
            Self.unmask(&input, count, frame, into: &control)
        } else if frame.opcode == .text || (frame.opcode == .continuation && kind == .text) {
            let start = text.writerIndex
            Self.unmask(&input, count, frame, into: &text)
            let isText = text.withUnsafeReadableBytes { bytes in
                check.take(UnsafeRawBufferPointer(rebasing: bytes[(start - text.readerIndex)...]))
            }
            guard isText else { throw .notUTF8 }
        } else {
            input.moveReaderIndex(forwardBy: count)
        }
        frame.read += count
        self.frame = frame
        return frame.read == frame.length ? frame : nil
    }

    private static func unmask(_ input: inout ByteBuffer, _ count: Int, _ frame: Frame, into target: inout ByteBuffer) {
        guard count > 0, var piece = input.readSlice(length: count) else { return }
        let start = target.writerIndex - target.readerIndex
        target.writeBuffer(&piece)
        let mask = [frame.mask.0, frame.mask.1, frame.mask.2, frame.mask.3]
        target.withUnsafeMutableReadableBytes { bytes in
            mask.withUnsafeBufferPointer { mask in
                for index in 0..<count { bytes[start + index] ^= mask[(frame.read + index) & 3] }
            }
        }
    }

    // MARK: Whole frames

    /// - Returns: nil when more fragments of a message follow.
    private mutating func event(of frame: Frame) throws(SocketClose) -> Event? {
        defer { control = ByteBuffer() }
        return switch frame.opcode {
        case .ping: .ping(control)
        case .pong: .pong
        case .close: .close(try Self.farewell(control))
        case .continuation, .text, .binary: try message(frame)
        }
    }

    private mutating func message(_ frame: Frame) throws(SocketClose) -> Event? {
        messageBytes += frame.length
        if frame.opcode != .continuation { kind = frame.opcode }
        guard frame.isFinal else { return nil }
        guard check.isWhole else { throw .notUTF8 }
        let event: Event = kind == .text ? .text(String(buffer: text)) : .binary(messageBytes)
        // The buffer is given back: an idle socket holds none.
        (kind, text, messageBytes) = (nil, ByteBuffer(), 0)
        return event
    }

    /// Sections 5.5.1 and 7.4.
    private static func farewell(_ payload: ByteBuffer) throws(SocketClose) -> SocketClose? {
        var payload = payload
        guard payload.readableBytes > 0 else { return nil }
        guard let code = payload.readInteger(as: UInt16.self) else { throw .protocolError("close code cut off") }
        guard SocketClose.mayBeSent(code) else { throw .protocolError("invalid close code") }
        var check = UTF8Check()
        guard payload.withUnsafeReadableBytes({ check.take($0) }), check.isWhole else { throw .notUTF8 }
        return SocketClose(code, String(buffer: payload))
    }
}
