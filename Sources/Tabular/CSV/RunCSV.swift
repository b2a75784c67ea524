import Core
import Foundation

extension Run {
    func csv() throws -> Outcome {
        let told = try looking { try encoded(self.file) }
        if told.encoding.isMultiByte { return try converted(told) { try $0.csv() } }
        var (opened, open) = try openCSV(told)
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
                    opened = try open(told)
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
    ///
    /// - Parameter told: its encoding, which is slow to find out twice.
    func openCSV(_ told: Encoded) throws -> (CSVOpening, (Encoded) throws -> CSVOpening) {
        var options = transformation.reading
        var (file, told) = (self.file, told)
        // A delimiter of several bytes becomes one of one byte before anything else is found out.
        var shown: (delimiter: String, encoding: Encoded)?
        func simplify(_ delimiter: String) throws {
            shown = (delimiter, told)
            (file, options) = try looking { try withSimpleDelimiter(file, options, delimiter, told) }
            told = try looking { try Encoded(file, .utf8) }
        }
        if let delimiter = options.delimiter, delimiter.utf8.count > 1 { try simplify(delimiter) }
        func opener() -> (Encoded) throws -> CSVOpening {
            let (file, options) = (file, options)
            return { told in
                try looking {
                    try CSVOpening(
                        file, encoded: told, limits: limits, options: options, name: transformation.inputName,
                        to: transformation.outputFormat)
                }
            }
        }
        var open = opener()
        var opened = try open(told)
        if opened.source.format.joinsSpaces {
            try simplify("spaces")
            open = opener()
            opened = try open(told)
        }
        if let shown {
            opened.show(
                delimiter: shown.delimiter, encoding: shown.encoding, isEncodingSaid: transformation.reading.encoding != nil)
        }
        if isRewritten { opened.markRewritten() }
        return (opened, open)
    }

    /// The same run on the text in UTF-8: an encoding in which characters can not be found from the middle of a file is read once.
    func converted(_ told: Encoded, _ body: (Run) throws -> Outcome) throws -> Outcome {
        let run = try inUTF8(told)
        var outcome = try body(run)
        told.tell(&outcome.dialect)
        return outcome
    }

    func inUTF8(_ told: Encoded) throws -> Run {
        let text = try looking { try preparation.inUTF8(file, told.encoding, from: Int64(told.markBytes)) }
        var transformation = transformation
        transformation.reading.encoding = TextEncoding.utf8.name
        var run = Run(transformation: transformation, file: text, tracker: tracker, preparation: preparation)
        run.isRewritten = true
        return run
    }

    func encoded(_ file: InputFile) throws -> Encoded {
        try Encoded(file, transformation.reading.encoding.flatMap(TextEncoding.named), looksAt: preparation.mostBytes)
    }

    /// The file with a delimiter of one byte, and the options that read it.
    func withSimpleDelimiter(
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

    func rewritten(_ file: InputFile, _ told: Encoded, _ rewriter: DelimiterRewriter) throws -> InputFile {
        try preparation.rewritten(file, told.encoding, from: Int64(told.markBytes)) { base, count, target, isLast in
            rewriter.append(base, count, to: target, isLast: isLast)
        }
    }

    /// - Throws: `column_not_found` for a type that was said of a column which is not there.
    func mustHaveColumns(_ names: [String]) throws {
        for type in transformation.reading.types where !names.contains(where: { $0.utf8.elementsEqual(type.column.utf8) }) {
            let meant = Spelling.nearest(to: type.column, in: names).map { " Did you mean \"\($0)\"?" } ?? ""
            throw TabularFailure(
                "column_not_found",
                "A type was given for \"\(type.column.prefix(80))\", but there is no such column.\(meant) The columns are: \(Spelling.list(names))."
            )
        }
    }
}
