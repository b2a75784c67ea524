import Testing

@testable import SMTP

@Suite("Reading replies")
struct ReplyParserTests {
    /// Every reply of these bytes, or the violation that ends them.
    private func replies(_ bytes: some Sequence<UInt8>) throws(ReplyParser.Violation) -> [SMTPReply] {
        var parser = ReplyParser()
        var replies: [SMTPReply] = []
        for byte in bytes {
            if let reply = try parser.take(byte) { replies.append(reply) }
        }
        return replies
    }

    private func violation(_ bytes: some Sequence<UInt8>) -> ReplyParser.Violation? {
        do throws(ReplyParser.Violation) {
            _ = try replies(bytes)
            return nil
        } catch {
            return error
        }
    }

    @Test func `one line is one reply`() throws {
        #expect(try replies("220 mill ESMTP\r\n".utf8) == [SMTPReply(code: 220, lines: ["mill ESMTP"])])
    }

    @Test func `a reply ends with the line that has no dash`() throws {
        let reply = SMTPReply(code: 250, lines: ["mill", "SIZE 100", "STARTTLS"])
        #expect(try replies("250-mill\r\n250-SIZE 100\r\n250 STARTTLS\r\n".utf8) == [reply])
        #expect(try replies("250-mill\r\n250-SIZE 100\r\n".utf8).isEmpty)
    }

    @Test func `a code alone is a reply, and so is a line that ends in LF alone`() throws {
        #expect(try replies("354\r\n250\n".utf8).map(\.code) == [354, 250])
    }

    @Test func `the finer code is taken from the text`() throws {
        let reply = try #require(try replies("550-5.1.1 No such\r\n550 5.1.1 mailbox here\r\n".utf8).first)
        #expect(reply.enhanced == EnhancedCode(5, 1, 1))
        #expect(reply.text == "No such mailbox here")
    }

    @Test(arguments: ["550 2.1.5 odd", "550 5.1 short", "550 5.1.1000 long", "550 5..1 x", "550 5.01.1 x", "550 ٥.1.1 x"])
    func `what is no finer code of this reply is text`(line: String) throws {
        let reply = try #require(try replies("\(line)\r\n".utf8).first)
        #expect(reply.enhanced == nil)
        #expect(reply.text == line.dropFirst(4))
    }

    @Test(arguments: [
        "", "25", "\r\n", "25\r\n", "abc hello\r\n", "25x hello\r\n", "250_x\r\n", "199 x\r\n", "600 x\r\n", "²50 x\r\n",
        " 250 x\r\n",
        "HTTP/1.1 400 Bad Request\r\n",
    ])
    func `what does not begin with a code is no reply`(text: String) {
        #expect(violation(text.utf8) == (text.hasSuffix("\r\n") ? .notAReply : nil))
    }

    @Test func `the lines of a reply have one code`() {
        #expect(violation("250-a\r\n251 b\r\n".utf8) == .mixedCodes)
        #expect(violation("250-a\r\n550 b\r\n".utf8) == .mixedCodes)
    }

    @Test func `an endless line is cut off`() throws {
        let most = SMTPLimits.replyLineOctets - 2 - "220 ".utf8.count
        #expect(try replies(("220 " + String(repeating: "x", count: most) + "\r\n").utf8).count == 1)
        #expect(violation(("220 " + String(repeating: "x", count: most + 1)).utf8) == .lineTooLong)
    }

    @Test func `an endless reply is cut off`() throws {
        let line = "250-x\r\n"
        let most = String(repeating: line, count: SMTPLimits.replyLines - 1) + "250 x\r\n"
        #expect(try replies(most.utf8).first?.lines.count == SMTPLimits.replyLines)
        #expect(violation(String(repeating: line, count: SMTPLimits.replyLines + 1).utf8) == .tooManyLines)
    }

    @Test func `NUL and a lonely CR are refused`() {
        #expect(violation([UInt8]("220 a".utf8) + [0]) == .strayByte)
        #expect(violation("220 a\rb\r\n".utf8) == .strayByte)
        #expect(violation("220 a\r\r\n".utf8) == .strayByte)
    }

    @Test func `after a violation nothing is a reply any more`() {
        var parser = ReplyParser()
        #expect(throws: ReplyParser.Violation.strayByte) { try parser.take(0) }
        #expect(throws: ReplyParser.Violation.strayByte) { try parser.take(UInt8(ascii: "2")) }
        #expect(!parser.isBetweenReplies)
    }

    @Test func `a parser knows whether something has begun`() throws {
        var parser = ReplyParser()
        for byte in "250-a\r\n250 b\r\n".utf8 {
            let reply = try parser.take(byte)
            #expect(parser.isBetweenReplies == (reply != nil))
        }
    }

    @Test func `characters that steer a terminal are replaced`() throws {
        let reply = try #require(try replies([UInt8]("550 \u{1B}[2J\u{202E}é".utf8) + [0xFF, 0x0D, 0x0A]).first)
        #expect(reply.text == "\u{FFFD}[2J\u{FFFD}é\u{FFFD}")
    }

    @Test func `random bytes never end badly`() {
        var random = SystemRandomNumberGenerator()
        let alphabet: [UInt8] = Array("0123456789-. \r\nxA\0".utf8) + [0xFF]
        for _ in 0..<2000 {
            let bytes = (0..<Int.random(in: 0...40, using: &random)).map { _ in alphabet.randomElement(using: &random) ?? 0 }
            _ = violation(bytes)
        }
    }
}

@Suite("Reading what a server offers")
struct OffersTests {
    private func offers(_ lines: String...) -> SMTPOffers { SMTPOffers(SMTPReply(code: 250, lines: ["mill"] + lines)) }

    @Test func `offers are read whatever their case`() {
        let offers = offers("size 1000", "starttls", "Auth Login plain", "SMTPUTF8", "8BITMIME", "X-UNKNOWN y")
        #expect(offers.startTLS && offers.utf8 && offers.eightBit && offers.namesSize)
        #expect(offers.sizeLimit == 1000)
        #expect(offers.mechanisms == ["LOGIN", "PLAIN"])
    }

    @Test func `the old form of AUTH is read too`() { #expect(offers("AUTH=LOGIN PLAIN").mechanisms == ["LOGIN", "PLAIN"]) }

    @Test(arguments: ["SIZE", "SIZE 0", "SIZE x", "SIZE -5", "SIZE 99999999999999999999"])
    func `a size that limits nothing is no limit`(line: String) {
        #expect(offers(line).namesSize)
        #expect(offers(line).sizeLimit == nil)
    }

    @Test func `the server's name offers nothing`() {
        #expect(SMTPOffers(SMTPReply(code: 250, lines: ["STARTTLS"])) == SMTPOffers())
    }
}
