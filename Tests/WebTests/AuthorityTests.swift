import Core
import HTTPTypes
import Testing

@testable import Web

@Suite("Reading the head of a request")
struct AuthorityTests {
    @Test(arguments: ["localhost", "LOCALHOST:8080", "127.0.0.1:1", "[::1]", "[::1]:65535"])
    func `this machine is known by its names`(_ text: String) throws {
        #expect(try #require(Authority(text)).isLocal)
    }

    @Test(arguments: ["example.org", "example.org.", "a_b.example", "localhost.evil.test", "127.0.0.1.evil.test", "[::2]:80"])
    func `other names are other machines`(_ text: String) throws {
        #expect(try #require(Authority(text)).isLocal == false)
    }

    @Test(arguments: [
        "", ":80", "[::1].evil.test", "[::1]evil", "[::1", "::1", "[127.0.0.1]", "[localhost]", "[::1%25lo]", "user@localhost",
        "localhost:", "localhost:0", "localhost:65536", "localhost:8o", "localhost:+80", "localhost:80:80", "a,b",
        "localhost,localhost",
        "local host", "localhost/", "localhost?", "localhost#", "lo%63alhost", ".localhost", "a..b", "ex\u{0}ample",
        "b\u{FC}cher.example",
    ])
    func `anything else is refused`(_ text: String) { #expect(Authority(text) == nil) }

    private func head(_ path: String, authority: String? = "localhost", host: String? = nil) -> HTTPRequest {
        var head = HTTPRequest(method: .get, scheme: "http", authority: authority, path: path)
        if let host { head.headerFields[.host] = host }
        return head
    }

    @Test(arguments: ["/", "/jobs?q=M%C3%BCller&x=%2F", "/jobs?q=a+b&&c", "//double", "/with|pipe"])
    func `usual addresses are read`(_ path: String) throws { try RequestHead.check(head(path)) }

    @Test(arguments: [
        "", "jobs", "health", "*", "http://localhost/", "?q=a", "/jobs?q=%00", "/collab/tasks?q=a%00b", "/jobs?q=%0a",
        "/jobs?q=%7F",
        "/jobs?q=%", "/jobs?q=%4", "/jobs?q=%zz", "/a%2", "/a#b", "/a\u{0}b", "/a b",
    ])
    func `odd addresses are refused`(_ path: String) {
        let failure = #expect(throws: Failure.self) { try RequestHead.check(head(path)) }
        #expect(failure?.kind == .refused && failure?.code == "invalid_target")
    }

    @Test func `one request has one host`() throws {
        try RequestHead.check(head("/", authority: "a.example", host: "a.example"))
        try RequestHead.check(head("/", authority: nil, host: "a.example"))
        for (authority, host) in [("a.example", "b.example"), ("a.example,b.example", nil)]
            as [(String?, String?)]
        {
            let failure = #expect(throws: Failure.self) { try RequestHead.check(head("/", authority: authority, host: host)) }
            #expect(failure?.code == "invalid_host")
        }
    }
}

@Suite("Choosing between a page and JSON")
struct AcceptTests {
    @Test(arguments: [
        nil, "*/*", "text/html", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "text/*", "", "image/png",
        "application/json;q=0.5, text/html", "application/json, text/html", "*/*;q=0.1, application/json;q=0",
        "text/html;q=0.9, */*;q=0.8",
    ])
    func `a page is what most get`(_ field: String?) { #expect(!Accept(field).prefersJSON) }

    @Test(arguments: [
        "application/json", "application/*", "application/json, text/plain, */*", "text/html;q=0.4, application/json;q=0.5",
        "text/html;q=0, */*", "APPLICATION/JSON",
    ])
    func `JSON is for those who prefer it`(_ field: String) { #expect(Accept(field).prefersJSON) }

    @Test func `a wildcard names no page`() {
        #expect(!Accept("*/*").namesPage && !Accept(nil).namesPage)
        #expect(!Accept("text/html;q=0").namesPage)
        #expect(Accept("text/html, */*").namesPage)
    }
}
