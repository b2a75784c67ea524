import Core
import Discovery
import Testing

@Suite("Names of domains")
struct DomainNameTests {
    @Test(arguments: [
        ("example.com", "example.com"), ("  HTTPS://www.Example.COM/team?x=1 ", "example.com"), ("example.com.", "example.com"),
        ("user:pw@example.com:8080/", "example.com"), ("bücher.de", "xn--bcher-kva.de"), ("http://例え.jp/", "xn--r8jz45g.jp"),
        ("www.com", "www.com"), ("ＥＸＡＭＰＬＥ．com", "example.com"), ("straße.example", "xn--strae-oqa.example"),
    ])
    func `what people type becomes a domain`(typed: String, expected: String) throws {
        #expect(try DomainName(typed).description == expected)
    }

    @Test(arguments: [
        "", "localhost", "127.0.0.1", "http://[::1]/", "a..b.com", "-a.com", "exa mple.com", "ex_ample.com",
        String(repeating: "a", count: 64) + ".com",
    ])
    func `what is none is refused`(typed: String) {
        #expect(throws: Failure.self) { try DomainName(typed) }
    }
}

@Suite("Addresses that may be reached")
struct OutboundGuardTests {
    @Test(arguments: [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254", "0.0.0.0", "100.64.0.1",
        "224.0.0.1",
        "255.255.255.255", "198.18.0.1", "192.0.2.1", "203.0.113.9",
        "168.63.129.16", "::1", "::", "fe80::1", "fc00::1", "fd00:ec2::254",
        "::ffff:127.0.0.1",
        "::ffff:8.8.8.8", "64:ff9b::7f00:1", "2002:7f00:1::", "2001:db8::1", "2001::1", "ff02::1", "100::1", "3fff::1",
    ])
    func `none that is not public`(text: String) throws {
        #expect(!OutboundGuard().mayReach(try #require(IPAddress(text))))
    }

    @Test(arguments: ["8.8.8.8", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "2a00:1450:4001:800::200e"])
    func `all that are`(text: String) throws {
        #expect(OutboundGuard().mayReach(try #require(IPAddress(text))))
    }

    @Test(arguments: ["127.1", "0x7f.0.0.1", "2130706433", "0177.0.0.1", "localhost", "1.2.3.4.5", ""])
    func `other spellings are none`(text: String) { #expect(IPAddress(text) == nil) }

    @Test func `whoever runs the server may allow more`() throws {
        let guardian = try OutboundGuard(setting: "127.0.0.0/8, fd00::/8")
        #expect(guardian.mayReach(try #require(IPAddress("127.8.8.8"))))
        #expect(guardian.mayReach(try #require(IPAddress("fd12::1"))))
        #expect(!guardian.mayReach(try #require(IPAddress("10.0.0.1"))))
        #expect(throws: Failure.self) { try OutboundGuard(setting: "10.0.0.0/33") }
    }
}
