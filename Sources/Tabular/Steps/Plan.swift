import Core

/// A recipe applied to the columns of one input.
struct Plan {
    /// What happens to a row, in order.
    enum Operation {
        /// The number of the input's column.
        case filter(column: Int, Filter)
        /// The number of the limit among limits.
        case limit(Int)
    }

    struct Output {
        /// The number of the input's column; `nowhere` for one that it has not.
        var source: Int
        static let nowhere = -1
        var name: String
    }

    var operations: [Operation] = []
    var outputs: [Output]
    /// Rows let through by each limit.
    var limits: [Int64] = []
    /// Whether what a spreadsheet would take for a formula is made text in CSV output, and in the rejects file.
    let isFormulaSafe: Bool
    let areRejectsFormulaSafe: Bool
    let writing: WriteOptions
    /// How cells of CSV output are written.
    private(set) var style = CSVText.Style.plain

    /// - Throws: `TabularFailure` when a step names a column that is not there, or leaves none.
    ///
    /// - Parameter wanted: columns of the output, where others are wanted than the steps leave.
    init(
        _ recipe: Recipe, columns: [String], writing: WriteOptions = WriteOptions(), onto wanted: [String]? = nil
    ) throws {
        self.writing = writing
        outputs = columns.enumerated().map { Output(source: $0, name: $1) }
        isFormulaSafe = recipe.isFormulaSafe ?? false
        areRejectsFormulaSafe = recipe.isFormulaSafe ?? true
        for step in recipe.steps {
            switch step {
            case .filter(let filter):
                operations.append(.filter(column: try find(filter.column).source, filter))
            case .selectColumns(let names):
                let known = byName
                outputs = try names.map { try known[Array($0.utf8)] ?? find($0) }
            case .dropColumns(let names):
                let known = byName
                let dropped = Set(try names.map { try (known[Array($0.utf8)] ?? find($0)).source })
                outputs.removeAll { dropped.contains($0.source) }
                guard !outputs.isEmpty else {
                    throw TabularFailure("no_columns", "The step drop_columns leaves no column; keep at least one.")
                }
            case .renameColumns(let renamings):
                try rename(renamings)
            case .limit(let n):
                operations.append(.limit(limits.count))
                limits.append(n)
            case .convertFormat:
                continue
            }
        }
        if let wanted {
            let known = byName
            outputs = wanted.map { Output(source: known[Array($0.utf8)]?.source ?? Output.nowhere, name: $0) }
        }
        style = CSVText.Style(
            delimiter: writing.delimiter ?? UInt8(ascii: ","), isFormulaSafe: isFormulaSafe, quoting: writing.quoting,
            nullWord: Array(writing.nullWord.utf8), endsLinesWithReturn: writing.endsLinesWithReturn,
            isNullQuoted: outputs.count == 1)
    }

    /// For steps that name many columns. By bytes: a dictionary of strings would normalise each name, in time that grows with the square
    /// of its combining marks.
    private var byName: [[UInt8]: Output] {
        Dictionary(outputs.map { (Array($0.name.utf8), $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// The same outputs for all rows.
    var open: Plan {
        var open = self
        open.operations = []
        open.limits = []
        return open
    }

    /// The same of the first columns alone.
    func first(_ count: Int) -> Plan {
        var part = self
        part.outputs = Array(outputs.prefix(count))
        return part
    }

    private func find(_ name: String) throws -> Output {
        if let found = outputs.first(where: { $0.name.utf8.elementsEqual(name.utf8) }) { return found }
        // The same letters may be composed in another way.
        if let found = outputs.first(where: { $0.name == name }) { return found }
        // Spaces around a name are easily overlooked, and lost on the way.
        let trimmed = name.trimmed
        let alike = outputs.filter { $0.name.trimmed == trimmed }
        if alike.count == 1, !trimmed.isEmpty { return alike[0] }
        let names = outputs.map(\.name)
        let meant = Spelling.nearest(to: name, in: names).map { " Did you mean \"\($0)\"?" } ?? ""
        let shown = name.count > 80 ? String(name.prefix(80)) + "…" : name
        throw TabularFailure(
            "column_not_found", "There is no column \"\(shown)\".\(meant) The columns are: \(Spelling.list(names)).")
    }

    /// All at once, so that two names can be exchanged.
    private mutating func rename(_ renamings: [Step.Renaming]) throws {
        let known = byName
        var targets: [Int: String] = [:]
        for renaming in renamings { targets[try (known[Array(renaming.from.utf8)] ?? find(renaming.from)).source] = renaming.to }
        for i in outputs.indices {
            if let name = targets[outputs[i].source] { outputs[i].name = name }
        }
        var seen: Set<[UInt8]> = []
        for output in outputs where !seen.insert(Array(output.name.utf8)).inserted {
            throw TabularFailure("column_exists", "The step rename_columns gives two columns the name \"\(output.name)\".")
        }
    }
}
