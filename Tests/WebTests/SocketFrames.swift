import NIOCore

@testable import Web

/// A frame as a client sends it, right or wrong in every respect.
struct ClientFrame {
    var opcode: UInt8
    var payload: [UInt8] = []
    var isFinal = true
    var reserved: UInt8 = 0
    var mask: [UInt8]? = [0x37, 0xFA, 0x21, 0x3D]
    /// The bytes of the length when they are not those of the shortest form.
    var length: [UInt8]?

    var bytes: [UInt8] {
        var out = [(isFinal ? 0x80 : 0) | reserved << 4 | opcode]
        let shown = length ?? Self.shortest(payload.count)
        out.append((mask == nil ? 0 : 0x80) | shown[0])
        out += shown.dropFirst() + (mask ?? [])
        out += payload.enumerated().map { index, byte in byte ^ (mask?[index % 4] ?? 0) }
        return out
    }

    private static func shortest(_ count: Int) -> [UInt8] {
        if count <= 125 { return [UInt8(count)] }
        let wide = count > 65_535
        return [wide ? 127 : 126] + (0..<(wide ? 8 : 2)).reversed().map { UInt8(truncatingIfNeeded: count >> ($0 * 8)) }
    }

    static func text(_ text: String, isFinal: Bool = true) -> ClientFrame {
        ClientFrame(opcode: 1, payload: Array(text.utf8), isFinal: isFinal)
    }

    static func close(_ code: UInt16, _ reason: [UInt8] = []) -> ClientFrame {
        ClientFrame(opcode: 8, payload: [UInt8(code >> 8), UInt8(code & 0xFF)] + reason)
    }
}

extension SocketReader {
    /// Everything that the pieces hold, each handed over on its own.
    static func events(_ pieces: [[UInt8]]) -> [Event] {
        var (reader, unread, events) = (SocketReader(), ByteBuffer(), [Event]())
        for piece in pieces {
            unread.writeBytes(piece)
            while let event = reader.next(&unread) { events.append(event) }
        }
        return events
    }

    static func events(_ frames: ClientFrame...) -> [Event] { events([frames.flatMap(\.bytes)]) }
}
