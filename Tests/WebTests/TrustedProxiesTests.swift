import Core
import Testing

@testable import Web

@Suite("Trusting proxies")
struct TrustedProxiesTests {
    private func proxies(_ setting: String = "10.0.0.0/8, 127.0.0.1, fd00::/8, ::1") throws -> TrustedProxies {
        try TrustedProxies(setting)
    }

    private func address(_ peer: String, _ forwardedFor: String? = nil, forwarded: String? = nil) throws -> String {
        try proxies().clientAddress(peer: peer, forwardedFor: forwardedFor, forwarded: forwarded)
    }

    @Test func `nobody is believed when nobody is trusted`() {
        let client = TrustedProxies.none.client(
            peer: "127.0.0.1", forwardedFor: "198.51.100.7", forwarded: "for=198.51.100.7;proto=https", forwardedProto: "https")
        #expect(client == .init(address: "127.0.0.1", isForwarded: false, scheme: nil))
    }

    @Test func `a stranger's headers are not believed`() throws {
        let client = try proxies().client(
            peer: "203.0.113.9", forwardedFor: "198.51.100.7, 10.0.0.2", forwarded: "for=10.0.0.1", forwardedProto: "https")
        #expect(client == .init(address: "203.0.113.9", isForwarded: false, scheme: nil))
    }

    @Test func `a trusted proxy's word about its caller counts`() throws {
        #expect(try address("10.0.0.1", "198.51.100.7") == "198.51.100.7")
        #expect(try address("10.0.0.1") == "10.0.0.1")
        #expect(try address("fd00::5", "2001:DB8:0:0::7") == "2001:db8::7")
    }

    @Test func `what the client wrote itself stands to the left of the truth and is not believed`() throws {
        #expect(try address("10.0.0.1", "127.0.0.1, 198.51.100.7") == "198.51.100.7")
        #expect(try address("10.0.0.1", "1.1.1.1, 10.0.0.9, 198.51.100.7, 10.0.0.2") == "198.51.100.7")
        #expect(try address("10.0.0.1", "192.0.2.1,192.0.2.2,192.0.2.3") == "192.0.2.3")
    }

    @Test func `a chain of our own proxies is walked to its beginning`() throws {
        #expect(try address("10.0.0.1", "198.51.100.7, 10.0.0.3, fd00::2") == "198.51.100.7")
        #expect(try address("10.0.0.1", "10.0.0.4, 10.0.0.3") == "10.0.0.4")
    }

    @Test(arguments: [
        "unknown", "_hidden", "", " ", "198.51.100.7 ", "198.51.100", "198.51.100.7.8", "0198.51.100.7", "198.51.100.7:port",
        "198.51.100.7:1:2", "[2001:db8::1", "2001:db8::1]", "[2001:db8::1]x", "[198.51.100.7]", "fe80::1%eth0", "localhost",
        "198.51.100.7/32", "::ffff:198.51.100.7.1", "198.51.100.7\u{0}", "１９８.51.100.7", "0x7f.1", "2130706433",
        String(repeating: "1", count: 10_000),
    ])
    func `an entry that is no address ends the walk at the proxy that reported it`(entry: String) throws {
        // Blanks around an entry are part of the list and not of the entry.
        let expected = entry == "198.51.100.7 " ? "198.51.100.7" : "10.0.0.5"
        #expect(try address("10.0.0.1", "192.0.2.66, \(entry), 10.0.0.5") == expected)
    }

    @Test func `ports and brackets are taken off`() throws {
        #expect(try address("10.0.0.1", "198.51.100.7:4711") == "198.51.100.7")
        #expect(try address("10.0.0.1", "[2001:db8::1]:4711") == "2001:db8::1")
        #expect(try address("10.0.0.1", "[2001:db8::1]") == "2001:db8::1")
    }

    @Test func `IPv4 in IPv6 is IPv4, for peers, entries and settings`() throws {
        #expect(try address("::ffff:10.0.0.1", "::ffff:198.51.100.7") == "198.51.100.7")
        #expect(try address("::ffff:203.0.113.9", "198.51.100.7") == "203.0.113.9")
        #expect(
            try proxies("::ffff:10.0.0.0/104").clientAddress(peer: "10.1.2.3", forwardedFor: "192.0.2.1", forwarded: nil)
                == "192.0.2.1")
        // Trusting all of IPv6 is not trusting IPv4.
        #expect(try proxies("::/0").clientAddress(peer: "10.0.0.1", forwardedFor: "192.0.2.1", forwarded: nil) == "10.0.0.1")
    }

    @Test func `the walk has an end`() throws {
        let chain = (1...5000).map { "10.0.\($0 / 250).\($0 % 250)" }.joined(separator: ", ")
        #expect(try address("10.0.0.1", "198.51.100.7, " + chain) != "198.51.100.7")
    }

    @Test func `Forwarded is read as RFC 7239 has it`() throws {
        #expect(try address("10.0.0.1", forwarded: "for=198.51.100.7") == "198.51.100.7")
        #expect(
            try address("10.0.0.1", forwarded: "For=\"[2001:db8:cafe::17]:4711\";proto=https;by=203.0.113.60")
                == "2001:db8:cafe::17"
        )
        #expect(
            try address("10.0.0.1", forwarded: "for=192.0.2.43, for=198.51.100.17;by=10.0.0.2, for=10.0.0.2") == "198.51.100.17")
        #expect(try address("10.0.0.1", forwarded: "for=192.0.2.43, for=unknown") == "10.0.0.1")
        #expect(try address("10.0.0.1", forwarded: "for=192.0.2.43, for=_gate") == "10.0.0.1")
        #expect(try address("10.0.0.1", forwarded: "for=192.0.2.43, proto=https") == "10.0.0.1")
    }

    @Test(arguments: [
        "for=\"", "for=\"198.51.100.7", "for=\"198.51.100.7\\\"", "for", "=", ";;;", "for=\"\"", "for==198.51.100.7",
        "for=\"198.51.100.7, 10.0.0.2", "for=\"198.51.100.7\"x\"",
    ])
    func `a Forwarded that is broken tells nothing`(header: String) throws {
        #expect(try address("10.0.0.1", forwarded: header) == "10.0.0.1")
    }

    @Test func `commas in quotations make no entries`() throws {
        #expect(try address("10.0.0.1", forwarded: "for=192.0.2.9;ext=\"a, for=198.51.100.7\"") == "192.0.2.9")
        #expect(try address("10.0.0.1", forwarded: "ext=\"\\\", for=198.51.100.7\";for=192.0.2.9") == "192.0.2.9")
    }

    @Test func `where both are there X-Forwarded-For counts`() throws {
        #expect(try address("10.0.0.1", "192.0.2.1", forwarded: "for=198.51.100.7") == "192.0.2.1")
        #expect(try address("10.0.0.1", "rubbish", forwarded: "for=198.51.100.7") == "10.0.0.1")
    }

    @Test func `the protocol is the one that the outermost trusted hop has written`() throws {
        func scheme(_ proto: String?, _ forwardedFor: String? = nil, forwarded: String? = nil) throws -> String? {
            try proxies().client(peer: "10.0.0.1", forwardedFor: forwardedFor, forwarded: forwarded, forwardedProto: proto)
                .scheme?.rawValue
        }
        #expect(try scheme("https", "198.51.100.7") == "https")
        #expect(try scheme("HTTPS") == "https")
        #expect(try scheme("http", "198.51.100.7") == "http")
        #expect(try scheme("https, http", "198.51.100.7") == "http")
        #expect(try scheme("https, http", "198.51.100.7, 10.0.0.2") == "https")
        #expect(try scheme("https", "198.51.100.7, 10.0.0.2") == "https")
        #expect(try scheme("gopher", "198.51.100.7") == nil)
        #expect(try scheme("", "198.51.100.7") == nil)
        #expect(try scheme(nil, forwarded: "for=198.51.100.7;proto=https") == "https")
        #expect(try scheme("http", forwarded: "for=198.51.100.7;proto=https") == "https")
        #expect(try scheme("http", "198.51.100.7", forwarded: "for=198.51.100.7;proto=https") == "http")
    }

    @Test(arguments: [
        ("localhost", "localhost is no address"), ("10.0.0.0/33", "0 to 32"), ("10.0.0.0/-1", "0 to 32"),
        ("10.0.0.0/", "0 to 32"),
        ("10.0.0.0/+8", "0 to 32"), ("10.0.0.0/8/8", "10.0.0.0/8/8"), ("fd00::/129", "0 to 128"), ("10.1.2.3/8", "10.0.0.0/8"),
        ("127.0.0.1, proxy.example, ::1", "proxy.example"), ("fd00::1/8", "fd00::/8"),
        ("10.0.0.0/8 127.0.0.1", "10.0.0.0/8 127.0.0.1"),
        ("::ffff:10.0.0.0/90", "IPv4"),
    ])
    func `a setting that is wrong is named`(setting: String, hint: String) {
        let failure = #expect(throws: Failure.self) { try TrustedProxies(setting) }
        #expect(failure?.code == "invalid_setting")
        #expect(failure?.message.contains(hint) == true)
        #expect(failure?.message.hasPrefix("TRUSTED_PROXIES") == true)
    }

    @Test func `an empty setting trusts nobody, and single addresses and everything are settings too`() throws {
        #expect(try proxies("").clientAddress(peer: "127.0.0.1", forwardedFor: "192.0.2.1", forwarded: nil) == "127.0.0.1")
        #expect(try proxies(" , ").clientAddress(peer: "127.0.0.1", forwardedFor: "192.0.2.1", forwarded: nil) == "127.0.0.1")
        #expect(
            try proxies("192.0.2.8").clientAddress(peer: "192.0.2.8", forwardedFor: "192.0.2.1", forwarded: nil) == "192.0.2.1")
        #expect(
            try proxies("192.0.2.8").clientAddress(peer: "192.0.2.9", forwardedFor: "192.0.2.1", forwarded: nil) == "192.0.2.9")
        #expect(
            try proxies("0.0.0.0/0").clientAddress(peer: "192.0.2.8", forwardedFor: "192.0.2.1", forwarded: nil) == "192.0.2.1")
        // A socket without an address, such as one of a test.
        #expect(try proxies().clientAddress(peer: "", forwardedFor: "192.0.2.1", forwarded: nil) == "")
    }

    @Test func `one networkPrefix is an IPv4 address or an IPv6 network of 64 bits`() {
        #expect(IPAddress("2001:db8:1:2:3:4:5:6")?.networkPrefix.description == "2001:db8:1:2::")
        #expect(IPAddress("198.51.100.7")?.networkPrefix.description == "198.51.100.7")
        #expect(IPAddress("::ffff:198.51.100.7")?.networkPrefix == IPAddress("198.51.100.7"))
        #expect(IPAddress("::1") != IPAddress("0.0.0.1"))
    }
}
