/// Records that could not be read, as lines of the rejects file that lack only their line number, which is known once the blocks
/// before are. Kept as bytes: a block may hold hundreds of thousands.
struct Rejects {
    private(set) var count = 0
    /// Whether the content can be opened in a spreadsheet without being calculated: the file is for people.
    var isFormulaSafe = true
    private var text: ByteBuffer?
    private var lines: [UInt32] = []
    private var ends: [UInt32] = []

    /// - Parameters:
    ///   - linesBefore: Lines of the block before the record.
    ///   - offset: Where the record starts in the file; nil where the text was written anew before it was read.
    ///   - content: Its first bytes; what is no UTF-8 becomes U+FFFD, so that everything can read the file.
    mutating func append(linesBefore: Int, offset: Int64?, reason: String, content: UnsafeBufferPointer<UInt8>) {
        let text = self.text ?? ByteBuffer(capacity: 4096)
        self.text = text
        text.append(",\(offset.map(String.init) ?? ""),")
        CSVText.append(reason, to: text)
        text.append(UInt8(ascii: ","))
        if let base = content.baseAddress, UTF8Text.isValid(base, content.count) {
            CSVText.append(base, content.count, CSVText.Style(isFormulaSafe: isFormulaSafe), to: text)
        } else {
            CSVText.append(
                String(decoding: content, as: UTF8.self), CSVText.Style(isFormulaSafe: isFormulaSafe), to: text)
        }
        text.append(UInt8(ascii: "\n"))
        lines.append(UInt32(truncatingIfNeeded: linesBefore))
        ends.append(UInt32(truncatingIfNeeded: text.count))
        count += 1
    }

    /// Appends the whole lines; `firstLine` is the number of the block's first line.
    func write(firstLine: Int64, label: ByteBuffer?, to output: ByteBuffer) {
        guard let text else { return }
        var start = 0
        for i in 0..<count {
            if let label { output.append(label) }
            output.append("\(firstLine + Int64(lines[i]))")
            output.append(text.base + start, Int(ends[i]) - start)
            start = Int(ends[i])
        }
    }
}

/// What a thread made of one block. It depends on the block alone, and counts only once it is known that records really start at `start`.
final class BlockResult {
    /// The byte of the file where the first record of the block was taken to start, and where the record after the last one starts.
    var start: Int64
    var end: Int64
    var ledger = Ledger()
    /// Rows that came to each limit.
    var limitCounts: [Int64]
    /// Whether a limit was used up, so that nothing more is to be read.
    var isLimitReached = false
    var lines = 0
    var rejects = Rejects()
    var output: ByteBuffer?
    var batch: Batch?
    /// What the output columns held.
    var evidence: [Evidence] = []
    /// Keys of JSON objects in the order in which they first came.
    var keys: [[UInt8]] = []
    var sawInvalidUTF8 = false
    /// Lines that were comments, and records that were made to fit: with nulls, or by dropping fields.
    var comments: Int64 = 0
    var padded: Int64 = 0
    var cut: Int64 = 0
    /// Records with a stray quote that was read as text.
    var mended: Int64 = 0
    /// Lines of nothing but spaces.
    var spaced: Int64 = 0
    /// Objects in which a key stood twice.
    var duplicateKeys: Int64 = 0
    /// Cells that a filter could not compare, by the number of their column.
    var incomparable: [Int: Int64] = [:]
    /// Whether a cell was met that could show that a column of a filter is to be read in another way.
    var isReadingDoubtful = false
    /// What filters met in columns that are not read plainly, by number.
    var filterEvidence: [Int: Evidence] = [:]
    /// Whether the last of the rejected records is not whole because only the beginning of the file is read, and may be good.
    var isLastCut = false
    /// Why the first of the rejected records was rejected.
    var firstDefect: String?
    /// Whether a record was rejected because the columns were used up.
    var sawTooManyKeys = false

    init(start: Int64, end: Int64, limits: Int) {
        self.start = start
        self.end = end
        limitCounts = Array(repeating: 0, count: limits)
    }
}

/// What a block reader is asked to do.
struct BlockTask {
    /// Bytes of the file; records that start here belong to the block.
    var low: Int64
    var high: Int64
    /// Where the first record starts, if that is known; else it is guessed.
    var exactStart: Int64?
    /// Rows that each limit still lets through; nil while that is not known.
    var remaining: [Int64]?
    /// Whether only evidence and counts are wanted.
    var isScan: Bool
    /// Whether it is only a look at some place: where the last record ends does not matter.
    var isLook = false
}

/// Reads and encodes blocks; one for each thread.
protocol BlockReader: AnyObject {
    func read(_ task: BlockTask) throws -> BlockResult
}

/// Decides for each row whether it goes on, counting what limits see.
final class RowFilter {
    private struct Check {
        /// The column of a filter, or -1 for a limit.
        var column: Int
        var predicate: Unmanaged<Predicate>?
        var limit: Int
    }

    /// Cells that could not be compared, by the number of their column.
    var incomparable: [Int: Int64] {
        var counts: [Int: Int64] = [:]
        for check in checks {
            guard let predicate = check.predicate else { continue }
            let count = predicate._withUnsafeGuaranteedRef { $0.incomparable }
            if count > 0 { counts[check.column, default: 0] += count }
        }
        return counts
    }

    /// Whether a cell was met that could show that a column is to be read in another way.
    var isReadingDoubtful: Bool {
        checks.contains { check in
            guard let predicate = check.predicate, watched.contains(check.column) else { return false }
            return predicate._withUnsafeGuaranteedRef { $0.isReadingDoubtful || $0.incomparable > 0 }
        }
    }

    /// What was met in columns that are not read plainly, by number.
    var evidence: [Int: Evidence] {
        var found: [Int: Evidence] = [:]
        for check in checks {
            guard let predicate = check.predicate else { continue }
            let evidence = predicate._withUnsafeGuaranteedRef { $0.evidence }
            if !evidence.isEmpty { found[check.column, default: []].formUnion(evidence) }
        }
        return found
    }

    /// Columns that are read plainly as far as some places of the file show.
    private var watched: Set<Int> = []
    private var checks: [Check] = []
    private let owned: [Predicate]
    private(set) var counts: [Int64]
    private var remaining: [Int64]?
    private(set) var isLimitReached = false

    /// - Parameters:
    ///   - readings: how columns are read, by their number.
    ///   - watches: what to look for in columns whose readings rest on a part of the cells.
    init(_ plan: Plan, _ readings: [Int: ColumnReading] = [:], watches: [Int: Predicate.Watch] = [:]) throws {
        var owned: [Predicate] = []
        var instructions = 0
        for operation in plan.operations {
            switch operation {
            case .filter(let column, let filter):
                let predicate = try Predicate(filter, readings[column], watch: watches[column] ?? .nothing)
                if case .unusual? = watches[column] { watched.insert(column) }
                owned.append(predicate)
                instructions += predicate.patternInstructions
                guard instructions <= Pattern.maxInstructionsOfRecipe else { throw Recipe.tooManyPatterns(at: "filter") }
                // `owned` keeps it alive as long as the gate; counting references for every row would cost more than most filters.
                checks.append(Check(column: column, predicate: .passUnretained(predicate), limit: -1))
            case .limit(let number):
                checks.append(Check(column: -1, predicate: nil, limit: number))
            }
        }
        self.owned = owned
        counts = Array(repeating: 0, count: plan.limits.count)
    }

    var isOpen: Bool { checks.isEmpty }

    func begin(remaining: [Int64]?) {
        for i in counts.indices { counts[i] = 0 }
        for predicate in owned { predicate.begin() }
        self.remaining = remaining
        isLimitReached = false
    }

    /// Whether the row is written. `cell` gives the value of a column.
    @inline(__always)
    func admits(_ cell: (Int) -> Cell) -> Bool {
        for i in 0..<checks.count {
            let check = checks.withUnsafeBufferPointer { $0[i] }
            if let predicate = check.predicate {
                let value = cell(check.column)
                guard predicate._withUnsafeGuaranteedRef({ $0.matches(value) }) else { return false }
            } else {
                count(check.limit)
            }
        }
        return true
    }

    private func count(_ limit: Int) {
        counts[limit] += 1
        if let remaining, counts[limit] >= remaining[limit] { isLimitReached = true }
    }
}
