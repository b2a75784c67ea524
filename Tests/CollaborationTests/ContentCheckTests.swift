import Core
import Foundation
import Jobs
import NIOPosix
import Scanning
import TestKit
import Testing
import Workers

@testable import Collaboration

/// Workers that do what the test wants: small programs that speak the protocol well or badly.
@Suite("Checking content in a worker", .timeLimit(.minutes(1)))
struct ContentCheckTests {
    private func outcome(_ script: String, wallSeconds: Double = 20) async throws -> Scan.Outcome {
        let threads = NIOThreadPool(numberOfThreads: 1)
        threads.start()
        var limits = ContentCheck.limits(documentBytes: 1000)
        limits.wallSeconds = wallSeconds
        let check = ContentCheck(
            worker: .init(executable: "/bin/sh", arguments: ["-c", "read -r order; \(script)"]), limits: limits, threads: threads,
            logger: Workshop.logger)
        let upload = try Document.Announced(kind: .other, fileName: "a", contentType: nil, sizeBytes: 1)
        let document = Document(upload, job: ID(), by: .ada, key: { "documents/\($0)" }, at: .now)
        let outcome = try await check.check(document, path: "/dev/null", scope: .everything)
        try await threads.shutdownGracefully()
        return outcome
    }

    private static func say(_ verdict: String) -> String {
        "echo '{\"report\":{\"finished\":{\"result\":{\"verdict\":\"\(verdict)\",\"message\":\"words\"},\"isPartial\":false}}}'"
    }

    @Test func `a verdict counts`() async throws {
        #expect(try await outcome(Self.say("clean")) == .clean)
        #expect(try await outcome(Self.say("infected")) == .infected("words"))
        #expect(try await outcome(Self.say("refused")) == .refused("words"))
    }

    @Test(arguments: [
        "exit 0", "kill -SEGV $$", "echo nonsense", say("splendid"), "\(say("clean")); exit 1", "\(say("clean")); kill -KILL $$",
        "echo '{\"report\":{\"failed\":{\"code\":\"x\",\"message\":\"y\"}}}'", "exec <&-; sleep 100 >&-",
        "while :; do echo noise; done",
    ])
    func `anything else is a scan that failed`(script: String) async throws {
        guard case .failed = try await outcome(script, wallSeconds: 3) else {
            Issue.record("a verdict came of it")
            return
        }
    }

    @Test func `the order names the file and the claim, and nothing else`() async throws {
        let order =
            "python3 -c 'import json,sys; o = json.loads(sys.argv[1]); "
            + "print(json.dumps({\"report\": {\"finished\": {\"result\": {\"verdict\": \"infected\", \"message\": "
            + "o[\"kind\"] + \" \" + o[\"input\"] + \" \" + str(sorted(o[\"spec\"]))}, \"isPartial\": False}}}))' \"$order\""
        let found = try await outcome("PATH=/usr/local/bin:/usr/bin:/bin; \(order)")
        #expect(found == .infected("scan /dev/null ['content_type', 'file_name', 'scope']"))
    }
}
