import Core
import Foundation

/// Several files as one table: columns are matched by their names, and what a file lacks is null.
///
/// Each file is read by itself, as it is written, into one text without a name beside the output; that text is then transformed, so that
/// types, filters and limits see all rows.
package struct ManyFiles: Sendable {
    private let inputs: [String]
    private let transformation: Transformation

    /// Differences that are told one by one.
    private static let mostNotes = 20

    /// - Parameter transformation: what is to be made of all rows; its input does not count.
    package init(_ inputs: [String], _ transformation: Transformation) {
        self.inputs = inputs
        self.transformation = transformation
    }

    /// Where pieces are written, one after the other; whoever ends the process removes it.
    package static func piece(of output: String) -> String { output + ".piece" }

    private struct File {
        var path: String
        var preview: Preview
        var columns: [String] { preview.columns.map(\.name) }
        var isJSON: Bool { preview.dialect.format != Format.csv.rawValue }
    }

    /// As `Transformation.run`; the rejects file has one more column, first, that names the file.
    ///
    /// - Throws: `TabularFailure`; `mixed_formats`, and those of one file with its name in front.
    package func run(progress: @Sendable (Progress) -> Void) throws -> Outcome {
        let folder = (transformation.output as NSString).deletingLastPathComponent
        let files = try inputs.map { path in
            try named(path) {
                let file = try InputFile(path: path)
                for target in [transformation.output, transformation.rejects] where file.isSame(as: target) {
                    throw TabularFailure(
                        "output_is_input", "The output would overwrite the input; choose another place for it.")
                }
                return File(path: path, preview: try part(path).preview(rows: 0, folder: folder))
            }
        }
        guard let first = files.first else { throw TabularFailure("empty_file", "There are no files.") }
        if let other = files.first(where: { $0.isJSON != first.isJSON }) {
            throw TabularFailure(
                "mixed_formats",
                "\(first.path) is \(first.isJSON ? "JSON" : "CSV") and \(other.path) is \(other.isJSON ? "JSON" : "CSV"); files that become one table are all of one format."
            )
        }
        let columns = first.isJSON ? [] : Self.union(files.map(\.columns))
        try mustHaveColumns(columns, isJSON: first.isJSON)
        do {
            let (text, ledger, rejectsBytes, remarks) = try joined(files, columns, folder, progress)
            var whole = whole(text, isJSON: first.isJSON)
            // The same digits would be two numbers.
            let torn = columns.filter { name in
                files.contains { $0.preview.commaColumns.contains(name) }
                    && files.contains { $0.preview.pointColumns.contains(name) }
                    && !whole.reading.types.contains { $0.column == name }
            }
            whole.reading.types += torn.map { ReadOptions.ForcedType(column: $0, type: ColumnType.string.name) }
            var outcome = try whole.run(progress: progress)
            outcome.ledger.rowsRead += ledger.rowsRejected
            outcome.ledger.rowsRejected += ledger.rowsRejected
            outcome.rejectsBytes += rejectsBytes
            let notes = outcome.dialect.notes
            outcome.dialect = first.preview.dialect
            let stays =
                torn.isEmpty
                ? []
                : [
                    "Some files write numbers with a comma and some with a point in \(Spelling.list(torn)); they stay text. Convert the files one by one first."
                ]
            outcome.dialect.notes =
                Self.notes(files, columns) + stays + remarks + notes.filter { !outcome.dialect.notes.contains($0) }
            return outcome
        } catch {
            OutputFile.remove(transformation.output)
            OutputFile.remove(transformation.rejects)
            throw error
        }
    }

    // MARK: Parts

    private func named<Result>(_ path: String, _ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch let failure as TabularFailure {
            throw TabularFailure(failure.code, "\(path): \(failure.message)")
        }
    }

    /// How one file is read.
    private func part(_ path: String) -> Transformation {
        var part = transformation
        part.input = path
        part.inputName = path
        part.inputFormat = Format.of(packedName: path)
        part.recipe = Recipe(steps: [])
        part.writing = WriteOptions()
        part.reading.types = []
        return part
    }

    /// All rows in one text, which has no name any more; what was rejected is in the rejects file.
    private func joined(
        _ files: [File], _ columns: [String], _ folder: String, _ progress: @Sendable (Progress) -> Void
    ) throws -> (text: InputFile, ledger: Ledger, rejectsBytes: Int64, remarks: [String]) {
        let isJSON = files[0].isJSON
        let text = try ScratchFile(folder: folder, limit: transformation.limits.maxUnpackedBytes)
        if !isJSON {
            let header = ByteBuffer(capacity: 4096)
            CSVText.header(columns, to: header)
            try text.write(header.base, header.count)
        }
        var ledger = Ledger()
        var remarks: [String] = []
        let piece = Self.piece(of: transformation.output)
        let rejected = Self.piece(of: transformation.rejects)
        defer {
            OutputFile.remove(piece)
            OutputFile.remove(rejected)
        }
        OutputFile.remove(transformation.rejects)
        var rejects: OutputFile?
        for file in files {
            var part = part(file.path)
            part.output = piece
            part.outputFormat = isJSON ? .jsonl : .csv
            part.rejects = rejected
            part.rejectsLabel = file.path
            part.writing.header = false
            part.columns = isJSON ? nil : columns
            part.reading.types = transformation.reading.types.filter { type in
                file.columns.contains { $0.utf8.elementsEqual(type.column.utf8) }
            }
            let outcome = try named(file.path) { try part.run(progress: progress) }
            ledger.add(outcome.ledger)
            remarks += outcome.dialect.notes.map { "\(file.path): \($0)" }
            try copy(piece) { try text.write($0.base, $0.count) }
            guard outcome.rejectsBytes > 0 else { continue }
            var takesAll = rejects == nil
            if rejects == nil {
                rejects = try OutputFile(path: transformation.rejects, limit: transformation.limits.maxOutputBytes)
            }
            try copy(rejected) { block in
                // One header is enough.
                let start = takesAll ? 0 : (block.bytes.firstIndex(of: 0x0A) ?? -1) + 1
                takesAll = true
                try rejects?.write(block.base + start, block.count - start)
            }
        }
        try rejects?.finish()
        if remarks.count > Self.mostNotes {
            remarks = remarks.prefix(Self.mostNotes) + ["\(remarks.count - Self.mostNotes) more remarks are left out."]
        }
        return (try text.input(), ledger, rejects?.count ?? 0, remarks)
    }

    private func copy(_ path: String, _ write: (ByteBuffer) throws -> Void) throws {
        let file = try InputFile(path: path)
        let buffer = ByteBuffer(capacity: Tuning.blockBytes)
        var offset: Int64 = 0
        while offset < file.size {
            buffer.count = try file.read(into: buffer.base, at: offset, count: Tuning.blockBytes)
            offset += Int64(buffer.count)
            try write(buffer)
        }
    }

    /// What is made of the joined text, whose form is known.
    private func whole(_ text: InputFile, isJSON: Bool) -> Transformation {
        var whole = transformation
        whole.prepared = text
        whole.keepsRejects = true
        whole.inputFormat = isJSON ? .jsonl : .csv
        whole.inputName = ""
        var reading = ReadOptions()
        reading.format = whole.inputFormat
        reading.compression = Compression.none
        reading.encoding = TextEncoding.utf8.name
        reading.nullWords = transformation.reading.nullWords
        reading.decimalMark = transformation.reading.decimalMark
        reading.thousandsMark = transformation.reading.thousandsMark
        reading.dateOrder = transformation.reading.dateOrder
        reading.findsTypes = transformation.reading.findsTypes
        reading.types = transformation.reading.types
        if !isJSON {
            reading.delimiter = ","
            reading.quote = "\""
            reading.isEscapedByBackslash = false
            reading.header = .lines(1)
            reading.skipLines = 0
            reading.comment = ""
            reading.ragged = .reject
            reading.hasTrailingDelimiters = false
            reading.trimsSpaces = false
        }
        whole.reading = reading
        return whole
    }

    private func mustHaveColumns(_ columns: [String], isJSON: Bool) throws {
        guard !isJSON else { return }
        for type in transformation.reading.types where !columns.contains(where: { $0.utf8.elementsEqual(type.column.utf8) }) {
            throw TabularFailure(
                "column_not_found",
                "A type was given for \"\(type.column.clipped(bytes: 80))\", but no file has such a column. The columns are: \(Spelling.list(columns))."
            )
        }
    }

    // MARK: Columns

    /// All names, each where it came first.
    private static func union(_ lists: [[String]]) -> [String] {
        var seen: Set<[UInt8]> = []
        return lists.joined().filter { seen.insert(Array($0.utf8)).inserted }
    }

    private static func notes(_ files: [File], _ columns: [String]) -> [String] {
        guard !columns.isEmpty else { return [] }
        let notes = files.compactMap { file -> String? in
            let own = Set(file.columns.map { Array($0.utf8) })
            let lacking = columns.filter { !own.contains(Array($0.utf8)) }
            return lacking.isEmpty ? nil : "\(file.path) has no column \(Spelling.list(lacking)); it is null there."
        }
        guard notes.count > mostNotes else { return notes }
        return notes.prefix(mostNotes) + ["\(notes.count - mostNotes) more files lack columns."]
    }
}
