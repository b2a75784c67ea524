import Testing

@testable import Core

@Suite("Reading the members of a body")
struct KnownMembersTests {
    let known = ["file_name", "original_file_size_bytes", "processing_steps"]

    private func refusal(_ name: String) throws -> Failure? {
        let fields = try Fields(.object([name: .null, "file_name": "a.csv"]))
        return #expect(throws: Failure.self) { try fields.mustBeKnown(known) }
    }

    @Test func `known members are taken`() throws { try Fields(["file_name": "a.csv"]).mustBeKnown(known) }

    @Test(arguments: [
        ("steps", "processing_steps"), ("filename", "file_name"), ("processing_step", "processing_steps"),
        ("Processing_Steps", "processing_steps"),
        ("size", "original_file_size_bytes"),
    ])
    func `an unknown one is named, and what was probably meant`(_ name: String, _ meant: String) throws {
        let failure = try #require(try refusal(name))
        #expect(failure.kind == .invalid && failure.code == "unknown_field")
        #expect(failure.message.contains("no field \(name) here; did you mean \(meant)?"), "\(failure.message)")
    }

    @Test func `a name that is like nothing gets the list`() throws {
        let failure = try #require(try refusal("zzzzzzzzzzzz"))
        #expect(!failure.message.contains("did you mean") && failure.message.contains("known fields are file_name, "))
    }

    @Test func `a long name, and one with control characters, is not repeated whole`() throws {
        #expect(try #require(try refusal(String(repeating: "a\u{301}\u{0}", count: 10_000))).message.utf8.count < 400)
    }

    @Test func `a part of a nested object is named with its path`() throws {
        let fields = try Fields(["parms": 1], path: "processing_steps[0]")
        let failure = #expect(throws: Failure.self) { try fields.mustBeKnown(["type", "params"]) }
        #expect(failure?.message.contains("processing_steps[0].parms") == true)
    }
}
