/// Makes a message fit for DATA (RFC 5321 section 4.5.2).
package enum DotStuffing {
    /// Every line ends in CRLF, a line that begins with a dot gets one more, and a line with a single dot ends it all.
    /// A bare CR or LF becomes a line's end: left alone, some servers would take one for the end of the message.
    package static func stuffed(_ message: [UInt8]) -> [UInt8] {
        let (cr, lf, dot) = (UInt8(ascii: "\r"), UInt8(ascii: "\n"), UInt8(ascii: "."))
        var out: [UInt8] = []
        out.reserveCapacity(message.count + message.count / 32 + 8)
        var isAtStart = true
        var lastWasCR = false
        for byte in message {
            switch byte {
            case lf where lastWasCR: lastWasCR = false
            case cr, lf:
                out += [cr, lf]
                isAtStart = true
                lastWasCR = byte == cr
            default:
                if isAtStart, byte == dot { out.append(dot) }
                out.append(byte)
                isAtStart = false
                lastWasCR = false
            }
        }
        if !isAtStart { out += [cr, lf] }
        return out + [dot, cr, lf]
    }
}
