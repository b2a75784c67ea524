/// What a server offers in its answer to EHLO (RFC 5321 section 4.1.1.1).
package struct SMTPOffers: Equatable, Sendable {
    package var startTLS = false
    /// Names of sign-in mechanisms in upper case, such as PLAIN.
    package var mechanisms: [String] = []
    /// Most octets of a message; nil when the server names no limit.
    package var sizeLimit: Int?
    package var namesSize = false
    package var eightBit = false
    package var utf8 = false

    package init() {}

    /// The first line names the server; each further line is one extension.
    package init(_ reply: SMTPReply) {
        for line in reply.lines.dropFirst() {
            let words = line.uppercased().split(separator: " ").map(String.init)
            guard let keyword = words.first else { continue }
            switch keyword {
            case "STARTTLS": startTLS = true
            case "AUTH": mechanisms += words.dropFirst()
            // The form of a draft, for clients of the last century; some servers send this one only.
            case _ where keyword.hasPrefix("AUTH="):
                mechanisms += [String(keyword.dropFirst("AUTH=".count))] + words.dropFirst()
            case "SIZE":
                namesSize = true
                // 0 says that there is no fixed limit (RFC 1870 section 4).
                sizeLimit = words.dropFirst().first.flatMap { Int($0) }.flatMap { $0 > 0 ? $0 : nil }
            case "8BITMIME": eightBit = true
            case "SMTPUTF8": utf8 = true
            default: continue
            }
        }
    }
}
