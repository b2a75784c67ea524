import ArgumentParser
import Core
import Foundation
import Synchronization
import Tabular
import Transforms

struct TransformCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "transform", abstract: "Turn a CSV or JSON Lines file into Parquet, CSV, JSON or JSON Lines.",
        discussion: """
            Example: quern transform people.csv --filter "country eq India" -o people.parquet
            Exit code 0: fine; 1: failed; 2: done, but rows were rejected (see the .rejected.csv file); 64: wrong usage.
            """)

    @Argument(help: "The file to read.") var input: String
    @Option(name: .shortAndLong, help: "The file to write; its ending decides the format. Default: beside the input, _processed.")
    var output: String?
    @Option(help: "Keep rows for which this holds, such as \"age gt 30\"; may be given again.") var filter: [String] = []
    @Option(help: "Columns to keep, divided by commas.") var select: String?
    @Option(help: "Columns to drop, divided by commas.") var drop: String?
    @Option(help: "Rename a column, old=new; may be given again.") var rename: [String] = []
    @Option(help: "Stop after so many rows.") var limit: Int?
    @Option(help: "JSON file with a list of steps, done before the others.") var steps: String?
    @Option(help: "Where rejected rows go. Default: beside the output.") var rejects: String?
    @Option(help: "Threads. Default: one for each core.") var threads: Int?
    @Flag(help: "Answer in JSON.") var json = false
    @Flag(name: .shortAndLong, help: "No progress.") var quiet = false

    func validate() throws {
        if let threads, !(1...256).contains(threads) { throw ValidationError("--threads must be from 1 to 256.") }
        if let limit, limit < 0 { throw ValidationError("--limit must be 0 or more.") }
        for pair in rename where !pair.contains("=") { throw ValidationError("--rename wants old=new, not \(pair).") }
    }

    func run() throws {
        do {
            let outcome = try transform()
            if outcome.ledger.rowsRejected > 0 { throw ExitCode(Terminal.Exit.partial) }
        } catch let code as ExitCode {
            throw code
        } catch let failure as TabularFailure {
            Terminal.fail(Failure(.invalid, failure.code, failure.message), asJSON: json)
        } catch let step as InvalidStep {
            Terminal.fail(
                Failure(.invalid, "invalid_step", "\(step.field): \(step.message)"), asJSON: json, code: Terminal.Exit.usage)
        } catch {
            Terminal.fail(error, asJSON: json)
        }
    }

    private func transform() throws -> Outcome {
        guard FileManager.default.isReadableFile(atPath: input) else {
            throw Failure(.missing, "input_not_found", "\(input) can not be read; check the name.")
        }
        let recipe = try recipe()
        let inputFormat = Format.of(fileName: input)
        let output = self.output ?? Self.beside(input, recipe.outputFormat(input: inputFormat ?? .csv))
        guard let format = Format.of(fileName: output) else {
            throw Failure(.invalid, "unknown_format", "\(output) must end in .csv, .jsonl, .json or .parquet.")
        }
        let rejects = self.rejects ?? (output as NSString).deletingPathExtension + ".rejected.csv"
        // Written aside and renamed, so that a name never stands for half a file.
        let aside = "\(output).part-\(getpid())"
        let rejectsAside = "\(rejects).part-\(getpid())"
        defer {
            unlink(aside)
            unlink(rejectsAside)
        }
        let bar = ProgressBar(isQuiet: quiet || json)
        let outcome = try Transformation(
            input: input, inputFormat: inputFormat, output: aside, outputFormat: format, rejects: rejectsAside, recipe: recipe,
            threads: threads ?? ProcessInfo.processInfo.activeProcessorCount
        ).run { bar.show($0) }
        bar.end()
        guard rename(from: aside, to: output), outcome.rejectsBytes == 0 || rename(from: rejectsAside, to: rejects) else {
            throw Failure(.unavailable, "output_not_written", "\(output) could not be written.")
        }
        tell(outcome, output, rejects)
        return outcome
    }

    private func rename(from aside: String, to path: String) -> Bool { Foundation.rename(aside, path) == 0 }

    private func recipe() throws -> Recipe {
        var all: [Step] = []
        if let steps {
            guard let data = FileManager.default.contents(atPath: steps) else {
                throw Failure(.missing, "steps_not_found", "\(steps) can not be read; check the name.")
            }
            all = try Recipe.parse(json: data).steps
        }
        all += try filter.map { try Step.filter(expression: $0) }
        var more: [JSON] = []
        if let select { more.append(["type": "select_columns", "params": ["columns": Self.list(select)]]) }
        if let drop { more.append(["type": "drop_columns", "params": ["columns": Self.list(drop)]]) }
        if !rename.isEmpty {
            let pairs = rename.map { $0.split(separator: "=", maxSplits: 1).map(String.init) }
            more.append([
                "type": "rename_columns",
                "params": [
                    "mapping": .object(
                        Dictionary(pairs.map { ($0[0], .string($0.count > 1 ? $0[1] : "")) }, uniquingKeysWith: { $1 }))
                ],
            ])
        }
        if let limit { more.append(["type": "limit", "params": ["n": .int(Int64(limit))]]) }
        return Recipe(steps: all + (try Recipe.parse(json: Data(JSON.array(more).bytes)).steps))
    }

    private static func list(_ text: String) -> JSON {
        .array(text.split(separator: ",").map { .string($0.trimmed) })
    }

    private static func beside(_ input: String, _ format: Format) -> String {
        "\((input as NSString).deletingPathExtension)_processed.\(format.fileExtension)"
    }

    private func tell(_ outcome: Outcome, _ output: String, _ rejects: String) {
        let hasRejects = outcome.rejectsBytes > 0
        if json {
            guard case .object(var members) = TransformWork.result(outcome) else { return }
            members["output"] = .string(output)
            members["rejects"] = hasRejects ? .string(rejects) : .null
            return Terminal.out(JSON.object(members).text)
        }
        let ledger = outcome.ledger
        Terminal.out(
            "\(output): \(ledger.rowsRead) rows read = \(ledger.rowsWritten) written + \(ledger.rowsFiltered) filtered + \(ledger.rowsRejected) rejected"
        )
        if hasRejects { Terminal.error("quern: \(ledger.rowsRejected) rows were rejected; each with its reason in \(rejects)") }
    }
}

/// A bar on a terminal, a line a second elsewhere.
private final class ProgressBar: Sendable {
    private let isQuiet: Bool
    /// When something was shown last. A terminal shows the bar at once, a log hears nothing of work that is quickly done.
    private let last = Mutex(ContinuousClock.now - (Terminal.errorIsTerminal ? .seconds(1) : .zero))
    private static let cells = 30

    init(isQuiet: Bool) { self.isQuiet = isQuiet }

    func show(_ progress: Tabular.Progress) {
        let interval: Duration = Terminal.errorIsTerminal ? .milliseconds(100) : .seconds(1)
        let isDue = last.withLock { last in
            let now = ContinuousClock.now
            if now - last < interval { return false }
            last = now
            return true
        }
        guard isDue, !isQuiet else { return }
        let percent = Int(progress.fraction * 100)
        let text = "\(percent) %  \(progress.rowsRead) rows  \(progress.message)"
        if Terminal.errorIsTerminal {
            let full = Int(progress.fraction * Double(Self.cells))
            let bar = String(repeating: "█", count: full) + String(repeating: "░", count: Self.cells - full)
            FileHandle.standardError.write(Data("\r\u{1B}[K\(bar) \(text)".utf8))
        } else {
            Terminal.error(text)
        }
    }

    func end() {
        if Terminal.errorIsTerminal && !isQuiet { FileHandle.standardError.write(Data("\r\u{1B}[K".utf8)) }
    }
}
