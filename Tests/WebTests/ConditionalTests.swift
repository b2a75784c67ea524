import Core
import Testing
import Web

@Suite("Conditional requests")
struct ConditionalTests {
    let tag = ETag.of(["a": 1])

    @Test func `equal values have equal tags`() {
        #expect(ETag.of(["a": 1, "b": 2]) == ETag.of(["b": 2, "a": 1]))
        #expect(ETag.of(["a": 1]) != ETag.of(["a": 2]))
    }

    @Test func `who asks for news is compared weakly`() {
        for list in [tag, "W/\(tag)", "\"x\", \(tag)", "*", String(tag.dropFirst().dropLast())] {
            #expect(ETag.matches(list, tag), "\(list)")
        }
        for list in ["", "\"x\"", "W/\"x\"", ","] { #expect(!ETag.matches(list, tag), "\(list)") }
    }

    @Test func `a change is compared strongly`() throws {
        for list in [tag, "\"x\", \(tag)", "*"] { try IfMatch(tag: list).mustMatch([tag]) }
        for list in ["\"x\"", "W/\(tag)", ""] {
            let failure = try #require(throws: Failure.self) { try IfMatch(tag: list).mustMatch([tag]) }
            #expect((failure.kind, failure.code) == (.stale, "stale_version"))
            #expect(failure.details == ["etag": .string(tag)])
        }
    }

    @Test func `who says nothing changes what there is, unless it must be said`() throws {
        try IfMatch.none.mustMatch([tag])
        let failure = try #require(throws: Failure.self) { try IfMatch.none.mustBeGiven() }
        #expect((failure.kind, failure.code) == (.preconditionRequired, "if_match_required"))
    }
}

@Suite("Other origins")
struct CrossOriginTests {
    @Test func `origins are read from a list`() throws {
        #expect(
            try CrossOrigin.origins(" https://app.example.com, http://localhost:5173,http://[::1]:80 ")
                == ["https://app.example.com", "http://localhost:5173", "http://[::1]:80"])
        #expect(try CrossOrigin.origins("").isEmpty)
    }

    @Test(arguments: [
        "*", "null", "https://app.example.com/", "https://a.example/path", "ftp://a.example", "app.example.com",
        "https://u@a.example",
        "https://A.example",
    ])
    func `what is no origin stops the start`(text: String) {
        #expect(throws: Failure.self) { try CrossOrigin.origins(text) }
    }
}

@Suite("Lines that stay open")
struct OpenLinesTests {
    @Test func `each person has so many`() {
        let lines = ConnectionQuota(most: 2)
        let (ada, bob) = (ID<Caller>(), ID<Caller>())
        #expect(lines.open(ada) && lines.open(ada))
        #expect(!lines.open(ada))
        #expect(lines.open(bob))
        lines.close(ada)
        #expect(lines.open(ada))
        #expect(!lines.open(ada))
    }
}
