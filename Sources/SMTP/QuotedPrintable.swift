/// Any text as lines of at most 76 printable ASCII characters (RFC 2045 section 6.7).
enum QuotedPrintable {
    static func encoded(_ text: String) -> [UInt8] {
        var out: [UInt8] = []
        let lines = lines(of: text)
        for line in lines {
            var width = 0
            for (position, byte) in line.enumerated() {
                let piece = piece(byte, isLast: position == line.count - 1)
                // One column is left for the "=" of a soft line break.
                if width + piece.count > SMTPLimits.lineOctets - 1 {
                    out += "=\r\n".utf8
                    width = 0
                }
                out += piece
                width += piece.count
            }
            out += "\r\n".utf8
        }
        return out
    }

    /// CRLF, CR and LF all end a line; the last line may have no end.
    private static func lines(of text: String) -> [[UInt8]] {
        var lines: [[UInt8]] = [[]]
        var lastWasCR = false
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\n") where lastWasCR: lastWasCR = false
            case UInt8(ascii: "\n"), UInt8(ascii: "\r"):
                lines.append([])
                lastWasCR = byte == UInt8(ascii: "\r")
            default:
                lines[lines.count - 1].append(byte)
                lastWasCR = false
            }
        }
        return lines.last == [] ? Array(lines.dropLast()) : lines
    }

    /// White space at the end of a line would get lost on the way.
    private static func piece(_ byte: UInt8, isLast: Bool) -> [UInt8] {
        switch byte {
        case UInt8(ascii: "="): hex(byte)
        case 0x21...0x7E: [byte]
        case 0x20, 0x09: isLast ? hex(byte) : [byte]
        default: hex(byte)
        }
    }

    private static func hex(_ byte: UInt8) -> [UInt8] {
        let digits = Array("0123456789ABCDEF".utf8)
        return [UInt8(ascii: "="), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
    }
}
