/// Makes replies of bytes, one at a time, from a server that may be anything. It holds one reply at most, within limits.
package struct ReplyParser: Sendable {
    package enum Violation: Error, Equatable, Sendable {
        /// A line that never ends.
        case lineTooLong
        /// A reply that never ends.
        case tooManyLines
        /// A line that does not begin with a code.
        case notAReply
        /// Lines of one reply with different codes (RFC 5321 section 4.2.1).
        case mixedCodes
        /// NUL, or a CR without its LF.
        case strayByte
    }

    private var line: [UInt8] = []
    private var endsWithCR = false
    private var code: Int?
    private var lines: [[UInt8]] = []
    private var broken: Violation?

    package init() {}

    /// Whether nothing of a next reply has come yet.
    package var isBetweenReplies: Bool { line.isEmpty && !endsWithCR && code == nil && broken == nil }

    /// - Returns: the reply that this byte completes.
    /// - Throws: what the server did wrong; then, and for ever after, because there is no way back into step.
    package mutating func take(_ byte: UInt8) throws(Violation) -> SMTPReply? {
        if let broken { throw broken }
        do throws(Violation) {
            return try advance(byte)
        } catch {
            broken = error
            throw error
        }
    }

    private mutating func advance(_ byte: UInt8) throws(Violation) -> SMTPReply? {
        switch byte {
        // A bare LF ends a line too: some servers are careless, and a reply has nothing to smuggle past us.
        case UInt8(ascii: "\n"):
            endsWithCR = false
            return try endLine()
        case 0: throw .strayByte
        case _ where endsWithCR: throw .strayByte
        case UInt8(ascii: "\r"): endsWithCR = true
        default:
            // The two octets of the line's end count.
            guard line.count < SMTPLimits.replyLineOctets - 2 else { throw .lineTooLong }
            line.append(byte)
        }
        return nil
    }

    private mutating func endLine() throws(Violation) -> SMTPReply? {
        let (number, isLast, rest) = try Self.taken(apart: line)
        line.removeAll(keepingCapacity: true)
        if let code, code != number { throw .mixedCodes }
        guard lines.count < SMTPLimits.replyLines else { throw .tooManyLines }
        lines.append(rest)
        code = number
        guard isLast else { return nil }
        defer {
            code = nil
            lines = []
        }
        return SMTPReply(code: number, rawLines: lines)
    }

    /// "250-text" and "250 text"; "250" alone is allowed (RFC 5321 section 4.2).
    private static func taken(apart line: [UInt8]) throws(Violation) -> (code: Int, isLast: Bool, rest: [UInt8]) {
        let digits = line.prefix(3).map { Int($0) - Int(UInt8(ascii: "0")) }
        guard digits.count == 3, (2...5).contains(digits[0]), (0...9).contains(digits[1]), (0...9).contains(digits[2]) else {
            throw .notAReply
        }
        let code = digits[0] * 100 + digits[1] * 10 + digits[2]
        switch line.dropFirst(3).first {
        case nil, UInt8(ascii: " "): return (code, true, Array(line.dropFirst(4)))
        case UInt8(ascii: "-"): return (code, false, Array(line.dropFirst(4)))
        default: throw .notAReply
        }
    }
}
