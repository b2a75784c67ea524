import Core
import Foundation
import Testing

@testable import Tabular

@Suite("Random tables")
struct RandomTablesTests {
    let bench: Bench

    init() throws { bench = try Bench() }

    /// A naive table: nil is null.
    typealias Table = [[String?]]

    static func randomCell(_ random: inout Seeded) -> String? {
        switch Int.random(in: 0..<12, using: &random) {
        case 0: return nil
        case 1: return ""
        case 2: return "\(Int.random(in: -1000...1000, using: &random))"
        case 3: return "a,b\"c\"\nd"
        case 4: return "\r\n"
        case 5: return "Zoë 😀"
        case 6: return "\""
        case 7: return String(repeating: "x\"y", count: Int.random(in: 0..<60, using: &random))
        case 8: return " lead and trail "
        case 9: return "#'`|;\t"
        case _:
            return String(
                (0..<Int.random(in: 1..<20, using: &random)).map { _ in "abc,;\"\n'".randomElement(using: &random) ?? "a" })
        }
    }

    static func randomTable(_ random: inout Seeded) -> Table {
        let columns = Int.random(in: 2...7, using: &random)
        // The header and a column of numbers leave no doubt about the dialect.
        let header: [String?] = (0..<columns).map { "column \($0)" }
        return [header]
            + (0..<Int.random(in: 0...80, using: &random)).map { row in
                ["\(row)"] + (1..<columns).map { _ in randomCell(&random) }
            }
    }

    /// Quotes more than needed, at random, unless `isMinimal`.
    static func csv(
        _ table: Table, delimiter: String = ",", end: String = "\n", isMinimal: Bool = true, _ random: inout Seeded
    ) -> String {
        table.map { row in
            row.map { cell -> String in
                guard let cell else { return "" }
                let needsQuotes =
                    cell.isEmpty || cell.unicodeScalars.contains { "\(delimiter)\"\n\r".unicodeScalars.contains($0) }
                guard needsQuotes || (!isMinimal && Bool.random(using: &random)) else { return cell }
                return "\"" + cell.replacingOccurrences(of: "\"", with: "\"\"") + "\""
            }.joined(separator: delimiter) + end
        }.joined()
    }

    /// A reader as simple as can be.
    static func parse(_ text: String) -> Table {
        var table: Table = []
        var row: [String?] = []
        var cell = ""
        var wasQuoted = false
        var inQuotes = false
        let scalars = Array(text.unicodeScalars)
        var i = 0
        func field() -> String? { cell.isEmpty && !wasQuoted ? nil : cell }
        while i < scalars.count {
            let scalar = scalars[i]
            i += 1
            if inQuotes {
                if scalar != "\"" {
                    cell.unicodeScalars.append(scalar)
                } else if i < scalars.count, scalars[i] == "\"" {
                    cell.append("\"")
                    i += 1
                } else {
                    inQuotes = false
                }
            } else if scalar == "\"" {
                inQuotes = true
                wasQuoted = true
            } else if scalar == "," || scalar == "\n" {
                row.append(field())
                cell = ""
                wasQuoted = false
                if scalar == "\n" {
                    table.append(row)
                    row = []
                }
            } else {
                cell.unicodeScalars.append(scalar)
            }
        }
        return table
    }

    @Test(arguments: 0..<60)
    func `a table comes out as it went in, however it is written and cut into blocks`(_ seed: Int) throws {
        var random = Seeded(state: UInt64(seed))
        let table = Self.randomTable(&random)
        let delimiter = [",", ";", "\t", "|"].randomElement(using: &random) ?? ","
        let end = ["\n", "\r\n"].randomElement(using: &random) ?? "\n"
        let text = Self.csv(table, delimiter: delimiter, end: end, isMinimal: false, &random)
        let limits = Bench.limits(blockBytes: Int.random(in: 16...300, using: &random))
        let result = try bench.transform(text, threads: Int.random(in: 1...4, using: &random), limits: limits)
        #expect(Self.parse(result.text) == table)
        #expect(result.outcome.ledger == Ledger(rowsRead: Int64(table.count - 1), rowsWritten: Int64(table.count - 1)))
        // What was written reads as itself.
        #expect(try bench.transform(result.output, limits: limits).output == result.output)
    }

    @Test(arguments: 0..<20)
    func `neither threads nor formats change what is written`(_ seed: Int) throws {
        var random = Seeded(state: UInt64(1000 + seed))
        let table = Self.randomTable(&random)
        let text = Self.csv(table, isMinimal: false, &random)
        let limits = Bench.limits(blockBytes: Int.random(in: 16...300, using: &random))
        let odd: Step = .filter(Filter(column: "column 0", comparison: .regex, values: [.text("[13579]$")]))
        for format in Format.allCases {
            for steps in [[], [odd], [odd, .limit(7)], [.selectColumns(["column 1", "column 0"])]] as [[Step]] {
                let one = try bench.transform(text, to: format, steps: steps, threads: 1, limits: limits)
                let four = try bench.transform(text, to: format, steps: steps, threads: 4, limits: limits)
                #expect(one.output == four.output)
                #expect(one.outcome == four.outcome)
            }
        }
        let direct = try bench.transform(text, to: .jsonl, steps: [odd], limits: limits)
        let csv = try bench.transform(text, steps: [odd], limits: limits)
        #expect(try bench.transform(csv.output, to: .jsonl, limits: limits).output == direct.output)
    }

    @Test(arguments: 0..<150)
    func `random bytes never crash, and the ledger balances`(_ seed: Int) throws {
        var random = Seeded(state: UInt64(5000 + seed))
        let alphabet: [[UInt8]] = [
            Array("ab,\"\n".utf8), Array("a,;\"'\r\n\t|".utf8), Array(UInt8.min...UInt8.max),
            Array("{}[]:,\"\\u0aetrufn1.-\n ".utf8),
        ]
        let letters = alphabet[seed % alphabet.count]
        // Bytes of all kinds are taken for no table at all unless rows stand before them.
        let lead =
            letters.count == 256 ? Data(String(repeating: "a,b\n1,2\n", count: TableContent.lookBytes / 8 + 1).utf8) : Data()
        let data =
            lead + Data((0..<Int.random(in: 1...3000, using: &random)).map { _ in letters.randomElement(using: &random) ?? 0 })
        let name = ["in.csv", "in.jsonl", "in.json"][seed % 3]
        var limits = Bench.limits(blockBytes: Int.random(in: 8...200, using: &random))
        limits.maxRecordBytes = 500
        limits.maxFieldBytes = 200
        for format in Format.allCases {
            do {
                let one = try bench.transform(data, as: name, to: format, threads: 1, limits: limits)
                let three = try bench.transform(data, as: name, to: format, threads: 3, limits: limits)
                #expect(one.output == three.output)
                #expect(one.rejects == three.rejects)
                if format == .json { _ = try JSONSerialization.jsonObject(with: one.output) }
            } catch let failure as TabularFailure {
                #expect(
                    ["empty_file", "header_unreadable", "invalid_json", "no_columns", "record_too_long", "too_many_columns"]
                        .contains(failure.code),
                    "\(failure)")
            }
        }
    }

    @Test(arguments: 0..<60)
    func `a table with damage loses only what is damaged, and says so`(_ seed: Int) throws {
        var random = Seeded(state: UInt64(9000 + seed))
        var lines = (0..<200).map { "\($0),name \($0),\"text, \($0)\"" }
        // The last two have the right number of fields when a stray quote is text.
        let damage = ["x", "1,2", "1,2,3,4", "7,8,\"open\",z", "8,\"a,b\"c,d,e", "8,\"a\"b,c", "9,\"say \"hi\"\",c"]
        let mended = damage.suffix(2)
        let places = Set((0..<5).map { _ in Int.random(in: 0..<200, using: &random) })
        for place in places { lines[place] = damage.randomElement(using: &random) ?? "x" }
        let rejected = places.filter { !mended.contains(lines[$0]) }
        let result = try bench.transform(
            "id,name,text\n" + lines.joined(separator: "\n") + "\n", threads: 2,
            limits: Bench.limits(blockBytes: Int.random(in: 16...400, using: &random)))
        let kept = Set(result.lines)
        for (i, line) in lines.enumerated() where !places.contains(i) { #expect(kept.contains(line), "line \(i + 2)") }
        #expect(
            result.outcome.ledger
                == Ledger(
                    rowsRead: 200, rowsWritten: Int64(200 - rejected.count), rowsFiltered: 0, rowsRejected: Int64(rejected.count))
        )
        #expect(result.outcome.remarks.mended == Int64(places.count - rejected.count))
        for place in rejected { #expect(result.rejects?.contains("\n\(place + 2),") == true) }
    }
}

@Suite("Reporting progress")
struct ReportingProgressTests {
    /// Collects what is reported; only ever called on the calling thread.
    final class Reports: @unchecked Sendable {
        var all: [Tabular.Progress] = []
    }

    @Test func `the fraction never goes back, over several passes too, and ends at one`() throws {
        let bench = try Bench()
        var text = "k,v\n"
        for i in 0..<200_000 { text += "key \(i),\(i == 100_003 ? "x" : "5")\n" }
        try text.write(toFile: bench.path("in.csv"), atomically: true, encoding: .utf8)
        let reports = Reports()
        let outcome = try Transformation(
            input: bench.path("in.csv"), inputFormat: .csv, output: bench.path("out"), outputFormat: .parquet,
            rejects: bench.path("r"), recipe: Recipe(steps: []), threads: 2
        ).run { reports.all.append($0) }
        #expect(outcome.columns[1].type == "string")
        let fractions = reports.all.map(\.fraction)
        #expect(fractions == fractions.sorted())
        #expect(fractions.last == 1)
        #expect(reports.all.last?.rowsWritten == 200_000)
        #expect(reports.all.allSatisfy { $0.bytesRead <= $0.bytesTotal })
    }
}
