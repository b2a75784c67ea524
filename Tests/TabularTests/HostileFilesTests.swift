import Foundation
import Testing

@testable import Tabular

/// Files that cost more than their size unless work grows with the size alone. Each took minutes, or would have, when a reject counted
/// its line and its byte from the start of the block; the deadline is generous enough for a busy machine.
@Suite("Reading hostile files")
struct HostileFilesTests {
    let bench: Bench

    init() throws { bench = try Bench() }

    private static let size = 1 << 20
    private static let deadline = Duration.seconds(60)

    private static func lead(_ piece: String) -> Data {
        // Enough sane rows that the file is taken for a table, whatever follows.
        var data = Data(("a,b\n" + String(repeating: "1,2\n", count: 2500)).utf8)
        let piece = Data(piece.utf8)
        while data.count < size { data.append(piece) }
        return data
    }

    private func expectQuick(
        _ data: Data, as name: String = "in.csv", to format: Format = .csv, steps: [Step] = []
    ) throws
        -> Outcome
    {
        let start = ContinuousClock.now
        let outcome = try bench.transform(data, as: name, to: format, steps: steps, limits: .standard).outcome
        #expect(ContinuousClock.now - start < Self.deadline)
        return outcome
    }

    @Test(arguments: [
        "\"\n", "1,\"x\n", "1,\"x\"y\n", "1,x\"y\"z\n", "\"x\nx\",", "\"x\ny\"\n", "\"\"", "\"", ",", "\n", "\r", "\0",
    ])
    func `what a broken record costs does not grow with the file`(_ piece: String) throws {
        _ = try expectQuick(Self.lead(piece))
    }

    @Test func `lines of one quote are read in time`() throws {
        _ = try expectQuick(Data(String(repeating: "\"\n", count: Self.size / 2).utf8))
    }

    @Test func `rejects are numbered in order, whatever stands between them`() throws {
        let rows = (0..<3000).map { $0 % 3 == 0 ? "\($0),\"two\nlines\"" : $0 % 3 == 1 ? "\($0)" : "\($0),x" }
        let text = "a,b\n" + rows.joined(separator: "\n") + "\n"
        for encoding in [String.Encoding.utf8, .utf16LittleEndian, .windowsCP1252] {
            var data = try #require(text.replacingOccurrences(of: "x", with: "é").data(using: encoding))
            if encoding == .utf16LittleEndian { data = Data([0xFF, 0xFE]) + data }
            let result = try bench.transform(data, limits: Bench.limits(blockBytes: 4096))
            let lines = data.split(separator: 0x0A, omittingEmptySubsequences: false)
            let rejects = try #require(result.rejects).split(separator: "\n").dropFirst()
            #expect(rejects.count == 1000)
            var offset = encoding == .utf16LittleEndian ? 2 : 0
            var line = 1
            var expected: [String] = []
            for row in ["a,b"] + rows {
                if !row.contains(",") { expected.append("\(line),\(offset),") }
                let written = row.replacingOccurrences(of: "x", with: "é") + "\n"
                offset += try #require(written.data(using: encoding)).count
                line += row.contains("\n") ? 2 : 1
            }
            #expect(lines.count == line)
            #expect(zip(rejects, expected).allSatisfy { $0.hasPrefix($1) })
        }
    }

    @Test func `random bytes are read in time`() throws {
        var random = Seeded(state: 3)
        var data = Self.lead("x,y\n").prefix(10_000)
        while data.count < 4 * Self.size { withUnsafeBytes(of: random.next()) { data.append(contentsOf: $0) } }
        #expect(try expectQuick(Data(data)).ledger.rowsRejected > 1000)
    }

    @Test(arguments: [#"{"a":""#, #"{"a":[{"b":1"#, #"{"a":[[[[[[[["#, "{}", "x"])
    func `what a broken object costs does not grow with the file`(_ line: String) throws {
        let text = "{\"a\":1}\n" + String(repeating: line + "\n", count: Self.size / (line.utf8.count + 1))
        _ = try expectQuick(Data(text.utf8), as: "in.jsonl")
    }

    @Test func `keys that are always new become columns up to the limit, and the rest is rejected`() throws {
        var limits = Bench.limits(blockBytes: 1024)
        limits.maxColumns = 50
        let text = (0..<2000).map { "{\"k\($0)\":\($0)}\n" }.joined()
        let result = try bench.transform(text, as: "in.jsonl", to: .jsonl, limits: limits)
        #expect(result.outcome.columns.map(\.name) == (0..<50).map { "k\($0)" })
        #expect(result.outcome.ledger == Ledger(rowsRead: 2000, rowsWritten: 50, rowsFiltered: 0, rowsRejected: 1950))
    }

    @Test func `a member without a proper name takes no columns of the one before it along`() throws {
        let text = "{\"a\":{\"x\":1},b:{\"x\":2},\"c\":{\"y\":3}}"
        for size in [4, 1 << 20] {
            let result = try bench.transform(text, as: "in.json", to: .jsonl, limits: Bench.limits(blockBytes: size))
            #expect(result.outcome.columns.map(\.name) == ["key", "x", "y"])
            #expect(result.lines.dropLast() == [#"{"key":"a","x":1,"y":null}"#, #"{"key":"c","x":null,"y":3}"#])
            #expect(result.outcome.ledger == Ledger(rowsRead: 3, rowsWritten: 2, rowsFiltered: 0, rowsRejected: 1))
        }
    }

    @Test func `a look forgets the keys of a record that has too many`() throws {
        var limits = Bench.limits(blockBytes: 1 << 20)
        limits.maxColumns = 50
        let wide = "{" + (0..<60).map { "\"k\($0)\":1" }.joined(separator: ",") + "}\n"
        let text = wide + String(repeating: "{\"a\":1,\"b\":\"x\"}\n", count: 200_000)
        let path = bench.path("in.jsonl")
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        let look = Transformation(
            input: path, inputFormat: nil, output: "", outputFormat: .jsonl, rejects: "", recipe: Recipe(steps: []), threads: 1,
            limits: limits)
        let preview = try look.preview(rows: 5, folder: NSTemporaryDirectory())
        #expect(preview.columns.map(\.name) == ["a", "b"])
        #expect(preview.dialect.notes.contains { $0.contains("too many different keys") })
    }

    @Test func `a record with a key too many costs itself only`() throws {
        var limits = Bench.limits(blockBytes: 1 << 20)
        limits.maxColumns = 2
        let text = "{\"a\":1}\n{\"a\":1,\"b\":2}\n{\"c\":3}\n{\"b\":4}\n"
        let result = try bench.transform(text, as: "in.jsonl", to: .jsonl, limits: limits)
        #expect(result.outcome.ledger == Ledger(rowsRead: 4, rowsWritten: 3, rowsFiltered: 0, rowsRejected: 1))
    }

    @Test func `objects that make a table far larger than the file are refused`() {
        let wide = "{" + (0..<5000).map { "\"k\($0)\":1" }.joined(separator: ",") + "}\n"
        let text = wide + String(repeating: "{}\n", count: 10_000)
        #expect(bench.failure(text, as: "in.jsonl", limits: .standard) == "too_many_cells")
    }

    @Test func `a text is looked for in time linear in both`() throws {
        let long = String(repeating: "a", count: 1 << 20)
        let filter = Filter(column: "b", comparison: .contains, values: [.text(String(repeating: "a", count: 1 << 19) + "b")])
        let outcome = try expectQuick(Data("a,b\n1,\(long)\n2,\(long)b\n".utf8), steps: [.filter(filter)])
        #expect(outcome.ledger == Ledger(rowsRead: 2, rowsWritten: 1, rowsFiltered: 1))
    }

    @Test func `a long list of numbers costs no more than a short one`() throws {
        let numbers = (0..<200_000).map { Operand.number("\($0 * 2)") }
        let rows = (0..<50_000).map { "\($0),\($0).5\n" }.joined()
        for (column, kept) in [("a", 25_000), ("b", 0)] {
            let filter = Filter(column: column, comparison: .in, values: numbers)
            #expect(try expectQuick(Data(("a,b\n" + rows).utf8), steps: [.filter(filter)]).ledger.rowsWritten == Int64(kept))
        }
    }

    @Test func `numbers in a list compare as they do alone`() throws {
        let text = "a\n1\n1.0\n1e0\n9007199254740993\n2.5\ntrue\nx\n"
        for operands in [
            [Operand.number("1")], [.number("1.0")], [.number("9007199254740993"), .truth(true)], [.number("2.50")],
        ] {
            let listed = try bench.transform(text, steps: [.filter(Filter(column: "a", comparison: .in, values: operands))])
            let alone = try operands.map {
                try bench.transform(text, steps: [.filter(Filter(column: "a", comparison: .eq, values: [$0]))]).outcome.ledger
                    .rowsWritten
            }
            #expect(listed.outcome.ledger.rowsWritten == alone.reduce(0, +))
        }
    }

    @Test func `names of combining marks are told apart in time`() throws {
        let marks = String(repeating: "\u{301}", count: 900) + String(repeating: "\u{316}", count: 900)
        let header = (0..<400).map { "a\(marks)\($0)" }.joined(separator: ",")
        let outcome = try expectQuick(Data((header + "\n" + String(repeating: ",", count: 399) + "\n").utf8))
        #expect(outcome.columns.count == 400)
        let names = (0..<400).map { "\"a\(marks)\($0)\"" }.joined(separator: ",")
        let start = ContinuousClock.now
        // Nobody writes such a name; a recipe with it is refused as every other text with so many marks.
        let refused = #expect(throws: InvalidStep.self) {
            try Recipe.parse(json: Data("[{\"type\":\"select_columns\",\"params\":{\"columns\":[\(names)]}}]".utf8))
        }
        #expect(refused?.message.contains("combining marks") == true)
        #expect(ContinuousClock.now - start < Self.deadline)
        #expect(throws: InvalidStep.self) {
            try Recipe.parse(
                json: Data(
                    "[{\"type\":\"drop_columns\",\"params\":{\"columns\":[\"\(String(repeating: "x", count: 5000))\"]}}]".utf8))
        }
    }

    @Test func `values that would collide under a known hash are encoded in time`() throws {
        // Under the factor that the hash once had, all of these fall into one place of the table.
        let factor: UInt64 = 0x9E37_79B9_7F4A_7C15
        var inverse: UInt64 = 1
        for _ in 0..<6 { inverse = inverse &* (2 &- factor &* inverse) }
        let numbers = (0..<60_000).map { i in Int64(bitPattern: (UInt64(i) << 32 | UInt64(i)) &* inverse) }
        let text = "n\n" + (numbers + numbers).map { "\($0)\n" }.joined()
        _ = try expectQuick(Data(text.utf8), to: .parquet)
    }
}
