import Foundation

/// Where the blocks of a file lie.
struct BlockLayout {
    var start: Int64
    var end: Int64
    /// Starts of blocks, and the end of the last, when they are not all of one size.
    var boundaries: [Int64] = []
    var blockBytes: Int

    var count: Int {
        if !boundaries.isEmpty { return boundaries.count - 1 }
        return Int((max(0, end - start) + Int64(blockBytes) - 1) / Int64(blockBytes))
    }

    func range(_ block: Int) -> (low: Int64, high: Int64) {
        if !boundaries.isEmpty { return (boundaries[block], boundaries[block + 1]) }
        let low = start + Int64(block) * Int64(blockBytes)
        return (low, min(end, low + Int64(blockBytes)))
    }
}

/// Where rows go. Called by one thread at a time, in the order of the rows.
protocol RowSink: AnyObject {
    /// Takes the rows of one block; may answer work that any thread can do.
    func take(_ result: BlockResult) throws -> [RowGroup]
    /// All rows have been taken.
    func lastGroup() throws -> RowGroup?
    func write(_ group: EncodedRowGroup) throws
}

/// One reading of the whole input by several threads.
///
/// Threads take what is most urgent: put the next block in order, write the next row group, encode a row group, parse a block. Blocks
/// count in their order only, which makes the output the same whatever the threads do.
///
/// Unchecked: all state is touched with `condition` held, but for what belongs to whoever puts blocks in order (`isOrdering`) or writes
/// groups (`isWriting`); those flags are taken and given back with the condition held.
final class Pass: @unchecked Sendable {
    /// What stands at the end of a pass, or in its middle.
    struct State {
        var ledger = Ledger()
        var bytesRead: Int64 = 0
        var evidence: [Evidence] = []
        var keys: [[UInt8]] = []
        var isScan = false
        var sawInvalidUTF8 = false
        var sawTooManyKeys = false
        var comments: Int64 = 0
        var padded: Int64 = 0
        var cut: Int64 = 0
        var mended: Int64 = 0
        var spaced: Int64 = 0
        var duplicateKeys: Int64 = 0
        var incomparable: [Int: Int64] = [:]
        var isReadingDoubtful = false
        var filterEvidence: [Int: Evidence] = [:]
    }

    struct Setup {
        var layout: BlockLayout
        var limits: [Int64]
        var threads: Int
        /// Lines before the first block.
        var firstLine: Int64
        /// What the guess of types rests on; scanning begins where it turns out to be wrong. Empty when types do not matter.
        var guess: [Evidence]
        var rules: [TypeRules]
        /// The keys that were guessed; nil when the input is not JSON.
        var keys: [[UInt8]]?
        /// Different keys that become columns; records with others are rejected.
        var maxKeys = TabularLimits.standard.maxColumns
        var isScan: Bool
        /// Whether a byte that is no UTF-8 ends the pass, so that the encoding can be thought about again.
        var stopsAtInvalidUTF8: Bool
    }

    private let condition = NSCondition()
    private let setup: Setup
    private let sink: any RowSink
    private let rejects: RejectsFile?
    private let makeReader: () throws -> any BlockReader
    private let pool: BufferPool
    private let blockCount: Int

    private var standing = State()
    private var failure: (any Error)?
    private var runningThreads = 0
    private var nextBlock = 0
    private var nextInOrder = 0
    private var isOrdering = false
    private var isOrdered = false
    private var results: [Int: BlockResult] = [:]
    private var expectedStart: Int64
    private var remaining: [Int64]
    private var lines: Int64
    /// The keys of `standing.keys`, kept so that each block costs only what it adds.
    private var knownKeys: Set<[UInt8]> = []

    private var groups: [RowGroup] = []
    private var groupsMade = 0
    private var groupsWritten = 0
    private var encoded: [Int: EncodedRowGroup] = [:]
    private var isWriting = false

    init(
        _ setup: Setup, sink: any RowSink, rejects: RejectsFile?, pool: BufferPool,
        makeReader: @escaping () throws -> any BlockReader
    ) {
        self.setup = setup
        self.sink = sink
        self.rejects = rejects
        self.pool = pool
        self.makeReader = makeReader
        blockCount = setup.limits.contains(0) ? 0 : setup.layout.count
        expectedStart = setup.layout.start
        remaining = setup.limits
        lines = setup.firstLine
        standing.isScan = setup.isScan
        standing.evidence = Array(repeating: [], count: setup.guess.count)
    }

    /// Blocks until the pass is done. `report` is called every now and then.
    func run(report: (State) -> Void) throws -> State {
        if blockCount == 0 { try endOrdering() }
        let count = max(1, setup.threads)
        runningThreads = count
        for number in 0..<count {
            let thread = Thread { self.work() }
            thread.name = "tabular-\(number)"
            thread.stackSize = Pass.stackBytes
            thread.start()
        }
        condition.lock()
        while runningThreads > 0 {
            _ = condition.wait(until: Date(timeIntervalSinceNow: Tuning.reportSeconds))
            let now = standing
            condition.unlock()
            report(now)
            condition.lock()
        }
        defer { condition.unlock() }
        if let failure { throw failure }
        return standing
    }

    /// Enough for the recursion that `maxJSONDepth` allows.
    private static let stackBytes = 4 << 20

    private func work() {
        condition.lock()
        defer {
            runningThreads -= 1
            condition.broadcast()
            condition.unlock()
        }
        do {
            let reader = try makeReader()
            while failure == nil {
                if !isOrdering, !isOrdered, let result = results.removeValue(forKey: nextInOrder) {
                    isOrdering = true
                    try unlocked { try order(result, reader) }
                    nextInOrder += 1
                    if nextInOrder == blockCount, !isOrdered { try unlocked { try endOrdering() } }
                    isOrdering = false
                    condition.broadcast()
                } else if !isWriting, let group = encoded.removeValue(forKey: groupsWritten) {
                    isWriting = true
                    try unlocked { try sink.write(group) }
                    isWriting = false
                    groupsWritten += 1
                    condition.broadcast()
                } else if !groups.isEmpty {
                    let group = groups.removeFirst()
                    let done = try unlocked { try group.encode() }
                    // What is divided between groups may still be needed by another.
                    for slice in group.batches where slice.isWhole { if let text = slice.batch.text { pool.give(text) } }
                    encoded[group.number] = done
                    condition.broadcast()
                } else if !isOrdered, nextBlock < blockCount, nextBlock - nextInOrder < window {
                    let block = nextBlock
                    nextBlock += 1
                    let task = self.task(block)
                    let result = try unlocked { try reader.read(task) }
                    results[block] = result
                    condition.broadcast()
                } else if isOrdered, !isOrdering, groupsWritten == groupsMade {
                    return
                } else {
                    condition.wait()
                }
            }
        } catch {
            if failure == nil { failure = error }
        }
    }

    private var window: Int { max(2, setup.threads * Tuning.blocksAheadPerThread) }

    /// Does something without the lock, and takes it again however that ends.
    private func unlocked<Result>(_ body: () throws -> Result) rethrows -> Result {
        condition.unlock()
        defer { condition.lock() }
        return try body()
    }

    private func task(_ block: Int) -> BlockTask {
        let (low, high) = setup.layout.range(block)
        return BlockTask(low: low, high: high, exactStart: block == 0 ? low : nil, remaining: nil, isScan: standing.isScan)
    }

    // MARK: In order

    /// Takes the next block, asking again where its start was guessed wrong or a limit falls into it.
    private func order(_ given: BlockResult, _ reader: any BlockReader) throws {
        let (low, high) = setup.layout.range(nextInOrder)
        var result = given
        if expectedStart >= high {
            // A record that started before covers the whole block.
            giveBack(result)
            result = BlockResult(start: expectedStart, end: expectedStart, limits: remaining.count)
        } else {
            let isWrong = result.start != expectedStart
            let isLast = zip(result.limitCounts, remaining).contains { $0 >= $1 }
            if isWrong || isLast {
                giveBack(result)
                result = try reader.read(
                    BlockTask(
                        low: min(low, expectedStart), high: high, exactStart: expectedStart, remaining: remaining,
                        isScan: standing.isScan))
            }
        }
        expectedStart = result.end
        if setup.stopsAtInvalidUTF8, result.sawInvalidUTF8 {
            update { $0.sawInvalidUTF8 = true }
            condition.lock()
            isOrdered = true
            condition.unlock()
            return giveBack(result)
        }
        for i in remaining.indices { remaining[i] -= result.limitCounts[i] }
        if let rejects, !standing.isScan {
            try rejects.append(result.rejects, firstLine: lines + 1)
        }
        lines += Int64(result.lines)
        let evidence = zip(standing.evidence, result.evidence).map { $0.union($1) }
        let keys = merged(result.keys)
        let isScan = standing.isScan || isContradicted(evidence, keys)
        let bytesRead = max(standing.bytesRead, min(result.end, setup.layout.end) - setup.layout.start)
        var groups: [RowGroup] = []
        if isScan { giveBack(result) } else { groups = try sink.take(result) }
        if let output = result.output { pool.give(output) }
        update {
            $0.ledger.add(result.ledger)
            $0.comments += result.comments
            $0.padded += result.padded
            $0.cut += result.cut
            $0.mended += result.mended
            $0.spaced += result.spaced
            $0.duplicateKeys += result.duplicateKeys
            if !result.incomparable.isEmpty { $0.incomparable.merge(result.incomparable, uniquingKeysWith: +) }
            if result.isReadingDoubtful { $0.isReadingDoubtful = true }
            for (column, found) in result.filterEvidence { $0.filterEvidence[column, default: []].formUnion(found) }
            if !result.evidence.isEmpty { $0.evidence = evidence }
            $0.keys = keys
            if result.sawTooManyKeys { $0.sawTooManyKeys = true }
            $0.isScan = isScan
            $0.bytesRead = bytesRead
        }
        add(groups)
        if result.isLimitReached { try endOrdering() }
    }

    private func update(_ change: (inout State) -> Void) {
        condition.lock()
        change(&standing)
        condition.unlock()
    }

    private func add(_ made: [RowGroup]) {
        guard !made.isEmpty else { return }
        condition.lock()
        for group in made {
            group.number = groupsMade
            groupsMade += 1
            groups.append(group)
        }
        condition.broadcast()
        condition.unlock()
    }

    private func endOrdering() throws {
        if !standing.isScan { add([try sink.lastGroup()].compactMap(\.self)) }
        condition.lock()
        isOrdered = true
        condition.unlock()
    }

    private func giveBack(_ result: BlockResult) {
        if let output = result.output { pool.give(output) }
        if let text = result.batch?.text { pool.give(text) }
        result.output = nil
        result.batch = nil
    }

    private func merged(_ keys: [[UInt8]]) -> [[UInt8]] {
        guard setup.keys != nil else { return [] }
        if keys == standing.keys { return keys }
        var all = standing.keys
        // Each block keeps to the limit; all of them together have to as well.
        for key in keys where all.count < setup.maxKeys && knownKeys.insert(key).inserted { all.append(key) }
        return all
    }

    /// Whether what was found can not come to what was guessed any more.
    private func isContradicted(_ evidence: [Evidence], _ keys: [[UInt8]]) -> Bool {
        if let guessed = setup.keys, !guessed.starts(with: keys) { return true }
        for i in 0..<min(evidence.count, setup.guess.count) {
            let (found, guess, rules) = (evidence[i], setup.guess[i], setup.rules[i])
            if !guess.isSuperset(of: found), found.union(guess).reading(rules) != guess.reading(rules) { return true }
        }
        return false
    }
}

/// The file in which rejected records are kept: CSV with line, byte offset, reason and content. It is made with the first of them.
final class RejectsFile {
    private let path: String
    private let limit: Int64
    private var file: OutputFile?
    private let buffer = ByteBuffer(capacity: 1 << 16)
    /// What stands before each line.
    private let label: ByteBuffer?

    init(path: String, limit: Int64, label: String? = nil, keepsEarlier: Bool = false) {
        self.path = path
        self.limit = limit
        self.label = label.map { text in
            let buffer = ByteBuffer(capacity: text.utf8.count * 2)
            CSVText.append(text, to: buffer)
            buffer.append(UInt8(ascii: ","))
            return buffer
        }
        if !keepsEarlier { OutputFile.remove(path) }
    }

    func append(_ rejects: Rejects, firstLine: Int64) throws {
        guard rejects.count > 0 else { return }
        if file == nil {
            file = try OutputFile(path: path, limit: limit)
            CSVText.header((label == nil ? [] : ["file"]) + ["line", "byte_offset", "reason", "content"], to: buffer)
        }
        rejects.write(firstLine: firstLine, label: label, to: buffer)
        try flush()
    }

    private func flush() throws {
        try file?.write(buffer)
        buffer.count = 0
    }

    /// Bytes of the file; 0 when there is none.
    func finish() throws -> Int64 {
        guard let file else { return 0 }
        try flush()
        try file.finish()
        return file.count
    }
}
