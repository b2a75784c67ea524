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
    /// - Parameter isPart: whether the input is the beginning of a longer file.
    /// - Throws: `TabularFailure`.
    package func preview(rows: Int, folder: String, isPart: Bool = false) throws -> Preview {
        var file = try inputFile(in: folder)
        if isPart { file = try file.asPart() }
        let tracker = ProgressTracker(bytesTotal: file.size) { _ in }
        defer { tracker.detach() }
        let opened = try open(file, tracker, folder: folder, mostBytes: Tuning.previewBytes)
        var preview = try opened.run.preview(opened.format, rows: rows)
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

/// One run of a transformation.
private struct Run {
    let transformation: Transformation
    let file: InputFile
    let tracker: ProgressTracker
    let preparation: Preparation
    let pool: BufferPool
    /// Whether the text was written anew before it is read.
    var isRewritten = false

    private var limits: TabularLimits { transformation.limits }
    private var threads: Int { max(1, min(transformation.threads, Run.maxThreads)) }

    /// More threads than this only cost memory.
    private static let maxThreads = 64
    /// A wrong guess of types and one of keys cost a pass each; no more than that can go wrong.
    private static let maxPasses = 5

    init(transformation: Transformation, file: InputFile, tracker: ProgressTracker, preparation: Preparation) {
        self.transformation = transformation
        self.preparation = preparation
        self.file = file
        self.tracker = tracker
        pool = BufferPool(most: 4 * max(1, min(transformation.threads, Run.maxThreads)))
    }

    private var target: RowTarget {
        switch transformation.outputFormat {
        case .csv: .csv
        case .jsonl: .json(isArray: false)
        case .json: .json(isArray: true)
        case .parquet: .batch
        }
    }

    /// A look at the file is short, unless a line is endless or all characters have to be seen: it must not be silent.
    private func looking<Result>(_ work: @escaping () throws -> Result) throws -> Result {
        try LongWork.run(report: { tracker.say("looking at the file") }, work)
    }

    // MARK: CSV

    func csv() throws -> Outcome {
        let told = try looking { try encoded(self.file) }
        if told.encoding.isMultiByte { return try converted(told) { try $0.csv() } }
        var (opened, open) = try openCSV()
        let file = opened.source.input
        let options = transformation.reading
        var stopsAtInvalidUTF8 = opened.source.encoding == .utf8 && !opened.isCensusTaken && options.encoding == nil
        var guess: [Evidence]?
        // How columns of filters are read, by all their cells.
        var exact: [Int: ColumnReading]?
        let needsTypes = transformation.outputFormat != .csv
        for _ in 0..<Run.maxPasses {
            var source = opened.source
            let plan = try Plan(
                transformation.recipe, columns: opened.names, writing: transformation.writing, onto: transformation.columns)
            try mustHaveColumns(opened.names)
            if let exact {
                source.readings = exact
            } else {
                source = try looking { [source] in try self.source(source, sampledFor: plan) }
            }
            let rules = plan.outputs.map { $0.source == Plan.Output.nowhere ? .standard : source.rules[$0.source] }
            let layout = BlockLayout(start: source.dataStart, end: source.dataEnd, blockBytes: limits.blockBytes)
            let guessed =
                try guess ?? (needsTypes ? looking { try sampleTypes(source, plan, layout) } : plan.outputs.map { _ in .string })
            let readings = Evidence.readings(guessed, rules)
            let setup = Pass.Setup(
                layout: layout, limits: plan.limits, threads: threads, firstLine: opened.lines, guess: needsTypes ? guessed : [],
                rules: rules, keys: nil, isScan: false, stopsAtInvalidUTF8: stopsAtInvalidUTF8)
            let done = try pass(setup, plan, readings, hasHeader: opened.hasHeader) {
                try CSVBlockReader(source: source, plan: plan, target: target, readings: readings, pool: pool)
            }
            if done.standing.sawInvalidUTF8, stopsAtInvalidUTF8 {
                stopsAtInvalidUTF8 = false
                let told = try looking { try Encoded(notUTF8: file) }
                if told.encoding.isMultiByte { return try converted(told) { try $0.csv() } }
                if told.encoding != .utf8 {
                    opened = try open(told.encoding)
                    opened.tell(told)
                    guess = nil
                }
                continue
            }
            if isDoubtful(source, done.standing) {
                let all = try scanReadings(source, plan)
                exact = all
                if all.contains(where: { column, reading in source.readings[column].map { !$0.isReadLike(reading) } ?? true }) {
                    continue
                }
            }
            let found = done.standing.evidence
            if needsTypes, done.standing.isScan || Evidence.readings(found, rules) != readings {
                guess = found
                continue
            }
            return try finish(done, plan, readings, opened.dialect, names: opened.names)
        }
        throw TabularFailure("input_changed", "The input changed while it was read; try again.")
    }

    /// The file opened, and how to open it again in another encoding.
    private func openCSV() throws -> (CSVOpening, (TextEncoding?) throws -> CSVOpening) {
        var options = transformation.reading
        var file = self.file
        // A delimiter of several bytes becomes one of one byte before anything else is found out.
        var shown: (delimiter: String, encoding: Encoded)?
        func simplify(_ delimiter: String) throws {
            let told = try looking { try encoded(file) }
            shown = (delimiter, told)
            (file, options) = try looking { try withSimpleDelimiter(file, options, delimiter, told) }
        }
        if let delimiter = options.delimiter, delimiter.utf8.count > 1 { try simplify(delimiter) }
        func opener() -> (TextEncoding?) throws -> CSVOpening {
            let (file, options) = (file, options)
            return { encoding in
                try looking {
                    try CSVOpening(
                        file, limits: limits, options: options, name: transformation.inputName, encoding: encoding,
                        to: transformation.outputFormat, looksAt: preparation.mostBytes)
                }
            }
        }
        var open = opener()
        var opened = try open(nil)
        if opened.source.format.joinsSpaces {
            try simplify("spaces")
            open = opener()
            opened = try open(nil)
        }
        if let shown {
            opened.show(
                delimiter: shown.delimiter, encoding: shown.encoding, isEncodingSaid: transformation.reading.encoding != nil)
        }
        if isRewritten { opened.markRewritten() }
        return (opened, open)
    }

    /// The same run on the text in UTF-8: an encoding in which characters can not be found from the middle of a file is read once.
    private func converted(_ told: Encoded, _ body: (Run) throws -> Outcome) throws -> Outcome {
        let run = try inUTF8(told)
        var outcome = try body(run)
        told.tell(&outcome.dialect)
        return outcome
    }

    private func inUTF8(_ told: Encoded) throws -> Run {
        let text = try looking { try preparation.inUTF8(file, told.encoding, from: Int64(told.markBytes)) }
        var transformation = transformation
        transformation.reading.encoding = TextEncoding.utf8.name
        var run = Run(transformation: transformation, file: text, tracker: tracker, preparation: preparation)
        run.isRewritten = true
        return run
    }

    private func encoded(_ file: InputFile) throws -> Encoded {
        try Encoded(file, transformation.reading.encoding.flatMap(TextEncoding.named), looksAt: preparation.mostBytes)
    }

    /// The file with a delimiter of one byte, and the options that read it.
    private func withSimpleDelimiter(
        _ file: InputFile, _ options: ReadOptions, _ delimiter: String, _ told: Encoded
    ) throws -> (InputFile, ReadOptions) {
        var options = options
        options.encoding = TextEncoding.utf8.name
        let quote = options.quote.map { $0.utf8.first ?? 0 } ?? UInt8(ascii: "\"")
        if delimiter == "spaces" {
            options.delimiter = " "
            let rewriter = DelimiterRewriter(.spaces, quote: quote, maxRecordBytes: limits.maxRecordBytes)
            return (try rewritten(file, told, rewriter), options)
        }
        let free = try preparation.freeByte(file)
        options.delimiter = String(UnicodeScalar(free))
        let rewriter = DelimiterRewriter(
            .text(Array(delimiter.utf8), by: free), quote: quote, maxRecordBytes: limits.maxRecordBytes)
        return (try rewritten(file, told, rewriter), options)
    }

    private func rewritten(_ file: InputFile, _ told: Encoded, _ rewriter: DelimiterRewriter) throws -> InputFile {
        try preparation.rewritten(file, told.encoding, from: Int64(told.markBytes)) { base, count, target, isLast in
            rewriter.append(base, count, to: target, isLast: isLast)
        }
    }

    /// - Throws: `column_not_found` for a type that was said of a column which is not there.
    private func mustHaveColumns(_ names: [String]) throws {
        for type in transformation.reading.types where !names.contains(where: { $0.utf8.elementsEqual(type.column.utf8) }) {
            let meant = Spelling.nearest(to: type.column, in: names).map { " Did you mean \"\($0)\"?" } ?? ""
            throw TabularFailure(
                "column_not_found",
                "A type was given for \"\(type.column.prefix(80))\", but there is no such column.\(meant) The columns are: \(Spelling.list(names))."
            )
        }
    }

    /// The columns that filters look at, and those whose type was said, as outputs of a plan that lets everything through.
    private func openPlan(_ source: CSVSource, _ plan: Plan) -> Plan {
        let filtered = plan.operations.compactMap { operation -> Int? in
            if case .filter(let column, _) = operation { column } else { nil }
        }
        var open = plan
        open.outputs = Set(filtered + source.rules.indices.filter { source.rules[$0].forced != nil }).sorted().map {
            Plan.Output(source: $0, name: "")
        }
        open.operations = []
        open.limits = []
        return open
    }

    private func readings(_ open: Plan, _ evidence: [Evidence], _ source: CSVSource) -> [Int: ColumnReading] {
        Dictionary(
            zip(open.outputs, evidence).map { ($0.source, $1.reading(source.rules[$0.source])) },
            uniquingKeysWith: { first, _ in first })
    }

    /// How the columns that filters look at are read: numbers with marks, dates in other orders, words for null. Some places of the
    /// file show it, and the pass tells when they did not show all.
    private func source(_ given: CSVSource, sampledFor plan: Plan) throws -> CSVSource {
        var source = given
        let open = openPlan(source, plan)
        let layout = BlockLayout(start: source.dataStart, end: source.dataEnd, blockBytes: limits.blockBytes)
        guard !open.outputs.isEmpty else { return source }
        let evidence = try sampleTypes(unforced(source), open, layout)
        source.readings = readings(open, evidence, source)
        // A look at some places does not see all of a large file.
        if layout.end - layout.start > Int64(Tuning.placeBytes) * Int64(Tuning.samplePlaces) {
            for (output, found) in zip(open.outputs, evidence) { source.sampled[output.source] = found }
        }
        return source
    }

    /// Whether the cells that were met could show that columns of filters are to be read in another way.
    private func isDoubtful(_ source: CSVSource, _ standing: Pass.Standing) -> Bool {
        guard !source.sampled.isEmpty else { return false }
        return standing.isReadingDoubtful
            || standing.filterEvidence.contains { column, found in
                let all = source.sampled[column, default: []].union(found).reading(source.rules[column])
                return !all.isReadLike(source.readings[column] ?? .text)
            }
    }

    /// Types that were said must not reject what is only looked at.
    private func unforced(_ source: CSVSource) -> CSVSource {
        var source = source
        for column in source.rules.indices { source.rules[column].forced = nil }
        return source
    }

    /// The same by all cells.
    private func scanReadings(_ source: CSVSource, _ plan: Plan) throws -> [Int: ColumnReading] {
        let open = openPlan(source, plan)
        let layout = BlockLayout(start: source.dataStart, end: source.dataEnd, blockBytes: limits.blockBytes)
        let setup = Pass.Setup(
            layout: layout, limits: [], threads: threads, firstLine: 0, guess: open.outputs.map { _ in .string },
            rules: open.outputs.map { source.rules[$0.source] }, keys: nil, isScan: true, stopsAtInvalidUTF8: false)
        tracker.beginPass("looking at all cells")
        let bare = unforced(source)
        let pass = Pass(setup, sink: NoSink(), rejects: nil, pool: pool) {
            try CSVBlockReader(
                source: bare, plan: open, target: .batch, readings: open.outputs.map { _ in .text }, pool: pool)
        }
        return readings(open, try pass.run { tracker.advance($0) }.evidence, source)
    }

    /// Guesses types from some places of the file, whatever the steps let through.
    private func sampleTypes(_ source: CSVSource, _ plan: Plan, _ layout: BlockLayout) throws -> [Evidence] {
        var open = plan
        open.operations = []
        open.limits = []
        let reader = try CSVBlockReader(
            source: source, plan: open, target: .batch, readings: plan.outputs.map { _ in .text }, pool: pool)
        var evidence: [Evidence] = Array(repeating: [], count: plan.outputs.count)
        for task in sampleTasks(layout, unit: source.encoding.unitBytes) {
            let result = try reader.read(task)
            guard !result.evidence.isEmpty else { continue }
            for i in evidence.indices { evidence[i].formUnion(result.evidence[i]) }
        }
        return evidence
    }

    private func sampleTasks(_ layout: BlockLayout, unit: Int) -> [BlockTask] {
        if !layout.boundaries.isEmpty {
            return (0..<min(1, layout.count)).map { block in
                let (low, high) = layout.range(block)
                return BlockTask(low: low, high: high, exactStart: low, remaining: nil, isScan: true)
            }
        }
        let size = layout.end - layout.start
        let bytes = Int64(Tuning.placeBytes)
        guard size > bytes * Int64(Tuning.samplePlaces) else {
            return size > 0
                ? [BlockTask(low: layout.start, high: layout.end, exactStart: layout.start, remaining: nil, isScan: true)] : []
        }
        return (0..<Int64(Tuning.samplePlaces)).map { place in
            let low = layout.start + (size - bytes) * place / Int64(Tuning.samplePlaces - 1) / Int64(unit) * Int64(unit)
            return BlockTask(low: low, high: low + bytes, exactStart: place == 0 ? low : nil, remaining: nil, isScan: true)
        }
    }

    // MARK: Preview

    func preview(_ format: Format, rows: Int) throws -> Preview {
        let recipe = Recipe(steps: [.limit(Int64(rows))])
        let told = try encoded(file)
        if told.encoding.isMultiByte {
            var preview = try inUTF8(told).preview(format, rows: rows)
            told.tell(&preview.dialect)
            return preview
        }
        if format == .csv {
            let (opened, _) = try openCSV()
            let source = opened.source
            try mustHaveColumns(opened.names)
            let plan = try Plan(recipe, columns: opened.names)
            let layout = BlockLayout(start: source.dataStart, end: source.dataEnd, blockBytes: limits.blockBytes)
            let evidence = try sampleTypes(source, plan, layout)
            let rules = plan.outputs.map { source.rules[$0.source] }
            let readings = Evidence.readings(evidence, rules)
            let reader = try CSVBlockReader(
                source: source, plan: plan, target: .json(isArray: false), readings: readings, pool: pool)
            return try preview(reader, layout, plan, readings, evidence, rows, opened.dialect)
        }
        guard format != .parquet else {
            throw TabularFailure("format_not_readable", "Parquet files can not be read yet; CSV and JSON can.")
        }
        let opened = try JSONOpening(
            file, limits: limits, options: transformation.reading, preparation: preparation, isDocument: format == .json)
        let source = opened.source
        let layout = BlockLayout(
            start: source.dataStart, end: source.input.size, boundaries: source.boundaries, blockBytes: limits.blockBytes)
        let keys = KeyTable(try sampleKeys(source, layout))
        let plan = try Plan(recipe, columns: keys.strings)
        let evidence = try sampleTypes(source, keys, plan, layout)
        let rules = plan.outputs.map {
            transformation.reading.rules(for: keys.strings[$0.source], to: transformation.outputFormat)
        }
        let readings = zip(evidence, rules).map { $0.reading($1) }
        let reader = try JSONBlockReader(
            source: source, schema: keys, plan: plan, target: .json(isArray: false), readings: readings, rules: rules, pool: pool)
        var dialect = Dialect(encoding: source.encoding.name, delimiter: "", quote: "", header: false)
        dialect.format = (source.isArray ? Format.json : .jsonl).rawValue
        dialect.path = opened.path
        dialect.encoding = opened.encoding.encoding.name
        dialect.confidence = ["encoding": opened.encoding.confidence]
        dialect.notes = opened.notes
        return try preview(reader, layout, plan, readings, evidence, rows, dialect)
    }

    private func preview(
        _ reader: any BlockReader, _ layout: BlockLayout, _ plan: Plan, _ readings: [ColumnReading], _ evidence: [Evidence],
        _ rows: Int, _ dialect: Dialect
    ) throws -> Preview {
        let columns = plan.outputs.enumerated().map { index, output in
            Column(
                name: output.name, type: readings[index].type.name,
                nullable: !evidence[index].isDisjoint(with: readings[index].hasNullWords ? [.null, .nullWord] : .null))
        }
        var preview = Preview(dialect: dialect, columns: columns, rows: Data(), rejectedAtHead: 0)
        preview.nullWordColumns = plan.outputs.indices.filter {
            readings[$0].hasNullWords && evidence[$0].contains(.nullWord)
        }.map { plan.outputs[$0].name }
        guard layout.count > 0 else { return preview }
        let (low, high) = layout.range(0)
        let result = try reader.read(
            BlockTask(low: low, high: high, exactStart: low, remaining: [Int64(rows)], isScan: false))
        if let output = result.output { preview.rows = Data(output.bytes) }
        preview.rejectedAtHead = result.ledger.rowsRejected
        return preview
    }

    // MARK: JSON

    func json(isDocument: Bool) throws -> Outcome {
        let opened = try looking {
            try JSONOpening(
                file, limits: limits, options: transformation.reading, preparation: preparation, isDocument: isDocument)
        }
        let source = opened.source
        let layout = BlockLayout(
            start: source.dataStart, end: source.input.size, boundaries: source.boundaries, blockBytes: limits.blockBytes)
        let needsTypes = transformation.outputFormat == .parquet
        var keys = KeyTable(try looking { try sampleKeys(source, layout) })
        var areKeysExact = false
        if keys.names.count >= limits.maxColumns {
            // Which of them come first, and become columns, shows only in order.
            keys = KeyTable(try scanKeys(source, layout))
            areKeysExact = true
        }
        var guess: [Evidence]?
        for _ in 0..<Run.maxPasses {
            let plan: Plan
            do {
                try mustHaveColumns(keys.strings)
                plan = try Plan(transformation.recipe, columns: names(keys), writing: transformation.writing)
            } catch let failure as TabularFailure where failure.code == "column_not_found" && !areKeysExact {
                keys = KeyTable(try scanKeys(source, layout))
                areKeysExact = true
                continue
            }
            if transformation.outputFormat == .parquet, plan.outputs.isEmpty, areKeysExact || layout.count == 0 {
                throw Run.noColumns
            }
            let schema = keys
            let rules = plan.outputs.map {
                transformation.reading.rules(for: keys.strings[$0.source], to: transformation.outputFormat)
            }
            let guessed =
                try guess
                ?? (needsTypes ? looking { try sampleTypes(source, schema, plan, layout) } : plan.outputs.map { _ in .string })
            let readings = zip(guessed, rules).map { $0.reading($1) }
            let setup = Pass.Setup(
                layout: layout, limits: plan.limits, threads: threads, firstLine: opened.firstLine,
                guess: needsTypes ? guessed : [], rules: rules,
                keys: areKeysExact ? nil : keys.names, maxKeys: limits.maxColumns, isScan: false, stopsAtInvalidUTF8: false)
            let done = try pass(setup, plan, readings, hasHeader: true) {
                try JSONBlockReader(
                    source: source, schema: schema, plan: plan, target: target, readings: readings, rules: rules, pool: pool)
            }
            if !areKeysExact {
                areKeysExact = true
                if done.standing.sawTooManyKeys {
                    keys = KeyTable(try scanKeys(source, layout))
                    continue
                }
                if done.standing.keys != keys.names {
                    let known = Dictionary(
                        zip(plan.outputs.map { keys.names[$0.source] }, done.standing.evidence),
                        uniquingKeysWith: { a, _ in a })
                    keys = KeyTable(done.standing.keys)
                    if let changed = try? Plan(transformation.recipe, columns: names(keys)), needsTypes {
                        guess = changed.outputs.map { known[keys.names[$0.source]] ?? .string }
                    }
                    continue
                }
            }
            let found = done.standing.evidence
            if needsTypes, done.standing.isScan || zip(found, rules).map({ $0.reading($1) }) != readings {
                guess = found
                continue
            }
            if transformation.outputFormat == .parquet, plan.outputs.isEmpty { throw Run.noColumns }
            var dialect = Dialect(encoding: source.encoding.name, delimiter: "", quote: "", header: false)
            dialect.format = (source.isArray ? Format.json : .jsonl).rawValue
            dialect.path = opened.path
            dialect.encoding = opened.encoding.encoding.name
            dialect.confidence = ["encoding": opened.encoding.confidence]
            dialect.notes = opened.notes
            return try finish(done, plan, readings, dialect, names: keys.strings)
        }
        throw TabularFailure("input_changed", "The input changed while it was read; try again.")
    }

    /// The keys as names of columns. Only JSON can do without one.
    private func names(_ keys: KeyTable) -> [String] {
        let isJSON = transformation.outputFormat == .json || transformation.outputFormat == .jsonl
        return isJSON ? keys.strings : ColumnNames.unique(keys.strings)
    }

    private static let noColumns = TabularFailure("no_columns", "The input has no columns, and a Parquet file needs one.")

    private func sampleKeys(_ source: JSONSource, _ layout: BlockLayout) throws -> [[UInt8]] {
        let reader = try JSONBlockReader(
            source: source, schema: KeyTable(), plan: try Plan(Recipe(steps: []), columns: []), target: .batch, readings: [],
            rules: [], pool: pool)
        var keys = KeyTable()
        for task in sampleTasks(layout, unit: source.encoding.unitBytes) {
            for key in try reader.read(task).keys where keys.names.count < limits.maxColumns { _ = keys.add(key) }
        }
        return keys.names
    }

    private func sampleTypes(_ source: JSONSource, _ schema: KeyTable, _ plan: Plan, _ layout: BlockLayout) throws -> [Evidence] {
        var open = plan
        open.operations = []
        open.limits = []
        let reader = try JSONBlockReader(
            source: source, schema: schema, plan: open, target: .batch, readings: plan.outputs.map { _ in .text },
            rules: plan.outputs.map { _ in .standard }, pool: pool)
        var evidence: [Evidence] = Array(repeating: [], count: plan.outputs.count)
        for task in sampleTasks(layout, unit: source.encoding.unitBytes) {
            let result = try reader.read(task)
            guard !result.evidence.isEmpty else { continue }
            for i in evidence.indices { evidence[i].formUnion(result.evidence[i]) }
        }
        return evidence
    }

    /// All keys of the file, for a recipe that names one which the sample did not show.
    private func scanKeys(_ source: JSONSource, _ layout: BlockLayout) throws -> [[UInt8]] {
        let setup = Pass.Setup(
            layout: layout, limits: [], threads: threads, firstLine: 0, guess: [], rules: [], keys: [],
            maxKeys: limits.maxColumns, isScan: true,
            stopsAtInvalidUTF8: false)
        let plan = try Plan(Recipe(steps: []), columns: [])
        tracker.beginPass("looking for columns")
        let pass = Pass(setup, sink: NoSink(), rejects: nil, pool: pool) {
            try JSONBlockReader(
                source: source, schema: KeyTable(), plan: plan, target: .batch, readings: [], rules: [], pool: pool)
        }
        return try pass.run { tracker.advance($0) }.keys
    }

    // MARK: Passes

    private struct Done {
        var standing: Pass.Standing
        var output: OutputFile
        var rejects: RejectsFile
        var finish: () throws -> Void
    }

    private func pass(
        _ setup: Pass.Setup, _ plan: Plan, _ readings: [ColumnReading], hasHeader: Bool,
        _ makeReader: @escaping () throws -> any BlockReader
    ) throws -> Done {
        let output = try OutputFile(path: transformation.output, limit: limits.maxOutputBytes)
        let rejects = RejectsFile(
            path: transformation.rejects, limit: limits.maxOutputBytes, label: transformation.rejectsLabel,
            keepsEarlier: transformation.keepsRejects)
        let names = plan.outputs.map(\.name)
        tracker.beginPass("transforming")
        if transformation.outputFormat == .parquet {
            let sink = try ParquetSink(
                file: output, names: names, types: readings.map(\.type), writing: transformation.writing)
            let standing = try Pass(setup, sink: sink, rejects: rejects, pool: pool, makeReader: makeReader).run {
                tracker.advance($0)
            }
            return Done(standing: standing, output: output, rejects: rejects, finish: sink.finish)
        }
        let sink = try TextSink(
            file: try TextOutput(output, transformation.writing), names: names, format: transformation.outputFormat,
            style: plan.style, hasHeader: transformation.writing.header ?? (hasHeader || transformation.recipe.renames))
        let standing = try Pass(setup, sink: sink, rejects: rejects, pool: pool, makeReader: makeReader).run {
            tracker.advance($0)
        }
        return Done(standing: standing, output: output, rejects: rejects, finish: sink.finish)
    }

    private func finish(
        _ done: Done, _ plan: Plan, _ readings: [ColumnReading], _ dialect: Dialect, names: [String]
    ) throws -> Outcome {
        let rejectsBytes = try LongWork.run(report: { tracker.say("writing to disk") }) {
            try done.finish()
            return try done.rejects.finish()
        }
        let isTyped = transformation.outputFormat != .csv
        let columns = plan.outputs.enumerated().map { index, output in
            let evidence = isTyped && index < done.standing.evidence.count ? done.standing.evidence[index] : .null
            return Column(
                name: output.name, type: isTyped ? readings[index].type.name : ColumnType.string.name,
                nullable: !evidence.isDisjoint(with: readings[index].hasNullWords ? [.null, .nullWord] : .null))
        }
        var outcome = Outcome(
            ledger: done.standing.ledger, columns: columns, dialect: dialect, outputBytes: done.output.count,
            rejectsBytes: rejectsBytes, isOutputFormulaSafe: plan.isFormulaSafe,
            areRejectsFormulaSafe: plan.areRejectsFormulaSafe)
        outcome.remarks.comments = done.standing.comments
        outcome.remarks.padded = done.standing.padded
        outcome.remarks.cut = done.standing.cut
        for (column, count) in done.standing.incomparable {
            let name = names.indices.contains(column) ? names[column] : "column \(column + 1)"
            outcome.remarks.incomparable[name, default: 0] += count
        }
        outcome.remarks.mended = done.standing.mended
        outcome.remarks.spaced = done.standing.spaced
        outcome.remarks.roundedColumns = plan.outputs.indices.filter { index in
            isTyped && readings[index].isForced && readings[index].type == .double && index < done.standing.evidence.count
                && !done.standing.evidence[index].isDisjoint(with: [.longDecimal, .bigInteger])
        }.map { plan.outputs[$0].name }
        outcome.remarks.duplicateKeys = done.standing.duplicateKeys
        outcome.remarks.nullWordColumns = plan.outputs.indices.filter { index in
            isTyped && readings[index].hasNullWords && index < done.standing.evidence.count
                && done.standing.evidence[index].contains(.nullWord)
        }.map { plan.outputs[$0].name }
        return outcome
    }
}

/// Takes nothing: for passes that only look.
private final class NoSink: RowSink {
    func take(_ result: BlockResult) throws -> [RowGroup] { [] }
    func lastGroup() throws -> RowGroup? { nil }
    func write(_ group: EncodedRowGroup) throws {}
}
