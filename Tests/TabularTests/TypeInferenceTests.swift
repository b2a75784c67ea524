import Foundation
import Testing

@testable import Tabular

@Suite("Inferring types")
struct TypeInferenceTests {
    let bench: Bench

    init() throws { bench = try Bench() }

    /// The type of a column with these cells, as Parquet gets it.
    func type(_ cells: [String], limits: TabularLimits = Bench.limits()) throws -> String {
        let input = "k,v\n" + cells.enumerated().map { "k\($0),\($1)\n" }.joined()
        return try bench.transform(input, to: .parquet, limits: limits).outcome.columns[1].type
    }

    @Test(arguments: [
        (["1", "-2", "0", ""], "integer"), (["9223372036854775807", "-9223372036854775808"], "integer"),
        (["9223372036854775808"], "string"), (["1.5", "12345678901234567890"], "string"), (["1", "007"], "string"),
        (["-0"], "integer"), (["1.5", "2"], "double"),
        (["1e5", "-2.5E-3"], "double"), (["1e5", "2e7"], "string"), (["1.5", "9007199254740993"], "string"),
        (["1.5", "9007199254740992"], "double"),
        ([".5", "5."], "double"), (["1e999"], "string"),
        (["+1"], "string"), (["+1", "-2"], "integer"), (["NaN"], "string"), (["true", "FALSE", "True"], "boolean"),
        (["true", "1"], "string"),
        (["yes"], "string"), (["2024-02-29"], "date"), (["2023-02-29"], "string"), (["2024-1-1"], "string"),
        (["2024-01-01 10:00:00", "2024-01-01T10:00:00.123456"], "timestamp"),
        (["2024-01-01T10:00:00Z", "2024-01-01T10:00:00+05:30"], "timestamp_utc"),
        (["2024-01-01T10:00:00Z", "2024-01-01T10:00:00"], "string"), (["2024-01-01", "2024-01-01T10:00:00"], "timestamp"),
        (["2024-01-01T10:00:00.1234567"], "string"), (["2024-01-01T24:00:00"], "string"), (["0000-01-01"], "string"),
        (["", "", ""], "string"), (["\"\"", "5"], "integer"), (["\"5\""], "integer"), ([" 5", "6 "], "integer"),
        (["2024-01-01", "5"], "string"), (["9999-12-31T23:59:59-05:00"], "string"),
    ])
    func `cells have a type`(_ cells: [String], _ expected: String) throws {
        #expect(try type(cells) == expected)
    }

    @Test func `a cell anywhere in the column counts, and only written ones`() throws {
        var cells = Array(repeating: "5", count: 60_000)
        for place in [0, 31_000, 59_999] {
            cells[place] = "five"
            #expect(try type(cells, limits: Bench.limits(blockBytes: 10_000)) == "string")
            let input = "k,v\n" + cells.enumerated().map { "k\($0),\($1)\n" }.joined()
            let without: Step = .filter(Filter(column: "v", comparison: .ne, values: [.text("five")]))
            let result = try bench.transform(input, to: .parquet, steps: [without], limits: Bench.limits(blockBytes: 10_000))
            #expect(result.outcome.columns[1].type == "integer")
            #expect(result.outcome.ledger == Ledger(rowsRead: 60_000, rowsWritten: 59_999, rowsFiltered: 1))
            cells[place] = "5"
        }
    }

    @Test func `JSON keeps each digit and types what all cells agree on`() throws {
        let result = try bench.transform("a,b,c,d\n1.50,TRUE,x,2024-01-01\n12345678901234567890.5,false,,\n", to: .json)
        #expect(
            result.text
                == "[\n{\"a\":1.50,\"b\":true,\"c\":\"x\",\"d\":\"2024-01-01\"},\n{\"a\":12345678901234567890.5,\"b\":false,\"c\":null,\"d\":null}\n]\n"
        )
        _ = try JSONSerialization.jsonObject(with: result.output)
    }

    @Test func `doubles are read exactly`() {
        var random = Seeded(state: 3)
        for i in 0..<20_000 {
            let value =
                i % 2 == 0
                ? Double(bitPattern: random.next()) : Double(Int64.random(in: -1_000_000...1_000_000, using: &random)) / 100
            guard value.isFinite else { continue }
            let text = i % 3 == 0 ? "\(value)" : String(format: "%.17g", value)
            let parsed = Array((text + "\0").utf8).withUnsafeBufferPointer { bytes in
                bytes.baseAddress.flatMap { ScalarParser.double($0, bytes.count - 1) }
            }
            #expect(parsed == Double(text), "\(text)")
        }
    }

    @Test func `dates count days as the calendar does`() throws {
        let days = DateFormatter()
        days.calendar = Calendar(identifier: .iso8601)
        days.locale = Locale(identifier: "en_US_POSIX")
        days.timeZone = TimeZone(identifier: "UTC")
        days.dateFormat = "yyyy-MM-dd"
        for day in stride(from: -100_000, through: 200_000, by: 331) {
            let text = days.string(from: Date(timeIntervalSince1970: Double(day) * 86_400))
            let parsed = Array((text + "\0").utf8).withUnsafeBufferPointer { bytes in
                bytes.baseAddress.flatMap { ScalarParser.date($0, bytes.count - 1) }
            }
            #expect(parsed == Int32(day), "\(text)")
        }
    }
}

@Suite("Reading JSON")
struct ReadingJSONTests {
    let bench: Bench

    init() throws { bench = try Bench() }

    @Test func `keys become columns in the order in which they first come`() throws {
        let input = "{\"b\":1}\n{\"a\":\"x\",\"b\":2}\n\n{\"c\":[1,{\"d\":null}],\"a\":null}\n"
        let csv = try bench.transform(input, as: "in.jsonl")
        #expect(csv.text == "b,a,c\n1,,\n2,x,\n,,\"[1,{\"\"d\"\":null}]\"\n")
        let jsonl = try bench.transform(input, as: "in.jsonl", to: .jsonl)
        #expect(
            jsonl.text
                == "{\"b\":1,\"a\":null,\"c\":null}\n{\"b\":2,\"a\":\"x\",\"c\":null}\n{\"b\":null,\"a\":null,\"c\":[1,{\"d\":null}]}\n"
        )
    }

    @Test func `a key that comes late is a column of all rows`() throws {
        let rows = (0..<20_000).map { "{\"k\":\($0)}\n" }
        let input = rows.joined() + "{\"late\":true,\"k\":1}\n" + rows.joined()
        let result = try bench.transform(input, as: "in.jsonl", limits: Bench.limits(blockBytes: 10_000))
        #expect(result.lines[0] == "k,late")
        #expect(result.lines[1] == "0,")
        #expect(result.lines[20_001] == "1,true")
        let filtered = try bench.transform(
            input, as: "in.jsonl", steps: [.filter(Filter(column: "late", comparison: .notNull))],
            limits: Bench.limits(blockBytes: 10_000))
        #expect(filtered.text == "k,late\n1,true\n")
        #expect(filtered.outcome.ledger.rowsFiltered == 40_000)
        let typed = try bench.transform(input, as: "in.jsonl", to: .parquet, limits: Bench.limits(blockBytes: 10_000))
        #expect(typed.outcome.columns.map(\.type) == ["integer", "boolean"])
    }

    @Test func `escapes are undone and written again where needed`() throws {
        let input = #"{"a":"\u00e9\n\"\\\/\t\ud83d\ude00\u0001","k\u0065y":"v"}"# + "\n"
        let result = try bench.transform(input, as: "in.jsonl", to: .jsonl)
        #expect(result.text == "{\"a\":\"é\\n\\\"\\\\/\\t😀\\u0001\",\"key\":\"v\"}\n")
        let filtered = try bench.transform(
            input, as: "in.jsonl", to: .jsonl,
            steps: [.filter(Filter(column: "a", comparison: .startsWith, values: [.text("é\n")]))])
        #expect(filtered.outcome.ledger.rowsWritten == 1)
    }

    @Test func `numbers keep their digits`() throws {
        let input = "{\"a\":1.10,\"b\":123456789012345678901234567890,\"c\":-0.0,\"d\":1E+2}\n"
        #expect(try bench.transform(input, as: "in.jsonl", to: .jsonl).text == input)
    }

    @Test(arguments: [
        "{\"a\":1", "{\"a\" 1}", "{\"a\":1,}", "[1]", "5", "{\"a\":01}", "{\"a\":\"\\x\"}", "{\"a\":\"\\ud800\"}", "{\"a\":tru}",
        "{a:1}",
        "{\"a\":\"\u{01}\"}", "nonsense",
    ])
    func `a line that is no JSON object is rejected, alone`(_ line: String) throws {
        let result = try bench.transform("{\"a\":1}\n\(line)\n{\"a\":3}\n", as: "in.jsonl")
        #expect(result.text == "a\n1\n3\n")
        #expect(result.outcome.ledger.rowsRejected == 1)
        #expect(result.rejects?.hasPrefix("line,byte_offset,reason,content\n2,8,") == true)
    }

    @Test func `JSON nested too deeply is rejected`() throws {
        let deep = String(repeating: "[", count: 100_000) + String(repeating: "]", count: 100_000)
        let result = try bench.transform("{\"a\":1}\n{\"a\":\(deep)}\n", as: "in.jsonl", limits: .standard)
        #expect(result.outcome.ledger == Ledger(rowsRead: 2, rowsWritten: 1, rowsFiltered: 0, rowsRejected: 1))
    }

    @Test func `types of values are kept, dates are found in texts, mixtures are text`() throws {
        let input = """
            {"i":1,"d":1.5,"b":true,"s":"5","day":"2024-01-01","t":"2024-01-01T00:00:00Z","mix":1,"n":{"x":1},"z":null}
            {"i":2,"d":2,"b":false,"s":"6","day":"2024-01-02","t":"2024-01-02T00:00:00Z","mix":"a","n":[],"z":null}

            """
        let result = try bench.transform(input, as: "in.jsonl", to: .parquet)
        #expect(
            result.outcome.columns.map(\.type)
                == ["integer", "double", "boolean", "string", "date", "timestamp_utc", "string", "string", "string"])
    }

    @Test(arguments: [
        "[]", "[ ]", "[{\"a\":1}]", "[\n{\"a\":1},\n{\"a\":2}\n]\n", "[{\"a\":[1,2,{\"b\":\"],[\"}]} , {\"a\":null}]",
    ])
    func `an array of objects is read`(_ input: String) throws {
        let expected = try #require(try JSONSerialization.jsonObject(with: Data(input.utf8)) as? [Any])
        let result = try bench.transform(input, as: "in.json", to: .json)
        let found = try #require(try JSONSerialization.jsonObject(with: result.output) as? [Any])
        #expect(found as NSArray == expected as NSArray)
    }

    @Test func `a long array keeps its order`() throws {
        let input = "[" + (0..<3000).map { "{\"a\": \($0),\n \"b\": \"x,]\"}" }.joined(separator: ",\n") + "]"
        let result = try bench.transform(input, as: "in.json", threads: 3)
        #expect(result.text == "a,b\n" + (0..<3000).map { "\($0),\"x,]\"\n" }.joined())
    }

    @Test(arguments: ["[", "[{\"a\":1}", "[{\"a\":1}]]", "{\n\"a\":1"])
    func `a document that does not end, or goes on behind its end, is refused`(_ input: String) {
        #expect(bench.failure(input, as: "in.json", to: .json) == "invalid_json")
    }

    @Test(arguments: [
        ("[1]", 0, 1), ("[{\"a\":1},x]", 1, 1), ("[{\"a\":1} {\"a\":2}]", 0, 1), ("[{\"a\":1},]", 1, 1), ("[,]", 0, 1),
        ("[{\"a\":1},,{\"a\":2}]", 2, 1), ("[{\"a\":1},{\"a\":NaN},{\"a\":\"]\"},{\"a\":[1,]},{\"a\":2}]", 3, 2),
    ])
    func `an element that is broken costs itself alone`(_ input: String, _ written: Int, _ rejected: Int) throws {
        let result = try bench.transform(input, as: "in.json", to: .json)
        #expect(result.outcome.ledger.rowsWritten == Int64(written))
        #expect(result.outcome.ledger.rowsRejected == Int64(rejected))
        #expect(result.outcome.ledger.isBalanced)
    }

    @Test func `an empty file makes an empty table, but no Parquet file`() throws {
        #expect(try bench.transform("", as: "in.jsonl", to: .json).text == "[\n]\n")
        #expect(bench.failure("", as: "in.jsonl", to: .parquet) == "no_columns")
    }
}
