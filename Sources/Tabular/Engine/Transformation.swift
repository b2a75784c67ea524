import Core
import Foundation

/// A recipe carried out on a file.
///
/// The input is read in blocks by several threads and once, if the types of its columns (and the keys of its objects) are what a look
/// at some places of the file suggested; else the rest is read for types, and then all of it again. The output depends on input and
/// recipe alone.
package struct Transformation: Sendable {
    package var input: String
    /// Nil: by the name of the file, else by its content.
    package var inputFormat: Format?
    package var output: String
    package var outputFormat: Format
    package var rejects: String
    package var recipe: Recipe
    package var threads: Int
    package var limits: TabularLimits
    /// How the input is to be read, where that was said.
    package var reading: ReadOptions
    /// What the input is called by people: its endings are evidence of what is in it.
    package var inputName: String
    /// How the output is to be written.
    package var writing = WriteOptions()
    /// The input, where it is open already.
    var prepared: InputFile?
    /// The columns of the output in their order, after all steps; those that the input lacks are null. Nil for what the steps leave.
    var columns: [String]?
    /// What stands before each line of the rejects file, in a column `file`.
    var rejectsLabel: String?
    /// Whether a rejects file that is there stays: nothing more can be rejected.
    var keepsRejects = false

    /// Makes what the look at a file needs, if that begins with something else than UTF-8. Somebody with a thread to spare calls it
    /// beforehand; a file that can not be read needs nothing.
    package static func warmUp(forFile path: String) {
        guard let file = try? InputFile(path: path) else { return }
        let head = ByteBuffer(capacity: Tuning.placeBytes)
        guard let count = try? file.read(into: head.base, at: 0, count: Tuning.placeBytes),
            let strange = UTF8Text.firstInvalid(UnsafePointer(head.base), count)
        else { return }
        // The last character may be cut.
        if count - strange >= 4 { EncodingDetector.makeTables() }
    }

    package init(
        input: String, inputFormat: Format?, output: String, outputFormat: Format, rejects: String, recipe: Recipe, threads: Int,
        limits: TabularLimits = .standard, reading: ReadOptions = ReadOptions(), inputName: String? = nil
    ) {
        self.reading = reading
        self.inputName = inputName ?? input
        self.input = input
        self.inputFormat = inputFormat
        self.output = output
        self.outputFormat = outputFormat
        self.rejects = rejects
        self.recipe = recipe
        self.threads = threads
        self.limits = limits
    }

    /// Reads, transforms and writes. It blocks; `progress` is called on the calling thread, about ten times a second. After a failure
    /// there is neither output nor rejects file.
    ///
    /// - Throws: `TabularFailure`.
    package func run(progress: @Sendable (Progress) -> Void) throws -> Outcome {
        let file = try inputFile(in: (output as NSString).deletingLastPathComponent)
        for path in [output, rejects] where file.isSame(as: path) {
            throw TabularFailure("output_is_input", "The output would overwrite the input; choose another place for it.")
        }
        do {
            return try withoutActuallyEscaping(progress) { progress in
                let tracker = ProgressTracker(bytesTotal: file.size, report: progress)
                defer { tracker.detach() }
                let outcome = try perform(file, tracker)
                tracker.end(outcome.ledger)
                return outcome
            }
        } catch {
            OutputFile.remove(output)
            OutputFile.remove(rejects)
            if let invalid = error as? InvalidStep { throw TabularFailure("invalid_step", invalid.message) }
            throw error
        }
    }

    /// How the input would be read: what is found out, the types of its columns, and its first rows. Nothing is written but unpacked
    /// text, into a file without a name in `folder`. However large the file is, a bounded part of it is looked at.
    ///
    /// - Parameters:
    ///   - isPart: whether the input is the beginning of a longer file.
    ///   - shown: columns that the first rows have; types are told of all.
    /// - Throws: `TabularFailure`.
    package func preview(rows: Int, folder: String, isPart: Bool = false, shown: Int = .max) throws -> Preview {
        var file = try inputFile(in: folder)
        if isPart { file = try file.asPart() }
        let tracker = ProgressTracker(bytesTotal: file.size) { _ in }
        defer { tracker.detach() }
        let opened = try open(file, tracker, folder: folder, mostBytes: Tuning.previewBytes)
        var preview = try opened.run.preview(opened.format, rows: rows, shown: shown)
        preview.dialect.compression = opened.compression.rawValue
        preview.dialect.notes = opened.notes + preview.dialect.notes
        return preview
    }

    /// `-` is the standard input, which is kept in a file without a name: the engine reads files more than once.
    private func inputFile(in folder: String) throws -> InputFile {
        if let prepared { return prepared }
        guard input == "-" else { return try InputFile(path: input) }
        return try Preparation(folder: folder, limits: limits, report: {}).spooled(STDIN_FILENO)
    }

    private struct Opened {
        var run: Run
        var format: Format
        var compression: Compression
        var notes: [String] = []
    }

    private func open(
        _ file: InputFile, _ tracker: ProgressTracker, folder: String, mostBytes: Int64? = nil
    ) throws -> Opened {
        var preparation = Preparation(folder: folder, limits: limits) {
            tracker.say("unpacking the file")
        }
        preparation.mostBytes = mostBytes
        var (plain, compression) = try preparation.unpacked(file, said: reading.compression)
        try plain.mustBeText()
        let named = inputFormat ?? Format.of(packedName: inputName)
        var notes: [String] = []
        var format = try reading.format ?? named ?? (reading.onlyForCSV.isEmpty ? plain.guessFormat() : .csv)
        if reading.format == nil, named == .csv, reading.onlyForCSV.isEmpty, try plain.looksLikeJSON() {
            format = .json
            notes.append("The file is JSON, whatever its name says.")
        }
        if let unusable = format == .csv ? reading.onlyForJSON.first : reading.onlyForCSV.first {
            throw TabularFailure(
                "option_not_usable",
                "The option \(unusable) is for \(format == .csv ? "JSON, and the file is taken for CSV" : "CSV, and the file is JSON"); leave it out, or say the format."
            )
        }
        if let mostBytes, format != .csv { plain = try plain.head(mostBytes) }
        if format == .csv { plain = try plain.wholeLines() }
        let run = Run(transformation: self, file: plain, tracker: tracker, preparation: preparation)
        return Opened(run: run, format: format, compression: compression, notes: notes)
    }

    private func perform(_ file: InputFile, _ tracker: ProgressTracker) throws -> Outcome {
        tracker.say("looking at the file")
        let opened = try open(file, tracker, folder: (output as NSString).deletingLastPathComponent)
        var outcome: Outcome
        switch opened.format {
        case .csv: outcome = try opened.run.csv()
        case .json, .jsonl: outcome = try opened.run.json(isDocument: opened.format == .json)
        case .parquet: throw TabularFailure("format_not_readable", "Parquet files can not be read yet; CSV and JSON can.")
        }
        outcome.dialect.compression = opened.compression.rawValue
        outcome.dialect.notes = opened.notes + outcome.dialect.notes
        guard outcome.ledger.isBalanced else {
            throw TabularFailure("ledger_unbalanced", "Rows were lost or counted twice; the output is not to be trusted.")
        }
        return outcome
    }
}

extension InputFile {
    /// - Throws: `not_a_table`: the content decides, whatever the name says.
    fileprivate func mustBeText() throws {
        let buffer = ByteBuffer(capacity: TableContent.lookBytes)
        buffer.count = try read(into: buffer.base, at: 0, count: TableContent.lookBytes)
        // UTF-16 and UTF-32 may hold any byte.
        let isWide = TextEncoding.detect(buffer.base, buffer.count).encoding.unitBytes > 1
        if let problem = TableContent.problem(buffer.bytes) ?? (isWide ? nil : TableContent.binaryProblem(buffer.bytes)) {
            throw TabularFailure("not_a_table", problem)
        }
    }

    /// JSON when the first character that is no space opens an object or an array.
    fileprivate func guessFormat() throws -> Format {
        let buffer = ByteBuffer(capacity: 4096)
        let count = try read(into: buffer.base, at: 0, count: 4096)
        let (encoding, mark) = TextEncoding.detect(buffer.base, count)
        var i = mark
        while i < count, buffer.base[i] <= 0x20 { i += 1 }
        guard encoding == .utf8, i < count else { return .csv }
        return buffer.base[i] == UInt8(ascii: "{") || buffer.base[i] == UInt8(ascii: "[") ? .json : .csv
    }

    /// Whether the file begins as no CSV does: with an object that has a member, or an array of objects.
    fileprivate func looksLikeJSON() throws -> Bool {
        let buffer = ByteBuffer(capacity: 4096)
        let count = try read(into: buffer.base, at: 0, count: 4096)
        let (encoding, mark) = TextEncoding.detect(buffer.base, count)
        guard encoding == .utf8 else { return false }
        var scanner = JSONScanner(UnsafePointer(buffer.base), from: mark, to: count, maxDepth: 32)
        scanner.skipSpace()
        if scanner.take(UInt8(ascii: "[")) { scanner.skipSpace() }
        guard scanner.take(UInt8(ascii: "{")) else { return false }
        scanner.skipSpace()
        guard (try? scanner.text()) != nil else { return false }
        scanner.skipSpace()
        return scanner.peek == UInt8(ascii: ":")
    }
}
