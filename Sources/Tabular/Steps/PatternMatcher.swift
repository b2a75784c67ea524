/// Runs a pattern as an automaton whose states are made when first met. One for each thread.
///
/// A state is a set of instructions at one place of the text, before assertions are decided: those need the byte that comes next, so
/// they are decided on the way out of a state. The start is in every set, which makes the search look everywhere.
///
/// Some patterns meet a new state at nearly every byte, and making states costs far more than using them. When the memory for states
/// fills up too soon, the matcher goes from set to set without keeping them for a while: each byte then costs at most one visit to
/// each instruction.
final class PatternMatcher {
    private struct Key: Hashable {
        var set: [Int32]
        var isAtStart: Bool
        var isAfterWord: Bool
    }

    /// What an instruction does, flat, for the loop that visits all of them at each byte.
    private struct Node: BitwiseCopyable {
        enum Kind: UInt8 { case bytes, split, match, start, end, wordBoundary, notWordBoundary }

        var kind: Kind
        var low: UInt8 = 0
        var high: UInt8 = 0
        var next: Int32 = 0
        var other: Int32 = 0
    }

    private let nodes: GrowableBuffer<Node>
    private let nodeCount: Int
    private let start: Int32
    private var keys: [Key] = []
    private var known: [Key: Int32] = [:]
    private var table: [Int32] = []
    private var stateBytes = 0
    private var pending = GrowableBuffer<Int32>(capacity: 64)
    /// The generation in which an instruction was last visited.
    private var seen: GrowableBuffer<UInt32>
    private var generation: UInt32 = 0
    private var current: GrowableBuffer<Int32>
    private var following: GrowableBuffer<Int32>
    /// The generation in which an instruction was last put into a set.
    private var placed: GrowableBuffer<UInt32>

    /// Bytes matched since the states were forgotten.
    private var bytesSinceReset = 0
    /// Bytes that are still matched without keeping states, and how many the next time.
    private var simulatedBytesLeft = 0
    private var nextStint = PatternMatcher.firstStint
    /// States made and instructions visited so far: a test counts work by them.
    private(set) var statesMade = 0
    private(set) var visits = 0

    /// Symbols: bytes, and the end of the text.
    private static let symbols = 257
    private static let endOfText = 256
    private static let unknown: Int32 = -1
    private static let accept: Int32 = -2
    private static let refuse: Int32 = -3
    /// Bytes of states kept before starting afresh.
    private static let maxStateBytes = 1 << 20
    /// Bytes that a state must serve on average; fewer, and making states is more work than going without.
    private static let leastBytesPerState = 16
    /// Bytes matched without states before they are tried again: more each time, so that trying costs little in the end.
    private static let firstStint = 64 << 10
    private static let longestStint = 64 << 20

    init(_ pattern: Pattern) {
        nodeCount = pattern.instructions.count
        start = Int32(pattern.start)
        nodes = GrowableBuffer(capacity: nodeCount)
        seen = GrowableBuffer(capacity: nodeCount)
        placed = GrowableBuffer(capacity: nodeCount)
        current = GrowableBuffer(capacity: nodeCount)
        following = GrowableBuffer(capacity: nodeCount)
        for (i, instruction) in pattern.instructions.enumerated() {
            (nodes.base + i).initialize(to: PatternMatcher.node(instruction))
        }
        seen.base.initialize(repeating: 0, count: nodeCount)
        placed.base.initialize(repeating: 0, count: nodeCount)
        reset()
    }

    private static func node(_ instruction: Pattern.Instruction) -> Node {
        switch instruction {
        case .bytes(let low, let high, let next): Node(kind: .bytes, low: low, high: high, next: Int32(next))
        case .split(let a, let b): Node(kind: .split, next: Int32(a), other: Int32(b))
        case .match: Node(kind: .match)
        case .assertion(let assertion, let next):
            switch assertion {
            case .start: Node(kind: .start, next: Int32(next))
            case .end: Node(kind: .end, next: Int32(next))
            case .wordBoundary: Node(kind: .wordBoundary, next: Int32(next))
            case .notWordBoundary: Node(kind: .notWordBoundary, next: Int32(next))
            }
        }
    }

    func matches(_ text: UnsafePointer<UInt8>, _ count: Int) -> Bool {
        if simulatedBytesLeft > 0 { return simulate(text, count, from: 0, set: [start]) }
        var state: Int32 = 0
        var i = 0
        while true {
            let symbol = i < count ? Int(text[i]) : PatternMatcher.endOfText
            var next = table.withUnsafeBufferPointer { $0[Int(state) * PatternMatcher.symbols + symbol] }
            if next == PatternMatcher.unknown {
                if stateBytes >= PatternMatcher.maxStateBytes {
                    let set = keys[Int(state)].set
                    bytesSinceReset += i
                    let isThrashing = bytesSinceReset < keys.count * PatternMatcher.leastBytesPerState
                    reset()
                    if isThrashing {
                        simulatedBytesLeft = nextStint
                        nextStint = min(nextStint * 4, PatternMatcher.longestStint)
                        return simulate(text, count, from: i, set: set)
                    }
                    // The state is made again in the new memory.
                    bytesSinceReset = -i
                    state = self.state(
                        Key(set: set, isAtStart: i == 0, isAfterWord: i > 0 && PatternMatcher.isWord(text[i - 1])))
                    continue
                }
                next = step(state, symbol)
            }
            if next == PatternMatcher.accept || next == PatternMatcher.refuse {
                bytesSinceReset += i
                return next == PatternMatcher.accept
            }
            state = next
            i += 1
        }
    }

    // MARK: States

    private func reset() {
        keys = []
        known = [:]
        table = []
        stateBytes = 0
        bytesSinceReset = 0
        _ = state(Key(set: [start], isAtStart: true, isAfterWord: false))
    }

    private func state(_ key: Key) -> Int32 {
        if let found = known[key] { return found }
        let number = Int32(keys.count)
        keys.append(key)
        known[key] = number
        table.append(contentsOf: repeatElement(PatternMatcher.unknown, count: PatternMatcher.symbols))
        stateBytes += (PatternMatcher.symbols + key.set.count) * MemoryLayout<Int32>.size
        statesMade += 1
        return number
    }

    private func step(_ from: Int32, _ symbol: Int) -> Int32 {
        let key = keys[Int(from)]
        let count = key.set.withUnsafeBufferPointer { set in
            set.baseAddress.map {
                leave($0, set.count, symbol, isAtStart: key.isAtStart, isAfterWord: key.isAfterWord, into: current.base)
            }
        }
        let isAtEnd = symbol == PatternMatcher.endOfText
        let next: Int32
        if let count, count >= 0 {
            next =
                isAtEnd
                ? PatternMatcher.refuse
                : state(
                    Key(
                        set: UnsafeBufferPointer(start: current.base, count: count).sorted(), isAtStart: false,
                        isAfterWord: PatternMatcher.isWord(UInt8(symbol))))
        } else {
            next = PatternMatcher.accept
        }
        table[Int(from) * PatternMatcher.symbols + symbol] = next
        return next
    }

    // MARK: Without states

    /// For tests: matches the next bytes as it does when states can not be kept.
    func goWithoutStates() { simulatedBytesLeft = PatternMatcher.firstStint }

    /// Goes on from `set` at byte `first` without keeping any state.
    private func simulate(_ text: UnsafePointer<UInt8>, _ count: Int, from first: Int, set: [Int32]) -> Bool {
        simulatedBytesLeft -= max(1, count - first)
        set.withUnsafeBufferPointer { if let base = $0.baseAddress { current.base.update(from: base, count: set.count) } }
        var size = set.count
        var i = first
        while i <= count {
            let symbol = i < count ? Int(text[i]) : PatternMatcher.endOfText
            let isAfterWord = i > 0 && PatternMatcher.isWord(text[i - 1])
            size = leave(current.base, size, symbol, isAtStart: i == 0, isAfterWord: isAfterWord, into: following.base)
            if size < 0 { return true }
            swap(&current, &following)
            i += 1
        }
        return false
    }

    /// Puts the instructions that follow those of `set` when `symbol` comes next into `target`, and returns their number; -1 when the
    /// pattern has matched. `target` may be where nothing of `set` stands.
    private func leave(
        _ set: UnsafePointer<Int32>, _ count: Int, _ symbol: Int, isAtStart: Bool, isAfterWord: Bool,
        into target: UnsafeMutablePointer<Int32>
    ) -> Int {
        let isAtEnd = symbol == PatternMatcher.endOfText
        let byte = UInt8(truncatingIfNeeded: symbol)
        let isWord = !isAtEnd && PatternMatcher.isWord(byte)
        if generation == .max {
            seen.base.update(repeating: 0, count: nodeCount)
            placed.base.update(repeating: 0, count: nodeCount)
            generation = 0
        }
        generation += 1
        let generation = self.generation
        let nodes = UnsafePointer(self.nodes.base)
        let seen = self.seen.base
        let placed = self.placed.base
        // Each instruction is visited once and leaves at most one more waiting than it takes.
        pending.reserve(nodeCount + 2, keeping: 0)
        let pending = self.pending.base
        target[0] = start
        placed[Int(start)] = generation
        var written = 1
        var visited = 0
        for i in 0..<count {
            pending[0] = set[i]
            var waiting = 1
            while waiting > 0 {
                waiting -= 1
                let index = Int(pending[waiting])
                if seen[index] == generation { continue }
                seen[index] = generation
                visited += 1
                let node = nodes[index]
                let goesOn: Bool
                switch node.kind {
                case .bytes:
                    if !isAtEnd, byte >= node.low, byte <= node.high, placed[Int(node.next)] != generation {
                        placed[Int(node.next)] = generation
                        target[written] = node.next
                        written += 1
                    }
                    goesOn = false
                case .match:
                    visits += visited
                    return -1
                case .split:
                    pending[waiting] = node.other
                    waiting += 1
                    goesOn = true
                case .start: goesOn = isAtStart
                case .end: goesOn = isAtEnd
                case .wordBoundary: goesOn = isAfterWord != isWord
                case .notWordBoundary: goesOn = isAfterWord == isWord
                }
                if goesOn {
                    pending[waiting] = node.next
                    waiting += 1
                }
            }
        }
        visits += visited
        return written
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        byte &- 0x30 < 10 || (byte | 0x20) &- 0x61 < 26 || byte == UInt8(ascii: "_")
    }
}
