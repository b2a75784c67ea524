import ArgumentParser
import Core
import Foundation
import Synchronization
import Textual

struct ExtractCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "extract", abstract: "Read documents: text, tables and chunks, each with its place.",
        discussion: """
            Example: quern extract report.pdf plan.docx -o texts --format md

            Reads \(DocumentFormat.titles), and what gzip has packed. The content tells what a file is; only among texts does the name help.
            One file without -o goes to the standard output; several need a folder.

            Formats: json   everything: blocks with their places, tables, text, chunks, and a receipt of what was not read
                     md     Markdown
                     txt    plain text, in which the chunks tell their places
                     csv    the tables, one behind the other
                     jsonl  the chunks, one a line

            Text that people do not see (hidden, white on white, outside of the page) is in json alone, marked.

            Exit code 0: fine; 1: no file could be read; 2: some could not; 64: wrong usage.
            """)

    @Argument(help: "Files to read; - for the standard input. A pattern such as '*.pdf' may be in quotes.") var files: [String] =
        []
    @Option(name: .shortAndLong, help: "Read all files of a folder and of its folders.") var recursive: [String] = []
    @Option(name: .shortAndLong, help: "A folder for the outputs; it is made where it is missing.") var output: String?
    @Option(help: "json, md, txt, csv or jsonl.") var format = ExtractionFormat.json
    @Option(help: "How text is cut into chunks: \(ExtractionPreset.builtIn.map(\.name).joined(separator: ", ")).")
    var preset = ExtractionPreset.balanced.name
    @Option(help: "Tokens of a chunk at most. Default: as the preset says.") var chunkSize: Int?
    @Option(help: "Tokens that a chunk repeats of the one before, at most. Default: as the preset says.") var overlap: Int?
    @Option(help: "Where chunks end: headings, tokens or sentences. Default: headings.") var chunkBy: String?
    @Flag(help: "Replace outputs that exist.") var force = false
    @Flag(help: "Answer in JSON.") var json = false
    @Flag(name: .shortAndLong, help: "No progress.") var quiet = false

    func validate() throws {
        guard !files.isEmpty || !recursive.isEmpty else { throw ValidationError("Name a file, or a folder with --recursive.") }
        let options = try options()
        guard 8...100_000 ~= options.tokens else { throw ValidationError("--chunk-size must be from 8 to 100000.") }
        guard 0..<options.tokens ~= options.overlap else { throw ValidationError("--overlap must be less than --chunk-size.") }
    }

    private func options() throws -> ChunkOptions {
        guard let preset = ExtractionPreset.builtIn.first(where: { $0.name == preset }) else {
            let names = ExtractionPreset.builtIn.map(\.name)
            let hint = Nearest.name(to: preset, in: names).map { " Did you mean \($0)?" } ?? ""
            throw ValidationError("There is no preset \(preset).\(hint) There are: \(names.joined(separator: ", ")).")
        }
        var options = preset.chunks
        if let chunkSize { (options.tokens, options.overlap) = (chunkSize, min(options.overlap, chunkSize / 4)) }
        if let overlap { options.overlap = overlap }
        if let chunkBy {
            guard let strategy = ChunkOptions.Strategy(rawValue: chunkBy) else {
                throw ValidationError("--chunk-by must be headings, tokens or sentences, not \(chunkBy).")
            }
            options.strategy = strategy
        }
        return options
    }

    func run() throws {
        do {
            let inputs = try inputs()
            guard inputs.count == 1 || output != nil else {
                throw ValidationError("Several files need a folder for their outputs: -o FOLDER.")
            }
            if let output { try FileManager.default.createDirectory(atPath: output, withIntermediateDirectories: true) }
            let results = extract(inputs)
            if json, output != nil { Terminal.out(JSON.array(results.map(\.json)).text) }
            let failed = results.count { $0.failure != nil }
            if failed == results.count, !results.isEmpty { throw ExitCode(1) }
            if failed > 0 { throw ExitCode(Terminal.Exit.partial) }
        } catch let code as ExitCode {
            throw code
        } catch let error as ValidationError {
            throw error
        } catch {
            Terminal.fail(error, asJSON: json)
        }
    }

    // MARK: Inputs

    private struct Input: Sendable {
        let path: String
        /// Of the output, without its ending.
        let name: String
    }

    private func inputs() throws -> [Input] {
        var found: [Input] = []
        for path in try files.flatMap({ try InputFiles([$0]).paths }) {
            found.append(Input(path: path, name: path == "-" ? "stdin" : URL(filePath: path).lastPathComponent))
        }
        for folder in recursive {
            guard let walk = FileManager.default.enumerator(atPath: folder) else {
                throw Failure(.missing, "input_not_found", "\(folder) is no folder that can be read.")
            }
            let base = URL(filePath: folder)
            for case let name as String in walk {
                var isFolder: ObjCBool = false
                let path = base.appending(path: name).path
                guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), !isFolder.boolValue else { continue }
                guard !name.split(separator: "/").contains(where: { $0.hasPrefix(".") }) else { continue }
                found.append(Input(path: path, name: name))
            }
        }
        guard !found.isEmpty else { throw Failure(.missing, "input_not_found", "There is no file to read.") }
        // Files of one name, from several folders, do not replace each other.
        var seen: [String: Int] = [:]
        return found.sorted { ($0.name, $0.path) < ($1.name, $1.path) }.map { input in
            seen[input.name, default: 0] += 1
            let count = seen[input.name] ?? 1
            return count == 1 ? input : Input(path: input.path, name: "\(input.name).\(count)")
        }
    }

    // MARK: Work

    private struct Result: Sendable {
        let input: Input
        var output: String?
        var format: String?
        var blocks = 0
        var chunks = 0
        var receipt: JSON = [:]
        var failure: Failure?

        var json: JSON {
            var members: [String: JSON] = ["input": .string(input.path), "status": failure == nil ? "processed" : "failed"]
            if let failure {
                members["error"] = .string(failure.code)
                members["detail"] = .string(failure.message)
            } else {
                members["output"] = .optional(output)
                members["format"] = .optional(format)
                members["blocks"] = .int(Int64(blocks))
                members["chunks"] = .int(Int64(chunks))
                members["receipt"] = receipt
            }
            return .object(members)
        }
    }

    /// As many files at the same time as there are cores.
    private func extract(_ inputs: [Input]) -> [Result] {
        let results = Mutex([Result?](repeating: nil, count: inputs.count))
        let done = Mutex(0)
        DispatchQueue.concurrentPerform(iterations: inputs.count) { index in
            let result = extract(inputs[index], isAlone: inputs.count == 1)
            results.withLock { $0[index] = result }
            let count = done.withLock { count in
                count += 1
                return count
            }
            if let failure = result.failure {
                Terminal.error("\(inputs[index].path): \(failure.message)")
            } else if !quiet, output != nil, !json {
                Terminal.error("\(count)/\(inputs.count) \(inputs[index].path)")
            }
        }
        return results.withLock { $0.compactMap(\.self) }
    }

    private func extract(_ input: Input, isAlone: Bool) -> Result {
        var result = Result(input: input)
        do {
            let bytes = try Self.read(input.path)
            let extraction = try Extraction(
                bytes, fileName: input.name, chunks: format == .json || format == .jsonl ? try options() : nil)
            let text = extraction.bytes(format)
            let document = extraction.document
            (result.format, result.blocks) = (document.format.rawValue, document.blocks.count)
            result.chunks = extraction.chunks.count
            result.receipt = document.receipt.json
            if let output {
                let path = URL(filePath: output).appending(path: input.name + "." + format.rawValue).path
                try write(text, to: path)
                result.output = path
            } else {
                FileHandle.standardOutput.write(Data(text))
            }
        } catch let failure as TextualFailure {
            result.failure = Failure(.invalid, failure.code, failure.message)
        } catch let failure as Failure {
            result.failure = failure
        } catch {
            result.failure = Failure(.unavailable, "write_failed", "\(error.localizedDescription)")
        }
        return result
    }

    private static func read(_ path: String) throws -> [UInt8] {
        let limit = TextualLimits().fileBytes
        guard path != "-" else {
            var bytes: [UInt8] = []
            while let piece = try FileHandle.standardInput.read(upToCount: 1 << 20), !piece.isEmpty {
                bytes += piece
                guard bytes.count <= limit else {
                    throw Failure(.tooLarge, "limit_exceeded", "The file is larger than \(limit >> 20) MiB.")
                }
            }
            return bytes
        }
        guard let data = FileManager.default.contents(atPath: path) else {
            throw Failure(.missing, "input_not_found", "\(path) can not be read; check the name.")
        }
        return Array(data)
    }

    private func write(_ bytes: [UInt8], to path: String) throws {
        let manager = FileManager.default
        try manager.createDirectory(
            atPath: URL(filePath: path).deletingLastPathComponent().path, withIntermediateDirectories: true)
        guard force || !manager.fileExists(atPath: path) else {
            throw Failure(.conflict, "output_exists", "\(path) is there already; --force replaces it.")
        }
        // Written aside and renamed: nobody finds half a file.
        try Data(bytes).write(to: URL(filePath: path), options: .atomic)
    }
}

extension ExtractionFormat: ExpressibleByArgument {}
