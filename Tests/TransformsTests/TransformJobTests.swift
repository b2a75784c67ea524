import Core
import Jobs
import TestKit
import Testing
import Transforms

@Suite("Making a transform job")
struct TransformJobTests {
    private func make(_ body: JSON) throws -> Job? { try TransformJob.kind.create(try Fields(body), .ada) }

    @Test func `the document's body makes a job`() throws {
        let body = try JSON(
            parsing: """
                {"file_name": "my_large_data.csv", "original_file_size_bytes": 1024000000, "processing_steps": [
                  {"type": "filter", "params": {"column": "country", "operator": "eq", "value": "India"}},
                  {"type": "convert_format", "params": {"to_format": "parquet"}}]}
                """)
        let job = try #require(try make(body))
        #expect(job.state == .pending)
        #expect(TransformJob.kind.answer.members(job)["processing_steps"] == body["processing_steps"])
        #expect(try TransformJob.kind.work?.order(job)["output_name"] == "my_large_data_processed.parquet")
    }

    @Test func `a body without a file name is of another kind`() throws {
        #expect(try make(["title": "Call Ada"]) == nil)
    }

    @Test func `the ending of the output follows the format`() throws {
        for (name, output) in [("a.csv", "a_processed.csv"), ("a.tsv", "a_processed.csv"), ("a.ndjson", "a_processed.ndjson")] {
            let job = try #require(try make(["file_name": .string(name)]))
            #expect(try TransformJob.kind.work?.order(job)["output_name"] == .string(output))
        }
    }

    @Test(arguments: [
        (#"{"file_name": 5}"#, "file_name"), (#"{"file_name": "x.exe"}"#, "file_name"),
        (#"{"file_name": "x.csv", "original_file_size_bytes": -1}"#, "original_file_size_bytes"),
        (#"{"file_name": "x.csv", "processing_steps": {}}"#, "processing_steps"),
        (#"{"file_name": "x.csv", "processing_steps": [{"type": "filtr", "params": {}}]}"#, "processing_steps[0]"),
        (
            #"{"file_name": "x.csv", "processing_steps": [{"type": "filter", "params": {"column": "a", "operator": "like", "value": 1}}]}"#,
            "operator"
        ),
    ]) func `a malformed body is refused and the field is named`(body: String, field: String) throws {
        let failure = #expect(throws: Failure.self) { try make(try JSON(parsing: body)) }
        #expect(failure?.kind == .invalid)
        #expect(failure?.message.contains(field) == true)
    }

    @Test func `the older names make the same job`() throws {
        let older = try JSON(
            parsing: """
                {"original_filename": "a.csv", "original_file_size_bytes": 5, "processing_parameters": {
                  "filters": [{"column": "country", "operator": "eq", "value": "India"},
                              {"column": "age", "operator": "ge", "value": 18}],
                  "output_format": "parquet"}}
                """)
        let job = try #require(try make(older))
        #expect(job.fileName == "a.csv" && job.originalSizeBytes == 5)
        #expect(
            TransformJob.kind.answer.members(job)["processing_steps"] == [
                ["type": "filter", "params": ["column": "country", "operator": "eq", "value": "India"]],
                ["type": "filter", "params": ["column": "age", "operator": "ge", "value": 18]],
                ["type": "convert_format", "params": ["to_format": "parquet"]],
            ])
        #expect(try make(["original_filename": "a.csv", "processing_parameters": [:]])?.spec["steps"] == [])
        #expect(try make(["original_filename": "a.csv", "processing_parameters": nil, "file_name": nil])?.spec["steps"] == [])
    }

    @Test(arguments: [
        (#""processing_parameters": []"#, "processing_parameters must be an object"),
        (#""processing_parameters": {"filter": []}"#, "no field processing_parameters.filter here; did you mean filters?"),
        (#""processing_parameters": {"filters": {}}"#, "processing_parameters.filters must be a list"),
        (
            #""processing_parameters": {"filters": [{"column": "a", "operator": "like", "value": 1}]}"#,
            "processing_parameters.filters[0].operator: There is no operator"
        ),
        (#""processing_parameters": {"filters": [5]}"#, "processing_parameters.filters[0]: Params are an object"),
        (
            #""processing_parameters": {"filters": [{"column": "a", "operator": "eq", "value": 1, "vale": 2}]}"#,
            "processing_parameters.filters[0]"
        ),
        (#""processing_parameters": {"output_format": "xls"}"#, "processing_parameters.output_format: "),
        (#""processing_parameters": {}, "processing_steps": []"#, "another way to give processing_steps"),
        (#""original_filename": "b.csv""#, "another way to give file_name"),
    ]) func `what is wrong in the older form is told where it was written`(member: String, message: String) throws {
        let body = #"{"file_name": "a.csv", "# + member + "}"
        let failure = #expect(throws: Failure.self) { try make(try JSON(parsing: body)) }
        #expect(failure?.kind == .invalid)
        #expect(failure?.message.contains(message) == true, "\(failure?.message ?? "")")
    }

    @Test func `more filters than steps may be are counted first`() throws {
        let filters = JSON.array(Array(repeating: 0, count: 201))
        let failure = #expect(throws: Failure.self) {
            try make(["file_name": "a.csv", "processing_parameters": ["filters": filters]])
        }
        #expect(failure?.message == "processing_parameters.filters has 201 filters; 200 are allowed.")
    }

    @Test func `a ledger is believed when its parts are no more than the whole`() throws {
        func check(_ read: JSON, _ written: JSON, _ filtered: JSON, _ rejected: JSON, bytes: JSON = 1) throws {
            try #require(TransformJob.kind.work).checkResult([
                "ledger": ["rows_read": read, "rows_written": written, "rows_filtered": filtered, "rows_rejected": rejected],
                "output_bytes": bytes,
            ])
        }
        try check(10, 7, 2, 1)
        try check(0, 0, 0, 0)
        let huge: JSON = .int(.max)
        for lie in [
            [huge, 1, 1, 1], [3, huge, huge, huge], [3, -1, 1, 1], [3, 4, 0, 0], [.double(1e300), 1, 1, 1], ["3", 1, 1, 1],
        ] {
            let failure = #expect(throws: Failure.self) { try check(lie[0], lie[1], lie[2], lie[3]) }
            #expect(failure?.code == "worker_invalid")
        }
        #expect(throws: Failure.self) { try check(1, 1, 0, 0, bytes: .int(-1)) }
        #expect(throws: Failure.self) { try #require(TransformJob.kind.work).checkResult([:]) }
    }
}
