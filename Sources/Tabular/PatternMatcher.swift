/// Runs a pattern as an automaton whose states are made when first met. One for each thread.
///
/// A state is a set of instructions at one place of the text, before assertions are decided: those need the byte that comes next, so
/// they are decided on the way out of a state. The start is in every set, which makes the search look everywhere.
final class PatternMatcher {
    private struct Key: Hashable {
        var set: [Int32]
        var isAtStart: Bool
        var isAfterWord: Bool
    }

    private let pattern: Pattern
    private var keys: [Key] = []
    private var known: [Key: Int32] = [:]
    private var table: [Int32] = []
    private var seen: [UInt32]
    private var generation: UInt32 = 0

    /// Symbols: bytes, and the end of the text.
    private static let symbols = 257
    private static let endOfText = 256
    private static let unknown: Int32 = -1
    private static let accept: Int32 = -2
    private static let refuse: Int32 = -3
    /// States kept before starting afresh: about 1 MB.
    private static let maxStates = 1024

    init(_ pattern: Pattern) {
        self.pattern = pattern
        seen = Array(repeating: 0, count: pattern.instructions.count)
        reset()
    }

    func matches(_ text: UnsafePointer<UInt8>, _ count: Int) -> Bool {
        var state: Int32 = 0
        var i = 0
        while true {
            let symbol = i < count ? Int(text[i]) : PatternMatcher.endOfText
            var next = table.withUnsafeBufferPointer { $0[Int(state) * PatternMatcher.symbols + symbol] }
            if next == PatternMatcher.unknown { next = step(state, symbol) }
            if next == PatternMatcher.accept { return true }
            if next == PatternMatcher.refuse { return false }
            state = next
            i += 1
        }
    }

    private func reset() {
        keys = []
        known = [:]
        table = []
        _ = state(Key(set: [Int32(pattern.start)], isAtStart: true, isAfterWord: false))
    }

    private func state(_ key: Key) -> Int32 {
        if let found = known[key] { return found }
        let number = Int32(keys.count)
        keys.append(key)
        known[key] = number
        table.append(contentsOf: repeatElement(PatternMatcher.unknown, count: PatternMatcher.symbols))
        return number
    }

    private func step(_ from: Int32, _ symbol: Int) -> Int32 {
        let key = keys[Int(from)]
        let isWord = symbol < 256 && PatternMatcher.isWord(UInt8(symbol))
        let isAtEnd = symbol == PatternMatcher.endOfText
        if generation == .max {
            seen = Array(repeating: 0, count: seen.count)
            generation = 0
        }
        generation += 1
        var pending = key.set.map { Int($0) }
        var targets: [Int32] = [Int32(pattern.start)]
        var result: Int32?
        while let index = pending.popLast(), result == nil {
            guard seen[index] != generation else { continue }
            seen[index] = generation
            switch pattern.instructions[index] {
            case .match: result = PatternMatcher.accept
            case .split(let a, let b):
                pending.append(b)
                pending.append(a)
            case .assertion(let assertion, let next):
                let holds =
                    switch assertion {
                    case .start: key.isAtStart
                    case .end: isAtEnd
                    case .wordBoundary: key.isAfterWord != isWord
                    case .notWordBoundary: key.isAfterWord == isWord
                    }
                if holds { pending.append(next) }
            case .bytes(let low, let high, let next):
                if !isAtEnd, Int(low) <= symbol, symbol <= Int(high) { targets.append(Int32(next)) }
            }
        }
        let next: Int32
        if let result {
            next = result
        } else if isAtEnd {
            next = PatternMatcher.refuse
        } else {
            let set = Array(Set(targets)).sorted()
            if keys.count >= PatternMatcher.maxStates {
                reset()
                return state(Key(set: set, isAtStart: false, isAfterWord: isWord))
            }
            next = state(Key(set: set, isAtStart: false, isAfterWord: isWord))
        }
        table[Int(from) * PatternMatcher.symbols + symbol] = next
        return next
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        byte &- 0x30 < 10 || (byte | 0x20) &- 0x61 < 26 || byte == UInt8(ascii: "_")
    }
}
