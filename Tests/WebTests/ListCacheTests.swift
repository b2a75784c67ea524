import Core
import HTTPTypes
import Hummingbird
import NIOCore
import NIOPosix
import Synchronization
import Testing
import Web

@Suite("Remembering lists")
struct RememberedListsTests {
    private let tags = ListCache(threads: .singleton)
    private let renderings = Renderings()

    private final class Renderings: Sendable {
        let count = Mutex(0)
    }

    private func ask(
        _ json: JSON, revision: Int64?, known: String? = nil, path: String = "/jobs", scope: String = "jobs ada"
    ) async throws -> (status: Int, text: String, tag: String?, total: String?) {
        var head = HTTPRequest(method: .get, scheme: nil, authority: nil, path: path)
        head.headerFields[.ifNoneMatch] = known
        let request = Request(head: head, body: RequestBody(buffer: ByteBuffer()))
        let response = try await tags.answer(request, .standard, scope: scope, revision: revision) {
            renderings.count.withLock { $0 += 1 }
            return ({ json }, [.xTotalCount: "7"])
        }
        let body = GatheredBody()
        try await response.body.write(body)
        return (
            response.status.code, String(buffer: body.buffer), response.headers[.eTag], response.headers[.xTotalCount]
        )
    }

    @Test func `a list is rendered once for each revision`() async throws {
        for _ in 0..<3 {
            let answer = try await ask([1], revision: 1)
            #expect(answer == (200, "[1]", ETag.of(JSON.array([1])), "7"))
        }
        #expect(renderings.count.withLock { $0 } == 1)
        #expect(try await ask([2], revision: 2).text == "[2]")
        #expect(try await ask([3], revision: 1).text == "[3]", "an older revision is not the one that is remembered")
    }

    @Test func `who has it gets its head alone`() async throws {
        let tag = ETag.of(JSON.array([1]))
        for _ in 0..<2 {
            let answer = try await ask([1], revision: 1, known: tag)
            #expect(answer == (304, "", tag, "7"))
        }
        #expect(try await ask([1], revision: 1, known: "\"other\"").status == 200)
        #expect(renderings.count.withLock { $0 } == 1)
    }

    @Test func `without a revision, for another person and for another address it is rendered anew`() async throws {
        _ = try await ask([1], revision: 1)
        #expect(try await ask([2], revision: nil).text == "[2]")
        #expect(try await ask([3], revision: 1, scope: "jobs bob").text == "[3]")
        #expect(try await ask([4], revision: 1, path: "/jobs?limit=1").text == "[4]")
        #expect(try await ask([5], revision: 1).text == "[1]")
    }

    @Test func `of a long list only the tag is remembered`() async throws {
        let long = JSON.string(String(repeating: "x", count: 100_000))
        let tag = ETag.of(long)
        for _ in 0..<2 { #expect(try await ask(long, revision: 1).text.utf8.count == 100_002) }
        #expect(renderings.count.withLock { $0 } == 2)
        #expect(try await ask(long, revision: 1, known: tag).status == 304)
        #expect(renderings.count.withLock { $0 } == 2)
    }

    @Test func `many lists do not fill the memory, and none is mixed up with another`() async throws {
        let text = JSON.string(String(repeating: "x", count: 60_000))
        for number in 0..<300 {
            let answer = try await ask([.int(Int64(number)), text], revision: 1, path: "/jobs?skip=\(number)")
            #expect(answer.text.hasPrefix("[\(number),"))
        }
        for number in 0..<300 {
            let answer = try await ask([.int(Int64(number)), text], revision: 1, path: "/jobs?skip=\(number)")
            #expect(answer.text.hasPrefix("[\(number),"))
        }
    }
}
