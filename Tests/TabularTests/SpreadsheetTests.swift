import Core
import Foundation
import Testing

@testable import Tabular

@Suite("Keeping formulas out of spreadsheets")
struct SpreadsheetTests {
    let bench: Bench

    init() throws { bench = try Bench() }

    static let formulas = ["=1+1", "+x", "-x", "@SUM(A1)", "\tx", "＝1+1", "＋x", "－x", "＠x", "-5+3", "=", "-"]
    static let plain = ["-5", "+5", "-0.5e3", "5-", "a=b", " =1", "'=1", "＜x", "x"]

    @Test(arguments: formulas)
    func `a rejected record that begins like a formula is text in the rejects file`(_ formula: String) throws {
        let result = try bench.transform("a,b\n1,2\n\(formula)\n")
        let last = try #require(result.rejects?.split(separator: "\n").last)
        #expect(last.hasSuffix("fields: 1 of 2,'\(formula)"))
        #expect(result.outcome.areRejectsFormulaSafe)
    }

    @Test(arguments: plain)
    func `other records stay as they are`(_ text: String) throws {
        let rejects = try #require(try bench.transform("a,b\n1,2\n\(text)\n").rejects)
        #expect(rejects.hasSuffix("fields: 1 of 2,\(text)\n"))
    }

    @Test func `the output is data and keeps its bytes`() throws {
        let text = "a,b\n=1+1,-5\n@x,+y\n"
        let result = try bench.transform(text)
        #expect(result.text == text)
        #expect(!result.outcome.isOutputFormulaSafe)
    }

    @Test(arguments: [Format.csv, .jsonl])
    func `the output is safe when that is asked for`(_ input: Format) throws {
        let text =
            input == .csv
            ? "=a,b\n=1+1,-5\n@x,\"+y,z\"\n" : "{\"=a\":\"=1+1\",\"b\":-5}\n{\"=a\":\"@x\",\"b\":\"+y,z\"}\n"
        let result = try bench.transform(
            text, as: "in.\(input.fileExtension)", steps: [.convertFormat(.csv, isFormulaSafe: true)])
        #expect(result.text == "'=a,b\n'=1+1,-5\n'@x,\"'+y,z\"\n")
        #expect(result.outcome.isOutputFormulaSafe)
    }

    @Test func `the rejects keep their bytes when that is asked for`() throws {
        let result = try bench.transform("a,b\n1,2\n=x\n", steps: [.convertFormat(.csv, isFormulaSafe: false)])
        #expect(result.rejects?.hasSuffix(",=x\n") == true)
        #expect(!result.outcome.areRejectsFormulaSafe)
    }

    @Test func `a step says it, and reads as it was written`() throws {
        let text = #"[{"type":"convert_format","params":{"to_format":"csv","formula_safe":true}}]"#
        let recipe = try Recipe.parse(json: Data(text.utf8))
        #expect(recipe.steps == [.convertFormat(.csv, isFormulaSafe: true)])
        #expect(recipe.json == (try JSON(parsing: text)))
        for bad in ["\"yes\"", "1", "null"] {
            #expect(throws: InvalidStep.self) {
                try Recipe.parse(json: Data(text.replacingOccurrences(of: "true", with: bad).utf8))
            }
        }
        #expect(throws: InvalidStep.self) {
            try Recipe.parse(json: Data(text.replacingOccurrences(of: "csv", with: "parquet").utf8))
        }
    }
}

@Suite("Telling what is no table")
struct ForeignFileTests {
    let bench: Bench

    init() throws { bench = try Bench() }

    static let beginnings: [(String, [UInt8])] = [
        ("BMP", Array("BM".utf8) + [0x36, 0x10, 0, 0, 0, 0, 0, 0, 0x36, 0, 0, 0]),
        ("ORC", Array("ORC".utf8) + [0x1D, 0, 0, 0x0A]),
        ("Parquet", Array("PAR1".utf8) + [0x15, 0x04]),
        ("Arrow", Array("ARROW1".utf8) + [0, 0]), ("ZIP", [0x50, 0x4B, 0x03, 0x04]),
        ("spreadsheet", [0x50, 0x4B, 0x03, 0x04] + Array(repeating: 0, count: 26) + Array("xl/workbook.xml".utf8)),
        ("SQLite", Array("SQLite format 3".utf8) + [0]), ("PDF", Array("%PDF-1.7\n".utf8)),
        ("PNG", [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]), ("JPEG", [0xFF, 0xD8, 0xFF, 0xE0]),
        ("GIF", Array("GIF89a".utf8)), ("WebP", Array("RIFF".utf8) + [1, 2, 3, 4] + Array("WEBPVP8 ".utf8)),
        ("Linux program", [0x7F, 0x45, 0x4C, 0x46]), ("spreadsheet", [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]),
        ("HTML", Array("\n<!DOCTYPE html><html>".utf8)), ("XML", Array("<?xml version=\"1.0\"?>".utf8)),
        ("binary", (0..<2000).map { UInt8(truncatingIfNeeded: $0 &* 37 >> 1) }),
    ]

    @Test(arguments: beginnings)
    func `content decides, whatever the name says`(_ word: String, _ bytes: [UInt8]) throws {
        for name in ["in.csv", "in.jsonl", "in.txt"] {
            let failure = #expect(throws: TabularFailure.self) {
                try bench.transform(Data(bytes) + Data("a,b\n1,2\n".utf8), as: name)
            }
            #expect(failure?.code == "not_a_table")
            #expect(failure?.message.contains(word) == true)
            #expect(!FileManager.default.fileExists(atPath: bench.path("out")))
        }
    }

    @Test(arguments: [
        "PAR1,b\n1,2\n", "ORC,b\n1,2\n", "BMI,b\n1,2\n", "#!a,b\n1,2\n", "PK,b\n1,2\n", "<a>,b\n1,2\n",
        "a\u{1},b\u{2}\n1\u{0},2\n",
        "MZ,b\n1,2\n",
        "a\u{1}b\u{1}c\n1\u{1}2\u{1}3\n",
    ])
    func `a table that only looks a little like something else is read`(_ text: String) throws {
        #expect(try bench.transform(text).outcome.ledger.rowsRead == 1)
    }
}
