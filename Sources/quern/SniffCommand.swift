import ArgumentParser
import CSandbox
import Core
import Foundation
import Tabular
import Transforms

struct SniffCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sniff", abstract: "Tell how a table would be read: dialect, encoding, header, types, first rows.",
        discussion: """
            Example: quern sniff people.csv

            Each line that was found out says how sure that is; a flag says it instead, and shows what it changes. The
            same flags work in transform.
            """)

    @Argument(help: "The file to look at; - for the standard input.") var input: String
    @OptionGroup(title: "Reading") var reading: ReadingFlags
    @Option(help: "Rows to show; fewer of a table with thousands of columns.") var rows = 10
    @Flag(help: "Answer in JSON.") var json = false

    /// Reading the arguments takes milliseconds, in which another thread makes the tables of encodings where they are needed.
    static func warmUp(_ words: [String]) {
        quern_keep_memory()
        Thread.detachNewThread {
            for word in words where !word.hasPrefix("-") { Transformation.warmUp(forFile: word) }
        }
    }

    func validate() throws {
        guard (0...1000).contains(rows) else { throw ValidationError("--rows must be from 0 to 1000.") }
    }

    func run() throws {
        do {
            guard input == "-" || FileManager.default.isReadableFile(atPath: input) else {
                throw Failure(.missing, "input_not_found", "\(input) can not be read; check the name.")
            }
            let transformation = Transformation(
                input: input, inputFormat: nil, output: "", outputFormat: .jsonl, rejects: "", recipe: Recipe(steps: []),
                threads: 1,
                reading: try reading.options())
            let preview = try transformation.preview(
                rows: rows, folder: NSTemporaryDirectory(), shown: json ? .max : Self.mostColumns)
            json ? Terminal.out(TransformWork.preview(preview).text) : show(preview)
        } catch let failure as TabularFailure {
            Terminal.fail(Failure(.invalid, failure.code, failure.message), asJSON: json)
        } catch let step as InvalidStep {
            Terminal.fail(
                Failure(.invalid, "invalid_step", "\(step.field): \(step.message)"), asJSON: json, code: Terminal.Exit.usage)
        } catch {
            Terminal.fail(error, asJSON: json)
        }
    }

    private func show(_ preview: Preview) {
        let told = TransformWork.dialectWords(preview.dialect)
        let width = told.map(\.name.count).max() ?? 0
        for line in told {
            let sure = line.confidence.map { $0 >= 1 ? "" : "  (\(Int(($0 * 100).rounded())) % sure)" } ?? ""
            Terminal.out(line.name + String(repeating: " ", count: width - line.name.count + 2) + line.value + sure)
        }
        for note in preview.dialect.notes { Terminal.out("· \(note)") }
        if !preview.nullWordColumns.isEmpty {
            Terminal.out("· Words such as NA are null in \(preview.nullWordColumns.joined(separator: ", ")).")
        }
        Terminal.out("")
        let columns = preview.columns.prefix(Self.mostColumns)
        Terminal.table(
            ["COLUMN", "TYPE"], columns.map { [Self.short($0.name), $0.type + ($0.nullable ? ", some null" : "")] },
            empty: "No columns.")
        if preview.columns.count > columns.count {
            Terminal.out("· \(preview.columns.count - columns.count) more columns; --json tells all.")
        }
        guard rows > 0 else { return }
        Terminal.out("")
        let lines = TransformWork.rows(preview).arrayValue ?? []
        let cells = lines.map { row in columns.map { Self.short(row[$0.name].map(Self.text) ?? "") } }
        Terminal.table(columns.map { Self.short($0.name) }, cells, empty: "No rows.")
        if preview.rejectedAtHead > 0 { Terminal.out("· \(preview.rejectedAtHead) of the first rows would be rejected.") }
    }

    /// What a person can look through.
    private static let mostColumns = 200

    private static func text(_ value: JSON) -> String { value == .null ? "" : value.stringValue ?? value.text }

    /// As much as a terminal can show of one cell among many.
    private static func short(_ text: String) -> String {
        let line = text.beginning(letters: 100).map { $0.isNewline ? "⏎" : $0 }
        return line.count > 24 ? String(line.prefix(23)) + "…" : String(line)
    }
}
