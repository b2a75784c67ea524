package import NIOCore

/// How long to wait for a mail server. A server that drips bytes gains nothing: each time is for the whole answer.
package struct SMTPPatience: Sendable {
    package var connect: TimeAmount
    package var reply: TimeAmount
    /// From the first packet to the last answer, whatever happens in between.
    package var total: TimeAmount

    package init(connect: TimeAmount, reply: TimeAmount, total: TimeAmount) {
        self.connect = connect
        self.reply = reply
        self.total = total
    }

    /// RFC 5321 section 4.5.3.2 would wait minutes; an outbox that tries again later need not.
    package static let standard = SMTPPatience(connect: .seconds(10), reply: .seconds(30), total: .seconds(120))
}

package enum SMTPLimits {
    /// Octets of one line of a reply with its end. RFC 5321 section 4.5.3.1.5 says 512; servers say more.
    static let replyLineOctets = 4096
    /// Lines of one reply: long enough for any list of extensions.
    static let replyLines = 100
    /// Octets of one command with its end (RFC 5321 section 4.5.3.1.4).
    static let commandOctets = 512
    /// Characters of a server's own words that an error message repeats.
    static let quotedCharacters = 200
    /// How long to wait for the answer to QUIT: by then everything that matters is done.
    static let farewell = TimeAmount.seconds(2)

    /// Octets of an address, of what stands before its @, and of its domain (RFC 5321 section 4.5.3.1, RFC 3696 errata).
    static let addressOctets = 254
    static let localOctets = 64
    static let domainLabelOctets = 63

    /// Octets of a line of a header or a quoted-printable body (RFC 2045 section 6.7, RFC 2047 section 2).
    static let lineOctets = 76
    /// Octets of one encoded word (RFC 2047 section 2).
    static let encodedWordOctets = 75
    /// Octets of a subject or a name, before encoding: 500 letters of any script. More is a mistake, or an attack.
    static let headerOctets = 2000
}
