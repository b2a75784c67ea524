import Foundation
import Testing

@testable import Tabular

@Suite("Reading CSV")
struct ReadingCSVTests {
    let bench: Bench

    init() throws { bench = try Bench() }

    @Test(arguments: [",", ";", "\t", "|"])
    func `the delimiter is found out`(_ delimiter: String) throws {
        let rows = (1...30).map { "\($0)\(delimiter)n\($0)\(delimiter)x y" }
        let result = try bench.transform("id\(delimiter)name\(delimiter)note\n" + rows.joined(separator: "\n") + "\n")
        #expect(result.outcome.dialect.delimiter == delimiter)
        #expect(result.lines[0] == "id,name,note")
        #expect(result.lines[1] == "1,n1,x y")
        #expect(result.outcome.ledger.rowsWritten == 30)
    }

    @Test func `decimal commas do not hide the semicolon`() throws {
        let result = try bench.transform("name;price\na;1,5\nb;2,75\nc;3,0\n")
        #expect(result.outcome.dialect.delimiter == ";")
        #expect(result.text == "name,price\na,\"1,5\"\nb,\"2,75\"\nc,\"3,0\"\n")
    }

    @Test func `single quotes are found out, an apostrophe is none`() throws {
        let quoted = try bench.transform("id,name\n1,'a,b'\n2,'it''s'\n3,'c'\n")
        #expect(quoted.outcome.dialect.quote == "'")
        #expect(quoted.text == "id,name\n1,\"a,b\"\n2,it's\n3,c\n")
        let plain = try bench.transform("id,name\n1,'tis\n2,d'or\n")
        #expect(plain.outcome.dialect.quote == "\"")
        #expect(plain.text == "id,name\n1,'tis\n2,d'or\n")
    }

    @Test(arguments: ["\n", "\r\n", "\r"])
    func `all line ends are understood`(_ end: String) throws {
        let result = try bench.transform(["a,b", "1,\"x\"", "2,\"y z\"", "3,"].joined(separator: end) + end)
        #expect(result.outcome.ledger.rowsWritten == 3)
        let jsonl = try bench.transform(["a,b", "1,\"x\"", "2,\"y z\"", "3,"].joined(separator: end), to: .jsonl)
        #expect(jsonl.text == "{\"a\":1,\"b\":\"x\"}\n{\"a\":2,\"b\":\"y z\"}\n{\"a\":3,\"b\":null}\n")
    }

    @Test func `line breaks, delimiters and doubled quotes inside quotes are kept`() throws {
        let text = "id,note\n1,\"a\nb\"\n2,\"c,\"\"d\"\"\"\n3,\"\r\n\"\n"
        #expect(try bench.transform(text).text == text)
        let jsonl = try bench.transform(text, to: .jsonl)
        #expect(
            jsonl.text
                == "{\"id\":1,\"note\":\"a\\nb\"}\n{\"id\":2,\"note\":\"c,\\\"d\\\"\"}\n{\"id\":3,\"note\":\"\\r\\n\"}\n")
    }

    @Test func `nothing is null and quoted nothing is an empty text`() throws {
        let text = "a,b\n1,\n2,\"\"\n"
        #expect(try bench.transform(text).text == text)
        #expect(try bench.transform(text, to: .jsonl).text == "{\"a\":1,\"b\":null}\n{\"a\":2,\"b\":\"\"}\n")
        let nulls = try bench.transform(text, steps: [.filter(Filter(column: "b", comparison: .isNull))])
        #expect(nulls.text == "a,b\n1,\n")
    }

    @Test(arguments: [
        (String.Encoding.utf8, [] as [UInt8], "utf-8"), (.utf8, [0xEF, 0xBB, 0xBF], "utf-8"),
        (.utf16LittleEndian, [0xFF, 0xFE], "utf-16le"), (.utf16BigEndian, [0xFE, 0xFF], "utf-16be"),
        (.utf16LittleEndian, [], "utf-16le"), (.utf16BigEndian, [], "utf-16be"), (.windowsCP1252, [], "windows-1252"),
    ])
    func `the encoding is found out`(_ encoding: String.Encoding, _ mark: [UInt8], _ name: String) throws {
        let astral = encoding == .windowsCP1252 ? "" : " 😀"
        let rows = (1...50).map { "\($0),Zoë \($0)\(astral),\"São, Paulo\"" }
        let text = "id,name,città\n" + rows.joined(separator: "\r\n") + "\r\n"
        let data = Data(mark) + (try #require(text.data(using: encoding)))
        let result = try bench.transform(data)
        #expect(result.outcome.dialect.encoding == name)
        #expect(result.text == text.replacingOccurrences(of: "\r\n", with: "\n"))
    }

    @Test func `a file that turns out late to be Windows-1252 is read as that from its beginning`() throws {
        var data = Data("id,name\n".utf8)
        for i in 0..<60_000 { data.append(Data("\(i),plain ascii\n".utf8)) }
        data.append(Data("60000,caf".utf8) + Data([0xE9, 0x0A]))
        let result = try bench.transform(data, limits: .standard)
        #expect(result.outcome.dialect.encoding == "windows-1252")
        #expect(result.outcome.ledger == Ledger(rowsRead: 60_001, rowsWritten: 60_001))
        #expect(result.text.hasSuffix("60000,café\n"))
    }

    @Test func `a few broken bytes in UTF-8 cost only their rows`() throws {
        var data = Data("id,name\n1,Zoë\n2,Renée\n3,bad ".utf8)
        data.append(contentsOf: [0xFF, 0x0A])
        data.append(Data("4,Łódź\n".utf8))
        let result = try bench.transform(data)
        #expect(result.text == "id,name\n1,Zoë\n2,Renée\n4,Łódź\n")
        #expect(result.rejects == "line,byte_offset,reason,content\n4,24,not valid utf-8,\"3,bad \u{FFFD}\"\n")
    }

    @Test func `a header is found out`() throws {
        #expect(try bench.transform("name,age\nann,3\nbob,4\n").outcome.dialect.header)
        let without = try bench.transform("ann,3\nbob,4\ncy,5\n")
        #expect(!without.outcome.dialect.header)
        #expect(without.outcome.columns.map(\.name) == ["column_1", "column_2"])
        // As it came: nobody asked for names.
        #expect(without.text == "ann,3\nbob,4\ncy,5\n")
        let named: Step = .renameColumns([.init(from: "column_2", to: "age")])
        #expect(try bench.transform("ann,3\nbob,4\ncy,5\n", steps: [named]).lines[0] == "column_1,age")
        #expect(try bench.transform("country,2019,2020\nIndia,5,6\n").outcome.dialect.header)
        #expect(try bench.transform("name,city\nann,Ulm\n").outcome.dialect.header)
    }

    @Test func `empty and repeated names become different names`() throws {
        #expect(try bench.transform("a,,a,a_2,a\nx,y,z,u,v\n").lines[0] == "a,column_2,a_3,a_2,a_4")
    }

    @Test func `rows with too few or too many fields are rejected with line and byte`() throws {
        let result = try bench.transform("a,b\n1,2\n3\n4,5,6\n\n7,8\n")
        #expect(result.text == "a,b\n1,2\n7,8\n")
        #expect(result.outcome.ledger == Ledger(rowsRead: 4, rowsWritten: 2, rowsFiltered: 0, rowsRejected: 2))
        #expect(
            result.rejects
                == "line,byte_offset,reason,content\n3,8,too few fields: 1 of 2,3\n4,10,too many fields: 3 instead of 2,\"4,5,6\"\n"
        )
    }

    @Test func `a quote that is never closed costs one line`() throws {
        let result = try bench.transform("a,b\n1,\"x\"\n2,\"open\n3,y\n4,z\n")
        #expect(result.text == "a,b\n1,\"x\"\n3,y\n4,z\n")
        #expect(result.rejects?.contains("3,10,a quote is opened and not closed") == true)
    }

    @Test func `quotes that never close are text where no field stands in a pair of them`() throws {
        let result = try bench.transform("a,b\n1,x\n2,\"open\n3,y\n4,z\n")
        #expect(result.text == "a,b\n1,x\n2,\"\"\"open\"\n3,y\n4,z\n")
        #expect(result.outcome.dialect.quote == "")
    }

    @Test func `a stray quote is text where the line has the right number of fields then, and is counted`() throws {
        let result = try bench.transform("a,b\n1,\"x\"y\n2,\"say \"hi\" now\"\n3,\"z\"\n4,\"a, b\" c\n")
        #expect(result.text == "a,b\n1,\"\"\"x\"\"y\"\n2,\"say \"\"hi\"\" now\"\n3,\"z\"\n")
        #expect(result.outcome.remarks.mended == 2)
        #expect(result.rejects?.contains("5,34,text after a closing quote") == true)
    }

    @Test func `quotes inside a field without quotes stand for themselves`() throws {
        let result = try bench.transform("size,unit\n5\" pipe,x\n6,say \"hi\"\n7,\"q\"\n")
        #expect(result.text == "size,unit\n\"5\"\" pipe\",x\n6,\"say \"\"hi\"\"\"\n7,\"q\"\n")
    }

    @Test func `a single column is read, and an empty line in it is a null`() throws {
        let result = try bench.transform("name\nann\n\nbob\n")
        #expect(result.outcome.ledger.rowsWritten == 3)
        // Other readers skip blank lines.
        #expect(result.text == "name\nann\n\"\"\nbob\n")
        #expect(try bench.transform(result.text, to: .jsonl).text == "{\"name\":\"ann\"}\n{\"name\":null}\n{\"name\":\"bob\"}\n")
        #expect(try bench.transform("name\nann\n\n\n").outcome.ledger.rowsRead == 1)
    }

    @Test func `a header alone makes an empty table`() throws {
        for format in Format.allCases {
            let result = try bench.transform("a,b\n", to: format)
            #expect(result.outcome.ledger == Ledger())
            #expect(result.outcome.columns.map(\.name) == ["a", "b"])
        }
        #expect(try bench.transform("a,b", to: .json).text == "[\n]\n")
    }

    @Test func `an empty file is refused`() {
        #expect(bench.failure("") == "empty_file")
        #expect(bench.failure("\n\n\n") == "empty_file")
    }

    @Test func `a field or record beyond its limit is rejected and reading goes on`() throws {
        var limits = Bench.limits()
        limits.maxFieldBytes = 100
        limits.maxRecordBytes = 1000
        let long = String(repeating: "x", count: 200)
        let endless = String(repeating: "y", count: 5000)
        let result = try bench.transform("a,b\n1,2\n\(long),3\n\(endless),4\n\"\(endless)\",5\n6,7\n", limits: limits)
        #expect(result.text == "a,b\n1,2\n6,7\n")
        #expect(result.outcome.ledger.rowsRejected == 3)
    }

    @Test func `too many columns are refused`() {
        var limits = Bench.limits()
        limits.maxColumns = 3
        #expect(bench.failure("a,b,c,d\n1,2,3,4\n", limits: limits) == "too_many_columns")
        #expect(bench.failure("a,b,c\n1,2,3\n", limits: limits) == nil)
    }

    @Test func `output beyond its limit is refused`() {
        var limits = Bench.limits()
        limits.maxOutputBytes = 20
        #expect(bench.failure("a,b\n" + String(repeating: "1,2\n", count: 100), limits: limits) == "output_limit")
    }

    @Test func `the input is not overwritten`() throws {
        let path = bench.path("same.csv")
        try "a\n1\n".write(toFile: path, atomically: true, encoding: .utf8)
        let transformation = Transformation(
            input: path, inputFormat: .csv, output: path, outputFormat: .csv, rejects: bench.path("r"), recipe: Recipe(steps: []),
            threads: 1)
        let failure = #expect(throws: TabularFailure.self) { try transformation.run { _ in } }
        #expect(failure?.code == "output_is_input")
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "a\n1\n")
    }
}
