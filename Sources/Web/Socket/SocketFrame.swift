package import NIOCore

/// Frames as a server sends them (RFC 6455, section 5.2): whole, and not masked.
package enum SocketFrame {
    package enum Opcode: UInt8, Sendable {
        case continuation = 0
        case text = 1
        case binary = 2
        case close = 8
        case ping = 9
        case pong = 10

        package var isControl: Bool { rawValue >= 8 }
    }

    package enum Limits {
        /// Section 5.5.
        package static let controlBytes = 125
    }

    package static func text(_ text: String) -> ByteBuffer {
        frame(.text, text.utf8)
    }

    package static func ping() -> ByteBuffer { frame(.ping, []) }

    package static func pong(_ payload: ByteBuffer) -> ByteBuffer { frame(.pong, payload.readableBytesView) }

    /// - Parameter close: nil answers a close that had no code.
    package static func close(_ close: SocketClose?) -> ByteBuffer {
        guard let close else { return frame(.close, []) }
        var payload = [UInt8(close.code >> 8), UInt8(close.code & 0xFF)]
        payload.append(contentsOf: reason(close.reason).utf8)
        return frame(.close, payload)
    }

    /// Cut between characters.
    private static func reason(_ text: String) -> String {
        var text = text
        while text.utf8.count > Limits.controlBytes - 2 { text.removeLast() }
        return text
    }

    private static func frame(_ opcode: Opcode, _ payload: some Collection<UInt8>) -> ByteBuffer {
        let count = payload.count
        var buffer = ByteBuffer()
        buffer.reserveCapacity(count + 10)
        buffer.writeInteger(0x80 | opcode.rawValue)
        if count <= 125 {
            buffer.writeInteger(UInt8(count))
        } else if count <= Int(UInt16.max) {
            buffer.writeInteger(UInt8(126))
            buffer.writeInteger(UInt16(count))
        } else {
            buffer.writeInteger(UInt8(127))
            buffer.writeInteger(UInt64(count))
        }
        buffer.writeBytes(payload)
        return buffer
    }
}
