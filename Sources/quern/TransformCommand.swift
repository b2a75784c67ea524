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

            Formats: reads CSV (.csv, .tsv, .psv, .txt) and JSON (.json, .jsonl, .ndjson), packed by gzip or zstd or
            not. How the file is written is found out, and every guess can be said with a flag; quern sniff shows them.
            Writes .csv, .tsv, .psv, .jsonl, .json and .parquet; text also packed, as in .csv.gz and .jsonl.zst.

            Several files are one table: quern transform 'part-*.csv' -o all.parquet. Columns are matched by name; what a
            file lacks is null, and told. Each file is read as it is written.

            Filters are COLUMN OPERATOR VALUE; names and values with spaces or commas go in quotes. Operators:
              eq, ne             is, is not
              gt, gte, lt, lte   more, at least, less, at most (also > >= < <=)
              contains, starts_with, ends_with
              in, not_in         one of, none of a list: country in India,Nepal
              between            from and to, both included: age between 18,30
              is_null, not_null  empty, not empty; no value
              regex              matches a pattern somewhere: name regex ^A.*z$

            Rejected rows go to a CSV file of their own with line, byte, reason and content (and the name of the file,
            where there are several). There, a cell that a
            spreadsheet would calculate (it begins with = + - @, a tab or a line break, and is no number) gets an
            apostrophe in front; the output is not changed unless --formula-safe is given.

            Exit code 0: fine; 1: failed; 2: done, but rows were rejected (see the .rejected.csv file); 64: wrong usage.
            """)

    @Argument(
        help: "The file to read; - for the standard input. Several files, or a pattern such as 'part-*.csv', are one table.")
    var input: [String]
    @Option(
        name: .shortAndLong,
        help:
            "The file to write; its ending decides the format. Default: beside the input, _processed. - for the standard output.")
    var output: String?
    @Option(help: "The format of the standard output: csv, tsv, jsonl, json or parquet.") var to: String?
    @Option(help: "Keep rows for which this holds, such as \"age gt 30\"; may be given again.") var filter: [String] = []
    @Option(help: "Columns to keep, divided by commas.") var select: String?
    @Option(help: "Columns to drop, divided by commas.") var drop: String?
    @Option(help: "Rename a column, old=new; may be given again.") var rename: [String] = []
    @Option(help: "Stop after so many rows.") var limit: Int?
    @Option(help: "JSON file with a list of steps, done before the others.") var steps: String?
    @OptionGroup(title: "Reading") var reading: ReadingFlags
    @OptionGroup(title: "Writing") var writing: WritingFlags
    @Option(help: "Where rejected rows go. Default: beside the output, .rejected.csv.") var rejects: String?
    @Flag(help: "Replace an output that exists, and the rejects file of an earlier run.") var force = false
    @Flag(
        inversion: .prefixedNo,
        help: "Make formulas text in CSV, for spreadsheets; --no-formula-safe keeps every byte in the rejects file too.")
    var formulaSafe: Bool?
    @Option(help: "Threads. Default: one for each core.") var threads: Int?
    @Flag(help: "Answer in JSON.") var json = false
    @Flag(name: .shortAndLong, help: "No progress.") var quiet = false

    func validate() throws {
        if let threads, !(1...256).contains(threads) { throw ValidationError("--threads must be from 1 to 256.") }
        if let limit, limit < 0 { throw ValidationError("--limit must be 0 or more.") }
        if to != nil, let output, output != "-" {
            throw ValidationError("--to is for the standard output; the ending of \(output) decides its format.")
        }
        if let to, Format.of(fileName: "a.\(to)") == nil {
            throw ValidationError("--to must be csv, tsv, psv, jsonl, json or parquet, not \(to).")
        }
        for pair in rename where !pair.contains("=") { throw ValidationError("--rename wants old=new, not \(pair).") }
    }

    func run() throws {
        do {
            let outcome = try transform()
            if outcome.ledger.rowsRejected > 0 { throw ExitCode(Terminal.Exit.partial) }
        } catch let code as ExitCode {
            throw code
        } catch let failure as TabularFailure where failure.code == "not_a_table" {
            Terminal.fail(
                Failure(.invalid, failure.code, "\(input.joined(separator: " ")) can not be used. \(failure.message)"),
                asJSON: json)
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
        let files = try InputFiles(input).paths
        let input = files[0]
        var recipe = try recipe()
        let options = try reading.options()
        let inputFormat = Format.of(packedName: input)
        let isPiped = self.output == "-" || (self.output == nil && input == "-")
        guard isPiped || to == nil else {
            throw ValidationError("--to is for the standard output; a file's ending decides else.")
        }
        let output =
            isPiped
            ? Self.pipeFile(to ?? recipe.outputFormat(input: inputFormat ?? .csv).rawValue)
            : self.output ?? Self.beside(Format.withoutPacking(input), recipe.outputFormat(input: inputFormat ?? .csv))
        guard let format = Format.of(packedName: output) else {
            throw Failure(
                .invalid, "unknown_format",
                "\(output) must end in .csv, .tsv, .psv, .jsonl, .json or .parquet (text also with .gz or .zst behind it).")
        }
        recipe = try safe(recipe, format)
        let writing = try writing.options(for: output, format)
        let target = Destination(output, role: "output", mayReplace: force)
        let stem = isPiped ? (input == "-" ? "quern.csv" : input) : output
        let usual = Destination(
            (Format.withoutPacking(stem) as NSString).deletingPathExtension + ".rejected.csv", role: "rejects file",
            mayReplace: force)
        let rejects = Destination(
            self.rejects ?? usual.path, role: "rejects file", mayReplace: force)
        let inputs = files.filter { $0 != "-" } + (steps.map { [$0] } ?? [])
        try target.check(against: inputs)
        try rejects.check(against: inputs + [output])
        Leftovers.removeOnSignal(
            [target.aside, rejects.aside, ManyFiles.piece(of: target.aside), ManyFiles.piece(of: rejects.aside)])
        defer {
            target.discard()
            rejects.discard()
        }
        let bar = ProgressBar(isQuiet: quiet || json)
        var transformation = Transformation(
            input: input, inputFormat: inputFormat, output: target.aside, outputFormat: format, rejects: rejects.aside,
            recipe: recipe, threads: threads ?? ProcessInfo.processInfo.activeProcessorCount, reading: options,
            inputName: input)
        transformation.writing = writing
        let outcome =
            try files.count > 1
            ? ManyFiles(files, transformation).run { bar.show($0) } : transformation.run { bar.show($0) }
        bar.end()
        // Those of a run before may be where they are by default.
        if !(inputs + [output, rejects.path]).contains(where: usual.isSame) { usual.removeEarlier() }
        // The rejects first: an output never stands beside the rejects of another run.
        if outcome.rejectsBytes > 0 { try rejects.keep() } else { rejects.removeEarlier() }
        do {
            try isPiped ? Self.pour(target.aside) : target.keep()
        } catch {
            if outcome.rejectsBytes > 0 { unlink(rejects.path) }
            throw error
        }
        tell(outcome, isPiped ? "-" : output, rejects.path)
        return outcome
    }

    private func safe(_ recipe: Recipe, _ format: Format) throws -> Recipe {
        guard let formulaSafe else { return recipe }
        guard !formulaSafe || format == .csv else {
            throw InvalidStep(field: "--formula-safe", message: "Only CSV can be made safe for spreadsheets.")
        }
        return Recipe(steps: recipe.steps + [.convertFormat(format, isFormulaSafe: formulaSafe)])
    }

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
        return Recipe(steps: all + (try Recipe(.array(more)).steps))
    }

    private static func list(_ text: String) -> JSON {
        .array(text.split(separator: ",").map { .string($0.trimmed) })
    }

    private static func beside(_ input: String, _ format: Format) -> String {
        "\((input as NSString).deletingPathExtension)_processed.\(format.fileExtension)"
    }

    /// Where the standard output is made before it is known to be whole.
    private static func pipeFile(_ ending: String) -> String { "\(NSTemporaryDirectory())/quern-\(getpid()).\(ending)" }

    /// Copies a file to the standard output.
    private static func pour(_ path: String) throws {
        // Whoever reads less than all of it has what he wanted.
        signal(SIGPIPE, SIG_IGN)
        guard let file = FileHandle(forReadingAtPath: path) else {
            throw Failure(.unavailable, "output_not_written", "The output is gone.")
        }
        while let piece = try file.read(upToCount: 1 << 20), !piece.isEmpty {
            do {
                try FileHandle.standardOutput.write(contentsOf: piece)
            } catch {
                guard errno != EPIPE else { return }
                throw Failure(.unavailable, "output_not_written", "The standard output could not be written.")
            }
        }
    }

    private func tell(_ outcome: Outcome, _ output: String, _ rejects: String) {
        let hasRejects = outcome.rejectsBytes > 0
        // The standard output holds the rows then.
        func say(_ text: String) { output == "-" ? Terminal.error(text) : Terminal.out(text) }
        if json {
            guard case .object(var members) = TransformWork.result(outcome) else { return }
            members["output"] = .string(output)
            members["rejects"] = hasRejects ? .string(rejects) : .null
            return say(JSON.object(members).text)
        }
        let ledger = outcome.ledger
        say(
            "\(output): \(ledger.rowsRead) rows read = \(ledger.rowsWritten) written + \(ledger.rowsFiltered) filtered + \(ledger.rowsRejected) rejected"
        )
        for remark in TransformWork.remarks(outcome) { Terminal.error("quern: \(remark)") }
        if hasRejects {
            let note = outcome.areRejectsFormulaSafe ? " (formulas have an apostrophe in front)" : ""
            Terminal.error("quern: \(ledger.rowsRejected) rows were rejected; each with its reason in \(rejects)\(note)")
        }
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
